"""Other methods, which share nothing with the engine, come to the same rounds.

`bench/equals.py` asks scipy, HiGHS and the package `matching` about larger ones.
"""

from collections import defaultdict
from dataclasses import replace
from random import Random

import pytest
from ortools.math_opt.python import mathopt

from matching import GivenPair, Mentee, Mentor, Problem, check, solve


def sparse(seed: int, mentees: int = 150) -> Problem:
    """A round in which everybody could meet some ten others; no two scores are the same."""
    random, mentors = Random(seed), mentees // 4
    links = [
        (f"e{row}", f"m{column}")
        for row in range(mentees)
        for column in random.sample(range(mentors), random.randint(0, 20))
    ]
    scores = random.sample(range(1, 10 * len(links)), len(links))
    return Problem(
        mentees=tuple(Mentee(id=f"e{row}") for row in range(mentees)),
        mentors=tuple(Mentor(id=f"m{c}", capacity=random.randint(1, 5)) for c in range(mentors)),
        pairs=tuple(GivenPair(*link, score) for link, score in zip(links, scores, strict=True)),
        timeless=True,
        objective=("matched", "total"),
    )


def by_highs(problem: Problem) -> tuple[int, int]:
    """As many pairs as can be, and their highest total, by a linear programme."""
    model, pairs = mathopt.Model(), problem.pairs or ()
    uses = [model.add_variable(lb=0, ub=1) for _ in pairs]
    of_mentee, of_mentor = defaultdict(list), defaultdict(list)
    for pair, use in zip(pairs, uses, strict=True):
        of_mentee[pair.mentee].append(use)
        of_mentor[pair.mentor].append(use)
    for mine in of_mentee.values():
        model.add_linear_constraint(mathopt.fast_sum(mine) <= 1)
    for mentor in problem.mentors:
        model.add_linear_constraint(mathopt.fast_sum(of_mentor[mentor.id]) <= mentor.capacity)
    one_more = 1_000_000
    model.maximize(
        mathopt.fast_sum((one_more + p.score) * use for p, use in zip(pairs, uses, strict=True))
    )
    found = mathopt.solve(model, mathopt.SolverType.HIGHS)
    used = [round(value) for value in found.variable_values(uses)]
    return sum(used), sum(p.score * use for p, use in zip(pairs, used, strict=True))


def by_deferring(problem: Problem) -> dict[str, str]:
    """Deferred acceptance (Gale and Shapley): mentees ask, mentors keep whom they like best."""
    score = {(pair.mentee, pair.mentor): pair.score for pair in problem.pairs or ()}
    wishes: dict[str, list[str]] = {who.id: [] for who in problem.mentees}
    for mentee, mentor in sorted(score, key=lambda link: score[link]):
        wishes[mentee].append(mentor)
    places = {who.id: who.capacity for who in problem.mentors}
    kept: dict[str, list[str]] = defaultdict(list)
    asking = list(wishes)
    while asking:
        mentee = asking.pop()
        if not wishes[mentee]:
            continue
        mentor = wishes[mentee].pop()
        kept[mentor].append(mentee)
        if len(kept[mentor]) > places[mentor]:
            last = min(kept[mentor], key=lambda who: score[who, mentor])
            kept[mentor].remove(last)
            asking.append(last)
    return {mentee: mentor for mentor, people in kept.items() for mentee in people}


@pytest.mark.parametrize("seed", range(10))
def test_a_linear_programme_places_no_more_people_and_no_better(seed: int) -> None:
    problem = sparse(seed)
    solution = solve(problem)
    assert check.broken_rules(problem, solution) == []
    mine = len(solution.pairs), sum(pair.score for pair in solution.pairs)
    assert mine == by_highs(problem)


@pytest.mark.parametrize("seed", range(10))
def test_who_asks_and_waits_comes_to_the_same_stable_round(seed: int) -> None:
    problem = replace(sparse(100 + seed), objective=("stable",))
    mine = {pair.mentee: pair.mentor for pair in solve(problem).pairs}
    assert mine == by_deferring(problem)
