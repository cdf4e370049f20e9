"""What comes in over a connection before any event is read from it, and what may pile up behind it.

The libraries underneath trust their clients: they read a message of any size, keep what a slow
reader does not take, and let a broken packet end in an error of theirs. Here a connection that
asks for more than a page of ours ever would is cut, alone, and nobody else notices.

Some of what is leaned on is not published by those libraries; tests/core/test_wire.py says what.
"""

import re
import time
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from socket import SHUT_RDWR
from typing import Any

import gevent
import structlog
from engineio.async_drivers.gevent import WebSocketWSGI
from gevent.lock import RLock
from gevent.queue import JoinableQueue

from peer.core import gate, limits, logs, metrics
from peer.core.realtime.frames import GOING_AWAY
from peer.core.realtime.lean import LeanWire, Line, packet_frame

LARGEST = gate.LARGEST_PACKET
WAITING = 1_000  # packets for somebody who does not read them
SILENCE = 45.0  # seconds; a page answers a ping every twenty
FRAMES, WHILE = 200, 10.0
QUICK = 60  # of those frames; the next ones wait, so that sending faster brings nothing
PAUSE = 0.05
LOOK = 0.02  # seconds until it is looked again whether what came has been dealt with
STRANGERS = 10  # frames before a connection has said which session it is of
UNREAD = 32  # messages that are read ahead; what comes after waits where it came from
BROKEN = 10  # packets that nobody could read
GREETING = 10.0  # seconds until a connection says which session it is of
FAREWELL = 3.0  # seconds to take the last words of a connection that is being ended
AT_ONCE = 2_000  # connections of the process, so that pages always find room
OF_A_PLACE = 1_500

# CONNECT, DISCONNECT and EVENT of the one namespace we have; no binary, no acknowledgements.
_PACKET = re.compile(r"(?:0(?:\{.*)?|1|2\d{0,15}\[.*)", re.DOTALL)

Hearing = Callable[[str, str], None]

log = structlog.get_logger("realtime")


class Pipe:
    """A connection's socket: sends everything or fails, and waits for nobody for ever."""

    def __init__(self, sock: Any, wire: "Wire") -> None:
        self._sock = sock
        self._wire = wire
        self._sending = RLock()  # frames of two greenlets must not mix
        sock.settimeout(SILENCE)

    def send(self, data: bytes) -> int:
        """Send all of `data`; the plain method may send a part, which corrupts the stream."""
        with self._sending:
            self._sock.sendall(data)
        return len(data)

    def recv(self, size: int) -> bytes:
        """Whatever has come; not more than is being dealt with."""
        while self._wire.unread > UNREAD:
            gevent.sleep(LOOK)
        found: bytes = self._sock.recv(size)
        return found

    def close(self) -> None:
        """Let go of it."""
        self._sock.close()

    def cut(self) -> None:
        """End it at once, also under somebody who is waiting to send."""
        with suppress(OSError):  # it was gone
            self._sock.shutdown(SHUT_RDWR)


class Outbox(JoinableQueue[Any]):
    """What waits to be sent to one connection. When it overflows, the connection is cut."""

    def __init__(self) -> None:
        super().__init__()
        self.overflow: Callable[[], None] = lambda: None
        self.line: Line | None = None

    def goes_over(self, line: Line) -> None:
        """From now on nothing waits here: it is written to `line`, after what waits already."""
        line.on_overflow = self.overflow
        while not self.empty():
            packet = self.get_nowait()
            self.task_done()
            if packet is not None:
                line.write(packet_frame(packet))
        self.line = line

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:
        """Add a packet; None, which ends the sending, always fits."""
        if self.line is not None:
            self._write(self.line, item)
            return
        if item is not None and self.qsize() >= WAITING:
            self.overflow()
            return
        super().put(item, block, timeout)

    def _write(self, line: Line, item: Any) -> None:
        if item is None:
            line.close(GOING_AWAY)
        else:
            line.write(packet_frame(item))

    def join(self, timeout: float | None = None) -> bool:
        """Wait until all is sent, but not for ever: a page that polls may never come back."""
        return bool(super().join(FAREWELL if timeout is None else timeout))


class Wire(WebSocketWSGI):  # type: ignore[misc]
    """A websocket that refuses what is too large before it has it all, and never compresses."""

    def __init__(self, handler: Any, server: Any) -> None:
        super().__init__(handler, server)
        self.server_args["max_message_size"] = LARGEST
        self._connection = handler.__self__

    @property
    def unread(self) -> int:
        """How many messages have come that nobody has looked at."""
        speaking = getattr(self, "ws", None)
        return len(speaking.input_buffer) if speaking is not None and speaking.connected else 0

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Speak until either side ends it; always ends as an answered request."""
        # A few compressed bytes may stand for a great many.
        given = {k: v for k, v in environ.items() if k != "HTTP_SEC_WEBSOCKET_EXTENSIONS"}
        pipe = given["gunicorn.socket"] = Pipe(environ["gunicorn.socket"], self)
        self._connection.pipe = pipe
        try:
            super().__call__(given, start_response)
        except StopIteration:
            pass
        except Exception:  # noqa: BLE001 - whatever it was, it came from the other side
            metrics.refused("malformed")
            self._connection.upgraded = True
        finally:
            if self._connection.upgraded:  # else it was a try, and polling goes on
                self._connection.close(wait=False, abort=True)
            pipe.cut()
        raise StopIteration  # gunicorn: the connection is no longer yours


@dataclass
class _Connection:
    """What is known of one connection."""

    place: str
    since: float = field(default_factory=time.monotonic)
    frames: int = 0
    broken: int = 0
    window: float = 0.0
    greeted: bool = False


class Warden:
    """Watches the connections of the process."""

    def __init__(self, server: Any, *, lean: bool = True) -> None:
        self._server = server
        self.is_lean = lean
        self._wire = LeanWire if lean else Wire
        self.hear: Hearing | None = None  # who takes events straight, without the library
        self._open: dict[str, _Connection] = {}
        self._places: Counter[str] = Counter()

    def stand(self) -> None:
        """Take up one's post between the connections and the events."""
        eio = self._server.eio
        eio.create_queue = Outbox
        eio._async = {**eio._async, "websocket": self._wire}
        before = dict(eio.handlers)
        self._message, self._disconnect = before["message"], before["disconnect"]
        self._connect = before["connect"]
        eio.on("connect", self.connect)
        eio.on("message", self.message)
        eio.on("disconnect", self.disconnect)

    @property
    def count(self) -> int:
        """How many connections are open."""
        return len(self._open)

    def connect(self, eio_sid: str, environ: dict[str, Any]) -> Any:
        """A connection wants to open."""
        place = limits.place_of(environ.get("REMOTE_ADDR"))
        if len(self._open) >= AT_ONCE or self._places[place] >= OF_A_PLACE:
            metrics.refused("places")
            return False
        self._open[eio_sid] = _Connection(place)
        self._places[place] += 1
        self._server.eio.sockets[eio_sid].queue.overflow = lambda: self.cut(eio_sid, "slow")
        return self._connect(eio_sid, environ)

    def message(self, eio_sid: str, data: Any) -> Any:
        """Something came in: let it through when it has the shape of a packet, and not too often."""
        known = self._open.get(eio_sid)
        if known is None:
            return None
        now = time.monotonic()
        if now - known.window > WHILE:
            known.window, known.frames = now, 0
        known.frames += 1
        if known.frames > FRAMES or (known.frames > STRANGERS and not self._greeted(eio_sid)):
            return self.cut(eio_sid, "budget")
        if known.frames > QUICK:
            self._server.sleep(PAUSE)
        elif not self.is_lean:  # one message each in turn; there the wire sees to it
            self._server.sleep(0)
        if not isinstance(data, str):
            return self.cut(eio_sid, "malformed")
        if not _PACKET.fullmatch(data):
            return self._is_broken(eio_sid, known)
        try:
            if self.hear is not None and data[0] == "2":
                return self.hear(eio_sid, data)
            return self._message(eio_sid, data)
        except (ValueError, RecursionError):
            return self._is_broken(eio_sid, known)
        except Exception as error:  # noqa: BLE001
            log.warning("socket_failed", kind=type(error), where=logs.where(error.__traceback__))
            return self._is_broken(eio_sid, known)

    def _is_broken(self, eio_sid: str, known: _Connection) -> None:
        metrics.refused("malformed")
        known.broken += 1
        if known.broken >= BROKEN:
            self.cut(eio_sid, "malformed")

    def disconnect(self, eio_sid: str, reason: Any = None) -> Any:
        """A connection has gone."""
        known = self._open.pop(eio_sid, None)
        if known is not None:
            self._places[known.place] -= 1
            if not self._places[known.place]:
                del self._places[known.place]
        return self._disconnect(eio_sid, reason)

    def cut(self, eio_sid: str, reason: str) -> None:
        """End a connection that asks for too much."""
        connection = self._server.eio.sockets.get(eio_sid)
        if connection is None or connection.closed or connection.closing:
            return
        metrics.refused(reason)
        # In a task of its own: whoever noticed may be sending to a hundred others.
        self._server.start_background_task(self._end, connection)

    def _end(self, connection: Any) -> None:
        line = connection.queue.line
        if line is not None:
            line.cut()
        connection.close(wait=False, abort=True)
        pipe = getattr(connection, "pipe", None)
        if pipe is not None:
            pipe.cut()

    def look_round(self) -> None:
        """Cut connections that have not said in time which session they are of."""
        now = time.monotonic()
        for eio_sid, known in list(self._open.items()):
            if now - known.since > GREETING and not self._greeted(eio_sid):
                self.cut(eio_sid, "slow")

    def _greeted(self, eio_sid: str) -> bool:
        """Whether a connection has said which session it is of."""
        known = self._open.get(eio_sid)
        if known is None:
            return False
        if not known.greeted:
            known.greeted = self._server.manager.sid_from_eio_sid(eio_sid, "/") is not None
        return known.greeted
