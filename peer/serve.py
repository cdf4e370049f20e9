"""`peer run`: the web process and the worker side by side, watched over until told to stop."""

import os
import signal
import subprocess
import sys
import time
from types import FrameType
from typing import NoReturn

from peer.core import health, inuse
from peer.core.settings import LOOPBACK, Settings, SettingsError

_PATIENCE = 20.0  # seconds for a process to stop before it is made to
_QUICK = 2.0  # a process that ends sooner than this is not started again at once


def check_exposure(settings: Settings) -> None:
    """Refuse to listen beyond this machine without https in front; SettingsError says what to do."""
    if settings.host in LOOPBACK or settings.behind_proxy:
        return
    raise SettingsError(
        f"  PEER_HOST: {settings.host} is open to the network. Put https in front and set\n"
        "  PEER_BEHIND_PROXY=1, or use 127.0.0.1. Passphrases must not travel in the clear."
    )


def web_command(settings: Settings) -> list[str]:
    """gunicorn with one gevent worker: the sockets of a process share its memory."""
    return [
        sys.executable,
        "-m",
        "gunicorn",
        "--worker-class=peer.core.serving.Worker",
        "--logger-class=peer.core.serving.Log",
        "--workers=1",
        "--worker-connections=3000",
        "--graceful-timeout=5",
        "--no-control-socket",
        "--log-level=warning",
        # Who is behind a proxy is decided by PEER_BEHIND_PROXY alone.
        "--forwarded-allow-ips=",
        "--limit-request-line=4094",
        "--limit-request-fields=60",
        "--limit-request-field_size=8190",
        f"--bind={settings.host}:{settings.port}",
        "peer.wsgi:app",
    ]


def become_web(settings: Settings) -> NoReturn:
    """Be one web process of perhaps several, until told to stop; the worker runs elsewhere."""
    check_exposure(settings)
    command = web_command(settings)
    os.execv(command[0], command)  # noqa: S606 - a supervisor's signals reach it directly


def worker_command() -> list[str]:
    """The process that runs jobs."""
    return [sys.executable, "-m", "peer.cli", "worker"]


def answers(settings: Settings, *, seconds: float = 30.0) -> bool:
    """Whether the site answers within `seconds`."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if health.status(settings) == 200:
            return True
        time.sleep(0.1)
    return False


class Household:
    """A few child processes that live and stop together; one that dies is started again."""

    def __init__(self, commands: dict[str, list[str]]) -> None:
        self._commands = commands
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._since: dict[str, float] = {}
        self._stopping = False

    def start(self) -> None:
        """Start every process, and stop them all on SIGTERM or Ctrl-C."""
        for stop in (signal.SIGTERM, signal.SIGINT):
            signal.signal(stop, self._asked_to_stop)
        for name in self._commands:
            self._spawn(name)

    def _spawn(self, name: str) -> None:
        # Own process group: Ctrl-C reaches us alone, and we stop the children in order.
        self._running[name] = subprocess.Popen(
            self._commands[name], env=os.environ.copy(), start_new_session=True
        )
        self._since[name] = time.monotonic()

    def _asked_to_stop(self, _signal: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def watch(self) -> int:
        """Wait until told to stop; the exit status."""
        while not self._stopping:
            time.sleep(0.2)
            for name, process in list(self._running.items()):
                if process.poll() is None or self._stopping:
                    continue
                if time.monotonic() - self._since[name] < _QUICK:
                    print(f"The {name} process cannot start; its reason is above.", file=sys.stderr)
                    self.stop()
                    return 1
                self._spawn(name)
        self.stop()
        return 0

    def stop(self) -> None:
        """Ask every process to stop, and make those that do not."""
        for process in self._running.values():
            if process.poll() is None:
                process.terminate()
        until = time.monotonic() + _PATIENCE
        for process in self._running.values():
            try:
                process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def run(settings: Settings) -> int:
    """Serve until told to stop."""
    check_exposure(settings)
    inuse.stay(settings)
    household = Household({"web": web_command(settings), "worker": worker_command()})
    household.start()
    if answers(settings):
        print(f"{settings.site_name} is at http://{settings.host}:{settings.port}", flush=True)
    return household.watch()
