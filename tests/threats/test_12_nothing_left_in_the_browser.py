"""What a browser's folder holds once its person has gone: nothing that they read or wrote."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By

from peer.accounts.queries import actor_from
from peer.core import work
from peer.core.words import N_
from peer.notifications.service import notify
from tests.cast import Cast
from tests.plugins.history import chrome, has_loaded, leave, wait_until
from tests.plugins.site import Site
from tests.rooms.place import a_room, said
from tests.threats.walking import token_of

pytestmark = pytest.mark.browser

READ, TOLD, TYPED = "quixotic-heron-in-a-room", "quixotic-heron-in-a-notice", "quixotic-heron-typed"
STORES = """
  const done = arguments[0];
  Promise.all([indexedDB.databases(), caches.keys(), navigator.serviceWorker.getRegistrations()])
    .then(([bases, kept, workers]) => done(
      [localStorage.length, sessionStorage.length, bases.length, kept.length, workers.length]))"""


def spend_an_evening(browser: Chrome, leaving_site: Site) -> tuple[str, str]:
    """Somebody reads a room and a notice, and begins to write; their name and token."""
    cast = Cast()
    guest = cast.newcomer()
    room = a_room(cast, cast.noor, actor_from(guest))
    said(cast.noor, room, READ)
    with work.begin():
        notify(guest.id, N_(TOLD))
    token = token_of(guest)
    browser.get(f"{leaving_site.url}/healthz")
    browser.add_cookie({"name": "s", "value": token})
    for path in ("/", "/inbox", "/account", f"/rooms/{room.id}"):
        browser.get(leaving_site.url + path)
    assert READ in browser.page_source
    assert guest.name in browser.page_source
    browser.find_element(By.CSS_SELECTOR, "textarea").send_keys(TYPED)
    assert browser.execute_async_script(STORES) == [0, 0, 0, 0, 0]
    return guest.name, token


def contents(path: Path) -> Iterator[bytes]:
    """A file as it is, and unpacked where it is packed."""
    data = path.read_bytes()
    yield data
    start = data.find(b"\x1f\x8b\x08")
    if start >= 0:
        try:
            yield zlib.decompressobj(31).decompress(data[start:])
        except (zlib.error, gzip.BadGzipFile):
            return


def holding(profile: Path, words: tuple[str, ...]) -> list[str]:
    """The files of a browser's folder that hold one of the words, in any common encoding."""
    marks = [word.encode(code) for word in words for code in ("utf-8", "utf-16-le", "utf-16-be")]
    files = [path for path in profile.rglob("*") if path.is_file() and not path.is_symlink()]
    assert len(files) > 20
    return [
        str(path.relative_to(profile))
        for path in files
        if any(mark in data for data in contents(path) for mark in marks)
    ]


@pytest.mark.parametrize("way", ["signing out", "leaving"])
def test_signing_out_leaves_no_content_in_storage_or_disk_cache(
    leaving_site: Site, elsewhere: str, tmp_path: Path, way: str
) -> None:
    profile = tmp_path / "profile"
    browser = chrome(profile)
    try:
        name, token = spend_an_evening(browser, leaving_site)
        if way == "leaving":
            leave(browser, elsewhere)
        else:
            out = "document.querySelector('form[action=\"/sign-out\"]').submit()"
            browser.execute_script(out)
            wait_until(browser, lambda it: "/sign-in" in it.current_url and has_loaded(it))
            assert browser.execute_async_script(STORES) == [0, 0, 0, 0, 0]
    finally:
        browser.quit()
    assert holding(profile, (READ, TOLD, TYPED, name, token)) == []
    # The folder is where this browser writes: the address, which nothing can take out, is there.
    assert holding(profile, (leaving_site.url.removeprefix("http://"),)) != []
