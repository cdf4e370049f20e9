"""What is said would place somebody does, and nothing smaller would: solved anew each time."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import (
    Continuing,
    FileFaultsError,
    Group,
    Link,
    Problem,
    Side,
    Team,
    generate,
    solve,
)
from matching.explain.change import Changes
from matching.explain.changes import PLACE, changed, held, hours_more, ways_between
from matching.explain.lifting import lifts
from matching.explain.standing import Standing
from matching.explain.whatif import MOST, TRIES, Smallest, WhatIf, is_enough
from matching.rules.judge import Judge
from tests.matching.small import crowded, noor, problems, round_of, shared, tess
from tests.matching.test_contest import count_first
from tests.matching.test_solve import calm


def answers(problem: Problem) -> Iterator[tuple[Standing, Smallest]]:
    standing = Standing(problem, solve(problem, seed=3))
    what = WhatIf(standing)
    for row in standing.waiting:
        what.left = TRIES
        yield standing, what.smallest(problem_id(standing, row))


def problem_id(standing: Standing, row: int) -> str:
    return standing.problem.mentees[row].id


def assert_enough(standing: Standing, found: Smallest) -> None:
    for way in found.ways:
        for mentor in way.mentors:
            assert is_enough(
                standing.problem, standing.solution, found.mentee, mentor, way.changes
            ), (way, mentor)


def sets_between(problem: Problem, who: str, mentor: str) -> set[Changes]:
    """Every set of changes that opens a mentor to a mentee, or that is one thing more with one who
    fits; with and without a place more."""
    judge = Judge(problem)
    mentee, giver = judge.mentees[who], judge.mentors[mentor]
    ways = set(ways_between(judge, mentee, giver))
    if not judge.why_not(who, mentor):
        ways |= {
            (change,)
            for change in (*hours_more(problem, mentee, giver), *lifts(problem, mentee, giver))
        }
    return ways | {(*way, PLACE) for way in ways if PLACE not in way}


def assert_smallest(standing: Standing, found: Smallest) -> None:
    """No set of fewer changes that opens a mentor is enough."""
    problem = standing.problem
    size = len(found.ways[0].changes) if found.ways else MOST + 1
    assert all(len(way.changes) == size for way in found.ways)
    for mentor in problem.mentors:
        for changes in sets_between(problem, found.mentee, mentor.id):
            if changes and len(changes) < size:
                assert not is_enough(
                    problem, standing.solution, found.mentee, mentor.id, changes
                ), (mentor.id, changes)


def test_one_more_hour_is_named_where_the_hours_of_two_who_fit_are_taken() -> None:
    """Tess has a place left, and Zed has the only hour that suits Noor."""
    zed = noor(id="zed", free=(0, 1), priority=2)
    problem = round_of(noor(free=(0, 1, 4, 5)), zed, tess(capacity=2))
    assert said(only_answer(problem)) == {
        (("no_time", "mentee", 2),),
        (("no_time", "mentor", 4),),
    }


def test_rules_between_several_people_are_lifted_one_at_a_time() -> None:
    """Zed has a mentor; with the same one Noor would have one too, were it not for one rule."""
    needy = {"high_need": True, "free": (0, 1, 2, 3)}
    zed, both = noor(id="zed", **needy, priority=2), ("noor", "zed")
    rules = {
        "apart": {"side": Side((both,))},
        "group": {"side": Side(groups=(Group(id="house", mentees=both, per_mentor=1),))},
        "team": {"side": Side(teams=(Team(id="anna", mentors=("tess",), at_most=1),))},
        "high_need": {},
    }
    for rule, side in rules.items():
        most = 1 if rule == "high_need" else None
        problem = round_of(noor(**needy), zed, tess(capacity=2, max_high_need=most), **side)
        found = only_answer(problem)
        assert [change.rule for change in found.ways[0].changes] == [rule]
        assert (found.ways[0].held, found.proven) == (True, True)


@settings(calm, max_examples=30)
@given(st.integers(0, 10**6).map(shared))
def test_what_is_lifted_places_whom_it_is_said_to(problem: Problem) -> None:
    try:
        found = list(answers(problem))
    except FileFaultsError:  # asks for more than there is
        return
    for standing, each in found:
        assert_enough(standing, each)
        if each.proven:
            assert_smallest(standing, each)


def test_a_round_whose_running_pairs_may_change_gets_the_likely_changes_tried_first() -> None:
    """Among hundreds of sets of changes, one of the few that are tried is enough."""
    problem = generate.problem(120, 30, seed=4)
    pairs = solve(problem).pairs
    running = tuple(Continuing(p.mentee, p.mentor, p.start) for p in pairs[::2])
    freer = replace(problem, continuing=running, may_change=2)
    standing = Standing(freer, solve(freer))
    what = WhatIf(standing)
    for row in standing.waiting[:3]:
        what.left = TRIES
        found = what.smallest(problem_id(standing, row))
        assert found.ways
        assert_enough(standing, found)


everybody = problems().map(count_first) | st.integers(0, 10**6).map(crowded).map(count_first)


@settings(calm, max_examples=80)
@given(everybody)
def test_the_changed_round_places_whom_it_is_said_to(problem: Problem) -> None:
    for standing, found in answers(problem):
        assert found.proven
        assert_enough(standing, found)


@settings(calm, max_examples=60)
@given(problems().map(count_first))
def test_no_smaller_change_would_place_them(problem: Problem) -> None:
    for standing, found in answers(problem):
        assert_smallest(standing, found)


@settings(calm, max_examples=40)
@given(problems(side=True))
def test_where_rounds_are_solved_anew_it_holds_as_well(problem: Problem) -> None:
    """Whatever the objective, and with people to be kept apart."""
    for standing, found in answers(problem):
        assert_enough(standing, found)
        if found.proven:
            assert_smallest(standing, found)


@settings(calm, max_examples=60)
@given(problems().map(count_first))
def test_a_set_of_changes_opens_the_mentor_and_has_none_to_spare(problem: Problem) -> None:
    judge = Judge(problem)
    for mentee in problem.mentees:
        for mentor in problem.mentors:
            for changes in ways_between(judge, mentee, mentor):
                assert opened(problem, mentee.id, mentor.id, changes)
                for fewer in combinations(changes, max(len(changes) - 1, 0)):
                    # A floor goes with the other changes: without them it would be another.
                    if changes and all(change.rule != "floor" for change in changes):
                        assert not opened(problem, mentee.id, mentor.id, fewer)


def opened(problem: Problem, mentee: str, mentor: str, changes: Changes) -> bool:
    return not Judge(changed(problem, mentee, mentor, changes)).why_not(mentee, mentor)


def only_answer(problem: Problem, who: str = "noor") -> Smallest:
    return next(found for _, found in answers(problem) if found.mentee == who)


def said(found: Smallest) -> set[tuple[tuple[str, str, str | int | None], ...]]:
    return {tuple((c.rule, c.whose, c.value) for c in way.changes) for way in found.ways}


def test_an_hour_more_is_named_by_its_start() -> None:
    problem = round_of(noor(free=(4, 5)), tess())
    assert said(only_answer(problem)) == {
        (("no_time", "mentee", 0),),
        (("no_time", "mentee", 2),),
        (("no_time", "mentor", 4),),
    }


def test_two_rules_at_once_are_found_where_no_one_is_enough() -> None:
    problem = round_of(noor(languages={"ar": 3}, free=(4, 5)), tess())
    found = only_answer(problem)
    assert {len(way.changes) for way in found.ways} == {2}
    assert (("no_language", "mentee", "es"), ("no_time", "mentee", 0)) in said(found)


def test_who_lost_out_to_somebody_hears_of_one_place_more() -> None:
    problem = round_of(noor(), noor(id="zed", interests={"work": 1}), tess())
    (unmatched,) = solve(problem).unmatched
    found = only_answer(problem, unmatched.mentee)
    assert [way.changes for way in found.ways] == [(PLACE,)]
    assert found.ways[0].mentors == ("tess",)
    assert found.ways[0].held


def test_a_change_that_only_puts_one_in_anothers_stead_is_not_told() -> None:
    """Zed speaks no Spanish; if he did, he would take Noor's place: that helps nobody."""
    zed = noor(id="zed", languages={"ar": 3}, priority=9)
    found = only_answer(round_of(noor(), zed, tess()), "zed")
    assert {len(way.changes) for way in found.ways} == {2}
    assert all(PLACE in way.changes for way in found.ways)


def test_nobody_is_ever_told_to_meet_whom_they_avoid() -> None:
    problem = round_of(noor(avoids=("tess",)), tess(), tess(id="uma", avoids=("noor",)))
    assert only_answer(problem) == Smallest("noor", (), True)


@pytest.mark.parametrize("never", [frozenset(), frozenset({"forbidden"})])
def test_a_ruled_out_pair_is_offered_only_where_that_is_allowed(never: frozenset[str]) -> None:
    problem = round_of(noor(), tess(), forbids=(Link("noor", "tess"),))
    found = WhatIf(Standing(problem, solve(problem)), never).smallest("noor")
    assert bool(found.ways) == (not never)


def test_a_pair_is_held_when_the_mentor_is_asked_for_something() -> None:
    problem = round_of(noor(topics=("court",)), tess(declines=("court",)))
    ways = {way.changes[0].whose: way for way in only_answer(problem).ways}
    assert (ways["mentor"].held, ways["mentee"].held) == (True, False)
    pinned = changed(problem, "noor", "tess", ways["mentor"].changes)
    assert pinned.pins == (Link("noor", "tess"),)
    assert held(ways["mentor"].changes)


def test_in_a_large_round_what_is_told_holds_for_some_of_everybody() -> None:
    problem = replace(generate.problem(150, 40, seed=5))
    found = list(answers(problem))
    assert len(found) > 10
    for standing, each in found[::4]:
        for way in each.ways[:2]:
            assert is_enough(problem, standing.solution, each.mentee, way.mentors[0], way.changes)
