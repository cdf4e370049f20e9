"""One pump a room and process: reads what changed since it last looked, and sends it in order.

It looks when the room's bell rings (in this process after the commit, from others over Redis)
and on every beat. Whoever comes in is joined under the pump's lock, after being given all that
it has sent so far: nothing is missed and nothing comes twice.
"""

import threading
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from peer.core import work
from peer.core.realtime import hub, on_gone
from peer.policy.roles import Actor
from peer.rooms import queries
from peer.rooms.broadcast import presence
from peer.rooms.broadcast.changes import change_json, message_json
from peer.rooms.models import Room
from peer.rooms.queries import Change


@dataclass(frozen=True)
class Entered:
    """What a page is given as it comes in. With `more` there is more before it follows live."""

    seq: int
    messages: list[dict[str, Any]]
    more: bool


@dataclass(frozen=True)
class Facts:
    """What of a room decides who may follow it."""

    last_seq: int
    roster: int
    is_open: bool


@dataclass
class Pump:
    """What one process has sent of one room, and to whom. `listeners`: account ids by socket."""

    room_id: str
    sent: int = 0
    roster: int = 0
    is_open: bool = True
    listeners: dict[str, str] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)
    rung: int = 0
    answered: int = 0

    def look(self) -> None:
        """Send what is new. Rings that come while one look waits are answered by the next."""
        if not self.listeners:
            return
        self.rung += 1
        mine = self.rung
        with self.lock:
            if self.answered >= mine:
                return
            self.answered = self.rung
            while self._send(self._new()):
                pass

    def _new(self, upto: int | None = None) -> list[Change]:
        with work.begin(writes=False):
            return queries.changes_between(self.room_id, self.sent, upto, viewer_id=None)

    def _send(self, changes: list[Change]) -> bool:
        """Send `changes`; whether there may be more than were read at once."""
        for change in changes:
            payload = change_json(self.room_id, change)
            event = "message:posted" if change.posted and "text" in payload else "message:changed"
            self._emit(event, payload, change)
            self.sent = change.seq
        return len(changes) == queries.CATCH_UP

    def _emit(self, event: str, payload: dict[str, Any], change: Change) -> None:
        author = change.line.author_id if change.line and "text" in payload else None
        own = [sid for sid, account_id in list(self.listeners.items()) if account_id == author]
        hub.emit(event, payload, to=socket_room(self.room_id), skip=own or None)
        for sid in own:
            assert change.line is not None
            hub.emit(event, {**payload, "nonce": change.line.nonce}, to=sid)

    def let_in(self, sid: str, actor: Actor, since: int | None) -> Entered:
        """Give a socket what it has not seen, and join it to what comes."""
        with self.lock:
            with work.begin(writes=False):
                facts = facts_of([self.room_id])[self.room_id]
                queries.room_to_read(actor, self.room_id)
                waiting = self._new(facts.last_seq) if self.listeners else []
                upto = (
                    waiting[-1].seq if waiting else self.sent if self.listeners else facts.last_seq
                )
                entered = _page(self.room_id, actor, since, upto)
            self._send(waiting)
            if since is not None and entered.more:
                return entered
            if not self.listeners:
                self.sent, self.roster, self.is_open = upto, facts.roster, facts.is_open
            self.listeners[sid] = actor.id
            hub.join(sid, socket_room(self.room_id))
            return entered

    def let_out(self, sid: str) -> None:
        """Take a socket out, if it was in."""
        if self.listeners.pop(sid, None) is not None:
            hub.leave(sid, socket_room(self.room_id))

    def check(self, facts: Facts) -> None:
        """Tell pages whether the room is open, and take out who may no longer be in it."""
        with self.lock:
            if facts.is_open != self.is_open:
                self.is_open = facts.is_open
                hub.emit("room:state", self._state(_word(facts)), to=socket_room(self.room_id))
            if facts.roster != self.roster:
                self.roster = facts.roster
                for sid in self._shut_out():
                    hub.emit("room:state", self._state("left"), to=sid)
                    self.let_out(sid)

    def _state(self, word: str) -> dict[str, str]:
        return {"room": self.room_id, "state": word}

    def _shut_out(self) -> list[str]:
        """The sockets of people who are no longer in the room, or have to agree anew."""
        with work.begin(writes=False):
            room = queries.room_with(self.room_id)
            readers = {
                account_id
                for account_id in set(self.listeners.values())
                if queries.standing_in(room, account_id).agreed
            }
        return [sid for sid, account_id in self.listeners.items() if account_id not in readers]


_pumps: dict[str, Pump] = {}


def socket_room(room_id: str) -> str:
    """What the sockets that follow a room are joined to."""
    return f"room:{room_id}"


def _word(facts: Facts) -> str:
    return "open" if facts.is_open else "closed"


def _page(room_id: str, actor: Actor, since: int | None, upto: int) -> Entered:
    if since is None:
        lines, earlier = queries.page_of(room_id, actor.id, upto=upto)
        return Entered(upto, [message_json(line, viewer_id=actor.id) for line in lines], earlier)
    changes = queries.changes_between(room_id, since, upto, viewer_id=actor.id)
    more = bool(changes) and changes[-1].seq < upto
    told = [change_json(room_id, change, actor.id) for change in changes]
    return Entered(changes[-1].seq if more else upto, told, more)


def facts_of(room_ids: list[str]) -> dict[str, Facts]:
    """The facts of some rooms, by id; needs a unit of work."""
    rows = work.session().execute(
        select(Room.id, Room.last_seq, Room.roster, Room.closed_at).where(Room.id.in_(room_ids))
    )
    return {row.id: Facts(row.last_seq, row.roster, row.closed_at is None) for row in rows}


# --- doors into the pumps -----------------------------------------------------------------


def come_in(sid: str, actor: Actor, room_id: str, since: int | None) -> Entered:
    """Have a socket follow a room from `since` on (None: from its last page).

    NotFound or Refused when the person may not read it. With `more` after a `since`, the socket
    does not follow yet: it asks again from `seq`.
    """
    with work.begin(writes=False):
        queries.room_to_read(actor, room_id)  # before a pump is made for whatever id was sent
    presence.tell_again(room_id)
    return _pumps.setdefault(room_id, Pump(room_id)).let_in(sid, actor, since)


def go_out(sid: str, room_id: str) -> None:
    """Have a socket follow a room no longer."""
    if room_id in _pumps:
        _pumps[room_id].let_out(sid)


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


@hub.on_ring("room-facts")
def rung_for_facts(room_id: str) -> None:
    """The room was closed or opened, or somebody is no longer in it."""
    _follow([room_id] if room_id in _pumps else [])


@hub.on_beat
def beat() -> None:
    """Find what no ring told of."""
    _follow([room_id for room_id, pump in _pumps.items() if pump.listeners])
    presence.beat({room_id: set(pump.listeners.values()) for room_id, pump in _pumps.items()})


def _follow(room_ids: list[str]) -> None:
    if not room_ids:
        return
    with work.begin(writes=False):
        found = facts_of(room_ids)
    for room_id, facts in found.items():
        pump = _pumps[room_id]
        # Who may no longer follow goes first: what was said after that is not for them.
        if (facts.roster, facts.is_open) != (pump.roster, pump.is_open):
            pump.check(facts)
        if facts.last_seq > pump.sent:
            pump.look()
