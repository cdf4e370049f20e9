"""A program in whole numbers, by CP-SAT."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, isfinite
from time import monotonic

import numpy as np
from ortools.sat.python import cp_model

from matching.flow.face import Face
from matching.rules.timetable import seat
from matching.side.program import Matrix, Program
from matching.table.scoring import Ints


@dataclass(frozen=True, slots=True)
class Answer:
    """The chosen pairs, if any were found, and a cost that no others are under."""

    chosen: Ints | None
    least: int
    proven: bool


class Model:
    """A program as a model of CP-SAT. ``used`` has the column of each open arc."""

    def __init__(self, program: Program) -> None:
        self.program, self.model = program, cp_model.CpModel()
        self.columns = [self.model.new_int_var(0, room, "") for room in program.room.tolist()]
        self.used = dict(zip(program.arcs.tolist(), self.columns, strict=True))
        for columns, weights, supply in _lines(program.flows, program.supply):
            self.model.add(self._sum(columns, weights) == supply)
        for columns, weights, most in _lines(program.rules, program.most):
            self.model.add(self._sum(columns, weights) <= most)

    def cost(self, of_arcs: Ints) -> cp_model.LinearExprT:
        """What the flow costs; arcs that every open flow uses are counted."""
        face, costs = self.program.face, of_arcs[self.program.arcs]
        priced = np.flatnonzero(costs)
        fixed = int((of_arcs * face.lower).sum())
        return self._sum(priced.tolist(), costs[priced].tolist()) + fixed

    def hint(self, chosen: Ints) -> None:
        """Lets the search begin at the round with these pairs."""
        face = self.program.face
        self.model.clear_hints()  # type: ignore[no-untyped-call]
        amounts = (carried(face, chosen) - face.lower)[self.program.arcs]
        for column, amount in zip(self.columns, amounts.tolist(), strict=True):
            self.model.add_hint(column, amount)

    def chosen(self, solver: cp_model.CpSolver) -> Ints:
        """The pairs that the solver's answer uses."""
        amounts = [solver.value(column) for column in self.columns]
        return self.program.chosen(np.array(amounts, dtype=np.int64))

    def _sum(self, columns: list[int], weights: list[int]) -> cp_model.LinearExprT:
        return cp_model.LinearExpr.weighted_sum([self.columns[place] for place in columns], weights)


def search(
    program: Program,
    of_pairs: Ints,
    within: tuple[int, int],
    hint: Ints,
    effort: float,
    deadline: float | None,
) -> Answer:
    """The cheapest flow by the costs of pairs that keeps every rule.

    ``within`` are a cost that no flow is under and that of the round in hand, whose pairs are
    ``hint``. ``effort`` limits the work in CP-SAT's own repeatable units, each about a second.
    """
    model = Model(program)
    model.model.minimize(model.cost(program.face.costs(of_pairs)))
    model.hint(hint)
    solver = solver_with(effort, deadline)
    status = solver.solve(model.model)
    if status == cp_model.INFEASIBLE:
        return Answer(None, within[1], proven=True)
    least = within[0]
    if isfinite(solver.best_objective_bound):
        least = max(least, ceil(solver.best_objective_bound - 1e-6))
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Answer(None, least, proven=False)
    return Answer(model.chosen(solver), least, proven=status == cp_model.OPTIMAL)


def solver_with(effort: float, deadline: float | None) -> cp_model.CpSolver:
    """A solver that does the same each time, for so much work and until the deadline."""
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.linearization_level = 2
    solver.parameters.random_seed = 1
    solver.parameters.max_deterministic_time = effort
    if deadline is not None:
        solver.parameters.max_time_in_seconds = max(0.01, deadline - monotonic())
    return solver


def _lines(matrix: Matrix, ends: Ints) -> Iterator[tuple[list[int], list[int], int]]:
    """Row by row: columns and weights, and what the row comes to."""
    first = np.searchsorted(matrix.row, np.arange(len(ends) + 1)).tolist()
    column, weight = matrix.column.tolist(), matrix.weight.tolist()
    for row, end in enumerate(ends.tolist()):
        part = slice(first[row], first[row + 1])
        yield column[part], weight[part], end


def carried(face: Face, chosen: Ints) -> Ints:
    """A flow that uses exactly these pairs: starts are given out mentor by mentor."""
    network, task = face.network, face.task
    flow = np.zeros(len(network.pair), dtype=np.int64)
    mine = np.zeros(len(task.mentee), dtype=bool)
    mine[chosen] = True
    arcs = np.flatnonzero(network.pair >= 0)
    arcs = arcs[mine[network.pair[arcs]]]
    sink, bypass = len(task.priority) + len(task.capacity), int(network.tail[-1])
    thick = arcs[(network.head[arcs] < sink) | (network.head[arcs] > bypass)]
    straight, first = np.unique(network.pair[thick], return_index=True)
    flow[thick[first]] = 1
    thin = arcs[~np.isin(network.pair[arcs], straight)]
    of_mentor: dict[int, dict[str, dict[int, int]]] = defaultdict(lambda: defaultdict(dict))
    for arc in thin.tolist():
        pair = int(network.pair[arc])
        of_mentor[int(task.mentor[pair])][str(pair)][int(network.head[arc])] = arc
    for wishes in of_mentor.values():
        for pair_name, node in (seat(wishes) or {}).items():
            flow[wishes[pair_name][node]] = 1
    return _passed_on(face, flow)


def _passed_on(face: Face, flow: Ints) -> Ints:
    """The flow with what goes on from starts, mentors and the bypass, in the network's order."""
    network = face.network
    excess = network.supply.astype(np.int64)
    used = np.flatnonzero(flow)
    np.subtract.at(excess, network.tail[used], flow[used])
    np.add.at(excess, network.head[used], flow[used])
    for arc in np.flatnonzero(network.pair < 0).tolist():
        tail, head = int(network.tail[arc]), int(network.head[arc])
        flow[arc] = min(max(int(excess[tail]), 0), int(network.capacity[arc]))
        excess[tail] -= flow[arc]
        excess[head] += flow[arc]
    return flow
