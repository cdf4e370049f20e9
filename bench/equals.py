#!/usr/bin/env python3
"""Is the engine equal to others on random rounds? `python bench/equals.py [ROUNDS] [MENTEES]`.

On 50 sparse rounds of 1,000 with given pairs: as many people and the same total as scipy's and
HiGHS's optimum; and in 50 more the same pairs as the stable round of the package `matching`.
Prints the counts; the exit code is 1 unless all are equal.
"""

import sys
import tempfile
from pathlib import Path
from random import Random

HERE = Path(__file__).resolve().parent
sys.path[0] = str(HERE.parent)  # a neighbour here has our package's name

import numpy as np

import matching
from matching import GivenPair, Mentee, Mentor, Problem

sys.path.append(str(HERE))
from running import child, environment

OPTIMUM, STABLE = ("matched", "total"), ("stable",)


def problem(mentees: int, seed: int, objective: tuple[str, ...]) -> Problem:
    """Everybody could meet some twenty others; no two scores are the same."""
    random, mentors = Random(seed), mentees // 4
    links = [
        (f"e{row}", f"m{column}")
        for row in range(mentees)
        for column in random.sample(range(mentors), min(mentors, random.randint(0, 40)))
    ]
    scores = random.sample(range(1, 10 * len(links)), len(links))
    return Problem(
        mentees=tuple(Mentee(id=f"e{row}") for row in range(mentees)),
        mentors=tuple(Mentor(id=f"m{c}", capacity=random.randint(1, 5)) for c in range(mentors)),
        pairs=tuple(GivenPair(*link, score) for link, score in zip(links, scores, strict=True)),
        timeless=True,
        objective=objective,
    )


def found_by(peer: str, given: Problem, folder: Path) -> dict[tuple[str, str], int]:
    """The pairs that a peer makes, with their scores."""
    path, pairs = folder / "pairs.npz", given.pairs or ()
    np.savez(
        path,
        mentee=[int(pair.mentee[1:]) for pair in pairs],
        mentor=[int(pair.mentor[1:]) for pair in pairs],
        score=[pair.score for pair in pairs],
        capacity=[mentor.capacity for mentor in given.mentors],
    )
    answer = child(environment("peers"), HERE / "peers.py", peer, path)
    assert answer is not None
    score = {(pair.mentee, pair.mentor): pair.score for pair in pairs}
    rows, columns = answer["pairs"]
    links = [(f"e{row}", f"m{column}") for row, column in zip(rows, columns, strict=True)]
    return {link: score[link] for link in links}


def ours(given: Problem) -> dict[tuple[str, str], int]:
    """The pairs that the engine makes."""
    solution = matching.solve(given)
    assert solution.status == "optimal"
    assert matching.check.broken_rules(given, solution) == []
    return {(pair.mentee, pair.mentor): pair.score for pair in solution.pairs}


def worth(pairs: dict[tuple[str, str], int]) -> tuple[int, int]:
    """How many, and how well."""
    return len(pairs), sum(pairs.values())


def main(rounds: int = 50, mentees: int = 1_000) -> int:
    equal = dict.fromkeys(("scipy", "highs", "hospital-resident"), 0)
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(1, rounds + 1):
            best = problem(mentees, seed, OPTIMUM)
            mine = worth(ours(best))
            for peer in ("scipy", "highs"):
                equal[peer] += mine == worth(found_by(peer, best, Path(folder)))
            firm = problem(mentees, 1_000 + seed, STABLE)
            equal["hospital-resident"] += ours(firm) == found_by(
                "hospital-resident", firm, Path(folder)
            )
            print(f"{seed} of {rounds}: {equal}", file=sys.stderr)
    for peer, count in equal.items():
        what = "the same pairs" if peer == "hospital-resident" else "as many pairs, the same total"
        print(f"{peer}: {what} in {count} of {rounds} rounds of {mentees:,}")
    return 0 if set(equal.values()) == {rounds} else 1


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
