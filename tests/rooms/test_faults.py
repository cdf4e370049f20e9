"""A process is killed, Redis hangs or dies, PostgreSQL drops its lines, the disk is full: what was
acknowledged is stored and received, once and in order, and the talk goes on by itself."""

import http.client
import os
import resource
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from sqlalchemy import make_url

from peer.accounts import service as accounts
from peer.core import work
from tests.cast import Cast
from tests.plugins.processes import web_processes
from tests.plugins.site import free_port
from tests.plugins.sockets import Socket
from tests.rooms.crowds import Crowd
from tests.rooms.mischief import (
    come_all_at_once,
    memory,
    send_a_huge_packet,
    send_what_is_malformed,
)
from tests.rooms.place import word

PEOPLE, A_SECOND = 12, 20
SOON = 40.0  # milliseconds: less is calm, whatever a busy machine makes of it
# Its address, the processes it was, the last of which runs, and what starts another.
OwnRedis = tuple[str, list[subprocess.Popen[bytes]], Callable[[], None]]


@pytest.fixture
def one(tmp_path: Path, migrated: Path) -> Iterator[str]:
    """The address of one web process over SQLite."""
    shutil.copy(migrated, tmp_path / "peer.db")
    with web_processes(1, tmp_path) as (address,):
        yield address


def serving(address: str) -> int:
    """The process that serves an address: the child of the gunicorn that was asked to."""
    bind = f"--bind=127.0.0.1:{urlsplit(address).port}".encode()
    found = [
        int(path.parent.name)
        for path in Path("/proc").glob("[0-9]*/cmdline")
        if bind in path.read_bytes().split(b"\0")
    ]
    return max(found)


def later(seconds: float, act: Callable[[], object]) -> None:
    """Do something a little later, meanwhile."""
    threading.Timer(seconds, act).start()


def test_a_killed_process_loses_nothing_and_everybody_is_caught_up(one: str, cast: Cast) -> None:
    crowd = Crowd(cast, PEOPLE)

    def kill() -> None:
        later(1.0, lambda: os.kill(serving(one), signal.SIGKILL))

    seen = crowd.talk(one, seconds=8, a_second=A_SECOND, then=kill)
    assert seen["cut"] >= PEOPLE
    crowd.lost_nothing(seen)


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[OwnRedis]:
    """A Redis of the test's own, which may be stopped; the last of the list is running."""
    server = shutil.which("redis-server")
    if server is None:
        pytest.skip("redis-server is not installed")
    port = free_port()
    running: list[subprocess.Popen[bytes]] = []

    def start() -> None:
        command = [server, "--port", str(port), "--save", "", "--dir", str(tmp_path)]
        running.append(subprocess.Popen(command, stdout=subprocess.DEVNULL))

    start()
    yield f"redis://127.0.0.1:{port}/0", running, start
    for each in running:
        each.send_signal(signal.SIGCONT)
        each.kill()
        each.wait()


@pytest.mark.parametrize("what", ["killed", "frozen"])
def test_redis_away_loses_nothing_and_keeps_nobody_waiting(
    own_redis: OwnRedis,
    what: str,
    tmp_path: Path,
    migrated_postgres_url: str,
    cast: Cast,
) -> None:
    url, running, start = own_redis
    with web_processes(2, tmp_path, database_url=migrated_postgres_url, redis_url=url) as addresses:
        crowd = Crowd(cast, PEOPLE)
        with work.begin():
            token = accounts.start_session(cast.account("noor"))
        elsewhere = Socket(addresses[1], token)
        assert elsewhere.send("room:join", room=crowd.room.id, since=None)["ok"]

        def away() -> None:
            if what == "killed":
                later(0.5, running[-1].kill)
                later(2.5, start)
            else:
                later(0.5, lambda: running[-1].send_signal(signal.SIGSTOP))
                later(4.5, lambda: running[-1].send_signal(signal.SIGCONT))

        seen = crowd.talk(addresses[0], seconds=6, a_second=A_SECOND, then=away)
        crowd.lost_nothing(seen)
        assert seen["cut"] == 0
        assert seen["latency_ms"]["longest"] < 3_000, seen["latency_ms"]
        last = seen["acked"]
        elsewhere.wait_for("message:posted", where=lambda m: m["seq"] == last, seconds=10)
        numbers = [m["seq"] for name, m in elsewhere.heard if name == "message:posted"]
        assert numbers == list(range(1, last + 1))
        elsewhere.client.disconnect()


def test_postgres_drops_its_lines_and_the_talk_goes_on(
    tmp_path: Path, migrated_postgres_url: str, cast: Cast
) -> None:
    with web_processes(1, tmp_path, database_url=migrated_postgres_url) as (address,):
        crowd = Crowd(cast, PEOPLE)
        plain = make_url(migrated_postgres_url).set(drivername="postgresql")

        def drop() -> None:
            with psycopg.connect(
                plain.render_as_string(hide_password=False), autocommit=True
            ) as line:
                line.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )

        def drop_often() -> None:
            for seconds in (0.5, 1.0, 1.5, 2.5):
                later(seconds, drop)

        seen = crowd.talk(address, seconds=6, a_second=A_SECOND, then=drop_often)
        crowd.lost_nothing(seen)


def beside_nonsense(address: str, cast: Cast) -> tuple[float, float]:
    """The p95 in milliseconds of a calm conversation, and of one beside all that is nonsense."""
    calm = Crowd(cast, PEOPLE)
    seen = calm.talk(address, seconds=3, a_second=A_SECOND, then=lambda: None)
    before, found = float(seen["latency_ms"]["p95"]), dict[str, Any]()

    def act() -> None:
        server, token = serving(address), calm.tokens[0]
        had = memory(server)
        found["taken"], found["told"] = send_a_huge_packet(address, token)
        found["grown"] = memory(server) - had
        send_what_is_malformed(address, token)
        come_all_at_once(address, token)
        found["done"] = True

    crowd = Crowd(cast, PEOPLE)
    seen = crowd.talk(address, seconds=8, a_second=A_SECOND, then=lambda: later(0.5, act))
    crowd.lost_nothing(seen)
    assert seen["cut"] == 0, "who did nothing wrong stays"
    assert found["done"]
    assert found["told"], "too large is said, and why"
    assert found["taken"] < 10_000_000
    assert found["grown"] < 5_000
    return before, float(seen["latency_ms"]["p95"])


def test_nonsense_and_many_who_come_at_once_leave_the_others_alone(one: str, cast: Cast) -> None:
    """Other work of the machine may slow one of three tries, but not every one."""
    for _ in range(3):
        calm, others = beside_nonsense(one, cast)
        if others < 2 * max(calm, SOON):
            return
    pytest.fail(f"calm {calm:.0f} ms, beside nonsense {others:.0f} ms")


def ready(address: str) -> int:
    """What /readyz answers."""
    line = http.client.HTTPConnection(urlsplit(address).netloc, timeout=10)
    try:
        line.request("GET", "/readyz")
        return line.getresponse().status
    finally:
        line.close()


def test_a_full_disk_is_told_and_heals_by_itself(one: str, cast: Cast, tmp_path: Path) -> None:
    crowd = Crowd(cast, 1)
    noor = Socket(one, crowd.tokens[0])
    room = crowd.room.id
    assert noor.send("room:join", room=room, since=None)["ok"]
    assert noor.send("message:post", room=room, text="before", nonce="before")["ok"]
    server, largest = serving(one), (tmp_path / "peer.db-wal").stat().st_size
    before = resource.prlimit(server, resource.RLIMIT_FSIZE, (largest, resource.RLIM_INFINITY))
    try:
        refused = None
        for number in range(20):  # some room is left in the log that is there already
            answer = noor.send("message:post", room=room, text=word(number), nonce=f"n{number}")
            if not answer["ok"]:
                refused = answer
                break
        assert refused is not None, "the disk did not fill up"
        assert "Nothing is lost" in refused["error"]["text"]
        noor.wait_for("room:state", where=lambda state: state["state"] == "unwell")
        assert ready(one) == 503
    finally:
        resource.prlimit(server, resource.RLIMIT_FSIZE, before)
    noor.wait_for("room:state", where=lambda state: state["state"] == "open")
    assert ready(one) == 200
    again = noor.send("message:post", room=room, text=word(number), nonce=f"n{number}")
    assert again["ok"]
    assert again["message"]["seq"] == number + 2
    noor.wait_for("message:posted", where=lambda m: m["seq"] == number + 2)
    numbers = [m["seq"] for name, m in noor.heard if name == "message:posted"]
    assert numbers == list(range(1, number + 3))
    time.sleep(0.1)
    assert crowd.stored() == number + 2
    noor.client.disconnect()
