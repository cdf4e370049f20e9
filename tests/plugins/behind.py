"""The site as it is deployed: real nginx with our own file, two web processes, PostgreSQL, Redis."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from peer.app import configure_core
from peer.core import keys
from peer.core.db import database
from peer.core.settings import load
from tests.plugins.site import SECRET, free_port

CONF = Path(__file__).parents[2] / "deploy" / "nginx" / "commonroom.conf"
MISSING = "nginx is not here: install it with 'apt install nginx-light'."


class Deployed:
    """nginx on a port of its own over two web processes; a process can be killed and come back."""

    def __init__(self, folder: Path, database_url: str, redis_url: str) -> None:
        self.folder, self.port = folder, free_port()
        self.url = f"https://localhost:{self.port}"
        self._environ = {
            **os.environ,
            "PEER_DATA_DIR": str(folder),
            "PEER_SECRET_KEY": SECRET,
            "PEER_DATABASE_URL": database_url,
            "PEER_REDIS_URL": redis_url,
            "PEER_BEHIND_PROXY": "1",
            "PEER_PUBLIC_URL": self.url,
        }
        self._running: dict[int, subprocess.Popen[bytes]] = {}
        self._nginx: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start everything and wait until it answers."""
        for port in (free_port(), free_port()):
            self._serve(port)
        for port in self.ports:
            self._wait(port)
        self._start_nginx()

    @property
    def ports(self) -> list[int]:
        """Where the web processes listen."""
        return list(self._running)

    def _serve(self, port: int) -> None:
        with (self.folder / f"{port}.log").open("ab") as log:
            self._running[port] = subprocess.Popen(
                [sys.executable, "-m", "peer.cli", "web"],
                env={**self._environ, "PORT": str(port)},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _wait(self, port: int) -> None:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            request = urllib.request.Request(
                f"http://127.0.0.1:{port}/healthz", headers={"Host": f"localhost:{self.port}"}
            )
            with suppress(OSError):
                urllib.request.urlopen(request, timeout=2).close()
                return
            time.sleep(0.1)
        pytest.fail((self.folder / f"{port}.log").read_text()[-3000:])

    def _start_nginx(self) -> None:
        (self.folder / "site.conf").write_text(self._site(CONF.read_text()))
        (self.folder / "nginx.conf").write_text(
            f"daemon off; pid {self.folder}/nginx.pid; error_log {self.folder}/nginx.log;\n"
            "events {}\n"
            "http {\n"
            + "".join(
                f"  {kind}_temp_path {self.folder}/{kind};\n"
                for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
            )
            + f"  include {self.folder}/site.conf;\n}}\n"
        )
        nginx = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
        assert nginx
        command = [nginx, "-c", f"{self.folder}/nginx.conf", "-e", f"{self.folder}/nginx.log"]
        self._nginx = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)

    def _site(self, text: str) -> str:
        """Our own file, with this machine's ports and a certificate of its own."""
        key, certificate = self.folder / "tls.key", self.folder / "tls.pem"
        make = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost"
        subprocess.run(
            [
                *make.split(),
                "-addext",
                "subjectAltName=DNS:localhost",
                "-keyout",
                str(key),
                "-out",
                str(certificate),
            ],
            check=True,
            capture_output=True,
        )
        changes = {
            "rooms.example.org": "localhost",
            "/etc/ssl/rooms.pem": str(certificate),
            "/etc/ssl/rooms.key": str(key),
            "/var/log/nginx/error.log": f"{self.folder}/nginx.log",
            "listen 443": f"listen 127.0.0.1:{self.port}",
            "$host;": f"localhost:{self.port};",  # as people type it, where https has its own port
            "127.0.0.1:5001": f"127.0.0.1:{self.ports[0]}",
            "127.0.0.1:5002": f"127.0.0.1:{self.ports[1]}",
        }
        for old, new in changes.items():
            assert old in text, f"{CONF.name} has no {old}"
            text = text.replace(old, new)
        return text

    def sockets(self, port: int) -> int:
        """How many connections the process on `port` holds open, as the machine counts them."""
        table = Path("/proc/net/tcp").read_text()
        return len(re.findall(rf"(?m)^ *\d+: 0100007F:{port:04X} \w+:\w+ 01 ", table))

    def kill(self, port: int) -> None:
        """Kill a web process without a word, and whatever it started."""
        process = self._running.pop(port)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)

    def stop(self) -> None:
        """Stop nginx and every process."""
        for process in [*self._running.values(), *([self._nginx] if self._nginx else [])]:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            process.wait(30)


@pytest.fixture
def deployed(tmp_path: Path, migrated_postgres_url: str, redis_url: str) -> Iterator[Deployed]:
    """The site behind nginx; services called here act on the same site."""
    if shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin") is None:
        pytest.skip(MISSING)
    url = migrated_postgres_url
    configure_core(
        load(data_dir=tmp_path, secret_key=SECRET, database_url=url, redis_url=redis_url)
    )
    site = Deployed(tmp_path, url, redis_url)
    try:
        site.start()
        yield site
    finally:
        site.stop()
        database.close()
        keys.close()
