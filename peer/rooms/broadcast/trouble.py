"""Telling open pages that nothing can be stored just now, and that it can again."""

from contextlib import suppress

from sqlalchemy.exc import SQLAlchemyError

from peer.core import storing, work
from peer.core.realtime import hub, tell
from peer.rooms.broadcast.following import open_rooms, state_of
from peer.rooms.broadcast.pump import socket_room

UNWELL = "unwell"
_told = False


@hub.on_beat
def look_whether_it_stores() -> None:
    """Tell every open room when storing begins to fail, and when it works again."""
    global _told
    if storing.is_failing():
        with suppress(SQLAlchemyError), work.begin():
            tell("nobody", "stored", {})  # a row like any other: if this is kept, words are
    if not storing.is_failing() and not _told:
        return
    _told = storing.is_failing()  # told again on every beat: somebody may just have come
    for room_id in open_rooms():
        state = UNWELL if _told else state_of(room_id)
        hub.emit("room:state", {"room": room_id, "state": state}, to=socket_room(room_id))
