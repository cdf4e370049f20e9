"""From a problem to groups: decides level after level, then says who is where and why."""

from collections.abc import Callable, Iterator
from time import monotonic
from typing import TYPE_CHECKING

from matching.cohorts.codec import digest
from matching.cohorts.problem import Group, Member, Problem, Solution
from matching.cohorts.reasons import unplaced
from matching.cohorts.sessions import Table
from matching.cohorts.validity import faults
from matching.problem import FileFaultsError, Level

if TYPE_CHECKING:
    from matching.cohorts.levels import Levels, Reached

#: Goes up whenever the same problem and seed may come to another answer.
VERSION = 1


def solve(
    problem: Problem,
    seed: int = 0,
    time_limit: float | None = None,
    progress: Callable[[str, float], None] | None = None,
    problem_sha256: str | None = None,
) -> Solution:
    """The best groups by the problem's objective; the same for the same problem and seed.

    Raises FileFaultsError when the problem is wrong. ``time_limit`` in seconds: when it runs out
    the best groups found by then stand, each level with its bound. ``progress`` is told each
    stage and the fraction done. ``problem_sha256`` names the file the problem came from.
    """
    begun = monotonic()
    wrong = faults(problem)
    if wrong:
        raise FileFaultsError(wrong)
    # OR-Tools comes with it, and takes a while to load.
    from matching.cohorts.levels import Levels

    tell = progress or (lambda _stage, _fraction: None)
    tell("sessions", 0.0)
    table = Table(problem, seed)
    levels = Levels(table, None if time_limit is None else begun + time_limit)
    reached = levels.decide(lambda stage, done: tell(stage, 0.05 + 0.85 * done))
    tell("reasons", 0.9)
    groups = tuple(sorted(_groups(levels), key=lambda group: (group.start, group.facilitators)))
    told = tuple(_told(problem, reached))
    solution = Solution(
        problem_sha256=problem_sha256 or digest(problem),
        seed=seed,
        engine=f"cohorts/{VERSION}",
        status="optimal" if all(level.value == level.bound for level in told) else "feasible",
        groups=groups,
        unplaced=unplaced(table, groups),
        levels=told,
        seconds=round(monotonic() - begun, 3),
    )
    tell("done", 1.0)
    return solution


def _groups(levels: "Levels") -> Iterator[Group]:
    table = levels.table
    for option, people in levels.plan.items():
        session = levels.options.of(option)
        ids = sorted(table.people[who].id for who in people)
        members = []
        for who in ids:
            parts = table.judge.parts(who, session)
            members.append(Member(who, sum(parts.values()), parts))
        yield Group(
            session.facilitators, session.start, session.language, session.theme, tuple(members)
        )


def _told(problem: Problem, reached: "list[Reached]") -> Iterator[Level]:
    """The levels as the format has them: what is counted down has its sign turned."""
    ends = iter(reached)
    for name in problem.objective:
        if name == "levels":
            mine = [next(ends) for _ in problem.thresholds]
            value = tuple(-int(end.value or 0) for end in mine)
            yield Level(name, value, tuple(-int(end.bound or 0) for end in mine))
            continue
        end = next(ends)
        down = name == "sizes"
        yield Level(name, _turned(end.value, down), _turned(end.bound, down))


def _turned(value: int | None, down: bool) -> int | None:
    return -value if down and value is not None else value
