"""Decides the levels one after another, each exactly, with OR-Tools' minimum cost flow.

After a level its optimal flow gives potentials. An arc with a positive reduced cost is empty in
every optimal flow and one with a negative reduced cost is full in every one (complementary
slackness); fixing those leaves exactly the optimal flows of that level for the next. So no
level needs a large weight, and each is proven by whole numbers alone.
"""

from dataclasses import dataclass, field
from time import monotonic

import numpy as np
from ortools.graph.python import min_cost_flow

from matching.network import Network, Outcome, Progress, Reached, Stage, Task, build
from matching.scoring import Bools, Ints


@dataclass(slots=True)
class Face:
    """The flows that are still open: each arc's least and most."""

    task: Task
    network: Network
    lower: Ints = field(init=False)
    upper: Ints = field(init=False)

    def __post_init__(self) -> None:
        self.upper = self.network.capacity.copy()
        self.lower = np.zeros_like(self.upper)

    def costs(self, of_pairs: Ints) -> Ints:
        """Costs of arcs from costs of pairs."""
        pair = self.network.pair
        return np.where(pair >= 0, of_pairs[pair], 0) if len(of_pairs) else np.zeros_like(pair)

    def cheapest(self, costs: Ints) -> Ints | None:
        """An open flow of least cost, or None when no flow is open."""
        if np.any(self.lower > self.upper):
            return None
        network = self.network
        free = np.flatnonzero(self.lower < self.upper)
        supply = network.supply.copy()
        np.subtract.at(supply, network.tail, self.lower)
        np.add.at(supply, network.head, self.lower)
        solver = min_cost_flow.SimpleMinCostFlow()
        arcs = solver.add_arcs_with_capacity_and_unit_cost(
            network.tail[free],
            network.head[free],
            (self.upper - self.lower)[free],
            costs[free],
        )
        solver.set_nodes_supplies(np.arange(network.nodes), supply)
        if solver.solve() != solver.OPTIMAL:
            return None
        flow = self.lower.copy()
        flow[free] += solver.flows(arcs)
        return flow

    def reduced(self, costs: Ints, flow: Ints) -> Ints:
        """Reduced costs that prove the flow cheapest; 0 on arcs that are fixed."""
        network, free = self.network, self.lower < self.upper
        ahead, back = free & (flow < self.upper), free & (flow > self.lower)
        potential = _distances(
            network.nodes,
            np.concatenate([network.tail[ahead], network.head[back]]),
            np.concatenate([network.head[ahead], network.tail[back]]),
            np.concatenate([costs[ahead], -costs[back]]),
        )
        reduced = costs + potential[network.tail] - potential[network.head]
        reduced[~free] = 0
        # The certificate: what costs more is not used, what costs less is used in full.
        if np.any((reduced > 0) & (flow > self.lower)) or np.any(
            (reduced < 0) & (flow < self.upper)
        ):
            raise ArithmeticError("the flow is not optimal: its certificate does not hold")
        return reduced

    def narrow(self, reduced: Ints, slack: int = 0) -> None:
        """Keeps the flows that cost at most ``slack`` more than the cheapest (and maybe some)."""
        self.upper = np.where(reduced > slack, self.lower, self.upper)
        self.lower = np.where(reduced < -slack, self.upper, self.lower)

    def drop(self, pairs: Bools) -> None:
        """Closes the arcs of the given pairs."""
        pair = self.network.pair
        self.upper = (
            np.where((pair >= 0) & pairs[pair], 0, self.upper) if len(pairs) else self.upper
        )

    def keep_worst(self, score: int | None) -> None:
        """Keeps the flows whose lowest pair scores no less, and that have a pair at all."""
        if score is None:
            return
        self.drop(self.task.score < score)
        if self.task.ceiling is not None:
            return
        everyone = int(np.count_nonzero(self.network.supply > 0))
        # Not all of them may go through the bypass.
        self.upper = self.upper.copy()
        self.upper[-1] = min(int(self.upper[-1]), everyone - 1)

    def chosen(self, flow: Ints) -> Ints:
        """The pairs that a flow uses, ascending."""
        return np.unique(self.network.pair[(flow > 0) & (self.network.pair >= 0)])

    def best_worst(self) -> tuple[int | None, Ints | None]:
        """The highest score that the lowest pair can have, and a flow that shows it."""
        task = self.task
        tried = np.unique(task.score)
        if task.ceiling is not None:
            tried = np.append(tried[tried < task.ceiling], task.ceiling)
        low, high, shown = 0, len(tried) - 1, None
        while low <= high:
            middle = (low + high) // 2
            flow = self._above(int(tried[middle]))
            if flow is None:
                high = middle - 1
            else:
                low, shown = middle + 1, flow
        if shown is None:
            return None, self.cheapest(self.costs(np.zeros_like(task.score)))
        return int(tried[high]), shown

    def _above(self, score: int) -> Ints | None:
        """An open flow with a pair in it and none below the score, if there is one."""
        lower, upper = self.lower, self.upper
        self.drop(self.task.score < score)
        flow = self.cheapest(self.costs(np.full_like(self.task.score, -1)))
        self.lower, self.upper = lower, upper
        some = flow is not None and (self.task.ceiling is not None or len(self.chosen(flow)))
        return flow if some else None


def solve(
    task: Task,
    stages: tuple[Stage, ...],
    deadline: float | None = None,
    progress: Progress | None = None,
) -> Outcome:
    """The best round by the stages in order.

    After the deadline (``time.monotonic`` seconds) the levels that are not decided yet are
    reported as they stand, with a simple bound.
    """
    face = Face(task, build(task))
    chosen = np.zeros(0, dtype=np.int64)
    reached: list[Reached] = []
    for index, stage in enumerate(stages):
        if index and deadline is not None and monotonic() > deadline:
            break
        if progress:
            progress(stage.name, index / len(stages))
        flow, value = decide(face, stage, last=index == len(stages) - 1)
        chosen = face.chosen(flow)
        reached.append(Reached(stage, value, value))
    undecided = [
        Reached(stage, attained(task, stage, chosen), _simple_bound(task, stage))
        for stage in stages[len(reached) :]
    ]
    return Outcome(chosen, (*reached, *undecided))


def decide(face: Face, stage: Stage, last: bool = False) -> tuple[Ints, int | None]:
    """An optimal flow of the stage and its value; narrows the face to all such flows."""
    if stage.name == "worst":
        worst, flow = face.best_worst()
        face.keep_worst(worst)
    else:
        costs = face.costs(face.task.cost(stage))
        flow = face.cheapest(costs)
        if flow is not None and not last:
            face.narrow(face.reduced(costs, flow))
    if flow is None:
        raise ArithmeticError("no flow is open, although held pairs alone make one")
    return flow, attained(face.task, stage, face.chosen(flow))


def attained(task: Task, stage: Stage, chosen: Ints) -> int | None:
    """What the chosen pairs come to at a stage."""
    return task.worst(chosen) if stage.name == "worst" else int(task.cost(stage)[chosen].sum())


def _simple_bound(task: Task, stage: Stage) -> int | None:
    """What no round can beat: everybody's best pair at once."""
    if stage.name == "worst":
        best = int(task.score.max()) if len(task.score) else task.ceiling
        return best if task.ceiling is None or best is None else min(best, task.ceiling)
    best_of = np.zeros(len(task.priority), dtype=np.int64)
    np.minimum.at(best_of, task.mentee, task.cost(stage))
    return int(best_of.sum())


def _distances(nodes: int, tail: Ints, head: Ints, cost: Ints) -> Ints:
    """Shortest distances when every node starts at 0 (Bellman and Ford, by frontiers)."""
    order = np.argsort(tail, kind="stable")
    head, cost = head[order], cost[order]
    first = np.searchsorted(tail[order], np.arange(nodes + 1))
    distance = np.zeros(nodes, dtype=np.int64)
    frontier = np.arange(nodes)
    while len(frontier):
        count = first[frontier + 1] - first[frontier]
        ends = np.cumsum(count)
        arcs = np.repeat(first[frontier] - ends + count, count) + np.arange(count.sum())
        offer = np.repeat(distance[frontier], count) + cost[arcs]
        better = offer < distance[head[arcs]]
        np.minimum.at(distance, head[arcs[better]], offer[better])
        frontier = np.unique(head[arcs[better]])
    return distance
