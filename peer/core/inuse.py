"""Who uses an installation: the site and its worker side by side, or one alone who replaces it.

A lock on a file of the data directory tells the processes of one machine. On PostgreSQL every
connection of the site holds a lock as well, for a worker may run on another machine.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Engine, event
from sqlalchemy.engine import make_url

from peer.core.errors import PeerError
from peer.core.settings import Settings
from peer.core.words import N_

_FILE = "in-use.lock"
PG_LOCK = 7_203_116  # any fixed number
_kept: list[int] = []  # open files: what this process holds for its life


class InUse(PeerError):
    """The installation is used in a way that leaves no room for another one."""

    status = 503
    default = N_("A copy is being brought back just now. Start again once that is done.")


def stay(settings: Settings, engine: Engine | None = None) -> None:
    """Use the installation, through `engine` too, until this process ends.

    InUse while a copy is brought back.
    """
    _kept.append(_lock(settings, fcntl.LOCK_SH, InUse()))
    if engine is not None and engine.dialect.name == "postgresql":
        event.listen(engine, "connect", _stay_connected)
        engine.dispose()  # what is connected already would hold no lock
        with engine.connect():
            pass


def _stay_connected(connection: Any, _record: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock_shared(%s)", (PG_LOCK,))
        (granted,) = cursor.fetchone()
    connection.commit()
    if not granted:
        raise InUse


@contextmanager
def alone(settings: Settings) -> Iterator[None]:
    """Be the only one who uses the installation; InUse while anything of the site runs."""
    busy = InUse(
        N_("The site, its worker or another restoring is running. Stop it, then begin again.")
    )
    lock = _lock(settings, fcntl.LOCK_EX, busy)
    try:
        with _alone_on_postgresql(settings.database, busy):
            yield
    finally:
        os.close(lock)


@contextmanager
def _alone_on_postgresql(address: str, busy: InUse) -> Iterator[None]:
    url = make_url(address)
    if url.get_backend_name() != "postgresql":
        yield
        return
    place = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(place, autocommit=True) as connection:
        row = connection.execute("SELECT pg_try_advisory_lock(%s)", (PG_LOCK,)).fetchone()
        if row is None or not row[0]:
            raise busy
        yield


def _lock(settings: Settings, how: int, busy: InUse) -> int:
    folder = Path(settings.data_dir)
    folder.mkdir(parents=True, exist_ok=True)
    lock = os.open(folder / _FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, how | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise busy from None
    return lock
