"""One client: comes, joins a room, says things one after another, and checks what it hears."""

import json
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from secrets import token_hex

from bench.crowd.wire import Broken, Frames, frame, greeting

# Everyday sentences, none of which automod minds: what it does mind waits for a moderator.
SENTENCES = (
    "I have been thinking about what you said last week, and it helped me on Tuesday morning.",
    "Thank you, that is kind. It is a long road, but I am glad that I am not alone on it.",
    "Does anybody know how to sleep when the neighbours are so loud again? I count my breath.",
    "Today was better than yesterday. I went for a walk by the river and made some soup.",
    "La semana fue larga, pero ayer pude hablar con mi hermana y eso me hizo mucho bien.",
    "I don't have the words for it yet. I will just read for a while, if that is all right.",
    "When the letter came I put it on the table for two days before I could open it.",
    "My son asked me what I do here. I said that I have friends who know what things are like.",
)
TRY_AGAIN = 0.3  # seconds after a refusal; the page waits for its person to press a button
_LETTERS = str.maketrans("0123456789", "abcdefghij")
_RUN = token_hex(4)  # what an earlier crowd sent is not sent again


def word(number: int) -> str:
    """A number in letters: figures in a text would look like somebody's telephone."""
    return "w" + str(number).translate(_LETTERS)


@dataclass
class Heard:
    """What all clients together have seen."""

    acked: dict[str, int] = field(default_factory=dict)  # nonce: seq
    refused: dict[str, int] = field(default_factory=dict)
    sent_at: dict[bytes, float] = field(default_factory=dict)
    waits: list[float] = field(default_factory=list)  # from sending to hearing, seconds
    acks: list[float] = field(default_factory=list)  # from sending to the answer, seconds
    again: list[tuple[float, "Client"]] = field(default_factory=list)  # when who tries again
    deliveries: int = 0
    doubled: int = 0
    skipped: int = 0
    cut: int = 0
    measuring: bool = False


class Client:
    """One connection of one person. `say` is what it says next, or None: it only listens."""

    def __init__(
        self, place: tuple[str, int], cookie: str, room: str, name: str, heard: Heard
    ) -> None:
        self.place, self.cookie, self.room, self.name = place, cookie, room, name
        self.heard = heard
        self.talks = False
        self.narrow = False  # little fits between it and the server: one who sleeps is noticed
        self.have: int | None = None
        self.seen: dict[int, str] = {}  # seq: token of the message
        self.joined_at = 0.0
        self.ended = ""
        self.count = 0
        self._waiting: tuple[str, str, float] | None = None  # nonce, text, since
        self._random = Random(name)
        self.on_joined: Callable[[Client], None] = lambda _: None
        self.sock: socket.socket | None = None
        self._begin()

    def _begin(self) -> None:
        self._frames, self._head = Frames(), b""
        self.state = "new"
        self._rest = b""

    # --- coming and going ---------------------------------------------------------------------

    def connect(self) -> socket.socket:
        """Begin to connect; the loop tells when something can be read or written."""
        self._begin()
        self.sock = socket.socket()
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.narrow:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8_192)
        self.sock.setblocking(False)
        self.state = "connecting"
        with suppress(BlockingIOError):
            self.sock.connect(self.place)
        return self.sock

    def connected(self) -> None:
        """The line is there: ask for a websocket."""
        assert self.sock is not None
        self.state = "greeting"
        host, port = self.place
        self._write(greeting(f"{host}:{port}", self.cookie))

    def close(self) -> None:
        """Hang up without a word."""
        if self.sock is not None:
            self.sock.close()
        self.sock, self.state = None, "gone"

    @property
    def busy(self) -> bool:
        """Whether it waits for an answer."""
        return self._waiting is not None

    # --- speaking -----------------------------------------------------------------------------

    def _write(self, data: bytes) -> None:
        assert self.sock is not None
        data = self._rest + data
        try:
            done = self.sock.send(data)
        except BlockingIOError:
            done = 0
        self._rest = data[done:]

    def flush(self) -> None:
        """Send what did not fit before."""
        if self._rest:
            rest, self._rest = self._rest, b""
            self._write(rest)

    @property
    def unsent(self) -> bool:
        """Whether there is something that did not fit."""
        return bool(self._rest)

    def event(self, name: str, data: object, ack: int) -> None:
        """Send a Socket.IO event."""
        self._write(frame(f"42{ack}{json.dumps([name, data])}".encode()))

    def speak(self) -> None:
        """Say the next thing, or what got no answer before."""
        if self._waiting is None:
            self.count += 1
            token = f"{word(int(self.name))}{word(self.count)}"
            text = f"{token} {SENTENCES[self._random.randrange(len(SENTENCES))]}"
            self._waiting = (f"{_RUN}-{self.name}-{self.count}", text, time.perf_counter())
            self.heard.sent_at[token.encode()] = self._waiting[2]
        nonce, text, _ = self._waiting
        self.event("message:post", {"room": self.room, "nonce": nonce, "text": text}, 7)

    def flood(self, number: int) -> None:
        """Say one more thing without waiting for anything."""
        if self.state == "in" and len(self._rest) < 65_536:
            told = {
                "room": self.room,
                "nonce": f"{_RUN}-f{self.name}-{number}",
                "text": word(number),
            }
            self.event("message:post", told, 9)

    # --- listening ----------------------------------------------------------------------------

    def read(self) -> bool:
        """Take what has come; False when the line has ended."""
        assert self.sock is not None
        try:
            data = self.sock.recv(262_144)
        except BlockingIOError:
            return True
        except OSError as error:
            self.ended = str(error)
            return False
        if not data:
            self.ended = self.ended or "hung up"
            return False
        if self.state == "greeting":
            self._head += data
            if b"\r\n\r\n" not in self._head:
                return True
            head, data = self._head.split(b"\r\n\r\n", 1)
            if b" 101 " not in head.split(b"\r\n", 1)[0]:
                self.ended = head.split(b"\r\n", 1)[0].decode()
                return False
            self.state = "hello"
        try:
            now = time.perf_counter()
            for text in self._frames.feed(data):
                self._hear(text, now)
        except Broken as broken:
            self.ended = str(broken)
            return False
        return True

    def _hear(self, text: bytes, now: float) -> None:
        if text.startswith(b'42["message:posted"'):
            self._hear_message(text, now)
        elif text.startswith(b"437["):
            self._hear_answer(text, now)
        elif text.startswith(b"435["):
            self._hear_joined(text, now)
        elif text.startswith(b"0"):
            self._write(frame(b"40"))
        elif text.startswith(b"40"):
            self.state = "joining"
            self.join()
        elif text == b"2":
            self._write(frame(b"3"))
        elif text.startswith((b"44", b"41")):
            raise Broken("turned away")

    def join(self) -> None:
        """Follow the room from where it was left."""
        self.event("room:join", {"room": self.room, "since": self.have}, 5)

    def _hear_message(self, text: bytes, now: float) -> None:
        at = text.index(b'"seq":') + 6
        seq = int(text[at : text.index(b",", at)])
        at = text.index(b'"text":"') + 8
        token = text[at : text.index(b'"', at)].partition(b" ")[0]
        self._note(seq, token.decode())
        heard = self.heard
        heard.deliveries += 1
        if heard.measuring:
            sent = heard.sent_at.get(token)
            if sent is not None:
                heard.waits.append(now - sent)

    def _note(self, seq: int, token: str) -> None:
        if self.have is not None and seq <= self.have:
            self.heard.doubled += 1
            return
        if self.have is not None and seq != self.have + 1:
            self.heard.skipped += 1
        self.have = seq
        self.seen[seq] = token

    def _hear_answer(self, text: bytes, now: float) -> None:
        answer = json.loads(text[3:])[0]
        if self._waiting is None:
            return
        nonce, _, since = self._waiting
        if answer["ok"]:
            self._waiting = None
            self.heard.acked[nonce] = answer["message"]["seq"]
            if self.heard.measuring:
                self.heard.acks.append(now - since)
        else:
            code = answer["error"]["code"]
            self.heard.refused[code] = self.heard.refused.get(code, 0) + 1
            self.heard.again.append((now + TRY_AGAIN, self))
            return
        if self.talks:
            self.speak()

    def _hear_joined(self, text: bytes, now: float) -> None:
        answer = json.loads(text[3:])[0]
        if not answer["ok"]:
            self.ended = str(answer)
            raise Broken(self.ended)
        returning = self.have is not None
        if returning:
            for message in answer["messages"]:
                self._note(message["seq"], message["text"].split()[0])
        self.have = answer["seq"]
        if returning and answer["more"]:  # it follows only once it has all that it missed
            self.join()
            return
        self.state, self.joined_at = "in", now
        self.on_joined(self)
        if self._waiting is not None:
            self.speak()
