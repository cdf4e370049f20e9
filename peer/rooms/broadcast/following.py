"""The pumps of this process: who follows which room in it, and what rings and beats have them do."""

import time

from sqlalchemy import select

from peer.core import work
from peer.core.realtime import hub, on_gone
from peer.policy.roles import Actor
from peer.rooms import queries
from peer.rooms.broadcast import presence
from peer.rooms.broadcast.pump import Entered, Facts, Pump
from peer.rooms.models import Room
from peer.rooms.queries import Change

KEPT = 60.0  # seconds that a pump stays after the last page has left its room

_pumps: dict[str, Pump] = {}


def facts_of(room_ids: list[str]) -> dict[str, Facts]:
    """The facts of some rooms, by id; needs a unit of work."""
    rows = work.session().execute(
        select(
            Room.id,
            Room.last_seq,
            Room.roster,
            Room.closed_at,
            (Room.lets_in | Room.ask_again).label("lapses"),
        ).where(Room.id.in_(room_ids))
    )
    return {
        row.id: Facts(row.last_seq, row.roster, row.closed_at is None, row.lapses) for row in rows
    }


def come_in(sid: str, actor: Actor, room_id: str, since: int | None) -> Entered:
    """Have a socket follow a room from `since` on (None: from its last page).

    NotFound or Refused when the person may not read it. With `more` after a `since`, the socket
    does not follow yet: it asks again from `seq`.
    """
    if room_id not in _pumps:
        with work.begin(writes=False):
            queries.room_to_read(actor, room_id)  # no pump is made for whatever id was sent
    presence.tell_again(room_id)
    while True:
        pump = _pumps.setdefault(room_id, Pump(room_id))
        with pump.lock:
            # One that was let go of while this waited hears of nothing any more.
            if _pumps.get(room_id) is pump:
                return pump.let_in(sid, actor, since)


def go_out(sid: str, room_id: str) -> None:
    """Have a socket follow a room no longer."""
    pump = _pumps.get(room_id)
    if pump is not None:
        pump.let_out(sid)


def open_rooms() -> dict[str, set[str]]:
    """Who follows which room in this process: account ids by room."""
    return {room_id: pump.people() for room_id, pump in list(_pumps.items())}


def attending() -> dict[str, set[str]]:
    """Who of those is here for the others: account ids by room."""
    return {room_id: pump.attending() for room_id, pump in list(_pumps.items())}


def cover(sid: str, room_id: str, *, away: bool) -> str:
    """Have a page of the team count as covered, or no more; who is not here by it, if somebody."""
    pump = _pumps.get(room_id)
    listener = pump.listeners.get(sid) if pump else None
    if pump is None or listener is None:
        return ""
    (pump.covered.add if away else pump.covered.discard)(sid)
    return "" if listener.account_id in pump.attending() else listener.account_id


def state_of(room_id: str) -> str:
    """What pages were last told of a room that somebody follows here."""
    pump = _pumps.get(room_id)
    return "open" if pump is None or pump.is_open else "closed"


@on_gone
def forget(sid: str) -> None:
    """A socket has gone, and with it perhaps a person."""
    for pump in list(_pumps.values()):
        pump.let_out(sid)


@hub.on_ring("room")
def rung(room_id: str) -> None:
    """Something was said, or is now different."""
    pump = _pumps.get(room_id)
    if pump is not None:
        pump.look()


@hub.on_news("room")
def handed(room_id: str, changes: list[Change]) -> None:
    """Something was said in this process."""
    pump = _pumps.get(room_id)
    if pump is not None:
        pump.take(changes)


@hub.on_ring("room-facts")
def rung_for_facts(room_id: str) -> None:
    """The room was closed or opened, or somebody is no longer in it."""
    _follow([room_id] if room_id in _pumps else [])


@hub.on_beat
def beat() -> None:
    """Find what no ring told of."""
    for pump in list(_pumps.values()):
        if pump.listeners:
            pump.followed = time.monotonic()
        pump.let_out_gone()
        if not pump.listeners:
            _let_go(pump)
    _follow([room_id for room_id, pump in _pumps.items() if pump.listeners])
    presence.beat(open_rooms())


def _let_go(pump: Pump) -> None:
    """Nobody is there: no words stay in memory, and after a while nothing does.

    Whoever comes in holds its lock from finding it until they listen, so it cannot go meanwhile.
    """
    if not pump.lock.acquire(blocking=False):
        return  # somebody comes in just now
    try:
        if pump.listeners:
            return
        pump.recent.clear()
        if time.monotonic() - pump.followed > KEPT:
            del _pumps[pump.room_id]
    finally:
        pump.lock.release()


def _follow(room_ids: list[str]) -> None:
    if not room_ids:
        return
    with work.begin(writes=False):
        found = facts_of(room_ids)
    for room_id, facts in found.items():
        pump = _pumps.get(room_id)
        if pump is None:
            continue  # let go of meanwhile
        # Who may no longer follow goes first: what was said after that is not for them.
        if pump.is_to_check(facts):
            pump.check(facts)
        if facts.last_seq > pump.sent:
            pump.look()
