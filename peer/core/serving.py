"""The web server as we run it: it says nothing about itself, nor about who came.

gunicorn is told of both classes on its command line (peer/serve.py). What is overridden here is
its own published way of being extended, but for the headers it adds to every answer.
"""

from typing import Any

import structlog
from gunicorn import glogging
from gunicorn.http import errors
from gunicorn.http.wsgi import Response
from gunicorn.workers.ggevent import GeventWorker

from peer.core import headers, logs

# What a request can be wrong in before any page sees it; everything else is a fault of ours.
_STATUS: tuple[tuple[type[BaseException], str], ...] = (
    (errors.LimitRequestLine, "414 URI Too Long"),
    (errors.LimitRequestHeaders, "431 Request Header Fields Too Large"),
    (errors.UnsupportedTransferCoding, "501 Not Implemented"),
    (errors.ExpectationFailed, "417 Expectation Failed"),
    (errors.ParseException, "400 Bad Request"),
    (errors.InvalidHeader, "400 Bad Request"),
)

_with_name = Response.default_headers


def _without_name(answer: Response) -> list[str]:
    """The lines gunicorn begins an answer with, but the one that names it."""
    return [line for line in _with_name(answer) if not line.startswith("Server:")]


Response.default_headers = _without_name


class Log(glogging.Logger):  # type: ignore[misc]
    """gunicorn's log, through our sieve; it keeps no record of requests."""

    def setup(self, cfg: Any) -> None:
        """Add no handler of gunicorn's own."""
        self.cfg = cfg
        self._access_log_enabled = False
        self.loglevel = self.LOG_LEVELS["warning"]
        self.error_log.setLevel(self.loglevel)
        logs.take_over()

    def reopen_files(self) -> None:
        """There are no files."""

    def close_on_exec(self) -> None:
        """There are no files."""


class Worker(GeventWorker):  # type: ignore[misc]
    """A web process. A broken request is answered in few words, and nobody is told who sent it."""

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        """Answer a request that no page could be asked about."""
        status = next((told for kind, told in _STATUS if isinstance(exc, kind)), "")
        if not status:
            status = "500 Internal Server Error"
            structlog.get_logger("web").error(
                "request_failed", kind=type(exc), where=logs.where(exc.__traceback__)
            )
        text = status.partition(" ")[2] + "\n"
        lines = [
            f"HTTP/1.1 {status}",
            "Connection: close",
            "Content-Type: text/plain; charset=utf-8",
            f"Content-Length: {len(text)}",
            *(f"{name}: {value}" for name, value in headers.manner.lines()),
        ]
        try:
            client.settimeout(5)
            client.sendall(("\r\n".join(lines) + "\r\n\r\n" + text).encode("latin-1"))
        except OSError:
            pass  # they have gone
