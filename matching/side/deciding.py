"""Chooses the solver: a flow where that keeps every rule, a search where it does not."""

from matching.flow import levels as flow
from matching.flow.network import Outcome, Progress, Stage, Task
from matching.side.rules import Rows, SideRules, TooFewError

__all__ = ["TooFewError", "decide"]


def decide(
    task: Task,
    stages: tuple[Stage, ...],
    side: SideRules,
    deadline: float | None,
    progress: Progress,
) -> tuple[str, Outcome]:
    """The name of the solver that decided, and what it decided.

    Raises TooFewError when no round reaches the minimums of groups.
    """
    # CP-SAT is slow to load; only those whom a flow can't serve should wait for it.
    if any(each.least for each in (*side.in_network, *side.minimums)):
        from matching.side.minimums import by_flow

        if short := by_flow(task, side):
            raise TooFewError(short)
    outcome = flow.solve(task, stages, deadline, progress)
    if Rows(task, side).kept(outcome.chosen):
        return "flow", outcome
    from matching.side import search

    return "cpsat", search.solve(task, stages, side, outcome, deadline, progress)
