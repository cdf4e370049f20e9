"""A quiet room: company without talking."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from peer.core import clock, queue, work
from peer.core.errors import Invalid, NotFound, RoomClosed, SlowDown
from peer.policy.rooms import GESTURES_FOR
from peer.rooms import queries, service
from peer.rooms.models import GestureMade, Room
from tests.cast import Cast
from tests.rooms.place import a_room, floor, here, said

SignIn = Callable[[str], FlaskClient]
Post = Callable[..., TestResponse]


@pytest.fixture
def room(either: Flask, cast: Cast) -> Room:
    return a_room(cast, cast.noor, cast.zed, kind="quiet")


def test_nobody_talks_and_it_may_be_left_alone(room: Room, cast: Cast) -> None:
    assert not room.staffed
    with pytest.raises(RoomClosed, match="without talking"):
        said(cast.noor, room, "Hello")
    here(room, cast.noor, cast.zed)
    assert floor(room).here == 2


def test_gesture_says_what_and_when_and_not_who(room: Room, cast: Cast) -> None:
    with work.begin():
        service.gesture(cast.noor, room.id, "tea")
        service.gesture(cast.zed, room.id, "tea")
    with work.begin(writes=False) as session:
        assert queries.gestures_in(room.id) == {"tea": 2}
        kept = {column.name for column in GestureMade.__table__.columns}
        assert kept == {"id", "room_id", "kind", "at"}
        assert session.query(GestureMade).count() == 2
    with clock.stopped_at(clock.now() + GESTURES_FOR):
        queue.sweep_now("rooms.company")
        with work.begin(writes=False) as session:
            assert session.query(GestureMade).count() == 0


def test_gestures_are_few_and_only_for_those_in_the_room(room: Room, cast: Cast) -> None:
    with work.begin(), pytest.raises(Invalid):
        service.gesture(cast.noor, room.id, "shout")
    with work.begin(), pytest.raises(NotFound):
        service.gesture(cast.sol, room.id, "wave")
    for _ in range(6):
        with work.begin():
            service.gesture(cast.noor, room.id, "wave")
    with work.begin(), pytest.raises(SlowDown):
        service.gesture(cast.noor, room.id, "wave")


def test_other_rooms_know_no_gestures(either: Flask, cast: Cast) -> None:
    commons = a_room(cast, cast.noor)
    with work.begin(), pytest.raises(NotFound):
        service.gesture(cast.noor, commons.id, "wave")


def test_quiet_room_by_plain_forms(app: Flask, signed_in: SignIn, post: Post, cast: Cast) -> None:
    room = a_room(cast, cast.noor, kind="quiet")
    noor = signed_in("noor")
    assert "1 person is here." in noor.get(f"/rooms/{room.id}").get_data(as_text=True)
    assert post(noor, f"/rooms/{room.id}/gesture").status_code == 422
    assert post(noor, f"/rooms/{room.id}/gesture", {"kind": "light"}).status_code == 303
    page = noor.get(f"/rooms/{room.id}").get_data(as_text=True)
    assert "A light <span" in page
    assert 'data-write="no"' in page
