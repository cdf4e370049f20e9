"""The open flows over a few arcs, with side rules: the numbers that both solvers are given."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from matching.flow.face import Face
from matching.side.rules import Row
from matching.table.scoring import AnyInts, Bools, Ints, Places


@dataclass(frozen=True, slots=True)
class Matrix:
    """Entries by row and column: ``row`` ascending."""

    row: Ints
    column: Ints
    weight: Ints


@dataclass(frozen=True, slots=True)
class Program:
    """Flows over some open arcs (columns) that bend no rule.

    A column counts the units that its arc carries beyond its least, up to ``room``. ``flows``
    has a row for each node of ``nodes``: what goes out less what comes in is its ``supply``.
    ``rules`` has a row for each side rule: ``most`` at most.
    """

    face: Face
    arcs: Places
    room: Ints
    nodes: Places
    flows: Matrix
    supply: Ints
    rules: Matrix
    most: Ints

    def costs(self, of_pairs: Ints) -> Ints:
        """Costs of columns from costs of pairs."""
        pair = self.face.network.pair[self.arcs]
        if not len(of_pairs):
            return np.zeros(len(pair), dtype=np.int64)
        return np.where(pair >= 0, of_pairs[pair], 0)

    def chosen(self, amounts: Ints) -> Ints:
        """The pairs that are used, given what each column carries; ascending."""
        flow = self.face.lower.copy()
        flow[self.arcs] += amounts.astype(np.int32)
        return self.face.chosen(flow)


def program(face: Face, pairs: Bools, rows: Iterable[Row]) -> Program:
    """The program over the open arcs of some pairs (a flag for each) and all that are no pairs."""
    network = face.network
    within = network.pair < 0
    if len(pairs):
        within |= pairs[network.pair]
    arcs = np.flatnonzero(within & (face.lower < face.upper))
    tail, head = network.tail[arcs].astype(np.int64), network.head[arcs].astype(np.int64)
    supply = face.supply()
    touched = np.zeros(network.nodes, dtype=bool)
    touched[tail], touched[head] = True, True
    nodes = np.flatnonzero(touched)
    place = np.cumsum(touched) - 1
    columns, ones = np.arange(len(arcs)), np.ones(len(arcs), dtype=np.int64)
    rules, most = _rules(face, arcs, list(rows))
    return Program(
        face,
        arcs,
        (face.upper - face.lower)[arcs].astype(np.int64),
        nodes,
        _sorted(
            np.concatenate([place[tail], place[head]]),
            np.concatenate([columns, columns]),
            np.concatenate([ones, -ones]),
        ),
        supply[nodes],
        rules,
        most,
    )


def _rules(face: Face, arcs: Places, rows: list[Row]) -> tuple[Matrix, Ints]:
    """The entries of the side rules, and what is left of each beside the arcs that are fixed."""
    most = np.array([row.most for row in rows], dtype=np.int64)
    held = face.held()
    for place, row in enumerate(rows):
        most[place] -= int((row.weight * held[row.pairs]).sum())
    return entries(rows, face.network.pair[arcs]), most


def entries(rows: Sequence[Row], pair: AnyInts) -> Matrix:
    """The entries of rows in columns that stand for pairs (or for none: -1)."""
    most = max([int(pair.max(initial=-1)), *(int(row.pairs[-1]) for row in rows if len(row.pairs))])
    mine = np.flatnonzero(pair >= 0)
    mine = mine[np.argsort(pair[mine], kind="stable")]
    first = np.searchsorted(pair[mine], np.arange(most + 2))
    here = first[1:] > first[:-1]
    inside = [np.flatnonzero(here[row.pairs]) for row in rows]
    none = [np.zeros(0, dtype=np.int64)]
    of_rows = list(zip(rows, inside, strict=True))
    pairs = np.concatenate(none + [row.pairs[places] for row, places in of_rows])
    weight = np.concatenate(none + [row.weight[places] for row, places in of_rows])
    which = np.repeat(np.arange(len(rows)), [len(places) for places in inside])
    count = first[pairs + 1] - first[pairs]
    ends = np.cumsum(count)
    places = np.repeat(first[pairs] - ends + count, count) + np.arange(int(count.sum()))
    return _sorted(np.repeat(which, count), mine[places], np.repeat(weight, count))


def _sorted(row: Ints, column: Ints, weight: Ints) -> Matrix:
    order = np.lexsort((column, row))
    return Matrix(row[order], column[order], weight[order])
