"""How often a person or a place may try something.

Keys are keyed hashes that change every day, so nothing here tells who came from where. Counts
live in memory, or in Redis where several processes share them.
"""

import ipaddress
import math
import time
from collections import deque
from functools import cache
from typing import cast

import structlog
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage, Storage, storage_from_string
from limits.strategies import MovingWindowRateLimiter

from peer.core import clock
from peer.core.errors import SlowDown
from peer.core.secrets import keyed_hash

log = structlog.get_logger("limits")

_storage: Storage = MemoryStorage()
_limiter = MovingWindowRateLimiter(_storage)
_key = ""


def configure(secret: str, redis_url: str = "") -> None:
    """Count under `secret`, in Redis when there is one."""
    global _storage, _limiter, _key, _here
    _here = _Here()
    _storage = MemoryStorage()
    if redis_url:
        patience = {"socket_timeout": 1, "socket_connect_timeout": 1}
        _storage = cast(Storage, storage_from_string(redis_url, **patience))
    _limiter = MovingWindowRateLimiter(_storage)
    _key = secret


def place_of(address: str | None) -> str:
    """Where a request comes from, as a hash under the day's key: all that is kept of an address.

    Of IPv6 the first 64 bits count: the rest is given out freely to whoever has those.
    """
    return keyed_hash(_key, clock.now().date().isoformat(), "place", _network(address or ""))


def _network(address: str) -> str:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(found), 64), strict=False).network_address)


def spend(rate: str, *who: str) -> None:
    """Count one try of `who` under `rate` (such as "10/minute"); SlowDown when there are none left."""
    item = parse(rate)
    key = keyed_hash(_key, clock.now().date().isoformat(), *who)
    try:
        if not _limiter.hit(item, key):
            raise SlowDown(retry_ms=_wait(item, key))
    except _limiter.storage.base_exceptions as away:
        _count_alone(rate, who, away)


def _count_alone(rate: str, who: tuple[str, ...], away: Exception) -> None:
    """While Redis is away every process counts for itself, so that nobody is shut out for it."""
    if isinstance(away, SlowDown) or isinstance(_storage, MemoryStorage):
        raise away
    log.warning("redis_away")
    spend_here(rate, *who)


def spend_here(rate: str, *who: str) -> None:
    """Count one try of `who` under `rate` in this process alone; SlowDown when there are none left.

    For what comes over sockets, which stay where they are: it asks nobody else, so it costs a
    microsecond and works while Redis is away.
    """
    wait = _here.spend(*_parsed(rate), who)
    if wait:
        raise SlowDown(retry_ms=max(1000, math.ceil(wait * 1000)))


@cache
def _parsed(rate: str) -> tuple[int, float]:
    item = parse(rate)
    return item.amount, float(item.get_expiry())


class _Here:
    """When each key was last used. Nothing here is written down or told to anybody."""

    def __init__(self) -> None:
        self._used: dict[tuple[str, ...], deque[float]] = {}
        self._swept = time.monotonic()

    def spend(self, most: int, seconds: float, key: tuple[str, ...]) -> float:
        """Use `key` once, at most so often in so many seconds; else the seconds to wait."""
        now = time.monotonic()
        if now - self._swept > _SWEEP:
            self._sweep(now)
        used = self._used.get(key)
        if used is None:
            used = self._used[key] = deque(maxlen=most)
        if len(used) == most and now - used[0] < seconds:
            return seconds - (now - used[0])
        used.append(now)
        return 0.0

    def _sweep(self, now: float) -> None:
        self._swept = now
        self._used = {key: used for key, used in self._used.items() if now - used[-1] < _KEPT}


_SWEEP, _KEPT = 60.0, 3_600.0  # seconds; no allowance here is for longer than an hour
_here = _Here()


def check(rate: str, *who: str) -> None:
    """SlowDown when `who` has no tries left under `rate`; this counts none."""
    item = parse(rate)
    key = keyed_hash(_key, clock.now().date().isoformat(), *who)
    if not _limiter.test(item, key):
        raise SlowDown(retry_ms=_wait(item, key))


def _wait(item: RateLimitItem, key: str) -> int:
    reset = _limiter.get_window_stats(item, key).reset_time
    return max(1000, math.ceil((reset - time.time()) * 1000))
