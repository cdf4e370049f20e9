"""Abuse case 17: a master key that may have leaked is replaced while people go on writing."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from peer.core import keys, work
from peer.core.settings import Settings, load
from peer.rooms.models import Message
from tests.cast import Cast
from tests.plugins.site import SECRET
from tests.rooms.place import a_room, said, word

ROTATE = [sys.executable, "-m", "peer.cli", "keys", "rotate", "--keep-days", "0"]


@contextmanager
def rotating(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    environ = {**os.environ, "PEER_DATA_DIR": str(folder), "PEER_SECRET_KEY": SECRET}
    process = subprocess.Popen(ROTATE, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    yield process
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert b"Keys wrapped under the new master key" in out


def test_keys_rotate_online_without_loss(core: Settings, cast: Cast) -> None:
    noor, room = cast.noor, a_room(cast, cast.noor)
    first, said_meanwhile, newcomers = keys.store().masters.current().key, [], {}
    for _ in range(2):
        with rotating(core.data_dir) as process:
            while process.poll() is None:
                number = len(newcomers)
                if number % 20 == 0 and len(said_meanwhile) < 10:
                    said_meanwhile.append(said(noor, room, f"Still here, {word(number)}."))
                newcomers[f"new-{number}"] = keys.seal(f"new-{number}", b"just came", "here")
    assert len(newcomers) > 2
    keys.configure(load(data_dir=core.data_dir, secret_key=SECRET, database_url="", redis_url=""))
    for owner, sealed in newcomers.items():
        assert keys.unseal(owner, sealed, "here") == b"just came"
    with work.begin(writes=False) as session:
        for message in said_meanwhile:
            assert session.get_one(Message, message.id).text.startswith("Still here")
    assert all(master.key != first for master in keys.store().masters.all().values())


def test_rotation_that_is_cut_off_leaves_everything_readable(
    core: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed = {f"p{n}": keys.seal(f"p{n}", b"word", "here") for n in range(3)}
    monkeypatch.setattr("peer.core.keys.keystore._BATCH", 1)

    def power_fails(done: int, of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        keys.rotate(keep=timedelta(0), say=power_fails)
    keys.configure(core)
    assert all(keys.unseal(owner, text, "here") == b"word" for owner, text in sealed.items())
    keys.rotate(keep=timedelta(0), say=lambda done, of: None)
    keys.configure(core)
    assert all(keys.unseal(owner, text, "here") == b"word" for owner, text in sealed.items())
