"""What one place may ask of the site, so that nobody's asking slows the others' answers.

A place that keeps asking runs dry and is told to come back (Knocks); of what it asks within its
allowance only a little is worked on at once, and the rest waits in a line of its own (Turns).
Thirty people behind one address of a shelter are to notice neither.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from peer.core.errors import SlowDown

# Pages, forms and our own files of one place that are worked on at once, and that may wait.
AT_ONCE, WAITING = 3, 200


class Knocks:
    """An allowance for each place, which fills up again as time goes; kept in memory."""

    def __init__(self, most: float, a_second: float) -> None:
        self._most, self._a_second = most, a_second
        self._spent: dict[str, tuple[float, float]] = {}  # place: how much, as of when
        self._swept = time.monotonic()

    def wait(self, place: str, cost: float = 1.0) -> float:
        """Spend `cost` of a place's allowance; else the seconds until there is enough again."""
        now = time.monotonic()
        self._sweep(now)
        spent = self._still_spent(place, now)
        over = spent + cost - self._most
        if over > 0:
            return over / self._a_second
        self._spent[place] = spent + cost, now
        return 0.0

    def _still_spent(self, place: str, now: float) -> float:
        spent, then = self._spent.get(place, (0.0, now))
        return max(0.0, spent - (now - then) * self._a_second)

    def _sweep(self, now: float) -> None:
        """Forget the places whose allowance is full again."""
        if now - self._swept < self._most / self._a_second:
            return
        self._swept = now
        self._spent = {
            place: known for place, known in self._spent.items() if self._still_spent(place, now)
        }


class _Line:
    """Who of one place is being served, and who waits."""

    def __init__(self) -> None:
        self.free = threading.Semaphore(AT_ONCE)
        self.people = 0


class Turns:
    """A line for each place: many requests of one place wait for each other, not the others."""

    def __init__(self) -> None:
        self._lines: dict[str, _Line] = {}

    @contextmanager
    def turn(self, place: str) -> Iterator[None]:
        """Wait for one's turn, and have it; SlowDown when the line is too long to join."""
        line = self._lines.setdefault(place, _Line())
        if line.people >= AT_ONCE + WAITING:
            raise SlowDown()
        line.people += 1
        try:
            with line.free:
                yield
        finally:
            line.people -= 1
            if not line.people:
                self._lines.pop(place, None)
