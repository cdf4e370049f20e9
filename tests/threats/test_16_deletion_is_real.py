"""Abuse case 16: what somebody erased is looked for by whoever gets hold of the files.

Bytes are looked for, not rows: a database may say that a row is gone and still hold its page.
"""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
import redis
from sqlalchemy import make_url, select

from peer.accounts import queries as accounts
from peer.accounts import service
from peer.accounts.models import Account
from peer.app import configure_core
from peer.core import leftovers, limits, queue, work
from peer.core.db import database
from peer.core.settings import Settings, load
from peer.mentoring.models import MenteeProfile
from peer.moderation.models import Report
from peer.notifications.models import Notice
from peer.policy.roles import Actor
from peer.rooms.models import Message
from tests.cast import Cast
from tests.plugins.site import SECRET
from tests.privacy.lives import CANARIES, erased, left_of, lived_in

NAME = "Noor"
# What stays on purpose: the record of what was done has the opaque id, and nothing else.
EXPLAINED = {"audit_entries", "erasures", "data_keys"}


def traces(account_id: str) -> list[bytes]:
    """What must be in no byte: the words, the name, and what stands for them."""
    with work.begin() as session:
        account = session.get(Account, account_id)
        account.passphrase_hash = "canary-hash"  # the cast's own is everybody's
        mine = session.scalars(select(Message).where(Message.author_id == account_id)).all()
        notices = session.scalars(select(Notice).where(Notice.account_id == account_id)).all()
        reports = session.scalars(select(Report).where(Report.reporter_id == account_id)).all()
        profile = session.get(MenteeProfile, account_id)
        found = [account.username.encode(), account.passphrase_hash.encode(), account.name_sealed]
        found += [
            each for row in mine for each in (row.text_sealed, row.note_sealed or row.text_sealed)
        ]
        found += [row.params_sealed for row in notices]
        found += [row.note_sealed for row in reports]
        found += [profile.boundaries_sealed, profile.avoids_sealed]
    return [*found, *(canary.encode() for canary in CANARIES)]


def holding(paths: list[Path], wanted: list[bytes]) -> list[tuple[str, int]]:
    """The files that hold any of it, and which."""
    return [
        (path.name, number)
        for path in paths
        for number, each in enumerate(wanted)
        if each in path.read_bytes()
    ]


@pytest.fixture
def on_sqlite(core: Settings) -> Settings:
    """An installation on SQLite, whose files can be looked into."""
    return core


@pytest.fixture
def on_postgres(migrated_postgres_url: str, redis_url: str, tmp_path: Path) -> Settings:
    """An installation on PostgreSQL and Redis."""
    settings = load(
        data_dir=tmp_path,
        secret_key=SECRET,
        database_url=migrated_postgres_url,
        redis_url=redis_url,
    )
    configure_core(settings)
    return settings


def files_of(settings: Settings) -> list[Path]:
    return sorted(path for path in Path(settings.data_dir).glob("*.db*") if path.is_file())


def test_deletion_is_real_gone_from_db_wal_redis_and_queue(on_sqlite: Settings, cast: Cast) -> None:
    lived_in(cast)
    noor = cast.noor
    wanted = traces(noor.id)
    assert holding(files_of(on_sqlite), wanted), "there is something to look for"
    erased(noor)
    names = [path.name for path in files_of(on_sqlite)]
    assert {"peer.db", "peer.db-wal", "keys.db", "jobs.db"} <= set(names)
    assert holding(files_of(on_sqlite), wanted) == []
    assert left_of(noor.id) == []
    where = {each.place.split(".")[-2] for each, _ in service.scan(noor.id)}
    assert where <= EXPLAINED
    with closing(sqlite3.connect(on_sqlite.data_dir / "peer.db")) as file:
        assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_backup_from_before_shows_nothing_with_the_keys_of_now(
    on_sqlite: Settings, cast: Cast
) -> None:
    lived_in(cast)
    noor = cast.noor
    folder = Path(on_sqlite.data_dir)
    now, copy = sqlite3.connect(folder / "peer.db"), sqlite3.connect(folder / "before.db")
    with closing(now), closing(copy):
        now.backup(copy)
    erased(noor)
    database.close()
    thief = folder / "thief"
    thief.mkdir()
    shutil.copy(folder / "before.db", thief / "peer.db")
    shutil.copy(folder / "keys.db", thief)
    shutil.copy(on_sqlite.keys_path, thief)
    stolen = load(data_dir=thief, secret_key=SECRET, database_url="", redis_url="")
    configure_core(stolen)
    with work.begin(writes=False) as session:
        rows = session.scalars(select(Message).where(Message.author_id == noor.id)).all()
        assert rows, "the rows are there"
        assert {row.text for row in rows} == {""}
        assert [row.earlier for row in rows if row.earlier] == []
        assert session.get(Account, noor.id).name == ""
        assert session.get(MenteeProfile, noor.id).boundaries == ""
        assert all(
            not row.params
            for row in session.scalars(select(Notice).where(Notice.account_id == noor.id))
        )
        others = session.scalars(select(Message).where(Message.author_id != noor.id)).all()
        assert {row.text for row in others} == {"well said"}, "the keys of others still open"
        assert {account.name for account in accounts.all_accounts() if account.id != noor.id}
    assert holding([thief / "peer.db"], [canary.encode() for canary in CANARIES]) == []


def dump(settings: Settings) -> bytes:
    """Everything that PostgreSQL has, as a thief of its backup would read it."""
    url = make_url(settings.database_url).set(drivername="postgresql")
    done = subprocess.run(
        ["pg_dump", "--dbname", url.render_as_string(hide_password=False)],
        capture_output=True,
        check=True,
        env={**os.environ, "LC_ALL": "C"},
    )
    return done.stdout


def in_dump(found: bytes, wanted: list[bytes]) -> list[int]:
    return [
        number
        for number, each in enumerate(wanted)
        if each in found or each.hex().encode() in found
    ]


def all_of(server: redis.Redis) -> bytes:
    """Every key and value of a Redis database."""
    return b"".join(
        b"".join((key, *leftovers.values_of(server, key))) for key in server.scan_iter()
    )


@pytest.mark.skipif(
    shutil.which("pg_dump") is None, reason="Install pg_dump: apt install postgresql-client."
)
def test_deletion_is_real_on_postgres_and_redis(on_postgres: Settings, cast: Cast) -> None:
    lived_in(cast)
    noor: Actor = cast.noor
    wanted = traces(noor.id)
    before = in_dump(dump(on_postgres), wanted)
    assert before, "there is something to look for"
    limits.spend("10/minute", "passphrase", noor.id)
    with work.begin():
        service.erase_account(noor)
        queue.ask("accounts.erase", f"about-{noor.id}")
    with redis.Redis.from_url(on_postgres.redis_url) as server:
        assert noor.id.encode() in all_of(server), "a job that carries the id waits"
        queue.sweep_now("accounts.erasures")
        everything = all_of(server)
    for trace in (noor.id.encode(), NAME.encode(), *wanted):
        assert trace not in everything
    assert in_dump(dump(on_postgres), wanted) == []
    assert left_of(noor.id) == []
