"""Hours in which somebody wants no sign of anything new: pure rules, on the person's own clock."""

from datetime import datetime
from zoneinfo import ZoneInfo

from peer.core.words import N_
from peer.policy.roles import YES, Decision, no

DAY = 24 * 60


def can_be_quiet(begins: int, ends: int) -> Decision:
    """Quiet hours begin and end at different minutes of the day."""
    if begins == ends or not (0 <= begins < DAY and 0 <= ends < DAY):
        return no(N_("Quiet hours begin and end at different times."))
    return YES


def is_quiet(now: datetime, zone: str, begins: int, ends: int) -> bool:
    """Whether it is between two minutes of the day on the wall clock of `zone`, over midnight or not.

    It goes by what the clock on the wall shows: where clocks change in the night, that night is an
    hour shorter or longer, and its quiet ends when the clock says so.
    """
    local = now.astimezone(ZoneInfo(zone))
    minute = local.hour * 60 + local.minute
    if begins < ends:
        return begins <= minute < ends
    return minute >= begins or minute < ends
