"""Rules between the mentees of one mentor, which a network can't hold."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from matching.network import Task
from matching.scoring import Bools, Ints


@dataclass(frozen=True, slots=True)
class SideRules:
    """Couples of mentees to keep apart; who has high need; how many a mentor may take."""

    apart: tuple[tuple[int, int], ...]
    high_need: Bools
    limit: Ints

    def offending(self, task: Task, chosen: Ints) -> Ints:
        """One pair out of each broken rule, the one that costs least to give up."""
        mentor_of = dict(zip(task.mentee[chosen].tolist(), chosen.tolist(), strict=True))
        out: set[int] = set()
        for one, other in self.apart:
            pairs = [mentor_of[who] for who in (one, other) if who in mentor_of]
            if len(pairs) == 2 and task.mentor[pairs[0]] == task.mentor[pairs[1]]:
                out.add(_least(task, pairs))
        for mentor, pairs in by_mentor(task, chosen, self.high_need).items():
            if len(pairs) > self.limit[mentor]:
                out.add(_least(task, pairs))
        return np.array(sorted(out), dtype=np.int64)


def by_mentor(task: Task, pairs: Ints, whom: Bools) -> dict[int, list[int]]:
    """The pairs of the mentees in question, by mentor."""
    found: dict[int, list[int]] = defaultdict(list)
    for pair in pairs[whom[task.mentee[pairs]]].tolist():
        found[int(task.mentor[pair])].append(pair)
    return found


def _least(task: Task, pairs: list[int]) -> int:
    free = [pair for pair in pairs if not task.must[task.mentee[pair]]]
    return min(free, key=lambda pair: (task.priority[task.mentee[pair]], task.score[pair], pair))
