"""Every refusal and fault is a kind page with the right status, and loses nothing written."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from peer.core import clock
from peer.core.db import database
from peer.core.errors import Conflict, Invalid, Muted, NotFound, Refused, SlowDown
from peer.errorpages import pause
from peer.policy import doors
from tests.plugins.site import csrf_of

SignedIn = Callable[[str], FlaskClient]
Post = Callable[..., TestResponse]
ERRORS = {
    "conflict": (lambda: Conflict(), 409, "Someone else was just here first."),
    "invalid": (lambda: Invalid(), 422, "You can change it and try again."),
    "muted": (lambda: Muted(), 403, "You can read here, but not write just now."),
    "refused": (lambda: Refused(), 403, "That is not open to you here."),
    "missing": (lambda: NotFound(), 404, "There is nothing here that you can open."),
    "slow": (lambda: SlowDown(retry_ms=90_500), 429, "You can try again in about 2 min."),
    "fault": (lambda: ValueError("secret words"), 500, "It is not your doing"),
}
WROTE = "Something I thought about for an hour"


@pytest.fixture
def failing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """A site whose pages under /fails/ fail, each in its way."""

    def fail(how: str) -> str:
        raise ERRORS[how][0]()

    app.add_url_rule("/fails/<how>", "fail", fail, methods=["GET", "POST"])
    monkeypatch.setitem(doors.PAGES, "fail", doors.OPEN)
    return app


@pytest.mark.parametrize("how", ERRORS)
def test_error_is_a_whole_page_with_its_status_and_a_way_on(failing: Flask, how: str) -> None:
    _, status, words = ERRORS[how]
    answer = failing.test_client().get(f"/fails/{how}")
    page = answer.get_data(as_text=True)
    assert answer.status_code == status
    assert words in page
    assert "Leave quickly" in page
    assert 'href="/help"' in page
    assert "secret words" not in page
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_who_is_asked_to_slow_down_is_told_when_to_come_back(failing: Flask) -> None:
    assert failing.test_client().get("/fails/slow").headers["Retry-After"] == "91"


def test_what_somebody_wrote_comes_back_with_the_error(
    failing: Flask, signed_in: SignedIn, post: Post
) -> None:
    page = post(signed_in("noor"), "/fails/fault", {"text": WROTE, "passphrase": "not this"})
    assert page.status_code == 500
    assert WROTE in page.get_data(as_text=True)
    assert "not this" not in page.get_data(as_text=True)


def test_form_without_its_token_changes_nothing_and_loses_nothing(signed_in: SignedIn) -> None:
    noor = signed_in("noor")
    answer = noor.post("/account", data={"theme": "dark", "text": WROTE})
    assert answer.status_code == 400
    assert "Please go back" in answer.get_data(as_text=True)
    assert WROTE in answer.get_data(as_text=True)
    assert "data-theme" not in noor.get("/").get_data(as_text=True)


def test_who_was_signed_out_while_writing_is_told_so_and_keeps_the_words(
    signed_in: SignedIn, post: Post
) -> None:
    noor = signed_in("noor")
    token = csrf_of(noor)
    with clock.stopped_at(clock.now() + timedelta(hours=1)):
        answer = noor.post("/rooms/some-room/messages", data={"text": WROTE, "csrf_token": token})
    assert answer.status_code == 401
    assert WROTE in answer.get_data(as_text=True)
    assert 'href="/sign-in"' in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [("GET", "/nowhere", 404), ("DELETE", "/help", 405), ("GET", "/static/nothing.css", 404)],
)
def test_plain_mistakes_are_pages_too(
    client: FlaskClient, method: str, address: str, status: int
) -> None:
    answer = client.open(address, method=method)
    assert answer.status_code == status
    assert "<h1>" in answer.get_data(as_text=True)


def test_too_large_a_form_is_refused_kindly(signed_in: SignedIn, post: Post) -> None:
    answer = post(signed_in("noor"), "/account", {"text": "x" * (3 * 1024 * 1024)})
    assert answer.status_code == 413
    assert "That is too large" in answer.get_data(as_text=True)


def test_page_about_a_fault_needs_no_database(
    failing: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = failing.test_client()
    database.close()
    answer = client.get("/fails/fault")
    assert answer.status_code == 500
    assert "It is not your doing" in answer.get_data(as_text=True)


def test_whoever_is_asked_to_wait_can_leave_in_their_own_language(app: Flask) -> None:
    page = pause(app, ["en", "es", "ar"]).decode()
    assert '<a class="skip" href="#main">' in page
    sections = page.split("<section")[1:]
    assert [each.count('href="/leave"') for each in sections] == [0, 1, 1]
    assert page.split("<main")[0].count('href="/leave"') == 1
    for words in ("Leave quickly", "Salir rápido", "خروج سريع"):
        assert words in page
