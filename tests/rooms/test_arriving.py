"""First messages: looked at before others see them, counted, and over by themselves."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from flask.testing import FlaskClient

from peer.accounts import service as accounts
from peer.core import queue, work
from peer.core.errors import Nudge
from peer.moderation import queries as moderation
from peer.notifications import queries as notices
from peer.policy.moderation import Outcome
from peer.rooms import queries, service
from peer.rooms.models import Arrival, Message, Room
from peer.rooms.subjects import MessageSubject
from tests.cast import ROLES, Cast
from tests.rooms.newcomers import decide, let_through, newness, state
from tests.rooms.place import a_private_room, a_room, said

SignIn = Callable[[str], FlaskClient]
FIRST = 3


def three_are_looked_at(cast: Cast) -> Iterator[Room]:
    """A room of Noor and Zed, both new, where three first messages are looked at."""
    for name in ROLES:
        cast.account(name)
    service.look_at_first(FIRST)
    people = (cast.noor, cast.zed, cast.fay, cast.mo, cast.tess)
    yield a_room(cast, *people, entry="invited")
    service.look_at_first(0)


@pytest.fixture
def room(either: Flask, cast: Cast) -> Iterator[Room]:
    yield from three_are_looked_at(cast)


@pytest.fixture
def room_with_pages(app: Flask, cast: Cast) -> Iterator[Room]:
    yield from three_are_looked_at(cast)


def shown(room: Room) -> list[str]:
    with work.begin(writes=False):
        return [line.text for line in queries.page_of(room.id, None)[0]]


def test_first_messages_wait_and_take_no_number(cast: Cast, room: Room) -> None:
    message = said(cast.noor, room, "Hello, I am new")
    assert (message.state, message.place) == ("held", None)
    assert shown(room) == []
    decide(cast, message)
    assert shown(room) == ["Hello, I am new"]
    assert newness(cast.noor).let_through == 1


def test_hold_ends_by_itself_after_the_last_one_and_says_so(cast: Cast, room: Room) -> None:
    let_through(cast, cast.noor, room, FIRST - 1)
    last, next_one = said(cast.noor, room, "the third"), said(cast.noor, room, "the fourth")
    assert (last.state, next_one.state) == ("held", "held")
    decide(cast, last)
    assert newness(cast.noor).is_over
    assert said(cast.noor, room, "the fifth").state == "visible"
    assert state(next_one) == "held", "nobody has looked at it"
    with work.begin(writes=False):
        told = [notice.message for notice in notices.notices_of(cast.noor.id)]
    # Not a word for each message: the room shows how far it is.
    assert ["appears at once" in each for each in told] == [True, False]
    assert "You can come into the room" in told[1]


def test_it_is_counted_over_all_group_rooms(cast: Cast, room: Room) -> None:
    other = a_room(cast, cast.noor, name="Garden")
    let_through(cast, cast.noor, room, 2)
    let_through(cast, cast.noor, other, 1)
    assert said(cast.noor, room, "Good evening").state == "visible"
    assert said(cast.noor, other, "Good evening").state == "visible"


def test_what_was_taken_out_of_view_does_not_count(cast: Cast, room: Room) -> None:
    first, second = let_through(cast, cast.noor, room, 2)
    refused = said(cast.noor, room, "something unkind")
    decide(cast, refused, Outcome.HIDE)
    assert newness(cast.noor).let_through == 2
    with work.begin():
        service.remove_message(cast.noor, first.id)
    with work.begin():
        MessageSubject().hide(second.id, cast.mo)
    assert newness(cast.noor).let_through == 0
    with work.begin():
        MessageSubject().restore(second.id, cast.mo)
        MessageSubject().restore(second.id, cast.mo)
    assert newness(cast.noor).let_through == 1, "once, however often it is let through"


def test_once_over_it_is_over_for_good(cast: Cast, room: Room) -> None:
    early = let_through(cast, cast.noor, room, FIRST)
    with work.begin():
        service.remove_message(cast.noor, early[0].id)
    service.look_at_first(50)
    assert said(cast.noor, room, "Hello again").state == "visible"


def test_distress_is_shown_at_once_and_counts_only_once_somebody_has_looked(
    cast: Cast, room: Room
) -> None:
    message = said(cast.noor, room, "I want to die")
    assert (message.state, message.offers_help) == ("visible", True)
    assert newness(cast.noor).let_through == 0
    assert said(cast.noor, room, "sorry").state == "held"
    decide(cast, message)
    assert newness(cast.noor).let_through == 1


@pytest.mark.parametrize("name", ["fay", "mo"])
def test_the_team_is_never_new(name: str, cast: Cast, room: Room) -> None:
    assert said(cast.actor(name), room, "Welcome").state == "visible"


def test_mentor_waits_in_a_group_and_not_in_the_room_of_two(cast: Cast, room: Room) -> None:
    private = a_private_room(cast)
    for who in (cast.tess, cast.noor):
        assert said(who, private, "Good to meet you").state == "visible"
    assert said(cast.tess, room, "Hello all").state == "held"
    assert newness(cast.tess).let_through == 0, "the room of two counts for nothing"


def test_link_in_a_first_message_is_asked_about_and_waits_all_the_same(
    cast: Cast, room: Room
) -> None:
    words = "look at https://example.net/soup"
    with pytest.raises(Nudge) as nudged:
        said(cast.noor, room, words)
    message = said(cast.noor, room, words, token=nudged.value.token)
    assert message.state == "held"
    with work.begin(writes=False):
        item = moderation.item_of("message", message.id)
        assert item is not None
        assert (item.severity, item.title) == ("soon", "Looks like a web address")


def test_held_words_that_are_changed_stay_one_held_message(cast: Cast, room: Room) -> None:
    message = said(cast.noor, room, "Helo")
    with work.begin():
        service.edit_message(cast.noor, message.id, text="Hello")
    assert state(message) == "held"
    decide(cast, message)
    assert shown(room) == ["Hello"]
    assert newness(cast.noor).let_through == 1


def test_words_that_are_changed_after_the_look_wait_for_another(cast: Cast, room: Room) -> None:
    (message,) = let_through(cast, cast.noor, room, 1)
    with work.begin():
        service.edit_message(cast.noor, message.id, text="other words, that nobody has seen")
    assert (state(message), shown(room), newness(cast.noor).let_through) == ("held", [], 0)
    with work.begin():
        service.edit_message(cast.noor, message.id, text="I want to die")
    assert state(message) == "visible", "distress never waits"


def test_several_messages_of_one_moment_are_judged_by_one_question(cast: Cast, room: Room) -> None:
    let_through(cast, cast.zed, room, FIRST)
    drafts = [
        service.Draft(who, room.id, text=f"hello from {who.name}", nonce=f"m{n}")
        for n, who in enumerate([cast.noor, cast.zed, cast.fay, cast.noor])
    ]
    with work.begin():
        states = [outcome.line.state for outcome in service.post_messages(drafts)]
    assert states == ["held", "visible", "visible", "held"]


def test_whoever_spoke_before_anybody_counted_has_it_counted(cast: Cast, room: Room) -> None:
    service.look_at_first(0)
    for words in ("one", "two", "three"):
        said(cast.zed, room, words)
    said(cast.noor, room, "only this")
    service.look_at_first(FIRST)
    assert said(cast.zed, room, "four").state == "visible"
    assert said(cast.noor, room, "and this").state == "held"
    assert newness(cast.noor).let_through == 1


def test_whoever_is_known_is_not_new(cast: Cast, room: Room) -> None:
    with work.begin():
        service.know([cast.noor.id])
        service.know([cast.noor.id])
    assert said(cast.noor, room, "Hello").state == "visible"


def test_nothing_of_it_stays_of_somebody_who_erases_their_account(cast: Cast, room: Room) -> None:
    noor = cast.noor
    let_through(cast, noor, room, 1)
    waiting = said(noor, room, "and this waits")
    with work.begin():
        accounts.erase_account(noor)
    decide(cast, waiting)
    queue.sweep_now("accounts.erasures")
    with work.begin(writes=False) as session:
        assert session.get(Arrival, noor.id) is None
    assert shown(room) == []


def test_queue_says_how_far_a_newcomer_is_and_puts_them_before_routine(
    cast: Cast, room_with_pages: Room, signed_in: SignIn
) -> None:
    let_through(cast, cast.zed, room_with_pages, FIRST)
    routine = said(cast.zed, room_with_pages, "just soup")
    with work.begin():
        service.report_message(cast.fay, routine.id, "other")
    let_through(cast, cast.noor, room_with_pages, 1)
    said(cast.noor, room_with_pages, "may I come in?")
    with work.begin(writes=False):
        first, *others = moderation.items(cast.mo, "all")
        assert (first.author_id, first.title) == (cast.noor.id, "One of somebody's first messages")
        assert [each.author_id for each in others] == [cast.zed.id]
    page = signed_in("mo").get("/moderation/queue").get_data(as_text=True)
    assert page.count("New here: 1 of 3") == 1
    assert "found by automod" not in page


def test_author_reads_how_far_it_is(cast: Cast, room_with_pages: Room, signed_in: SignIn) -> None:
    noor, address = signed_in("noor"), f"/rooms/{room_with_pages.id}"

    def page() -> str:
        return noor.get(address).get_data(as_text=True)

    assert "A moderator looks at your first 3 messages" in page()
    let_through(cast, cast.noor, room_with_pages, 2)
    assert "2 of your first 3 messages have been looked at; after 3 they appear at once." in page()
    let_through(cast, cast.noor, room_with_pages, 1)
    assert "data-arriving" not in page()
    assert "data-arriving" not in signed_in("fay").get(address).get_data(as_text=True)


@pytest.mark.postgres
def test_two_moderators_at_once_lose_no_count(postgres_app: Flask, cast: Cast) -> None:
    for name in ROLES:
        cast.account(name)
    service.look_at_first(FIRST)
    rooms = [a_room(cast, cast.noor, name=f"Room {name}") for name in ("One", "Two", "Three")]
    messages = [said(cast.noor, each, "hello") for each in rooms]

    def release(message: Message) -> None:
        with work.begin():
            MessageSubject().release(message.id, cast.mo)

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(release, messages))
    assert newness(cast.noor).is_over
    service.look_at_first(0)


@pytest.mark.postgres
def test_first_words_in_two_rooms_at_once_are_both_held(postgres_app: Flask, cast: Cast) -> None:
    service.look_at_first(FIRST)
    rooms = [a_room(cast, cast.noor, name=f"Room {name}") for name in ("One", "Two", "Three")]
    with ThreadPoolExecutor(3) as pool:
        found = list(pool.map(lambda room: said(cast.noor, room, "hello"), rooms))
    assert [message.state for message in found] == ["held"] * 3
    service.look_at_first(0)
