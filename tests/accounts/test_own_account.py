"""One's own account: how pages look, the passphrase, where one is signed in."""

from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from peer.accounts import queries, service
from peer.accounts.holdings import held
from peer.core import clock, work
from peer.core.secrets import passphrase_fits
from peer.core.settings import Settings
from tests.cast import PASSPHRASE, Cast

SignedIn = Callable[[str], FlaskClient]
Post = Callable[..., TestResponse]
NEXT = "walnut bridge over tea"


def sessions(account_id: str) -> int:
    with work.begin(writes=False):
        return len(queries.sessions_of(account_id))


def test_language_clock_and_theme_are_kept(signed_in: SignedIn, post: Post, cast: Cast) -> None:
    noor = signed_in("noor")
    sent = {"locale": "ar", "timezone": "Asia/Calcutta", "theme": "dark"}
    assert post(noor, "/account", sent).status_code == 303
    body = noor.get("/account").get_data(as_text=True)
    assert '<html lang="ar" dir="rtl" data-theme="dark">' in body
    assert 'selected value="Asia/Calcutta"' in body  # an old name that browsers still give
    assert cast.noor.timezone == "Asia/Calcutta"


def test_noor_whose_pause_has_run_out_reads_that_her_account_is_open(
    core: Settings, cast: Cast
) -> None:
    with work.begin():
        service.suspend(cast.noor.id, by=cast.mo, days=1)
    for days, word in ((0, "paused"), (2, "open")):
        with clock.stopped_at(clock.now() + timedelta(days=days)), work.begin(writes=False):
            assert held(cast.noor.id)[0].rows[0]["state"] == service.Said(word)


def test_language_that_is_not_on_offer_is_refused(signed_in: SignedIn, post: Post) -> None:
    sent = {"locale": "xx", "timezone": "UTC", "theme": ""}
    assert post(signed_in("noor"), "/account", sent).status_code == 422


def test_new_passphrase_opens_and_other_devices_are_signed_out(
    signed_in: SignedIn, post: Post, cast: Cast
) -> None:
    here, there = signed_in("noor"), signed_in("noor")
    sent = {"current": PASSPHRASE, "passphrase": NEXT}
    assert post(here, "/account/passphrase", sent).status_code == 303
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 303
    assert passphrase_fits(cast.account("noor").passphrase_hash, NEXT)


def test_passphrase_is_not_changed_without_the_one_of_now(
    signed_in: SignedIn, post: Post, cast: Cast
) -> None:
    here, _there = signed_in("noor"), signed_in("noor")
    sent = {"current": "not the one of now", "passphrase": NEXT}
    answer = post(here, "/account/passphrase", sent)
    assert answer.status_code == 422
    assert "That is not the passphrase you use now." in answer.get_data(as_text=True)
    assert passphrase_fits(cast.account("noor").passphrase_hash, PASSPHRASE)
    assert sessions(cast.noor.id) == 2


def test_signing_out_elsewhere_leaves_only_this_browser(
    signed_in: SignedIn, post: Post, cast: Cast
) -> None:
    here, there = signed_in("noor"), signed_in("noor")
    assert "Sign out everywhere else" in here.get("/account").get_data(as_text=True)
    assert post(here, "/account/sign-out-elsewhere").status_code == 303
    assert sessions(cast.noor.id) == 1
    assert there.get("/account").status_code == 303
    assert "Sign out everywhere else" not in here.get("/account").get_data(as_text=True)


def test_session_holds_no_address_and_no_agent(signed_in: SignedIn, cast: Cast) -> None:
    noor = signed_in("noor")
    headers = {"User-Agent": "an-agent-to-find"}
    noor.get("/account?lang=es", headers=headers, environ_base={"REMOTE_ADDR": "203.0.113.9"})
    with work.begin(writes=False):
        (row,) = queries.sessions_of(cast.noor.id)
        kept = str(vars(row))
    assert "203.0.113" not in kept
    assert "an-agent" not in kept


def test_signing_in_again_in_the_same_browser_leaves_one_session(
    cast: Cast, client: FlaskClient
) -> None:
    from tests.accounts.test_signing_in import sign_in

    noor = cast.account("noor")
    with work.begin():
        client.set_cookie("s", service.start_session(noor))
    sign_in(client, "noor")
    assert sessions(noor.id) == 1


def test_of_more_than_twenty_sessions_the_one_unused_for_longest_ends(
    app: Flask, cast: Cast
) -> None:
    noor = cast.account("noor")
    with work.begin():
        first, second = service.start_session(noor), service.start_session(noor)
    with clock.stopped_at(clock.now() + timedelta(minutes=2)), work.begin():
        used = queries.session_with_token(first)
        assert used is not None
        used.seen_at = clock.now()
        for _ in range(19):
            service.start_session(noor)
    with work.begin(writes=False):
        assert len(queries.sessions_of(noor.id)) == 20
        assert queries.session_with_token(first) is not None
        assert queries.session_with_token(second) is None
