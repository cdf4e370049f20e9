"""Eligibility and scores of a whole round at once, in NumPy, a block of mentees at a time.

Says the same as ``judge``, pair for pair. All arithmetic is on whole numbers (the matrix
products add ones, exact in float32 below 2^24), so that scores are the same on every machine.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from matching.problem import PARTS, RULES, Problem
from matching.rules.judge import (
    ENOUGH_STARTS,
    FLUENT,
    SPEAKS,
    UNSAID,
    WISHED_BY_MENTEE,
    WISHED_BY_MENTOR,
    shares,
)
from matching.table import people
from matching.table.arrays import (
    AnyInts,
    Bools,
    Flags,
    Ints,
    Masks,
    Places,
    Shared,
    Small,
    among,
)

__all__ = [
    "BIT",
    "BLOCK",
    "AnyInts",
    "Block",
    "Bools",
    "Candidates",
    "Ints",
    "Masks",
    "Places",
    "Shared",
    "Small",
    "Table",
]

#: The bit of each rule in a pair's mask of broken rules; 0 means eligible.
BIT = {rule: 1 << index for index, rule in enumerate(RULES)}
#: Mentees looked at together: enough to be quick, few enough to stay in the cache.
BLOCK = 256
#: Given pairs looked at together.
CHUNK = 50_000


@dataclass(frozen=True, slots=True)
class Block:
    """Some mentees (rows) against every mentor (columns).

    ``broken`` holds the bits of the broken rules, ``parts`` the points (third axis), ``common``
    the number of common starts.
    """

    broken: Masks
    parts: Small
    common: Small


@dataclass(frozen=True, slots=True)
class Candidates:
    """The eligible pairs by index, ordered by mentee, then mentor."""

    mentee: Small
    mentor: Small
    score: Small

    def __len__(self) -> int:
        return len(self.mentee)


class Table:
    """A problem as arrays; people are known by their place in the problem."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.mentee_index = {mentee.id: row for row, mentee in enumerate(problem.mentees)}
        self.mentor_index = {mentor.id: row for row, mentor in enumerate(problem.mentors)}
        self.part_names = PARTS if problem.pairs is None else ("given",)
        self.meets = people.meets(problem)
        self.offers = people.flags(
            problem.mentors, lambda mentor: mentor.starts, problem.grid.cells
        )
        self._time = Shared(self.meets, self.offers)
        self._personal = _Personal(self) if problem.pairs is None else None
        self._forbidden = self.links((link.mentee, link.mentor) for link in problem.forbids)
        self._given = _Given(self)
        self._full = np.array([mentor.capacity < 1 for mentor in problem.mentors], dtype=bool)

    def links(self, pairs: Iterable[tuple[str, str]]) -> dict[int, list[int]]:
        """Pairs of ids as mentor indices by mentee index; people who are not here left out."""
        found: dict[int, list[int]] = defaultdict(list)
        for mentee, mentor in pairs:
            row, column = self.mentee_index.get(mentee), self.mentor_index.get(mentor)
            if row is not None and column is not None:
                found[row].append(column)
        return found

    def linked(self, rows: Places, links: Mapping[int, list[int]]) -> Bools:
        """Links as a block of true and false."""
        block = np.zeros((len(rows), len(self.problem.mentors)), dtype=bool)
        if links:
            for place, row in enumerate(rows.tolist()):
                block[place, links.get(row, [])] = True
        return block

    def block(self, rows: Places) -> Block:
        """The given mentees against every mentor."""
        common = self._time.counts(rows)
        parts = self._parts(rows, np.ones(common.shape, dtype=bool), common)
        return Block(
            self._broken(rows, common) | self._under_floor(rows, common),
            parts.reshape(*common.shape, len(self.part_names)),
            common.astype(np.int32),
        )

    def blocks(self) -> Iterator[tuple[int, Block]]:
        """Every mentee, in blocks, each with the index of its first."""
        count = len(self.problem.mentees)
        for first in range(0, count, BLOCK):
            yield first, self.block(np.arange(first, min(first + BLOCK, count)))

    def broken(self, rows: Places) -> Masks:
        """The bits of the broken rules alone: much less work than a whole block."""
        common = self._time.counts(rows)
        return self._broken(rows, common) | self._under_floor(rows, common)

    def _broken(self, rows: Places, common: Flags) -> Masks:
        """Every rule but the floor."""
        broken = np.zeros(common.shape, dtype=np.uint16)
        if not self.problem.timeless:
            broken |= _bit("no_time", common == 0)
        broken |= _bit("forbidden", self.linked(rows, self._forbidden))
        broken |= _bit("no_capacity", self._full)
        if self._personal is None:
            return broken | _bit("forbidden", ~self._given.listed(rows))
        for rule, keeps in self._personal.broken(rows):
            broken |= _bit(rule, keeps)
        return broken

    def _under_floor(self, rows: Places, common: Flags) -> Masks:
        """The floor's bit wherever a pair has a score and it is under the floor."""
        judged = np.ones(common.shape, dtype=bool)
        if self._personal is None:
            judged = self._given.listed(rows)
        under = np.zeros(common.shape, dtype=bool)
        if self.problem.floor > 0:
            under[judged] = self._parts(rows, judged, common).sum(axis=1) < self.problem.floor
        return _bit("floor", under)

    def _parts(self, rows: Places, where: Bools, common: Flags) -> Small:
        """Points by part of the pairs in question, one after another."""
        if self._personal is not None:
            return self._personal.parts(rows, where, common)
        row, mentor = np.nonzero(where)
        return self._given.scores(rows[row], mentor)[1]

    def candidates(self) -> Candidates:
        """All eligible pairs."""
        if self._personal is None:
            return self._listed()
        none = np.zeros(0, dtype=np.int32)
        found = [(none, none, none)]
        count = len(self.problem.mentees)
        for first in range(0, count, BLOCK):
            rows = np.arange(first, min(first + BLOCK, count))
            common = self._time.counts(rows)
            fits = self._broken(rows, common) == 0
            score = self._parts(rows, fits, common).sum(axis=1, dtype=np.int32)
            row, mentor = (places.astype(np.int32) for places in np.nonzero(fits))
            good = score >= self.problem.floor
            found.append((row[good] + np.int32(first), mentor[good], score[good]))
        return Candidates(*(np.concatenate(column) for column in zip(*found, strict=True)))

    def _listed(self) -> Candidates:
        """All eligible pairs where they are given: no others need to be looked at."""
        mentee, mentor, score = self._given.columns()
        fits = np.zeros(len(mentee), dtype=bool)
        for first in range(0, len(mentee), CHUNK):
            some = slice(first, first + CHUNK)
            fits[some] = self.pairs(mentee[some], mentor[some])[0] == 0
        return Candidates(mentee[fits].astype(np.int32), mentor[fits].astype(np.int32), score[fits])

    def pairs(self, mentee: Places, mentor: Places) -> tuple[Masks, Small]:
        """The bits of the broken rules and the points by part of some pairs, one after another."""
        broken = np.zeros(len(mentee), dtype=np.uint16)
        common = np.zeros(len(mentee), dtype=np.float32)
        if not self.problem.timeless:
            common = self._time.of(mentee, mentor)
            broken |= _bit("no_time", common == 0)
        broken |= _bit("forbidden", among(mentee, mentor, self._forbidden))
        broken |= _bit("no_capacity", self._full[mentor])
        judged = np.ones(len(mentee), dtype=bool)
        if self._personal is None:
            judged, parts = self._given.scores(mentee, mentor)
            broken |= _bit("forbidden", ~judged)
        else:
            for rule, keeps in self._personal.broken_between(mentee, mentor):
                broken |= _bit(rule, keeps)
            parts = self._personal.parts_of(mentee, mentor, common)
        if self.problem.floor > 0:
            broken |= _bit("floor", judged & (parts.sum(axis=1) < self.problem.floor))
        return broken, parts

    def starts(self, mentee: int, mentor: int) -> list[int]:
        """The common starts of a pair, ascending."""
        common: list[int] = np.flatnonzero(self.meets[mentee] & self.offers[mentor]).tolist()
        return common


class _Given:
    """The given pairs of a table by mentee, then mentor, each with its score."""

    def __init__(self, table: Table) -> None:
        rows, columns = table.mentee_index, table.mentor_index
        given = table.problem.pairs or ()
        self._width = len(columns)
        row = np.fromiter((rows.get(pair.mentee, -1) for pair in given), np.int64, len(given))
        column = np.fromiter((columns.get(pair.mentor, -1) for pair in given), np.int64, len(given))
        score = np.fromiter((pair.score for pair in given), np.int32, len(given))
        here = (row >= 0) & (column >= 0)
        keys, score = (row * self._width + column)[here], score[here]
        order = np.argsort(keys, kind="stable")
        self._keys, self._score = keys[order], score[order]

    def columns(self) -> tuple[Places, Places, Small]:
        """Mentees, mentors and scores of all given pairs."""
        mentee, mentor = np.divmod(self._keys, max(self._width, 1))
        return mentee, mentor, self._score

    def listed(self, rows: Places) -> Bools:
        """Which pairs of some mentees are given, as a block."""
        block = np.zeros((len(rows), self._width), dtype=bool)
        for place, row in enumerate(rows.tolist()):
            first, end = np.searchsorted(self._keys, (row * self._width, (row + 1) * self._width))
            block[place, self._keys[first:end] - row * self._width] = True
        return block

    def scores(self, mentee: Places, mentor: Places) -> tuple[Bools, Small]:
        """Which of some pairs are given, and their scores (0 for others) in a column."""
        keys = mentee.astype(np.int64) * self._width + mentor
        places = np.searchsorted(self._keys, keys)
        given = np.zeros(len(keys), dtype=bool)
        inside = places < len(self._keys)
        given[inside] = self._keys[places[inside]] == keys[inside]
        score = np.zeros(len(keys), dtype=np.int32)
        score[given] = self._score[places[given]]
        return given, score[:, None]


class _Personal:
    """What people say of themselves, as arrays: everything but time, links and capacity."""

    def __init__(self, table: Table) -> None:
        problem = table.problem
        mentees, mentors = problem.mentees, problem.mentors
        self.table = table
        self.speaks, self.fluent = (
            Shared(*people.speakers(mentees, mentors, level)) for level in (SPEAKS, FLUENT)
        )
        self.accepting = Shared(*people.identities(mentees, mentors))
        self.accepted = Shared(*reversed(people.identities(mentors, mentees)))
        self.topics = Shared(
            *people.tags(mentees, mentors, lambda e: e.topics, lambda m: m.declines)
        )
        self.areas = people.areas(mentees, mentors)
        self.interests = Shared(*people.levels(mentees, mentors))
        self.wanted = np.array([sum(e.interests.values()) for e in mentees], dtype=np.int32)
        self.styles = people.styles(mentees, mentors)
        self.asked = table.links((e.id, other) for e in mentees for other in e.prefers)
        self.asking = table.links((other, m.id) for m in mentors for other in m.prefers)
        self.avoided = table.links(
            [(e.id, other) for e in mentees for other in e.avoids]
            + [(other, m.id) for m in mentors for other in m.avoids]
        )
        points = shares(problem)
        self.shares = np.array([points[name] for name in PARTS], dtype=np.int32)

    def broken(self, rows: Places) -> Iterator[tuple[str, Bools]]:
        """Rule by rule, where it keeps people apart."""
        areas, other_areas = self.areas
        agreed = (self.accepting.counts(rows) > 0) & (self.accepted.counts(rows) > 0)
        yield "no_language", self.speaks.counts(rows) == 0
        yield "identity", ~agreed
        yield "topics", self.topics.counts(rows) > 0
        yield "area", areas[rows][:, None] == other_areas[None, :]
        yield "avoided", self.table.linked(rows, self.avoided)

    def parts(self, rows: Places, where: Bools, common: Flags) -> Small:
        """Points by part of the pairs in question, one after another."""
        row, mentor = np.nonzero(where)
        mentee = rows[row]
        return self._points(
            mentee,
            mentor,
            self.interests.counts(rows)[where],
            common[where],
            (self.speaks.counts(rows) > 0)[where],
            (self.fluent.counts(rows) > 0)[where],
            self.table.linked(rows, self.asked)[where],
            self.table.linked(rows, self.asking)[where],
        )

    def broken_between(self, mentee: Places, mentor: Places) -> Iterator[tuple[str, Bools]]:
        """Rule by rule, which of some pairs it keeps apart."""
        areas, other_areas = self.areas
        agreed = self.accepting.of(mentee, mentor) * self.accepted.of(mentee, mentor) > 0
        yield "no_language", self.speaks.of(mentee, mentor) == 0
        yield "identity", ~agreed
        yield "topics", self.topics.of(mentee, mentor) > 0
        yield "area", areas[mentee] == other_areas[mentor]
        yield "avoided", among(mentee, mentor, self.avoided)

    def parts_of(self, mentee: Places, mentor: Places, common: Flags) -> Small:
        """Points by part of some pairs, one after another."""
        return self._points(
            mentee,
            mentor,
            self.interests.of(mentee, mentor),
            common,
            self.speaks.of(mentee, mentor) > 0,
            self.fluent.of(mentee, mentor) > 0,
            among(mentee, mentor, self.asked),
            among(mentee, mentor, self.asking),
        )

    def _points(
        self,
        mentee: Places,
        mentor: Places,
        met: Flags,
        common: Flags,
        speaks: Bools,
        fluent: Bools,
        asked: Bools,
        asking: Bools,
    ) -> Small:
        """Points by part of pairs from what they have in common."""
        starts = np.minimum(common, ENOUGH_STARTS).astype(np.int32)
        qualities = (
            self._interests(mentee, met),
            1000 * starts // ENOUGH_STARTS,
            500 * (speaks.astype(np.int32) + fluent),
            self._style(mentee, mentor),
            WISHED_BY_MENTEE * asked.astype(np.int32) + WISHED_BY_MENTOR * asking.astype(np.int32),
        )
        parts: Small = np.stack(qualities, axis=1).astype(np.int32) * self.shares // 1000
        return parts

    def _interests(self, mentee: Places, met: Flags) -> Small:
        wanted = self.wanted[mentee]
        said: Small = 1000 * met.astype(np.int32) // np.maximum(wanted, 1)
        return np.where(wanted == 0, np.int32(UNSAID), said)

    def _style(self, mentee: Places, mentor: Places) -> Small:
        apart, both = np.zeros(len(mentee), np.int32), np.zeros(len(mentee), np.int32)
        for mentees, mentors in self.styles:
            mine, theirs = mentees[mentee], mentors[mentor]
            said = (mine >= 0) & (theirs >= 0)
            apart += np.where(said, np.abs(mine - theirs), 0)
            both += said
        near: Small = 1000 - apart // np.maximum(both, 1)
        return np.where(both == 0, np.int32(UNSAID), near)


def _bit(rule: str, where: Bools) -> Masks:
    return where.astype(np.uint16) * np.uint16(BIT[rule])
