"""Talking over real sockets to a real server."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import DDL

from peer.accounts import service as accounts
from peer.accounts.queries import actor_from
from peer.core import work
from peer.core.realtime import door, wire
from peer.policy.roles import Actor
from peer.rooms import queries, service
from peer.rooms.models import Room
from peer.rooms.subjects import MessageSubject
from tests.cast import Cast
from tests.plugins.site import Site
from tests.plugins.sockets import Socket
from tests.rooms.place import a_private_room, a_room, said, word

Open = Callable[..., Socket]


def join(socket: Socket, room: Room, since: int | None = None) -> dict[str, Any]:
    answer = socket.send("room:join", room=room.id, since=since)
    assert answer["ok"], answer
    return answer


def post(socket: Socket, room: Room, text: str, nonce: str, **more: Any) -> dict[str, Any]:
    return socket.send("message:post", room=room.id, text=text, nonce=nonce, **more)


def numbers(socket: Socket, room: Room) -> list[int]:
    """The numbers of the changes a page heard, in the order it heard them."""
    return [
        payload["seq"]
        for name, payload in list(socket.heard)
        if name in {"message:posted", "message:changed"} and payload["room"] == room.id
    ]


def texts(socket: Socket) -> list[str]:
    return [payload["text"] for name, payload in socket.heard if name == "message:posted"]


def code(answer: dict[str, Any]) -> str:
    assert answer["ok"] is False
    return str(answer["error"]["code"])


@pytest.fixture
def room(live: object, cast: Cast) -> Room:
    return a_room(cast, cast.noor, cast.zed)


def test_noor_is_answered_after_the_commit_and_zed_sees_it(
    open_socket: Open, room: Room, cast: Cast
) -> None:
    noor, zed = open_socket("noor"), open_socket("zed")
    join(noor, room), join(zed, room)
    answer = post(noor, room, "Hello, all", "n1", note="a greeting")
    with work.begin(writes=False):
        assert queries.message_with(answer["message"]["id"]).text == "Hello, all"
    heard = zed.wait_for("message:posted")
    assert heard["author"] == {
        "id": queries.person_id(room.id, cast.noor.id),
        "name": "Noor",
        "role": "member",
    }
    assert (heard["text"], heard["note"], heard["state"]) == ("Hello, all", "a greeting", "visible")
    assert (heard["seq"], heard["edited"]) == (1, False)
    assert heard["at"].endswith("+00:00")
    assert "nonce" not in heard
    assert noor.wait_for("message:posted")["nonce"] == answer["message"]["nonce"] == "n1"


def test_same_nonce_stores_nothing_and_answers_the_same(open_socket: Open, room: Room) -> None:
    noor, zed = open_socket("noor"), open_socket("zed")
    join(zed, room)
    first = post(noor, room, "once", "same")
    again = post(open_socket("noor"), room, "another text", "same")
    assert again["message"] == first["message"]
    post(noor, room, "last", "other")
    zed.wait_for("message:posted", where=lambda m: m["text"] == "last")
    assert texts(zed) == ["once", "last"]


def test_everybody_hears_every_number_once_and_in_order(
    open_socket: Open, room: Room, cast: Cast
) -> None:
    guests = [cast.newcomer() for _ in range(4)]
    with work.begin():
        for guest in guests:
            service.agree(actor_from(guest), room.id)
    sockets = [open_socket(guest) for guest in guests]
    for socket in sockets:
        join(socket, room)
    answers = []

    def talk(number: int) -> None:
        for n in range(12):
            answers.append(post(sockets[number], room, f"{word(number)} {word(n)}", f"n{n}"))  # noqa: PERF401

    threads = [threading.Thread(target=talk, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer for answer in answers if not answer["ok"]] == []
    for socket in sockets:
        socket.wait_for("message:posted", where=lambda m: m["seq"] == 48)
        assert numbers(socket, room) == list(range(1, 49))
    orders = [texts(socket) for socket in sockets]
    assert all(order == orders[0] for order in orders)
    for number in range(4):
        own = [text for text in orders[0] if text.startswith(f"{word(number)} ")]
        assert own == [f"{word(number)} {word(n)}" for n in range(12)]


def test_who_comes_back_is_given_what_was_missed_once(
    open_socket: Open, room: Room, cast: Cast
) -> None:
    noor = open_socket("noor")
    assert join(noor, room) == {"ok": True, "seq": 0, "messages": [], "more": False}
    said(cast.zed, room, "one")
    had = noor.wait_for("message:posted")["seq"]
    noor.client.disconnect()
    two = said(cast.zed, room, "two")
    said(cast.zed, room, "three")
    with work.begin():
        service.edit_message(cast.zed, two.id, text="two, better")
    again = open_socket("noor")
    answer = join(again, room, since=had)
    assert [(m["seq"], m["text"]) for m in answer["messages"]] == [
        (2, "two, better"),
        (3, "three"),
        (4, "two, better"),
    ]
    assert (answer["seq"], answer["more"]) == (4, False)
    said(cast.zed, room, "four")
    again.wait_for("message:posted", where=lambda m: m["text"] == "four")
    assert numbers(again, room) == [5]


def test_long_absence_is_caught_up_in_pages(
    open_socket: Open, room: Room, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service.posting, "POSTING", "10000/second")
    with work.begin():
        for n in range(520):
            service.post_message(cast.zed, room.id, text=word(n), nonce=str(n))
    noor = open_socket("noor")
    first = join(noor, room, since=0)
    assert (len(first["messages"]), first["more"], first["seq"]) == (500, True, 500)
    rest = join(noor, room, since=first["seq"])
    assert (len(rest["messages"]), rest["more"], rest["seq"]) == (20, False, 520)
    newest = join(open_socket("zed"), room)
    assert [m["text"] for m in newest["messages"]] == [word(n) for n in range(470, 520)]
    assert newest["more"]
    earlier = noor.send("room:earlier", room=room.id, before=newest["messages"][0]["seq"])
    assert [m["text"] for m in earlier["messages"]] == [word(n) for n in range(420, 470)]


def test_held_message_is_seen_by_its_author_only_and_leaves_no_gap(
    open_socket: Open, live: object, cast: Cast
) -> None:
    room = a_room(cast, cast.noor, cast.uma, entry="invited")
    noor, uma = open_socket("noor"), open_socket("uma")
    join(noor, room), join(uma, room)
    held = post(uma, room, "Ring me on 07700 900123", "held")["message"]
    assert (held["state"], held["seq"]) == ("held", None)
    said(cast.noor, room, "between")
    noor.wait_for("message:posted", where=lambda m: m["text"] == "between")
    with work.begin():
        MessageSubject().release(held["id"], cast.mo)
    for each in (noor, uma):
        shown = each.wait_for("message:posted", where=lambda m: m["id"] == held["id"])
        assert shown["state"] == "visible"
    assert numbers(noor, room) == numbers(uma, room) == [1, 2]


def test_hidden_message_vanishes_from_every_open_page(
    open_socket: Open, room: Room, cast: Cast
) -> None:
    noor, zed = open_socket("noor"), open_socket("zed")
    join(noor, room), join(zed, room)
    message = said(cast.zed, room, "something cruel")
    with work.begin():
        MessageSubject().hide(message.id, cast.mo)
    gone = {"id": message.id, "room": room.id, "seq": 2, "state": "removed"}
    assert noor.wait_for("message:changed", where=lambda m: m["seq"] == 2) == gone
    assert zed.wait_for("message:changed", where=lambda m: m["seq"] == 2) == gone
    assert join(open_socket("noor"), room)["messages"] == []


def test_nudge_gives_spans_and_a_token_that_sends(open_socket: Open, room: Room) -> None:
    noor = open_socket("noor")
    text = "call 07700 900123"
    refused = post(noor, room, text, "n")
    assert code(refused) == "nudge"
    assert [text[a:b] for a, b, _ in refused["error"]["spans"]] == ["07700 900123"]
    other = post(noor, room, "call 07700 900999", "n", token=refused["error"]["token"])
    assert code(other) == "nudge", "the token is for one text only"
    sent = post(noor, room, text, "n", token=refused["error"]["token"])
    assert sent["message"]["state"] == "visible"


def test_distress_is_shown_at_once_and_help_is_offered_to_its_author_alone(
    open_socket: Open, room: Room
) -> None:
    noor, zed = open_socket("noor"), open_socket("zed")
    join(zed, room)
    answer = post(noor, room, "I want to die. Ring me on 07700 900123", "n")
    assert answer["help"] is True
    assert answer["message"]["state"] == "visible"
    assert "help" not in str(zed.wait_for("message:posted"))


def test_edit_removal_and_reaction_reach_open_pages_in_order(open_socket: Open, room: Room) -> None:
    noor, zed = open_socket("noor"), open_socket("zed")
    join(noor, room), join(zed, room)
    message = post(noor, room, "helo", "n")["message"]
    edited = noor.send("message:edit", id=message["id"], text="hello")
    assert (edited["message"]["text"], edited["message"]["edited"]) == ("hello", True)
    reacted = zed.send("message:react", id=message["id"], kind="with_you")
    assert reacted["message"]["mine"] == ["with_you"]
    heard = noor.wait_for("message:changed", where=lambda m: m.get("reactions"))
    assert heard["reactions"] == {"with_you": 1}
    assert "mine" not in heard
    zed.send("message:react", id=message["id"], kind="with_you", on=False)
    assert noor.send("message:remove", id=message["id"])["ok"]
    zed.wait_for("message:changed", where=lambda m: m["state"] == "removed")
    assert numbers(zed, room) == [1, 2, 3, 4, 5]


def test_report_goes_to_the_moderators(open_socket: Open, room: Room, cast: Cast) -> None:
    message = said(cast.zed, room, "something cruel")
    noor = open_socket("noor")
    assert noor.send("message:report", id=message.id, category="unkind") == {"ok": True}
    assert code(open_socket("zed").send("message:report", id=message.id, category="unkind"))


def test_room_that_is_not_hers_looks_like_none(open_socket: Open, room: Room, cast: Cast) -> None:
    closed_circle = a_room(cast, cast.zed, entry="invited")
    message = said(cast.zed, closed_circle, "between us")
    noor = open_socket("noor")
    for event, data in [
        ("room:join", {"room": "{}"}),
        ("room:seen", {"room": "{}", "seq": 1}),
        ("room:typing", {"room": "{}"}),
        ("room:earlier", {"room": "{}", "before": 5}),
        ("message:post", {"room": "{}", "text": "hello", "nonce": "n"}),
        ("message:edit", {"id": "{}", "text": "hello"}),
        ("message:remove", {"id": "{}"}),
        ("message:react", {"id": "{}", "kind": "glad"}),
        ("message:report", {"id": "{}", "category": "unkind"}),
    ]:
        here = closed_circle.id if "room" in data else message.id
        filled = [
            {k: v.replace("{}", it) if isinstance(v, str) else v for k, v in data.items()}
            for it in (here, "no-such-id")
        ]
        hidden, missing = (noor.send(event, **each) for each in filled)
        assert hidden == missing, event
        assert code(hidden) == "forbidden", event


def test_nobody_reads_or_writes_before_agreeing(
    open_socket: Open, live: object, cast: Cast
) -> None:
    account = cast.newcomer()
    guest, room = actor_from(account), a_room(cast, cast.zed)
    guest_page = open_socket(account)
    assert code(guest_page.send("room:join", room=room.id, since=None)) == "forbidden"
    invited = a_room(cast, cast.zed, entry="invited")
    with work.begin():
        service.add_person(cast.cora, invited.id, guest.name)
    assert code(guest_page.send("room:join", room=invited.id, since=None)) == "forbidden"
    assert code(post(guest_page, invited, "hello", "n")) == "forbidden"
    with work.begin():
        service.agree(guest, invited.id)
    join(guest_page, invited)


def test_private_room_opens_to_its_two_people_only(
    open_socket: Open, live: object, cast: Cast
) -> None:
    room = a_private_room(cast, "live")
    noor, tess = open_socket("noor"), open_socket("tess")
    join(noor, room), join(tess, room)
    assert post(tess, room, "Good to meet you", "n")["message"]["author"]["role"] == "mentor"
    noor.wait_for("message:posted")
    for other in ("zed", "uma", "fay", "mo", "cora", "ada"):
        assert code(open_socket(other).send("room:join", room=room.id, since=None)) == "forbidden"


def test_closed_room_takes_no_messages_and_open_pages_learn_of_it(
    open_socket: Open, room: Room, cast: Cast
) -> None:
    noor = open_socket("noor")
    join(noor, room)
    with work.begin():
        service.close_room(cast.mo, room.id)
    assert noor.wait_for("room:state") == {"room": room.id, "state": "closed"}
    assert code(post(noor, room, "hello", "n")) == "room_closed"
    with work.begin():
        service.open_room(cast.mo, room.id)
    noor.wait_for("room:state", where=lambda s: s["state"] == "open")
    assert post(noor, room, "hello", "n")["ok"]


def test_who_is_taken_out_hears_nothing_more(open_socket: Open, room: Room, cast: Cast) -> None:
    noor, zed = open_socket("noor"), open_socket("zed")
    join(noor, room), join(zed, room)
    with work.begin():
        service.remove_person(cast.cora, room.id, cast.zed.id)
    assert zed.wait_for("room:state") == {"room": room.id, "state": "left"}
    said(cast.noor, room, "after")
    noor.wait_for("message:posted")
    assert texts(zed) == []


def test_too_long_and_too_fast_are_said_kindly(open_socket: Open, room: Room, cast: Cast) -> None:
    guest = cast.newcomer()
    with work.begin():
        service.agree(actor_from(guest), room.id)
    socket = open_socket(guest)
    assert code(post(socket, room, "x" * 4001, "long")) == "too_long"
    assert len(post(socket, room, "x" * 4000, "fits")["message"]["text"]) == 4000
    assert code(post(socket, room, " \n ", "empty")) == "invalid"
    assert code(socket.send("message:post", room=room.id, text=7, nonce="n")) == "invalid"
    refused = next(
        answer for n in range(60) if not (answer := post(socket, room, word(n), f"fast {n}"))["ok"]
    )
    assert code(refused) == "slow_down"
    assert refused["error"]["retry_ms"] > 0


def test_presence_is_a_number_of_people_not_of_pages(
    open_socket: Open, room: Room, cast: Cast
) -> None:
    noor = open_socket("noor")
    join(noor, room)
    second = open_socket("noor")
    join(second, room)
    zed = open_socket("zed")
    join(zed, room)
    noor.wait_for("room:presence", where=lambda p: p["count"] == 2)
    assert zed.wait_for("room:presence") == {"room": room.id, "count": 2}
    zed.client.disconnect()
    noor.heard.clear()
    noor.wait_for("room:presence", where=lambda p: p["count"] == 1)


def test_others_learn_that_someone_writes_but_not_who(open_socket: Open, room: Room) -> None:
    noor, zed = open_socket("noor"), open_socket("zed")
    join(noor, room), join(zed, room)
    assert noor.send("room:typing", room=room.id) == {"ok": True}
    assert zed.wait_for("room:typing") == {"room": room.id}
    assert not [name for name, _ in noor.heard if name == "room:typing"]


def test_what_was_read_stays_read(open_socket: Open, room: Room, cast: Cast) -> None:
    said(cast.zed, room, "one"), said(cast.zed, room, "two")
    noor = open_socket("noor")
    assert _unread(cast.noor, room) == 2
    assert noor.send("room:seen", room=room.id, seq=1) == {"ok": True, "seq": 1}
    assert _unread(cast.noor, room) == 1
    assert noor.send("room:seen", room=room.id, seq=999)["seq"] == 2
    assert noor.send("room:seen", room=room.id, seq=1)["seq"] == 2
    assert _unread(cast.noor, room) == 0


def _unread(actor: Actor, room: Room) -> int:
    with work.begin(writes=False):
        return next(c.unread for c in queries.rooms_open_to(actor) if c.room.id == room.id)


def test_another_socket_of_a_session_brings_no_other_budget(
    live: Site, room: Room, cast: Cast
) -> None:
    with work.begin():
        token = accounts.start_session(cast.noor)
    events = ["room:typing", "room:leave", "room:seen", "room:earlier"]
    sockets = [Socket(live.url, token) for _ in range(6)]
    refused = False
    for number in range(300):
        answer = sockets[number % 6].send(events[number % 4], room=room.id)
        refused = answer.get("error", {}).get("retry_ms") == door.WHILE * 1000
        if refused:
            break
    assert refused
    other = Socket(live.url, token)
    assert code(other.send("room:join", room=room.id)) == "slow_down"
    for each in [*sockets, other]:
        each.client.disconnect()


def test_a_database_that_fails_is_said_and_ends_no_connection(
    open_socket: Open, room: Room
) -> None:
    noor = open_socket("noor")
    join(noor, room)
    with work.begin() as session:
        session.execute(DDL("ALTER TABLE sessions RENAME TO sessions_away"))
    try:
        answers = [noor.send("room:seen", room=room.id, seq=0) for _ in range(wire.BROKEN + 2)]
    finally:
        with work.begin() as session:
            session.execute(DDL("ALTER TABLE sessions_away RENAME TO sessions"))
    assert all("Nothing is lost" in answer["error"]["text"] for answer in answers)
    assert noor.client.connected
    assert noor.send("room:seen", room=room.id, seq=0)["ok"]
