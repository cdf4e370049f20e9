"""Groups that share mentors, minimums that are kept, supervisors whose teams have a limit."""

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from random import Random
from typing import Any

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
    Solution,
    Team,
    check,
    digest,
    dumps,
    explain,
    generate,
    loads,
    price,
    solve,
)
from matching.files.validity import faults
from matching.rules.judge import Judge, held
from tests.matching.small import (
    crowded,
    every_round,
    following,
    noor,
    round_of,
    shared,
    tess,
    worth,
)
from tests.matching.test_price import assert_best_for, best_ladder
from tests.matching.test_solve import calm, chosen

seeds = st.integers(0, 10**6)


def without_minimums(problem: Problem) -> Problem:
    kept = [group for group in problem.side.groups if group.per_mentor is not None]
    groups = tuple(replace(group, at_least=None) for group in kept)
    return replace(problem, side=replace(problem.side, groups=groups))


def assert_best_or_refused(problem: Problem) -> None:
    rounds = list(every_round(problem))
    if rounds:
        solution = solve(problem, seed=3)
        assert check.broken_rules(problem, solution) == []
        assert solution.status == "optimal"
        assert worth(problem, chosen(solution)) == max(worth(problem, pairs) for pairs in rounds)
        return
    with pytest.raises(FileFaultsError) as refused:
        solve(problem, seed=3)
    assert_said_truly(problem, refused.value)


def assert_said_truly(problem: Problem, error: FileFaultsError) -> None:
    """Each minimum that is named can't be had with the others that are named, whatever is done."""
    named = {int(fault.path.split("[")[1].split("]")[0]) for fault in error.faults}
    assert {fault.path for fault in error.faults} == {
        f"$.side.groups[{place}].at_least" for place in named
    }
    wanted = [problem.side.groups[place] for place in named]
    for pairs in every_round(without_minimums(problem)):
        assert any(
            len(pairs.keys() & set(group.mentees)) < (group.at_least or 0) for group in wanted
        )


@settings(calm, max_examples=120)
@given(seeds.map(shared))
def test_no_round_is_better_where_groups_and_teams_bind(problem: Problem) -> None:
    assert_best_or_refused(problem)


@settings(calm, max_examples=100)
@given(seeds.map(lambda seed: shared(seed, nested=True)))
def test_what_is_nested_is_a_flow_and_no_round_is_better(problem: Problem) -> None:
    assert_best_or_refused(problem)
    if list(every_round(problem)):
        assert solve(problem).engine == "flow/1"
        assert solve(problem, time_limit=0.0).engine == "flow/1"


@settings(calm, max_examples=60)
@given(seeds.map(shared), st.randoms(use_true_random=False))
def test_the_order_of_groups_and_teams_changes_nothing(problem: Problem, random: Random) -> None:
    def mixed(rows: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(random.sample(rows, len(rows)))

    side = Side(
        mixed(problem.side.apart),
        tuple(replace(g, mentees=mixed(g.mentees)) for g in mixed(problem.side.groups)),
        tuple(replace(t, mentors=mixed(t.mentors)) for t in mixed(problem.side.teams)),
    )
    other = replace(
        problem, side=side, mentees=mixed(problem.mentees), mentors=mixed(problem.mentors)
    )
    try:
        one = solve(problem, seed=2)
    except FileFaultsError:
        with pytest.raises(FileFaultsError):
            solve(other, seed=2)
        return
    two = solve(other, seed=2)
    assert (one.pairs, one.levels, one.engine) == (two.pairs, two.levels, two.engine)


@settings(calm, max_examples=100)
@given(seeds.map(shared) | seeds.map(crowded))
def test_those_who_would_rather_meet_could_under_every_rule(problem: Problem) -> None:
    if not list(every_round(problem)):
        return
    solution = solve(problem, seed=3)
    listed = check.blocking_pairs(problem, solution)
    assert solution.blocking_pairs == len(listed)
    assert {(link.mentee, link.mentor) for link in listed} == could_move(problem, solution)


def could_move(problem: Problem, solution: Solution) -> set[tuple[str, str]]:
    """Who would rather meet, by trying every round that differs by one move and one who leaves."""
    judge, now = Judge(problem), chosen(solution)
    fixed = {pin.mentee for pin in problem.pins} | {row.mentee for row in held(judge)[0]}
    kept = [set(pairs.items()) for pairs in every_round(problem)]
    found = set()
    for mentee in judge.mentees.keys() - fixed:
        for mentor in judge.mentors:
            score = -1 if judge.why_not(mentee, mentor) else judge.score(mentee, mentor)
            mine = judge.score(mentee, now[mentee][0]) if mentee in now else -1
            if score <= mine:
                continue
            leaving = [
                who
                for who, (other, _) in now.items()
                if other == mentor and who not in fixed and judge.score(who, mentor) < score
            ]
            full = (
                sum(other == mentor for other, _ in now.values()) >= judge.mentors[mentor].capacity
            )
            for gone in ([] if full else [None]) + leaving:
                rest = {(w, p) for w, p in now.items() if w not in (mentee, gone)}
                starts = [None] if problem.timeless else judge.starts(mentee, mentor)
                if any(rest | {(mentee, (mentor, start))} in kept for start in starts):
                    found.add((mentee, mentor))
    return found


HOUSE = ("noor", "zed")
TWO = round_of(noor(), noor(id="zed"), tess(capacity=2))


def grouped(problem: Problem, **limits: Any) -> Problem:
    return replace(problem, side=Side(groups=(Group(id="house", mentees=HOUSE, **limits),)))


def teamed(problem: Problem, at_most: int) -> Problem:
    team = Team(id="anna", mentors=tuple(m.id for m in problem.mentors), at_most=at_most)
    return replace(problem, side=Side(teams=(team,)))


def test_no_mentor_has_more_of_a_house_than_it_says() -> None:
    assert len(solve(grouped(TWO, per_mentor=2)).pairs) == 2
    solution = solve(grouped(TWO, per_mentor=1))
    assert len(solution.pairs) == 1
    assert solution.unmatched[0].would_help[0].rule == "group"
    assert "group" in explain.unmatched(TWO, solution.unmatched[0])[1].text


def test_a_supervisors_team_has_no_more_pairs_than_it_may() -> None:
    assert len(solve(teamed(TWO, 2)).pairs) == 2
    solution = solve(teamed(TWO, 1))
    assert (len(solution.pairs), solution.engine) == (1, "flow/1")
    assert solution.unmatched[0].would_help[0].rule == "team"
    assert "team" in explain.unmatched(TWO, solution.unmatched[0])[1].text


def test_a_house_gets_what_it_is_promised_though_others_fit_better() -> None:
    problem = round_of(noor(priority=9), noor(id="zed", interests={}), tess())
    assert [pair.mentee for pair in solve(problem).pairs] == ["noor"]
    house = Side(groups=(Group(id="house", mentees=("zed",), at_least=1),))
    promised = solve(replace(problem, side=house))
    assert ([pair.mentee for pair in promised.pairs], promised.engine) == (["zed"], "flow/1")


def test_one_who_goes_on_counts_for_the_house_and_for_the_team() -> None:
    on = replace(TWO, continuing=(Continuing("noor", "tess", 0),))
    assert len(solve(grouped(on, per_mentor=1)).pairs) == 1
    assert len(solve(grouped(on, at_least=2)).pairs) == 2
    assert [pair.mentee for pair in solve(teamed(on, 1)).pairs] == ["noor"]


def test_who_can_not_go_on_under_a_limit_is_let_go_and_told_why() -> None:
    both = replace(TWO, continuing=(Continuing("noor", "tess", 0), Continuing("zed", "tess", 2)))
    for problem, code in ((grouped(both, per_mentor=1), "group"), (teamed(both, 1), "team")):
        (lapsed,) = check.lapsed(problem)
        assert lapsed.rules == (code,)
        assert code in explain.lapsed(lapsed).text
        assert len(solve(problem).pairs) == 1


def test_pins_that_no_limit_lets_stand_are_all_named() -> None:
    pinned = replace(TWO, pins=(Link("noor", "tess"), Link("zed", "tess")))
    for problem in (grouped(pinned, per_mentor=1), teamed(pinned, 1)):
        with pytest.raises(FileFaultsError) as refused:
            solve(problem)
        assert [fault.path for fault in refused.value.faults] == ["$.pins[0]", "$.pins[1]"]


def test_a_minimum_that_nobody_can_reach_says_how_far_it_goes() -> None:
    problem = grouped(round_of(noor(), noor(id="zed", free=()), tess(capacity=2)), at_least=2)
    with pytest.raises(FileFaultsError) as refused:
        solve(problem)
    (fault,) = refused.value.faults
    assert fault.path == "$.side.groups[0].at_least"
    assert "asks for 2, and at most 1 of them can be matched" in fault.message


def test_minimums_that_contradict_each_other_are_all_named() -> None:
    groups = [Group(id=who, mentees=(who,), at_least=1) for who in ("zed", "noor", "kim")]
    elsewhere = noor(id="kim", languages={"en": 3})
    people = (noor(), noor(id="zed"), elsewhere, tess(), tess(id="ben", languages={"en": 3}))
    with pytest.raises(FileFaultsError) as refused:
        solve(replace(round_of(*people), side=Side(groups=tuple(groups))))
    assert [fault.path for fault in refused.value.faults] == [
        "$.side.groups[0].at_least",
        "$.side.groups[1].at_least",
    ]
    assert "noor and zed ask for 2 together and can have 1" in refused.value.faults[0].message


def test_a_minimum_that_other_rules_put_out_of_reach_is_named() -> None:
    groups = (Group(id="house", mentees=HOUSE, at_least=2),)
    with pytest.raises(FileFaultsError) as refused:
        solve(replace(TWO, side=Side((HOUSE,), groups)))
    (fault,) = refused.value.faults
    assert fault.path == "$.side.groups[0].at_least"
    assert "at most 1 of them" in fault.message


@pytest.mark.parametrize(
    ("side", "path"),
    [
        (Side(groups=(Group(id="", mentees=HOUSE, per_mentor=1),)), "$.side.groups[0].id"),
        (Side(groups=(Group(id="g", mentees=HOUSE),)), "$.side.groups[0]"),
        (Side(groups=(Group(id="g", mentees=("nobody",), at_least=1),)), "$.side.groups[0].mentees[0]"),
        (Side(groups=(Group(id="g", mentees=("zed", "zed"), at_least=1),)), "$.side.groups[0].mentees[1]"),
        (Side(groups=(Group(id="g", mentees=HOUSE, at_least=3),)), "$.side.groups[0].at_least"),
        (Side(groups=(Group(id="g", mentees=HOUSE, per_mentor=-1),)), "$.side.groups[0].per_mentor"),
        (Side(groups=(Group(id="g", mentees=HOUSE, per_mentor=1),) * 2), "$.side.groups[1].id"),
        (Side(teams=(Team(id="t", mentors=("noor",), at_most=1),)), "$.side.teams[0].mentors[0]"),
        (Side(teams=(Team(id="t", mentors=("tess",), at_most=-1),)), "$.side.teams[0].at_most"),
        (Side(teams=(Team(id="t", mentors=("tess",), at_most=1),) * 2), "$.side.teams[1].id"),
    ],
)  # fmt: skip
def test_a_wrong_group_or_team_is_refused_where_it_is_wrong(side: Side, path: str) -> None:
    with pytest.raises(FileFaultsError) as refused:
        solve(replace(TWO, side=side))
    assert path in [fault.path for fault in refused.value.faults]


def test_a_stable_round_refuses_groups_and_teams() -> None:
    for problem in (grouped(TWO, per_mentor=1), teamed(TWO, 1)):
        with pytest.raises(FileFaultsError):
            solve(replace(problem, objective=("stable",)))


@pytest.mark.parametrize(
    ("rule", "harder"),
    [
        ("group", lambda problem: grouped(problem, per_mentor=1)),
        ("team", lambda problem: teamed(problem, 1)),
        ("minimum", lambda problem: grouped(problem, at_least=2)),
    ],
)
def test_the_referee_names_the_rule(rule: str, harder: Callable[[Problem], Problem]) -> None:
    solution = solve(TWO)
    if rule == "minimum":
        solution = replace(solution, pairs=solution.pairs[:1])
    codes = {broken.rule for broken in check.broken_rules(harder(TWO), solution)}
    assert rule in codes


@settings(calm, max_examples=40)
@given(seeds.map(shared))
def test_groups_and_teams_come_through_a_file_unchanged(problem: Problem) -> None:
    assert loads(dumps(problem)) == problem


def test_a_round_without_groups_has_the_digest_it_always_had() -> None:
    assert '"side":{"apart":[]}' in dumps(TWO)
    assert digest(TWO) != digest(grouped(TWO, per_mentor=1))


def test_a_lifelike_round_with_everything_is_proven() -> None:
    problem = generate.together(generate.problem(120, 30, seed=5), seed=5)
    assert problem.side.groups
    assert problem.side.teams
    solution = solve(problem)
    assert solution.status == "optimal"
    assert check.broken_rules(problem, solution) == []
    hurried = solve(problem, time_limit=0.0)
    assert check.broken_rules(problem, hurried) == []


def test_crossing_teams_are_solved_too_and_said_to_cross() -> None:
    problem = generate.problem(40, 12, seed=3)
    ids = [mentor.id for mentor in problem.mentors]
    teams = [
        Team(id=f"t{place}", mentors=tuple(who), at_most=3)
        for place, who in enumerate(list(combinations(ids, 5))[:8])
    ]
    crossing = replace(problem, side=Side(teams=tuple(teams)))
    solution = solve(crossing)
    assert (solution.status, solution.engine) == ("optimal", "cpsat/2")
    assert check.broken_rules(crossing, solution) == []
    assert "crosses another" in explain.solver(crossing, solution).text


def test_without_hours_limits_of_a_mentor_are_a_flow_too() -> None:
    needy = tuple(replace(mentee, high_need=True) for mentee in TWO.mentees)
    timeless = replace(TWO, mentees=needy, timeless=True)
    house = grouped(timeless, per_mentor=1)
    limited = replace(
        timeless, mentors=tuple(replace(m, max_high_need=1) for m in timeless.mentors)
    )
    for problem in (house, limited):
        solution = solve(problem)
        assert (len(solution.pairs), solution.engine) == (1, "flow/1")


@settings(calm, max_examples=60)
@given(seeds.map(lambda seed: replace(shared(seed), timeless=True)))
def test_no_timeless_round_is_better_where_groups_and_teams_bind(problem: Problem) -> None:
    assert_best_or_refused(replace(problem, continuing=(), pins=()))


def sharing(seed: int, nested: bool) -> Problem:
    """A round that follows another, with a group and a team."""
    problem, random = following(seed), Random(seed)
    who = tuple(random.sample([mentee.id for mentee in problem.mentees], 3))
    mentors = tuple(random.sample([mentor.id for mentor in problem.mentors], 2))
    group = Group(id="g", mentees=who, per_mentor=None if nested else 1, at_least=1)
    team = Team(id="t", mentors=mentors, at_most=random.choice((1, 2, 3)))
    made = replace(problem, side=Side(groups=(group,), teams=(team,)))
    return made if not faults(made) else replace(made, pins=())


@settings(calm, max_examples=80)
@given(seeds, st.booleans())
def test_running_pairs_change_at_a_right_price_where_groups_and_teams_bind(
    seed: int, nested: bool
) -> None:
    problem = sharing(seed, nested)
    try:
        solve(problem)
    except FileFaultsError:
        return
    assert price.ladder(problem) == best_ladder(problem, kindly=True)
    assert_best_for(problem, may_change=seed % 3)
