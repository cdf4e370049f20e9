"""5. Every route and every socket event declares a policy; what does not stays shut."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from engineio.socket import Socket as Connection
from flask import Flask
from pydantic import BaseModel
from socketio.exceptions import SocketIOError

from peer.accounts import service
from peer.app import create_app
from peer.core import realtime, work
from peer.core.db import database, new_id
from peer.core.realtime import door, hub
from peer.core.settings import Settings
from peer.policy import doors
from peer.policy.roles import Role
from tests.cast import ROLES, Cast
from tests.plugins.site import SignIn

EVERYONE = [name.lower() for name in ROLES]


def test_every_route_and_socket_event_declares_a_policy(app: Flask) -> None:
    pages = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert pages == set(doors.PAGES)
    events = set(hub.io.server.handlers["/"]) - {"connect", "disconnect", "*"}
    assert events == set(doors.EVENTS) == set(door._events)
    assert set(hub.io.server.handlers) == {"/"}, "one namespace, so that none is forgotten"
    open_to_all = {name for name, each in doors.PAGES.items() if each.everyone}
    assert all(each.roles or each.stages for each in doors.PAGES.values() if not each.everyone)
    assert not any(each.everyone for each in doors.EVENTS.values())
    assert "home.front" in open_to_all


def test_writes_have_one_method_and_reads_change_nothing_by_it(app: Flask) -> None:
    methods = {method for rule in app.url_map.iter_rules() for method in rule.methods or ()}
    assert methods == {"GET", "HEAD", "OPTIONS", "POST"}


def test_a_page_that_nobody_listed_is_shut_to_every_role(app: Flask, signed_in: SignIn) -> None:
    app.add_url_rule("/forgotten", "rooms.forgotten", lambda: "open", methods=["GET", "POST"])
    for name in EVERYONE:
        assert signed_in(name).get("/forgotten").status_code == 404, name
    assert app.test_client().get("/forgotten").status_code == 404


class Nothing(BaseModel):
    """An event without words."""


@pytest.fixture
def forgotten(settings: Settings) -> Iterator[tuple[Flask, list[str]]]:
    """A site with an event that no door was made for, and who got through to it."""
    reached: list[str] = []

    def handler(caller: realtime.Caller, _data: Nothing) -> None:
        reached.append(caller.actor.id)

    realtime.on("room:forgotten", Nothing)(handler)
    try:
        yield create_app(settings), reached
    finally:
        del door._events["room:forgotten"]
        database.close()


@dataclass
class Line:
    """A connection to this process, as the library keeps one, without a network between."""

    sid: str

    @classmethod
    def of(cls, cast: Cast, name: str, token: str = "") -> Line:
        """Somebody's, with a session of theirs."""
        if not token:
            with work.begin():
                token = service.start_session(cast.account(name))
        server, under = hub.io.server, new_id()
        server.environ[under] = {"HTTP_COOKIE": f"s={token}"}
        server.eio.sockets[under] = Connection(server.eio, under)
        line = cls(server.manager.connect(under, "/"))
        assert line.send("connect", server.environ[under]) is True
        return line

    def send(self, event: str, *words: Any) -> Any:
        """What the site answers to an event."""
        return hub.io.server._trigger_event(event, "/", self.sid, *words)


def test_an_event_that_nobody_listed_is_shut_to_every_role(
    forgotten: tuple[Flask, list[str]], cast: Cast
) -> None:
    _app, reached = forgotten
    for name in EVERYONE:
        line = Line.of(cast, name)
        answer = line.send("room:forgotten", {})
        assert answer["error"]["code"] == "forbidden", name
        assert answer == line.send("room:never-heard-of", {})
    assert reached == []
    assert {role for roles in ROLES.values() for role in roles} == set(Role)


@pytest.mark.parametrize("event", ["connect", "disconnect", "*", "message", "__class__"])
def test_names_that_the_library_keeps_for_itself_are_no_events(
    app: Flask, cast: Cast, event: str
) -> None:
    """Somebody's packet named "connect" is not a connection, and says nothing of a cookie."""
    with work.begin():
        token = service.start_session(cast.account("ada"))
    noor = Line.of(cast, "noor")
    for claims in ({"HTTP_COOKIE": f"s={token}"}, None, "x", []):
        assert noor.send(event, claims)["error"]["code"] == "forbidden"
    assert hub.joined("role:admin") == 0
    assert hub.joined(f"account:{cast.noor.id}") == 1


def test_a_session_has_only_so_many_sockets(app: Flask, cast: Cast) -> None:
    with work.begin():
        token = service.start_session(cast.account("noor"))
    for _ in range(door.SOCKETS_OF_SESSION):
        Line.of(cast, "noor", token)
    with pytest.raises(SocketIOError, match="full"):
        Line.of(cast, "noor", token)
    Line.of(cast, "zed")
