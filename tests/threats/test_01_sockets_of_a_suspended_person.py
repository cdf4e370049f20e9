"""Three web processes, 30 sockets of twelve people: a suspension cuts the right ones, fast."""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from peer.accounts import service as accounts
from peer.accounts.models import Account
from peer.accounts.queries import actor_from
from peer.core import work
from peer.rooms.models import Room
from tests.cast import Cast
from tests.plugins.processes import web_processes
from tests.plugins.sockets import Socket
from tests.promises import kept_within
from tests.rooms.place import a_room, said, word

# Sockets of each person, spread over the processes in turn: thirty in all.
PEOPLE = (3, 3, 3, 3, 3, 3, 2, 2, 2, 2, 2, 2)
PROCESSES = 3
MOST = 1.0  # seconds from deciding to the last wire, for 99 of a hundred sockets


class Watched(Socket):
    """A socket that notes when it was cut."""

    def __init__(self, url: str, token: str) -> None:
        self.cut_at = 0.0
        super().__init__(url, token)
        self.client.on("disconnect", self._gone)

    def _gone(self, *_reason: object) -> None:
        self.cut_at = time.monotonic()


@dataclass
class Gathering:
    """Twelve people in one room, over three processes."""

    cast: Cast
    room: Room
    addresses: list[str]
    people: list[Account]
    sockets: dict[str, list[Watched]] = field(default_factory=dict)
    took: list[float] = field(default_factory=list)
    opened: int = 0
    said: int = 0

    def come(self, person: Account, count: int) -> None:
        """Open the person's pages, each in the next process."""
        with work.begin():
            token = accounts.start_session(person)
        self.sockets[person.id] = []
        for _ in range(count):
            socket = Watched(self.addresses[self.opened % PROCESSES], token)
            self.opened += 1
            self.sockets[person.id].append(socket)
            assert socket.send("room:join", room=self.room.id, since=None)["ok"]

    def everyone(self) -> list[Watched]:
        """Every open socket."""
        return [socket for sockets in self.sockets.values() for socket in sockets]

    def suspend(self, *people: Account) -> list[Watched]:
        """All of these at once; their sockets, once they are cut."""
        theirs = [socket for person in people for socket in self.sockets.pop(person.id)]
        since = time.monotonic()
        with work.begin():
            for person in people:
                accounts.suspend(person.id, by=self.cast.mo, days=None)
        for socket in theirs:
            socket.wait_until_cut()
        self.took += [socket.cut_at - since for socket in theirs]
        return theirs

    def reinstate(self, *people: Account) -> None:
        """Let these in again, with as many pages as before."""
        with work.begin():
            for person in people:
                accounts.reinstate(person.id, by=self.cast.mo)
        for person in people:
            self.come(person, PEOPLE[self.people.index(person)])

    def bystanders_hear(self) -> None:
        """Everybody who was left alone is still there and hears what is said next."""
        self.said += 1
        text = f"still here {word(self.said)}"
        said(self.cast.noor, self.room, text)
        for socket in self.everyone():
            assert socket.client.connected
            socket.wait_for("message:posted", where=lambda m: m["text"] == text)
            assert "session:ended" not in [name for name, _ in socket.heard]


@contextmanager
def gathering(addresses: list[str]) -> Iterator[Gathering]:
    """The twelve, with every page open."""
    cast = Cast()
    people = [cast.newcomer() for _ in PEOPLE]
    room = a_room(cast, cast.noor, *[actor_from(person) for person in people])
    found = Gathering(cast, room, addresses, people)
    try:
        for person, count in zip(people, PEOPLE, strict=True):
            found.come(person, count)
        assert len(found.everyone()) == 30
        yield found
    finally:
        for socket in found.everyone():
            socket.client.disconnect()


def suspend_again_and_again(place: Gathering, rounds: int) -> list[float]:
    """Another four people each round; how long each of their sockets lived on."""
    place.took.clear()
    for number in range(rounds):
        chosen = [place.people[(number * 4 + n) % len(PEOPLE)] for n in range(4)]
        for socket in place.suspend(*chosen):
            assert ("session:ended", {"reason": "suspended"}) in socket.heard
        place.bystanders_hear()
        place.reinstate(*chosen)
    return sorted(place.took)


def p99(times: list[float]) -> float:
    """What 99 of a hundred stay under."""
    return times[-(-len(times) * 99 // 100) - 1]


def hold(place: Gathering, rounds: int, test: pytest.Item, *, at_least: int) -> None:
    """Fast enough, by enough of them; `pytest -rP` shows the figures."""

    def p99_of_rounds() -> float:
        times = suspend_again_and_again(place, rounds)
        assert len(times) >= at_least
        middle, last = times[len(times) // 2], times[-1]
        figures = f"n={len(times)} median={middle:.3f} p99={p99(times):.3f} last={last:.3f}"
        test.add_report_section("call", "sockets cut, seconds", figures)
        return p99(times)

    kept_within(MOST, p99_of_rounds)


@pytest.fixture
def three(tmp_path: Path, migrated_postgres_url: str, redis_url: str) -> Iterator[list[str]]:
    """Three web processes over PostgreSQL, with Redis between them."""
    told = {"database_url": migrated_postgres_url, "redis_url": redis_url}
    with web_processes(PROCESSES, tmp_path, **told) as addresses:
        yield addresses


@pytest.fixture
def three_without_redis(tmp_path: Path, migrated: Path) -> Iterator[list[str]]:
    """Three web processes over one SQLite file, each looking at it on every beat."""
    shutil.copy(migrated, tmp_path / "peer.db")
    with web_processes(PROCESSES, tmp_path) as addresses:
        yield addresses


def test_suspended_persons_sockets_die_within_a_second_on_every_worker(
    three: list[str], request: pytest.FixtureRequest
) -> None:
    with gathering(three) as place:
        hold(place, 10, request.node, at_least=100)


def test_suspended_persons_sockets_die_within_a_second_where_processes_only_poll(
    three_without_redis: list[str], request: pytest.FixtureRequest
) -> None:
    with gathering(three_without_redis) as place:
        hold(place, 6, request.node, at_least=60)
