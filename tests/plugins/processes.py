"""Several web processes of one site, as behind a proxy, this process being one more."""

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from peer.app import configure_core
from peer.core.db import database
from peer.core.settings import load
from tests.plugins.site import SECRET, end, free_port


@contextmanager
def web_processes(
    count: int, folder: Path, *, database_url: str = "", redis_url: str = ""
) -> Iterator[list[str]]:
    """The addresses of `count` web processes over one migrated database.

    What they say goes to <port>.log in the folder. Services called here act on the same site.
    """
    told = {"database_url": database_url, "redis_url": redis_url}
    configure_core(load(data_dir=folder, secret_key=SECRET, **told))
    environ = {**os.environ, "PEER_DATA_DIR": str(folder), "PEER_SECRET_KEY": SECRET}
    environ |= {"PEER_DATABASE_URL": database_url, "PEER_REDIS_URL": redis_url}
    ports = [free_port() for _ in range(count)]
    processes = [_serve(port, environ, folder) for port in ports]
    try:
        for port, process in zip(ports, processes, strict=True):
            _wait(port, process, folder)
        yield [f"http://127.0.0.1:{port}" for port in ports]
    finally:
        for process in processes:
            end(process)
        database.close()


def _serve(port: int, environ: dict[str, str], folder: Path) -> subprocess.Popen[bytes]:
    gunicorn = [sys.executable, "-m", "gunicorn", "--worker-class=gevent", "--graceful-timeout=2"]
    more = ["--no-control-socket", f"--bind=127.0.0.1:{port}", "peer.wsgi:app"]
    with (folder / f"{port}.log").open("wb") as log:
        return subprocess.Popen([*gunicorn, *more], env=environ, stdout=log, stderr=log)


def _wait(port: int, process: subprocess.Popen[bytes], folder: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        with suppress(OSError):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2).close()
            return
        time.sleep(0.1)
    pytest.fail((folder / f"{port}.log").read_text()[-3000:])
