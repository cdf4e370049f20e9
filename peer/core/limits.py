"""How often a person or a place may try something.

Keys are keyed hashes that change every day, so nothing here tells who came from where. Counts
live in memory, or in Redis where several processes share them.
"""

import math
import time
from typing import cast

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage, Storage, storage_from_string
from limits.strategies import MovingWindowRateLimiter

from peer.core import clock
from peer.core.errors import SlowDown
from peer.core.secrets import keyed_hash

_storage: Storage = MemoryStorage()
_limiter = MovingWindowRateLimiter(_storage)
_key = ""


def configure(secret: str, redis_url: str = "") -> None:
    """Count under `secret`, in Redis when there is one."""
    global _storage, _limiter, _key
    _storage = cast(Storage, storage_from_string(redis_url)) if redis_url else MemoryStorage()
    _limiter = MovingWindowRateLimiter(_storage)
    _key = secret


def spend(rate: str, *who: str) -> None:
    """Count one try of `who` under `rate` (such as "10/minute"); SlowDown when there are none left."""
    item = parse(rate)
    key = keyed_hash(_key, clock.now().date().isoformat(), *who)
    if not _limiter.hit(item, key):
        raise SlowDown(retry_ms=_wait(item, key))


def _wait(item: RateLimitItem, key: str) -> int:
    reset = _limiter.get_window_stats(item, key).reset_time
    return max(1000, math.ceil((reset - time.time()) * 1000))
