"""Each rule that keeps two people apart: a pair that it lets be, and its twin that it does not."""

import dataclasses
import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from matching import (
    GivenPair,
    Link,
    Problem,
    Weights,
    generate,
    loads,
    solve,
)
from matching.problem import RULES
from matching.rules.judge import Judge, shares
from matching.table.scoring import BIT, Table
from tests.matching.small import noor, problems, round_of, tess
from tests.matching.test_solve import calm

TWINS = [
    ("no_language", round_of(noor(languages={"es": 2}), tess()), {"languages": {"es": 1}}, {}),
    ("no_language", round_of(noor(), tess()), {}, {"languages": {"en": 3, "es": 1}}),
    ("no_time", round_of(noor(free=(2, 3)), tess()), {"free": (1, 2)}, {}),
    ("no_time", round_of(noor(free=(11, 0)), tess(starts=(11,))), {"free": (10, 11)}, {}),
    ("identity", round_of(noor(accepts=("woman",)), tess()), {"accepts": ("man",)}, {}),
    ("identity", round_of(noor(accepts=("woman",)), tess()), {}, {"identity": None}),
    ("identity", round_of(noor(), tess(accepts=("woman",))), {}, {"accepts": ()}),
    ("topics", round_of(noor(topics=("court",)), tess()), {}, {"declines": ("court",)}),
    ("area", round_of(noor(area="a1"), tess(area="a2")), {"area": "a2"}, {}),
    ("area", round_of(noor(area="a1"), tess()), {}, {"area": "a1"}),
    ("avoided", round_of(noor(), tess()), {"avoids": ("tess",)}, {}),
    ("avoided", round_of(noor(), tess()), {}, {"avoids": ("noor",)}),
    ("no_capacity", round_of(noor(), tess()), {}, {"capacity": 0}),
]


@pytest.mark.parametrize(("rule", "fits", "mentee", "mentor"), TWINS)
def test_one_change_parts_two_who_fitted(rule, fits, mentee, mentor) -> None:
    parted = replace(
        fits,
        mentees=(replace(fits.mentees[0], **mentee),),
        mentors=(replace(fits.mentors[0], **mentor),),
    )
    assert len(solve(fits).pairs) == 1
    solution = solve(parted)
    assert solution.pairs == ()
    assert solution.unmatched[0].reason == rule
    assert solution.unmatched[0].blockers == {rule: 1}


def test_a_floor_and_a_forbidden_pair_part_two_who_fitted() -> None:
    fits = round_of(noor(), tess())
    score = solve(fits).pairs[0].score
    assert len(solve(replace(fits, floor=score)).pairs) == 1
    assert solve(replace(fits, floor=score + 1)).unmatched[0].blockers == {"floor": 1}
    forbidden = solve(replace(fits, forbids=(Link("noor", "tess"),)))
    assert forbidden.unmatched[0].blockers == {"forbidden": 1}


def test_two_rules_at_once_are_several_reasons() -> None:
    problem = round_of(noor(languages={"en": 3}, free=()), tess())
    assert solve(problem).unmatched[0].reason == "several"


def test_given_pairs_are_all_there_is() -> None:
    strangers = round_of(
        noor(languages={}, area="a1", avoids=("tess",)),
        noor(id="zed"),
        tess(languages={"fr": 3}, area="a1"),
        pairs=(GivenPair("noor", "tess", 10**9),),
    )
    solution = solve(strangers)
    assert [(pair.mentee, pair.score, pair.parts) for pair in solution.pairs] == [
        ("noor", 10**9, {"given": 10**9})
    ]
    assert solution.unmatched[0].reason == "forbidden"
    assert solve(replace(strangers, timeless=True)).pairs[0].start is None


def test_the_worked_example_of_the_handbook_comes_out_as_it_says() -> None:
    page = (Path(__file__).parents[2] / "docs" / "matching.md").read_text(encoding="utf-8")
    problem, solution = (
        json.loads(block) for block in re.findall(r"```json\n(.*?)```", page, re.S)
    )
    pair = solve(loads(json.dumps(problem))).pairs[0]
    assert dataclasses.asdict(pair) == solution["pairs"][0]


def test_points_add_up_to_a_thousand_whatever_the_weights() -> None:
    for weights in (Weights(), Weights(1, 1, 1, 0, 0), Weights(7, 11, 13, 17, 1)):
        problem = round_of(noor(), tess(), weights=weights)
        assert sum(shares(problem).values()) == 1000
        assert sum(shares(replace(problem, timeless=True)).values()) == 1000


def assert_agree(problem: Problem) -> None:
    """Arrays and plain Python must come to the same for every pair."""
    table, judge = Table(problem), Judge(problem)
    for first, block in table.blocks():
        for place, row in np.ndindex(block.broken.shape):
            mentee, mentor = problem.mentees[first + place].id, problem.mentors[row].id
            broken = tuple(rule for rule in RULES if block.broken[place, row] & BIT[rule])
            assert broken == judge.why_not(mentee, mentor)
            parts = dict(zip(table.part_names, block.parts[place, row].tolist(), strict=True))
            assert parts == judge.parts(mentee, mentor)
            if not problem.timeless:
                assert tuple(table.starts(first + place, row)) == judge.starts(mentee, mentor)


@settings(calm, max_examples=150)
@given(problems())
def test_a_whole_round_is_scored_as_pair_by_pair(problem: Problem) -> None:
    assert_agree(problem)


def test_a_lifelike_round_is_scored_as_pair_by_pair() -> None:
    assert_agree(generate.problem(300, 12, seed=9))
