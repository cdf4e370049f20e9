"""People as arrays: a row for each, in the order of the problem."""

from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import TypeVar

import numpy as np

from matching.problem import Mentee, Mentor, Problem
from matching.rules.judge import per_mille
from matching.table.arrays import Bools, Small

Anyone = Mentee | Mentor
Person = TypeVar("Person", Mentee, Mentor)


def flags(
    people: tuple[Person, ...], cells: Callable[[Person], Iterable[int]], width: int
) -> Bools:
    rows = [list(cells(person)) for person in people]
    table = np.zeros((len(people), width), dtype=bool)
    columns = np.fromiter(chain.from_iterable(rows), dtype=np.intp)
    table[np.repeat(np.arange(len(rows)), [len(row) for row in rows]), columns] = True
    return table


def meets(problem: Problem) -> Bools:
    """Whether each mentee is free for a whole meeting that begins at each cell."""
    free = flags(problem.mentees, lambda mentee: mentee.free, problem.grid.cells)
    meets = free.copy()
    for step in range(1, problem.grid.meeting_cells):
        meets &= np.roll(free, -step, axis=1)
    return meets


def tags(
    mentees: tuple[Mentee, ...],
    mentors: tuple[Mentor, ...],
    of_mentee: Callable[[Mentee], Iterable[object]],
    of_mentor: Callable[[Mentor], Iterable[object]],
) -> tuple[Bools, Bools]:
    """One column for each thing that somebody names."""
    columns: dict[object, int] = {}
    for tags in [*map(of_mentee, mentees), *map(of_mentor, mentors)]:
        for tag in tags:
            columns.setdefault(tag, len(columns))
    return (
        flags(mentees, lambda person: [columns[tag] for tag in of_mentee(person)], len(columns)),
        flags(mentors, lambda person: [columns[tag] for tag in of_mentor(person)], len(columns)),
    )


def speakers(
    mentees: tuple[Mentee, ...], mentors: tuple[Mentor, ...], level: int
) -> tuple[Bools, Bools]:
    def spoken(person: Anyone) -> list[str]:
        return [language for language, own in person.languages.items() if own >= level]

    return tags(mentees, mentors, spoken, spoken)


def levels(mentees: tuple[Mentee, ...], mentors: tuple[Mentor, ...]) -> tuple[Bools, Bools]:
    """Interests in unary: as many columns as the level, so that a product adds minima."""

    def steps(person: Anyone) -> list[tuple[str, int]]:
        return [(tag, step) for tag, level in person.interests.items() for step in range(level)]

    return tags(mentees, mentors, steps, steps)


def identities(choosing: Sequence[Anyone], chosen: Sequence[Anyone]) -> tuple[Bools, Bools]:
    """Which identities each one accepts, and which each of the others has."""
    names = {person.identity for person in chosen}
    columns = {name: column for column, name in enumerate(sorted(names, key=str))}
    accepting = np.zeros((len(choosing), len(columns)), dtype=bool)
    for row, person in enumerate(choosing):
        accepts = names if person.accepts is None else names.intersection(person.accepts)
        accepting[row, [columns[name] for name in accepts]] = True
    having = np.zeros((len(chosen), len(columns)), dtype=bool)
    for row, other in enumerate(chosen):
        having[row, columns[other.identity]] = True
    return accepting, having


def areas(mentees: tuple[Mentee, ...], mentors: tuple[Mentor, ...]) -> tuple[Small, Small]:
    """A number for each area; people who name none have numbers that never meet."""
    people: list[Anyone] = [*mentees, *mentors]
    named = {person.area for person in people if person.area is not None}
    numbers = {area: number for number, area in enumerate(sorted(named))}
    return (
        np.array([-1 if e.area is None else numbers[e.area] for e in mentees], dtype=np.int32),
        np.array([-2 if m.area is None else numbers[m.area] for m in mentors], dtype=np.int32),
    )


def styles(mentees: tuple[Mentee, ...], mentors: tuple[Mentor, ...]) -> list[tuple[Small, Small]]:
    """For each style setting, everybody's value in thousandths; -1 where not said."""
    people: list[Anyone] = [*mentees, *mentors]
    keys = sorted({key for person in people for key in person.style})

    def column(people: Sequence[Anyone], key: str) -> Small:
        values = [per_mille(p.style[key]) if key in p.style else -1 for p in people]
        return np.array(values, dtype=np.int32)

    return [(column(mentees, key), column(mentors, key)) for key in keys]
