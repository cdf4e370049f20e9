"""The round as a network: what the solvers have in common, without any solver.

A mentee sends one unit to a mentor, or past everybody to the sink. A *thick* pair has at least
as many common starts as the mentor has places: whatever else is placed, one start is left, so
it needs no start of its own in the network. A *thin* pair goes through a node for each of its
starts. Every flow is then a round in which nobody meets two people at once, and the other way
round (docs/matching.md gives the proof).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np

from matching.problem import Problem
from matching.scoring import Bools, Ints

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
    """

    mentee: Ints
    mentor: Ints
    score: Ints
    continuing: Bools
    tie: Ints
    priority: Ints
    must: Bools
    capacity: Ints
    meets: Bools
    offers: Bools
    timeless: bool
    ceiling: int | None

    def cost(self, stage: Stage) -> Ints:
        """Cost of each pair at a stage other than ``worst``."""
        match stage.name:
            case "matched":
                return -self.priority[self.mentee]
            case "levels":
                return (self.score < stage.threshold).astype(np.int64)
            case "total":
                return -self.score
            case "disruption":
                return -self.continuing.astype(np.int64)
        return -self.tie

    def worst(self, chosen: Ints) -> int | None:
        """The lowest score of all pairs, held ones too; None if there is no pair."""
        scores = [int(score) for score in self.score[chosen]]
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
    """Arcs with capacities; ``pair`` is the pair that an arc stands for, or -1."""

    nodes: int
    tail: Ints
    head: Ints
    capacity: Ints
    pair: Ints
    supply: Ints


def stages(problem: Problem) -> tuple[Stage, ...]:
    """The objective one decision after another; ties last."""

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

    The last arc carries everybody who stays without a mentor from the bypass to the sink.
    """
    mentees, mentors = len(task.priority), len(task.capacity)
    sink = mentees + mentors
    thin, cells = _thin(task)
    every = np.arange(len(task.mentee))
    thick = np.setdiff1d(every, thin, assume_unique=False)
    keys, slot = np.unique(task.mentor[thin] * task.offers.shape[1] + cells, return_inverse=True)
    slots = sink + 1 + np.arange(len(keys))
    waiting = np.setdiff1d(np.unique(task.mentee), np.flatnonzero(task.must))
    asking = np.unique(task.mentee)
    bypass = sink + 1 + len(keys)
    supply = np.zeros(bypass + 1, dtype=np.int64)
    supply[asking], supply[sink] = 1, -len(asking)
    arcs = (
        (task.mentee[thick], mentees + task.mentor[thick], 1, thick),
        (task.mentee[thin], sink + 1 + slot, 1, thin),
        (slots, mentees + keys // task.offers.shape[1], 1, -1),
        (np.arange(mentees, sink), np.full(mentors, sink), task.capacity, -1),
        (waiting, np.full(len(waiting), bypass), 1, -1),
        (np.array([bypass]), np.array([sink]), len(waiting), -1),
    )
    return Network(
        bypass + 1,
        np.concatenate([tail for tail, _, _, _ in arcs]),
        np.concatenate([head for _, head, _, _ in arcs]),
        np.concatenate([np.broadcast_to(cap, len(tail)) for tail, _, cap, _ in arcs]),
        np.concatenate([np.broadcast_to(pair, len(tail)) for tail, _, _, pair in arcs]),
        supply,
    )


def _thin(task: Task) -> tuple[Ints, Ints]:
    """Each start of each thin pair: the pair and the cell."""
    pairs, cells = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    if task.timeless:
        return pairs[0], cells[0]
    for first in range(0, len(task.mentee), CHUNK):
        part = slice(first, first + CHUNK)
        common = task.meets[task.mentee[part]] & task.offers[task.mentor[part]]
        common[common.sum(axis=1) >= task.capacity[task.mentor[part]]] = False
        row, cell = np.nonzero(common)
        pairs.append(row + first)
        cells.append(cell)
    return np.concatenate(pairs), np.concatenate(cells)


def tie_breaks(seed: int, mentees: list[str], mentors: list[str], pairs: tuple[Ints, Ints]) -> Ints:
    """A number from 1 to 2^28 for each pair, from the seed and the two ids alone."""
    one = _hashed(seed, "mentee", mentees)[pairs[0]]
    other = _hashed(seed, "mentor", mentors)[pairs[1]]
    with np.errstate(over="ignore"):
        mixed = one ^ (other * np.uint64(0x9E3779B97F4A7C15))
        # The finaliser of splitmix64: every bit of both ids reaches every bit of the result.
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        top: Ints = ((mixed ^ (mixed >> np.uint64(31))) >> np.uint64(36)).astype(np.int64)
    return top + 1


def _hashed(seed: int, side: str, ids: list[str]) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    digests = [blake2b(f"{seed}\0{side}\0{who}".encode(), digest_size=8).digest() for who in ids]
    return np.frombuffer(b"".join(digests), dtype="<u8").astype(np.uint64)
