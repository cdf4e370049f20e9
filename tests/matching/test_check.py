"""The referee finds each kind of broken solution, and names the rule."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace

import pytest

from matching import (
    Continuing,
    Level,
    Link,
    Pair,
    Problem,
    Side,
    Solution,
    Unmatched,
    check,
    generate,
    solve,
)
from tests.matching.small import noor, round_of, tess

PROBLEM = round_of(
    noor(high_need=True),
    noor(id="zed", free=(0, 1), high_need=True),
    noor(id="kim", free=(4, 5), languages={"es": 3, "en": 3}),
    noor(id="ana", free=(4, 5), languages={"en": 2}, area="a1"),
    noor(id="lou", free=(4, 5), languages={"en": 2}, topics=("court",), avoids=("ben",)),
    tess(capacity=2),
    tess(id="ben", starts=(4,), languages={"en": 3}, declines=("court",), area="a1"),
    continuing=(Continuing("zed", "tess", 0),),
    pins=(Link("noor", "tess"),),
)
SOLUTION = solve(PROBLEM)
NOOR, ZED, KIM = ("noor", "tess"), ("zed", "tess"), ("kim", "ben")


def change(who: tuple[str, str], **fields: object) -> Callable[[Solution], Solution]:
    def changed(solution: Solution) -> Solution:
        pairs = [
            replace(pair, **fields) if (pair.mentee, pair.mentor) == who else pair
            for pair in solution.pairs
        ]
        return replace(solution, pairs=tuple(pairs))

    return changed


def drop(who: tuple[str, str]) -> Callable[[Solution], Solution]:
    return lambda solution: replace(
        solution,
        pairs=tuple(pair for pair in solution.pairs if (pair.mentee, pair.mentor) != who),
    )


def add(pair: Pair) -> Callable[[Solution], Solution]:
    return lambda solution: replace(solution, pairs=(*solution.pairs, pair))


def level(name: str, **fields: object) -> Callable[[Solution], Solution]:
    return lambda solution: replace(
        solution,
        levels=tuple(
            replace(one, **fields) if one.name == name else one for one in solution.levels
        ),
    )


def first_unmatched(**fields: object) -> Callable[[Solution], Solution]:
    def changed(solution: Solution) -> Solution:
        first, *rest = solution.unmatched
        return replace(solution, unmatched=(replace(first, **fields), *rest))

    return changed


def helps(**fields: object) -> Callable[[Solution], Solution]:
    """The first thing that would help the first mentee without a mentor, told otherwise."""

    def changed(solution: Solution) -> Solution:
        first, *rest = solution.unmatched[0].would_help
        return first_unmatched(would_help=(replace(first, **fields), *rest))(solution)

    return changed


def twice(solution: Solution) -> Solution:
    help_ = solution.unmatched[0].would_help
    return first_unmatched(would_help=(*help_, *help_))(solution)


BROKEN = [
    ("mentee_twice", add(Pair("noor", "ben", 4, 0, {}))),
    ("unknown_person", add(Pair("nobody", "tess", 0, 0, {}))),
    ("unknown_person", change(KIM, mentor="nobody")),
    ("no_language", change(NOOR, mentor="ben")),
    ("no_time", change(NOOR, mentor="ben")),
    ("no_time", change(KIM, mentor="tess")),
    ("area", change(KIM, mentee="ana")),
    ("topics", change(KIM, mentee="lou")),
    ("avoided", change(KIM, mentee="lou")),
    ("capacity", change(KIM, mentor="tess")),
    ("start", change(KIM, start=5)),
    ("start", change(KIM, start=None)),
    ("start", change(NOOR, start=4)),
    ("start_taken", change(NOOR, start=0)),
    ("continuing", change(ZED, start=2)),
    ("continuing", drop(ZED)),
    ("pin", drop(NOOR)),
    ("score", change(KIM, score=1000)),
    ("parts", change(KIM, parts={"interests": 1000})),
    ("unmatched", drop(KIM)),
    ("unmatched", lambda s: replace(s, unmatched=())),
    ("unmatched", lambda s: replace(s, unmatched=(*s.unmatched, s.unmatched[0]))),
    ("unmatched", lambda s: replace(s, unmatched=(*s.unmatched, Unmatched("kim", "area", {}, ())))),
    ("reason", first_unmatched(reason="contested")),
    ("reason", first_unmatched(reason="no such thing")),
    ("reason", first_unmatched(blockers={"identity": 2})),
    ("levels", level("matched", value=5)),
    ("levels", level("worst", value=1000)),
    ("levels", level("total", value=0)),
    ("levels", level("levels", value=(0, 0, 0, 0, 0, 9))),
    ("levels", lambda s: replace(s, levels=())),
    ("levels", lambda s: replace(s, levels=(*s.levels, Level("joy", 1, 1)))),
    ("status", level("total", bound=10**6)),
    ("status", lambda s: replace(s, status="certainly")),
    ("problem", lambda s: replace(s, problem_sha256="0" * 64)),
    ("figures", lambda s: replace(s, blocking_pairs=-1)),
    ("blocking_pairs", lambda s: replace(s, blocking_pairs=s.blocking_pairs + 1)),
    ("bound", level("matched", bound=2)),
    ("bound", level("total", bound=0)),
    ("bound", level("worst", bound=None)),
    ("bound", level("levels", bound=(9, 9, 9, 9, 9, 9))),
    ("bound", level("levels", bound=(0,))),
    ("bound", level("levels", bound=0)),
    ("would_help", first_unmatched(would_help=())),
    ("would_help", helps(mentors=7)),
    ("would_help", helps(rule="floor")),
    ("would_help", helps(examples=(9,))),
    ("would_help", helps(examples=("tess",))),
    ("would_help", lambda s: twice(s)),
]


def codes(problem: Problem, solution: Solution) -> set[str]:
    return {broken.rule for broken in check.broken_rules(problem, solution)}


def test_the_solution_itself_keeps_every_rule() -> None:
    assert {(pair.mentee, pair.mentor) for pair in SOLUTION.pairs} == {NOOR, ZED, KIM}
    assert codes(PROBLEM, SOLUTION) == set()


@pytest.mark.parametrize(("rule", "breaks"), BROKEN)
def test_a_broken_solution_is_refused(rule, breaks) -> None:
    assert rule in codes(PROBLEM, breaks(SOLUTION))


@pytest.mark.parametrize(
    ("rule", "harder"),
    [
        ("apart", {"side": Side((("noor", "zed"),))}),
        ("forbidden", {"forbids": (Link("kim", "ben"),)}),
        ("floor", {"floor": 1000}),
        ("start", {"timeless": True}),
        ("identity", {"mentees": tuple(replace(e, accepts=("man",)) for e in PROBLEM.mentees)}),
        ("no_capacity", {"mentors": tuple(replace(m, capacity=0) for m in PROBLEM.mentors)}),
        ("high_need", {"mentors": tuple(replace(m, max_high_need=0) for m in PROBLEM.mentors)}),
    ],
)
def test_a_solution_that_one_more_rule_forbids_is_refused(rule, harder) -> None:
    assert rule in codes(replace(PROBLEM, **harder), SOLUTION)


TOGETHER = round_of(
    noor(),
    noor(id="zed", priority=2),
    tess(capacity=2),
    side=Side((("noor", "zed"),)),
)


@pytest.mark.parametrize(
    ("rule", "breaks"),
    [
        ("reason", first_unmatched(blockers={"area": 1})),
        ("would_help", helps(rule="no_capacity")),
        ("would_help", helps(mentors=2)),
        ("would_help", helps(examples=("zed",))),
        ("would_help", first_unmatched(would_help=())),
    ],
)
def test_what_is_lacking_with_those_who_fit_is_looked_at_too(rule, breaks) -> None:
    """Noor could meet Tess, who has a place and an hour, but for Zed."""
    solution = solve(TOGETHER)
    assert codes(TOGETHER, solution) == set()
    (left,) = solution.unmatched
    assert (left.mentee, left.reason) == ("noor", "contested")
    assert rule in codes(TOGETHER, breaks(solution))


def test_an_example_never_names_whom_somebody_avoids() -> None:
    problem = round_of(noor(avoids=("tess",)), tess())
    solution = solve(problem)
    assert codes(problem, solution) == set()
    assert codes(problem, helps(examples=("tess",))(solution)) == {"would_help"}


def test_in_a_large_round_what_is_said_is_counted_on_arrays() -> None:
    problem = generate.problem(300, 140, seed=1)
    solution = solve(problem)
    assert len(problem.mentees) * len(problem.mentors) > check.ONE_BY_ONE
    assert codes(problem, solution) == set()
    wrong = replace(solution, blocking_pairs=solution.blocking_pairs - 1)
    assert codes(problem, wrong) == {"blocking_pairs"}
    assert codes(problem, first_unmatched(blockers={"area": 1})(solution)) == {"reason"}
    assert codes(problem, helps(mentors=99)(solution)) == {"would_help"}


def test_a_bound_that_is_not_reached_is_no_fault() -> None:
    """Only a value that beats what is said to be the best there can be is."""
    unproven = replace(level("total", bound=10**6)(SOLUTION), status="feasible")
    assert codes(PROBLEM, unproven) == set()
    assert codes(PROBLEM, level("total", bound=1)(unproven)) == {"bound"}


def test_the_referee_needs_no_solver() -> None:
    script = (
        "import sys; sys.modules['ortools'] = None\n"
        "from matching import check, generate\n"
        "assert check.why_not(generate.problem(5, 5), 'e1', 'm1') is not None"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
