"""Socket events: each is parsed, its sender looked up afresh, its door checked, its rate kept.

Handlers are registered with `@on(event, schema)` and are called as `handler(caller, data)`. What
they return is the acknowledgement; what they raise becomes a refusal. Nothing about the sender
is remembered between events but which session the socket belongs to.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog
from flask import Flask
from pydantic import BaseModel, ValidationError

from peer.core import limits
from peer.core.errors import Invalid, NotFound, Nudge, PeerError, SlowDown
from peer.core.i18n import said, speaking
from peer.core.realtime.exchange import hub
from peer.core.words import N_

Answer = dict[str, Any]
D = TypeVar("D", bound=BaseModel)

log = structlog.get_logger("realtime")


@dataclass(frozen=True)
class Caller:
    """Who sent an event, as the database has them now, and over which socket."""

    sid: str
    session_id: str
    actor: Any


@dataclass(frozen=True)
class _Event:
    schema: type[BaseModel]
    handler: Callable[[Caller, Any], Answer | None]
    rate: str


_events: dict[str, _Event] = {}
_goodbyes: list[Callable[[str], None]] = []


def on(
    event: str, schema: type[D], *, rate: str = "60/10 second"
) -> Callable[[Callable[[Caller, D], Answer | None]], Callable[[Caller, D], Answer | None]]:
    """Register the handler of a socket event; `rate` is a person's allowance for it."""

    def register(
        handler: Callable[[Caller, D], Answer | None],
    ) -> Callable[[Caller, D], Answer | None]:
        _events[event] = _Event(schema, handler, rate)
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


class Doorkeeper:
    """Lets events in. What it needs to know of accounts and policy is given by the app."""

    def __init__(
        self,
        app: Flask,
        *,
        session_of: Callable[[dict[str, Any]], str | None],
        actor_of: Callable[[str], Any | None],
        may: Callable[[str, Any], bool],
    ) -> None:
        self._app = app
        self._session_of = session_of
        self._actor_of = actor_of
        self._may = may

    def stand(self) -> None:
        """Attach every registered event to the process's sockets."""
        if hub.io is None:
            raise RuntimeError("the hub has no app")
        server = hub.io.server
        server.on("connect", self._connect)
        server.on("disconnect", self._disconnect)
        for name in _events:
            server.on(name, self._guard(name))
        server.on("*", self._unknown)

    def _connect(self, sid: str, environ: dict[str, Any], _auth: Any = None) -> bool:
        with self._app.app_context():
            session_id = self._session_of(environ)
            actor = self._actor_of(session_id) if session_id else None
            if session_id is None or actor is None:
                return False
            hub.io.server.save_session(sid, {"session": session_id})
            hub.join(sid, f"session:{session_id}")
            hub.join(sid, f"account:{actor.id}")
            for role in actor.roles:
                hub.join(sid, f"role:{role}")
            return True

    def _disconnect(self, sid: str, _reason: Any = None) -> None:
        with self._app.app_context():
            for goodbye in _goodbyes:
                goodbye(sid)

    def _guard(self, name: str) -> Callable[..., Answer]:
        event = _events[name]

        def handle(sid: str, *sent: Any) -> Answer:
            with self._app.app_context():
                return self._handle(name, event, sid, sent[0] if sent else {})

        return handle

    def _handle(self, name: str, event: _Event, sid: str, sent: Any) -> Answer:
        session_id = str(hub.io.server.get_session(sid).get("session", ""))
        actor = self._actor_of(session_id)
        if actor is None:
            hub.drop(f"session:{session_id}", "signed_out")
            return refusal(NotFound())
        with speaking(actor.locale):
            try:
                if not self._may(name, actor):
                    raise NotFound()
                limits.spend(event.rate, name, actor.id)
                data = _parse(event.schema, sent)
                return {"ok": True, **(event.handler(Caller(sid, session_id, actor), data) or {})}
            except PeerError as error:
                return refusal(error)
            except Exception as error:  # noqa: BLE001
                log.error("event_failed", event_name=name, kind=type(error).__name__)
                return refusal(PeerError(N_("That did not work just now. Nothing is lost.")))

    def _unknown(self, _event: str, _sid: str, *_sent: Any) -> Answer:
        with self._app.app_context():
            return refusal(NotFound())


def _parse(schema: type[BaseModel], sent: Any) -> BaseModel:
    try:
        return schema.model_validate(sent)
    except ValidationError as error:
        first = error.errors()[0]
        field = str(first["loc"][0]) if first["loc"] else None
        raise Invalid(field=field) from None
