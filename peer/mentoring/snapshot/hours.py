"""From hours on people's own wall clocks to half-hour cells of a UTC week, and back to moments.

A meeting keeps its hour by the programme's clock, not by UTC. So a person counts as free in a
cell only if they are free then in each of the coming weeks, however their clock and the
programme's change meanwhile. Where both change together nothing is lost; where they change on
different days, only hours that suit on both sides of the change remain.

In zones whose offset has a quarter of an hour, meetings begin a quarter past the ticked hour:
the grid of the week has half hours only.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

CELLS = 336  # half hours of a week
HORIZON = 12 * 7  # days that a meeting time must hold for
MEETING = timedelta(hours=1)
_WEEK = 7 * 24 * 60  # minutes


def next_monday(at: datetime, zone: str) -> date:
    """The Monday after `at` on the clock of `zone`: when meetings of a new round can begin."""
    today = at.astimezone(ZoneInfo(zone)).date()
    return today + timedelta(days=7 - today.weekday())


def _offset(zone: str, day: date) -> int:
    """Half hours that a zone is ahead of UTC at noon, rounded down."""
    noon = datetime.combine(day, time(12), ZoneInfo(zone))
    offset = noon.utcoffset() or timedelta()
    return int(offset.total_seconds() // 1800)


def shifts(zone: str, anchor: str, week: date) -> frozenset[int]:
    """How many cells later than UTC's the person's wall clock is in the coming weeks.

    One number while the person's clock and the programme's change alike, else several.
    """
    begun = _offset(anchor, week)
    days = (week + timedelta(days=number) for number in range(HORIZON))
    return frozenset(_offset(zone, day) + begun - _offset(anchor, day) for day in days)


def utc_cells(cells: Iterable[int], zone: str, anchor: str, week: date) -> frozenset[int]:
    """The UTC cells of `week` that suit in every coming week."""
    own = frozenset(cells)
    moved = [{(cell - shift) % CELLS for cell in own} for shift in shifts(zone, anchor, week)]
    return frozenset.intersection(*map(frozenset, moved))


def starts_in(free: Iterable[int]) -> tuple[int, ...]:
    """Meeting starts an hour apart, counted from the beginning of each stretch of free cells."""
    cells = frozenset(free)
    if len(cells) == CELLS:
        return tuple(range(0, CELLS, 2))
    begins = [cell for cell in cells if (cell - 1) % CELLS not in cells]
    return tuple(sorted(start for begin in begins for start in _stretch(begin, cells)))


def _stretch(begin: int, cells: frozenset[int]) -> Iterator[int]:
    start = begin
    while start in cells and (start + 1) % CELLS in cells:
        yield start
        start = (start + 2) % CELLS


def moment_of(cell: int, week: date) -> datetime:
    """When a UTC cell of `week` begins."""
    monday = datetime.combine(week, time(), UTC)
    return monday + timedelta(minutes=30 * cell)


def minute_of(moment: datetime, zone: str) -> int:
    """The minute of the week of a moment on the wall clock of `zone`, 0 = Monday 00:00."""
    local = moment.astimezone(ZoneInfo(zone))
    return local.weekday() * 1440 + local.hour * 60 + local.minute


def cell_of(minute: int, zone: str, week: date) -> int:
    """The UTC cell of `week` in which a weekly meeting of the zone's wall clock begins."""
    utc = minute - 30 * _offset(zone, week)
    return (utc % _WEEK) // 30


def meetings(minute: int, zone: str, after: datetime, count: int) -> list[datetime]:
    """The next `count` moments after `after` of a weekly meeting on the wall clock of `zone`.

    Where clocks go forward over the meeting, it begins as much later as they jump.
    """
    clock = ZoneInfo(zone)
    today = after.astimezone(clock).date()
    monday = today - timedelta(days=today.weekday() + 7)
    found: list[datetime] = []
    while len(found) < count:
        day = monday + timedelta(days=minute // 1440)
        local = datetime.combine(day, time(minute % 1440 // 60, minute % 60), clock)
        if local.astimezone(UTC) > after:
            found.append(local.astimezone(UTC))
        monday += timedelta(days=7)
    return found
