"""No way of forming groups is better than the one found, and the same one is found again."""

from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.cohorts import (
    FileFaultsError,
    Problem,
    Rules,
    Solution,
    check,
    dumps_solution,
    generate,
    levels,
    solve,
)
from matching.cohorts.levels import Levels
from matching.cohorts.problem import RULES
from matching.cohorts.rules import Judge, session_of
from matching.cohorts.sessions import Table
from tests.matching.cohorts.few import circle, crowd, every_plan, fay, noor, worth
from tests.matching.test_solve import calm


def assert_best(problem: Problem) -> None:
    solution = solve(problem, seed=3)
    assert check.broken_rules(problem, solution) == []
    assert solution.status == "optimal"
    plan = {
        session_of(group): tuple(member.person for member in group.members)
        for group in solution.groups
    }
    assert worth(problem, plan) == max(worth(problem, other) for other in every_plan(problem))


@settings(calm, max_examples=200)
@given(st.integers(0, 10**6).map(crowd))
def test_no_groups_are_better_than_those_found(problem: Problem) -> None:
    assert_best(problem)


@settings(calm, max_examples=40)
@given(st.integers(0, 10**6).map(crowd))
def test_the_search_step_by_step_breaks_no_rule_and_no_bound(problem: Problem) -> None:
    before = levels.SMALL, levels.WHOLE
    levels.SMALL, levels.WHOLE = 0, 0
    try:
        solution = solve(problem, seed=3)
    finally:
        levels.SMALL, levels.WHOLE = before
    assert check.broken_rules(problem, solution) == []
    best = max(worth(problem, other) for other in every_plan(problem))
    bound = solution.levels[0].bound
    assert isinstance(bound, int)
    assert bound >= best[0]


@settings(calm, max_examples=60)
@given(st.integers(0, 10**6).map(crowd))
def test_a_worst_fit_once_reached_is_not_given_up_for_fewer_people_under_a_limit(
    problem: Problem,
) -> None:
    assert_best(replace(problem, objective=("placed", "worst", "total")))


def test_more_people_placed_by_a_later_level_are_told_at_the_first() -> None:
    problem = circle(noor(), noor(id="zed"), objective=("placed", "total"))
    hurried = Levels(Table(problem), deadline=0.0)
    hurried.plan = {}

    def told(stage: str, _done: float) -> None:
        if stage == "total":
            hurried.deadline = None

    placed, total = hurried.decide(told)
    assert (placed.value, placed.bound) == (2, 2)
    assert total.value == 2000


@settings(calm, max_examples=60)
@given(st.integers(0, 10**6).map(crowd), st.randoms(use_true_random=False))
def test_the_order_of_a_file_changes_nothing(problem: Problem, random: Random) -> None:
    def mixed(values: tuple[object, ...]) -> tuple[object, ...]:
        return tuple(random.sample(values, len(values)))

    other = replace(
        problem,
        people=mixed(tuple(replace(who, free=mixed(who.free)) for who in problem.people)),
        facilitators=mixed(problem.facilitators),
        apart=tuple((two, one) for one, two in problem.apart),
        pins=tuple(replace(pin, people=mixed(pin.people)) for pin in problem.pins),
    )
    one, two = (
        replace(solve(each, seed=5), seconds=0.0, problem_sha256="") for each in (problem, other)
    )
    assert dumps_solution(one) == dumps_solution(two)


@settings(calm, max_examples=100)
@given(st.integers(0, 10**6).map(crowd))
def test_arrays_and_plain_rules_agree_on_everybody(problem: Problem) -> None:
    table, judge = Table(problem), Judge(problem)
    for number, session in enumerate(table.sessions):
        for who, place in table.index.items():
            broken = tuple(rule for rule in RULES if table.broken[rule][number, place])
            assert broken == judge.why_not(who, session)
    for one, a in table.index.items():
        for other, b in table.index.items():
            if one != other:
                assert table.barred[a, b] == bool(judge.barred(one, other))
                assert table.too_far[a, b] == judge.too_far(one, other)
                assert table.speaks_with[a, b] == judge.speaks_with(one, other)


def test_sixty_people_are_placed_as_well_as_can_be() -> None:
    problem = generate.problem(60, 8, seed=1)
    solution = solve(problem)
    assert solution.status == "optimal"
    assert check.broken_rules(problem, solution) == []
    assert len(solution.groups) >= 4


def test_another_seed_breaks_ties_otherwise_and_reaches_the_same() -> None:
    problem = circle(*(noor(id=f"p{number}") for number in range(5)), fay())
    found = [solve(problem, seed=seed) for seed in range(6)]
    assert len({str(solution.levels) for solution in found}) == 1
    assert len({str(solution.groups) for solution in found}) > 1
    assert solve(problem, seed=2).groups == found[2].groups


def test_out_of_time_gives_groups_with_a_gap() -> None:
    problem = generate.problem(120, 14, seed=2)
    solution = solve(problem, time_limit=0.0)
    assert solution.status == "feasible"
    assert check.broken_rules(problem, solution) == []
    assert solution.groups
    assert _gaps(solution)


def _gaps(solution: Solution) -> list[str]:
    return [level.name for level in solution.levels if level.value != level.bound]


def test_nobody_and_no_facilitator_make_no_groups() -> None:
    for problem in (
        Problem(people=(), facilitators=()),
        Problem(people=(noor(),), facilitators=()),
        Problem(people=(), facilitators=(fay(),)),
    ):
        solution = solve(problem)
        assert (solution.status, solution.groups) == ("optimal", ())
        assert check.broken_rules(problem, solution) == []


def test_a_wrong_problem_is_refused_before_it_is_solved() -> None:
    with pytest.raises(FileFaultsError) as error:
        solve(circle(noor(), rules=Rules(min_size=3, max_size=2)))
    assert "$.rules.max_size" in str(error.value)


def test_progress_is_told_from_beginning_to_end() -> None:
    told: list[tuple[str, float]] = []
    solve(circle(noor(), noor(id="zed")), progress=lambda name, done: told.append((name, done)))
    assert [name for name, _ in told][:2] == ["sessions", "placed"]
    assert told[-1] == ("done", 1.0)
    assert np.all(np.diff([done for _, done in told]) >= 0)
