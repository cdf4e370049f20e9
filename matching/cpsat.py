"""Rules that a network can't hold: mentees kept apart, and a limit on high need per mentor.

Without these rules the flow gives a bound for every level. A first round that keeps them comes
from flows from which the offending pairs are taken out one by one. While it reaches the flow's
bound a level is proven by that alone. From the first level where it does not, CP-SAT decides,
over those pairs only that can be in a round at least as good: an arc whose reduced cost exceeds
the distance between the round in hand and the bound can't change.
"""

from collections import defaultdict
from collections.abc import Iterable
from math import ceil, floor, isfinite
from time import monotonic

import numpy as np
from ortools.sat.python import cp_model

from matching import flow
from matching.network import Outcome, Progress, Reached, Stage, Task, build
from matching.scoring import Bools, Ints
from matching.siderules import SideRules, by_mentor
from matching.timetable import seat

#: Work that CP-SAT may spend on one level when no time limit is given (its own, repeatable
#: units, each about a second).
EFFORT = 60.0
#: The same for the ties, where a proof is worth less.
EFFORT_FOR_TIES = 5.0


def solve(
    task: Task,
    stages: tuple[Stage, ...],
    side: SideRules,
    without_side: Ints,
    deadline: float | None = None,
    progress: Progress | None = None,
) -> Outcome:
    """The best round by the stages in order that keeps the side rules.

    ``without_side`` are the pairs that the flow chose; the tries begin there.
    """
    chosen = _first_round(task, stages, side, without_side, deadline)
    face = flow.Face(task, build(task))
    reached: list[Reached] = []
    kept: list[Reached] = []
    for stage in stages:
        if progress:
            progress(stage.name, len(reached) / len(stages))
        value = flow.attained(task, stage, chosen)
        end = Reached(stage, value, _narrow(face, stage, value))
        if end.value != end.bound:
            if deadline is None or monotonic() < deadline:
                chosen, end = _Model(face, side, kept).decide(end, chosen, deadline)
                _narrow(face, stage, end.value)
            kept.append(end)
        reached.append(end)
    return Outcome(chosen, tuple(reached))


def _first_round(
    task: Task, stages: tuple[Stage, ...], side: SideRules, chosen: Ints, deadline: float | None
) -> Ints:
    """A round that keeps the side rules; each try takes the offending pairs out for good.

    After the deadline the offending pairs are only left out, without a new try.
    """
    pairs = np.arange(len(task.mentee))
    while len(offending := side.offending(task, chosen)):
        if deadline is not None and monotonic() > deadline:
            chosen = np.setdiff1d(chosen, offending)
        else:
            pairs = np.setdiff1d(pairs, offending)
            chosen = pairs[flow.solve(task.only(_mask(task, pairs)), stages).chosen]
    return chosen


def _mask(task: Task, pairs: Ints) -> Bools:
    mask = np.zeros(len(task.mentee), dtype=bool)
    mask[pairs] = True
    return mask


def _narrow(face: flow.Face, stage: Stage, value: int | None) -> int | None:
    """The flow's bound for the stage. Keeps every flow that is at least as good as the value."""
    task = face.task
    if stage.name == "worst":
        best, _ = face.best_worst()
        face.keep_worst(value)
        return best
    costs = face.costs(task.cost(stage))
    cheapest = face.cheapest(costs)
    assert cheapest is not None
    assert value is not None
    bound = int((costs * cheapest).sum())
    face.narrow(face.reduced(costs, cheapest), slack=value - bound)
    return bound


class _Model:
    """The open flows as a CP-SAT model, with the side rules and the levels decided so far."""

    def __init__(self, face: flow.Face, side: SideRules, kept: list[Reached]) -> None:
        self.face, self.task, self.model = face, face.task, cp_model.CpModel()
        self.arcs: dict[int, list[int]] = defaultdict(list)
        self.used: dict[int, cp_model.IntVar] = {}
        pair = face.network.pair
        for arc in np.flatnonzero((pair >= 0) & (face.upper > 0)).tolist():
            self.used[arc] = self.model.new_int_var(int(face.lower[arc]), 1, "")
            self.arcs[int(pair[arc])].append(arc)
        self._add_flow()
        self._add_side(side)
        for end in kept:
            # The face has no room for pairs under the worst score already.
            if end.stage.name != "worst" and end.value is not None:
                self.model.add(self._cost(self.task.cost(end.stage)) <= end.value)

    def _uses(self, pair: int) -> list[cp_model.IntVar]:
        return [self.used[arc] for arc in self.arcs[pair]]

    def _add_flow(self) -> None:
        """What flows in flows out, node by node: starts first, then mentors, then mentees."""
        network, task = self.face.network, self.task
        through: dict[int, list[cp_model.IntVar]] = defaultdict(list)
        for arc, used in self.used.items():
            through[int(network.tail[arc])].append(used)
            through[int(network.head[arc])].append(used)
        mentees, sink = len(task.priority), len(task.priority) + len(task.capacity)
        others = np.flatnonzero(network.pair < 0)[:-1]
        rows = zip(
            network.tail[others].tolist(),
            network.head[others].tolist(),
            self.face.lower[others].tolist(),
            self.face.upper[others].tolist(),
            strict=True,
        )
        # Nodes of starts have the highest numbers, so their mentors have all by then.
        for tail, head, low, high in sorted(rows, reverse=True):
            if tail < mentees:
                low, high = 1 - high, 1 - low
            self.model.add_linear_constraint(sum(through[tail]), low, high)
            if tail > sink:
                through[head] += through[tail]
        everyone = int(np.count_nonzero(network.supply > 0))
        low, high = int(self.face.lower[-1]), int(self.face.upper[-1])
        self.model.add_linear_constraint(sum(self.used.values()), everyone - high, everyone - low)
        for mentee in np.flatnonzero(task.must & (network.supply[:mentees] > 0)).tolist():
            self.model.add(sum(through[mentee]) == 1)

    def _add_side(self, side: SideRules) -> None:
        task, by_mentee = self.task, _by_mentee(self.task, self.arcs)
        for one, other in side.apart:
            for mentor in by_mentee[one].keys() & by_mentee[other].keys():
                pairs = by_mentee[one][mentor], by_mentee[other][mentor]
                self.model.add(sum(used for pair in pairs for used in self._uses(pair)) <= 1)
        open_pairs = np.array(sorted(self.arcs), dtype=np.int64)
        for mentor, needy in by_mentor(task, open_pairs, side.high_need).items():
            limit = int(side.limit[mentor])
            self.model.add(sum(used for pair in needy for used in self._uses(pair)) <= limit)

    def decide(self, end: Reached, chosen: Ints, deadline: float | None) -> tuple[Ints, Reached]:
        """The best round of a stage, from the one in hand with its value and known bound."""
        stage, known = end.stage, end.bound
        assert known is not None
        if stage.name == "worst":
            lowest = self._lowest(known)
            self.model.maximize(lowest)
        else:
            cost = self._cost(self.task.cost(stage))
            self.model.minimize(cost)
        self._hint(chosen)
        solver = _solver(stage, deadline)
        status = solver.solve(self.model)
        if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            chosen = self._chosen(solver)
        value = flow.attained(self.task, stage, chosen)
        proven = solver.best_objective_bound
        if status == cp_model.OPTIMAL:
            known = value
        elif isfinite(proven) and status == cp_model.FEASIBLE:
            down = stage.name == "worst"
            known = min(known, floor(proven + 1e-6)) if down else max(known, ceil(proven - 1e-6))
        return chosen, Reached(stage, value, known)

    def _cost(self, costs: Ints) -> cp_model.LinearExprT:
        uses = [(int(costs[pair]), used) for pair in self.arcs for used in self._uses(pair)]
        return cp_model.LinearExpr.weighted_sum(
            [used for _, used in uses], [cost for cost, _ in uses]
        )

    def _lowest(self, most: int) -> cp_model.IntVar:
        """A number up to ``most`` that no used pair's score is under."""
        task = self.task
        lowest = self.model.new_int_var(0, most, "")
        for pair in self.arcs:
            for used in self._uses(pair):
                self.model.add(lowest <= int(task.score[pair])).only_enforce_if(used)
        if task.ceiling is None:
            self.model.add(sum(self.used.values()) >= 1)
        return lowest

    def _hint(self, chosen: Ints) -> None:
        self.model.clear_hints()  # type: ignore[no-untyped-call]
        head, taken = self.face.network.head, set[int]()
        for pairs in by_mentor(self.task, chosen, np.ones(len(self.task.priority), bool)).values():
            wishes = {str(pair): [int(head[arc]) for arc in self.arcs[pair]] for pair in pairs}
            thin = {
                pair: nodes
                for pair, nodes in wishes.items()
                if min(nodes) > len(self.task.priority) + len(self.task.capacity)
            }
            nodes = seat(thin) or {}
            for pair in pairs:
                taken.update(
                    arc
                    for arc in self.arcs[pair]
                    if str(pair) not in thin or nodes.get(str(pair)) == int(head[arc])
                )
        for arc, used in self.used.items():
            self.model.add_hint(used, arc in taken)

    def _chosen(self, solver: cp_model.CpSolver) -> Ints:
        pairs = [p for p in self.arcs if any(solver.value(used) for used in self._uses(p))]
        return np.array(sorted(pairs), dtype=np.int64)


def _by_mentee(task: Task, pairs: Iterable[int]) -> dict[int, dict[int, int]]:
    """Pairs by mentee, then mentor."""
    found: dict[int, dict[int, int]] = defaultdict(dict)
    for pair in pairs:
        found[int(task.mentee[pair])][int(task.mentor[pair])] = pair
    return found


def _solver(stage: Stage, deadline: float | None) -> cp_model.CpSolver:
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.linearization_level = 2
    solver.parameters.random_seed = 1
    effort = EFFORT_FOR_TIES if stage.name == "ties" else EFFORT
    solver.parameters.max_deterministic_time = effort
    if deadline is not None:
        solver.parameters.max_time_in_seconds = max(0.01, deadline - monotonic())
    return solver
