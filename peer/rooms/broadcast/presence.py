"""How many people have a room open, in all processes together: a number, never names.

Processes tell each other keyed aliases of who is there, anew for every room, so that even Redis
holds no list of people. What a process said counts for 30 seconds.
"""

import time
from typing import Any

from peer.core.realtime import hub
from peer.core.secrets import alias

FRESH = 30.0  # seconds that another process's word counts
SAY_AGAIN = 10.0  # seconds between telling the others unasked

_here: dict[str, frozenset[str]] = {}
_elsewhere: dict[tuple[str, str], tuple[float, frozenset[str]]] = {}  # (room, process)
_told: dict[str, int] = {}
_said_at = 0.0


def here(room_id: str) -> int:
    """How many different people have the room open."""
    return len(_here.get(room_id, frozenset()).union(*_others(room_id)))


def _others(room_id: str) -> list[frozenset[str]]:
    since = time.monotonic() - FRESH
    return [
        people for (room, _), (at, people) in _elsewhere.items() if room == room_id and at > since
    ]


def beat(open_rooms: dict[str, set[str]]) -> None:
    """Look who has which room open here (account ids by room), and tell whom it concerns.

    Everything about presence happens on the beat: coming into a room must not wait for Redis,
    and a crowd that comes at once is told of once.
    """
    global _said_at
    again = time.monotonic() - _said_at > SAY_AGAIN
    if again:
        _said_at = time.monotonic()
        _forget_stale()
    for room_id, account_ids in open_rooms.items():
        before = _here.get(room_id)
        people = frozenset(alias("presence", room_id, each) for each in account_ids)
        if not people and before is None:
            continue
        _here[room_id] = people
        if people != before or again:
            _whisper(room_id, asks=before is None)
        if not people:
            del _here[room_id]
        _tell(room_id)


def tell_again(room_id: str) -> None:
    """Tell the room on the next beat though the number may be the same: somebody new listens."""
    _told.pop(room_id, None)


def _forget_stale() -> None:
    since = time.monotonic() - FRESH
    for key in [key for key, (at, _) in _elsewhere.items() if at < since]:
        del _elsewhere[key]


def _whisper(room_id: str, *, asks: bool = False) -> None:
    people = sorted(_here.get(room_id, ()))
    word = {"process": hub.process, "room": room_id, "people": people, "asks": asks}
    hub.whisper("presence", word)


@hub.on_whisper("presence")
def heard(word: dict[str, Any]) -> None:
    """Another process told who is in a room there."""
    room_id = word["room"]
    _elsewhere[room_id, word["process"]] = (time.monotonic(), frozenset(word["people"]))
    if word["asks"] and room_id in _here:
        _whisper(room_id)
    _tell(room_id)


def _tell(room_id: str) -> None:
    if room_id not in _here:
        _told.pop(room_id, None)
        return
    count = here(room_id)
    if _told.get(room_id) != count:
        _told[room_id] = count
        hub.emit("room:presence", {"room": room_id, "count": count}, to=f"room:{room_id}")


def someone_writes(room_id: str, sid: str) -> None:
    """Let the others in a room know that somebody is writing; it may be lost."""
    hub.emit("room:typing", {"room": room_id}, to=f"room:{room_id}", skip=[sid])
    hub.whisper("typing", {"room": room_id})


@hub.on_whisper("typing")
def writing_elsewhere(word: dict[str, Any]) -> None:
    """Somebody is writing on a page of another process."""
    hub.emit("room:typing", {"room": word["room"]}, to=f"room:{word['room']}")
