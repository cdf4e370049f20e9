"""An installation with every table, on either database."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from peer.core.settings import Settings
from tests.core.copies import installation


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest) -> Settings:
    """An installation with every table, on either database."""
    name = "sqlite_place" if request.param == "sqlite" else "postgres_place"
    found: Settings = request.getfixturevalue(name)
    return found


@pytest.fixture
def sqlite_place(tmp_path: Path, migrated: Path) -> Iterator[Settings]:
    """An installation with every table, on SQLite."""
    (tmp_path / "data").mkdir()
    shutil.copy(migrated, tmp_path / "data" / "peer.db")
    yield from installation(tmp_path, "", has_tables=True)


@pytest.fixture
def postgres_place(tmp_path: Path, migrated_postgres_url: str) -> Iterator[Settings]:
    """An installation with every table, on PostgreSQL."""
    yield from installation(tmp_path, migrated_postgres_url, has_tables=True)
