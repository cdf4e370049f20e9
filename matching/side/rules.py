"""Rules between several people, and the rows of numbers that say the same."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from matching.flow.network import Task
from matching.table.scoring import Bools, Ints


@dataclass(frozen=True, slots=True)
class Limit:
    """How many of some mentees each mentor may have at most (by mentor)."""

    mentees: Bools
    most: Ints


@dataclass(frozen=True, slots=True)
class Minimum:
    """How many of some mentees are to have a mentor at least."""

    mentees: Bools
    least: int
    group: str = ""


@dataclass(frozen=True, slots=True)
class Load:
    """How many mentees some mentors may have together at most."""

    mentors: Bools
    most: int


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """Some pairs, each used pair counting its weight, together ``most`` at most.

    All pairs of the task that count are there, ascending.
    """

    pairs: Ints
    weight: Ints
    most: int

    def over(self, used: Bools) -> int:
        """By how much the used pairs (a flag for each pair of the task) are too many."""
        return int(self.weight[used[self.pairs]].sum()) - self.most


@dataclass(frozen=True, slots=True)
class SideRules:
    """Couples of mentees to keep apart, limits of each mentor, minimums and loads.

    ``in_network`` are minimums that every flow keeps.
    """

    apart: tuple[tuple[int, int], ...] = ()
    limits: tuple[Limit, ...] = ()
    minimums: tuple[Minimum, ...] = ()
    loads: tuple[Load, ...] = ()
    in_network: tuple[Minimum, ...] = ()

    @property
    def any(self) -> bool:
        """Whether there is any rule at all that could be broken."""
        some = any(
            np.any(limit.most < len(limit.mentees)) and np.any(limit.mentees)
            for limit in self.limits
        )
        return bool(self.apart or self.minimums or self.loads or some)


@dataclass(frozen=True, slots=True)
class Short:
    """Groups that can't all have what they ask for: ``most`` of the ``asked`` is what can be.

    ``proven`` is False where no such round was found, and none was ruled out.
    """

    groups: tuple[str, ...]
    asked: int
    most: int
    proven: bool = True


class TooFewError(Exception):
    """No round reaches the minimums; ``short`` says which contradict each other."""

    def __init__(self, short: list[Short]) -> None:
        super().__init__("; ".join(", ".join(each.groups) for each in short))
        self.short = short


class Rows:
    """The side rules of a task as rows."""

    def __init__(self, task: Task, side: SideRules) -> None:
        self.task, self.side = task, side
        self.standing = (*self._limits(), *self._minimums(side.minimums), *self._loads())
        self._in_network = tuple(self._minimums(side.in_network))
        self._couples: dict[tuple[int, int], Row] = {}
        self._apart = np.array(side.apart, dtype=np.int64).reshape(-1, 2).T
        self._named = np.zeros(len(task.priority), dtype=bool)
        self._named[self._apart.ravel()] = True

    def _limits(self) -> Iterator[Row]:
        mentor = self.task.mentor
        order = np.argsort(mentor, kind="stable")
        first = np.searchsorted(mentor[order], np.arange(len(self.task.capacity) + 1))
        for limit in self.side.limits:
            for who, most in enumerate(limit.most.tolist()):
                if most >= self.task.capacity[who]:
                    continue
                pairs = order[first[who] : first[who + 1]]
                pairs = pairs[limit.mentees[self.task.mentee[pairs]]]
                if len(pairs) > most:
                    yield _row(pairs, most)

    def _minimums(self, minimums: tuple[Minimum, ...]) -> Iterator[Row]:
        for minimum in minimums:
            pairs = np.flatnonzero(minimum.mentees[self.task.mentee])
            yield _row(pairs, -minimum.least, weight=-1)

    def _loads(self) -> Iterator[Row]:
        for load in self.side.loads:
            pairs = np.flatnonzero(load.mentors[self.task.mentor])
            if len(pairs) > load.most:
                yield _row(pairs, load.most)

    def couples(self, pairs: Ints) -> list[Row]:
        """A row for each two of the pairs (ascending) that would bring together who is kept apart."""
        task, width = self.task, len(self.task.capacity)
        named = pairs[self._named[task.mentee[pairs]]]
        keys = task.mentee[named].astype(np.int64) * width + task.mentor[named]
        one, other = self._apart
        first, end = (np.searchsorted(keys, who * width) for who in (one, one + 1))
        count = end - first
        places = np.repeat(first - np.cumsum(count) + count, count) + np.arange(int(count.sum()))
        wanted = np.repeat(other, count) * width + keys[places] % width
        found = np.minimum(np.searchsorted(keys, wanted), max(len(keys) - 1, 0))
        both = np.flatnonzero(keys[found] == wanted) if len(keys) else found
        mine, theirs = named[places[both]].tolist(), named[found[both]].tolist()
        return [self._couple(*two) for two in zip(mine, theirs, strict=True)]

    def _couple(self, one: int, other: int) -> Row:
        """The row of two pairs, the same one each time."""
        if (one, other) not in self._couples:
            self._couples[one, other] = _row(np.array((one, other)), 1)
        return self._couples[one, other]

    def kept(self, chosen: Ints) -> bool:
        """Whether the chosen pairs keep every rule."""
        used = np.zeros(len(self.task.mentee), dtype=bool)
        used[chosen] = True
        rows = (*self.standing, *self._in_network, *self.couples(chosen))
        return all(row.over(used) <= 0 for row in rows)

    def without_offending(self, chosen: Ints) -> Ints:
        """The chosen pairs without those that cost least to give up where a limit is broken.

        Minimums are not looked at. Pairs of people who must be placed stay.
        """
        task = self.task
        used = np.zeros(len(task.mentee), dtype=bool)
        used[chosen] = True
        for row in (*self.standing, *self.couples(chosen)):
            over = row.over(used)
            if over > 0 and np.all(row.weight > 0):
                mine = row.pairs[used[row.pairs] & ~task.must[task.mentee[row.pairs]]]
                order = np.lexsort((mine, task.score[mine], task.priority[task.mentee[mine]]))
                used[mine[order[:over]]] = False
        return np.flatnonzero(used).astype(np.int64)


def _row(pairs: Ints, most: int, weight: int = 1) -> Row:
    pairs = np.sort(pairs).astype(np.int64)
    return Row(pairs, np.full(len(pairs), weight, dtype=np.int64), most)
