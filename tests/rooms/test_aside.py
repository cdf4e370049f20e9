"""Stepping aside: one person who said yes and two of the team, and nobody else."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from peer.accounts import service as accounts
from peer.core import clock, queue, work
from peer.core.errors import Conflict, NotFound, PeerError, RoomClosed
from peer.policy.aside import ASKED_FOR, LONGEST, Aside
from peer.policy.roles import Actor
from peer.policy.rooms import RoomKind
from peer.rooms import queries, service
from peer.rooms.models import AsideRow, Room
from peer.rooms.subjects import MessageSubject
from tests.cast import ROLES, Cast
from tests.rooms.place import a_room, floor, here, said

SignIn = Callable[[str], FlaskClient]
Post = Callable[..., TestResponse]
EVENING = datetime(2026, 5, 5, 18, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def an_evening(cast: Cast, **more: object) -> Room:
    """A room of Noor and Zed that Fay leads, with Mo in it."""
    for name in ROLES:
        cast.account(name)
    room = a_room(cast, cast.noor, cast.zed, cast.fay, cast.mo, ask_again=False, **more)
    with work.begin():
        service.set_facilitators(cast.cora, room.id, [cast.fay.id])
    return room


@pytest.fixture
def room(either: Flask, cast: Cast) -> Room:
    return an_evening(cast)


def invited(room: Room, by: Actor, person: Actor) -> None:
    with work.begin():
        service.invite_aside(by, room.id, person.id)


def stepped_aside(room: Room, cast: Cast) -> Room:
    """Fay asks Noor, who says yes: the room of Noor, Fay and Mo."""
    invited(room, cast.fay, cast.noor)
    with work.begin():
        made = service.answer_aside(cast.noor, room.id, yes=True)
    assert made is not None
    here(made, cast.noor, cast.fay, cast.mo)
    return made


def test_room_of_three_opens_with_a_yes(cast: Cast, room: Room) -> None:
    invited(room, cast.fay, cast.noor)
    assert rooms_aside() == [], "not before"
    with work.begin():
        aside = service.answer_aside(cast.noor, room.id, yes=True)
    assert aside is not None
    with work.begin(writes=False):
        people = {person.id for person in queries.people_in(aside.id)}
    assert people == {cast.noor.id, cast.fay.id, cast.mo.id}
    here(aside, cast.noor, cast.fay, cast.mo)
    for who in (cast.noor, cast.fay, cast.mo):
        assert said(who, aside, f"{who.name} is here").state == "visible"


def rooms_aside() -> list[str]:
    with work.begin(writes=False) as session:
        return list(session.scalars(select(Room.id).where(Room.kind == RoomKind.ASIDE)))


def test_while_one_of_the_team_is_missing_the_three_read_a_sentence_for_three(
    cast: Cast, room: Room
) -> None:
    invited(room, cast.fay, cast.noor)
    with work.begin():
        aside = service.answer_aside(cast.noor, room.id, yes=True)
    assert aside is not None
    here(aside, cast.noor, cast.fay)
    found = floor(aside)
    assert (found.is_open, found.soon) == (False, True)
    assert found.title == "A moment, please."
    assert "This is a talk for the three of you" in found.next
    assert "opens by itself" not in found.next
    here(aside, cast.mo)
    assert floor(aside).is_open


def test_who_has_a_name_for_the_room_is_called_so_aside(cast: Cast, room: Room) -> None:
    with work.begin():
        service.allow_names(cast.ada, on=True)
        service.take_name(cast.noor, room.id, "Fern")
    aside = stepped_aside(room, cast)
    said(cast.noor, aside, "a word")
    with work.begin(writes=False):
        lines, _ = queries.page_of(aside.id, cast.fay.id)
        (place,) = MessageSubject().places([lines[0].id]).values()
    assert [line.author_name for line in lines] == ["Fern"]
    assert "Noor" in place, "moderators know whom it concerns"


def test_nobody_else_comes_in(cast: Cast, room: Room) -> None:
    aside = stepped_aside(room, cast)
    for name in ("zed", "sol", "tess", "mia", "cora", "cleo", "ada"):
        who = cast.actor(name)
        with work.begin(writes=False), pytest.raises(NotFound):
            queries.room_for(who, aside.id)
        with pytest.raises(NotFound):
            said(who, aside, "Hello")
        with work.begin(writes=False):
            assert aside.id not in {card.room.id for card in queries.rooms_open_to(who)}
            assert aside.id not in {each.id for each in queries.rooms_to_keep(who)}
    for who in (cast.cora, cast.fay, cast.mo):
        with pytest.raises(NotFound), work.begin():
            service.add_person(who, aside.id, "Zed")


def test_no_needs_no_reason_and_stays_between_them(cast: Cast, room: Room) -> None:
    invited(room, cast.fay, cast.noor)
    with work.begin():
        assert service.answer_aside(cast.noor, room.id, yes=False) is None
    assert rooms_aside() == []
    with pytest.raises(Conflict), work.begin():
        service.answer_aside(cast.noor, room.id, yes=True)
    invited(room, cast.fay, cast.noor)  # she may be asked again, later


def test_only_who_leads_asks_and_only_people_of_the_room(cast: Cast, room: Room) -> None:
    for who in (cast.noor, cast.mo, cast.cora, cast.tess):
        with pytest.raises(NotFound):
            invited(room, who, cast.zed)
    for person in (cast.sol, cast.mo, cast.fay):
        with pytest.raises(NotFound):
            invited(room, cast.fay, person)
    with pytest.raises(NotFound), work.begin():
        service.answer_aside(cast.zed, room.id, yes=True)


def test_without_a_second_of_the_team_nobody_is_asked(either: Flask, cast: Cast) -> None:
    room = a_room(cast, cast.noor, cast.fay)
    with work.begin():
        service.set_facilitators(cast.cora, room.id, [cast.fay.id])
    with pytest.raises(Conflict, match="alone"):
        invited(room, cast.fay, cast.noor)


def test_when_the_second_is_shut_out_nothing_can_be_said(cast: Cast, room: Room) -> None:
    aside = stepped_aside(room, cast)
    with work.begin():
        accounts.suspend(cast.mo.id, by=cast.ada, days=1)
    for who in (cast.noor, cast.fay):
        with pytest.raises(RoomClosed):
            said(who, aside, "Hello")


def test_nobody_of_the_team_is_alone_with_her_while_the_second_is_not_here(
    cast: Cast, room: Room
) -> None:
    invited(room, cast.fay, cast.noor)
    with work.begin():
        aside = service.answer_aside(cast.noor, room.id, yes=True)
    assert aside is not None
    here(aside, cast.noor, cast.fay)
    for who in (cast.noor, cast.fay):
        with pytest.raises(RoomClosed):
            said(who, aside, "Hello")
    here(aside, cast.mo)
    said(cast.noor, aside, "Thank you both")


@pytest.mark.parametrize("name", ["noor", "fay", "mo"])
def test_each_of_the_three_ends_it(name: str, cast: Cast, room: Room) -> None:
    aside = stepped_aside(room, cast)
    with work.begin():
        assert service.end_aside(cast.actor(name), aside.id) == room.id
    with pytest.raises(RoomClosed):
        said(cast.noor, aside, "and another thing")
    with work.begin(writes=False):
        queries.room_to_read(cast.noor, aside.id)
    with pytest.raises(NotFound), work.begin():
        service.end_aside(cast.zed, aside.id)


def test_it_ends_with_the_session(either: Flask, cast: Cast) -> None:
    with clock.stopped_at(EVENING):
        room = an_evening(cast, kind="session", staffed=False)
        with pytest.raises(Conflict, match="Nothing is going on"):
            invited(room, cast.fay, cast.noor)
        with work.begin():
            service.begin_now(cast.fay, room.id)
        here(room, cast.fay, cast.mo, cast.noor)
        with work.begin():
            service.tend(room.id)
        aside = stepped_aside(room, cast)
        said(cast.noor, aside, "Thank you")
        invited(room, cast.fay, cast.zed)
        with work.begin():
            service.end_now(cast.fay, room.id)
        assert floor(aside).state == "ended"
        with pytest.raises(Conflict), work.begin():
            service.answer_aside(cast.zed, room.id, yes=True)


def test_what_nobody_answers_or_ends_is_over_by_itself(cast: Cast, room: Room) -> None:
    aside = stepped_aside(room, cast)
    invited(room, cast.fay, cast.zed)
    with clock.stopped_at(clock.now() + ASKED_FOR + timedelta(minutes=1)):
        with pytest.raises(Conflict), work.begin():
            service.answer_aside(cast.zed, room.id, yes=True)
        here(aside, cast.noor, cast.fay, cast.mo)
        said(cast.noor, aside, "still here")
    with clock.stopped_at(clock.now() + LONGEST + timedelta(minutes=1)):
        queue.sweep_now("rooms.company")
        with work.begin(writes=False):
            assert not queries.asides_going_on()
            assert not queries.room_with(aside.id).is_open


def test_two_days_later_it_is_gone_unless_something_in_it_is_looked_into(
    cast: Cast, room: Room
) -> None:
    aside = stepped_aside(room, cast)
    message = said(cast.fay, aside, "words between three")
    with work.begin():
        service.end_aside(cast.noor, aside.id)
    queue.sweep_now("rooms.company")
    with work.begin():
        service.report_message(cast.noor, message.id, "unkind")
    later = clock.now() + timedelta(days=3)
    with clock.stopped_at(later), work.begin():
        assert service.close_asides_for_good(100) == 0
    other = Room(id=aside.id)
    with work.begin() as session:
        session.delete(queries.message_with(message.id))
    with clock.stopped_at(later), work.begin():
        assert service.close_asides_for_good(100) == 1
    with work.begin(writes=False), pytest.raises(NotFound):
        queries.room_with(other.id)


def test_who_erases_their_account_is_aside_no_longer(cast: Cast, room: Room) -> None:
    aside, noor = stepped_aside(room, cast), cast.noor
    with work.begin():
        accounts.erase_account(noor)
    assert floor(aside).state == "ended"
    queue.sweep_now("accounts.erasures")
    with work.begin(writes=False) as session:
        rows = select(AsideRow).where(AsideRow.person_id == noor.id)
        assert session.scalars(rows).all() == []


def test_others_are_told_nothing(app: Flask, cast: Cast, signed_in: SignIn, post: Post) -> None:
    room = an_evening(cast)
    address = f"/rooms/{room.id}"
    fay, noor, zed, mo = (signed_in(name) for name in ("fay", "noor", "zed", "mo"))

    def page(client: FlaskClient, path: str = address) -> str:
        return client.get(path).get_data(as_text=True)

    assert "Invite to step aside" in page(fay, f"{address}/lead")
    assert "Invite to step aside" not in page(mo, f"{address}/lead"), "Mo does not lead"
    assert post(fay, f"{address}/aside", {"to": cast.noor.id}).status_code == 404
    to = {"to": queries.person_id(room.id, cast.noor.id)}
    assert post(fay, f"{address}/aside", to).status_code == 303
    assert "Fay invites you to step aside" in page(noor)
    assert "step aside" not in page(zed).lower()
    assert "has been asked" in page(mo, f"{address}/lead"), "that it is there, moderators see"
    assert post(noor, f"{address}/aside/answer").status_code == 422
    assert "has been asked" in page(mo, f"{address}/lead"), "no button is no answer"
    answered = post(noor, f"{address}/aside/answer", {"answer": "yes"})
    theirs = answered.headers["Location"]
    assert theirs != address
    for client in (noor, fay, mo):
        inside = page(client, theirs)
        assert "Noor, Fay and Mo can read and write here, nobody else" in inside
        assert "Seen by you three" in inside
    assert zed.get(theirs).status_code == 404
    assert "stepped aside" not in page(zed).lower()
    assert "Noor, Fay and Mo have stepped aside" in page(mo)
    assert post(zed, f"{theirs}/aside/end", {}).status_code == 404
    assert post(noor, f"{theirs}/aside/end", {}).headers["Location"] == address
    assert "This session is over" in page(noor, theirs)


def test_one_who_is_aside_is_not_asked_again(cast: Cast, room: Room) -> None:
    stepped_aside(room, cast)
    with pytest.raises(Conflict, match="already"):
        invited(room, cast.fay, cast.noor)
    with work.begin(writes=False):
        assert queries.last_aside(room.id, cast.noor.id).state == Aside.YES


def test_moderators_find_in_the_queue_what_is_reported_and_no_way_in(
    cast: Cast, room: Room
) -> None:
    aside = stepped_aside(room, cast)
    message = said(cast.mo, aside, "words of Mo")
    with work.begin():
        service.report_message(cast.noor, message.id, "unkind")
    with work.begin(writes=False):
        brief = MessageSubject().brief(message.id)
    assert brief.href == ""
    with pytest.raises(PeerError), work.begin(writes=False):
        queries.room_for(cast.mia, aside.id)
