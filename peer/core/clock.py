"""The one place that knows what time it is, so that a test can say."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime


def _system() -> datetime:
    return datetime.now(UTC)


_source: Callable[[], datetime] = _system


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _source()


@contextmanager
def stopped_at(moment: datetime) -> Iterator[None]:
    """Hold the clock at `moment` (aware) inside the block."""
    global _source
    before, _source = _source, lambda: moment
    try:
        yield
    finally:
        _source = before
