"""How Alembic reaches the database; the address comes from peer.core.migrate."""

import importlib.util
import pkgutil
from typing import Any, Literal

from alembic import context

import peer
from peer.core import audit, realtime  # noqa: F401 - their tables
from peer.core.db import Base, Database, UtcDateTime

for module in pkgutil.iter_modules(peer.__path__):
    name = f"peer.{module.name}.models"
    if module.ispkg and importlib.util.find_spec(name):
        importlib.import_module(name)

database = Database()
database.connect(context.config.attributes["url"])


def render_item(_kind: str, item: object, _autogen: object) -> str | Literal[False]:
    """Migrations speak plain SQLAlchemy, so that they outlive our own types."""
    return "sa.DateTime(timezone=True)" if isinstance(item, UtcDateTime) else False


try:
    with database.engine.connect() as connection:
        if database.on_sqlite:
            # SQLite changes a table by making it anew; dropping the old one must take nothing along.
            raw: Any = connection.connection.driver_connection
            raw.execute("PRAGMA foreign_keys=OFF")
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            compare_type=True,
            render_item=render_item,
        )
        with context.begin_transaction():
            context.run_migrations()
            if (
                database.on_sqlite
                and connection.exec_driver_sql("PRAGMA foreign_key_check").first()
            ):
                raise RuntimeError(
                    "the migration would leave rows that point nowhere; nothing is changed"
                )
finally:
    database.close()
