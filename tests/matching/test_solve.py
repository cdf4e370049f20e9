"""The engine finds the best round there is, says so truly, and finds the same one again."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import combinations, pairwise
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matching import (
    OBJECTIVES,
    Continuing,
    FileFaultsError,
    GivenPair,
    Link,
    Mentee,
    Mentor,
    Problem,
    Side,
    Solution,
    check,
    dumps_solution,
    generate,
    solve,
)
from matching.flow import face
from matching.rules.judge import Judge
from matching.table.reasons import Taken
from matching.table.scoring import Table
from tests.matching.small import crowded, every_round, noor, problems, round_of, tess, worth

calm = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)


def chosen(solution: Solution) -> dict[str, tuple[str, int | None]]:
    return {pair.mentee: (pair.mentor, pair.start) for pair in solution.pairs}


def assert_best(problem: Problem) -> None:
    solution = solve(problem, seed=3)
    assert check.broken_rules(problem, solution) == []
    assert solution.status == "optimal"
    best = max(worth(problem, pairs) for pairs in every_round(problem))
    assert worth(problem, chosen(solution)) == best


@settings(calm, max_examples=200)
@given(problems())
def test_no_round_is_better_than_the_one_found(problem: Problem) -> None:
    assert_best(problem)


@settings(calm, max_examples=120)
@given(problems(side=True))
def test_no_round_is_better_where_some_must_be_kept_apart(problem: Problem) -> None:
    assert_best(problem)


@settings(calm, max_examples=150)
@given(st.integers(0, 10**6).map(crowded))
def test_no_round_is_better_where_many_want_the_same(problem: Problem) -> None:
    assert_best(problem)


@contextmanager
def seeing(first: int, at_once: int) -> Iterator[None]:
    """The solver is given fewer arcs at first, or all of them."""
    before = face.FIRST, face.AT_ONCE, face.FEW
    face.FIRST, face.AT_ONCE, face.FEW = first, at_once, 0
    try:
        yield
    finally:
        face.FIRST, face.AT_ONCE, face.FEW = before


def answers(problem: Problem) -> list[str]:
    """The same round, solved with one arc of each person at first, with two, and with all."""
    found = []
    for first, at_once in ((1, 1), (2, 10), (10**9, 10**9)):
        with seeing(first, at_once):
            found.append(dumps_solution(replace(solve(problem, seed=3), seconds=0.0)))
    return found


@settings(calm, max_examples=60)
@given(problems(side=True))
def test_what_is_seen_first_changes_nothing(problem: Problem) -> None:
    assert len(set(answers(problem))) == 1


@pytest.mark.parametrize(
    "objective", [OBJECTIVES, ("worst", "matched"), ("total",), ("levels", "matched", "worst")]
)
def test_what_is_seen_first_changes_nothing_in_a_large_round(objective: tuple[str, ...]) -> None:
    problem = replace(generate.problem(150, 40, seed=6), objective=objective)
    assert len(set(answers(problem))) == 1


@settings(calm, max_examples=40)
@given(problems(side=True), st.randoms(use_true_random=False))
def test_the_order_of_a_file_changes_nothing(problem: Problem, random) -> None:
    def mixed(rows):
        return rows if rows is None else tuple(random.sample(rows, len(rows)))

    names = ("mentees", "mentors", "continuing", "pins", "forbids", "pairs")
    other = replace(problem, **{name: mixed(getattr(problem, name)) for name in names})
    one, two = solve(problem, seed=7), solve(other, seed=7)
    assert one.pairs == two.pairs
    assert one.levels == two.levels
    assert {row.mentee: row for row in one.unmatched} == {row.mentee: row for row in two.unmatched}


def test_a_large_round_does_not_depend_on_its_order() -> None:
    problem = generate.problem(200, 50, seed=4)
    other = replace(problem, mentees=problem.mentees[::-1], mentors=problem.mentors[::-1])
    assert solve(problem, seed=1).pairs == solve(other, seed=1).pairs


def test_the_same_problem_and_seed_give_the_same_bytes() -> None:
    problem = generate.problem(120, 30, seed=2)
    one, two = (replace(solve(problem, seed=5), seconds=0.0) for _ in range(2))
    assert dumps_solution(one) == dumps_solution(two)


def test_the_seed_decides_between_equals() -> None:
    twins = [noor(id=f"e{number}") for number in range(8)]
    winners = {solve(round_of(*twins, tess()), seed=seed).pairs[0].mentee for seed in range(20)}
    assert len(winners) > 2


def test_more_people_are_placed_before_anyone_is_placed_better() -> None:
    only_tess = noor(id="zed", languages={"en": 3}, interests={})
    problem = round_of(
        noor(prefers=("tess",)),
        only_tess,
        tess(languages={"es": 3, "en": 3}),
        tess(id="ben", interests={}),
    )
    assert {row.mentee: row.mentor for row in solve(problem).pairs} == {
        "noor": "ben",
        "zed": "tess",
    }


def test_a_higher_priority_gets_the_last_place() -> None:
    problem = round_of(noor(interests={}), noor(id="zed", priority=2, interests={"law": 1}), tess())
    assert [pair.mentee for pair in solve(problem).pairs] == ["zed"]


def test_two_people_never_get_the_same_hour() -> None:
    problem = round_of(noor(free=(0, 1)), noor(id="zed", free=(0, 1)), tess(capacity=2))
    solution = solve(problem)
    assert len(solution.pairs) == 1
    assert solution.unmatched[0].reason == "contested"


def test_meeting_times_give_way_so_that_both_can_come() -> None:
    problem = round_of(noor(), noor(id="zed", free=(0, 1)), tess(capacity=2))
    assert chosen(solve(problem)) == {"noor": ("tess", 2), "zed": ("tess", 0)}


def test_a_continuing_pair_keeps_its_time() -> None:
    problem = round_of(
        noor(priority=9),
        noor(id="zed"),
        tess(),
        continuing=(Continuing("zed", "tess", 2),),
    )
    assert chosen(solve(problem)) == {"zed": ("tess", 2)}


def test_a_continuing_pair_may_be_parted_when_it_is_only_preferred() -> None:
    problem = round_of(
        noor(priority=9),
        noor(id="zed"),
        tess(),
        continuing=(Continuing("zed", "tess", 2),),
        keep="prefer",
    )
    assert list(chosen(solve(problem))) == ["noor"]
    first = replace(problem, objective=("disruption", "matched"))
    assert chosen(solve(first)) == {"zed": ("tess", 2)}


def test_a_pair_that_can_not_go_on_is_let_go_and_reported() -> None:
    problem = round_of(
        noor(free=(0, 1)),
        tess(),
        continuing=(Continuing("noor", "tess", 2),),
    )
    assert [row.rules for row in check.lapsed(problem)] == [("no_time",)]
    assert chosen(solve(problem)) == {"noor": ("tess", 0)}


def test_a_pin_holds_against_every_preference() -> None:
    problem = round_of(
        noor(priority=9),
        noor(id="zed", interests={"law": 3}),
        tess(),
        pins=(Link("zed", "tess"),),
    )
    assert list(chosen(solve(problem))) == ["zed"]


def test_the_lowest_score_counts_pairs_that_are_held() -> None:
    problem = round_of(
        noor(),
        noor(id="zed", interests={"law": 1}),
        tess(),
        tess(id="ben"),
        continuing=(Continuing("noor", "tess", 0),),
        objective=("worst",),
    )
    solution = solve(problem)
    assert [pair.mentee for pair in solution.pairs] == ["noor"]
    assert solution.levels[0].value == solution.pairs[0].score


def test_a_forbidden_pair_is_not_made() -> None:
    problem = round_of(noor(), tess(), forbids=(Link("noor", "tess"),))
    solution = solve(problem)
    assert solution.pairs == ()
    assert solution.unmatched[0].reason == "forbidden"


def test_two_who_are_kept_apart_do_not_share_a_mentor() -> None:
    together = round_of(noor(), noor(id="zed"), tess(capacity=2))
    assert len(solve(together).pairs) == 2
    solution = solve(replace(together, side=Side((("zed", "noor"),))))
    assert len(solution.pairs) == 1
    assert solution.unmatched[0].would_help[0].rule == "apart"


@pytest.mark.parametrize("seed", range(2))
def test_papers_that_need_three_reviewers_each_get_three(seed: int) -> None:
    """Three mentees who must not share a mentor are one paper: a network holds that as well."""
    random, copies = Random(seed), [[f"p{paper}.{copy}" for copy in range(3)] for paper in range(8)]
    fits = {(p, r): random.randint(0, 99) for p in range(8) for r in range(9) if r != p}
    problem = Problem(
        mentees=tuple(Mentee(id=who) for mine in copies for who in mine),
        mentors=tuple(Mentor(id=f"r{reviewer}", capacity=3) for reviewer in range(9)),
        pairs=tuple(
            GivenPair(who, f"r{reviewer}", score)
            for (paper, reviewer), score in fits.items()
            for who in copies[paper]
        ),
        side=Side(tuple(couple for mine in copies for couple in combinations(mine, 2))),
        timeless=True,
        objective=("matched", "total"),
    )
    solution = solve(problem)
    assert check.broken_rules(problem, solution) == []
    assert (solution.engine.split("/")[0], solution.status) == ("flow", "optimal")
    assert len(solution.pairs) == 24
    # Somebody who fits nobody, apart from one copy alone: no groups, and so the other solver.
    other = replace(
        problem,
        mentees=(*problem.mentees, Mentee(id="nobody")),
        side=Side((*problem.side.apart, ("nobody", "p0.0"))),
    )
    assert solve(other).engine.split("/")[0] == "cpsat"
    assert solve(other).levels == solution.levels


def test_a_mentor_takes_no_more_high_need_than_they_said() -> None:
    people = noor(high_need=True), noor(id="zed", high_need=True)
    assert len(solve(round_of(*people, tess(capacity=2, max_high_need=2))).pairs) == 2
    assert len(solve(round_of(*people, tess(capacity=2, max_high_need=1))).pairs) == 1


def test_a_wrong_problem_is_not_solved() -> None:
    with pytest.raises(FileFaultsError) as error:
        solve(round_of(noor(), noor(), tess(capacity=-1)))
    assert [fault.path for fault in error.value.faults] == [
        "$.mentees[1].id",
        "$.mentors[0].capacity",
    ]


def test_nobody_at_all_is_a_round_too() -> None:
    assert solve(round_of()).pairs == ()
    assert solve(round_of(noor())).unmatched[0].reason == "no_capacity"
    assert solve(round_of(tess())).status == "optimal"


def test_progress_is_told_from_start_to_end() -> None:
    told: list[tuple[str, float]] = []
    solve(generate.problem(40, 10), progress=lambda stage, done: told.append((stage, done)))
    assert told[0] == ("candidates", 0.0)
    assert told[-1] == ("done", 1.0)
    assert [done for _, done in told] == sorted(done for _, done in told)


def test_out_of_time_is_said_and_the_bounds_still_hold() -> None:
    problem = generate.problem(120, 30, seed=2)
    hurried, best = solve(problem, time_limit=0.0), solve(problem)
    assert hurried.status == "feasible"
    assert check.broken_rules(problem, hurried) == []
    bounds = {level.name: level.bound for level in hurried.levels}
    values = {level.name: level.value for level in best.levels}
    assert bounds["matched"] == values["matched"]
    assert bounds["total"] >= values["total"]


def test_a_mid_size_round_with_side_rules_is_proven() -> None:
    problem = generate.problem(60, 15, seed=6)
    ids = [mentee.id for mentee in problem.mentees]
    problem = replace(
        problem,
        mentors=tuple(replace(mentor, max_high_need=0) for mentor in problem.mentors),
        side=Side(tuple(pairwise(ids))),
        objective=("matched", "total"),
    )
    solution = solve(problem)
    assert solution.engine.startswith("cpsat/")
    assert solution.status == "optimal"
    assert check.broken_rules(problem, solution) == []
    mirrored = replace(problem, mentees=problem.mentees[::-1], mentors=problem.mentors[::-1])
    assert solve(mirrored).pairs == solution.pairs


@settings(calm, max_examples=60)
@given(problems(plain=True))
def test_blocking_pairs_are_counted_one_by_one(problem: Problem) -> None:
    solution = solve(problem)
    table = Table(problem)
    found, mine, places = 0, {p.mentee: p for p in solution.pairs}, Taken(table, solution.pairs)
    for mentee in problem.mentees:
        for mentor in problem.mentors:
            score = table_score(problem, mentee.id, mentor.id)
            has = mine[mentee.id].score if mentee.id in mine else -1
            if score is None or has >= score:
                continue
            others = [mine[who] for who in places.mentees_of[mentor.id]]
            common = set(Judge(problem).starts(mentee.id, mentor.id))
            taken = {pair.start for pair in others}
            spare = len(others) < mentor.capacity
            found += bool(spare and common - taken) or any(
                pair.score < score and common - (taken - {pair.start}) for pair in others
            )
    assert solution.blocking_pairs == found


def table_score(problem: Problem, mentee: str, mentor: str) -> int | None:
    judge = Judge(problem)
    return None if judge.why_not(mentee, mentor) else judge.score(mentee, mentor)
