"""Rounds in which some bind others: every way of looking comes to the same, proven round."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import Problem, Side, check, dumps_solution, generate, solve
from matching.engine import Round
from matching.flow import levels as flow
from matching.flow.network import build
from matching.side import descent, search
from matching.side.bounds import prove, prove_by_flow
from matching.side.relaxation import Relaxed
from matching.side.rules import Row, Rows
from tests.matching.small import crowded, every_round, problems
from tests.matching.test_solve import assert_best, calm


def acquainted(mentees: int, seed: int) -> Problem:
    """A lifelike round in which many know each other and mentors take one of high need."""
    made, random = generate.problem(mentees, mentees // 4, seed), Random(seed)
    ids = [mentee.id for mentee in made.mentees]
    couples = {tuple(sorted(random.sample(ids, 2))) for _ in range(8 * mentees)}
    return replace(
        made,
        mentors=tuple(replace(mentor, max_high_need=1) for mentor in made.mentors),
        side=Side(tuple(sorted(couples))),
    )


@contextmanager
def looking(**how: int) -> Iterator[None]:
    """The search looks at fewer pairs at first, or asks one of its solvers less."""
    of = {name: search if name == "FIRST" else descent for name in how}
    before = {name: getattr(of[name], name) for name in how}
    for name, value in how.items():
        setattr(of[name], name, value)
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(of[name], name, value)


WAYS = ({}, {"FIRST": 1, "NEXT": 0}, {"FIRST": 10**6}, {"TRIES": 0}, {"TRIES": 0, "LEAN": 1})


@settings(calm, max_examples=40)
@given(problems(side=True) | st.integers(0, 10**6).map(crowded), st.sampled_from(WAYS))
def test_whichever_way_the_search_goes_no_round_is_better(
    problem: Problem, way: dict[str, int]
) -> None:
    with looking(**way):
        assert_best(problem)


def test_whichever_way_the_search_goes_it_comes_to_the_same_round() -> None:
    problem = acquainted(120, seed=3)
    answers = set()
    for way in WAYS:
        with looking(**way):
            answers.add(dumps_solution(replace(solve(problem), seconds=0.0)))
    mirrored = replace(problem, mentees=problem.mentees[::-1], mentors=problem.mentors[::-1])
    assert len(answers) == 1
    assert solve(mirrored).pairs == solve(problem).pairs


def test_every_level_of_a_large_round_is_proven_and_so_are_the_ties() -> None:
    round_ = Round(acquainted(400, seed=2), seed=1)
    engine, outcome = round_.decide(None, lambda _stage, _done: None)
    assert engine == "cpsat"
    assert all(end.value == end.bound for end in outcome.reached)


@settings(calm, max_examples=60)
@given(st.integers(0, 10**6).map(crowded), st.randoms(use_true_random=False))
def test_no_round_is_under_a_bound_whatever_the_prices_are(problem: Problem, random) -> None:
    round_ = Round(problem, seed=0)
    task, rows = round_.task, Rows(round_.task, round_.side)
    face = flow.Face(task, build(task))
    every = (*rows.standing, *rows.couples(np.arange(len(task.mentee))))
    prices = np.array([random.uniform(-1, 3) for _ in every])
    potential = np.array([random.uniform(-3, 3) for _ in range(face.network.nodes)])
    place = {
        (problem.mentees[e].id, problem.mentors[m].id): index
        for index, (e, m) in enumerate(zip(task.mentee.tolist(), task.mentor.tolist(), strict=True))
    }
    for stage in (stage for stage in round_.stages if stage.name != "worst"):
        costs = task.cost(stage)
        relaxed = Relaxed(
            np.zeros(len(face.network.pair)), potential * costs.max(initial=1), every, prices
        )
        proof = prove(face, costs, relaxed)
        assert proof is not None
        for pairs in every_round(round_.problem):
            chosen = [place.get((who, mentor)) for who, (mentor, _) in pairs.items()]
            assert proof.least() <= sum(int(costs[pair]) for pair in chosen if pair is not None)


def test_prices_too_large_for_whole_numbers_prove_nothing_rather_than_something_false() -> None:
    """A kept level of scores near a thousand million, at a price: the product would wrap around."""
    round_ = Round(crowded(3), seed=0)
    task = round_.task
    face, pairs = flow.Face(task, build(task)), np.arange(len(task.mentee))
    row = Row(pairs, np.full(len(pairs), 10**9), 0)
    still = np.zeros(face.network.nodes)
    dear = Relaxed(np.zeros(len(face.network.pair)), still, (row,), np.array([2.0**40]))
    costs = task.cost(next(stage for stage in round_.stages if stage.name != "worst"))
    assert prove(face, costs, dear) is None
    assert prove_by_flow(face, costs, dear) is None


def in_a_hurry() -> list[Problem]:
    plain = generate.problem(150, 40, seed=2)
    couples = tuple(pairwise(mentee.id for mentee in plain.mentees))
    return [plain, acquainted(150, seed=4), replace(plain, side=Side(couples))]


@pytest.mark.parametrize("problem", in_a_hurry())
@pytest.mark.parametrize("limit", [0.0, 0.001, 0.02, 0.1, 0.3])
def test_who_runs_out_of_time_gets_the_best_so_far_and_its_distance(
    problem: Problem, limit: float
) -> None:
    best, hurried = solve(problem), solve(problem, time_limit=limit)
    assert best.status == "optimal"
    assert check.broken_rules(problem, hurried) == []
    assert hurried.pairs
    for mine, proven in zip(hurried.levels, best.levels, strict=True):
        if mine.value != proven.value:
            assert hurried.status == "feasible"
            assert mine.value != mine.bound
            break
        assert mine.bound is not None
    first = hurried.levels[0]
    assert first.bound >= best.levels[0].value >= first.value


def test_with_no_time_at_all_the_flow_still_bounds_the_first_level() -> None:
    problem = acquainted(150, seed=4)
    free = replace(
        problem,
        side=Side(),
        mentors=tuple(replace(mentor, max_high_need=None) for mentor in problem.mentors),
    )
    hurried = solve(problem, time_limit=0.0)
    assert hurried.status == "feasible"
    assert hurried.levels[0].bound == solve(free).levels[0].value
