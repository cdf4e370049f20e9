"""Who meets whom, and whether one more meeting would still keep the rules that bind several people.

Plain Python, one person at a time: the readable statement of ``side`` and ``max_high_need`` in
docs/matching.md.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from matching.phrases import counted
from matching.problem import Problem


class Company:
    """Mentees with their mentors, and the rules that bind several of them."""

    def __init__(self, problem: Problem, mentor_of: Mapping[str, str]) -> None:
        self.problem, self.mentor_of = problem, dict(mentor_of)
        self.mentees_of: dict[str, set[str]] = defaultdict(set)
        for mentee, mentor in self.mentor_of.items():
            self.mentees_of[mentor].add(mentee)
        self._apart: dict[str, set[str]] = defaultdict(set)
        for one, other in problem.side.apart:
            self._apart[one].add(other)
            self._apart[other].add(one)
        self._needy = {mentee.id for mentee in problem.mentees if mentee.high_need}
        self._most_needy = {mentor.id: mentor.max_high_need for mentor in problem.mentors}
        self._groups: dict[str, list[int]] = defaultdict(list)
        self._members = [frozenset(group.mentees) for group in problem.side.groups]
        for place, group in enumerate(problem.side.groups):
            for mentee in group.mentees:
                self._groups[mentee].append(place)
        self._teams: dict[str, list[int]] = defaultdict(list)
        for place, team in enumerate(problem.side.teams):
            for mentor in team.mentors:
                self._teams[mentor].append(place)
        self.matched = [len(members & self.mentor_of.keys()) for members in self._members]
        self.load = [
            sum(len(self.mentees_of[mentor]) for mentor in team.mentors)
            for team in problem.side.teams
        ]

    def against(self, mentee: str, mentor: str, leaving: str | None = None) -> tuple[str, ...]:
        """The rules that would be broken if a mentee came to a mentor, whom another may leave.

        The mentee gives up whom they have now. Codes: ``apart``, ``high_need``, ``group`` (as
        many of a group as one mentor may have), ``minimum`` (too few of a group would be left),
        ``team`` (the supervisor's team is full).
        """
        others = self.mentees_of[mentor] - {mentee, leaving}
        found = {
            "apart": bool(self._apart[mentee] & others),
            "high_need": self._too_needy(mentee, mentor, others),
            "group": any(self.crowded(place, others) for place in self._groups[mentee]),
            "minimum": leaving is not None and self._missed(mentee, leaving),
            "team": leaving is None and self._overloaded(mentee, mentor),
        }
        return tuple(code for code, broken in found.items() if broken)

    def _too_needy(self, mentee: str, mentor: str, others: Iterable[str]) -> bool:
        most = self._most_needy[mentor]
        return mentee in self._needy and most is not None and len(self._needy & set(others)) >= most

    def crowded(self, group: int, others: set[str]) -> bool:
        """Whether people of whom some are of a group are as many of it as one mentor may have."""
        most = self.problem.side.groups[group].per_mentor
        return most is not None and len(self._members[group] & others) >= most

    def _missed(self, mentee: str, leaving: str) -> bool:
        """Whether a group of whoever leaves would be short, the mentee who comes counted in."""
        for place in self._groups[leaving]:
            least = self.problem.side.groups[place].at_least
            comes = mentee in self._members[place] and mentee not in self.mentor_of
            if least is not None and self.matched[place] - 1 + comes < least:
                return True
        return False

    def _overloaded(self, mentee: str, mentor: str) -> bool:
        """Whether a team would have too many, less the pair that the mentee gives up."""
        now = self._teams[self.mentor_of[mentee]] if mentee in self.mentor_of else []
        return any(
            self.load[place] >= self.problem.side.teams[place].at_most
            for place in self._teams[mentor]
            if place not in now
        )


def broken(
    problem: Problem, mentor_of: Mapping[str, str]
) -> list[tuple[str, tuple[str, ...], str]]:
    """Every rule that binds several people and is broken: its code, whom it concerns, a sentence."""
    found: list[tuple[str, tuple[str, ...], str]] = []
    for one, other in problem.side.apart:
        mentor = mentor_of.get(one)
        if mentor is not None and mentor == mentor_of.get(other):
            found.append(
                ("apart", (one, other, mentor), f"{one} and {other} must not share {mentor}.")
            )
    for group in problem.side.groups:
        members = [who for who in group.mentees if who in mentor_of]
        for mentor, count in Counter(mentor_of[who] for who in members).items():
            if group.per_mentor is not None and count > group.per_mentor:
                text = f"{mentor} may have {group.per_mentor} of group {group.id}, not {count}."
                found.append(("group", (mentor,), text))
        if group.at_least is not None and len(members) < group.at_least:
            text = f"Of group {group.id} {group.at_least} are to be matched, not {len(members)}."
            found.append(("minimum", group.mentees, text))
    for team in problem.side.teams:
        pairs = sum(mentor in team.mentors for mentor in mentor_of.values())
        if pairs > team.at_most:
            text = f"Team {team.id} may have {counted(team.at_most, 'pair')}, not {pairs}."
            found.append(("team", team.mentors, text))
    return found
