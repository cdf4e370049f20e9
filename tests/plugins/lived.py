"""The demo's lived-in place, made once for all test processes and copied for each use."""

import fcntl
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from peer.app import create_app
from peer.core import migrate
from peer.core.db import database
from peer.core.settings import load
from peer.demo import place
from tests.cast import lock
from tests.plugins.site import SECRET


def made_once(
    factory: pytest.TempPathFactory, worker_id: str, name: str, make: Callable[[Path], None]
) -> Path:
    """A folder that whichever test process comes first fills, and all others find."""
    base = factory.getbasetemp()
    root = base if worker_id == "master" else base.parent
    folder = root / name
    with (root / f"{name}.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not (folder / "made").exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            (folder / "made").touch()
    return folder


def fill(folder: Path) -> None:
    """The demo's people and what they did, in a SQLite file there."""
    migrate.upgrade(f"sqlite:///{folder / 'peer.db'}")
    create_app(load(data_dir=folder, secret_key=SECRET, database_url="", redis_url=""))
    place.make(lock(), lambda _line: None)
    database.close()


@pytest.fixture(scope="session")
def lived_in_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A data folder with the demo in it; to be copied, not used."""
    return made_once(tmp_path_factory, worker_id, "lived-in", fill)
