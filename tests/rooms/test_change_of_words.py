"""Changing words that moderators are to see."""

from flask import Flask

from peer.accounts import service as accounts
from peer.accounts.queries import account_with, actor_from
from peer.core import work
from peer.moderation import queries as moderation
from peer.moderation.subjects import subject_of
from peer.policy import rooms as policy
from peer.policy.roles import Role
from peer.policy.rooms import MessageState
from peer.rooms import queries, service
from tests.cast import Cast

CRUEL = "You are worthless and everyone here knows it."


def _room_of(cast: Cast) -> str:
    with work.begin():
        room = service.create_room(cast.cora, name="Evening")
        for person in (cast.noor, cast.zed):
            service.agree(person, room.id)
    return room.id


def test_held_words_stay_held_when_their_author_changes_them(app: Flask, cast: Cast) -> None:
    room_id = _room_of(cast)
    with work.begin():
        message = service.post_message(cast.zed, room_id, text=CRUEL, nonce="n1")
    assert message.state == MessageState.HELD
    with work.begin():
        service.edit_message(cast.zed, message.id, text="Have a lovely evening.")
    with work.begin(writes=False):
        assert queries.message_with(message.id).state == MessageState.HELD


def test_moderators_see_what_was_said_before_it_was_changed(app: Flask, cast: Cast) -> None:
    room_id = _room_of(cast)
    with work.begin():
        message = service.post_message(
            cast.zed, room_id, text="Nobody asked you, Noor.", nonce="n2"
        )
    with work.begin():
        service.report_message(cast.noor, message.id, "unkind")
        version = moderation.item_of("message", message.id).version
    with work.begin():
        service.edit_message(cast.zed, message.id, text="Good evening, Noor.")
    with work.begin(writes=False):
        brief = subject_of("message").brief(message.id)
        assert [line.text for line in brief.context if line.was_changed] == [
            "Nobody asked you, Noor."
        ]
        assert moderation.item_of("message", message.id).version > version


def test_facilitator_who_no_longer_is_one_leads_no_room(app: Flask, cast: Cast) -> None:

    guest = cast.newcomer(Role.FACILITATOR)
    with work.begin():
        room = service.create_room(cast.cora, name="Morning")
        service.set_facilitators(cast.cora, room.id, [guest.id])
        accounts.set_roles(cast.ada, guest.id, [Role.MEMBER])
    with work.begin(writes=False):
        actor = actor_from(account_with(guest.id))
        standing = queries.standing_in(room, guest.id)
        assert not policy.can_manage(actor, room, standing)
        assert not policy.can_see_held(actor, standing)


def test_absurd_numbers_in_an_address_are_as_good_as_none(signed_in, cast: Cast) -> None:
    room_id = _room_of(cast)
    noor = signed_in("noor")
    huge = "9" * 30
    for address in (f"/rooms/{room_id}?before={huge}", f"/inbox?page={huge}", "/inbox?page=-3"):
        assert noor.get(address).status_code == 200, address
    assert noor.get("/rooms/%00").status_code == 404
