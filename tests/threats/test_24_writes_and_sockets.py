"""24. Writes need a CSRF token; sockets of foreign pages, and events that nobody may send or that
cannot be read, are refused, and nobody else notices."""

import http.client
import json
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress

import pytest
import websocket
from flask import Flask
from werkzeug.routing import Rule

from peer.accounts import queries, service
from peer.accounts.models import Account
from peer.app import csrf
from peer.core import work
from peer.core.realtime import wire
from peer.rooms import service as rooms
from tests.cast import Cast
from tests.plugins.site import SignIn, Site, csrf_of
from tests.plugins.sockets import Socket
from tests.policy.samples import WORDS
from tests.policy.test_matrix import address

# Being signed out by somebody else harms nobody, and leaving must work from any page.
EXEMPT = {"accounts.leave"}


def writes(app: Flask) -> Iterator[Rule]:
    """Every route that takes a form, but those that may be sent without a token."""
    for rule in app.url_map.iter_rules():
        if "POST" in (rule.methods or ()) and rule.endpoint not in EXEMPT:
            yield rule


def test_writes_need_a_csrf_token(app: Flask, signed_in: SignIn) -> None:
    assert csrf._exempt_views == {"peer.accounts.routes.signing.leave"}
    assert not csrf._exempt_blueprints
    people = {name: signed_in(name) for name in ("noor", "cora", "ada")}
    people["a stranger"] = app.test_client()
    foreign = csrf_of(signed_in("zed"))
    wrong = []
    for rule in writes(app):
        url = address(app, rule, dict.fromkeys(rule.arguments - set(WORDS), "some-id"))
        for name, client in people.items():
            tries = [{}, {"csrf_token": foreign}] if name == "cora" else [{}]
            for form in tries:
                answer = client.post(url, data=form)
                if answer.status_code != 400:
                    wrong.append(f"{rule.rule} by {name}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


# --- sockets -----------------------------------------------------------------------------------


@pytest.fixture
def token(live: Site, cast: Cast) -> str:
    """A session of Sol's."""
    with work.begin():
        return service.start_session(cast.account("sol"))


@contextmanager
def knock(
    site: Site, token: str, *, origin: str | None, **headers: str
) -> Iterator[websocket.WebSocket]:
    """Open a websocket as a browser on a page of `origin` would."""
    named = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    line = websocket.create_connection(
        f"ws://127.0.0.1:{site.port}/socket.io/?EIO=4&transport=websocket",
        cookie=f"s={token}",
        origin=origin,
        suppress_origin=origin is None,
        header=named,
        timeout=10,
    )
    with closing(line.sock):  # the line forgets it when the other side has closed
        yield line


def answer_to(site: Site, token: str, *, origin: str, **headers: str) -> int:
    """The status with which the site answers a websocket of a page of `origin`."""
    asked = {
        "Host": f"127.0.0.1:{site.port}",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version": "13",
        "Cookie": f"s={token}",
        "Origin": origin,
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    with closing(http.client.HTTPConnection("127.0.0.1", site.port, timeout=10)) as line:
        line.request("GET", "/socket.io/?EIO=4&transport=websocket", headers=asked)
        with line.getresponse() as answer:
            return answer.status


def test_a_socket_of_a_foreign_page_is_refused(live: Site, token: str) -> None:
    own = live.url
    assert answer_to(live, token, origin=own) == 101
    foreign = [
        "https://evil.example",
        "null",
        own.replace("http", "https"),
        own.replace("127.0.0.1", "localhost"),
        f"{own}.evil.example",
        f"{own}/",
        own.rpartition(":")[0],
        f"http://evil.example@127.0.0.1:{live.port}",
    ]
    for origin in foreign:
        assert answer_to(live, token, origin=origin) == 400
        claimed = {"X_Forwarded_Host": origin.rpartition("/")[2], "X_Forwarded_Proto": "https"}
        assert answer_to(live, token, origin=origin, **claimed) == 400
    for site in ("cross-site", "same-site"):
        assert answer_to(live, token, origin=own, Sec_Fetch_Site=site) == 400
    # A program that is no browser says nothing of a page; it needs a session all the same.
    for origin in (own, None):
        with knock(live, token, origin=origin) as line:
            assert greeted(line)
    with knock(live, "of-nobody", origin=own) as line:
        assert not greeted(line)


def greeted(line: websocket.WebSocket) -> bool:
    """Whether the site takes the connection for somebody's."""
    assert line.recv().startswith("0{")
    line.send("40")
    return str(line.recv()).startswith("40{")


class Bystander:
    """Somebody who talks on while others misbehave."""

    def __init__(self, socket: Socket, room: str) -> None:
        self.socket, self.room, self.said = socket, room, 0
        assert socket.send("room:join", room=room, since=None)["ok"]

    def talks(self) -> None:
        """Say something, and have it stored."""
        self.said += 1
        sent = {"room": self.room, "nonce": f"n-{self.said}-{time.time()}", "text": "Still here."}
        assert self.socket.send("message:post", **sent)["ok"]


@pytest.fixture
def bystander(live: Site, cast: Cast, open_socket: Callable[[str | Account], Socket]) -> Bystander:
    with work.begin():
        room = rooms.create_room(cast.cleo, name="Commons", entry="everyone").id
    account = cast.newcomer()
    with work.begin():
        rooms.agree(queries.actor_from(account), room)
    return Bystander(open_socket(account), room)


MALFORMED: list[str | bytes] = [
    "",
    "x",
    "9",
    "4",
    "4x",
    "42",
    "42{",
    "42[",
    "42[]",
    "42{}",
    "42[1]",
    "42[null]",
    "42[[]]",
    '42[{"room":1}]',
    '42["room:join"]',
    '42["room:join",null]',
    '42["room:join",[]]',
    '42["room:join",{"room":{}}]',
    '42["room:join",{"room":' + '{"a":' * 3_000 + "1" + "}" * 3_000 + "}]",
    "42" + "[" * 20_000,
    '42["room:join",{"room":"x","since":' + "9" * 5_000 + "}]",
    '42["room:join",{"room":"x","since":NaN}]',
    '42["message:post",{"room":"\\u0000","nonce":"\\ud800","text":"\\udfff"}]',
    "42" + "1" * 200 + '["room:join",{}]',
    '42["__init__",{}]',
    '42["connect",{"HTTP_COOKIE":"s=x"}]',
    '42["disconnect"]',
    '42["*"]',
    "42/admin,[]",
    "40/admin,",
    "43[]",
    "431[1]",
    "44{}",
    '451-["room:join",{"_placeholder":true,"num":0}]',
    '45999999999-["x"]',
    "46[]",
    "5",
    "6",
    "0{}",
    "b4AAAA",
    b"\x00\x01",
    b"",
    "4" * 50_000,
]


def test_events_that_cannot_be_read_are_refused_and_nobody_else_notices(
    live: Site, token: str, bystander: Bystander
) -> None:
    for sent in MALFORMED:
        with knock(live, token, origin=live.url) as line:
            assert greeted(line)
            with suppress(OSError, websocket.WebSocketException):
                if isinstance(sent, bytes):
                    line.send_binary(sent)
                else:
                    line.send(sent)
                _drain(line)
        assert bystander.socket.client.connected
    bystander.talks()
    log = (live.folder / "site.log").read_text()
    assert "event_failed" not in log
    assert "Traceback" not in log


def _drain(line: websocket.WebSocket) -> str:
    """The acknowledgement of an event sent after everything else; raises when the line was cut."""
    line.send('4277["room:leave",{"room":"x"}]')
    line.settimeout(5)
    while True:
        told = str(line.recv())
        if told.startswith("4377") or not told:
            return told


def test_an_event_is_refused_before_and_outside_a_room(
    live: Site, token: str, bystander: Bystander, open_socket: Callable[[str], Socket]
) -> None:
    with knock(live, token, origin=live.url) as line:
        assert line.recv().startswith("0{")
        line.send(f'421["room:join",{{"room":"{bystander.room}","since":null}}]')
        line.send("2")  # not even a session has been shown: nothing comes back
        line.settimeout(1)
        with suppress(websocket.WebSocketTimeoutException):
            assert not str(line.recv()).startswith("43")
    with work.begin():
        shut = rooms.create_room(_cleo(), name="By invitation", entry="invited").id
    zed = open_socket("zed")
    for event, words in [
        ("room:join", {"room": shut, "since": None}),
        ("message:post", {"room": shut, "nonce": "a", "text": "Hello"}),
        ("room:typing", {"room": shut}),
        ("message:post", {"room": "never-made", "nonce": "a", "text": "Hello"}),
    ]:
        assert zed.send(event, **words)["error"]["code"] == "forbidden", event
    long = bystander.socket.send("message:post", room=bystander.room, nonce="a", text="x" * 4_001)
    longer = bystander.socket.send(
        "message:post", room=bystander.room, nonce="a", text="x" * 40_000
    )
    assert long["error"]["code"] == "too_long"
    assert longer["error"]["code"] == "too_long"
    bystander.talks()


def _cleo() -> object:
    return Cast().cleo


def rss(site: Site) -> float:
    """Megabytes of memory of every process of the site."""
    told = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid=,rss="], capture_output=True, text=True, check=True
    )
    rows = [tuple(int(part) for part in line.split()) for line in told.stdout.splitlines()]
    assert site.process is not None
    family = {site.process.pid}
    for _ in range(3):
        family |= {pid for pid, parent, _size in rows if parent in family}
    return sum(size for pid, _parent, size in rows if pid in family) / 1024


def test_a_frame_of_sixty_megabytes_is_refused_without_being_read(
    live: Site, token: str, bystander: Bystander
) -> None:
    bystander.talks()
    before = rss(live)
    with knock(live, token, origin=live.url) as line:
        assert greeted(line)
        began = time.monotonic()
        with suppress(OSError, websocket.WebSocketException):
            line.send("4" + "x" * 60_000_000)
        code = 0
        with suppress(OSError, websocket.WebSocketException):
            opcode, told = line.recv_data()
            code = int.from_bytes(told[:2]) if opcode == websocket.ABNF.OPCODE_CLOSE else 0
        assert time.monotonic() - began < 10
    bystander.talks()
    assert rss(live) - before < 5
    assert code in {0, 1009}  # the word may be lost when the line is cut under the sender


def test_what_is_a_little_too_large_is_told_so(live: Site, token: str) -> None:
    with knock(live, token, origin=live.url) as line:
        assert greeted(line)
        line.send("4" + "x" * (wire.LARGEST + 1))
        opcode, told = line.recv_data()
        assert opcode == websocket.ABNF.OPCODE_CLOSE
        assert int.from_bytes(told[:2]) == 1009


def test_large_posts_by_polling_are_refused_too(live: Site, token: str) -> None:
    path, told = "/socket.io/?EIO=4&transport=polling", {"Cookie": f"s={token}"}
    with closing(http.client.HTTPConnection("127.0.0.1", live.port, timeout=10)) as line:
        line.request("GET", path, headers=told)
        sid = json.loads(line.getresponse().read()[1:])["sid"]
        line.request("POST", f"{path}&sid={sid}", b"4" + b"x" * 70_000, told)
        with line.getresponse() as answer:
            assert answer.status == 413


def test_a_page_that_polls_holds_up_nobody(live: Site, token: str) -> None:
    """Broken packets by polling, and a hundred hands that wait for the same news."""
    path, told = "/socket.io/?EIO=4&transport=polling", {"Cookie": f"s={token}"}
    with closing(http.client.HTTPConnection("127.0.0.1", live.port, timeout=10)) as line:
        line.request("GET", path, headers=told)
        sid = json.loads(line.getresponse().read()[1:])["sid"]
        with closing(http.client.HTTPConnection("127.0.0.1", live.port)) as waiting:
            waiting.request("GET", f"{path}&sid={sid}", headers=told)
            time.sleep(0.3)
            line.request("GET", f"{path}&sid={sid}", headers=told)
            with line.getresponse() as answer:
                answer.read()
                assert answer.status == 400
        for broken in ("0{}", "6", "4", "x"):
            line.request("POST", f"{path}&sid={sid}", broken, told)
            with line.getresponse() as answer:
                answer.read()
                assert answer.status in {200, 400}
