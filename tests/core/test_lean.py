"""Our own websockets: frames as the standard has them, and writing that never waits.

The first test fails when a library changes what it does not promise; then look at lean.py, or set
PEER_SOCKETS=stock until it is mended.
"""

import inspect
import socket
import struct
from collections.abc import Iterator
from typing import Any

import gevent
import pytest
import socketio
from engineio import packet
from engineio.socket import Socket as Connection
from gevent import socket as gevent_socket
from hypothesis import given, settings
from hypothesis import strategies as st

from peer.core.realtime import frames, lean
from peer.core.realtime.frames import Broken, Reader
from peer.core.realtime.parcels import Parcel, event_text
from peer.core.realtime.wire import Outbox
from peer.policy.rooms import Reaction

MASK = b"\x01\x02\x03\x04"
# RFC 6455, 1.3 and 5.7
SAMPLE_KEY, SAMPLE_ANSWER = "dGhlIHNhbXBsZSBub25jZQ==", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
SAMPLE_HELLO = bytes([0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58])


def from_browser(payload: bytes, *, opcode: int = 1, last: bool = True) -> bytes:
    """A frame as browsers send it, put together by the letter of the standard."""
    head = bytes([opcode | (0x80 if last else 0)])
    size = len(payload)
    if size < 126:
        head += bytes([0x80 | size])
    elif size < 65_536:
        head += b"\xfe" + struct.pack("!H", size)
    else:
        head += b"\xff" + struct.pack("!Q", size)
    return head + MASK + bytes(byte ^ MASK[n % 4] for n, byte in enumerate(payload))


def asking(**more: str) -> dict[str, str]:
    """What a browser asks with."""
    return {
        "HTTP_UPGRADE": "websocket",
        "HTTP_CONNECTION": "keep-alive, Upgrade",
        "HTTP_SEC_WEBSOCKET_VERSION": "13",
        "HTTP_SEC_WEBSOCKET_KEY": SAMPLE_KEY,
    } | more


def test_the_libraries_underneath_are_as_we_know_them() -> None:
    server = socketio.Server(async_mode="gevent")
    server.eio.create_queue = Outbox
    connection = Connection(server.eio, "x")
    assert isinstance(connection.queue, Outbox)
    assert {"connected", "upgraded", "upgrading", "closing", "closed"} <= set(vars(connection))
    assert packet.Packet(packet.MESSAGE, "x").encode() == "4x"
    upgrade = inspect.getsource(Connection._upgrade_websocket)
    assert "self.server._async['websocket'](" in upgrade
    assert "self._websocket_handler" in upgrade
    with gevent_socket.socket() as sock:
        assert sock._sock.gettimeout() == 0.0, "the socket underneath never blocks"
    assert callable(server.manager.get_participants)
    assert callable(server.manager.eio_sid_from_sid)


def test_a_browser_is_greeted_as_the_standard_says() -> None:
    answer = frames.greeting(asking())
    assert answer is not None
    assert f"Sec-WebSocket-Accept: {SAMPLE_ANSWER}\r\n".encode() in answer
    assert answer.startswith(b"HTTP/1.1 101 ")
    assert b"Extensions" not in answer


@pytest.mark.parametrize(
    "wrong",
    [
        {"HTTP_UPGRADE": "h2c"},
        {"HTTP_CONNECTION": "keep-alive"},
        {"HTTP_SEC_WEBSOCKET_VERSION": "8"},
        {"HTTP_SEC_WEBSOCKET_KEY": ""},
        {"HTTP_SEC_WEBSOCKET_KEY": "dGhlIHNhbXBsZQ=="},
        {"HTTP_SEC_WEBSOCKET_KEY": "not base64 at all!!!!!!!"},
    ],
)
def test_what_does_not_ask_like_a_browser_is_not_greeted(wrong: dict[str, str]) -> None:
    assert frames.greeting(asking(**wrong)) is None


def test_the_sample_of_the_standard_is_read() -> None:
    assert list(Reader(100).feed(SAMPLE_HELLO)) == [(frames.TEXT, b"Hello")]


@settings(deadline=None)
@given(
    st.lists(st.sampled_from([0, 1, 125, 126, 300, 65_535, 65_536]), max_size=4),
    st.integers(1, 70_000),
)
def test_messages_are_read_however_they_are_cut(sizes: list[int], step: int) -> None:
    payloads = [bytes(n % 251 for n in range(size)) for size in sizes]
    stream = b"".join(from_browser(payload) for payload in payloads)
    reader, found = Reader(100_000), []
    for at in range(0, len(stream), step):
        found += [payload for _, payload in reader.feed(stream[at : at + step])]
    assert found == payloads
    assert not reader.has_more


def test_a_message_in_parts_is_one_and_pings_may_come_between() -> None:
    stream = (
        from_browser(b"one ", last=False)
        + from_browser(b"?", opcode=frames.PING)
        + from_browser(b"two", opcode=frames.CONTINUED)
    )
    assert list(Reader(100).feed(stream)) == [(frames.PING, b"?"), (frames.TEXT, b"one two")]


@pytest.mark.parametrize(
    ("stream", "code"),
    [
        (b"\x81\x05Hello", frames.NO_SENSE),  # without a mask
        (b"\xc1\x80" + MASK, frames.NO_SENSE),  # an extension nobody agreed on
        (b"\x83\x80" + MASK, frames.NO_SENSE),  # an opcode there is not
        (from_browser(b"x", opcode=frames.CONTINUED), frames.NO_SENSE),
        (from_browser(b"x", last=False) + from_browser(b"y"), frames.NO_SENSE),
        (from_browser(b"x" * 126, opcode=frames.PING), frames.NO_SENSE),
        (from_browser(b"x", opcode=frames.PING, last=False), frames.NO_SENSE),
        (b"\x81\xff" + struct.pack("!Q", 60_000_000), frames.TOO_LARGE),  # its head is enough
        (from_browser(b"x" * 60, last=False) + from_browser(b"x" * 60, opcode=0), frames.TOO_LARGE),
    ],
)
def test_what_no_browser_sends_is_refused(stream: bytes, code: int) -> None:
    with pytest.raises(Broken) as refused:
        list(Reader(100).feed(stream))
    assert refused.value.code == code


@given(st.text(max_size=20), st.sampled_from([1, 10, 5_000]))
def test_what_we_send_is_what_a_browser_reads(words: str, times: int) -> None:
    text = words * times
    sent = frames.text_frame(text)
    size, start = sent[1], 2
    if size == 126:
        size, start = struct.unpack("!H", sent[2:4])[0], 4
    elif size == 127:
        size, start = struct.unpack("!Q", sent[2:10])[0], 10
    assert sent[0] == 0x81
    assert len(sent) == start + size
    assert sent[start:].decode() == text.encode("utf-8", "replace").decode()


@pytest.fixture
def pair() -> Iterator[tuple[Any, socket.socket]]:
    """The two ends of a connection: ours, and that of somebody who reads when they like."""
    ours, theirs = gevent_socket.socketpair()
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4_096)
    yield ours, theirs
    ours.close()
    theirs.close()


def test_a_slow_reader_gets_everything_whole_and_in_order(pair: tuple[Any, Any]) -> None:
    ours, theirs = pair
    line = lean.Line(ours, 100)
    sent = [frames.text_frame(f"{number:04d} {'x' * 400}") for number in range(500)]
    for each in sent:
        line.write(each)
    gevent.sleep(0)
    assert line.waiting > 0
    got = b""
    while len(got) < sum(map(len, sent)):
        got += theirs.recv(65_536)
    assert got == b"".join(sent)
    assert line.waiting == 0


def test_a_reader_who_takes_nothing_is_cut_and_holds_up_nobody(
    pair: tuple[Any, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lean, "BACKLOG", 50_000)
    line = lean.Line(pair[0], 100)
    cut: list[bool] = []
    line.on_overflow = lambda: cut.append(True)
    with gevent.Timeout(5):
        for _ in range(3_000):
            line.write(frames.text_frame("x" * 400))
    assert cut
    assert line.waiting <= 50_000
    line.cut()
    line.write(b"nothing more")


def test_nothing_follows_half_a_frame_once_a_reader_has_too_much(
    pair: tuple[Any, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lean, "BACKLOG", 50_000)
    failed: list[Any] = []
    monkeypatch.setattr(gevent.get_hub(), "handle_error", lambda *what: failed.append(what))
    ours, theirs = pair
    line = lean.Line(ours, 100)
    over: list[bool] = []
    line.on_overflow = lambda: over.append(True)  # it is ended later, by a task of its own
    each = frames.text_frame("x" * 400)
    while line.waiting + len(each) <= 50_000:
        line.write(each)
    gevent.sleep(0)  # what waits is waiting for room now
    while line.waiting + len(each) <= 50_000:
        line.write(each)
    assert not over
    line.write(each)
    assert over
    line.write(b"after that")
    gevent.sleep(0)
    got = b""
    while b"after that" not in got:
        theirs.settimeout(0.2)
        try:
            got += theirs.recv(65_536)
        except TimeoutError:
            break
        line.write(b"after that")
    assert b"after that" not in got
    gevent.sleep(0.05)
    assert failed == []
    line.cut()


def test_what_is_written_in_one_turn_is_sent_in_one_go(pair: tuple[Any, Any]) -> None:
    ours, theirs = pair
    line = lean.Line(ours, 100)
    line.write(b"first ")

    def woken() -> None:  # already, before anything was written
        line.write(b"second ")

    gevent.spawn(woken)
    with gevent.Timeout(5):
        assert theirs.recv(1000) == b"first second "
    line.write(b"third")
    line.close(frames.GOING_AWAY)
    assert theirs.recv(1000) == b"third" + frames.closing(frames.GOING_AWAY)


def test_one_line_that_fails_keeps_nothing_from_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gevent.get_hub(), "handle_error", lambda *_what: None)
    monkeypatch.setattr(lean, "BACKLOG", 100)
    pairs = [gevent_socket.socketpair() for _ in range(3)]
    lines = [lean.Line(ours, 100) for ours, _ in pairs]

    def fails() -> None:
        raise RuntimeError("whoever ends it has gone")

    lines[0].on_overflow = fails
    lines[0].write(b"x" * 9_000_000)
    for line in lines[1:]:
        line.write(b"here")
    with gevent.Timeout(5):
        assert [theirs.recv(1000) for _, theirs in pairs[1:]] == [b"here", b"here"]
    for ends in pairs:
        for end in ends:
            end.close()


def test_an_event_is_written_down_whatever_keys_it_has() -> None:
    plain = '2["a",{"glad":1,"said":"ñ"}]'
    assert event_text("a", {Reaction.GLAD: 1, "said": "ñ"}) == plain
    assert event_text("a", {"glad": 1, "said": "ñ"}) == plain
    assert frames.text_frame(event_text("a", "\ud800"))


class Polling:
    """A connection without a websocket: the library's own queue takes its packets."""

    closed = False
    queue = None

    def __init__(self) -> None:
        self.got: list[str] = []

    def send(self, sent: Any) -> None:
        self.got.append(sent.encode())


def test_a_page_that_polls_gets_the_same_events() -> None:
    texts = [event_text("a", {"n": 1}), event_text("b", {"said": "ñ"})]
    page = Polling()
    Parcel(texts).with_others({1: event_text("b", {"said": "else"})}).send(page)
    assert page.got == ['42["a",{"n":1}]', '42["b",{"said":"else"}]']


def test_a_line_gets_a_parcel_in_one_go(pair: tuple[Any, Any]) -> None:
    ours, theirs = pair
    connection = type("C", (), {"closed": False, "queue": Outbox()})()
    connection.queue.goes_over(lean.Line(ours, 100))
    Parcel([event_text("a", 1), event_text("b", 2)]).send(connection)
    assert theirs.recv(1000) == frames.text_frame('42["a",1]') + frames.text_frame('42["b",2]')
