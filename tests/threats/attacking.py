"""Somebody at full speed: `python tests/threats/attacking.py PORT ADDRESS TOKEN ROOM SECONDS`.

Signs in under made-up names, tries codes, opens pages, and says things over sockets, with and
without a session, as fast as the site answers; prints how often it was answered what.
"""

import http.client
import json
import os
import re
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress

import websocket

HOST = "rooms.example.org"
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Attacker:
    """One address, many hands."""

    def __init__(self, port: int, address: str, token: str, room: str, seconds: float) -> None:
        self.port, self.token, self.room = port, token, room
        self.until = time.monotonic() + seconds
        self.answers: Counter[str] = Counter()
        self.headers = {
            "Host": HOST,
            "X-Forwarded-For": address,
            "X-Forwarded-Proto": "https",
            "X-Forwarded-Host": HOST,
        }

    def attack(self) -> Counter[str]:
        """Everything at once, until the time is up."""
        hands: list[Callable[[], None]] = [self.join, *[self.sign_in] * 12, *[self.read] * 21]
        hands += [self.shout, lambda: self.shout(signed_in=False), self.open_and_leave]
        threads = [threading.Thread(target=self.keep_at, args=(hand,)) for hand in hands]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return self.answers

    def keep_at(self, hand: Callable[[], None]) -> None:
        """Begin again whenever the site has cut the line."""
        while time.monotonic() < self.until:
            with suppress(OSError, http.client.HTTPException, websocket.WebSocketException):
                hand()

    def asked(self, name: str, path: str, forms: Iterator[str] | None = None) -> None:
        """Ask for one page, or send forms, over one line without pause."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        line.request("GET", path, headers=self.headers)
        first = line.getresponse()
        found = TOKEN.search(first.read().decode())
        cookie = (first.getheader("Set-Cookie") or "").partition(";")[0]
        self.answers[f"{name} {first.status}"] += 1
        csrf = found[1] if found else ""
        while time.monotonic() < self.until:
            if forms is None:
                line.request("GET", path, headers=self.headers)
            else:
                told = {**self.headers, "Cookie": cookie}
                told["Content-Type"] = "application/x-www-form-urlencoded"
                line.request("POST", path, f"csrf_token={csrf}&{next(forms)}", told)
            answer = line.getresponse()
            answer.read()
            self.answers[f"{name} {answer.status}"] += 1

    def sign_in(self) -> None:
        """A new name each time, so that no limit on names is met."""

        def forms() -> Iterator[str]:
            while True:
                yield f"username={os.urandom(6).hex()}&passphrase=river+lamp+seven+bread"

        self.asked("sign-in", "/sign-in", forms())

    def join(self) -> None:
        """Codes that nobody was given."""

        def forms() -> Iterator[str]:
            while True:
                yield f"code={os.urandom(10).hex()}&name=Blue-Fox&passphrase=river+lamp+seven"

        self.asked("join", "/join", forms())

    def read(self) -> None:
        """The page that costs most of those that are open to all."""
        self.asked("read", "/resources?q=help")

    def line(self, *, signed_in: bool) -> websocket.WebSocket:
        """A websocket, as a page would open it."""
        told = [f"{name}: {value}" for name, value in self.headers.items() if name != "Host"]
        return websocket.create_connection(
            f"ws://127.0.0.1:{self.port}/socket.io/?EIO=4&transport=websocket",
            cookie=f"__Host-s={self.token}" if signed_in else "",
            origin=f"https://{HOST}",
            host=HOST,
            header=told,
            timeout=10,
        )

    def shout(self, *, signed_in: bool = True) -> None:
        """Say things without waiting for the answer."""
        line = self.line(signed_in=signed_in)
        line.send("40")
        line.settimeout(0.001)
        number = 0
        try:
            while time.monotonic() < self.until:
                number += 1
                said = {"room": self.room, "nonce": f"{os.urandom(6).hex()}", "text": "Me. " * 9}
                line.send(f"42{number}" + json.dumps(["message:post", said]))
                self.answers["shouted"] += 1
                with suppress(websocket.WebSocketTimeoutException):
                    line.recv()
        finally:
            self.answers["lines cut"] += time.monotonic() < self.until
            line.close()

    def open_and_leave(self) -> None:
        """Open a socket and leave it at that."""
        line = self.line(signed_in=False)
        self.answers["opened"] += 1
        line.close()


if __name__ == "__main__":
    port, address, token, room, seconds = sys.argv[1:]
    os.nice(20)  # an attacker has a machine of their own, and takes none of the server's time
    attacker = Attacker(int(port), address, token, room, float(seconds))
    sys.stdout.write(json.dumps(attacker.attack()))
