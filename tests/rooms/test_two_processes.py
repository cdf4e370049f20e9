"""Two web processes over PostgreSQL and Redis: everybody sees the same room."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from peer.accounts import service as accounts
from peer.accounts.queries import actor_from
from peer.core import work
from peer.rooms import service
from tests.cast import Cast
from tests.plugins.processes import web_processes
from tests.plugins.sockets import Socket
from tests.rooms.place import a_room, said, word

TALKERS, EACH = 4, 10


@pytest.fixture
def two(tmp_path: Path, migrated_postgres_url: str, redis_url: str) -> Iterator[list[str]]:
    """The addresses of two web processes of one site, this process being a third."""
    with web_processes(
        2, tmp_path, database_url=migrated_postgres_url, redis_url=redis_url
    ) as addresses:
        yield addresses


def test_two_processes_see_the_same_order_and_the_same_people(two: list[str]) -> None:
    cast = Cast()
    guests = [cast.newcomer() for _ in range(TALKERS)]
    room = a_room(cast, cast.noor, *[actor_from(guest) for guest in guests])
    sockets = []
    for n, guest in enumerate(guests):
        with work.begin():
            token = accounts.start_session(guest)
        sockets.append(Socket(two[n % 2], token))
    try:
        for socket in sockets:
            assert socket.send("room:join", room=room.id, since=None)["ok"]
        _talk(sockets, room.id)
        said(cast.noor, room, "from a third process")
        _compare(sockets, TALKERS * EACH + 1)
        _count(sockets, room.id)
        _hide(sockets, room.id, cast, guests[0].id)
    finally:
        for socket in sockets:
            socket.client.disconnect()


def _talk(sockets: list[Socket], room_id: str) -> None:
    answers = []

    def talk(n: int) -> None:
        answers.extend(
            sockets[n].send(
                "message:post", room=room_id, text=f"{word(n)} {word(m)}", nonce=f"n{m}"
            )
            for m in range(EACH)
        )

    threads = [threading.Thread(target=talk, args=(n,)) for n in range(TALKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer for answer in answers if not answer["ok"]] == []


def _compare(sockets: list[Socket], last: int) -> None:
    orders = []
    for socket in sockets:
        socket.wait_for("message:posted", where=lambda m: m["seq"] == last, seconds=10)
        heard = [payload for name, payload in socket.heard if name == "message:posted"]
        assert [message["seq"] for message in heard] == list(range(1, last + 1))
        orders.append([message["id"] for message in heard])
    assert all(order == orders[0] for order in orders)


def _count(sockets: list[Socket], room_id: str) -> None:
    everybody = {"room": room_id, "count": TALKERS}
    for socket in sockets:
        socket.wait_for("room:presence", where=lambda word: word == everybody, seconds=15)


def _hide(sockets: list[Socket], room_id: str, cast: Cast, account_id: str) -> None:
    """Who is taken out hears nothing more, in whichever process."""
    with work.begin():
        service.remove_person(cast.cora, room_id, account_id)
    gone, *others = sockets
    gone.wait_for("room:state", where=lambda state: state["state"] == "left")
    gone.heard.clear()
    assert others[0].send("message:post", room=room_id, text="after", nonce="last")["ok"]
    for socket in others:
        socket.wait_for("message:posted", where=lambda m: m["text"] == "after")
    assert not [name for name, _ in gone.heard if name.startswith("message")]
