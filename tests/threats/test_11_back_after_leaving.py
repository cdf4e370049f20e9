"""After leaving, Back and Forward show nothing: on every signed-in page, online and offline."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.common.exceptions import WebDriverException
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By

from peer.app import create_app
from peer.core import keys
from peer.core.db import database
from peer.core.settings import load
from tests.plugins.history import Open, has_loaded, is_over, leave, wait_until
from tests.plugins.site import SECRET, Site
from tests.threats.walking import Inside, Page, Walk, named, token_of

pytestmark = pytest.mark.browser

PEOPLE = ("noor", "tess", "fay", "mo", "cora", "ada")
# Chromium keeps the last six pages, so that many are opened before each leaving.
KEPT = 6
# What every page of somebody signed in holds, and no other.
SIGNED_IN = 'action="/sign-out"'
NO_PAGES = {"mentoring.calendar_file", "home.healthz", "home.readyz"}


class Looking(Walk):
    """A walk that only looks: it sends no form."""

    def read(self, page: Page) -> list[str]:
        forms, page.forms = page.forms, []
        leads = super().read(page)
        page.forms = forms
        return leads


@pytest.fixture(scope="module")
def place(
    lived_in_folder: Path, elsewhere: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Site, dict[str, list[str]]]]:
    """The lived-in place, served; and each kind of page with the first person who can open it."""
    folder = tmp_path_factory.mktemp("back")
    shutil.copytree(lived_in_folder, folder, dirs_exist_ok=True)
    flask = create_app(load(data_dir=folder, secret_key=SECRET, database_url="", redis_url=""))
    found: dict[str, list[str]] = {}
    met: set[object] = set()
    for who in PEOPLE:
        walk = Looking(flask, who, Inside.of(flask, named(who)), lambda *_: None, {})
        walk.through("/", "/welcome", "/account", "/inbox")
        shown = {
            kind: page.path
            for kind, page in walk.seen.items()
            if page.status == 200 and SIGNED_IN in page.body and kind[0] not in NO_PAGES
        }
        found[who] = [path for kind, path in shown.items() if kind not in met]
        met |= set(shown)
    environ = {"PEER_DATA_DIR": str(folder), "PEER_SECRET_KEY": SECRET, "PEER_LEAVE_TO": elsewhere}
    site = Site(folder, environ)
    site.start()
    yield site, found
    site.end()
    database.close()
    keys.close()


def arrive(browser: Chrome, site: Site, who: str, paths: list[str]) -> str:
    """Somebody signs in and opens these pages, one after another; their token."""
    token = token_of(named(who))
    browser.get(f"{site.url}/healthz")
    browser.add_cookie({"name": "s", "value": token})
    for path in paths:
        browser.get(site.url + path)
        assert SIGNED_IN in browser.page_source, f"{who} cannot open {path}"
    return token


def step(browser: Chrome, which: str) -> None:
    """Back or Forward; where the server is away Chromium may call that an error."""
    try:
        browser.back() if which == "back" else browser.forward()
    except WebDriverException as error:
        if "ERR_CONNECTION_REFUSED" not in str(error):
            raise
    wait_until(browser, has_loaded)


def went_through(browser: Chrome, which: str, paths: list[str]) -> list[str]:
    """The addresses at which something of the person was shown on the way."""
    told = []
    for _ in paths:
        step(browser, which)
        if SIGNED_IN in browser.page_source:
            told.append(browser.current_url)
    return told


def test_back_after_leaving_quickly_shows_nothing_on_any_page_of_any_role(
    browse: Open, place: tuple[Site, dict[str, list[str]]], elsewhere: str
) -> None:
    site, found = place
    assert sum(len(paths) for paths in found.values()) >= 40
    browser = browse()
    for who, paths in found.items():
        for first in range(0, len(paths), KEPT):
            some = paths[first : first + KEPT]
            arrive(browser, site, who, some)
            leave(browser, elsewhere)
            assert went_through(browser, "back", some) == []


def test_back_after_signing_out_shows_nothing_either(
    browse: Open, place: tuple[Site, dict[str, list[str]]]
) -> None:
    site, found = place
    browser = browse()
    some = ["/", *found["noor"][-4:], "/account"]
    arrive(browser, site, "noor", some)
    browser.execute_script("document.querySelector('form[action=\"/sign-out\"]').submit()")
    wait_until(browser, lambda it: "/sign-in" in it.current_url and has_loaded(it))
    assert went_through(browser, "back", some) == []
    assert went_through(browser, "forward", some) == []


def test_shift_three_times_leaves_and_another_key_between_does_not(
    browse: Open, place: tuple[Site, dict[str, list[str]]], elsewhere: str
) -> None:
    from selenium.webdriver.common.keys import Keys

    site, _found = place
    browser = browse()
    token = arrive(browser, site, "noor", ["/inbox", "/account"])
    body = browser.find_element(By.TAG_NAME, "body")
    for key in (Keys.SHIFT, Keys.SHIFT, "a", Keys.SHIFT):
        body.send_keys(key)
    assert browser.current_url == f"{site.url}/account"
    for key in (Keys.ESCAPE, Keys.SHIFT, Keys.SHIFT, Keys.SHIFT):
        body.send_keys(key)
    wait_until(browser, lambda it: it.current_url == elsewhere and is_over(token))
    assert went_through(browser, "back", ["/account", "/inbox"]) == []


def test_back_shows_nothing_with_the_server_stopped(
    browse: Open, place: tuple[Site, dict[str, list[str]]], elsewhere: str
) -> None:
    site, found = place
    browser = browse()
    some = ["/inbox", *found["noor"][:4], "/account"]
    arrive(browser, site, "noor", some)
    leave(browser, elsewhere)
    site.stop()
    assert went_through(browser, "back", some) == []
