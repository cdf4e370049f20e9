"""What goes out to many: encoded once, framed once, and written to each of them in one go."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from peer.core.realtime.frames import text_frame
from peer.core.realtime.lean import event_packet

_slowly = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _encode(payload: Any) -> str:
    try:
        return orjson.dumps(payload).decode()
    except TypeError:  # keys that are names of a list of ours, half characters: slower, but it goes
        return _slowly(payload)


def event_text(event: str, payload: Any) -> str:
    """An event as Socket.IO writes it down."""
    return f"2[{_encode(event)},{_encode(payload)}]"


def answer_text(number: str, answer: Any) -> str:
    """The acknowledgement of the event with this number."""
    return f"3{number}[{_encode(answer)}]"


def send_one(text: str, connection: Any) -> None:
    """Send one text to one connection, if it is still there."""
    if connection is None or connection.closed:
        return
    line = getattr(connection.queue, "line", None)
    if line is None:  # polls, or goes the library's way
        connection.send(event_packet(text))
    else:
        line.write(text_frame(f"4{text}"))


class Parcel:
    """A few events that go to the same people, in order. `texts` as `event_text` makes them."""

    __slots__ = ("_data", "_frames", "_texts")

    def __init__(self, texts: Sequence[str], frames: Sequence[bytes] = ()) -> None:
        self._texts = list(texts)
        self._frames = list(frames)
        self._data = b""

    def with_others(self, others: Mapping[int, str]) -> "Parcel":
        """The same but for the texts at some places; what stays is not framed again."""
        texts, frames = list(self._texts), list(self._framed())
        for place, text in others.items():
            texts[place], frames[place] = text, text_frame(f"4{text}")
        return Parcel(texts, frames)

    def _framed(self) -> list[bytes]:
        if not self._frames:
            self._frames = [text_frame(f"4{text}") for text in self._texts]
        return self._frames

    def send(self, connection: Any) -> None:
        """Send all of it to one connection, if it is still there."""
        if connection is None or connection.closed:
            return
        line = getattr(connection.queue, "line", None)
        if line is None:  # polls, or goes the library's way
            for text in self._texts:
                connection.send(event_packet(text))
            return
        if not self._data:
            self._data = b"".join(self._framed())
        line.write(self._data)
