"""Looking for what is left of something: every table and column, the queue, Redis.

Nothing here knows what a table means. It goes by what the databases themselves say they have, so
that a table nobody thought of is looked into as well.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import redis
from sqlalchemy import (
    ColumnElement,
    Engine,
    LargeBinary,
    String,
    case,
    cast,
    func,
    inspect,
    literal,
    select,
)
from sqlalchemy import column as sql_column
from sqlalchemy import table as sql_table

from peer.core import keys, queue
from peer.core.db import database


@dataclass(frozen=True)
class Found:
    """Where something is, and in how many rows."""

    place: str  # table.column; keys.table.column; queue; redis
    count: int


_redis_url = ""


def configure(redis_url: str) -> None:
    """Look into this Redis as well; empty: there is none."""
    global _redis_url
    _redis_url = redis_url


def find(needle: str) -> list[Found]:
    """Every place in which `needle` stands."""
    found = _in_tables(database.engine, needle)
    key_store = keys.store().engine
    schema = None if database.on_sqlite else "keys"
    found += [
        Found(f"keys.{each.place}", each.count) for each in _in_tables(key_store, needle, schema)
    ]
    jobs = queue.mentions(needle)
    if jobs:
        found.append(Found("queue", jobs))
    if _redis_url:
        found += _in_redis(_redis_url, needle)
    return found


def _in_tables(engine: Engine, needle: str, schema: str | None = None) -> list[Found]:
    found = []
    with engine.connect() as connection:
        look = inspect(connection)
        for name in sorted(look.get_table_names(schema=schema)):
            columns = look.get_columns(name, schema=schema)
            counted = [
                _count(engine.dialect.name, each["name"], each["type"], needle) for each in columns
            ]
            # One look at a table counts for all its columns.
            counts = connection.execute(
                select(*counted).select_from(sql_table(name, schema=schema))
            ).one()
            found += [
                Found(f"{name}.{each['name']}", count)
                for each, count in zip(columns, counts, strict=True)
                if count
            ]
    return found


def _count(dialect: str, name: str, kind: object, needle: str) -> ColumnElement[int]:
    return func.sum(case((_holds(dialect, name, kind, needle), 1), else_=0))


def _holds(dialect: str, name: str, kind: object, needle: str) -> ColumnElement[bool]:
    """Whether a column's value, as text or as bytes, holds the needle."""
    column: ColumnElement[object] = sql_column(name)
    if dialect == "sqlite":
        return func.instr(cast(column, LargeBinary), cast(needle.encode(), LargeBinary)) > 0
    if isinstance(kind, LargeBinary):
        return func.position(literal(needle.encode(), LargeBinary).op("IN")(column)) > 0
    return func.strpos(cast(column, String), needle) > 0


def _in_redis(url: str, needle: str) -> list[Found]:
    wanted = needle.encode()
    with redis.Redis.from_url(url) as server:
        count = sum(
            any(wanted in each for each in (key, *values_of(server, key)))
            for key in server.scan_iter(count=1000)
        )
    return [Found("redis", count)] if count else []


def values_of(server: Any, key: bytes) -> Iterator[bytes]:
    """Everything under a key, whatever its type; DUMP would give it compressed."""
    match server.type(key):
        case b"string":
            yield server.get(key) or b""
        case b"list":
            yield from server.lrange(key, 0, -1)
        case b"set":
            yield from server.smembers(key)
        case b"zset":
            yield from server.zrange(key, 0, -1)
        case b"hash":
            for name, value in server.hgetall(key).items():
                yield from (name, value)
        case other:
            raise NotImplementedError(f"nobody here writes {other!r}")
