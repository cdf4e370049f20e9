"""One level's cost on its way down, where side rules bind.

Three things are asked in turn, each only while the cost is not proven: does the round in hand come to
what the flow alone can do; what does a linear program over few pairs say, whose prices prove a
bound over all of them and whose amounts are often a round; and, among the pairs that the bound
leaves open, what does CP-SAT find.
"""

from copy import copy
from dataclasses import dataclass, field
from functools import cached_property
from time import monotonic

import numpy as np

from matching.flow.face import Face
from matching.flow.network import Task
from matching.side.bounds import Proof, prove, prove_by_flow
from matching.side.model import search
from matching.side.program import program
from matching.side.relaxation import Relaxation, Relaxed
from matching.side.rules import Row, Rows
from matching.table.scoring import Bools, Ints

#: Pairs that the linear program is given at once later.
AT_ONCE = 20_000
#: As many times as there are mentees, pairs that the flow's prices put next.
NEXT = 1
#: How much more a unit of cost weighs than what the amounts lean to.
LEAN = 2**20
#: How often it is given more pairs.
TRIES = 12
#: Savings (on a proof's scale) that may come of rounding.
NOISE = 8
#: Pairs that CP-SAT is given at most.
MOST = 100_000
#: Work that CP-SAT may spend on one search (its own, repeatable units, each about a second).
EFFORT = 60.0
#: The same for the ties, where a proof is worth less.
EFFORT_FOR_TIES = 5.0


def late(deadline: float | None) -> bool:
    """Whether the time is up."""
    return deadline is not None and monotonic() > deadline


def guides(task: Task) -> tuple[Ints, Ints]:
    """What amounts can lean to: high scores; some of the ties."""
    return -task.score.astype(np.int64), -(task.tie >> 18).astype(np.int64)


@dataclass
class Common:
    """What all levels share: the rules, the levels decided so far, the pairs looked at."""

    task: Task
    rows: Rows
    face: Face
    kernel: Bools
    deadline: float | None
    kept: list[Row] = field(default_factory=list)

    @cached_property
    def relaxation(self) -> Relaxation:
        """The linear program that grows along."""
        return Relaxation(self.face)


class Descent:
    """One cost on its way down: the best round in hand, and what no round can beat."""

    def __init__(
        self, common: Common, face: Face, costs: Ints, chosen: Ints, goal: int | None = None
    ) -> None:
        self.common, self.face, self.costs, self.goal = common, face, costs, goal
        self.effort = EFFORT
        self.chosen, self.value = chosen, int(costs[chosen].sum())
        self.proofs: list[Proof] = []
        self.by_flow = self.bound = self._flow_bound()

    def _flow_bound(self) -> int:
        face, costs = self.face, self.face.costs(self.costs)
        cheapest = face.cheapest(costs)
        assert cheapest is not None, "the round in hand is a flow"
        bound = int((costs * cheapest.flow).sum())
        self.proofs.append(Proof(1, bound, face.reduced(costs, cheapest)))
        self._narrow()
        return bound

    def run(self) -> None:
        """Goes on until the cost is proven, reaches the goal, can't, or there is no time."""
        if self._done():
            return
        self._look_near(self.proofs[0], NEXT)
        self._relaxed()
        if not self._done():
            self._lean()
        if not self._done():
            self._search()

    def _done(self) -> bool:
        if self.goal is not None and (self.value <= self.goal or self.bound > self.goal):
            return True
        return late(self.common.deadline) or self.value <= self.bound

    def _open(self) -> Bools:
        return _open_pairs(self.face)

    def _rows(self, face: Face, pairs: Bools) -> list[Row]:
        """The rules and the levels decided so far, as far as they concern the given pairs."""
        rows = self.common.rows
        together = np.flatnonzero(pairs | (face.held() > 0))
        every = [*rows.standing, *rows.couples(together), *self.common.kept]
        here = np.zeros(len(self.costs), dtype=bool)
        here[together] = True
        return [row for row in every if _can_break(row, here)]

    def _look_near(self, proof: Proof, share: float) -> None:
        """Has the linear programs look at the pairs that a flow's prices put next, if few are."""
        arcs, gain = self._outside(proof)
        count = int(share * len(self.common.task.priority))
        if len(arcs) > count:
            far = np.partition(gain, count)[count]
            arcs = arcs[gain < far]
        self.common.kernel[self.face.network.pair[arcs]] = True

    def _outside(self, proof: Proof) -> tuple[Ints, Ints]:
        """The open arcs of pairs that the linear programs have not looked at, and their costs."""
        face, pair = self.face, self.face.network.pair
        arcs = np.flatnonzero((face.lower < face.upper) & (pair >= 0))
        arcs = arcs[~self.common.kernel[pair[arcs]]]
        return arcs, proof.reduced[arcs]

    def _lean(self) -> None:
        """Other cheapest amounts, those that lean towards high scores or towards some of the ties.

        One of them may be in whole numbers where the first was not.
        """
        for guide in guides(self.common.task):
            relaxed = self._amounts(self.costs * LEAN + guide)
            amounts = None if relaxed is None else relaxed.whole()
            if amounts is not None:
                self._consider(self.face.chosen(amounts))
            self._narrow()
            if self._done():
                return

    def _amounts(self, costs: Ints) -> Relaxed | None:
        pairs = self.common.kernel & self._open()
        return self.common.relaxation.solve(
            self.face, pairs, self._rows(self.face, pairs), costs, self.common.deadline
        )

    def _relaxed(self) -> None:
        """Linear programs over more and more pairs, until their prices call for no more."""
        kernel = self.common.kernel
        for _ in range(TRIES):
            relaxed = self._amounts(self.costs)
            if relaxed is None:
                return
            proof = prove(self.face, self.costs, relaxed)
            if proof is None:
                return
            missing = self._missing(proof)
            self._prove(proof)
            amounts = relaxed.whole()
            if amounts is not None:
                self._consider(self.face.chosen(amounts))
            self._narrow()
            if self._done() or not len(missing):
                return
            kernel[missing] = True
            # Until no pair is missing a flow at the same prices proves more.
            proof = prove_by_flow(self.face, self.costs, relaxed)
            if proof is not None:
                self._prove(proof)
                self._narrow()
                self._look_near(proof, NEXT)
            if self._done():
                return

    def _prove(self, proof: Proof) -> None:
        self.proofs.append(proof)
        self.bound = max(self.bound, proof.least())

    def _missing(self, proof: Proof) -> Ints:
        """Pairs outside the kernel that the prices call for, the best of many."""
        arcs, gain = self._outside(proof)
        # What rounding alone can do calls for nothing.
        called = int(np.count_nonzero(gain < -NOISE))
        if not called:
            return np.zeros(0, dtype=np.int64)
        # With those that nearly could, the next prices call for fewer more. Pairs that cost
        # exactly nothing are no nearer than thousands of others.
        arcs = arcs[np.abs(gain) > NOISE]
        gain = proof.reduced[arcs]
        count = min(max(called, len(self.common.task.priority) // 4), AT_ONCE, len(arcs))
        near = arcs[np.argpartition(gain, count - 1)[:count]]
        near = near[proof.reduced[near] < -gain.min()]
        return np.unique(self.face.network.pair[near]).astype(np.int64)

    def _consider(self, chosen: Ints) -> None:
        """Takes a round in hand if it is better and keeps every rule and every level."""
        value = int(self.costs[chosen].sum())
        used = np.zeros(len(self.costs), dtype=bool)
        used[chosen] = True
        kept = all(row.over(used) <= 0 for row in self.common.kept)
        if value < self.value and kept and self.common.rows.kept(chosen):
            self.chosen, self.value = chosen, value

    def _narrow(self) -> None:
        """Closes what, by any of the proofs, no round as good as the one in hand can use."""
        for proof in self.proofs:
            self.face.narrow(proof.reduced, proof.slack(self.value))

    def _search_near(self) -> None:
        """What CP-SAT finds where hardly anything changes by the best proof: often a good round.

        With a round in hand that is far from the bound, next to nothing is closed otherwise.
        """
        proof = max(self.proofs, key=lambda proof: proof.bound / proof.scale)
        arcs = np.flatnonzero((self.face.lower < self.face.upper) & (self.face.network.pair >= 0))
        extra = np.abs(proof.reduced[arcs])
        count = len(self.common.task.priority)
        if len(arcs) <= count:
            return
        slack = int(np.partition(extra, count)[count])
        if slack >= proof.slack(self.value):
            return
        face = copy(self.face)
        face.narrow(proof.reduced, slack)
        pairs = _open_pairs(face)
        answer = search(
            program(face, pairs, self._rows(face, pairs)),
            self.costs,
            (self.bound, self.value),
            self.chosen,
            self.effort,
            self.common.deadline,
        )
        if answer.chosen is not None:
            self._consider(answer.chosen)
        self._narrow()

    def _search(self) -> None:
        """What CP-SAT finds among the pairs of the linear programs, then among all that are open."""
        self._search_near()
        for everything in (False, True):
            if self._done():
                return
            pairs = self._open()
            if not everything:
                pairs &= self.common.kernel
            if np.count_nonzero(pairs) > MOST:
                return
            answer = search(
                program(self.face, pairs, self._rows(self.face, pairs)),
                self.costs,
                (self.bound, self.value),
                self.chosen,
                self.effort,
                self.common.deadline,
            )
            if answer.chosen is not None:
                self._consider(answer.chosen)
            if everything or np.array_equal(pairs, self._open()):
                self.bound = max(self.bound, self.value if answer.proven else answer.least)
            self._narrow()


def _open_pairs(face: Face) -> Bools:
    """The pairs of which an open flow may or may not be made."""
    pair = face.network.pair
    pairs = np.zeros(len(face.task.mentee), dtype=bool)
    pairs[pair[(face.lower < face.upper) & (pair >= 0)]] = True
    return pairs


def _can_break(row: Row, here: Bools) -> bool:
    return int(row.weight[here[row.pairs] & (row.weight > 0)].sum()) > row.most
