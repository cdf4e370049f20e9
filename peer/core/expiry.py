"""Deleting rows in portions, so that nobody waits long for the one who may write."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, inspect, select, tuple_

from peer.core import clock, work
from peer.core.db import Base


def days_ago(days: int) -> datetime:
    """The moment so many days before now."""
    return clock.now() - timedelta(days=days)


def delete_some(table: type[Base], *conditions: ColumnElement[bool], limit: int) -> int:
    """Delete at most `limit` rows for which all `conditions` hold; how many it were."""
    keys = inspect(table).primary_key
    found = work.session().execute(select(*keys).where(*conditions).limit(limit)).all()
    if found:
        work.session().execute(
            delete(table).where(tuple_(*keys).in_([tuple(row) for row in found])),
            execution_options={"synchronize_session": False},
        )
    return len(found)
