"""The master keys: a small file of its own, outside the database and outside its backups.

One key a line: `id key made-at [retired-at]`; the newest wraps, every one unwraps. A retired key
stays in the file as long as a backup of the key store may need it, then `rotate` drops it.
"""

import base64
import fcntl
import os
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from peer.core import clock
from peer.core.keys import envelope
from peer.core.settings import SettingsError

_HEADING = (
    "# Master keys. Whoever holds this file and the key store reads everything: keep it apart.\n"
)
_AMISS = timedelta(minutes=1)  # clocks that differ by less are not wrong
_HALF = ".keys-"  # how the name of a file begins that is not whole yet


@dataclass(frozen=True)
class Master:
    """One master key, by the byte that stands in front of what it wrapped."""

    id: int
    key: bytes
    made_at: datetime
    retired_at: datetime | None = None

    @property
    def line(self) -> str:
        """As it stands in the file."""
        words = [
            str(self.id),
            base64.urlsafe_b64encode(self.key).decode(),
            self.made_at.isoformat(),
        ]
        return " ".join(words + ([self.retired_at.isoformat()] if self.retired_at else []))

    @classmethod
    def of(cls, line: str) -> "Master":
        """Read from its line; ValueError when it is none."""
        words = line.split()
        if len(words) not in (3, 4):
            raise ValueError("three or four words a line")
        key = base64.urlsafe_b64decode(words[1])
        if len(key) != envelope.KEY_BYTES or not 1 <= int(words[0]) <= 255:
            raise ValueError("a key of 32 bytes and an id from 1 to 255")
        moments = [datetime.fromisoformat(word) for word in words[2:]]
        return cls(int(words[0]), key, moments[0], moments[1] if len(moments) > 1 else None)


class MasterFile:
    """The file of master keys; read again whenever it has changed on disk."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen: tuple[int, int, int] | None = None
        self._keys: dict[int, Master] = {}
        self._turns = threading.RLock()
        self._is_alone = False

    def all(self) -> dict[int, Master]:
        """Every key by its id, made now if there is no file yet; SettingsError when unreadable."""
        try:
            found = self.path.stat()
        except FileNotFoundError:
            found = self._begin()
        except OSError as error:
            raise self._unusable(str(error.strerror)) from None
        seen = (found.st_mtime_ns, found.st_size, found.st_ino)
        if seen != self._seen:
            self._keys, self._seen = self._read(), seen
        return self._keys

    def current(self) -> Master:
        """The key that wraps from now on."""
        return max(
            self.all().values(), key=lambda master: (master.retired_at is None, master.made_at)
        )

    def key(self, key_id: int) -> bytes:
        """The key with this id; WrongKeys when the file does not hold it."""
        found = self.all().get(key_id)
        if found is None:
            raise envelope.WrongKeys(f"{self.path} does not hold master key {key_id}")
        return found.key

    def _begin(self) -> os.stat_result:
        """The file, made with a first key unless somebody else was faster."""
        with self.alone():
            if not self.path.exists():
                self._write([Master(1, envelope.new_key(), clock.now())])
            return self.path.stat()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Be the only one who writes the file, in any process; whoever comes second waits.

        Whoever was killed while writing left a half file with every key in it: it goes first.
        """
        with self._turns:
            if self._is_alone:
                yield
                return
            lock = self._lock(fcntl.LOCK_EX)
            self._is_alone = True
            try:
                self._sweep()
                yield
            finally:
                self._is_alone = False
                os.close(lock)

    def tidy(self) -> None:
        """Delete half files, as at the start of a process; whoever writes just now sees to it."""
        if self._halves():
            with suppress(BlockingIOError, OSError, SettingsError):  # the next rotation says so
                lock = self._lock(fcntl.LOCK_EX | fcntl.LOCK_NB)
                try:
                    self._sweep()
                finally:
                    os.close(lock)

    def _lock(self, how: int) -> int:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            lock = os.open(f"{self.path}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise self._unusable(str(error.strerror)) from None
        try:
            fcntl.flock(lock, how)
        except OSError:
            os.close(lock)
            raise
        return lock

    def _halves(self) -> list[Path]:
        return list(self.path.parent.glob(f"{_HALF}????????"))

    def _sweep(self) -> None:
        try:
            for half in self._halves():
                half.unlink(missing_ok=True)
        except OSError as error:
            raise self._unusable(str(error.strerror)) from None

    def add(self) -> Master:
        """A new key, written beside the old ones; it is the current one from now on."""
        keys = self.all()
        free = (number for number in range(1, 256) if number not in keys)
        newest = max(master.made_at for master in keys.values())
        made = max(clock.now(), newest + timedelta(microseconds=1))
        master = Master(next(free), envelope.new_key(), made)
        self._write([*keys.values(), master])
        return master

    def retire(self, *, but: int, keep: timedelta) -> None:
        """Retire every key `but` one; those retired longer ago than `keep` are dropped for good.

        None is dropped when a date in the file lies in a time to come: the clock was wrong then, or
        is now. From then on that date counts as now.
        """
        now, kept, masters = clock.now(), list[Master](), self.all().values()
        dated = {moment for each in masters for moment in (each.made_at, each.retired_at) if moment}
        doubtful = max(dated) - now > _AMISS
        for master in masters:
            retired = master.retired_at or (None if master.id == but else now)
            retired = min(retired, now) if retired else None
            if retired is None or doubtful or now - retired <= keep:
                made = min(master.made_at, now)
                kept.append(replace(master, made_at=made, retired_at=retired))
        self._write(kept)

    def _read(self) -> dict[int, Master]:
        try:
            lines = self.path.read_text(encoding="utf-8").splitlines()
            keys = [Master.of(line) for line in lines if line.strip() and not line.startswith("#")]
        except OSError as error:
            raise self._unusable(str(error.strerror)) from None
        except ValueError:
            raise self._unusable("a line of it is not a key") from None
        if not keys:
            raise self._unusable("it holds no key")
        return {master.id: master for master in keys}

    def _write(self, keys: list[Master]) -> None:
        """Whole or not at all, readable by its owner alone. Only while `alone`."""
        try:
            handle, name = tempfile.mkstemp(dir=self.path.parent, prefix=_HALF)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(_HEADING + "".join(f"{master.line}\n" for master in keys))
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, self.path)
        except OSError as error:
            raise self._unusable(str(error.strerror)) from None

    def _unusable(self, reason: str) -> SettingsError:
        return SettingsError(f"  PEER_KEYS_FILE: {self.path} cannot be used ({reason})")
