"""One pump a room and process: reads what changed since it last looked, and sends it in order.

It looks when the room's bell rings (in this process after the commit, from others over Redis)
and on every beat. Whoever comes in is joined under the pump's lock, after being given all that
it has sent so far: nothing is missed and nothing comes twice.
"""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from peer.core import work
from peer.core.realtime import hub
from peer.policy.roles import Actor
from peer.rooms import queries
from peer.rooms.broadcast.changes import MINE_CHANGED, change_json, message_json
from peer.rooms.broadcast.telling import RECENT, Listener, Recent, deliver, told_of
from peer.rooms.queries import Change

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
            told = [told_of(self.room_id, change) for change in changes]
            deliver(list(self.listeners.values()), told)
            self.recent.keep(changes)
            self.sent = changes[-1].seq
        return len(changes) == queries.CATCH_UP

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
