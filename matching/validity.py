"""What a problem must satisfy before it is solved: every fault, each with its JSON path."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from matching.judge import Judge, held
from matching.problem import OBJECTIVES, PARTS, Fault, Grid, Link, Mentee, Mentor, Problem
from matching.timetable import seat

MAX_CELLS = 10_080
MAX_LEVEL = 10
MAX_WEIGHT = 1_000
MAX_SCORE = 1_000
MAX_GIVEN = 10**9
MAX_CAPACITY = 10_000
MAX_THRESHOLDS = 20


def faults(problem: Problem, contradictions: bool = True) -> list[Fault]:
    """All that is wrong with the problem; empty when it can be solved.

    Contradictions between pins and the rest are looked for when all else is right.
    """
    found = [*_grid(problem)]
    if found:
        # Without a week there is no telling which cells are in it: take the widest.
        problem = replace(problem, grid=Grid(MAX_CELLS, 1))
    found += [*_settings(problem), *_people(problem), *_references(problem)]
    return [*_contradictions(problem)] if contradictions and not found else found


def _whole(path: str, value: int, low: int, high: int) -> Iterator[Fault]:
    if not low <= value <= high:
        yield Fault(path, f"{value} is out of range: give a whole number from {low} to {high}")


def _one_of(path: str, value: str, allowed: tuple[str, ...]) -> Iterator[Fault]:
    if value not in allowed:
        yield Fault(path, f"{value!r} is not known here: give one of {', '.join(allowed)}")


def _grid(problem: Problem) -> Iterator[Fault]:
    grid = problem.grid
    yield from _whole("$.grid.cells", grid.cells, 1, MAX_CELLS)
    yield from _whole("$.grid.meeting_cells", grid.meeting_cells, 1, max(grid.cells, 2))


def _settings(problem: Problem) -> Iterator[Fault]:
    yield from _one_of("$.keep", problem.keep, ("pinned", "prefer"))
    highest = MAX_SCORE if problem.pairs is None else MAX_GIVEN
    yield from _whole("$.floor", problem.floor, 0, highest)
    yield from _weights(problem)
    yield from _thresholds(problem, highest)
    yield from _objective(problem)


def _weights(problem: Problem) -> Iterator[Fault]:
    weights = {name: getattr(problem.weights, name) for name in PARTS}
    for name, weight in weights.items():
        yield from _whole(f"$.weights.{name}", weight, 0, MAX_WEIGHT)
    counted = [name for name in PARTS if not (problem.timeless and name == "availability")]
    if not any(weights[name] > 0 for name in counted):
        yield Fault("$.weights", f"all are 0: give at least one of {', '.join(counted)} a weight")


def _thresholds(problem: Problem, highest: int) -> Iterator[Fault]:
    if len(problem.thresholds) > MAX_THRESHOLDS:
        yield Fault("$.thresholds", f"too many: give at most {MAX_THRESHOLDS}")
    for index, threshold in enumerate(problem.thresholds):
        path = f"$.thresholds[{index}]"
        yield from _whole(path, threshold, 0, highest)
        if index and threshold <= problem.thresholds[index - 1]:
            yield Fault(path, f"{threshold} does not rise: list them from lowest to highest")


def _objective(problem: Problem) -> Iterator[Fault]:
    if not problem.objective:
        yield Fault("$.objective", f"is empty: name at least one of {', '.join(OBJECTIVES)}")
    for index, name in enumerate(problem.objective):
        yield from _one_of(f"$.objective[{index}]", name, OBJECTIVES)
    yield from _twice("$.objective", problem.objective)


def _twice(path: str, keys: Iterable[object], suffix: str = "") -> Iterator[Fault]:
    first: dict[object, int] = {}
    for index, key in enumerate(keys):
        if key in first:
            name = " and ".join(key) if isinstance(key, tuple) else key
            text = f"{name} is listed already at [{first[key]}]: give each once"
            yield Fault(f"{path}[{index}]{suffix}", text)
        first.setdefault(key, index)


def _people(problem: Problem) -> Iterator[Fault]:
    yield from _twice("$.mentees", (mentee.id for mentee in problem.mentees), ".id")
    yield from _twice("$.mentors", (mentor.id for mentor in problem.mentors), ".id")
    for index, mentee in enumerate(problem.mentees):
        path = f"$.mentees[{index}]"
        yield from _person(path, mentee)
        yield from _cells(f"{path}.free", mentee.free, problem.grid.cells)
        yield from _whole(f"{path}.priority", mentee.priority, 1, 9)
    for index, mentor in enumerate(problem.mentors):
        path = f"$.mentors[{index}]"
        yield from _person(path, mentor)
        yield from _whole(f"{path}.capacity", mentor.capacity, 0, MAX_CAPACITY)
        yield from _cells(f"{path}.starts", mentor.starts, problem.grid.cells)
        yield from _overlaps(f"{path}.starts", mentor.starts, problem)
        if mentor.max_high_need is not None:
            yield from _whole(f"{path}.max_high_need", mentor.max_high_need, 0, MAX_CAPACITY)


def _person(path: str, person: Mentee | Mentor) -> Iterator[Fault]:
    if not person.id:
        yield Fault(f"{path}.id", "is empty: give every person an id")
    for name, levels in (("languages", person.languages), ("interests", person.interests)):
        for key, level in levels.items():
            yield from _whole(f"{path}.{name}.{key}", level, 0, MAX_LEVEL)
    for key, value in person.style.items():
        if not 0 <= value <= 1:
            yield Fault(f"{path}.style.{key}", f"{value} is out of range: give 0 to 1")


def _cells(path: str, cells: tuple[int, ...], count: int) -> Iterator[Fault]:
    for index, cell in enumerate(cells):
        if not 0 <= cell < count:
            text = f"{cell} is not a cell of the week: give a whole number from 0 to {count - 1}"
            yield Fault(f"{path}[{index}]", text)


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
    for name in ("continuing", "pins", "forbids", "pairs"):
        for index, row in enumerate(getattr(problem, name) or ()):
            yield from _known(f"$.{name}[{index}].mentee", row.mentee, mentees, "mentee")
            yield from _known(f"$.{name}[{index}].mentor", row.mentor, mentors, "mentor")
    yield from _apart(problem, mentees)
    yield from _rows(problem)


def _known(path: str, who: str, ids: set[str], side: str) -> Iterator[Fault]:
    if who not in ids:
        yield Fault(path, f"there is no {side} {who!r}: give the id of a {side} of this file")


def _wishes(path: str, person: Mentee | Mentor, ids: set[str], side: str) -> Iterator[Fault]:
    for name, others in (("prefers", person.prefers), ("avoids", person.avoids)):
        for index, other in enumerate(others):
            yield from _known(f"{path}.{name}[{index}]", other, ids, side)


def _apart(problem: Problem, mentees: set[str]) -> Iterator[Fault]:
    for index, couple in enumerate(problem.side.apart):
        path = f"$.side.apart[{index}]"
        for place, who in enumerate(couple):
            yield from _known(f"{path}[{place}]", who, mentees, "mentee")
        if couple[0] == couple[1]:
            yield Fault(path, f"names {couple[0]} twice: give two different mentees")


def _rows(problem: Problem) -> Iterator[Fault]:
    for index, given in enumerate(problem.pairs or ()):
        yield from _whole(f"$.pairs[{index}].score", given.score, 0, MAX_GIVEN)
    yield from _twice("$.pairs", ((row.mentee, row.mentor) for row in problem.pairs or ()))
    yield from _twice("$.forbids", ((row.mentee, row.mentor) for row in problem.forbids))
    yield from _twice("$.pins", (row.mentee for row in problem.pins), ".mentee")
    yield from _twice("$.continuing", (row.mentee for row in problem.continuing), ".mentee")
    meetings: dict[tuple[str, int], int] = {}
    for index, row in enumerate(problem.continuing):
        path = f"$.continuing[{index}].start"
        if problem.timeless:
            continue
        if row.start is None:
            yield Fault(path, "is missing: give the start at which the two meet")
            continue
        yield from _cells(path, (row.start,), problem.grid.cells)
        other = meetings.setdefault((row.mentor, row.start), index)
        if other != index:
            text = f"{row.mentor} meets someone else then, see [{other}]: give another start"
            yield Fault(path, text)


def _contradictions(problem: Problem) -> Iterator[Fault]:
    """Pins that can't all be held together with the continuing pairs."""
    if not problem.pins:
        return
    judge = Judge(problem)
    kept, _ = held(judge)
    continuing: dict[str, dict[str, int | None]] = defaultdict(dict)
    for row in kept:
        continuing[row.mentor][row.mentee] = row.start
    pinned: dict[str, list[tuple[int, Link]]] = defaultdict(list)
    for index, pin in enumerate(problem.pins):
        why_not = judge.why_not(pin.mentee, pin.mentor)
        if why_not:
            text = f"{pin.mentee} and {pin.mentor} can't be paired ({', '.join(why_not)})"
            yield Fault(f"$.pins[{index}]", f"{text}: remove the pin or what stands against it")
        elif pin.mentee not in continuing[pin.mentor]:
            pinned[pin.mentor].append((index, pin))
    for mentor_id, pins in pinned.items():
        yield from _room_for(judge, mentor_id, continuing[mentor_id], pins)


def _room_for(
    judge: Judge,
    mentor_id: str,
    continuing: Mapping[str, int | None],
    pins: list[tuple[int, Link]],
) -> Iterator[Fault]:
    mentor, last = judge.mentors[mentor_id], f"$.pins[{pins[-1][0]}]"
    people = [*continuing, *(pin.mentee for _, pin in pins)]
    if len(people) > mentor.capacity:
        text = f"{mentor_id} has {mentor.capacity} places and {len(people)} pairs to hold"
        yield Fault(last, f"{text}: remove a pin or give more places")
    needy = sum(judge.mentees[who].high_need for who in people)
    if mentor.max_high_need is not None and needy > mentor.max_high_need:
        text = f"{mentor_id} takes at most {mentor.max_high_need} with high need, not {needy}"
        yield Fault(last, f"{text}: remove a pin")
    for place, one in enumerate(people):
        for other in people[place + 1 :]:
            if judge.are_apart(one, other):
                text = f"{one} and {other} must not share {mentor_id} (side.apart)"
                yield Fault(last, f"{text}: remove a pin")
    if not judge.problem.timeless:
        taken = {start for start in continuing.values() if start is not None}
        wishes = {pin.mentee: set(judge.starts(pin.mentee, mentor_id)) - taken for _, pin in pins}
        if seat(wishes) is None:
            text = f"{mentor_id} has no start of their own for each pinned mentee"
            yield Fault(last, f"{text}: remove a pin or offer more starts")
