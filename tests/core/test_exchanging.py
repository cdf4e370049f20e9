"""A copy takes the place of what was there all at once, whoever looks on and whatever breaks."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from peer.app import configure_core, forget_half_restored
from peer.core import backups, keys
from peer.core.backups import BackupFailed, Source
from peer.core.db import database
from peer.core.settings import Settings
from tests.cast import Cast
from tests.core.copies import copies_of, environ_of, peer, restored, text_of
from tests.rooms.place import a_room, said

MONITOR = """
import sqlite3, sys
looking = sqlite3.connect(sys.argv[1])
print(looking.execute("SELECT count(*) FROM sqlite_master").fetchone(), flush=True)
sys.stdin.read()
"""


@contextmanager
def somebody_looking_at(file: Path) -> Iterator[None]:
    """Another program that has the database open: a monitor, or a shell that was forgotten."""
    words = [sys.executable, "-c", MONITOR, str(file)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as looking:
        assert looking.stdout is not None
        assert looking.stdout.readline()
        yield
        looking.kill()


def beside(settings: Settings) -> set[str]:
    """What restoring has left in the data directory."""
    names = (path.name for path in settings.data_dir.iterdir())
    return {name for name in names if ".before-" in name or ".arriving" in name}


@pytest.mark.parametrize("open_is", ["peer.db", "keys.db"])
def test_nothing_is_moved_from_under_a_program_that_has_it_open(
    core: Settings, cast: Cast, tmp_path: Path, open_is: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backups, "_PATIENCE", 0.3)  # nobody closes it
    room = a_room(cast, cast.noor)
    people, wrapped = copies_of(core, tmp_path / "copies")
    message = said(cast.noor, room, "Later than the copy.")
    database.close()
    keys.close()
    with somebody_looking_at(core.data_dir / open_is):
        done = peer(core, "restore", str(people), "--keys", str(wrapped), "--yes")
    assert done.exit_code == 1
    assert "still has" in done.output
    assert open_is in done.output
    configure_core(core)
    assert text_of(message) == "Later than the copy."
    assert beside(core) == set()
    assert restored(core, str(people), "--keys", str(wrapped)).exit_code == 0


def test_database_is_put_back_when_nothing_can_take_its_place(core: Settings, cast: Cast) -> None:
    message = said(cast.noor, a_room(cast, cast.noor), "Still here.")
    database.close()
    with pytest.raises(BackupFailed):
        Source.of("people", core.database).exchange()  # nothing was brought in
    assert beside(core) == set()
    configure_core(core)
    assert text_of(message) == "Still here."


def test_database_that_is_damaged_gives_way_to_a_copy_and_is_kept(
    core: Settings, cast: Cast, tmp_path: Path
) -> None:
    message = said(cast.noor, a_room(cast, cast.noor), "In the copy.")
    people, _wrapped = copies_of(core, tmp_path / "copies")
    database.close()
    damaged = b"no database any more" * 100
    (core.data_dir / "peer.db").write_bytes(damaged)
    (core.data_dir / "peer.db-wal").write_bytes(b"nor its log")
    done = restored(core, str(people))
    assert done.exit_code == 0, done.output
    assert text_of(message) == "In the copy."
    kept, log = sorted(beside(core))
    assert (core.data_dir / kept).read_bytes() == damaged
    assert (core.data_dir / log).read_bytes() == b"nor its log"


def test_nobody_is_kept_out_by_a_look_that_is_soon_over(
    core: Settings, cast: Cast, tmp_path: Path
) -> None:
    said(cast.noor, a_room(cast, cast.noor), "In both.")
    people, _wrapped = copies_of(core, tmp_path / "copies")
    database.close()
    looking = "import sqlite3, sys, time; c = sqlite3.connect(sys.argv[1]);"
    looking += "c.execute('SELECT count(*) FROM accounts').fetchone(); print(1, flush=True);"
    looking += "time.sleep(3)"
    words = [sys.executable, "-c", looking, str(core.data_dir / "peer.db")]
    with subprocess.Popen(words, stdout=subprocess.PIPE) as soon_over:
        assert soon_over.stdout is not None
        soon_over.stdout.readline()
        assert restored(core, str(people)).exit_code == 0
    (kept,) = beside(core)
    with closing(sqlite3.connect(core.data_dir / kept)) as before:
        assert before.execute("PRAGMA integrity_check").fetchone() == ("ok",)


PLUG = """
import os, signal, sys
def pull(event, given):
    if event == "os.rename" and os.path.basename(given[0]) == sys.argv[1]:
        os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(pull)
from peer.cli import main
main(sys.argv[2:])
"""


def test_plug_is_pulled_just_as_the_copy_takes_its_place(
    core: Settings, cast: Cast, tmp_path: Path
) -> None:
    room = a_room(cast, cast.noor)
    people, _wrapped = copies_of(core, tmp_path / "copies")
    message = said(cast.noor, room, "Later than the copy.")
    database.close()
    words = [sys.executable, "-c", PLUG, "peer.arriving", "restore", str(people), "--yes"]
    done = subprocess.run(words, env={**os.environ, **environ_of(core)}, check=False)
    assert done.returncode == -signal.SIGKILL
    configure_core(core)
    assert text_of(message) == "Later than the copy."
    forget_half_restored(core)  # as the worker does when it starts
    assert beside(core) == set()
    assert restored(core, str(people)).exit_code == 0
