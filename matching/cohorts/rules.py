"""The rules of a group, one person at a time and in plain Python.

This is the readable statement of the rules in docs/cohorts.md. The referee, the explanations and
the checks of the input use it; ``sessions`` works out the same for everybody at once, and tests
hold the two together.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

from matching.cohorts.problem import PARTS, RULES, Change, Facilitator, Group, Person, Pin, Problem
from matching.rules.judge import FLUENT, SPEAKS, UNSAID


@dataclass(frozen=True, slots=True, order=True)
class Session:
    """When, in which language and about what a group could meet, and who would hold it."""

    facilitators: tuple[str, ...]
    start: int
    language: str
    theme: str | None


def shares(problem: Problem) -> dict[str, int]:
    """Most points that each part can give; they add up to 1000 (largest remainders)."""
    weights = {name: int(getattr(problem.weights, name)) for name in PARTS}
    whole = sum(weights.values())
    points = {name: 1000 * weight // whole for name, weight in weights.items()}
    by_remainder = sorted(PARTS, key=lambda name: -(1000 * weights[name] % whole))
    for name in by_remainder[: 1000 - sum(points.values())]:
        points[name] += 1
    return points


def best_languages(person: Person) -> frozenset[str]:
    """The languages in which a person is at home: those at their highest level."""
    best = max(person.languages.values(), default=0)
    return frozenset(code for code, level in person.languages.items() if level == best > 0)


def named_themes(person: Person) -> frozenset[str]:
    """The themes that a person asks for; empty when anything goes."""
    return frozenset(tag for tag, level in person.themes.items() if level > 0)


def accepts(one: Person | Facilitator, other: Person | Facilitator) -> bool:
    """Whether one is content with the other's identity."""
    return one.accepts is None or other.identity in one.accepts


class Judge:
    """Answers questions about one problem, by id."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.people = {person.id: person for person in problem.people}
        self.facilitators = {who.id: who for who in problem.facilitators}
        self.pin_of = {who: pin for pin in problem.pins for who in pin.people}
        self._apart = {frozenset(couple) for couple in problem.apart}
        self._shares = shares(problem)
        self._starts: dict[str, frozenset[int]] = {}

    def covered(self, start: int) -> frozenset[int]:
        """The cells that a meeting from ``start`` takes; the week is a circle."""
        grid = self.problem.grid
        return frozenset((start + step) % grid.cells for step in range(grid.meeting_cells))

    def is_free(self, someone: Person | Facilitator, start: int) -> bool:
        """Whether somebody has the whole meeting free."""
        if someone.id not in self._starts:
            free = set(someone.free)
            starts = (cell for cell in free if self.covered(cell) <= free)
            self._starts[someone.id] = frozenset(starts)
        return start in self._starts[someone.id]

    # What could take place.

    @cached_property
    def themes(self) -> tuple[str | None, ...]:
        """What a group can be about: what people ask for, and nothing in particular."""
        named = set().union(*(named_themes(person) for person in self.problem.people))
        return (*sorted(named), None)

    @cached_property
    def sessions(self) -> tuple[Session, ...]:
        """Everything that facilitators could hold, whoever comes."""
        found = []
        ids = sorted(self.facilitators)
        for team in combinations(ids, self.problem.rules.facilitators):
            if not self.team_faults(team):
                found += [*self._of_team(team)]
        return tuple(found)

    def _of_team(self, team: tuple[str, ...]) -> Iterator[Session]:
        members = [self.facilitators[who] for who in team]
        free = set.intersection(*(set(who.free) for who in members))
        starts = sorted(start for start in free if self.covered(start) <= free)
        languages = sorted(
            code
            for code in members[0].languages
            if all(who.languages.get(code, 0) >= SPEAKS for who in members)
        )
        themes = [theme for theme in self.themes if self._hold(members, theme)]
        for start in starts:
            for language in languages:
                for theme in themes:
                    yield Session(team, start, language, theme)

    def _hold(self, team: Sequence[Facilitator], theme: str | None) -> bool:
        return theme is None or all(who.themes is None or theme in who.themes for who in team)

    def team_faults(self, team: tuple[str, ...]) -> tuple[str, ...]:
        """Why facilitators can't hold a group together, or at all: rule codes."""
        found = []
        if any(self.facilitators[who].groups < 1 for who in team):
            found.append("groups")
        for one, other in combinations([self.facilitators[who] for who in team], 2):
            if one.id in other.avoids or other.id in one.avoids:
                found.append("avoided")
            if not (accepts(one, other) and accepts(other, one)):
                found.append("identity")
        return tuple(found)

    def holding_faults(self, session: Session) -> tuple[str, ...]:
        """Why the facilitators of a session can't hold it: rule codes; () when they can."""
        team = [self.facilitators[who] for who in session.facilitators]
        found = [*self.team_faults(session.facilitators)]
        if not all(who.languages.get(session.language, 0) >= SPEAKS for who in team):
            found.append("no_language")
        if not all(self.is_free(who, session.start) for who in team):
            found.append("no_time")
        if session.theme not in self.themes or not self._hold(team, session.theme):
            found.append("theme")
        return tuple(found)

    # One person and a session.

    def why_not(self, person_id: str, session: Session) -> tuple[str, ...]:
        """Every rule that keeps a person from a session, in the order of ``RULES``."""
        broken = {*self._own(person_id, session)}
        pin = self.pin_of.get(person_id)
        if pin is not None and not self._pin_allows(pin, session, person_id):
            broken.add("pinned")
        return tuple(rule for rule in RULES if rule in broken)

    def _own(self, person_id: str, session: Session) -> Iterator[str]:
        person = self.people[person_id]
        if person.languages.get(session.language, 0) < SPEAKS:
            yield "no_language"
        if not self.is_free(person, session.start):
            yield "no_time"
        named = named_themes(person)
        if named and session.theme not in named:
            yield "theme"
        for who in session.facilitators:
            facilitator = self.facilitators[who]
            if not (accepts(person, facilitator) and accepts(facilitator, person)):
                yield "identity"
            if who in person.avoids or person_id in facilitator.avoids:
                yield "avoided"

    def _pin_allows(self, pin: Pin, session: Session, person_id: str) -> bool:
        return (
            set(pin.facilitators) <= set(session.facilitators)
            and pin.start in (None, session.start)
            and pin.language in (None, session.language)
            and pin.theme in (None, session.theme)
            and not any([*self._own(other, session)] for other in pin.people if other != person_id)
        )

    def parts(self, person_id: str, session: Session) -> dict[str, int]:
        """The points of each part of a person's fit in a session they can come to."""
        person = self.people[person_id]
        levels = person.themes
        theme, language = UNSAID, UNSAID
        if named_themes(person):
            theme = 1000 * levels.get(session.theme or "", 0) // max(levels.values())
        if person.languages.get(session.language, 0) >= FLUENT:
            language = 1000
        quality = {"theme": theme, "language": language}
        return {name: self._shares[name] * quality[name] // 1000 for name in PARTS}

    def fit(self, person_id: str, session: Session) -> int:
        """How well a session fits a person, from 0 to 1000."""
        return sum(self.parts(person_id, session).values())

    @cached_property
    def comers(self) -> dict[Session, frozenset[str]]:
        """For every session the people who could come to it."""
        people = self.problem.people
        speak: dict[str, set[str]] = defaultdict(set)
        free: dict[int, set[str]] = defaultdict(set)
        for session in self.sessions:
            speak[session.language], free[session.start] = set(), set()
        for code, speakers in speak.items():
            speakers |= {who.id for who in people if who.languages.get(code, 0) >= SPEAKS}
        for start, ready in free.items():
            ready |= {who.id for who in people if self.is_free(who, start)}
        return {
            session: frozenset(
                who
                for who in speak[session.language] & free[session.start]
                if not self.why_not(who, session)
            )
            for session in self.sessions
        }

    # People with each other.

    def barred(self, one_id: str, other_id: str) -> str:
        """Why two people can't share a group: ``apart`` or ``identity``; "" when they can."""
        one, other = self.people[one_id], self.people[other_id]
        if other_id in one.avoids or one_id in other.avoids:
            return "apart"
        if self._apart and frozenset((one_id, other_id)) in self._apart:
            return "apart"
        return "" if accepts(one, other) and accepts(other, one) else "identity"

    def too_far(self, one_id: str, other_id: str) -> bool:
        """Whether two people's time zones are further apart than a group's may be."""
        one, other, most = self.people[one_id], self.people[other_id], self.problem.rules.max_spread
        if most is None or one.offset is None or other.offset is None:
            return False
        return abs(one.offset - other.offset) > most

    def spread(self, people: Iterable[str]) -> int:
        """Minutes between the time zones furthest apart, of those that are known."""
        offsets = [self.people[who].offset for who in people]
        known = [offset for offset in offsets if offset is not None]
        return max(known) - min(known) if known else 0

    def needs_language_company(self, person_id: str, language: str) -> bool:
        """Whether a person asks for somebody beside them with their best language."""
        person = self.people[person_id]
        return not person.alone_in_language and language not in best_languages(person)

    def speaks_with(self, person_id: str, other_id: str) -> bool:
        """Whether the other one carries a conversation in a best language of the person's."""
        spoken = self.people[other_id].languages
        best = best_languages(self.people[person_id])
        return any(spoken.get(code, 0) >= SPEAKS for code in best)

    def lonely(self, person_id: str, language: str, members: Iterable[str]) -> tuple[str, ...]:
        """In what a person would be alone among others: rule codes."""
        person, found = self.people[person_id], []
        others = [who for who in members if who != person_id]
        if self.needs_language_company(person_id, language) and not any(
            self.speaks_with(person_id, other) for other in others
        ):
            found.append("alone_in_language")
        if not person.alone_in_identity and not any(
            self.people[other].identity == person.identity for other in others
        ):
            found.append("alone_in_identity")
        return tuple(found)

    # A person who would join a group.

    def lacks(self, person_id: str, group: Group) -> tuple[Change, ...] | None:
        """What would have to be otherwise for a person to join a group.

        None where it takes what nobody should be asked for: to lift an avoidance, to accept
        somebody whom they did not, or to undo a pin.
        """
        session = session_of(group)
        members = [member.person for member in group.members]
        broken = self.why_not(person_id, session)
        mates = self.pin_of[person_id].people if person_id in self.pin_of else (person_id,)
        if {"avoided", "pinned"} & {*broken} or len(mates) > 1:
            return None
        identities = self._identities(person_id, session, members)
        if identities is None or any(self.barred(person_id, who) == "apart" for who in members):
            return None
        values: dict[str, int | str | None] = {
            "no_language": session.language,
            "no_time": session.start,
            "theme": session.theme,
        }
        changes = [Change(rule, values[rule]) for rule in broken if rule in values]
        changes += [Change("identity", identity) for identity in identities]
        changes += self._group_changes(person_id, session, members)
        return tuple(changes)

    def _identities(
        self, person_id: str, session: Session, members: list[str]
    ) -> tuple[str, ...] | None:
        """Identities that the person would have to accept; None where that would not do."""
        person, wanted = self.people[person_id], set[str]()
        others: list[Person | Facilitator] = [self.people[who] for who in members]
        others += [self.facilitators[who] for who in session.facilitators]
        for other in others:
            if not accepts(other, person):
                return None
            if not accepts(person, other):
                if other.identity is None:
                    return None
                wanted.add(other.identity)
        return tuple(sorted(wanted))

    def _group_changes(
        self, person_id: str, session: Session, members: list[str]
    ) -> Iterator[Change]:
        rules = self.problem.rules
        spread = self.spread([*members, person_id])
        if rules.max_spread is not None and spread > rules.max_spread:
            yield Change("spread", spread)
        for rule in self.lonely(person_id, session.language, members):
            yield Change(rule)
        if len(members) >= rules.max_size:
            yield Change("size", len(members) + 1)


def session_of(group: Group) -> Session:
    """The session at which a group meets."""
    return Session(group.facilitators, group.start, group.language, group.theme)
