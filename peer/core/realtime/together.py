"""Events that are taken up together: many people's, one transaction.

While one group is being stored, what comes meanwhile waits, and is the next group. So a quiet
room waits for nobody, and in a crowd one wait for the disk serves all. After a crowd was answered,
it has a moment to speak again, so that it does not split into halves that take turns for ever
(what PostgreSQL calls commit_delay).
"""

from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from gevent import get_hub, sleep
from gevent.event import Event
from gevent.hub import Waiter

A = TypeVar("A")
B = TypeVar("B")

MOST = 400  # taken up at once
CROWD = 8  # this many at once
MOMENT = 0.01  # seconds that a crowd is waited for


class Together(Generic[A, B]):
    """Hands what is asked to `answer`, all that waits at once; it gives as many answers.

    `start` runs a function in a task of its own; without it everybody is answered alone.
    """

    def __init__(
        self,
        answer: Callable[[Sequence[A]], Sequence[B]],
        *,
        start: Callable[[Callable[[], None]], Any] | None,
    ) -> None:
        self._answer = answer
        self._start = start
        self._waiting: deque[tuple[A, Waiter[B]]] = deque()
        self._busy = False
        self._crowd = 0  # so many are waited for
        self._here = Event()

    def ask(self, asked: A) -> B:
        """Ask, and wait for one's own answer."""
        if self._start is None:
            return self._answer([asked])[0]
        place: Waiter[B] = Waiter()
        self._waiting.append((asked, place))
        if len(self._waiting) == self._crowd:
            self._here.set()
        if not self._busy:
            self._busy = True
            self._start(self._work)
        found: B = place.get()
        return found

    def _work(self) -> None:
        """Answer until nobody waits any more."""
        try:
            while self._waiting:
                count = min(MOST, len(self._waiting))
                group = [self._waiting.popleft() for _ in range(count)]
                self._serve(group)
                if count >= CROWD:
                    self._gather(count + len(self._waiting))
                elif self._waiting:
                    sleep(0)  # what these were told goes out before the next are taken up
        finally:
            self._busy = False

    def _gather(self, crowd: int) -> None:
        """Let those who were just answered come again, beside those who wait already."""
        if len(self._waiting) >= crowd:
            return
        self._crowd = crowd
        self._here.clear()
        self._here.wait(MOMENT)
        self._crowd = 0

    def _serve(self, group: Sequence[tuple[A, "Waiter[B]"]]) -> None:
        """Answer one group; what `answer` raises is theirs alone: others wait already."""
        wake = get_hub().loop.run_callback
        try:
            answers = self._answer([asked for asked, _ in group])
            answered = list(zip(group, answers, strict=True))
        except BaseException as error:
            for _, place in group:
                wake(place.throw, error)
            if isinstance(error, Exception):
                return
            raise
        for (_, place), answer in answered:
            wake(place.switch, answer)
