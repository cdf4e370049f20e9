"""A solved round as it stands: who has which place, and what could still move.

The nodes are mentees, mentors, each meeting start that a mentor still offers, and the end. A walk
from a mentee without a mentor to the end is a way to place them: over a free place, or over
somebody who would go without. Everything that is said of "one person more" is read off such
walks, as exactly as if the round were solved anew (docs/matching.md has the reasons).
"""

from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np

from matching.engine import Round
from matching.explain.residual import Residual
from matching.flow.network import CHUNK, Stage, Task
from matching.problem import Mentee, Mentor, Problem, Side, Solution
from matching.table.scoring import Bools, Ints, Places, Small

BEGINS, STAYS, ENDS = 1, 0, -1


class Standing:
    """A problem and its solution, with the walks that the solution leaves open.

    Raises ValueError when the solution is not one of the problem.
    """

    def __init__(self, problem: Problem, solution: Solution) -> None:
        self.solution = solution
        self.round = Round(_as_it_came(problem, solution), solution.seed)
        self.problem = replace(
            self.round.problem, may_change=problem.may_change, continuing=problem.continuing
        )
        self.table, self.task = self.round.table, self.round.task
        self.mentees, self.mentors = len(self.problem.mentees), len(self.problem.mentors)
        self.pair_of = {pair.mentee: pair for pair in solution.pairs}
        self._number_nodes()
        self.chosen, self._used_cell = self._used()
        self.spare = self.task.capacity - np.bincount(
            self.task.mentor[self.chosen], minlength=self.mentors
        )
        if np.any(self.spare < 0):
            raise ValueError("the solution is not one of this problem: a mentor has too many")
        self.arcs, self.pair, self.what = self._residual()
        #: The nodes of hours that somebody has.
        self.busy = np.zeros(self.end + 1, dtype=bool)
        self.busy[self.arcs.tail[(self.what == ENDS) & (self.pair >= 0)]] = True

    # Nodes -------------------------------------------------------------------------------------

    def _number_nodes(self) -> None:
        offers = np.zeros_like(self.task.offers) if self.task.timeless else self.task.offers
        keys = np.flatnonzero(offers)
        first = self.mentees + self.mentors
        self._hour = np.full(offers.shape, -1, dtype=np.int64)
        self._hour.reshape(-1)[keys] = np.arange(first, first + len(keys))
        self.hours = keys
        self.end = first + len(keys)

    def mentor_node(self, mentor: int) -> int:
        """The node of a mentor's places."""
        return self.mentees + mentor

    def hour_node(self, mentor: int, cell: int) -> int:
        """The node of a mentor's meeting start; -1 when it isn't on offer (any more)."""
        return int(self._hour[mentor, cell])

    def hour_of(self, node: int) -> tuple[int, int]:
        """The mentor and the cell of a start's node."""
        key = int(self.hours[node - self.mentees - self.mentors])
        mentor, cell = divmod(key, self.task.offers.shape[1])
        return int(mentor), int(cell)

    def is_hour(self, node: int) -> bool:
        """Whether a node is a meeting start."""
        return self.mentees + self.mentors <= node < self.end

    # Arcs --------------------------------------------------------------------------------------

    def _used(self) -> tuple[Places, Places]:
        """The pairs of the task that the solution has, with their starts."""
        task, table = self.task, self.table
        held = {row.mentee for row in self.round.held}
        pairs = [pair for pair in self.solution.pairs if pair.mentee not in held]
        wanted = np.array(
            [
                table.mentee_index[p.mentee] * self.mentors + table.mentor_index[p.mentor]
                for p in pairs
            ],
            dtype=np.int64,
        )
        keys = task.mentee.astype(np.int64) * self.mentors + task.mentor
        found = np.searchsorted(keys, wanted)
        if np.any(found >= len(keys)) or np.any(keys[found] != wanted):
            raise ValueError("the solution is not one of this problem: a pair can't be")
        cells = [0 if p.start is None else p.start for p in pairs]
        return found, np.array(cells, dtype=np.intp)

    def _residual(self) -> tuple[Residual, Small, Small]:
        """The arcs; the pair that each begins or ends, or -1; and which of the two it does."""
        task, used, cells = self.task, self.chosen, self._used_cell
        if task.timeless:
            pairs = np.arange(len(task.mentee))
            ways = self.mentees + task.mentor.astype(np.int64)
            taken = self.mentees + task.mentor[used].astype(np.int64)
        else:
            pairs, cell = meetings(task)
            ways = self._hour[task.mentor[pairs], cell]
            taken = self._hour[task.mentor[used], cells]
        now = np.full(len(task.mentee), -1, dtype=np.int64)
        now[used] = taken
        new = np.flatnonzero(now[pairs] != ways)
        hours = np.arange(self.mentees + self.mentors, self.end)
        busy = np.isin(hours, taken)
        owner = self.mentees + self.hours // task.offers.shape[1]
        roomy = np.flatnonzero(self.spare > 0)
        leaving = task.mentee[used][~task.must[task.mentee[used]]]
        columns = (
            (task.mentee[pairs[new]], ways[new], pairs[new], BEGINS),
            (taken, task.mentee[used], used, ENDS),
            (hours[~busy], owner[~busy], -1, STAYS),
            (owner[busy], hours[busy], -1, STAYS),
            (self.mentees + roomy, np.full(len(roomy), self.end), -1, STAYS),
            (leaving, np.full(len(leaving), self.end), -1, ENDS),
        )
        tail, head = (_joined([row[side] for row in columns]) for side in (0, 1))
        pair, what = (
            _joined([np.broadcast_to(row[side], len(row[0])) for row in columns]) for side in (2, 3)
        )
        return Residual(self.end + 1, tail, head), pair, what

    def costs(self, stage: Stage) -> Ints:
        """What going along each arc adds to the cost of a stage."""
        of_pairs = self.task.cost(stage)
        costs = np.zeros(len(self.pair), dtype=np.int64)
        about = self.pair >= 0
        costs[about] = of_pairs[self.pair[about]] * self.what[about]
        return costs

    @cached_property
    def giving_up(self) -> Bools:
        """The arcs along which somebody goes without a mentor."""
        without: Bools = (self.what == ENDS) & (self.pair < 0)
        return without

    @cached_property
    def everywhere(self) -> Bools:
        """All arcs."""
        return np.ones(len(self.pair), dtype=bool)

    # People ------------------------------------------------------------------------------------

    def mentee(self, who: str) -> Mentee:
        """A mentee by id."""
        return self.problem.mentees[self.table.mentee_index[who]]

    def mentor(self, who: str) -> Mentor:
        """A mentor by id."""
        return self.problem.mentors[self.table.mentor_index[who]]

    @cached_property
    def waiting(self) -> tuple[int, ...]:
        """The mentees without a mentor, by index."""
        return tuple(row for who, row in self.table.mentee_index.items() if who not in self.pair_of)

    @cached_property
    def open_to_somebody(self) -> Bools:
        """Of every mentee, whether a pair with anybody was open when the round was decided."""
        some: Bools = np.bincount(self.task.mentee, minlength=self.mentees) > 0
        return some

    # What is so --------------------------------------------------------------------------------

    @cached_property
    def free(self) -> Bools:
        """The nodes from which a free place can be had without anybody going without."""
        return self.arcs.reaching(self.end, ~self.giving_up)

    @cached_property
    def exact(self) -> bool:
        """Whether walks say all there is to say of one person more.

        So it is where the number of people comes first and is proven, no rule binds the mentees
        of one mentor, and running pairs stay. Elsewhere rounds have to be solved anew.
        """
        problem, levels = self.problem, self.solution.levels
        return (
            problem.objective[:1] == ("matched",)
            and bool(levels)
            and levels[0].value == levels[0].bound
            and not has_side_rules(problem)
            and not problem.may_change
            and not np.any(self.free[list(self.waiting)])
        )


def _as_it_came(problem: Problem, solution: Solution) -> Problem:
    """The problem in which those running pairs are held that the solution has."""
    if not problem.may_change:
        return problem
    pairs = {(pair.mentee, pair.mentor) for pair in solution.pairs}
    stays = tuple(row for row in problem.continuing if (row.mentee, row.mentor) in pairs)
    return replace(problem, may_change=0, continuing=stays)


def has_side_rules(problem: Problem) -> bool:
    """Whether a rule binds the mentees of one mentor, which no walk sees."""
    needy = any(mentee.high_need for mentee in problem.mentees)
    limited = any(mentor.max_high_need is not None for mentor in problem.mentors)
    return problem.side != Side() or (needy and limited)


def meetings(task: Task) -> tuple[Places, Places]:
    """Each common start of each pair of a task: the pair and the cell, in ascending order."""
    meets, offers = np.packbits(task.meets, axis=1), np.packbits(task.offers, axis=1)
    none = np.zeros(0, dtype=np.intp)
    pairs, cells = [none], [none]
    for first in range(0, len(task.mentee), CHUNK):
        part = slice(first, first + CHUNK)
        common = meets[task.mentee[part]] & offers[task.mentor[part]]
        row, byte = np.nonzero(common)
        which, bit = np.nonzero(np.unpackbits(common[row, byte][:, None], axis=1))
        pairs.append(first + row[which])
        cells.append(byte[which] * 8 + bit)
    return np.concatenate(pairs), np.concatenate(cells)


def _joined(columns: list[Any]) -> Small:
    return np.concatenate([np.asarray(column).astype(np.int32) for column in columns])
