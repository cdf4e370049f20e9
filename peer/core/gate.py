"""The gate around the whole site, in front of pages and sockets alike.

It answers only under the names the site is known by, keeps addresses short, lets no other site
make a browser send something, holds off whoever knocks without pause, and puts the headers on.
"""

import math
import time
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, urlsplit

from flask import Flask, Request, abort, request
from gunicorn.http.errors import ParseException

from peer.core import headers, limits, metrics, watch
from peer.core.errors import SlowDown
from peer.core.settings import LOOPBACK, Settings
from peer.core.turns import Knocks, Turns

Environ = dict[str, Any]
Start = Callable[..., Any]
Wsgi = Callable[[Environ, Start], Iterable[bytes]]

# A form of ten answers of 4,000 letters, each six bytes on its way; sheets have a size of their own.
LARGEST_FORM = 256 * 1024
# 4,000 characters are at most 48,000 bytes of escaped JSON, and a note goes with them.
LARGEST_PACKET = 60_000
_LONG = 2_000  # characters of a path, and of what follows its question mark
_HEALTH = {"/healthz", "/readyz"}
_SOCKETS = "/socket.io/"
_LEAVE = "/leave"
# What one place may ask for at once, and a second for as long as it likes. Thirty people behind one
# address ask for less, also when all of them come back at once after a restart.
PAGES = 200, 10
SOCKETS = 200, 20
OPENING = 3  # of those, what opening a connection counts for
# And what asking for news counts for, where no websocket comes through: once for each thing said,
# for everybody, and a page asks once at a time.
ASKING = 0.25
# A refusal takes its time, so that asking again and again brings nothing; a few at once may.
SLOWLY, HELD = 0.25, 100


class Places:
    """The names under which the site answers."""

    def __init__(self, settings: Settings) -> None:
        self._https = settings.https
        self._origins = set(settings.origins)
        self._hosts = {urlsplit(origin).netloc for origin in self._origins}
        self._local = {settings.host, *LOOPBACK}

    def answers_to(self, host: str, path: str) -> bool:
        """Whether a request for `host` is for us. Probes of health come under any local name."""
        if host in self._hosts:
            return True
        return (not self._hosts or path in _HEALTH) and _name(host) in self._local

    def is_own(self, origin: str, environ: Environ) -> bool:
        """Whether a page at `origin` is one of ours."""
        if self._origins:
            return origin in self._origins
        return origin == f"{environ.get('wsgi.url_scheme')}://{environ.get('HTTP_HOST')}"


def _name(host: str) -> str:
    """The host without its port; empty when it is none."""
    try:
        parts = urlsplit(f"//{host}")
        _ = parts.port
    except ValueError:
        return ""
    return (parts.hostname or "") if parts.netloc == host and "@" not in host else ""


def is_from_elsewhere(environ: Environ, *, page: bool) -> bool:
    """Whether a browser says that another site had it send this; links to pages are welcome.

    Browsers from before 2023 do not say, programs that are no browsers need not: the CSRF token
    and the check of the origin stand behind this one.
    """
    if environ.get("HTTP_SEC_FETCH_SITE", "none") in {"none", "same-origin"}:
        return False
    return not (
        page
        and environ.get("REQUEST_METHOD") in {"GET", "HEAD"}
        and environ.get("HTTP_SEC_FETCH_MODE", "navigate") == "navigate"
        and environ.get("HTTP_SEC_FETCH_DEST", "document") == "document"
    )


def has_foreign_origin(request: Request, places: Places) -> bool:
    """Whether a form comes from a page of another site.

    Our own pages say "null", since they send no referrer: that one is left to the other locks.
    """
    origin = request.headers.get("Origin", "null")
    return origin != "null" and not places.is_own(origin, request.environ)


def init_app(app: Flask, settings: Settings) -> Places:
    """Have pages refuse what other sites made a browser send. Before anything reads the form."""
    headers.manner.https, headers.manner.preload = settings.https, settings.hsts_preload
    places = Places(settings)

    @app.before_request
    def check_origin() -> None:
        note = request.environ.get("peer.note", {})
        note["feature"] = request.blueprint or note.get("feature", "other")
        writes = request.method not in {"GET", "HEAD", "OPTIONS"}
        if is_from_elsewhere(request.environ, page=True):
            watch.because("elsewhere")
            metrics.refused("elsewhere")
            abort(400)
        if writes and has_foreign_origin(request, places):
            watch.because("origin")
            metrics.refused("origin")
            abort(400)
        if "%00" in request.environ.get("QUERY_STRING", ""):
            abort(400)  # PostgreSQL would refuse it as text
        if writes and not _can_be_read(request):
            abort(400)

    return places


def _can_be_read(request: Request) -> bool:
    """Whether a form came whole; it is read now, before anybody else asks for it."""
    try:
        _ = request.form
    except (ParseException, OSError):  # gunicorn: broken on its way, or cut off
        return False
    return True


class Gate:
    """WSGI around WSGI: refuses early, gives every place its turn, and completes every answer.

    `pause` is the page for whoever is asked to wait: it costs nothing to make.
    """

    def __init__(self, inside: Wsgi, places: Places, *, pause: bytes, count_knocks: bool) -> None:
        self._inside = inside
        self._places = places
        self._pause = pause
        # Without a proxy everybody is this machine itself.
        self._counts = count_knocks
        self._pages, self._sockets = Knocks(*PAGES), Knocks(*SOCKETS)
        self._turns = Turns()
        self._held = 0
        self._polled: set[str] = set()  # connections whose page waits for news just now

    def __call__(self, environ: Environ, start_response: Start) -> Iterable[bytes]:
        """Answer one request."""
        began = time.monotonic()
        path = str(environ.get("PATH_INFO", ""))
        host = str(environ.get("HTTP_HOST", ""))
        note: dict[str, str] = {"feature": "static" if path.startswith("/static/") else "other"}
        environ["peer.note"] = note

        def start(status: str, given: list[tuple[str, str]], exc_info: Any = None) -> Any:
            code = int(status[:3])
            metrics.answered(note["feature"], code, time.monotonic() - began)
            lines = headers.manner.lines(host=host, path=path, status=code)
            ours = {name.lower() for name, _ in lines} | {"server"}
            kept = [
                (name, value)
                for name, value in given
                if name.lower() not in ours and not name.lower().startswith("access-control-")
            ]
            return start_response(status, kept + lines, exc_info)

        try:
            refused = self._refused(environ, host, path)
            if refused is None and path.startswith(_SOCKETS):
                return self._speak(environ, start)
            if refused is None:
                return self._open(environ, start)
        except SlowDown as error:
            metrics.refused("knocks")
            return self._later(error.retry_ms, path, start)
        status, reason = refused
        metrics.refused(reason)
        if reason == "host":
            host = ""
        return _few_words(status, start)

    def _hold(self) -> None:
        """Let whoever is refused wait a little; it costs a greenlet and nothing else."""
        if self._held >= HELD:
            return
        self._held += 1
        try:
            time.sleep(SLOWLY)
        finally:
            self._held -= 1

    def _open(self, environ: Environ, start: Start) -> Iterable[bytes]:
        """Open a page, in its place's turn; leaving waits for nobody's."""
        if not self._counts or _is_free(str(environ.get("PATH_INFO", ""))):
            return self._inside(environ, start)
        with self._turns.turn(_place(environ)):
            return self._inside(environ, start)

    def _speak(self, environ: Environ, start: Start) -> Iterable[bytes]:
        """Go on with a connection; its page may wait for news once at a time."""
        waits = _polls(environ)
        if waits in self._polled:
            metrics.refused("malformed")
            return _few_words(HTTPStatus.BAD_REQUEST, start)
        if not waits:
            return self._inside(environ, start)
        self._polled.add(waits)
        try:
            return self._inside(environ, start)
        finally:
            self._polled.discard(waits)

    def _refused(self, environ: Environ, host: str, path: str) -> tuple[HTTPStatus, str] | None:
        """What a request is refused with, and why; SlowDown when its place should wait."""
        if not self._places.answers_to(host, path):
            return HTTPStatus.BAD_REQUEST, "host"
        query = str(environ.get("QUERY_STRING", ""))
        if len(path) > _LONG or len(query) > _LONG:
            return HTTPStatus.REQUEST_URI_TOO_LONG, "long"
        if self._counts:
            self._count(environ, path, query)
        if path.startswith(_SOCKETS):
            return self._refused_socket(environ, query)
        return None

    def _count(self, environ: Environ, path: str, query: str) -> None:
        """Count one knock; SlowDown when the place has knocked too often."""
        if path.startswith(_SOCKETS):
            wait = self._sockets.wait(_place(environ), _cost(environ, query))
        elif _is_free(path):
            return
        else:
            wait = self._pages.wait(_place(environ))
        if wait:
            raise SlowDown(retry_ms=math.ceil(wait * 1000))

    def _later(self, retry_ms: int, path: str, start: Start) -> Iterable[bytes]:
        """A plain sentence for people, few words for programs, and when to come back."""
        self._hold()
        later = [("Retry-After", str(max(1, math.ceil(retry_ms / 1000))))]
        status = HTTPStatus.TOO_MANY_REQUESTS
        if path.startswith((_SOCKETS, "/static/")):
            return _few_words(status, start, later)
        html = ("Content-Type", "text/html; charset=utf-8")
        start(f"{status.value} {status.phrase}", [html, _length(self._pause), *later])
        return [self._pause]

    def _refused_socket(self, environ: Environ, query: str) -> tuple[HTTPStatus, str] | None:
        """Sockets are for scripts of our own pages; no script of another site may read an answer."""
        if environ.get("REQUEST_METHOD") not in {"GET", "POST"}:
            return HTTPStatus.METHOD_NOT_ALLOWED, "method"
        if is_from_elsewhere(environ, page=False):
            return HTTPStatus.BAD_REQUEST, "elsewhere"
        if int(environ.get("CONTENT_LENGTH") or 0) > LARGEST_PACKET:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "large"
        if "j" in parse_qs(query, keep_blank_values=True):
            return HTTPStatus.BAD_REQUEST, "malformed"
        return None


def _is_free(path: str) -> bool:
    """Nobody waits to leave; and of our own files a page asks for many, which cost little."""
    return path == _LEAVE or path.startswith("/static/")


def _cost(environ: Environ, query: str) -> float:
    """What a request of a connection counts for."""
    if "sid=" not in query:
        return OPENING
    return ASKING if environ.get("REQUEST_METHOD") == "GET" else 1


def _place(environ: Environ) -> str:
    return limits.place_of(environ.get("REMOTE_ADDR"))


def _polls(environ: Environ) -> str:
    """The connection whose news a page waits for by polling; it may ask once at a time."""
    if environ.get("REQUEST_METHOD") != "GET" or environ.get("HTTP_UPGRADE"):
        return ""
    return parse_qs(str(environ.get("QUERY_STRING", ""))).get("sid", [""])[0]


def _length(body: bytes) -> tuple[str, str]:
    return "Content-Length", str(len(body))


def _few_words(
    status: HTTPStatus, start: Start, more: Iterable[tuple[str, str]] = ()
) -> Iterable[bytes]:
    body = f"{status.phrase}\n".encode()
    given = [("Content-Type", "text/plain; charset=utf-8"), _length(body), *more]
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        given.append(("Allow", "GET, POST"))
    start(f"{status.value} {status.phrase}", given)
    return [body]
