"""Copies of the database and of the key store, apart from each other, and bringing them back.

A copy of the database may be kept for long: what people wrote in it is sealed. A copy of the key
store is short-lived: once the last one that holds a destroyed key is gone, nothing opens the
words of an erased person any more, in however old a copy of the database.
"""

import fcntl
import os
import re
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import psycopg
from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import SQLAlchemyError

from peer.core import arriving, clock
from peer.core.errors import PeerError
from peer.core.words import N_

_BESIDE = ("-wal", "-shm", "-journal")
_ENDINGS = ("", *_BESIDE)
_PATIENCE = 5.0  # seconds for others to close a database that is to be replaced
_TABLES = {"people": {"alembic_version", "accounts"}, "keys": {"data_keys"}}
_NAME = re.compile(r"(?:people|keys)-(\d{8}T\d{6})Z\.(?:db|dump)")


class BackupFailed(PeerError):
    """A copy could not be made or brought back; what was there is as it was."""

    default = N_("The copy could not be made. What was there is as it was.")


class DoubtfulClock(PeerError):
    """Old copies were kept: by this machine's clock nearly all of them would have to go."""

    default = N_(
        "Every earlier copy in %(path)s looks too old. Is the clock right? None was deleted; if it is, "
        "they will be the next time."
    )


@dataclass(frozen=True)
class Source:
    """One of the two databases: where it is, and what its copies are called."""

    name: str  # people, keys
    url: URL

    @classmethod
    def of(cls, name: str, url: str) -> "Source":
        """The database at an SQLAlchemy address."""
        return cls(name, make_url(url))

    @property
    def on_sqlite(self) -> bool:
        """Whether it is a file."""
        return self.url.get_backend_name() == "sqlite"

    @property
    def file(self) -> Path:
        """Its file, on SQLite."""
        return Path(str(self.url.database))

    @property
    def is_there(self) -> bool:
        """Whether there is such a database; of PostgreSQL only connecting to it tells.

        A file that is none is only looked at: whoever tries to mend it wants its log as it is.
        """
        if not self.on_sqlite:
            return True
        try:
            with closing(sqlite3.connect(f"file:{self.file}?mode=ro", uri=True)) as there:
                return bool(there.execute("SELECT 1 FROM accounts LIMIT 1").fetchone())
        except sqlite3.Error:
            return False

    def copy_into(self, folder: Path) -> Path:
        """Make a checked copy in `folder`, readable by its owner alone, while everything goes on."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        stamp = clock.now().astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
        path = folder / f"{self.name}-{stamp}.{'db' if self.on_sqlite else 'dump'}"
        half = path.with_suffix(".part")
        half.unlink(missing_ok=True)
        os.close(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        try:
            self._copy(half)
            os.replace(half, path)
        finally:
            half.unlink(missing_ok=True)
        return path

    def _copy(self, to: Path) -> None:
        if not self.on_sqlite:
            _run(self.url, "pg_dump", "--format=custom", *self._schemas(), f"--file={to}")
            return
        if not self.file.exists():
            raise BackupFailed(N_("There is no database at %(path)s."), path=str(self.file))
        with closing(sqlite3.connect(self.file)) as here, closing(sqlite3.connect(to)) as there:
            here.backup(there)
            there.execute("PRAGMA journal_mode=DELETE")
            check(there)

    def _schemas(self) -> list[str]:
        if self.name == arriving.KEYS:
            return [f"--schema={arriving.KEYS}"]
        return [f"--exclude-schema={each}" for each in (arriving.KEYS, *arriving.PASSING)]

    def bring_in(self, copy: Path) -> None:
        """Bring a copy in beside what is there, to be settled at `settling`."""
        self.recognise(copy)
        if self.on_sqlite:
            self.send_away()
            os.close(os.open(self._arriving, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            shutil.copyfile(copy, self._arriving)
            return
        _there("psql")
        read = arriving.read_keys_in if self.name == arriving.KEYS else arriving.read_in
        with _quietly("pg_restore"):
            done = read(self.url, copy, _environ(self.url))
        if not done:
            raise BackupFailed(N_("%(program)s did not succeed."), program="pg_restore")

    @property
    def settling(self) -> str:
        """The address of what was brought in."""
        if self.on_sqlite:
            return self._at(self._arriving)
        schema = arriving.ARRIVING_KEYS if self.name == arriving.KEYS else arriving.ARRIVING
        return arriving.in_schema(self.url.render_as_string(hide_password=False), schema)

    def accounts_in(self, copy: Path) -> int:
        """How many accounts a copy has that was just brought in."""
        return _accounts_at(self._at(copy) if self.on_sqlite else self.settling)

    def still_hold(self, accounts: int) -> None:
        """BackupFailed unless what was brought in has so many accounts, before it takes a place.

        Whoever took it away, an empty one may stand there: migrating makes what is missing.
        """
        if _accounts_at(self.settling) != accounts:
            raise BackupFailed(N_("The copy is not whole."))

    @staticmethod
    def _at(file: Path) -> str:
        return f"sqlite:///{file}"

    @property
    def _arriving(self) -> Path:
        return self.file.with_suffix(".arriving")

    def send_away(self) -> None:
        """Drop what was brought in and is not in place."""
        if self.on_sqlite:
            remove(self._arriving)
            for path in self.file.parent.glob(f"{self.file.stem}.before-*"):
                if self.file.exists() and path.samefile(self.file):
                    path.unlink()  # a second name, given by a restoring that was killed just then
        else:
            arriving.send_away(self.url)

    @property
    def has_arrived(self) -> bool:
        """Whether something was brought in and is not in place."""
        if self.on_sqlite:
            return self._arriving.exists()
        with _quietly("PostgreSQL"):
            return arriving.has_arrived(self.url, keys=self.name == arriving.KEYS)

    def aside(self, stamp: str) -> Path:
        """Where, on SQLite, what was there lies once it was replaced at that moment."""
        return self.file.with_suffix(f".before-{stamp}")

    def call_off(self, stamp: str) -> None:
        """Undo the exchange of that moment, if it was made; doing so twice changes nothing."""
        if not self.on_sqlite:
            if self.name == arriving.KEYS:
                with _quietly("PostgreSQL"):
                    arriving.keys_back(self.url)
        elif self.has_arrived:
            remove(self.aside(stamp))  # it was not made: perhaps not even the second name is whole
        elif self.aside(stamp).exists():
            self.put_back(self.aside(stamp))

    def forget_before(self, stamp: str) -> None:
        """Drop what was there before the exchange of that moment: for keys, which lie nowhere twice."""
        if self.on_sqlite:
            remove(self.aside(stamp))
        else:
            with _quietly("PostgreSQL"):
                arriving.forget_keys_away(self.url)

    def exchange(self, stamp: str = "") -> Path | None:
        """Put what was brought in in place; on SQLite what was there is at the path returned.

        What was there of keys on PostgreSQL stays too, until `forget_before` or `call_off`.
        """
        if not self.on_sqlite:
            take = arriving.keys_take_place if self.name == arriving.KEYS else arriving.take_place
            with _quietly("PostgreSQL"):
                take(self.url)
            return None
        aside = self.aside(stamp or _stamp())
        with _alone(self.file):
            try:
                _keep_as(self.file, aside)
                os.replace(self._arriving, self.file)
            except OSError:
                self.put_back(aside)
                raise BackupFailed from None
        return aside

    def put_back(self, aside: Path) -> None:
        """Undo `exchange` on SQLite, also one that went half way; there is a database throughout."""
        if not aside.exists():
            remove(self.file)
            return
        for ending in _ENDINGS:
            if Path(f"{aside}{ending}").exists():
                os.replace(f"{aside}{ending}", f"{self.file}{ending}")
        remove(aside)  # two names of one file are left as they are by replacing

    def recognise(self, copy: Path) -> None:
        """BackupFailed unless the file is a whole copy of this database, and not of another one."""
        if self.on_sqlite:
            try:
                with closing(sqlite3.connect(f"file:{copy}?mode=ro", uri=True)) as there:
                    check(there)
                    rows = there.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
                    tables = {str(name) for (name,) in rows}
            except sqlite3.Error:
                raise BackupFailed(N_("%(path)s is not a whole copy."), path=str(copy)) from None
        else:
            tables = _tables_in(copy)
        if not _TABLES[self.name] <= tables:
            raise BackupFailed(N_("%(path)s is a copy of something else."), path=str(copy))


def _accounts_at(address: str) -> int:
    engine = create_engine(address, hide_parameters=True, poolclass=NullPool)
    try:
        with engine.connect() as connection:
            return int(connection.scalar(text("SELECT count(*) FROM accounts")) or 0)
    except SQLAlchemyError:
        raise BackupFailed(N_("The copy is not whole.")) from None


def remove(file: Path) -> None:
    """Delete a SQLite database, with what lies beside it while it is in use."""
    for ending in _ENDINGS:
        Path(f"{file}{ending}").unlink(missing_ok=True)


def check(connection: sqlite3.Connection) -> None:
    """BackupFailed when a SQLite database is not whole."""
    (said,) = connection.execute("PRAGMA integrity_check").fetchone()
    if said != "ok":
        raise BackupFailed(N_("The copy is not whole."))


def made_at(copy: Path) -> datetime | None:
    """When one of our copies was made, by its name; None for any other file."""
    found = _NAME.fullmatch(copy.name)
    return datetime.strptime(found[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC) if found else None


def forget_older(folder: Path, name: str, keep: timedelta) -> list[Path]:
    """Delete copies of one kind that are older than `keep`; nothing else in the folder.

    When the newest comes much later than the others came after each other, this machine's clock may
    be wrong: nothing is deleted until the next copy is made, and DoubtfulClock says so.
    """
    copies = [(made, path) for path in folder.glob(f"{name}-*") if (made := made_at(path))]
    copies.sort()
    old = [path for made, path in copies if clock.now() - made > keep]
    if old and _has_leapt([made for made, _path in copies], keep):
        raise DoubtfulClock(path=str(folder))
    for path in old:
        path.unlink()
    return old


def _has_leapt(made: list[datetime], keep: timedelta) -> bool:
    """Whether the newest copy is so much later than what is usual here that the clock may be wrong."""
    gaps = [later - earlier for earlier, later in pairwise(made)]
    last = gaps[-1] if gaps else timedelta()
    return last > keep and last > 3 * max(gaps[:-1], default=keep)


def take_place(people: Source, keys: Source | None, journal: Path) -> Path | None:
    """Put what was brought in, and is settled, in the place of what was there.

    `keys` when the key store was brought in too. On SQLite the database of before is kept, at the
    path returned; never its keys: those that are destroyed later must lie nowhere else. While there
    are two to be exchanged `journal` says so, for `finish` after a kill in between.
    """
    if keys is None:
        return people.exchange()
    if keys.url == people.url:
        with _quietly("PostgreSQL"):
            arriving.take_place(people.url, keys=True)
        return None
    with _noted(journal) as stamp:
        try:
            keys.exchange(stamp)
            aside = people.exchange(stamp)
        except BaseException:  # somebody's Ctrl-C as well
            if people.has_arrived:  # they are not in place, so the keys must not be
                keys.call_off(stamp)
                journal.unlink()
            raise
        keys.forget_before(stamp)
    return aside


def finish(people: Source, keys: Source, journal: Path) -> None:
    """Make one of two exchanges that were cut off: all of both, or nothing of either.

    The people come last: once they are in place everything is. Whoever is at it just now is waited
    for.
    """
    if not journal.exists():
        return
    try:
        file = journal.open("r+", encoding="ascii")
    except FileNotFoundError:  # somebody else has finished it meanwhile
        return
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        stamp = file.read()
        if not journal.exists():
            return
        if stamp and people.has_arrived:
            keys.call_off(stamp)
            if people.on_sqlite:
                people.call_off(stamp)
        elif stamp:
            keys.forget_before(stamp)
        journal.unlink()


@contextmanager
def _noted(journal: Path) -> Iterator[str]:
    """A moment that stands in `journal`, on the disk, until everything is done."""
    stamp = _stamp()
    with journal.open("w", encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write(stamp)
        file.flush()
        os.fsync(file.fileno())
        _keep_name(journal)
        yield stamp
        journal.unlink()


def _keep_name(file: Path) -> None:
    """Have a file's name on the disk too, and not its content alone."""
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _stamp() -> str:
    return clock.now().astimezone(UTC).strftime("%Y%m%dT%H%M%S%fZ")


@contextmanager
def _alone(file: Path) -> Iterator[None]:
    """Hold a SQLite database that nobody else has open, with all of it in its one file.

    Whoever looks at it gets a moment to be done. What is damaged cannot be held: it is left as it
    is, for a copy that is whole to take its place.
    """
    if not file.exists():
        yield
        return
    until = time.monotonic() + _PATIENCE
    with closing(sqlite3.connect(file, timeout=0, isolation_level=None)) as there:
        while _is_used(there):
            if time.monotonic() > until:
                raise BackupFailed(
                    N_("Another program still has %(path)s open. Close it, then begin again."),
                    path=str(file),
                )
            time.sleep(0.05)
        yield


def _is_used(there: sqlite3.Connection) -> bool:
    """Whether anybody else has the database open; if not, it is ours until we let it go."""
    try:
        there.execute("PRAGMA journal_mode=DELETE")  # works the log in, and goes only when alone
        there.execute("BEGIN EXCLUSIVE")
    except sqlite3.Error as error:
        return error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
    return False


def _keep_as(file: Path, aside: Path) -> None:
    """Give a SQLite database a second name, under which it stays when it is replaced."""
    for ending in ("", "-wal", "-journal"):
        part, to = Path(f"{file}{ending}"), Path(f"{aside}{ending}")
        if part.exists():
            try:
                os.link(part, to)
            except OSError:  # a file system without links
                shutil.copy2(part, to)
    for ending in _BESIDE:
        Path(f"{file}{ending}").unlink(missing_ok=True)  # it must not be read into the new one


@contextmanager
def _quietly(program: str) -> Iterator[None]:
    """What PostgreSQL has to say about an error could hold what is in the database."""
    try:
        yield
    except psycopg.Error:
        raise BackupFailed(N_("%(program)s did not succeed."), program=program) from None


def _there(program: str) -> str:
    found = shutil.which(program)
    if found is None:
        raise BackupFailed(N_("%(program)s is not on this machine."), program=program)
    return found


def _environ(url: URL) -> dict[str, str]:
    return {**os.environ, **({"PGPASSWORD": url.password} if url.password else {})}


def _tables_in(dump: Path) -> set[str]:
    """The tables that a dump of PostgreSQL would bring back."""
    program = _there("pg_restore")
    done = subprocess.run(  # noqa: S603
        [program, "--list", str(dump)], capture_output=True, check=False, text=True
    )
    if done.returncode:
        raise BackupFailed(N_("%(path)s is not a whole copy."), path=str(dump))
    return set(re.findall(r"^\d+; \d+ \d+ TABLE \S+ (\S+) ", done.stdout, re.MULTILINE))


def _run(url: URL, program: str, *arguments: str) -> None:
    """Run a PostgreSQL tool quietly: what it says could hold what is in the database.

    The password goes by the environment, where other people's `ps` does not show it.
    """
    _there(program)
    place = url.set(drivername="postgresql", password=None).render_as_string()
    done = subprocess.run(  # noqa: S603
        [program, f"--dbname={place}", *arguments],
        capture_output=True,
        check=False,
        env=_environ(url),
    )
    if done.returncode:
        raise BackupFailed(N_("%(program)s did not succeed."), program=program)
