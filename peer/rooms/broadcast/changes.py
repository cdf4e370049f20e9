"""The change log of a room, and the form in which a change goes out.

Every change that people in the room can notice takes the room's next number, in the transaction
that makes it: the row of the room is locked until that commits, so numbers become visible in
their order and none is missing. A message that is held from the start takes no number until it
is let through; then it appears like a new one. So nobody can tell from a gap that something was
held. What happens to it before is told to its author alone.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, update

from peer.core import realtime, work
from peer.core.db import ManyRows
from peer.policy.rooms import ALWAYS, SHOWN
from peer.policy.topics import topics_of
from peer.rooms.models import Message, Room, RoomChange
from peer.rooms.queries import Change, Line, Plain, person_id

MessageJson = dict[str, Any]
MINE_CHANGED = "mine:changed"


def announce(message: Message) -> int | None:
    """Give a new or changed message the room's next number and have every page follow.

    The number; None when nobody but its author has ever seen the message.
    """
    work.session().flush()
    if message.place is None and message.state not in SHOWN:
        _tell_author(message)
        return None
    seq = _next_seq(message.room_id)
    posted = message.place is None
    if posted:
        message.place = seq
    work.session().add(
        RoomChange(room_id=message.room_id, seq=seq, message_id=message.id, posted=posted)
    )
    work.session().flush()
    realtime.hub.ring("room", message.room_id)
    return seq


_CHANGES = ManyRows(RoomChange.__table__, "room_id", "seq", "message_id", "posted")


def announce_new(lines: Sequence[Line], rooms: Mapping[str, Plain]) -> None:
    """Have every page follow messages that have just been stored, in this order.

    Those that everybody sees carry the next numbers of their rooms already: whoever gave them
    holds the `rooms`, by id. In this process they go out as they are here, without being read
    again, to those who are in the room as it is held.
    """
    shown = [line for line in lines if line.shown]
    for line in lines:
        if not line.shown:
            _tell_author(line)
    if not shown:
        return
    changes = [(line.room_id, line.place, line.id, True) for line in shown]
    _CHANGES.store(work.session().connection(), changes)
    for room_id in dict.fromkeys(line.room_id for line in shown):
        news = [
            Change(line.place or 0, True, line.id, line, rooms[room_id].roster)
            for line in shown
            if line.room_id == room_id
        ]
        realtime.hub.carry("room", room_id, news)


def announce_changed(room_id: str, message_ids: Sequence[str]) -> None:
    """Give many messages of a room, which everybody has seen before, a number each.

    For what changes many at once: one question for all of them, instead of several for each.
    """
    if not message_ids:
        return
    last = _next_seq(room_id, len(message_ids))
    first = last - len(message_ids) + 1
    work.session().execute(
        insert(RoomChange),
        [
            {"room_id": room_id, "seq": first + n, "message_id": message_id, "posted": False}
            for n, message_id in enumerate(message_ids)
        ],
    )
    realtime.hub.ring("room", room_id)


def _next_seq(room_id: str, count: int = 1) -> int:
    """The last of the next `count` numbers of a room, which are taken."""
    seq = work.session().scalar(
        update(Room)
        .where(Room.id == room_id)
        .values(last_seq=Room.last_seq + count)
        .returning(Room.last_seq)
        .execution_options(synchronize_session=False)
    )
    assert seq is not None
    return seq


def _tell_author(message: Message | Line) -> None:
    payload = {"id": message.id, "room": message.room_id, "state": message.state}
    realtime.tell(f"account:{message.author_id}", "message:held", payload)


def mine_changed(account_id: str) -> None:
    """Have a person's own open pages look again at what they have set for themself alone.

    Whom they have blocked decides what pages are sent: of that the pump of each room tells them.
    """
    realtime.tell(f"account:{account_id}", MINE_CHANGED, {})


def roster_changed(room: Room) -> None:
    """Have every process look again at who may follow the room; the caller has locked it."""
    room.roster += 1
    work.session().flush()
    facts_changed(room.id)


def facts_changed(room_id: str) -> None:
    """Have open pages look again at whether the room is open and who may be in it."""
    realtime.hub.ring("room-facts", room_id)


# --- form ---------------------------------------------------------------------------------


def message_json(
    line: Line, *, seq: int | None = None, viewer_id: str | None = None
) -> MessageJson:
    """A message as pages receive it; its nonce goes to its author only.

    `seq` is the number of the change that is told, by default the one it appeared with; null
    while it is held. `place` orders the log.
    """
    found: MessageJson = {
        "id": line.id,
        "room": line.room_id,
        "seq": line.place if seq is None else seq,
        "place": line.place,
        "author": {
            "id": person_id(line.room_id, line.author_id),
            "name": line.author_name,
            "role": line.author_role,
        },
        "text": line.text,
        "note": line.note,
        "state": line.state,
        "at": line.at.isoformat(),
        "edited": line.edited,
        "reply_to": line.reply_to,
        "reactions": dict(line.reactions) if viewer_id != line.author_id else line.heard,
    }
    if line.topic or line.note:  # most have neither: nothing is sent for that
        found |= {"topic": line.topic, "topics": sorted(topics_of(line.topic, line.note))}
    if viewer_id is not None:
        found["mine"] = sorted(line.mine)
        if viewer_id == line.author_id:
            found["nonce"] = line.nonce
    return found


def removed_json(room_id: str, message_id: str, seq: int) -> MessageJson:
    """What pages receive of a message that is no longer, or not for now, to be seen."""
    return {"id": message_id, "room": room_id, "seq": seq, "state": "removed"}


def change_json(
    room_id: str,
    change: Change,
    viewer_id: str | None = None,
    blocked: Collection[str] = (),
    since: datetime = ALWAYS,
) -> MessageJson:
    """A change as pages receive it: the message as it is now, or that it is gone.

    Whoever has `blocked` its author, or reads only what was said `since` a later moment, receives
    its number like that of a message that is gone.
    """
    line = change.line
    if line is None or not line.shown or line.author_id in blocked or line.at < since:
        return removed_json(room_id, change.message_id, change.seq)
    return message_json(line, seq=change.seq, viewer_id=viewer_id)
