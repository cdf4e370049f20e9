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


def test_the_referee_needs_no_solver() -> None:
    script = (
        "import sys; sys.modules['ortools'] = None\n"
        "from matching import check, generate\n"
        "assert check.why_not(generate.problem(5, 5), 'e1', 'm1') is not None"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
