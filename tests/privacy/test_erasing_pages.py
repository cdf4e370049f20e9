"""The pages of taking it back: plain words, the passphrase again, a receipt shown once."""

import re
from collections.abc import Callable

from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from peer.accounts import queries as accounts
from peer.accounts import service
from peer.accounts.commands import privacy
from peer.accounts.models import Factor, FactorKind
from peer.accounts.queries.ways_back import codes_left
from peer.core import clock, queue, work
from peer.moderation import queries as moderation
from peer.rooms import service as rooms
from tests.accounts.test_second_factor import app_of
from tests.cast import PASSPHRASE, Cast, private_key
from tests.plugins.site import SignIn
from tests.privacy.lives import left_of
from tests.rooms.place import a_room, said

Post = Callable[..., TestResponse]


def code_in(page: str) -> str:
    found = re.search(r"(?:[0-9A-Z]{4}-){4}[0-9A-Z]{4}", page)
    assert found
    return found.group()


def signs_in(
    post: Post, client: FlaskClient, name: str, passphrase: str = PASSPHRASE
) -> TestResponse:
    return post(client, "/sign-in", {"username": name, "passphrase": passphrase})


def test_noor_erases_her_account(
    app: Flask, cast: Cast, signed_in: SignIn, client: FlaskClient, post: Post
) -> None:
    noor, elsewhere = signed_in("noor"), signed_in("noor")
    account_id = cast.noor.id
    page = noor.get("/account/erase").get_data(as_text=True)
    assert "What goes, and when" in page
    assert "What stays, and why" in page
    assert "sure?" not in page
    wrong = post(noor, "/account/erase", {"passphrase": "not it at all", "sure": "y"})
    assert (wrong.status_code, accounts_has(account_id)) == (422, True)
    unticked = post(noor, "/account/erase", {"passphrase": PASSPHRASE})
    assert (unticked.status_code, accounts_has(account_id)) == (422, True)
    done = post(noor, "/account/erase", {"passphrase": PASSPHRASE, "sure": "y"})
    assert done.status_code == 200
    assert done.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert done.headers["Cache-Control"] == "no-store"
    code = code_in(done.get_data(as_text=True))
    for browser in (noor, elsewhere):
        assert browser.get("/account").status_code == 303, "signed out"
    queue.sweep_now("accounts.erasures")
    shown = post(client, "/receipt", {"code": code}).get_data(as_text=True)
    assert "Destroyed." in shown
    assert "Everything that could go was gone" in shown
    assert left_of(account_id) == []


def accounts_has(account_id: str) -> bool:
    with work.begin(writes=False):
        return not accounts.is_gone(account_id)


def test_signing_in_afterwards_looks_as_for_a_name_nobody_has(
    app: Flask, cast: Cast, signed_in: SignIn, post: Post
) -> None:
    post(signed_in("noor"), "/account/erase", {"passphrase": PASSPHRASE, "sure": "y"})
    pages = []
    for name in ("Noor", "Quiet-Harbour"):
        answer = signs_in(post, app.test_client(), name)
        body = re.sub(r'value="[^"]*\.[^"]*"', "", answer.get_data(as_text=True))  # the CSRF token
        headers = {key: value for key, value in answer.headers if key != "Set-Cookie"}
        headers.pop("Content-Length")
        pages.append((answer.status_code, headers, body.replace(name, "…")))
    assert pages[0] == pages[1]


def test_a_receipt_opens_only_with_its_code(client: FlaskClient, post: Post) -> None:
    assert client.get("/receipt").status_code == 200
    wrong = post(client, "/receipt", {"code": "AAAA-BBBB-CCCC-DDDD-EEEE"})
    assert wrong.status_code == 422
    assert "No receipt has that code." in wrong.get_data(as_text=True)
    assert post(client, "/receipt", {"code": ""}).status_code == 422


def test_the_receipt_says_what_an_open_case_keeps(
    app: Flask, cast: Cast, signed_in: SignIn, client: FlaskClient, post: Post
) -> None:
    room = a_room(cast, cast.noor, cast.zed, agreement=[])
    message = said(cast.zed, room, "come and work for me")
    with work.begin():
        rooms.report_message(cast.noor, message.id, "offer")
    zed = signed_in("zed")
    assert "without your name" in zed.get("/account/erase").get_data(as_text=True)
    done = post(zed, "/account/erase", {"passphrase": PASSPHRASE, "sure": "y"})
    queue.sweep_now("accounts.erasures")
    page = post(client, "/receipt", {"code": code_in(done.get_data(as_text=True))})
    words = page.get_data(as_text=True)
    assert "Until it is decided, and 20 days longer." in words
    assert "in the case above" in words
    mo = signed_in("mo")
    moderator = cast.mo
    with work.begin(writes=False):
        (item,) = moderation.items(moderator, "all")
    post(mo, f"/moderation/items/{item.id}/claim", {})
    seen = mo.get(f"/moderation/items/{item.id}").get_data(as_text=True)
    assert "come and work for me" in seen
    assert "Someone who left" in seen
    assert "Zed" not in seen


def test_a_paused_person_erases_without_coming_in(
    app: Flask, cast: Cast, client: FlaskClient, post: Post
) -> None:
    zed = cast.zed
    form = {"username": "Zed", "passphrase": PASSPHRASE, "sure": "y"}
    assert post(client, "/erase", form).status_code == 422, "who can come in does it inside"
    with work.begin():
        service.suspend(zed.id, by=cast.mo, days=7)
    assert "/erase" in signs_in(post, client, "Zed").get_data(as_text=True)
    wrong = post(client, "/erase", {**form, "passphrase": "not it at all"})
    nobody = post(client, "/erase", {**form, "username": "Nobody"})
    assert wrong.status_code == nobody.status_code == 422
    assert post(client, "/erase", form).status_code == 200
    queue.sweep_now("accounts.erasures")
    assert left_of(zed.id) == []


def test_a_paused_person_with_an_app_shows_its_code_before_anything_is_erased(
    app: Flask, cast: Cast, client: FlaskClient, post: Post
) -> None:
    zed, codes = cast.zed, app_of(cast, "zed")
    with work.begin():
        service.suspend(zed.id, by=cast.mo, days=7)
    form = {"username": "Zed", "passphrase": PASSPHRASE, "sure": "y"}
    for second in ("", "000000"):
        answer = post(client, "/erase", {**form, "second": second})
        assert answer.status_code == 422
        assert "has a second step" in answer.get_data(as_text=True)
        assert accounts_has(zed.id)
    right = {**form, "second": codes.at(clock.now())}
    assert post(client, "/erase", right).status_code == 200
    assert not accounts_has(zed.id)


def test_the_last_admin_reads_what_to_do_first(signed_in: SignIn, post: Post) -> None:
    ada = signed_in("ada")
    assert "Make somebody else an admin first" in ada.get("/account/erase").get_data(as_text=True)
    answer = post(ada, "/account/erase", {"passphrase": PASSPHRASE, "sure": "y"})
    assert answer.status_code == 409
    assert ada.get("/account").status_code == 200


def test_paused_last_admin_is_told_what_to_do_first_and_keeps_the_code(
    app: Flask, cast: Cast, client: FlaskClient, post: Post
) -> None:
    ada = cast.ada
    app_of(cast, "ada")
    with work.begin():
        code = service.make_codes(ada, private_key(ada))[0]
        service.suspend(ada.id, by=cast.mo, days=7)
    form = {"username": "Ada", "passphrase": PASSPHRASE, "sure": "y", "second": code}
    answer = post(client, "/erase", form)
    assert answer.status_code == 409
    assert "Make somebody else an admin first" in answer.get_data(as_text=True)
    with work.begin(writes=False):
        assert codes_left(ada.id) == service.CODES


def passkey_of(cast: Cast, name: str) -> None:
    """A passkey that nobody here can sign with."""
    person = cast.account(name)
    with work.begin() as session:
        found = Factor(account_id=person.id, kind=FactorKind.PASSKEY, made_at=person.created_at)
        found.label, found.confirmed_at = "kite", person.created_at
        found.credential_id, found.public_key = "Y3JlZGVudGlhbA", b"\xa1\x01\x02"
        session.add(found)


def test_a_paused_person_with_a_passkey_is_asked_for_it_and_told_what_works_without_scripts(
    app: Flask, cast: Cast, client: FlaskClient, post: Post
) -> None:
    zed = cast.zed
    passkey_of(cast, "zed")
    with work.begin():
        service.suspend(zed.id, by=cast.mo, days=7)
    form = {"username": "Zed", "passphrase": PASSPHRASE, "sure": "y"}
    wrong = post(client, "/erase", {**form, "passphrase": "not it at all"})
    assert "data-passkey" not in wrong.get_data(as_text=True)
    asked = post(client, "/erase", form).get_data(as_text=True)
    assert "<noscript>" not in asked, "a browser may run scripts and still not this one"
    without = asked.split("data-passkey-without>")[1].split("</p>")[0]
    assert "a recovery code works" in without
    assert "two of them together" in without
    slip = re.search(r'name="slip"[^>]*value="([^"]+)"', asked)
    assert slip
    for sent in ({}, {"answer": "{}"}, {"answer": "{}", "slip": slip[1]}):
        assert post(client, "/erase/passkey", sent).status_code == 422
    assert accounts_has(zed.id)


def test_the_command_line_says_what_is_left(app: Flask, cast: Cast) -> None:
    zed = cast.zed
    run = CliRunner()
    here = run.invoke(privacy, ["scan", zed.id], obj=lambda: None)
    assert here.exit_code == 1
    assert "accounts.id: 1" in here.output
    with work.begin():
        service.erase_account(zed)
    queue.sweep_now("accounts.erasures")
    gone = run.invoke(privacy, ["scan", zed.id], obj=lambda: None)
    assert gone.exit_code == 0, gone.output
    assert "Nothing else is left." in gone.output
    nobody = run.invoke(privacy, ["scan", "nobody-at-all"], obj=lambda: None)
    assert "It stands nowhere." in nobody.output
