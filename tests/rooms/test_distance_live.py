"""Muting and blocking over real sockets: numbers stay whole, and nobody finds out."""

import secrets
from collections.abc import Callable
from typing import Any

import pytest

from peer.accounts import service as accounts
from peer.core import work
from peer.rooms import service
from peer.rooms.models import Room
from tests.cast import Cast
from tests.plugins.sockets import Socket
from tests.rooms.place import a_room, kept_by, said
from tests.rooms.test_talking_live import join, numbers, post, texts
from tests.rooms.test_two_processes import two

__all__ = ["two"]
Open = Callable[..., Socket]
CHANGES = {"message:posted", "message:changed"}


@pytest.fixture
def room(live: object, cast: Cast) -> Room:
    return a_room(cast, cast.noor, cast.zed, cast.sol)


def blocks(cast: Cast, room: Room, text: str = "one", heard: Socket | None = None) -> None:
    """Noor blocks Zed for something that he said, once a page has heard it."""
    his = said(cast.zed, room, text)
    if heard is not None:
        until(heard, his.place or 0)
    with work.begin():
        service.keep_distance(cast.noor, his.id, "block")


def looks_again(socket: Socket) -> None:
    """A page is told that whom its person hears has changed: from then on it holds."""
    assert socket.wait_for("mine:changed", where=lambda payload: payload == {}) == {}


def until(socket: Socket, seq: int) -> None:
    """Wait until a page has heard change number `seq`."""
    for _ in range(750):
        if seq in {payload["seq"] for name, payload in list(socket.heard) if name in CHANGES}:
            return
        socket.client.sleep(0.02)
    pytest.fail(f"number {seq} was not heard")


def told(socket: Socket, seq: int) -> Any:
    """What a page heard for a number."""
    return next(
        payload for name, payload in list(socket.heard) if name in CHANGES and payload["seq"] == seq
    )


def test_page_that_is_open_hears_the_number_and_not_the_words(
    open_socket: Open, room: Room, cast: Cast
) -> None:
    noor, sol, zed = open_socket("noor"), open_socket("sol"), open_socket("zed")
    for socket in (noor, sol, zed):
        join(socket, room)
    blocks(cast, room, heard=noor)
    looks_again(noor)
    post(zed, room, "not for her", "z1")
    post(sol, room, "for everybody", "s1")
    for socket in (noor, sol, zed):
        until(socket, 3)
        assert numbers(socket, room) == [1, 2, 3]
    assert told(noor, 2) == {
        "id": told(sol, 2)["id"],
        "room": room.id,
        "seq": 2,
        "state": "removed",
    }
    assert texts(noor) == ["one", "for everybody"]
    assert texts(sol) == texts(zed) == ["one", "not for her", "for everybody"]
    assert "mine:changed" not in [name for name, _ in zed.heard + sol.heard]


def test_who_comes_back_is_given_every_number_and_no_words_of_the_blocked(
    open_socket: Open, room: Room, cast: Cast
) -> None:
    blocks(cast, room)
    sol = open_socket("sol")  # somebody listens: what is missed comes from memory too
    join(sol, room)
    said(cast.sol, room, "two")
    said(cast.zed, room, "three")
    until(sol, 3)
    noor = open_socket("noor")
    answer = join(noor, room, since=0)
    assert [message["seq"] for message in answer["messages"]] == [1, 2, 3]
    assert [message.get("text") for message in answer["messages"]] == [None, "two", None]
    assert [m["text"] for m in join(open_socket("noor"), room)["messages"]] == ["two"]
    earlier = noor.send("room:earlier", room=room.id, before=99)
    assert [message["text"] for message in earlier["messages"]] == ["two"]


def test_his_warm_word_is_counted_for_everybody_but_her(
    open_socket: Open, room: Room, cast: Cast
) -> None:
    hers = said(cast.noor, room, "hello")
    blocks(cast, room, "two")
    noor, sol, zed = open_socket("noor"), open_socket("sol"), open_socket("zed")
    for socket in (noor, sol, zed):
        join(socket, room)
    answer = zed.send("message:react", id=hers.id, kind="glad")
    assert answer["ok"]
    assert answer["message"]["reactions"] == {"glad": 1}
    for socket in (noor, sol, zed):
        until(socket, 3)
    assert told(noor, 3)["reactions"] == {}
    assert told(zed, 3)["reactions"] == told(sol, 3)["reactions"] == {"glad": 1}
    assert told(noor, 3)["nonce"]


def test_what_she_is_refused_names_nothing_and_what_he_does_is_not_refused(
    open_socket: Open, room: Room, cast: Cast
) -> None:
    his = said(cast.zed, room, "one")
    hers = said(cast.noor, room, "two")
    blocks(cast, room, "three")
    noor, zed = open_socket("noor"), open_socket("zed")
    refused = noor.send("message:react", id=his.id, kind="glad")
    unknown = noor.send("message:react", id="unknown", kind="glad")
    assert refused["error"]["code"] == unknown["error"]["code"] == "forbidden"
    assert not post(noor, room, "an answer", "n1", reply_to=his.id)["ok"]
    assert post(zed, room, "an answer", "z1", reply_to=hers.id)["ok"]
    assert zed.send("message:react", id=hers.id, kind="glad")["ok"]
    assert zed.send("room:typing", room=room.id)["ok"]


def test_hearing_somebody_again_takes_hold_at_once(
    open_socket: Open, room: Room, cast: Cast
) -> None:
    blocks(cast, room)
    noor = open_socket("noor")
    join(noor, room)
    with work.begin():
        service.end_distance(cast.noor, kept_by(cast.noor))
    looks_again(noor)
    said(cast.zed, room, "two")
    noor.wait_for("message:posted", where=lambda message: message["text"] == "two")


@pytest.mark.postgres
def test_on_two_processes_over_postgresql_it_holds_on_the_other_one(two: list[str]) -> None:
    cast = Cast()
    room = a_room(cast, cast.noor, cast.zed)
    sockets = {}
    for n, who in enumerate(("noor", "zed")):
        with work.begin():
            token = accounts.start_session(cast.account(who))
        sockets[who] = Socket(two[n], token)
        join(sockets[who], room)
    try:
        blocks(cast, room)
        looks_again(sockets["noor"])
        post(sockets["zed"], room, "not for her", secrets.token_hex(4))
        for socket in sockets.values():
            until(socket, 2)
            assert numbers(socket, room) == [1, 2]
        assert told(sockets["noor"], 2)["state"] == "removed"
        assert told(sockets["zed"], 2)["text"] == "not for her"
    finally:
        for socket in sockets.values():
            socket.client.disconnect()
