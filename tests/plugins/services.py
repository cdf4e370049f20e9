"""Real PostgreSQL and Redis for the tests: a database of its own for each that asks.

Where a server is absent, the tests that need it skip with a line that says what to start.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from itertools import count

import psycopg
import pytest
import redis
from psycopg import sql
from sqlalchemy import URL, make_url

from peer.core import keys, migrate
from peer.core.db import database

POSTGRES = make_url(
    os.environ.get("PEER_TEST_DATABASE_URL")
    or "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
)
REDIS = os.environ.get("PEER_TEST_REDIS_URL") or "redis://127.0.0.1:6379/15"
MARKS = {"postgres": "postgres", "postgres_with_tables": "postgres", "redis_url": "redis"}

EmptyDatabase = Callable[[], AbstractContextManager[str]]
MigratedDatabase = Callable[[], AbstractContextManager[str]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for fixture, mark in MARKS.items():
            if fixture in getattr(item, "fixturenames", ()):
                item.add_marker(mark)


def pytest_report_header() -> list[str]:
    return [line for line in (postgres_absent(), redis_absent()) if line]


@cache
def postgres_absent() -> str:
    """Empty when PostgreSQL answers, else one line that says what to start."""
    try:
        _connect_postgres().close()
    except psycopg.OperationalError:
        return (
            f"PostgreSQL does not answer at {POSTGRES.render_as_string()}: start it, "
            "or name another with PEER_TEST_DATABASE_URL."
        )
    return ""


@cache
def redis_absent() -> str:
    """Empty when Redis answers, else one line that says what to start."""
    try:
        with redis.Redis.from_url(REDIS, socket_connect_timeout=3) as server:
            server.ping()
    except redis.RedisError:
        place = make_url(REDIS).render_as_string()
        return f"Redis does not answer at {place}: start it, or name one with PEER_TEST_REDIS_URL."
    return ""


def _connect_postgres() -> psycopg.Connection:
    url = POSTGRES.set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(url, autocommit=True, connect_timeout=3)


def _process_name(worker_id: str) -> str:
    return f"commonroom_test_{os.getpid()}_{worker_id}"


@pytest.fixture(scope="session")
def postgres(worker_id: str) -> EmptyDatabase:
    """`with postgres() as url:` is an empty PostgreSQL database, dropped afterwards.

    Nothing of an earlier test is in it, whichever way that ended: no table, no key.
    """
    if absent := postgres_absent():
        pytest.skip(absent)
    numbers = count(1)
    return lambda: _made(f"{_process_name(worker_id)}_{next(numbers)}")


@pytest.fixture(scope="session")
def postgres_with_tables(worker_id: str) -> Iterator[MigratedDatabase]:
    """`with postgres_with_tables() as url:` is a database with every table and nobody in it.

    The migrations run once: each database is a copy of the first, made by the server.
    """
    if absent := postgres_absent():
        pytest.skip(absent)
    first, numbers = f"{_process_name(worker_id)}_first", count(1)
    with _made(first) as url:
        migrate.upgrade(url)
        yield lambda: _made(f"{first}_{next(numbers)}", like=first)


@contextmanager
def _made(name: str, like: str = "template1") -> Iterator[str]:
    """The address of a database that is there until the block ends."""
    names = {"new": sql.Identifier(name), "old": sql.Identifier(like)}
    with _connect_postgres() as server:
        server.execute(sql.SQL("CREATE DATABASE {new} TEMPLATE {old}").format(**names))
        try:
            url: URL = POSTGRES.set(database=name)
            yield url.render_as_string(hide_password=False)
        finally:
            database.close()
            keys.close()
            server.execute(sql.SQL("DROP DATABASE {new} WITH (FORCE)").format(**names))


@pytest.fixture
def postgres_url(postgres: EmptyDatabase) -> Iterator[str]:
    """The address of an empty PostgreSQL database of the test's own."""
    with postgres() as url:
        yield url


@pytest.fixture
def migrated_postgres_url(postgres_with_tables: MigratedDatabase) -> Iterator[str]:
    """The address of a PostgreSQL database of the test's own, with every table."""
    with postgres_with_tables() as url:
        yield url


@pytest.fixture(scope="session")
def claimed_redis(worker_id: str) -> Iterator[str]:
    """A numbered Redis database that no other test process uses and that held nothing of others.

    Claims are kept in the database that PEER_TEST_REDIS_URL names. One that holds keys is taken
    only if an earlier test run left them: nobody's data may be flushed by a test.
    """
    if absent := redis_absent():
        pytest.skip(absent)
    with redis.Redis.from_url(REDIS) as claims:
        url = _claim(claims, _process_name(worker_id))
        yield url.render_as_string(hide_password=False)
        with redis.Redis.from_url(url.render_as_string(hide_password=False)) as ours:
            ours.flushdb()
        claims.delete(f"commonroom-test:{url.database}")


def _claim(claims: redis.Redis, owner: str) -> URL:
    base = make_url(REDIS)
    for number in range(16):
        url = base.set(database=str(number))
        if url.database == base.database:
            continue
        with redis.Redis.from_url(url.render_as_string(hide_password=False)) as candidate:
            empty = candidate.dbsize() == 0
        if not empty and not claims.sismember("commonroom-test:used", str(number)):
            continue
        if claims.set(f"commonroom-test:{number}", owner, nx=True, ex=3600):
            claims.sadd("commonroom-test:used", str(number))
            return url
    return pytest.fail("Every Redis database is taken: stop another test run, or wait an hour.")


@pytest.fixture
def redis_url(claimed_redis: str) -> str:
    """The address of this test process's Redis database, emptied before the test.

    Redis shares its publish and subscribe channels between all its numbered databases.
    """
    with redis.Redis.from_url(claimed_redis) as server:
        server.flushdb()
    return claimed_redis
