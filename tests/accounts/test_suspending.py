"""What a running site does to sockets and requests that it must not serve."""

import socket
from collections.abc import Callable
from contextlib import closing, suppress

import pytest
import socketio

from peer.accounts import service
from peer.core import work
from tests.cast import Cast
from tests.plugins.site import Site
from tests.plugins.sockets import Socket


@pytest.mark.parametrize("cookie", ["", "a.words", "not-a-token"])
def test_socket_without_a_session_is_refused_and_told_no_more(live: Site, cookie: str) -> None:
    page, told = socketio.Client(reconnection=False), []
    page.on("connect_error", told.append)
    with pytest.raises(socketio.exceptions.ConnectionError):
        page.connect(live.url, headers={"Cookie": f"s={cookie}"})
    assert told == [{"message": "refused", "data": {"reason": "ended"}}]


def test_suspended_person_is_told_and_cut_by_another_process(
    open_socket: Callable[..., Socket], cast: Cast
) -> None:
    guest = cast.newcomer()
    zed, noor = open_socket(guest), open_socket("noor")
    with work.begin():
        service.suspend(guest.id, by=cast.mo, days=None)
    assert zed.wait_for("session:ended") == {"reason": "suspended"}
    zed.wait_until_cut()
    assert noor.client.connected


@pytest.mark.parametrize("event", ["room:typing", "message:post"])
def test_suspended_person_whose_event_is_quicker_than_the_word_hears_why(
    open_socket: Callable[..., Socket], cast: Cast, event: str
) -> None:
    guest = cast.newcomer()
    page = open_socket(guest)
    with work.begin():
        service.suspend(guest.id, by=cast.mo, days=None)
    with suppress(socketio.exceptions.SocketIOError):  # cut before it is answered
        page.send(event, room="anywhere", text="hello", nonce="n" * 16)
    page.wait_until_cut()
    assert [said for name, said in page.heard if name == "session:ended"][:1] == [
        {"reason": "suspended"}
    ]


def test_unknown_events_are_refused(open_socket: Callable[..., Socket]) -> None:
    assert open_socket("noor").send("room:explode")["error"]["code"] == "forbidden"


@pytest.mark.parametrize(
    "lengths",
    [
        "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Content-Length: 6\r\nContent-Length: 0\r\n\r\nabcdef",
        "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        "Content-Length: +6\r\n\r\nabcdef",
    ],
)
def test_request_of_doubtful_length_is_refused_and_hides_no_other(live: Site, lengths: str) -> None:
    smuggled = "GET /healthz HTTP/1.1\r\nHost: here\r\n\r\n"
    with closing(socket.create_connection(("127.0.0.1", live.port), timeout=5)) as line:
        line.sendall(f"POST /sign-in HTTP/1.1\r\nHost: here\r\n{lengths}{smuggled}".encode())
        said = b"".join(iter(lambda: line.recv(65_536), b""))
    assert said.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 501 "))
    assert said.count(b"HTTP/1.1 ") == 1
