"""What a problem of groups must satisfy: every fault, each with its JSON path."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, islice

from matching.cohorts.problem import OBJECTIVES, PARTS, Facilitator, Person, Pin, Problem
from matching.cohorts.rules import Judge
from matching.files.limits import cells_in_week, known, one_of, twice, within
from matching.files.validity import (
    MAX_CAPACITY,
    MAX_CELLS,
    MAX_LEVEL,
    MAX_PEOPLE,
    MAX_SCORE,
    MAX_THRESHOLDS,
    MAX_WEIGHT,
)
from matching.problem import Fault, Grid

MAX_SIZE = 100
#: The time zones that there are, in minutes east of UTC.
LOWEST_OFFSET, HIGHEST_OFFSET = -12 * 60, 14 * 60
MAX_FACILITATORS = 2


def faults(problem: Problem, contradictions: bool = True, most: int = 1_000) -> list[Fault]:
    """What is wrong with the problem, ``most`` faults of it; empty when it can be solved.

    Contradictions between pins and the rest are looked for when all else is right.
    """
    found = [*_grid(problem)]
    if found:
        # Without a week there is no telling which cells are in it: take the widest.
        problem = replace(problem, grid=Grid(MAX_CELLS, 1))
    of_all = chain(_rules(problem), _settings(problem), _people(problem), _references(problem))
    found += islice(of_all, max(0, most - len(found)))
    return [*islice(_contradictions(problem), most)] if contradictions and not found else found


def _grid(problem: Problem) -> Iterator[Fault]:
    grid = problem.grid
    yield from within("$.grid.cells", grid.cells, 1, MAX_CELLS)
    if 1 <= grid.cells <= MAX_CELLS:
        yield from within("$.grid.meeting_cells", grid.meeting_cells, 1, grid.cells)


def _rules(problem: Problem) -> Iterator[Fault]:
    rules = problem.rules
    yield from within("$.rules.min_size", rules.min_size, 2, MAX_SIZE)
    if 2 <= rules.min_size <= MAX_SIZE:
        yield from within("$.rules.max_size", rules.max_size, rules.min_size, MAX_SIZE)
        if rules.min_size <= rules.max_size <= MAX_SIZE:
            path = "$.rules.ideal_size"
            yield from within(path, rules.ideal_size, rules.min_size, rules.max_size)
    yield from within("$.rules.facilitators", rules.facilitators, 1, MAX_FACILITATORS)
    if rules.max_spread is not None:
        yield from within("$.rules.max_spread", rules.max_spread, 0, HIGHEST_OFFSET - LOWEST_OFFSET)


def _settings(problem: Problem) -> Iterator[Fault]:
    weights = {name: getattr(problem.weights, name) for name in PARTS}
    for name, weight in weights.items():
        yield from within(f"$.weights.{name}", weight, 0, MAX_WEIGHT)
    if not any(weight > 0 for weight in weights.values()):
        yield Fault("$.weights", f"all are 0: give at least one of {', '.join(PARTS)} a weight")
    if len(problem.thresholds) > MAX_THRESHOLDS:
        yield Fault("$.thresholds", f"too many: give at most {MAX_THRESHOLDS}")
    for index, threshold in enumerate(problem.thresholds):
        path = f"$.thresholds[{index}]"
        yield from within(path, threshold, 0, MAX_SCORE)
        if index and threshold <= problem.thresholds[index - 1]:
            yield Fault(path, f"{threshold} does not rise: list them from lowest to highest")
    yield from _objective(problem)


def _objective(problem: Problem) -> Iterator[Fault]:
    if problem.objective[:1] != ("placed",):
        text = "does not begin with 'placed': groups are for people, whatever else counts"
        yield Fault("$.objective", f"{text}; put it first")
    for index, name in enumerate(problem.objective):
        yield from one_of(f"$.objective[{index}]", name, OBJECTIVES)
    yield from twice("$.objective", problem.objective)


def _people(problem: Problem) -> Iterator[Fault]:
    for side, count in (
        ("people", len(problem.people)),
        ("facilitators", len(problem.facilitators)),
    ):
        if count > MAX_PEOPLE:
            yield Fault(f"$.{side}", f"lists {count}: give at most {MAX_PEOPLE}")
    yield from twice("$.people", (person.id for person in problem.people), ".id")
    yield from twice("$.facilitators", (person.id for person in problem.facilitators), ".id")
    people = {person.id for person in problem.people}
    for index, person in enumerate(problem.people):
        path = f"$.people[{index}]"
        yield from _somebody(path, person, problem.grid.cells)
        yield from _levels(f"{path}.themes", person.themes)
        yield from within(f"{path}.priority", person.priority, 1, 9)
        if person.offset is not None:
            yield from within(f"{path}.offset", person.offset, LOWEST_OFFSET, HIGHEST_OFFSET)
        if not person.alone_in_identity and person.identity is None:
            text = "is false for somebody without an identity: give one, or leave this out"
            yield Fault(f"{path}.alone_in_identity", text)
    for index, facilitator in enumerate(problem.facilitators):
        path = f"$.facilitators[{index}]"
        yield from _somebody(path, facilitator, problem.grid.cells)
        yield from within(f"{path}.groups", facilitator.groups, 0, MAX_CAPACITY)
        if facilitator.id in people:
            text = f"{facilitator.id} is among the people too: give everybody an id of their own"
            yield Fault(f"{path}.id", text)


def _somebody(path: str, person: Person | Facilitator, cells: int) -> Iterator[Fault]:
    if not person.id:
        yield Fault(f"{path}.id", "is empty: give every person an id")
    yield from _levels(f"{path}.languages", person.languages)
    yield from cells_in_week(f"{path}.free", person.free, cells)


def _levels(path: str, levels: object) -> Iterator[Fault]:
    assert isinstance(levels, dict)
    for key, level in levels.items():
        yield from within(f"{path}.{key}", level, 0, MAX_LEVEL)


def _references(problem: Problem) -> Iterator[Fault]:
    people = {person.id for person in problem.people}
    everybody = people | {facilitator.id for facilitator in problem.facilitators}
    for side in ("people", "facilitators"):
        for index, person in enumerate(getattr(problem, side)):
            for place, other in enumerate(person.avoids):
                path = f"$.{side}[{index}].avoids[{place}]"
                yield from known(path, other, everybody, "person")
                if other == person.id:
                    yield Fault(path, f"{other} can't avoid themself: leave it out")
    for index, couple in enumerate(problem.apart):
        path = f"$.apart[{index}]"
        for place, who in enumerate(couple):
            yield from known(f"{path}[{place}]", who, people, "person")
        if couple[0] == couple[1]:
            yield Fault(path, f"names {couple[0]} twice: give two different people")
    yield from _pins(problem, people)


def _pins(problem: Problem, people: set[str]) -> Iterator[Fault]:
    facilitators = {facilitator.id for facilitator in problem.facilitators}
    seen: dict[str, int] = {}
    for index, pin in enumerate(problem.pins):
        path = f"$.pins[{index}]"
        if not pin.people:
            yield Fault(f"{path}.people", "is empty: name at least one person")
        for place, who in enumerate(pin.people):
            where = f"{path}.people[{place}]"
            yield from known(where, who, people, "person")
            if seen.setdefault(who, index) != index or who in pin.people[:place]:
                yield Fault(where, f"{who} is pinned already in [{seen[who]}]: give each once")
        yield from twice(f"{path}.facilitators", pin.facilitators)
        for place, who in enumerate(pin.facilitators):
            where = f"{path}.facilitators[{place}]"
            yield from known(where, who, facilitators, "facilitator")
        if pin.start is not None:
            yield from within(f"{path}.start", pin.start, 0, problem.grid.cells - 1)


def _contradictions(problem: Problem) -> Iterator[Fault]:
    """Pins that no group could ever hold, whoever else is in it."""
    judge = Judge(problem)
    for index, pin in enumerate(problem.pins):
        yield from _one_pin(judge, f"$.pins[{index}]", pin)


def _one_pin(judge: Judge, path: str, pin: Pin) -> Iterator[Fault]:
    rules = judge.problem.rules
    if len(pin.people) > rules.max_size:
        text = f"{len(pin.people)} people are more than a group of {rules.max_size} holds"
        yield Fault(path, f"{text}: name fewer, or raise max_size")
    if len(pin.facilitators) > rules.facilitators:
        text = f"{len(pin.facilitators)} facilitators, a group has {rules.facilitators}"
        yield Fault(f"{path}.facilitators", f"{text}: name fewer")
    for place, one in enumerate(pin.people):
        for other in pin.people[place + 1 :]:
            if judge.barred(one, other):
                text = f"{one} and {other} must not share a group"
                yield Fault(path, f"{text}: remove one of them, or what stands against it")
