"""Passkeys, in Chromium with an authenticator of its own: made, used, and bound to this place.

A passkey is bound to a name, so these tests open the site at localhost and not at its number.
"""

import json
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Browser, expect
from webauthn.helpers import base64url_to_bytes

from peer.accounts import queries, service
from peer.accounts.models import Account, Factor, FactorKind, Stage
from peer.accounts.queries.factors import factors_of
from peer.core import clock, work
from peer.policy.roles import Actor, Role
from tests.cast import PASSPHRASE, Cast
from tests.plugins.site import Site
from tests.plugins.sockets import Socket
from tests.plugins.visitors import Visitor, Visitors
from tests.promises import kept_within

Come = Callable[..., Visitor]


@pytest.fixture
def come(live: Site, browser: Browser) -> Iterator[Come]:
    """`come()` is a browser at the site's name, with a key in it that answers by itself."""
    visitors = Visitors(browser, f"http://localhost:{live.port}")

    def visit(**options: Any) -> Visitor:
        visitor = visitors.open()
        devtools = visitor.context.new_cdp_session(visitor.page)
        devtools.send("WebAuthn.enable")
        settings = {
            "protocol": "ctap2",
            "transport": "usb",
            "hasResidentKey": False,
            "hasUserVerification": False,
            "automaticPresenceSimulation": True,
        }
        devtools.send("WebAuthn.addVirtualAuthenticator", {"options": {**settings, **options}})
        return visitor

    yield visit
    assert visitors.close() == []


def signs_in(visitor: Visitor, account: Account) -> None:
    visitor.open("/sign-in")
    visitor.page.get_by_label("Name you use here").fill(account.name)
    visitor.page.get_by_label("Passphrase", exact=True).fill(PASSPHRASE)
    visitor.page.get_by_role("button", name="Sign in").click()


def makes(visitor: Visitor, label: str) -> None:
    page = visitor.page
    page.wait_for_load_state()  # whether the passphrase is asked for stands further down
    page.get_by_label("A passkey").check()
    page.get_by_label("A word for it").fill(label)
    if page.get_by_label("Passphrase you use now").count():
        page.get_by_label("Passphrase you use now").last.fill(PASSPHRASE)
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Make the passkey").click()


def passkeys(account: Account) -> list[Factor]:
    with work.begin(writes=False):
        return list(factors_of(account.id, FactorKind.PASSKEY))


def test_moderator_sets_a_passkey_up_and_signs_in_with_it(come: Come, cast: Cast) -> None:
    guest = cast.newcomer(Role.MODERATOR)
    visitor = come()
    signs_in(visitor, guest)
    expect(visitor.page.get_by_role("heading", name="Before you go on")).to_be_visible()
    makes(visitor, "kite")
    expect(visitor.page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    (key,) = passkeys(guest)
    assert key.label == "kite"
    visitor.open("/moderation/queue")
    expect(visitor.page).to_have_url(f"{visitor.address}/moderation/queue")

    visitor.context.clear_cookies()
    signs_in(visitor, guest)
    visitor.page.get_by_role("button", name="Use a passkey").click()
    expect(visitor.page.get_by_text(f"Hello, {guest.name}")).to_be_visible()
    (used,) = passkeys(guest)
    assert used.sign_count > key.sign_count


def test_answer_counts_once_here_alone_and_for_its_challenge(come: Come, cast: Cast) -> None:
    guest = cast.newcomer()
    visitor = come()
    visitor.signs_in(guest)
    visitor.open("/account/second-factor")
    makes(visitor, "kite")
    expect(visitor.page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    visitor.context.clear_cookies()
    signs_in(visitor, guest)
    expect(visitor.page.get_by_role("heading", name="One more step")).to_be_visible()
    (key,) = passkeys(guest)
    with work.begin(writes=False):
        (row,) = [each for each in queries.sessions_of(guest.id) if each.stage == Stage.SECOND]
    challenge, actor = base64url_to_bytes(row.challenge), queries.actor_from(guest, row.id)
    with visitor.page.expect_request(
        lambda request: request.method == "POST" and "/sign-in/second" in request.url
    ) as sent:
        visitor.page.get_by_role("button", name="Use a passkey").click()
    expect(visitor.page.get_by_text(f"Hello, {guest.name}")).to_be_visible()
    answer = parse_qs(sent.value.post_data or "")["answer"][0]
    here = service.Address("localhost", visitor.address, "localhost")
    false = service.Address("localhost", "http://localhost:1", "localhost")
    other = service.Address("example.org", visitor.address, "example.org")

    def fits(challenge: bytes, at: service.Address, count: int) -> bool:
        with work.begin() as session:
            session.get_one(Factor, key.id).sign_count = count
            return service.passkey_fits(actor, answer, challenge, at)

    before = key.sign_count
    assert not fits(challenge, false, before), "another origin"
    assert not fits(challenge, other, before), "another host"
    assert not fits(b"x" * 64, here, before), "another challenge"
    assert not fits(challenge, here, 10_000), "a copy of the key whose counter lags behind"
    assert fits(challenge, here, before)
    assert not fits(challenge, here, before + 1), "once more"


def test_new_factor_cuts_other_sockets_within_two_seconds(
    come: Come, open_socket: Callable[..., Socket], cast: Cast
) -> None:
    def seconds() -> float:
        guest = cast.newcomer()
        elsewhere = open_socket(guest)
        visitor = come()
        visitor.signs_in(guest)
        visitor.open("/account/second-factor")
        makes(visitor, "kite")
        since = time.monotonic()
        elsewhere.wait_until_cut()
        took = time.monotonic() - since
        assert elsewhere.wait_for("session:ended") == {"reason": "factors_changed"}
        expect(visitor.page.get_by_role("heading", name="Recovery codes")).to_be_visible()
        return took

    kept_within(2, seconds)


def test_member_keeps_two_and_each_has_its_word(come: Come, cast: Cast) -> None:
    guest = cast.newcomer()
    first, second = come(), come()
    for visitor, label in ((first, "kite"), (second, "boat")):
        visitor.signs_in(guest)
        visitor.open("/account/second-factor")
        makes(visitor, label)
        expect(visitor.page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    assert [each.label for each in passkeys(guest)] == ["kite", "boat"]


def test_device_that_says_no_is_told_in_words(come: Come, cast: Cast) -> None:
    guest = cast.newcomer()
    visitor = come(automaticPresenceSimulation=False, isUserConsenting=False)
    visitor.signs_in(guest)
    visitor.page.add_init_script(
        "navigator.credentials.create = () => Promise.reject(new DOMException('no'));"
    )
    visitor.open("/account/second-factor")
    makes(visitor, "kite")
    expect(visitor.page.get_by_text("The device did not make one.")).to_be_visible()
    assert not passkeys(guest)


# --- erasing a paused account --------------------------------------------------------------------


def paused_with_a_passkey(visitor: Visitor, cast: Cast, label: str = "kite") -> Account:
    """Somebody with nothing but a passkey beside the passphrase, whose account is paused."""
    guest = cast.newcomer()
    visitor.signs_in(guest)
    visitor.open("/account/second-factor")
    makes(visitor, label)
    expect(visitor.page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    visitor.page.goto("about:blank")  # a page of theirs would go elsewhere by itself
    with work.begin():
        service.suspend(guest.id, by=cast.mo, days=7)
    visitor.context.clear_cookies()
    return guest


def asks_to_erase(visitor: Visitor, account: Account) -> None:
    visitor.open("/erase")
    visitor.page.get_by_label("Name you use here").fill(account.name)
    visitor.page.get_by_label("Your passphrase").fill(PASSPHRASE)
    visitor.page.get_by_label("Erase my account and everything of mine").check()
    visitor.page.get_by_role("button", name="Erase", exact=True).click()


def erased(account: Account) -> bool:
    with work.begin(writes=False):
        return queries.is_gone(account.id)


def test_paused_person_with_nothing_but_a_passkey_erases_with_it(come: Come, cast: Cast) -> None:
    visitor = come()
    guest = paused_with_a_passkey(visitor, cast)
    asks_to_erase(visitor, guest)
    expect(visitor.page.get_by_text("This account has a second step.")).to_be_visible()
    assert not erased(guest)
    visitor.page.get_by_role("button", name="Erase with a passkey").click()
    expect(visitor.page.get_by_text("Code of your receipt")).to_be_visible()
    assert erased(guest)


def test_browser_that_does_not_run_the_script_leaves_the_other_way_in_sight(
    come: Come, cast: Cast
) -> None:
    visitor = come()
    guest = paused_with_a_passkey(visitor, cast)
    hint = visitor.page.get_by_text("Passkeys need JavaScript.")
    asks_to_erase(visitor, guest)
    expect(visitor.page.get_by_role("button", name="Erase with a passkey")).to_be_visible()
    expect(hint).to_be_hidden()
    nothing = {"body": "", "content_type": "text/javascript"}
    visitor.context.route("**/passkeys.js*", lambda route: route.fulfill(**nothing))
    asks_to_erase(visitor, guest)
    expect(hint).to_be_visible()
    expect(visitor.page.get_by_role("button", name="Erase with a passkey")).to_be_hidden()


def test_passkey_of_somebody_else_erases_nothing(come: Come, cast: Cast) -> None:
    visitor, other = come(), come()
    guest = paused_with_a_passkey(visitor, cast)
    paused_with_a_passkey(other, cast, "boat")
    asks_to_erase(other, guest)
    expect(other.page.get_by_role("button", name="Erase with a passkey")).to_be_visible()
    other.page.get_by_role("button", name="Erase with a passkey").click()
    expect(other.page.get_by_text("The device did not answer.")).to_be_visible()
    assert not erased(guest)


def test_whose_pause_is_over_does_not_erase_by_an_old_page(come: Come, cast: Cast) -> None:
    visitor = come()
    guest = paused_with_a_passkey(visitor, cast)
    asks_to_erase(visitor, guest)
    expect(visitor.page.get_by_role("button", name="Erase with a passkey")).to_be_visible()
    with work.begin():
        service.reinstate(guest.id, by=cast.mo)
    visitor.page.get_by_role("button", name="Erase with a passkey").click()
    expect(visitor.page.get_by_text("That did not work.")).to_be_visible()
    assert not erased(guest)


def test_slip_counts_for_ten_minutes_and_under_the_passphrase_it_was_given_for(
    come: Come, cast: Cast
) -> None:
    visitor = come()
    guest = paused_with_a_passkey(visitor, cast)
    here = service.Address("localhost", visitor.address, "localhost")
    with work.begin(writes=False):
        offered = service.offer_outside(guest.id, here)
        assert offered is not None
        found = service.brought(offered.slip)
        assert found is not None
        assert found.account_id == guest.id
        assert service.brought(offered.slip[:-1]) is None
        with clock.stopped_at(clock.now() + timedelta(minutes=11)):
            assert service.brought(offered.slip) is None
    with work.begin():
        service.renew_passphrase(guest.id, "another hash")
    with work.begin(writes=False):
        assert service.brought(offered.slip) is None


# --- what a browser sends ------------------------------------------------------------------


@pytest.fixture
def half(live: Site, cast: Cast) -> Actor:
    """Somebody with a passkey who gave the passphrase in a browser."""
    guest = cast.newcomer()
    with work.begin() as session:
        found = Factor(account_id=guest.id, kind=FactorKind.PASSKEY, made_at=guest.created_at)
        found.label, found.confirmed_at = "kite", guest.created_at
        found.credential_id, found.public_key = f"Y3JlZA{guest.id[:6]}", b"\xa1\x01\x02"
        session.add(found)
        service.start_session(guest, stage=Stage.SECOND)
        session.flush()
        (row,) = queries.sessions_of(guest.id)
    return queries.actor_from(guest, row.id)


HERE = service.Address("localhost", "http://localhost:7000", "localhost")


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "{}",
        "[]",
        "null",
        "{",
        '{"id":1}',
        "\x00",
        '{"id":"YQ","rawId":"YQ","type":"public-key","response":{}}',
    ],
)
def test_what_is_no_answer_of_a_passkey_is_refused(half: Actor, sent: str) -> None:
    with work.begin():
        assert not service.passkey_fits(half, sent, b"c" * 32, HERE)


def test_challenge_is_taken_once(half: Actor) -> None:
    with work.begin():
        assert json.loads(service.offer_to_sign(half, HERE))["challenge"]
    with work.begin():
        assert len(service.take_challenge(half)) == 64
    with work.begin():
        assert service.take_challenge(half) == b""
        assert not service.passkey_fits(half, "{}", b"", HERE)


@pytest.mark.parametrize(
    ("host", "origin", "takes"),
    [
        ("localhost", "http://localhost:5000", True),
        ("127.0.0.1", "http://127.0.0.1:5000", False),
        ("::1", "http://[::1]:5000", False),
        ("rooms.example.org", "https://rooms.example.org", True),
        ("rooms.example.org", "http://rooms.example.org", False),
    ],
)
def test_passkeys_are_offered_where_browsers_make_them(host: str, origin: str, takes: bool) -> None:
    assert service.Address(host, origin, host).takes_passkeys is takes
