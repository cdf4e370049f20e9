"""The rules that bind several people, as arrays over whoever is still open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from matching.flow.laminar import Limits, Sets, sets_of
from matching.problem import Continuing, Group, Problem
from matching.side.choice import HIGH_NEED, choice, nested_limits
from matching.side.rules import Limit, Load, Minimum, SideRules
from matching.table.arrays import Bools, Small


@dataclass(frozen=True, slots=True)
class Bound:
    """What the network can't hold (``side``), and what it can; ``every`` are all limits."""

    side: SideRules
    every: tuple[Limit, ...]
    limits: Limits | None
    minimums: Sets | None
    loads: Sets | None

    def open(self, mentee: Small, mentor: Small) -> Bools:
        """Which pairs no limit and no load that is used up already rules out."""
        keep = np.ones(len(mentee), dtype=bool)
        for limit in self.every:
            keep &= ~limit.mentees[mentee] | (limit.most[mentor] > 0)
        full = [load.mentors for load in self.side.loads if load.most <= 0]
        if self.loads is not None:
            full += list(self.loads.members[self.loads.number <= 0])
        for mentors in full:
            keep &= ~mentors[mentor]
        return keep


def bind(
    problem: Problem,
    held: Sequence[Continuing],
    mentees: Mapping[str, int],
    mentors: Mapping[str, int],
) -> Bound:
    """The rules for whoever is open; held pairs use up limits and loads and count for minimums."""
    held_mentees, held_mentors = (
        np.zeros(len(mentees), dtype=bool),
        np.zeros(len(mentors), np.int64),
    )
    for row in held:
        held_mentees[mentees[row.mentee]] = True
        held_mentors[mentors[row.mentor]] += 1
    chosen = choice(problem)
    minimums = [_minimum(group, mentees, held_mentees) for group in chosen.groups]
    teams = [
        Load(_flags(team.mentors, mentors), team.at_most)
        for team in (*chosen.teams, *chosen.crossing_teams)
    ]
    loads = [
        Load(load.mentors, max(0, load.most - int(held_mentors[load.mentors].sum())))
        for load in teams
    ]
    apart = {
        (min(mentees[one], mentees[other]), max(mentees[one], mentees[other]))
        for one, other in problem.side.apart
    }
    many = len(chosen.teams)
    limits = _limits(problem, held, mentees, mentors)
    nested = nested_limits(problem)
    side = SideRules(
        tuple(sorted(apart)),
        tuple(limit for name, limit in limits.items() if name not in nested),
        tuple(_minimum(group, mentees, held_mentees) for group in chosen.crossing_groups),
        tuple(loads[many:]),
        tuple(minimums),
    )
    return Bound(
        side,
        tuple(limits.values()),
        _nested([limits[name] for name in nested]),
        sets_of(
            [minimum.mentees for minimum in minimums],
            [minimum.least for minimum in minimums],
            len(mentees),
        )
        if minimums
        else None,
        sets_of(
            [load.mentors for load in loads[:many]],
            [load.most for load in loads[:many]],
            len(mentors),
        )
        if many
        else None,
    )


def _flags(who: Sequence[str], index: Mapping[str, int]) -> Bools:
    flags = np.zeros(len(index), dtype=bool)
    flags[[index[one] for one in who]] = True
    return flags


def _minimum(group: Group, mentees: Mapping[str, int], held: Bools) -> Minimum:
    """How many more of a group are to be matched."""
    members = _flags(group.mentees, mentees)
    left = (group.at_least or 0) - int(np.count_nonzero(members & held))
    return Minimum(members, max(0, left), group.id)


def _nested(limits: Sequence[Limit]) -> Limits | None:
    if not limits:
        return None
    members = [limit.mentees for limit in limits]
    sets = sets_of(members, [0] * len(members), len(members[0]))
    return Limits(sets, np.array([limit.most for limit in limits], dtype=np.int64))


def _limits(
    problem: Problem,
    held: Sequence[Continuing],
    mentees: Mapping[str, int],
    mentors: Mapping[str, int],
) -> dict[str, Limit]:
    """High need first, then the groups with a limit, by id; held pairs use them up."""
    beyond = len(mentees)
    high_need = np.array([mentee.high_need for mentee in problem.mentees], dtype=bool)
    most = [beyond if m.max_high_need is None else m.max_high_need for m in problem.mentors]
    found = dict[str, Limit]()
    if any(mentor.max_high_need is not None for mentor in problem.mentors):
        found[HIGH_NEED] = Limit(high_need, np.array(most, dtype=np.int64))
    for group in sorted(problem.side.groups, key=lambda group: group.id):
        if group.per_mentor is not None:
            one = np.full(len(mentors), group.per_mentor, dtype=np.int64)
            found[group.id] = Limit(_flags(group.mentees, mentees), one)
    for limit in found.values():
        for row in held:
            limit.most[mentors[row.mentor]] -= limit.mentees[mentees[row.mentee]]
    return found
