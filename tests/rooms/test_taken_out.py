"""Who was taken out of a room stays out, is told so kindly, and can be let in again."""

from datetime import timedelta

import pytest
from flask import Flask

from peer.core import clock, work
from peer.core.errors import Conflict, NotFound, Refused
from peer.policy.admission import Later, Why
from peer.rooms import queries, service
from peer.rooms.models import Room
from tests.cast import Cast
from tests.rooms.place import a_room, said
from tests.rooms.test_pages import Post, SignIn, page

LONG = timedelta(days=400)


@pytest.fixture
def room(either: Flask, cast: Cast) -> Room:
    """A room that is open to all, which Fay leads."""
    made = a_room(cast, cast.noor, cast.zed, cast.fay, cast.mo, ask_again=False)
    with work.begin():
        service.set_facilitators(cast.cora, made.id, [cast.fay.id])
        service.remove_person(cast.fay, made.id, cast.noor.id)
    return made


def listed(who: object) -> list[str]:
    with work.begin(writes=False):
        return [card.room.id for card in queries.rooms_open_to(who)]


def test_who_was_taken_out_does_not_come_back_by_themselves(room: Room, cast: Cast) -> None:
    with work.begin(), pytest.raises(Refused, match="taken you out"):
        service.agree(cast.noor, room.id)
    with pytest.raises(NotFound):
        said(cast.noor, room, "still here")
    assert room.id not in listed(cast.noor)
    with clock.stopped_at(clock.now() + LONG), work.begin():
        service.expire_dates(100)
    with work.begin(), pytest.raises(Refused):
        service.agree(cast.noor, room.id)


def test_an_answer_at_the_door_does_not_undo_it(room: Room, cast: Cast) -> None:
    for answer in (
        lambda: service.let_one_in(cast.fay, room.id, cast.noor.id),
        lambda: service.ask_to_wait(cast.fay, room.id, cast.noor.id, next(iter(Later))),
        lambda: service.send_home(cast.fay, room.id, cast.noor.id, next(iter(Why))),
    ):
        with work.begin(), pytest.raises(Conflict):
            answer()
    with work.begin(), pytest.raises(Refused, match="taken you out"):
        service.agree(cast.noor, room.id)


def test_whoever_leaves_by_themselves_comes_back_as_they_like(room: Room, cast: Cast) -> None:
    with work.begin():
        service.leave_room(cast.zed, room.id)
    with work.begin():
        service.agree(cast.zed, room.id)
    said(cast.zed, room, "back")


def test_let_in_again_it_is_as_before(room: Room, cast: Cast) -> None:
    with work.begin():
        service.add_person(cast.cora, room.id, cast.noor.name)
        service.agree(cast.noor, room.id)
    said(cast.noor, room, "thank you")
    assert room.id in listed(cast.noor)
    with work.begin():
        service.leave_room(cast.noor, room.id)
        service.agree(cast.noor, room.id)


def test_moderator_comes_in_all_the_same(room: Room, cast: Cast) -> None:
    with work.begin():
        service.remove_person(cast.fay, room.id, cast.mo.id)
        service.agree(cast.mo, room.id)
    said(cast.mo, room, "looking in")


def test_it_is_said_to_the_person_and_to_whoever_looks_after_the_room(
    signed_in: SignIn, post: Post, room: Room, cast: Cast
) -> None:
    noor, fay = signed_in("noor"), signed_in("fay")
    answer = noor.get(f"/rooms/{room.id}")
    assert answer.status_code == 403
    assert "Your other rooms are open to you as before" in answer.get_data(as_text=True)
    assert "taken out of the room" in noor.get("/inbox").get_data(as_text=True)
    people = f"/rooms/{room.id}/people"
    text = fay.get(people).get_data(as_text=True)
    assert "Taken out" in text
    assert post(fay, people, {"name": cast.noor.name}).status_code == 303
    assert "Taken out" not in fay.get(people).get_data(as_text=True)
    assert noor.get(f"/rooms/{room.id}").status_code == 200
    assert "How we are together" in page(noor, room)
