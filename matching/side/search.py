"""Decides the levels one after another where side rules bind: ``descent`` brings each one down."""

from copy import copy

import numpy as np

from matching.flow import levels as flow
from matching.flow.face import Face, best
from matching.flow.network import Outcome, Progress, Reached, Stage, Task, build
from matching.side.descent import EFFORT, EFFORT_FOR_TIES, LEAN, Common, Descent, guides, late
from matching.side.minimums import by_search
from matching.side.rules import Row, Rows, SideRules
from matching.table.scoring import Bools, Ints

#: Pairs of each person that the linear program is given at first.
FIRST = 5


def solve(
    task: Task,
    stages: tuple[Stage, ...],
    side: SideRules,
    by_flow: Outcome,
    deadline: float | None = None,
    progress: Progress | None = None,
) -> Outcome:
    """The best round by the stages in order that keeps the side rules.

    ``by_flow`` is what the flow came to without them; the tries begin there. Raises TooFewError
    when no round reaches the minimums of groups. After the deadline the levels that are not
    decided yet are reported as they stand, with what is known of them.
    """
    tries = _Search(task, stages, side, by_flow.chosen, deadline)
    reached: list[Reached] = []
    for stage in stages:
        if late(deadline):
            break
        if progress:
            progress(stage.name, len(reached) / len(stages))
        reached.append(tries.decide(stage))
    equal = all(
        mine.value == its.value for mine, its in zip(reached, by_flow.reached, strict=False)
    )
    for stage, its in zip(stages[len(reached) :], by_flow.reached[len(reached) :], strict=True):
        value = flow.attained(task, stage, tries.chosen)
        # What the flow proved holds for rounds that are its equals so far, without the rules too.
        reached.append(
            Reached(stage, value, its.bound if equal else flow.simple_bound(task, stage))
        )
        equal &= value == its.value
    return Outcome(tries.chosen, tuple(reached))


class _Search:
    """The round in hand, and the flows that are at least as good."""

    def __init__(
        self,
        task: Task,
        stages: tuple[Stage, ...],
        side: SideRules,
        without_side: Ints,
        deadline: float | None,
    ) -> None:
        self.task, self.face = task, Face(task, build(task))
        self.rows, kernel = Rows(task, side), np.zeros(len(task.mentee), dtype=bool)
        kernel[without_side] = True
        if not late(deadline):
            kernel |= self._promising()
        self.common = Common(task, self.rows, self.face, kernel, deadline)
        self.chosen = self.rows.without_offending(without_side)
        if not self.rows.kept(self.chosen):
            self.chosen = self._first(stages[0])

    def _first(self, stage: Stage) -> Ints:
        """A round to begin with, where one without the offending pairs falls short of a minimum.

        Looks for one however late it is: without any there is nothing to hand out.
        """
        task = self.task
        costs = task.cost(stage if stage.name != "worst" else Stage("matched"))
        kernel, relaxation = self.common.kernel, self.common.relaxation
        rows = [*self.rows.standing, *self.rows.couples(np.flatnonzero(kernel))]
        for guide in (0, *guides(task)):
            relaxed = relaxation.solve(self.face, kernel, rows, costs * LEAN + guide, None)
            amounts = None if relaxed is None else relaxed.whole()
            if amounts is not None and self.rows.kept(chosen := self.face.chosen(amounts)):
                return chosen
        return by_search(task, self.rows.side, kernel)

    def _promising(self) -> Bools:
        """The pairs of each person that cost least at the prices of a round of many good pairs."""
        task, face = self.task, self.face
        score = task.score.astype(np.int64)
        weight = 1 + int(score.max(initial=0))
        costs = face.costs(-score - weight * task.priority[task.mentee])
        priced = face.cheapest(costs)
        assert priced is not None
        network = face.network
        reduced = costs + priced.potential[network.tail] - priced.potential[network.head]
        least = np.full(len(score), np.iinfo(np.int64).max)
        mine = network.pair >= 0
        np.minimum.at(least, network.pair[mine], reduced[mine])
        pairs = np.zeros(len(score), dtype=bool)
        for side in (task.mentee, task.mentor):
            pairs[best(side, -least, FIRST)] = True
        return pairs | task.must[task.mentee]

    def decide(self, stage: Stage) -> Reached:
        """The best of a stage; narrows the face to rounds at least as good."""
        if stage.name == "worst":
            return self._decide_worst(stage)
        costs = self.task.cost(stage)
        descent = Descent(self.common, self.face, costs, self.chosen)
        descent.effort = EFFORT_FOR_TIES if stage.name == "ties" else EFFORT
        descent.run()
        self.chosen = descent.chosen
        if stage.name == "matched" and len(self.chosen):
            self.face.peopled |= descent.value == descent.by_flow
        if descent.value > descent.by_flow:
            pairs = np.flatnonzero(costs)
            self.common.kept.append(Row(pairs, costs[pairs], descent.value))
        return Reached(stage, descent.value, descent.bound)

    def _decide_worst(self, stage: Stage) -> Reached:
        """The highest score that no pair need be under, by halves, the highest first."""
        task = self.task
        bound, _ = self.face.best_worst()
        value = task.worst(self.chosen)
        if value != bound and bound is not None:
            scores = np.unique(task.score[task.score <= bound])
            if task.ceiling is not None and task.ceiling <= bound:
                scores = np.unique(np.append(scores, task.ceiling))
            low = int(np.searchsorted(scores, -1 if value is None else value, side="right"))
            high = tried = len(scores) - 1
            while low <= high:
                found, proven = self._above(int(scores[tried]))
                if found is not None:
                    self.chosen, low = found, tried + 1
                elif proven:
                    high, bound = tried - 1, int(scores[tried - 1]) if tried else None
                else:
                    break
                tried = (low + high) // 2
            value = task.worst(self.chosen)
            if low > high:
                bound = value
        self.face.keep_worst(value)
        return Reached(stage, value, bound)

    def _above(self, score: int) -> tuple[Ints | None, bool]:
        """A round with a pair and none below the score, if there is one; and whether that is sure."""
        task = self.task
        below, goal = (task.score < score).astype(np.int64), 0
        if not self.face.peopled and task.ceiling is None:
            # One pair below weighs more than all others together, and any is better than none.
            below = below * (1 + int(np.count_nonzero(self.face.network.supply > 0))) - 1
            goal = -1
        descent = Descent(self.common, copy(self.face), below, self.chosen, goal)
        descent.run()
        if descent.value <= goal:
            return descent.chosen, True
        return None, descent.bound > goal
