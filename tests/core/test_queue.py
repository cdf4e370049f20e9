"""Jobs survive: what was asked for while the worker is away, or was killed, is done later."""

import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from itsdangerous import BadSignature
from sqlalchemy import func, select

from peer.accounts import service
from peer.accounts.models import SignedInSession
from peer.core import clock, queue, work
from peer.core.errors import Refused
from peer.core.settings import Settings
from tests.cast import Cast
from tests.plugins.site import SECRET

# A worker that also knows a job of our own, which leaves a mark in a file.
WORKER = """
import sys, time
from pathlib import Path
from peer.core import queue
@queue.job("tests.mark")
def mark(name, pause):
    with Path(sys.argv[1]).open("a") as file: print("begun", name, file=file, flush=True)
    time.sleep(float(pause))
    with Path(sys.argv[1]).open("a") as file: print("done", name, file=file, flush=True)
from peer.app import create_app, run_worker
from peer.core.settings import load
run_worker(create_app(load()))
"""


@pytest.fixture
def marks(tmp_path: Path) -> Path:
    path = tmp_path / "marks"
    path.touch()
    return path


@pytest.fixture
def start_worker(core: Settings, marks: Path) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    started: list[subprocess.Popen[bytes]] = []
    environ = {
        **os.environ,
        "PEER_DATA_DIR": str(core.data_dir),
        "PEER_SECRET_KEY": SECRET,
        "PEER_REDIS_URL": core.redis_url,
    }

    def start() -> subprocess.Popen[bytes]:
        command = [sys.executable, "-c", WORKER, str(marks)]
        process = subprocess.Popen(command, env=environ, stderr=subprocess.DEVNULL)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


def wait_for(marks: Path, line: str) -> None:
    until = time.monotonic() + 30
    while line not in marks.read_text().splitlines():
        assert time.monotonic() < until, f"no {line!r} in {marks.read_text()!r}"
        time.sleep(0.05)


def ask(name: str, pause: str = "0") -> None:
    with work.begin():
        queue.ask("tests.mark", name, pause)


def test_job_asked_while_the_worker_is_away_or_killed_is_done_after_it_is_back(
    start_worker: Callable[[], subprocess.Popen[bytes]], marks: Path
) -> None:
    ask("early")
    worker = start_worker()
    wait_for(marks, "done early")
    ask("long", "30")
    wait_for(marks, "begun long")
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    ask("late")
    start_worker()
    wait_for(marks, "done late")


def test_job_that_others_put_into_the_queue_is_neither_run_nor_unpacked(core: Settings) -> None:
    huey = queue._huey
    assert huey is not None
    for planted in (pickle.dumps(print), b'{"name": "run"}.signed-by-nobody'):
        huey.storage.enqueue(planted)
        with pytest.raises(BadSignature):
            huey.dequeue()
    ask("ours")
    task = huey.dequeue()
    assert (task.args, task.retries) == (["tests.mark", "ours", "0"], 3)
    task.eta = datetime.fromisoformat("2026-01-02T03:04:05")  # as for a second try
    assert huey.deserialize_task(huey.serialize_task(task)).eta == task.eta


def test_job_of_a_unit_that_fails_is_never_asked(core: Settings) -> None:
    waiting = queue._huey.pending_count  # type: ignore[union-attr]
    before = waiting()

    @work.unit_of_work
    def fails() -> None:
        queue.ask("tests.mark", "never", "0")
        raise Refused()

    with pytest.raises(Refused):
        fails()
    assert waiting() == before
    ask("kept")
    assert waiting() == before + 1


def test_sweep_ends_sessions_that_have_run_out(app: object, cast: Cast) -> None:
    from datetime import timedelta

    with work.begin():
        service.start_session(cast.account("noor"))
        service.start_session(cast.account("mo"))
    with (
        clock.stopped_at(clock.now() + timedelta(minutes=20)),  # 15 for staff, 30 for members
        app.app_context(),  # type: ignore[attr-defined]
    ):
        queue.sweep_now("accounts.sessions")
    with work.begin(writes=False) as session:
        left = session.scalars(select(SignedInSession.account_id)).all()
        assert session.scalar(select(func.count()).select_from(SignedInSession)) == 1
    assert left == [cast.noor.id]
