"""From what people told to what the engine is asked, and from its cells to moments."""

from peer.mentoring.snapshot.answer import Answer, LeftOver, Proposed, read
from peer.mentoring.snapshot.build import Facts, Snapshot, take
from peer.mentoring.snapshot.hours import (
    CELLS,
    MEETING,
    cell_of,
    meetings,
    minute_of,
    moment_of,
    next_monday,
    starts_in,
    utc_cells,
)

__all__ = [
    "CELLS",
    "MEETING",
    "Answer",
    "Facts",
    "LeftOver",
    "Proposed",
    "Snapshot",
    "cell_of",
    "meetings",
    "minute_of",
    "moment_of",
    "next_monday",
    "read",
    "starts_in",
    "take",
    "utc_cells",
]
