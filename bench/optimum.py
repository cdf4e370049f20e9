"""The known optimum of a round of another kind: `python optimum.py KIND SIZES... SEED`.

Runs in the environment of bench/peers.lock. scipy's linear_sum_assignment where everybody has one,
HiGHS (a linear programme, whose corners are whole here) where papers need several reviewers.
"""

import json
import sys
from pathlib import Path
from time import process_time

sys.path[0] = str(Path(__file__).resolve().parent)

import kinds
import numpy as np
from given import NEEDED, SCALE, load_of


def assignment(people, seed):
    """scipy."""
    from scipy.optimize import linear_sum_assignment

    worth = 1 + kinds.HIGHEST - np.array(kinds.assignment(people, seed))
    began = process_time()
    rows, columns = linear_sum_assignment(worth, maximize=True)
    return "scipy", process_time() - began, int(worth[rows, columns].sum())


def reviewing(papers, reviewers, seed):
    """HiGHS."""
    import highspy

    fits = np.rint(SCALE * np.array(list(kinds.reviewing(papers, reviewers, seed)))).ravel()
    count, load = papers * reviewers, load_of(papers, reviewers)
    programme = highspy.HighsLp()
    programme.num_col_, programme.num_row_ = count, papers + reviewers
    programme.col_cost_ = -fits
    programme.col_lower_, programme.col_upper_ = np.zeros(count), np.ones(count)
    programme.row_lower_ = np.repeat([NEEDED, 0.0], [papers, reviewers])
    programme.row_upper_ = np.repeat([NEEDED, float(load)], [papers, reviewers])
    paper, reviewer = np.divmod(np.arange(count), reviewers)
    programme.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    programme.a_matrix_.start_ = np.arange(0, 2 * count + 1, 2)
    programme.a_matrix_.index_ = np.stack([paper, papers + reviewer], axis=1).ravel()
    programme.a_matrix_.value_ = np.ones(2 * count)
    solver = highspy.Highs()
    solver.silent()
    began = process_time()
    solver.passModel(programme)
    solver.run()
    used = np.array(solver.getSolution().col_value) > 0.5
    return "HiGHS", process_time() - began, int(fits[used].sum())


def main(kind, *sizes):
    method, seconds, total = {"assignment": assignment, "reviewing": reviewing}[kind](
        *map(int, sizes)
    )
    print(json.dumps({"method": method, "cpu": seconds, "total": total}))


if __name__ == "__main__":
    main(*sys.argv[1:])
