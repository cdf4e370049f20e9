"""Who has the place that somebody could have had, and why that is better overall.

Had a mentee without a mentor been placed all the same, others would have had to move: a chain
that ends with somebody who goes without, or with a pair that fits less. The best such chain is
the cheapest walk through what the solution leaves open, level after level of the objective; its
cost at the first level where it has one is by how much that level would be worse. ``weigh`` says
the same by solving the round with the pair held.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from matching.engine import solve
from matching.explain.residual import Walks
from matching.explain.standing import BEGINS, Standing
from matching.flow.network import Stage, stages
from matching.problem import FileFaultsError, LevelValue, Link, Problem, Solution
from matching.table.scoring import Bools, Ints

Solve = Callable[[Problem, int], Solution]
MORE_IS_BETTER = ("matched", "worst", "total")


@dataclass(frozen=True, slots=True)
class Move:
    """What one mentee of a chain would have instead: None is no mentor at all."""

    mentee: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Contest:
    """The best way to place one mentee all the same, and what it would cost.

    ``level`` is the first level of the objective that would be worse (``ties`` when none would:
    then the seed decided between equals), ``threshold`` the one of ``levels``, ``before`` and
    ``after`` its value, ``loss`` the difference. ``moves`` begins with the mentee.
    """

    mentee: str
    mentor: str
    level: str
    threshold: int | None
    before: int | None
    after: int | None
    loss: int
    moves: tuple[Move, ...]

    @property
    def without(self) -> str | None:
        """Who would have no mentor instead."""
        last = self.moves[-1]
        return last.mentee if last.after is None else None


@dataclass(frozen=True, slots=True)
class Weighed:
    """A level's value in the round as it is, and in the best round with one pair held."""

    name: str
    now: LevelValue
    then: LevelValue


def contests(standing: Standing, mentees: list[int]) -> dict[int, Contest]:
    """For each mentee without a mentor, the best way to place them and its cost.

    Left out is who can't be placed whatever others give up. ArithmeticError when the solution is
    not the best round; the standing has to be ``exact``.
    """
    found = dict[int, Contest]()
    for row, stage, loss, walks in _decided(standing, mentees):
        moves = tuple(_moves(standing, row, walks.of(row)))
        before, after = _values(standing, stage, loss)
        found[row] = Contest(
            moves[0].mentee,
            str(moves[0].after),
            stage.name,
            stage.threshold if stage.name == "levels" else None,
            before,
            after,
            0 if stage.name == "ties" else loss,
            moves,
        )
    return found


def _decided(standing: Standing, mentees: list[int]) -> Iterator[tuple[int, Stage, int, Walks]]:
    """Each mentee with the first stage that gets worse, by how much, and the cheapest walks."""
    alive, left = standing.everywhere, np.array(mentees, dtype=np.intp)
    reached = standing.arcs.reaching(standing.end, alive)
    left = left[reached[left]]
    for stage in _proven(standing):
        if not len(left):
            return
        narrow = _widest if stage.name == "worst" else _cheapest
        loss, of_walks, alive = narrow(standing, stage, alive)
        if np.any(loss[left] < 0):
            raise ArithmeticError("somebody could be placed at a gain: the round is not the best")
        last = stage.name == "ties"
        for row in left[(loss[left] > 0) | last].tolist():
            yield row, stage, int(loss[row]), of_walks(row)
        left = left[(loss[left] == 0) & ~np.bool_(last)]


def _proven(standing: Standing) -> Iterator[Stage]:
    """The stages up to the last of a level that is proven; ties if all are."""
    proven = {level.name for level in standing.solution.levels if level.value == level.bound}
    for stage in stages(standing.problem):
        if stage.name != "ties" and stage.name not in proven:
            return
        yield stage


#: What the stage loses by each node, the cheapest walks of a node, and what stays alive.
Narrowed = tuple[Ints, Callable[[int], Walks], Bools]


def _cheapest(standing: Standing, stage: Stage, alive: Bools) -> Narrowed:
    """What the cheapest walk of each node costs at a stage; and the arcs of cheapest walks."""
    arcs, costs = standing.arcs, standing.costs(stage)
    distance = arcs.distances(standing.end, costs, alive)
    tight = alive & (distance[arcs.tail] == costs + distance[arcs.head])
    walks = Walks(arcs, standing.end, tight)
    return distance, lambda _row: walks, tight


def _widest(standing: Standing, _stage: Stage, alive: Bools) -> Narrowed:
    """By how much the lowest score would fall at least; and the arcs of walks where it doesn't."""
    worst = standing.task.worst(standing.chosen)
    scores = np.full(len(standing.pair), 2**40, dtype=np.int64)
    begins = standing.what == BEGINS
    scores[begins] = standing.task.score[standing.pair[begins]]
    lowest = np.int64(2**40 if worst is None else worst)
    width = standing.arcs.widths(standing.end, scores, alive)
    loss = np.where(width < 0, 0, np.maximum(lowest - width, 0))

    @cache
    def as_wide(least: int) -> Walks:
        return Walks(standing.arcs, standing.end, alive & (scores >= least))

    return loss, lambda row: as_wide(int(width[row])), alive & (scores >= lowest)


def _values(standing: Standing, stage: Stage, loss: int) -> tuple[int | None, int | None]:
    """The level's value now, and with the loss."""
    if stage.name == "ties":
        return None, None
    value = next(x.value for x in standing.solution.levels if x.name == stage.name)
    if isinstance(value, tuple):
        value = value[standing.problem.thresholds.index(stage.threshold)]
    if value is None:
        return None, None
    more_is_worse = stage.name in ("levels", "disruption")
    return value, value + loss if more_is_worse else value - loss


def _moves(standing: Standing, row: int, arcs: list[int]) -> Iterator[Move]:
    """A walk as what each mentee on it would have instead, one after another."""
    mentees, mover, after = standing.problem.mentees, row, None
    for node in [int(standing.arcs.head[arc]) for arc in arcs]:
        if node < standing.mentees or node == standing.end:
            yield _move(standing, mentees[mover].id, after)
            mover, after = node, None
        elif after is None:
            mentor = (
                standing.hour_of(node)[0] if standing.is_hour(node) else node - standing.mentees
            )
            after = standing.problem.mentors[mentor].id
    # Who ends the walk keeps nothing, unless it ended at a free place.


def _move(standing: Standing, mentee: str, after: str | None) -> Move:
    pair = standing.pair_of.get(mentee)
    return Move(mentee, None if pair is None else pair.mentor, after)


def weigh(
    problem: Problem, solution: Solution, mentee: str, mentor: str, again: Solve = solve
) -> tuple[Weighed, ...] | None:
    """Each level now and in the best round in which the two meet: solved anew, with them pinned.

    None when they can't be held together, or when the best of the two rounds is not proven.
    """
    pinned = replace(problem, pins=(*problem.pins, Link(mentee, mentor)))
    try:
        other = again(pinned, solution.seed)
    except FileFaultsError:
        return None
    if other.status != "optimal" or solution.status != "optimal":
        return None
    then = {level.name: level for level in other.levels}
    return tuple(
        Weighed(level.name, level.value, then[level.name].value) for level in solution.levels
    )


@dataclass(frozen=True, slots=True)
class Loss:
    """The first figure of the levels that differs, its ``place`` among them, how much it is worse.

    ``ties``, last of all, when none does.
    """

    place: int
    name: str
    threshold: int | None
    now: int | None
    then: int | None
    loss: int


def loss_of(problem: Problem, weighed: tuple[Weighed, ...]) -> Loss:
    """Where the round with the pair held is worse first. Better figures after that don't count."""
    place = 0
    for row in weighed:
        several = isinstance(row.now, tuple)
        thresholds = problem.thresholds if several else (None,)
        now, then = (x if isinstance(x, tuple) else (x,) for x in (row.now, row.then))
        for threshold, one, other in zip(thresholds, now, then, strict=True):
            if one != other:
                less = (-1 if one is None else one) - (-1 if other is None else other)
                loss = less if row.name in MORE_IS_BETTER else -less
                return Loss(place, row.name, threshold, one, other, loss)
            place += 1
    return Loss(place, "ties", None, None, None, 0)
