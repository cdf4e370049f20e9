"""A circle of people who share too few places is one: nobody could place them all."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from matching import Problem, check, generate, solve
from matching.explain.hall import Circle, around, circles
from matching.explain.standing import Standing
from tests.matching.small import crowded, noor, problems, round_of, tess
from tests.matching.test_contest import count_first
from tests.matching.test_solve import calm


def only(problem: Problem, mentees: set[str]) -> Problem:
    """The round of these mentees alone, and of whoever goes on as before."""
    held = {row.mentee for row in Standing(problem, solve(problem)).round.held}
    kept = mentees | held
    return replace(
        problem,
        mentees=tuple(e for e in problem.mentees if e.id in kept),
        mentors=tuple(
            replace(
                m,
                prefers=tuple(x for x in m.prefers if x in kept),
                avoids=tuple(x for x in m.avoids if x in kept),
            )
            for m in problem.mentors
        ),
        continuing=tuple(row for row in problem.continuing if row.mentee in held),
        pins=tuple(pin for pin in problem.pins if pin.mentee in kept),
        forbids=tuple(link for link in problem.forbids if link.mentee in kept),
        pairs=None
        if problem.pairs is None
        else tuple(pair for pair in problem.pairs if pair.mentee in kept),
        objective=("matched",),
    )


def placed(problem: Problem, mentees: set[str]) -> int:
    """How many of these mentees the best round of them alone places."""
    pairs = solve(only(problem, mentees)).pairs
    return sum(pair.mentee in mentees for pair in pairs)


def assert_short(problem: Problem, standing: Standing, circle: Circle) -> None:
    """All they could meet is counted, it is too little, and by how much is so."""
    task = standing.task
    inside = {standing.table.mentee_index[who] for who in circle.mentees}
    met = {
        standing.problem.mentors[mentor].id
        for row, mentor in zip(task.mentee.tolist(), task.mentor.tolist(), strict=True)
        if row in inside
    }
    assert met == set(circle.mentors)
    assert circle.short == len(circle.mentees) - circle.places == len(circle.without) > 0
    assert placed(problem, set(circle.mentees)) == circle.places


@settings(calm, max_examples=60)
@given(st.integers(0, 10**6).map(crowded).map(count_first) | problems().map(count_first))
def test_who_shares_too_few_places_is_counted_to_the_last(problem: Problem) -> None:
    standing = Standing(problem, solve(problem))
    found = circles(standing)
    for circle in found:
        assert_short(problem, standing, circle)
    people = [who for circle in found for who in circle.mentees]
    assert len(people) == len(set(people))
    open_ones = [row for row in standing.waiting if standing.open_to_somebody[row]]
    assert sum(circle.short for circle in found) == len(open_ones)


@settings(calm, max_examples=60)
@given(st.integers(0, 10**6).map(crowded).map(count_first))
def test_the_circle_around_somebody_is_the_smallest(problem: Problem) -> None:
    """Without any one who could give way, all others of the circle have a place."""
    standing = Standing(problem, solve(problem))
    for row in standing.waiting:
        if not standing.open_to_somebody[row]:
            continue
        circle = around(standing, [row])
        assert circle.short == 1
        assert circle.without == (standing.problem.mentees[row].id,)
        pinned = {pin.mentee for pin in problem.pins}
        for who in set(circle.mentees) - pinned:
            others = set(circle.mentees) - {who}
            assert placed(problem, others) == len(others)


def test_two_who_need_the_same_hour_are_a_circle() -> None:
    """Tess has two places, but both can come at one hour only: the hour is what is short."""
    one, other = noor(id="noor", free=(0, 1)), noor(id="zed", free=(0, 1))
    problem = round_of(one, other, tess(capacity=2))
    (circle,) = circles(Standing(problem, solve(problem)))
    assert (circle.places, circle.hours, circle.full) == (1, 1, ())
    assert circle.mentors == ("tess",)


def test_a_round_that_places_fewer_than_it_could_has_no_circle() -> None:
    problem = round_of(noor(), tess())
    empty = replace(problem, objective=("disruption",))
    assert check.broken_rules(empty, solve(empty)) == []
    problem = generate.problem(200, 40, seed=4)
    standing = Standing(problem, solve(problem))
    assert sum(circle.short for circle in circles(standing)) == sum(
        entry.reason == "contested" for entry in standing.solution.unmatched
    )
