"""Leaving quickly, in a browser that keeps pages for Back (Playwright turns that off)."""

import shutil
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from peer.accounts import queries, service
from peer.app import configure_core
from peer.core import work
from peer.core.db import database
from peer.core.settings import load
from peer.core.words import N_
from peer.notifications.service import notify
from tests.cast import Cast
from tests.plugins.browser import FLAGS
from tests.plugins.site import SECRET, Site

PRIVATE = "A word that only Noor should read"
Open = Callable[..., Chrome]

pytestmark = pytest.mark.browser


class Weather(BaseHTTPRequestHandler):
    """The neutral site that leaving opens."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<title>Weather</title><h1>Sunny</h1>")

    def log_message(self, *_words: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Weather)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def site(
    migrated: Path, elsewhere: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("leaving")
    shutil.copy(migrated, folder / "peer.db")
    environ = {"PEER_DATA_DIR": str(folder), "PEER_SECRET_KEY": SECRET, "PEER_LEAVE_TO": elsewhere}
    found = Site(folder, environ)
    found.start()
    configure_core(load(data_dir=folder, secret_key=SECRET, database_url="", redis_url=""))
    yield found
    database.close()
    found.stop()


@pytest.fixture
def browse(tmp_path: Path) -> Iterator[Open]:
    opened: list[Chrome] = []

    def start(*, scripts: bool = True) -> Chrome:
        options = ChromeOptions()
        options.binary_location = shutil.which("chromium") or ""
        for flag in ("--headless=new", f"--user-data-dir={tmp_path / str(len(opened))}", *FLAGS):
            options.add_argument(flag)
        if not scripts:
            blocked = {"profile.managed_default_content_settings.javascript": 2}
            options.add_experimental_option("prefs", blocked)
        chrome = Chrome(options=options, service=Service(shutil.which("chromedriver") or ""))
        opened.append(chrome)
        return chrome

    yield start
    for each in opened:
        each.quit()


def arrive(browser: Chrome, site: Site) -> str:
    """Noor signs in and opens a few pages, the last with words for her alone; her token."""
    cast = Cast()
    account = cast.newcomer()
    with work.begin():
        token = service.start_session(account)
        notify(account.id, N_(PRIVATE))
    browser.get(f"{site.url}/healthz")
    browser.add_cookie({"name": "s", "value": token})
    for page in ("/", "/account", "/inbox"):
        browser.get(site.url + page)
    assert PRIVATE in browser.page_source
    assert account.name in browser.page_source
    return token


def wait_until(browser: Chrome, holds: Callable[[Chrome], bool]) -> None:
    WebDriverWait(browser, 10, poll_frequency=0.05).until(holds)


def leave(browser: Chrome, elsewhere: str) -> None:
    browser.find_element(By.CSS_SELECTOR, "a.leave").click()
    wait_until(browser, lambda it: it.current_url == elsewhere and it.title == "Weather")


def shows_nothing(browser: Chrome) -> bool:
    page = browser.page_source
    return PRIVATE not in page and "Guest " not in page and "/sign-out" not in page


def go_back_through_everything(browser: Chrome) -> None:
    for _page in range(3):
        browser.back()
        wait_until(
            browser, lambda it: it.execute_script("return document.readyState") == "complete"
        )
        assert shows_nothing(browser), browser.current_url


def test_this_browser_does_keep_pages_for_back(browse: Open, elsewhere: str, site: Site) -> None:
    browser = browse()
    browser.get(elsewhere)
    browser.execute_script("window.kept = true")
    browser.get(f"{site.url}/help")
    browser.back()
    assert browser.execute_script("return window.kept === true")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_back_after_leaving_shows_nothing(
    browse: Open, site: Site, elsewhere: str, scripts: bool
) -> None:
    browser = browse(scripts=scripts)
    token = arrive(browser, site)
    leave(browser, elsewhere)
    go_back_through_everything(browser)
    with work.begin(writes=False):
        assert queries.session_with_token(token) is None


def test_back_after_leaving_shows_nothing_without_a_connection(
    browse: Open, site: Site, elsewhere: str
) -> None:
    browser = browse()
    arrive(browser, site)
    leave(browser, elsewhere)
    offline = {"offline": True, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0}
    browser.execute_cdp_cmd("Network.enable", {})
    browser.execute_cdp_cmd("Network.emulateNetworkConditions", offline)
    go_back_through_everything(browser)


def test_other_tabs_of_the_person_go_too(browse: Open, site: Site, elsewhere: str) -> None:
    browser = browse()
    arrive(browser, site)
    first = browser.current_window_handle
    browser.switch_to.new_window("tab")
    browser.get(f"{site.url}/account")
    second = browser.current_window_handle
    browser.switch_to.window(first)
    leave(browser, elsewhere)
    browser.switch_to.window(second)
    wait_until(browser, lambda it: it.current_url == elsewhere)


def test_cookie_from_before_leaving_is_refused(browse: Open, site: Site, elsewhere: str) -> None:
    browser = browse()
    token = arrive(browser, site)
    leave(browser, elsewhere)
    request = urllib.request.Request(f"{site.url}/inbox", headers={"Cookie": f"s={token}"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.url == f"{site.url}/sign-in"
