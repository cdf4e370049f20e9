"""Ten codes on paper: each lets its person back in once, with everything."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from peer.accounts import service
from peer.accounts.models import RecoveryCode
from peer.accounts.queries.ways_back import codes_left
from peer.core import work
from peer.core.audit import AuditEntry
from peer.core.errors import Invalid
from peer.core.keys import PrivateKey
from peer.core.settings import Settings
from peer.notifications.models import Notice
from tests.accounts.test_private_key import NEXT, opened
from tests.accounts.test_signing_in import browser_at, sign_in
from tests.cast import PASSPHRASE, Cast
from tests.plugins.site import csrf_of

SignedIn = Callable[[str], FlaskClient]
Post = Callable[..., TestResponse]
CODE = re.compile(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){5}")


def made(cast: Cast, name: str = "noor") -> tuple[list[str], PrivateKey]:
    """Ten codes of somebody who has signed in, and their private key."""
    account = cast.account(name)
    key = opened(account.id, PASSPHRASE)
    assert key is not None
    with work.begin():
        return service.make_codes(cast.actor(name), key), key


def left(cast: Cast, name: str = "noor") -> int:
    with work.begin(writes=False):
        return codes_left(cast.actor(name).id)


def recover(client: FlaskClient, name: str, code: str, **more: str) -> TestResponse:
    sent = {"username": name, "code": code, "passphrase": NEXT, "csrf_token": csrf_of(client)}
    return client.post("/recover", data={**sent, **more})


def test_noor_gets_ten_codes_after_her_passphrase_and_sees_them_once(
    signed_in: SignedIn, post: Post, cast: Cast
) -> None:
    noor = signed_in("noor")
    assert "gone for good" in noor.get("/account/recovery-codes").get_data(as_text=True)
    wrong = post(noor, "/account/recovery-codes", {"passphrase": "not the right one"})
    assert wrong.status_code == 422
    assert left(cast) == 0
    answer = post(noor, "/account/recovery-codes", {"passphrase": PASSPHRASE})
    codes = CODE.findall(answer.get_data(as_text=True))
    assert len(set(codes)) == 10
    assert "somebody else using this phone" in answer.get_data(as_text=True)
    assert not CODE.findall(noor.get("/account/recovery-codes").get_data(as_text=True))
    assert "10 recovery codes are left." in noor.get("/account").get_data(as_text=True)


def test_code_brings_everything_back_and_ends_every_session(
    client: FlaskClient, signed_in: SignedIn, cast: Cast
) -> None:
    codes, key = made(cast)
    thief = signed_in("noor")
    answer = recover(client, " NOOR ", codes[3].lower().replace("-", " "))
    assert (answer.status_code, answer.location) == (303, "/sign-in?ended=recovered")
    assert thief.get("/inbox").status_code == 303
    again = opened(cast.noor.id, NEXT)
    assert again is not None
    assert again.raw == key.raw
    assert opened(cast.noor.id, PASSPHRASE) is None
    assert sign_in(client, "noor", NEXT).location == "/"
    assert left(cast) == 9


def test_code_works_once_and_only_for_its_person(client: FlaskClient, cast: Cast) -> None:
    codes, _key = made(cast)
    cast.account("zed")
    assert recover(client, "zed", codes[0]).status_code == 422
    assert recover(client, "nobody", codes[0]).status_code == 422
    assert recover(client, "noor", codes[0]).status_code == 303
    assert recover(client, "noor", codes[0]).status_code == 422
    assert left(cast) == 9


def test_code_is_not_used_up_when_the_next_passphrase_is_refused(
    client: FlaskClient, cast: Cast
) -> None:
    codes, _key = made(cast)
    assert recover(client, "noor", codes[0], passphrase="short").status_code == 422
    assert left(cast) == 10
    assert recover(client, "noor", codes[0], again="words").status_code == 200
    assert left(cast) == 10


def test_two_who_use_a_code_at_once_do_not_both_get_through(core: Settings, cast: Cast) -> None:
    codes, _key = made(cast)
    lock = service.new_lock(NEXT)
    with work.begin():
        service.recover("noor", codes[0], lock)
    with pytest.raises(Invalid), work.begin():
        service.recover("noor", codes[0], lock)


def test_new_codes_replace_the_old_ones(core: Settings, cast: Cast) -> None:
    before, key = made(cast)
    with work.begin():
        after = service.make_codes(cast.noor, key)
    assert not set(before) & set(after)
    with work.begin(writes=False), pytest.raises(Invalid):
        service.check_recovery("noor", before[0], lose=False)
    with work.begin(writes=False):
        service.check_recovery("noor", after[0], lose=False)


def test_database_holds_no_code_and_opens_no_key(core: Settings, cast: Cast) -> None:
    codes, key = made(cast)
    with work.begin(writes=False) as session:
        rows = session.query(RecoveryCode).all()
        kept = [str(vars(row)) for row in rows]
        wrapped = [row.wrapped for row in rows]
    assert not any(code in text or code.replace("-", "") in text for code in codes for text in kept)
    assert not any(key.raw in each for each in wrapped)


def said_to(cast: Cast, name: str = "noor") -> list[str]:
    with work.begin(writes=False) as session:
        found = session.query(Notice).filter_by(account_id=cast.actor(name).id)
        return [notice.message for notice in found.order_by(Notice.at)]


def test_new_passphrase_ends_the_codes_of_before_and_offers_new_ones(
    signed_in: SignedIn, post: Post, client: FlaskClient, cast: Cast
) -> None:
    noor = signed_in("noor")
    assert "stop working; you can" not in noor.get("/account").get_data(as_text=True)
    codes, _key = made(cast)
    assert "stop working; you can" in noor.get("/account").get_data(as_text=True)
    sent = {"current": PASSPHRASE, "passphrase": NEXT}
    answer = post(noor, "/account/passphrase", sent)
    assert answer.location == "/account/recovery-codes"
    assert "old recovery codes do not work" in noor.get(answer.location).get_data(as_text=True)
    assert left(cast) == 0
    assert recover(client, "noor", codes[0]).status_code == 422


def test_noor_is_told_when_codes_are_made_and_when_one_is_used(
    client: FlaskClient, cast: Cast
) -> None:
    codes, _key = made(cast)
    assert recover(client, "noor", codes[0]).status_code == 303
    first, second = said_to(cast)
    assert first.startswith("New recovery codes were made.")
    assert second.startswith("One of your recovery codes was used.")
    with work.begin(writes=False) as session:
        acts = [each.act for each in session.query(AuditEntry).order_by(AuditEntry.id)]
    assert [act for act in acts if act.startswith("codes.")] == ["codes.make", "codes.use"]


def test_thirty_first_try_of_a_place_waits_whatever_it_sends(client: FlaskClient) -> None:
    for _try in range(30):
        assert recover(client, "noor", "0000", passphrase="short").status_code == 422
    assert recover(client, "noor", "0000", passphrase="short").status_code == 429


def test_eleventh_try_of_a_name_waits(client: FlaskClient, cast: Cast) -> None:
    cast.account("noor")
    for _try in range(10):
        assert recover(client, "noor", "0000-1111").status_code == 422
    assert recover(client, "noor", "0000-1111").status_code == 429


def test_noor_uses_her_code_while_somebody_elsewhere_tries_codes_for_her_name(
    app: Flask, cast: Cast
) -> None:
    codes, _key = made(cast)
    someone, noor = browser_at(app, "192.0.2.1"), browser_at(app, "203.0.113.9")
    tries = [recover(someone, "noor", "0000-1111").status_code for _try in range(11)]
    assert tries[-1] == 429
    assert recover(noor, "noor", codes[0]).status_code == 303


def test_tries_are_counted_before_the_next_passphrase_is_looked_at(client: FlaskClient) -> None:
    tries = [recover(client, "noor", "", passphrase="short").status_code for _ in range(31)]
    assert tries[:30] == [422] * 30
    assert tries[30] == 429
