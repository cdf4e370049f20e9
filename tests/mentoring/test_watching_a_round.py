"""A coordinator watches a round in a real browser, with a real worker."""

import time

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from peer.accounts import service as accounts
from peer.core import work
from tests.cast import Cast
from tests.mentoring.making import newcomers, vetted_mentor, would_like_a_mentor
from tests.plugins.site import Site


def _signed_in(
    browser: Browser, live: Site, cast: Cast, name: str, *, script: bool
) -> BrowserContext:
    with work.begin():
        token = accounts.start_session(cast.account(name))
    context = browser.new_context(java_script_enabled=script)
    context.add_cookies([{"name": "s", "value": token, "url": live.url}])
    return context


@pytest.mark.parametrize("script", [True, False])
def test_round_is_solved_by_the_worker_and_shown(
    browser: Browser, live: Site, cast: Cast, script: bool
) -> None:
    for account in newcomers(cast, 2):
        would_like_a_mentor(account)
    vetted_mentor(cast, cast.account("tess" if script else "uma"), capacity=1)
    context = _signed_in(browser, live, cast, "cora", script=script)
    page = context.new_page()
    page.goto(f"{live.url}/mentoring/rounds")
    with page.expect_navigation():
        page.get_by_role("button", name="Start a round").click()
    decided = page.get_by_text("Open for decisions")
    if script:
        expect(decided).to_be_visible(timeout=60_000)  # without a reload by anybody
    else:
        until = time.monotonic() + 60
        while not decided.is_visible() and time.monotonic() < until:
            with page.expect_navigation():
                page.get_by_role("link", name="Look again").click()
    expect(page.get_by_role("button", name="Approve", exact=False).first).to_be_visible()
    page.get_by_role("button", name="Close this round").click()
    expect(page.get_by_text("The round is closed.")).to_be_visible()
    context.close()


def test_hours_are_ticked_by_keyboard_alone(browser: Browser, live: Site, cast: Cast) -> None:
    context = _signed_in(browser, live, cast, "noor", script=True)
    page = context.new_page()
    page.goto(f"{live.url}/mentoring/profile/mentee/hours")
    page.locator("#zone").focus()
    for _ in range(2):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.type") == "checkbox":
            break
    for key in ("Space", "Shift+ArrowDown", "ArrowRight", "Space"):
        page.keyboard.press(key)
    with page.expect_navigation():
        page.get_by_role("button", name="Save my times").click()
    page.goto(f"{live.url}/mentoring/profile/mentee/hours")
    ticked = page.locator("input:checked").evaluate_all("boxes => boxes.map(box => box.value)")
    first = ticked[0].split("-")[1]
    assert len(ticked) == 3
    assert first == "06:00"
    context.close()
