"""What the engine says of a pair or of a person without one is so."""

from dataclasses import replace

import pytest
from hypothesis import given, settings

from matching import (
    Continuing,
    GivenPair,
    Help,
    Link,
    Mentee,
    Mentor,
    Problem,
    Unmatched,
    check,
    explain,
    generate,
    solve,
)
from matching.explain.change import Change
from matching.explain.changes import changed
from matching.phrases import clock
from matching.rules.judge import Judge
from tests.matching.small import noor, problems, round_of, tess
from tests.matching.test_solve import calm


def lift(problem: Problem, who: str, help_: Help) -> Problem:
    """The problem after the change that is said to help, made for everyone it concerns."""
    example = help_.examples[0] if help_.examples else None
    mentee = next(mentee for mentee in problem.mentees if mentee.id == who)
    changed: dict[str, dict[str, object]] = {
        "no_language": {"languages": {**mentee.languages, example: 3}},
        "no_time": {"free": tuple(range(problem.grid.cells))},
        "topics": {"topics": ()},
        "area": {"area": None},
    }
    mentor_changes = {
        "identity": lambda m: {"accepts": None},
        "avoided": lambda m: {"avoids": tuple(x for x in m.avoids if x != who)},
        "no_capacity": lambda m: {"capacity": max(m.capacity, 1)},
    }
    mine: dict[str, object] = changed.get(help_.rule, {})
    if help_.rule == "identity":
        mine = {"accepts": None}
    if help_.rule == "avoided":
        mine = {"avoids": ()}
    theirs = mentor_changes.get(help_.rule, lambda m: {})
    return replace(
        problem,
        mentees=tuple(replace(e, **mine) if e.id == who else e for e in problem.mentees),
        mentors=tuple(replace(m, **theirs(m)) for m in problem.mentors),
        forbids=() if help_.rule == "forbidden" else problem.forbids,
        floor=0 if help_.rule == "floor" else problem.floor,
    )


def assert_true(problem: Problem, entry: Unmatched) -> None:
    for help_ in entry.would_help:
        before, judge = Judge(problem), Judge(lift(problem, entry.mentee, help_))
        alone = [m for m in judge.mentors if before.why_not(entry.mentee, m) == (help_.rule,)]
        opened = [m for m in alone if not judge.why_not(entry.mentee, m)]
        assert len(alone) == help_.mentors
        if help_.rule == "no_language":
            # One language more may not reach all of those mentors, but reaches some.
            assert bool(opened) == bool(help_.examples)
        elif help_.rule == "no_time":
            assert len(opened) == sum(bool(judge.mentors[m].starts) for m in alone)
        else:
            assert opened == alone


@settings(calm, max_examples=150)
@given(problems(side=True))
def test_every_change_that_is_said_to_help_does(problem: Problem) -> None:
    if problem.pairs is None:
        for entry in solve(problem).unmatched:
            if entry.reason != "contested":
                assert_true(problem, entry)


def test_one_more_place_would_have_placed_who_is_told_so() -> None:
    problem = generate.problem(150, 30, seed=3)
    solution = solve(problem)
    tried = 0
    for entry in solution.unmatched:
        if not any(help_.rule == "no_capacity" for help_ in entry.would_help):
            continue
        roomier = replace(
            problem,
            mentors=tuple(replace(m, capacity=m.capacity + 1) for m in problem.mentors),
            pins=tuple(Link(pair.mentee, pair.mentor) for pair in solution.pairs),
            mentees=tuple(
                replace(e, priority=9 * (e.id == entry.mentee) or 1) for e in problem.mentees
            ),
        )
        assert entry.mentee in {pair.mentee for pair in solve(roomier).pairs}
        tried += 1
        if tried == 5:
            break
    assert tried == 5


def texts(explanations) -> str:
    return " ".join(one.text for one in explanations)


def test_a_pair_is_explained_by_what_the_two_share() -> None:
    problem = round_of(
        noor(prefers=("tess",), style={"pace": 0.5}),
        tess(style={"pace": 0.5}),
        pins=(Link("noor", "tess"),),
    )
    pair = solve(problem).pairs[0]
    reasons = explain.pair(problem, pair)
    said = {reason.code: reason for reason in reasons}
    assert set(said) == {"pinned", "start", *pair.parts}
    assert said["interests"].facts["shared"] == ("work",)
    assert said["language"].facts["languages"] == ("es",)
    assert said["preference"].facts == {"points": 120, "most": 200, "by_mentee": 1, "by_mentor": 0}
    assert sum(said[name].facts["points"] for name in pair.parts) == pair.score
    assert "asked for this mentor" in texts(reasons)


def test_a_continuing_pair_and_a_given_one_say_so() -> None:
    old = round_of(noor(), tess(), continuing=(Continuing("noor", "tess", 2),))
    assert "keep their time" in texts(explain.pair(old, solve(old).pairs[0]))
    given_ = round_of(noor(), tess(), pairs=(GivenPair("noor", "tess", 7),), timeless=True)
    assert [one.code for one in explain.pair(given_, solve(given_).pairs[0])] == ["given"]


def test_a_pair_that_lapsed_is_explained() -> None:
    problem = round_of(noor(), tess(capacity=0), continuing=(Continuing("noor", "tess", 2),))
    (row,) = check.lapsed(problem)
    assert row.rules == ("no_capacity",)
    assert "no place" in explain.lapsed(row).text


def test_why_two_people_were_not_paired_can_be_asked() -> None:
    problem = round_of(
        noor(topics=("court",), area="a1"),
        tess(declines=("court", "debts"), area="a1"),
        floor=900,
    )
    said = {one.code: one.facts for one in explain.why_not(problem, "noor", "tess")}
    assert said["topics"] == {"topics": ("court",)}
    assert said["area"] == {"area": "a1"}
    assert said["floor"]["floor"] == 900
    assert explain.why_not(round_of(noor(), tess()), "noor", "tess") == ()


@settings(calm, max_examples=150)
@given(problems(side=True))
def test_every_example_that_is_told_opens_a_mentor_by_itself(problem: Problem) -> None:
    if problem.pairs is not None:
        return
    before = Judge(problem)
    for entry in solve(problem).unmatched:
        for help_ in entry.would_help if entry.reason != "contested" else ():
            for example in explain.helpful(before, entry.mentee, help_):
                if help_.rule not in ("no_language", "no_time", "identity", "topics", "area"):
                    continue
                change = Change(help_.rule, "mentee", example)
                after = Judge(changed(problem, entry.mentee, "", (change,)))
                opened = [
                    m
                    for m in after.mentors
                    if before.why_not(entry.mentee, m) == (help_.rule,)
                    and not after.why_not(entry.mentee, m)
                ]
                assert opened, (help_, example)


def test_the_area_of_the_mentee_is_no_example_of_another_one() -> None:
    problem = round_of(noor(area="a1"), tess(area="a1"))
    text = texts(explain.unmatched(problem, solve(problem).unmatched[0]))
    assert "Mentors from elsewhere would open 1 more mentor." in text
    assert "a1" not in text


def test_a_pair_that_could_not_go_on_is_not_said_to_make_room() -> None:
    problem = round_of(
        noor(topics=("court",)),
        tess(declines=("court",)),
        tess(id="ben"),
        continuing=(Continuing("noor", "tess", 1),),
        may_change=1,
    )
    (pair,) = solve(problem).pairs
    assert pair.mentor == "ben"
    assert "makes room" not in texts(explain.pair(problem, pair))


def test_high_need_that_no_mentor_limits_leaves_the_round_a_flow() -> None:
    problem = round_of(
        noor(high_need=True),
        noor(id="lena", high_need=True),
        tess(capacity=2),
        pins=(Link("noor", "tess"),),
        continuing=(Continuing("noor", "tess", 0),),
    )
    solution = solve(problem)
    assert solution.engine.startswith("flow")
    assert "no network holds ." not in explain.solver(problem, solution).text


def test_what_a_mentor_asks_for_is_not_told_as_the_mentees_choice() -> None:
    """Tess meets men only, and declines two topics of Noor's: no one change of Noor's is enough."""
    problem = round_of(noor(), tess(accepts=("man",)))
    (entry,) = solve(problem).unmatched
    assert entry.would_help[0].examples == ("woman",)
    assert "such as" not in texts(explain.unmatched(problem, entry))
    two = ("court", "debts")
    problem = round_of(noor(topics=two), tess(declines=two), tess(id="uma", declines=("court",)))
    (entry,) = solve(problem).unmatched
    assert "(such as court) would open up to 2 more mentors" in texts(
        explain.unmatched(problem, entry)
    )


def test_nobody_learns_who_avoids_them() -> None:
    problem = round_of(noor(), tess(avoids=("noor",)))
    entry = solve(problem).unmatched[0]
    assert entry.reason == "avoided"
    assert "tess" not in texts(explain.unmatched(problem, entry))
    ruled_out = round_of(noor(), tess(), forbids=(Link("noor", "tess"),))
    of_both = [explain.why_not(each, "noor", "tess") for each in (problem, ruled_out)]
    assert texts(of_both[0]) == texts(of_both[1]) == "This pair is ruled out."
    told = [texts(explain.unmatched(p, solve(p).unmatched[0])) for p in (problem, ruled_out)]
    assert told[0] == told[1]


def test_a_pair_that_the_file_does_not_list_is_said_so() -> None:
    problem = Problem(
        mentees=(Mentee(id="noor"), Mentee(id="lena")),
        mentors=(Mentor(id="tess", capacity=1), Mentor(id="uma", capacity=1)),
        timeless=True,
        pairs=(GivenPair("noor", "tess", 5),),
    )
    (entry,) = solve(problem).unmatched
    text = texts(explain.unmatched(problem, entry))
    assert text == (
        "Not placed: pairs with mentors who would fit otherwise are not among the file's pairs."
    )
    not_listed = texts(explain.why_not(problem, "lena", "tess"))
    assert not_listed == "This pair is not among the file's pairs."
    ruled_out = replace(problem, forbids=(Link("lena", "tess"),))
    assert texts(explain.why_not(ruled_out, "lena", "tess")) == "This pair is ruled out."


@pytest.mark.parametrize("rule", ["no_language", "no_time", "identity", "topics", "area"])
def test_each_reason_has_words_of_its_own(rule) -> None:
    entry = Unmatched(
        "noor", rule, {rule: 2}, (Help(rule, 2, ("4",) if rule != "no_time" else (4,)),)
    )
    said = [one.text for one in explain.unmatched(round_of(noor(), tess()), entry)]
    assert len(set(said)) == 2
    assert all(text.endswith(".") for text in said)


def test_hours_are_told_in_words() -> None:
    week = Problem(mentees=(Mentee(id="e"),), mentors=(Mentor(id="m", capacity=1),))
    assert clock(week.grid, 0) == "Monday 00:00 UTC"
    assert clock(week.grid, 335) == "Sunday 23:30 UTC"
