"""Bringing a copy back on PostgreSQL: beside what is there, and in its place all at once.

A copy is read into a schema of its own in one transaction, and looked after there like the database
it is about to be. Then one more transaction puts it in the place of what was there. Whatever fails
before that, or whoever pulls the plug, leaves the database as it was.
"""

import shutil
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, LiteralString

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL, make_url

KEYS = "keys"  # the schema of the key store
_OPTION = "-csearch_path="
# Only while a copy is being brought back; copies never hold them.
ARRIVING, _AWAY = "peer_arriving", "peer_away"
ARRIVING_KEYS, _KEYS_AWAY = "peer_arriving_keys", "peer_away_keys"
PASSING = (ARRIVING, _AWAY, ARRIVING_KEYS, _KEYS_AWAY)

# Everything that is the site's own in a schema moves; what hangs on a table goes along with it.
_MOVE: LiteralString = """
DO $move$
DECLARE
  here CONSTANT text := {here}; there CONSTANT text := {there}; found text;
BEGIN
  FOR found IN
    SELECT format('ALTER TABLE %I.%I SET SCHEMA %I', here, c.relname, there)
    FROM pg_class c
    WHERE c.relnamespace = here::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
      AND NOT EXISTS (SELECT 1 FROM pg_depend d
        WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
          AND (d.deptype = 'e' OR c.relkind = 'S' AND d.deptype IN ('a', 'i')))
    UNION ALL
    SELECT format('ALTER ROUTINE %I.%I(%s) SET SCHEMA %I', here, p.proname,
                  pg_get_function_identity_arguments(p.oid), there)
    FROM pg_proc p
    WHERE p.pronamespace = here::regnamespace
      AND NOT EXISTS (SELECT 1 FROM pg_depend d
        WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
    UNION ALL
    SELECT format('ALTER TYPE %I.%I SET SCHEMA %I', here, t.typname, there)
    FROM pg_type t
    WHERE t.typnamespace = here::regnamespace AND t.typtype IN ('e', 'd')
      AND NOT EXISTS (SELECT 1 FROM pg_depend d
        WHERE d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e')
  LOOP
    EXECUTE found;
  END LOOP;
END $move$;
"""
_DROP: LiteralString = "DROP SCHEMA IF EXISTS {} CASCADE;"
_CREATE: LiteralString = "CREATE SCHEMA {};"
_RENAME: LiteralString = "ALTER SCHEMA {} RENAME TO {};"


def in_schema(url: str, schema: str) -> str:
    """The same database, in which unqualified names mean tables of that schema."""
    found = make_url(url).update_query_dict({"options": f"{_OPTION}{schema}"})
    return found.render_as_string(hide_password=False)


def keys_schema(url: URL) -> str:
    """The schema of the key store at this address: another one while it arrives."""
    arrives = url.query.get("options") == f"{_OPTION}{ARRIVING_KEYS}"
    return ARRIVING_KEYS if arrives else KEYS


def _statement(words: LiteralString, *schemas: str) -> sql.Composed:
    return sql.SQL(words).format(*(sql.Identifier(each) for each in schemas))


def _move(here: str, there: str) -> sql.Composed:
    return sql.SQL(_MOVE).format(here=sql.Literal(here), there=sql.Literal(there))


def _connect(url: URL) -> psycopg.Connection:
    place = url.set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(place, autocommit=True)


def live_schema(url: URL) -> str:
    """The schema in which the tables are when nobody says otherwise: public, as a rule."""
    with _connect(url) as connection:
        row = connection.execute("SELECT current_schema()").fetchone()
    return str(row[0]) if row and row[0] else "public"


def read_in(url: URL, copy: Path, environ: dict[str, str]) -> bool:
    """Read a copy of the tables into a schema beside them; whether that succeeded."""
    live = live_schema(url)
    before = [
        _statement(_DROP, ARRIVING),
        _statement(_CREATE, _AWAY),
        _move(live, _AWAY),
    ]
    after = [
        _statement(_CREATE, ARRIVING),
        _move(live, ARRIVING),
        _move(_AWAY, live),
        _statement("DROP SCHEMA {};", _AWAY),
        # A copy of another schema has left nothing here: not an empty place, but a failure.
        _statement("SELECT 1 FROM {}.accounts LIMIT 1;", ARRIVING),
    ]
    return _read(url, copy, (f"--schema={live}",), before, after, environ)


def read_keys_in(url: URL, copy: Path, environ: dict[str, str]) -> bool:
    """Read a copy of the key store into a schema beside it; whether that succeeded."""
    before = [_statement(_DROP, ARRIVING_KEYS), _statement(_RENAME, KEYS, _KEYS_AWAY)]
    after = [_statement(_RENAME, KEYS, ARRIVING_KEYS), _statement(_RENAME, _KEYS_AWAY, KEYS)]
    return _read(url, copy, (), before, after, environ)


def _read(
    url: URL,
    copy: Path,
    which: Sequence[str],
    before: Sequence[sql.Composed],
    after: Sequence[sql.Composed],
    environ: dict[str, str],
) -> bool:
    """One transaction, which is kept only when `pg_restore` says that it gave all of the copy."""
    restore, psql = shutil.which("pg_restore"), shutil.which("psql")
    assert restore is not None
    assert psql is not None
    place = url.set(drivername="postgresql", password=None).render_as_string()
    words = ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", f"--dbname={place}"]
    with (
        subprocess.Popen(  # noqa: S603
            [psql, *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,  # what it says could hold what is in the database
            env=environ,
        ) as reading,
        subprocess.Popen(  # noqa: S603
            [restore, "--no-owner", "--exit-on-error", "--file=-", *which, str(copy)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as giving,
    ):
        assert reading.stdin is not None
        assert giving.stdout is not None
        with suppress(BrokenPipeError):  # it has met an error; its exit status says so
            _write(reading.stdin, "BEGIN;", *before)
            shutil.copyfileobj(giving.stdout, reading.stdin)
            if giving.wait() == 0:
                _write(reading.stdin, *after, "COMMIT;")
        with suppress(BrokenPipeError):
            reading.stdin.close()
        giving.stdout.close()
    return giving.returncode == 0 and reading.returncode == 0


def _write(to: IO[bytes], *statements: str | sql.Composed) -> None:
    for each in statements:
        words = each if isinstance(each, str) else each.as_string()
        to.write(words.encode() + b"\n")
    to.flush()


def take_place(url: URL, *, keys: bool = False) -> None:
    """Put what has arrived in the place of what was there, which is gone; perhaps the keys too."""
    live = live_schema(url)
    with _connect(url) as connection, connection.transaction():
        connection.execute(_statement(_CREATE, _AWAY))
        connection.execute(_move(live, _AWAY))
        connection.execute(_move(ARRIVING, live))
        for gone in (ARRIVING, _AWAY):
            connection.execute(_statement(_DROP, gone))
        if keys:
            _replace_keys(connection)


def keys_take_place(url: URL) -> None:
    """The same for the key store alone; what was there is kept until it is put back or forgotten."""
    with _connect(url) as connection, connection.transaction():
        connection.execute(_statement(_DROP, _KEYS_AWAY))
        connection.execute(_statement(_RENAME, KEYS, _KEYS_AWAY))
        connection.execute(_statement(_RENAME, ARRIVING_KEYS, KEYS))


def keys_back(url: URL) -> None:
    """Put the key store of before in its place again, if another one took it."""
    with _connect(url) as connection, connection.transaction():
        if _is_schema(connection, _KEYS_AWAY):
            connection.execute(_statement(_DROP, KEYS))
            connection.execute(_statement(_RENAME, _KEYS_AWAY, KEYS))


def forget_keys_away(url: URL) -> None:
    """Drop the key store of before."""
    with _connect(url) as connection, connection.transaction():
        connection.execute(_statement(_DROP, _KEYS_AWAY))


def has_arrived(url: URL, *, keys: bool) -> bool:
    """Whether the tables, or the key store, were read in and have not taken their place."""
    with _connect(url) as connection:
        return _is_schema(connection, ARRIVING_KEYS if keys else ARRIVING)


def _is_schema(connection: psycopg.Connection, name: str) -> bool:
    found = connection.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", (name,))
    return found.fetchone() is not None


def _replace_keys(connection: psycopg.Connection) -> None:
    connection.execute(_statement(_DROP, KEYS))
    connection.execute(_statement(_RENAME, ARRIVING_KEYS, KEYS))


def send_away(url: URL) -> None:
    """Drop whatever has arrived and is not in place; the next restoring drops what this cannot."""
    with suppress(psycopg.Error), _connect(url) as connection, connection.transaction():
        for each in (ARRIVING, ARRIVING_KEYS):
            connection.execute(_statement(_DROP, each))
