"""Pins that can't all be held, with each other or with the pairs that go on; each is named."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from matching.problem import Fault, Link, Problem
from matching.rules.judge import Judge, held
from matching.rules.timetable import seat


def contradictions(problem: Problem) -> Iterator[Fault]:
    """A fault at every pin that can't be held, or only if another one is given up."""
    if not problem.pins:
        return
    judge = Judge(problem)
    kept, _ = held(judge)
    continuing: dict[str, dict[str, int | None]] = defaultdict(dict)
    for row in kept:
        continuing[row.mentor][row.mentee] = row.start
    pinned: dict[str, dict[str, str]] = defaultdict(dict)
    for index, pin in enumerate(problem.pins):
        why_not = judge.why_not(pin.mentee, pin.mentor)
        if why_not:
            yield Fault(f"$.pins[{index}]", _no_pair(pin, why_not))
        elif pin.mentee not in continuing[pin.mentor]:
            pinned[pin.mentor][pin.mentee] = f"$.pins[{index}]"
    for mentor_id, pins in pinned.items():
        yield from _Mentor(judge, mentor_id, continuing[mentor_id], pins).faults()
    for team in problem.side.teams:
        paths = [path for mentor in team.mentors for path in pinned.get(mentor, {}).values()]
        pairs = len(paths) + sum(len(continuing.get(mentor, {})) for mentor in team.mentors)
        if pairs > team.at_most:
            text = f"team {team.id} may have {_count(team.at_most, 'pair')}, and {pairs} are"
            for path in paths:
                yield Fault(path, f"{text} to be held: remove a pin or raise at_most")


def _no_pair(pin: Link, why_not: tuple[str, ...]) -> str:
    text = f"{pin.mentee} and {pin.mentor} can't be paired ({', '.join(why_not)})"
    return f"{text}: remove the pin or what stands against it"


class _Mentor:
    """One mentor's pairs to hold: ``going_on`` by start, ``pins`` by path, both by mentee."""

    def __init__(
        self, judge: Judge, id_: str, going_on: Mapping[str, int | None], pins: Mapping[str, str]
    ) -> None:
        self.judge, self.mentor = judge, judge.mentors[id_]
        self.going_on, self.pins = going_on, pins
        self.people = [*going_on, *pins]

    def faults(self) -> Iterator[Fault]:
        yield from self._places()
        yield from self._high_need()
        yield from self._groups()
        yield from self._apart()
        if not self.judge.problem.timeless:
            yield from self._starts()

    def _places(self) -> Iterator[Fault]:
        places = self.mentor.capacity
        if len(self.people) > places:
            text = f"{self.mentor.id} has {_count(places, 'place')} for {len(self.people)} pairs"
            for path in self.pins.values():
                yield Fault(path, f"{text} to hold: remove a pin or give more places")

    def _high_need(self) -> Iterator[Fault]:
        most = self.mentor.max_high_need
        needy = [who for who in self.people if self.judge.mentees[who].high_need]
        if most is not None and len(needy) > most:
            text = f"{self.mentor.id} takes at most {most} with high need, not {len(needy)}"
            for who in needy:
                if who in self.pins:
                    yield Fault(self.pins[who], f"{text}: remove a pin")

    def _groups(self) -> Iterator[Fault]:
        for group in self.judge.problem.side.groups:
            members = [who for who in self.people if who in group.mentees]
            if group.per_mentor is not None and len(members) > group.per_mentor:
                text = f"{self.mentor.id} may have {group.per_mentor} of group {group.id}"
                for who in members:
                    if who in self.pins:
                        yield Fault(
                            self.pins[who],
                            f"{text}, not {len(members)}: remove a pin or raise per_mentor",
                        )

    def _apart(self) -> Iterator[Fault]:
        for place, one in enumerate(self.people):
            for other in self.people[place + 1 :]:
                if self.judge.are_apart(one, other):
                    text = f"{one} and {other} must not share {self.mentor.id} (side.apart)"
                    for who in (one, other):
                        if who in self.pins:
                            yield Fault(self.pins[who], f"{text}: remove a pin")

    def _starts(self) -> Iterator[Fault]:
        taken = {start for start in self.going_on.values() if start is not None}
        wishes = {who: set(self.judge.starts(who, self.mentor.id)) - taken for who in self.pins}
        while clash := _clash(wishes):
            starts = sorted(set().union(*(wishes[who] for who in clash)))
            left = ", ".join(map(str, starts)) or "nothing"
            text = f"of the starts of {self.mentor.id}, {left} is left for {', '.join(clash)}"
            for who in clash:
                yield Fault(self.pins[who], f"{text}: remove a pin or offer more starts")
                del wishes[who]


def _clash(wishes: Mapping[str, set[int]]) -> list[str]:
    """A smallest set of mentees who can't all be seated: without any of them the others can."""
    if seat(wishes) is not None:
        return []
    clash = dict(wishes)
    for who in sorted(wishes):
        without = {other: starts for other, starts in clash.items() if other != who}
        if seat(without) is None:
            clash = without
    return list(clash)


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
