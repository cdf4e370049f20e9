"""Units of work: one commit a door, then the effects; a rollback drops them.

Doors (routes, sockets, commands, jobs) wear `@unit_of_work` or `@reading`. Services ask for
`session()` and leave word with `after_commit`; they never commit. A unit inside another joins it.
"""

import sqlite3
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import structlog
from gevent import get_hub, monkey
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from peer.core import logs, storing
from peer.core.db import WRITES, database

P = ParamSpec("P")
R = TypeVar("R")
Effect = Callable[[], object]

log = structlog.get_logger("work")

_TURNS = 7_203_115  # any fixed number: turns of ours, and of nobody else in this database
# SQLite has one writer. Greenlets of one process wait here, where waiting lets others run;
# inside SQLite's own busy handler it would stop the whole process.
_sqlite_writer = threading.RLock()


class Work:
    """A session and what is to happen once it has been committed."""

    def __init__(self, session: Session, *, writes: bool) -> None:
        self.session = session
        self.writes = writes
        self.effects: list[Effect] = []
        self.last: list[Effect] = []
        self.failed = False


_current: ContextVar[Work | None] = ContextVar("work", default=None)


def session() -> Session:
    """The session of the unit of work around the caller."""
    work = _current.get()
    if work is None:
        raise RuntimeError("no unit of work is open: a door must wear @unit_of_work or @reading")
    return work.session


def is_writing() -> bool:
    """Whether a unit of work that writes is open around the caller."""
    work = _current.get()
    return work is not None and work.writes


def after_commit(effect: Effect) -> None:
    """Run `effect` once the present unit has been committed; never if it is rolled back."""
    work = _current.get()
    if work is None or not work.writes:
        raise RuntimeError("effects need a unit of work that writes")
    work.effects.append(effect)


def take_turns(what: str) -> None:
    """Wait until no other unit is busy with `what`; this one then is, until it ends.

    What is read after this holds until the commit, also where nothing is there yet to be locked.
    """
    if not database.on_sqlite:  # there, units that write take turns anyway
        turn = text("SELECT pg_advisory_xact_lock(:turns, hashtext(:what))")
        session().execute(turn, {"turns": _TURNS, "what": what})


def before_commit(step: Effect) -> None:
    """Have `step` be among the last things the present unit does before it commits.

    For what takes a lock that everybody wants: taken last, it can be part of no deadlock.
    """
    work = _current.get()
    if work is None or not work.writes:
        raise RuntimeError("a last step needs a unit of work that writes")
    work.last.append(step)


def give_up() -> None:
    """Roll the present unit back when it ends, though no error is raised."""
    work = _current.get()
    if work is not None:
        work.failed = True


@contextmanager
def begin(*, writes: bool = True) -> Iterator[Session]:
    """A unit of work as a block; joins the one around it."""
    around = _current.get()
    if around is not None:
        if writes and not around.writes:
            raise RuntimeError("a writing unit cannot begin inside a reading one")
        yield around.session
        return
    if writes and database.on_sqlite:
        with _sqlite_writer:
            work = yield from _run(writes)
    else:
        work = yield from _run(writes)
    for effect in work.effects:
        _perform(effect)


def _run(writes: bool) -> Generator[Session, None, Work]:
    with database.session() as session:
        work = Work(session, writes=writes)
        token = _current.set(work)
        try:
            session.connection(execution_options={WRITES: True} if writes else {})
            yield session
            if writes and not work.failed:
                for step in work.last:
                    step()
                _commit(session)
                storing.went(None)
            else:
                session.expunge_all()  # what was read stays readable; rolling back would expire it
                session.rollback()
                work.effects.clear()
        except BaseException as error:
            if writes:
                storing.went(error)
            session.rollback()
            raise
        finally:
            _current.reset(token)
    return work


def _commit(session: Session) -> None:
    """Commit. On SQLite one waits for the disk, and others go on meanwhile: in a native thread.

    Only the statement itself runs there; to SQLAlchemy nothing is left to be committed then.
    """
    if not database.on_sqlite or not monkey.is_module_patched("threading"):
        session.commit()
        return
    session.flush()
    driver: Any = session.connection().connection.driver_connection
    try:
        get_hub().threadpool.apply(driver.execute, ("COMMIT",))
    except sqlite3.OperationalError as error:
        raise OperationalError("COMMIT", None, error) from error
    session.commit()


def _perform(effect: Effect) -> None:
    """What is committed stays committed: a failing effect is noted, never raised."""
    try:
        effect()
    except Exception as error:  # noqa: BLE001
        log.error(
            "effect_failed",
            effect=effect,
            kind=type(error),
            where=logs.where(error.__traceback__),
        )


def _refused(result: Any) -> bool:
    """Whether a page answers with an error; its unit is then rolled back."""
    if isinstance(result, tuple) and len(result) > 1 and isinstance(result[1], int):
        return result[1] >= 400
    return bool(getattr(result, "status_code", 200) >= 400)


def unit_of_work(door: Callable[P, R]) -> Callable[P, R]:
    """Commit when `door` returns, roll back when it raises or answers 400 and above."""

    @wraps(door)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        with begin():
            result = door(*args, **kwargs)
            if _refused(result):
                give_up()
        return result

    return wrapped


def reading(door: Callable[P, R]) -> Callable[P, R]:
    """Give `door` a session that is rolled back at the end."""

    @wraps(door)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        with begin(writes=False):
            return door(*args, **kwargs)

    return wrapped
