"""Who has a room open, for where it decides something; and telling pages what it decided.

The database holds who is where at this moment (a moment beside the membership), so that every
process, and the transaction of each message, judge by the same. Here is only what this process
saw and told last.
"""

import time
from collections.abc import Collection

from peer.core import realtime, work
from peer.core.realtime import hub
from peer.core.secrets import new_token
from peer.policy.circle import Circle
from peer.policy.floor import Floor
from peer.rooms import queries
from peer.rooms.broadcast.following import attending, cover
from peer.rooms.broadcast.pump import socket_room
from peer.rooms.models import Room

LOOK_EVERY = 1.0  # seconds
NOTE_EVERY = 15.0  # seconds between writing down that the same people are still here

_noted: dict[str, tuple[float, frozenset[str]]] = {}  # when, and who, by room
_told: dict[str, Floor] = {}
_pieces: dict[str, str] = {}  # where the talking pieces were at the last look for them
_looked_at = 0.0


def is_time_to_look() -> bool:
    """Whether everything that may be due in any room is to be looked at, which takes questions."""
    global _looked_at
    now = time.monotonic()
    if now - _looked_at < LOOK_EVERY:
        return False
    _looked_at = now
    return True


def company_to_note() -> dict[str, frozenset[str]]:
    """Who is to be written down as being here (account ids by room), in rooms where it matters.

    Whoever has just gone is among them: their time to come back runs from now.
    """
    now = time.monotonic()
    followed = {room_id: frozenset(people) for room_id, people in attending().items()}
    candidates = {room_id for room_id, people in followed.items() if people} | set(_noted)
    if not candidates:
        return {}
    with work.begin(writes=False):
        concerned = {room.id for room in queries.rooms_noting_company(candidates)}
    due = {}
    for room_id in candidates & concerned:
        people = followed.get(room_id, frozenset())
        at, before = _noted.get(room_id, (0.0, frozenset()))
        if people != before or now - at > NOTE_EVERY:
            due[room_id] = people | before
            _noted[room_id] = (now, people)
        if not people:
            del _noted[room_id]
    for room_id in set(_noted) - concerned:
        del _noted[room_id]
    return due


def steps_away(sid: str, room_id: str, *, away: bool) -> bool:
    """A page of the team is covered, or no more; whether its person is not here by it."""
    gone = cover(sid, room_id, away=away)
    if gone and room_id in _noted:
        at, people = _noted[room_id]
        _noted[room_id] = (at, people - {gone})  # no time to come back runs: they chose to go
    return bool(gone)


def rooms_to_tend() -> set[str]:
    """The rooms open here in whose sessions something has become due."""
    if not _noted:
        return set()
    with work.begin(writes=False):
        return queries.rooms_due(set(_noted))


def tell_floors() -> None:
    """Tell the pages of every room here whose floor is another than they were told."""
    for room_id in set(_told) - set(_noted):
        del _told[room_id]
    _tell_floors(set(_noted))


def tell_floors_that_moved() -> None:
    """Like `tell_floors`, between two looks: where the piece moved, or somebody new listens."""
    global _pieces
    if not _noted:
        return
    with work.begin(writes=False):
        before, _pieces = _pieces, queries.piece_marks(set(_noted))
    _tell_floors(
        {
            room_id
            for room_id in _noted
            if room_id not in _told or _pieces.get(room_id) != before.get(room_id)
        }
    )


def _tell_floors(room_ids: set[str]) -> None:
    if not room_ids:
        return
    with work.begin(writes=False):
        floors = {
            room.id: queries.floor_of(room) for room in queries.rooms_noting_company(room_ids)
        }
    for room_id in (room_ids & set(_told)) - set(floors):
        del _told[room_id]
    for room_id, floor in floors.items():
        if _told.get(room_id) != floor:
            before = _told.get(room_id)
            _told[room_id] = floor
            if floor.piece and (before is None or before.piece != floor.piece):
                hub.emit("circle:state", circle_json(room_id, floor), to=socket_room(room_id))
            hub.emit("session:state", floor_json(room_id, floor), to=socket_room(room_id))


def circle_json(room_id: str, floor: Floor) -> dict[str, object]:
    """What pages receive of a talking piece; who is in the order they fetch."""
    with work.begin(writes=False):
        found = queries.circle_in(floor.gathering_id)
    circle = found[1] if found else Circle()
    return {
        "room": room_id,
        "round": circle.round,
        "number": circle.number,
        "holder": queries.person_id(room_id, circle.holder) if circle.holder else None,
        "closing": circle.closing,
        "mark": floor.mark,
    }


def floor_changed(room: Room) -> None:
    """Somebody steered a room: every page of it looks again, in every process."""
    work.session().flush()
    told = floor_json(room.id, queries.floor_of(room))
    realtime.tell(socket_room(room.id), "session:state", told | {"mark": new_token()[:8]})


def door_changed(room: Room) -> None:
    """Somebody waits at the door of a room, or does no longer: those who open it look again."""
    look_again(room, queries.who_opens(room.id))


def look_again(room: Room, account_ids: Collection[str]) -> None:
    """Have the pages of some people of a room look again, and nobody else's."""
    told = floor_json(room.id, queries.floor_of(room)) | {"mark": new_token()[:8]}
    for account_id in account_ids:
        realtime.tell(f"account:{account_id}", "session:state", told)


def answered_at_door(room: Room, account_id: str, answer: str) -> None:
    """Tell somebody who waits at the door of a room, and nobody else, how it stands."""
    realtime.tell(f"account:{account_id}", "room:door", {"room": room.id, "answer": answer})


def tell_floor_again(room_id: str) -> None:
    """Tell the room on the next look though its floor may be the same: somebody new listens."""
    _told.pop(room_id, None)


def floor_json(room_id: str, floor: Floor) -> dict[str, object]:
    """What pages receive of a floor; what is said about it they fetch in their own language."""
    return {"room": room_id, "state": floor.state, "open": floor.is_open, "mark": floor.mark}
