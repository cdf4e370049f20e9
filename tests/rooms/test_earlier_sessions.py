"""Who is let in to a session reads from there on, and not what was said in those before."""

import pytest
from flask import Flask

from peer.core import work
from peer.core.errors import NotFound
from peer.policy.roles import Actor
from peer.rooms import queries, service
from peer.rooms.models import Message, Room
from tests.cast import Cast
from tests.plugins.site import Site
from tests.rooms.place import said
from tests.rooms.test_admission import come, let_in, with_a_door


def begun(cast: Cast, room: Room) -> None:
    with work.begin():
        service.begin_now(cast.fay, room.id)


def ended(cast: Cast, room: Room) -> None:
    with work.begin():
        service.end_now(cast.fay, room.id)


def read_by(who: Actor, room: Room) -> list[str]:
    with work.begin(writes=False):
        queries.room_to_read(who, room.id)
        return [line.text for line in queries.page_of(room.id, who.id)[0]]


def two_sessions(cast: Cast) -> tuple[Room, Message]:
    """Noor was in the first; Zed is let in to the second, as Noor is."""
    room = with_a_door(cast, kind="session", staffed=False)
    begun(cast, room)
    come(room, cast.noor)
    let_in(room, cast.fay, cast.noor)
    first = said(cast.noor, room, "in the first")
    ended(cast, room)
    begun(cast, room)
    come(room, cast.noor, cast.zed)
    let_in(room, cast.fay, cast.noor, cast.zed)
    return room, first


@pytest.fixture
def place(either: Flask, cast: Cast) -> tuple[Room, Message]:
    return two_sessions(cast)


def test_what_was_said_before_is_for_those_who_were_there(
    place: tuple[Room, Message], cast: Cast
) -> None:
    room, first = place
    answer = said(cast.noor, room, "in the second", reply_to=first.id)
    assert read_by(cast.zed, room) == ["in the second"]
    for who in (cast.noor, cast.fay, cast.mo):
        assert read_by(who, room) == ["in the first", "in the second"]
    with work.begin(writes=False):
        (line,) = queries.page_of(room.id, cast.zed.id)[0]
        assert line.reply is None
        assert queries.page_of(room.id, cast.zed.id, before=answer.place) == ([], False)
        (card,) = [each for each in queries.rooms_open_to(cast.zed) if each.room.id == room.id]
        assert card.unread == 1


def test_what_was_said_before_cannot_be_answered_or_reported(
    place: tuple[Room, Message], cast: Cast
) -> None:
    _, first = place
    with work.begin(), pytest.raises(NotFound):
        service.react(cast.zed, first.id, "with_you")
    with work.begin(), pytest.raises(NotFound):
        service.report_message(cast.zed, first.id, "other")
    with work.begin():
        service.react(cast.mo, first.id, "with_you")


def test_later_sessions_change_nothing_of_what_somebody_has_seen(
    place: tuple[Room, Message], cast: Cast
) -> None:
    room, _ = place
    said(cast.noor, room, "in the second")
    ended(cast, room)
    begun(cast, room)
    come(room, cast.zed, cast.sol)
    let_in(room, cast.fay, cast.zed, cast.sol)
    said(cast.zed, room, "in the third")
    assert read_by(cast.zed, room) == ["in the second", "in the third"]
    assert read_by(cast.sol, room) == ["in the third"]


def test_pages_that_follow_are_told_nothing_of_it(
    live: Site, open_socket: object, cast: Cast
) -> None:
    room, first = two_sessions(cast)
    zed, noor, again = (open_socket(name) for name in ("zed", "noor", "zed"))  # type: ignore[operator]
    assert zed.send("room:join", room=room.id, since=None)["messages"] == []
    assert noor.send("room:join", room=room.id, since=None)["messages"][0]["text"] == "in the first"
    noor.send("message:edit", id=first.id, text="in the first, said otherwise")
    noor.send("message:post", room=room.id, nonce="n", text="in the second")
    zed.wait_for("message:posted", where=lambda told: told["text"] == "in the second")
    caught_up = again.send("room:join", room=room.id, since=0)
    heard = [told for name, told in zed.heard if name.startswith("message:")]
    for told in (*heard, *caught_up["messages"]):
        assert "in the first" not in told.get("text", "")
    assert [told["seq"] for told in heard] == [2, 3]
    assert [told["seq"] for told in caught_up["messages"]] == [1, 2, 3]
    before = again.send("room:earlier", room=room.id, before=99)["messages"]
    assert [told["text"] for told in before] == ["in the second"]
