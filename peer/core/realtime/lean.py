"""Websockets without detours: what comes is read frame by frame, what goes out is written at once.

The library underneath makes a frame for every recipient, puts it into a queue and wakes a task to
send it. Here a frame is made once for everybody, and written straight to the socket; only what a
reader is too slow to take waits, in order, and not without end (docs/realtime.md has the
figures). PEER_SOCKETS=stock goes the library's own way.

What is leaned on that the libraries do not promise is held by tests/core/test_lean.py.
"""

from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from socket import SHUT_RDWR, SHUT_WR, SO_SNDBUF, SOL_SOCKET
from typing import Any

import gevent
from engineio import exceptions
from engineio.packet import MESSAGE, NOOP, Packet
from gevent import socket as sockets
from gevent.hub import Waiter

from peer.core import metrics
from peer.core.realtime import frames
from peer.core.realtime.frames import Broken

SILENCE = 45.0  # seconds in which a reader has to take something of what waits
BACKLOG = 400_000  # bytes for somebody who does not read them: about a thousand messages
IN_THE_SYSTEM = 131_072  # and bytes that the system holds for them: left to itself, megabytes
PARTING, SWALLOWED = 1.0, 262_144  # seconds, and bytes, for somebody who is turned away
READING = 1  # what the loop is to watch a socket for
AT_A_TIME = 16_384  # bytes read at once: more waits where it came from
TOGETHER = 64  # writes to one reader that are sent at once


class _Turn:
    """Has what is written to lines in one turn of the loop sent at its end, each line's in one go.

    Whoever says something in a room is sent what was said there and, a moment after, their answer.
    """

    def __init__(self) -> None:
        self._lines: deque[Line] = deque()

    def ends_for(self, line: "Line") -> None:
        """Send what was written to `line` when those who are to be woken now have had their say."""
        self._lines.append(line)
        if len(self._lines) == 1:
            run = gevent.get_hub().loop.run_callback
            run(run, self._end)  # behind whoever is woken already

    def _end(self) -> None:
        try:
            while self._lines:
                self._lines.popleft().send_now()
        finally:
            if self._lines:  # one failed: the others' turn ends all the same
                gevent.get_hub().loop.run_callback(self._end)


_turn = _Turn()


class Line:
    """One open websocket. Writing never waits: what does not fit is sent when there is room."""

    __slots__ = (
        "_backlog",
        "_fresh",
        "_full",
        "_raw",
        "_readable",
        "_reader",
        "_sock",
        "_waiting",
        "closed",
        "on_overflow",
        "reader",
    )

    def __init__(self, sock: Any, largest: int) -> None:
        self._sock = sock
        self._raw = sock._sock  # gevent's own socket underneath: it never blocks
        self._backlog: deque[bytes] = deque()
        self._fresh: list[bytes] = []  # written in this turn of the loop
        self._waiting = 0
        self._full = False  # a frame may have been sent in part: nothing may follow it
        self._readable: Any = None  # the loop's watch over what comes
        self._reader: Waiter[None] | None = None  # who waits for it
        self.reader = frames.Reader(largest)
        self.closed = False
        self.on_overflow: Callable[[], None] = self.cut

    def write(self, data: bytes) -> None:
        """Send frames, after all that still waits; a reader who lets too much wait is cut."""
        if self.closed or self._full:
            return
        if self._backlog:
            self._keep(data)
            return
        if not self._fresh:
            _turn.ends_for(self)
        self._fresh.append(data)
        if len(self._fresh) >= TOGETHER:
            self.send_now()

    def send_now(self) -> None:
        """Send what was written in this turn of the loop, as far as the reader takes it."""
        if not self._fresh:
            return
        data, self._fresh = b"".join(self._fresh), []
        try:
            sent = self._raw.send(data)
        except BlockingIOError:
            sent = 0
        except OSError:
            self.cut()
            return
        if sent < len(data):
            self._keep(data[sent:])
            gevent.spawn(self._send_backlog)

    def _keep(self, data: bytes) -> None:
        self._backlog.append(data)
        self._waiting += len(data)
        if self._waiting > BACKLOG:
            self._full = True
            self._drop()
            self.on_overflow()

    def _send_backlog(self) -> None:
        """Send what waits as the reader takes it; one who takes nothing for long is cut."""
        try:
            while self._backlog and not self.closed:
                sockets.wait_write(self._sock.fileno(), timeout=SILENCE)
                if not self._backlog:
                    return  # too much waited meanwhile, or it has ended
                data = self._backlog[0]
                sent = self._raw.send(data)
                self._waiting -= sent
                if sent < len(data):
                    self._backlog[0] = data[sent:]
                else:
                    self._backlog.popleft()
        except BlockingIOError:
            gevent.spawn(self._send_backlog)
        except OSError:  # gone, or has taken nothing in all this time
            self.cut()

    def read(self) -> bytes:
        """Wait for what comes next; nothing when the other side has gone.

        The loop is told once that somebody reads here, and again only after something came while
        nobody did. It waits first: after an event there is mostly nothing yet. Whoever ends this
        shuts the socket down; one that is closed would not wake who reads.
        """
        if self._readable is None:
            self._readable = gevent.get_hub().loop.io(self._raw.fileno(), READING)
        while True:
            if not self._readable.active:
                self._readable.start(self._has_come)
            self._reader = Waiter()
            try:
                self._reader.get()
            finally:
                self._reader = None
            with suppress(BlockingIOError):
                found: bytes = self._raw.recv(AT_A_TIME)
                return found

    def _has_come(self) -> None:
        if self._reader is not None:
            self._reader.switch(None)
        elif self._readable is not None:
            self._readable.stop()  # whoever reads next asks for it again

    def read_no_more(self) -> None:
        """Let go of what `read` waits with."""
        if self._readable is not None:
            self._readable.close()
            self._readable = None

    def close(self, code: int) -> None:
        """Say goodbye, if that can be said at once, and end."""
        if not self._backlog:
            self.write(frames.closing(code))
        self.cut()

    def turn_away(self, code: int) -> None:
        """Say why and end. A little of what still comes is taken: else the reason were lost."""
        self.write(frames.closing(code))
        self.send_now()
        self._sock.settimeout(PARTING)
        with suppress(OSError):
            self._sock.shutdown(SHUT_WR)
            for _ in range(SWALLOWED // AT_A_TIME):
                if not self._sock.recv(AT_A_TIME):
                    break
        self.cut()

    def cut(self) -> None:
        """End it at once, also under somebody who waits to send or to read."""
        if self.closed:
            return
        fresh, self._fresh = self._fresh, []
        self.closed = True
        with suppress(OSError):  # it was written before: what of it can be sent is sent
            if fresh and not self._backlog:
                self._raw.send(b"".join(fresh))
        self._drop()
        with suppress(OSError):  # it was gone
            self._sock.shutdown(SHUT_RDWR)

    def _drop(self) -> None:
        self._backlog.clear()
        self._fresh.clear()
        self._waiting = 0

    @property
    def waiting(self) -> int:
        """How many bytes the reader has yet to take."""
        return self._waiting


class LeanWire:
    """Speaks one websocket connection, in place of the library's own class and its handler."""

    def __init__(self, handler: Any, server: Any) -> None:
        self._connection = handler.__self__
        self._server = server

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Speak until either side ends it; always ends as an answered request."""
        answer = frames.greeting(environ)
        if answer is None:
            metrics.refused("malformed")
            start_response("400 Bad Request", [("Content-Type", "text/plain")])
            return [b"Bad Request\n"]
        sock = environ["gunicorn.socket"]
        sock.setsockopt(SOL_SOCKET, SO_SNDBUF, IN_THE_SYSTEM)
        sock.settimeout(None)  # whoever answers no ping is closed by the library's own watch
        line = Line(sock, self._server.max_http_buffer_size)
        connection = self._connection
        line.write(answer)
        try:
            if not connection.connected or self._moves_over(line):
                self._speak(line)
        except Broken as broken:
            metrics.refused("large" if broken.code == frames.TOO_LARGE else "malformed")
            line.turn_away(broken.code)
        except (OSError, EOFError):
            pass  # they have gone
        finally:
            line.read_no_more()
            if connection.upgraded:  # else it was a try, and polling goes on
                connection.close(wait=False, abort=True)
            line.cut()
        raise StopIteration  # gunicorn: the connection is no longer yours

    def _moves_over(self, line: Line) -> bool:
        """Take over a connection that began by polling; whether its page really did."""
        connection = self._connection
        if connection.upgraded:
            raise Broken(frames.NO_SENSE)
        connection.upgrading = True
        try:
            if self._text(line) != "2probe":
                return False
            line.write(frames.text_frame("3probe"))
            connection.queue.put(Packet(NOOP))  # ends the request that waits for news
            return self._text(line) == "5"
        finally:
            connection.upgrading = False

    def _text(self, line: Line) -> str:
        """The next message, while there is nothing else to come."""
        while data := line.read():
            for opcode, payload in line.reader.feed(data):
                if opcode == frames.TEXT:
                    return _decoded(payload)
                _mind(line, opcode, payload)
        raise EOFError

    def _speak(self, line: Line) -> None:
        connection = self._connection
        connection.connected = connection.upgraded = True
        connection.queue.goes_over(line)
        for opcode, payload in line.reader.feed(b""):
            self._hear(line, opcode, payload)
        while data := line.read():
            for opcode, payload in line.reader.feed(data):
                self._hear(line, opcode, payload)
                if line.reader.has_more:
                    gevent.sleep(0)  # one message each in turn, whoever sends how many
            if connection.closed:
                return

    def _hear(self, line: Line, opcode: int, payload: bytes) -> None:
        """One message: an event goes to who listens, the rest is the library's."""
        connection = self._connection
        if connection.closed:
            raise EOFError
        if opcode == frames.TEXT:
            text = _decoded(payload)
            if text.startswith("4"):
                self._server.handlers["message"](connection.sid, text[1:])
                return
            with suppress(exceptions.UnknownPacketError, exceptions.SocketIsClosedError):
                try:
                    packet = Packet(encoded_packet=text)
                except ValueError:
                    raise Broken(frames.NO_SENSE) from None
                connection.receive(packet)
        elif opcode == frames.BINARY:
            self._server.handlers["message"](connection.sid, payload)
        else:
            _mind(line, opcode, payload)


def _decoded(payload: bytes) -> str:
    try:
        return payload.decode()
    except UnicodeDecodeError:
        raise Broken(frames.NO_TEXT) from None


def _mind(line: Line, opcode: int, payload: bytes) -> None:
    """Answer what a browser's own machinery asks."""
    if opcode == frames.PING:
        line.write(frames.frame(frames.PONG, payload))
    elif opcode == frames.CLOSE:
        line.close(frames.GOING_AWAY if len(payload) < 2 else int.from_bytes(payload[:2], "big"))
        raise EOFError


def packet_frame(packet: Any) -> bytes:
    """A packet of the library as a frame; ours are text alone."""
    encoded = packet.encode()
    if isinstance(encoded, bytes):
        return frames.frame(frames.BINARY, encoded)
    return frames.text_frame(encoded)


def event_packet(text: str) -> Any:
    """What an event's text is as a packet of the library, for pages that poll."""
    return Packet(MESSAGE, text)
