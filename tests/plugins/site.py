"""The site under test: in this process for pages, or as a real server for sockets and browsers."""

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, BytecodeCache
from werkzeug.test import TestResponse

from peer.accounts import service
from peer.app import configure_core, create_app
from peer.core import keys, migrate, work
from peer.core.db import database
from peer.core.settings import Settings, load
from tests.cast import Cast, private_key

# Nobody is new in tests, but where it is about that: also in the processes that tests start.
os.environ["PEER_NEWCOMER_MESSAGES"] = "0"

SECRET = "a-secret-for-tests-that-is-long-enough"

SignIn = Callable[..., FlaskClient]


class Remembered(BytecodeCache):
    """Templates as they were compiled for an earlier test of this process."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


COMPILED = Remembered()


def quick_app(settings: Settings) -> Flask:
    """The site in this process, with the templates that are compiled already."""
    made = create_app(settings)
    made.jinja_env.bytecode_cache = COMPILED
    return made


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with every table and nobody in it."""
    path = tmp_path_factory.mktemp("migrated") / "peer.db"
    migrate.upgrade(f"sqlite:///{path}")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


@pytest.fixture
def settings(tmp_path: Path, migrated: Path) -> Settings:
    """Settings over a fresh SQLite database in a folder of the test's own."""
    shutil.copy(migrated, tmp_path / "peer.db")
    return load(data_dir=tmp_path, secret_key=SECRET, database_url="", redis_url="")


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The site in this process, on SQLite."""
    made = quick_app(settings)
    made.config["TESTING"] = False  # errors are pages, as people meet them
    yield made
    database.close()
    keys.close()


@pytest.fixture
def core(settings: Settings) -> Iterator[Settings]:
    """Database, queue and limits without pages: for services and queries."""
    configure_core(settings)
    yield settings
    database.close()
    keys.close()


@pytest.fixture
def postgres_app(tmp_path: Path, migrated_postgres_url: str) -> Flask:
    """The site in this process, on an empty PostgreSQL database with every table."""
    url = migrated_postgres_url
    return quick_app(load(data_dir=tmp_path, secret_key=SECRET, database_url=url))


@pytest.fixture
def cast() -> Cast:
    """The people; needs `app` or `core`."""
    return Cast()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser that nobody has signed in to."""
    return app.test_client()


@pytest.fixture
def signed_in(app: Flask, cast: Cast) -> SignIn:
    """`signed_in("noor")` is a browser that Noor has signed in to.

    With `opened=False` the session does not hold the key of her private parts.
    """

    def sign_in(name: str, *, opened: bool = True) -> FlaskClient:
        account = cast.account(name)
        key = private_key(account) if opened else None
        with work.begin():
            token = service.start_session(account, key=key)
        client = app.test_client()
        client.set_cookie("s", token)
        return client

    return sign_in


@pytest.fixture
def post(app: Flask) -> Callable[..., TestResponse]:
    """`post(client, url, data)` sends a form with the page's own CSRF token."""

    def send(
        client: FlaskClient, url: str, data: dict[str, object] | None = None, **more: Any
    ) -> TestResponse:
        return client.post(url, data={**(data or {}), "csrf_token": csrf_of(client)}, **more)

    return send


def csrf_of(client: FlaskClient) -> str:
    """The CSRF token of a browser's session, read from a page it can open."""
    page = client.get("/inbox", follow_redirects=True).get_data(as_text=True)
    return page.split('name="csrf_token" value="')[1].split('"')[0]


def free_port() -> int:
    """A port that nobody listens on."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Site:
    """A running site: a web process, a worker, and a folder of its own."""

    folder: Path
    environ: dict[str, str]
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start the site and wait until it answers."""
        environ = {**os.environ, **self.environ, "PORT": str(self.port)}
        with (self.folder / "site.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "peer.cli", "run"], env=environ, stdout=log, stderr=log
            )
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                urllib.request.urlopen(f"{self.url}/healthz", timeout=2).close()
                return
            except OSError:
                if self.process.poll() is not None:
                    break
                time.sleep(0.1)
        pytest.fail("the site does not answer: " + (self.folder / "site.log").read_text()[-3000:])

    def stop(self) -> None:
        """Stop the site, its web process and its worker, in order."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(30)

    def end(self) -> None:
        """Be done with the site and its folder: nobody comes any more."""
        if self.process is not None:
            end(self.process)


def offspring(pid: int) -> list[int]:
    """The processes that a process has started, and those that they have, where Linux knows."""
    children: list[int] = []
    with suppress(OSError):
        found = Path(f"/proc/{pid}/task/{pid}/children").read_text()
        children = [int(each) for each in found.split()]
    return [*children, *(each for child in children for each in offspring(child))]


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process and what it has started, whatever state they leave behind.

    Stopping in order takes them seconds in which they only wait.
    """
    family = offspring(process.pid)
    if family:
        process.kill()  # first: it would start the others again
    else:
        process.terminate()
    for each in family:
        with suppress(ProcessLookupError):
            os.kill(each, signal.SIGKILL)
    process.wait(30)


@pytest.fixture(scope="module")
def running(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A real server on SQLite for all tests of a file: starting one takes seconds."""
    folder = tmp_path_factory.mktemp("site")
    shutil.copy(migrated, folder / "peer.db")
    site = Site(folder, {"PEER_DATA_DIR": str(folder), "PEER_SECRET_KEY": SECRET})
    site.start()
    yield site
    site.end()


@pytest.fixture
def live(running: Site) -> Iterator[Site]:
    """The running site, with this process connected to its database.

    The test makes people and things through services while it runs. The cast and what they did
    stay for the file's other tests: use `cast.newcomer` for whom a test leaves changed.
    """
    configure_core(load(data_dir=running.folder, secret_key=SECRET, database_url="", redis_url=""))
    yield running
    database.close()
    keys.close()
