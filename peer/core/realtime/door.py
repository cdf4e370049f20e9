"""Socket events: each is parsed, its sender looked up afresh, its door checked, its rate kept.

Handlers are registered with `@on(event, schema)` and are called as `handler(caller, data)`. What
they return is the acknowledgement; what they raise becomes a refusal. Nothing about the sender
is remembered between events but which session the socket belongs to.
"""

import json
import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, TypeVar

import orjson
import structlog
from flask import Flask
from pydantic import BaseModel, ValidationError
from socketio.exceptions import ConnectionRefusedError as _NotNow
from sqlalchemy.exc import OperationalError

from peer.core import limits, logs, metrics, watch, work
from peer.core.errors import Invalid, NotFound, Nudge, PeerError, SlowDown, TooLong
from peer.core.i18n import said, speaking
from peer.core.realtime.exchange import hub
from peer.core.realtime.parcels import answer_text, send_one
from peer.core.realtime.together import Together
from peer.core.words import N_

Answer = dict[str, Any]
Arrival = tuple[str | None, Any | None]  # session and actor of a connection
D = TypeVar("D", bound=BaseModel)

# Of one session, and of one person with all their sessions. A page opens one.
SOCKETS_OF_SESSION, SOCKETS_OF_PERSON = 50, 100
EVENTS, WHILE = 150, 10.0  # events of one session that are looked at at all

log = structlog.get_logger("realtime")


class Caller(NamedTuple):
    """Who sent an event, as the database has them now, and over which socket."""

    sid: str
    session_id: str
    actor: Any


class Asked(NamedTuple):
    """One of several events that are taken up together."""

    caller: Caller
    data: Any


@dataclass(frozen=True)
class _Event:
    schema: type[BaseModel]
    handler: Callable[..., Any]
    rate: str
    together: bool = False


class _Seat(NamedTuple):
    """Of which session a socket is, and its language: all that is kept between events."""

    session_id: str
    locale: str


class _Sent(NamedTuple):
    """What came over a socket, before anything is known of who sent it."""

    sid: str
    session_id: str
    locale: str
    words: Any


class _Budget:
    """How many events each session has sent of late; asked before anything is looked up.

    It goes by the session: whoever opens another socket brings no other budget.
    """

    def __init__(self) -> None:
        self._since, self._spent = 0.0, Counter[str]()

    def spend(self, session_id: str) -> bool:
        """Count one event; whether it may be looked at."""
        now = time.monotonic()
        if now - self._since > WHILE:
            self._since, self._spent = now, Counter()
        self._spent[session_id] += 1
        return self._spent[session_id] <= EVENTS


_events: dict[str, _Event] = {}
_goodbyes: list[Callable[[str], None]] = []


def on(
    event: str, schema: type[D], *, rate: str = "60/10 second"
) -> Callable[[Callable[[Caller, D], Answer | None]], Callable[[Caller, D], Answer | None]]:
    """Register the handler of a socket event; `rate` is a person's allowance for it."""

    def register(
        handler: Callable[[Caller, D], Answer | None],
    ) -> Callable[[Caller, D], Answer | None]:
        logs.know("event_name", [event])
        _events[event] = _Event(schema, handler, rate)
        return handler

    return register


def on_many(
    event: str, schema: type[D], *, rate: str = "60/10 second"
) -> Callable[
    [Callable[[list[Asked]], Sequence[Answer | PeerError]]],
    Callable[[list[Asked]], Sequence[Answer | PeerError]],
]:
    """Register a handler that takes up all events that wait, in one unit of work.

    It gives an answer, or the refusal, for each; what it raises rolls all of them back.
    """

    def register(
        handler: Callable[[list[Asked]], Sequence[Answer | PeerError]],
    ) -> Callable[[list[Asked]], Sequence[Answer | PeerError]]:
        logs.know("event_name", [event])
        _events[event] = _Event(schema, handler, rate, together=True)
        return handler

    return register


def on_gone(function: Callable[[str], None]) -> Callable[[str], None]:
    """Call the function with a socket's id when it has gone."""
    _goodbyes.append(function)
    return function


def refusal(error: PeerError) -> Answer:
    """The acknowledgement that says no, in the form programs rely on."""
    details: Answer = {"code": error.code, "text": said(error)}
    if isinstance(error, SlowDown):
        details["retry_ms"] = error.retry_ms
    if isinstance(error, Nudge):
        details |= {"spans": [list(span) for span in error.spans], "token": error.token}
    return {"ok": False, "error": details}


class Callers(Protocol):
    """What the door has to know of sessions."""

    def sessions_of(self, environs: Sequence[dict[str, Any]]) -> Sequence[str | None]:
        """The sessions whose cookies some connections carry, be they over or not."""

    def actors_of(self, session_ids: Collection[str]) -> Mapping[str, Any]:
        """Who acts in some sessions now; those that have ended are left out."""

    def why_ended(self, session_id: str) -> str:
        """Why a session opens nothing any more, as its page is told."""

    def why_refused(self, environ: dict[str, Any]) -> str:
        """The same for a connection that carries none."""


class Doorkeeper:
    """Lets events in. What it needs to know of accounts and policy is given by the app."""

    def __init__(
        self,
        app: Flask,
        *,
        callers: Callers,
        may: Callable[[str, Any], bool],
    ) -> None:
        self._app = app
        self._callers = callers
        self._may = may
        self._budget = _Budget()
        self._handlers: dict[str, Callable[..., Answer]] = {}
        self._seats: dict[str, _Seat] = {}  # by socket
        # A crowd that comes back at once is looked up at once.
        start = self._start()
        self._arriving = Together[dict[str, Any], Arrival](self._look_up_arriving, start=start)
        self._sending = Together[str, Any](self._look_up_sending, start=start)

    def _start(self) -> Callable[[Callable[[], None]], Any] | None:
        """What runs a task of its own; nothing does where tests send one event after another."""
        return hub.io.start_background_task if hub.warden is not None else None

    def stand(self) -> None:
        """Attach every registered event to the process's sockets."""
        if hub.io is None:
            raise RuntimeError("the hub has no app")
        server = hub.io.server
        server.on("connect", self._connect)
        server.on("disconnect", self._disconnect)
        for name in _events:
            self._handlers[name] = self._guard(name)
            server.on(name, self._handlers[name])
        server.on("*", self._unknown)
        if hub.warden is not None and hub.warden.is_lean:
            hub.warden.hear = self.hear

    def hear(self, eio_sid: str, packet: str) -> None:
        """Take an event as it came over a connection; ValueError when nobody can read it."""
        begins = packet.index("[")
        sent = _read(packet[begins:])
        if not sent:
            raise ValueError("an event has a name")
        manager = hub.io.server.manager
        sid = manager.sid_from_eio_sid(eio_sid, "/")
        if sid is None or not manager.is_connected(sid, "/"):
            return
        name, *words = sent
        handler = self._handlers.get(name) if isinstance(name, str) else None
        answer = handler(sid, *words) if handler else self._unknown()
        if begins > 1:
            text = answer_text(packet[1:begins], answer)
            send_one(text, hub.io.server.eio.sockets.get(eio_sid))

    def _connect(self, sid: str, environ: dict[str, Any], _auth: Any = None) -> Any:
        if environ is not hub.io.server.get_environ(sid):
            return self._unknown()  # an event that somebody named "connect"
        with self._app.app_context():
            began = time.monotonic()
            session_id, actor = self._arriving.ask(environ)
            if session_id is None or actor is None:
                raise self._turned_away(environ)
            if self._has_enough(session_id, actor):
                raise _NotNow("refused", {"reason": "full"})
            hub.join(sid, f"session:{session_id}")
            hub.join(sid, f"account:{actor.id}")
            for role in actor.roles:
                hub.join(sid, f"role:{role}")
            dropped = hub.dropped_since(began, f"session:{session_id}", f"account:{actor.id}")
            if dropped:
                raise self._turned_away(environ)
            if not hub.is_coming(sid):
                return False
            self._seats[sid] = _Seat(session_id, actor.locale)
            return True

    def _turned_away(self, environ: dict[str, Any]) -> Any:
        """What refuses a socket, and tells its page why."""
        watch.refused("socket_refused")
        return _NotNow("refused", {"reason": self._callers.why_refused(environ)})

    def _has_enough(self, session_id: str, actor: Any) -> bool:
        """Whether the session or the person has as many sockets as anybody can use."""
        full = (
            hub.joined(f"session:{session_id}") >= SOCKETS_OF_SESSION
            or hub.joined(f"account:{actor.id}") >= SOCKETS_OF_PERSON
        )
        if full:
            metrics.refused("session_sockets")
        return full

    def _disconnect(self, sid: str, _reason: Any = None) -> Any:
        if hub.io.server.manager.is_connected(sid, "/"):
            return self._unknown()  # an event that somebody named "disconnect"
        self._seats.pop(sid, None)
        with self._app.app_context():
            for goodbye in _goodbyes:
                goodbye(sid)
        return None

    def _guard(self, name: str) -> Callable[..., Answer]:
        event = _events[name]
        group = Together[_Sent, Answer](
            lambda several: self._take(name, event, several),
            start=self._start(),
        )

        def handle(sid: str, *words: Any) -> Answer:
            seat = self._seats.get(sid)
            if seat is None:
                return self._unknown()
            sent = _Sent(sid, seat.session_id, seat.locale, words[0] if words else {})
            if not self._budget.spend(sent.session_id):
                answer = self._slow_down(sent)
            elif event.together:
                answer = group.ask(sent)
            else:
                with self._app.app_context():
                    answer = self._handle(name, event, sent)
            metrics.event("ok" if answer["ok"] else str(answer["error"]["code"]))
            return answer

        return handle

    def _look_up_sending(self, session_ids: Sequence[str]) -> list[Any | None]:
        """The people behind some sessions as they are now; None for those that have ended."""
        with self._app.app_context(), work.begin(writes=False):
            actors = self._callers.actors_of(set(session_ids))
        return [actors.get(session_id) for session_id in session_ids]

    def _look_up_arriving(self, environs: Sequence[dict[str, Any]]) -> list[Arrival]:
        """Session and person of some connections that want to open."""
        with self._app.app_context(), work.begin(writes=False):
            session_ids = self._callers.sessions_of(environs)
            actors = self._callers.actors_of({each for each in session_ids if each})
        return [(each, actors.get(each or "")) for each in session_ids]

    def _slow_down(self, sent: _Sent) -> Answer:
        with self._app.app_context(), speaking(sent.locale):
            return refusal(SlowDown(retry_ms=int(WHILE * 1000)))

    def _handle(self, name: str, event: _Event, sent: _Sent) -> Answer:
        began = time.monotonic()
        try:
            actor = self._sending.ask(sent.session_id)
            if actor is None:
                return self._gone(sent)
        except Exception as error:  # noqa: BLE001 - our fault, and they wait for an answer
            with speaking(sent.locale):
                return _failed(name, error)
        with speaking(actor.locale):
            try:
                asked = self._let_in(name, event, sent, actor)
                answer = {"ok": True, **(event.handler(asked.caller, asked.data) or {})}
                if hub.dropped_since(began, f"session:{sent.session_id}", f"account:{actor.id}"):
                    return self._gone(sent)  # between the look and now
                return answer
            except PeerError as error:
                return _refused(name, actor, error)
            except Exception as error:  # noqa: BLE001
                return _failed(name, error)

    def _let_in(self, name: str, event: _Event, sent: _Sent, actor: Any) -> Asked:
        """The event, parsed, if its sender may send it and not too often."""
        if not self._may(name, actor):
            raise NotFound()
        limits.spend_here(event.rate, name, actor.id)
        data = _parse(event.schema, sent.words)
        return Asked(Caller(sent.sid, sent.session_id, actor), data)

    def _gone(self, sent: _Sent) -> Answer:
        hub.drop(f"session:{sent.session_id}", self._callers.why_ended(sent.session_id))
        return refusal(NotFound())

    # --- several at once ------------------------------------------------------------------

    def _take(self, name: str, event: _Event, several: Sequence[_Sent]) -> list[Answer]:
        """Answer several senders; one whose event fails by our fault takes nobody along."""
        with self._app.app_context():
            try:
                return self._take_together(name, event, several)
            except Exception as error:  # noqa: BLE001
                failed = _failed(name, error)
                if len(several) == 1 or isinstance(error, OperationalError):
                    return [failed for _ in several]
                return [each for one in several for each in self._take(name, event, [one])]

    def _take_together(self, name: str, event: _Event, several: Sequence[_Sent]) -> list[Answer]:
        found: dict[int, Answer] = {}
        asked: dict[int, Asked] = {}
        with work.begin():
            # Looked up in the very transaction that stores what they sent.
            actors = self._callers.actors_of({sent.session_id for sent in several})
            for place, sent in enumerate(several):
                actor = actors.get(sent.session_id)
                if actor is None:
                    found[place] = self._gone(sent)
                    continue
                try:
                    asked[place] = self._let_in(name, event, sent, actor)
                except PeerError as error:
                    found[place] = _refused(name, actor, error)
            told = event.handler(list(asked.values())) if asked else []
            for (place, one), answer in zip(asked.items(), told, strict=True):
                found[place] = (
                    _refused(name, one.caller.actor, answer)
                    if isinstance(answer, PeerError)
                    else {"ok": True, **answer}
                )
        return [found[place] for place in range(len(several))]

    def _unknown(self, *_sent: Any) -> Answer:
        metrics.event("door")
        with self._app.app_context():
            watch.refused("event_refused", where="nowhere")
            return refusal(NotFound())


def _read(words: str) -> Any:
    """What a page sent; ValueError when nobody can read it."""
    try:
        return orjson.loads(words)
    except ValueError:
        # This one takes half characters and larger numbers: they are refused in words, later.
        return json.loads(words)


def _refused(name: str, actor: Any, error: PeerError) -> Answer:
    watch.refused("event_refused", who=actor.id, where=name, why=error.code)
    with speaking(actor.locale):
        return refusal(error)


def _failed(name: str, error: Exception) -> Answer:
    log.error(
        "event_failed",
        event_name=name,
        kind=type(error),
        where=logs.where(error.__traceback__),
    )
    metrics.fault()
    return refusal(PeerError(N_("That did not work just now. Nothing is lost.")))


def _parse(schema: type[BaseModel], sent: Any) -> BaseModel:
    try:
        return schema.model_validate(sent)
    except ValidationError as error:
        first = error.errors()[0]
        field = str(first["loc"][0]) if first["loc"] else None
        if first["type"] == "string_too_long" and field == "text":
            raise TooLong(field=field) from None
        raise Invalid(field=field) from None
