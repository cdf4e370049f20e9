"""The front door: what visitors read, what waits for whom, help that asks for nothing."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from peer.accounts import service
from peer.core import work
from peer.core.words import N_
from peer.notifications.service import notify
from peer.policy.roles import Role
from peer.rooms import service as rooms
from tests.cast import Cast

SignedIn = Callable[[str], FlaskClient]
CARDS = {
    "noor": {"Rooms", "Mentoring", "Inbox"},
    "tess": {"Rooms", "Mentoring", "Inbox"},
    "fay": {"Rooms", "Inbox"},
    "mo": {"Decisions of two", "Review", "Rooms", "Inbox"},
    "cora": {"Decisions of two", "Rooms", "Rounds", "Inbox", "Invitations"},
    "ada": {"Decisions of two", "Rooms", "Inbox", "Invitations"},
}


def text(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def titles(page: str) -> list[str]:
    from html.parser import HTMLParser

    class Titles(HTMLParser):
        inside = False
        found: list[str] = []

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            self.inside = tag == "h2" or (self.inside and tag in {"svg", "use"})

        def handle_data(self, data: str) -> None:
            if self.inside and data.strip():
                self.found.append(data.strip())

    parser = Titles()
    parser.found = []
    parser.feed(page)
    return parser.found


@pytest.mark.parametrize("who", CARDS)
def test_each_role_finds_what_concerns_it(signed_in: SignedIn, who: str) -> None:
    assert set(titles(text(signed_in(who), "/"))) == CARDS[who]


def test_what_waits_comes_first(signed_in: SignedIn, cast: Cast) -> None:
    assert titles(text(signed_in("noor"), "/"))[0] == "Rooms"
    with work.begin():
        notify(cast.noor.id, N_("Welcome"))
    page = text(signed_in("noor"), "/")
    assert titles(page)[0] == "Inbox"
    assert "1 notice is new." in page


def test_unread_messages_are_counted_by_room(signed_in: SignedIn, cast: Cast) -> None:
    with work.begin():
        room = rooms.create_room(cast.cora, name="Evening tea")
        for who in (cast.noor, cast.sol):
            rooms.agree(who, room.id)
        for number in range(3):
            rooms.post_message(cast.sol, room.id, text=f"Hello {number}", nonce=f"n{number}")
    page = text(signed_in("noor"), "/")
    assert "3 messages are new." in page
    assert "Evening tea" in page


def test_coordinators_see_how_many_codes_are_open(signed_in: SignedIn, cast: Cast) -> None:
    with work.begin():
        for _code in range(2):
            service.invite(cast.cora, [Role.MEMBER])
    assert "2 codes can still be used." in text(signed_in("cora"), "/")


def test_visitors_read_neutral_words(client: FlaskClient) -> None:
    page = text(client, "/")
    head = page.split("</head>")[0].lower()
    assert "<title>welcome – commonroom</title>" in head
    main = page.split("<main")[1].split("</main>")[0].lower()
    for word in ("traffick", "abuse", "survivor", "violence", "escape"):
        assert word not in head
        assert word not in main


def test_first_page_after_joining_offers_steps_and_says_what_leaving_cannot_do(
    signed_in: SignedIn,
) -> None:
    page = text(signed_in("noor"), "/welcome")
    for words in ("Look at the rooms", "See what a mentor could be", "cannot erase your browser"):
        assert words in page
    assert "Invite people" not in page
    assert "Invite people" in text(signed_in("cora"), "/welcome")


def test_help_is_open_and_has_every_number(client: FlaskClient) -> None:
    page = text(client, "/help")
    for words in ("tel:911", "tel:1-888-373-7888", "sms:233733", "Breathe in", "Not a crisis"):
        assert words in page


def test_help_without_a_helpline_leaves_no_empty_place(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    from peer.app import create_app

    bare = create_app(
        app.config["PEER"].model_copy(
            update={"helpline_name": "", "helpline_phone": "", "emergency_number": ""}
        )
    )
    page = text(bare.test_client(), "/help")
    assert "tel:" not in page


def test_watchers_learn_whether_the_house_stands(client: FlaskClient) -> None:
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 200


def test_house_whose_redis_is_away_is_not_ready(app: Flask) -> None:
    from peer.home.queries import services_answer

    with app.app_context():
        assert services_answer("")
        assert not services_answer("redis://127.0.0.1:1/0")
