"""Sessions of a room: planned on one clock, found on another, opened by the people who come."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar
from werkzeug.test import TestResponse

from peer.accounts import service as accounts
from peer.core import clock, queue, work
from peer.core.errors import Conflict, Invalid, NotFound, Refused, RoomClosed
from peer.notifications.queries import notices_of
from peer.policy.floor import FloorState
from peer.policy.gatherings import AHEAD, DOORS, GIVE_UP, Phase
from peer.policy.roles import Actor
from peer.rooms import queries, service
from peer.rooms.models import Gathering, Room
from tests.cast import Cast
from tests.moderation.test_at_once import at_once
from tests.rooms.place import a_room, floor, here, said

SignIn = Callable[[str], FlaskClient]
Post = Callable[..., TestResponse]
NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
TUESDAY = date(2026, 5, 5)
START = datetime(2026, 5, 5, 18, 0, tzinfo=UTC)  # 19:00 in London, where the cast lives
MINUTE = timedelta(minutes=1)


@pytest.fixture
def room(either: Flask, cast: Cast) -> Room:
    """A room of sessions that Fay leads, with Mo beside her."""
    with clock.stopped_at(NOW):
        people = (cast.noor, cast.zed, cast.sol, cast.fay, cast.mo)
        made = a_room(cast, *people, kind="session", ask_again=False)
        with work.begin():
            service.set_facilitators(cast.cora, made.id, [cast.fay.id])
    return made


def planned(cast: Cast, room: Room, **more: object) -> Gathering:
    with clock.stopped_at(NOW), work.begin():
        service.add_date(
            cast.cora, room.id, **{"on": TUESDAY, "minute": 19 * 60, "length": 60} | more
        )
        return queries.dates_of(room.id, cast.cora.id)[0].gathering


def signed_up(room: Room, session: Gathering, *people: Actor, **more: bool) -> None:
    for n, person in enumerate(people):
        with clock.stopped_at(NOW + n * MINUTE), work.begin():
            service.sign_up(person, room.id, session.id, **more)


def swept(at: datetime) -> None:
    """The worker looks at `at`, twice."""
    with clock.stopped_at(at):
        queue.sweep_now("rooms.dates")
        queue.sweep_now("rooms.dates")


def at_the_beginning(room: Room, *people: Actor, at: datetime = START) -> None:
    """`people` are in the room at `at`, and the clock is looked at."""
    with clock.stopped_at(at):
        here(room, *people)
    swept(at)


def told(person: Actor) -> list[str]:
    with work.begin(writes=False):
        return [notice.message for notice in notices_of(person.id)]


def phase(session: Gathering, at: datetime) -> Phase:
    with clock.stopped_at(at), work.begin(writes=False):
        return queries.date_of(queries.gathering_with(session.id), "nobody").phase


def test_new_room_of_sessions_is_never_left_alone(room: Room) -> None:
    assert room.staffed


def test_evening_opens_and_closes_by_itself(room: Room, cast: Cast) -> None:
    session = planned(cast, room, quorum=2)
    everyone = (cast.noor, cast.zed, cast.fay, cast.mo)
    with clock.stopped_at(NOW):
        assert floor(room).state == FloorState.PLANNED
        with pytest.raises(RoomClosed, match="certain times"):
            said(cast.noor, room, "Hello?")
    at_the_beginning(room, *everyone, at=START - DOORS)
    with clock.stopped_at(START - DOORS):
        assert floor(room).state == FloorState.DOORS
        with pytest.raises(RoomClosed):
            said(cast.fay, room, "Early")
    at_the_beginning(room, *everyone)
    with clock.stopped_at(START):
        said(cast.noor, room, "Good evening")
        said(cast.zed, room, "Good evening to you")
    end = START + 60 * MINUTE
    with clock.stopped_at(end - MINUTE):
        here(room, *everyone)
        said(cast.noor, room, "One more minute")
    with clock.stopped_at(end):
        assert floor(room).state == FloorState.ENDED
        with pytest.raises(RoomClosed, match="Thank you"):
            said(cast.noor, room, "One more thing")
    swept(end)
    with work.begin(writes=False):
        counts = queries.gathering_with(session.id).counts
    assert counts["messages"] == 3
    assert counts["spoke"] == 2
    assert counts["came"] == 4
    assert counts["minutes"] == 60


def test_it_waits_for_its_quorum_and_staff_are_not_of_it(room: Room, cast: Cast) -> None:
    planned(cast, room, quorum=2)
    at_the_beginning(room, cast.noor, cast.fay, cast.mo)
    with clock.stopped_at(START):
        now = floor(room)
        assert (now.state, now.needed, now.here) == (FloorState.TOO_FEW, 2, 1)
    late = START + 5 * MINUTE
    at_the_beginning(room, cast.noor, cast.zed, cast.fay, cast.mo, at=late)
    with clock.stopped_at(late):
        assert floor(room).is_open


def test_it_does_not_open_without_a_second_person_of_the_team(room: Room, cast: Cast) -> None:
    session = planned(cast, room)
    signed_up(room, session, cast.noor)
    at_the_beginning(room, cast.noor, cast.zed, cast.fay)
    with clock.stopped_at(START):
        assert floor(room).state == FloorState.NO_SECOND
        assert not floor(room).soon
    swept(START + GIVE_UP)
    assert phase(session, START + GIVE_UP) == Phase.MISSED
    assert [words for words in told(cast.noor) if "the team could not come" in words]
    with clock.stopped_at(START + GIVE_UP):
        here(room, cast.fay, cast.mo)
        swept(START + GIVE_UP)
        assert floor(room).state == FloorState.MISSED


def test_too_few_and_nobody_is_left_waiting(room: Room, cast: Cast) -> None:
    session = planned(cast, room, quorum=3)
    signed_up(room, session, cast.noor, cast.zed)
    swept(START - 60 * MINUTE)
    assert [words for words in told(cast.noor) if "have signed up" in words]
    at_the_beginning(room, cast.noor, cast.fay, cast.mo)
    swept(START + GIVE_UP)
    assert phase(session, START + GIVE_UP) == Phase.MISSED
    assert len([words for words in told(cast.zed) if "too few" in words]) == 1


def test_only_who_asked_is_reminded_and_once(room: Room, cast: Cast) -> None:
    session = planned(cast, room)
    signed_up(room, session, cast.noor, reminds=True)
    signed_up(room, session, cast.zed)
    swept(START - 61 * MINUTE)
    assert told(cast.noor) == []
    swept(START - 60 * MINUTE)
    swept(START - 30 * MINUTE)
    assert len(told(cast.noor)) == 1
    assert told(cast.zed) == []


def test_staff_who_drop_make_it_still_and_it_goes_on_when_they_return(
    room: Room, cast: Cast
) -> None:
    planned(cast, room)
    at_the_beginning(room, cast.noor, cast.fay, cast.mo)
    later = START + 2 * MINUTE
    with clock.stopped_at(later):
        here(room, cast.fay)
        now = floor(room)
        assert (now.state, now.soon) == (FloorState.NO_SECOND, True)
        here(room, cast.mo)
        assert floor(room).is_open


def test_two_who_want_the_last_place_get_one_and_one_waits(postgres_app: Flask, cast: Cast) -> None:
    with clock.stopped_at(NOW):
        room = a_room(cast, cast.noor, cast.zed, kind="session")
        session = planned(cast, room, places=1)
        noor, zed = cast.noor, cast.zed
        answers = at_once(
            lambda: service.sign_up(noor, room.id, session.id),
            lambda: service.sign_up(zed, room.id, session.id),
        )
    assert answers == ["", ""]
    with work.begin(writes=False):
        assert queries.seats_taken(session.id) == (1, 1)


def test_place_that_is_given_back_goes_to_who_waits_longest(room: Room, cast: Cast) -> None:
    session = planned(cast, room, places=1)
    signed_up(room, session, cast.noor, cast.zed, cast.sol)
    with clock.stopped_at(NOW), work.begin():
        service.give_up_place(cast.noor, room.id, session.id)
    with work.begin(writes=False):
        assert queries.has_place(session.id, cast.zed.id)
        assert not queries.has_place(session.id, cast.sol.id)
    assert [words for words in told(cast.zed) if "place has come free" in words]
    with clock.stopped_at(NOW), work.begin():
        service.leave_room(cast.zed, room.id)
    with work.begin(writes=False):
        assert queries.has_place(session.id, cast.sol.id)


def test_where_places_are_counted_one_needs_a_place_to_talk(room: Room, cast: Cast) -> None:
    session = planned(cast, room, places=1)
    signed_up(room, session, cast.noor, cast.zed)
    at_the_beginning(room, cast.noor, cast.zed, cast.fay, cast.mo)
    with clock.stopped_at(START):
        said(cast.noor, room, "I have a place")
        said(cast.fay, room, "Staff need none")
        with pytest.raises(RoomClosed, match="counted"):
            said(cast.zed, room, "I wait for one")


def test_staff_sign_up_for_nothing_and_what_is_over_takes_nobody(room: Room, cast: Cast) -> None:
    session = planned(cast, room)
    with clock.stopped_at(NOW), work.begin(), pytest.raises(Refused):
        service.sign_up(cast.fay, room.id, session.id)
    with clock.stopped_at(START + 90 * MINUTE), work.begin(), pytest.raises(Conflict):
        service.sign_up(cast.noor, room.id, session.id)


def test_date_is_called_off_kindly_and_only_before_it_begins(room: Room, cast: Cast) -> None:
    session = planned(cast, room)
    signed_up(room, session, cast.noor)
    with clock.stopped_at(NOW), work.begin(), pytest.raises(NotFound):
        service.call_off(cast.noor, room.id, session.id)
    with clock.stopped_at(NOW), work.begin():
        service.call_off(cast.fay, room.id, session.id, "The building is closed.")
    assert [words for words in told(cast.noor) if "nothing to do with you" in words]
    assert phase(session, START) == Phase.CANCELLED
    at_the_beginning(room, cast.noor, cast.zed, cast.fay, cast.mo)
    with clock.stopped_at(START), pytest.raises(RoomClosed):
        said(cast.noor, room, "Nobody here")


def test_weekly_hour_has_its_dates_five_weeks_ahead_and_no_more(room: Room, cast: Cast) -> None:
    planned(cast, room, weekly=True)
    swept(NOW)
    with clock.stopped_at(NOW), work.begin(writes=False):
        dates = queries.dates_of(room.id, cast.noor.id)
        rhythm = queries.rhythms_of(room.id)[0]
    assert [each.gathering.starts_at.hour for each in dates] == [18] * 5
    assert all(each.gathering.starts_at <= NOW + AHEAD + timedelta(days=1) for each in dates)
    swept(NOW + timedelta(days=7))
    with clock.stopped_at(NOW), work.begin():
        assert len(queries.dates_of(room.id, cast.noor.id)) == 6
        service.end_rhythm(cast.fay, room.id, rhythm.id)
    swept(NOW + timedelta(days=70))
    with clock.stopped_at(NOW), work.begin(writes=False):
        assert len(queries.dates_of(room.id, cast.noor.id)) == 6


def test_time_that_has_passed_or_makes_no_sense_is_refused(room: Room, cast: Cast) -> None:
    for wrong in (
        {"on": TUESDAY - timedelta(days=7)},
        {"on": TUESDAY + timedelta(days=500)},
        {"length": 7},
        {"places": 0},
        {"places": 2, "quorum": 3},
    ):
        with pytest.raises(Invalid):
            planned(cast, room, **wrong)


def test_facilitator_begins_without_a_date_and_ends_early(room: Room, cast: Cast) -> None:
    with clock.stopped_at(NOW):
        here(room, cast.fay, cast.mo, cast.noor)
        with work.begin(), pytest.raises(NotFound):
            service.begin_now(cast.mo, room.id)
        with work.begin():
            service.begin_now(cast.fay, room.id)
        with work.begin(), pytest.raises(Conflict):
            service.begin_now(cast.fay, room.id)
        said(cast.noor, room, "Just like that")
        with work.begin():
            service.end_now(cast.fay, room.id)
        with work.begin(), pytest.raises(Conflict):
            service.end_now(cast.fay, room.id)
        with pytest.raises(RoomClosed):
            said(cast.noor, room, "Over")


def test_suspended_second_person_makes_it_still_at_once(room: Room, cast: Cast) -> None:
    planned(cast, room)
    at_the_beginning(room, cast.noor, cast.fay, cast.mo)
    with clock.stopped_at(START):
        with work.begin():
            accounts.suspend(cast.mo.id, by=cast.ada, days=None)
        assert floor(room).state == FloorState.NO_SECOND


def test_noor_in_another_zone_signs_up_by_form(
    app: Flask, signed_in: SignIn, post: Post, cast: Cast
) -> None:
    room = a_room(cast, cast.noor, kind="session", name="Evening talk")
    with work.begin() as session:
        session.merge(cast.account("noor")).timezone = "America/Phoenix"
    cora, noor = signed_in("cora"), signed_in("noor")
    day = (clock.now() + timedelta(days=8)).date()
    form = {"on": day.isoformat(), "at": "19:00", "length": "60", "places": "5", "quorum": "2"}
    assert post(cora, f"/rooms/{room.id}/dates", form).status_code == 303
    page = noor.get(f"/rooms/{room.id}/dates").get_data(as_text=True)
    assert "Phoenix" in page
    assert "0 of 5 places taken" in page
    assert "at least 2 people" in page
    with work.begin(writes=False):
        made = queries.dates_of(room.id, cast.noor.id)[0].gathering
    address = f"/rooms/{room.id}/dates/{made.id}"
    assert post(noor, f"{address}/sign-up", {"reminds": "yes"}).status_code == 303
    page = noor.get(f"/rooms/{room.id}/dates").get_data(as_text=True)
    assert "You have a place" in page
    file = noor.get(f"{address}/calendar.ics")
    event = Calendar.from_ical(file.get_data(as_text=True)).walk("VEVENT")[0]
    assert event["dtstart"].dt == made.starts_at
    assert event["summary"] == "Time set aside"
    for telling in ("Evening talk", "Commonroom", "rooms"):
        assert telling not in file.get_data(as_text=True)
    assert post(noor, f"{address}/give-up").status_code == 303
    assert post(noor, f"{address}/call-off").status_code == 404
    assert post(cora, f"{address}/call-off", {"words": "Snow"}).status_code == 303
    assert "Snow" in noor.get(f"/rooms/{room.id}/dates").get_data(as_text=True)


def test_date_that_cannot_be_comes_back_with_its_words(
    app: Flask, signed_in: SignIn, post: Post, cast: Cast
) -> None:
    room = a_room(cast, kind="session")
    cora = signed_in("cora")
    answer = post(cora, f"/rooms/{room.id}/dates", {"on": "2020-01-01", "at": "19:00"})
    assert answer.status_code == 422
    assert "passed already" in answer.get_data(as_text=True)
    assert 'value="2020-01-01"' in answer.get_data(as_text=True)
