"""The cover page: after a while nothing opens but a plain page for notes, until the passphrase."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from peer.accounts import queries, service
from peer.accounts.sessions import Sessions
from peer.core import clock, work
from tests.cast import PASSPHRASE, Cast
from tests.plugins.site import csrf_of

SignedIn = Callable[[str], FlaskClient]
Post = Callable[..., TestResponse]


@contextmanager
def later(minutes: float) -> Iterator[None]:
    with clock.stopped_at(clock.now() + timedelta(minutes=minutes)):
        yield


@pytest.fixture
def noor(signed_in: SignedIn, post: Post) -> FlaskClient:
    """A browser of Noor's, who has pages covered after two minutes."""
    client = signed_in("noor")
    assert post(client, "/account/cover", {"minutes": "2"}).status_code == 303
    return client


def goes_to(client: FlaskClient, path: str) -> tuple[int, str | None]:
    answer = client.get(path)
    return answer.status_code, answer.location


def opens(client: FlaskClient, passphrase: str = PASSPHRASE) -> TestResponse:
    token = csrf_of(client)
    return client.post("/notes/open", data={"passphrase": passphrase, "csrf_token": token})


def put_on(client: FlaskClient) -> None:
    token = csrf_of(client)
    assert client.post("/notes", data={"csrf_token": token}).location == "/notes"


def test_nothing_is_covered_unless_somebody_wants_it(signed_in: SignedIn) -> None:
    client = signed_in("noor")
    with later(14):
        assert client.get("/inbox").status_code == 200
    assert "Cover this page" not in client.get("/inbox").get_data(as_text=True)
    assert goes_to(client, "/notes") == (303, "/")


@pytest.mark.parametrize("minutes", ["-1", "16", "soon", ""])
def test_minutes_are_from_1_to_15(signed_in: SignedIn, post: Post, minutes: str) -> None:
    assert post(signed_in("noor"), "/account/cover", {"minutes": minutes}).status_code == 422


def test_after_the_minutes_every_page_is_the_cover_and_the_cover_tells_nothing(
    noor: FlaskClient,
) -> None:
    with later(1.9):
        assert noor.get("/inbox").status_code == 200
    with later(4):
        for path in ("/inbox", "/account", "/", "/help", "/resources", "/sign-in", "/nowhere"):
            assert goes_to(noor, path) == (303, "/notes")
        answer = noor.get("/notes")
        body = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert "<title>Notes</title>" in body
    for telling in ("Commonroom", "Noor", "room", "mentor", "passphrase</", "Inbox", "Sign"):
        assert telling not in body.replace('id="passphrase"', ""), telling


def test_use_keeps_pages_open_and_looking_at_the_cover_is_no_use(noor: FlaskClient) -> None:
    for minutes in (1.5, 3, 4.5):
        with later(minutes):
            assert noor.get("/inbox").status_code == 200
    for minutes in (7, 8, 9):
        with later(minutes):
            assert noor.get("/notes").status_code == 200
            assert goes_to(noor, "/inbox") == (303, "/notes")


def test_passphrase_opens_the_page_where_one_was_under_a_new_token(noor: FlaskClient) -> None:
    with later(3):
        noor.get("/rooms?lang=en")
        old = noor.get_cookie("s")
        noor.get("/notes")
        covered = noor.get_cookie("s")
        answer = opens(noor)
        opened = noor.get_cookie("s")
        assert (answer.status_code, answer.location) == (303, "/rooms?lang=en")
        assert noor.get("/inbox").status_code == 200
        assert len({old.value, covered.value, opened.value}) == 3
        for gone in (old, covered):
            noor.set_cookie("s", gone.value)
            assert goes_to(noor, "/inbox") == (303, "/sign-in")


def test_wrong_passphrases_open_nothing_and_count_for_this_session_alone(noor: FlaskClient) -> None:
    put_on(noor)
    for _ in range(10):
        answer = opens(noor, "something else entirely")
        assert answer.status_code == 422
        assert "That did not open them." in answer.get_data(as_text=True)
    answer = opens(noor)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert "<title>Notes</title>" in answer.get_data(as_text=True)
    assert goes_to(noor, "/inbox") == (303, "/notes")
    data = {"username": "noor", "passphrase": PASSPHRASE}
    other = noor.application.test_client()
    assert other.post("/sign-in", data={**data, "csrf_token": csrf_of(other)}).status_code == 303


def test_whoever_tries_her_name_elsewhere_does_not_keep_noor_behind_the_cover(
    noor: FlaskClient,
) -> None:
    put_on(noor)
    other = noor.application.test_client()
    data = {"username": "noor", "passphrase": "not it, but long enough"}
    data["csrf_token"] = csrf_of(other)
    assert [other.post("/sign-in", data=data).status_code for _ in range(11)][-1] == 429
    assert opens(noor).status_code == 303


def test_covered_session_has_no_private_key_and_no_socket(noor: FlaskClient, app: Flask) -> None:
    put_on(noor)
    with work.begin(writes=False):
        (row,) = queries.sessions_of(queries.account_named("noor").id)
    assert row.private is None
    assert row.covered_at is not None
    sessions = app.session_interface
    assert isinstance(sessions, Sessions)
    with work.begin(writes=False):
        cookie = f"s={noor.get_cookie('s').value}"
        assert sessions.callers.sessions_of([{"HTTP_COOKIE": cookie}]) == [row.id]
        assert sessions.callers.actors_of([row.id]) == {}
        assert sessions.callers.why_ended(row.id) == "covered"
    with later(60 * 24 * 60), work.begin(writes=False):
        assert sessions.callers.why_ended(row.id) == "expired"


def test_server_covers_what_nobody_asks_for_and_cuts_its_sockets(
    noor: FlaskClient, app: Flask
) -> None:
    sessions = app.session_interface
    assert isinstance(sessions, Sessions)
    with later(3), app.app_context():
        sessions.end_expired()
        with work.begin(writes=False):
            (row,) = queries.sessions_of(queries.account_named("noor").id)
    assert row.covered_at is not None


def test_looking_for_sessions_that_have_run_out_keeps_nobody_from_writing(
    noor: FlaskClient, app: Flask
) -> None:
    sessions = app.session_interface
    assert isinstance(sessions, Sessions)
    with ThreadPoolExecutor(1) as pool, work.begin():  # somebody else writes just now
        assert pool.submit(sessions.end_expired).result(timeout=30) == 0


def test_every_session_that_has_run_out_ends_in_portions(
    noor: FlaskClient, app: Flask, cast: Cast
) -> None:
    sessions = app.session_interface
    assert isinstance(sessions, Sessions)
    for guest in [cast.newcomer() for _guest in range(60)]:
        with work.begin():
            service.start_session(guest)
    with later(60 * 24 * 60), app.app_context():
        assert sessions.end_expired() == 61


def test_writing_behind_the_cover_changes_nothing(noor: FlaskClient, cast: Cast) -> None:
    token = csrf_of(noor)
    put_on(noor)
    sent = {"locale": "es", "timezone": "UTC", "theme": "dark", "csrf_token": token}
    assert noor.post("/account", data=sent).location == "/notes"
    assert noor.post("/account/cover", data={"minutes": "0"}).location == "/notes"  # forged, too
    assert cast.account("noor").theme == ""


def test_leaving_works_from_the_cover(noor: FlaskClient, cast: Cast) -> None:
    put_on(noor)
    assert "/leave" in noor.get("/notes").get_data(as_text=True)
    assert noor.get("/leave").status_code == 303
    with work.begin(writes=False):
        assert queries.sessions_of(cast.noor.id) == []
    assert goes_to(noor, "/notes") == (303, "/")


def test_covered_session_runs_out_like_any_other(noor: FlaskClient) -> None:
    put_on(noor)
    with later(31):
        assert goes_to(noor, "/inbox") == (303, "/sign-in")
        assert goes_to(noor, "/notes") == (303, "/")


def test_covered_session_runs_out_also_when_the_cover_is_opened_again_and_again(
    noor: FlaskClient,
) -> None:
    for minutes in (5, 15, 25):
        with later(minutes):
            assert noor.get("/notes").status_code == 200
    with later(33):
        assert goes_to(noor, "/notes") == (303, "/")
        assert goes_to(noor, "/inbox") == (303, "/sign-in")


def test_cover_that_is_on_keeps_its_token(noor: FlaskClient) -> None:
    put_on(noor)
    before = noor.get_cookie("s")
    assert noor.get("/notes").status_code == 200
    assert noor.get_cookie("s").value == before.value
