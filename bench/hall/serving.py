"""Starts the servers that are measured, and has the crowd do something at one of them."""

import json
import os
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FLOOR = ROOT / ".venv-bench-rooms"
SECRET = "a-secret-for-the-bench-that-is-long-enough"
TICKS = os.sysconf("SC_CLK_TCK")
CORES = sorted(os.sched_getaffinity(0))
TOOL, SERVER = CORES[0], CORES[-1]


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Server:
    """A web process under measurement, and who may come."""

    name: str
    port: int
    process: subprocess.Popen[bytes]
    folder: Path
    people: list[tuple[str, str]]  # cookie and room

    @property
    def pids(self) -> list[int]:
        """The processes that serve: gunicorn's children, or the process itself."""
        pid = self.process.pid
        told = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [int(each) for each in told] or [pid]

    def cpu(self) -> float:
        """Seconds of CPU that the server has used, threads and kernel included."""
        return sum(_ticks(pid) for pid in self.pids) / TICKS

    def rss(self) -> int:
        """Its resident memory, in kB."""
        return sum(_rss(pid) for pid in self.pids)

    def stored(self) -> int:
        """How many messages lie in the site's database."""
        with sqlite3.connect(self.folder / "peer.db") as connection:
            return int(connection.execute("SELECT count(*) FROM messages").fetchone()[0])

    def stop(self) -> None:
        """End it."""
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def _ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def _rss(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1])
    return 0


def _on(core: int) -> Callable[[], None]:
    return lambda: os.sched_setaffinity(0, {core})


def _start(folder: Path, name: str, command: list[str], **environ: str) -> Any:
    told = {**os.environ, **environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
    told["PEER_NEWCOMER_MESSAGES"] = "0"  # everybody in the hall is known
    with (folder / f"{name}.log").open("ab") as log:
        return subprocess.Popen(
            command, env=told, cwd=ROOT, stdout=log, stderr=log, preexec_fn=_on(SERVER)
        )


def _gunicorn(app: str, worker: str, port: int) -> list[str]:
    return [
        *(sys.executable, "-m", "gunicorn", f"--worker-class={worker}", "--workers=1"),
        *("--worker-connections=3000", "--graceful-timeout=1", "--no-control-socket"),
        *("--log-level=warning", "--backlog=2048", f"--bind=127.0.0.1:{port}", app),
    ]


def _wait(server: Server, *, seconds: float = 60.0) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until and server.process.poll() is None:
        with suppress(OSError):
            urllib.request.urlopen(f"http://127.0.0.1:{server.port}/healthz", timeout=2).close()
            return
        time.sleep(0.1)
    log = (server.folder / f"{server.name}.log").read_text()[-3000:]
    raise SystemExit(f"{server.name} does not answer:\n{log}")


@contextmanager
def bare(folder: Path, people: int, size: int) -> Iterator[Server]:
    """Flask-SocketIO as its documentation shows it."""
    port = free_port()
    process = _start(folder, "bare", _gunicorn("bench.hall.bare_room:app", "gevent", port))
    yield from _serving(Server("bare", port, process, folder, _strangers(people, size)))


@contextmanager
def floor(folder: Path, people: int, size: int) -> Iterator[Server]:
    """The `websockets` library alone, in an environment of its own."""
    python = FLOOR / "bin" / "python"
    if not python.exists():
        print("Making .venv-bench-rooms ...", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", FLOOR], check=True)
        locked = ["install", "--quiet", "--require-hashes", "-r", ROOT / "bench" / "floor.lock"]
        subprocess.run([python, "-m", "pip", *locked], check=True)
    port = free_port()
    command = [str(python), str(ROOT / "bench" / "hall" / "floor.py"), str(port)]
    process = _start(folder, "floor", command)
    yield from _serving(Server("floor", port, process, folder, _strangers(people, size)))


def _strangers(people: int, size: int) -> list[tuple[str, str]]:
    return [("", f"room-{number // size}") for number in range(people)]


@contextmanager
def ours(folder: Path, people: int, size: int, **environ: str) -> Iterator[Server]:
    """The site, with everything that a message goes through."""
    told = {"PEER_DATA_DIR": str(folder), "PEER_SECRET_KEY": SECRET, **environ}
    made = subprocess.run(
        [sys.executable, "-m", "bench.hall.place", str(people), str(size)],
        env={**os.environ, **told, "PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        check=True,
    )
    tokens = json.loads(made.stdout.splitlines()[-1])
    port = free_port()
    command = _gunicorn("bench.hall.our_room:app", "peer.core.serving.Worker", port)
    process = _start(folder, "ours", command, **told)
    people_here = [(f"s={token}", room) for token, room in tokens]
    yield from _serving(Server("ours", port, process, folder, people_here))


def _serving(server: Server) -> Iterator[Server]:
    try:
        _wait(server)
        yield server
    finally:
        server.stop()


def crowd(
    server: Server,
    do: str,
    *,
    people: int | None = None,
    then: Callable[[], None] | None = None,
    **job: Any,
) -> dict[str, Any]:
    """Have the crowd do something; what it saw, with the CPU that the server used for it.

    `then` is done beside it, from the moment on that is measured.
    """
    told = {"do": do, "host": "127.0.0.1", "port": server.port, "people": server.people[:people]}
    with subprocess.Popen(
        [sys.executable, "-m", "bench.crowd"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=_on(TOOL),
    ) as tool:
        assert tool.stdin is not None
        assert tool.stdout is not None
        print(json.dumps({**told, **job}), file=tool.stdin, flush=True)
        seen: dict[str, Any] = {}
        before = 0.0
        for line in tool.stdout:
            word = line.strip()
            if word == "in":
                seen["rss_kb"] = server.rss()
            elif word == "begin":
                before = server.cpu()
                if then is not None:
                    threading.Thread(target=then).start()
            elif word == "end":
                seen["server_cpu"] = server.cpu() - before
            else:
                return {**seen, **json.loads(line)}
            print("go", file=tool.stdin, flush=True)
    raise SystemExit(f"the crowd failed at {server.name}, see {server.folder}")


def per_cpu(seen: dict[str, Any]) -> float:
    """Deliveries for each second of the server's CPU."""
    return float(seen["deliveries"]) / max(seen["server_cpu"], 0.01)
