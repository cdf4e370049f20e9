"""Real Chromium on pages that were answered before, with a trap for whatever runs on them.

What a page asks for is answered by a server of this process from the folder of static files, and
any request to another host is noted; the browser knows the address of none (tests/plugins/browser).
Answering through Playwright instead would switch the browser's cache off: every page would load
its styles and scripts anew.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from flask.testing import FlaskClient
from playwright.sync_api import Browser, ConsoleMessage, Request

from tests.threats.walking import Page

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


Answer = tuple[int, Mapping[str, str], bytes]
# What our server says of how long a body is, and how it is sent.
FRAMING = {"content-length", "connection", "transfer-encoding"}


class Answering(ThreadingHTTPServer):
    """Answers as `answers(path, is_page)` says: status, headers, body."""

    daemon_threads = True

    def __init__(self, answers: Callable[[str, bool], Answer]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers = answers
        self._thread = threading.Thread(target=self.serve_forever)
        self._thread.start()

    def close(self) -> None:
        """Answer no more."""
        self.shutdown()
        self._thread.join()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: Answering
    protocol_version = "HTTP/1.1"
    timeout = 60

    def do_GET(self) -> None:
        is_page = self.headers["Sec-Fetch-Mode"] == "navigate"
        status, headers, body = self.server.answers(urlsplit(self.path).path, is_page)
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() not in FRAMING:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"] or 0))
        self.do_GET()

    def log_message(self, *_words: object) -> None:
        """Say nothing."""


class Showing:
    """One browser; `wrong` is what went wrong on any page, `asked` what pages asked for."""

    def __init__(self, browser: Browser, client: FlaskClient) -> None:
        self._client = client
        self._shown: Page | None = None
        self._path = ""
        self.wrong: list[str] = []
        self.asked: set[str] = set()
        self._files: dict[str, Answer] = {}
        self._turn = threading.Lock()  # the client of Flask is for one thread at a time
        self._server = Answering(self._answer)
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        self.context = browser.new_context()
        self.context.set_default_timeout(60_000)
        self.context.add_init_script(TRAP)
        self.context.on("request", self._request)
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

    def _request(self, request: Request) -> None:
        self.asked.add(request.url)
        if not request.url.startswith(f"{self.address}/"):
            self._note(f"another host: {request.url}")

    def _answer(self, path: str, is_page: bool) -> Answer:
        if is_page:
            assert self._shown is not None
            return 200, self._shown.headers, b"" if path == EMPTY else self._shown.body.encode()
        if path.startswith("/static/"):
            return self._file(path)
        return 404, {}, b""

    def _file(self, path: str) -> Answer:
        with self._turn:
            if path not in self._files:
                answer = self._client.get(path, buffered=True)
                self._files[path] = (200, dict(answer.headers), answer.data)
            return self._files[path]

    def show(self, page: Page) -> None:
        """Open a page as it was answered, and let its scripts run."""
        self._shown = page
        path = urlsplit(page.path).path
        heavy = "#heavy" if len(page.body) > HEAVY else ""
        if heavy and path == self._path:
            # The browser would not ask again, only look for the place. An empty page of ours, with
            # our headers, keeps it in the process it has; for a blank one it begins another.
            self.page.goto(self.address + EMPTY)
        self._path = path
        self.page.goto(self.address + path + heavy, wait_until="load")

    def ask(self, script: str, about: Any = None) -> Any:
        """What a script of the test says about the page."""
        return self.page.evaluate(script, about)

    def close(self) -> None:
        """Let the browser go."""
        self.context.close()
        self._server.close()
