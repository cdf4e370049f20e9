"""Potentials of a flow: the prices that prove it cheapest, or a circle that shows it is not."""

import numpy as np

from matching.table.scoring import Bools, Ints, Places, Small

#: Sweeps after which it is looked whether the walks have closed into a circle.
SWEEPS = 8


class Walks:
    """Walks along arcs from ``tail`` to ``head`` that cost something."""

    def __init__(self, nodes: int, tail: Small, head: Small, cost: Ints) -> None:
        order = by_node(nodes, tail)
        self._nodes, self._head, self._cost = nodes, head[order], cost[order]
        self._first = np.zeros(nodes + 1, dtype=np.int64)
        np.cumsum(np.bincount(tail, minlength=nodes), out=self._first[1:])

    def settle(self, start: Ints, frontier: Places) -> Ints | None:
        """Lower the potentials until no arc costs less than the fall along it.

        Only arcs out of the frontier may do so at the start. None when there is no end to it:
        some arcs make a circle that costs less than nothing (Bellman and Ford, by frontiers).
        """
        potential, parent = start.copy(), np.full(self._nodes, self._nodes, dtype=np.int64)
        sweep = 0
        while len(frontier):
            tails, arcs = self._leaving(frontier)
            offer = potential[tails] + self._cost[arcs]
            heads = self._head[arcs]
            better = np.flatnonzero(offer < potential[heads])
            tails, heads, offer = tails[better], heads[better], offer[better]
            np.minimum.at(potential, heads, offer)
            taken = offer == potential[heads]
            parent[heads[taken]] = tails[taken]
            frontier = _distinct(self._nodes, heads)
            sweep += 1
            if sweep % SWEEPS == 0 and _circular(parent):
                return None
        return potential

    def _leaving(self, nodes: Places) -> tuple[Places, Places]:
        """All arcs that leave the given nodes: their tails, and their places."""
        first = self._first[nodes]
        count = self._first[nodes + 1] - first
        ends = np.cumsum(count)
        arcs = np.repeat(first - ends + count, count) + np.arange(ends[-1])
        return np.repeat(nodes, count), arcs


def by_node(nodes: int, ends: Small) -> Places:
    """The places of arcs in the order of the nodes at one of their ends."""
    # Numbers of two bytes are sorted without comparing any: several times sooner.
    small = ends.astype(np.uint16) if nodes <= np.iinfo(np.uint16).max else ends
    return np.argsort(small, kind="stable")


def _distinct(nodes: int, found: Small) -> Places:
    there: Bools = np.zeros(nodes, dtype=bool)
    there[found] = True
    return np.flatnonzero(there)


def _circular(parent: Ints) -> bool:
    """Whether somebody comes back to where they were by going to the parent again and again.

    Each parent's potential has paid for its child's, and may have fallen since. Around a circle
    that adds up to less than nothing.
    """
    nodes = len(parent)
    ahead = np.append(parent, nodes)
    for _ in range(nodes.bit_length()):
        ahead = ahead[ahead]
    return bool(np.any(ahead != nodes))
