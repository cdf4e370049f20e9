"""Rooms by plain forms, as somebody without JavaScript uses them."""

import html
import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from peer.accounts import service as accounts
from peer.core import work
from peer.core.secrets import hash_passphrase
from peer.policy.roles import Role
from peer.rooms import queries, service
from peer.rooms.models import Message, Room
from tests.cast import Cast
from tests.rooms.place import AGREEMENT, a_private_room, a_room, said, word

SignIn = Callable[[str], FlaskClient]
Post = Callable[..., TestResponse]
HOSTILE = "<script>alert(1)</script> </textarea>\"'& {{ 7 * 7 }} <img src=x onerror=alert(1)>"


@pytest.fixture
def room(app: object, cast: Cast) -> Room:
    return a_room(cast, cast.noor, cast.zed)


def page(client: FlaskClient, room: Room, query: str = "") -> str:
    answer = client.get(f"/rooms/{room.id}{query}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def bubbles(text: str) -> list[str]:
    """What the messages of a page say, the copyable empty one aside."""
    shown = text.split("<template data-message-template>")[0]
    found = re.findall(r'<p dir="auto" data-part="text">(.*?)</p>', shown, re.S)
    return [html.unescape(each.replace("<br>", "\n")) for each in found]


def stored(room: Room) -> list[Message]:
    with work.begin(writes=False) as session:
        return list(session.query(Message).filter_by(room_id=room.id).order_by(Message.at))


def test_new_member_agrees_before_reading(
    signed_in: SignIn, post: Post, cast: Cast, room: Room
) -> None:
    said(cast.zed, room, "words of the room")
    sol = signed_in("sol")
    door = page(sol, room)
    assert all(point in door for point in AGREEMENT)
    assert "words of the room" not in door
    assert post(sol, f"/rooms/{room.id}/messages", {"text": "hi", "nonce": "n"}).status_code == 404
    assert post(sol, f"/rooms/{room.id}/agree").status_code == 422
    assert post(sol, f"/rooms/{room.id}/agree", {"agree": "yes"}).status_code == 303
    assert bubbles(page(sol, room)) == ["words of the room"]


def test_noor_writes_by_form_and_a_second_press_writes_nothing_more(
    signed_in: SignIn, post: Post, room: Room
) -> None:
    noor = signed_in("noor")
    form = {"text": "Hello\r\nall", "nonce": "one", "note": "a greeting"}
    for _ in range(2):
        answer = post(noor, f"/rooms/{room.id}/messages", form)
        assert answer.status_code == 303
    assert [message.text for message in stored(room)] == ["Hello\nall"]
    text = page(noor, room)
    assert bubbles(text) == ["Hello\nall"]
    assert "Note: a greeting" in text
    assert answer.location.endswith(f"#m-{stored(room)[0].id}")


def test_hostile_words_are_shown_as_they_were_written(
    signed_in: SignIn, post: Post, room: Room
) -> None:
    noor = signed_in("noor")
    long = (HOSTILE * 60)[:4000]
    form = {"text": long, "note": HOSTILE[:80], "nonce": "n"}
    assert post(noor, f"/rooms/{room.id}/messages", form).status_code in {303, 422}
    with work.begin():
        service.post_message(_actor(room), room.id, text=long.strip(), note=HOSTILE[:80], nonce="m")
    text = page(noor, room)
    assert long.strip() in bubbles(text)
    assert "<script>alert" not in text
    assert "<img src=x" not in text


def _actor(room: Room):
    return Cast().noor


def test_too_long_text_comes_back_in_the_writing_box(
    signed_in: SignIn, post: Post, room: Room
) -> None:
    answer = post(
        signed_in("noor"), f"/rooms/{room.id}/messages", {"text": "é" * 4001, "nonce": "n"}
    )
    assert answer.status_code == 422
    text = answer.get_data(as_text=True)
    assert "é" * 4001 + "</textarea>" in text
    assert "4,000 characters" in text
    assert stored(room) == []


def test_message_to_a_closed_room_comes_back(
    signed_in: SignIn, post: Post, cast: Cast, room: Room
) -> None:
    noor = signed_in("noor")
    page(noor, room)
    with work.begin():
        service.close_room(cast.cora, room.id)
    answer = post(noor, f"/rooms/{room.id}/messages", {"text": "kept words", "nonce": "n"})
    assert answer.status_code == 409
    assert "kept words</textarea>" in answer.get_data(as_text=True)


def test_nudge_is_a_page_with_the_words_and_two_ways_on(
    signed_in: SignIn, post: Post, room: Room
) -> None:
    noor = signed_in("noor")
    form = {"text": "call 07700 900123", "nonce": "n", "note": "a <note>"}
    asked = post(noor, f"/rooms/{room.id}/messages", form)
    assert asked.status_code == 422
    text = asked.get_data(as_text=True)
    assert '<q dir="auto">07700 900123</q>' in text
    token = re.search(r'name="token" value="([^"]+)"', text)
    assert token
    back = post(noor, f"/rooms/{room.id}/change", form)
    assert "call 07700 900123</textarea>" in back.get_data(as_text=True)
    sent = post(noor, f"/rooms/{room.id}/messages", {**form, "token": token[1]})
    assert sent.status_code == 303
    assert stored(room)[0].text == "call 07700 900123"


def test_help_is_offered_on_the_page_to_who_wrote_it(
    signed_in: SignIn, post: Post, room: Room
) -> None:
    noor, zed = signed_in("noor"), signed_in("zed")
    sent = post(noor, f"/rooms/{room.id}/messages", {"text": "I want to die", "nonce": "n"})
    assert sent.status_code == 303
    offered = r'<section class="help" [^>]*data-help>'
    assert re.search(offered, page(noor, room))
    assert not re.search(offered, page(noor, room)), "it is offered once, not for ever"
    assert not re.search(offered, page(zed, room))
    assert bubbles(page(zed, room)) == ["I want to die"]


def test_unread_line_stands_where_noor_stopped_reading(
    signed_in: SignIn, cast: Cast, room: Room
) -> None:
    noor = signed_in("noor")
    said(cast.zed, room, "read")
    page(noor, room)
    said(cast.zed, room, "not yet")
    assert "1 new" in noor.get("/rooms").get_data(as_text=True)
    text = page(noor, room)
    assert text.index(">read</p>") < text.index('id="newest"') < text.index(">not yet</p>")
    assert 'id="newest"' not in page(noor, room)
    assert "1 new" not in noor.get("/rooms").get_data(as_text=True)


def test_earlier_pages_lead_back_to_the_first_word(
    signed_in: SignIn, cast: Cast, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service.posting, "POSTING", "10000/second")
    for n in range(120):
        said(cast.zed, room, word(n))
    noor, found, query = signed_in("noor"), [], ""
    while query is not None:
        text = page(noor, room, query)
        found = bubbles(text) + found
        link = re.search(r'data-earlier-box>.*?href="/rooms/[^?]+(\?before=\d+)"', text)
        query = link[1] if link else None
    assert found == [word(n) for n in range(120)]


def test_noor_changes_and_takes_back_her_words(
    signed_in: SignIn, post: Post, cast: Cast, room: Room
) -> None:
    noor, message = signed_in("noor"), said(cast.noor, room, "helo")
    base = f"/rooms/{room.id}/messages/{message.id}"
    assert ">helo</textarea>" in noor.get(f"{base}/edit").get_data(as_text=True)
    assert post(noor, f"{base}/edit", {"text": "hello", "note": ""}).status_code == 303
    assert bubbles(page(noor, room)) == ["hello"]
    kept = post(noor, f"{base}/edit", {"text": "x" * 4001, "note": ""})
    assert kept.status_code == 422
    assert "x" * 4001 in kept.get_data(as_text=True)
    assert "Take it back" in noor.get(f"{base}/remove").get_data(as_text=True)
    assert post(noor, f"{base}/remove").status_code == 303
    assert bubbles(page(noor, room)) == []


def test_edit_that_is_nudged_can_be_sent_or_changed(
    signed_in: SignIn, post: Post, cast: Cast, room: Room
) -> None:
    noor, message = signed_in("noor"), said(cast.noor, room, "hello")
    url = f"/rooms/{room.id}/messages/{message.id}/edit"
    asked = post(noor, url, {"text": "call 07700 900123", "note": ""})
    assert asked.status_code == 422
    token = re.search(r'name="token" value="([^"]+)"', asked.get_data(as_text=True))
    again = post(noor, url, {"text": "call 07700 900123", "note": "", "again": "1"})
    assert "call 07700 900123</textarea>" in again.get_data(as_text=True)
    assert post(noor, url, {"text": "call 07700 900123", "token": token[1]}).status_code == 303
    assert bubbles(page(noor, room)) == ["call 07700 900123"]


def test_zed_reacts_and_takes_it_back(
    signed_in: SignIn, post: Post, cast: Cast, room: Room
) -> None:
    zed, message = signed_in("zed"), said(cast.noor, room, "hello")
    url = f"/rooms/{room.id}/messages/{message.id}/react"
    pressed = r'value="with_you" aria-pressed="true"'
    assert post(zed, url, {"kind": "with_you"}).status_code == 303
    assert re.search(pressed, page(zed, room))
    assert post(zed, url, {"kind": "with_you"}).status_code == 303
    assert not re.search(pressed, page(zed, room))
    assert post(zed, url, {"kind": "cruel"}).status_code == 422
    assert post(signed_in("noor"), url, {"kind": "glad"}).status_code == 403


def test_report_takes_two_presses(signed_in: SignIn, post: Post, cast: Cast, room: Room) -> None:
    noor, message = signed_in("noor"), said(cast.zed, room, "something cruel")
    url = f"/rooms/{room.id}/messages/{message.id}/report"
    assert url in page(noor, room)
    assert noor.get(url).get_data(as_text=True).count('name="category"') == 6
    assert post(noor, url, {"category": "unkind"}).status_code == 303
    kept = post(noor, url, {"category": "", "note": "my own words"})
    assert kept.status_code == 422
    assert "my own words" in kept.get_data(as_text=True)


def test_noor_answers_a_message(signed_in: SignIn, post: Post, cast: Cast, room: Room) -> None:
    noor, message = signed_in("noor"), said(cast.zed, room, "who is there")
    text = page(noor, room, f"?reply={message.id}")
    assert f'name="reply_to" value="{message.id}"' in text
    form = {"text": "I am", "nonce": "n", "reply_to": message.id}
    assert post(noor, f"/rooms/{room.id}/messages", form).status_code == 303
    assert f'href="#m-{message.id}"' in page(noor, room)
    elsewhere = said(cast.zed, a_room(cast, cast.zed, cast.noor), "other room")
    form = {"text": "I am", "nonce": "m", "reply_to": elsewhere.id}
    answer = post(noor, f"/rooms/{room.id}/messages", form)
    assert answer.status_code == 404
    assert "I am</textarea>" in answer.get_data(as_text=True)


def test_noor_leaves_and_may_come_again(signed_in: SignIn, post: Post, room: Room) -> None:
    noor = signed_in("noor")
    assert post(noor, f"/rooms/{room.id}/leave").status_code == 303
    assert "Before you come in" in page(noor, room)


def test_rooms_of_others_look_like_none(
    signed_in: SignIn, post: Post, cast: Cast, room: Room
) -> None:
    circle = a_room(cast, cast.zed, entry="invited")
    private = a_private_room(cast)
    message, letter = said(cast.zed, circle, "ours"), said(cast.tess, private, "ours")
    for who, hidden, its in [
        ("noor", circle, message),
        ("zed", private, letter),
        ("mo", private, letter),
        ("cora", private, letter),
        ("tess", room, said(cast.zed, room, "hi")),
    ]:
        client = signed_in(who)
        assert client.get(f"/rooms/{hidden.id}").status_code == 404
        for url in (f"/rooms/{hidden.id}", f"/rooms/{room.id}", "/rooms/none"):
            for verb in ("edit", "remove", "report"):
                found = client.get(f"{url}/messages/{its.id}/{verb}").status_code
                assert found in {403, 404}, (who, url, verb)
        for verb in ("messages", "agree", "leave"):
            data = {"text": "hi", "nonce": "n", "agree": "yes"}
            assert post(client, f"/rooms/{hidden.id}/{verb}", data).status_code == 404, (who, verb)


def test_private_rooms_carry_the_name_of_the_other(
    signed_in: SignIn, cast: Cast, app: object
) -> None:
    private = a_private_room(cast)
    assert '<h1 class="room__title" id="room-title"><bdi>Tess</bdi></h1>' in page(
        signed_in("noor"), private
    )
    assert "<bdi>Noor</bdi></h1>" in page(signed_in("tess"), private)


def test_held_message_of_a_mentor_waits_also_when_it_is_changed(
    signed_in: SignIn, post: Post, cast: Cast, app: object
) -> None:
    private = a_private_room(cast)
    tess, noor = signed_in("tess"), signed_in("noor")
    form = {"text": "Ring me on 07700 900123", "nonce": "n"}
    assert post(tess, f"/rooms/{private.id}/messages", form).status_code == 303
    assert "Waiting, only you see this" in page(tess, private)
    assert bubbles(page(noor, private)) == []
    url = f"/rooms/{private.id}/messages/{stored(private)[0].id}/edit"
    assert post(tess, url, {"text": "See you on Thursday", "note": ""}).status_code == 303
    assert bubbles(page(noor, private)) == []  # a moderator lets it through, not other words
    assert "See you on Thursday" in page(tess, private)


def test_invitation_brings_people_into_its_rooms(cast: Cast, app: object) -> None:
    circle = a_room(cast, entry="invited")
    with work.begin():
        assert accounts.room_choices() == [(circle.id, "Commons")]
        _, code = accounts.invite(cast.cora, [Role.MEMBER], rooms=[circle.id, "gone"])
    with work.begin():
        wren = accounts.join(code, "Wren", hash_passphrase("x" * 12), locale="en", timezone="UTC")
        assert queries.membership_in(circle.id, wren.id) is not None


def test_empty_places_say_what_comes(signed_in: SignIn, cast: Cast, room: Room) -> None:
    assert "It is quiet here" in page(signed_in("noor"), room)
    assert "No room yet" in signed_in("tess").get("/rooms").get_data(as_text=True)
