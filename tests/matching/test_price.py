"""Running pairs change only for people who would stay without a mentor, and as few as can be."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matching import (
    Continuing,
    FileFaultsError,
    Link,
    Problem,
    Rung,
    Side,
    check,
    dumps,
    generate,
    loads,
    price,
    solve,
)
from matching.rules.judge import Judge, held
from tests.matching.small import every_round, following, noor, round_of, tess, worth

calm = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
Pairs = dict[str, tuple[str, int | None]]
seeds = st.integers(0, 10**6)


def standing(problem: Problem) -> dict[str, Continuing]:
    return {row.mentee: row for row in held(Judge(problem))[0]}


def changes(problem: Problem, pairs: Pairs) -> tuple[int, int]:
    """How many held pairs get another mentor or hour, and how many another mentor."""
    rows = standing(problem).values()
    now = [(pairs.get(row.mentee, (None, None)), (row.mentor, row.start)) for row in rows]
    return sum(a != b for a, b in now), sum(a[0] != b[0] for a, b in now)


def rounds_of(problem: Problem, *, kindly: bool) -> Iterator[Pairs]:
    """Every round in which held pairs may change; ``kindly``: nobody who would have a mentor
    without any change is left without one.
    """
    stands = {pair.mentee for pair in solve(replace(problem, may_change=0), seed=1).pairs}
    pinned = {pin.mentee for pin in problem.pins}
    rows = standing(problem)
    for pairs in every_round(replace(problem, keep="prefer", may_change=0)):
        left_alone = all(
            pairs.get(who) == (row.mentor, row.start) for who, row in rows.items() if who in pinned
        )
        if left_alone and (not kindly or stands <= pairs.keys()):
            yield pairs


def best_ladder(problem: Problem, *, kindly: bool) -> tuple[Rung, ...]:
    """The ladder by looking at every round."""
    fewest: dict[int, int] = {}
    for pairs in rounds_of(problem, kindly=kindly):
        count = changes(problem, pairs)[0]
        fewest[len(pairs)] = min(fewest.get(len(pairs), count), count)
    most = max(people for people, count in fewest.items() if count == 0)
    found = [Rung(0, 0)]
    for people in sorted(fewest):
        worthwhile = all(fewest[more] > fewest[people] for more in fewest if more > people)
        if people > most and worthwhile:
            found.append(Rung(fewest[people], people - most))
    return tuple(found)


@settings(calm, max_examples=120)
@given(seeds)
def test_the_price_is_what_looking_at_every_round_says(seed: int) -> None:
    problem = following(seed)
    assert price.ladder(problem) == best_ladder(problem, kindly=True)


@settings(calm, max_examples=100)
@given(seeds)
def test_it_costs_nobody_anything_that_none_is_left_behind(seed: int) -> None:
    problem = following(seed)
    assert best_ladder(problem, kindly=True) == best_ladder(problem, kindly=False)


@settings(calm, max_examples=60)
@given(seeds)
def test_the_price_is_right_where_some_are_kept_apart(seed: int) -> None:
    problem = following(seed, side=True)
    assert price.ladder(problem) == best_ladder(problem, kindly=True)


def assert_best_for(problem: Problem, may_change: int) -> None:
    problem = replace(problem, may_change=may_change)
    solution = solve(problem, seed=1)
    assert check.broken_rules(problem, solution) == []
    assert solution.status == "optimal"

    def value(pairs: Pairs) -> tuple[object, ...]:
        every, mentors = changes(problem, pairs)
        return (len(pairs), -every, -mentors, worth(problem, pairs))

    chosen = {pair.mentee: (pair.mentor, pair.start) for pair in solution.pairs}
    affordable = [
        pairs
        for pairs in rounds_of(problem, kindly=True)
        if changes(problem, pairs)[0] <= may_change
    ]
    assert value(chosen) == max(map(value, affordable))


@settings(calm, max_examples=120)
@given(seeds, st.integers(1, 3))
def test_no_round_with_so_few_changes_is_better(seed: int, may_change: int) -> None:
    assert_best_for(following(seed), may_change)


@settings(calm, max_examples=60)
@given(seeds, st.integers(1, 3))
def test_no_round_with_so_few_changes_is_better_where_some_are_kept_apart(
    seed: int, may_change: int
) -> None:
    assert_best_for(following(seed, side=True), may_change)


def evening() -> Problem:
    """Noor meets Tess, the only one who could meet Lena; Ben could meet Noor."""
    return round_of(
        noor(languages={"es": 3, "en": 3}),
        noor(id="lena"),
        tess(),
        tess(id="ben", languages={"en": 3}),
        continuing=(Continuing("noor", "tess", 0),),
    )


def test_nobody_is_moved_unless_somebody_asks() -> None:
    pairs = {pair.mentee: pair.mentor for pair in solve(evening()).pairs}
    assert pairs == {"noor": "tess"}


def test_noor_meets_ben_so_that_lena_gets_tess() -> None:
    pairs = {pair.mentee: pair.mentor for pair in solve(replace(evening(), may_change=1)).pairs}
    assert pairs == {"noor": "ben", "lena": "tess"}


def test_nobody_is_moved_to_be_placed_better() -> None:
    problem = round_of(
        noor(prefers=("ben",)),
        tess(interests={}),
        tess(id="ben"),
        continuing=(Continuing("noor", "tess", 0),),
        may_change=1,
    )
    assert [pair.mentor for pair in solve(problem).pairs] == ["tess"]


def test_another_hour_comes_before_another_mentor() -> None:
    problem = round_of(
        noor(free=(0, 1, 2, 3)),
        noor(id="lena", free=(0, 1)),
        tess(capacity=2),
        tess(id="ben"),
        continuing=(Continuing("noor", "tess", 0),),
        forbids=(Link("lena", "ben"),),
        may_change=1,
    )
    meetings = {pair.mentee: (pair.mentor, pair.start) for pair in solve(problem).pairs}
    assert meetings == {"noor": ("tess", 2), "lena": ("tess", 0)}


def test_a_pinned_pair_is_left_alone_at_any_price() -> None:
    problem = replace(evening(), pins=(Link("noor", "tess"),), may_change=1)
    assert [pair.mentee for pair in solve(problem).pairs] == ["noor"]
    assert price.ladder(evening()) == (Rung(0, 0), Rung(1, 1))
    assert price.ladder(replace(evening(), pins=problem.pins)) == (Rung(0, 0),)


def test_the_price_is_said_in_words() -> None:
    assert (
        price.sentence(Rung(0, 0)).text
        == "While every running pair stays, nobody more gets a mentor."
    )
    assert (
        price.sentence(Rung(1, 1)).text
        == "If one running pair may change, one more person gets a mentor."
    )
    assert (
        price.sentence(Rung(2, 5)).text
        == "If two running pairs may change, five more people get a mentor."
    )
    assert price.sentence(Rung(13, 2)).facts == {"changes": 13, "more": 2}


def test_the_referee_sees_who_is_left_behind_and_what_is_more_than_may_change() -> None:
    freer = replace(evening(), may_change=1)
    solution = solve(freer)
    without_noor = replace(
        solution, pairs=tuple(pair for pair in solution.pairs if pair.mentee != "noor")
    )
    codes = {row.rule for row in check.broken_rules(freer, without_noor)}
    assert "left_behind" in codes
    assert {row.rule for row in check.broken_rules(evening(), solution)} >= {"continuing"}
    both = replace(
        freer,
        mentees=(*freer.mentees, noor(id="zed")),
        mentors=(*freer.mentors, tess(id="ana"), tess(id="fay")),
        continuing=(*freer.continuing, Continuing("zed", "ana", 0)),
    )
    moved = solve(both)
    to_fay = tuple(
        replace(pair, mentor="fay") if pair.mentee == "zed" else pair for pair in moved.pairs
    )
    assert moved.pairs != to_fay
    assert (
        "may_change" in {row.rule for row in check.broken_rules(both, replace(moved, pairs=to_fay))}
        or len(moved.pairs) == 3
    )


@pytest.mark.parametrize(
    "more", [{"keep": "prefer"}, {"objective": ("total", "matched")}, {"objective": ("stable",)}]
)
def test_changes_are_refused_where_they_would_mean_nothing(more: dict[str, object]) -> None:
    with pytest.raises(FileFaultsError) as caught:
        solve(replace(evening(), may_change=1, **more))  # type: ignore[arg-type]
    assert "$.may_change" in {fault.path for fault in caught.value.faults}


def test_a_file_says_how_many_may_change_and_an_older_file_reads_as_before() -> None:
    freer = replace(evening(), may_change=2)
    assert loads(dumps(freer)) == freer
    assert "may_change" not in dumps(evening())


def test_a_larger_round_keeps_its_word() -> None:
    old = solve(generate.problem(120, 40, seed=3))
    first = {pair.mentee for pair in old.pairs[:60]}
    problem = replace(
        generate.problem(120, 40, seed=3),
        continuing=tuple(
            Continuing(pair.mentee, pair.mentor, pair.start)
            for pair in solve(
                replace(
                    generate.problem(120, 40, seed=3),
                    mentees=tuple(
                        mentee
                        for mentee in generate.problem(120, 40, seed=3).mentees
                        if mentee.id in first
                    ),
                )
            ).pairs
        ),
    )
    stands = solve(problem)
    for rung in price.ladder(problem):
        freer = replace(problem, may_change=rung.changes)
        solution = solve(freer)
        assert check.broken_rules(freer, solution) == []
        assert len(solution.pairs) == len(stands.pairs) + rung.more
        assert {p.mentee for p in stands.pairs} <= {p.mentee for p in solution.pairs}


def test_people_kept_apart_stay_apart_when_pairs_change() -> None:
    problem = replace(evening(), side=Side((("lena", "noor"),)), may_change=1)
    assert {p.mentee: p.mentor for p in solve(problem).pairs} == {"noor": "ben", "lena": "tess"}


@settings(calm, max_examples=12)
@given(seeds, st.sampled_from([0.0, 0.001, 0.004, 0.01, 0.03]))
def test_what_the_time_was_too_short_for_is_not_called_the_best(seed: int, seconds: float) -> None:
    problem = replace(following(seed, side=True), keep="pinned", may_change=3)
    full, hurried = solve(problem, seed=1), solve(problem, 1, seconds)
    assert check.broken_rules(problem, hurried) == []
    matched, most = hurried.levels[0], full.levels[0].value
    assert isinstance(matched.bound, int)
    assert isinstance(most, int)
    assert matched.bound >= most
    assert hurried.status == "feasible" or matched.value == most


def test_where_the_effort_ends_before_the_ladder_does_it_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    problem = replace(evening(), side=Side((("lena", "noor"),)), may_change=1)
    assert price.priced(problem) == price.Ladder((Rung(0, 0), Rung(1, 1)), proven=True)
    monkeypatch.setattr("matching.running.freesides.EFFORT", 0.0)
    assert price.priced(problem) == price.Ladder((Rung(0, 0),), proven=False)
    solution = solve(problem)
    assert solution.status == "feasible"
    assert (solution.levels[0].value, solution.levels[0].bound) == (1, 2)
    assert check.broken_rules(problem, solution) == []
