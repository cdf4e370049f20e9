"""Whatever page is opened, by whomever: nobody but this site is asked for anything."""

import re
import sys
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask
from playwright.sync_api import Browser

from tests.cast import Cast
from tests.journeys.test_every_page import NOT_PAGES
from tests.threats.planting import Planted
from tests.threats.showing import Showing
from tests.threats.walking import Inside, Page, Walk

STATIC = Path(__file__).parents[2] / "static"
# Attributes that make a browser ask for something, or tell somebody something.
ASKING = {"src", "srcset", "action", "formaction", "poster", "data", "background", "ping"}
ASKING |= {"manifest", "cite", "longdesc", "profile", "archive", "codebase", "imagesrcset"}
ELSEWHERE = re.compile(r"(?:https?:)?//[\w.-]+", re.IGNORECASE)


ASKS = re.compile(
    rf"\s(?:{'|'.join(sorted(ASKING))})=\"([^\"]*)\"|<(?:link|base|use|image)\b[^>]*\shref=\"([^\"]*)\""
)


def asked_by(page: Page) -> set[str]:
    """The addresses a page makes the browser ask for."""
    return {one or other for one, other in ASKS.findall(page.body)}


def one_of_each(planted: Planted, flask: Flask) -> dict[str, Page]:
    """For each page that there is, the first that was met, with its endpoint."""
    walk = Walk(flask, "", Inside(flask.test_client()), lambda *_: None, {})
    found: dict[str, Page] = {}
    for _, page in planted.pages:
        endpoint, _values = walk.endpoint(page.path)
        if page.status < 500 and page.body:
            found.setdefault(f"{endpoint} {page.status}", page)
    return found


def test_no_page_makes_a_third_party_request(
    planted: Planted, app: Flask, browser: Browser
) -> None:
    showing = Showing(browser, app.test_client())
    pages = one_of_each(planted, app)
    for page in pages.values():
        showing.show(page)
    showing.close()
    hosts = {f"{urlsplit(url).scheme}://{urlsplit(url).netloc}" for url in showing.asked}
    assert showing.wrong == []
    assert hosts == {showing.address}
    assert len(pages) >= 40


def test_no_page_of_anybody_names_something_of_another_host(planted: Planted) -> None:
    asked = {(page.path, url) for _, page in planted.pages for url in asked_by(page)}
    assert [each for each in sorted(asked) if urlsplit(each[1]).netloc] == []


def test_every_page_that_can_be_met_was_met(planted: Planted, app: Flask) -> None:
    met = {key.split()[0] for key in one_of_each(planted, app)}
    pages = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and rule.endpoint not in NOT_PAGES
    }
    assert sorted(pages - met - set(NOT_MET)) == []


# Pages that the walk does not come to, and where they are looked at instead.
IN_BETWEEN = "stands between a passphrase and what comes next: tests/accounts"
NOT_MET = {
    "accounts.app": IN_BETWEEN,
    "accounts.passkey": IN_BETWEEN,
    "accounts.cover": IN_BETWEEN,
    "mentoring.change": "is there while running pairs could make room: tests/mentoring",
}


def test_styles_and_scripts_name_no_other_host() -> None:
    wrong = []
    for path in [*STATIC.glob("css/*.css"), *STATIC.glob("js/*.js")]:
        text = re.sub(r"/\*.*?\*/|^\s*//.*$", "", path.read_text(), flags=re.DOTALL | re.MULTILINE)
        named = [found for found in ELSEWHERE.findall(text) if "www.w3.org" not in found]
        wrong += [f"{path.name}: {found}" for found in named]
    assert wrong == []


_watching: list[str] = []
_hooked = False


def _watch() -> None:
    """Note every connection that this process opens; a hook cannot be taken off again."""
    global _hooked

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event in {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname"}:
            _watching.append(f"{event} {arguments[1:] if event == 'socket.connect' else arguments}")

    if not _hooked:
        sys.addaudithook(hook)
        _hooked = True
    _watching.clear()


def test_site_itself_asks_nobody_for_anything_while_pages_are_opened(
    app: Flask,
) -> None:
    browser = Inside.of(app, Cast().account("cora"))
    _watch()
    walk = Walk(app, "cora", browser, lambda *_: None, {}, tries=0)
    walk.through("/")
    assert len(walk.pages) >= 10
    assert _watching == []
