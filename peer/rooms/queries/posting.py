"""What has to be known before several people's messages are stored: a question for all of them."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import (
    Boolean,
    LargeBinary,
    String,
    TextualSelect,
    bindparam,
    column,
    select,
    text,
)

from peer.core import work
from peer.core.db import UtcDateTime, database
from peer.rooms.models import Room

Key = tuple[str, str, str]  # room, author, nonce


@dataclass(frozen=True, slots=True)
class Admitted:
    """What stands of somebody at the door of a room."""

    session: str
    state: str
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Placed:
    """What is known of somebody's message before it is stored."""

    member: bool
    facilitator: bool
    agreed_at: datetime | None
    said_before: str | None  # the message that was stored under this nonce
    admitted: Admitted | None  # where people are let in one by one
    called: bytes | None = None  # a name for this room alone, sealed


# Either database walks its index once a key; a list of values would be read through from its start.
_KEYS = {
    "sqlite": (
        "SELECT value ->> 0 AS room_id, value ->> 1 AS account_id, value ->> 2 AS nonce "
        "FROM json_each(:keys)"
    ),
    "postgresql": (
        "SELECT value ->> 0 AS room_id, value ->> 1 AS account_id, value ->> 2 AS nonce "
        "FROM jsonb_array_elements(CAST(:keys AS jsonb)) AS value"
    ),
}
_PLACED = """
    SELECT k.room_id, k.account_id, k.nonce, s.account_id AS member_id,
      s.facilitator, s.agreed_at, m.id AS message_id,
      a.session, a.state, a.answered_at, n.name AS called
    FROM ({keys}) AS k
    LEFT JOIN memberships s ON s.room_id = k.room_id AND s.account_id = k.account_id
    LEFT JOIN admissions a ON a.room_id = k.room_id AND a.account_id = k.account_id
    LEFT JOIN room_names n ON n.room_id = k.room_id AND n.account_id = k.account_id
    LEFT JOIN messages m
      ON m.author_id = k.account_id AND m.room_id = k.room_id AND m.nonce = k.nonce
"""
_COLUMNS = (
    column("room_id", String),
    column("account_id", String),
    column("nonce", String),
    column("member_id", String),
    column("facilitator", Boolean),
    column("agreed_at", UtcDateTime),
    column("message_id", String),
    column("session", String),
    column("state", String),
    column("answered_at", UtcDateTime),
    column("called", LargeBinary),
)


@cache
def _asked(dialect: str) -> TextualSelect:
    return text(_PLACED.format(keys=_KEYS[dialect])).columns(*_COLUMNS)


def placed(keys: Collection[Key]) -> dict[Key, Placed]:
    """How the author of each key stands to its room, and what they said under its nonce before."""
    question = _asked(database.engine.dialect.name)
    rows = work.session().connection().execute(question, {"keys": json.dumps(sorted(keys))})
    return {
        (row[0], row[1], row[2]): Placed(
            row[3] is not None,
            bool(row[4]),
            row[5],
            row[6],
            _admitted(row[7], row[8], row[9]),
            row[10],
        )
        for row in rows
    }


def _admitted(session: str | None, state: str | None, at: datetime | None) -> Admitted | None:
    return None if session is None or state is None else Admitted(session, state, at)


_LOCKED = (
    select(Room)
    .where(Room.id.in_(bindparam("ids", expanding=True)))
    .order_by(Room.id)
    .with_for_update()
    .execution_options(populate_existing=True)
)


def locked_rooms(room_ids: Collection[str]) -> dict[str, Room]:
    """The rooms with these ids that there are, which nobody else changes until this unit ends.

    Always in one order: two who lock the same rooms cannot wait for each other for ever.
    """
    found = work.session().scalars(_LOCKED, {"ids": sorted(room_ids)})
    return {room.id: room for room in found}
