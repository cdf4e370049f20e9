"""The worker's part: solving rounds, and what the clock brings."""

import time
from dataclasses import replace
from typing import Any

import structlog

import matching
from peer.core import queue, work
from peer.mentoring import service, snapshot

PRICE_SECONDS = 45.0  # for what it would cost running pairs that more people get a mentor
_PAUSE = 0.3  # seconds between two signs of life of a round

log = structlog.get_logger("mentoring")


@queue.job("rounds.solve")
def solve_round(round_id: str) -> None:
    """Solve a round, have the referee look, and record it; a second run changes nothing."""
    with work.begin():
        begun = service.begin_solving(round_id)
    if begun is None:
        return
    problem, round_ = begun
    try:
        progress = _Progress(round_id)
        solution = matching.solve(problem, round_.seed, snapshot.SOLVE_SECONDS, progress)
        answer = snapshot.read(problem, solution, round_.keys)
    except Exception as error:  # noqa: BLE001 - whatever it is, people are told plainly
        log.error("round_failed", kind=type(error))
        with work.begin():
            service.fail_round(round_id, "engine")
        return
    insight = None
    if not answer.broken:
        answer = replace(answer, price=_price(problem, solution, round_.seed))
        insight = _insight(problem, solution, progress)
    with work.begin():
        service.record_solution(round_id, answer, insight)


def _price(problem: matching.Problem, solution: matching.Solution, seed: int) -> str | None:
    """What room would cost running pairs. The round stands without, should that ever fail."""
    if problem.may_change or not (solution.unmatched and problem.continuing):
        return None
    try:
        return snapshot.price(problem, seed, PRICE_SECONDS)
    except Exception as error:  # noqa: BLE001 - the pairs are found and checked: they count
        log.error("round_unpriced", kind=type(error))
        return None


def _insight(
    problem: matching.Problem, solution: matching.Solution, progress: "_Progress"
) -> dict[str, Any] | None:
    """What else is worked out of a round. It stands without, should that ever fail."""
    try:
        return snapshot.work_out(problem, solution, progress)
    except Exception as error:  # noqa: BLE001 - the pairs are found and checked: they count
        log.error("round_unexplained", kind=type(error))
        return None


class _Progress:
    """Passes on how far the engine has come, a few times a second at most."""

    def __init__(self, round_id: str) -> None:
        self.round_id = round_id
        self.told = 0.0

    def __call__(self, stage: str, fraction: float) -> None:
        if time.monotonic() - self.told < _PAUSE:
            return
        self.told = time.monotonic()
        with work.begin():
            service.note_progress(self.round_id, stage, round(100 * fraction))


@queue.sweep("rounds.unfinished")
def ask_for_unfinished_rounds() -> None:
    """A worker that was stopped half-way loses its round; it is asked for again."""
    with work.begin():
        service.ask_again()


@queue.sweep("mentoring.clock")
def what_the_clock_brings() -> None:
    """Questions and vettings that have run out."""
    with work.begin():
        service.expire_questions()
    with work.begin():
        service.lapse_expired()
