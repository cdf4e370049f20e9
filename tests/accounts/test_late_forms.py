"""Forms that were on their way while something changed: they count for who is here when they came."""

from __future__ import annotations

import inspect
import io
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from peer.accounts import queries, service
from peer.accounts.models import AccountState, FactorKind
from peer.accounts.queries.factors import factors_of
from peer.accounts.queries.ways_back import codes_left
from peer.accounts.service.signing import end_sessions
from peer.accounts.service.standing import change_roles
from peer.core import clock, work
from peer.core.db import database
from peer.policy.roles import Role
from tests.accounts.test_own_account import NEXT
from tests.accounts.test_recovery_codes import made
from tests.accounts.test_releases_at_once import WAITING
from tests.cast import PASSPHRASE, Cast
from tests.plugins.site import csrf_of

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

SignedIn = Callable[[str], FlaskClient]
Meanwhile = Callable[[], object]
WHY = "She has helped in the room for a year."


class OnItsWay(io.RawIOBase):
    """A form whose headers are here; something happens before the rest of it comes."""

    def __init__(self, body: bytes, meanwhile: Meanwhile) -> None:
        super().__init__()
        self._body = io.BytesIO(body)
        self._meanwhile: Meanwhile | None = meanwhile

    def readable(self) -> bool:
        return True

    def readinto(self, into: WriteableBuffer, /) -> int:
        happens, self._meanwhile = self._meanwhile, None
        if happens is not None:
            happens()
        return self._body.readinto(into)


def late(
    client: FlaskClient, path: str, data: dict[str, str], meanwhile: Meanwhile
) -> TestResponse:
    body = urlencode({**data, "csrf_token": csrf_of(client)}).encode()
    stream = io.BufferedReader(OnItsWay(body, meanwhile), 1)
    return client.post(
        path,
        content_type="application/x-www-form-urlencoded",
        environ_overrides={"wsgi.input": stream, "CONTENT_LENGTH": str(len(body))},
    )


def sent_while(
    client: FlaskClient, path: str, data: dict[str, str], happens: Meanwhile
) -> TestResponse:
    """Send a form while something has happened that nobody else sees before it is committed."""
    with ThreadPoolExecutor(1) as pool:
        sender = pool.submit(threading.get_ident).result()
        with work.begin():
            happens()
            work.session().flush()
            answer = pool.submit(client.post, path, data=data)
            until = time.monotonic() + 60
            while not waits_to_write(sender):  # by then the passphrase was looked at
                assert not answer.done(), "it did not wait"
                assert time.monotonic() < until, "it never came to write"
                time.sleep(0.01)
        return answer.result()


def waits_to_write(sender: int) -> bool:
    """Whether a thread has come to where it writes, and is kept waiting there by this one."""
    if not database.on_sqlite:
        work.session().execute(text("SELECT pg_stat_clear_snapshot()"))
        return bool(work.session().scalar(text(WAITING)))
    frame = sys._current_frames().get(sender)
    if frame is None or frame.f_code is not inspect.unwrap(work.begin).__code__:
        return False
    return bool(frame.f_locals["writes"])


@contextmanager
def between_two_steps(happens: Meanwhile) -> Iterator[None]:
    """Have something happen as soon as the page has committed one thing, before the next."""
    with work.begin(writes=False):
        before = {row.token_hash for row in queries.all_sessions()}
    done, system = False, clock._source

    def now() -> datetime:
        nonlocal done
        if not done and work._current.get() is None:
            with work.begin(writes=False):
                renewed = {row.token_hash for row in queries.all_sessions()} - before
            if renewed:
                done = True
                happens()
        return system()

    clock._source = now
    try:
        yield
    finally:
        clock._source = system
    assert done


def suspended(cast: Cast, name: str) -> Meanwhile:
    moderator, account = cast.mo, cast.account(name)

    @work.unit_of_work
    def suspend() -> None:
        service.suspend(account.id, by=moderator, days=None)

    return suspend


def signed_out(cast: Cast, name: str) -> Meanwhile:
    account = cast.account(name)

    @work.unit_of_work
    def sign_out() -> None:
        end_sessions(account.id, "ended_by_staff")

    return sign_out


def has_another_passphrase(cast: Cast, name: str) -> Meanwhile:
    actor = cast.actor(name)
    proof, lock = service.prove(actor.id, PASSPHRASE), service.new_lock(NEXT)
    assert proof is not None

    @work.unit_of_work
    def change() -> None:
        service.change_passphrase(actor, proof, lock)

    return change


def waiting_for_two(cast: Cast) -> str:
    """Ada wants Noor to moderate, and somebody else has to say yes; where."""
    cast.account("cleo")
    with work.begin():
        act = service.set_roles(cast.ada, cast.noor.id, [Role.MEMBER, Role.MODERATOR], reason=WHY)
    assert act is not None
    return f"/decisions/{act.id}"


def test_cora_who_is_paused_while_her_yes_is_on_its_way_decides_nothing(
    signed_in: SignedIn, cast: Cast
) -> None:
    cora = signed_in("cora")
    decision = waiting_for_two(cast)
    answer = late(cora, f"{decision}/confirm", {}, suspended(cast, "cora"))
    assert answer.status_code == 401
    assert 'href="/sign-in"' in answer.get_data(as_text=True)
    assert cast.noor.roles == {Role.MEMBER}


def test_words_of_somebody_signed_out_meanwhile_are_given_back(
    signed_in: SignedIn, cast: Cast
) -> None:
    cora = signed_in("cora")
    decision = waiting_for_two(cast)
    sent = {"reason": "I have not met her yet."}
    answer = late(cora, f"{decision}/refuse", sent, signed_out(cast, "cora"))
    body = answer.get_data(as_text=True)
    assert answer.status_code == 401
    assert "I have not met her yet." in body
    assert "Cora" not in body
    assert "A coordinator ended your sign-ins." in cora.get("/sign-in").get_data(as_text=True)


def test_form_that_comes_late_to_somebody_who_is_still_here_counts(
    signed_in: SignedIn, cast: Cast
) -> None:
    noor = signed_in("noor")
    sent = {"locale": "es", "timezone": "UTC", "theme": "dark"}
    assert late(noor, "/account", sent, lambda: None).status_code == 303
    assert cast.account("noor").theme == "dark"
    assert noor.get("/inbox").status_code == 200


def test_form_that_comes_after_the_cover_was_put_on_changes_nothing(
    signed_in: SignedIn, cast: Cast
) -> None:
    noor = signed_in("noor")

    @work.unit_of_work
    def covered() -> None:
        (row,) = queries.sessions_of(cast.noor.id)
        service.cover_idle(row)

    sent = {"locale": "es", "timezone": "UTC", "theme": "dark"}
    assert late(noor, "/account", sent, covered).location == "/notes"
    assert cast.account("noor").theme == ""


@pytest.mark.parametrize("path", ["/account/passphrase", "/account/erase", "/account/unlock"])
def test_who_is_signed_out_while_the_passphrase_is_looked_at_changes_nothing(
    signed_in: SignedIn, cast: Cast, path: str
) -> None:
    noor = signed_in("noor")
    sent = {"current": PASSPHRASE, "passphrase": NEXT if path.endswith("phrase") else PASSPHRASE}
    sent |= {"sure": "y", "csrf_token": csrf_of(noor)}
    answer = sent_while(noor, path, sent, signed_out(cast, "noor"))
    assert answer.status_code == 401
    assert service.proven(cast.noor.id, PASSPHRASE)


def signing_in(client: FlaskClient, name: str) -> dict[str, str]:
    return {"username": name, "passphrase": PASSPHRASE, "csrf_token": csrf_of(client)}


def test_who_is_paused_while_signing_in_has_no_session_that_opens_later(
    client: FlaskClient, cast: Cast
) -> None:
    zed, mo = cast.account("zed"), cast.mo
    answer = sent_while(client, "/sign-in", signing_in(client, "zed"), suspended(cast, "zed"))
    assert answer.status_code == 409
    with work.begin():
        service.reinstate(zed.id, by=mo)
        assert not queries.sessions_of(zed.id)


def test_paused_account_is_not_erased_with_the_passphrase_of_before_its_person_changed_it(
    client: FlaskClient, cast: Cast
) -> None:
    zed = cast.account("zed")
    codes, _key = made(cast, "zed")
    suspended(cast, "zed")()
    lock = service.new_lock(NEXT)
    sent = signing_in(client, "zed") | {"sure": "y"}
    answer = sent_while(client, "/erase", sent, lambda: service.recover("zed", codes[0], lock))
    assert answer.status_code == 409
    with work.begin(writes=False):
        assert queries.account_with(zed.id).state == AccountState.SUSPENDED


def test_who_becomes_a_moderator_while_signing_in_sets_up_a_second_factor_first(
    client: FlaskClient, cast: Cast
) -> None:
    zed, ada = cast.account("zed"), cast.ada

    @work.unit_of_work
    def made_moderator() -> None:
        change_roles(queries.account_with(zed.id), [Role.MODERATOR], by=ada.id)

    sent_while(client, "/sign-in", signing_in(client, "zed"), made_moderator)
    assert client.get("/inbox").location == "/account/second-factor"


def test_codes_are_not_made_for_a_passphrase_that_has_just_been_changed(
    signed_in: SignedIn, cast: Cast
) -> None:
    noor = signed_in("noor")
    sent = {"passphrase": PASSPHRASE, "csrf_token": csrf_of(noor)}
    with between_two_steps(has_another_passphrase(cast, "noor")):
        answer = noor.post("/account/recovery-codes", data=sent)
    assert answer.status_code in {401, 409}
    with work.begin(writes=False):
        assert codes_left(cast.noor.id) == 0


def test_app_is_not_added_to_an_account_that_got_another_passphrase_just_now(
    signed_in: SignedIn, cast: Cast
) -> None:
    noor = signed_in("noor")
    sent = {"passphrase": PASSPHRASE, "kind": "app", "label": "My phone"}
    sent["csrf_token"] = csrf_of(noor)
    with between_two_steps(has_another_passphrase(cast, "noor")):
        answer = noor.post("/account/second-factor", data=sent)
    assert answer.status_code == 401


@pytest.mark.postgres
def test_app_is_not_confirmed_by_a_thief_while_noor_comes_back_in_by_her_code(
    postgres_app: Flask, cast: Cast
) -> None:
    codes, key = made(cast)
    lock, thief = service.new_lock(NEXT), postgres_app.test_client()
    with work.begin():
        thief.set_cookie("s", service.start_session(cast.account("noor"), key=key, proven=True))
        found = service.begin_factor(cast.noor, FactorKind.APP, "mine now")
    code = pyotp.TOTP(found.secret).at(clock.now())
    sent = {"code": code, "csrf_token": csrf_of(thief)}
    answer = sent_while(
        thief,
        "/account/second-factor/app",
        sent,
        lambda: service.recover("noor", codes[0], lock),
    )
    assert answer.status_code == 401
    with work.begin(writes=False):
        assert not factors_of(cast.noor.id)
