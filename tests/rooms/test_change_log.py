"""Whatever happens in a room, its numbers have no gap and lead every page to the same end."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peer.core import clock, work
from peer.core.errors import PeerError
from peer.policy.rooms import SHOWN
from peer.rooms import broadcast, queries, service
from peer.rooms.models import Message, Room
from peer.rooms.subjects import MessageSubject
from tests.cast import Cast
from tests.rooms.place import a_room, word

ACTS = st.lists(
    st.tuples(
        st.sampled_from(["say", "hold", "edit", "hold by edit", "take back", "react"])
        | st.sampled_from(["hide", "restore", "release"]),
        st.integers(0, 5),
    ),
    max_size=25,
)


def act(cast: Cast, room: Room, messages: list[Message], what: str, which: int, step: int) -> None:
    """Do one thing; what the rules refuse changes nothing."""
    subject = MessageSubject()
    if what in {"say", "hold"}:
        text = word(step) if what == "say" else f"ring 07700 900{step:03}"
        who = cast.noor if what == "say" else cast.uma
        messages.append(service.post_message(who, room.id, text=text, nonce=f"n{step}"))
        return
    if not messages:
        return
    message = messages[which % len(messages)]
    author = cast.noor if message.author_id == cast.noor.id else cast.uma
    if what == "edit":
        service.edit_message(author, message.id, text=f"changed {word(step)}")
    elif what == "hold by edit":
        service.edit_message(author, message.id, text=f"ring 07700 900{step:03}")
    elif what == "take back":
        service.remove_message(author, message.id)
    elif what == "react":
        service.react(cast.zed, message.id, "glad")
    else:
        getattr(subject, what)(message.id, cast.mo)


def follow(room: Room, have: int, shown: dict[str, Any]) -> int:
    """Apply to a page what came after number `have`; the number it has now."""
    for change in queries.changes_between(room.id, have, None, viewer_id=None):
        assert change.seq == have + 1
        have = change.seq
        shown.pop(change.message_id, None)
        if change.line is not None and change.line.shown:
            told = broadcast.message_json(change.line, seq=change.seq)
            shown[change.message_id] = (told["place"], told["text"])
    return have


@pytest.fixture
def place(core: object, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr(service.posting, "POSTING", "100000/second")
    monkeypatch.setattr(service.talking, "REACTING", "100000/second")
    for name in ("noor", "uma", "zed", "mo", "cora"):
        cast.account(name)
    return cast


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(acts=ACTS, every=st.integers(1, 6))
def test_a_page_that_follows_ends_where_a_new_page_begins(
    place: Cast, acts: list[tuple[str, int]], every: int
) -> None:
    room = a_room(place, place.noor, place.uma, place.zed, entry="invited")
    messages: list[Message] = []
    shown: dict[str, Any] = {}
    have = 0
    for step, (what, which) in enumerate(acts):
        try:
            with work.begin():
                act(place, room, messages, what, which, step)
        except PeerError:
            pass
        if step % every == 0:
            with work.begin(writes=False):
                have = follow(room, have, shown)
    with work.begin(writes=False):
        have = follow(room, have, shown)
        lines, _ = queries.page_of(room.id, None, limit=1000)
        assert have == queries.room_with(room.id).last_seq
    assert sorted(shown.values()) == [(line.place, line.text) for line in lines]
    assert all(line.state in SHOWN for line in lines)


def test_nothing_shows_that_something_was_held(place: Cast) -> None:
    room = a_room(place, place.noor, place.uma, entry="invited")
    with work.begin():
        held = service.post_message(place.uma, room.id, text="ring 07700 900123", nonce="n")
        MessageSubject().hide(held.id, place.mo)
        service.post_message(place.noor, room.id, text="hello", nonce="n")
    with work.begin(writes=False):
        changes = queries.changes_between(room.id, 0, None, viewer_id=None)
    assert [(change.seq, change.line.text) for change in changes if change.line] == [(1, "hello")]


def test_words_taken_back_are_not_restored(place: Cast) -> None:
    room = a_room(place, place.noor)
    with work.begin():
        message = service.post_message(place.noor, room.id, text="hello", nonce="n")
        service.remove_message(place.noor, message.id)
        MessageSubject().restore(message.id, place.mo)
    assert message.state == "removed"


def test_changed_words_are_screened_anew_and_held_ones_stay_held(place: Cast) -> None:
    room = a_room(place, place.uma, place.noor, entry="invited")
    with work.begin():
        message = service.post_message(place.uma, room.id, text="hello", nonce="n")
        _, seq = service.edit_message(place.uma, message.id, text="ring 07700 900123")
        assert (message.state, seq) == ("held", 2)
        lines, _ = queries.page_of(room.id, place.noor.id)
        assert lines == []
        service.edit_message(place.uma, message.id, text="hello again")
        assert message.state == "held"
        lines, _ = queries.page_of(room.id, place.noor.id)
        assert lines == []


def test_words_can_be_changed_for_fifteen_minutes(place: Cast) -> None:
    room = a_room(place, place.noor)
    with work.begin():
        message = service.post_message(place.noor, room.id, text="hello", nonce="n")
    with clock.stopped_at(message.at + timedelta(minutes=15)), work.begin():
        service.edit_message(place.noor, message.id, text="still")
    with clock.stopped_at(message.at + timedelta(minutes=15, seconds=1)):
        with pytest.raises(PeerError), work.begin():
            service.edit_message(place.noor, message.id, text="too late")
        with work.begin():
            service.remove_message(place.noor, message.id)


def test_clock_that_jumps_changes_no_order_and_shuts_nobody_out(either: Flask, cast: Cast) -> None:
    """A machine whose clock is put right forwards, back by a day, and over the end of a year."""
    room = a_room(cast, cast.noor, cast.zed, ask_again=False)
    now = clock.now()
    jumps = [now, now + timedelta(hours=1), now - timedelta(days=1), now + timedelta(days=60), now]
    for number, moment in enumerate(jumps):
        with clock.stopped_at(moment), work.begin():
            service.post_message(cast.noor, room.id, text=word(number), nonce=f"n{number}")
    shown: dict[str, Any] = {}
    with work.begin(writes=False):
        assert follow(room, 0, shown) == len(jumps)
        lines, _ = queries.page_of(room.id, cast.zed.id)
    assert [line.text for line in lines] == [word(number) for number in range(len(jumps))]
    with clock.stopped_at(now - timedelta(days=1)), work.begin():
        message = service.post_message(cast.noor, room.id, text=word(0), nonce="n0")
    assert message.text == word(0), "what was sent before is known again, whatever the hour"
    with work.begin(writes=False):
        assert queries.room_with(room.id).last_seq == len(jumps)
