"""What is told holds: each change that is said to place a person does place them."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.cohorts import (
    Change,
    Facilitator,
    Help,
    Person,
    Pin,
    Problem,
    Rules,
    Solution,
    check,
    explain,
    solve,
)
from matching.cohorts.rules import Judge
from tests.matching.cohorts.few import circle, crowd, fay, noor
from tests.matching.test_solve import calm


def changed(problem: Problem, who: str, changes: tuple[Change, ...]) -> Problem:
    """The problem with a person's changes made."""
    people = {person.id: person for person in problem.people}
    for change in changes:
        person, value = people[who], change.value
        match change.rule:
            case "no_time":
                cells = Judge(problem).covered(int(value or 0))
                people[who] = replace(person, free=tuple({*person.free, *cells}))
            case "no_language":
                people[who] = replace(person, languages={**person.languages, str(value): 2})
            case "theme":
                themes = {**person.themes, str(value): 1} if value else {}
                people[who] = replace(person, themes=themes)
            case "identity":
                accepts = (*(person.accepts or ()), str(value))
                people[who] = replace(person, accepts=accepts)
            case "spread":
                problem = replace(problem, rules=replace(problem.rules, max_spread=value))
            case "size":
                problem = replace(problem, rules=replace(problem.rules, max_size=value))
            case "alone_in_language":
                people[who] = replace(person, alone_in_language=True)
            case "alone_in_identity":
                people[who] = replace(person, alone_in_identity=True)
    return replace(problem, people=tuple(people.values()))


def placed(solution: Solution) -> set[str]:
    return {member.person for group in solution.groups for member in group.members}


@settings(calm, max_examples=80)
@given(st.integers(0, 10**6).map(crowd))
def test_every_change_that_would_help_does_when_it_is_made(problem: Problem) -> None:
    solution = solve(problem)
    for entry in solution.unplaced:
        for help_ in entry.would_help:
            assert help_.changes
            again = solve(changed(problem, entry.person, help_.changes))
            before, after = solution.levels[0].value, again.levels[0].value
            assert isinstance(before, int)
            assert isinstance(after, int)
            assert after > before
            if not any(change.rule in ("spread", "size") for change in help_.changes):
                assert entry.person in placed(again)


def waiting(person: Person, *held: Facilitator, **more: object) -> tuple[Problem, Solution]:
    """Noor and Zed have a group; somebody else waits beside them."""
    people = (noor(), noor(id="zed"), person)
    problem = circle(*people, *(held or (fay(),)), **more)
    solution = solve(problem)
    assert check.broken_rules(problem, solution) == []
    assert placed(solution) == {"noor", "zed"}
    return problem, solution


@pytest.mark.parametrize(
    ("person", "rules", "words"),
    [
        ({"free": (2, 3)}, ["no_time"], "being free at Monday 00:00 UTC"),
        ({"languages": {"en": 2}, "alone_in_language": True}, ["no_language"], "speaking es"),
        ({"themes": {"rest": 1}}, ["theme"], "being open to work"),
        ({"accepts": ("man",)}, ["identity"], "accepting the identity woman"),
        ({"offset": 120}, ["spread"], "time zones 120 minutes apart"),
        ({"languages": {"es": 2, "en": 3}}, ["alone_in_language"], "their best language"),
        ({"identity": "man", "alone_in_identity": False}, ["alone_in_identity"], "identity"),
        ({"free": (), "themes": {"rest": 1}}, ["no_time", "theme"], "and being open to work"),
    ],
)
def test_the_smallest_change_is_told_in_words(person, rules, words) -> None:
    problem, solution = waiting(noor(id="tess", **person))
    (entry,) = solution.unplaced
    assert [change.rule for change in entry.would_help[0].changes] == rules
    text = " ".join(reason.text for reason in explain.unplaced(problem, solution, entry))
    assert words in text
    assert "Not placed: " in text


def test_a_full_group_is_told_as_a_larger_size() -> None:
    two = Rules(min_size=2, max_size=2, ideal_size=2)
    problem = circle(noor(), noor(id="zed"), noor(id="tess"), rules=two)
    solution = solve(problem)
    (entry,) = solution.unplaced
    assert (entry.reason, entry.would_help) == ("contested", (Help(0, (Change("size", 3),)),))
    text = " ".join(reason.text for reason in explain.unplaced(problem, solution, entry))
    assert "groups of up to 3 people" in text


def test_nobody_is_asked_to_lift_an_avoidance_or_to_undo_a_pin() -> None:
    for person, more in (
        (noor(id="tess", avoids=("zed",)), {}),
        (noor(id="tess", avoids=("fay",)), {}),
        (noor(id="tess"), {"apart": (("tess", "noor"), ("tess", "zed"))}),
        (noor(id="tess"), {"pins": (Pin(people=("tess",), start=1),)}),
    ):
        problem = circle(noor(priority=9), noor(id="zed", priority=9), person, **more)
        solution = solve(problem)
        assert placed(solution) == {"noor", "zed"}
        assert [entry.would_help for entry in solution.unplaced] == [()]


def test_how_many_are_missing_is_told_where_too_few_could_come() -> None:
    rules = Rules(min_size=5, max_size=6, ideal_size=5)
    problem = circle(noor(), noor(id="zed"), noor(id="tess"), rules=rules)
    solution = solve(problem)
    assert {(entry.reason, entry.short) for entry in solution.unplaced} == {("too_few", 2)}
    text = explain.unplaced(problem, solution, solution.unplaced[0])[0].text
    assert "2 more people are needed" in text


def test_the_rules_are_counted_over_the_sessions() -> None:
    held = (fay(groups=1), fay(id="mo", free=(2, 3)), fay(id="ana", free=(2, 3)))
    people = (noor(), noor(id="zed"), noor(id="tess", free=(2, 3), themes={"rest": 1}))
    problem = circle(*people, *held)
    solution = solve(problem)
    entry = next(each for each in solution.unplaced if each.person == "tess")
    assert entry.reason == "too_few"
    text = " ".join(reason.text for reason in explain.unplaced(problem, solution, entry))
    assert f"Of {len(Judge(problem).sessions)} possible sessions" in text


def test_a_group_is_explained_by_hour_language_theme_size_and_company() -> None:
    people = (
        noor(languages={"es": 2, "en": 3}, alone_in_identity=False, offset=60),
        noor(id="zed", languages={"es": 3, "en": 2}),
        noor(id="tess", themes={}),
    )
    problem = circle(*people, pins=(Pin(people=("noor", "zed")),))
    (group,) = solve(problem).groups
    told = {reason.code: reason for reason in explain.group(problem, group)}
    assert "free at Monday 00:00 UTC, over time zones up to 60 minutes apart" in told["hour"].text
    assert "2 of them fluently" in told["language"].text
    assert told["theme"].text == "2 of 3 asked for work; 1 would take any theme."
    assert told["size"].text == "It has 3 people of 2 to 3; no place is left."
    assert told["company_in_language"].facts["beside"] == ("zed",)
    assert told["company_in_identity"].facts["people"] == ("noor",)
    assert told["pinned"].text == "A coordinator asked to keep noor and zed together."


def test_the_points_that_are_told_add_up() -> None:
    problem = circle(noor(themes={"work": 1, "rest": 3}), noor(id="zed"))
    (group,) = solve(problem).groups
    for member in group.members:
        told = explain.member(problem, group, member)
        assert sum(int(str(reason.facts["points"])) for reason in told) == member.fit
    points = {m.person: m.parts for m in group.members}
    assert points["noor"] == {"theme": 199, "language": 400}


def test_why_somebody_can_not_come_to_a_group_is_told_by_rule() -> None:
    problem, solution = waiting(noor(id="tess", free=(), languages={"en": 3}))
    told = explain.why_not(problem, "tess", solution.groups[0])
    assert [reason.code for reason in told] == ["no_language", "no_time"]
