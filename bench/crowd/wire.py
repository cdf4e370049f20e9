"""Just enough of websockets for a client: frames out, frames in."""

import struct
from base64 import b64encode
from os import urandom

_MASK = urandom(4)


def greeting(host: str, cookie: str) -> bytes:
    """The request that opens a Socket.IO connection over a websocket."""
    lines = [
        "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1",
        f"Host: {host}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {b64encode(urandom(16)).decode()}",
        *([f"Cookie: {cookie}"] if cookie else []),
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def frame(text: bytes, *, opcode: int = 1) -> bytes:
    """One masked frame, as browsers send them."""
    size = len(text)
    head = bytes([0x80 | opcode])
    if size < 126:
        head += bytes([0x80 | size])
    elif size < 65_536:
        head += b"\xfe" + struct.pack("!H", size)
    else:
        head += b"\xff" + struct.pack("!Q", size)
    key = (_MASK * (size // 4 + 1))[:size]
    masked = (int.from_bytes(text, "big") ^ int.from_bytes(key, "big")).to_bytes(size, "big")
    return head + _MASK + masked


class Broken(Exception):
    """The server sent something that is no frame, or closed the connection."""


class Frames:
    """What has come, cut into frames."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[bytes]:
        """The text frames that are complete now; Broken when the stream is not what it should be."""
        data = self._rest + data if self._rest else data
        found, at, end = [], 0, len(data)
        while end - at >= 2:
            first, size, start = data[at], data[at + 1], at + 2
            if size == 126:
                if end - at < 4:
                    break
                size, start = data[at + 2] << 8 | data[at + 3], at + 4
            elif size == 127:
                if end - at < 10:
                    break
                size, start = int.from_bytes(data[at + 2 : at + 10], "big"), at + 10
            if end - start < size:
                break
            at = start + size
            if first == 0x81:
                found.append(data[start:at])
            elif first == 0x88:
                raise Broken(f"closed {int.from_bytes(data[start : start + 2], 'big')}")
            elif first not in {0x89, 0x8A}:
                raise Broken(f"no frame begins with {first:#x}")
        self._rest = data[at:] if at < end else b""
        return found
