"""Why somebody else has the place: what is said would happen otherwise does, solved anew."""

from dataclasses import replace
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from matching import Problem, Side, Solution, solve
from matching.explain.contest import Contest, contests, loss_of, weigh
from matching.explain.standing import Standing
from matching.files.validity import faults
from tests.matching.small import crowded, problems
from tests.matching.test_solve import calm

LATER = ("worst", "levels", "total", "disruption")


def count_first(problem: Problem) -> Problem:
    """The same round with the number of people first, and nobody to be kept apart."""
    rest = tuple(name for name in problem.objective if name != "matched")
    easier = replace(
        problem,
        objective=("matched", *rest),
        side=Side(),
        mentors=tuple(replace(mentor, max_high_need=None) for mentor in problem.mentors),
    )
    return replace(easier, pins=()) if faults(easier) else easier


def every_contest(problem: Problem, solution: Solution) -> dict[str, Contest]:
    standing = Standing(problem, solution)
    found = contests(standing, list(standing.waiting)) if standing.exact else {}
    return {contest.mentee: contest for contest in found.values()}


def assert_so(problem: Problem, solution: Solution, contest: Contest) -> None:
    """The chain costs what it is said to, and no other way to place the mentee costs less."""
    weighed = {m.id: weigh(problem, solution, contest.mentee, m.id) for m in problem.mentors}
    ways = {mentor: way for mentor, way in weighed.items() if way is not None}
    losses = {mentor: loss_of(problem, way) for mentor, way in ways.items()}
    mine = losses[contest.mentor]
    assert (mine.place, -mine.loss) == max((x.place, -x.loss) for x in losses.values())
    assert (mine.name, mine.threshold, mine.loss) == (
        contest.level,
        contest.threshold,
        contest.loss,
    )
    if contest.level != "ties":
        assert (mine.now, mine.then) == (contest.before, contest.after)
        assert contest.loss > 0


def assert_chain(solution: Solution, contest: Contest) -> None:
    """Each one moves to where the next one was."""
    has = {pair.mentee: pair.mentor for pair in solution.pairs}
    moves = contest.moves
    assert (moves[0].mentee, moves[0].before, moves[0].after) == (
        contest.mentee,
        None,
        contest.mentor,
    )
    for one, following in pairwise(moves):
        assert following.before == one.after
    assert all(has.get(move.mentee) == move.before for move in moves)
    assert len({move.mentee for move in moves}) == len(moves)


@settings(calm, max_examples=150)
@given(st.integers(0, 10**6).map(crowded).map(count_first))
def test_whoever_is_told_of_a_contest_could_not_have_been_placed_better(problem) -> None:
    solution = solve(problem, seed=3)
    for contest in every_contest(problem, solution).values():
        assert_chain(solution, contest)
        assert_so(problem, solution, contest)


@settings(calm, max_examples=100)
@given(problems().map(count_first))
def test_the_same_holds_of_people_who_say_what_they_need(problem: Problem) -> None:
    solution = solve(problem, seed=3)
    for contest in every_contest(problem, solution).values():
        assert_chain(solution, contest)
        assert_so(problem, solution, contest)
