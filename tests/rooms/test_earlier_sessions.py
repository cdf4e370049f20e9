"""Who is let in to a session reads from there on, and not what was said in those before."""

import pytest
from flask import Flask
from sqlalchemy import text

from peer.core import migrate, work
from peer.core.db import database
from peer.core.errors import NotFound
from peer.policy.roles import Actor
from peer.rooms import queries, service
from peer.rooms.models import Message, Room
from peer.rooms.subjects import MessageSubject
from tests.cast import Cast
from tests.plugins.site import Site
from tests.rooms.place import a_room, said
from tests.rooms.test_admission import come, let_in, with_a_door


def begun(cast: Cast, room: Room) -> None:
    with work.begin():
        service.begin_now(cast.fay, room.id)


def ended(cast: Cast, room: Room) -> None:
    with work.begin():
        service.end_now(cast.fay, room.id)


def holding(cast: Cast, room: Room, *, on: bool) -> None:
    with work.begin():
        service.steer(cast.fay, room.id, slow_seconds=0, hold_all=on, question="")


def let_through(cast: Cast, message: Message) -> None:
    with work.begin():
        MessageSubject().release(message.id, cast.mo)


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


def held_in_the_first(cast: Cast) -> tuple[Room, Message]:
    """What Noor said in the first session waits for a moderator; the second goes on, without Zed."""
    room = with_a_door(cast, kind="session", staffed=False)
    begun(cast, room)
    come(room, cast.noor)
    let_in(room, cast.fay, cast.noor)
    holding(cast, room, on=True)
    held = said(cast.noor, room, "held in the first")
    holding(cast, room, on=False)
    ended(cast, room)
    begun(cast, room)
    come(room, cast.noor, cast.zed)
    let_in(room, cast.fay, cast.noor)
    return room, held


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


def test_what_was_held_in_an_earlier_session_is_for_those_who_were_there(
    either: Flask, cast: Cast
) -> None:
    room, held = held_in_the_first(cast)
    let_in(room, cast.fay, cast.zed)
    said(cast.zed, room, "before it is let through")
    let_through(cast, held)
    said(cast.noor, room, "after it", reply_to=held.id)
    theirs = ["before it is let through", "after it"]
    assert read_by(cast.zed, room) == theirs
    for who in (cast.noor, cast.fay, cast.mo):
        assert read_by(who, room) == [theirs[0], "held in the first", theirs[1]]
    with work.begin(writes=False):
        answer = queries.page_of(room.id, cast.zed.id)[0][-1]
        assert answer.reply is None
        (card,) = [each for each in queries.rooms_open_to(cast.zed) if each.room.id == room.id]
        assert card.unread == 1


def test_what_was_held_in_an_earlier_session_cannot_be_looked_at_answered_or_reported(
    either: Flask, cast: Cast
) -> None:
    room, held = held_in_the_first(cast)
    let_in(room, cast.fay, cast.zed)
    let_through(cast, held)
    for act in (
        lambda: queries.message_for(cast.zed, held.id),
        lambda: service.react(cast.zed, held.id, "with_you"),
        lambda: service.keep_distance(cast.zed, held.id, "mute"),
        lambda: service.report_message(cast.zed, held.id, "other"),
    ):
        with work.begin(), pytest.raises(NotFound):
            act()
    with pytest.raises(NotFound):
        said(cast.zed, room, "an answer", reply_to=held.id)


def test_what_is_let_through_before_somebody_comes_takes_nothing_of_the_session_from_them(
    either: Flask, cast: Cast
) -> None:
    room, held = held_in_the_first(cast)
    said(cast.noor, room, "in the second")
    let_through(cast, held)
    let_in(room, cast.fay, cast.zed)
    said(cast.noor, room, "with Zed there")
    assert read_by(cast.zed, room) == ["in the second", "with Zed there"]


def test_what_is_held_in_the_session_somebody_came_to_is_theirs_once_it_is_let_through(
    either: Flask, cast: Cast
) -> None:
    room, _ = held_in_the_first(cast)
    holding(cast, room, on=True)
    held = said(cast.noor, room, "held in the second")
    let_in(room, cast.fay, cast.zed)
    let_through(cast, held)
    assert read_by(cast.zed, room) == ["held in the second"]


def test_it_stays_so_as_the_tables_go_down_and_up(either: Flask, cast: Cast) -> None:
    room, _ = held_in_the_first(cast)
    let_in(room, cast.fay, cast.zed)
    whole = a_room(cast, cast.noor, lets_in=True)
    come(whole, cast.noor)
    with work.begin():
        service.set_facilitators(cast.cora, whole.id, [cast.fay.id])
    let_in(whole, cast.fay, cast.noor)
    since = [kept(cast.zed, room), kept(cast.noor, whole)]
    with work.begin() as session:
        session.execute(text("UPDATE messages SET place = 1 WHERE state = 'held'"))
    url = database.engine.url.render_as_string(hide_password=False)
    database.close()
    migrate.downgrade(url, "0037")
    migrate.upgrade(url)
    database.connect(url)
    assert [kept(cast.zed, room), kept(cast.noor, whole)] == since


def test_whose_first_session_nothing_tells_reads_from_the_last_as_the_tables_go_up(
    either: Flask, cast: Cast
) -> None:
    """What was let through late stood, by its place, behind words of the session that they came to."""
    room, _ = held_in_the_first(cast)
    let_in(room, cast.fay, cast.zed)
    said(cast.noor, room, "in the second")
    zed, since = cast.zed, kept(cast.zed, room)
    url = database.engine.url.render_as_string(hide_password=False)
    database.close()
    migrate.downgrade(url, "0037")
    database.connect(url)
    with work.begin() as session:
        behind = text("UPDATE memberships SET reads_from = 1 WHERE account_id = :zed")
        session.execute(behind, {"zed": zed.id})
    database.close()
    migrate.upgrade(url)
    database.connect(url)
    assert kept(zed, room) == since


def kept(who: Actor, room: Room) -> object:
    """Since when somebody reads a room, as it is stored."""
    with work.begin(writes=False):
        membership = queries.membership_in(room.id, who.id)
        return membership.reads_since if membership else None


def test_pages_that_follow_hear_nothing_of_what_was_held_in_an_earlier_session(
    live: Site, open_socket: object, cast: Cast
) -> None:
    room, held = held_in_the_first(cast)
    let_in(room, cast.fay, cast.zed)
    zed, noor, again = (open_socket(name) for name in ("zed", "noor", "zed"))  # type: ignore[operator]
    for socket in (zed, noor):
        assert socket.send("room:join", room=room.id, since=None)["messages"] == []
    let_through(cast, held)
    noor.wait_for("message:posted", where=lambda told: told["text"] == "held in the first")
    noor.send("message:post", room=room.id, nonce="n", text="in the second")
    zed.wait_for("message:posted", where=lambda told: told["text"] == "in the second")
    heard = [told for name, told in zed.heard if name.startswith("message:")]
    from_memory = again.send("room:join", room=room.id, since=0)["messages"]
    with work.begin():
        service.react(cast.mo, held.id, "with_you")
    zed.wait_for("message:changed", where=lambda told: told["seq"] == 3)
    from_the_log = again.send("room:join", room=room.id, since=0)["messages"]
    on_a_page = again.send("room:join", room=room.id, since=None)["messages"]
    for told in (*heard, *from_memory, *from_the_log, *on_a_page):
        assert "held in the first" not in told.get("text", "")
    assert [told["seq"] for told in heard] == [1, 2]
    assert [told["seq"] for told in from_memory] == [1, 2]
    assert [told["seq"] for told in from_the_log] == [1, 2, 3]
    assert [told["text"] for told in on_a_page] == ["in the second"]


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
