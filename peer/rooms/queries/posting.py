"""What has to be known before several people's messages are stored: a question for all of them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, select

from peer.core import work
from peer.core.db import Question, moment
from peer.core.errors import NotFound
from peer.policy.rooms import RoomKind
from peer.rooms.models import Room

Key = tuple[str, str, str]  # room, author, nonce


class Admitted(NamedTuple):
    """What stands of somebody at the door of a room."""

    session: str
    state: str
    answered_at: datetime | None


class Placed(NamedTuple):
    """What is known of somebody's message before it is stored."""

    member: bool
    facilitator: bool
    agreed_at: datetime | None
    said_before: str | None  # the message that was stored under this nonce
    admitted: Admitted | None  # where people are let in one by one
    called: bytes | None = None  # a name for this room alone, sealed


_PLACED = Question(
    """
    SELECT k.room_id, k.account_id, k.nonce, s.account_id, s.facilitator, s.agreed_at, m.id,
      a.session, a.state, a.answered_at, n.name
    FROM (
      SELECT value ->> 0 AS room_id, value ->> 1 AS account_id, value ->> 2 AS nonce FROM {keys}
    ) AS k
    LEFT JOIN memberships s ON s.room_id = k.room_id AND s.account_id = k.account_id
    LEFT JOIN admissions a ON a.room_id = k.room_id AND a.account_id = k.account_id
    LEFT JOIN room_names n ON n.room_id = k.room_id AND n.account_id = k.account_id
    LEFT JOIN messages m
      ON m.author_id = k.account_id AND m.room_id = k.room_id AND m.nonce = k.nonce
    """,
    sqlite={},
    postgresql={},
)


def placed(keys: Collection[Key]) -> dict[Key, Placed]:
    """How the author of each key stands to its room, and what they said under its nonce before."""
    rows: Sequence[Sequence[Any]] = _PLACED.rows(work.session().connection(), keys)
    return {
        (row[0], row[1], row[2]): Placed(
            row[3] is not None,
            bool(row[4]),
            moment(row[5]),
            row[6],
            None if row[7] is None else Admitted(row[7], row[8], moment(row[9])),
            row[10],
        )
        for row in rows
    }


class Plain(NamedTuple):
    """Of a room: what decides whether somebody may read and say something there.

    `whole` is asked for by the few questions that need more.
    """

    id: str
    entry: str
    last_seq: int
    roster: int
    slow_seconds: int
    hold_all: bool
    lets_in: bool
    ask_again: bool
    agreement_at: datetime
    mentorship_id: str | None
    created_at: datetime
    closed_at: datetime | None
    talks_freely: bool  # nothing but being open decides whether people talk

    @property
    def is_open(self) -> bool:
        """Whether messages can be sent."""
        return self.closed_at is None

    @property
    def whole(self) -> Room:
        """All of it, as it is in this unit of work."""
        found = work.session().get(Room, self.id, populate_existing=True)
        assert found is not None
        return found

    @property
    def agreement(self) -> list[str]:
        """What people agree to as they come in."""
        found: list[str] = self.whole.agreement
        return found


_PLAIN = select(
    Room.id,
    Room.entry,
    Room.last_seq,
    Room.roster,
    Room.slow_seconds,
    Room.hold_all,
    Room.lets_in,
    Room.ask_again,
    Room.agreement_at,
    Room.mentorship_id,
    Room.created_at,
    Room.closed_at,
    and_(
        Room.kind.in_([RoomKind.OPEN_HOURS, RoomKind.ONE_TO_ONE]),
        ~Room.staffed,
        Room.paused_at.is_(None),
    ),
)
_PLAIN_ONE = _PLAIN.where(Room.id == bindparam("id"))
_LOCKED = (
    _PLAIN.where(Room.id.in_(bindparam("ids", expanding=True))).order_by(Room.id).with_for_update()
)


def plain_room(room_id: str) -> Plain:
    """The room with this id, as it is now; or NotFound."""
    work.session().flush()
    found = work.session().connection().execute(_PLAIN_ONE, {"id": room_id}).one_or_none()
    if found is None:
        raise NotFound()
    return Plain._make(found)


def rooms_to_talk_in(room_ids: Collection[str]) -> dict[str, Plain]:
    """The rooms with these ids that there are, which nobody else changes until this unit ends.

    Always in one order: two who lock the same rooms cannot wait for each other for ever.
    """
    work.session().flush()
    rows = work.session().connection().execute(_LOCKED, {"ids": sorted(room_ids)})
    return {row[0]: Plain._make(row) for row in rows}


_LOCKED_WHOLE = (
    select(Room)
    .where(Room.id.in_(bindparam("ids", expanding=True)))
    .order_by(Room.id)
    .with_for_update()
    .execution_options(populate_existing=True)
)


def locked_rooms(room_ids: Collection[str]) -> dict[str, Room]:
    """The same, whole: for what is changed in them."""
    found = work.session().scalars(_LOCKED_WHOLE, {"ids": sorted(room_ids)})
    return {room.id: room for room in found}
