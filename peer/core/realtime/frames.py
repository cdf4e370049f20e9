"""Websocket frames (RFC 6455), as far as a page of ours needs them: text in, text out.

Nothing is compressed: a few bytes could stand for a great many, and what is packed tells by its
size what is in it.
"""

import struct
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Iterator
from hashlib import sha1
from typing import Any

_MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, 1.3
CONTINUED, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
GOING_AWAY, NO_SENSE, NO_TEXT, TOO_LARGE = 1001, 1002, 1007, 1009


class Broken(Exception):
    """What came is no frame of a browser; `code` is what the connection is closed with."""

    def __init__(self, code: int) -> None:
        self.code = code
        super().__init__(str(code))


def greeting(environ: dict[str, Any]) -> bytes | None:
    """The answer that opens a websocket; None when it was not asked for as it should be."""
    key = str(environ.get("HTTP_SEC_WEBSOCKET_KEY", ""))
    asked = "upgrade" in str(environ.get("HTTP_CONNECTION", "")).lower()
    asked = asked and str(environ.get("HTTP_UPGRADE", "")).lower() == "websocket"
    try:
        fits = len(b64decode(key, validate=True)) == 16
    except (NotBase64, ValueError):
        fits = False
    if not asked or not fits or environ.get("HTTP_SEC_WEBSOCKET_VERSION") != "13":
        return None
    accepted = b64encode(sha1(f"{key}{_MAGIC}".encode(), usedforsecurity=False).digest()).decode()
    lines = [
        "HTTP/1.1 101 Switching Protocols",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Accept: {accepted}",
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def text_frame(text: str) -> bytes:
    """One frame of text, the same for everybody who gets it."""
    return frame(TEXT, text.encode("utf-8", "replace"))


def frame(opcode: int, payload: bytes) -> bytes:
    """One frame from us: whole, and without a mask, as servers send them."""
    size = len(payload)
    if size < 126:
        return bytes((0x80 | opcode, size)) + payload
    if size < 65_536:
        return struct.pack("!BBH", 0x80 | opcode, 126, size) + payload
    return struct.pack("!BBQ", 0x80 | opcode, 127, size) + payload


def closing(code: int) -> bytes:
    """The frame that ends a connection and says why."""
    return frame(CLOSE, struct.pack("!H", code))


def _unmasked(data: bytes, mask: bytes) -> bytes:
    """`data` without its mask: all of it in one go, as one large number."""
    size = len(data)
    if not size:
        return data
    key = (mask * (size // 4 + 1))[:size]
    plain = int.from_bytes(data, "big") ^ int.from_bytes(key, "big")
    return plain.to_bytes(size, "big")


class Reader:
    """Cuts what comes into messages, and refuses what is too large before it is there.

    `largest`: bytes of one message, however many frames it comes in.
    """

    __slots__ = ("_begun", "_largest", "_missing", "_opcode", "_parts", "_rest")

    def __init__(self, largest: int) -> None:
        self._largest = largest
        self._rest = b""
        self._parts: list[bytes] = []  # of a frame that comes in small pieces
        self._missing = 0  # bytes of it
        self._opcode = CONTINUED  # of a message that comes in several frames
        self._begun = b""

    @property
    def has_more(self) -> bool:
        """Whether something has come that was not looked at yet."""
        return bool(self._rest)

    def feed(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """The messages, pings and goodbyes that are complete now, as opcode and bytes."""
        if self._missing:
            self._parts.append(data)
            self._missing -= len(data)
            if self._missing > 0:
                return
            data, self._parts = b"".join([self._rest, *self._parts]), []
        elif self._rest:
            data = self._rest + data
        self._rest, self._missing = b"", 0
        at, end = 0, len(data)
        while at < end:
            found = self._frame(data, at, end)
            if found is None:
                self._rest = data[at:]
                return
            first, payload, at = found
            whole = self._whole(first, payload)
            if whole is not None:
                self._rest = data[at:]  # whoever asks for no more has lost nothing
                yield whole
        self._rest = b""

    def _frame(self, data: bytes, at: int, end: int) -> tuple[int, bytes, int] | None:
        """First byte, bytes and end of the frame at `at`; None while it is not all there."""
        if end - at < 2:
            return None
        first, size, start = data[at], data[at + 1], at + 2
        if not size & 0x80 or first & 0x70:
            raise Broken(NO_SENSE)  # browsers mask, and nothing else was agreed on
        size &= 0x7F
        if first & 0x08 and (size > 125 or not first & 0x80):
            raise Broken(NO_SENSE)
        if size > 125:
            wide = 2 if size == 126 else 8
            if end - start < wide:
                return None
            size = int.from_bytes(data[start : start + wide], "big")
            start += wide
        if size + len(self._begun) > self._largest:
            raise Broken(TOO_LARGE)
        stop = start + 4 + size
        if end < stop:
            self._missing = stop - end
            return None
        return first, _unmasked(data[start + 4 : stop], data[start : start + 4]), stop

    def _whole(self, first: int, payload: bytes) -> tuple[int, bytes] | None:
        """The message that ends with this frame, if one does."""
        opcode, last = first & 0x0F, bool(first & 0x80)
        if opcode in {CLOSE, PING, PONG}:
            return opcode, payload
        if opcode == CONTINUED:
            if self._opcode == CONTINUED:
                raise Broken(NO_SENSE)
            self._begun += payload
            if not last:
                return None
            whole = self._opcode, self._begun
            self._opcode, self._begun = CONTINUED, b""
            return whole
        if opcode not in {TEXT, BINARY} or self._opcode != CONTINUED:
            raise Broken(NO_SENSE)
        if last:
            return opcode, payload
        self._opcode, self._begun = opcode, payload
        return None
