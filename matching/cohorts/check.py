"""The referee of groups: says which rules a solution breaks, from the rules alone.

It shares nothing with the solver: who may be where, fits, levels and reasons are worked out
again here, one person at a time.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import combinations

from matching.check import header
from matching.cohorts.codec import digest
from matching.cohorts.problem import REASONS, RULES, Group, Problem, Solution, Unplaced
from matching.cohorts.rules import Judge, Session, session_of
from matching.problem import BrokenRule, LevelValue

_WHY = {
    "no_language": "does not speak {language} at level 2 or more",
    "no_time": "is not free for the whole session at {start}",
    "theme": "did not ask for the theme {theme}",
    "identity": "and a facilitator do not accept each other's identity",
    "avoided": "and a facilitator avoid each other",
    "pinned": "is pinned otherwise",
}
_HOLDING = {
    "no_language": "can't hold a group in {language}",
    "no_time": "have no time for a session at {start}",
    "theme": "can't hold a group on {theme}",
    "identity": "do not accept each other's identity",
    "avoided": "avoid each other",
    "groups": "have no group to give",
}


def broken_rules(
    problem: Problem, solution: Solution, problem_sha256: str | None = None
) -> list[BrokenRule]:
    """Every rule that the solution breaks; empty when it keeps them all.

    ``problem_sha256`` is the digest of the file that the problem was read from; the digest of
    ``codec.dumps`` is always good as well.
    """
    is_answer = solution.problem_sha256 in (problem_sha256, digest(problem))
    return [
        *header.broken(solution, problem.objective, is_answer=is_answer),
        *_Referee(problem, solution).broken(),
    ]


def why_not(problem: Problem, person_id: str, session: Session) -> tuple[str, ...]:
    """Codes of the rules that keep a person from a session; () when they can come."""
    return Judge(problem).why_not(person_id, session)


class _Referee:
    def __init__(self, problem: Problem, solution: Solution) -> None:
        self.problem, self.solution, self.judge = problem, solution, Judge(problem)
        self.places = Counter(
            member.person for group in solution.groups for member in group.members
        )
        self.group_of = {
            member.person: place
            for place, group in enumerate(solution.groups)
            for member in group.members
        }

    def broken(self) -> Iterator[BrokenRule]:
        strangers = [*self._strangers()]
        yield from strangers
        if strangers:
            # Nothing can be said of people who are not there.
            return
        for who, count in self.places.items():
            if count > 1:
                yield BrokenRule("person_twice", (who,), f"{who} has {count} places.")
        for group in self.solution.groups:
            yield from self._held(group)
            yield from self._members(group)
            yield from self._together(group)
        yield from self._facilitators()
        yield from self._pins()
        yield from self._unplaced()
        yield from self._levels()

    def _strangers(self) -> Iterator[BrokenRule]:
        entries = [entry.person for entry in self.solution.unplaced]
        for who in sorted({*self.places, *entries} - self.judge.people.keys()):
            yield BrokenRule("unknown_person", (who,), f"{who} is not known.")
        named = {who for group in self.solution.groups for who in group.facilitators}
        for who in sorted(named - self.judge.facilitators.keys()):
            yield BrokenRule("unknown_facilitator", (who,), f"{who} is not known.")

    def _held(self, group: Group) -> Iterator[BrokenRule]:
        team, wanted = group.facilitators, self.problem.rules.facilitators
        if len(set(team)) != wanted or len(team) != wanted:
            text = f"A group has {wanted} facilitators, not {len(team)}."
            yield BrokenRule("facilitators", team, text)
        for rule in self.judge.holding_faults(session_of(group)):
            why = _HOLDING[rule].format(**_facts(group))
            yield BrokenRule(f"holding_{rule}", team, f"{' and '.join(team)} {why}.")

    def _members(self, group: Group) -> Iterator[BrokenRule]:
        session = session_of(group)
        for member in group.members:
            who = (member.person,)
            for rule in self.judge.why_not(member.person, session):
                why = _WHY[rule].format(**_facts(group))
                yield BrokenRule(rule, who, f"{member.person} {why}.")
            parts = self.judge.parts(member.person, session)
            if dict(member.parts) != parts:
                yield BrokenRule("parts", who, f"The parts of {member.person} are {parts}.")
            if member.fit != sum(parts.values()):
                text = f"The group fits {member.person} by {sum(parts.values())}, not {member.fit}."
                yield BrokenRule("fit", who, text)

    def _together(self, group: Group) -> Iterator[BrokenRule]:
        rules, ids = self.problem.rules, tuple(member.person for member in group.members)
        if not rules.min_size <= len(ids) <= rules.max_size:
            text = f"A group has {rules.min_size} to {rules.max_size} people, not {len(ids)}."
            yield BrokenRule("size", ids, text)
        spread = self.judge.spread(ids)
        if rules.max_spread is not None and spread > rules.max_spread:
            text = f"The time zones of a group lie {spread} minutes apart."
            yield BrokenRule("spread", ids, text)
        for one, other in combinations(ids, 2):
            why = self.judge.barred(one, other)
            if why == "apart":
                yield BrokenRule(why, (one, other), f"{one} and {other} must not share a group.")
            elif why:
                text = f"{one} and {other} do not accept each other's identity."
                yield BrokenRule(why, (one, other), text)
        for who in ids:
            for rule in self.judge.lonely(who, group.language, ids):
                text = f"{who} would be alone in {rule.removeprefix('alone_in_')}."
                yield BrokenRule(rule, (who,), text)

    def _facilitators(self) -> Iterator[BrokenRule]:
        held: dict[str, list[Group]] = defaultdict(list)
        for group in self.solution.groups:
            for who in set(group.facilitators):
                held[who].append(group)
        for who, groups in held.items():
            most = self.judge.facilitators[who].groups
            if len(groups) > most:
                text = f"{who} holds up to {most} groups, not {len(groups)}."
                yield BrokenRule("groups", (who,), text)
            for one, other in combinations(groups, 2):
                if self.judge.covered(one.start) & self.judge.covered(other.start):
                    text = f"{who} holds two groups at once, at {one.start} and {other.start}."
                    yield BrokenRule("at_once", (who,), text)

    def _pins(self) -> Iterator[BrokenRule]:
        for pin in self.problem.pins:
            if len({self.group_of.get(who) for who in pin.people}) > 1:
                text = f"{', '.join(pin.people)} belong into one group, or into none."
                yield BrokenRule("pinned", pin.people, text)

    def _unplaced(self) -> Iterator[BrokenRule]:
        listed = Counter(entry.person for entry in self.solution.unplaced)
        missing = self.judge.people.keys() - self.group_of.keys()
        for who in sorted(missing | listed.keys()):
            if listed[who] != (who in missing):
                times = "once" if who in missing else "not at all"
                text = f"{who} should be listed as unplaced {times}, not {listed[who]} times."
                yield BrokenRule("unplaced", (who,), text)
        for entry in self.solution.unplaced:
            if entry.person in missing:
                yield from self._entry(entry)

    def _entry(self, entry: Unplaced) -> Iterator[BrokenRule]:
        who = (entry.person,)
        if not self._reason_holds(entry):
            text = f"{entry.reason!r}, its blockers and short are not why {entry.person} is left."
            yield BrokenRule("reason", who, text)
        for help_ in entry.would_help:
            known = 0 <= help_.group < len(self.solution.groups)
            group = self.solution.groups[help_.group] if known else None
            if group is None or self.judge.lacks(entry.person, group) != help_.changes:
                text = f"The changes for {entry.person} would not make room in group {help_.group}."
                yield BrokenRule("would_help", who, text)

    def _reason_holds(self, entry: Unplaced) -> bool:
        if entry.reason not in REASONS or not entry.blockers.keys() <= set(RULES):
            return False
        alone: Counter[str] = Counter()
        missing: list[int] = []
        for session in self.judge.sessions:
            against = self.judge.why_not(entry.person, session)
            if len(against) == 1:
                alone[against[0]] += 1
            elif not against:
                missing.append(self.problem.rules.min_size - self._could_come(entry, session))
        if dict(alone) != dict(entry.blockers):
            return False
        short = max(0, min(missing, default=0))
        return (entry.reason, entry.short) == (self._reason(alone, missing, short), short)

    def _could_come(self, entry: Unplaced, session: Session) -> int:
        """How many could come to a session together with a person, who is one of them."""
        judge, who = self.judge, entry.person
        return 1 + sum(
            other != who and not judge.barred(who, other) and not judge.too_far(who, other)
            for other in judge.comers[session]
        )

    def _reason(self, alone: Counter[str], missing: list[int], short: int) -> str:
        if not self.judge.sessions:
            return "no_session"
        if missing:
            return "too_few" if short else "contested"
        top = alone.most_common(2)
        if not top or (len(top) == 2 and top[0][1] == top[1][1]):
            return "several"
        return top[0][0]

    def _levels(self) -> Iterator[BrokenRule]:
        for level in self.solution.levels:
            if level.name not in self.problem.objective:
                continue
            yield from header.broken_level(level, self._value(level.name), self.solution.status)

    def _value(self, name: str) -> LevelValue:
        groups = self.solution.groups
        fits = [
            self.judge.fit(member.person, session_of(group))
            for group in groups
            for member in group.members
        ]
        match name:
            case "placed":
                return sum(self.judge.people[who].priority for who in self.group_of)
            case "worst":
                return min(fits, default=None)
            case "levels":
                return tuple(sum(fit < limit for fit in fits) for limit in self.problem.thresholds)
            case "total":
                return sum(fits)
        return sum(abs(len(group.members) - self.problem.rules.ideal_size) for group in groups)


def _facts(group: Group) -> dict[str, object]:
    return {"language": group.language, "start": group.start, "theme": group.theme}
