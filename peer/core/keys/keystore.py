"""The key store: each person's data key, wrapped by a master key, in a database of its own.

It lies apart from what the keys seal (a SQLite file, or a schema of PostgreSQL), so that its
backups can be short-lived: once a key is destroyed here and in them, every copy of the words it
sealed is unreadable, however old. A destroyed key leaves its owner's opaque id and the day.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    LargeBinary,
    MetaData,
    String,
    Table,
    create_engine,
    event,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError

from peer.core import clock
from peer.core.arriving import keys_schema
from peer.core.db import UtcDateTime, prepare_sqlite
from peer.core.keys import envelope
from peer.core.keys.masters import Master, MasterFile

_PG_LOCK = 7_203_115  # any fixed number: rotation waits for keys that are just being made
_FRESH = 60.0  # seconds for which a process may go on using a key that another one destroyed
_MOST = 20_000  # keys held in memory
_BATCH = 500

metadata = MetaData()
data_keys = Table(
    "data_keys",
    metadata,
    Column("owner", String(80), primary_key=True),
    Column("wrapped", LargeBinary, nullable=False),  # empty: destroyed
    Column("made_at", UtcDateTime, nullable=False),
    Column("destroyed_at", UtcDateTime),
)


def _place(owner: str) -> str:
    return f"data_keys|wrapped|{owner}"


class KeyStore:
    """Makes, finds, destroys and re-wraps data keys. Every call is a transaction of its own."""

    def __init__(self, url: str, masters: MasterFile) -> None:
        self.masters = masters
        self._held: OrderedDict[str, tuple[bytes, float]] = OrderedDict()
        self._turns = threading.RLock()
        self.schema = keys_schema(make_url(url))
        self.engine = _engine(url, self.schema)
        self._on_sqlite = self.engine.dialect.name == "sqlite"
        self._ready = False

    def close(self) -> None:
        """Let go of every connection and key."""
        self.engine.dispose()
        self._held.clear()

    @contextmanager
    def _begin(self, *, alone: bool = False) -> Iterator[Connection]:
        """A transaction; `alone` waits until no key is being made."""
        if not self._ready:
            self._make_tables()
        with self._turns, self.engine.begin() as connection:
            if not self._on_sqlite:
                lock = "pg_advisory_xact_lock" if alone else "pg_advisory_xact_lock_shared"
                connection.execute(text(f"SELECT {lock}(:n)"), {"n": _PG_LOCK})
            yield connection

    def _make_tables(self) -> None:
        with self._turns, self.engine.begin() as connection:
            if not self._on_sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _PG_LOCK})
                connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {self.schema}"))
            metadata.create_all(connection)
        self._ready = True

    # --- one key ------------------------------------------------------------------------------

    def key_of(self, owner: str, *, make: bool = False) -> bytes:
        """The data key of `owner`, made now if asked to.

        Unreadable when there is none or it was destroyed, WrongKeys when the master keys are not
        the ones it was wrapped by.
        """
        held = self._held.get(owner)
        if held is not None and time.monotonic() - held[1] < _FRESH:
            return held[0]
        wrapped = self._find(owner, make=make)
        try:
            return self._hold(owner, wrapped)
        except envelope.WrongKeys:  # it may have been wrapped anew since it was read
            return self._hold(owner, self._find(owner))

    def _find(self, owner: str, *, make: bool = False) -> bytes:
        with self._begin() as connection:
            wrapped = _wrapped_of(connection, owner)
            if wrapped is None and make:
                wrapped = self._make(connection, owner)
        if wrapped is None and make:  # made elsewhere, at the same moment
            wrapped = self._find(owner)
        if not wrapped:
            self._held.pop(owner, None)
            raise envelope.Unreadable("there is no such key, or it was destroyed")
        return wrapped

    def _make(self, connection: Connection, owner: str) -> bytes | None:
        master = self.masters.current()
        wrapped = envelope.close(master.key, master.id, envelope.new_key(), _place(owner))
        row = {"owner": owner, "wrapped": wrapped, "made_at": clock.now()}
        try:
            with connection.begin_nested():
                connection.execute(insert(data_keys).values(row))
        except IntegrityError:
            return None
        return wrapped

    def _hold(self, owner: str, wrapped: bytes) -> bytes:
        master = self.masters.key(envelope.key_id_of(wrapped))
        try:
            key = envelope.open_up(master, wrapped, _place(owner))
        except envelope.Unreadable:
            raise envelope.WrongKeys(f"{self.masters.path} holds other master keys") from None
        self._held[owner] = (key, time.monotonic())
        while len(self._held) > _MOST:
            self._held.popitem(last=False)
        return key

    def fetch(self, owners: Iterable[str]) -> None:
        """Have the keys of many owners at hand, with a few questions instead of one each."""
        now = time.monotonic()
        wanted = [
            one for one in set(owners) if now - self._held.get(one, (b"", -_FRESH))[1] >= _FRESH
        ]
        for start in range(0, len(wanted), _BATCH):
            some = data_keys.c.owner.in_(wanted[start : start + _BATCH])
            with self._begin() as connection:
                rows = connection.execute(
                    select(data_keys.c.owner, data_keys.c.wrapped).where(some)
                )
                found = [(row.owner, row.wrapped) for row in rows if row.wrapped]
            for owner, wrapped in found:
                self._hold(owner, wrapped)

    def destroy(self, owner: str) -> bool:
        """Destroy a key for good, and keep it from being made again; whether there was one."""
        with self._begin() as connection:
            there = bool(_wrapped_of(connection, owner))
            gone = {"wrapped": b"", "destroyed_at": clock.now()}
            done = connection.execute(
                update(data_keys).where(data_keys.c.owner == owner).values(gone)
            )
            if not done.rowcount:
                row = {"owner": owner, "made_at": clock.now(), **gone}
                connection.execute(insert(data_keys).values(row))
        self._held.pop(owner, None)
        self.tidy()
        return there

    def tidy(self) -> None:
        """On SQLite: take what was destroyed out of the write-ahead log as well."""
        if self._on_sqlite:
            with self._turns, self.engine.connect() as connection:
                raw: Any = connection.connection.driver_connection
                raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def forget(self, owner: str) -> None:
        """Drop what is left of a key, also that it ever was: for keys nothing was sealed under."""
        with self._begin() as connection:
            connection.execute(data_keys.delete().where(data_keys.c.owner == owner))
        self._held.pop(owner, None)
        self.tidy()

    def forget_all(self) -> None:
        """Drop every key: only when nothing is sealed any more."""
        with self._begin() as connection:
            connection.execute(data_keys.delete())
        self._held.clear()

    def owners(self) -> set[str]:
        """Everybody who has a key."""
        with self._begin() as connection:
            alive = select(data_keys.c.owner).where(func.length(data_keys.c.wrapped) > 0)
            return set(connection.scalars(alive))

    def destroyed(self) -> set[str]:
        """Everybody whose key was destroyed."""
        with self._begin() as connection:
            gone = select(data_keys.c.owner).where(func.length(data_keys.c.wrapped) == 0)
            return set(connection.scalars(gone))

    # --- every key ----------------------------------------------------------------------------

    def rotate(self, keep: timedelta, say: Callable[[int, int], None]) -> int:
        """Wrap every key under a new master key, while everything goes on; how many there were.

        A key that is being made meanwhile either is wrapped by the new master, or is seen by the
        last look, which waits for it. Only then are older masters retired. Of two rotations the
        second waits for the first.
        """
        with self.masters.alone():
            return self._rotate(keep, say)

    def _rotate(self, keep: timedelta, say: Callable[[int, int], None]) -> int:
        master = self.masters.add()
        done = 0
        while True:
            with self._begin(alone=True) as connection:
                old = list(self._older(connection, master.id))
                if not old:
                    self.masters.retire(but=master.id, keep=keep)
                    return done
                for owner, wrapped in old[:_BATCH]:
                    self._wrap_again(connection, owner, wrapped, master)
            done += len(old[:_BATCH])
            say(done, done + len(old[_BATCH:]))

    def _older(self, connection: Connection, master_id: int) -> Iterator[tuple[str, bytes]]:
        for row in connection.execute(select(data_keys.c.owner, data_keys.c.wrapped)):
            if row.wrapped and envelope.key_id_of(row.wrapped) != master_id:
                yield row.owner, row.wrapped

    def _wrap_again(self, connection: Connection, owner: str, wrapped: bytes, new: Master) -> None:
        old = self.masters.key(envelope.key_id_of(wrapped))
        key = envelope.open_up(old, wrapped, _place(owner))
        again = envelope.close(new.key, new.id, key, _place(owner))
        connection.execute(
            update(data_keys)
            .where(data_keys.c.owner == owner, data_keys.c.wrapped == wrapped)
            .values(wrapped=again)
        )


def _wrapped_of(connection: Connection, owner: str) -> bytes | None:
    """None: never made; empty: destroyed."""
    found = select(data_keys.c.wrapped).where(data_keys.c.owner == owner)
    wrapped: bytes | None = connection.scalar(found)
    return wrapped


def _engine(url: str, schema: str) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(
            url,
            hide_parameters=True,
            pool_size=2,
            max_overflow=4,
            pool_pre_ping=True,
            execution_options={"schema_translate_map": {None: schema}},
        )
    Path(str(parsed.database)).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url, hide_parameters=True, connect_args={"check_same_thread": False, "timeout": 5}
    )
    event.listen(engine, "connect", prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
