"""A round that was stored years ago comes out the same: the problem's digest, the whole answer.

Whoever changes an answer on purpose raises ``engine.VERSION`` and writes the new digests down.
"""

import hashlib
from dataclasses import replace
from random import Random

import pytest

from matching import Continuing, Link, Problem, generate, solve
from matching.files import codec


def usual(mentees: int, mentors: int, seed: int) -> Problem:
    return generate.problem(mentees, mentors, seed)


def going_on(keep: str) -> Problem:
    """A second round: the first half of those who were placed go on, one pair is ruled out."""
    problem = usual(90, 30, 4)
    first = solve(problem).pairs
    running = first[: len(first) // 2]
    return replace(
        problem,
        keep=keep,
        continuing=tuple(Continuing(p.mentee, p.mentor, p.start) for p in running),
        pins=(Link(first[-1].mentee, first[-1].mentor),),
        forbids=(Link(first[-2].mentee, first[-2].mentor),),
        objective=("matched", "disruption", "worst", "levels", "total"),
    )


def scrambled(problem: Problem) -> Problem:
    """The same people, listed in another order."""
    mentees, mentors = list(problem.mentees), list(problem.mentors)
    Random(3).shuffle(mentees)
    Random(4).shuffle(mentors)
    return replace(problem, mentees=tuple(mentees), mentors=tuple(mentors))


ROUNDS = {
    "small": lambda: usual(12, 5, 1),
    "usual": lambda: usual(200, 60, 2),
    "timeless": lambda: replace(usual(120, 40, 3), timeless=True),
    "pinned": lambda: going_on("pinned"),
    "freed": lambda: going_on("prefer"),
    "stable": lambda: replace(usual(200, 60, 2), objective=("stable",)),
    "nobody": lambda: usual(0, 3, 1),
}
KNOWN = {
    "small": ("5026c0349b0387f8", "7db04130d13187f7"),
    "usual": ("25b3653e6585e0b3", "d9a25b1189af9250"),
    "timeless": ("00f2b206d8611596", "e73cf958a7fd040c"),
    "pinned": ("a089cfce8c453492", "09482391a1b418ba"),
    "freed": ("f7fa9bcbd8228e8b", "e57c2b5708e89464"),
    "stable": ("83d03c36e90f7c15", "e8702c2078054938"),
    "nobody": ("c2f8e05891242aef", "06152ac53584a5b6"),
}


def told(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@pytest.mark.parametrize("name", ROUNDS)
def test_a_stored_round_comes_out_the_same_byte_for_byte(name: str) -> None:
    text = codec.dumps(ROUNDS[name]())
    solution = replace(solve(codec.loads(text), seed=7), seconds=0.0)
    assert (told(text), told(codec.dumps_solution(solution))) == KNOWN[name]


def test_the_order_of_a_file_changes_no_pair() -> None:
    problem = usual(200, 60, 2)
    one, two = solve(problem, seed=7), solve(scrambled(problem), seed=7)
    assert sorted(one.pairs, key=lambda pair: pair.mentee) == sorted(
        two.pairs, key=lambda pair: pair.mentee
    )
    assert one.levels == two.levels
