"""Work that takes long or comes by the clock, done by the worker process.

Jobs are named functions over ids; what they need they read from the database. huey keeps the
queue in its own SQLite file, or in Redis where there is one. A worker killed in the middle loses
the running job, so every feature has a sweep that finds unfinished work and asks for it again:
jobs must be safe to run twice.
"""

import json
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog
from huey import Huey, RedisHuey, SqliteHuey, crontab
from huey.registry import Message
from huey.serializer import Serializer

from peer.core import logs, metrics, work
from peer.core.secrets import signer

Job = Callable[..., None]

log = structlog.get_logger("jobs")

_jobs: dict[str, Job] = {}
_sweeps: dict[str, tuple[Job, str]] = {}
_huey: Huey | None = None
_file: Path | None = None  # of a queue on SQLite
_task: Callable[..., object] | None = None
_around: Callable[[], AbstractContextManager[object]] = nullcontext


class _Slips(Serializer):  # type: ignore[misc]
    """Jobs as signed JSON: nothing that others put into the queue is run, or even unpacked.

    huey's own way is pickle, which runs whatever it is given, under a signature with SHA-1.
    """

    def __init__(self, secret: str) -> None:
        super().__init__()
        self._signer = signer(secret, "jobs")

    def _serialize(self, data: Any) -> bytes:
        return self._signer.sign(json.dumps(data._asdict(), default=datetime.isoformat))

    def _deserialize(self, data: bytes) -> Any:
        sent = json.loads(self._signer.unsign(data))
        moments = ("eta", "expires", "expires_resolved")
        read = {name: datetime.fromisoformat(sent[name]) for name in moments if sent[name]}
        return Message(**{**sent, **read})


def job(name: str) -> Callable[[Job], Job]:
    """Register a function as the job `name`; it opens its own units of work."""

    def register(function: Job) -> Job:
        logs.know("job", [name])
        _jobs[name] = function
        return function

    return register


def sweep(name: str, *, minute: str = "*") -> Callable[[Job], Job]:
    """Run a function by the clock; `minute` is a cron field. It may run twice, or late."""

    def register(function: Job) -> Job:
        logs.know("job", [name])
        _sweeps[name] = (function, minute)
        return function

    return register


def ask(name: str, *ids: str) -> None:
    """Have the worker run job `name` with `ids`, once the present unit is committed."""
    work.after_commit(lambda: _send(name, *ids))


def run_now(name: str, *ids: str) -> None:
    """Run job `name` here and now: for the demo, the command line and tests."""
    _jobs[name](*ids)


def sweep_now(name: str) -> None:
    """Run sweep `name` here and now."""
    _sweeps[name][0]()


def _send(name: str, *ids: str) -> None:
    if _task is None:
        raise RuntimeError("the queue is not set up")
    _task(name, *ids)


def configure(secret: str, data_dir: Path, redis_url: str = "") -> Huey:
    """Set up the queue; the same call in the web process and in the worker."""
    global _huey, _task, _file
    serializer = _Slips(secret)
    _file = None
    if redis_url:
        _huey = RedisHuey("peer", url=redis_url, serializer=serializer, results=False)
    else:
        data_dir.mkdir(parents=True, exist_ok=True)
        _file = data_dir / "jobs.db"
        _huey = SqliteHuey("peer", filename=str(_file), serializer=serializer, results=False)
    _task = _huey.task(retries=3, retry_delay=5, name="run")(_run)
    for name, (function, minute) in _sweeps.items():
        _huey.periodic_task(crontab(minute=minute), name=f"sweep.{name}")(_within(function))
    return _huey


def _run(name: str, *ids: str) -> None:
    log.info("job", job=name)
    with _counted(), _around():
        _jobs[name](*ids)


def _within(function: Job) -> Job:
    def run() -> None:
        with _counted(), _around():
            function()

    return run


@contextmanager
def _counted() -> Iterator[None]:
    began, failed = time.monotonic(), True
    try:
        yield
        failed = False
    finally:
        metrics.job_done(time.monotonic() - began, failed=failed)


def waiting() -> int:
    """How many jobs wait for the worker."""
    return _huey.pending_count() if _huey is not None else 0


def mentions(needle: str) -> int:
    """How many jobs, waiting or asked for later, carry `needle`."""
    return sum(needle.encode() in data for data in _waiting())


def _waiting() -> list[bytes]:
    if _huey is None:
        return []
    return [*_huey.storage.enqueued_items(), *_huey.storage.scheduled_items()]


def drop(needle: str) -> int:
    """Throw away every job that carries `needle`; how many."""
    if _huey is None:
        return 0
    dropped = 0
    for _ in range(_huey.storage.queue_size()):
        data = _huey.storage.dequeue()
        if data is None:
            break
        if needle.encode() in data:
            dropped += 1
        else:
            _huey.storage.enqueue(data)
    return dropped


def scrub() -> bool:
    """On SQLite: leave no bytes of jobs that are done in the queue's files; whether it could."""
    if _file is None:
        return True
    with closing(sqlite3.connect(_file, timeout=5, isolation_level=None)) as connection:
        connection.execute("PRAGMA secure_delete=ON")
        try:
            connection.execute("VACUUM")
        except sqlite3.OperationalError:
            return False  # in use just now
        return not connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]


def work_through(around: Callable[[], AbstractContextManager[object]]) -> None:
    """Run jobs and sweeps, each inside `around()`, until the process is told to stop."""
    global _around
    if _huey is None:
        raise RuntimeError("the queue is not set up")
    _around = around
    consumer = _huey.create_consumer(workers=1, periodic=True, initial_delay=0.1, max_delay=0.5)
    consumer.run()
