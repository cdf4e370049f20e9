"""Which of the rules that bind several people a network can hold, and which it can't."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from matching.flow.laminar import largest_family
from matching.problem import Group, Problem, Team

Row = TypeVar("Row", Group, Team)


@dataclass(frozen=True, slots=True)
class Choice:
    """Groups with a minimum and teams: those that the network holds, smaller ones first, and others.

    The network holds groups of which any two are apart or one inside the other, and teams alike.
    """

    groups: tuple[Group, ...]
    teams: tuple[Team, ...]
    crossing_groups: tuple[Group, ...]
    crossing_teams: tuple[Team, ...]


def choice(problem: Problem) -> Choice:
    """The same whatever the order of the file."""
    asking = [group for group in problem.side.groups if group.at_least]
    groups, crossing_groups = _split(asking, [frozenset(group.mentees) for group in asking])
    teams, crossing_teams = _split(
        problem.side.teams, [frozenset(team.mentors) for team in problem.side.teams]
    )
    return Choice(groups, teams, crossing_groups, crossing_teams)


#: More groups than this are counted, not named.
NAMED = 3
#: Stands for high need among the ids of groups, none of which is empty.
HIGH_NEED = ""


def nested_limits(problem: Problem) -> tuple[str, ...]:
    """Groups with a limit per mentor (and high need) that the network holds, smaller ones first.

    In a round with starts it holds none: the hours of a mentor stand between the two.
    """
    if not problem.timeless:
        return ()
    sets = {
        group.id: frozenset(group.mentees)
        for group in problem.side.groups
        if group.per_mentor is not None
    }
    if any(mentor.max_high_need is not None for mentor in problem.mentors):
        sets[HIGH_NEED] = frozenset(who.id for who in problem.mentees if who.high_need)
    order = sorted(sets, key=lambda name: (-len(sets[name]), name))
    return tuple(order[place] for place in largest_family([sets[name] for name in order]))


def _split(
    rows: Sequence[Row], sets: Sequence[frozenset[str]]
) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
    """Those that are laminar together, the largest having the first choice, and the others."""
    order = sorted(range(len(rows)), key=lambda place: (-len(sets[place]), rows[place].id))
    family = [order[place] for place in largest_family([sets[place] for place in order])]
    inside = set(family)
    return (
        tuple(rows[place] for place in family),
        tuple(rows[place] for place in order if place not in inside),
    )


def unheld(problem: Problem) -> tuple[str, ...]:
    """The rules that no network can hold here, in words; empty when the round is a pure flow."""
    chosen, found, nested = choice(problem), list[str](), nested_limits(problem)
    if problem.side.apart:
        found.append(_count(len(problem.side.apart), "couple", "couples") + " kept apart")
    limited = sum(mentor.max_high_need is not None for mentor in problem.mentors)
    if limited and HIGH_NEED not in nested and any(mentee.high_need for mentee in problem.mentees):
        found.append(f"the limit for high need of {_count(limited, 'mentor', 'mentors')}")
    per_mentor = sorted(
        group.id
        for group in problem.side.groups
        if group.per_mentor is not None and group.id not in nested
    )
    if len(per_mentor) > NAMED:
        found.append(f"the limits per mentor of {len(per_mentor)} groups")
    else:
        found += [f"the limit per mentor of group {name}" for name in per_mentor]
    found += [f"group {group.id}, which crosses another" for group in chosen.crossing_groups]
    found += [f"team {team.id}, which crosses another" for team in chosen.crossing_teams]
    return tuple(found)


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
