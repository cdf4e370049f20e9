from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peer.mentoring.snapshot import (
    CELLS,
    cell_of,
    meetings,
    minute_of,
    moment_of,
    next_monday,
    starts_in,
    utc_cells,
)

JULY = date(2026, 7, 6)  # no clock changes in the twelve weeks after it, in Europe or America
MARCH = date(2026, 3, 2)  # America changes on the 8th, Europe on the 29th
MONDAY_18 = (36, 37)
ZONES = ["UTC", "Europe/London", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"]
zones = st.sampled_from([*ZONES, "Pacific/Auckland", "America/St_Johns", "Africa/Casablanca"])
cells = st.frozensets(st.integers(0, CELLS - 1), max_size=60)
weeks = st.dates(date(2024, 1, 1), date(2030, 1, 1)).map(lambda d: d - timedelta(d.weekday()))


def test_monday_evening_in_london_is_an_hour_earlier_in_utc_in_summer() -> None:
    assert utc_cells(MONDAY_18, "Europe/London", "UTC", JULY) == {34, 35}


def test_half_hour_zone_lands_on_half_hours() -> None:
    """18:00 in Kolkata is 12:30 UTC."""
    assert utc_cells(MONDAY_18, "Asia/Kolkata", "UTC", JULY) == {25, 26}


def test_quarter_hour_zone_begins_a_quarter_later() -> None:
    """18:00 in Kathmandu is 12:15 UTC; the half hour after it is 18:15 there."""
    assert min(utc_cells(MONDAY_18, "Asia/Kathmandu", "UTC", JULY)) == 25
    assert minute_of(moment_of(25, JULY), "Asia/Kathmandu") == 18 * 60 + 15


def test_week_wraps_around() -> None:
    sunday_night = (334, 335)
    assert utc_cells(sunday_night, "America/New_York", "UTC", JULY) == {6, 7}


def test_programme_clock_that_changes_alike_loses_no_hours() -> None:
    assert len(utc_cells(MONDAY_18, "Europe/London", "Europe/London", MARCH)) == 2
    assert len(utc_cells(MONDAY_18, "Europe/Madrid", "Europe/London", MARCH)) == 2


def test_clocks_that_change_on_different_days_leave_only_hours_that_suit_throughout() -> None:
    assert utc_cells(MONDAY_18, "America/New_York", "Europe/London", MARCH) == set()
    three_hours = tuple(range(36, 42))
    left = utc_cells(three_hours, "America/New_York", "Europe/London", MARCH)
    assert len(left) == 4


@given(cells, zones, zones, weeks)
def test_every_meeting_of_twelve_weeks_falls_into_hours_that_were_ticked(
    own: frozenset[int], zone: str, anchor: str, week: date
) -> None:
    """The promise of the clock rule, looked at from the calendar's side.

    On a day on which a clock jumps, the hours around the jump are not looked at.
    """
    for cell in utc_cells(own, zone, anchor, week):
        first = moment_of(cell, week)
        minute = minute_of(first, anchor)
        for moment in meetings(minute, anchor, first - timedelta(minutes=1), 11):
            if _settled(moment, zone) and _settled(moment, anchor) and _settled(first, anchor):
                assert minute_of(moment, zone) // 30 in own


def _settled(moment: datetime, zone: str) -> bool:
    """Whether the clock of `zone` stays as it is for a day around `moment`."""
    near = [moment + timedelta(hours=hours) for hours in (-30, 0, 30)]
    return len({each.astimezone(ZoneInfo(zone)).utcoffset() for each in near}) == 1


@given(cells)
def test_starts_never_overlap_and_lie_in_free_time(free: frozenset[int]) -> None:
    starts = starts_in(free)
    covered = [cell % CELLS for start in starts for cell in (start, start + 1)]
    assert len(covered) == len(set(covered))
    assert set(covered) <= free


def test_starts_keep_the_mentors_own_half_hour() -> None:
    assert starts_in({25, 26, 27, 28, 40}) == (25, 27)


@given(zones, st.integers(0, CELLS - 1), weeks)
def test_cell_comes_back_from_the_wall_clock(zone: str, cell: int, week: date) -> None:
    moment = moment_of(cell, week)
    if _settled(moment, zone) and _settled(moment_of(0, week), zone):
        monday_noon = datetime(week.year, week.month, week.day, 12, tzinfo=ZoneInfo(zone))
        if monday_noon.utcoffset() == moment.astimezone(ZoneInfo(zone)).utcoffset():
            assert cell_of(minute_of(moment, zone), zone, week) == cell


def test_meeting_keeps_its_wall_clock_over_the_change() -> None:
    before = datetime(2026, 3, 20, tzinfo=UTC)
    found = meetings(18 * 60, "Europe/London", before, 3)
    assert [moment.hour for moment in found] == [18, 17, 17]
    assert all(minute_of(moment, "Europe/London") == 18 * 60 for moment in found)


def test_meeting_in_the_missing_hour_comes_as_much_later() -> None:
    before = datetime(2026, 3, 28, 12, tzinfo=UTC)
    sunday_0130 = 6 * 1440 + 90
    first, second = meetings(sunday_0130, "Europe/London", before, 2)
    assert minute_of(first, "Europe/London") == 6 * 1440 + 150
    assert minute_of(second, "Europe/London") == sunday_0130


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/Los_Angeles"])
def test_round_begins_with_the_next_monday_of_the_programme(zone: str) -> None:
    sunday_night = datetime(2026, 7, 5, 22, tzinfo=UTC)
    monday = next_monday(sunday_night, zone)
    assert monday.weekday() == 0
    assert monday == date(2026, 7, 13) if zone == "Pacific/Auckland" else date(2026, 7, 6)
