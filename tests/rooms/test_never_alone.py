"""A room that is never left alone: nobody writes there unless a facilitator and a second are here."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from peer.accounts import service as accounts
from peer.core import clock, queue, work
from peer.core.errors import Invalid, RoomClosed
from peer.policy.floor import HERE_FOR, FloorState, Present, staffing
from peer.policy.roles import Actor
from peer.rooms import queries, service
from peer.rooms.models import Membership, Room
from tests.cast import Cast
from tests.rooms.place import a_room, floor, here, said

SignIn = Callable[[str], FlaskClient]
Post = Callable[..., TestResponse]
EVENING = datetime(2026, 5, 5, 19, 0, tzinfo=UTC)
BLINK = timedelta(seconds=1)


@pytest.fixture
def room(either: Flask, cast: Cast) -> Room:
    """A room of Noor and Zed that Fay leads; Mo is a moderator, Cora a coordinator."""
    with clock.stopped_at(EVENING):
        made = a_room(cast, cast.noor, cast.zed, cast.fay, cast.mo, cast.cora, staffed=True)
        with work.begin():
            service.set_facilitators(cast.cora, made.id, [cast.fay.id])
    return made


def test_one_facilitator_and_one_other_are_what_it_takes() -> None:
    fay, mo, cora = Present("fay", True), Present("mo", False), Present("cora", False)
    assert staffing([]) == FloorState.NO_STAFF
    assert staffing([fay]) == FloorState.NO_SECOND
    assert staffing([mo, cora]) == FloorState.NO_FACILITATOR
    assert staffing([fay, mo]) == FloorState.OPEN
    assert staffing([fay, Present("flo", True)]) == FloorState.OPEN


def test_noor_writes_once_both_are_here_and_not_before(room: Room, cast: Cast) -> None:
    with clock.stopped_at(EVENING):
        here(room, cast.noor, cast.zed)
        for people, state in (
            ((), FloorState.NO_STAFF),
            ((cast.mo, cast.cora), FloorState.NO_FACILITATOR),
            ((cast.fay,), None),
        ):
            here(room, *people)
            if state is not None:
                assert floor(room).state == state
                with pytest.raises(RoomClosed):
                    said(cast.noor, room, "Is anybody here?")
        said(cast.noor, room, "Good evening")


def test_second_person_who_drops_has_a_minute_to_come_back(room: Room, cast: Cast) -> None:
    with clock.stopped_at(EVENING):
        here(room, cast.fay, cast.mo)
    with clock.stopped_at(EVENING + HERE_FOR - BLINK):
        here(room, cast.fay)
        said(cast.noor, room, "Still open")
    with clock.stopped_at(EVENING + HERE_FOR):
        assert floor(room).state == FloorState.NO_SECOND
        with pytest.raises(RoomClosed, match="waits for a second person"):
            said(cast.noor, room, "Too late")
        here(room, cast.mo)
        said(cast.noor, room, "Open again")


def test_facilitator_of_another_room_does_not_lead_this_one(room: Room, cast: Cast) -> None:
    with clock.stopped_at(EVENING):
        with work.begin():
            service.set_facilitators(cast.cora, room.id, [])
        here(room, cast.fay, cast.mo)
        assert floor(room).state == FloorState.NO_FACILITATOR


def test_suspended_facilitator_counts_no_more_at_once(room: Room, cast: Cast) -> None:
    with clock.stopped_at(EVENING):
        here(room, cast.fay, cast.mo)
        assert floor(room).is_open
        with work.begin():
            accounts.suspend(cast.fay.id, by=cast.ada, days=None)
        assert floor(room).state == FloorState.NO_FACILITATOR


def test_reading_and_taking_back_stay_open_to_all_while_it_is_still(room: Room, cast: Cast) -> None:
    with clock.stopped_at(EVENING):
        here(room, cast.fay, cast.mo)
        message = said(cast.noor, room, "On second thought")
    with clock.stopped_at(EVENING + 2 * HERE_FOR), work.begin():
        assert queries.room_to_read(cast.noor, room.id)
        service.remove_message(cast.noor, message.id)
    with clock.stopped_at(EVENING + 2 * HERE_FOR), work.begin(), pytest.raises(RoomClosed):
        service.writing(cast.zed, room.id)


def test_commons_needs_nobody_and_notes_nobody(either: Flask, cast: Cast) -> None:
    commons = a_room(cast, cast.noor)
    said(cast.noor, commons, "Just me")
    with work.begin(writes=False):
        assert not service.is_to_be_noted(cast.noor, commons.id)
        assert queries.rooms_noting_company([commons.id]) == []


def test_who_was_where_is_forgotten_within_minutes(room: Room, cast: Cast) -> None:
    with clock.stopped_at(EVENING):
        here(room, cast.fay, cast.noor)
    with clock.stopped_at(EVENING + 4 * HERE_FOR):
        queue.sweep_now("rooms.company")
    with work.begin(writes=False) as session:
        assert session.query(Membership).filter(Membership.here_at.is_not(None)).count() == 0


def test_opening_pages_without_scripts_is_being_here(
    app: Flask, signed_in: SignIn, post: Post, cast: Cast
) -> None:
    room = a_room(cast, cast.noor, cast.fay, cast.mo, staffed=True)
    with work.begin():
        service.set_facilitators(cast.cora, room.id, [cast.fay.id])
    noor, fay, mo = signed_in("noor"), signed_in("fay"), signed_in("mo")
    page = noor.get(f"/rooms/{room.id}").get_data(as_text=True)
    assert "This room is never left alone" in page
    form = {"text": "kept words", "nonce": "one"}
    refused = post(noor, f"/rooms/{room.id}/messages", form)
    assert refused.status_code == 409
    assert "kept words</textarea>" in refused.get_data(as_text=True)
    fay.get(f"/rooms/{room.id}")
    assert "waits for a second person" in noor.get(f"/rooms/{room.id}/now").get_data(as_text=True)
    mo.get(f"/rooms/{room.id}")
    assert 'data-write="yes"' in noor.get(f"/rooms/{room.id}/now").get_data(as_text=True)
    assert post(noor, f"/rooms/{room.id}/messages", form).status_code == 303


def test_coordinator_chooses_whether_a_room_may_be_left_alone(
    app: Flask, signed_in: SignIn, post: Post, cast: Cast
) -> None:
    room = a_room(cast)
    cora = signed_in("cora")
    form = {
        "name": "Commons",
        "kind": "open_hours",
        "entry": "everyone",
        "keep_days": "90",
        "staffed": "y",
    }
    for wanted in (True, False):
        if not wanted:
            del form["staffed"]
        assert post(cora, f"/rooms/{room.id}/edit", form).status_code == 303
        with work.begin(writes=False):
            assert queries.room_with(room.id).staffed is wanted


def test_only_a_coordinator_lets_a_room_be_left_alone_and_not_while_a_session_runs(
    either: Flask, cast: Cast
) -> None:
    room = a_room(cast, cast.noor, cast.fay, cast.mo, kind="session")
    as_it_is = {
        "name": "Evening",
        "about": "",
        "agreement": [],
        "question": "",
        "entry": "everyone",
    }

    def leave_alone(who: Actor) -> None:
        with work.begin():
            service.edit_room(who, room.id, **as_it_is, ask_again=False, staffed=False)

    with work.begin():
        service.set_facilitators(cast.cora, room.id, [cast.fay.id])
        service.begin_now(cast.fay, room.id)
    here(room, cast.noor, cast.fay, cast.mo)
    with work.begin():
        service.tend(room.id)
    for who in (cast.fay, cast.cora):
        with pytest.raises(Invalid):
            leave_alone(who)
    with work.begin():
        service.end_now(cast.fay, room.id)
    with pytest.raises(Invalid):
        leave_alone(cast.fay)
    leave_alone(cast.cora)
