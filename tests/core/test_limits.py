"""How often something may be tried, counted without telling who came from where."""

from datetime import timedelta

import pytest

from peer.core import clock, limits
from peer.core.errors import SlowDown
from peer.core.settings import Settings
from tests.plugins.site import SECRET


def test_sixth_try_of_five_waits_and_says_how_long(core: Settings) -> None:
    for _try in range(5):
        limits.spend("5/minute", "sign-in", "noor")
    with pytest.raises(SlowDown) as slow:
        limits.spend("5/minute", "sign-in", "noor")
    assert 1000 <= slow.value.retry_ms <= 60_000
    limits.spend("5/minute", "sign-in", "zed")  # somebody else is not held up
    limits.spend("5/minute", "join", "noor")  # nor something else


def test_tries_are_shared_between_processes_over_redis(core: Settings, redis_url: str) -> None:
    for _process in range(3):
        limits.configure(SECRET, redis_url)
        limits.spend("3/minute", "sign-in", "noor")
    limits.configure(SECRET, redis_url)
    with pytest.raises(SlowDown):
        limits.spend("3/minute", "sign-in", "noor")
    limits.configure(SECRET)


def test_what_is_counted_names_nobody_and_changes_every_day(core: Settings) -> None:
    def keys() -> set[str]:
        return set(limits._storage.events)  # type: ignore[attr-defined]

    limits.spend("5/minute", "sign-in-from", "203.0.113.7")
    today = keys()
    assert not any("203.0.113" in key or "noor" in key for key in today)
    with clock.stopped_at(clock.now() + timedelta(days=1)):
        limits.spend("5/minute", "sign-in-from", "203.0.113.7")
    assert len(keys()) == len(today) + 1
