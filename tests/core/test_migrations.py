"""Migrations go up, down and up again, and end at what the models say."""

from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect

from peer.core import migrate
from peer.core.db import Base


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of either kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'peer.db'}"
    return str(request.getfixturevalue("postgres_url"))


def tables(url: str) -> set[str]:
    engine = create_engine(url)
    try:
        return set(inspect(engine).get_table_names()) - {"alembic_version"}
    finally:
        engine.dispose()


def differences(url: str) -> list[object]:
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            options = {"compare_type": True, "render_as_batch": True}
            return list(
                compare_metadata(
                    MigrationContext.configure(connection, opts=options), Base.metadata
                )
            )
    finally:
        engine.dispose()


def test_tables_go_up_down_and_up_and_are_what_the_models_say(url: str) -> None:
    migrate.upgrade(url)
    assert tables(url) == set(Base.metadata.tables)
    migrate.downgrade(url, "base")
    assert tables(url) == set()
    migrate.upgrade(url)
    assert differences(url) == []


def test_each_migration_goes_down_by_itself(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'peer.db'}"
    script = ScriptDirectory.from_config(migrate.config(url))
    revisions = [found.revision for found in script.walk_revisions()]
    assert len(script.get_heads()) == 1
    for revision in reversed(revisions):
        migrate.upgrade(url, revision)
        command.downgrade(migrate.config(url), "-1")
        migrate.upgrade(url, revision)
    assert tables(url) == set(Base.metadata.tables)


def test_upgrading_twice_changes_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'peer.db'}"
    migrate.upgrade(url)
    migrate.upgrade(url)
    assert differences(url) == []
