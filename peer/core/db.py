"""The database: one engine a process, typed columns, ids that cannot be guessed."""

import secrets
import string
import time
from binascii import b2a_base64
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

import orjson
from sqlalchemy import (
    DateTime,
    Dialect,
    Engine,
    FromClause,
    MetaData,
    Row,
    String,
    create_engine,
    event,
)
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.types import TypeDecorator

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

_Process = Callable[[Any], Any]  # makes of a value what the driver takes

WRITES = "peer_writes"  # execution option: this transaction will write


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment in UTC, also on SQLite, which forgets zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


class Base(DeclarativeBase):
    """Mother of every table."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {datetime: UtcDateTime(), str: String()}


def new_id() -> str:
    """An opaque id of 128 random bits, 22 characters, safe in an address."""
    return secrets.token_urlsafe(16)


_SORTED = bytes.maketrans(
    (string.ascii_uppercase + string.ascii_lowercase + string.digits + "+/").encode(),
    "".join(sorted(string.ascii_letters + string.digits + "-_")).encode(),
)


def new_id_in_order() -> str:
    """An opaque id like `new_id`, behind those made in an earlier millisecond: an index grows at its end.

    44 bits of the time, which whoever sees the row sees anyway, and 84 random ones (much as in
    RFC 9562, version 7). For rows that are written by the hundred.
    """
    moment, chance = time.time_ns() // 1_000_000, secrets.randbits(84)
    number = ((moment << 84) | chance) % (1 << 128)
    return b2a_base64(number.to_bytes(16, "big"))[:22].translate(_SORTED).decode()


class Question:
    """A question about many keys at once, made once a database; rows come as the driver gives them.

    `words` have a `{keys}` where the keys stand, as a table with the column `value` (JSON), and
    names for what the databases say differently: `sqlite` and `postgresql` fill those in. They
    hold no percent sign and no question mark.
    """

    _KEYS: ClassVar[Mapping[str, str]] = {
        # Either walks its index once a key; a list of values would be read from its start.
        "sqlite": "json_each(?)",
        "postgresql": "jsonb_array_elements(CAST(%s AS jsonb)) AS value",
    }

    def __init__(
        self, words: str, *, sqlite: Mapping[str, str], postgresql: Mapping[str, str]
    ) -> None:
        self._words = {
            name: words.format(keys=self._KEYS[name], **parts)
            for name, parts in (("sqlite", sqlite), ("postgresql", postgresql))
        }

    def rows(self, connection: Connection, keys: Iterable[object]) -> Sequence[Row[Any]]:
        """What is found for the keys, in no order."""
        asked = orjson.dumps(list(keys)).decode()
        return connection.exec_driver_sql(self._words[connection.dialect.name], (asked,)).all()


def moment(found: str | datetime | None) -> datetime | None:
    """A moment that came as the driver gives it, in UTC."""
    if isinstance(found, str):
        return datetime.fromisoformat(found).replace(tzinfo=UTC)
    return found.astimezone(UTC) if found else None


class ManyRows:
    """Rows of one table that are stored by the hundred: the statement is made once a database.

    A row is a tuple of values in the order of `columns`: texts, bytes, numbers, yes or no, moments
    and None, which either driver takes. Of other columns the table itself knows what stands there.
    """

    def __init__(self, table: FromClause, *columns: str) -> None:
        self._table, self._columns = table, columns
        types = [table.c[column].type for column in columns]
        self._moments = [place for place, it in enumerate(types) if isinstance(it, UtcDateTime)]
        self._made: dict[str, tuple[str, _Process | None]] = {}

    def store(self, connection: Connection, rows: Iterable[tuple[object, ...]]) -> None:
        """Store the rows; there is at least one."""
        dialect = connection.dialect
        if dialect.name not in self._made:
            as_kept = UtcDateTime().dialect_impl(dialect).bind_processor(dialect)
            self._made[dialect.name] = self._words(dialect), as_kept
        words, step = self._made[dialect.name]
        connection.exec_driver_sql(words, [self._ready(row, step) for row in rows])

    def _ready(self, row: tuple[object, ...], step: _Process | None) -> tuple[object, ...]:
        if step is not None:
            for place in self._moments:
                row = (*row[:place], step(row[place]), *row[place + 1 :])
        return row

    def _words(self, dialect: Dialect) -> str:
        quoted = dialect.identifier_preparer
        names = ", ".join(quoted.quote(column) for column in self._columns)
        places = ", ".join(["?" if dialect.paramstyle == "qmark" else "%s"] * len(self._columns))
        table = quoted.format_table(self._table)
        return f"INSERT INTO {table} ({names}) VALUES ({places})"  # noqa: S608 # nosec B608


class Database:
    """The process's engine and its sessions; `connect` before the first use."""

    def __init__(self) -> None:
        self._engine: Engine | None = None
        self._sessions: sessionmaker[Session] | None = None

    def connect(self, url: str) -> None:
        """Use the database at `url` from now on; an earlier one is let go."""
        self.close()
        self._engine = _engine(url)
        self._sessions = sessionmaker(self._engine, expire_on_commit=False)

    def close(self) -> None:
        """Let go of every connection."""
        if self._engine is not None:
            self._engine.dispose()
        self._engine = self._sessions = None

    @property
    def engine(self) -> Engine:
        if self._engine is None:
            raise RuntimeError("the database is not connected yet")
        return self._engine

    @property
    def on_sqlite(self) -> bool:
        """Whether writes have to take turns within the process."""
        return self.engine.dialect.name == "sqlite"

    def scrub(self) -> bool:
        """Leave no bytes of what was deleted outside the tables; whether nothing was in the way.

        On SQLite the write-ahead log is worked in and emptied; deleting itself overwrites. On
        PostgreSQL the space of deleted rows is freed. For the worker: it may wait for readers.
        """
        if not self.on_sqlite:
            with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as found:
                found.exec_driver_sql("VACUUM")
            return True
        connection = self.engine.raw_connection()
        try:
            busy = connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        finally:
            connection.close()
        return not busy

    def session(self) -> Session:
        """A new session; `core.work` opens and closes them, nobody else."""
        if self._sessions is None:
            raise RuntimeError("the database is not connected yet")
        return self._sessions()


database = Database()


def _engine(url: str) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(
            url, hide_parameters=True, pool_size=5, max_overflow=10, pool_pre_ping=True
        )
    is_file = parsed.database not in {None, "", ":memory:"}
    if is_file and parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url,
        hide_parameters=True,  # errors reach the log, and must not carry what people wrote
        connect_args={"check_same_thread": False, "timeout": 5},
        # The connection that wrote last knows the pages; another would read them anew.
        **({"pool_use_lifo": True} if is_file else {}),
    )
    event.listen(engine, "connect", prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def prepare_sqlite(connection: Any, _record: Any) -> None:
    """What every connection to a SQLite file of ours needs to know."""
    connection.isolation_level = None  # we say BEGIN ourselves: the driver begins too late
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
        "busy_timeout=5000",
        "wal_autocheckpoint=4000",  # pages: what a busy evening writes again and again, once
        "cache_size=-8000",  # kB: the pages of the rooms that are talked in
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    """Take the write lock at once: asking for it half-way would fail instead of waiting."""
    writes = connection.get_execution_options().get(WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
