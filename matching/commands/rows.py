"""What ``explain`` and ``advise`` print: rows with reasons, as text or as data."""

import dataclasses
import json
from collections.abc import Sequence
from typing import Any

from matching.problem import Explanation


@dataclasses.dataclass(frozen=True)
class Row:
    """Something to explain: what it is, whom it concerns, and the reasons."""

    kind: str
    people: tuple[str, ...]
    title: str
    reasons: tuple[Explanation, ...]


def tell(rows: Sequence[Row]) -> None:
    """Prints each row's title, and its reasons below it."""
    for row in rows:
        print(row.title)
        for reason in row.reasons:
            print(f"  {reason.text}")


def as_data(rows: Sequence[Any]) -> None:
    """Prints rows, or other records, as JSON."""
    print(json.dumps([dataclasses.asdict(row) for row in rows], ensure_ascii=False, indent=1))
