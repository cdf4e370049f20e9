"""Decides the levels one after another, each exactly, with OR-Tools' minimum cost flow.

After a level its optimal flow gives potentials. An arc with a positive reduced cost is empty in
every optimal flow and one with a negative reduced cost is full in every one (complementary
slackness); fixing those leaves exactly the optimal flows of that level for the next. So no
level needs a large weight, and each is proven by whole numbers alone.
"""

from time import monotonic

import numpy as np

from matching.flow.face import Face
from matching.flow.network import Outcome, Progress, Reached, Stage, Task, build
from matching.table.scoring import Ints, Small

__all__ = ["Face", "attained", "decide", "follow", "simple_bound", "solve"]


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
    return follow(Face(task, build(task)), stages, deadline, progress)[0]


def follow(
    face: Face,
    stages: tuple[Stage, ...],
    deadline: float | None = None,
    progress: Progress | None = None,
) -> tuple[Outcome, Small]:
    """The best of the flows that are open by the stages in order, as pairs and as a flow."""
    task, flow = face.task, face.lower
    chosen = np.zeros(0, dtype=np.int64)
    reached: list[Reached] = []
    for index, stage in enumerate(stages):
        if index and deadline is not None and monotonic() > deadline:
            break
        if progress:
            progress(stage.name, index / len(stages))
        flow = decide(face, stage, last=index == len(stages) - 1)
        chosen = face.chosen(flow)
        value = attained(task, stage, chosen)
        reached.append(Reached(stage, value, value))
    undecided = [
        Reached(stage, attained(task, stage, chosen), simple_bound(task, stage))
        for stage in stages[len(reached) :]
    ]
    return Outcome(chosen, (*reached, *undecided)), flow


def decide(face: Face, stage: Stage, last: bool = False) -> Small:
    """An optimal flow of the stage; narrows the face to all such flows."""
    if stage.name == "worst":
        worst, flow = face.best_worst()
        face.keep_worst(worst)
    elif stage.name == "levels" and (flow := _all_above(face, stage.threshold)) is not None:
        return flow
    elif last:
        flow = face.cheapest_last(face.costs(face.task.cost(stage)))
    else:
        costs = face.costs(face.task.cost(stage))
        priced = face.cheapest(costs)
        flow = None if priced is None else priced.flow
        if priced is not None:
            face.narrow(face.reduced(costs, priced))
            face.peopled |= stage.name == "matched" and len(face.chosen(priced.flow)) > 0
    if flow is None:
        raise ArithmeticError("no flow is open, although held pairs alone make one")
    return flow


def _all_above(face: Face, threshold: int) -> Small | None:
    """A flow at hand, if no open flow has a pair to gain or lose under the threshold."""
    lowest = face.lowest()
    return face.last() if lowest is None or lowest >= threshold else None


def attained(task: Task, stage: Stage, chosen: Ints) -> int | None:
    """What the chosen pairs come to at a stage."""
    return task.worst(chosen) if stage.name == "worst" else int(task.cost(stage, chosen).sum())


def simple_bound(task: Task, stage: Stage) -> int | None:
    """What no round can beat: everybody's best pair at once."""
    if stage.name == "worst":
        best = int(task.score.max()) if len(task.score) else task.ceiling
        return best if task.ceiling is None or best is None else min(best, task.ceiling)
    best_of = np.zeros(len(task.priority), dtype=np.int64)
    np.minimum.at(best_of, task.mentee, task.cost(stage))
    return int(best_of.sum())
