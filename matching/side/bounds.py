"""What no round can beat, proven by whole numbers alone.

Give each side rule a price of 0 or more for every unit by which it is broken, and each node of
the network a potential. Whatever they are, the cost of any round that keeps the rules is at
least: each arc, at its cost with the prices and potentials, carrying what is cheapest for it
(Lagrange). Good prices come from a linear program; they are made whole numbers first, on a finer
scale than the costs, so that nothing in the proof is rounded.
"""

from dataclasses import dataclass

import numpy as np

from matching.flow.face import Face
from matching.side.relaxation import Numbers, Relaxed
from matching.table.scoring import AnyInts, Ints

#: Prices and potentials stay under this on the scale, and sums under the other.
LARGEST, BEYOND = 2**46, 2.0**62
#: Costs that the solver of flows takes in large rounds.
LARGEST_OF_FLOW = 2**42
#: Steps of the scale to one unit of cost, at most.
FINEST = 2**20


@dataclass(frozen=True, slots=True)
class Proof:
    """On the scale: a bound of the cost, and what each arc costs beyond it (or saves)."""

    scale: int
    bound: int
    reduced: Ints

    def least(self) -> int:
        """The bound in whole units of cost, rounded up."""
        return -(-self.bound // self.scale)

    def slack(self, value: int) -> int:
        """How much more than the bound a round of that cost comes to, on the scale."""
        return self.scale * value - self.bound


def prove(face: Face, costs: Ints, relaxed: Relaxed) -> Proof | None:
    """The bound over all open flows that the prices and potentials of a relaxation prove.

    None when the numbers are too large to be sure of.
    """
    network = face.network
    scale = _scale(costs, LARGEST)
    found = _priced(costs, relaxed, scale)
    if found is None:
        return None
    priced, limits = found
    potential = _whole(relaxed.potential, scale)
    reduced = face.costs(priced) + potential[network.tail] - potential[network.head]
    carried = np.where(reduced < 0, face.upper, face.lower)
    if max(_size(reduced, carried), _size(potential, network.supply)) > BEYOND:
        return None
    bound = int((reduced * carried).sum()) - int((potential * network.supply).sum()) - limits
    return Proof(scale, bound, reduced)


def prove_by_flow(face: Face, costs: Ints, relaxed: Relaxed) -> Proof | None:
    """The best bound that the prices alone can prove: the cheapest flow has the best potentials.

    None when no flow is open or the prices are too large for the solver of flows.
    """
    scale = _scale(costs, LARGEST_OF_FLOW)
    found = _priced(costs, relaxed, scale)
    if found is None or np.abs(found[0]).max(initial=0) > LARGEST_OF_FLOW:
        return None
    priced, limits = found
    of_arcs = face.costs(priced)
    cheapest = face.cheapest(of_arcs)
    if cheapest is None:
        return None
    bound = int((of_arcs * cheapest.flow).sum()) - limits
    return Proof(scale, bound, face.reduced(of_arcs, cheapest))


def _priced(costs: Ints, relaxed: Relaxed, scale: int) -> tuple[Ints, int] | None:
    """Costs of pairs with the prices of their rows; and what the rows' limits are worth.

    None when the numbers are too large to be sure of.
    """
    priced, limits = costs * scale, 0
    prices = _whole(np.maximum(relaxed.prices, 0), scale)
    # In floating point first: whole numbers of the machine would wrap around without a word.
    largest = float(np.abs(costs).max(initial=0)) * scale + sum(
        float(price) * float(np.abs(row.weight).max(initial=0))
        for row, price in zip(relaxed.rows, prices.tolist(), strict=True)
    )
    if largest > BEYOND:
        return None
    for row, price in zip(relaxed.rows, prices.tolist(), strict=True):
        if price:
            priced[row.pairs] += price * row.weight
            limits += price * row.most
    return priced, limits


def _scale(costs: Ints, largest: int) -> int:
    """A power of two that leaves room for prices of many times the costs."""
    most = int(np.abs(costs).max(initial=1))
    finest: int = 2 ** (largest // (64 * most)).bit_length() // 2
    return max(1, min(FINEST, finest))


def _whole(numbers: Numbers, scale: int) -> Ints:
    return np.rint(np.clip(numbers * scale, -LARGEST, LARGEST)).astype(np.int64)


def _size(one: AnyInts, other: AnyInts) -> float:
    """How large a sum of products can get on its way."""
    return float((np.abs(one.astype(np.float64)) * np.abs(other)).sum())
