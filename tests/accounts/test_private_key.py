"""What only the passphrase opens: made when somebody comes in, kept through every change."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from peer.accounts import queries, service
from peer.accounts.models import SignedInSession
from peer.accounts.queries.vaults import vault_of
from peer.accounts.routes.unlocking import safe_path
from peer.core import clock, work
from peer.core.errors import Conflict
from peer.core.keys import PrivateKey, Unreadable
from peer.core.secrets import passphrase_fits, passphrase_key
from tests.accounts.test_signing_in import sign_in
from tests.cast import PASSPHRASE, Cast

SignedIn = Callable[[str], FlaskClient]
Post = Callable[..., TestResponse]
NEXT = "walnut bridge over tea"
PLACE = "notes|text|1"


def opened(account_id: str, passphrase: str) -> PrivateKey | None:
    """The private key as this passphrase opens it, kept when it is new."""
    proof = service.prove(account_id, passphrase)
    if proof is None:
        return None
    with work.begin():
        return service.accept(proof)


def key_in(client: FlaskClient, account_id: str) -> PrivateKey | None:
    """The private key as it rests in a browser's session."""
    cookie = client.get_cookie("s")
    assert cookie
    with work.begin(writes=False):
        (row,) = queries.sessions_of(account_id)
    return service.private_key_in(row.id, row.private, cookie.value)


def raw(key: PrivateKey | None) -> bytes:
    assert key is not None
    return key.raw


def test_first_sign_in_makes_the_key_and_the_next_one_finds_the_same(
    app: Flask, cast: Cast
) -> None:
    noor = cast.account("noor")
    with work.begin(writes=False):
        assert vault_of(noor.id) is None
    found = []
    for _time in range(2):
        client = app.test_client()
        assert sign_in(client, "noor").location == "/"
        found.append(raw(key_in(client, noor.id)))
        with work.begin():
            service.end_sessions(noor.id, "signed_out")
    assert found[0] == found[1]


def test_neither_the_database_nor_the_token_hash_opens_what_rests_in_a_session(
    client: FlaskClient, cast: Cast
) -> None:
    noor = cast.account("noor")
    sign_in(client, "noor")
    assert key_in(client, noor.id) is not None
    with work.begin(writes=False):
        (row,) = queries.sessions_of(noor.id)
        vault = vault_of(noor.id)
    assert vault is not None
    assert service.private_key_in(row.id, row.private, row.token_hash) is None
    hashed = noor.passphrase_hash
    for guess in (hashed, hashed.split("$")[-1], row.token_hash):
        with pytest.raises(Unreadable):
            PrivateKey.unwrapped(
                passphrase_key(guess, vault.salt), vault.wrapped, f"vaults|wrapped|{noor.id}"
            )


def test_key_moved_to_another_session_or_another_person_does_not_open(
    cast: Cast, core: object
) -> None:
    noor, zed = cast.account("noor"), cast.account("zed")
    key = opened(noor.id, PASSPHRASE)
    opened(zed.id, PASSPHRASE)
    with work.begin() as session:
        token = service.start_session(noor, key=key)
        service.start_session(zed, key=None)
        session.flush()
        (mine,), (theirs,) = queries.sessions_of(noor.id), queries.sessions_of(zed.id)
        assert service.private_key_in(theirs.id, mine.private, token) is None
        mine_vault, their_vault = vault_of(noor.id), vault_of(zed.id)
        assert mine_vault
        assert their_vault
        their_vault.salt, their_vault.wrapped = mine_vault.salt, mine_vault.wrapped
    proof = service.prove(zed.id, PASSPHRASE)
    assert proof is not None
    assert proof.key is None


def test_changed_passphrase_opens_the_same_key_and_the_old_one_opens_nothing(
    client: FlaskClient, post: Post, cast: Cast
) -> None:
    noor = cast.account("noor")
    sign_in(client, "noor")
    before = client.get_cookie("s")
    sealed = (key := key_in(client, noor.id)) and key.seal(PLACE, "only mine")
    assert sealed
    sent = {"current": PASSPHRASE, "passphrase": NEXT}
    assert post(client, "/account/passphrase", sent).status_code == 303
    assert opened(noor.id, PASSPHRASE) is None
    again = opened(noor.id, NEXT)
    assert again is not None
    assert again.unseal(PLACE, sealed) == "only mine"
    after = client.get_cookie("s")
    assert before
    assert after
    assert before.value != after.value, "the session goes on under a new token"
    assert raw(key_in(client, noor.id)) == again.raw
    assert client.get("/account").status_code == 200


@pytest.mark.parametrize("where", ["before the key is wrapped", "as it is committed"])
def test_change_that_fails_in_the_middle_leaves_the_old_passphrase_and_its_key(
    core: object, cast: Cast, where: str
) -> None:
    noor = cast.account("noor")
    key = raw(opened(noor.id, PASSPHRASE))
    proof, lock = service.prove(noor.id, PASSPHRASE), service.new_lock(NEXT)
    assert proof is not None

    def fails() -> None:
        raise RuntimeError("the power is gone")

    def change() -> None:
        with work.begin():
            if where == "as it is committed":
                work.before_commit(fails)
                service.change_passphrase(cast.noor, proof, lock)
            else:
                queries.account_with(noor.id).passphrase_hash = lock.passphrase_hash
                work.session().flush()
                fails()

    with pytest.raises(RuntimeError):
        change()
    assert raw(opened(noor.id, PASSPHRASE)) == key
    assert opened(noor.id, NEXT) is None


def test_change_from_two_devices_at_once_gets_through_on_one(core: object, cast: Cast) -> None:
    noor = cast.account("noor")
    key = raw(opened(noor.id, PASSPHRASE))
    proofs = [service.prove(noor.id, PASSPHRASE) for _device in range(2)]
    for proof, passphrase, through in zip(
        proofs, (NEXT, "other words they had"), (1, 0), strict=True
    ):
        assert proof is not None
        lock = service.new_lock(passphrase)
        try:
            with work.begin():
                service.change_passphrase(cast.noor, proof, lock)
        except Conflict:
            assert not through
    assert raw(opened(noor.id, NEXT)) == key


def test_two_first_sign_ins_at_once_keep_one_key(core: object, cast: Cast) -> None:
    noor = cast.account("noor")
    first, second = (service.prove(noor.id, PASSPHRASE) for _device in range(2))
    assert first
    assert second
    with work.begin():
        kept = service.accept(first)
    with work.begin():
        assert service.accept(second) is None, "this browser asks for the passphrase once more"
    assert raw(opened(noor.id, PASSPHRASE)) == raw(kept)


def test_session_without_the_key_gives_it_after_the_passphrase_and_goes_back(
    signed_in: SignedIn, post: Post, cast: Cast
) -> None:
    noor = signed_in("noor", opened=False)
    assert key_in(noor, cast.noor.id) is None
    page = noor.get("/account/unlock?next=/account").get_data(as_text=True)
    assert "locked with your passphrase" in page
    wrong = post(noor, "/account/unlock", {"passphrase": "not this one", "next": "/account"})
    assert wrong.status_code == 422
    assert key_in(noor, cast.noor.id) is None
    right = post(noor, "/account/unlock", {"passphrase": PASSPHRASE, "next": "/account"})
    assert (right.status_code, right.location) == (303, "/account")
    assert key_in(noor, cast.noor.id) is not None


def test_passphrase_page_leads_nowhere_else(app: Flask) -> None:
    elsewhere = (
        *("https://example.org", "//example.org", "/\\example.org", "javascript:x"),
        *("/a\nb", "", "x" * 9, "/" + "x" * 3000),
    )
    with app.test_request_context():
        assert safe_path("/account?x=1") == "/account?x=1"
        for wanted in elsewhere:
            assert safe_path(wanted) == "/", wanted


def test_passphrase_lost_on_the_command_line_takes_the_private_parts_with_it(
    core: object, cast: Cast
) -> None:
    noor, told = cast.account("noor"), []
    key = raw(opened(noor.id, PASSPHRASE))
    service.when_private_lost(told.append)
    lock = service.new_lock(NEXT)
    with work.begin():
        service.renew_passphrase(noor.id, lock.passphrase_hash)
    assert told == [noor.id]
    assert raw(opened(noor.id, NEXT)) != key


def test_person_is_recently_proven_for_ten_minutes(client: FlaskClient, cast: Cast) -> None:
    noor = cast.account("noor")
    sign_in(client, "noor")
    with work.begin(writes=False):
        (row,) = queries.sessions_of(noor.id)
    assert isinstance(row, SignedInSession)
    assert row.proven_at is not None
    assert (clock.now() - row.proven_at).total_seconds() < 60
    assert service.proven(noor.id, PASSPHRASE)
    assert not service.proven(noor.id, NEXT)
    assert not service.proven("nobody", PASSPHRASE)
    assert passphrase_fits(noor.passphrase_hash, PASSPHRASE)
