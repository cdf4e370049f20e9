"""The site and bringing a copy back keep out of each other's way, on one machine or on two."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import STDOUT

import pytest
from sqlalchemy import text

from peer.accounts import service
from peer.app import configure_core, forget_half_restored
from peer.core import audit, inuse, keys, work
from peer.core.db import database
from peer.core.settings import Settings
from peer.policy.roles import Role
from tests.cast import Cast
from tests.core.copies import copies_of, environ_of, peer, restored, text_of
from tests.core.test_exchanging import beside
from tests.rooms.place import a_room, said

# Works until its plug is pulled, or stands still, at one event of its own.
AT = """
import os, signal, sys
event, name, number = sys.argv[1:4]
def met(what, given):
    global name
    if name and what == event and str(given[0]).endswith(name):
        name = ""
        os.kill(os.getpid(), int(number))
sys.addaudithook(met)
from peer.cli import main
main(sys.argv[4:])
"""


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def house(request: pytest.FixtureRequest) -> Settings:
    """An installation on either database."""
    name = "sqlite_place" if request.param == "sqlite" else "postgres_place"
    found: Settings = request.getfixturevalue(name)
    return found


def elsewhere(settings: Settings, folder: Path) -> dict[str, str]:
    """The environment of another machine: the same database and keys, a data directory apart."""
    keys_file = str(settings.data_dir / "master.keys")
    return {**environ_of(settings), "PEER_DATA_DIR": str(folder), "PEER_KEYS_FILE": keys_file}


def started(environ: dict[str, str], *words: str) -> subprocess.Popen[str]:
    command = [sys.executable, *words]
    return subprocess.Popen(
        command, env={**os.environ, **environ}, text=True, stdout=subprocess.PIPE, stderr=STDOUT
    )


@contextmanager
def working(environ: dict[str, str], settings: Settings) -> Iterator[None]:
    """A worker that has begun: it forgets at once what a restoring has left half done."""
    left = settings.data_dir / "peer.arriving"
    left.touch()
    with started(environ, "-m", "peer.cli", "worker") as run:
        try:
            until = time.monotonic() + 30
            while holders(settings, left) == 0:
                assert run.poll() is None, run.communicate()[0]
                assert time.monotonic() < until
                time.sleep(0.05)
            yield
        finally:
            run.kill()


def holders(settings: Settings, left: Path) -> int:
    """How many connections a worker holds; on SQLite, whether it has tidied up."""
    if database.on_sqlite:
        return int(not left.exists())
    left.unlink(missing_ok=True)
    with work.begin(writes=False) as session:
        found = session.scalar(
            text(
                "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database "
                "WHERE datname = current_database() AND locktype = 'advisory' AND objid = :number"
            ),
            {"number": inuse.PG_LOCK},
        )
        return int(found or 0)


def test_nobody_brings_a_copy_back_under_a_worker(
    house: Settings, cast: Cast, tmp_path: Path
) -> None:
    room = a_room(cast, cast.noor)
    people, _wrapped = copies_of(house, tmp_path)
    message = said(cast.noor, room, "Later than the copy.")
    environ = environ_of(house) if database.on_sqlite else elsewhere(house, tmp_path / "there")
    with working(environ, house):
        done = peer(house, "restore", str(people), "--yes")
    assert done.exit_code == 1
    assert "its worker" in done.output
    assert text_of(message) == "Later than the copy."
    done = restored(house, str(people))
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize("what", ["run", "worker"])
def test_nothing_of_the_site_begins_while_a_copy_is_brought_back(
    house: Settings, tmp_path: Path, what: str
) -> None:
    there = elsewhere(house, tmp_path / "there")
    on_postgres = not database.on_sqlite
    with inuse.alone(house):
        for environ in [environ_of(house), *([there] if on_postgres and what == "worker" else [])]:
            with started(environ, "-m", "peer.cli", what) as run:
                output, _ = run.communicate(timeout=60)
            assert run.returncode == 1
            assert output.startswith("Error: A copy is being brought back just now.")
            assert "Traceback" not in output


@contextmanager
def standing_still(
    settings: Settings, event: str, name: str, copy: Path
) -> Iterator[subprocess.Popen[str]]:
    """`peer restore` that stands still at an event of its process until this is over."""
    where = [event, name, str(int(signal.SIGSTOP))]
    with started(environ_of(settings), "-c", AT, *where, "restore", str(copy), "--yes") as run:
        try:
            os.waitid(os.P_PID, run.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
            yield run
        finally:
            run.send_signal(signal.SIGCONT)
            run.communicate()


def test_worker_that_begins_in_the_middle_takes_nothing_away(
    core: Settings, cast: Cast, tmp_path: Path
) -> None:
    message = said(cast.noor, a_room(cast, cast.noor), "In the copy.")
    people, _wrapped = copies_of(core, tmp_path / "copies")
    database.close()
    keys.close()
    with standing_still(core, "sqlite3.connect", "peer.arriving", people) as restoring:
        begun = started(environ_of(core), "-m", "peer.cli", "worker")
        output, _ = begun.communicate(timeout=60)
    assert "brought back just now" in output
    assert restoring.returncode == 0
    configure_core(core)
    assert text_of(message) == "In the copy."


def test_empty_database_never_takes_the_place_of_people(
    core: Settings, cast: Cast, tmp_path: Path
) -> None:
    message = said(cast.noor, a_room(cast, cast.noor), "Still here.")
    people, _wrapped = copies_of(core, tmp_path / "copies")
    database.close()
    keys.close()
    with standing_still(core, "sqlite3.connect", "peer.arriving", people) as restoring:
        forget_half_restored(core)  # as a worker does that knows of no lock
    assert restoring.returncode == 1
    configure_core(core)
    assert text_of(message) == "Still here."
    assert beside(core) == set()


def test_plug_that_is_pulled_raises_no_false_alarm_about_the_record(
    core: Settings, cast: Cast, tmp_path: Path
) -> None:
    with work.begin():
        service.invite(cast.cora, [Role.MEMBER])
    people, _wrapped = copies_of(core, tmp_path / "copies")
    database.close()
    keys.close()
    at = ["os.rename", "peer.arriving", str(int(signal.SIGKILL))]
    with started(environ_of(core), "-c", AT, *at, "restore", str(people), "--yes") as run:
        run.communicate()
    assert run.returncode == -signal.SIGKILL
    done = peer(core, "audit", "verify")
    assert done.exit_code == 0, done.output
    assert restored(core, str(people)).exit_code == 0
    assert peer(core, "audit", "verify").exit_code == 0
    assert len((core.data_dir / "audit.chain").read_text().splitlines()) == entries()


def entries() -> int:
    with work.begin(writes=False) as session:
        return audit.extent(session)[0]
