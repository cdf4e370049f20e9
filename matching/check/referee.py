"""The referee: says whether a solution keeps every rule, in plain Python and from the rules alone.

It shares nothing with the solvers: eligibility, scores and levels are worked out again here,
one pair at a time. What is said beside the pairs is put to the test in ``claims``; above
``ONE_BY_ONE`` pairs by ``table.reasons``, the very arrays that the engine says it from.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from matching.check import header
from matching.check.claims import Claims, not_why
from matching.files.codec import digest
from matching.phrases import counted, people
from matching.problem import (
    STABLE,
    BrokenRule,
    Continuing,
    Lapsed,
    LevelValue,
    Link,
    Pair,
    Problem,
    Solution,
)
from matching.rules import judge as rules
from matching.rules import keeping
from matching.rules.judge import Judge
from matching.table import reasons
from matching.table.scoring import Table

#: Pairs that are looked at one by one for what is said beside the pairs; in larger rounds that is
#: done on arrays (``reasons``), which tests hold to the same.
ONE_BY_ONE = 40_000
_WHY = {
    "no_language": "have no language in common at level 2 or more",
    "no_time": "have no time in common",
    "identity": "do not accept each other's identity",
    "topics": "would meet a topic that the mentor declines",
    "area": "live in the same area",
    "avoided": "are kept apart because one avoids the other",
    "forbidden": "may not be paired",
    "no_capacity": "need a place that the mentor does not have",
    "floor": "score less than the floor",
}


def why_not(problem: Problem, mentee_id: str, mentor_id: str) -> tuple[str, ...]:
    """Codes of the rules that keep two people apart; () when they are eligible."""
    return Judge(problem).why_not(mentee_id, mentor_id)


def lapsed(problem: Problem) -> tuple[Lapsed, ...]:
    """Continuing pairs that should be held but can't be any more, each with the rules."""
    return rules.held(Judge(problem))[1]


def broken_rules(
    problem: Problem, solution: Solution, problem_sha256: str | None = None
) -> list[BrokenRule]:
    """Every rule that the solution breaks; empty when it keeps them all.

    ``problem_sha256`` is the digest of the file that the problem was read from; the digest of
    ``codec.dumps`` is always good as well.
    """
    referee = _Referee(problem, solution)
    found = [*_header(problem, solution, problem_sha256), *referee.broken()]
    # Of pairs that break rules there is no telling who would rather meet.
    return found or list(referee.miscounted())


def blocking_pairs(problem: Problem, solution: Solution) -> tuple[Link, ...]:
    """The eligible pairs who would both rather have each other than what they have.

    The mentee is free or scores less now; the mentor has a place and a common start left, or
    would have after giving up somebody who scores less; and every rule between several people
    would hold afterwards. Who is pinned or held stays put. Looks at every pair, one by one.
    """
    return tuple(_Referee(problem, solution).blocking())


def level(problem: Problem, name: str, pairs: Iterable[Pair]) -> LevelValue:
    """What pairs that keep the rules come to at a level of the objective."""
    found = Solution(
        problem_sha256="",
        seed=0,
        engine="",
        status="feasible",
        pairs=tuple(pairs),
        unmatched=(),
        levels=(),
        blocking_pairs=0,
    )
    return _Referee(problem, found).value(name)


def _header(
    problem: Problem, solution: Solution, problem_sha256: str | None
) -> Iterator[BrokenRule]:
    # The file's own digest is at hand; that of the problem has to be worked out.
    said = solution.problem_sha256
    is_answer = said == problem_sha256 or said == digest(problem)
    yield from header.broken(solution, problem.objective, is_answer=is_answer)
    if solution.blocking_pairs < 0:
        yield BrokenRule("figures", (), "blocking_pairs can't be below 0.")


class _Referee:
    def __init__(self, problem: Problem, solution: Solution) -> None:
        self.problem, self.solution, self.judge = problem, solution, Judge(problem)
        self.known = [
            pair
            for pair in solution.pairs
            if pair.mentee in self.judge.mentees and pair.mentor in self.judge.mentors
        ]
        self.mentor_of = {pair.mentee: pair.mentor for pair in self.known}
        self.of_mentor: dict[str, list[Pair]] = defaultdict(list)
        for pair in self.known:
            self.of_mentor[pair.mentor].append(pair)

    def broken(self) -> Iterator[BrokenRule]:
        yield from self._people()
        for pair in self.known:
            yield from self._eligible(pair)
            yield from self._start(pair)
            yield from self._score(pair)
        for mentor_id in self.of_mentor:
            yield from self._mentor(mentor_id)
        yield from self._held()
        yield from self._together()
        claims = Claims(self.judge, self.solution, self._company)
        yield from claims.listed()
        if self.is_small:
            yield from claims.broken()
        yield from self._levels()

    def _people(self) -> Iterator[BrokenRule]:
        for pair in self.solution.pairs:
            if pair.mentee not in self.judge.mentees or pair.mentor not in self.judge.mentors:
                who = (pair.mentee, pair.mentor)
                yield BrokenRule("unknown_person", who, f"{who[0]} or {who[1]} is not known.")
        for mentee, count in Counter(pair.mentee for pair in self.solution.pairs).items():
            if count > 1:
                yield BrokenRule(
                    "mentee_twice", (mentee,), f"{mentee} is in {counted(count, 'pair')}."
                )

    def _eligible(self, pair: Pair) -> Iterator[BrokenRule]:
        for rule in self.judge.why_not(pair.mentee, pair.mentor):
            text = f"{pair.mentee} and {pair.mentor} {_WHY[rule]}."
            yield BrokenRule(rule, (pair.mentee, pair.mentor), text)

    def _start(self, pair: Pair) -> Iterator[BrokenRule]:
        who = (pair.mentee, pair.mentor)
        if self.problem.timeless:
            if pair.start is not None:
                yield BrokenRule("start", who, f"{who[0]} has a start in a timeless problem.")
        elif pair.start not in self.judge.starts(*who):
            text = f"{who[0]} and {who[1]} have no meeting start {pair.start} in common."
            yield BrokenRule("start", who, text)

    def _score(self, pair: Pair) -> Iterator[BrokenRule]:
        who = (pair.mentee, pair.mentor)
        parts = self.judge.parts(*who)
        if dict(pair.parts) != parts:
            yield BrokenRule("parts", who, f"The parts of {who[0]} and {who[1]} are {parts}.")
        if pair.score != sum(parts.values()):
            text = f"{who[0]} and {who[1]} score {sum(parts.values())}, not {pair.score}."
            yield BrokenRule("score", who, text)

    def _mentor(self, mentor_id: str) -> Iterator[BrokenRule]:
        mentor, pairs = self.judge.mentors[mentor_id], self.of_mentor[mentor_id]
        if len(pairs) > mentor.capacity:
            places = counted(mentor.capacity, "place")
            text = f"{mentor_id} has {places} and {counted(len(pairs), 'pair')}."
            yield BrokenRule("capacity", (mentor_id,), text)
        for start, count in Counter(pair.start for pair in pairs).items():
            if count > 1 and not self.problem.timeless:
                text = f"{mentor_id} meets {people(count)} at {start}."
                yield BrokenRule("start_taken", (mentor_id,), text)
        needy = sum(self.judge.mentees[pair.mentee].high_need for pair in pairs)
        if mentor.max_high_need is not None and needy > mentor.max_high_need:
            text = f"{mentor_id} takes {mentor.max_high_need} with high need at most, not {needy}."
            yield BrokenRule("high_need", (mentor_id,), text)

    def _held(self) -> Iterator[BrokenRule]:
        for pin in self.problem.pins:
            if self.mentor_of.get(pin.mentee) != pin.mentor:
                text = f"{pin.mentee} is pinned to {pin.mentor}."
                yield BrokenRule("pin", (pin.mentee, pin.mentor), text)
        starts = {(pair.mentee, pair.mentor): pair.start for pair in self.known}
        changed = [row for row in rules.held(self.judge)[0] if not self._goes_on(row, starts)]
        if not self.problem.may_change:
            for row in changed:
                text = f"{row.mentee} and {row.mentor} go on meeting at {row.start}."
                yield BrokenRule("continuing", (row.mentee, row.mentor), text)
            return
        yield from self._changed(changed)

    def _goes_on(self, row: Continuing, starts: Mapping[tuple[str, str], int | None]) -> bool:
        who = (row.mentee, row.mentor)
        return who in starts and (self.problem.timeless or starts[who] == row.start)

    def _changed(self, changed: list[Continuing]) -> Iterator[BrokenRule]:
        """Held pairs that change: no more than may, and nobody is left behind."""
        if len(changed) > self.problem.may_change:
            who_change = tuple(row.mentee for row in changed)
            most = counted(self.problem.may_change, "running pair")
            text = f"{most} may change, not {len(changed)}."
            yield BrokenRule("may_change", who_change, text)
        pinned = {pin.mentee for pin in self.problem.pins}
        for row in changed:
            who = (row.mentee, row.mentor)
            if row.mentee not in self.mentor_of:
                text = f"{row.mentee} has {row.mentor} and would be left without a mentor."
                yield BrokenRule("left_behind", who, text)
            elif row.mentee in pinned:
                text = f"{row.mentee} and {row.mentor} are pinned as they meet now."
                yield BrokenRule("continuing", who, text)

    def _together(self) -> Iterator[BrokenRule]:
        for code, who, text in keeping.broken(self.problem, self.mentor_of):
            yield BrokenRule(code, who, text)

    def _levels(self) -> Iterator[BrokenRule]:
        for level in self.solution.levels:
            if level.name not in self.problem.objective:
                continue
            yield from header.broken_level(level, self.value(level.name), self.solution.status)

    @property
    def is_small(self) -> bool:
        """Whether every mentee and mentor can be looked at one by one."""
        return len(self.problem.mentees) * len(self.problem.mentors) <= ONE_BY_ONE

    def miscounted(self) -> Iterator[BrokenRule]:
        """What is counted wrongly in a solution whose pairs keep every rule."""
        if self.is_small:
            yield from self._blocking_count(sum(1 for _ in self.blocking()))
            return
        table, pairs = Table(self.problem), self.solution.pairs
        told = {entry.mentee: entry for entry in reasons.unmatched(table, pairs)}
        for entry in self.solution.unmatched:
            so = told[entry.mentee]
            if (entry.reason, dict(entry.blockers)) != (so.reason, dict(so.blockers)):
                yield not_why(entry)
            elif entry.would_help != so.would_help:
                text = f"What is said would help {entry.mentee} is not so."
                yield BrokenRule("would_help", (entry.mentee,), text)
        found = reasons.blocking_pairs(table, table.candidates(), pairs, self.fixed)
        yield from self._blocking_count(found)

    def _blocking_count(self, count: int) -> Iterator[BrokenRule]:
        said = self.solution.blocking_pairs
        if count != said:
            text = f"{count} eligible pairs would rather have each other, not {said}."
            yield BrokenRule("blocking_pairs", (), text)

    @cached_property
    def fixed(self) -> frozenset[str]:
        """The mentees who stay put: held or pinned."""
        held = {row.mentee for row in rules.held(self.judge)[0]}
        return frozenset(held | {pin.mentee for pin in self.problem.pins})

    def blocking(self) -> Iterator[Link]:
        """See ``blocking_pairs``."""
        fixed = self.fixed
        score_of = {pair.mentee: pair.score for pair in self.known}
        for mentee in self.judge.mentees.keys() - fixed:
            for mentor in self.judge.mentors:
                if self.judge.why_not(mentee, mentor):
                    continue
                score = self.judge.score(mentee, mentor)
                if score > score_of.get(mentee, -1) and self._has_room(
                    mentee, mentor, score, fixed
                ):
                    yield Link(mentee, mentor)

    def _has_room(self, mentee: str, mentor: str, score: int, fixed: frozenset[str]) -> bool:
        """Whether a mentor would have a place and a start for somebody, for whom they would."""
        pairs = self.of_mentor[mentor]
        movable = [pair for pair in pairs if pair.score < score and pair.mentee not in fixed]
        spare = len(pairs) < self.judge.mentors[mentor].capacity
        against = self._company.against
        free: Iterable[object] = (None,)
        taken: set[int | None] = set()
        if not self.problem.timeless:
            free, taken = self.judge.starts(mentee, mentor), {pair.start for pair in pairs}
        if spare and set(free) - taken and not against(mentee, mentor):
            return True
        return any(
            set(free) - (taken - {pair.start}) and not against(mentee, mentor, pair.mentee)
            for pair in movable
        )

    @cached_property
    def _company(self) -> keeping.Company:
        return keeping.Company(self.problem, self.mentor_of)

    def value(self, name: str) -> LevelValue:
        """What the solution comes to at a level."""
        if name == STABLE:
            return sum(1 for _ in self.blocking())
        scores = [self.judge.score(pair.mentee, pair.mentor) for pair in self.known]
        match name:
            case "matched":
                return sum(self.judge.mentees[mentee].priority for mentee in self.mentor_of)
            case "worst":
                return min(scores, default=None)
            case "levels":
                return tuple(
                    sum(score < limit for score in scores) for limit in self.problem.thresholds
                )
            case "total":
                return sum(scores)
        continuing = self.problem.continuing
        return sum(self.mentor_of.get(row.mentee) != row.mentor for row in continuing)
