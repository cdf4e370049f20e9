"""The open flows with side rules without whole numbers: where to look, and prices for proofs.

One linear program grows along with the search: pairs and rules are added, bounds and costs are
changed, and each answer begins at the last one. Nothing here is believed: what comes out is
rounded, and then proven in ``bounds``.

MathOpt is spoken to by its messages: its classes, one Python object for each column, would take
several times as long as its simplex.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic

import numpy as np
from numpy.typing import NDArray
from ortools.math_opt import (
    callback_pb2,
    model_parameters_pb2,
    model_pb2,
    model_update_pb2,
    parameters_pb2,
    result_pb2,
    sparse_containers_pb2,
)
from ortools.math_opt.core.python import solver

from matching.flow.face import Face
from matching.side.program import Matrix, entries
from matching.side.rules import Row
from matching.table.scoring import AnyInts, Bools, Ints, Places

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Relaxed:
    """What each arc carries; a potential for each node of the network; the rows' prices."""

    amounts: Numbers
    potential: Numbers
    rows: tuple[Row, ...]
    prices: Numbers

    def whole(self) -> Ints | None:
        """The amounts as whole numbers, if that is what they are."""
        rounded = np.rint(self.amounts)
        near = np.all(np.abs(self.amounts - rounded) < 1e-6)
        return rounded.astype(np.int64) if near else None


class Relaxation:
    """A linear program over the arcs that were ever asked for: a column each.

    Its rows are first one for each node (what goes out less what comes in), then the side rules.
    """

    def __init__(self, face: Face) -> None:
        self.network = face.network
        self._arcs = np.zeros(0, dtype=np.int64)
        self._has = np.zeros(len(self.network.pair), dtype=bool)
        self._low, self._high, self._cost = (np.zeros(0, dtype=np.int64) for _ in range(3))
        self._rows: dict[Row, None] = {}
        first = model_pb2.ModelProto()
        first.linear_constraints.ids.extend(range(self.network.nodes))
        supply = self.network.supply.astype(float).tolist()
        first.linear_constraints.lower_bounds.extend(supply)
        first.linear_constraints.upper_bounds.extend(supply)
        self._solver = solver.new(
            parameters_pb2.SOLVER_TYPE_GLOP, first, parameters_pb2.SolverInitializerProto()
        )

    def solve(
        self, face: Face, pairs: Bools, rows: Sequence[Row], costs: Ints, deadline: float | None
    ) -> Relaxed | None:
        """The cheapest amounts by the costs of pairs, or None if there are none in time.

        ``pairs`` are those that have to be looked at; those looked at before still are, as far
        as they are open, and the rows given before still hold.
        """
        self._change(face, pairs, rows, costs)
        parameters = parameters_pb2.SolveParametersProto(
            threads=1, presolve=parameters_pb2.EMPHASIS_OFF
        )
        if deadline is not None:
            parameters.time_limit.FromTimedelta(
                timedelta(seconds=max(0.01, deadline - monotonic()))
            )
        wanted = model_parameters_pb2.ModelSolveParametersProto()
        wanted.variable_values_filter.skip_zero_values = True
        wanted.dual_values_filter.skip_zero_values = True
        wanted.reduced_costs_filter.filter_by_ids = True
        nothing = callback_pb2.CallbackRegistrationProto()
        result = self._solver.solve(parameters, wanted, None, nothing, None, None)
        if result.termination.reason != result_pb2.TERMINATION_REASON_OPTIMAL:
            return None
        primal = result.solutions[0].primal_solution.variable_values
        dual = result.solutions[0].dual_solution.dual_values
        duals = -_dense(dual, self.network.nodes + len(self._rows))
        amounts = face.lower.astype(np.float64)
        amounts[self._arcs] = _dense(primal, len(self._arcs))
        nodes = self.network.nodes
        return Relaxed(amounts, duals[:nodes], tuple(self._rows), duals[nodes:])

    def _change(self, face: Face, pairs: Bools, rows: Sequence[Row], costs: Ints) -> None:
        """Tell the solver what is new: columns, rows, bounds, costs."""
        update = model_update_pb2.ModelUpdateProto()
        matrix = [
            self._columns(update, face, self._new_arcs(face, pairs)),
            self._new_rows(update, rows),
        ]
        _write(update.linear_constraint_matrix_updates, matrix)
        ends = (face.lower, face.upper)
        low, high = (end[self._arcs].astype(np.int64) for end in ends)
        cost = face.costs(costs)[self._arcs]
        bounds = update.variable_updates
        _differing(bounds.lower_bounds, low, self._low)
        _differing(bounds.upper_bounds, high, self._high)
        _differing(update.objective_updates.linear_coefficients, cost, self._cost)
        self._low, self._high, self._cost = low, high, cost
        if not self._solver.update(update):
            raise ArithmeticError("the linear program could not be changed")

    def _new_arcs(self, face: Face, pairs: Bools) -> Places:
        pair = self.network.pair
        # An arc that every open flow uses counts, whoever asks for it.
        wanted = (pair < 0) | (face.lower > 0)
        if len(pairs):
            wanted = wanted | pairs[pair]
        return np.flatnonzero(wanted & ~self._has)

    def _columns(
        self, update: model_update_pb2.ModelUpdateProto, face: Face, arcs: Places
    ) -> Matrix:
        """Columns for more arcs: their entries in the rows that there are."""
        first, nodes = len(self._arcs), self.network.nodes
        ids = np.arange(first, first + len(arcs))
        update.new_variables.ids.extend(ids.tolist())
        low, high = (end[arcs].astype(np.int64) for end in (face.lower, face.upper))
        update.new_variables.lower_bounds.extend(low.astype(float).tolist())
        update.new_variables.upper_bounds.extend(high.astype(float).tolist())
        update.new_variables.integers.extend([False] * len(arcs))
        self._has[arcs] = True
        self._arcs = np.concatenate([self._arcs, arcs])
        none = np.zeros(len(arcs), dtype=np.int64)
        self._low, self._high = np.concatenate([self._low, low]), np.concatenate([self._high, high])
        self._cost = np.concatenate([self._cost, none])
        ones = none + 1
        rules = entries(tuple(self._rows), self.network.pair[arcs])
        return Matrix(
            np.concatenate([self.network.tail[arcs], self.network.head[arcs], nodes + rules.row]),
            np.concatenate([ids, ids, first + rules.column]),
            np.concatenate([ones, -ones, rules.weight]),
        )

    def _new_rows(self, update: model_update_pb2.ModelUpdateProto, rows: Sequence[Row]) -> Matrix:
        """Rows for more side rules: their entries in the columns that there are."""
        fresh = [row for row in rows if row not in self._rows]
        first = self.network.nodes + len(self._rows)
        update.new_linear_constraints.ids.extend(range(first, first + len(fresh)))
        update.new_linear_constraints.lower_bounds.extend([-np.inf] * len(fresh))
        update.new_linear_constraints.upper_bounds.extend(float(row.most) for row in fresh)
        self._rows |= dict.fromkeys(fresh)
        found = entries(fresh, self.network.pair[self._arcs])
        return Matrix(first + found.row, found.column, found.weight)


def _write(
    place: sparse_containers_pb2.SparseDoubleMatrixProto, matrices: Sequence[Matrix]
) -> None:
    row, column, weight = (
        np.concatenate([getattr(matrix, name) for matrix in matrices])
        for name in ("row", "column", "weight")
    )
    order = np.lexsort((column, row))
    place.row_ids.extend(row[order].tolist())
    place.column_ids.extend(column[order].tolist())
    place.coefficients.extend(weight[order].astype(float).tolist())


def _differing(
    place: sparse_containers_pb2.SparseDoubleVectorProto, now: AnyInts, before: AnyInts
) -> None:
    changed = np.flatnonzero(now != before)
    place.ids.extend(changed.tolist())
    place.values.extend(now[changed].astype(float).tolist())


def _dense(values: sparse_containers_pb2.SparseDoubleVectorProto, size: int) -> Numbers:
    dense = np.zeros(size)
    dense[np.array(values.ids, dtype=np.int64)] = np.array(values.values)
    return dense
