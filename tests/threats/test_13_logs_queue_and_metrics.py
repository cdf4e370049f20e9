"""13. Logs, queue and metrics hold no text, no address, no agent."""

import http.client
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
import socketio
from flask import Flask
from werkzeug.test import TestResponse

from peer.core import metrics
from peer.core.settings import Settings, load
from peer.rooms import service as rooms
from peer.serve import web_command
from tests.cast import Cast
from tests.plugins.site import SECRET, SignIn, Site, free_port
from tests.threats.crashing import WAYS

CANARY = "zebrafish"
ADDRESS = "203.0.113.99"


@dataclass
class Falling:
    """A running site whose pages fail in every way, and what it and its worker have printed."""

    site: Site
    log: Path
    metrics_port: int

    def get(self, path: str, *, seconds: float = 20.0, **headers: str) -> int:
        """The status of a page; 0 when the line was cut."""
        told = {"User-Agent": f"Browser/{CANARY}", "Referer": f"https://{CANARY}.example/"}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(self.site.url + path, headers={**told, **named})
        try:
            with urllib.request.urlopen(request, timeout=seconds) as answer:
                answer.read()
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except (OSError, http.client.HTTPException):
            return 0

    def wait_until_it_answers(self) -> None:
        """Wait until the web process is there; it may have been killed and started again."""
        until = time.monotonic() + 60
        while self.get("/healthz", seconds=2) != 200:
            assert time.monotonic() < until, self.log.read_text()
            time.sleep(0.2)

    def wait_for(self, words: str) -> None:
        """Wait until the log says `words`."""
        until = time.monotonic() + 20
        while time.monotonic() < until:
            if words in self.log.read_text():
                return
            time.sleep(0.1)
        pytest.fail(f"{words} was not told:\n{self.log.read_text()}")


@pytest.fixture(scope="module")
def falling(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Falling]:
    folder = tmp_path_factory.mktemp("falling")
    shutil.copy(migrated, folder / "peer.db")
    port = free_port()
    site = Site(folder, {})
    environ = {
        **os.environ,
        "CANARY": CANARY,
        "PEER_DATA_DIR": str(folder),
        "PEER_SECRET_KEY": SECRET,
        "PEER_METRICS_PORT": str(port),
        "PORT": str(site.port),
    }
    settings = load(data_dir=folder, secret_key=SECRET, PORT=site.port)
    log = folder / "all.log"
    served = "tests.threats.crashing"
    commands = [
        [*web_command(settings)[:-1], "--timeout=3", f"{served}:served()"],
        [sys.executable, "-m", served],
    ]
    with log.open("ab") as out:
        running = [
            subprocess.Popen(command, env=environ, stdout=out, stderr=out) for command in commands
        ]
        found = Falling(site, log, port)
        try:
            found.wait_until_it_answers()
            yield found
        finally:
            for process in running:
                process.terminate()
            for process in running:
                with suppress(subprocess.TimeoutExpired):
                    process.wait(10)
                process.kill()


def test_logs_hold_no_text_address_or_agent_whatever_fails(falling: Falling) -> None:
    for way in WAYS:
        if way != "hang":
            falling.get(f"/crash/{way}?word={CANARY}", Cookie=f"s={CANARY}")
    falling.get(f"/{CANARY}/page")
    falling.get("/sign-in", Host=f"{CANARY}.example")
    falling.get("/socket.io/?EIO=4&transport=polling", Origin=f"https://{CANARY}.example")
    falling.get(f"/socket.io/?EIO=4&transport=polling&sid={CANARY}")
    for sent in (
        f"{CANARY} / HTTP/9.9\r\n\r\n",
        f"GET / HTTP/1.1\r\nHost: localhost\r\n{CANARY}\r\n\r\n",
        f"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 90\r\n\r\n{CANARY}",
    ):
        with closing(socket.create_connection(("127.0.0.1", falling.site.port), 5)) as line:
            line.sendall(sent.encode())
            time.sleep(0.1)
    with suppress(socketio.exceptions.ConnectionError):
        client = socketio.Client(reconnection=False)
        client.connect(falling.site.url, headers={"Cookie": f"s={CANARY}"})
    assert falling.get("/crash/hang", seconds=15) in {0, 500}
    falling.wait_for("worker_timeout")
    falling.wait_for("kind='LookupError'")
    told = falling.log.read_text()
    assert CANARY not in told
    assert "127.0.0.1" not in told
    assert "Traceback" not in told
    for event in (
        "page_failed",
        "library_said",
        "stray_output",
        "greenlet_crashed",
        "effect_failed",
    ):
        assert f"event='{event}'" in told
    shapeless = [line for line in told.splitlines() if not line.startswith("timestamp='20")]
    assert shapeless == []


def test_metrics_hold_no_text_and_are_not_on_the_public_port(falling: Falling) -> None:
    falling.wait_until_it_answers()
    with urllib.request.urlopen(f"http://127.0.0.1:{falling.metrics_port}/metrics") as answer:
        told = answer.read().decode()
    assert "peer_answers_total" in told
    assert CANARY not in told
    assert "127.0.0.1" not in told
    for path in ("/metrics", "/-/metrics", f"/metrics/{CANARY}"):
        assert falling.get(path) == 404


def test_what_people_do_leaves_nothing_in_logs_queue_or_metrics(
    app: Flask,
    settings: Settings,
    signed_in: SignIn,
    post: Callable[..., TestResponse],
    cast: Cast,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """A day of ordinary things, said under names and from places that can be found again."""
    from peer.core import work

    with work.begin():
        room = rooms.create_room(cast.cleo, name=f"Room {CANARY}", entry="everyone").id
    told = {
        "headers": {"User-Agent": f"Browser/{CANARY}"},
        "environ_base": {"REMOTE_ADDR": ADDRESS},
    }
    noor, cora = signed_in("noor"), signed_in("cora")
    assert post(noor, f"/rooms/{room}/agree", {}, **told).status_code < 500
    said = {"text": f"{CANARY}, call me on +1 555 0100 200", "nonce": "n-1"}
    for data in (said, {**said, "text": f"I want to die, {CANARY}", "nonce": "n-2"}):
        assert post(noor, f"/rooms/{room}/messages", data, **told).status_code < 500
    tried = {"username": CANARY, "passphrase": CANARY}
    stranger = app.test_client()
    assert post(stranger, "/sign-in", tried, **told).status_code == 422
    assert post(cora, "/mentoring/rounds", {}, **told).status_code < 500
    assert noor.get(f"/resources?q={CANARY}", **told).status_code == 200
    sinks = {
        "logs": "".join(capfd.readouterr()).encode(),
        "metrics": metrics.text().encode(),
        **{path.name: path.read_bytes() for path in settings.data_dir.glob("jobs.db*")},
    }
    assert len(sinks) > 2
    assert sinks["logs"]
    for name, held in sinks.items():
        for word in (CANARY, ADDRESS, "Noor", "555 0100", SECRET):
            assert word.encode() not in held, f"{word} in {name}"
