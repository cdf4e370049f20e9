"""A judge who has looked at some pairs beforehand, all of them at once, in NumPy.

Says the same as ``judge.Judge``, only sooner: thousands of running pairs are asked about when a
round begins, and thousands of new ones when it ends.
"""

from collections.abc import Collection

import numpy as np

from matching.problem import RULES
from matching.rules.judge import Judge
from matching.table.scoring import BIT, Table

Key = tuple[str, str]


class Known(Judge):
    """Answers questions about the pairs of one problem, at once about those it was shown."""

    def __init__(self, table: Table) -> None:
        super().__init__(table.problem)
        self._table = table
        self._parts: dict[Key, dict[str, int]] = {}
        self._starts: dict[Key, tuple[int, ...]] = {}
        self._why_not: dict[Key, tuple[str, ...]] = {}

    def look_at(self, keys: Collection[Key]) -> None:
        """Look at pairs (mentee and mentor, by id) that may be asked about."""
        keys = [key for key in keys if key not in self._parts]
        table, names = self._table, self._table.part_names
        mentee = np.array([table.mentee_index[who] for who, _ in keys], dtype=np.intp)
        mentor = np.array([table.mentor_index[who] for _, who in keys], dtype=np.intp)
        broken, parts = table.pairs(mentee, mentor)
        rows, cells = np.nonzero(table.meets[mentee] & table.offers[mentor])
        ends = np.searchsorted(rows, np.arange(len(keys) + 1)).tolist()
        starts = cells.tolist()
        for place, (key, points, bits) in enumerate(
            zip(keys, parts.tolist(), broken.tolist(), strict=True)
        ):
            self._parts[key] = dict(zip(names, points, strict=True))
            common = () if self.problem.timeless else starts[ends[place] : ends[place + 1]]
            self._starts[key] = tuple(common)
            self._why_not[key] = tuple(rule for rule in RULES if bits & BIT[rule]) if bits else ()

    def why_not(self, mentee_id: str, mentor_id: str) -> tuple[str, ...]:
        """See ``Judge.why_not``."""
        known = self._why_not.get((mentee_id, mentor_id))
        return super().why_not(mentee_id, mentor_id) if known is None else known

    def starts(self, mentee_id: str, mentor_id: str) -> tuple[int, ...]:
        """See ``Judge.starts``."""
        known = self._starts.get((mentee_id, mentor_id))
        return super().starts(mentee_id, mentor_id) if known is None else known

    def parts(self, mentee_id: str, mentor_id: str) -> dict[str, int]:
        """See ``Judge.parts``."""
        known = self._parts.get((mentee_id, mentor_id))
        return super().parts(mentee_id, mentor_id) if known is None else known
