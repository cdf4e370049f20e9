"""What a thief finds in the files, the dump, the queue and the logs: no word that people wrote.

Every text field of every form of every page is filled with a word of its own, once in this
process over SQLite and once at a running site over PostgreSQL and Redis, where a person in a
real browser writes over the socket as well. Then the raw bytes are searched.
"""

import base64
import shutil
import socket
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import redis
from flask import Flask
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect
from sqlalchemy import make_url, text

from peer.accounts.models import Account
from peer.app import create_app
from peer.core import work
from peer.core.db import database
from peer.core.settings import load
from peer.demo import place
from tests.cast import lock
from tests.journeys import acts
from tests.plugins.services import MigratedDatabase
from tests.plugins.site import SECRET, Site
from tests.plugins.visitors import Visitors
from tests.threats.planting import Planted, plant
from tests.threats.walking import Answer, named, token_of

# What may be read in a stolen database, and why.
LIBRARY = "the library is open to everybody, signed in or not"
OPEN = {
    "resources.add": LIBRARY,
    "resources.change": LIBRARY,
    "resources.index": LIBRARY,
    "mentoring.save_programme": "the programme's name is the organisation's and says nobody's",
}


def traces(word: str) -> list[bytes]:
    """How a word looks in bytes: plain, wide, in hexadecimal, in base 64 at any offset."""
    return [*traces_of(word.encode()), word.encode("utf-16-le")]


def traces_of(plain: bytes) -> list[bytes]:
    """How bytes look: as they are, in hexadecimal, in base 64 at any offset."""
    found = [plain, plain.hex().encode(), plain.hex().upper().encode()]
    for offset in range(3):
        coded = base64.b64encode(b"\0" * offset + plain)
        found.append(coded[4 if offset else 0 : len(coded) // 4 * 4 - 4])
    return found


def leaks(planted: Planted, stores: dict[str, bytes]) -> list[str]:
    """Which words of which fields can be read where; without those that may be."""
    lowered = {name: data.lower() for name, data in stores.items()}
    found = []
    for word, (endpoint, field) in planted.words.items():
        for name, data in stores.items():
            seen = word.encode() in lowered[name] or any(each in data for each in traces(word))
            if seen and endpoint not in OPEN:
                found.append(f"{endpoint} {field} in {name}")
    for secret in planted.secrets:
        found += [f"a secret of a second factor in {name}" for name in holding(stores, secret)]
    return sorted(set(found))


def holding(stores: dict[str, bytes], secret: str) -> list[str]:
    """Where what codes are made of can be read: as an app is told it, or as the bytes it stands for."""
    looks = [*traces(secret), *traces(secret.lower()), *traces_of(base64.b32decode(secret))]
    return [name for name, data in stores.items() if any(look in data for look in looks)]


def files(folder: Path) -> dict[str, bytes]:
    """Every file of a data folder, but what the test keeps there itself."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in {"planted.pickle", "made"}
    }


# --- SQLite: what lies in the data folder ----------------------------------------------------------


def test_stolen_database_reveals_no_message_or_note_in_sqlite_files(
    planted: Planted, planted_folder: Path
) -> None:
    stores = files(planted_folder)
    assert {"peer.db", "keys.db", "live/peer.db-wal"} <= set(stores)
    assert planted.secrets
    assert leaks(planted, stores) == []


def test_search_would_find_what_can_be_read(planted: Planted, planted_folder: Path) -> None:
    """The open words are there to be found: the search works."""
    stored = (planted_folder / "peer.db").read_bytes().lower()
    titles = [word for word, place in planted.taken().items() if place[0] == "resources.add"]
    assert titles
    assert any(word.encode() in stored for word in titles)


@pytest.mark.parametrize("before", range(6))
def test_search_would_find_words_in_other_clothes(before: int) -> None:
    stored = b"x" * before + b"zqhellovx" + b"y" * 9
    coded = [base64.b64encode(stored), stored.hex().encode(), stored.decode().encode("utf-16-le")]
    assert all(any(each in data for each in traces("zqhellovx")) for data in coded)


@pytest.mark.parametrize("before", range(6))
def test_search_would_find_what_codes_are_made_of(before: int) -> None:
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    raw = b"x" * before + base64.b32decode(secret) + b"y" * 9
    stores = [raw, raw.hex().encode(), base64.b64encode(raw), secret.lower().encode()]
    assert all(holding({"a file": store}, secret) for store in stores)
    assert not holding({"a file": b"x" * 999}, secret)


def test_every_form_that_was_filled_in_was_taken_once(planted: Planted) -> None:
    assert {name.split()[0] for name in planted.refused()} - set(REFUSED) == set()
    assert planted.forms == set(planted.sent)


# Forms that nobody gets a yes from with made-up words; refused words were searched for as well.
REFUSED = {
    "accounts.do_sign_in": "nobody is called so",
    "accounts.do_recover": "nobody is called so",
    "accounts.do_erase_paused": "nobody is called so",
    "accounts.do_erase": "who erases themself walks no further; tests/threats/test_16 does",
    "accounts.confirm_act": "it asks for the passphrase, and words are no passphrase",
    "accounts.show_receipt": "nothing was erased under this code",
    "rooms.add_person": "nobody is called so",
    "mentoring.save_profile": "the hours of a week are times, not words",
}


def test_stolen_database_holds_no_usable_session(planted_folder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "stolen"
    shutil.copytree(planted_folder, folder)
    app = create_app(load(data_dir=folder, secret_key=SECRET, database_url="", redis_url=""))
    sessions = stolen_values("SELECT * FROM sessions")
    assert len(sessions) >= 20
    assert [value for value in sessions if opens(app, value)] == []
    assert opens(app, token_of(named("noor")))  # a real one does
    database.close()


def stolen_values(query: str) -> list[str]:
    """Every value of a table that could be sent as a cookie."""
    with work.begin(writes=False) as session:
        rows = session.execute(text(query)).all()
    found = [value for row in rows for value in row if isinstance(value, str | bytes) and value]
    return [value if isinstance(value, str) else value.hex() for value in found]


def opens(app: Flask, cookie: str) -> bool:
    """Whether a browser with this cookie is somebody."""
    client = app.test_client()
    client.set_cookie("s", cookie.replace("\n", "").replace(";", ""))
    return client.get("/account").status_code == 200


# --- PostgreSQL and Redis: a running site -----------------------------------------------------------


@dataclass
class Outside:
    """A browser that talks to a running site, without showing anything."""

    connection: HTTPConnection
    cookie: str = ""

    def get(self, path: str) -> Answer:
        return self._ask("GET", path)

    def post(self, path: str, form: list[tuple[str, str]]) -> Answer:
        return self._ask("POST", path, urlencode(form))

    def _ask(self, method: str, path: str, body: str | None = None) -> Answer:
        headers = {"Cookie": self.cookie} if self.cookie else {}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        said = answer.read()
        if kept := answer.headers.get("Set-Cookie"):
            self.cookie = kept.split(";")[0]
        page = answer.headers.get_content_type() == "text/html"
        to = answer.headers.get("Location", "")
        return Answer(answer.status, said.decode() if page else "", to, dict(answer.headers))


@dataclass
class Robbed:
    """A site that ran over PostgreSQL and Redis, and what could be taken from it."""

    planted: Planted
    stores: dict[str, bytes]
    answers: list[bool]  # of a running site, for every value of its sessions sent as a cookie


@pytest.fixture(scope="module")
def robbed(
    postgres_with_tables: MigratedDatabase,
    claimed_redis: str,
    tmp_path_factory: pytest.TempPathFactory,
    browser: Chromium,
) -> Iterator[Robbed]:
    """The demo's place on a server; everybody fills in everything; then it is robbed."""
    with postgres_with_tables() as url:
        yield from running_and_robbed(
            url, claimed_redis, tmp_path_factory.mktemp("robbed"), browser
        )


def running_and_robbed(
    postgres_url: str, claimed_redis: str, folder: Path, browser: Chromium
) -> Iterator[Robbed]:
    """What could be taken from a site that runs over both, in its folder."""
    told = {"database_url": postgres_url, "redis_url": claimed_redis}
    app = create_app(load(data_dir=folder, secret_key=SECRET, **told))
    place.make(lock(), lambda _line: None)
    environ = {"PEER_DATA_DIR": str(folder), "PEER_SECRET_KEY": SECRET}
    environ |= {"PEER_DATABASE_URL": postgres_url, "PEER_REDIS_URL": claimed_redis}
    listener = two_free_ports()
    environ["PEER_METRICS_PORT"] = str(listener)
    site = Site(folder, environ)
    site.start()
    bell = redis.Redis.from_url(claimed_redis).pubsub()
    bell.psubscribe("*")
    connection = HTTPConnection("127.0.0.1", site.port)
    try:
        live = write_in_a_browser(browser, site)
        planted = plant(app, lambda account: outside(connection, account), tag="p")
        planted.words |= live
        stores = files(folder) | {
            "pg_dump": dumped(postgres_url),
            "Redis": everything_in(claimed_redis),
            "bells": repr(rung(bell)).encode(),
            "metrics": counted(listener),
            "the worker's metrics": counted(listener + 1),
        }
        values = stolen_values("SELECT * FROM sessions")
        yield Robbed(planted, stores, [opens(app, value) for value in values])
    finally:
        connection.close()
        bell.close()
        site.end()


def outside(connection: HTTPConnection, account: Account | None) -> Outside:
    return Outside(connection, f"s={token_of(account)}" if account else "")


def write_in_a_browser(browser: Chromium, site: Site) -> dict[str, tuple[str, str]]:
    """What scripts send: a message with its note over the socket, a change, a draft, a report."""
    visitors = Visitors(browser, site.url)
    word = {name: f"zqlive{letters}vx" for name, letters in zip(LIVE, "bcdfg", strict=True)}
    page = visitors.open(named("noor")).page
    page.goto(f"{site.url}/rooms")
    page.locator("main").get_by_role("link", name="Commons").click()
    page.get_by_text("Add a note").click()
    page.get_by_label("What is it about?").fill(word["note"])
    acts.writes(page, f"Good evening, {word['message']}.")
    said = page.locator(".msg", has_text=word["note"])
    expect(said).to_be_visible()
    said.locator(".msg__more > summary").click()
    said.get_by_role("link", name="Change my words").click()
    page.get_by_label("Your words").fill(f"Good evening, {word['change']}.")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("textbox", name="Write to").press_sequentially(word["draft"])
    zed = visitors.open(named("zed")).page
    zed.goto(page.url)
    said = zed.locator(".msg", has_text=word["note"])
    said.locator(".msg__more > summary").click()
    said.get_by_role("link", name="Tell a moderator").click()
    zed.get_by_text("Add something in your own words").click()
    zed.locator("#told").fill(word["report"])
    zed.get_by_role("button", name="Something else").click()
    expect(zed.get_by_text("Thank you for telling us.")).to_be_visible()
    assert visitors.close() == []
    return {each: ("the room's page", name) for name, each in word.items()}


LIVE = ("message", "note", "change", "draft", "report")


def dumped(url: str) -> bytes:
    """The whole database as text, every schema."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return subprocess.run(["pg_dump", plain], capture_output=True, check=True).stdout


def everything_in(url: str) -> bytes:
    """Every key and value, as Redis keeps them and as it would hand them on."""
    found = b""
    with redis.Redis.from_url(url) as server:
        for key in server.scan_iter():
            found += key + b"\n" + (server.dump(key) or b"") + b"\n"
            found += repr(value_of(server, key)).encode() + b"\n"
    return found


def value_of(server: redis.Redis, key: bytes) -> Any:
    """Whatever is stored under a key."""
    kind = server.type(key).decode()
    read = {
        "string": lambda: server.get(key),
        "list": lambda: server.lrange(key, 0, -1),
        "set": lambda: server.smembers(key),
        "hash": lambda: server.hgetall(key),
        "zset": lambda: server.zrange(key, 0, -1, withscores=True),
        "stream": lambda: server.xrange(key),
    }
    return read[kind]() if kind in read else None


def rung(bell: Any) -> list[Any]:
    """What processes told each other meanwhile."""
    heard = []
    while (message := bell.get_message(timeout=0.1)) is not None:
        heard.append(message["data"])
    return heard


def counted(port: int) -> bytes:
    """What a process of the site counts, as whoever keeps it running reads it."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        return bytes(answer.read())


def two_free_ports() -> int:
    """A port that nobody listens on, nor on the next one, where the worker's totals are read."""
    while True:
        with closing(socket.socket()) as one, closing(socket.socket()) as other:
            one.bind(("127.0.0.1", 0))
            port = int(one.getsockname()[1])
            with suppress(OSError, OverflowError):
                other.bind(("127.0.0.1", port + 1))
                return port


def test_stolen_database_reveals_no_message_or_note_in_a_dump_queue_or_log(robbed: Robbed) -> None:
    assert {"site.log", "pg_dump", "Redis"} <= set(robbed.stores)
    assert len(robbed.stores["pg_dump"]) > 100_000
    assert len(robbed.stores["bells"]) > 100
    assert b"peer_answers_total" in robbed.stores["metrics"]
    assert b"peer_jobs_total" in robbed.stores["the worker's metrics"]
    assert robbed.planted.secrets
    assert leaks(robbed.planted, robbed.stores) == []


def test_dump_of_a_running_site_holds_no_usable_session(robbed: Robbed) -> None:
    assert len(robbed.answers) >= 20
    assert not any(robbed.answers)


def test_search_would_find_what_can_be_read_in_the_dump(robbed: Robbed) -> None:
    titles = [word for word, (endpoint, _) in robbed.planted.taken().items() if endpoint in OPEN]
    assert any(word.encode() in robbed.stores["pg_dump"] for word in titles)
