"""Muting somebody, and blocking them: in the transaction, and on pages without JavaScript."""

import pytest
from flask import Flask
from sqlalchemy import select

from peer.accounts import service as accounts
from peer.core import work
from peer.core.errors import Invalid, NotFound, Refused
from peer.policy.roles import Actor, Role
from peer.rooms import queries, service
from peer.rooms.holdings import held
from peer.rooms.models import Distance, Message, Room
from tests.cast import Cast
from tests.rooms.place import a_private_room, a_room, kept_by, said
from tests.rooms.test_pages import Post, SignIn, bubbles, page


@pytest.fixture
def room(either: Flask, cast: Cast) -> Room:
    return a_room(cast, cast.noor, cast.zed, cast.sol, cast.fay)


def keeps(actor: Actor, message: Message, how: str) -> None:
    with work.begin():
        service.keep_distance(actor, message.id, how)


def seen(actor: Actor, room: Room) -> list[str]:
    """The texts that a person's page of the room is made of."""
    with work.begin(writes=False):
        lines, _ = queries.page_of(room.id, actor.id)
    return [line.text for line in lines]


def reactions(actor: Actor, message: Message) -> dict[str, int]:
    """The warm words that a person finds beside a message."""
    with work.begin(writes=False):
        line = queries.line_of(queries.message_with(message.id), actor.id)
    return line.heard if actor.id == line.author_id else dict(line.reactions)


def unread(actor: Actor) -> int:
    with work.begin(writes=False):
        return sum(card.unread for card in queries.rooms_open_to(actor))


def test_who_is_muted_does_not_count_as_new_and_is_still_there(room: Room, cast: Cast) -> None:
    first = said(cast.zed, room, "one")
    keeps(cast.noor, first, "mute")
    said(cast.zed, room, "two")
    said(cast.sol, room, "three")
    assert seen(cast.noor, room) == ["one", "two", "three"]
    assert unread(cast.noor) == 1
    assert unread(cast.fay) == 3


def test_who_is_blocked_is_not_shown_to_the_one_who_did_and_to_everybody_else(
    room: Room, cast: Cast
) -> None:
    first = said(cast.zed, room, "one")
    keeps(cast.noor, first, "block")
    said(cast.noor, room, "two")
    said(cast.zed, room, "three")
    assert seen(cast.noor, room) == ["two"]
    assert seen(cast.zed, room) == seen(cast.sol, room) == ["one", "two", "three"]


def test_nothing_that_the_blocked_person_does_is_refused_or_looks_otherwise_to_them(
    room: Room, cast: Cast
) -> None:
    """What Zed can find out by trying is what he would find out if nobody had blocked him."""
    hers = said(cast.noor, room, "hello")
    keeps(cast.noor, said(cast.zed, room, "one"), "block")
    answer = said(cast.zed, room, "an answer to her", reply_to=hers.id)
    with work.begin():
        service.react(cast.zed, hers.id, "with_you")
    assert reactions(cast.zed, hers) == reactions(cast.sol, hers) == {"with_you": 1}
    assert seen(cast.zed, room)[-1] == seen(cast.sol, room)[-1] == "an answer to her"
    with work.begin(writes=False):
        assert queries.kept_by(cast.zed.id) == []
        assert queries.line_of(queries.message_with(answer.id), cast.zed.id).reply is not None
        told = held(cast.zed.id)
    assert next(each for each in told if each.key == "distances").rows == []


def test_what_the_blocked_person_answers_does_not_reach_the_one_who_did(
    room: Room, cast: Cast
) -> None:
    hers = said(cast.noor, room, "hello")
    keeps(cast.noor, said(cast.zed, room, "one"), "block")
    with work.begin():
        service.react(cast.zed, hers.id, "with_you")
        service.react(cast.sol, hers.id, "with_you")
        service.react(cast.zed, hers.id, "glad")
    said(cast.zed, room, "an answer to her", reply_to=hers.id)
    assert seen(cast.noor, room) == ["hello"]
    assert reactions(cast.noor, hers) == {"with_you": 1}


def test_she_neither_answers_nor_warms_to_whom_she_blocked(room: Room, cast: Cast) -> None:
    his = said(cast.zed, room, "one")
    keeps(cast.noor, his, "block")
    with pytest.raises(NotFound):
        said(cast.noor, room, "an answer", reply_to=his.id)
    with pytest.raises(NotFound), work.begin():
        service.react(cast.noor, his.id, "glad")
    with work.begin():  # and can still tell a moderator
        service.report_message(cast.noor, his.id, "unkind")


def test_an_answer_of_somebody_else_does_not_carry_the_words_of_the_blocked(
    room: Room, cast: Cast
) -> None:
    his = said(cast.zed, room, "one")
    said(cast.sol, room, "I hear you", reply_to=his.id)
    keeps(cast.noor, his, "block")
    with work.begin(writes=False):
        (line,), _ = queries.page_of(room.id, cast.noor.id)
    assert (line.text, line.reply_to, line.reply) == ("I hear you", his.id, None)


def test_people_of_the_team_can_be_muted_and_not_blocked(room: Room, cast: Cast) -> None:
    asked = said(cast.fay, room, "how are you all?")
    with pytest.raises(Refused, match="muted, not blocked"):
        keeps(cast.noor, asked, "block")
    keeps(cast.noor, asked, "mute")
    with pytest.raises(Refused, match="see everybody"):
        keeps(cast.fay, said(cast.noor, room, "well"), "block")


def test_what_a_muted_facilitator_asks_all_and_says_to_one_still_arrives(
    room: Room, cast: Cast
) -> None:
    with work.begin():
        service.set_facilitators(cast.cora, room.id, [cast.fay.id])
    keeps(cast.noor, said(cast.fay, room, "how are you all?"), "mute")
    with work.begin():
        service.whisper(cast.fay, room.id, cast.noor.id, "Are you all right?")
        service.steer(cast.fay, room.id, question="What helped?", slow_seconds=0, hold_all=False)
    with work.begin(writes=False):
        (found,) = queries.whispers_for(room.id, cast.noor.id, all_of_them=False)
        asked = queries.room_to_read(cast.noor, room.id).question
    assert (found.text, asked) == ("Are you all right?", "What helped?")


def test_a_block_only_mutes_once_the_other_belongs_to_the_team(room: Room, cast: Cast) -> None:
    keeps(cast.noor, said(cast.zed, room, "one"), "block")
    assert seen(cast.noor, room) == []
    with work.begin():
        accounts.set_roles(cast.ada, cast.zed.id, [Role.MEMBER, Role.FACILITATOR])
    assert seen(cast.noor, room) == ["one"]
    with work.begin(writes=False):
        (kept,) = queries.kept_by(cast.noor.id)
    assert (kept.how, kept.may_block) == ("mute", False)


def test_in_a_room_for_two_nothing_goes_either_way_and_the_other_learns_nothing(
    either: Flask, cast: Cast
) -> None:
    private = a_private_room(cast)
    hers = said(cast.noor, private, "hello")
    keeps(cast.noor, said(cast.tess, private, "hello Noor"), "block")
    with pytest.raises(Refused, match="undo it"):
        said(cast.noor, private, "two")
    with pytest.raises(Refused), work.begin():
        service.edit_message(cast.noor, hers.id, text="other words")
    said(cast.tess, private, "are you there?")
    assert seen(cast.noor, private) == ["hello"]
    assert seen(cast.tess, private) == ["hello", "hello Noor", "are you there?"]
    with work.begin():
        service.end_distance(cast.noor, kept_by(cast.noor))
    said(cast.noor, private, "now I am")
    assert seen(cast.noor, private) == seen(cast.tess, private)


def test_two_who_are_apart_are_so_both_ways_round(room: Room, cast: Cast) -> None:
    keeps(cast.noor, said(cast.zed, room, "one"), "block")
    keeps(cast.noor, said(cast.sol, room, "two"), "mute")
    with work.begin(writes=False):
        apart = queries.pairs_apart([cast.noor.id, cast.zed.id, cast.sol.id])
    assert apart == {(cast.noor.id, cast.zed.id), (cast.zed.id, cast.noor.id)}


def test_nobody_is_found_by_guessing_their_id(room: Room, cast: Cast) -> None:
    for verb in (
        service.end_distance,
        lambda who, whom: service.change_distance(who, whom, "mute"),
    ):
        for guess in (cast.zed.id, "nobody", "a\0b"):
            with pytest.raises(NotFound), work.begin():
                verb(cast.noor, guess)
    keeps(cast.noor, said(cast.zed, room, "one"), "mute")
    with pytest.raises(NotFound), work.begin():
        service.end_distance(cast.zed, kept_by(cast.noor))
    with pytest.raises(Invalid), work.begin():
        service.change_distance(cast.noor, kept_by(cast.noor), "silence")


def test_it_goes_with_either_of_the_two(room: Room, cast: Cast) -> None:
    keeps(cast.noor, said(cast.zed, room, "one"), "block")
    keeps(cast.sol, said(cast.noor, room, "two"), "mute")
    with work.begin():
        assert service.forget_person(cast.noor.id)["distances"] == 2
    with work.begin(writes=False) as session:
        assert session.scalars(select(Distance)).all() == []


# --- pages ------------------------------------------------------------------------------------


@pytest.fixture
def here(app: object, cast: Cast) -> Room:
    return a_room(cast, cast.noor, cast.zed, cast.sol)


def test_muted_by_form_and_folded_to_one_line_that_opens(
    signed_in: SignIn, post: Post, cast: Cast, here: Room
) -> None:
    his = said(cast.zed, here, "quite a lot")
    said(cast.sol, here, "I hear you", reply_to=his.id)
    noor = signed_in("noor")
    ask = f"/rooms/{here.id}/messages/{his.id}/distance"
    assert "Hear less of \u2068Zed\u2069?" in noor.get(ask).get_data(as_text=True)
    assert post(noor, ask, {"how": "mute"}).status_code == 303
    text = page(noor, here).split("<template")[0]
    assert text.count("Someone you have muted wrote") == 1
    assert bubbles(text) == ["quite a lot", "I hear you"]
    assert ">Someone you have muted</bdi>" in text  # and not what she folded away
    assert "You hear less of them already" in noor.get(ask).get_data(as_text=True)
    zeds = signed_in("zed")
    assert "muted wrote" not in page(zeds, here).split("<template")[0]


def test_asked_beside_the_conversation_it_answers_without_a_page(
    signed_in: SignIn, post: Post, cast: Cast, here: Room
) -> None:
    his = said(cast.zed, here, "quite a lot")
    noor = signed_in("noor")
    ask = f"/rooms/{here.id}/messages/{his.id}/distance"
    answer = post(noor, ask, {"how": "mute", "aside": "1"})
    assert (answer.status_code, answer.data) == (204, b"")
    assert 'class="flashes' not in page(noor, here), "the script has said so already"


def test_list_of_whom_one_muted_and_blocked_changes_and_ends(
    signed_in: SignIn, post: Post, cast: Cast, here: Room
) -> None:
    his = said(cast.zed, here, "quite a lot")
    noor = signed_in("noor")
    assert "Nobody" in noor.get("/rooms/distance").get_data(as_text=True)
    post(noor, f"/rooms/{here.id}/messages/{his.id}/distance", {"how": "block"})
    assert bubbles(page(noor, here)) == []
    listed = noor.get("/rooms/distance").get_data(as_text=True)
    assert "Blocked" in listed
    assert "Zed" in listed
    for how, shown in (("mute", 1), ("block", 0), ("end", 1)):
        answer = post(noor, f"/rooms/distance/{kept_by(cast.noor)}", {"how": how})
        assert answer.status_code == 303
        assert len(bubbles(page(noor, here))) == shown
    assert "Zed" not in noor.get("/rooms/distance").get_data(as_text=True)


def test_ones_own_words_and_unknown_ones_have_no_such_page(
    signed_in: SignIn, post: Post, cast: Cast, here: Room
) -> None:
    own, his = said(cast.noor, here, "one"), said(cast.zed, here, "two")
    noor = signed_in("noor")
    for message_id in (own.id, "unknown"):
        ask = f"/rooms/{here.id}/messages/{message_id}/distance"
        assert noor.get(ask).status_code == 404
        assert post(noor, ask, {"how": "mute"}).status_code == 404
    answer = post(noor, f"/rooms/{here.id}/messages/{his.id}/distance", {"how": "silence"})
    assert answer.status_code == 422


def test_room_for_two_says_to_the_one_who_blocked_that_nothing_goes(
    signed_in: SignIn, app: object, cast: Cast
) -> None:
    private = a_private_room(cast, "apart")
    keeps(cast.noor, said(cast.tess, private, "hello"), "block")
    assert "You have blocked the other person" in page(signed_in("noor"), private)
    assert "blocked the other" not in page(signed_in("tess"), private)
