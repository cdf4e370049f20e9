"""What a solution says beside its pairs, put to the test without a solver: reasons, help, bounds.

Part of the referee: plain Python, one pair at a time, from the rules alone.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cached_property

from matching.problem import (
    RULES,
    BrokenRule,
    Help,
    Mentor,
    Solution,
    Unmatched,
)
from matching.rules.judge import SPEAKS, Judge
from matching.rules.keeping import Company


class Claims:
    """What is said of people without a mentor, in a round whose pairs are these."""

    def __init__(self, judge: Judge, solution: Solution, company: Company) -> None:
        self.judge, self.solution, self.company = judge, solution, company
        self.starts: dict[str, set[int | None]] = {mentor: set() for mentor in judge.mentors}
        for pair in solution.pairs:
            self.starts.setdefault(pair.mentor, set()).add(pair.start)

    @cached_property
    def missing(self) -> set[str]:
        """The mentees who have nobody."""
        return self.judge.mentees.keys() - self.company.mentor_of.keys()

    def listed(self) -> Iterator[BrokenRule]:
        """Who should be listed as unmatched and is not, or the other way round."""
        listed = Counter(entry.mentee for entry in self.solution.unmatched)
        for mentee in sorted(self.missing | listed.keys()):
            if listed[mentee] != (mentee in self.missing):
                times = "once" if mentee in self.missing else "not at all"
                text = (
                    f"{mentee} should be listed as unmatched {times}, not {listed[mentee]} times."
                )
                yield BrokenRule("unmatched", (mentee,), text)

    def broken(self) -> Iterator[BrokenRule]:
        """What is said of somebody that is not so; looks at every mentor, one by one."""
        for entry in self.solution.unmatched:
            if entry.mentee in self.missing:
                yield from self._said_of(entry)

    def _said_of(self, entry: Unmatched) -> Iterator[BrokenRule]:
        who, alone = entry.mentee, self._alone(entry.mentee)
        counts = {rule: len(mentors) for rule, mentors in alone.items() if rule and mentors}
        if dict(entry.blockers) != counts or entry.reason != self._reason(counts, alone):
            yield not_why(entry)
            return
        fits = alone[""]
        helps = Counter(self._lacks_alone(who, fits)) if fits else Counter(counts)
        said = Counter({row.rule: row.mentors for row in entry.would_help})
        if said != helps or len(entry.would_help) != len(helps):
            text = f"What would help {who} is {_counted(helps)}, not {_counted(said)}."
            yield BrokenRule("would_help", (who,), text)
            return
        for row in entry.would_help:
            if not self._examples_hold(who, row, [] if fits else alone[row.rule]):
                text = f"{row.examples} are no examples of {row.rule} that would help {who}."
                yield BrokenRule("would_help", (who,), text)

    def _alone(self, mentee: str) -> dict[str, list[Mentor]]:
        """The mentors that each rule alone keeps from somebody; under "" those who fit."""
        found: dict[str, list[Mentor]] = {rule: [] for rule in ("", *RULES)}
        for mentor in self.judge.mentors.values():
            against = self.judge.why_not(mentee, mentor.id)
            if len(against) < 2:
                found["".join(against)].append(mentor)
        return found

    def _reason(self, counts: Mapping[str, int], alone: Mapping[str, list[Mentor]]) -> str:
        if alone[""]:
            return "contested"
        if not self.judge.mentors:
            return "no_capacity"
        top = Counter(counts).most_common(2)
        if not top or (len(top) == 2 and top[0][1] == top[1][1]):
            return "several"
        return top[0][0]

    def _lacks_alone(self, mentee: str, fits: list[Mentor]) -> Iterator[str]:
        """Of each mentor who fits, the one thing that is lacking in this round, if it is one."""
        for mentor in fits:
            lacks = list(self.company.against(mentee, mentor.id))
            if "apart" in lacks and "high_need" in lacks:
                lacks.remove("high_need")  # a solution names it only where "apart" is not
            if len(self.company.mentees_of[mentor.id]) >= mentor.capacity:
                lacks.append("no_capacity")
            if not self._has_hour(mentee, mentor.id):
                lacks.append("no_time")
            if len(lacks) == 1:
                yield lacks[0]

    def _has_hour(self, mentee: str, mentor: str) -> bool:
        if self.judge.problem.timeless:
            return True
        return bool(set(self.judge.starts(mentee, mentor)) - self.starts[mentor])

    def _examples_hold(self, who: str, row: Help, kept: list[Mentor]) -> bool:
        """Whether each example is a change that opens one of the mentors whom a rule alone keeps.

        Whoever avoids somebody is never an example.
        """
        mentee = self.judge.mentees[who]
        good: set[str | int] = set()
        for mentor in kept:
            match row.rule:
                case "no_language":
                    good |= {x for x, level in mentor.languages.items() if level >= SPEAKS}
                case "no_time":
                    good |= set(mentor.starts)
                case "identity":
                    good |= {mentor.identity} - {None}  # type: ignore[arg-type]
                case "topics":
                    good |= set(mentor.declines) & set(mentee.topics)
                case "area":
                    good |= {mentor.area} - {None}  # type: ignore[arg-type]
                case "forbidden" | "no_capacity":
                    good.add(mentor.id)
                case "floor":
                    good.add(self.judge.score(who, mentor.id))
        return set(row.examples) <= good


def not_why(entry: Unmatched) -> BrokenRule:
    """That somebody is unmatched for other reasons than they are told."""
    text = f"{entry.reason!r} and its blockers are not why {entry.mentee} is unmatched."
    return BrokenRule("reason", (entry.mentee,), text)


def _counted(helps: Mapping[str, int]) -> str:
    return ", ".join(f"{rule} {count}" for rule, count in sorted(helps.items())) or "nothing"
