"""A place in which every field of every form has been written into, shared by several cases."""

import shutil
from pathlib import Path

import pytest

from peer.core.db import database
from peer.core.settings import load
from tests.plugins.lived import made_once
from tests.plugins.site import SECRET, quick_app
from tests.threats.planting import Planted, plant
from tests.threats.walking import Inside


@pytest.fixture(scope="session")
def planted_folder(
    lived_in_folder: Path, tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> Path:
    """The demo's data folder after everybody has filled in every form; to be copied."""

    def make(folder: Path) -> None:
        shutil.copytree(lived_in_folder, folder, dirs_exist_ok=True)
        (folder / "made").unlink()
        settings = load(data_dir=folder, secret_key=SECRET, database_url="", redis_url="")
        app = quick_app(settings)
        planted = plant(app, lambda account: Inside.of(app, account))
        # What a thief would find while the site runs: the log of writes is not yet folded in.
        live = folder / "live"
        live.mkdir()
        for path in folder.glob("*.db*"):
            shutil.copy(path, live)
        database.close()
        planted.keep(folder / "planted.pickle")

    return made_once(tmp_path_factory, worker_id, "planted", make)


@pytest.fixture(scope="session")
def planted(planted_folder: Path) -> Planted:
    """What was written into which field, and the pages that were met."""
    return Planted.kept(planted_folder / "planted.pickle")
