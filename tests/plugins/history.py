"""A browser that keeps pages for Back, as people's browsers do: Playwright turns that off."""

import shutil
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from peer.accounts import queries
from peer.app import configure_core
from peer.core import keys, work
from peer.core.db import database
from peer.core.settings import load
from tests.plugins.browser import BAR, FLAGS
from tests.plugins.site import SECRET, Site

Open = Callable[..., Chrome]


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
    """The address of a neutral site."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Weather)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def leaving_site(
    migrated: Path, elsewhere: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """A running site whose way out leads `elsewhere`, with this process at its database."""
    folder = tmp_path_factory.mktemp("leaving")
    shutil.copy(migrated, folder / "peer.db")
    environ = {"PEER_DATA_DIR": str(folder), "PEER_SECRET_KEY": SECRET, "PEER_LEAVE_TO": elsewhere}
    found = Site(folder, environ)
    found.start()
    configure_core(load(data_dir=folder, secret_key=SECRET, database_url="", redis_url=""))
    yield found
    database.close()
    keys.close()
    found.end()


def chrome(profile: Path, *, scripts: bool = True) -> Chrome:
    """A Chromium of its own, whose profile lies in that folder."""
    options = ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    own = ("--headless=new", f"--user-data-dir={profile}", f"--disable-features={BAR}")
    for flag in (*own, *FLAGS):
        options.add_argument(flag)
    if not scripts:
        blocked = {"profile.managed_default_content_settings.javascript": 2}
        options.add_experimental_option("prefs", blocked)
    return Chrome(options=options, service=Service(shutil.which("chromedriver") or ""))


@pytest.fixture
def browse(tmp_path: Path) -> Iterator[Open]:
    """`browse()` opens a browser; `browse(scripts=False)` one that runs no scripts."""
    opened: list[Chrome] = []

    def start(*, scripts: bool = True) -> Chrome:
        opened.append(chrome(tmp_path / str(len(opened)), scripts=scripts))
        return opened[-1]

    yield start
    for each in opened:
        each.quit()


def wait_until(browser: Chrome, holds: Callable[[Chrome], bool]) -> None:
    WebDriverWait(browser, 20, poll_frequency=0.05).until(holds)


def has_loaded(browser: Chrome) -> bool:
    return bool(browser.execute_script("return document.readyState === 'complete'"))


def leave(browser: Chrome, elsewhere: str) -> None:
    """Press the button, and wait until the other site is there and the site knows it."""
    kept = browser.get_cookie("s")
    browser.find_element(By.CSS_SELECTOR, "a.leave").click()
    wait_until(browser, lambda it: it.current_url == elsewhere and it.title == "Weather")
    wait_until(browser, lambda _it: not kept or is_over(kept["value"]))


def is_over(token: str) -> bool:
    """Whether a session has ended: a browser tells the site on its way out, and does not wait."""
    with work.begin(writes=False):
        return queries.session_with_token(token) is None
