"""Eligibility and scores of a whole round at once, in NumPy, a block of mentees at a time.

Says the same as ``judge``, pair for pair. All arithmetic is on whole numbers (the matrix
products add ones, exact in float32 below 2^24), so that scores are the same on every machine.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from matching.judge import (
    ENOUGH_STARTS,
    FLUENT,
    SPEAKS,
    UNSAID,
    WISHED_BY_MENTEE,
    WISHED_BY_MENTOR,
    per_mille,
    shares,
)
from matching.problem import PARTS, RULES, Mentee, Mentor, Problem

Ints = NDArray[np.int64]
Masks = NDArray[np.uint16]
Bools = NDArray[np.bool_]
Flags = NDArray[np.float32]
Anyone = Mentee | Mentor
Person = TypeVar("Person", Mentee, Mentor)

#: The bit of each rule in a pair's mask of broken rules; 0 means eligible.
BIT = {rule: 1 << index for index, rule in enumerate(RULES)}
#: Mentees looked at together: enough to be quick, few enough to stay in the cache.
BLOCK = 256


@dataclass(frozen=True, slots=True)
class Block:
    """Some mentees (rows) against every mentor (columns).

    ``broken`` holds the bits of the broken rules, ``parts`` the points (third axis), ``common``
    the number of common starts.
    """

    broken: Masks
    parts: Ints
    common: Ints


@dataclass(frozen=True, slots=True)
class Candidates:
    """The eligible pairs by index, ordered by mentee, then mentor."""

    mentee: Ints
    mentor: Ints
    score: Ints
    parts: Ints
    common: Ints

    def __len__(self) -> int:
        return len(self.mentee)


class Table:
    """A problem as arrays; people are known by their place in the problem."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.mentee_index = {mentee.id: row for row, mentee in enumerate(problem.mentees)}
        self.mentor_index = {mentor.id: row for row, mentor in enumerate(problem.mentors)}
        self.part_names = PARTS if problem.pairs is None else ("given",)
        self.meets = _meets(problem)
        self.offers = _flags(problem.mentors, lambda mentor: mentor.starts, problem.grid.cells)
        self._personal = _Personal(self) if problem.pairs is None else None
        self._given = {
            (self.mentee_index[given.mentee], self.mentor_index[given.mentor]): given.score
            for given in problem.pairs or ()
        }
        self._forbidden = self.links((link.mentee, link.mentor) for link in problem.forbids)
        self._listed = self.links((given.mentee, given.mentor) for given in problem.pairs or ())

    def links(self, pairs: Iterable[tuple[str, str]]) -> dict[int, list[int]]:
        """Pairs of ids as mentor indices by mentee index."""
        found: dict[int, list[int]] = defaultdict(list)
        for mentee, mentor in pairs:
            found[self.mentee_index[mentee]].append(self.mentor_index[mentor])
        return found

    def linked(self, rows: Ints, links: Mapping[int, list[int]]) -> Bools:
        """Links as a block of true and false."""
        block = np.zeros((len(rows), len(self.problem.mentors)), dtype=bool)
        for place, row in enumerate(rows.tolist()):
            block[place, links.get(row, [])] = True
        return block

    def blocks(self) -> Iterator[tuple[int, Block]]:
        """Every mentee, in blocks, each with the index of its first."""
        count = len(self.problem.mentees)
        for first in range(0, count, BLOCK):
            yield first, self.block(np.arange(first, min(first + BLOCK, count)))

    def block(self, rows: Ints) -> Block:
        """The given mentees against every mentor."""
        common = _count(self.meets[rows], self.offers)
        broken = np.zeros(common.shape, dtype=np.uint16)
        if not self.problem.timeless:
            broken |= _bit("no_time", common == 0)
        full = np.array([mentor.capacity < 1 for mentor in self.problem.mentors], dtype=bool)
        broken |= _bit("forbidden", self.linked(rows, self._forbidden)) | _bit("no_capacity", full)
        if self._personal is None:
            parts, judged = self._given_parts(rows), self.linked(rows, self._listed)
            broken |= _bit("forbidden", ~judged)
        else:
            parts, judged = self._personal.parts(rows, common), np.ones(common.shape, dtype=bool)
            broken |= self._personal.broken(rows)
        broken |= _bit("floor", judged & (parts.sum(axis=2) < self.problem.floor))
        return Block(broken, parts, common)

    def _given_parts(self, rows: Ints) -> Ints:
        parts = np.zeros((len(rows), len(self.problem.mentors), 1), dtype=np.int64)
        for place, row in enumerate(rows.tolist()):
            for mentor in self._listed.get(row, []):
                parts[place, mentor] = self._given[row, mentor]
        return parts

    def candidates(self) -> Candidates:
        """All eligible pairs."""
        found: list[tuple[Ints, ...]] = [self._no_candidates()]
        for first, block in self.blocks():
            row, mentor = np.nonzero(block.broken == 0)
            parts = block.parts[row, mentor]
            found.append((row + first, mentor, parts.sum(axis=1), parts, block.common[row, mentor]))
        return Candidates(*(np.concatenate(column) for column in zip(*found, strict=True)))

    def _no_candidates(self) -> tuple[Ints, ...]:
        none = np.zeros(0, dtype=np.int64)
        return none, none, none, np.zeros((0, len(self.part_names)), dtype=np.int64), none

    def starts(self, mentee: int, mentor: int) -> list[int]:
        """The common starts of a pair, ascending."""
        common: list[int] = np.flatnonzero(self.meets[mentee] & self.offers[mentor]).tolist()
        return common


class _Personal:
    """What people say of themselves, as arrays: everything but time, links and capacity."""

    def __init__(self, table: Table) -> None:
        problem = table.problem
        mentees, mentors = problem.mentees, problem.mentors
        self.table = table
        self.speaks = [_speakers(mentees, mentors, level) for level in (SPEAKS, FLUENT)]
        self.identity = _identities(mentees, mentors), _identities(mentors, mentees)
        self.topics = _tags(mentees, mentors, lambda e: e.topics, lambda m: m.declines)
        self.areas = _areas(mentees, mentors)
        self.interests = _levels(mentees, mentors)
        self.wanted = np.array([sum(e.interests.values()) for e in mentees], dtype=np.int64)
        self.styles = _styles(mentees, mentors)
        self.asked = table.links((e.id, other) for e in mentees for other in e.prefers)
        self.asking = table.links((other, m.id) for m in mentors for other in m.prefers)
        self.avoided = table.links(
            [(e.id, other) for e in mentees for other in e.avoids]
            + [(other, m.id) for m in mentors for other in m.avoids]
        )
        points = shares(problem)
        self.shares = np.array([points[name] for name in PARTS], dtype=np.int64)

    def broken(self, rows: Ints) -> Masks:
        mentees, mentors = self.speaks[0]
        (accepting, accepted), (mentor_accepting, mentor_accepted) = self.identity
        agreed = (_count(accepting[rows], accepted) > 0) & (
            _count(mentor_accepted[rows], mentor_accepting) > 0
        )
        topics, declined = self.topics
        areas, other_areas = self.areas
        mask = _bit("no_language", _count(mentees[rows], mentors) == 0)
        mask |= _bit("identity", ~agreed)
        mask |= _bit("topics", _count(topics[rows], declined) > 0)
        mask |= _bit("area", areas[rows][:, None] == other_areas[None, :])
        return mask | _bit("avoided", self.table.linked(rows, self.avoided))

    def parts(self, rows: Ints, common: Ints) -> Ints:
        qualities = (
            self._interests(rows),
            1000 * np.minimum(common, ENOUGH_STARTS) // ENOUGH_STARTS,
            sum((500 * (_count(e[rows], m) > 0) for e, m in self.speaks), np.zeros_like(common)),
            self._style(rows, common),
            WISHED_BY_MENTEE * self.table.linked(rows, self.asked).astype(np.int64)
            + WISHED_BY_MENTOR * self.table.linked(rows, self.asking).astype(np.int64),
        )
        return np.stack(qualities, axis=2) * self.shares // 1000

    def _interests(self, rows: Ints) -> Ints:
        mentees, mentors = self.interests
        wanted = self.wanted[rows][:, None]
        met = _count(mentees[rows], mentors)
        return np.where(wanted == 0, UNSAID, 1000 * met // np.maximum(wanted, 1))

    def _style(self, rows: Ints, like: Ints) -> Ints:
        apart, both = np.zeros_like(like), np.zeros_like(like)
        for mentees, mentors in self.styles:
            mine, theirs = mentees[rows][:, None], mentors[None, :]
            said = (mine >= 0) & (theirs >= 0)
            apart += np.where(said, np.abs(mine - theirs), 0)
            both += said
        return np.where(both == 0, UNSAID, 1000 - apart // np.maximum(both, 1))


def _bit(rule: str, where: Bools) -> Masks:
    return where.astype(np.uint16) * np.uint16(BIT[rule])


def _count(rows: Bools | Flags, columns: Bools | Flags) -> Ints:
    """How many ones each row shares with each column person."""
    product = rows.astype(np.float32) @ columns.astype(np.float32).T
    return product.astype(np.int64)


def _flags(
    people: tuple[Person, ...], cells: Callable[[Person], Iterable[int]], width: int
) -> Bools:
    table = np.zeros((len(people), width), dtype=bool)
    for row, person in enumerate(people):
        table[row, list(cells(person))] = True
    return table


def _meets(problem: Problem) -> Bools:
    """Whether each mentee is free for a whole meeting that begins at each cell."""
    free = _flags(problem.mentees, lambda mentee: mentee.free, problem.grid.cells)
    meets = free.copy()
    for step in range(1, problem.grid.meeting_cells):
        meets &= np.roll(free, -step, axis=1)
    return meets


def _tags(
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
        _flags(mentees, lambda person: [columns[tag] for tag in of_mentee(person)], len(columns)),
        _flags(mentors, lambda person: [columns[tag] for tag in of_mentor(person)], len(columns)),
    )


def _speakers(
    mentees: tuple[Mentee, ...], mentors: tuple[Mentor, ...], level: int
) -> tuple[Bools, Bools]:
    def spoken(person: Anyone) -> list[str]:
        return [language for language, own in person.languages.items() if own >= level]

    return _tags(mentees, mentors, spoken, spoken)


def _levels(mentees: tuple[Mentee, ...], mentors: tuple[Mentor, ...]) -> tuple[Bools, Bools]:
    """Interests in unary: as many columns as the level, so that a product adds minima."""

    def steps(person: Anyone) -> list[tuple[str, int]]:
        return [(tag, step) for tag, level in person.interests.items() for step in range(level)]

    return _tags(mentees, mentors, steps, steps)


def _identities(choosing: Sequence[Anyone], chosen: Sequence[Anyone]) -> tuple[Bools, Bools]:
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


def _areas(mentees: tuple[Mentee, ...], mentors: tuple[Mentor, ...]) -> tuple[Ints, Ints]:
    """A number for each area; people who name none have numbers that never meet."""
    people: list[Anyone] = [*mentees, *mentors]
    named = {person.area for person in people if person.area is not None}
    numbers = {area: number for number, area in enumerate(sorted(named))}
    return (
        np.array([-1 if e.area is None else numbers[e.area] for e in mentees], dtype=np.int64),
        np.array([-2 if m.area is None else numbers[m.area] for m in mentors], dtype=np.int64),
    )


def _styles(mentees: tuple[Mentee, ...], mentors: tuple[Mentor, ...]) -> list[tuple[Ints, Ints]]:
    """For each style setting, everybody's value in thousandths; -1 where not said."""
    people: list[Anyone] = [*mentees, *mentors]
    keys = sorted({key for person in people for key in person.style})

    def column(people: Sequence[Anyone], key: str) -> Ints:
        values = [per_mille(p.style[key]) if key in p.style else -1 for p in people]
        return np.array(values, dtype=np.int64)

    return [(column(mentees, key), column(mentors, key)) for key in keys]
