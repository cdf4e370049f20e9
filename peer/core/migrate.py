"""Bringing a database's tables to a migration, from code."""

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from peer.core import paths


def config(url: str) -> Config:
    """Alembic's settings for the database at `url`."""
    found = Config()
    found.set_main_option("script_location", str(paths.migrations()))
    found.set_main_option("path_separator", "os")
    found.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    found.attributes["url"] = url
    return found


def upgrade(url: str, revision: str = "head") -> None:
    """Apply migrations up to `revision`; doing it twice changes nothing."""
    command.upgrade(config(url), revision)


def downgrade(url: str, revision: str) -> None:
    """Take migrations back down to `revision`."""
    command.downgrade(config(url), revision)


def is_current(engine: Engine) -> bool:
    """Whether the database has every migration that this version brings."""
    head = ScriptDirectory.from_config(config("")).get_current_head()
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == head
