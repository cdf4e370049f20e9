"""What a programme may count on when its people change: names, and one mentor more."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from matching import GivenPair, Mentor, Problem, check, generate, solve
from tests.matching.small import crowded, mentors, problems
from tests.matching.test_solve import calm


def renamed(problem: Problem, name: Callable[[str], str]) -> Problem:
    """The same people under other names, wherever a name stands."""

    def of(rows: Any, *ends: str) -> Any:
        return rows and tuple(
            replace(row, **{end: _named(getattr(row, end), name) for end in ends}) for row in rows
        )

    people = ("id", "prefers", "avoids")
    couples = tuple((name(one), name(other)) for one, other in problem.side.apart)
    return replace(
        problem,
        mentees=of(problem.mentees, *people),
        mentors=of(problem.mentors, *people),
        side=replace(problem.side, apart=couples),
        **{
            rows: of(getattr(problem, rows), "mentee", "mentor")
            for rows in ("continuing", "pins", "forbids", "pairs")
        },
    )


def _named(who: str | tuple[str, ...], name: Callable[[str], str]) -> str | tuple[str, ...]:
    return name(who) if isinstance(who, str) else tuple(map(name, who))


def backwards(who: str) -> str:
    """Another name, which sorts the other way round."""
    return f"{who[0]}{9999 - int(who[1:])}"


@settings(calm, max_examples=100)
@given(problems(side=True) | st.integers(0, 10**6).map(crowded))
def test_other_names_change_no_level(problem: Problem) -> None:
    # Of two running pairs that are worth the same, the name says which keeps the last place.
    assume(not check.lapsed(problem))
    one, two = solve(problem, seed=1), solve(renamed(problem, backwards), seed=1)
    assert one.levels == two.levels
    assert len(one.unmatched) == len(two.unmatched)


def test_other_names_change_no_level_of_a_large_round() -> None:
    problem = generate.problem(300, 80, 5)
    assert solve(problem).levels == solve(renamed(problem, backwards)).levels


@settings(calm, max_examples=100)
@given(
    problems(side=True) | st.integers(0, 10**6).map(crowded),
    mentors("m9", (), side=True),
)
def test_one_more_mentor_never_leaves_fewer_matched(problem: Problem, new: Mentor) -> None:
    problem = replace(problem, objective=("matched", "worst", "total"))
    more = problem.pairs and tuple(GivenPair(who.id, "m9", 400) for who in problem.mentees)
    wider = replace(
        problem,
        mentors=(*problem.mentors, new),
        pairs=problem.pairs and (*problem.pairs, *(more or ())),
    )
    before, after = solve(problem), solve(wider)
    assert after.levels[0].value >= before.levels[0].value  # type: ignore[operator]
    assert after.status == "optimal"


@settings(calm, max_examples=60)
@given(problems(side=True))
def test_one_more_place_never_leaves_fewer_matched(problem: Problem) -> None:
    problem = replace(problem, objective=("matched",))
    assume(not check.lapsed(problem))
    wider = tuple(replace(who, capacity=who.capacity + 1) for who in problem.mentors)
    before, after = solve(problem), solve(replace(problem, mentors=wider))
    assert after.levels[0].value >= before.levels[0].value  # type: ignore[operator]
