"""Pages about accounts in a real browser: without scripts, and what scripts add."""

import re
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from peer.accounts import service
from peer.accounts.models import Account
from peer.core import work
from peer.core.words import N_
from peer.notifications.service import notify
from peer.policy.roles import Role
from tests.cast import PASSPHRASE, Cast
from tests.plugins.site import Site
from tests.plugins.visitors import LINE_STANDS, hears
from tests.promises import kept_within

OpenPage = Callable[..., Page]
WATCH = """addEventListener('securitypolicyviolation', (event) => {
  (window.refused = window.refused || []).push(event.violatedDirective + ' ' + event.blockedURI);
});"""


@pytest.fixture
def open_page(live: Site, browser: Browser) -> Iterator[OpenPage]:
    """`open_page("/account", account)` is a page of someone signed in."""
    opened: list[BrowserContext] = []

    def start(address: str, who: Account | None = None, **options: object) -> Page:
        context = browser.new_context(base_url=live.url, **options)  # type: ignore[arg-type]
        opened.append(context)
        if who is not None:
            with work.begin():
                token = service.start_session(who)
            context.add_cookies([{"name": "s", "value": token, "url": live.url}])
        page = context.new_page()
        page.add_init_script(WATCH)
        page.goto(address)
        return page

    yield start
    for context in opened:
        context.close()


@pytest.fixture
def code(live: Site, cast: Cast) -> str:
    with work.begin():
        return service.invite(cast.cora, [Role.MEMBER])[1]


def test_joining_signing_out_and_in_need_no_scripts(open_page: OpenPage, code: str) -> None:
    page = open_page("/", java_script_enabled=False)
    page.get_by_role("link", name="I have an invitation code").click()
    page.get_by_label("Invitation code").fill(code)
    first = page.locator(".chip").first.inner_text()
    with page.expect_navigation():
        page.get_by_role("button", name="Show others").click()
    expect(page.get_by_label("Invitation code")).to_have_value(code)
    name = page.locator(".chip").first.inner_text()
    assert name != first
    page.get_by_label(name).check()
    words = page.locator("[data-once-code]").inner_text()
    page.get_by_label("Use these words").check()
    page.get_by_label("Where your clock is").select_option(label="Madrid")
    page.get_by_role("button", name="Join", exact=True).click()
    expect(page.get_by_role("heading", name=f"Welcome, {name}")).to_be_visible()
    page.locator(".menu--me summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()
    page.get_by_label("Name you use here").fill(name)
    page.get_by_label("Passphrase").fill(words)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name=f"Hello, {name}")).to_be_visible()


def test_enter_joins_and_does_not_ask_for_other_names(open_page: OpenPage, code: str) -> None:
    page = open_page("/join")
    page.get_by_label("Or a name of your own").fill("Pebble-Tide")
    page.get_by_label("Or words of your own").fill("walnut bridge over tea")
    expect(page.locator("#passphrase")).to_have_attribute("type", "password")
    page.get_by_role("button", name="Show what I write").click()
    expect(page.locator("#passphrase")).to_have_attribute("type", "text")
    page.get_by_label("Invitation code").fill(code)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Welcome, Pebble-Tide")).to_be_visible()


def test_clock_of_the_device_is_offered_to_be_confirmed(open_page: OpenPage) -> None:
    page = open_page("/join", timezone_id="Asia/Calcutta")
    assert page.locator("#timezone").input_value() in {"Asia/Calcutta", "Asia/Kolkata"}
    expect(page.get_by_text("We guessed this from your device.")).to_be_visible()
    plain = open_page("/join", java_script_enabled=False, timezone_id="Asia/Calcutta")
    assert plain.locator("#timezone").input_value() == "UTC"


def test_writing_a_name_unpicks_the_suggestion(open_page: OpenPage) -> None:
    page = open_page("/join")
    page.locator(".chip input").first.check()
    page.get_by_label("Or a name of your own").fill("Tide")
    expect(page.locator(".chip input:checked")).to_have_count(0)
    page.locator(".chip input").first.check()
    expect(page.get_by_label("Or a name of your own")).to_have_value("")


def test_passphrase_can_be_looked_at_and_is_hidden_again(open_page: OpenPage, cast: Cast) -> None:
    page = open_page("/sign-in")
    page.get_by_label("Passphrase").fill(PASSPHRASE)
    show = page.get_by_role("button", name="Show what I write")
    show.click()
    expect(page.locator("#passphrase")).to_have_attribute("type", "text")
    expect(show).to_have_attribute("aria-pressed", "true")
    show.click()
    expect(page.locator("#passphrase")).to_have_attribute("type", "password")


def test_number_of_notices_follows_live_and_breaks_no_policy(
    open_page: OpenPage, cast: Cast
) -> None:
    guest = cast.newcomer()
    page = open_page("/inbox", guest)
    badge = page.locator(".top__me [data-unread]")
    expect(badge).to_be_hidden()
    hears(page)
    with work.begin():
        notify(guest.id, N_("Welcome"))
    expect(badge).to_have_text("1 new")
    expect(page.get_by_role("link", name="Something new has come.")).to_be_visible()
    page.get_by_role("link", name="Something new has come.").click()
    page.get_by_role("button", name="Mark all as read").click()
    expect(page.locator(".top__me [data-unread]")).to_be_hidden()
    assert page.evaluate("window.refused || []") == []


def test_open_page_of_someone_shut_out_says_so_within_two_seconds(
    open_page: OpenPage, cast: Cast
) -> None:
    opened: list[tuple[Account, Page]] = []

    def seconds() -> float:
        guest = cast.newcomer()
        page = open_page("/help", guest)
        opened.append((guest, page))
        hears(page)
        since = time.monotonic()
        with work.begin():
            service.suspend(guest.id, by=cast.mo, days=1)
        page.get_by_text("Sign in to read why.").wait_for()
        return time.monotonic() - since

    kept_within(2, seconds)
    guest, page = opened[-1]
    page.get_by_label("Name you use here").fill(guest.name)
    page.get_by_label("Passphrase").fill(PASSPHRASE)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Your account is paused")).to_be_visible()


def test_words_being_written_are_not_lost_when_the_session_ends(
    open_page: OpenPage, cast: Cast
) -> None:
    page = open_page("/account", cast.newcomer())
    page.get_by_text("Change the passphrase").click()
    page.get_by_label("Or words of your own").fill("walnut bridge over tea")
    expect(page.locator("#passphrase")).to_have_attribute("type", "password")
    page.get_by_role("button", name="Show what I write").click()
    expect(page.locator("#passphrase")).to_have_attribute("type", "text")
    hears(page)
    with work.begin():
        service.end_every_session()
    page.wait_for_function(f"async () => !(await ({LINE_STANDS})())")
    page.wait_for_timeout(500)  # going to another page would begin at once
    expect(page.get_by_label("Or words of your own")).to_have_value("walnut bridge over tea")
    expect(page).to_have_url(re.compile("/account$"))
