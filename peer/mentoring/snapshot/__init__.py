"""From what people told to what the engine is asked, and from its cells to moments."""

from peer.mentoring.snapshot.answer import SOLVE_SECONDS, Answer, LeftOver, Proposed, read
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
from peer.mentoring.snapshot.insight import work_out
from peer.mentoring.snapshot.price import Offer, Step, offers, price

__all__ = [
    "CELLS",
    "MEETING",
    "SOLVE_SECONDS",
    "Answer",
    "Facts",
    "LeftOver",
    "Offer",
    "Proposed",
    "Snapshot",
    "Step",
    "cell_of",
    "meetings",
    "minute_of",
    "moment_of",
    "next_monday",
    "offers",
    "price",
    "read",
    "starts_in",
    "take",
    "utc_cells",
    "work_out",
]
