"""Bounds, and good groups, by column generation.

A column is a whole group: an option and people out of it. The linear programme over all columns
(each person in one group at most, each facilitator with so many groups and one at a time) bounds
every plan. It is solved over the few columns seen so far; its prices then tell for every option
the best group that could still be added, which for one option is no more than sorting its people
by what is left of their worth after their price. That is repeated until no group is worth adding.

Whatever the prices are, the sum of all prices plus the most that any group could still add is a
bound (Lagrange); it is worked out in whole numbers, so that no rounding can make it wrong. Rules
between the people of a group are left out here, which can only raise the bound.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from time import monotonic

import numpy as np
from ortools.linear_solver import pywraplp

from matching.cohorts.sessions import Bools, Ints, Options
from matching.cohorts.stages import Stage

#: Prices are whole numbers of these parts of a point.
PARTS = 1 << 16
#: Far below anything that a group could be worth.
NEVER = -(1 << 56)
#: Columns added in one turn, and turns at most.
AT_ONCE, TURNS = 400, 120


@dataclass
class Prices:
    """What a place, a group and an hour cost, in parts of a point, and what that proves."""

    person: Ints
    limit: Ints
    kept: list[int]
    bound: int
    #: For each option and person: the most that a group with them adds, in parts; at most 0 when
    #: the programme is solved to the end.
    adds: Ints = field(default_factory=lambda: np.zeros((0, 0), dtype=np.int64))


@dataclass
class Kept:
    """A level decided before: no plan may come to less."""

    stage: Stage
    value: int


class Limits:
    """What facilitators can't do: more groups than they give, or two at once."""

    def __init__(self, options: Options) -> None:
        table = options.table
        problem = table.problem
        who_to_row = {who.id: row for row, who in enumerate(problem.facilitators)}
        rows: list[tuple[int, list[int]]] = []
        of: list[list[int]] = [[] for _ in problem.facilitators]
        for option in range(len(options)):
            for who in options.of(option).facilitators:
                of[who_to_row[who]].append(option)
        for row, facilitator in sorted(enumerate(problem.facilitators), key=lambda x: x[1].id):
            if of[row]:
                rows.append((facilitator.groups, of[row]))
            if facilitator.groups > 1:
                rows += [(1, same) for same in self._at_once(options, of[row])]
        self.most = np.array([most for most, _ in rows], dtype=np.int64)
        self.options = [np.array(same, dtype=np.int64) for _, same in rows]
        self.of: list[list[int]] = [[] for _ in range(len(options))]
        for row, same in enumerate(self.options):
            for option in same.tolist():
                self.of[option].append(row)

    def _at_once(self, options: Options, mine: list[int]) -> Iterable[list[int]]:
        """Largest sets of a facilitator's options that all take place at some moment."""
        judge = options.table.judge
        by_cell: dict[int, list[int]] = {}
        for option in mine:
            for cell in judge.covered(options.of(option).start):
                by_cell.setdefault(cell, []).append(option)
        sets = sorted({tuple(same) for same in by_cell.values()}, key=lambda s: (-len(s), s))
        kept: list[frozenset[int]] = []
        for same in map(frozenset, sets):
            if not any(same <= other for other in kept):
                kept.append(same)
                yield sorted(same)


class Columns:
    """The programme over the groups seen so far, for one level after others."""

    def __init__(self, options: Options, limits: Limits, stage: Stage, kept: list[Kept]) -> None:
        self.options, self.limits, self.stage, self.kept = options, limits, stage, kept
        rules = options.table.problem.rules
        self.low, self.high = rules.min_size, rules.max_size
        self.most_groups = self._most_groups()
        self.seen: set[tuple[int, tuple[int, ...]]] = set()
        self.groups: list[tuple[int, tuple[int, ...]]] = []
        self._build()

    def _most_groups(self) -> int:
        problem = self.options.table.problem
        offered = sum(who.groups for who in problem.facilitators) // problem.rules.facilitators
        return min(offered, len(problem.people) // self.low)

    def _build(self) -> None:
        solver = pywraplp.Solver.CreateSolver("GLOP")
        assert solver is not None
        people = len(self.options.table.people)
        infinity = solver.infinity()
        self.solver = solver
        self.person_rows = [solver.Constraint(-infinity, 1) for _ in range(people)]
        self.limit_rows = [
            solver.Constraint(-infinity, float(most)) for most in self.limits.most.tolist()
        ]
        self.kept_rows = [solver.Constraint(float(level.value), infinity) for level in self.kept]
        solver.Objective().SetMaximization()

    def add(self, option: int, people: tuple[int, ...]) -> None:
        """A group more to choose from."""
        if (option, people) in self.seen:
            return
        self.seen.add((option, people))
        self.groups.append((option, people))
        places = np.searchsorted(self.options.members[option], people)
        column = self.solver.NumVar(0, self.solver.infinity(), "")
        for who in people:
            self.person_rows[who].SetCoefficient(column, 1)
        for row in self.limits.of[option]:
            self.limit_rows[row].SetCoefficient(column, 1)
        for row, level in zip(self.kept_rows, self.kept, strict=True):
            row.SetCoefficient(column, float(_worth(level.stage, option, places, len(people))))
        worth = float(_worth(self.stage, option, places, len(people)))
        self.solver.Objective().SetCoefficient(column, worth)

    def solve(self) -> tuple[Ints, Ints, list[int], float] | None:
        """Prices over the groups seen so far, rounded so that they are never negative."""
        if self.solver.Solve() != pywraplp.Solver.OPTIMAL:
            return None
        person = _parts(row.dual_value() for row in self.person_rows)
        limit = _parts(row.dual_value() for row in self.limit_rows)
        kept = (-_parts(row.dual_value() for row in self.kept_rows)).clip(min=0)
        return person.clip(min=0), limit.clip(min=0), kept.tolist(), self.solver.Objective().Value()

    def look(self, person: Ints, limit: Ints, kept: list[int]) -> "_Look":
        """What every option could still add at these prices."""
        return _Look(self, person, limit, kept)


class _Look:
    """One pricing of every option."""

    def __init__(self, columns: Columns, person: Ints, limit: Ints, kept: list[int]) -> None:
        options, low, high = columns.options, columns.low, columns.high
        self.columns, self.person, self.limit, self.kept = columns, person, limit, kept
        worth = columns.stage.pair * PARTS
        size = columns.stage.size * PARTS
        for level, price in zip(columns.kept, kept, strict=True):
            worth = worth + level.stage.pair * price
            size = size + level.stage.size * price
        left = worth - np.append(person, 0)[options.members]
        self.left = np.where(options.alive, left, NEVER)
        self.order = np.argsort(-self.left, axis=1, kind="stable")[:, :high]
        best = np.take_along_axis(self.left, self.order, axis=1)
        self.sums = np.cumsum(np.maximum(best, NEVER >> 8), axis=1)
        self.fee = self._fees(options, limit)
        width = best.shape[1]
        self.by_size = {
            n: np.where(
                best[:, n - 1] > NEVER >> 1, self.sums[:, n - 1] + int(size[n]) - self.fee, NEVER
            )
            for n in range(low, min(high, width) + 1)
        }
        self.size = size

    def _fees(self, options: Options, limit: Ints) -> Ints:
        fee = np.zeros(len(options), dtype=np.int64)
        for row, same in enumerate(self.columns.limits.options):
            if limit[row]:
                fee[same] += limit[row]
        return fee

    def most(self) -> tuple[Ints, Ints]:
        """For each option the most that a group adds, and how many people it then has."""
        sizes = np.array(sorted(self.by_size), dtype=np.int64)
        if not len(sizes):
            rows = len(self.columns.options)
            return np.full(rows, NEVER, dtype=np.int64), np.zeros(rows, dtype=np.int64)
        table = np.stack([self.by_size[int(n)] for n in sizes])
        pick = table.argmax(axis=0)
        return table.max(axis=0), sizes[pick]

    def bound(self, most: Ints) -> int:
        """A bound in parts: what is paid, and the most that groups could still add."""
        extra = max(0, int(most.max(initial=0))) * self.columns.most_groups
        prices = int(self.person.sum()) + int((self.limit * self.columns.limits.most).sum())
        owed = sum(
            price * level.value for price, level in zip(self.kept, self.columns.kept, strict=True)
        )
        return prices - owed + extra

    def groups(self, most: Ints, size: Ints, count: int) -> list[tuple[int, tuple[int, ...]]]:
        """The groups that would add most, at most one of each option."""
        rows = np.flatnonzero(most > 0)
        rows = rows[np.argsort(-most[rows], kind="stable")][:count]
        found = []
        for option in rows.tolist():
            places = self.order[option, : int(size[option])]
            people = self.columns.options.members[option][places]
            found.append((option, tuple(sorted(people.tolist()))))
        return found

    def adds(self) -> Ints:
        """For each person of each option the most that a group with them adds."""
        options = self.columns.options
        rows, width = options.members.shape
        rank = np.full((rows, width), width, dtype=np.int64)
        np.put_along_axis(rank, self.order, np.arange(self.order.shape[1])[None, :], axis=1)
        found = np.full((rows, width), NEVER, dtype=np.int64)
        for n, whole in self.by_size.items():
            last = np.take_along_axis(self.left, self.order[:, n - 1 : n], axis=1)
            inside = rank < n
            swapped = np.where(inside, whole[:, None], whole[:, None] - last + self.left)
            found = np.maximum(found, swapped)
        return np.where(options.alive, found, NEVER)


def _worth(stage: Stage, option: int, places: Ints, people: int) -> int:
    return int(stage.pair[option][places].sum()) + int(stage.size[people])


def _parts(prices: Iterable[float]) -> Ints:
    return np.rint(np.fromiter(prices, dtype=np.float64) * PARTS).astype(np.int64)


def price(
    options: Options,
    limits: Limits,
    stage: Stage,
    kept: list[Kept],
    begin: Iterable[tuple[int, tuple[int, ...]]],
    enough: int,
    deadline: float | None,
) -> tuple[Prices, Columns]:
    """The best bound on a level that prices prove, and the groups seen on the way.

    ``begin`` must hold a plan that reaches the levels in ``kept``. It ends early when the bound
    comes down to ``enough``, the value in hand.
    """
    columns = Columns(options, limits, stage, kept)
    for option, people in begin:
        columns.add(option, people)
    best: Prices | None = None
    for _ in range(TURNS):
        solved = columns.solve()
        if solved is None:
            break
        person, limit, worth, _ = solved
        look = columns.look(person, limit, worth)
        most, size = look.most()
        bound = look.bound(most)
        if best is None or bound < best.bound:
            best = Prices(person, limit, worth, bound)
        new = look.groups(most, size, AT_ONCE)
        if best.bound // PARTS <= enough or not new:
            break
        before = len(columns.groups)
        for option, people in new:
            columns.add(option, people)
        if len(columns.groups) == before or (deadline is not None and monotonic() > deadline):
            break
    if best is None:
        return _trivial(options, limits, stage), columns
    look = columns.look(best.person, best.limit, best.kept)
    most, _ = look.most()
    best.adds = look.adds() - max(0, int(most.max(initial=0)))
    return best, columns


def _trivial(options: Options, limits: Limits, stage: Stage) -> Prices:
    people = len(options.table.people)
    everything = int(np.maximum(stage.pair, 0).sum()) + int(np.abs(stage.size).sum()) * people
    return Prices(
        np.zeros(people, dtype=np.int64),
        np.zeros(len(limits.most), dtype=np.int64),
        [],
        everything * PARTS,
        np.zeros_like(options.members),
    )


def possible(prices: Prices, value: int) -> Bools:
    """Which people of which options may be in a plan that comes to at least ``value``."""
    return np.asarray(prices.bound + prices.adds >= value * PARTS, dtype=bool)
