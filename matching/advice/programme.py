"""For the programme as a whole: what one more mentor would change, and where the round is tight."""

from collections.abc import Callable
from dataclasses import dataclass

from matching.advice import newcomer, relaxed
from matching.advice import unused as places
from matching.advice.newcomer import Gain
from matching.advice.relaxed import RuleCosts
from matching.advice.unused import Unused
from matching.engine import solve
from matching.explain import hall
from matching.explain.hall import Circle
from matching.explain.standing import Standing
from matching.problem import Problem, Solution

Solve = Callable[[Problem, int], Solution]


@dataclass(frozen=True, slots=True)
class Advice:
    """What a programme could do about people without a mentor.

    ``free_places`` counts all free places; ``unused`` says of each mentor with some why. The
    ``circles`` are people with too few places between them.
    """

    without: int
    free_places: int
    newcomers: tuple[Gain, ...]
    unused: tuple[Unused, ...]
    rules: RuleCosts
    circles: tuple[Circle, ...]


def advise(
    problem: Problem,
    solution: Solution,
    never: frozenset[str] = frozenset(),
    again: Solve = solve,
) -> Advice:
    """The advice for one solved round; solves some twenty rounds more to be sure of it.

    ``never`` are rules that no change may touch. ValueError when the solution is not one of the
    problem.
    """
    standing = Standing(problem, solution)
    found = places.unused(standing, never)
    return Advice(
        without=len(standing.waiting),
        free_places=sum(row.places for row in found),
        newcomers=newcomer.gains(standing, again),
        unused=found,
        rules=relaxed.costs(standing, again),
        circles=hall.circles(standing) if standing.exact else (),
    )
