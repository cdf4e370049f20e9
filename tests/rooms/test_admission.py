"""Letting people in one by one: nobody reads or hears anything before."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from peer.accounts import service as accounts
from peer.core import clock, work
from peer.core.errors import Conflict, NotFound, PeerError, Refused
from peer.policy import admission as policy
from peer.policy.admission import At
from peer.policy.roles import Actor
from peer.rooms import queries, service
from peer.rooms.models import Admission, Room
from tests.cast import ROLES, Cast
from tests.moderation.test_at_once import at_once
from tests.rooms.place import a_room, floor, here, said

SignIn = Callable[[str], FlaskClient]
Post = Callable[..., TestResponse]
EVENING = datetime(2026, 5, 5, 18, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def with_a_door(cast: Cast, **more: object) -> Room:
    """A room of Noor, Zed and Sol that Fay leads, with Mo in it; people are let in one by one."""
    for name in ROLES:
        cast.account(name)
    people = (cast.noor, cast.zed, cast.sol, cast.fay, cast.mo)
    room = a_room(cast, *people, lets_in=True, ask_again=False, **more)
    with work.begin():
        service.set_facilitators(cast.cora, room.id, [cast.fay.id])
    return room


@pytest.fixture
def room(either: Flask, cast: Cast) -> Room:
    return with_a_door(cast)


def come(room: Room, *people: Actor) -> None:
    for person in people:
        with work.begin():
            service.wait_at_door(person, room.id)


def let_in(room: Room, by: Actor, *people: Actor) -> None:
    for person in people:
        with work.begin():
            service.let_one_in(by, room.id, person.id)


def waiting(room: Room) -> list[str]:
    with work.begin(writes=False):
        found = queries.at_the_door(queries.room_with(room.id))
        return [each.account_id for each in found if each.state != At.NOT_NOW]


def reads(actor: Actor, room: Room) -> bool:
    with work.begin(writes=False):
        try:
            queries.room_to_read(actor, room.id)
        except PeerError:
            return False
    return True


def test_nobody_reads_or_writes_before_they_are_let_in(cast: Cast, room: Room) -> None:
    message = said(cast.fay, room, "Welcome, everybody")
    come(room, cast.noor)
    assert not reads(cast.noor, room)
    for act in (
        lambda: service.react(cast.noor, message.id, "with_you"),
        lambda: service.writing(cast.noor, room.id),
        lambda: service.mark_seen(cast.noor, room.id),
        lambda: queries.message_for(cast.noor, message.id),
        lambda: said(cast.noor, room, "Hello"),
    ):
        with pytest.raises(Refused, match="one by one"), work.begin():
            act()
    let_in(room, cast.fay, cast.noor)
    assert reads(cast.noor, room)
    said(cast.noor, room, "Hello")
    assert not reads(cast.zed, room), "each is let in on their own"


def test_the_team_waits_at_no_door(cast: Cast, room: Room) -> None:
    come(room, cast.fay, cast.mo)
    assert waiting(room) == []
    assert reads(cast.fay, room)
    assert reads(cast.mo, room)


def test_only_who_steers_the_room_opens_the_door(cast: Cast, room: Room) -> None:
    come(room, cast.noor)
    for who in (cast.noor, cast.zed, cast.tess, cast.cora, cast.ada, cast.mia):
        with pytest.raises(NotFound), work.begin():
            service.let_one_in(who, room.id, cast.noor.id)
        with pytest.raises(NotFound), work.begin():
            service.let_all_in(who, room.id)
    let_in(room, cast.mo, cast.noor)
    assert reads(cast.noor, room)


def test_messages_of_one_moment_meet_the_door_too(cast: Cast, room: Room) -> None:
    come(room, cast.noor, cast.zed)
    let_in(room, cast.fay, cast.noor)
    drafts = [
        service.Draft(who, room.id, text="hello", nonce=f"m-{who.name}")
        for who in (cast.noor, cast.zed, cast.fay)
    ]
    with work.begin():
        found = service.post_messages(drafts)
    assert [isinstance(each, Refused) for each in found] == [False, True, False]


def test_somebody_is_asked_to_wait_and_comes_in_after_all(cast: Cast, room: Room) -> None:
    come(room, cast.noor)
    with work.begin():
        service.ask_to_wait(cast.fay, room.id, cast.noor.id, "speaking")
    assert waiting(room) == [cast.noor.id]
    assert not reads(cast.noor, room)
    let_in(room, cast.fay, cast.noor)
    assert reads(cast.noor, room)


def test_not_this_time_stays_so_for_the_session_until_somebody_thinks_again(
    cast: Cast, room: Room
) -> None:
    come(room, cast.noor)
    with work.begin():
        service.send_home(cast.fay, room.id, cast.noor.id, "apart")
    come(room, cast.noor)
    assert waiting(room) == []
    assert not reads(cast.noor, room)
    let_in(room, cast.mo, cast.noor)
    assert reads(cast.noor, room)


def test_all_come_in_in_their_order_as_far_as_there_are_places(either: Flask, cast: Cast) -> None:
    with clock.stopped_at(EVENING):
        room = with_a_door(cast, kind="session", staffed=False)
        with work.begin():
            service.add_date(
                cast.fay, room.id, on=EVENING.date(), minute=20 * 60, length=60, places=2
            )
    with clock.stopped_at(EVENING + HOUR):
        come(room, cast.sol, cast.noor, cast.zed)
        with work.begin():
            assert service.let_all_in(cast.fay, room.id) == 2
        assert waiting(room) == [_last_of(room, cast)]
        with pytest.raises(Conflict, match="All places"), work.begin():
            service.let_one_in(cast.fay, room.id, waiting(room)[0])


def test_who_has_a_place_comes_in_behind_one_who_has_none(either: Flask, cast: Cast) -> None:
    with clock.stopped_at(EVENING):
        room = with_a_door(cast, kind="session", staffed=False)
        with work.begin():
            service.add_date(
                cast.fay, room.id, on=EVENING.date(), minute=20 * 60, length=60, places=2
            )
            (date,) = queries.dates_of(room.id, cast.fay.id)
            for person in (cast.noor, cast.zed):
                service.sign_up(person, room.id, date.gathering.id)
    with clock.stopped_at(EVENING + HOUR):
        come(room, cast.sol)
    with clock.stopped_at(EVENING + HOUR + timedelta(minutes=1)):
        come(room, cast.noor, cast.zed)
        with work.begin():
            assert service.let_all_in(cast.fay, room.id) == 2
        assert waiting(room) == [cast.sol.id]


def test_who_was_not_let_in_opens_no_session_and_holds_no_piece(either: Flask, cast: Cast) -> None:
    with clock.stopped_at(EVENING):
        room = with_a_door(cast, kind="circle")
        with work.begin():
            service.add_date(
                cast.fay, room.id, on=EVENING.date(), minute=20 * 60, length=60, quorum=2
            )
    with clock.stopped_at(EVENING + HOUR):
        come(room, cast.noor, cast.zed, cast.sol)
        here(room, cast.noor, cast.zed, cast.sol, cast.fay, cast.mo)
        assert floor(room).state == "too_few"
        let_in(room, cast.fay, cast.noor, cast.zed)
        here(room, cast.noor, cast.zed, cast.sol, cast.fay, cast.mo)
        with work.begin():
            service.tend(room.id)
        assert floor(room).state == "open"
        with work.begin():
            found = queries.people_for_circle(floor(room).gathering_id)
        assert sorted(found) == sorted([cast.noor.id, cast.zed.id])


def _last_of(room: Room, cast: Cast) -> str:
    """Who of three that came at one moment is last."""
    return max(cast.sol.id, cast.noor.id, cast.zed.id)


def test_being_let_in_lasts_until_the_next_session_begins(either: Flask, cast: Cast) -> None:
    with clock.stopped_at(EVENING):
        room = with_a_door(cast, kind="session", staffed=False)
        with work.begin():
            for minute in (20 * 60, 22 * 60):  # in London, summer time
                service.add_date(cast.fay, room.id, on=EVENING.date(), minute=minute, length=60)
        come(room, cast.noor)
        assert waiting(room) == [], "there is no session yet"
    with clock.stopped_at(EVENING + HOUR):
        come(room, cast.noor)
        here(room, cast.fay)
        with work.begin():
            service.tend(room.id)
        let_in(room, cast.fay, cast.noor)
        mine = said(cast.noor, room, "I can stay for an hour")
    with clock.stopped_at(EVENING + 2.5 * HOUR):
        assert reads(cast.noor, room), "it is over, and can still be read"
    with clock.stopped_at(EVENING + 3 * HOUR):
        assert not reads(cast.noor, room)
        before = _roster(room)
        with work.begin():
            service.tend(room.id)
        assert _roster(room) > before, "open pages are looked through"
        with work.begin():
            service.remove_message(cast.noor, mine.id)  # her own words stay hers
        come(room, cast.noor)
        assert waiting(room) == [cast.noor.id]


def _roster(room: Room) -> int:
    with work.begin(writes=False):
        return queries.room_with(room.id).roster


def test_in_a_room_without_dates_it_lasts_for_an_evening(cast: Cast, room: Room) -> None:
    come(room, cast.noor)
    let_in(room, cast.fay, cast.noor)
    with clock.stopped_at(clock.now() + policy.LASTS + HOUR):
        assert not reads(cast.noor, room)
        come(room, cast.noor)
        assert waiting(room) == [cast.noor.id]


def test_whoever_was_there_can_still_report_what_was_said(cast: Cast, room: Room) -> None:
    come(room, cast.noor, cast.zed)
    let_in(room, cast.fay, cast.noor, cast.zed)
    message = said(cast.zed, room, "something unkind")
    with clock.stopped_at(clock.now() + policy.LASTS + HOUR), work.begin():
        service.report_message(cast.noor, message.id, "unkind")


def test_who_is_taken_out_or_leaves_waits_anew(cast: Cast, room: Room) -> None:
    come(room, cast.noor)
    let_in(room, cast.fay, cast.noor)
    with work.begin():
        service.remove_person(cast.fay, room.id, cast.noor.id)
    with work.begin(), pytest.raises(Refused, match="taken you out"):
        service.agree(cast.noor, room.id)
    with work.begin():
        service.add_person(cast.fay, room.id, cast.noor.name)
        service.agree(cast.noor, room.id)
    assert not reads(cast.noor, room)


def test_whoever_goes_or_is_suspended_waits_no_longer(cast: Cast, room: Room) -> None:
    come(room, cast.noor, cast.zed)
    with work.begin():
        accounts.suspend(cast.noor.id, by=cast.mo, days=1)
    assert waiting(room) == [cast.zed.id]
    with clock.stopped_at(clock.now() + policy.STILL + timedelta(seconds=1)):
        assert waiting(room) == []


def test_who_is_in_as_the_door_is_put_up_waits_like_everybody(either: Flask, cast: Cast) -> None:
    room = a_room(cast, cast.noor)
    with work.begin():
        service.edit_room(
            cast.cora,
            room.id,
            name="Commons",
            about="",
            agreement=room.agreement,
            question="",
            entry="everyone",
            ask_again=True,
            lets_in=True,
        )
    assert not reads(cast.noor, room)


def test_of_two_who_answer_at_once_one_is_told(cast: Cast, room: Room) -> None:
    come(room, cast.noor)
    fay, mo, noor = cast.fay, cast.mo, cast.noor

    def answer(who: Actor) -> str:
        try:
            let_in(room, who, noor)
        except Conflict:
            return "told"
        return "let in"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(answer, [fay, mo])) == ["let in", "told"]


def test_nothing_of_it_stays_of_who_erases_their_account(cast: Cast, room: Room) -> None:
    come(room, cast.noor)
    noor = cast.noor
    with work.begin():
        accounts.erase_account(noor)
    assert waiting(room) == []
    with work.begin():
        service.forget_person(noor.id)
    with work.begin(writes=False) as session:
        assert session.get(Admission, (room.id, noor.id)) is None


# --- pages ---------------------------------------------------------------------------------


def test_evening_without_scripts(app: Flask, cast: Cast, signed_in: SignIn, post: Post) -> None:
    room = with_a_door(cast, agreement=[])
    said(cast.fay, room, "words for those inside")
    noor, fay, address = signed_in("noor"), signed_in("fay"), f"/rooms/{room.id}"

    def page(client: FlaskClient) -> str:
        return client.get(address).get_data(as_text=True)

    first = page(noor)
    assert "Fay will let you in" in first
    assert "They are not here just now" in first
    assert 'http-equiv="refresh"' in first
    assert "words for those inside" not in first
    assert noor.get(f"{address}/now").status_code == 403
    assert "At the door" in page(fay)
    form = {"who": queries.person_id(room.id, cast.noor.id), "answer": "later", "later": "round"}
    assert post(fay, f"{address}/door", form).status_code == 303
    assert "A round is going on" in page(noor)
    assert "waits longer" in page(fay)
    form = {"who": queries.person_id(room.id, cast.noor.id), "answer": "not_now", "why": "apart"}
    assert post(fay, f"{address}/door", form).status_code == 303
    told = page(noor)
    assert "Not this time" in told
    assert "See the next dates" not in told
    assert "should not meet" not in told
    assert "should not meet" in page(fay)
    assert "should not meet" not in noor.get("/settings/data").get_data(as_text=True)
    assert (
        post(
            noor,
            f"{address}/door",
            {"who": queries.person_id(room.id, cast.noor.id), "answer": "in"},
        ).status_code
        == 404
    )
    assert (
        post(
            fay,
            f"{address}/door",
            {"who": queries.person_id(room.id, cast.noor.id), "answer": "in"},
        ).status_code
        == 303
    )
    assert "words for those inside" in page(noor)
    assert (
        post(
            fay,
            f"{address}/door",
            {"who": queries.person_id(room.id, cast.noor.id), "answer": "in"},
        ).status_code
        == 409
    )
    assert noor.get(f"{address}/waiting").status_code == 204


def test_the_id_of_an_account_opens_no_door(
    app: Flask, cast: Cast, signed_in: SignIn, post: Post
) -> None:
    room = with_a_door(cast)
    come(room, cast.noor)
    for answer in (At.IN, At.LATER, At.NOT_NOW):
        form = {"who": cast.noor.id, "answer": answer, "later": "round", "why": "apart"}
        assert post(signed_in("fay"), f"/rooms/{room.id}/door", form).status_code == 404
    assert waiting(room) == [cast.noor.id]
    assert post(signed_in("fay"), f"/rooms/{room.id}/door", {"answer": "all"}).status_code == 303
    assert reads(cast.noor, room)


@pytest.mark.parametrize("form", [{}, {"answer": ""}, {"answer": "waiting"}, {"later": "round"}])
def test_an_answer_that_says_nothing_opens_no_door(
    form: dict[str, str], app: Flask, cast: Cast, signed_in: SignIn, post: Post
) -> None:
    room = with_a_door(cast)
    come(room, cast.noor)
    answer = post(
        signed_in("fay"),
        f"/rooms/{room.id}/door",
        {"who": queries.person_id(room.id, cast.noor.id)} | form,
    )
    assert answer.status_code == 422
    assert waiting(room) == [cast.noor.id]
    assert not reads(cast.noor, room)


# --- rules ---------------------------------------------------------------------------------


@given(
    state=st.sampled_from(list(At)),
    theirs=st.sampled_from(["", "one", "two"]),
    now=st.sampled_from([None, "", "one", "two"]),
    hours=st.integers(0, 40),
)
def test_let_in_counts_for_one_session_only(
    state: At, theirs: str, now: str | None, hours: int
) -> None:
    found = Admission(session=theirs, state=state, answered_at=EVENING)
    let = policy.is_in(found, now, EVENING + hours * HOUR)
    assert let == (state == At.IN and theirs == now and (theirs != "" or hours < 18))
    assert not policy.is_in(None, now, EVENING)


def test_yes_pressed_twice_at_once_is_one_yes(either: Flask, cast: Cast) -> None:
    room = a_room(cast)
    cast.account("zed")
    assert at_once(*[lambda: service.agree(cast.zed, room.id)] * 6) == [""] * 6
    assert reads(cast.zed, room)
