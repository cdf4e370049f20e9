"""What all computations on arrays share: their types, bits, and things in common."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Small = NDArray[np.int32]
Places = NDArray[np.intp]
AnyInts = NDArray[np.integer[Any]]
Masks = NDArray[np.uint16]
Words = NDArray[np.uint64]
Bools = NDArray[np.bool_]
Flags = NDArray[np.float32]


class Shared:
    """What mentees (rows) and mentors (columns) have in common, counted by a matrix product."""

    def __init__(self, rows: Bools, columns: Bools) -> None:
        self._rows = rows
        self._columns = np.ascontiguousarray(columns.T, dtype=np.float32)

    def counts(self, rows: Places) -> Flags:
        """How many ones each of some mentees shares with each mentor; whole numbers."""
        product: Flags = self._rows[rows].astype(np.float32) @ self._columns
        return product

    def of(self, rows: Places, columns: Places) -> Flags:
        """How many ones each of some mentees shares with the mentor beside them."""
        shared = self._rows[rows] & (self._columns.T[columns] > 0)
        counts: Ints = np.count_nonzero(shared, axis=1)
        return counts.astype(np.float32)


def among(mentee: Places, mentor: Places, links: Mapping[int, list[int]]) -> Bools:
    """Which of some pairs are links (mentors by mentee)."""
    pairs = zip(mentee.tolist(), mentor.tolist(), strict=True)
    return np.array([other in links.get(row, ()) for row, other in pairs], dtype=bool)


def in_words(flags: Bools) -> Words:
    """Each row of flags as bits, 64 to a word: most pairs have few starts or none in common."""
    bits = np.packbits(flags, axis=1, bitorder="little")
    padded = np.zeros((len(bits), -(-bits.shape[1] // 8) * 8), dtype=np.uint8)
    padded[:, : bits.shape[1]] = bits
    return padded.view("<u8")


def ones(words: Words) -> tuple[Places, Small]:
    """The row and the column of every one."""
    row, place = np.nonzero(words)
    left, rows, columns = words[row, place], [row[:0]], [row[:0].astype(np.int32)]
    while len(left):
        lowest = left & (~left + np.uint64(1))
        rows.append(row)
        columns.append((place * 64 + np.bitwise_count(lowest - np.uint64(1))).astype(np.int32))
        left ^= lowest
        more = left != 0
        row, place, left = row[more], place[more], left[more]
    return np.concatenate(rows), np.concatenate(columns)
