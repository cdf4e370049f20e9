"""Rounds in which many bind one another, and the plain way to solve them.

`problem(mentees)` is a generated round with twice as many couples of acquaintances as mentees,
who must not share a mentor, and at most one mentee with high need for every mentor. Run as
`python bench/sides.py METHOD MENTEES [SEED]`, with the method `ours` (every level), `count-total`
(ours with the objective of the next) or `cpsat`, it prints one line of JSON: CPU seconds (of ours
also those of all that `solve` does), the largest memory in MiB, whether the round is proven, and its
levels.

`cpsat` is what one would write first: every pair and every start in one CP-SAT model with one
worker and linearization_level 2, and one weighted objective of people and points.
"""

import json
import resource
import sys
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from random import Random
from time import process_time

sys.path[0] = str(Path(__file__).resolve().parent.parent)  # a neighbour here has our package's name

from ortools.sat.python import cp_model

import matching
from matching.engine import Round
from matching.table.scoring import Table


def problem(mentees: int, seed: int = 1) -> matching.Problem:
    """A round with so many mentees and a quarter as many mentors."""
    made = matching.generate.problem(mentees, mentees // 4, seed)
    random, couples = Random(f"acquaintances {seed}"), set[tuple[str, str]]()
    ids = [mentee.id for mentee in made.mentees]
    while len(couples) < 2 * mentees:
        one, other = sorted(random.sample(ids, 2))
        couples.add((one, other))
    return replace(
        made,
        mentors=tuple(replace(mentor, max_high_need=1) for mentor in made.mentors),
        side=matching.Side(apart=tuple(sorted(couples))),
    )


def ours(round_: matching.Problem) -> dict[str, object]:
    """Every level of the objective, one after another, and the ties."""
    began = process_time()
    solution = matching.solve(round_)
    whole = process_time() - began
    levels = {level.name: level.value for level in solution.levels}
    task = Round(round_, seed=0)
    began = process_time()
    task.decide(None, lambda _stage, _done: None)
    return {
        "cpu": round(process_time() - began, 2),
        "whole": round(whole, 2),
        "engine": solution.engine,
        "proven": solution.status == "optimal",
        "pairs": len(solution.pairs),
        **levels,
    }


def count_total(round_: matching.Problem) -> dict[str, object]:
    """Ours with the objective of `cpsat`: count, then total."""
    return ours(replace(round_, objective=("matched", "total")))


def cpsat(round_: matching.Problem, seconds: float = 3600.0) -> dict[str, object]:
    """The most people (by priority), then the most points, as one weighted sum."""
    began = process_time()
    table = Table(round_)
    found = table.candidates()
    model = cp_model.CpModel()
    meets: dict[tuple[int, int], list[cp_model.IntVar]] = defaultdict(list)
    at, of_mentee = defaultdict(list), defaultdict(list)
    names = ("mentee", "mentor", "score")
    rows = list(zip(*(getattr(found, name).tolist() for name in names), strict=True))
    for mentee, mentor, _ in rows:
        for start in table.starts(mentee, mentor):
            used = model.new_bool_var("")
            meets[mentee, mentor].append(used)
            at[mentor, start].append(used)
            of_mentee[mentee].append(used)
    for uses in (*at.values(), *of_mentee.values()):
        model.add_at_most_one(uses)
    of_mentor: dict[int, list[int]] = defaultdict(list)
    for mentee, mentor in meets:
        of_mentor[mentor].append(mentee)
    for mentor, people in of_mentor.items():
        who = round_.mentors[mentor]
        model.add(sum(used for e in people for used in meets[e, mentor]) <= who.capacity)
        needy = [e for e in people if round_.mentees[e].high_need]
        model.add(sum(used for e in needy for used in meets[e, mentor]) <= who.max_high_need)
    for one, other in round_.side.apart:
        a, b = table.mentee_index[one], table.mentee_index[other]
        for mentor in range(len(round_.mentors)):
            if (a, mentor) in meets and (b, mentor) in meets:
                model.add_at_most_one(meets[a, mentor] + meets[b, mentor])
    weight = 1001 * sum(mentor.capacity for mentor in round_.mentors)
    model.maximize(
        sum(
            (weight * round_.mentees[mentee].priority + score) * used
            for mentee, mentor, score in rows
            for used in meets[mentee, mentor]
        )
    )
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.linearization_level = 2
    solver.parameters.max_time_in_seconds = seconds
    status = solver.solve(model)
    pairs = [
        (mentee, score)
        for mentee, mentor, score in rows
        if any(solver.value(used) for used in meets[mentee, mentor])
    ]
    return {
        "cpu": round(process_time() - began, 2),
        "proven": status == cp_model.OPTIMAL,
        "pairs": len(pairs),
        "matched": sum(round_.mentees[mentee].priority for mentee, _ in pairs),
        "total": sum(score for _, score in pairs),
    }


def main(method: str, mentees: str, seed: str = "1") -> None:
    """Run one method on one round."""
    methods = {"ours": ours, "count-total": count_total, "cpsat": cpsat}
    found = methods[method](problem(int(mentees), int(seed)))
    found["mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
