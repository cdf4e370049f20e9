"""Quiet hours on anybody's clock, whatever clocks do: pure rules."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peer.policy import quiet as policy

minutes = st.integers(0, policy.DAY - 1)
zones = st.sampled_from(sorted(available_timezones()))
moments = st.integers(1_577_836_800, 2_051_222_400).map(lambda at: datetime.fromtimestamp(at, UTC))


@given(moments, zones, minutes, minutes)
def test_it_goes_by_the_clock_on_the_wall(now: datetime, zone: str, begins: int, ends: int) -> None:
    local = now.astimezone(ZoneInfo(zone))
    shown = local.hour * 60 + local.minute
    # From the first minute on, counted around the clock, until the last one is reached.
    inside = (shown - begins) % policy.DAY < (ends - begins) % policy.DAY
    if policy.can_be_quiet(begins, ends):
        assert policy.is_quiet(now, zone, begins, ends) == inside


@given(moments, zones, minutes, minutes)
def test_the_other_hours_are_exactly_those_that_are_left(
    now: datetime, zone: str, begins: int, ends: int
) -> None:
    if policy.can_be_quiet(begins, ends):
        quiet = policy.is_quiet(now, zone, begins, ends)
        assert quiet != policy.is_quiet(now, zone, ends, begins)


@given(minutes)
def test_hours_that_end_as_they_begin_are_refused(minute: int) -> None:
    assert not policy.can_be_quiet(minute, minute)
    assert not policy.can_be_quiet(minute, policy.DAY)
    assert not policy.can_be_quiet(-1, minute)


NIGHT = 22 * 60, 7 * 60


@pytest.mark.parametrize(
    ("zone", "evening", "lasts"),
    [
        ("Europe/London", (3, 28), 8),  # clocks go forward: an hour less
        ("Europe/London", (10, 24), 10),  # and back: an hour more
        ("America/New_York", (3, 7), 8),
        ("America/New_York", (10, 31), 10),
        ("Asia/Kathmandu", (5, 1), 9),  # five and three quarters ahead
        ("Pacific/Auckland", (4, 4), 10),
        ("Africa/Cairo", (4, 23), 8),  # the hour that is left out is midnight
    ],
)
def test_a_night_ends_when_the_clock_says_so(
    zone: str, evening: tuple[int, int], lasts: int
) -> None:
    begins = datetime(2026, *evening, 22, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    for hours in range(lasts):
        assert policy.is_quiet(begins + timedelta(hours=hours), zone, *NIGHT)
    assert not policy.is_quiet(begins - timedelta(minutes=1), zone, *NIGHT)
    assert not policy.is_quiet(begins + timedelta(hours=lasts), zone, *NIGHT)
