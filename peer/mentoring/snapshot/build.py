"""From profiles to the engine's problem: opaque keys, no names, everything in UTC cells."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import matching
from matching import Continuing, Link, Mentee, Mentor, Problem
from peer.mentoring.models import MenteeProfile, MentorProfile, Mentorship, PairRule
from peer.mentoring.snapshot import hours


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a round is made from, as the database has it.

    `mentors` are vetted and take part; `mentees` want a mentor and take part, or have one.
    `named` gives the account behind a pseudonym as somebody wrote it. `waiting` are pairs whose consent is
    still asked for: (mentee, mentor, UTC cell). Their places and times are kept free.
    `may_change` running pairs may be proposed otherwise, but never those of `left_alone` (mentees).
    """

    timezone: str
    week: date
    mentees: Sequence[MenteeProfile]
    mentors: Sequence[MentorProfile]
    mentorships: Sequence[Mentorship] = ()
    waiting: Sequence[tuple[str, str, int | None]] = ()
    rules: Sequence[PairRule] = ()
    named: Mapping[str, str] = field(default_factory=dict)
    may_change: int = 0
    left_alone: frozenset[str] = frozenset()
    apart: AbstractSet[tuple[str, str]] = frozenset()  # one has blocked the other; both ways round


@dataclass(frozen=True)
class Snapshot:
    """The problem, whose keys stand for which accounts, and what a coordinator should know."""

    problem: Problem
    keys: dict[str, str]
    notes: list[dict[str, Any]]


def take(facts: Facts) -> Snapshot:
    """The problem of a round. Running mentorships go on whatever has changed since."""
    return _Taking(facts).snapshot()


class _Taking:
    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.mentee_key = _keys("e", (person.account_id for person in facts.mentees))
        self.mentor_key = _keys("m", (person.account_id for person in facts.mentors))
        self.cells = {
            id(person): hours.utc_cells(person.cells, person.timezone, facts.timezone, facts.week)
            for person in _all(facts)
        }
        # Places and times that are taken without being the engine's to give.
        self.out = {mentee for mentee, _, _ in facts.waiting}
        self.reserved: dict[str, list[int | None]] = defaultdict(list)
        for _, mentor, start in facts.waiting:
            self.reserved[mentor].append(start)
        self.notes: list[dict[str, Any]] = []
        self.running = self._running()

    def _running(self) -> dict[str, Continuing]:
        """Mentorships that the engine can hold, by mentee; the others keep their place."""
        found = {}
        for row in self.facts.mentorships:
            start = self._start_of(row)
            known = row.mentee_id in self.mentee_key and row.mentor_id in self.mentor_key
            if not known or start is None or row.mentee_id in self.out:
                self._keep_place(row.mentee_id, row.mentor_id, start)
                continue
            keys = self.mentee_key[row.mentee_id], self.mentor_key[row.mentor_id]
            found[row.mentee_id] = Continuing(*keys, start)
        return found

    def _start_of(self, row: Mentorship) -> int | None:
        if row.minute is None:
            return None
        return hours.cell_of(row.minute, row.timezone, self.facts.week)

    def _keep_place(self, mentee: str, mentor: str, start: int | None) -> None:
        self.out.add(mentee)
        self.reserved[mentor].append(start)

    def snapshot(self) -> Snapshot:
        problem = self._problem()
        while lapsed := matching.check.lapsed(problem):
            for row in lapsed:
                self._let_stand(row)
            problem = self._problem()
        problem = replace(problem, pins=(*self._left_alone(), *self._pins(problem)))
        keys = {**_turned(self.mentee_key), **_turned(self.mentor_key)}
        present = {mentee.id for mentee in problem.mentees}
        present |= {mentor.id for mentor in problem.mentors}
        return Snapshot(problem, {k: v for k, v in keys.items() if k in present}, self.notes)

    def _let_stand(self, row: matching.Lapsed) -> None:
        """A mentorship that the rules would end goes on outside the round, with a note."""
        mentee = _turned(self.mentee_key)[row.mentee]
        mentor = _turned(self.mentor_key)[row.mentor]
        del self.running[mentee]
        self._keep_place(mentee, mentor, row.start)
        self.notes.append(
            {"code": "lapsed", "mentee": mentee, "mentor": mentor, "rules": list(row.rules)}
        )

    def _problem(self) -> Problem:
        mentees = tuple(self._mentee(p) for p in self.facts.mentees if p.account_id not in self.out)
        taking_part = {mentee.id for mentee in mentees}
        return Problem(
            mentees=mentees,
            mentors=tuple(self._mentor(person, taking_part) for person in self.facts.mentors),
            continuing=tuple(self.running.values()),
            may_change=self.facts.may_change,
            forbids=tuple(self._forbids(taking_part)),
        )

    def _mentee(self, person: MenteeProfile) -> Mentee:
        return Mentee(
            id=self.mentee_key[person.account_id],
            languages=dict(person.languages),
            free=tuple(sorted(self.cells[id(person)])),
            identity=person.identity,
            accepts=None if person.accepts is None else tuple(person.accepts),
            topics=tuple(person.topics),
            area=person.area_id,
            interests=dict(person.interests),
            style=dict(person.style),
            prefers=self._meant(person.prefers, self.mentor_key),
            avoids=self._avoided(person, self.mentor_key),
            priority=person.priority,
        )

    def _mentor(self, person: MentorProfile, mentees: set[str]) -> Mentor:
        key = self.mentor_key[person.account_id]
        running = [row for row in self.running.values() if row.mentor == key]
        reserved = self.reserved[person.account_id]
        avoids = self._avoided(person, self.mentee_key)
        return Mentor(
            id=key,
            capacity=max(person.capacity - len(reserved), len(running)),
            languages=dict(person.languages),
            starts=self._starts(person, running, reserved),
            identity=person.identity,
            accepts=None if person.accepts is None else tuple(person.accepts),
            declines=tuple(person.declines),
            area=person.area_id,
            interests=dict(person.interests),
            style=dict(person.style),
            avoids=tuple(each for each in avoids if each in mentees),
        )

    def _starts(
        self, person: MentorProfile, running: list[Continuing], reserved: list[int | None]
    ) -> tuple[int, ...]:
        """Starts on offer: running meetings keep theirs, the rest of the hours is cut anew."""
        free = set(self.cells[id(person)])
        kept = [row.start for row in running if row.start is not None]
        kept = [start for start in kept if {start, (start + 1) % hours.CELLS} <= free]
        for start in (*kept, *reserved):
            if start is not None:
                free -= {start, (start + 1) % hours.CELLS}
        return tuple(sorted({*kept, *hours.starts_in(free)}))

    def _meant(self, names: Iterable[str], keys: Mapping[str, str]) -> tuple[str, ...]:
        """The keys of the people on the other side whom pseudonyms mean."""
        meant = (self.facts.named.get(name, "") for name in names)
        return tuple(sorted({keys[account] for account in meant if account in keys}))

    def _avoided(
        self, person: MenteeProfile | MentorProfile, keys: Mapping[str, str]
    ) -> tuple[str, ...]:
        """Whom the person would rather not meet, and who has blocked whom in a room: all alike."""
        blocked = {
            keys[other]
            for one, other in self.facts.apart
            if one == person.account_id and other in keys
        }
        return tuple(sorted(blocked.union(self._meant(person.avoids, keys))))

    def _forbids(self, taking_part: set[str]) -> Iterable[Link]:
        pairs = {(r.mentee_id, r.mentor_id) for r in self.facts.rules if r.kind == "forbid"}
        pairs |= {(person, person) for person in self.mentee_key}  # nobody is their own mentor
        for mentee, mentor in sorted(pairs):
            key, to = self.mentee_key.get(mentee), self.mentor_key.get(mentor)
            running = self.running.get(mentee)
            if key in taking_part and to and not (running and running.mentor == to):
                yield Link(str(key), to)

    def _left_alone(self) -> Iterable[Link]:
        """Running pairs that stay as they are at any price."""
        for mentee in sorted(self.facts.left_alone & self.running.keys()):
            yield Link(self.running[mentee].mentee, self.running[mentee].mentor)

    def _pins(self, problem: Problem) -> Iterable[Link]:
        """The pins that can be held; of the others the coordinator is told."""
        places = Counter({mentor.id: mentor.capacity for mentor in problem.mentors})
        places.subtract(row.mentor for row in problem.continuing)
        busy = {row.mentee for row in problem.continuing}
        taking_part = {mentee.id for mentee in problem.mentees}
        held: list[Link] = []
        for rule in (rule for rule in self.facts.rules if rule.kind == "pin"):
            mentee = self.mentee_key.get(rule.mentee_id, "")
            mentor = self.mentor_key.get(rule.mentor_id, "")
            if mentee in busy or mentee not in taking_part:
                continue
            link = Link(mentee, mentor)
            if mentor and places[mentor] > 0 and _can_hold(problem, [*held, link]):
                held.append(link)
                busy.add(mentee)
                places[mentor] -= 1
            else:
                self.notes.append(
                    {"code": "pin", "mentee": rule.mentee_id, "mentor": rule.mentor_id, "rules": []}
                )
        return held


def _all(facts: Facts) -> Iterator[MenteeProfile | MentorProfile]:
    yield from facts.mentees
    yield from facts.mentors


def _can_hold(problem: Problem, pins: list[Link]) -> bool:
    """Whether the engine takes the problem with these pins."""
    try:
        matching.loads(matching.dumps(replace(problem, pins=tuple(pins))))
    except matching.FileFaultsError:
        return False
    return True


def _keys(letter: str, accounts: Iterable[str]) -> dict[str, str]:
    """Numbered keys in the order of the account ids, which are random."""
    return {account: f"{letter}{number}" for number, account in enumerate(sorted(accounts), 1)}


def _turned(keys: Mapping[str, str]) -> dict[str, str]:
    return {key: account for account, key in keys.items()}
