"""People at browsers of their own. Whatever goes wrong on a page of theirs fails the test:
a refused script or style, an error in a script, a request to another host, a broken answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response

from peer.accounts import service
from peer.accounts.models import Account
from peer.core import work
from tests.cast import Cast, private_key
from tests.plugins.site import Site

WATCH = """addEventListener('securitypolicyviolation', (event) => {
  console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`);
});"""


LINE_STANDS = """async () => {
  const script = document.querySelector('script[src*="/js/inbox"]'); // none yet: still on the way
  return Boolean(script) && (await import(script.src)).$live.socket.connected;
}"""


def hears(page: Page) -> None:
    """Wait until the page's live line stands: from now on it hears what others do."""
    page.wait_for_function(LINE_STANDS)


class Visitor:
    """One person at one browser. `page` is the page they look at, `wrong` what went wrong."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.context = context
        self.address = address
        self.wrong: list[str] = []
        self.elsewhere: set[str] = set()  # addresses of other hosts that may be asked for
        context.add_init_script(WATCH)
        context.on("console", self._console)
        context.on("weberror", lambda found: self.wrong.append(f"error: {found.error}"))
        context.on("request", self._request)
        context.on("response", self._response)
        self.page = self.another_page()

    def another_page(self) -> Page:
        """One more page in the same browser."""
        page = self.context.new_page()
        page.on("websocket", lambda socket: self._ours(socket.url))
        return page

    def _console(self, message: ConsoleMessage) -> None:
        # Answers that say no are looked at one by one, in _response.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.wrong.append(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        self._ours(request.url)

    def _ours(self, url: str) -> None:
        if urlsplit(url).netloc != urlsplit(self.address).netloc and url not in self.elsewhere:
            self.wrong.append(f"another host: {url}")

    def _response(self, response: Response) -> None:
        page = response.request.resource_type == "document"
        if response.status >= (500 if page else 400):
            self.wrong.append(f"{response.status}: {response.url}")

    def open(self, path: str) -> Response:
        """Go to a page of the site; what it answered."""
        answer = self.page.goto(self.address + path)
        assert answer is not None
        return answer

    def may_leave_to(self, url: str) -> None:
        """Let another site be there, where leaving leads."""
        self.elsewhere.add(url)
        self.context.route(
            url, lambda route: route.fulfill(body="Sunny.", content_type="text/html")
        )

    def signs_in(self, account: Account) -> None:
        """Give the browser a session of `account`, without the form."""
        key = private_key(account)
        with work.begin():
            token = service.start_session(account, key=key)
        self.context.add_cookies([{"name": "s", "value": token, "url": self.address}])


class Visitors:
    """Opens browsers on one site and closes them again."""

    def __init__(self, browser: Browser, address: str) -> None:
        self._browser = browser
        self._address = address
        self._all: list[Visitor] = []

    def open(self, account: Account | None = None, *, scripts: bool = True, **more: Any) -> Visitor:
        """A browser of its own, signed in as `account` or as nobody."""
        context = self._browser.new_context(java_script_enabled=scripts, **more)
        context.set_default_timeout(60_000)
        visitor = Visitor(context, self._address)
        if account is not None:
            visitor.signs_in(account)
        self._all.append(visitor)
        return visitor

    def close(self) -> list[str]:
        """Close every browser; whatever went wrong in any of them."""
        for visitor in self._all:
            visitor.context.close()
        wrong = [each for visitor in self._all for each in visitor.wrong]
        self._all.clear()
        return wrong


Visit = Callable[..., Visitor]


@pytest.fixture
def visit(live: Site, browser: Browser, cast: Cast) -> Iterator[Visit]:
    """`visit("noor")` is Noor, signed in, at a browser of her own; `visit()` is a stranger's."""
    visitors = Visitors(browser, live.url)

    def come(name: str = "", **more: Any) -> Visitor:
        return visitors.open(cast.account(name) if name else None, **more)

    yield come
    assert visitors.close() == []
