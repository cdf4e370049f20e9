"""The stable round: nobody would rather meet somebody who would rather meet them, too.

Both sides of a pair judge it by the same score, and equal scores are told apart by the same hash.
Then there is exactly one stable round, and deferred acceptance (Gale and Shapley 1962) comes to
it by taking the pairs from the best to the worst wherever the mentee is free and the mentor can
still seat one more. What a mentor can seat is a matroid (places, and a start for each), so taking
the best first is also the best choice of each mentor from whomever asks.
"""

from collections import defaultdict

import numpy as np

from matching.flow.network import Outcome, Progress, Reached, Stage, Task
from matching.rules.timetable import seat
from matching.table.scoring import Places

#: Pairs looked at together: those of people who have been placed by then are passed over at once.
CHUNK = 10_000


def solve(task: Task, stage: Stage, progress: Progress | None = None) -> Outcome:
    """The stable round of a task without side rules; people who must be placed come first."""
    order = np.lexsort((-task.tie, -task.score.astype(np.int64), ~task.must[task.mentee]))
    round_ = _Round(task)
    for first in range(0, len(order), CHUNK):
        if progress:
            progress(stage.name, first / len(order))
        for place in round_.open(order[first : first + CHUNK]).tolist():
            round_.take(place)
    chosen = np.array(sorted(round_.pairs), dtype=np.int64)
    return Outcome(chosen, (Reached(stage, 0, 0),))


class _Round:
    """Who is placed so far."""

    def __init__(self, task: Task) -> None:
        self.task, self.pairs = task, list[int]()
        self._placed = np.zeros(len(task.priority), dtype=bool)
        self._places = task.capacity.copy()
        self._seats: dict[int, dict[str, tuple[int, ...]]] = defaultdict(dict)

    def open(self, places: Places) -> Places:
        """Those of some pairs whose mentee is free and whose mentor has a place."""
        task = self.task
        keep = ~self._placed[task.mentee[places]] & (self._places[task.mentor[places]] > 0)
        return places[keep]

    def take(self, place: int) -> None:
        """Place the two, if both can still be placed."""
        task = self.task
        mentee, mentor = int(task.mentee[place]), int(task.mentor[place])
        if self._placed[mentee] or self._places[mentor] < 1 or not self._seated(mentee, mentor):
            return
        self._placed[mentee] = True
        self._places[mentor] -= 1
        self.pairs.append(place)

    def _seated(self, mentee: int, mentor: int) -> bool:
        """Give the mentee a start of the mentor's, if all have one then."""
        task = self.task
        if task.timeless:
            return True
        starts = np.flatnonzero(task.meets[mentee] & task.offers[mentor]).tolist()
        wishes = {**self._seats[mentor], str(mentee): tuple(starts)}
        if seat(wishes) is None:
            return False
        self._seats[mentor] = wishes
        return True
