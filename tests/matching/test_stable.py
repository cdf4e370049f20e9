"""The stable round: no two people would rather meet each other than whom they meet."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import (
    FileFaultsError,
    Mentor,
    Problem,
    Side,
    check,
    generate,
    solve,
)
from tests.matching.small import crowded, problems
from tests.matching.test_solve import calm


def stable(problem: Problem) -> Problem:
    """The same people, in a round that is to be stable."""
    mentors = tuple(replace(mentor, max_high_need=None) for mentor in problem.mentors)
    return replace(problem, mentors=mentors, side=Side(), objective=("stable",))


@calm
@given(problems())
def test_nobody_would_rather_meet_somebody_who_would_rather_meet_them(problem: Problem) -> None:
    problem = stable(problem)
    solution = solve(problem, seed=3)
    assert check.broken_rules(problem, solution) == []
    assert check.blocking_pairs(problem, solution) == ()
    assert (solution.status, solution.blocking_pairs) == ("optimal", 0)


@calm
@given(st.integers(0, 10**6).map(crowded))
def test_it_is_stable_where_many_want_the_same(problem: Problem) -> None:
    problem = stable(problem)
    assert check.blocking_pairs(problem, solve(problem, seed=3)) == ()


@calm
@given(problems())
def test_those_who_would_rather_meet_are_listed_one_by_one(problem: Problem) -> None:
    solution = solve(problem, seed=3)
    assert len(check.blocking_pairs(problem, solution)) == solution.blocking_pairs


def test_stability_costs_people_and_leaves_the_worst_off_worse() -> None:
    problem = generate.problem(200, 50, seed=2)
    best, firm = solve(problem), solve(stable(problem))
    assert firm.blocking_pairs == 0 < best.blocking_pairs
    assert len(firm.pairs) < len(best.pairs)
    assert min(p.score for p in firm.pairs) < min(p.score for p in best.pairs)


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"objective": ("stable", "total")}, "$.objective"),
        ({"side": Side(apart=(("e1", "e2"),))}, "$.side.apart"),
        (
            {"mentors": (Mentor(id="m1", capacity=1, max_high_need=0),)},
            "$.mentors[0].max_high_need",
        ),
    ],
)
def test_what_a_stable_round_can_not_keep_is_refused(changes: dict[str, object], path: str) -> None:
    problem = stable(generate.problem(4, 2, seed=1))
    with pytest.raises(FileFaultsError) as refused:
        solve(replace(problem, **changes))
    assert path in [fault.path for fault in refused.value.faults]
