"""Walks over what a flow leaves open: where one unit more could go, and at what cost.

Plain graph algorithms on arrays. An arc of a residual network stands for one thing that could be
done otherwise: a pair begun, a pair ended, a place taken. A walk along such arcs is a chain of
moves, and the cheapest walk is the cheapest way to change a flow by one unit (as long as the flow
is a cheapest one: then no circle of moves gains anything).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from matching.table.scoring import Bools, Ints, Places, Small

#: Further than any walk: no way leads there.
FAR = np.int64(2**62)


@dataclass(frozen=True)
class Residual:
    """Arcs from ``tail`` to ``head``; places in these arrays name arcs."""

    nodes: int
    tail: Small
    head: Small

    @cached_property
    def _into(self) -> "_Index":
        return _Index(self.nodes, self.head)

    @cached_property
    def _out(self) -> "_Index":
        return _Index(self.nodes, self.tail)

    def out(self, node: int) -> Places:
        """The arcs that begin at a node."""
        return self._out.of(np.array([node]))

    def reachable(self, sources: Places, alive: Bools) -> Bools:
        """The nodes to which walks over living arcs lead, the sources among them."""
        return self._spread(sources, alive, self._out, self.head)

    def reaching(self, target: int, alive: Bools) -> Bools:
        """The nodes from which walks over living arcs lead to the target."""
        return self.reaching_any(np.array([target]), alive)

    def reaching_any(self, targets: Places, alive: Bools) -> Bools:
        """The nodes from which walks over living arcs lead to one of the targets."""
        return self._spread(targets, alive, self._into, self.tail)

    def _spread(self, sources: Places, alive: Bools, index: "_Index", ends: Small) -> Bools:
        found = np.zeros(self.nodes, dtype=bool)
        found[sources] = True
        frontier = np.flatnonzero(found)
        while len(frontier):
            arcs = index.of(frontier)
            new = ends[arcs[alive[arcs]]]
            new = new[~found[new]]
            found[new] = True
            frontier = np.unique(new).astype(np.intp)
        return found

    def distances(self, target: int, cost: Ints, alive: Bools) -> Ints:
        """The cost of the cheapest walk from each node to the target; ``FAR`` without one.

        Costs may be negative. ArithmeticError when a circle gains: then there is no cheapest.
        """

        def offer(arcs: Places, known: Ints) -> Ints:
            return cost[arcs] + known[self.head[arcs]]

        return self._relaxed(target, np.int64(0), FAR, offer, alive)

    def widths(self, target: int, width: Ints, alive: Bools) -> Ints:
        """The widest walk from each node to the target, by its narrowest arc; -1 without one."""

        def offer(arcs: Places, known: Ints) -> Ints:
            return -np.minimum(width[arcs], -known[self.head[arcs]])

        return -self._relaxed(target, -FAR, np.int64(1), offer, alive)

    def _relaxed(
        self,
        target: int,
        at_target: np.int64,
        elsewhere: np.int64,
        offer: Callable[[Places, Ints], Ints],
        alive: Bools,
    ) -> Ints:
        """Bellman and Ford backwards from the target, by frontiers."""
        known = np.full(self.nodes, elsewhere, dtype=np.int64)
        known[target] = at_target
        frontier = np.array([target])
        for _ in range(self.nodes + 1):
            arcs = self._into.of(frontier)
            arcs = arcs[alive[arcs]]
            offers = offer(arcs, known)
            better = offers < known[self.tail[arcs]]
            np.minimum.at(known, self.tail[arcs[better]], offers[better])
            frontier = np.unique(self.tail[arcs[better]]).astype(np.intp)
            if not len(frontier):
                return known
        raise ArithmeticError("a circle of moves gains: the round is not the best")


@dataclass(frozen=True)
class Walks:
    """The walks of fewest arcs to a target over living arcs; the lowest nodes among equals."""

    arcs: Residual
    target: int
    alive: Bools

    @cached_property
    def _steps(self) -> Ints:
        one = np.ones(len(self.arcs.tail), dtype=np.int64)
        return self.arcs.distances(self.target, one, self.alive)

    def of(self, source: int) -> list[int]:
        """The walk from a node, as arcs. There has to be one."""
        arcs, node, found = self.arcs, source, list[int]()
        while node != self.target:
            out = arcs.out(node)
            nearer = out[self.alive[out] & (self._steps[arcs.head[out]] == self._steps[node] - 1)]
            found.append(int(nearer[np.argmin(arcs.head[nearer])]))
            node = int(arcs.head[found[-1]])
        return found


class _Index:
    """The arcs at each node, by one of their ends."""

    def __init__(self, nodes: int, ends: Small) -> None:
        self._order = np.argsort(ends, kind="stable")
        self._first = np.searchsorted(ends[self._order], np.arange(nodes + 1))

    def of(self, nodes: Places) -> Places:
        """All arcs at the given nodes."""
        first, count = self._first[nodes], self._first[nodes + 1] - self._first[nodes]
        ends = np.cumsum(count)
        places = np.repeat(first - ends + count, count) + np.arange(count.sum())
        arcs: Places = self._order[places]
        return arcs
