"""The round as a network: what the solvers have in common, without any solver.

A mentee sends one unit to a mentor, or past everybody to the sink. A *thick* pair has at least
as many common starts as the mentor has places: whatever else is placed, one start is left, so
it needs no start of its own in the network. A *thin* pair goes through a node for each of its
starts. Every flow is then a round in which nobody meets two people at once, and the other way
round; mentees who are all to be kept apart from each other are held so by the same means where
there are no starts (docs/matching.md gives the proof).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np

from matching.flow.laminar import Limits, Sets, nothing
from matching.problem import STABLE, Problem
from matching.table.arrays import AnyInts, Bools, Ints, Places, Small, in_words, ones

Progress = Callable[[str, float], None]
#: Pairs looked at together when their common starts are listed.
CHUNK = 50_000


@dataclass(frozen=True, slots=True)
class Stage:
    """One thing to decide: a level of the objective, one threshold of it, or the ties."""

    name: str
    threshold: int = 0


@dataclass(frozen=True, slots=True)
class Task:
    """What is left to decide once held pairs have taken their places.

    Pairs (by place in these arrays) name mentees and mentors by index. ``cost`` of a stage is
    to be made as small as possible. ``ceiling`` is the lowest score of a held pair, if any.
    ``group`` is a number for each mentee of a timeless task: of those who have the same, a mentor
    takes one at most; -1 is nobody's. None: there are no such groups.
    """

    mentee: Small
    mentor: Small
    score: Small
    continuing: Bools
    tie: Small
    priority: Ints
    must: Bools
    capacity: Ints
    meets: Bools
    offers: Bools
    timeless: bool
    ceiling: int | None
    #: At least so many of each of these mentees are to be matched; these mentors have no more pairs.
    minimums: Sets | None = None
    loads: Sets | None = None
    #: No mentor has more of these mentees; in timeless rounds only.
    limits: Limits | None = None
    group: Small | None = None

    def cost(self, stage: Stage, pairs: Ints | slice = slice(None)) -> Ints:
        """Cost of each pair, or of some, at a stage other than ``worst``."""
        match stage.name:
            case "matched":
                return -self.priority[self.mentee[pairs]]
            case "levels":
                return (self.score[pairs] < stage.threshold).astype(np.int64)
            case "total":
                return -self.score[pairs].astype(np.int64)
            case "disruption":
                return -self.continuing[pairs].astype(np.int64)
        return -self.tie[pairs].astype(np.int64)

    def worst(self, chosen: Ints) -> int | None:
        """The lowest score of all pairs, held ones too; None if there is no pair."""
        scores = self.score[chosen].tolist()
        return min(scores + ([] if self.ceiling is None else [self.ceiling]), default=None)

    def only(self, keep: Bools) -> "Task":
        """The same without the pairs that are not to be kept."""
        return Task(
            self.mentee[keep],
            self.mentor[keep],
            self.score[keep],
            self.continuing[keep],
            self.tie[keep],
            self.priority,
            self.must,
            self.capacity,
            self.meets,
            self.offers,
            self.timeless,
            self.ceiling,
            self.minimums,
            self.loads,
            self.limits,
            self.group,
        )


@dataclass(frozen=True, slots=True)
class Reached:
    """What a stage came to and its best bound: costs, or scores at ``worst``."""

    stage: Stage
    value: int | None
    bound: int | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The chosen pairs (by place in the task) and how each stage ended."""

    chosen: Ints
    reached: tuple[Reached, ...]


@dataclass(frozen=True, slots=True)
class Network:
    """Arcs with capacities; ``pair`` is the pair that an arc stands for, or -1.

    ``hours`` are the nodes of hours by mentor and cell; those of groups are left out.
    """

    nodes: int
    tail: Small
    head: Small
    capacity: Small
    pair: Small
    supply: Ints
    hours: Mapping[tuple[int, int], int]


def stages(problem: Problem) -> tuple[Stage, ...]:
    """The objective one decision after another; ties last."""

    if STABLE in problem.objective:
        return (Stage(STABLE),)

    def each() -> Iterator[Stage]:
        for name in problem.objective:
            if name == "levels":
                yield from (Stage(name, threshold) for threshold in problem.thresholds)
            else:
                yield Stage(name)
        yield Stage("ties")

    return tuple(each())


def build(task: Task) -> Network:
    """The network of a task: mentees, mentors, the sink, the starts of thin pairs, the bypass.

    Where starts play no part, a mentee goes through the sets that limit them to the mentor, each
    of which lets so many pass. What a mentor has goes through their teams to the sink, each of which lets so many pass. Who
    stays without a mentor goes through their groups to the bypass, each of which lets so many pass
    that the others are as many as are to be matched. Arcs that stand for no pair come in the order
    in which a unit passes them; the last one carries everybody without a mentor to the sink.

    Where there are no hours, a group takes a place at a mentor as others take an hour.
    """
    mentees, mentors = len(task.priority), len(task.capacity)
    sink = mentees + mentors
    thick, thin, cells = _by_room(task)
    width = task.offers.shape[1] if task.group is None else 1 + int(task.group.max(initial=0))
    cell = task.mentor[thin].astype(np.int64) * width + cells
    keys = np.flatnonzero(np.bincount(cell, minlength=mentors * width))
    slot = np.zeros(mentors * width, dtype=np.int32)
    slot[keys] = np.arange(sink + 1, sink + 1 + len(keys))
    asking = np.flatnonzero(np.bincount(task.mentee, minlength=mentees))
    waiting = asking[~task.must[asking]]
    bypass = sink + 1 + len(keys)
    loads = task.loads or nothing(mentors)
    minimums = task.minimums or nothing(mentees)
    within = _within(task, bypass + 1)
    teams = bypass + 1 + len(within.tail)
    groups = teams + len(loads)
    nodes = groups + len(minimums)
    supply = np.zeros(nodes, dtype=np.int64)
    supply[asking], supply[sink] = 1, -len(asking)
    may_wait = np.count_nonzero(minimums.members[:, asking], axis=1) - minimums.number
    arcs = (
        (task.mentee[thick], within.entry[thick], 1, thick),
        (task.mentee[thin], slot[cell], 1, thin),
        (slot[keys], mentees + keys // width, 1, -1),
        (within.tail, within.head, within.most, -1),
        (np.arange(mentees, sink), _through(loads.entry, teams, sink), task.capacity, -1),
        (np.arange(teams, groups), _through(loads.parent, teams, sink), loads.number, -1),
        (waiting, _through(minimums.entry[waiting], groups, bypass), 1, -1),
        (
            np.arange(groups, nodes),
            _through(minimums.parent, groups, bypass),
            np.maximum(may_wait, 0),
            -1,
        ),
        (np.array([bypass]), np.array([sink]), len(waiting), -1),
    )
    return Network(
        nodes,
        _small(tail for tail, _, _, _ in arcs),
        _small(head for _, head, _, _ in arcs),
        _small(np.broadcast_to(capacity, len(tail)) for tail, _, capacity, _ in arcs),
        _small(np.broadcast_to(pair, len(tail)) for tail, _, _, pair in arcs),
        supply,
        {}
        if task.timeless
        else dict(zip(_hours(task, keys), range(sink + 1, bypass), strict=True)),
    )


@dataclass(frozen=True, slots=True)
class _Within:
    """The node that each pair goes to, and the arcs from each mentor's limited sets."""

    entry: Ints
    tail: Ints
    head: Ints
    most: Ints


def _within(task: Task, first: int) -> _Within:
    """Limited sets have nodes from ``first`` on, one of each set for every mentor."""
    mentees, mentors = len(task.priority), len(task.capacity)
    straight = mentees + task.mentor.astype(np.int64)
    if task.limits is None:
        none = np.zeros(0, dtype=np.int64)
        return _Within(straight, none, none, none)
    sets = task.limits.sets
    mine = sets.entry[task.mentee]
    entry = np.where(mine >= 0, first + mine * mentors + task.mentor, straight)
    which, who = np.divmod(np.arange(len(sets) * mentors), max(mentors, 1))
    larger = sets.parent[which]
    head = np.where(larger >= 0, first + larger * mentors + who, mentees + who)
    tail = first + np.arange(len(which))
    return _Within(entry, tail, head, np.maximum(task.limits.most, 0).ravel())


def _through(sets: Ints, first: int, otherwise: int) -> Ints:
    """The node of each of some sets, or where to go without one."""
    return np.where(sets >= 0, first + sets, otherwise)


def _hours(task: Task, keys: Places) -> Iterator[tuple[int, int]]:
    """Mentor and cell of each key."""
    mentor, cell = np.divmod(keys, task.offers.shape[1])
    yield from zip(mentor.tolist(), cell.tolist(), strict=True)


def _small(columns: Iterable[AnyInts]) -> Small:
    return np.concatenate([column.astype(np.int32) for column in columns])


def _by_room(task: Task) -> tuple[Small, Small, Small]:
    """The thick pairs; and each start of each thin pair: the pair and the cell."""
    every = np.arange(len(task.mentee), dtype=np.int32)
    none = np.zeros(0, dtype=np.int32)
    if task.timeless and task.group is not None:
        grouped = task.group[task.mentee] >= 0
        return every[~grouped], every[grouped], task.group[task.mentee[grouped]]
    if task.timeless:
        return every, none, none
    thick, pairs, cells = [none], [none], [none]
    meets, offers = in_words(task.meets), in_words(task.offers)
    for first in range(0, len(every), CHUNK):
        part = every[first : first + CHUNK]
        common = meets[task.mentee[part]] & offers[task.mentor[part]]
        room = np.bitwise_count(common).sum(axis=1, dtype=np.int32)
        narrow = room < task.capacity[task.mentor[part]]
        thick.append(part[~narrow])
        row, cell = ones(common[narrow])
        pairs.append(part[narrow][row])
        cells.append(cell)
    return np.concatenate(thick), np.concatenate(pairs), np.concatenate(cells)


def tie_breaks(
    seed: int, mentees: list[str], mentors: list[str], pairs: tuple[Small, Small]
) -> Small:
    """A number from 1 to 2^28 for each pair, from the seed and the two ids alone."""
    one = _hashed(seed, "mentee", mentees)[pairs[0]]
    other = _hashed(seed, "mentor", mentors)[pairs[1]]
    with np.errstate(over="ignore"):
        mixed = one ^ (other * np.uint64(0x9E3779B97F4A7C15))
        # The finaliser of splitmix64: every bit of both ids reaches every bit of the result.
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        top: Small = ((mixed ^ (mixed >> np.uint64(31))) >> np.uint64(36)).astype(np.int32)
    return top + np.int32(1)


def _hashed(seed: int, side: str, ids: list[str]) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    digests = [blake2b(f"{seed}\0{side}\0{who}".encode(), digest_size=8).digest() for who in ids]
    return np.frombuffer(b"".join(digests), dtype="<u8").astype(np.uint64)
