"""One way of the field to pair people, on pairs from a file: `python peers.py METHOD PAIRS.npz`.

Runs in the environment of bench/peers.lock, never in ours. Prints one line of JSON: the CPU
seconds of the method alone, the pairs it chose, and the largest memory of the process.
The pairs have scores and mentors have places; there are no meeting times, which none of these
can express. Each method is asked for the most pairs, and among those for the highest total.
"""

import json
import os
import resource
import sys
import threading
from collections.abc import Callable
from importlib import import_module
from time import process_time

sys.path.pop(0)  # a neighbour here has the name of one of the peers

import numpy as np

#: More than any total of a mentor's places: one more pair is worth more than better ones.
PAIR = 1_000_000


def scipy_dense(mentee, mentor, score, capacity):
    """scipy's Jonker-Volgenant on the dense matrix, each mentor once for every place."""
    from scipy.optimize import linear_sum_assignment

    column = np.concatenate([[0], np.cumsum(capacity)])
    worth = np.zeros((int(mentee.max()) + 1, int(column[-1])))
    for place in range(int(capacity.max())):
        has = capacity[mentor] > place
        worth[mentee[has], column[mentor[has]] + place] = PAIR + score[has]
    rows, columns = linear_sum_assignment(worth, maximize=True)
    used = worth[rows, columns] > 0
    owner = np.repeat(np.arange(len(capacity)), capacity)
    return rows[used], owner[columns[used]]


def highs(mentee, mentor, score, capacity):
    """HiGHS on the assignment as a linear programme; its vertices are whole."""
    import highspy

    count, people, places = len(mentee), int(mentee.max()) + 1, len(capacity)
    programme = highspy.HighsLp()
    programme.num_col_, programme.num_row_ = count, people + places
    programme.col_cost_ = -(PAIR / 1000 + score / 1000)
    programme.col_lower_, programme.col_upper_ = np.zeros(count), np.ones(count)
    programme.row_lower_ = np.full(people + places, -highspy.kHighsInf)
    programme.row_upper_ = np.concatenate([np.ones(people), capacity])
    programme.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    programme.a_matrix_.start_ = np.arange(0, 2 * count + 1, 2)
    programme.a_matrix_.index_ = np.stack([mentee, people + mentor], axis=1).ravel()
    programme.a_matrix_.value_ = np.ones(2 * count)
    solver = highspy.Highs()
    solver.silent()
    solver.passModel(programme)
    solver.run()
    used = np.array(solver.getSolution().col_value) > 0.5
    return mentee[used], mentor[used]


def networkx(mentee, mentor, score, capacity):
    """networkx's network simplex; a person may go past everybody."""
    import networkx as nx

    graph = nx.DiGraph()
    people = np.unique(mentee).tolist()
    graph.add_node("sink", demand=len(people))
    for who in people:
        graph.add_node(("e", who), demand=-1)
        graph.add_edge(("e", who), "sink", weight=0, capacity=1)
    for one, other, worth in zip(mentee.tolist(), mentor.tolist(), score.tolist(), strict=True):
        graph.add_edge(("e", one), ("m", other), weight=-(PAIR + worth), capacity=1)
    for other, places in enumerate(capacity.tolist()):
        graph.add_edge(("m", other), "sink", weight=0, capacity=places)
    _, flow = nx.network_simplex(graph)
    pairs = [
        (who, to[1])
        for who in people
        for to, units in flow["e", who].items()
        if units and to != "sink"
    ]
    return tuple(np.array(side, dtype=np.int64) for side in zip(*pairs, strict=True))


def hospital_resident(mentee, mentor, score, capacity):
    """The stable round of the package `matching`."""
    from matching.games import HospitalResident

    order = np.lexsort((-score, mentee))
    residents, hospitals = {}, {}
    for place in order.tolist():
        residents.setdefault(f"e{mentee[place]}", []).append(f"m{mentor[place]}")
    order = np.lexsort((-score, mentor))
    for place in order.tolist():
        hospitals.setdefault(f"m{mentor[place]}", []).append(f"e{mentee[place]}")
    places = {name: int(capacity[int(name[1:])]) for name in hospitals}
    found = HospitalResident.create_from_dictionaries(residents, hospitals, places).solve()
    pairs = [(int(e.name[1:]), int(m.name[1:])) for m, people in found.items() for e in people]
    return tuple(np.array(side, dtype=np.int64) for side in zip(*pairs, strict=True))


#: Each method, and what is loaded before the time counts.
METHODS: dict[str, tuple[Callable, str]] = {
    "scipy": (scipy_dense, "scipy.optimize"),
    "highs": (highs, "highspy"),
    "networkx": (networkx, "networkx"),
    "hospital-resident": (hospital_resident, "matching.games"),
}


def main(method: str, path: str) -> None:
    given = np.load(path)
    pair_up, library = METHODS[method]
    import_module(library)
    began = process_time()
    mentee, mentor = pair_up(
        given["mentee"].astype(np.int64),
        given["mentor"].astype(np.int64),
        given["score"].astype(np.int64),
        given["capacity"].astype(np.int64),
    )
    seconds = process_time() - began
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    pairs = [mentee.tolist(), mentor.tolist()]
    print(json.dumps({"cpu": seconds, "mib": memory, "pairs": pairs}))


if __name__ == "__main__":
    # `matching` copies its people by recursion, thousands deep.
    sys.setrecursionlimit(10**6)
    threading.stack_size(512 * 1024 * 1024)
    threading.excepthook = lambda found: (sys.__excepthook__(*found[:3]), os._exit(1))
    working = threading.Thread(target=main, args=sys.argv[1:3])
    working.start()
    working.join()
