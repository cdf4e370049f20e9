"""Rules between several people, lifted as far as one mentee and one mentor are concerned.

Two who need not be apart, one more of high need, of a group, of a team.
"""

from collections.abc import Iterator
from dataclasses import replace

from matching.explain.change import Change, Changes
from matching.problem import Mentee, Mentor, Problem, Side
from matching.rules.keeping import Company


def lifts(problem: Problem, mentee: Mentee, mentor: Mentor) -> Iterator[Change]:
    """Each rule that could stand between the two because of others, lifted."""
    for couple in problem.side.apart:
        if mentee.id in couple:
            (other,) = set(couple) - {mentee.id}
            yield Change("apart", "round", other)
    if mentee.high_need and mentor.max_high_need is not None:
        yield Change("high_need", "mentor")
    for group in problem.side.groups:
        if group.per_mentor is not None and mentee.id in group.mentees:
            yield Change("group", "round", group.id)
    for team in problem.side.teams:
        if mentor.id in team.mentors:
            yield Change("team", "round", team.id)


def needed(company: Company, mentee: Mentee, mentor: Mentor) -> Changes:
    """Those of the rules that do stand between the two in the round as it is."""
    codes = company.against(mentee.id, mentor.id)
    found = lifts(company.problem, mentee, mentor)
    return tuple(c for c in found if c.rule in codes and _stands(company, mentor.id, c))


def _stands(company: Company, mentor: str, change: Change) -> bool:
    side, others = company.problem.side, company.mentees_of[mentor]
    match change.rule:
        case "apart":
            return change.value in others
        case "group":
            places = [place for place, group in enumerate(side.groups) if group.id == change.value]
            return any(company.crowded(place, others) for place in places)
        case "team":
            rows = [row for row in enumerate(side.teams) if row[1].id == change.value]
            return any(company.load[place] >= team.at_most for place, team in rows)
    return True


def lifted(problem: Problem, mentee: str, changes: Changes) -> Side:
    """The rules between several people after the changes."""
    side = problem.side
    apart = {c.value for c in changes if c.rule == "apart"}
    groups = {c.value for c in changes if c.rule == "group"}
    teams = {c.value for c in changes if c.rule == "team"}
    if not (apart or groups or teams):
        return side
    return Side(
        tuple(x for x in side.apart if mentee not in x or not apart & (set(x) - {mentee})),
        tuple(
            replace(group, per_mentor=(group.per_mentor or 0) + 1) if group.id in groups else group
            for group in side.groups
        ),
        tuple(
            replace(team, at_most=team.at_most + 1) if team.id in teams else team
            for team in side.teams
        ),
    )
