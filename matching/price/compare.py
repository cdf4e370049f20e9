"""Two rounds side by side: who stays, who changes, and who changes so that whom gets a place.

Worked out from the pairs and the problem alone, in plain Python, like the referee. Which
continuing pairs a solution was to hold plays no part, so rounds with and without held pairs of
one problem can be compared.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from matching import check
from matching.phrases import clock
from matching.price.rungs import number
from matching.problem import BrokenRule, Explanation, LevelValue, Pair, Problem, Solution

#: What becomes of a mentee.
KINDS = ("stays", "new_hour", "new_mentor", "gains", "loses")
Facts = dict[str, int | str | tuple[str, ...] | tuple[int, ...] | None]


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one mentee: ``kind`` is one of KINDS; ``before`` and ``after`` their pairs.

    ``running``: they meet already, so that a change touches more than a proposal.
    """

    kind: str
    mentee: str
    before: Pair | None
    after: Pair | None
    running: bool
    said: Explanation


@dataclass(frozen=True, slots=True)
class Chain:
    """Changes each of which makes room for the one before it; the first is whom it is for.

    It ends where there was a place free, with somebody who has no mentor any more, or (``loops``)
    where it began.
    """

    changes: tuple[Change, ...]
    loops: bool
    said: Explanation


@dataclass(frozen=True, slots=True)
class LevelChange:
    """A level of the problem's objective in both rounds."""

    name: str
    before: LevelValue
    after: LevelValue
    said: Explanation


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everybody who has a mentor in either round (by mentee), the chains, the levels."""

    said: Explanation
    changes: tuple[Change, ...]
    chains: tuple[Chain, ...]
    levels: tuple[LevelChange, ...]


def solutions(problem: Problem, before: Solution, after: Solution) -> Comparison:
    """The way from one solution of a problem to another.

    Both must keep the problem's rules (``unfit``); how they treat continuing pairs is free.
    """
    return _Comparing(problem, before.pairs, after.pairs).comparison()


def chains(problem: Problem, before: Iterable[Pair], after: Iterable[Pair]) -> tuple[Chain, ...]:
    """Who changes so that whom gets a place, between two sets of pairs that keep the rules."""
    return _Comparing(problem, before, after).chains()


def unfit(problem: Problem, solution: Solution) -> list[BrokenRule]:
    """What keeps a solution from being compared: rules that it breaks between its pairs."""
    free = replace(problem, keep="prefer", may_change=0)
    about_the_file = {"problem", "status", "figures", "levels"}
    broken = check.broken_rules(free, solution)
    return [rule for rule in broken if rule.rule not in about_the_file]


class _Comparing:
    def __init__(self, problem: Problem, before: Iterable[Pair], after: Iterable[Pair]) -> None:
        self.problem = problem
        self.before = {pair.mentee: pair for pair in before}
        self.after = {pair.mentee: pair for pair in after}
        self.running = {row.mentee: row.mentor for row in problem.continuing}
        self.priority = {mentee.id: mentee.priority for mentee in problem.mentees}
        people = sorted(self.before.keys() | self.after.keys())
        self.changes = {who: self._change(who) for who in people}

    def comparison(self) -> Comparison:
        changes = tuple(self.changes.values())
        return Comparison(
            said=_summary(changes),
            changes=changes,
            chains=self.chains(),
            levels=tuple(self._levels()),
        )

    def _change(self, who: str) -> Change:
        before, after = self.before.get(who), self.after.get(who)
        running = before is not None and self.running.get(who) == before.mentor
        kind = _kind(before, after)
        return Change(kind, who, before, after, running, self._said(kind, who, before, after))

    def _said(self, kind: str, who: str, before: Pair | None, after: Pair | None) -> Explanation:
        facts: Facts = {
            "mentee": who,
            "mentor_before": before.mentor if before else None,
            "start_before": before.start if before else None,
            "mentor_after": after.mentor if after else None,
            "start_after": after.start if after else None,
        }
        text = f"{who} {self._does(kind, before, after)}."
        return Explanation(kind, facts, text)

    def _does(self, kind: str, before: Pair | None, after: Pair | None) -> str:
        if after is None:
            return f"no longer has {_mentor(before)}"
        match kind:
            case "stays":
                return f"stays with {after.mentor}"
            case "new_hour":
                return f"stays with {after.mentor}, {self._hours(before, after)}"
            case "new_mentor":
                return f"moves from {_mentor(before)} to {after.mentor}"
        return f"gets {after.mentor}"

    def _hours(self, before: Pair | None, after: Pair) -> str:
        hours = [self._hour(pair.start) for pair in (before, after) if pair]
        return f"at {hours[-1]} instead of {hours[0]}"

    def _hour(self, start: int | None) -> str:
        return "no fixed hour" if start is None else clock(self.problem.grid, start)

    def _levels(self) -> Iterator[LevelChange]:
        for name in self.problem.objective:
            before = check.level(self.problem, name, self.before.values())
            after = check.level(self.problem, name, self.after.values())
            facts: Facts = {"before": before, "after": after}
            same = f"{name} stays at {_shown(after)}"
            text = (
                same
                if before == after
                else f"{name}: {_shown(before)} before, {_shown(after)} after"
            )
            yield LevelChange(name, before, after, Explanation("level", facts, f"{text}."))

    def chains(self) -> tuple[Chain, ...]:
        """Each change that needs another's place or hour, with that, and so on."""
        makes_room: dict[str, str] = {}
        for mentor in self.problem.mentors:
            makes_room.update(self._room_at(mentor.id, mentor.capacity))
        needed = set(makes_room.values())
        first = [who for who in makes_room if who not in needed]
        found = [self._chain(who, makes_room) for who in sorted(first)]
        seen = {change.mentee for chain in found for change in chain.changes}
        for who in sorted(makes_room.keys() - seen):
            if who not in seen:
                found.append(self._chain(who, makes_room))
                seen |= {change.mentee for change in found[-1].changes}
        return tuple(found)

    def _room_at(self, mentor: str, capacity: int) -> Iterator[tuple[str, str]]:
        """At one mentor: who comes, and who makes room for them by leaving or changing hours.

        Whoever comes at somebody's hour takes that person's place with it. Places that were free
        go first to those who come from nowhere: nobody has to change for them then.
        """
        come = [who for who in self.changes if self._comes(who, mentor)]
        leave = [who for who in self.changes if self._leaves(who, mentor)]
        for who in list(come):
            other = next((one for one in leave if self._had_hour_of(who, one)), None)
            if other is not None:
                yield who, other
                come.remove(who)
                leave.remove(other)
        stay = set(come) & set(leave)  # whose old hour nobody takes: they keep their own place
        come, leave = ([who for who in some if who not in stay] for some in (come, leave))
        free = capacity - sum(pair.mentor == mentor for pair in self.before.values())
        come.sort(key=lambda who: (who in self.before, -self.priority[who], who))
        leave.sort(key=lambda who: (self.changes[who].kind == "loses", who))
        yield from zip(come[max(free, 0) :], leave, strict=False)

    def _had_hour_of(self, who: str, other: str) -> bool:
        """Whether somebody comes at the hour that another had."""
        same = self.after[who].start == self.before[other].start
        return same and who != other and not self.problem.timeless

    def _comes(self, who: str, mentor: str) -> bool:
        after = self.after.get(who)
        return after is not None and after.mentor == mentor and self.changes[who].kind != "stays"

    def _leaves(self, who: str, mentor: str) -> bool:
        before = self.before.get(who)
        return before is not None and before.mentor == mentor and self.changes[who].kind != "stays"

    def _chain(self, who: str, makes_room: Mapping[str, str]) -> Chain:
        links = [self.changes[who]]
        while (then := makes_room.get(links[-1].mentee)) is not None and then != who:
            links.append(self.changes[then])
        loops = makes_room.get(links[-1].mentee) == who
        text = ", because ".join(
            f"{link.mentee} {self._does(link.kind, link.before, link.after)}" for link in links
        )
        end = ", in a circle" if loops else ""
        facts: Facts = {"people": tuple(link.mentee for link in links)}
        return Chain(tuple(links), loops, Explanation("chain", facts, f"{text}{end}."))


def _kind(before: Pair | None, after: Pair | None) -> str:
    if before is None or after is None:
        return "gains" if before is None else "loses"
    if before.mentor != after.mentor:
        return "new_mentor"
    return "stays" if before.start == after.start else "new_hour"


def _mentor(pair: Pair | None) -> str:
    return pair.mentor if pair else "nobody"


def _summary(changes: tuple[Change, ...]) -> Explanation:
    """How many running pairs change, and what that comes to."""
    count = Counter(change.kind for change in changes)
    running = sum(change.running and change.kind != "stays" for change in changes)
    proposed = sum(
        not change.running and change.kind in ("new_hour", "new_mentor") for change in changes
    )
    facts: Facts = {
        **{kind: count[kind] for kind in KINDS},
        "running_changed": running,
        "proposed_changed": proposed,
    }
    text = " ".join(_sentences(count, running, proposed))
    return Explanation("comparison", facts, text)


def _sentences(count: Mapping[str, int], running: int, proposed: int) -> Iterator[str]:
    gains, loses = count["gains"], count["loses"]
    if running:
        pairs = "pair changes" if running == 1 else "pairs change"
        first = f"{number(running).capitalize()} running {pairs}"
        yield f"{first} so that {_gain(gains)}." if gains else f"{first}."
    elif gains:
        yield f"{_gain(gains).capitalize()}."
    if loses:
        people = "person no longer has" if loses == 1 else "people no longer have"
        yield f"{number(loses).capitalize()} {people} a mentor."
    if proposed:
        people = "person" if proposed == 1 else "people"
        verb = "is" if proposed == 1 else "are"
        yield f"{number(proposed).capitalize()} {people} not meeting yet {verb} proposed otherwise."
    if not (running or gains or loses or proposed):
        yield "The two rounds are the same."


def _gain(count: int) -> str:
    return f"{number(count)} more {'person gets' if count == 1 else 'people get'} a mentor"


def _shown(value: LevelValue) -> str:
    if isinstance(value, tuple):
        return " ".join(map(str, value)) or "nothing"
    return "nothing" if value is None else str(value)
