"""What a problem must satisfy before it is solved: every fault, each with its JSON path."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice

import numpy as np

from matching.files.contradictions import contradictions as contradictions_of
from matching.files.limits import cells_in_week, known, one_of, twice, within
from matching.problem import (
    OBJECTIVES,
    PARTS,
    STABLE,
    Continuing,
    Fault,
    GivenPair,
    Grid,
    Group,
    Link,
    Mentee,
    Mentor,
    Problem,
    Team,
)

MAX_CELLS = 10_080
MAX_LEVEL = 10
MAX_WEIGHT = 1_000
MAX_SCORE = 1_000
MAX_GIVEN = 10**9
MAX_CAPACITY = 10_000
MAX_CHANGES = 1_000_000
MAX_LOAD = 1_000_000
MAX_THRESHOLDS = 20
#: People of one side. Nobody runs a round of so many: the file holds something else.
MAX_PEOPLE = 100_000


def faults(problem: Problem, contradictions: bool = True, most: int = 1_000) -> list[Fault]:
    """What is wrong with the problem, ``most`` faults of it; empty when it can be solved.

    Contradictions between pins and the rest are looked for when all else is right.
    """
    found = [*_grid(problem)]
    if found:
        # Without a week there is no telling which cells are in it: take the widest.
        problem = replace(problem, grid=Grid(MAX_CELLS, 1))
    of_all = chain(_settings(problem), _people(problem), _references(problem))
    found += islice(of_all, max(0, most - len(found)))
    return [*islice(contradictions_of(problem), most)] if contradictions and not found else found


def _grid(problem: Problem) -> Iterator[Fault]:
    grid = problem.grid
    yield from within("$.grid.cells", grid.cells, 1, MAX_CELLS)
    yield from within("$.grid.meeting_cells", grid.meeting_cells, 1, max(grid.cells, 2))


def _settings(problem: Problem) -> Iterator[Fault]:
    yield from one_of("$.keep", problem.keep, ("pinned", "prefer"))
    yield from _may_change(problem)
    highest = MAX_SCORE if problem.pairs is None else MAX_GIVEN
    yield from within("$.floor", problem.floor, 0, highest)
    yield from _weights(problem)
    yield from _thresholds(problem, highest)
    yield from _objective(problem)


def _may_change(problem: Problem) -> Iterator[Fault]:
    """Held pairs can change only for the sake of more people: that must be what counts first."""
    path = "$.may_change"
    yield from within(path, problem.may_change, 0, MAX_CHANGES)
    if not problem.may_change:
        return
    if problem.keep != "pinned":
        text = f"{problem.may_change} says nothing where no pair is held"
        yield Fault(path, f"{text}: leave it out, or give keep 'pinned'")
    if problem.objective[:1] != ("matched",):
        text = "is for the sake of more people"
        yield Fault(path, f"{text}: leave it out, or let the objective begin with 'matched'")


def _weights(problem: Problem) -> Iterator[Fault]:
    weights = {name: getattr(problem.weights, name) for name in PARTS}
    for name, weight in weights.items():
        yield from within(f"$.weights.{name}", weight, 0, MAX_WEIGHT)
    counted = [name for name in PARTS if not (problem.timeless and name == "availability")]
    if not any(weights[name] > 0 for name in counted):
        yield Fault("$.weights", f"all are 0: give at least one of {', '.join(counted)} a weight")


def _thresholds(problem: Problem, highest: int) -> Iterator[Fault]:
    if len(problem.thresholds) > MAX_THRESHOLDS:
        yield Fault("$.thresholds", f"too many: give at most {MAX_THRESHOLDS}")
    for index, threshold in enumerate(problem.thresholds):
        path = f"$.thresholds[{index}]"
        yield from within(path, threshold, 0, highest)
        if index and threshold <= problem.thresholds[index - 1]:
            yield Fault(path, f"{threshold} does not rise: list them from lowest to highest")


def _objective(problem: Problem) -> Iterator[Fault]:
    if STABLE in problem.objective:
        yield from _stable(problem)
        return
    if not problem.objective:
        yield Fault("$.objective", f"is empty: name at least one of {', '.join(OBJECTIVES)}")
    for index, name in enumerate(problem.objective):
        yield from one_of(f"$.objective[{index}]", name, OBJECTIVES)
    yield from twice("$.objective", problem.objective)


def _stable(problem: Problem) -> Iterator[Fault]:
    """A stable round decides everything, and need not exist where mentees bar each other."""
    if problem.objective != (STABLE,):
        yield Fault("$.objective", f"{STABLE!r} stands for itself: give [{STABLE!r}] alone")
    for name in ("apart", "groups", "teams"):
        if getattr(problem.side, name):
            text = f"can't be kept by a {STABLE} round: leave it out, or use another objective"
            yield Fault(f"$.side.{name}", text)
    for index, mentor in enumerate(problem.mentors):
        if mentor.max_high_need is not None:
            path = f"$.mentors[{index}].max_high_need"
            yield Fault(
                path, f"can't be kept by a {STABLE} round: leave it out, or use another objective"
            )


def _people(problem: Problem) -> Iterator[Fault]:
    for side, count in (("mentees", len(problem.mentees)), ("mentors", len(problem.mentors))):
        if count > MAX_PEOPLE:
            yield Fault(f"$.{side}", f"lists {count}: give at most {MAX_PEOPLE}")
    yield from twice("$.mentees", (mentee.id for mentee in problem.mentees), ".id")
    yield from twice("$.mentors", (mentor.id for mentor in problem.mentors), ".id")
    for index, mentee in enumerate(problem.mentees):
        path = f"$.mentees[{index}]"
        yield from _person(path, mentee)
        yield from cells_in_week(f"{path}.free", mentee.free, problem.grid.cells)
        yield from within(f"{path}.priority", mentee.priority, 1, 9)
    for index, mentor in enumerate(problem.mentors):
        path = f"$.mentors[{index}]"
        yield from _person(path, mentor)
        yield from within(f"{path}.capacity", mentor.capacity, 0, MAX_CAPACITY)
        yield from cells_in_week(f"{path}.starts", mentor.starts, problem.grid.cells)
        yield from _overlaps(f"{path}.starts", mentor.starts, problem)
        if mentor.max_high_need is not None:
            yield from within(f"{path}.max_high_need", mentor.max_high_need, 0, MAX_CAPACITY)


def _person(path: str, person: Mentee | Mentor) -> Iterator[Fault]:
    if not person.id:
        yield Fault(f"{path}.id", "is empty: give every person an id")
    for name, levels in (("languages", person.languages), ("interests", person.interests)):
        for key, level in levels.items():
            yield from within(f"{path}.{name}.{key}", level, 0, MAX_LEVEL)
    for key, value in person.style.items():
        if not 0 <= value <= 1:
            yield Fault(f"{path}.style.{key}", f"{value} is out of range: give 0 to 1")


def _overlaps(path: str, starts: tuple[int, ...], problem: Problem) -> Iterator[Fault]:
    cells, length = problem.grid.cells, problem.grid.meeting_cells
    taken: dict[int, int] = {}
    for index, start in enumerate(starts):
        covered = [(start + step) % max(cells, 1) for step in range(length)]
        clash = next((taken[cell] for cell in covered if cell in taken), None)
        if clash is not None:
            text = f"{start} overlaps {clash}: keep starts at least {length} cells apart"
            yield Fault(f"{path}[{index}]", text)
        taken.update(dict.fromkeys(covered, start))


def _references(problem: Problem) -> Iterator[Fault]:
    mentees = {mentee.id for mentee in problem.mentees}
    mentors = {mentor.id for mentor in problem.mentors}
    for index, mentee in enumerate(problem.mentees):
        yield from _wishes(f"$.mentees[{index}]", mentee, mentors, "mentor")
    for index, mentor in enumerate(problem.mentors):
        yield from _wishes(f"$.mentors[{index}]", mentor, mentees, "mentee")
    for name in ("continuing", "pins", "forbids"):
        yield from _ends(name, getattr(problem, name), mentees, mentors)
    if not _in_order(problem):
        yield from _ends("pairs", problem.pairs or (), mentees, mentors)
        yield from _pairs(problem)
    yield from _apart(problem, mentees)
    yield from _members("groups", "mentee", mentees, problem.side.groups)
    yield from _members("teams", "mentor", mentors, problem.side.teams)
    yield from _shared_limits(problem)
    yield from _rows(problem)


def _ends(
    name: str, rows: Iterable[Link | Continuing | GivenPair], mentees: set[str], mentors: set[str]
) -> Iterator[Fault]:
    for index, row in enumerate(rows):
        yield from known(f"$.{name}[{index}].mentee", row.mentee, mentees, "mentee")
        yield from known(f"$.{name}[{index}].mentor", row.mentor, mentors, "mentor")


def _in_order(problem: Problem) -> bool:
    """Whether all pairs are right. There may be millions: only where one is wrong is it looked for."""
    pairs = problem.pairs or ()
    rows = {mentee.id: row for row, mentee in enumerate(problem.mentees)}
    columns = {mentor.id: column for column, mentor in enumerate(problem.mentors)}
    width = len(problem.mentors)
    try:
        keys = np.fromiter(
            (rows[pair.mentee] * width + columns[pair.mentor] for pair in pairs),
            np.int64,
            len(pairs),
        )
    except KeyError:
        return False
    return len(np.unique(keys)) == len(keys) and all(0 <= pair.score <= MAX_GIVEN for pair in pairs)


def _pairs(problem: Problem) -> Iterator[Fault]:
    for index, given in enumerate(problem.pairs or ()):
        yield from within(f"$.pairs[{index}].score", given.score, 0, MAX_GIVEN)
    yield from twice("$.pairs", ((row.mentee, row.mentor) for row in problem.pairs or ()))


def _wishes(path: str, person: Mentee | Mentor, ids: set[str], side: str) -> Iterator[Fault]:
    for name, others in (("prefers", person.prefers), ("avoids", person.avoids)):
        for index, other in enumerate(others):
            yield from known(f"{path}.{name}[{index}]", other, ids, side)


def _apart(problem: Problem, mentees: set[str]) -> Iterator[Fault]:
    for index, couple in enumerate(problem.side.apart):
        path = f"$.side.apart[{index}]"
        for place, who in enumerate(couple):
            yield from known(f"{path}[{place}]", who, mentees, "mentee")
        if couple[0] == couple[1]:
            yield Fault(path, f"names {couple[0]} twice: give two different mentees")


def _members(name: str, side: str, ids: set[str], rows: Sequence[Group | Team]) -> Iterator[Fault]:
    """Who is in groups or teams."""
    yield from twice(f"$.side.{name}", (row.id for row in rows), ".id")
    for index, row in enumerate(rows):
        path = f"$.side.{name}[{index}]"
        people = row.mentees if isinstance(row, Group) else row.mentors
        if not row.id:
            yield Fault(f"{path}.id", f"is empty: give every one of the {name} an id")
        for place, who in enumerate(people):
            yield from known(f"{path}.{side}s[{place}]", who, ids, side)
        yield from twice(f"{path}.{side}s", people)


def _shared_limits(problem: Problem) -> Iterator[Fault]:
    for index, group in enumerate(problem.side.groups):
        path = f"$.side.groups[{index}]"
        if group.per_mentor is None and group.at_least is None:
            yield Fault(path, "asks for nothing: give per_mentor, at_least or both")
        if group.per_mentor is not None:
            yield from within(f"{path}.per_mentor", group.per_mentor, 0, MAX_CAPACITY)
        if group.at_least is not None:
            yield from within(f"{path}.at_least", group.at_least, 0, len(group.mentees))
    for index, team in enumerate(problem.side.teams):
        yield from within(f"$.side.teams[{index}].at_most", team.at_most, 0, MAX_LOAD)


def _rows(problem: Problem) -> Iterator[Fault]:
    yield from twice("$.forbids", ((row.mentee, row.mentor) for row in problem.forbids))
    yield from twice("$.pins", (row.mentee for row in problem.pins), ".mentee")
    yield from twice("$.continuing", (row.mentee for row in problem.continuing), ".mentee")
    meetings: dict[tuple[str, int], int] = {}
    for index, row in enumerate(problem.continuing):
        path = f"$.continuing[{index}].start"
        if problem.timeless:
            continue
        if row.start is None:
            yield Fault(path, "is missing: give the start at which the two meet")
            continue
        yield from cells_in_week(path, (row.start,), problem.grid.cells)
        other = meetings.setdefault((row.mentor, row.start), index)
        if other != index:
            text = f"{row.mentor} meets someone else then, see [{other}]: give another start"
            yield Fault(path, text)
