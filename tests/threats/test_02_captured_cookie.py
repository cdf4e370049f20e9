"""A cookie that somebody copied from a browser is worth nothing once its person has gone."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from peer.accounts import queries
from peer.core import work
from tests.cast import PASSPHRASE, Cast
from tests.plugins.site import csrf_of

Post = Callable[..., TestResponse]
WAYS = ("/sign-out", "/leave", "/leave by link")


def signed_in_by_form(app: Flask) -> FlaskClient:
    """Noor at a browser, in by name and passphrase as people do it."""
    noor = app.test_client()
    sent = {"username": "noor", "passphrase": PASSPHRASE, "csrf_token": csrf_of(noor)}
    assert noor.post("/sign-in", data=sent).status_code == 303
    return noor


def goes(noor: FlaskClient, way: str) -> TestResponse:
    if way.endswith("link"):
        return noor.get("/leave")
    return noor.post(way, data={"csrf_token": csrf_of(noor)})


@pytest.mark.parametrize("way", WAYS)
def test_cookie_captured_before_signing_out_is_refused(app: Flask, cast: Cast, way: str) -> None:
    cast.account("noor")
    noor = signed_in_by_form(app)
    captured = noor.get_cookie("s")
    assert captured is not None
    thief = app.test_client()
    thief.set_cookie("s", captured.value)
    assert "Noor" in thief.get("/account").get_data(as_text=True)

    assert goes(noor, way).status_code in {204, 303}
    for path in ("/", "/account", "/inbox", "/rooms"):
        answer = thief.get(path)
        assert "Noor" not in answer.get_data(as_text=True)
        assert path == "/" or answer.status_code == 303
    with work.begin(writes=False):
        assert queries.session_with_token(captured.value) is None
        assert queries.sessions_of(cast.noor.id) == []


def test_browser_is_left_with_an_overwritten_cookie_and_nothing_else(
    app: Flask, cast: Cast
) -> None:
    cast.account("noor")
    for way in WAYS:
        noor = signed_in_by_form(app)
        answer = goes(noor, way)
        (cookie,) = answer.headers.getlist("Set-Cookie")
        # Deleting it would let Chromium's Back show the page once more.
        assert cookie.startswith("s=a.")
        assert "Expires" not in cookie
        assert "Max-Age" not in cookie
        assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'


def test_signing_in_gives_a_new_token_and_what_was_planted_is_no_session(
    app: Flask, cast: Cast
) -> None:
    cast.account("noor")
    planted = "a-token-that-somebody-else-chose"
    noor = app.test_client()
    noor.set_cookie("s", planted)
    noor.get("/sign-in")
    sent = {"username": "noor", "passphrase": PASSPHRASE, "csrf_token": csrf_of(noor)}
    assert noor.post("/sign-in", data=sent).status_code == 303
    token = noor.get_cookie("s")
    assert token is not None
    assert token.value != planted
    with work.begin(writes=False):
        assert queries.session_with_token(planted) is None
