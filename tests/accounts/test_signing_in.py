"""Signing in: who gets in, what is said to who does not, and why a session ended."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from peer.accounts import queries, service
from peer.core import clock, limits, work
from peer.core.realtime import Outgoing
from tests.cast import PASSPHRASE, Cast
from tests.plugins.site import csrf_of

SignedIn = Callable[[str], FlaskClient]


def sign_in(client: FlaskClient, name: str, passphrase: str = PASSPHRASE) -> TestResponse:
    data = {"username": name, "passphrase": passphrase, "csrf_token": csrf_of(client)}
    return client.post("/sign-in", data=data)


def page(client: FlaskClient, address: str) -> str:
    return client.get(address).get_data(as_text=True)


def test_noor_signs_in_and_sees_her_home(client: FlaskClient, cast: Cast) -> None:
    cast.account("noor")
    answer = sign_in(client, " NOOR ")
    assert (answer.status_code, answer.location) == (303, "/")
    assert "Hello, Noor" in page(client, "/")


def test_wrong_passphrase_and_unknown_name_are_answered_alike(
    client: FlaskClient, cast: Cast
) -> None:
    cast.account("noor")
    answers = [
        sign_in(client, "noor", "something else entirely"),
        sign_in(client, "nobody", "something else entirely"),
    ]
    assert [answer.status_code for answer in answers] == [422, 422]
    bodies = [
        re.sub(r'name="csrf_token" value="[^"]*"', "", answer.get_data(as_text=True)).replace(
            "nobody", "noor"
        )
        for answer in answers
    ]
    assert bodies[0] == bodies[1]
    assert "do not go together" in bodies[0]
    assert client.get("/inbox").status_code == 303


def test_name_is_kept_and_the_passphrase_is_not_sent_back(client: FlaskClient, cast: Cast) -> None:
    cast.account("noor")
    body = sign_in(client, "noor", "something else entirely").get_data(as_text=True)
    assert 'value="noor"' in body
    assert "something else entirely" not in body


def test_eleventh_try_in_a_minute_waits(client: FlaskClient, cast: Cast) -> None:
    cast.account("noor")
    for _try in range(10):
        assert sign_in(client, "noor", "not it, but long enough").status_code == 422
    answer = sign_in(client, "noor")
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 60


def test_noor_signs_in_while_somebody_elsewhere_tries_her_name_without_pause(
    app: Flask, cast: Cast
) -> None:
    cast.account("noor")
    someone, noor = browser_at(app, "192.0.2.1"), browser_at(app, "203.0.113.9")
    for _try in range(10):
        sign_in(someone, "noor", "not it, but long enough")
    assert sign_in(someone, "noor", "not it, but long enough").status_code == 429
    assert sign_in(noor, "noor").status_code == 303


def test_many_places_together_wait_too_and_what_a_place_is_refused_costs_nobody_a_try(
    app: Flask, cast: Cast
) -> None:
    cast.account("noor")
    for _try in range(289):
        limits.spend("300/minute", "sign-in-name", queries.folded("noor"))
    someone = browser_at(app, "192.0.2.1")
    tries = [sign_in(someone, "noor", "not it, but long").status_code for _try in range(13)]
    assert tries == [422] * 10 + [429] * 3
    assert sign_in(browser_at(app, "203.0.113.9"), "noor").status_code == 303  # the last of 300
    assert sign_in(browser_at(app, "203.0.113.10"), "noor").status_code == 429


def browser_at(app: Flask, place: str) -> FlaskClient:
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = place
    return client


def test_signed_out_cookie_is_refused(
    signed_in: SignedIn, post: Callable[..., TestResponse]
) -> None:
    noor = signed_in("noor")
    token = noor.get_cookie("s")
    assert token
    assert noor.get("/inbox").status_code == 200
    assert post(noor, "/sign-out").status_code == 303
    left = noor.get_cookie("s")
    assert left
    assert left.value.startswith("a.")
    noor.set_cookie("s", token.value)
    assert noor.get("/inbox").status_code == 303


def test_suspended_person_with_the_right_passphrase_is_told_why_and_until_when(
    client: FlaskClient, cast: Cast
) -> None:
    zed = cast.account("zed")
    with work.begin():
        service.suspend(zed.id, by=cast.mo, days=3, reason="Be kind: no insults, no threats")
    answer = sign_in(client, "zed")
    assert answer.status_code == 403
    body = answer.get_data(as_text=True)
    assert "Your account is paused" in body
    assert "Be kind: no insults, no threats" in body
    assert (clock.now() + timedelta(days=3)).strftime("%Y") in body
    assert client.get("/inbox").status_code == 303
    assert sign_in(client, "zed", "not the one that opens").status_code == 422


def test_suspension_that_has_run_out_lets_the_person_in(client: FlaskClient, cast: Cast) -> None:
    zed = cast.account("zed")
    with work.begin():
        service.suspend(zed.id, by=cast.mo, days=3)
    with clock.stopped_at(clock.now() + timedelta(days=3, minutes=1)):
        assert sign_in(client, "zed").status_code == 303


def test_person_whose_session_ran_out_is_told_so_once(signed_in: SignedIn) -> None:
    noor = signed_in("noor")
    with clock.stopped_at(clock.now() + timedelta(minutes=31)):
        assert noor.get("/inbox").location == "/sign-in"
        assert "You were signed out: after a while without use" in page(noor, "/sign-in")
        assert "You were signed out" not in page(noor, "/sign-in")


@pytest.mark.parametrize(("minutes", "status"), [(14, 200), (16, 303)])
def test_staff_are_signed_out_sooner(signed_in: SignedIn, minutes: int, status: int) -> None:
    mo = signed_in("mo")
    with clock.stopped_at(clock.now() + timedelta(minutes=minutes)):
        assert mo.get("/inbox").status_code == status


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("signed_out", "You are signed out."),
        ("suspended", "Sign in to read why."),
        ("passphrase_changed", "The passphrase was changed"),
        ("ended_by_staff", "A coordinator ended your sign-ins."),
    ],
)
def test_reason_that_a_page_was_told_is_said(client: FlaskClient, reason: str, words: str) -> None:
    assert words in page(client, f"/sign-in?ended={reason}")


def test_made_up_reasons_are_not_said(client: FlaskClient) -> None:
    body = page(client, "/sign-in?ended=Send+money+to+Zed")
    assert "Zed" not in body


def test_pages_follow_the_language_and_the_clock_of_the_person(
    client: FlaskClient, cast: Cast
) -> None:
    noor = cast.account("noor")
    with work.begin():
        service.change_preferences(cast.noor, locale="ar", timezone="Asia/Tokyo", theme="dark")
    assert noor.locale == "en"
    sign_in(client, "noor")
    body = page(client, "/account")
    assert 'lang="ar" dir="rtl" data-theme="dark"' in body


def test_language_chosen_while_signing_in_stays(client: FlaskClient, cast: Cast) -> None:
    cast.account("noor")
    client.get("/sign-in?lang=es")
    sign_in(client, "noor")
    assert 'lang="es"' in page(client, "/")


def test_leaving_with_a_token_that_never_was_notes_nothing(app: Flask) -> None:
    client = app.test_client()
    client.set_cookie("s", "a-token-that-never-was")
    assert client.post("/leave").status_code == 204
    with work.begin(writes=False) as session:
        assert session.scalar(select(func.count()).select_from(Outgoing)) == 0
