"""What may be written down: lines of fixed words and numbers, and nothing else, ever.

A line is made of the keys below, each with its own shape; whatever has another shape, or another
key, is left out before anything is written. So no text, name, address, agent or message of an
exception can reach the log, whoever passes it here by mistake. Libraries log through the same
sieve: what is kept of their lines is who spoke, how loudly, and where in the code.
"""

import io
import logging
import re
import sys
import threading
import time
import traceback
import warnings
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, TextIO

import structlog

# Every sentence that the log knows. A test holds that no code says another.
EVENTS = frozenset(
    {
        "account_erased",
        "address_in_use",
        "crashed",
        "data_taken",
        "effect_failed",
        "erased",
        "erasing_failed",
        "event_failed",
        "event_refused",
        "expired",
        "greenlet_crashed",
        "job",
        "library_said",
        "listener_failed",
        "page_failed",
        "page_refused",
        "passphrase_changed",
        "proof_failed",
        "recovered",
        "redis_away",
        "request_failed",
        "round_failed",
        "round_unpriced",
        "round_unexplained",
        "sign_in_failed",
        "signed_in",
        "signed_out",
        "socket_failed",
        "socket_refused",
        "storing_failed",
        "stray_output",
        "thread_crashed",
        "uncover_failed",
        "unlisted",
        "worker_exited",
        "worker_killed",
        "worker_timeout",
    }
)
LIBRARIES = frozenset(
    [
        "alembic",
        "asyncio",
        "babel",
        "concurrent",
        "engineio",
        "flask_babel",
        "flask_wtf",
        "gevent",
        "gunicorn",
        "huey",
        "limits",
        "peer",
        "prometheus_client",
        "py",
        "redis",
        "socketio",
        "sqlalchemy",
        "urllib3",
        "webauthn",
        "werkzeug",
        "wsproto",
    ]
)
# What libraries say in fixed words, where an operator has to know: their sentence, and ours.
SAID = {
    "Connection in use: %s": "address_in_use",
    "WORKER TIMEOUT (pid:%s)": "worker_timeout",
    "Worker (pid:%s) was sent %s!": "worker_killed",
    "Worker (pid:%s) exited with code %s.": "worker_exited",
}
_STEPS = re.compile(r"[\w.-]{1,60}\.pyx?:\d{1,6}( > [\w.-]{1,60}\.pyx?:\d{1,6}){0,7}")
_NAME = re.compile(r"[A-Za-z_][\w.<>]{0,119}")
_SIGN = re.compile(r"[0-9a-f]{16}|-")
_OFTEN = 30  # the same line so many times a minute says enough

Line = MutableMapping[str, Any]
Shape = Callable[[str, Any], object | None]

# Why something was refused and how somebody came in, beside the codes of our errors.
WHY = frozenset(["-", "shut", "forged", "elsewhere", "origin"])
HOW = frozenset(["passphrase", "code", "passkey", "recovery"])

_known: dict[str, set[str]] = {
    "event": set(EVENTS),
    "library": {*LIBRARIES, "other"},
    "why": set(WHY),
    "how": set(HOW),
    "endpoint": {"nowhere"},
}


def know(key: str, words: Iterable[str]) -> None:
    """From now on `words` may stand under `key`: names of pages, events, jobs, listeners."""
    _known.setdefault(key, set()).update(words)


def _word(key: str, value: Any) -> str | None:
    """A word that was made known for this key."""
    return value if isinstance(value, str) and value in _known.get(key, ()) else None


def _number(_key: str, value: Any) -> int | float | None:
    return value if type(value) in {int, float} else None


def _error(_key: str, value: Any) -> str | None:
    """The name of a class of exceptions that this process has."""
    if isinstance(value, type) and issubclass(value, BaseException):
        return value.__name__
    return value if isinstance(value, str) and value in _error_names() else None


def _error_names() -> set[str]:
    found: set[str] = set()
    waiting: list[type[BaseException]] = [BaseException]
    while waiting:
        each = waiting.pop()
        if each.__name__ not in found:
            found.add(each.__name__)
            waiting.extend(each.__subclasses__())
    return found


def _why(key: str, value: Any) -> str | None:
    """A reason of ours, or the class of an error."""
    return _word(key, value) or _error(key, value)


def _place(_key: str, value: Any) -> str | None:
    """Files and lines of code, without any path; or a page, or an event."""
    if isinstance(value, str) and _STEPS.fullmatch(value):
        return value
    return _word("endpoint", value) or _word("event_name", value)


def _code(_key: str, value: Any) -> str | None:
    """The name of a function; given as the function itself, so that no text can pass for one."""
    name = getattr(value, "__qualname__", "") if callable(value) else ""
    return name if isinstance(name, str) and _NAME.fullmatch(name) else None


def _sign(_key: str, value: Any) -> str | None:
    """Sixteen hex figures of a keyed hash that changes every day (core.watch), or nobody."""
    return value if isinstance(value, str) and _SIGN.fullmatch(value) else None


KEYS: Mapping[str, Shape] = {
    "event": _word,
    "library": _word,
    "endpoint": _word,
    "event_name": _word,
    "job": _word,
    "what": _word,
    "listener": _word,
    "kind": _error,
    "where": _place,
    "effect": _code,
    "why": _why,
    "how": _word,
    "who": _sign,
    "status": _number,
    "count": _number,
    "seconds": _number,
    "port": _number,
}


def only_allowed(_logger: Any, _method: str, line: Line) -> Line:
    """Keep of a line what has an allowed key and the shape of that key."""
    told = line.pop("exc_info", None)
    if told:
        error = told if isinstance(told, BaseException) else sys.exc_info()[1]
        if error is not None:
            line.setdefault("kind", type(error))
            line.setdefault("where", where(error.__traceback__))
    kept = {
        key: shown
        for key, shape in KEYS.items()
        if key in line and (shown := shape(key, line[key])) is not None
    }
    kept.setdefault("event", "unlisted")
    return kept


def where(steps: TracebackType | None) -> str:
    """File and line of the last steps, without the message: that may hold what was written."""
    last = traceback.extract_tb(steps)[-6:]
    return " > ".join(f"{Path(step.filename).name}:{step.lineno}" for step in last)


class _Often:
    """Lets the same line through so often a minute; then it says how many more there were."""

    def __init__(self) -> None:
        self._minute = 0
        self._seen: dict[str, int] = {}
        self._more: dict[str, int] = {}

    def __call__(self, _logger: Any, _method: str, line: Line) -> Line:
        minute = int(time.monotonic() // 60)
        if minute != self._minute:
            self._minute, self._seen = minute, {}
            self._more = {key: more for key, more in self._more.items() if more}
        # Whoever tries under a thousand names is one flood, not a thousand people.
        same = sorted((name, str(value)) for name, value in line.items() if name != "who")
        key = repr(same)
        self._seen[key] = self._seen.get(key, 0) + 1
        if self._seen[key] > _OFTEN:
            self._more[key] = self._more.get(key, 0) + 1
            raise structlog.DropEvent
        held_back = self._more.pop(key, 0)
        return {**line, "count": held_back} if held_back and "count" not in line else line


_written_to: TextIO | None = None  # standard output as it was, once strays are kept from it


class _Lines:
    """Writes finished lines on standard output."""

    def __init__(self, *_name: object) -> None:
        pass

    def msg(self, line: str) -> None:
        """Write one line."""
        out = _written_to or sys.stdout
        try:
            out.write(line + "\n")
            out.flush()
        except (OSError, ValueError):
            pass  # nobody listens any more

    debug = info = warning = error = critical = exception = log = msg


def configure() -> None:
    """Have every line of ours and of libraries go through the sieve."""
    structlog.configure(
        processors=[
            only_allowed,
            _Often(),
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="%Y-%m-%dT%H:%M:%SZ", utc=True),
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=_Lines,
    )
    if not any(isinstance(handler, _Listener) for handler in logging.root.handlers):
        logging.root.addHandler(_Listener())
    # These two give themselves a handler of their own unless somebody has set their level.
    for name in ("engineio.server", "socketio.server"):
        logging.getLogger(name).setLevel(logging.ERROR)


class _Listener(logging.Handler):
    """Hears what libraries log, and passes on who spoke and where, never what was said."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line about `record`."""
        library = record.name.partition(".")[0]
        said = SAID.get(record.msg, "library_said") if isinstance(record.msg, str) else ""
        line: dict[str, Any] = {"library": library if library in LIBRARIES else "other"}
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            line |= {"kind": type(error), "where": where(error.__traceback__)}
        else:
            line["where"] = f"{record.filename}:{record.lineno}"
        logger = structlog.get_logger("library")
        loud = record.levelno >= logging.ERROR
        (logger.error if loud else logger.warning)(said or "library_said", **line)


class _Strays(io.TextIOBase):
    """Stands in for a standard stream: what is printed past the log is not written."""

    def __init__(self, number: int) -> None:
        self._number = number

    def fileno(self) -> int:
        """The number of the real stream, for those who hand it to a child."""
        return self._number

    def writable(self) -> bool:
        """Yes, into nothing."""
        return True

    def write(self, text: str) -> int:
        """Say where in the code somebody printed; what it was is dropped."""
        if text.strip():
            structlog.get_logger("strays").warning("stray_output", where=_caller(sys._getframe(1)))
        return len(text)


def _caller(frame: FrameType | None) -> str:
    """File and line of whoever prints, past the library code that prints for others."""
    while frame is not None and Path(frame.f_code.co_filename).name in {"traceback.py", "logs.py"}:
        frame = frame.f_back
    return f"{Path(frame.f_code.co_filename).name}:{frame.f_lineno}" if frame is not None else ""


def take_over() -> None:
    """In a serving process: nothing reaches the standard streams but through the sieve."""
    global _written_to
    configure()
    watch_crashes()
    logging.raiseExceptions = False  # a failing handler would print the line it failed on
    logging.lastResort = None
    logging.root.setLevel(logging.WARNING)
    logging.root.handlers = [each for each in logging.root.handlers if isinstance(each, _Listener)]
    for logger in logging.root.manager.loggerDict.values():
        if isinstance(logger, logging.Logger):
            logger.handlers.clear()
            logger.propagate = True
    warnings.simplefilter("ignore")  # their words are for whoever develops
    if _written_to is None:
        _written_to = sys.stdout
        sys.stdout, sys.stderr = _Strays(1), _Strays(2)


def watch_crashes() -> None:
    """Have Python, its threads and gevent tell of a crash in a line instead of a traceback."""
    sys.excepthook = lambda kind, _error, steps: _crashed("crashed", kind, steps)
    sys.unraisablehook = lambda told: _crashed("crashed", told.exc_type, told.exc_traceback)
    threading.excepthook = lambda told: _crashed(
        "thread_crashed", told.exc_type, told.exc_traceback
    )
    from gevent.hub import Hub

    def print_exception(_hub: Any, _context: Any, kind: Any, error: Any, steps: Any) -> None:
        _crashed("greenlet_crashed", kind or type(error), steps)

    Hub.print_exception = print_exception  # type: ignore[method-assign, assignment]


def _crashed(event: str, kind: Any, steps: Any) -> None:
    if isinstance(kind, type) and issubclass(kind, KeyboardInterrupt):
        return
    found = where(steps) if isinstance(steps, TracebackType) else ""
    structlog.get_logger("crashes").error(event, kind=kind, where=found)
