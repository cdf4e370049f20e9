"""Real Chromium on pages that were answered before, with a trap for whatever runs on them.

No server is needed: what a page asks for is answered from the folder of static files, and any
request to another host is noted, not sent.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask.testing import FlaskClient
from playwright.sync_api import Browser, ConsoleMessage, Route

from tests.threats.walking import Page

ADDRESS = "http://localhost"
EMPTY = "/empty"
TRAP = """for (const name of ['alert', 'confirm', 'prompt', 'print', 'open']) {
  Object.defineProperty(window, name, { value: () => console.error(`ran: ${name}`) });
}
addEventListener('securitypolicyviolation', (event) => {
  console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`);
});"""

# Laying out megabytes of text takes a browser half a minute; parsing it and running scripts do not.
HEAVY = 320_000
TRAP += """
if (location.hash === '#heavy') {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('body { content-visibility: hidden; }');
  document.adoptedStyleSheets = [sheet];
}"""


class Showing:
    """One browser; `wrong` is what went wrong on any page, `asked` what pages asked for."""

    def __init__(self, browser: Browser, client: FlaskClient) -> None:
        self._client = client
        self._shown: Page | None = None
        self._path = ""
        self.wrong: list[str] = []
        self.asked: set[str] = set()
        self._files: dict[str, tuple[dict[str, str], bytes]] = {}
        self.context = browser.new_context()
        self.context.set_default_timeout(60_000)
        self.context.add_init_script(TRAP)
        self.context.route("**/*", self._answer)
        self.context.route_web_socket("**/*", lambda _socket: None)
        self.context.on("console", self._console)
        self.context.on("weberror", lambda found: self._note(f"error: {found.error}"))
        self.context.on("dialog", lambda dialog: (self._note("dialog"), dialog.dismiss()))
        self.page = self.context.new_page()

    def _note(self, fault: str) -> None:
        self.wrong.append(f"{self._shown.path if self._shown else '?'}: {fault}")

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self._note(f"console: {message.text}")

    def _answer(self, route: Route) -> None:
        url = route.request.url
        self.asked.add(url)
        found = urlsplit(url)
        if f"{found.scheme}://{found.netloc}" != ADDRESS:
            self._note(f"another host: {url}")
            route.abort()
        elif route.request.is_navigation_request():
            assert self._shown is not None
            headers = dict(self._shown.headers)
            headers.pop("Content-Length", None)
            body = "" if found.path == EMPTY else self._shown.body
            route.fulfill(status=200, headers=headers, body=body)
        elif found.path.startswith("/static/"):
            headers, body = self._file(found.path)
            route.fulfill(status=200, headers=headers, body=body)
        else:
            route.fulfill(status=404, body="")

    def _file(self, path: str) -> tuple[dict[str, str], bytes]:
        if path not in self._files:
            answer = self._client.get(path, buffered=True)
            self._files[path] = (dict(answer.headers), answer.data)
        return self._files[path]

    def show(self, page: Page) -> None:
        """Open a page as it was answered, and let its scripts run."""
        self._shown = page
        path = urlsplit(page.path).path
        heavy = "#heavy" if len(page.body) > HEAVY else ""
        if heavy and path == self._path:
            # The browser would not ask again, only look for the place. An empty page of ours, with
            # our headers, keeps it in the process it has; for a blank one it begins another.
            self.page.goto(ADDRESS + EMPTY)
        self._path = path
        self.page.goto(ADDRESS + path + heavy, wait_until="load")

    def ask(self, script: str, about: Any = None) -> Any:
        """What a script of the test says about the page."""
        return self.page.evaluate(script, about)

    def close(self) -> None:
        """Let the browser go."""
        self.context.close()
