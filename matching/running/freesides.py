"""Running pairs that may change where side rules bind, which a network can't hold.

The same question as in ``freeing``, with its network as the model of CP-SAT: for each number of
people more, the fewest changes. The network without the side rules says how many people more
there can be at most.
"""

from math import ceil, floor, isfinite
from time import monotonic

import numpy as np
from ortools.sat.python import cp_model

from matching.flow import levels as flow
from matching.flow.network import Outcome, Progress, Reached, Stage, Task
from matching.problem import Rung
from matching.running.freeing import Free, Freed, Frontier, Running
from matching.side.model import Model, solver_with
from matching.side.program import program
from matching.side.rules import Row, Rows, SideRules
from matching.table.scoring import Ints

#: Work that CP-SAT may spend on one question (its own, repeatable units, each about a second),
#: and on the ties, where a proof is worth less.
EFFORT, EFFORT_FOR_TIES = 60.0, 5.0


class FreeWithSides(Free):
    """The rounds in which running pairs may change and every side rule is kept."""

    def __init__(
        self,
        task: Task,
        running: tuple[Running, ...],
        stands: Ints,
        side: SideRules,
        deadline: float | None = None,
    ) -> None:
        super().__init__(task, running, stands)
        self.rows, self.deadline = Rows(task, side), deadline
        #: By people more: a round, and how many pairs stay as they are in it.
        self.plans: dict[int, tuple[Ints, int]] = {}

    def frontier(self) -> Frontier:
        """For each number of people more, the fewest changes, as far as it is proven."""
        rungs, most = [Rung(0, 0)], super().frontier().most
        for more in range(1, most + 1):
            status = self._plan(more)
            if status == cp_model.INFEASIBLE:
                return Frontier(tuple(rungs), more - 1)
            if status != cp_model.OPTIMAL:
                break
            rungs.append(Rung(len(self.running) - self.plans[more][1], more))
        return Frontier(tuple(rungs), most)

    def _plan(self, more: int) -> cp_model.CpSolverStatus:
        """Looks for the round with so many people more in which most pairs stay as they are."""
        model = self._model(self._face(more), [], [])
        model.model.maximize(self._rewards(model)[0])
        solver = solver_with(EFFORT, self.deadline)
        status = solver.solve(model.model)
        if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            self.plans[more] = model.chosen(solver), round(solver.objective_value)
        return status

    def solve(
        self,
        more: int,
        stages: tuple[Stage, ...],
        deadline: float | None = None,
        progress: Progress | None = None,
    ) -> Freed:
        """See ``Free.solve``. From the plan of ``frontier``, which has to have come so far."""
        face = self._face(more)
        chosen, as_is = self.plans[more]
        least = [as_is]
        model = self._model(face, [], least)
        model.model.maximize(self._rewards(model)[1])
        solver = solver_with(EFFORT, deadline)
        status = solver.solve(model.model)
        proven = status == cp_model.OPTIMAL
        if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            chosen = model.chosen(solver)
            least.append(round(solver.objective_value))
        reached: list[Reached] = []
        kept: list[Reached] = []
        for stage in stages:
            if progress:
                progress(stage.name, len(reached) / len(stages))
            value = flow.attained(self.task, stage, chosen)
            end = Reached(stage, value, _narrow(face, stage, value))
            if end.value != end.bound:
                if deadline is None or monotonic() < deadline:
                    model = self._model(face, kept, least)
                    chosen, end = _decide(model, end, chosen, deadline)
                    _narrow(face, stage, end.value)
                kept.append(end)
            reached.append(end)
        return Freed(Outcome(chosen, tuple(reached)), self._stays(chosen), proven)

    def _face(self, more: int) -> flow.Face:
        """The flows with so many people more, side rules or not."""
        face = flow.Face(self.task, self.network)
        face.upper = face.upper.copy()
        face.upper[-1] = self.waiting - more
        face.peopled = True
        return face

    def _model(self, face: flow.Face, kept: list[Reached], least: list[int]) -> Model:
        """The open flows that keep the side rules and come to at least so much of each reward."""
        every = np.arange(len(self.task.mentee))
        rows = [*self.rows.standing, *self.rows.couples(every)]
        for end in kept:
            # The face has no room for pairs under the worst score already.
            if end.stage.name != "worst" and end.value is not None:
                costs = self.task.cost(end.stage)
                pairs = np.flatnonzero(costs)
                rows.append(Row(pairs, costs[pairs], end.value))
        model = Model(program(face, np.ones(len(every), dtype=bool), rows))
        for reward, value in zip(self._rewards(model), least, strict=False):
            model.model.add(reward >= value)
        return model

    def _rewards(self, model: Model) -> tuple[cp_model.LinearExprT, cp_model.LinearExprT]:
        """How many pairs stay as they are, and how many stay."""
        as_is, same = self.costs()
        return model.cost(-as_is), model.cost(-same)

    def _stays(self, chosen: Ints) -> tuple[int, ...]:
        """Which running pairs stay as they are: as many as can when these pairs meet."""
        face = flow.Face(self.task, self.network)
        others = np.ones(len(self.task.mentee), dtype=bool)
        others[chosen] = False
        face.drop(others)
        priced = face.cheapest(self.costs()[0])
        assert priced is not None, "these pairs can all meet"
        return tuple(np.flatnonzero(priced.flow[self.kept] > 0).tolist())


def _narrow(face: flow.Face, stage: Stage, value: int | None) -> int | None:
    """The flow's bound for the stage. Keeps every flow that is at least as good as the value."""
    if stage.name == "worst":
        best, _ = face.best_worst()
        face.keep_worst(value)
        return best
    costs = face.costs(face.task.cost(stage))
    cheapest = face.cheapest(costs)
    assert cheapest is not None
    assert value is not None
    bound = int((costs * cheapest.flow).sum())
    face.narrow(face.reduced(costs, cheapest), slack=value - bound)
    return bound


def _decide(
    model: Model, end: Reached, chosen: Ints, deadline: float | None
) -> tuple[Ints, Reached]:
    """The best round of a stage, from the one in hand with its value and known bound."""
    stage, known, face = end.stage, end.bound, model.program.face
    assert known is not None
    if stage.name == "worst":
        model.model.maximize(_lowest(model, known))
    else:
        model.model.minimize(model.cost(face.costs(face.task.cost(stage))))
    model.hint(chosen)
    solver = solver_with(EFFORT_FOR_TIES if stage.name == "ties" else EFFORT, deadline)
    status = solver.solve(model.model)
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        chosen = model.chosen(solver)
    value = flow.attained(face.task, stage, chosen)
    proven = solver.best_objective_bound
    if status == cp_model.OPTIMAL:
        known = value
    elif isfinite(proven) and status == cp_model.FEASIBLE:
        down = stage.name == "worst"
        known = min(known, floor(proven + 1e-6)) if down else max(known, ceil(proven - 1e-6))
    return chosen, Reached(stage, value, known)


def _lowest(model: Model, most: int) -> cp_model.IntVar:
    """A number up to ``most`` that no used pair's score is under."""
    face = model.program.face
    task, pair = face.task, face.network.pair
    held = task.score[np.flatnonzero(face.held())]
    lowest = model.model.new_int_var(0, min([most, *held.tolist()]), "")
    for arc, used in model.used.items():
        if pair[arc] >= 0:
            score = int(task.score[pair[arc]])
            model.model.add(lowest <= score + (most - score) * (1 - used))
    return lowest
