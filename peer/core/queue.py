"""Work that takes long or comes by the clock, done by the worker process.

Jobs are named functions over ids; what they need they read from the database. huey keeps the
queue in its own SQLite file, or in Redis where there is one. A worker killed in the middle loses
the running job, so every feature has a sweep that finds unfinished work and asks for it again:
jobs must be safe to run twice.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import structlog
from huey import Huey, RedisHuey, SqliteHuey, crontab
from huey.serializer import SignedSerializer

from peer.core import work

Job = Callable[..., None]

log = structlog.get_logger("jobs")

_jobs: dict[str, Job] = {}
_sweeps: dict[str, tuple[Job, str]] = {}
_huey: Huey | None = None
_task: Callable[..., object] | None = None
_around: Callable[[], AbstractContextManager[object]] = nullcontext


def job(name: str) -> Callable[[Job], Job]:
    """Register a function as the job `name`; it opens its own units of work."""

    def register(function: Job) -> Job:
        _jobs[name] = function
        return function

    return register


def sweep(name: str, *, minute: str = "*") -> Callable[[Job], Job]:
    """Run a function by the clock; `minute` is a cron field. It may run twice, or late."""

    def register(function: Job) -> Job:
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
    global _huey, _task
    serializer = SignedSerializer(secret=secret, salt="jobs")
    if redis_url:
        _huey = RedisHuey("peer", url=redis_url, serializer=serializer, results=False)
    else:
        data_dir.mkdir(parents=True, exist_ok=True)
        path = str(data_dir / "jobs.db")
        _huey = SqliteHuey("peer", filename=path, serializer=serializer, results=False)
    _task = _huey.task(retries=3, retry_delay=5, name="run")(_run)
    for name, (function, minute) in _sweeps.items():
        _huey.periodic_task(crontab(minute=minute), name=f"sweep.{name}")(_within(function))
    return _huey


def _run(name: str, *ids: str) -> None:
    log.info("job", job=name)
    with _around():
        _jobs[name](*ids)


def _within(function: Job) -> Job:
    def run() -> None:
        with _around():
            function()

    return run


def work_through(around: Callable[[], AbstractContextManager[object]]) -> None:
    """Run jobs and sweeps, each inside `around()`, until the process is told to stop."""
    global _around
    if _huey is None:
        raise RuntimeError("the queue is not set up")
    _around = around
    consumer = _huey.create_consumer(workers=1, periodic=True, initial_delay=0.1, max_delay=0.5)
    consumer.run()
