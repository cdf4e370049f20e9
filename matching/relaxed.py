"""Which rule costs how many people a mentor: each is lifted alone, for everybody, and solved anew.

A measure of where a programme is tight, not advice to lift a rule. Rules that keep people safe
from each other (who avoids whom, ruled-out pairs) are never lifted, not even to look: of them
only the number of pairs is told.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from matching.engine import solve
from matching.judge import SPEAKS
from matching.problem import Mentor, Problem, Solution, Weights
from matching.scoring import BIT, BLOCK
from matching.standing import Standing
from matching.validity import MAX_CAPACITY

Solve = Callable[[Problem, int], Solution]
#: Rules that are lifted to see what they cost, in the order in which they are told.
LIFTED = ("no_capacity", "no_time", "no_language", "identity", "topics", "area", "floor")
#: Rules that stay.
SAFE = ("avoided", "forbidden")
#: Where scores are given, nothing else is judged.
OF_GIVEN_PAIRS = ("no_capacity", "no_time", "floor")
_TONGUE = "a language that everybody speaks"


@dataclass(frozen=True, slots=True)
class RuleCost:
    """``more`` people would have a mentor without the rule; ``proven`` when that is exact.

    ``pairs`` counts the pairs that the rule alone keeps apart.
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
    now = again(counting(standing.problem), standing.solution.seed)
    alone = _alone(standing)
    problem = standing.problem
    found = []
    for rule in LIFTED if problem.pairs is None else OF_GIVEN_PAIRS:
        if (rule == "no_time" and problem.timeless) or (rule == "floor" and not problem.floor):
            continue
        then = again(counting(without(problem, rule)), standing.solution.seed)
        proven = then.status == now.status == "optimal"
        # Without hours the other parts of a score weigh more, and a floor may part more pairs.
        more = max(0, len(then.pairs) - len(now.pairs))
        found.append(RuleCost(rule, more, proven, alone[rule]))
    found.sort(key=lambda cost: -cost.more)
    return RuleCosts(tuple(found), sum(alone[rule] for rule in SAFE))


def counting(problem: Problem) -> Problem:
    """The same round, in which only the number of people counts, each as one."""
    return replace(
        problem,
        objective=("matched",),
        mentees=tuple(replace(mentee, priority=1) for mentee in problem.mentees),
    )


def without(problem: Problem, rule: str) -> Problem:
    """The problem as if a rule kept nobody apart, all else being as it is.

    ``no_capacity``: every mentor has a place for each of their hours. ``no_time``: all hours
    suit. ``no_language``: all speak one more language, the same, well enough to talk.
    """
    match rule:
        case "no_capacity":
            return _with_mentors(problem, lambda m: replace(m, capacity=_all_hours(problem, m)))
        case "no_time":
            rows = tuple(replace(row, start=None) for row in problem.continuing)
            weights = replace(problem.weights, availability=0)
            if weights == Weights(0, 0, 0, 0, 0):
                weights = Weights()
            return replace(problem, timeless=True, continuing=rows, weights=weights)
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


def _with_mentors(problem: Problem, change: Callable[[Mentor], Mentor]) -> Problem:
    return replace(problem, mentors=tuple(map(change, problem.mentors)))


def _all_hours(problem: Problem, mentor: Mentor) -> int:
    hours = len(problem.mentees) if problem.timeless else len(mentor.starts)
    return max(mentor.capacity, min(hours, MAX_CAPACITY))


def _alone(standing: Standing) -> dict[str, int]:
    """How many pairs each rule alone keeps apart."""
    counts = dict.fromkeys(BIT, 0)
    for first in range(0, standing.mentees, BLOCK):
        rows = np.arange(first, min(first + BLOCK, standing.mentees))
        broken = standing.table.broken(rows)
        for rule, bit in BIT.items():
            counts[rule] += int(np.count_nonzero(broken == bit))
    return counts
