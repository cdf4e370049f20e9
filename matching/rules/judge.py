"""One pair at a time, in plain Python: may they meet, when, and how well do they fit.

This is the readable statement of the rules in docs/matching.md. The referee and the checks of
the input use it; ``scoring`` computes the same for a whole round at once, and tests hold the
two together.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from functools import cached_property

from matching.problem import (
    PARTS,
    RULES,
    Continuing,
    Group,
    Lapsed,
    Mentee,
    Mentor,
    Problem,
    Team,
)

#: The least level at which a language can carry a conversation.
SPEAKS = 2
#: The level from which a language is as good as one's own.
FLUENT = 3
#: Quality, of 1000, where a person said nothing: neither for nor against.
UNSAID = 500
#: Common starts beyond this many make a pair no better.
ENOUGH_STARTS = 3
#: Quality of being asked for, by the mentee and by the mentor.
WISHED_BY_MENTEE, WISHED_BY_MENTOR = 600, 400


def shares(problem: Problem) -> dict[str, int]:
    """Most points that each part can give; they add up to 1000 (largest remainders)."""
    weights = {name: int(getattr(problem.weights, name)) for name in PARTS}
    if problem.timeless:
        weights["availability"] = 0
    whole = sum(weights.values())
    points = {name: 1000 * weight // whole for name, weight in weights.items()}
    by_remainder = sorted(PARTS, key=lambda name: -(1000 * weights[name] % whole))
    for name in by_remainder[: 1000 - sum(points.values())]:
        points[name] += 1
    return points


def per_mille(value: float) -> int:
    """A style setting between 0 and 1 as a whole number of thousandths."""
    return round(1000 * value)


class Judge:
    """Answers questions about the pairs of one problem, by id."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.mentees = {mentee.id: mentee for mentee in problem.mentees}
        self.mentors = {mentor.id: mentor for mentor in problem.mentors}
        self.forbidden = {(link.mentee, link.mentor) for link in problem.forbids}
        self._apart = {frozenset(couple) for couple in problem.side.apart}
        self.groups_of: dict[str, list[Group]] = defaultdict(list)
        for group in problem.side.groups:
            for who in group.mentees:
                self.groups_of[who].append(group)
        self.teams_of: dict[str, list[Team]] = defaultdict(list)
        for team in problem.side.teams:
            for who in team.mentors:
                self.teams_of[who].append(team)
        self._shares = shares(problem)

    @cached_property
    def given(self) -> dict[tuple[str, str], int]:
        """The scores of given pairs; empty when none are given."""
        pairs = self.problem.pairs or ()
        return {(given.mentee, given.mentor): given.score for given in pairs}

    def why_not(self, mentee_id: str, mentor_id: str) -> tuple[str, ...]:
        """Every rule that keeps the two apart, in the order of ``RULES``; () if eligible."""
        broken = set(self._broken(self.mentees[mentee_id], self.mentors[mentor_id]))
        return tuple(rule for rule in RULES if rule in broken)

    def _broken(self, mentee: Mentee, mentor: Mentor) -> Iterator[str]:
        key = (mentee.id, mentor.id)
        if not self.problem.timeless and not self.starts(*key):
            yield "no_time"
        if key in self.forbidden:
            yield "forbidden"
        if mentor.capacity < 1:
            yield "no_capacity"
        if self.problem.pairs is None:
            yield from _personal(mentee, mentor)
        elif key not in self.given:
            yield "forbidden"
            return
        if self.score(*key) < self.problem.floor:
            yield "floor"

    def are_apart(self, one: str, other: str) -> bool:
        """Whether two mentees must not share a mentor."""
        return frozenset((one, other)) in self._apart

    def starts(self, mentee_id: str, mentor_id: str) -> tuple[int, ...]:
        """Meeting starts that suit both, ascending; empty in a timeless problem."""
        if self.problem.timeless:
            return ()
        free = frozenset(self.mentees[mentee_id].free)
        grid = self.problem.grid
        return tuple(
            start
            for start in sorted(self.mentors[mentor_id].starts)
            if all((start + step) % grid.cells in free for step in range(grid.meeting_cells))
        )

    def score(self, mentee_id: str, mentor_id: str) -> int:
        """The sum of the parts."""
        return sum(self.parts(mentee_id, mentor_id).values())

    def parts(self, mentee_id: str, mentor_id: str) -> dict[str, int]:
        """Points by part; given scores are one part of their own."""
        if self.problem.pairs is not None:
            return {"given": self.given.get((mentee_id, mentor_id), 0)}
        mentee, mentor = self.mentees[mentee_id], self.mentors[mentor_id]
        count = min(len(self.starts(mentee_id, mentor_id)), ENOUGH_STARTS)
        qualities = {
            "interests": _interests(mentee, mentor),
            "availability": 1000 * count // ENOUGH_STARTS,
            "language": _language(mentee, mentor),
            "style": _style(mentee, mentor),
            "preference": WISHED_BY_MENTEE * (mentor_id in mentee.prefers)
            + WISHED_BY_MENTOR * (mentee_id in mentor.prefers),
        }
        return {name: self._shares[name] * qualities[name] // 1000 for name in PARTS}


def _personal(mentee: Mentee, mentor: Mentor) -> Iterator[str]:
    if common_level(mentee, mentor) < SPEAKS:
        yield "no_language"
    if not (_accepts(mentee, mentor) and _accepts(mentor, mentee)):
        yield "identity"
    if set(mentee.topics) & set(mentor.declines):
        yield "topics"
    if mentee.area is not None and mentee.area == mentor.area:
        yield "area"
    if mentor.id in mentee.avoids or mentee.id in mentor.avoids:
        yield "avoided"


def _accepts(one: Mentee | Mentor, other: Mentee | Mentor) -> bool:
    return one.accepts is None or other.identity in one.accepts


def common_level(mentee: Mentee, mentor: Mentor) -> int:
    """The level of the language that both speak best; 0 without any in common."""
    common = mentee.languages.keys() & mentor.languages.keys()
    return max((min(mentee.languages[x], mentor.languages[x]) for x in common), default=0)


def _language(mentee: Mentee, mentor: Mentor) -> int:
    level = common_level(mentee, mentor)
    return 0 if level < SPEAKS else 500 if level < FLUENT else 1000


def _interests(mentee: Mentee, mentor: Mentor) -> int:
    wanted = sum(mentee.interests.values())
    if not wanted:
        return UNSAID
    met = sum(min(level, mentor.interests.get(tag, 0)) for tag, level in mentee.interests.items())
    return 1000 * met // wanted


def _style(mentee: Mentee, mentor: Mentor) -> int:
    both = mentee.style.keys() & mentor.style.keys()
    if not both:
        return UNSAID
    apart = sum(abs(per_mille(mentee.style[x]) - per_mille(mentor.style[x])) for x in both)
    return 1000 - apart // len(both)


def held(judge: Judge) -> tuple[tuple[Continuing, ...], tuple[Lapsed, ...]]:
    """The continuing pairs that must stay, and those that can't, each with the rules.

    With ``keep: prefer`` nothing is held. Where a mentor has fewer places than continuing
    pairs, or a rule between several people lets fewer of them stay, those with the higher priority
    stay, then those with the higher score.
    """
    if judge.problem.keep != "pinned":
        return (), ()
    kept: dict[str, list[Continuing]] = defaultdict(list)
    lapsed: list[Lapsed] = []
    load: Counter[str] = Counter()
    for row in sorted(judge.problem.continuing, key=lambda row: _precedence(judge, row)):
        rules = _why_not_held(judge, row, kept[row.mentor], load)
        if rules:
            lapsed.append(Lapsed(row.mentee, row.mentor, row.start, rules))
        else:
            kept[row.mentor].append(row)
            load.update(team.id for team in judge.teams_of[row.mentor])
    return tuple(row for rows in kept.values() for row in rows), tuple(lapsed)


def _precedence(judge: Judge, row: Continuing) -> tuple[int, int, str, str]:
    priority = judge.mentees[row.mentee].priority
    return (-priority, -judge.score(row.mentee, row.mentor), row.mentee, row.mentor)


def _why_not_held(
    judge: Judge, row: Continuing, kept: list[Continuing], load: Mapping[str, int]
) -> tuple[str, ...]:
    problem, mentor = judge.problem, judge.mentors[row.mentor]
    rules = set(judge.why_not(row.mentee, row.mentor))
    if not problem.timeless and row.start not in judge.starts(row.mentee, row.mentor):
        rules.add("no_time")
    if len(kept) >= mentor.capacity:
        rules.add("no_capacity")
    codes = [rule for rule in RULES if rule in rules]
    if any(pin.mentee == row.mentee and pin.mentor != row.mentor for pin in problem.pins):
        codes.append("pinned_elsewhere")
    if any(judge.are_apart(row.mentee, other.mentee) for other in kept):
        codes.append("apart")
    if judge.mentees[row.mentee].high_need and mentor.max_high_need is not None:
        needy = sum(judge.mentees[other.mentee].high_need for other in kept)
        if needy >= mentor.max_high_need:
            codes.append("high_need")
    for group in judge.groups_of[row.mentee]:
        members = sum(other.mentee in group.mentees for other in kept)
        if "group" not in codes and group.per_mentor is not None and members >= group.per_mentor:
            codes.append("group")
    if any(load[team.id] >= team.at_most for team in judge.teams_of[row.mentor]):
        codes.append("team")
    return tuple(codes)
