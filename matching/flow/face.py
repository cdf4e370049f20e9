"""The flows that are still open while the levels are decided, and the cheapest of them.

OR-Tools' solvers see the best pairs of each person first, and of the others those that the
potentials call for (column generation): there are millions of them, and nearly all are of no use.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from ortools.graph.python import max_flow, min_cost_flow

from matching.flow.network import Network, Task
from matching.flow.potentials import Walks
from matching.table.scoring import AnyInts, Bools, Ints, Places, Small

#: Pairs of each person that the solver is given at first, and arcs that it is given at once later.
FIRST, AT_ONCE = 12, 60_000
#: Bits of the numbers that decide ties.
TIE_BITS = 29
#: How small a part of the greatest gain an arc may cost and still be seen along.
NEARLY = 8
#: When fewer arcs than this are left to be priced, they are seen at once.
FEW = 30_000


@dataclass(frozen=True, slots=True)
class Priced:
    """A cheapest flow, and the potentials that prove it."""

    flow: Small
    potential: Ints


class _Open:
    """The arcs on which the open flows differ: those that are seen, and the others."""

    def __init__(self, face: "Face") -> None:
        self.bounds = face.lower, face.upper
        arcs = np.flatnonzero(face.lower < face.upper)
        seen = face.seen[arcs]
        self.network, self.seen, self.unseen = face.network, arcs[seen], arcs[~seen]

    def holds(self, face: "Face") -> bool:
        """Whether the face's bounds are those that were looked at."""
        lower, upper = self.bounds
        return face.lower is lower and face.upper is upper

    def see(self, arcs: Places) -> None:
        """Some more are seen."""
        keep = np.ones(len(self.network.tail), dtype=bool)
        keep[arcs] = False
        self.seen = np.concatenate([self.seen, arcs])
        self.unseen = self.unseen[keep[self.unseen]]
        self.__dict__.pop("ends", None)

    @cached_property
    def ends(self) -> tuple[Small, Small]:
        """Tails and heads of those that are not seen."""
        return self.network.tail[self.unseen], self.network.head[self.unseen]


@dataclass(slots=True)
class Face:
    """The flows that are still open: each arc's least and most.

    The solver is given the arcs that are ``seen``; all others are priced by its potentials, and
    those that could make the flow cheaper are seen as well, until there are none. So a flow
    that is found is the cheapest over all arcs, whichever were seen first. ``peopled`` says that
    every open flow has a pair.
    """

    task: Task
    network: Network
    lower: Small = field(init=False)
    upper: Small = field(init=False)
    seen: Bools = field(init=False)
    peopled: bool = field(init=False, default=False)
    _pairs: int = field(init=False)
    _open: _Open | None = field(init=False, default=None)
    _last: Small | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.upper = self.network.capacity.copy()
        self.lower = np.zeros_like(self.upper)
        self.seen = seen_first(self.task, self.network)
        self._pairs = int(np.count_nonzero(self.network.pair >= 0))

    def costs(self, of_pairs: Ints) -> Ints:
        """Costs of arcs from costs of pairs."""
        costs = np.zeros(len(self.network.pair), dtype=np.int64)
        if self._pairs:
            costs[: self._pairs] = of_pairs[self.network.pair[: self._pairs]]
        return costs

    def cheapest(self, costs: Ints) -> Priced | None:
        """An open flow of least cost with its proof, or None when no flow is open."""
        if np.any(self.lower > self.upper):
            return None
        if (last := self.last()) is not None and not self._matters(costs):
            return Priced(last, np.zeros(self.network.nodes, dtype=np.int64))
        self._see_few()
        while True:
            flow = self._solved(costs)
            if flow is None:
                if not len(self.open().unseen):
                    return None
                self._see(self.open().unseen)
            elif (priced := self._priced(costs, flow)) is not None:
                self._last = flow
                return priced

    def cheapest_last(self, costs: Ints) -> Small | None:
        """An open flow of least cost when nothing is decided after it, so that nothing is proven.

        Where all arcs are seen the solver's own word is enough: it is asked for no potentials.
        """
        self._see_few()
        differ = self._matters(costs) and not np.any(self.lower > self.upper)
        if differ and not len(self.open().unseen):
            return self._solved(costs)
        priced = self.cheapest(costs)
        return None if priced is None else priced.flow

    def open(self) -> _Open:
        """The arcs on which the open flows differ."""
        if self._open is None or not self._open.holds(self):
            self._open = _Open(self)
        return self._open

    def last(self) -> Small | None:
        """A flow that was found before, if it is still open."""
        last = self._last
        if last is None or np.any(last < self.lower) or np.any(last > self.upper):
            return None
        return last

    def lowest(self) -> int | None:
        """The lowest score of a pair that some open flows use and some don't."""
        pairs = self._open_pairs()
        return int(self.task.score[pairs].min()) if len(pairs) else None

    def _open_pairs(self) -> Small:
        pair = self.network.pair
        return np.concatenate([(p := pair[arcs])[p >= 0] for arcs in self._both()])

    def _both(self) -> tuple[Places, Places]:
        return self.open().seen, self.open().unseen

    def _matters(self, costs: Ints) -> bool:
        """Whether open flows can differ in cost at all."""
        return any(np.any(costs[arcs]) for arcs in self._both())

    def _see_few(self) -> None:
        """Sees the others at once when they are too few to be worth pricing."""
        if 0 < len(self.open().unseen) < FEW:
            self._see(self.open().unseen)

    def _see(self, arcs: Places) -> None:
        open_ = self.open()
        self.seen[arcs] = True
        open_.see(arcs)

    def _solved(self, costs: Ints) -> Small | None:
        """The cheapest flow over the arcs that are seen, if there is any."""
        network, free = self.network, self.open().seen
        solver = min_cost_flow.SimpleMinCostFlow()
        arcs = solver.add_arcs_with_capacity_and_unit_cost(
            network.tail[free],
            network.head[free],
            (self.upper - self.lower)[free],
            costs[free],
        )
        solver.set_nodes_supplies(np.arange(network.nodes), self.supply())
        if solver.solve() != solver.OPTIMAL:
            return None
        flow = self.lower.copy()
        flow[free] += solver.flows(arcs).astype(np.int32)
        return flow

    def supply(self) -> Ints:
        """What each node has to send on once every arc carries its least."""
        network, held = self.network, np.flatnonzero(self.lower)
        supply = network.supply.copy()
        np.subtract.at(supply, network.tail[held], self.lower[held])
        np.add.at(supply, network.head[held], self.lower[held])
        return supply

    def held(self) -> Ints:
        """How often each pair is used by every open flow: once or not at all."""
        pairs = self.network.pair[np.flatnonzero(self.lower[: self._pairs])]
        return np.bincount(pairs, minlength=len(self.task.score))

    def _priced(self, costs: Ints, flow: Small) -> Priced | None:
        """Potentials that prove the cheapest flow over the arcs that are seen cheapest over all.

        Arcs that the potentials call for are seen as well. Often other potentials, under which
        they save nothing, prove the same flow; otherwise there is a cheaper one: None.
        """
        network = self.network
        potential = np.zeros(network.nodes, dtype=np.int64)
        frontier, called = np.arange(network.nodes), False
        while True:
            settled = self._left_open(costs, flow).settle(potential, frontier)
            if settled is None and not called:
                raise ArithmeticError("the solver's flow is not the cheapest")
            if settled is None:
                return None
            potential = settled
            better = self._better(costs, potential)
            if not len(better):
                return Priced(flow, potential)
            self._see(better)
            frontier, called = np.unique(network.tail[better]).astype(np.intp), True

    def _left_open(self, costs: Ints, flow: Small) -> Walks:
        """The walks over seen arcs along which the flow could still be changed."""
        network, free = self.network, self.open().seen
        ahead = free[flow[free] < self.upper[free]]
        back = free[flow[free] > self.lower[free]]
        return Walks(
            network.nodes,
            np.concatenate([network.tail[ahead], network.head[back]]),
            np.concatenate([network.head[ahead], network.tail[back]]),
            np.concatenate([costs[ahead], -costs[back]]),
        )

    def _better(self, costs: Ints, potential: Ints) -> Places:
        """Arcs not seen that the potentials say could make the flow cheaper, the best of many."""
        unseen = self.open().unseen
        tail, head = self.open().ends
        gain = costs[unseen] + potential[tail] - potential[head]
        # With those that nearly could, the next price list calls for fewer more.
        better = np.flatnonzero(gain < -gain.min() // NEARLY) if np.any(gain < 0) else unseen[:0]
        if len(better) > AT_ONCE:
            better = better[np.argpartition(gain[better], AT_ONCE)[:AT_ONCE]]
        return unseen[better]

    def reduced(self, costs: Ints, priced: Priced) -> Ints:
        """Reduced costs that prove the flow cheapest; 0 on arcs that are fixed.

        Raises ArithmeticError when they prove nothing of the kind.
        """
        network, flow, potential = self.network, priced.flow, priced.potential
        reduced = np.zeros(len(costs), dtype=np.int64)
        for arcs in self._both():
            saved = potential[network.head[arcs]] - potential[network.tail[arcs]]
            extra = costs[arcs] - saved
            # The certificate: what costs more is not used, what costs less is used in full.
            if np.any((extra > 0) & (flow[arcs] > self.lower[arcs])) or np.any(
                (extra < 0) & (flow[arcs] < self.upper[arcs])
            ):
                raise ArithmeticError("the flow is not optimal: its certificate does not hold")
            reduced[arcs] = extra
        return reduced

    def narrow(self, reduced: Ints, slack: int = 0) -> None:
        """Keeps the flows that cost at most ``slack`` more than the cheapest (and maybe some)."""
        self.upper = np.where(reduced > slack, self.lower, self.upper)
        self.lower = np.where(reduced < -slack, self.upper, self.lower)

    def drop(self, pairs: Bools) -> None:
        """Closes the arcs of the given pairs."""
        self.upper = self.upper.copy()
        self.upper[np.flatnonzero(pairs[self.network.pair[: self._pairs]])] = 0

    def keep_worst(self, score: int | None) -> None:
        """Keeps the flows whose lowest pair scores no less, and that have a pair at all."""
        if score is None:
            return
        self.drop(self.task.score < score)
        if self.task.ceiling is not None:
            return
        everyone = int(np.count_nonzero(self.network.supply > 0))
        # Not all of them may go through the bypass.
        self.upper[-1] = min(int(self.upper[-1]), everyone - 1)

    def chosen(self, flow: AnyInts) -> Places:
        """The pairs that a flow uses, ascending."""
        used = self.network.pair[np.flatnonzero(flow[: self._pairs])]
        return np.unique(used).astype(np.int64)

    def best_worst(self) -> tuple[int | None, Small | None]:
        """The highest score that the lowest pair can have, and a flow that shows it."""
        task = self.task
        tried = np.unique(task.score)
        if task.ceiling is not None:
            tried = np.append(tried[tried < task.ceiling], task.ceiling)
        certain = self._certain()
        shown = self.last() if certain else None
        known = None if shown is None else task.worst(self.chosen(shown))
        best = -1 if known is None else int(np.searchsorted(tried, known))
        high = int(np.searchsorted(tried, self._conceivable(), side="right")) - 1
        # First among the arcs that are seen, by halves; then one step more over all of them.
        halves = self._seen_above if certain else self._above
        while best < high:
            best, flow = self._climb(tried, best, high, halves)
            shown = shown if flow is None else flow
            if not certain or best == high or (flow := self._above(int(tried[best + 1]))) is None:
                break
            best, shown = best + 1, flow
        if best < 0 or shown is None:
            free = self.cheapest(self.costs(np.zeros(len(task.score), dtype=np.int64)))
            return None, None if free is None else free.flow
        return int(tried[best]), shown

    def _climb(
        self, tried: Small, low: int, high: int, above: Callable[[int], Small | None]
    ) -> tuple[int, Small | None]:
        """The place of the highest score that ``above`` has a flow for, by halves, and the flow.

        ``low`` is in reach; nothing beyond ``high`` is, which is often in reach itself.
        """
        shown, middle = None, high
        while low < high:
            flow = above(int(tried[middle]))
            if flow is None:
                high = middle - 1
            else:
                low, shown = middle, flow
            middle = (low + high + 1) // 2
        return low, shown

    def _certain(self) -> bool:
        """Whether there is a pair in any case: one that is held, or one in every open flow."""
        return self.peopled or self.task.ceiling is not None or bool(np.any(self._needs()))

    def _needs(self) -> Bools:
        """The nodes of mentees who can't go past everybody."""
        needs = self.network.supply > 0
        needs[self.network.tail[np.flatnonzero(self.upper[self._pairs :]) + self._pairs]] = False
        return needs

    def _conceivable(self) -> int:
        """A score that no lowest one is above: whoever needs a pair has a best one."""
        task, network = self.task, self.network
        best = np.full(network.nodes, -1, dtype=np.int64)
        there = np.flatnonzero(self.upper[: self._pairs])
        np.maximum.at(best, network.tail[there], task.score[network.pair[there]])
        most = int(task.score.max(initial=-1)) if task.ceiling is None else task.ceiling
        return min(most, int(best[self._needs()].min(initial=most)))

    def _above(self, score: int) -> Small | None:
        """An open flow with a pair in it and none below the score, if there is one."""
        if not self._certain():
            return self._some_above(score)
        while True:
            flow, cut = self._kept_to(score)
            if flow is not None:
                return flow
            # Only an arc out of the cut could let more through.
            unseen, (tail, head) = self.open().unseen, self.open().ends
            fits = self.task.score[self.network.pair[unseen]] >= score
            better = unseen[fits & cut[tail] & ~cut[head]]
            if not len(better):
                return None
            self._see(better[:AT_ONCE])

    def _seen_above(self, score: int) -> Small | None:
        """What ``_above`` finds among the arcs that are seen."""
        return self._kept_to(score)[0]

    def _kept_to(self, score: int) -> tuple[Small | None, Bools]:
        """An open flow over seen arcs with no pair below the score; without one, what is cut off.

        Those nodes can't send on all that they have to, however the flow is.
        """
        network, cut = self.network, np.zeros(self.network.nodes + 2, dtype=bool)
        held = network.pair[np.flatnonzero(self.lower[: self._pairs])]
        if np.any(self.task.score[held] < score) or np.any(self.lower > self.upper):
            return None, cut
        free = self.open().seen
        pairs = free[free < self._pairs]
        below = pairs[self.task.score[network.pair[pairs]] < score]
        free = np.setdiff1d(free, below, assume_unique=True)
        supply = self.supply()
        source, sink = network.nodes, network.nodes + 1
        gives, takes = np.flatnonzero(supply > 0), np.flatnonzero(supply < 0)
        solver = max_flow.SimpleMaxFlow()
        arcs = solver.add_arcs_with_capacity(
            network.tail[free], network.head[free], (self.upper - self.lower)[free]
        )
        solver.add_arcs_with_capacity(np.full(len(gives), source), gives, supply[gives])
        solver.add_arcs_with_capacity(takes, np.full(len(takes), sink), -supply[takes])
        whole = int(supply[gives].sum())
        if solver.solve(source, sink) != solver.OPTIMAL:
            raise ArithmeticError("the solver can't say how much goes through")
        if solver.optimal_flow() < whole:
            cut[solver.get_source_side_min_cut()] = True
            return None, cut
        flow = self.lower.copy()
        flow[free] += solver.flows(arcs).astype(np.int32)
        self._last = flow
        return flow, cut

    def _some_above(self, score: int) -> Small | None:
        """What ``_above`` finds where a flow may have no pair at all."""
        # One pair below weighs more than all others together, and any is better than none.
        weight = 1 + int(np.count_nonzero(self.network.supply > 0))
        priced = self.cheapest(self.costs((self.task.score < score) * np.int64(weight) - 1))
        if priced is None:
            return None
        scores = self.task.score[self.chosen(priced.flow)]
        return priced.flow if len(scores) and np.all(scores >= score) else None


def seen_first(task: Task, network: Network) -> Bools:
    """The arcs to begin with: the best pairs of each person, and all that are no pairs."""
    pairs = np.zeros(len(task.score), dtype=bool)
    # Of equal scores the likely last choice: it is decided by the ties, and spreads people out.
    worth = (task.score.astype(np.int64) << TIE_BITS) + task.tie
    pairs[best(task.mentee, worth, FIRST)] = True
    pairs[best(task.mentor, worth, FIRST)] = True
    pairs |= task.must[task.mentee]
    return (network.pair < 0) | pairs[network.pair] if len(pairs) else network.pair < 0


def best(group: Small, worth: Ints, count: int) -> Places:
    """The places of so many that are worth most, nearly, in each group."""
    if not len(group):
        return np.zeros(0, dtype=np.intp)
    groups = 1 + int(group.max())
    less = worth.max() - worth
    # Group and worth in one number, by its highest bits: sorting those is what is quick.
    width = 63 - groups.bit_length()
    less >>= max(0, int(less.max()).bit_length() - width)
    order = np.argsort(less | (group.astype(np.int64) << width))
    size = np.bincount(group, minlength=groups)
    rank = np.arange(len(group)) - np.repeat(np.cumsum(size) - size, size)
    return order[rank < count]
