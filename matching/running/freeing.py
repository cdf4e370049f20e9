"""Running pairs that may change, for the sake of people who would stay without a mentor.

The network is that of ``network`` with an arc for every running pair as it meets now, at its
own hour. A flow that uses ``kept`` of them leaves so many pairs alone. Nobody who has a mentor,
or who gets one while all pairs stand, may go past everybody to the sink (``Task.must``).

How many pairs must change for one more person, and for the next, is the price. The fewest
changes for each number of people is a cheapest flow with so much through the bypass: convex,
and whole at whole numbers. So a few flows, each with a person worth some fraction of a change,
give its corners, and between two corners it is a straight line (docs/matching.md has the proof).
"""

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from matching.flow import levels as flow
from matching.flow.network import Network, Outcome, Progress, Stage, Task, build
from matching.problem import Rung
from matching.table.scoring import Bools, Ints


@dataclass(frozen=True, slots=True)
class Running:
    """A running pair by its place in the task, and its hour (None when there are none)."""

    pair: int
    start: int | None


@dataclass(frozen=True, slots=True)
class Freed:
    """What was decided, and which running pairs (by place in ``running``) stay as they are.

    ``proven``: with so many people more, no fewer can change.
    """

    outcome: Outcome
    stays: tuple[int, ...]
    proven: bool = True


@dataclass(frozen=True, slots=True)
class Frontier:
    """For each number of people more, the fewest changes; ``most`` more are sure not to be passed.

    The rungs go on from none; where they end before ``most``, nobody knows what comes after.
    """

    rungs: tuple[Rung, ...]
    most: int

    @property
    def proven(self) -> bool:
        """Whether the rungs go as far as anybody can."""
        return self.rungs[-1].more == self.most

    def affordable(self, changes: int) -> Rung:
        """As far as so many changes are known to reach."""
        return [rung for rung in self.rungs if rung.changes <= changes][-1]

    def within(self, changes: int) -> int:
        """How many people more are sure not to be passed with so many changes."""
        found = self.affordable(changes)
        return self.most if found == self.rungs[-1] else found.more


def network(task: Task, running: tuple[Running, ...]) -> tuple[Network, Ints]:
    """The task's network with an arc for each running pair as it is, and these arcs' places.

    A pair keeps its hour by way of the hour's node where there is one. Where there is none, no
    thin pair can ever take that hour, and thick pairs find another: its mentor will do. Without
    hours it goes as it would otherwise.
    """
    plain = build(task)
    rows = np.array([row.pair for row in running], dtype=np.int64)
    head = []
    for row in running:
        mentor = int(task.mentor[row.pair])
        alone = len(task.priority) + mentor
        if row.start is None:
            head.append(int(plain.head[row.pair]))
        else:
            head.append(plain.hours.get((mentor, row.start), alone))
    with_running = Network(
        plain.nodes,
        np.concatenate([task.mentee[rows], plain.tail]).astype(np.int32),
        np.concatenate([np.array(head, dtype=np.int32), plain.head]),
        np.concatenate([np.ones(len(running), dtype=np.int32), plain.capacity]),
        np.concatenate([rows, plain.pair]).astype(np.int32),
        plain.supply,
        plain.hours,
    )
    return with_running, np.arange(len(running), dtype=np.int64)


class Free:
    """The rounds in which running pairs may change. ``stands``: the pairs that it has if none do.

    ``stands`` are places in the task and include every running pair.
    """

    def __init__(self, task: Task, running: tuple[Running, ...], stands: Ints) -> None:
        self.running = running
        self.network, self.kept = network(task, running)
        # The network says already who must be placed: not all their arcs need to be seen at once.
        plain = replace(task, must=np.zeros(len(task.must), dtype=bool))
        self.task, self.face = task, flow.Face(plain, self.network)
        pair = self.network.pair
        self.face.seen |= (pair >= 0) & _among(stands, len(task.mentee))[pair]
        self.waiting = int(self.network.capacity[-1])

    def frontier(self) -> Frontier:
        """For each number of people more, the fewest changes; from none on, as far as it goes."""
        first, top = Rung(0, 0), self._point(1, 1 + len(self.running))
        corners = [first, *self._corners(first, top)] if top.more else [first]
        rungs = [first]
        for one, other in pairwise(corners):
            slope = (other.changes - one.changes) // (other.more - one.more)
            rungs += [
                Rung(one.changes + slope * step, one.more + step)
                for step in range(1, other.more - one.more + 1)
            ]
        return Frontier(tuple(rungs), rungs[-1].more)

    def _corners(self, one: Rung, other: Rung) -> list[Rung]:
        """The corners after ``one`` up to ``other``, which both lie on the frontier."""
        changes, more = other.changes - one.changes, other.more - one.more
        middle = self._point(more, changes)
        if more * middle.changes - changes * middle.more == more * one.changes - changes * one.more:
            return [other]
        return [*self._corners(one, middle), *self._corners(middle, other)]

    def _point(self, change: int, person: int) -> Rung:
        """Where the frontier is when so many points a change lose to so many points a person."""
        costs = np.zeros(len(self.network.pair), dtype=np.int64)
        costs[self.kept], costs[-1] = -change, person
        priced = self.face.cheapest(costs)
        assert priced is not None, "all may stay as they are"
        kept = int(priced.flow[self.kept].sum())
        return Rung(len(self.running) - kept, self.waiting - int(priced.flow[-1]))

    def solve(
        self,
        more: int,
        stages: tuple[Stage, ...],
        deadline: float | None = None,
        progress: Progress | None = None,
    ) -> Freed:
        """The best round with so many people more: fewest changes, then fewest other mentors.

        Only then are the stages looked at.
        """
        face = self.face
        face.upper = face.upper.copy()
        face.upper[-1] = self.waiting - more
        as_is, same_mentor = self.costs()
        for costs in (as_is, same_mentor):
            priced = face.cheapest(costs)
            assert priced is not None, "so many people more can be placed"
            face.narrow(face.reduced(costs, priced))
        face.peopled = True
        outcome, found = flow.follow(face, stages, deadline, progress)
        return Freed(outcome, tuple(np.flatnonzero(found[self.kept] > 0).tolist()))

    def costs(self) -> tuple[Ints, Ints]:
        """Of each arc: 1 point off for a pair that stays, hour and all; for one that stays."""
        as_is = np.zeros(len(self.network.pair), dtype=np.int64)
        as_is[self.kept] = -1
        rows = np.array([row.pair for row in self.running], dtype=np.int64)
        pair = self.network.pair
        same = (pair >= 0) & _among(rows, len(self.task.mentee))[pair]
        return as_is, -same.astype(np.int64)


def _among(some: Ints, count: int) -> Bools:
    found = np.zeros(count, dtype=bool)
    found[some] = True
    return found
