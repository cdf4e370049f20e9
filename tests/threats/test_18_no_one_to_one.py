"""Two people are alone together only as mentor and mentee who have both said yes."""

from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from peer.core import work
from peer.policy.rooms import RoomKind
from peer.rooms import queries
from peer.rooms.models import Room
from tests.cast import Cast
from tests.mentoring.making import both_say_yes, noor_and_tess_are_asked
from tests.plugins.sockets import Socket
from tests.rooms.place import a_private_room, a_room

SignIn = Callable[[str], FlaskClient]
Post = Callable[..., TestResponse]
EVERYBODY = ("noor", "zed", "fay", "mo", "cora", "ada", "tess")


def private_rooms() -> int:
    with work.begin(writes=False) as session:
        query = select(func.count(Room.id)).where(Room.kind == RoomKind.ONE_TO_ONE)
        return session.scalar(query) or 0


def test_no_one_to_one_outside_an_accepted_mentorship(
    signed_in: SignIn, post: Post, cast: Cast
) -> None:
    for name in EVERYBODY:
        client = signed_in(name)
        for kind in ("mentorship", "one_to_one"):
            post(client, "/rooms/new", {"name": "We two", "entry": kind, "kind": kind})
    assert private_rooms() == 0
    proposal = noor_and_tess_are_asked(cast)
    noor, tess = signed_in("noor"), signed_in("tess")
    assert post(noor, f"/mentoring/proposals/{proposal}", {"answer": "yes"}).status_code == 303
    assert private_rooms() == 0, "one yes is not enough"
    assert post(tess, f"/mentoring/proposals/{proposal}", {"answer": "yes"}).status_code == 303
    assert private_rooms() == 1
    with work.begin(writes=False) as session:
        room = session.scalars(select(Room).where(Room.kind == RoomKind.ONE_TO_ONE)).one()
        assert {person.id for person in queries.people_in(room.id)} == {cast.noor.id, cast.tess.id}


def test_nobody_comes_into_the_room_of_two_by_a_page(
    signed_in: SignIn, post: Post, cast: Cast
) -> None:
    proposal = noor_and_tess_are_asked(cast)
    both_say_yes(cast, proposal)
    with work.begin(writes=False) as session:
        room = session.scalars(select(Room).where(Room.kind == RoomKind.ONE_TO_ONE)).one().id
    for name in set(EVERYBODY) - {"noor", "tess"}:
        client = signed_in(name)
        assert client.get(f"/rooms/{room}").status_code == 404
        for verb, form in (
            ("agree", {}),
            ("messages", {"text": "Hello", "nonce": "a-nonce-of-a-page"}),
            ("people", {"name": "Zed"}),
        ):
            assert post(client, f"/rooms/{room}/{verb}", form).status_code in {404, 405}
    for name in ("noor", "tess"):
        answer = post(signed_in(name), f"/rooms/{room}/people", {"name": "Zed"})
        assert answer.status_code in {404, 405}


def test_nobody_comes_into_the_room_of_two_by_a_socket(
    open_socket: Callable[..., Socket], cast: Cast
) -> None:
    room = a_private_room(cast)
    a_room(cast, cast.zed)
    for name in ("zed", "fay", "mo", "cora", "ada"):
        socket = open_socket(name)
        for event, more in (
            ("room:join", {"since": None}),
            ("message:post", {"text": "Hello", "nonce": "n"}),
            ("room:typing", {}),
        ):
            answer = socket.send(event, room=room.id, **more)
            assert answer["error"]["code"] == "forbidden", (name, event)
        assert not [heard for heard in socket.heard if heard[0].startswith(("message", "room"))]
