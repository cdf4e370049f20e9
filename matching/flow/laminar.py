"""Sets of which any two are either apart or one inside the other: what a network can hold.

On its way to the sink a unit passes through the smallest set that its person is in, then through the
next larger one, and so on; each set lets so many units pass.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matching.table.arrays import Bools, Ints


@dataclass(frozen=True, slots=True)
class Sets:
    """Laminar sets of people, smaller ones first, each with a number.

    ``entry`` is the smallest set of each person, ``parent`` the next larger of each set (-1: none),
    ``members`` a row of flags for each set.
    """

    members: Bools
    number: Ints
    entry: Ints
    parent: Ints

    def __len__(self) -> int:
        return len(self.number)


@dataclass(frozen=True, slots=True)
class Limits:
    """Laminar sets of mentees of which each mentor (column) has no more than ``most`` of each set."""

    sets: Sets
    most: Ints


def largest_family(sets: Sequence[frozenset[str]]) -> list[int]:
    """Which of some sets are laminar together, smaller ones first.

    A set joins unless it crosses one that has joined; those that come first have the first choice.
    """
    family: list[int] = []
    for place, members in enumerate(sets):
        if not any(_cross(members, sets[other]) for other in family):
            family.append(place)
    return sorted(family, key=lambda place: (len(sets[place]), place))


def _cross(one: frozenset[str], other: frozenset[str]) -> bool:
    return not one.isdisjoint(other) and not one <= other and not other <= one


def sets_of(members: Sequence[Bools], number: Sequence[int], people: int) -> Sets:
    """Laminar sets, smaller ones first, over so many people."""
    rows = np.array(list(members), dtype=bool).reshape(len(members), people)
    entry = np.full(people, -1, dtype=np.int64)
    parent = np.full(len(rows), -1, dtype=np.int64)
    for place in reversed(range(len(rows))):
        entry[rows[place]] = place
        larger = (
            other for other in range(place + 1, len(rows)) if not np.any(rows[place] & ~rows[other])
        )
        parent[place] = next(larger, -1) if rows[place].any() else -1
    return Sets(rows, np.array(number, dtype=np.int64), entry, parent)


def nothing(people: int) -> Sets:
    """No set at all."""
    return sets_of((), (), people)
