"""Leaving quickly, in a browser that keeps pages for Back (Playwright turns that off)."""

import urllib.request

import pytest
from selenium.webdriver import Chrome

from peer.accounts import queries, service
from peer.core import work
from peer.core.words import N_
from peer.notifications.service import notify
from tests.cast import Cast
from tests.plugins.history import Open, has_loaded, leave, wait_until
from tests.plugins.site import Site

PRIVATE = "A word that only Noor should read"

pytestmark = pytest.mark.browser


def arrive(browser: Chrome, leaving_site: Site) -> str:
    """Noor signs in and opens a few pages, the last with words for her alone; her token."""
    cast = Cast()
    account = cast.newcomer()
    with work.begin():
        token = service.start_session(account)
        notify(account.id, N_(PRIVATE))
    browser.get(f"{leaving_site.url}/healthz")
    browser.add_cookie({"name": "s", "value": token})
    for page in ("/", "/account", "/inbox"):
        browser.get(leaving_site.url + page)
    assert PRIVATE in browser.page_source
    assert account.name in browser.page_source
    return token


def shows_nothing(browser: Chrome) -> bool:
    page = browser.page_source
    return PRIVATE not in page and "Guest " not in page and "/sign-out" not in page


def go_back_through_everything(browser: Chrome) -> None:
    for _page in range(3):
        browser.back()
        wait_until(browser, has_loaded)
        assert shows_nothing(browser), browser.current_url


def test_this_browser_does_keep_pages_for_back(
    browse: Open, elsewhere: str, leaving_site: Site
) -> None:
    browser = browse()
    browser.get(elsewhere)
    browser.execute_script("window.kept = true")
    browser.get(f"{leaving_site.url}/help")
    browser.back()
    assert browser.execute_script("return window.kept === true")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_back_after_leaving_shows_nothing(
    browse: Open, leaving_site: Site, elsewhere: str, scripts: bool
) -> None:
    browser = browse(scripts=scripts)
    token = arrive(browser, leaving_site)
    leave(browser, elsewhere)
    go_back_through_everything(browser)
    with work.begin(writes=False):
        assert queries.session_with_token(token) is None


def test_back_after_leaving_shows_nothing_without_a_connection(
    browse: Open, leaving_site: Site, elsewhere: str
) -> None:
    browser = browse()
    arrive(browser, leaving_site)
    leave(browser, elsewhere)
    offline = {"offline": True, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0}
    browser.execute_cdp_cmd("Network.enable", {})
    browser.execute_cdp_cmd("Network.emulateNetworkConditions", offline)
    go_back_through_everything(browser)


def test_other_tabs_of_the_person_go_too(browse: Open, leaving_site: Site, elsewhere: str) -> None:
    browser = browse()
    arrive(browser, leaving_site)
    first = browser.current_window_handle
    browser.switch_to.new_window("tab")
    browser.get(f"{leaving_site.url}/account")
    second = browser.current_window_handle
    browser.switch_to.window(first)
    leave(browser, elsewhere)
    browser.switch_to.window(second)
    wait_until(browser, lambda it: it.current_url == elsewhere)


def test_cookie_from_before_leaving_is_refused(
    browse: Open, leaving_site: Site, elsewhere: str
) -> None:
    browser = browse()
    token = arrive(browser, leaving_site)
    leave(browser, elsewhere)
    request = urllib.request.Request(f"{leaving_site.url}/inbox", headers={"Cookie": f"s={token}"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.url == f"{leaving_site.url}/sign-in"
