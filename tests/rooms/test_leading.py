"""Steering a room: pause, slow down, hold everything for a look, the question, a closing round."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from peer.core import clock, work
from peer.core.errors import Conflict, Invalid, NotFound, RoomClosed, SlowDown
from peer.moderation import queries as moderation
from peer.policy.floor import FloorState
from peer.policy.roles import Actor
from peer.policy.rooms import MessageState
from peer.rooms import queries, service
from peer.rooms.models import Room
from tests.cast import Cast
from tests.rooms.place import a_private_room, a_room, floor, here, said

SignIn = Callable[[str], FlaskClient]
Post = Callable[..., TestResponse]
EVENING = datetime(2026, 5, 5, 18, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
CALM: dict[str, object] = {"slow_seconds": 0, "hold_all": False, "question": ""}


@pytest.fixture
def room(either: Flask, cast: Cast) -> Room:
    """An open room of Noor and Zed that Fay leads, with Mo in it."""
    made = a_room(cast, cast.noor, cast.zed, cast.fay, cast.mo, ask_again=False)
    with work.begin():
        service.set_facilitators(cast.cora, made.id, [cast.fay.id])
    return made


def paused(room: Room, who: object, *, on: bool) -> None:
    with work.begin():
        service.pause(who, room.id, on=on)


def steered(room: Room, who: object, **more: object) -> None:
    with work.begin():
        service.steer(who, room.id, **CALM | more)


def test_while_it_is_paused_only_who_leads_writes(room: Room, cast: Cast) -> None:
    message = said(cast.zed, room, "Before")
    paused(room, cast.fay, on=True)
    assert floor(room).state == FloorState.PAUSED
    said(cast.fay, room, "Let us breathe for a moment")
    for who in (cast.noor, cast.mo):
        with pytest.raises(RoomClosed, match="paused"):
            said(who, room, "And")
    with work.begin(), pytest.raises(RoomClosed):
        service.react(cast.noor, message.id, "with_you")
    with work.begin():
        service.remove_message(cast.zed, message.id)
    paused(room, cast.fay, on=False)
    said(cast.noor, room, "Going on")


def test_moderator_in_the_room_can_pause_it_and_others_cannot(room: Room, cast: Cast) -> None:
    paused(room, cast.mo, on=True)
    paused(room, cast.mo, on=True)
    for who in (cast.noor, cast.mia, cast.cora, cast.tess):
        with pytest.raises(NotFound):
            paused(room, who, on=False)
    assert floor(room).state == FloorState.PAUSED


def test_nobody_steers_the_room_of_two(either: Flask, cast: Cast) -> None:
    private = a_private_room(cast)
    for who in (cast.noor, cast.tess, cast.fay, cast.mo):
        with pytest.raises(NotFound):
            paused(private, who, on=True)


def test_slowed_down_a_moment_lies_between_two_messages(room: Room, cast: Cast) -> None:
    begins = clock.now()
    with clock.stopped_at(begins):
        steered(room, cast.fay, slow_seconds=30)
        said(cast.noor, room, "One")
        said(cast.zed, room, "Mine goes too")
    with clock.stopped_at(begins + 12 * SECOND):
        with pytest.raises(SlowDown) as waiting:
            said(cast.noor, room, "Two")
        assert waiting.value.retry_ms == 18_000
        said(cast.fay, room, "I lead")
        said(cast.fay, room, "and am not slowed")
    with clock.stopped_at(begins + 30 * SECOND):
        said(cast.noor, room, "Two")


def test_slowed_down_changed_words_take_their_time_as_new_ones_do(room: Room, cast: Cast) -> None:
    begins = clock.now()
    with clock.stopped_at(begins):
        steered(room, cast.fay, slow_seconds=30)
        message = said(cast.noor, room, "One")
        mine = said(cast.fay, room, "I lead")

    def changes(who: Actor, message_id: str, words: str) -> None:
        with work.begin():
            service.edit_message(who, message_id, text=words)

    with clock.stopped_at(begins + 10 * SECOND):
        with pytest.raises(SlowDown) as waiting:
            changes(cast.noor, message.id, "Two, said as One")
        assert waiting.value.retry_ms == 20_000
        changes(cast.fay, mine.id, "I lead, and am not slowed")
    with clock.stopped_at(begins + 30 * SECOND):
        changes(cast.noor, message.id, "Two, said as One")
    with clock.stopped_at(begins + 50 * SECOND):
        with pytest.raises(SlowDown):
            said(cast.noor, room, "Three")
        with pytest.raises(SlowDown):
            changes(cast.noor, message.id, "Three, said as One")
    with clock.stopped_at(begins + 60 * SECOND):
        said(cast.noor, room, "Three")


def test_everything_waits_for_a_look_but_words_in_distress(room: Room, cast: Cast) -> None:
    steered(room, cast.fay, hold_all=True)
    message = said(cast.noor, room, "Good evening")
    assert message.state == MessageState.HELD
    with work.begin(writes=False):
        item = moderation.item_of("message", message.id)
        assert item is not None
        assert item.held
    assert said(cast.zed, room, "I want to die").state == MessageState.VISIBLE
    assert said(cast.fay, room, "Welcome").state == MessageState.VISIBLE
    steered(room, cast.fay)
    assert said(cast.noor, room, "Hello again").state == MessageState.VISIBLE


def test_question_changes_and_nonsense_is_refused(room: Room, cast: Cast) -> None:
    steered(room, cast.fay, question="  What\nhelped? ")
    with work.begin(writes=False):
        assert queries.room_with(room.id).question == "What helped?"
    for wrong in ({"slow_seconds": 7}, {"question": "x" * 201}):
        with pytest.raises(Invalid):
            steered(room, cast.fay, **wrong)


def test_pause_in_a_circle_keeps_the_piece_and_ends_with_the_session(
    either: Flask, cast: Cast
) -> None:
    people = (cast.noor, cast.zed, cast.fay, cast.mo)
    with clock.stopped_at(EVENING):
        room = a_room(cast, *people, kind="circle", ask_again=False)
        with work.begin():
            service.set_facilitators(cast.cora, room.id, [cast.fay.id])
        here(room, *people)
        with work.begin():
            now = service.begin_now(cast.fay, room.id)
            service.begin_round(cast.fay, room.id, number=0)
            found = queries.circle_in(now.id)
        assert found is not None
        holder = cast.noor if found[1].holder == cast.noor.id else cast.zed
        paused(room, cast.fay, on=True)
        with pytest.raises(RoomClosed, match="paused"):
            said(holder, room, "I had the piece")
        paused(room, cast.fay, on=False)
        said(holder, room, "I still have it")
        paused(room, cast.fay, on=True)
        with work.begin():
            service.end_now(cast.fay, room.id)
        with work.begin(writes=False):
            assert queries.room_with(room.id).paused_at is None


def test_closing_round_in_a_session_gives_everybody_one_turn(either: Flask, cast: Cast) -> None:
    people = (cast.noor, cast.zed, cast.fay, cast.mo)
    with clock.stopped_at(EVENING):
        room = a_room(cast, *people, kind="session", ask_again=False)
        with work.begin():
            service.set_facilitators(cast.cora, room.id, [cast.fay.id])
        here(room, *people)
        with work.begin():
            service.begin_now(cast.fay, room.id)
        said(cast.noor, room, "Everybody writes")
        with work.begin():
            service.begin_round(cast.fay, room.id, number=0, closing=True)
        refused = 0
        for who in (cast.noor, cast.zed):
            try:
                said(who, room, "Goodbye")
            except RoomClosed:
                refused += 1
        assert refused == 1


def test_facilitator_steers_by_form_and_reads_numbers_only(
    app: Flask, signed_in: SignIn, post: Post, cast: Cast
) -> None:
    room = a_room(cast, cast.noor, cast.fay, cast.mo, kind="session", name="Evening")
    with work.begin():
        service.set_facilitators(cast.cora, room.id, [cast.fay.id])
    here(room, cast.noor, cast.fay, cast.mo)
    where, fay, noor = f"/rooms/{room.id}", signed_in("fay"), signed_in("noor")
    assert post(fay, f"{where}/begin").status_code == 303
    said(cast.noor, room, "canary words")
    assert post(noor, f"{where}/pause", {"on": "yes"}).status_code == 404
    assert noor.get(f"{where}/lead").status_code == 404
    assert post(fay, f"{where}/pause", {"on": "yes"}).status_code == 303
    assert "has paused the room" in noor.get(where).get_data(as_text=True)
    for says_nothing in ({}, {"on": "perhaps"}):
        assert post(fay, f"{where}/pause", says_nothing).status_code == 422
    assert "has paused the room" in noor.get(where).get_data(as_text=True)
    assert post(fay, f"{where}/pause", {"on": "no"}).status_code == 303
    form = {"question": "What carried you?", "slow_seconds": "60"}
    assert post(fay, f"{where}/lead", form).status_code == 303
    page = noor.get(where).get_data(as_text=True)
    assert "What carried you?" in page
    assert "slowed down: 60 seconds" in page
    assert post(fay, f"{where}/lead", {"slow_seconds": "7"}).status_code == 422
    assert post(fay, f"{where}/end").status_code == 303
    page = fay.get(f"{where}/lead").get_data(as_text=True)
    report = page.split("Sessions so far")[-1]
    assert '<td class="num">3</td>' in report, "three came"
    assert "canary" not in report
    assert "Noor" not in report


def test_agenda_is_gone_through_point_by_point(room: Room, cast: Cast) -> None:
    with work.begin():
        service.plan_agenda(cast.fay, room.id, "10 Arriving\n\n25  A round\n5 Goodbye")
    with work.begin(writes=False):
        assert queries.room_with(room.id).agenda == [
            [10, "Arriving"],
            [25, "A round"],
            [5, "Goodbye"],
        ]
    for step in (0, 1, 2):
        with work.begin():
            service.go_through(cast.fay, room.id, step=step)
        with work.begin(), pytest.raises(Conflict):
            service.go_through(cast.mo, room.id, step=step)
    with work.begin():
        service.go_through(cast.fay, room.id, step=3)
    with work.begin(writes=False):
        assert queries.room_with(room.id).agenda_step == 0
    for wrong in ("Arriving", "0 Arriving", "999 Arriving", "10", "١٠ Arriving", "5 x\n" * 13):
        with work.begin(), pytest.raises(Invalid):
            service.plan_agenda(cast.fay, room.id, wrong)


def test_word_to_one_person_is_seen_by_them_and_the_team_and_nobody_else(
    app: Flask, signed_in: SignIn, post: Post, cast: Cast
) -> None:
    room = a_room(cast, cast.noor, cast.zed, cast.fay, cast.mo)
    with work.begin():
        service.set_facilitators(cast.cora, room.id, [cast.fay.id])
    where, fay = f"/rooms/{room.id}", signed_in("fay")
    noor = queries.person_id(room.id, cast.noor.id)
    form = {"to": noor, "text": "Would you like a quiet word with me later?"}
    assert post(signed_in("zed"), f"{where}/whisper", form).status_code == 404
    for nobody in (cast.noor.id, queries.person_id(room.id, cast.sol.id), cast.sol.id):
        assert post(fay, f"{where}/whisper", {**form, "to": nobody}).status_code == 404
    again = post(fay, f"{where}/whisper", {**form, "text": " "})
    assert again.status_code == 422
    assert post(fay, f"{where}/whisper", form).status_code == 303
    for name, sees in (("noor", True), ("mo", True), ("fay", True), ("zed", False)):
        page = signed_in(name).get(where).get_data(as_text=True)
        assert ("a quiet word with me" in page) is sees, name
    assert "To you alone, from Fay:" in signed_in("noor").get(where).get_data(as_text=True)
    with clock.stopped_at(clock.now() + timedelta(hours=1)), work.begin(writes=False):
        assert queries.whispers_for(room.id, cast.noor.id, all_of_them=False) == []


def test_agenda_by_form_says_what_is_wrong_and_keeps_it(
    app: Flask, signed_in: SignIn, post: Post, cast: Cast
) -> None:
    room = a_room(cast, cast.noor, cast.fay)
    with work.begin():
        service.set_facilitators(cast.cora, room.id, [cast.fay.id])
    where, fay = f"/rooms/{room.id}", signed_in("fay")
    wrong = post(fay, f"{where}/agenda", {"agenda": "Arriving"})
    assert wrong.status_code == 422
    assert "Arriving</textarea>" in wrong.get_data(as_text=True)
    assert post(fay, f"{where}/agenda", {"agenda": "10 Arriving"}).status_code == 303
    assert "Next:" in fay.get(where).get_data(as_text=True)
    assert post(fay, f"{where}/agenda/next", {"step": "0"}).status_code == 303
    page = signed_in("noor").get(where).get_data(as_text=True)
    assert "Arriving" in page
    assert "Next:" not in page
