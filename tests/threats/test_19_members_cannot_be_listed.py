"""There is no list of members, no search for them, and nobody sees who is online."""

import json
from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from peer.policy.doors import EVENTS
from tests.cast import Cast
from tests.plugins.sockets import Socket
from tests.rooms.place import a_room, said

SignIn = Callable[[str], FlaskClient]
Post = Callable[..., TestResponse]
# They keep still: nobody but staff who bring people together has a reason to know of them.
QUIET = ("Sol", "Uma")
ORDINARY = ("noor", "tess", "fay")


def test_members_cannot_be_listed_searched_or_watched_online(
    app: Flask, signed_in: SignIn, post: Post, cast: Cast
) -> None:
    for name in QUIET:
        cast.account(name)
        signed_in(name.lower())
    room = a_room(cast, cast.noor, cast.tess, cast.sol, cast.uma, entry="invited")
    said(cast.noor, room, "Good evening.")
    plain = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ())
        and not rule.arguments
        and rule.endpoint != "accounts.leave"
    ]
    for name in ORDINARY:
        client = signed_in(name)
        for address in [*plain, f"/rooms/{room.id}"]:
            page = client.get(address).get_data(as_text=True)
            for quiet in QUIET:
                assert f">{quiet}<" not in page, (name, address)
        assert post(client, "/people", {"called": "s"}).status_code == 404
        assert client.get("/people").status_code == 404
        for address in (f"/people/{cast.sol.id}", f"/rooms/{room.id}/people"):
            assert client.get(address).status_code == 404, (name, address)


def test_no_socket_event_asks_who_is_here() -> None:
    asking = {name for name in EVENTS if name.split(":")[1] in {"who", "list", "people", "search"}}
    assert asking == set()


def test_presence_is_a_number(open_socket: Callable[..., Socket], cast: Cast) -> None:
    room = a_room(cast, cast.noor, cast.zed, cast.sol)
    quiet = open_socket("sol")
    quiet.send("room:join", room=room.id, since=None)
    noor = open_socket("noor")
    answer = noor.send("room:join", room=room.id, since=None)
    assert set(answer) == {"ok", "seq", "messages", "more"}
    open_socket("zed").send("room:join", room=room.id, since=None)
    noor.wait_for("room:presence")
    heard = json.dumps(noor.heard)
    for person in (cast.sol, cast.zed):
        assert person.name not in heard
        assert person.id not in heard
