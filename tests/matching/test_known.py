"""Many pairs looked at together are judged as each of them alone; prices end or show a circle."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings

from matching import Continuing, Problem, generate, solve
from matching.flow.potentials import Walks
from matching.rules.judge import Judge
from matching.table.known import Known
from matching.table.scoring import Table
from tests.matching.small import problems
from tests.matching.test_solve import calm


@settings(calm, max_examples=120)
@given(problems(side=True))
def test_a_judge_who_has_looked_says_the_same_as_one_who_has_not(problem: Problem) -> None:
    alone, known = Judge(problem), Known(Table(problem))
    links = [(mentee.id, mentor.id) for mentee in problem.mentees for mentor in problem.mentors]
    known.look_at(links)
    for link in links:
        assert known.why_not(*link) == alone.why_not(*link)
        assert known.starts(*link) == alone.starts(*link)
        if problem.pairs is None or "forbidden" not in alone.why_not(*link):
            assert known.parts(*link) == alone.parts(*link)


def test_whoever_is_held_changes_nothing_for_the_others() -> None:
    """With everybody held who goes on, the rest is as if their mentors had fewer places."""
    problem = generate.problem(120, 30, seed=5)
    running = solve(problem).pairs[::2]
    held = replace(
        problem,
        continuing=tuple(Continuing(p.mentee, p.mentor, p.start) for p in running),
        objective=("matched", "total"),
    )
    gone = {pair.mentee for pair in running}
    busy = [(pair.mentor, pair.start) for pair in running]
    rest = replace(
        held,
        continuing=(),
        mentees=tuple(
            replace(who, prefers=(), avoids=()) for who in problem.mentees if who.id not in gone
        ),
        mentors=tuple(
            replace(
                who,
                capacity=who.capacity - sum(mentor == who.id for mentor, _ in busy),
                starts=tuple(start for start in who.starts if (who.id, start) not in busy),
                prefers=(),
                avoids=(),
            )
            for who in problem.mentors
        ),
    )
    new = [pair for pair in solve(held).pairs if pair.mentee not in gone]
    assert len(new) == len(solve(rest).pairs)


def walks(*arcs: tuple[int, int, int]) -> Walks:
    tail, head, cost = (np.array(side) for side in zip(*arcs, strict=True))
    return Walks(4, tail.astype(np.int32), head.astype(np.int32), cost)


def test_prices_fall_until_no_arc_costs_less_than_its_fall() -> None:
    prices = walks((0, 1, -2), (1, 2, -3), (0, 2, -1), (2, 3, 7)).settle(
        np.zeros(4, dtype=np.int64), np.arange(4)
    )
    assert prices.tolist() == [0, -2, -5, 0]


def test_there_is_no_end_to_prices_around_a_circle_that_costs_less_than_nothing() -> None:
    nothing = np.zeros(4, dtype=np.int64)
    assert walks((0, 1, 2), (1, 2, -3), (2, 0, 0)).settle(nothing, np.arange(4)) is None
    assert walks((0, 1, 3), (1, 2, -3), (2, 0, 0)).settle(nothing, np.arange(4)) is not None
