"""What the warden of connections leans on in the libraries underneath, and what it does.

The first tests fail when a library changes what it does not promise; then look at wire.py.
"""

import inspect
import time
from collections.abc import Iterator
from typing import Any

import pytest
import simple_websocket
import socketio
from engineio.async_drivers import _websocket_wsgi
from engineio.async_drivers.gevent import WebSocketWSGI
from engineio.socket import Socket as Connection

from peer.core.realtime import wire
from peer.core.realtime.lean import LeanWire
from peer.core.settings import Settings

ADDRESS = {"REMOTE_ADDR": "203.0.113.9"}


@pytest.fixture
def server(core: Settings) -> Iterator[Any]:
    """A server of the library, as the site has one."""
    made = socketio.Server(async_mode="gevent")
    yield made
    made.eio.sockets.clear()


@pytest.fixture(params=["lean", "stock"])
def warden(server: Any, request: pytest.FixtureRequest) -> wire.Warden:
    """A warden at their post, with our own websockets and with the library's."""
    found = wire.Warden(server, lean=request.param == "lean")
    found.stand()
    return found


def opened(server: Any, warden: wire.Warden, name: str = "one", **environ: str) -> Any:
    """A connection that wants to open."""
    connection = server.eio.sockets[name] = Connection(server.eio, name)
    if warden.connect(name, {**ADDRESS, **environ}) is False:
        del server.eio.sockets[name]
        return None
    return connection


def test_the_library_underneath_is_as_the_warden_knows_it(server: Any) -> None:
    assert set(server.eio.handlers) >= {"connect", "message", "disconnect"}
    assert server.eio._async["websocket"] is WebSocketWSGI
    assert Connection(server.eio, "x").queue is not None
    assert "max_message_size" in inspect.signature(simple_websocket.Server.__init__).parameters
    made = WebSocketWSGI(Connection(server.eio, "x")._websocket_handler, server.eio)
    assert made.app.__self__.sid == "x"
    assert isinstance(made.server_args, dict)
    source = inspect.getsource(_websocket_wsgi.SimpleWebSocketWSGI.__call__)
    assert "simple_websocket.Server(environ, **self.server_args)" in source
    assert "self.sock.send(" in inspect.getsource(simple_websocket.Server.send)
    assert callable(server.manager.sid_from_eio_sid)


def test_every_connection_gets_the_hardened_parts(server: Any, warden: wire.Warden) -> None:
    connection = opened(server, warden)
    assert isinstance(connection.queue, wire.Outbox)
    assert server.eio._async["websocket"] is (LeanWire if warden.is_lean else wire.Wire)


def test_a_reader_who_does_not_read_is_cut_and_takes_little_room(
    server: Any, warden: wire.Warden, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, quick = opened(server, warden, "slow"), opened(server, warden, "quick")
    for _ in range(wire.WAITING + 500):
        server.eio.send("slow", "news")
    assert slow.queue.qsize() <= wire.WAITING + 1
    server.sleep(0.05)
    assert slow.closed
    assert not quick.closed
    assert warden.count == 1


def test_whoever_sends_without_end_is_cut(
    server: Any, warden: wire.Warden, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "FRAMES", wire.QUICK + 5)
    loud, other = opened(server, warden, "loud"), opened(server, warden, "other")
    server.manager.connect("loud", "/")
    for _ in range(wire.FRAMES + 1):
        warden.message("loud", '2["nothing",{}]')
    server.sleep(0.05)
    assert loud.closed
    assert not other.closed


def test_whoever_sends_fast_is_made_to_wait_and_alone(server: Any, warden: wire.Warden) -> None:
    opened(server, warden, "loud"), opened(server, warden, "other")
    server.manager.connect("loud", "/")

    def takes(name: str, frames: int) -> float:
        began = time.monotonic()
        for _ in range(frames):
            warden.message(name, '2["nothing",{}]')
        return time.monotonic() - began

    quick, slow = takes("loud", wire.QUICK), takes("loud", 5)
    assert slow >= 5 * wire.PAUSE > quick / wire.QUICK
    assert takes("other", 5) < 5 * wire.PAUSE


@pytest.mark.parametrize(
    "packet", ["", "x", "2", "2{}", "2/admin,[]", "3[]", '51-["x"]', "6[]", "2" + "1" * 16 + "[]"]
)
def test_a_packet_nobody_can_read_is_passed_over_and_many_of_them_end_the_connection(
    server: Any, warden: wire.Warden, packet: str
) -> None:
    reached: list[object] = []
    warden._message = lambda *told: reached.append(told)
    broken = opened(server, warden)
    for _ in range(wire.BROKEN - 1):
        warden.message("one", packet)
    assert not broken.closed
    warden.message("one", packet)
    server.sleep(0.05)
    assert broken.closed
    assert reached == []


def test_binary_packets_end_the_connection_at_once(server: Any, warden: wire.Warden) -> None:
    connection = opened(server, warden)
    warden.message("one", b"\x00")
    server.sleep(0.05)
    assert connection.closed


def test_whoever_does_not_say_who_they_are_is_cut(
    server: Any, warden: wire.Warden, monkeypatch: pytest.MonkeyPatch
) -> None:
    talking = opened(server, warden, "talking")
    for _ in range(wire.STRANGERS + 1):
        warden.message("talking", '2["nothing",{}]')
    server.sleep(0.05)
    assert talking.closed
    silent = opened(server, warden, "silent")
    greeted = opened(server, warden, "greeted")
    server.manager.connect("greeted", "/")
    warden.look_round()
    assert warden.count == 2
    monkeypatch.setattr(wire, "GREETING", 0.0)
    warden.look_round()
    server.sleep(0.05)
    assert silent.closed
    assert not greeted.closed


def test_a_place_and_the_whole_have_only_so_many(
    server: Any, warden: wire.Warden, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "OF_A_PLACE", 2)
    monkeypatch.setattr(wire, "AT_ONCE", 3)
    assert opened(server, warden, "a")
    assert opened(server, warden, "b")
    assert opened(server, warden, "c") is None
    assert opened(server, warden, "d", REMOTE_ADDR="203.0.113.10")
    assert opened(server, warden, "e", REMOTE_ADDR="203.0.113.11") is None
    warden.disconnect("a", "gone")
    assert opened(server, warden, "f")


class Line:
    """A socket that takes a few bytes at a time."""

    def __init__(self) -> None:
        self.sent, self.timeout = b"", 0.0

    def settimeout(self, seconds: float) -> None:
        self.timeout = seconds

    def sendall(self, data: bytes) -> None:
        self.sent += data

    def send(self, data: bytes) -> int:
        raise AssertionError("a part would be sent, and the rest forgotten")


class Quiet:
    """A wire on which nothing waits."""

    unread = 0


def test_a_frame_is_sent_whole() -> None:
    line = Line()
    assert wire.Pipe(line, Quiet()).send(b"x" * 100_000) == 100_000
    assert len(line.sent) == 100_000
    assert line.timeout == wire.SILENCE
