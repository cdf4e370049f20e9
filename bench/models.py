"""What OR-Tools does without us: `python models.py METHOD PAIRS.npz`.

The same solvers that the engine is made of, asked in the plain way: one flow over all pairs, or
one model of CP-SAT. Prints a line of JSON like peers.py.
"""

import json
import resource
import sys
from pathlib import Path
from time import process_time

sys.path[0] = str(Path(__file__).resolve().parent.parent)

import numpy as np
from ortools.graph.python import min_cost_flow
from ortools.sat.python import cp_model

#: More than any total of a mentor's places: one more pair is worth more than better ones.
PAIR = 1_000_000


def plain_flow(given):
    """One minimum cost flow over all pairs: the most pairs, then the highest total."""
    mentee, mentor, capacity = given["mentee"], given["mentor"], given["capacity"]
    people, mentors, count = len(given["meets"]), len(capacity), len(mentee)
    sink, every = people + mentors, np.arange(people)
    solver = min_cost_flow.SimpleMinCostFlow()
    arcs = solver.add_arcs_with_capacity_and_unit_cost(
        np.concatenate([mentee, people + np.arange(mentors), every]),
        np.concatenate([people + mentor, np.full(mentors + people, sink)]),
        np.concatenate([np.ones(count, np.int64), capacity, np.ones(people, np.int64)]),
        np.concatenate(
            [-PAIR - given["score"].astype(np.int64), np.zeros(mentors + people, np.int64)]
        ),
    )
    solver.set_nodes_supplies(
        np.arange(sink + 1), np.append(np.repeat([1, 0], [people, mentors]), -people)
    )
    assert solver.solve() == solver.OPTIMAL
    used = np.flatnonzero(solver.flows(arcs[:count]) > 0)
    return mentee[used], mentor[used]


def cpsat(given):
    """CP-SAT, without meeting times."""
    return _cpsat(given, starts=False)


def cpsat_starts(given):
    """CP-SAT, with a meeting time for each pair and no two at once."""
    return _cpsat(given, starts=True)


def _cpsat(given, starts):
    model, of_mentee, of_mentor, of_start = cp_model.CpModel(), {}, {}, {}
    mentee, mentor = given["mentee"], given["mentor"]
    used, weights, pairs = [], [], []
    for pair, (e, m, score) in enumerate(
        zip(mentee.tolist(), mentor.tolist(), given["score"].tolist(), strict=True)
    ):
        common = np.flatnonzero(given["meets"][e] & given["offers"][m]) if starts else [None]
        for start in common:
            use = model.new_bool_var("")
            used.append(use)
            pairs.append(pair)
            weights.append(PAIR + score)
            of_mentee.setdefault(e, []).append(use)
            of_mentor.setdefault(m, []).append(use)
            if starts:
                of_start.setdefault((m, int(start)), []).append(use)
    for uses in (*of_mentee.values(), *of_start.values()):
        model.add_at_most_one(uses)
    for m, uses in of_mentor.items():
        model.add(sum(uses) <= int(given["capacity"][m]))
    model.maximize(cp_model.LinearExpr.weighted_sum(used, weights))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.linearization_level = 2
    assert solver.solve(model) == cp_model.OPTIMAL
    chosen = np.array(
        [pair for pair, use in zip(pairs, used, strict=True) if solver.value(use)], dtype=np.int64
    )
    return mentee[chosen], mentor[chosen]


METHODS = {"plain-flow": plain_flow, "cpsat": cpsat, "cpsat-starts": cpsat_starts}


def main(method, path):
    with np.load(path) as file:
        given = {name: file[name] for name in file.files}
    began = process_time()
    mentee, mentor = METHODS[method](given)
    seconds = process_time() - began
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    pairs = [mentee.tolist(), mentor.tolist()]
    print(json.dumps({"cpu": seconds, "mib": memory, "pairs": pairs}))


if __name__ == "__main__":
    main(*sys.argv[1:])
