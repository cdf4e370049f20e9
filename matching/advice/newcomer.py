"""What one more mentor would change: which language, which identity, which hours.

Kinds of mentors are screened by counting whom of those without a mentor they could meet; of the
most promising the round is solved anew with such a mentor in it, so what is told is exact.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from matching.engine import solve
from matching.explain.contest import Weighed
from matching.explain.standing import Standing
from matching.problem import Mentee, Mentor, Problem, Solution
from matching.rules.judge import FLUENT, SPEAKS
from matching.table.scoring import Bools, Ints

Solve = Callable[[Problem, int], Solution]
#: Meetings in a row that the new mentor offers, and as many places.
HOURS = 3
#: An identity is looked for that at least one in so many mentors has: one that can be found.
ONE_IN = 5
#: Kinds that are solved for, and kinds that are told.
TRIED, TOLD = 8, 5


@dataclass(frozen=True, slots=True)
class Kind:
    """A mentor who speaks a language fluently, has an identity, and offers some hours in a row.

    They decline nothing, accept anybody, name no area, and have a place for each hour.
    ``identity`` is None where nobody without a mentor asks for any.
    """

    language: str
    identity: str | None
    starts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Gain:
    """What the round would be with one mentor of a kind more, solved anew.

    ``more`` people would have a mentor. ``could_meet`` of those without one now fit the kind.
    ``elsewhere`` people would have another mentor than now (among those who have one both
    times), ``without`` would have none any more. ``proven`` as for solutions.
    """

    kind: Kind
    more: int
    could_meet: int
    elsewhere: int
    without: int
    levels: tuple[Weighed, ...]
    proven: bool


def gains(standing: Standing, again: Solve = solve) -> tuple[Gain, ...]:
    """The kinds that would place most people, each of another language; the best first."""
    problem = standing.problem
    if problem.pairs is not None or not standing.waiting:
        return ()
    found = [_gain(standing, kind, count, again) for kind, count in _promising(standing)]
    found = [gain for gain in found if gain.more > 0]
    found.sort(key=lambda gain: (-gain.more, -gain.could_meet, gain.kind.language))
    return tuple(found[:TOLD])


def with_one_more(problem: Problem, kind: Kind) -> Problem:
    """The problem with a mentor of the kind in it."""
    return replace(problem, mentors=(*problem.mentors, _mentor(problem, kind)))


def _mentor(problem: Problem, kind: Kind) -> Mentor:
    taken = {mentor.id for mentor in problem.mentors}
    name = next(f"new{'+' * n}" for n in range(len(taken) + 1) if f"new{'+' * n}" not in taken)
    return Mentor(
        id=name,
        capacity=len(kind.starts),
        languages={kind.language: FLUENT},
        starts=tuple(sorted(kind.starts)),
        identity=kind.identity,
    )


def _gain(standing: Standing, kind: Kind, could_meet: int, again: Solve) -> Gain:
    now, problem = standing.solution, standing.problem
    then = again(with_one_more(problem, kind), now.seed)
    mentor_of = {pair.mentee: pair.mentor for pair in then.pairs}
    levels = {level.name: level.value for level in then.levels}
    return Gain(
        kind=kind,
        more=len(then.pairs) - len(now.pairs),
        could_meet=could_meet,
        elsewhere=sum(mentor_of.get(pair.mentee, pair.mentor) != pair.mentor for pair in now.pairs),
        without=sum(pair.mentee not in mentor_of for pair in now.pairs),
        levels=tuple(Weighed(x.name, x.value, levels[x.name]) for x in now.levels),
        proven=now.status == then.status == "optimal",
    )


def _promising(standing: Standing) -> Iterator[tuple[Kind, int]]:
    """The best kind of each language by whom they could meet, the best languages first."""
    asking = [standing.problem.mentees[row] for row in standing.waiting]
    windows = _windows(standing)
    hours = _hours(standing, windows)
    best = []
    for language in sorted(_spoken(asking)):
        speak = np.array([e.languages.get(language, 0) >= SPEAKS for e in asking], dtype=bool)
        for identity in _identities(standing.problem, asking):
            fits = speak & np.array([_accepts(e, identity) for e in asking], dtype=bool)
            placed, met = _seats(fits, hours)
            window = max(range(len(windows)), key=lambda w: (placed[w], met[w], -w))
            kind = Kind(language, identity, windows[window])
            best.append((int(placed[window]), int(met[window]), kind))
    have = Counter(mentor.identity for mentor in standing.problem.mentors)
    # Of equals the identity that is easier to find.
    best.sort(key=lambda row: (-row[0], -row[1], row[2].language, -have[row[2].identity]))
    told = dict[str, None]()
    for placed_, met_, kind in best:
        if placed_ and kind.language not in told and len(told) < TRIED:
            told[kind.language] = None
            yield kind, met_


def _spoken(people: list[Mentee]) -> set[str]:
    return {x for person in people for x, level in person.languages.items() if level >= SPEAKS}


def _identities(problem: Problem, asking: list[Mentee]) -> list[str | None]:
    """The identities that somebody asks for and that are not rare among mentors."""
    asked = {x for person in asking for x in person.accepts or ()}
    have = Counter(mentor.identity for mentor in problem.mentors)
    common = {x for x in asked if ONE_IN * have[x] >= len(problem.mentors)}
    return [*sorted(common or asked)] or [None]


def _accepts(mentee: Mentee, identity: str | None) -> bool:
    return mentee.accepts is None or identity in mentee.accepts


def _windows(standing: Standing) -> list[tuple[int, ...]]:
    """Some meetings in a row, from each cell of the week on."""
    grid = standing.problem.grid
    count = min(HOURS, grid.cells // grid.meeting_cells)
    if standing.problem.timeless:
        return [tuple(step * grid.meeting_cells for step in range(max(1, count)))]
    return [
        tuple((first + step * grid.meeting_cells) % grid.cells for step in range(count))
        for first in range(grid.cells)
    ]


def _hours(standing: Standing, windows: list[tuple[int, ...]]) -> Bools:
    """Whether each mentee without a mentor (first axis) can meet at each hour of each window."""
    rows = list(standing.waiting)
    starts = np.array(windows, dtype=np.intp)
    if standing.problem.timeless:
        return np.ones((len(rows), *starts.shape), dtype=bool)
    found: Bools = standing.task.meets[rows][:, starts]
    return found


def _seats(fits: Bools, hours: Bools) -> tuple[Ints, Ints]:
    """Of each window how many people it seats, and how many it could.

    By Hall: as many seats are left empty as some hours have people too few.
    """
    here = hours[fits]
    count = hours.shape[2]
    empty = np.zeros(hours.shape[1], dtype=np.int64)
    for size in range(1, count + 1):
        for some in combinations(range(count), size):
            empty = np.maximum(empty, size - here[:, :, some].any(axis=2).sum(axis=0))
    return count - empty, here.any(axis=2).sum(axis=0)
