"""What nobody who means well sends to a server, and what came of it."""

import socket
import struct
from contextlib import ExitStack, suppress
from pathlib import Path
from urllib.parse import urlsplit

from bench.crowd.wire import frame, greeting

HUGE = 60_000_000
MANY = 200
# After the greeting: no mask, a reserved bit, a control frame in parts, no UTF-8, no Socket.IO, events
# before anybody said who they are.
MALFORMED = (
    b"\x81\x02hi",
    b"\xf1\x82\x00\x00\x00\x00hi",
    b"\x09\x80\x00\x00\x00\x00",
    frame(b"\xff\xfe\xfd"),
    frame(b"\x00\x01", opcode=2),
    frame(b"9" * 50),
    b'\x81\xa0\x00\x00\x00\x00["message:post",',
    frame(b'42["message:post",{"room":"x","nonce":"n","text":"x"}]'),
    frame(b'421["room:join",{"room":"x","since":null}]'),
)


def _line(address: str, token: str) -> socket.socket:
    place = urlsplit(address)
    assert place.hostname
    assert place.port
    line = socket.create_connection((place.hostname, place.port), timeout=20)
    line.sendall(greeting(f"{place.hostname}:{place.port}", f"s={token}"))
    return line


def _open_line(address: str, token: str) -> socket.socket:
    """One that has been greeted back."""
    line, told = _line(address, token), b""
    while b"\r\n\r\n" not in told and (data := line.recv(4_096)):
        told += data
    return line


def _rest(line: socket.socket) -> bytes:
    """All that still comes, until the other side ends it."""
    found = b""
    with suppress(OSError):
        while data := line.recv(65_536):
            found += data
    return found


def memory(pid: int) -> int:
    """Its resident memory, in kB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1])


def send_a_huge_packet(address: str, token: str) -> tuple[int, bool]:
    """How many bytes of one were taken, and whether it is said that it is too large.

    Who goes on sending all the same does not get to read that: the line is cut under them.
    """
    head = b"\x81\xff" + struct.pack("!Q", HUGE) + bytes(4)
    with _open_line(address, token) as line:
        line.sendall(head + b"x" * 50_000)
        told = b"\x88\x02" + struct.pack("!H", 1009) in _rest(line)
    with _open_line(address, token) as line:
        taken = 0
        line.sendall(head)
        with suppress(OSError):
            while taken < HUGE:
                taken += line.send(b"x" * 65_536)
    return taken, told


def send_what_is_malformed(address: str, token: str) -> None:
    """One after another, each on a line of its own; whatever waits for more is left."""
    for bytes_ in MALFORMED:
        with _open_line(address, token) as line, suppress(OSError):
            line.sendall(bytes_)
            line.settimeout(0.3)
            _rest(line)


def come_all_at_once(address: str, token: str) -> None:
    """So many lines open in one moment, and hang up."""
    with ExitStack() as lines:
        for _ in range(MANY):
            lines.enter_context(_line(address, token))
