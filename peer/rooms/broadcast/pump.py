"""One pump a room and process: reads what changed since it last looked, and sends it in order.

It looks when the room's bell rings (in this process after the commit, from others over Redis)
and on every beat. Whoever comes in is joined under the pump's lock, after being given all that
it has sent so far: nothing is missed and nothing comes twice.
"""

import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple

import orjson
from sqlalchemy import select

from peer.core import work
from peer.core.realtime import Parcel, event_text, hub, on_gone
from peer.policy.roles import Actor
from peer.policy.rooms import ALWAYS
from peer.rooms import queries
from peer.rooms.broadcast import presence
from peer.rooms.broadcast.changes import (
    MINE_CHANGED,
    change_json,
    message_json,
    removed_json,
)
from peer.rooms.models import Room
from peer.rooms.queries import Change

RECENT = 200  # changes that a pump remembers
KEPT = 60.0  # seconds that a pump stays after the last page has left its room
LAPSES = 60.0  # seconds between looks whether some who were let in, or agreed, no longer are


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
    lapses: bool = False  # people are let in or agree for a time: then it ends, and nothing tells


class Told(NamedTuple):
    """One change as pages receive it; author and nonce only where there are words of somebody.

    `own`: the text for its author, where they see it otherwise.
    """

    text: str
    room_id: str
    message_id: str
    seq: int
    author_id: str = ""
    nonce: str = ""
    own: str = ""
    at: datetime = ALWAYS

    @property
    def gone(self) -> str:
        """What whoever has blocked its author receives for its number."""
        return event_text("message:changed", removed_json(self.room_id, self.message_id, self.seq))

    @property
    def text_to_author(self) -> str:
        """The text, and the nonce: the payload is an object, and ends the event."""
        return f'{(self.own or self.text)[:-2]},"nonce":{orjson.dumps(self.nonce).decode()}}}]'

    def is_hidden_from(self, listener: "Listener") -> bool:
        """Whether somebody has blocked whoever said it, or came when it had been said."""
        hidden = self.author_id in listener.blocked or self.at < listener.since
        return bool(self.author_id) and self.author_id != listener.account_id and hidden


class Listener(NamedTuple):
    """Whose socket it is, the connection behind it, and whom they have blocked."""

    account_id: str
    connection: Any
    blocked: frozenset[str] = frozenset()
    since: datetime = ALWAYS  # they read what was said from then on


class Recent:
    """The last changes that were sent, so that who was away for a moment is told from memory.

    Words that were changed or taken back since are nowhere in it.
    """

    def __init__(self) -> None:
        self._changes: deque[Change] = deque(maxlen=RECENT)

    def keep(self, changes: Sequence[Change]) -> None:
        """Remember what has just been sent."""
        again = {change.message_id: change.line for change in changes if not change.posted}
        if again:
            self._changes = deque(
                (
                    each._replace(line=again[each.message_id]) if each.message_id in again else each
                    for each in self._changes
                ),
                maxlen=RECENT,
            )
        self._changes.extend(changes)

    def since(self, seq: int) -> list[Change]:
        """What was sent after number `seq`, as far back as memory goes."""
        first = self._changes[0].seq if self._changes else 0
        return list(islice(self._changes, max(0, seq + 1 - first), None))

    def clear(self) -> None:
        """Forget it all."""
        self._changes.clear()


@dataclass
class Pump:
    """What one process has sent of one room, and to whom. `listeners`: by socket."""

    room_id: str
    sent: int = 0
    roster: int = 0
    is_open: bool = True
    listeners: dict[str, Listener] = field(default_factory=dict)
    covered: set[str] = field(default_factory=set)  # of them, where the team has stepped away
    lock: threading.RLock = field(default_factory=threading.RLock)
    rung: int = 0
    answered: int = 0
    recent: Recent = field(default_factory=lambda: Recent())
    checked: float = field(default_factory=time.monotonic)  # when it last looked who may listen
    followed: float = field(default_factory=time.monotonic)  # when somebody last listened

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

    def take(self, changes: list[Change]) -> None:
        """Send new messages of this process, which need not be read again.

        If others came before them that have yet to be read, or are just being read, all of it is
        read, in order.
        """
        if not self.listeners:
            return
        if not self.lock.acquire(blocking=False):
            self.look()
            return
        try:
            if self._takes_up(changes):
                self._send(changes)
                return
        finally:
            self.lock.release()
        self.look()

    def _takes_up(self, changes: Sequence[Change]) -> bool:
        """Whether these changes are what comes next."""
        return [change.seq for change in changes] == list(
            range(self.sent + 1, self.sent + 1 + len(changes))
        )

    def _send(self, changes: list[Change]) -> bool:
        """Send `changes`; whether there may be more than were read at once.

        This process may not know yet of whom was taken out before they were said: they go first.
        """
        if changes:
            self._follow_roster(changes[-1].roster)
            told = [_told(self.room_id, change) for change in changes]
            self._deliver(told)
            self.recent.keep(changes)
            self.sent = changes[-1].seq
        return len(changes) == queries.CATCH_UP

    def _deliver(self, told: Sequence[Told]) -> None:
        """To everybody in one go; authors are told their own nonces, blockers only the number."""
        parcel = Parcel([each.text for each in told])
        said: dict[str, dict[int, str]] = {}  # by author, what they receive of their own
        for place, each in enumerate(told):
            if each.author_id:
                said.setdefault(each.author_id, {})[place] = each.text_to_author
        oldest = min((each.at for each in told if each.author_id), default=None)
        for listener in list(self.listeners.values()):
            others = said.get(listener.account_id, {})
            sees_all = not listener.blocked or listener.blocked.isdisjoint(said)
            if not sees_all or (oldest is not None and oldest < listener.since):
                hidden = (n for n, each in enumerate(told) if each.is_hidden_from(listener))
                others = others | {place: told[place].gone for place in hidden}
            (parcel.with_others(others) if others else parcel).send(listener.connection)

    def let_in(self, sid: str, actor: Actor, since: int | None) -> Entered:
        """Give a socket what it has not seen, and join it to what comes."""
        with self.lock:
            with work.begin(writes=False):
                room, reads = queries.room_to_follow(actor, self.room_id)
                facts = Facts(room.last_seq, room.roster, room.is_open)
                blocked = queries.distances_of(actor.id, self.room_id).blocked
                waiting = self._missed(facts)
                upto = waiting[-1].seq if waiting else self.sent
                entered = self._from_memory(actor, since, waiting, upto, blocked, reads) or _page(
                    self.room_id, actor, since, upto, blocked, reads
                )
            self._send(waiting)
            if since is not None and entered.more:
                return entered
            if not self.listeners:
                self.roster, self.is_open = facts.roster, facts.is_open
            # By these facts they were let in: what came of the roster since is looked at anew.
            self.roster = min(self.roster, facts.roster)
            hub.join(sid, socket_room(self.room_id))  # raises when the socket went meanwhile
            self.listeners[sid] = Listener(actor.id, hub.connection_of(sid), blocked, reads)
            return entered

    def _missed(self, facts: Facts) -> list[Change]:
        """What nobody here was sent yet. If nobody listens, a long gap is left out."""
        if not self.listeners and facts.last_seq - self.sent > RECENT:
            self.recent.clear()
            self.sent = facts.last_seq
        return self._new(facts.last_seq) if facts.last_seq > self.sent else []

    def _from_memory(
        self,
        actor: Actor,
        since: int | None,
        waiting: Sequence[Change],
        upto: int,
        blocked: frozenset[str],
        reads: datetime,
    ) -> Entered | None:
        """What a page missed that was away for a moment only, without asking the database."""
        if since is None or since > upto:
            return None
        missed = [*self.recent.since(since), *(change for change in waiting if change.seq > since)]
        complete = [change.seq for change in missed] == list(range(since + 1, upto + 1))
        if not complete or any(change.line and change.line.reactions for change in missed):
            return None
        latest = {change.message_id: change.line for change in missed}
        told = [
            change_json(
                self.room_id, each._replace(line=latest[each.message_id]), actor.id, blocked, reads
            )
            for each in missed
        ]
        return Entered(upto, told, False)

    def let_out(self, sid: str) -> None:
        """Take a socket out, if it was in."""
        self.covered.discard(sid)
        if self.listeners.pop(sid, None) is not None:
            hub.leave(sid, socket_room(self.room_id))

    def let_out_gone(self) -> None:
        """Take out sockets that went without a word."""
        for sid in [sid for sid in self.listeners if not hub.is_here(sid)]:
            self.let_out(sid)

    def is_to_check(self, facts: Facts) -> bool:
        """Whether something is different, or time alone may have ended what let somebody in."""
        if (facts.roster, facts.is_open) != (self.roster, self.is_open):
            return True
        return facts.lapses and time.monotonic() - self.checked > LAPSES

    def check(self, facts: Facts) -> None:
        """Tell pages whether the room is open, and take out who may no longer be in it."""
        with self.lock:
            if facts.is_open != self.is_open:
                self.is_open = facts.is_open
                hub.emit("room:state", self._state(_word(facts)), to=socket_room(self.room_id))
            self._follow_roster(facts.roster)
            if self.is_to_check(facts):
                self._take_out()

    def _follow_roster(self, roster: int) -> None:
        """If somebody may have lost access since this process last looked, look."""
        if roster != self.roster:
            self.roster = roster
            self._take_out()
            self._look_whom_they_block()

    def _take_out(self) -> None:
        """Tell those who may no longer follow, and have them follow no longer."""
        self.checked = time.monotonic()
        if not self.listeners:
            return
        for sid in self._shut_out():
            hub.emit("room:state", self._state("left"), to=sid)
            self.let_out(sid)

    def _state(self, word: str) -> dict[str, str]:
        return {"room": self.room_id, "state": word}

    def _shut_out(self) -> list[str]:
        """The sockets of people who are no longer in the room, or have to agree or be let in anew."""
        with work.begin(writes=False):
            room = queries.room_with(self.room_id)
            readers = queries.readers_among(room, self.people())
        return [sid for sid, one in self.listeners.items() if one.account_id not in readers]

    def _look_whom_they_block(self) -> None:
        with work.begin(writes=False):
            kept = queries.distances_among(self.people(), self.room_id)
        for sid, one in list(self.listeners.items()):
            blocked = kept[one.account_id].blocked if one.account_id in kept else frozenset()
            if blocked != one.blocked:
                self.listeners[sid] = one._replace(blocked=blocked)
                hub.emit(MINE_CHANGED, {}, to=sid)  # from here on it holds: the page looks again

    def people(self) -> set[str]:
        """Who follows the room here."""
        return {listener.account_id for listener in self.listeners.values()}

    def attending(self) -> set[str]:
        """The same, without those of the team who have stepped away on all their pages."""
        return {each.account_id for sid, each in self.listeners.items() if sid not in self.covered}


def _told(room_id: str, change: Change) -> Told:
    payload, line = change_json(room_id, change), change.line
    shown = line is not None and "text" in payload
    event = "message:posted" if shown and change.posted else "message:changed"
    text = event_text(event, payload)
    if line is None or not shown:
        return Told(text, room_id, change.message_id, change.seq)
    own = event_text(event, payload | {"reactions": line.heard}) if line.unheard else ""
    return Told(
        text,
        room_id,
        change.message_id,
        change.seq,
        line.author_id,
        line.nonce,
        own,
        line.at,
    )


_pumps: dict[str, Pump] = {}


def socket_room(room_id: str) -> str:
    """What the sockets that follow a room are joined to."""
    return f"room:{room_id}"


def _word(facts: Facts) -> str:
    return "open" if facts.is_open else "closed"


def _page(
    room_id: str,
    actor: Actor,
    since: int | None,
    upto: int,
    blocked: frozenset[str],
    reads: datetime,
) -> Entered:
    if since is None:
        lines, earlier = queries.page_of(room_id, actor.id, upto=upto)
        return Entered(upto, [message_json(line, viewer_id=actor.id) for line in lines], earlier)
    changes = queries.changes_between(room_id, since, upto, viewer_id=actor.id)
    more = bool(changes) and changes[-1].seq < upto
    told = [change_json(room_id, change, actor.id, blocked, reads) for change in changes]
    return Entered(changes[-1].seq if more else upto, told, more)


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


# --- doors into the pumps -----------------------------------------------------------------


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
