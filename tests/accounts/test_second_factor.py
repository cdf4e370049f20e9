"""A second factor: asked for after the passphrase, and nothing opens before it was shown."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from peer.accounts import queries, service
from peer.accounts.models import Factor, FactorKind, Stage
from peer.accounts.queries.factors import factors_of
from peer.accounts.routes.second import tell_of_tries
from peer.accounts.sessions import Sessions
from peer.core import clock, limits, work
from peer.core.errors import Invalid, SlowDown
from peer.core.settings import Settings
from peer.policy import doors
from peer.policy.roles import Role
from tests.accounts.test_private_key import NEXT, key_in, opened
from tests.accounts.test_recovery_codes import made, said_to
from tests.accounts.test_signing_in import sign_in
from tests.cast import PASSPHRASE, Cast
from tests.plugins.site import csrf_of

SignedIn = Callable[[str], FlaskClient]
Post = Callable[..., TestResponse]
NOON = datetime(2026, 11, 26, 12, 0, 10, tzinfo=UTC)


def app_of(cast: Cast, name: str) -> pyotp.TOTP:
    """An app that shows somebody's codes, set up without the pages."""
    actor = cast.actor(name)
    with work.begin():
        found = service.begin_factor(actor, FactorKind.APP, "garden")
        app = pyotp.TOTP(found.secret)
        service.confirm_app(actor, app.at(clock.now() - timedelta(seconds=30)))
    return app


def token_of(client: FlaskClient) -> str:
    """The CSRF token of a browser for which nothing opens yet."""
    page = client.get("/sign-in/second", follow_redirects=True).get_data(as_text=True)
    return page.split('name="csrf_token" value="')[1].split('"')[0]


def send(client: FlaskClient, url: str, **sent: str) -> TestResponse:
    return client.post(url, data={**sent, "csrf_token": token_of(client)})


@pytest.fixture
def half(app: Flask, cast: Cast) -> tuple[FlaskClient, pyotp.TOTP]:
    """A browser in which Noor gave her passphrase, and the app with her codes."""
    client, codes = app.test_client(), app_of(cast, "noor")
    assert sign_in(client, "noor").location == "/"
    return client, codes


def test_passphrase_alone_does_not_open_an_account_with_an_app(
    half: tuple[FlaskClient, pyotp.TOTP],
) -> None:
    noor, codes = half
    for page in ("/", "/inbox", "/account", "/rooms"):
        assert noor.get(page).location == "/sign-in/second"
    before = noor.get_cookie("s")
    answer = send(noor, "/sign-in/second", code=codes.at(clock.now()))
    assert (answer.status_code, answer.location) == (303, "/")
    after = noor.get_cookie("s")
    assert before
    assert after
    assert before.value != after.value
    assert noor.get("/inbox").status_code == 200
    noor.set_cookie("s", before.value)
    assert noor.get("/inbox").location == "/sign-in", "the token of before opens nothing"


def test_private_key_comes_along(half: tuple[FlaskClient, pyotp.TOTP], cast: Cast) -> None:
    noor, codes = half
    key = key_in(noor, cast.noor.id)
    assert key
    send(noor, "/sign-in/second", code=codes.at(clock.now()))
    again = key_in(noor, cast.noor.id)
    assert again
    assert again.raw == key.raw


@pytest.mark.parametrize("kind", ["second", "enrol"])
def test_nothing_but_its_own_pages_opens_to_half_a_sign_in(
    app: Flask, cast: Cast, kind: str
) -> None:
    client = app.test_client()
    if kind == "second":
        app_of(cast, "ada")
    cast.account("ada")
    sign_in(client, "ada")
    token, wrong = token_of(client), []
    for rule in app.url_map.iter_rules():
        door = doors.PAGES[rule.endpoint]
        if rule.arguments or door.everyone or kind in door.stages:
            continue
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            data = None if method == "GET" else {"csrf_token": token}
            answer = client.open(rule.rule, method=method, data=data)
            led = (answer.location or "").startswith(
                "/sign-in/second" if kind == "second" else "/account/second-factor"
            )
            if not (answer.status_code == 401 or (answer.status_code == 303 and led)):
                wrong.append(f"{method} {rule.rule}: {answer.status_code}")
    assert not wrong
    with work.begin(writes=False):
        (row,) = queries.sessions_of(cast.ada.id)
    cookie = client.get_cookie("s")
    assert cookie
    sessions = app.session_interface
    assert isinstance(sessions, Sessions)
    with work.begin(writes=False):
        assert sessions.callers.sessions_of([{"HTTP_COOKIE": f"s={cookie.value}"}]) == [row.id]
        assert sessions.callers.actors_of([row.id]) == {}


def test_code_counts_once(app: Flask, cast: Cast) -> None:
    codes = app_of(cast, "noor")
    code = codes.at(clock.now())
    answers = []
    for _browser in range(2):
        client = app.test_client()
        sign_in(client, "noor")
        answers.append(send(client, "/sign-in/second", code=code).status_code)
    assert answers == [303, 422]


def test_code_of_the_step_before_or_after_fits(core: Settings, cast: Cast) -> None:
    with clock.stopped_at(NOON - timedelta(minutes=5)):
        codes = app_of(cast, "noor")
    with clock.stopped_at(NOON), work.begin():
        for steps, fits in ((-2, False), (2, False), (-1, True), (0, True), (1, True)):
            code = codes.at(NOON + timedelta(seconds=30 * steps))
            assert service.app_code_fits(cast.noor.id, code) is fits
            assert not service.app_code_fits(cast.noor.id, code), "each code once"


def test_later_code_makes_the_earlier_one_useless(core: Settings, cast: Cast) -> None:
    with clock.stopped_at(NOON - timedelta(minutes=5)):
        codes = app_of(cast, "noor")
    with clock.stopped_at(NOON), work.begin():
        assert service.app_code_fits(cast.noor.id, codes.at(NOON))
        assert not service.app_code_fits(cast.noor.id, codes.at(NOON - timedelta(seconds=30)))


def test_what_is_no_code_is_refused_in_plain_words(half: tuple[FlaskClient, pyotp.TOTP]) -> None:
    noor, _codes = half
    for code in ("", "12345", "abcdef", "١٢٣٤٥٦", "000000 ", "1" * 20):
        assert send(noor, "/sign-in/second", code=code).status_code == 422


def test_sixth_try_in_a_minute_waits_whichever_browser_asks(app: Flask, cast: Cast) -> None:
    app_of(cast, "noor")
    browsers = [app.test_client(), app.test_client()]
    for browser in browsers:
        sign_in(browser, "noor")
    for number in range(5):
        assert send(browsers[number % 2], "/sign-in/second", code="000000").status_code == 422
    assert send(browsers[0], "/sign-in/second", code="000000").status_code == 429


def test_fifty_first_try_of_a_day_waits_and_noor_is_told_once_of_wrong_ones(
    half: tuple[FlaskClient, pyotp.TOTP], cast: Cast
) -> None:
    noor, _codes = half
    for number in range(5):
        assert "several wrong codes" not in " ".join(said_to(cast)), number
        assert send(noor, "/sign-in/second", code="000000").status_code == 422
    for _try in range(45):
        limits.spend("50/day", "second-day", cast.noor.id)
    tell_of_tries(cast.noor.id)
    assert sum("several wrong codes" in each for each in said_to(cast)) == 1
    with pytest.raises(SlowDown):
        limits.spend("50/day", "second-day", cast.noor.id)


def test_passkey_that_is_known_already_is_refused_in_plain_words(
    core: Settings, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The device's answer is made up, as only a browser makes a true one."""
    checked = SimpleNamespace(credential_id=b"c" * 16, credential_public_key=b"k", sign_count=0)
    monkeypatch.setattr("webauthn.verify_registration_response", lambda **_given: checked)
    here = service.Address("localhost", "http://localhost:7000", "localhost")
    for actor, known in ((cast.noor, False), (cast.zed, True)):
        with work.begin():
            service.begin_factor(actor, FactorKind.PASSKEY, "kite")
        if known:
            with pytest.raises(Invalid, match="did not work"), work.begin():
                service.confirm_passkey(actor, "{}", b"c", here)
        else:
            with work.begin():
                service.confirm_passkey(actor, "{}", b"c", here)


def test_waiting_for_the_second_factor_ends_after_ten_minutes(
    half: tuple[FlaskClient, pyotp.TOTP],
) -> None:
    noor, _codes = half
    with clock.stopped_at(clock.now() + timedelta(minutes=11)):
        assert noor.get("/sign-in/second").location == "/sign-in"


def test_secret_lies_sealed_in_the_database(core: Settings, cast: Cast) -> None:
    codes = app_of(cast, "noor")
    with work.begin(writes=False) as session:
        row = session.query(Factor).one()
        assert row.secret_sealed is not None
        assert codes.secret.encode() not in row.secret_sealed
        assert b"garden" not in row.label_sealed
        assert row.secret == codes.secret


# --- setting one up ------------------------------------------------------------------------


def test_moderator_without_one_is_led_to_set_it_up_and_then_everything_opens(
    client: FlaskClient, cast: Cast
) -> None:
    cast.account("mo")
    assert sign_in(client, "mo").location == "/"
    assert client.get("/moderation/queue").location == "/account/second-factor"
    page = client.get("/account/second-factor").get_data(as_text=True)
    assert "Before you go on" in page
    answer = send(client, "/account/second-factor", kind="app", label="garden")
    assert answer.location == "/account/second-factor/app"
    page = client.get(answer.location).get_data(as_text=True)
    assert "<svg" in page
    assert "style=" not in page
    secret = re.search(r'class="secret"[^>]*>([A-Z2-7 ]+)<', page)
    assert secret
    assert "Commonroom" not in page.split("<svg")[2], "the picture names nothing of this place"
    wrong = send(client, answer.location, code="000000")
    assert wrong.status_code == 422
    code = pyotp.TOTP(secret[1].replace(" ", "")).at(clock.now())
    assert send(client, answer.location, code=code).location == "/account/recovery-codes"
    assert client.get("/moderation/queue").status_code == 200


def test_roles_that_others_trust_have_to_set_one_up(core: Settings, cast: Cast) -> None:
    for role in Role:
        asked = role not in {Role.MEMBER, Role.FACILITATOR}
        for roles in ([role], [Role.MEMBER, role]):
            guest = cast.newcomer(*dict.fromkeys(roles))
            with work.begin(writes=False):
                stage = service.first_stage(guest, required=True)
                assert stage == (Stage.ENROL if asked else Stage.OPEN), roles


def test_in_the_demo_no_second_factor_is_asked_for(app: Flask, cast: Cast) -> None:
    app.config["PEER"] = app.config["PEER"].model_copy(update={"demo": True})
    cast.account("ada")
    client = app.test_client()
    sign_in(client, "ada")
    assert client.get("/inbox").status_code == 200


def test_adding_one_asks_for_the_passphrase_and_ends_other_sessions(
    signed_in: SignedIn, post: Post, cast: Cast
) -> None:
    here, there = signed_in("noor"), signed_in("noor")
    sent = {"kind": "app", "label": "garden", "passphrase": "not the right one"}
    assert post(here, "/account/second-factor", sent).status_code == 422
    assert here.get("/account/second-factor/app").location == "/account/second-factor"
    answer = post(here, "/account/second-factor", {**sent, "passphrase": PASSPHRASE})
    page = here.get(answer.location).get_data(as_text=True)
    secret = re.search(r'class="secret"[^>]*>([A-Z2-7 ]+)<', page)
    assert secret
    code = pyotp.TOTP(secret[1].replace(" ", "")).at(clock.now())
    assert post(here, "/account/second-factor/app", {"code": code}).status_code == 303
    assert here.get("/inbox").status_code == 200
    assert there.get("/inbox").status_code == 303
    assert "garden" in here.get("/account").get_data(as_text=True)


def test_taking_one_away_asks_for_the_passphrase_and_ends_other_sessions(
    signed_in: SignedIn, post: Post, cast: Cast
) -> None:
    app_of(cast, "noor")
    here, there = signed_in("noor"), signed_in("noor")
    with work.begin(writes=False):
        (found,) = factors_of(cast.noor.id)
    address = f"/account/second-factor/{found.id}/remove"
    assert post(here, address, {"passphrase": NEXT}).status_code == 422
    assert there.get("/inbox").status_code == 200
    assert post(here, address, {"passphrase": PASSPHRASE}).status_code == 303
    assert there.get("/inbox").status_code == 303
    with work.begin(writes=False):
        assert not factors_of(cast.noor.id)


def test_moderator_keeps_at_least_one(signed_in: SignedIn, post: Post, cast: Cast) -> None:
    app_of(cast, "mo")
    mo = signed_in("mo")
    with work.begin(writes=False):
        (found,) = factors_of(cast.mo.id)
    answer = post(mo, f"/account/second-factor/{found.id}/remove", {"passphrase": PASSPHRASE})
    assert answer.status_code == 409
    with work.begin(writes=False):
        assert factors_of(cast.mo.id)


def test_one_that_was_begun_and_not_confirmed_does_not_count(
    app: Flask, signed_in: SignedIn, post: Post, cast: Cast
) -> None:
    sent = {"kind": "app", "label": "garden", "passphrase": PASSPHRASE}
    post(signed_in("noor"), "/account/second-factor", sent)
    client = app.test_client()
    sign_in(client, "noor")
    assert client.get("/inbox").status_code == 200


# --- lost ----------------------------------------------------------------------------------


def test_recovery_code_stands_in_once_for_a_lost_factor(app: Flask, cast: Cast) -> None:
    app_of(cast, "noor")
    codes, _key = made(cast)
    answers = []
    for _browser in range(2):
        client = app.test_client()
        sign_in(client, "noor")
        answers.append(send(client, "/sign-in/second", recovery=codes[0]).status_code)
    assert answers == [303, 422]


def test_recovery_code_of_somebody_else_does_not_stand_in(
    half: tuple[FlaskClient, pyotp.TOTP], cast: Cast
) -> None:
    noor, _codes = half
    theirs, _key = made(cast, "zed")
    assert send(noor, "/sign-in/second", recovery=theirs[0]).status_code == 422


def test_changing_the_passphrase_keeps_the_factor(core: Settings, cast: Cast) -> None:
    app_of(cast, "noor")
    proof, lock = service.prove(cast.noor.id, PASSPHRASE), service.new_lock(NEXT)
    assert proof
    with work.begin():
        service.change_passphrase(cast.noor, proof, lock)
        assert factors_of(cast.noor.id)
    assert opened(cast.noor.id, NEXT)


def test_csrf_token_of_before_does_not_fit_after(half: tuple[FlaskClient, pyotp.TOTP]) -> None:
    noor, codes = half
    before = token_of(noor)
    send(noor, "/sign-in/second", code=codes.at(clock.now()))
    assert csrf_of(noor) != before
