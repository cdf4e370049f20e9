"""Everybody and every session at once, in arrays: the same rules as ``rules``.

An *option* is a session together with a set of people who could all come to it as far as their
identities and time zones go. A session at which both men and women who ask for women would be
free is two options, so that neither the solver nor its bound ever mixes them. People are in the
order of a hash of the seed and their ids: the order of a file changes nothing.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from matching.cohorts.problem import Problem
from matching.cohorts.rules import Judge, Session, accepts, best_languages, named_themes
from matching.rules.judge import SPEAKS

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

#: With more kinds of wishes for identities than this, pairs alone keep people apart.
MOST_MODES = 64


def hashed(*words: object) -> int:
    """A number of 28 bits that depends on nothing but the words."""
    text = "\x1f".join(map(str, words)).encode()
    return int.from_bytes(hashlib.sha256(text).digest()[:4], "big") >> 4


class Table:
    """One problem's people and sessions, by number."""

    def __init__(self, problem: Problem, seed: int = 0) -> None:
        self.problem, self.judge, self.seed = problem, Judge(problem), seed
        ranked = sorted(problem.people, key=lambda who: (hashed(seed, who.id), who.id))
        self.people = tuple(ranked)
        self.index = {person.id: place for place, person in enumerate(ranked)}
        self.sessions: tuple[Session, ...] = self.judge.sessions
        self.priority = np.array([who.priority for who in ranked], dtype=np.int64)

    def _mask(self, test: Iterable[bool]) -> Bools:
        return np.fromiter(test, dtype=bool, count=len(self.people))

    @cached_property
    def pins(self) -> tuple[tuple[int, ...], ...]:
        """People who come into one group or into none, by number."""
        return tuple(
            tuple(sorted(self.index[who] for who in pin.people)) for pin in self.problem.pins
        )

    @cached_property
    def broken(self) -> dict[str, Bools]:
        """For each rule of a person and a session, where it is broken: sessions x people."""
        judge, rows = self.judge, self.sessions
        speaks = {
            code: self._mask(who.languages.get(code, 0) < SPEAKS for who in self.people)
            for code in {row.language for row in rows}
        }
        busy = {
            start: self._mask(not judge.is_free(who, start) for who in self.people)
            for start in {row.start for row in rows}
        }
        named = [named_themes(who) for who in self.people]
        other = {
            theme: self._mask(bool(mine) and theme not in mine for mine in named)
            for theme in {row.theme for row in rows}
        }
        teams = {row.facilitators for row in rows}
        found = {
            "no_language": self._rows([speaks[row.language] for row in rows]),
            "no_time": self._rows([busy[row.start] for row in rows]),
            "theme": self._rows([other[row.theme] for row in rows]),
            **self._by_team(teams),
        }
        found["pinned"] = self._pinned(found)
        return found

    def _rows(self, masks: list[Bools]) -> Bools:
        return np.array(masks, dtype=bool).reshape(len(masks), len(self.people))

    def _by_team(self, teams: set[tuple[str, ...]]) -> dict[str, Bools]:
        identity, avoided = {}, {}
        for team in teams:
            who = [self.judge.facilitators[one] for one in team]
            identity[team] = self._mask(
                not all(accepts(person, one) and accepts(one, person) for one in who)
                for person in self.people
            )
            avoided[team] = self._mask(
                any(one.id in person.avoids or person.id in one.avoids for one in who)
                for person in self.people
            )
        rows = [row.facilitators for row in self.sessions]
        return {
            "identity": self._rows([identity[team] for team in rows]),
            "avoided": self._rows([avoided[team] for team in rows]),
        }

    def _pinned(self, found: dict[str, Bools]) -> Bools:
        own = np.zeros((len(self.sessions), len(self.people)), dtype=bool)
        for mask in found.values():
            own |= mask
        pinned = np.zeros_like(own)
        for pin, members in zip(self.problem.pins, self.pins, strict=True):
            allowed = np.array(
                [
                    set(pin.facilitators) <= set(row.facilitators)
                    and pin.start in (None, row.start)
                    and pin.language in (None, row.language)
                    and pin.theme in (None, row.theme)
                    for row in self.sessions
                ],
                dtype=bool,
            )
            for who in members:
                others = [other for other in members if other != who]
                pinned[:, who] = ~allowed | own[:, others].any(axis=1)
        return pinned

    @cached_property
    def can_come(self) -> Bools:
        """Who could come to which session, others aside: sessions x people."""
        allowed = np.ones((len(self.sessions), len(self.people)), dtype=bool)
        for mask in self.broken.values():
            allowed &= ~mask
        return allowed

    @cached_property
    def apart(self) -> Bools:
        """Who avoids whom, or must be kept apart: people x people."""
        return self._pairwise("apart")

    @cached_property
    def barred(self) -> Bools:
        """Who can't share a group with whom, for any reason between the two but distance."""
        return self._pairwise("identity") | self.apart

    def _pairwise(self, why: str) -> Bools:
        found = np.zeros((len(self.people), len(self.people)), dtype=bool)
        if why == "identity":
            return self._identity_pairs(found)
        couples = [(who.id, other) for who in self.people for other in who.avoids]
        for one, other in (*couples, *self.problem.apart):
            if one in self.index and other in self.index:
                found[self.index[one], self.index[other]] = True
        return found | found.T

    def _identity_pairs(self, found: Bools) -> Bools:
        identities = np.array([who.identity or "" for who in self.people])
        unknown = self._mask(who.identity is None for who in self.people)
        for place, who in enumerate(self.people):
            if who.accepts is not None:
                found[place] = ~np.isin(identities, who.accepts) | unknown
        np.fill_diagonal(found, False)
        return found | found.T

    @cached_property
    def too_far(self) -> Bools:
        """Whose time zones are too far apart for one group: people x people."""
        offsets = np.array([who.offset or 0 for who in self.people], dtype=np.int64)
        known = self._mask(who.offset is not None for who in self.people)
        most = self.problem.rules.max_spread
        if most is None:
            return np.zeros((len(offsets), len(offsets)), dtype=bool)
        apart = np.abs(offsets[:, None] - offsets[None, :]) > most
        return np.asarray(apart & known[:, None] & known[None, :], dtype=bool)

    @cached_property
    def fits(self) -> dict[tuple[str, str | None], Ints]:
        """Everybody's fit by language and theme; what it says of who can't come is void."""
        kinds = {(row.language, row.theme): row for row in self.sessions}
        return {
            kind: np.array([self.judge.fit(who.id, row) for who in self.people], dtype=np.int64)
            for kind, row in kinds.items()
        }

    @cached_property
    def speaks_with(self) -> Bools:
        """Who would not be alone in language beside whom: people x people."""
        codes = sorted(set().union(*(who.languages for who in self.people)))
        best = [best_languages(who) for who in self.people]
        home = np.array([[code in mine for code in codes] for mine in best], dtype=np.float32)
        spoken = np.array(
            [[who.languages.get(code, 0) >= SPEAKS for code in codes] for who in self.people],
            dtype=np.float32,
        )
        found = np.asarray(home @ spoken.T > 0, dtype=bool)
        np.fill_diagonal(found, False)
        return found

    @cached_property
    def same_identity(self) -> Bools:
        """Who has the identity of whom: people x people."""
        identities = np.array([who.identity or "" for who in self.people])
        found = np.asarray(identities[:, None] == identities[None, :], dtype=bool)
        np.fill_diagonal(found, False)
        return found

    @cached_property
    def asks_language(self) -> dict[str, Bools]:
        """Who needs company in a group of some language."""
        return {
            code: self._mask(self.judge.needs_language_company(who.id, code) for who in self.people)
            for code in {row.language for row in self.sessions}
        }

    @cached_property
    def asks_identity(self) -> Bools:
        """Who needs somebody of their identity beside them."""
        return self._mask(not who.alone_in_identity for who in self.people)


@dataclass(frozen=True)
class Options:
    """Options in rows. ``members`` has the people of each, padded with the number of people."""

    table: Table
    session: Ints
    members: Ints
    count: Ints
    alive: Bools

    def __len__(self) -> int:
        return len(self.session)

    def of(self, option: int) -> Session:
        """The session of an option."""
        return self.table.sessions[int(self.session[option])]

    def people(self, option: int) -> list[int]:
        """Who is still a candidate for an option."""
        row: list[int] = self.members[option][self.alive[option]].tolist()
        return row


def options(table: Table) -> Options:
    """Every option in which a group could come about."""
    kinds = _kinds(table)
    counts = table.can_come.astype(np.float32) @ kinds.T.astype(np.float32)
    rows: list[tuple[int, Bools]] = []
    for number, enough in enumerate(counts >= _least(table)):
        kept: list[Bools] = []
        masks = {
            mask.tobytes(): mask for mask in table.can_come[number] & kinds[np.flatnonzero(enough)]
        }
        for mask in sorted(masks.values(), key=lambda mask: (-int(mask.sum()), mask.tobytes())):
            thinned = _thinned(table, number, mask)
            if thinned.sum() >= _least(table) and not any(_within(thinned, one) for one in kept):
                kept = [one for one in kept if not _within(one, thinned)]
                kept.append(thinned)
        rows += [(number, mask) for mask in kept]
    return _pack(table, _undominated(table, rows))


def _kinds(table: Table) -> Bools:
    """Sets of people who may share a group by identity and time zone, in rows."""
    kinds = {
        both.tobytes(): both
        for mode in _modes(table)
        for window in _windows(table)
        if (both := mode & window).any()
    }
    return np.array([*kinds.values()], dtype=bool).reshape(len(kinds), len(table.people))


def _least(table: Table) -> int:
    return table.problem.rules.min_size


def _within(one: Bools, other: Bools) -> bool:
    return not np.any(one & ~other)


def _modes(table: Table) -> list[Bools]:
    """Sets of people whose identities go together, as large as can be.

    Whoever does not accept their own identity counts as if they did: that is between two people.
    """
    identities = sorted({who.identity or "" for who in table.people})
    bit = {identity: 1 << place for place, identity in enumerate(identities)}
    everything = (1 << len(identities)) - 1
    own = np.array([bit[who.identity or ""] for who in table.people], dtype=object)
    content = [
        everything
        if who.accepts is None
        else mine | sum(bit.get(x, 0) for x in {*who.accepts} if x)
        for who, mine in zip(table.people, own, strict=True)
    ]
    closed = {everything}
    for wish in sorted(set(content)):
        closed |= {wish & other for other in closed}
        if len(closed) > MOST_MODES:
            return [np.ones(len(own), dtype=bool)]
    found = []
    for kinds in sorted(closed, reverse=True):
        pairs = zip(own, content, strict=True)
        found.append(table._mask(bool(mine & kinds) and not kinds & ~wish for mine, wish in pairs))
    return found


def _windows(table: Table) -> list[Bools]:
    """Sets of people whose time zones lie close enough, as large as can be."""
    most = table.problem.rules.max_spread
    offsets = sorted({who.offset for who in table.people if who.offset is not None})
    if most is None or not offsets:
        return [np.ones(len(table.people), dtype=bool)]
    return [
        table._mask(
            who.offset is None or first <= who.offset <= first + most for who in table.people
        )
        for first in offsets
    ]


def _thinned(table: Table, number: int, mask: Bools) -> Bools:
    """The people of an option without those who could only be alone there, or without a mate."""
    language = table.sessions[number].language
    while True:
        before = int(mask.sum())
        lonely = table.asks_language[language] & mask
        if lonely.any():
            mask = mask & ~(lonely & ~(table.speaks_with & mask).any(axis=1))
        lonely = table.asks_identity & mask
        if lonely.any():
            mask = mask & ~(lonely & ~(table.same_identity & mask).any(axis=1))
        for pin in table.pins:
            if not mask[list(pin)].all():
                mask = mask.copy()
                mask[list(pin)] = False
        if int(mask.sum()) in (before, 0):
            return mask


def _undominated(table: Table, rows: list[tuple[int, Bools]]) -> list[tuple[int, Bools]]:
    """Without hours at which the same facilitators, with one group to give, reach fewer people."""
    by_kind: dict[tuple[object, ...], list[tuple[int, Bools]]] = defaultdict(list)
    found: list[tuple[int, Bools]] = []
    for number, mask in rows:
        row = table.sessions[number]
        once = all(table.judge.facilitators[who].groups == 1 for who in row.facilitators)
        if once:
            by_kind[row.facilitators, row.language, row.theme].append((number, mask))
        else:
            found.append((number, mask))
    for same in by_kind.values():
        same.sort(key=lambda each: (-int(each[1].sum()), _luck(table, each[0])))
        kept: list[tuple[int, Bools]] = []
        for number, mask in same:
            if not any(_within(mask, other) for _, other in kept):
                kept.append((number, mask))
        found += kept
    return sorted(found, key=lambda each: (_luck(table, each[0]), each[0], each[1].tobytes()))


def _luck(table: Table, number: int) -> int:
    row = table.sessions[number]
    return hashed(table.seed, row.facilitators, row.start, row.language, row.theme)


def _pack(table: Table, rows: list[tuple[int, Bools]]) -> Options:
    width = max((int(mask.sum()) for _, mask in rows), default=0)
    members = np.full((len(rows), width), len(table.people), dtype=np.int64)
    for place, (_, mask) in enumerate(rows):
        members[place, : int(mask.sum())] = np.flatnonzero(mask)
    return Options(
        table=table,
        session=np.array([number for number, _ in rows], dtype=np.int64),
        members=members,
        count=np.array([int(mask.sum()) for _, mask in rows], dtype=np.int64),
        alive=members < len(table.people),
    )


def conflicts(options: Options, option: int) -> list[tuple[int, int]]:
    """People of an option who can't share a group, as pairs."""
    people = options.people(option)
    barred = options.table.barred
    return [(a, b) for a, b in combinations(people, 2) if barred[a, b]]
