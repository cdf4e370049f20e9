"""A plug pulled between people and keys leaves the two belonging together, and no key twice."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from peer.app import configure_core
from peer.core import keys, work
from peer.core.db import database
from peer.core.settings import Settings
from peer.rooms.models import Message
from tests.cast import Cast
from tests.core.copies import copies_of, environ_of, installation, restored
from tests.rooms.place import a_room, said

# `peer restore`, whose plug is pulled as soon as one of the two has taken its place.
KILLED = """
import os, signal, sys
from peer.cli import main
from peer.core.backups import Source
exchange, which = Source.exchange, sys.argv.pop(1)
def pulled(self, *more):
    exchange(self, *more)
    if self.name == which:
        os.kill(os.getpid(), SIGNAL)
Source.exchange = pulled
main()
"""


def killed_after(
    which: str,
    settings: Settings,
    copies: tuple[Path, Path],
    how: signal.Signals = signal.SIGKILL,
) -> None:
    people, wrapped = map(str, copies)
    script = KILLED.replace("SIGNAL", str(int(how)))
    words = [sys.executable, "-c", script, which, "restore", people, "--keys", wrapped, "--yes"]
    database.close()
    keys.close()
    done = subprocess.run(words, env={**os.environ, **environ_of(settings)}, check=False)
    assert done.returncode == (-how if how == signal.SIGKILL else 1)


def text_of(message: str) -> str | None:
    with work.begin(writes=False) as session:
        found = session.get(Message, message)
        return found.text if found else None


def left_beside(folder: Path, kind: str) -> list[str]:
    return [path.name for path in folder.glob(f"**/{kind}.before-*")]


@pytest.mark.postgres
@pytest.mark.parametrize("where", ["", "keys", "people"])
def test_killed_after_the_keys_everything_is_as_it_was(
    cast: Cast, tmp_path: Path, postgres_url: str, where: str
) -> None:
    file = f"sqlite:///{tmp_path / 'keys.db'}"
    urls = {"": ("", ""), "keys": ("", postgres_url), "people": (postgres_url, file)}[where]
    for settings in installation(tmp_path, *urls):
        room = a_room(cast, cast.noor)
        copies = copies_of(settings, tmp_path)
        later = said(cast.zed, a_room(cast, cast.zed), "By somebody who came later.").id
        killed_after("keys", settings, copies)
        configure_core(settings)
        assert text_of(later) == "By somebody who came later."
        assert room.id
        assert left_beside(tmp_path, "keys") == left_beside(tmp_path, "peer") == []
        assert not settings.restoring_path.exists()
        assert restored(settings, str(copies[0]), "--keys", str(copies[1])).exit_code == 0
        assert text_of(later) is None


@pytest.mark.parametrize("which", ["keys", "peer"])
def test_somebody_who_stops_it_by_hand_in_between_loses_no_key(
    cast: Cast, tmp_path: Path, which: str
) -> None:
    for settings in installation(tmp_path, "", ""):
        a_room(cast, cast.noor)
        copies = copies_of(settings, tmp_path)
        later = said(cast.zed, a_room(cast, cast.zed), "By somebody who came later.").id
        killed_after({"peer": "people"}.get(which, which), settings, copies, signal.SIGINT)
        configure_core(settings)
        assert text_of(later) == ("By somebody who came later." if which == "keys" else None)
        assert left_beside(tmp_path, "keys") == []
        assert not settings.restoring_path.exists()


def test_killed_after_the_people_everything_is_in_place_and_no_key_lies_twice(
    sqlite_place: Settings, cast: Cast, tmp_path: Path
) -> None:
    room = a_room(cast, cast.noor)
    message = said(cast.noor, room, "In the copy.").id
    copies = copies_of(sqlite_place, tmp_path)
    later = said(cast.noor, room, "Later than the copy.").id
    killed_after("people", sqlite_place, copies)
    configure_core(sqlite_place)
    assert (text_of(message), text_of(later)) == ("In the copy.", None)
    assert left_beside(tmp_path, "keys") == []
    assert len(left_beside(tmp_path, "peer")) == 1
    assert not sqlite_place.restoring_path.exists()
