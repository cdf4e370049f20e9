"""A name for one room: in the transaction, and on pages without JavaScript."""

import json
import threading

import pytest
from flask import Flask
from sqlalchemy import event, select

from peer.accounts import service as accounts
from peer.core import work
from peer.core.audit import AuditEntry
from peer.core.db import database
from peer.core.errors import Invalid, Muted, NotFound, Refused
from peer.moderation.models import ReviewItem
from peer.moderation.service import Wanted
from peer.moderation.subjects import subject_of
from peer.policy.moderation import SanctionKind
from peer.policy.roles import Actor, Role
from peer.rooms import broadcast, queries, service
from peer.rooms.holdings import expire, held
from peer.rooms.models import Message, Room, RoomName
from tests.cast import Cast
from tests.privacy.lives import hidden
from tests.rooms.place import a_private_room, a_room, said
from tests.rooms.test_pages import Post, SignIn, bubbles, page


@pytest.fixture
def allowed(either: Flask, cast: Cast) -> None:
    with work.begin():
        service.allow_names(cast.ada, on=True)


@pytest.fixture
def room(allowed: None, cast: Cast) -> Room:
    return a_room(cast, cast.noor, cast.zed, cast.sol, cast.fay)


@pytest.fixture
def other(allowed: None, cast: Cast) -> Room:
    return a_room(cast, cast.noor, cast.zed, name="Evenings")


def named(actor: Actor, room: Room, name: str) -> None:
    with work.begin():
        service.take_name(actor, room.id, name)


def seen(actor: Actor, room: Room) -> list[tuple[str, str]]:
    """Who said what, as somebody reads it."""
    with work.begin(writes=False):
        lines, _ = queries.page_of(room.id, actor.id)
    return [(line.author_name, line.text) for line in lines]


def told(actor: Actor, room: Room) -> str:
    """Everything that a page of somebody is told of a room, as it goes out."""
    with work.begin(writes=False):
        lines, _ = queries.page_of(room.id, actor.id)
        changes = queries.changes_between(room.id, 0, None, viewer_id=None)
        return json.dumps(
            [broadcast.message_json(line, viewer_id=actor.id) for line in lines]
            + [broadcast.message_json(each.line) for each in changes if each.line]
        )


def ids(room: Room) -> set[str]:
    """As whom pages of a room know those who spoke there."""
    with work.begin(writes=False):
        lines, _ = queries.page_of(room.id, None)
    return {broadcast.message_json(line)["author"]["id"] for line in lines}


def test_noor_is_fern_in_one_room_and_nothing_that_is_told_links_the_two(
    room: Room, other: Room, cast: Cast
) -> None:
    named(cast.noor, room, "Fern")
    said(cast.noor, room, "the first word")
    said(cast.noor, other, "the second word")
    assert seen(cast.zed, room) == [("Fern", "the first word")]
    assert seen(cast.zed, other) == [("Noor", "the second word")]
    for viewer in (cast.zed, cast.tess, cast.fay):
        assert cast.noor.id not in told(viewer, room) + told(viewer, other)
        assert "Noor" not in told(viewer, room)
    assert not ids(room) & ids(other)


def test_nobody_is_known_by_one_id_in_two_rooms_also_where_nobody_has_another_name(
    either: Flask, cast: Cast
) -> None:
    first, second = (a_room(cast, cast.noor, cast.zed, name=name) for name in ("One", "Two"))
    for room in (first, second):
        said(cast.noor, room, "hello")
        said(cast.noor, room, "again")
        assert cast.noor.id not in told(cast.zed, room)
    assert len(ids(first)) == len(ids(second)) == 1
    assert ids(first) != ids(second)


def test_names_are_not_to_be_had_until_an_admin_says_so(either: Flask, cast: Cast) -> None:
    room = a_room(cast, cast.noor)
    with pytest.raises(Refused), work.begin():
        service.take_name(cast.noor, room.id, "Fern")
    for other in (cast.noor, cast.fay, cast.mo, cast.cora):
        with pytest.raises(NotFound), work.begin():
            service.allow_names(other, on=True)
    with work.begin():
        service.allow_names(cast.ada, on=True)
        service.allow_names(cast.ada, on=True)
    named(cast.noor, room, "Fern")
    with work.begin(writes=False) as session:
        rows = session.scalars(select(AuditEntry).where(AuditEntry.act == "rooms.names")).all()
    assert [(row.actor_id, row.details) for row in rows] == [(cast.ada.id, {"on": True})]


def test_switched_off_again_names_stay_and_nobody_takes_a_new_one(room: Room, cast: Cast) -> None:
    """Otherwise all that was said under them would tell whose they were."""
    named(cast.noor, room, "Fern")
    said(cast.noor, room, "one")
    with work.begin():
        service.allow_names(cast.ada, on=False)
    said(cast.noor, room, "two")
    assert seen(cast.zed, room) == [("Fern", "one"), ("Fern", "two")]
    for who, name in ((cast.noor, "Willow"), (cast.sol, "Reed")):
        with pytest.raises(Refused), work.begin():
            service.take_name(who, room.id, name)
    with work.begin():
        service.give_up_name(cast.noor, room.id)
    assert seen(cast.zed, room) == [("Noor", "one"), ("Noor", "two")]


@pytest.mark.parametrize("who", ["fay", "mo", "cora", "tess"])
def test_the_team_and_mentors_go_by_one_name_everywhere(room: Room, cast: Cast, who: str) -> None:
    actor = getattr(cast, who)
    with work.begin():
        if who == "tess":
            service.add_person(cast.cora, room.id, "Tess")
    with pytest.raises(Refused), work.begin():
        service.take_name(actor, room.id, "Fern")


def test_a_room_for_two_and_one_that_is_shut_have_no_other_names(allowed: None, cast: Cast) -> None:
    private = a_private_room(cast)
    invited = a_room(cast, cast.zed, entry="invited")
    for room in (private, invited):
        with pytest.raises(NotFound), work.begin():
            service.take_name(cast.noor, room.id, "Fern")


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("Noor", "everywhere"),
        ("N0or", ""),
        ("Zed", "already"),
        ("Zеd", ""),  # a Cyrillic letter in it
        ("Fay", "already"),
        ("Mo", "already"),
        ("Willow", "already"),
        ("W1llow", "already"),
        ("F", "2 to 30"),
        ("0612345678", "call"),
        ("me@example.org", "address"),
        ("Anna Berger", "full name"),
    ],
)
def test_names_keep_the_rules_of_names(room: Room, cast: Cast, name: str, why: str) -> None:
    named(cast.sol, room, "Willow")
    assert cast.mo.name == "Mo"
    said(cast.zed, room, "hello")
    with pytest.raises(Invalid) as refused, work.begin():
        service.take_name(cast.noor, room.id, name)
    assert why in refused.value.message
    assert refused.value.field == "name"


def test_by_trying_names_nobody_finds_out_who_is_here(room: Room, cast: Cast) -> None:
    """Not who has an account, who reads along without a word, or who is here as somebody else."""
    named(cast.noor, room, "Fern")
    said(cast.noor, room, "hello")
    for name in (cast.uma.name, cast.sol.name, "Noor", "Quiet-River"):
        named(cast.zed, room, name)


def test_two_who_want_one_name_at_once_do_not_both_get_it(room: Room, cast: Cast) -> None:
    ready, outcomes = threading.Barrier(2), []

    def takes(who: Actor) -> None:
        ready.wait()
        try:
            named(who, room, "Fern")
            outcomes.append("taken")
        except Invalid as error:
            outcomes.append(error.message)

    both = [threading.Thread(target=takes, args=(who,)) for who in (cast.noor, cast.sol)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert sorted(outcomes) == [
        "Someone here already goes by that name. Another one is free.",
        "taken",
    ]


def test_a_name_that_was_given_up_is_free_for_others(room: Room, cast: Cast) -> None:
    named(cast.noor, room, "Fern")
    with work.begin():
        service.give_up_name(cast.noor, room.id)
    with pytest.raises(NotFound), work.begin():
        service.give_up_name(cast.noor, room.id)
    named(cast.sol, room, "Fern")


def test_what_was_said_before_stands_under_the_new_name_and_pages_follow(
    room: Room, cast: Cast
) -> None:
    first = said(cast.noor, room, "one")
    with work.begin(writes=False):
        before = queries.room_with(room.id).last_seq
    named(cast.noor, room, "Fern")
    with work.begin(writes=False):
        (change,) = queries.changes_between(room.id, before, None, viewer_id=None)
    assert change.line is not None
    assert (change.message_id, change.line.author_name) == (first.id, "Fern")


def test_who_leaves_and_comes_back_keeps_the_name_and_it_never_turns(
    room: Room, cast: Cast
) -> None:
    named(cast.noor, room, "Fern")
    said(cast.noor, room, "one")
    with work.begin():
        service.leave_room(cast.noor, room.id)
        expire(1000)
    assert seen(cast.zed, room) == [("Fern", "one")]
    with work.begin():
        service.agree(cast.noor, room.id)
    said(cast.noor, room, "two")
    assert seen(cast.zed, room)[-1] == ("Fern", "two")


def test_name_goes_once_nothing_in_the_room_needs_it(room: Room, cast: Cast) -> None:
    named(cast.noor, room, "Fern")
    first = said(cast.noor, room, "one")
    named(cast.sol, room, "Reed")
    with work.begin():
        service.leave_room(cast.noor, room.id)
    with work.begin() as session:
        session.delete(session.get(Message, first.id))
        session.flush()
        assert expire(1000)["room_names"] == 1
    with work.begin(writes=False) as session:
        assert [each.account_id for each in session.scalars(select(RoomName))] == [cast.sol.id]


def test_name_lies_sealed_and_goes_with_the_account(room: Room, cast: Cast) -> None:
    named(cast.noor, room, "Meadowlark")
    with work.begin(writes=False) as session:
        row = session.get(RoomName, (room.id, cast.noor.id))
        assert row is not None
        assert b"Meadowlark" not in row.name_sealed
        (section,) = [each for each in held(cast.noor.id) if each.key == "room_names"]
    assert section.rows == [{"room": "Commons", "name": "Meadowlark"}]
    with work.begin():
        service.take_out_of_sight(cast.noor.id)
        assert service.forget_person(cast.noor.id)["room_names"] == 1


# --- those who look after people -----------------------------------------------------------


def test_who_may_not_write_does_not_write_under_another_name(room: Room, cast: Cast) -> None:
    named(cast.noor, room, "Fern")
    unkind = said(cast.noor, room, "something unkind")
    with work.begin():
        service.report_message(cast.zed, unkind.id, "unkind", "")
    hidden(cast, unkind, Wanted(SanctionKind.MUTE, 24))
    with pytest.raises(Muted):
        said(cast.noor, room, "more")
    named(cast.noor, room, "Willow")
    with pytest.raises(Muted):
        said(cast.noor, room, "more")
    with work.begin(writes=False) as session:
        item = session.scalars(select(ReviewItem)).one()
    assert item.author_id == cast.noor.id


def test_a_moderator_reads_both_names_of_whom_was_reported(room: Room, cast: Cast) -> None:
    named(cast.noor, room, "Fern")
    message = said(cast.noor, room, "something unkind")
    answer = said(cast.zed, room, "not here, please")
    with work.begin(writes=False):
        brief = subject_of("message").brief(message.id)
        around = subject_of("message").brief(answer.id).context
    assert (brief.author_id, brief.author_name) == (cast.noor.id, "Fern (Noor)")
    assert {line.author_name for line in around} == {"Fern (Noor)", "Zed"}


def test_those_who_look_after_a_room_see_both_names(room: Room, cast: Cast) -> None:
    named(cast.noor, room, "Fern")
    with work.begin(writes=False):
        people = {person.id: person.both for person in queries.people_in(room.id)}
        assert queries.account_in(room.id, queries.person_id(room.id, cast.noor.id)) == cast.noor.id
    assert people[cast.noor.id] == "Fern (Noor)"
    assert people[cast.zed.id] == "Zed"


def test_nobody_is_found_by_the_id_of_their_account_or_by_the_one_of_another_room(
    room: Room, other: Room, cast: Cast
) -> None:
    elsewhere = queries.person_id(other.id, cast.noor.id)
    stranger = queries.person_id(room.id, cast.tess.id)
    for sent in (cast.noor.id, elsewhere, stranger, "nobody", "", "\0", "é"):
        with work.begin(writes=False), pytest.raises(NotFound):
            queries.account_in(room.id, sent)


# --- muting and blocking -------------------------------------------------------------------


def keeps(actor: Actor, message: Message, how: str) -> None:
    with work.begin():
        service.keep_distance(actor, message.id, how)


def test_whom_one_mutes_under_a_name_stands_in_the_list_under_it_and_nowhere_else(
    room: Room, other: Room, cast: Cast
) -> None:
    named(cast.noor, room, "Fern")
    keeps(cast.zed, said(cast.noor, room, "one"), "mute")
    said(cast.noor, other, "two")
    with work.begin(writes=False):
        (kept,) = queries.kept_by(cast.zed.id)
        assert cast.noor.id not in queries.distances_of(cast.zed.id, other.id).muted
        assert cast.noor.id in queries.distances_of(cast.zed.id, room.id).muted
        unread = {card.room.id: card.unread for card in queries.rooms_open_to(cast.zed)}
    assert kept.name == "Fern"
    assert kept.id != cast.noor.id
    assert unread == {room.id: 0, other.id: 1}
    with work.begin(writes=False):
        (section,) = [each for each in held(cast.zed.id) if each.key == "distances"]
    assert "Noor" not in str(section.rows)


def test_blocking_noor_in_one_room_does_not_show_who_she_is_in_another(
    room: Room, other: Room, cast: Cast
) -> None:
    """By pressing and looking who vanishes, one would find out whose a name is."""
    named(cast.noor, room, "Fern")
    said(cast.noor, room, "one")
    keeps(cast.zed, said(cast.noor, other, "two"), "block")
    assert seen(cast.zed, other) == []
    assert seen(cast.zed, room) == [("Fern", "one")]


def test_who_is_blocked_is_not_heard_again_by_taking_another_name(
    room: Room, other: Room, cast: Cast
) -> None:
    keeps(cast.sol, said(cast.noor, room, "one"), "block")
    keeps(cast.zed, said(cast.noor, other, "two"), "block")
    named(cast.noor, room, "Fern")
    third = a_room(cast, cast.zed, name="Third")
    with work.begin():
        service.take_name(cast.noor, third.id, "Willow")
        service.agree(cast.noor, third.id)
    said(cast.noor, room, "three"), said(cast.noor, third, "four")
    assert seen(cast.sol, room) == seen(cast.zed, third) == []
    with work.begin(writes=False):
        names = [kept.name for kept in queries.kept_by(cast.sol.id)]
        ones = {kept.name: kept.id for kept in queries.kept_by(cast.zed.id)}
    assert names == sorted(ones) == ["Fern", "Noor"]  # both were there as Noor became Fern
    with work.begin():
        service.end_distance(cast.zed, ones["Noor"])
    assert seen(cast.zed, other) == [("Noor", "two")]
    assert seen(cast.zed, room) == []
    assert seen(cast.zed, third) == [], "and nobody appears as a block is lifted"


def test_who_is_blocked_under_one_name_is_not_heard_under_one_they_take_later(
    room: Room, other: Room, cast: Cast
) -> None:
    named(cast.noor, room, "Fern")
    keeps(cast.zed, said(cast.noor, room, "one"), "block")
    keeps(cast.sol, said(cast.noor, room, "two"), "mute")
    third = a_room(cast, cast.zed, cast.sol, cast.noor, name="Third")
    named(cast.noor, third, "Willow")
    said(cast.noor, third, "three")
    assert seen(cast.zed, third) == []
    assert seen(cast.sol, third) == [("Willow", "three")]
    with work.begin(writes=False):
        (kept,) = queries.kept_by(cast.zed.id)
        assert kept.name == "Fern", "of another name nothing is told"
        assert cast.noor.id not in queries.distances_of(cast.sol.id, third.id).muted
    with work.begin():
        service.end_distance(cast.zed, kept.id)
    assert seen(cast.zed, room) == [("Fern", "one"), ("Fern", "two")]
    assert seen(cast.zed, third) == [], "and nobody appears as a block is lifted"
    fourth = a_room(cast, cast.zed, cast.noor, name="Fourth")
    named(cast.noor, fourth, "Rose")
    said(cast.noor, fourth, "four")
    assert seen(cast.zed, fourth) == [("Rose", "four")], "what was lifted goes no further"


def test_whom_somebody_has_read_does_not_vanish_as_they_take_a_name(
    room: Room, other: Room, cast: Cast
) -> None:
    """Else Zed would find out that Noor, whom he knows, is Fern, whom he has blocked."""
    named(cast.noor, room, "Fern")
    keeps(cast.zed, said(cast.noor, room, "one"), "block")
    said(cast.noor, other, "two")
    named(cast.noor, other, "Willow")
    said(cast.noor, other, "three")
    assert seen(cast.zed, other) == [("Willow", "two"), ("Willow", "three")]
    assert seen(cast.zed, room) == []


def test_who_has_read_somebody_and_left_finds_nobody_gone_as_they_come_back(
    room: Room, other: Room, cast: Cast
) -> None:
    named(cast.noor, room, "Fern")
    keeps(cast.zed, said(cast.noor, room, "one"), "block")
    said(cast.noor, other, "two"), said(cast.zed, other, "three")
    with work.begin():
        service.leave_room(cast.zed, other.id)
    named(cast.noor, other, "Willow")
    with work.begin():
        service.agree(cast.zed, other.id)
    assert seen(cast.zed, other) == [("Willow", "two"), ("Zed", "three")]
    with work.begin(writes=False):
        assert [kept.name for kept in queries.kept_by(cast.zed.id)] == ["Fern"]


def test_a_name_that_is_changed_is_a_new_one_to_who_never_read_the_one_before(
    room: Room, other: Room, cast: Cast
) -> None:
    named(cast.noor, other, "Fern")
    said(cast.noor, other, "one")
    first = said(cast.noor, room, "two")
    keeps(cast.sol, first, "block")  # who is not in the other room
    keeps(cast.zed, first, "block")  # who has read Fern there
    for name in ("Willow", "Rose"):
        named(cast.noor, other, name)
        with work.begin():
            service.agree(cast.sol, other.id)
        assert seen(cast.sol, other) == []
        assert seen(cast.zed, other) == [(name, "one")]
    with work.begin(writes=False):
        assert [kept.name for kept in queries.kept_by(cast.sol.id)] == ["Noor"]


def test_a_name_given_up_takes_what_was_set_about_it_along(room: Room, cast: Cast) -> None:
    named(cast.noor, room, "Fern")
    keeps(cast.zed, said(cast.noor, room, "one"), "block")
    keeps(cast.sol, said(cast.noor, room, "two"), "mute")
    with work.begin():
        service.give_up_name(cast.noor, room.id)
    assert seen(cast.zed, room) == []
    with work.begin(writes=False):
        assert [kept.name for kept in queries.kept_by(cast.sol.id)] == ["Noor"]


def test_one_name_of_a_pair_that_is_blocked_keeps_the_two_apart(room: Room, cast: Cast) -> None:
    named(cast.noor, room, "Fern")
    keeps(cast.zed, said(cast.noor, room, "one"), "block")
    with work.begin(writes=False):
        apart = queries.pairs_apart([cast.noor.id, cast.zed.id])
    assert (cast.noor.id, cast.zed.id) in apart


# --- pages ---------------------------------------------------------------------------------


@pytest.fixture
def here(app: object, cast: Cast) -> Room:
    with work.begin():
        service.allow_names(cast.ada, on=True)
    return a_room(cast, cast.noor, cast.zed, cast.fay)


def test_at_the_door_one_takes_a_name_and_comes_in_with_it(
    signed_in: SignIn, post: Post, cast: Cast, here: Room
) -> None:
    said(cast.zed, here, "good morning")
    sol = signed_in("sol")
    where = f"/rooms/{here.id}/agree"
    door = page(sol, here)
    assert "Sol, as everywhere" in door
    taken = post(sol, where, {"agree": "yes", "name": "Zed"})
    assert taken.status_code == 422
    assert "already goes by that name" in taken.get_data(as_text=True)
    assert "Before you come in" in page(sol, here), "nobody is in who was not called as they wished"
    assert post(sol, where, {"agree": "yes", "suggestion": "", "name": "Reed"}).status_code == 303
    assert "In this room you are called Reed." in page(sol, here)
    said(cast.sol, here, "hello")
    others = page(signed_in("zed"), here)
    assert "Reed" in others
    assert ">Sol<" not in others


def test_page_of_blocking_says_for_which_names_it_holds_whoever_it_is_about(
    signed_in: SignIn, post: Post, cast: Cast, here: Room
) -> None:
    with work.begin():
        service.agree(cast.sol, here.id)
    ones = {said(cast.noor, here, "one").id, said(cast.sol, here, "two").id}
    post(signed_in("noor"), f"/rooms/{here.id}/name", {"name": "Fern"})
    zed = signed_in("zed")
    for message in ones:
        text = zed.get(f"/rooms/{here.id}/messages/{message}/distance").get_data(as_text=True)
        assert "under a name that they had already" in text
        assert cast.noor.id not in text
        assert "Noor" not in text


def test_a_suggestion_is_taken_changed_and_given_up_by_plain_forms(
    signed_in: SignIn, post: Post, cast: Cast, here: Room
) -> None:
    noor = signed_in("noor")
    where = f"/rooms/{here.id}/name"
    offered = noor.get(where).get_data(as_text=True)
    suggestion = offered.split('name="suggestion" value="')[1].split('"')[0]
    assert post(noor, where, {"suggestion": suggestion}).status_code == 303
    assert f"In this room you are called {suggestion}" in page(noor, here)
    assert post(noor, where, {"suggestion": suggestion, "name": "Reed"}).status_code == 303
    assert post(noor, where, {"name": ""}).status_code == 422
    assert "Here you are called Reed" in noor.get(where).get_data(as_text=True)
    assert post(noor, f"{where}/give-up").status_code == 303
    assert "as everywhere" in noor.get(where).get_data(as_text=True)


def test_who_tries_one_name_after_another_is_asked_to_wait(
    signed_in: SignIn, post: Post, cast: Cast, here: Room
) -> None:
    said(cast.zed, here, "hello")
    noor, where = signed_in("noor"), f"/rooms/{here.id}/name"
    answers = [post(noor, where, {"name": "Zed"}) for _ in range(13)]
    assert [answer.status_code for answer in answers] == [422] * 12 + [429]
    assert "Retry-After" in answers[-1].headers


def test_no_page_of_others_says_whose_a_name_is(
    signed_in: SignIn, post: Post, cast: Cast, here: Room
) -> None:
    post(signed_in("noor"), f"/rooms/{here.id}/name", {"name": "Fern"})
    first = said(cast.noor, here, "one")
    said(cast.zed, here, "two", reply_to=first.id)
    with work.begin():
        service.react(cast.noor, said(cast.zed, here, "three").id, "with_you")
        service.set_facilitators(cast.cora, here.id, [cast.fay.id])
        service.whisper(cast.fay, here.id, cast.zed.id, "a quiet word")
    zed = signed_in("zed")
    about = f"/rooms/{here.id}/messages/{first.id}"
    keeps(cast.zed, first, "mute")
    for where in (
        f"/rooms/{here.id}",
        f"/rooms/{here.id}/now",
        f"/rooms/{here.id}?reply={first.id}",
        f"{about}/report",
        f"{about}/distance",
        "/rooms/distance",
        "/rooms",
    ):
        text = zed.get(where).get_data(as_text=True)
        assert cast.noor.id not in text, where
        assert cast.zed.id not in text, where
        assert "Noor" not in text, where
    assert bubbles(page(zed, here)) == ["one", "two", "three"]


def test_the_team_leads_by_what_the_room_knows_and_sees_who_it_is(
    signed_in: SignIn, post: Post, cast: Cast, here: Room
) -> None:
    post(signed_in("noor"), f"/rooms/{here.id}/name", {"name": "Fern"})
    with work.begin():
        service.set_facilitators(cast.cora, here.id, [cast.fay.id])
    fay = signed_in("fay")
    lead = fay.get(f"/rooms/{here.id}/lead").get_data(as_text=True)
    key = queries.person_id(here.id, cast.noor.id)
    assert f'<option value="{key}">Fern (Noor)</option>' in lead
    assert cast.noor.id not in lead
    sent = {"to": key, "text": "Would you like a quiet word?"}
    assert post(fay, f"/rooms/{here.id}/whisper", sent).status_code == 303
    assert "Would you like a quiet word?" in page(signed_in("noor"), here)
    people = fay.get(f"/rooms/{here.id}/people").get_data(as_text=True)
    assert "Fern</bdi>" in people
    assert "Noor</bdi>" in people


def test_where_it_is_off_there_is_no_such_page_and_no_word_of_it(
    signed_in: SignIn, post: Post, cast: Cast, app: object
) -> None:
    room = a_room(cast, cast.noor)
    noor = signed_in("noor")
    assert noor.get(f"/rooms/{room.id}/name").status_code == 404
    assert post(noor, f"/rooms/{room.id}/name", {"name": "Fern"}).status_code in {403, 404}
    assert "Your name here" not in page(noor, room)
    assert "Names in rooms" not in noor.get("/rooms").get_data(as_text=True)
    ada = signed_in("ada")
    assert "Names in rooms" in ada.get("/rooms").get_data(as_text=True)
    assert post(ada, "/rooms/names", {"own_names": "yes"}).status_code == 303
    assert "Your name here" in page(noor, room)
    assert post(ada, "/rooms/names", {"own_names": "perhaps"}).status_code == 422


def test_saying_something_under_a_name_asks_the_database_nothing_more(
    room: Room, cast: Cast
) -> None:
    def questions(text: str) -> int:
        asked: list[str] = []

        def count(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
            asked.append(statement)

        event.listen(database.engine, "before_cursor_execute", count)
        try:
            said(cast.noor, room, text)
        finally:
            event.remove(database.engine, "before_cursor_execute", count)
        return len(asked)

    said(cast.noor, room, "to begin with")
    without = questions("one")
    named(cast.noor, room, "Fern")
    assert questions("two") == without


def test_somebody_becomes_part_of_the_team_and_the_name_stays_theirs(
    room: Room, cast: Cast
) -> None:
    """A role does not tell whose a name was; no new one is to be had."""
    named(cast.noor, room, "Fern")
    said(cast.noor, room, "one")
    with work.begin():
        accounts.set_roles(cast.ada, cast.noor.id, [Role.MEMBER, Role.FACILITATOR])
    assert seen(cast.zed, room) == [("Fern", "one")]
    with pytest.raises(Refused), work.begin():
        service.take_name(cast.actor("noor"), room.id, "Willow")
