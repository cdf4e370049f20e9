"""Which rule costs how many people a mentor: each is lifted alone, for everybody, and solved anew.

A measure of where a programme is tight, not advice to lift a rule. Rules that keep people safe
from each other (who avoids whom, ruled-out pairs) are never lifted, not even to look: of them
only the number of pairs is told. Running pairs that are held go on as they are in both rounds, and
one that could not be held is not held because a rule is lifted: so without a rule there is nothing
that can't be with it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from matching.engine import solve
from matching.explain.standing import Standing
from matching.files.validity import MAX_CAPACITY
from matching.problem import Group, Mentor, Problem, Solution
from matching.rules.judge import SPEAKS, Judge, held
from matching.table.scoring import BIT, BLOCK

Solve = Callable[[Problem, int], Solution]
#: Rules that are lifted to see what they cost, in the order in which they are told.
OF_PAIRS = ("no_capacity", "no_time", "no_language", "identity", "topics", "area", "floor")
#: Rules that bind several people; ``minimum`` is ``at_least`` of groups, ``group`` their limit.
OF_SEVERAL = ("apart", "high_need", "group", "minimum", "team")
LIFTED = (*OF_PAIRS, *OF_SEVERAL)
#: Rules that stay.
SAFE = ("avoided", "forbidden")
#: Where scores are given, nothing else is judged.
OF_GIVEN_PAIRS = ("no_capacity", "no_time", "floor", *OF_SEVERAL)
_TONGUE = "a language that everybody speaks"


@dataclass(frozen=True, slots=True)
class RuleCost:
    """``more`` people would have a mentor without the rule; ``proven`` when that is exact.

    ``pairs`` counts the pairs that the rule alone keeps apart: none, where it binds several people.
    """

    rule: str
    more: int
    proven: bool
    pairs: int


@dataclass(frozen=True, slots=True)
class RuleCosts:
    """What each rule costs, the dearest first; and the pairs that stay apart for safety."""

    rules: tuple[RuleCost, ...]
    kept_apart: int


def costs(standing: Standing, again: Solve = solve) -> RuleCosts:
    """What each rule of the round costs, by solving for the number of people alone."""
    problem, seed = counting(standing.problem), standing.solution.seed
    now, alone = again(problem, seed), _alone(standing)
    found = []
    for rule in _rules(problem):
        then = again(without(problem, rule), seed)
        proven = then.status == now.status == "optimal"
        # A search that was not proven may come to less without a rule than with it.
        more = max(0, len(then.pairs) - len(now.pairs))
        found.append(RuleCost(rule, more, proven, alone.get(rule, 0)))
    found.sort(key=lambda cost: -cost.more)
    return RuleCosts(tuple(found), _kept_apart(standing.problem, alone))


def counting(problem: Problem) -> Problem:
    """The same round, in which only the number of people counts, each as one."""
    continuing = problem.continuing
    if problem.keep == "pinned":
        continuing = held(Judge(problem))[0]
    return replace(
        problem,
        objective=("matched",),
        mentees=tuple(replace(mentee, priority=1) for mentee in problem.mentees),
        continuing=continuing,
    )


def _rules(problem: Problem) -> tuple[str, ...]:
    """The rules that the problem has, of those that are lifted."""
    side, limits = problem.side, [mentor.max_high_need for mentor in problem.mentors]
    there = {
        "no_time": not problem.timeless,
        "floor": problem.floor > 0,
        "apart": bool(side.apart),
        "high_need": any(most is not None for most in limits),
        "group": any(group.per_mentor is not None for group in side.groups),
        "minimum": any(group.at_least is not None for group in side.groups),
        "team": bool(side.teams),
    }
    lifted = LIFTED if problem.pairs is None else OF_GIVEN_PAIRS
    return tuple(rule for rule in lifted if there.get(rule, True))


def without(problem: Problem, rule: str) -> Problem:
    """The problem as if a rule kept nobody apart, all else being as it is.

    ``no_capacity``: every mentor has a place for each of their hours. ``no_time``: every hour that
    a mentor offers suits every mentee, still one of them at a time; scores count these hours in
    common, so a pair may clear the floor by them. ``no_language``: all speak one more language, the
    same, well enough to talk.
    """
    if rule in OF_SEVERAL:
        return _without_side(problem, rule)
    match rule:
        case "no_capacity":
            return _with_mentors(problem, lambda m: replace(m, capacity=_all_hours(problem, m)))
        case "no_time":
            week = tuple(range(problem.grid.cells))
            return replace(problem, mentees=tuple(replace(e, free=week) for e in problem.mentees))
        case "no_language":
            tongue = {_TONGUE: SPEAKS}
            everybody = tuple(
                replace(e, languages={**e.languages, **tongue}) for e in problem.mentees
            )
            spoken = _with_mentors(
                problem, lambda m: replace(m, languages={**m.languages, **tongue})
            )
            return replace(spoken, mentees=everybody)
        case "identity":
            anyone = tuple(replace(e, accepts=None) for e in problem.mentees)
            wide = _with_mentors(problem, lambda m: replace(m, accepts=None))
            return replace(wide, mentees=anyone)
        case "topics":
            return _with_mentors(problem, lambda m: replace(m, declines=()))
        case "area":
            return _with_mentors(problem, lambda m: replace(m, area=None))
        case "floor":
            return replace(problem, floor=0)
    raise ValueError(f"{rule} is not lifted")


def _without_side(problem: Problem, rule: str) -> Problem:
    side = problem.side
    match rule:
        case "apart":
            return replace(problem, side=replace(side, apart=()))
        case "high_need":
            return _with_mentors(problem, lambda m: replace(m, max_high_need=None))
        case "team":
            return replace(problem, side=replace(side, teams=()))
    groups = tuple(_group_without(group, rule) for group in side.groups)
    left = tuple(g for g in groups if (g.per_mentor, g.at_least) != (None, None))
    return replace(problem, side=replace(side, groups=left))


def _group_without(group: Group, rule: str) -> Group:
    if rule == "group":
        return replace(group, per_mentor=None)
    return replace(group, at_least=None)


def _with_mentors(problem: Problem, change: Callable[[Mentor], Mentor]) -> Problem:
    return replace(problem, mentors=tuple(map(change, problem.mentors)))


def _all_hours(problem: Problem, mentor: Mentor) -> int:
    hours = len(problem.mentees) if problem.timeless else len(mentor.starts)
    return max(mentor.capacity, min(hours, MAX_CAPACITY))


def _kept_apart(problem: Problem, alone: Mapping[str, int]) -> int:
    """Pairs that only an avoidance or ``forbids`` keeps apart, not that a file leaves them out."""
    if problem.pairs is None:
        return sum(alone[rule] for rule in SAFE)
    judge = Judge(problem)
    return sum(
        link in judge.given and judge.why_not(*link) == ("forbidden",) for link in judge.forbidden
    )


def _alone(standing: Standing) -> dict[str, int]:
    """How many pairs each rule alone keeps apart."""
    counts = dict.fromkeys(BIT, 0)
    for first in range(0, standing.mentees, BLOCK):
        rows = np.arange(first, min(first + BLOCK, standing.mentees))
        broken = standing.table.broken(rows)
        for rule, bit in BIT.items():
            counts[rule] += int(np.count_nonzero(broken == bit))
    return counts
