"""A circle in a room: the server holds the talking piece, and asks about it for every message."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from peer.accounts import service as accounts
from peer.core import clock, work
from peer.core.errors import Conflict, NotFound, Refused, RoomClosed
from peer.policy.circle import Circle, Turn
from peer.policy.floor import HERE_FOR
from peer.policy.roles import Actor
from peer.rooms import queries, service
from peer.rooms.broadcast.company import circle_json
from peer.rooms.models import Room
from tests.cast import Cast
from tests.moderation.test_at_once import at_once
from tests.rooms.place import a_room, here, said

SignIn = Callable[[str], FlaskClient]
Post = Callable[..., TestResponse]
EVENING = datetime(2026, 5, 5, 18, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def a_circle(cast: Cast) -> Room:
    """A circle of Noor, Zed and Sol that Fay leads with Mo beside her, and that has just begun."""
    three, staff = (cast.noor, cast.zed, cast.sol), (cast.fay, cast.mo)
    with clock.stopped_at(EVENING):
        room = a_room(cast, *three, *staff, kind="circle", ask_again=False)
        with work.begin():
            service.set_facilitators(cast.cora, room.id, [cast.fay.id])
        here(room, *three, *staff)
        with work.begin():
            service.begin_now(cast.fay, room.id)
    return room


@pytest.fixture
def room(either: Flask, cast: Cast) -> Room:
    return a_circle(cast)


def circle_of(room: Room) -> Circle:
    with work.begin(writes=False):
        gathering = queries.gathering_now(room.id)
        assert gathering is not None
        found = queries.circle_in(gathering.id)
        return found[1] if found else Circle()


def holder(room: Room) -> str | None:
    return circle_of(room).holder


def names(cast: Cast) -> dict[str, Actor]:
    return {actor.id: actor for actor in (cast.noor, cast.zed, cast.sol)}


def begun(room: Room, who: Actor, **more: object) -> None:
    with work.begin():
        service.begin_round(who, room.id, number=circle_of(room).number, **more)


def given_on(room: Room, who: Actor) -> None:
    with work.begin():
        service.give_on(who, room.id, number=circle_of(room).number)


def tended(room: Room) -> None:
    with work.begin():
        service.tend(room.id)


def test_only_the_holder_is_heard_and_the_others_answer_silently(room: Room, cast: Cast) -> None:
    people = names(cast)
    with clock.stopped_at(EVENING):
        said(cast.fay, room, "Welcome. I draw the order now.")
        with pytest.raises(RoomClosed, match="facilitator speaks"):
            said(cast.noor, room, "Before the beginning")
        begun(room, cast.fay)
        first = people[holder(room) or ""]
        others = [each for each in people.values() if each.id != first.id]
        message = said(first, room, "I have the piece")
        for interrupting in (*others, cast.fay, cast.mo):
            with pytest.raises(RoomClosed, match="Nobody is interrupted"):
                said(interrupting, room, "But")
        with work.begin():
            service.react(others[0], message.id, "with_you")
        with work.begin(), pytest.raises(RoomClosed):
            service.writing(others[0], room.id)


def test_everybody_has_one_turn_a_round_and_passing_keeps_the_place(room: Room, cast: Cast) -> None:
    people = names(cast)
    with clock.stopped_at(EVENING):
        begun(room, cast.fay)
        order = [seat.person for seat in circle_of(room).seats]
        had = []
        while (who := holder(room)) is not None:
            had.append(who)
            if len(had) == 2:
                said(people[who], room, "A few words")
            given_on(room, people[who])
        assert had == order
        assert sorted(order) == sorted(people)
        turns = {seat.person: seat.turn for seat in circle_of(room).seats}
        assert [turns[each] for each in order] == [Turn.PASSED, Turn.HAD, Turn.PASSED]
        begun(room, cast.fay, closing=True)
        assert holder(room) == order[0]
        assert circle_of(room).closing


def test_pages_are_not_told_whose_account_holds_the_piece(room: Room, cast: Cast) -> None:
    with clock.stopped_at(EVENING):
        begun(room, cast.fay)
        account = holder(room)
        assert account is not None
        with work.begin(writes=False):
            floor = queries.floor_of(room)
        told = circle_json(room.id, floor)
        assert told["holder"] == queries.person_id(room.id, account)
        assert account not in str(told)


def test_holder_who_drops_is_skipped_after_a_grace_and_has_a_turn_later(
    room: Room, cast: Cast
) -> None:
    people = names(cast)
    with clock.stopped_at(EVENING):
        begun(room, cast.fay)
        first, second, third = [people[seat.person] for seat in circle_of(room).seats]
    with clock.stopped_at(EVENING + HERE_FOR - SECOND):
        here(room, second, third, cast.fay, cast.mo)
        tended(room)
        assert holder(room) == first.id
    with clock.stopped_at(EVENING + HERE_FOR):
        tended(room)
        tended(room)
        assert holder(room) == second.id
        given_on(room, second)
        here(room, first)
        given_on(room, third)
        assert holder(room) == first.id


def test_everybody_gone_is_no_deadlock(room: Room, cast: Cast) -> None:
    with clock.stopped_at(EVENING):
        begun(room, cast.fay)
    later = EVENING + 2 * HERE_FOR
    with clock.stopped_at(later):
        here(room, cast.fay, cast.mo)
        tended(room)
        assert holder(room) is None
        here(room, cast.zed)
        begun(room, cast.fay)
        assert holder(room) == cast.zed.id


def test_suspended_holder_loses_the_piece_at_once(room: Room, cast: Cast) -> None:
    people = names(cast)
    with clock.stopped_at(EVENING):
        begun(room, cast.fay)
        first = people[holder(room) or ""]
        with work.begin():
            accounts.suspend(first.id, by=cast.ada, days=None)
        with work.begin(writes=False):
            assert queries.rooms_due([room.id]) == {room.id}
        tended(room)
        assert holder(room) not in (first.id, None)


def test_holder_who_leaves_the_room_or_is_taken_out_hands_it_on(room: Room, cast: Cast) -> None:
    people = names(cast)
    with clock.stopped_at(EVENING):
        begun(room, cast.fay)
        first = people[holder(room) or ""]
        with work.begin():
            service.leave_room(first, room.id)
        second = people[holder(room) or ""]
        assert first.id not in circle_of(room).people
        with work.begin():
            service.remove_person(cast.cora, room.id, second.id)
        assert holder(room) not in (first.id, second.id, None)


def test_who_comes_late_is_last(room: Room, cast: Cast) -> None:
    with clock.stopped_at(EVENING):
        with work.begin():
            service.welcome(cast.account("uma"), [room.id])
            service.agree(cast.uma, room.id)
        begun(room, cast.fay)
        here(room, cast.uma)
        tended(room)
        assert [seat.person for seat in circle_of(room).seats][-1] == cast.uma.id


def test_nobody_is_cut_off_before_their_time(room: Room, cast: Cast) -> None:
    everyone = (cast.noor, cast.zed, cast.sol, cast.fay, cast.mo)
    with clock.stopped_at(EVENING):
        begun(room, cast.fay, minutes=1)
        first, number = holder(room), circle_of(room).number
        for who, error in ((cast.fay, Refused), (cast.mo, NotFound), (cast.noor, NotFound)):
            with work.begin(), pytest.raises(error):
                service.ask_for_it(who, room.id, number=number)
    with clock.stopped_at(EVENING + 60 * SECOND):
        here(room, *everyone)
        tended(room)
        assert holder(room) == first, "time that is over takes nothing away by itself"
        with work.begin():
            service.ask_for_it(cast.fay, room.id, number=number)
        assert holder(room) != first


def test_old_page_and_second_press_move_nothing(room: Room, cast: Cast) -> None:
    people = names(cast)
    with clock.stopped_at(EVENING):
        begun(room, cast.fay)
        first, number = people[holder(room) or ""], circle_of(room).number
        given_on(room, first)
        second = holder(room)
        with work.begin(), pytest.raises(Conflict):
            service.give_on(first, room.id, number=number)
        with work.begin(), pytest.raises(Conflict):
            service.begin_round(cast.fay, room.id, number=number)
        assert holder(room) == second


def test_two_facilitators_who_press_at_once_move_it_once(postgres_app: Flask, cast: Cast) -> None:
    room = a_circle(cast)
    with clock.stopped_at(EVENING):
        begun(room, cast.fay, minutes=1)
        number = circle_of(room).number
    with clock.stopped_at(EVENING + 60 * SECOND):
        here(room, cast.noor, cast.zed, cast.sol, cast.fay, cast.mo)
        fay = cast.fay
        answers = at_once(
            *[lambda: service.ask_for_it(fay, room.id, number=number) for _ in range(2)]
        )
        assert sorted(answers) == ["", "conflict"]
        assert circle_of(room).number == number + 1


def test_staff_who_drop_still_the_circle_and_the_piece_stays(room: Room, cast: Cast) -> None:
    people = names(cast)
    with clock.stopped_at(EVENING):
        begun(room, cast.fay)
        first = people[holder(room) or ""]
    with clock.stopped_at(EVENING + HERE_FOR):
        here(room, *people.values(), cast.fay)
        tended(room)
        assert holder(room) == first.id
        with pytest.raises(RoomClosed, match="second person"):
            said(first, room, "Alone with her")
        here(room, cast.mo)
        said(first, room, "Together again")


def test_circle_by_plain_forms(app: Flask, signed_in: SignIn, post: Post, cast: Cast) -> None:
    room = a_room(cast, cast.noor, cast.zed, cast.fay, cast.mo, kind="circle")
    with work.begin():
        service.set_facilitators(cast.cora, room.id, [cast.fay.id])
    browsers = {name: signed_in(name) for name in ("noor", "zed", "fay", "mo")}
    where = f"/rooms/{room.id}"
    for browser in browsers.values():
        browser.get(where)
    assert "Begin a session now" in browsers["fay"].get(where).get_data(as_text=True)
    assert post(browsers["noor"], f"{where}/begin").status_code == 404
    assert post(browsers["fay"], f"{where}/begin").status_code == 303
    assert "Begin the circle" in browsers["fay"].get(where).get_data(as_text=True)
    begin = {"number": "0", "minutes": "2"}
    assert post(browsers["fay"], f"{where}/circle/round", begin).status_code == 422
    begin["closing"] = "no"
    assert post(browsers["fay"], f"{where}/circle/round", begin).status_code == 303
    assert post(browsers["fay"], f"{where}/circle/round", begin).status_code == 409
    name = "noor" if holder(room) == cast.noor.id else "zed"
    page = browsers[name].get(where).get_data(as_text=True)
    assert "You have the talking piece" in page
    assert "Pass" in page
    other = "zed" if name == "noor" else "noor"
    assert f"{name.title()} has the talking piece" in browsers[other].get(where).get_data(
        as_text=True
    )
    refused = post(browsers[other], f"{where}/messages", {"text": "But", "nonce": "b"})
    assert refused.status_code == 409
    assert "But</textarea>" in refused.get_data(as_text=True)
    number = {"number": str(circle_of(room).number)}
    assert post(browsers[name], f"{where}/circle/on", number).status_code == 303
    assert "You have the talking piece" in browsers[other].get(where).get_data(as_text=True)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(st.sampled_from("ddpptcl"), st.integers(0, 2)), max_size=14))
def test_whatever_people_do_one_holds_it_and_the_circle_goes_on(
    app: Flask, cast: Cast, steps: list[tuple[str, int]]
) -> None:
    """The same as the machine of the rules, through the service and its tables."""
    room, people, moment = a_circle(cast), list(names(cast).values()), EVENING
    present = {person.id for person in people}
    with clock.stopped_at(moment):
        begun(room, cast.fay)
    for what, who in steps:
        person = people[who]
        moment += HERE_FOR if what == "d" else SECOND
        if what == "d":
            present.discard(person.id)
        elif what == "c":
            present.add(person.id)
        with clock.stopped_at(moment):
            here(room, cast.fay, cast.mo, *[each for each in people if each.id in present])
            tended(room)
            current = holder(room)
            if what == "p" and current is not None:
                given_on(room, names(cast)[current])
            if what == "t" and current is None:
                begun(room, cast.fay)
            circle = circle_of(room)
            assert sum(seat.turn == Turn.HOLDS for seat in circle.seats) <= 1
            assert circle.holder is None or circle.holder in present
            if circle.holder is None and present:
                with work.begin():
                    service.begin_round(cast.fay, room.id, number=circle.number)
                assert holder(room) in present
