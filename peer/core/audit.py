"""The append-only record of what staff did: each entry holds the hash of the one before.

Entries carry ids and words from fixed lists, never what people wrote. Database triggers refuse
changes; the chain of keyed hashes shows a change made behind the triggers' back. Its key is in
the key store, so that the site's secret key can be replaced and the chain still holds.
"""

import json
import os
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import JSON, String, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from peer.core import clock, keys, work
from peer.core.db import Base, database

FIRST = "0" * 64
_PG_LOCK = 7_203_114  # any fixed number: entries are appended one at a time

_CHAIN, _ARRIVING = "audit.chain", "audit.arriving"
_copy: Path | None = None  # where the links are kept a second time


class AuditEntry(Base):
    """One act of one person, for good."""

    __tablename__ = "audit_entries"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[datetime]
    actor_id: Mapped[str | None] = mapped_column(String(32))  # None: the system itself
    act: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(80))
    details: Mapped[dict[str, object]] = mapped_column(JSON)
    chain: Mapped[str] = mapped_column(String(64))


def record(act: str, subject: str, *, by: str | None, **details: object) -> None:
    """Append one entry to the record, as the present unit of work is about to commit.

    `act` is like "account.suspend", `subject` like "account:<id>"; details are ids, numbers and
    fixed words.
    """
    entry = AuditEntry(
        at=clock.now(), actor_id=by or None, act=act, subject=subject, details=details
    )
    work.before_commit(lambda: _append(entry))


def about(subject: str) -> Sequence[AuditEntry]:
    """What was done to a subject, the latest first."""
    found = select(AuditEntry).where(AuditEntry.subject == subject)
    return work.session().scalars(found.order_by(AuditEntry.id.desc())).all()


def done_by(account_id: str) -> Sequence[AuditEntry]:
    """What a person did, the latest first."""
    found = select(AuditEntry).where(AuditEntry.actor_id == account_id)
    return work.session().scalars(found.order_by(AuditEntry.id.desc())).all()


def page(act: str, skip: int, count: int) -> Sequence[AuditEntry]:
    """Entries, the latest first, perhaps only those of one act."""
    found = select(AuditEntry).order_by(AuditEntry.id.desc()).offset(skip).limit(count)
    return work.session().scalars(found.where(AuditEntry.act == act) if act else found).all()


def acts() -> list[str]:
    """Every act that the record holds."""
    return sorted(work.session().scalars(select(AuditEntry.act).distinct()))


def _append(entry: AuditEntry) -> None:
    session = work.session()
    session.flush()
    if not database.on_sqlite:
        session.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _PG_LOCK})
    before = session.scalar(select(AuditEntry.chain).order_by(AuditEntry.id.desc()).limit(1))
    entry.chain = _link(before or FIRST, entry)
    session.add(entry)
    session.flush()
    number, chain = entry.id, entry.chain
    work.after_commit(lambda: _note_elsewhere(number, chain))


def _link(before: str, entry: AuditEntry) -> str:
    facts = [entry.at.isoformat(), entry.actor_id, entry.act, entry.subject, entry.details]
    return keys.fingerprint(
        "audit_entries.chain", before, json.dumps(facts, sort_keys=True, separators=(",", ":"))
    )


def remember_in(folder: Path) -> None:
    """Keep a second copy of the chain's links in `folder`: what is cut off the end shows by it."""
    global _copy
    _copy = folder / _CHAIN


def remember_apart(folder: Path) -> None:
    """Keep the links of what is not in place yet apart, until `join_links` or `drop_links`."""
    global _copy
    drop_links(folder)
    _copy = folder / _ARRIVING


def join_links(folder: Path) -> None:
    """Add the links that were kept apart to the second copy: what they are of is in place."""
    file = folder / _ARRIVING
    if file.exists():
        _add(folder / _CHAIN, file.read_bytes())
    drop_links(folder)


def drop_links(folder: Path) -> None:
    """Forget the links that were kept apart, as for entries undone."""
    (folder / _ARRIVING).unlink(missing_ok=True)


def _note_elsewhere(number: int, chain: str) -> None:
    """One short line, added in one write: several processes may do so at once."""
    if _copy is None:
        return
    _add(_copy, f"{number} {chain}\n".encode())


def _add(file: Path, lines: bytes) -> None:
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(handle, lines)
    finally:
        os.close(handle)


def cut_off(session: Session) -> list[int]:
    """The ids of entries that the second copy knows and the record does not hold as they were.

    Chained hashes show a change in the middle; only a copy elsewhere shows a missing end.
    """
    if _copy is None or not _copy.exists():
        return []
    there = {row.id: row.chain for row in session.execute(select(AuditEntry.id, AuditEntry.chain))}
    known = [line.split() for line in _copy.read_text(encoding="ascii").splitlines()]
    return sorted({int(number) for number, chain in known if there.get(int(number)) != chain})


def extent(session: Session) -> tuple[int, str]:
    """How many entries there are, and the last link: to write down somewhere else."""
    last = select(AuditEntry.chain).order_by(AuditEntry.id.desc()).limit(1)
    count = session.scalar(select(func.count(AuditEntry.id))) or 0
    return count, session.scalar(last) or FIRST


def broken_links(session: Session) -> Iterator[int]:
    """The ids of entries that do not follow from the one before them."""
    before = FIRST
    for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.id)):
        if _link(before, entry) != entry.chain:
            yield entry.id
        before = entry.chain
