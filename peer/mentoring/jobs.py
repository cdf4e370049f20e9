"""The worker's part: solving rounds, and what the clock brings."""

import time

import structlog

import matching
from peer.core import queue, work
from peer.mentoring import service, snapshot

SOLVE_SECONDS = 120.0  # what has been decided by then stands
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
        solution = matching.solve(problem, round_.seed, SOLVE_SECONDS, _Progress(round_id))
        answer = snapshot.read(problem, solution, round_.keys)
    except Exception as error:  # noqa: BLE001 - whatever it is, people are told plainly
        log.error("round_failed", kind=type(error).__name__)
        with work.begin():
            service.fail_round(round_id, "engine")
        return
    with work.begin():
        service.record_solution(round_id, answer)


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
