"""Who was taken out of a room stays out, is told so kindly, and can be let in again."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from peer.accounts import service as accounts
from peer.accounts.queries import actor_from
from peer.core import clock, work
from peer.core.audit import AuditEntry
from peer.core.errors import Conflict, NotFound, Refused
from peer.notifications.models import Notice
from peer.policy.admission import Later, Why
from peer.policy.roles import Actor, Role
from peer.rooms import queries, service
from peer.rooms.models import Room
from tests.cast import Cast
from tests.moderation.test_at_once import at_once
from tests.rooms.place import a_private_room, a_room, said
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


def notices(who: Actor) -> list[Notice]:
    """What was left in somebody's inbox."""
    with work.begin(writes=False) as session:
        return list(session.scalars(select(Notice).where(Notice.account_id == who.id)))


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


@pytest.mark.parametrize("who", ["fay", "cora", "mo"])
def test_whoever_left_by_themselves_before_is_kept_out_all_the_same(
    room: Room, cast: Cast, who: str
) -> None:
    said(cast.zed, room, "something cruel, and gone")
    with work.begin():
        service.leave_room(cast.zed, room.id)
    with work.begin():
        service.remove_person(cast.actor(who), room.id, cast.zed.id)
    with work.begin(), pytest.raises(Refused, match="taken you out"):
        service.agree(cast.zed, room.id)
    assert room.id not in listed(cast.zed)
    assert [notice.params["room"] for notice in notices(cast.zed)] == ["Commons"]
    with work.begin():
        service.remove_person(cast.fay, room.id, cast.zed.id)
    assert len(notices(cast.zed)) == 1, "they are told once"
    with work.begin(writes=False) as session:
        acts = session.scalars(select(AuditEntry).where(AuditEntry.act == "room.take_out")).all()
    assert [entry.actor_id for entry in acts] == [cast.fay.id, cast.actor(who).id]


def test_whoever_left_a_moment_ago_without_a_word_is_kept_out_and_not_bothered(
    room: Room, cast: Cast
) -> None:
    with work.begin():
        service.leave_room(cast.zed, room.id)
    with work.begin():
        service.remove_person(cast.fay, room.id, cast.zed.id)
    with work.begin(), pytest.raises(Refused):
        service.agree(cast.zed, room.id)
    assert notices(cast.zed) == []


def test_whoever_is_kept_out_after_leaving_loses_the_place_they_signed_up_for(
    either: Flask, cast: Cast
) -> None:
    room = a_room(cast, cast.noor, kind="session")
    said_on = (clock.now() + timedelta(days=3)).date()
    with work.begin():
        service.add_date(cast.cora, room.id, on=said_on, minute=600, length=60, places=1)
        (date,) = queries.dates_of(room.id, cast.noor.id)
        service.leave_room(cast.noor, room.id)
        service.sign_up(cast.noor, room.id, date.gathering.id)
    with work.begin():
        service.remove_person(cast.cora, room.id, cast.noor.id)
    with work.begin(writes=False):
        assert queries.seats_taken(date.gathering.id) == (0, 0)


def test_only_who_looks_after_the_room_keeps_somebody_out(room: Room, cast: Cast) -> None:
    said(cast.zed, room, "hello")
    with work.begin():
        service.leave_room(cast.zed, room.id)
    for who in (cast.noor, cast.zed, cast.sol, cast.tess, cast.mia):
        with work.begin(), pytest.raises(NotFound):
            service.remove_person(who, room.id, cast.zed.id)
    with work.begin(), pytest.raises(NotFound):
        service.remove_person(cast.fay, room.id, "nobody")
    private = a_private_room(cast)
    for who in (cast.fay, cast.mo, cast.cora):
        with work.begin(), pytest.raises(NotFound):
            service.remove_person(who, private.id, cast.tess.id)
    with work.begin():
        service.agree(cast.zed, room.id)


def test_moderator_in_the_room_lets_in_again_and_brings_nobody_else(room: Room, cast: Cast) -> None:
    with work.begin(), pytest.raises(NotFound):
        service.add_person(cast.mo, room.id, cast.sol.name)
    with work.begin(), pytest.raises(NotFound):
        service.add_person(cast.mia, room.id, cast.noor.name)
    with work.begin():
        service.add_person(cast.mo, room.id, cast.noor.name)
        service.agree(cast.noor, room.id)


@pytest.mark.postgres
def test_whoever_says_yes_at_the_door_while_they_are_taken_out_is_out(
    postgres_app: Flask, cast: Cast
) -> None:
    """Their yes had lapsed, or they had left: whichever of the two comes first, they are out."""
    for turn in range(6):
        room = a_room(cast, cast.noor, name=f"Room {'abcdef'[turn]}")
        said(cast.noor, room, "hello")
        if turn % 2:
            with work.begin():
                service.leave_room(cast.noor, room.id)
        yes, out = at_once(
            lambda room=room: service.agree(cast.noor, room.id),
            lambda room=room: service.remove_person(cast.cora, room.id, cast.noor.id),
        )
        assert out == ""
        assert yes in {"", "forbidden"}
        assert is_out(cast, room)


@pytest.mark.postgres
def test_whoever_leaves_while_they_are_taken_out_is_out(postgres_app: Flask, cast: Cast) -> None:
    for turn in range(4):
        room = a_room(cast, cast.noor, name=f"Room {'abcd'[turn]}")
        _, out = at_once(
            lambda room=room: service.leave_room(cast.noor, room.id),
            lambda room=room: service.remove_person(cast.cora, room.id, cast.noor.id),
        )
        assert out == ""
        assert is_out(cast, room)


def is_out(cast: Cast, room: Room) -> bool:
    """Whether Noor is not in the room, and cannot come in."""
    with work.begin(), pytest.raises(Refused, match="taken you out"):
        service.agree(cast.noor, room.id)
    with work.begin(writes=False):
        return queries.membership_in(room.id, cast.noor.id) is None


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


def test_from_what_they_wrote_staff_keep_out_who_has_left(
    signed_in: SignIn, post: Post, room: Room, cast: Cast
) -> None:
    message = said(cast.zed, room, "something cruel, and gone")
    with work.begin():
        service.leave_room(cast.zed, room.id)
    way = f"/rooms/{room.id}/messages/{message.id}/take-out"
    for name in ("fay", "mo"):
        assert way in page(signed_in(name), room)
        text = signed_in(name).get(way).get_data(as_text=True)
        assert "Keep \u2068Zed\u2069 out of this room?" in text
        assert "\u2068Zed\u2069 has left the room" in text
    with work.begin():
        service.add_person(cast.cora, room.id, cast.noor.name)
        service.agree(cast.noor, room.id)
    noor = signed_in("noor")
    assert "/take-out" not in page(noor, room)
    assert noor.get(way).status_code == 404
    assert post(noor, way).status_code == 404
    elsewhere = a_room(cast, cast.fay, name="Evenings")
    assert signed_in("fay").get(way.replace(room.id, elsewhere.id)).status_code == 404
    assert post(signed_in("mo"), way).headers["Location"] == f"/rooms/{room.id}"
    assert signed_in("zed").get(f"/rooms/{room.id}").status_code == 403
    text = signed_in("fay").get(way).get_data(as_text=True)
    assert "is out of this room already" in text
    assert "Take \u2068Zed" not in text
    assert "They are told once" not in text


def test_staff_do_not_take_themselves_out_by_their_own_words(
    signed_in: SignIn, post: Post, room: Room, cast: Cast
) -> None:
    message = said(cast.fay, room, "hello")
    way, fay = f"/rooms/{room.id}/messages/{message.id}/take-out", signed_in("fay")
    assert way not in page(fay, room)
    assert fay.get(way).status_code == 404
    assert post(fay, way).status_code == 404


@pytest.mark.parametrize("taken_out", [False, True])
def test_whoever_erases_their_account_is_in_no_list_and_cannot_be_kept_out(
    signed_in: SignIn, post: Post, room: Room, cast: Cast, taken_out: bool
) -> None:
    zed, people = cast.zed, f"/rooms/{room.id}/people"
    message = said(zed, room, "hello")
    with work.begin():
        if taken_out:
            service.remove_person(cast.fay, room.id, zed.id)
        else:
            service.leave_room(zed, room.id)
    fay = signed_in("fay")
    text = fay.get(people).get_data(as_text=True)
    assert ">Zed<" in text
    before = text.count('class="row"')
    with work.begin():
        accounts.erase_account(zed)
    text = fay.get(people).get_data(as_text=True)
    assert text.count('class="row"') == before - 1  # no row without a name either
    assert zed.id not in text
    assert "Left by themselves" not in text
    assert fay.get(f"/rooms/{room.id}/messages/{message.id}/take-out").status_code == 404
    assert post(fay, f"{people}/{zed.id}/remove").status_code == 404
    with work.begin(writes=False):
        assert queries.taken_out_of(room.id) == [cast.noor.id]
        assert queries.people_who_left(room.id) == []


def test_whoever_took_all_their_words_back_and_left_can_be_kept_out(
    signed_in: SignIn, post: Post, room: Room, cast: Cast
) -> None:
    message = said(cast.zed, room, "something cruel")
    with work.begin():
        service.remove_message(cast.zed, message.id)
        service.leave_room(cast.zed, room.id)
    fay, people = signed_in("fay"), f"/rooms/{room.id}/people"
    text = fay.get(people).get_data(as_text=True)
    assert "They wrote here." in text
    assert post(fay, f"{people}/{cast.zed.id}/remove").status_code == 303


def test_moderator_takes_out_none_who_leads_the_room(
    signed_in: SignIn, post: Post, room: Room, cast: Cast
) -> None:
    message = said(cast.fay, room, "hello")
    with work.begin(), pytest.raises(Refused, match="look after this room"):
        service.remove_person(cast.mo, room.id, cast.fay.id)
    mo, people = signed_in("mo"), f"/rooms/{room.id}/people"
    text = mo.get(people).get_data(as_text=True)
    assert f"{cast.zed.id}/remove" in text
    assert f"{cast.fay.id}/remove" not in text
    way = f"/rooms/{room.id}/messages/{message.id}/take-out"
    assert mo.get(way).status_code == 403
    assert way not in page(mo, room)
    with work.begin():
        service.remove_person(cast.cora, room.id, cast.fay.id)


def test_moderator_takes_out_who_is_no_facilitator_any_more(
    signed_in: SignIn, post: Post, room: Room, cast: Cast
) -> None:
    guest = cast.newcomer(Role.FACILITATOR)
    with work.begin():
        service.set_facilitators(cast.cora, room.id, [cast.fay.id, guest.id])
        service.agree(actor_from(guest), room.id)
    message = said(actor_from(guest), room, "hello")
    mo, people = signed_in("mo"), f"/rooms/{room.id}/people"
    way = f"/rooms/{room.id}/messages/{message.id}/take-out"
    assert way not in page(mo, room)
    with work.begin():
        accounts.set_roles(cast.ada, guest.id, [Role.MEMBER])
    assert way in page(mo, room)
    assert f"{guest.id}/remove" in mo.get(people).get_data(as_text=True)
    assert post(mo, f"{people}/{guest.id}/remove").status_code == 303
    assert post(mo, way).status_code == 303


def test_moderator_who_was_taken_out_is_said_to_come_back_as_they_like(
    signed_in: SignIn, room: Room, cast: Cast
) -> None:
    with work.begin():
        service.agree(cast.mo, room.id)
    fay, moderator = signed_in("fay"), "As a moderator they can come back by themselves."
    for who, is_said in ((cast.mo, True), (cast.zed, False)):
        way = f"/rooms/{room.id}/messages/{said(who, room, 'hello').id}/take-out"
        assert (moderator in fay.get(way).get_data(as_text=True)) is is_said


def test_whoever_is_suspended_meanwhile_cannot_be_let_in_again_and_it_is_said_why(
    signed_in: SignIn, post: Post, room: Room, cast: Cast
) -> None:
    guest = cast.newcomer()
    with work.begin():
        service.agree(actor_from(guest), room.id)
        service.remove_person(cast.fay, room.id, guest.id)
        accounts.suspend(guest.id, by=cast.mo, days=7)
    answer = post(signed_in("mo"), f"/rooms/{room.id}/people", {"name": guest.name})
    assert answer.status_code == 409
    assert "They cannot be let in just now." in answer.get_data(as_text=True)


def test_moderator_is_told_why_somebody_cannot_be_let_in_again(
    signed_in: SignIn, post: Post, room: Room, cast: Cast
) -> None:
    mo, people = signed_in("mo"), f"/rooms/{room.id}/people"
    with work.begin():
        service.add_person(cast.cora, room.id, cast.noor.name)
    answer = post(mo, people, {"name": cast.noor.name})
    assert answer.status_code == 409
    assert "in this room already" in answer.get_data(as_text=True)


def test_page_of_the_people_says_who_left_and_whose_words_are_still_there(
    signed_in: SignIn, post: Post, room: Room, cast: Cast
) -> None:
    people, fay = f"/rooms/{room.id}/people", signed_in("fay")
    assert "Left by themselves" not in fay.get(people).get_data(as_text=True)
    said(cast.zed, room, "something cruel, and gone")
    with work.begin():
        service.leave_room(cast.zed, room.id)
    text = fay.get(people).get_data(as_text=True)
    assert "Left by themselves" in text
    assert "Keep out" in text
    mo = signed_in("mo").get(people).get_data(as_text=True)
    assert "Keep out" in mo
    assert "Who looks after this room?" not in mo
    assert "Keep out" not in signed_in("mia").get(people).get_data(as_text=True)
    assert post(fay, f"{people}/{cast.zed.id}/remove").status_code == 303
    text = fay.get(people).get_data(as_text=True)
    assert "Left by themselves" not in text
    assert text.count("Let in again") == 2
