"""The append-only record of what staff did: each entry holds the hash of the one before.

Entries carry ids and words from fixed lists, never what people wrote. Database triggers refuse
changes; the chain of keyed hashes shows a change made behind the triggers' back.
"""

import json
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import JSON, String, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from peer.core import clock, work
from peer.core.db import Base, database
from peer.core.secrets import keyed_hash

FIRST = "0" * 64
_PG_LOCK = 7_203_114  # any fixed number: entries are appended one at a time

_key = ""


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


def configure(secret: str) -> None:
    """Chain entries under a key derived from `secret`."""
    global _key
    _key = keyed_hash(secret, "audit")


def record(act: str, subject: str, *, by: str | None, **details: object) -> None:
    """Append one entry to the record, as the present unit of work is about to commit.

    `act` is like "account.suspend", `subject` like "account:<id>"; details are ids, numbers and
    fixed words.
    """
    entry = AuditEntry(
        at=clock.now(), actor_id=by or None, act=act, subject=subject, details=details
    )
    work.before_commit(lambda: _append(entry))


def _append(entry: AuditEntry) -> None:
    session = work.session()
    session.flush()
    if not database.on_sqlite:
        session.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _PG_LOCK})
    before = session.scalar(select(AuditEntry.chain).order_by(AuditEntry.id.desc()).limit(1))
    entry.chain = _link(before or FIRST, entry)
    session.add(entry)
    session.flush()


def _link(before: str, entry: AuditEntry) -> str:
    facts = [entry.at.isoformat(), entry.actor_id, entry.act, entry.subject, entry.details]
    return keyed_hash(_key, before, json.dumps(facts, sort_keys=True, separators=(",", ":")))


def broken_links(session: Session) -> Iterator[int]:
    """The ids of entries that do not follow from the one before them."""
    before = FIRST
    for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.id)):
        if _link(before, entry) != entry.chain:
            yield entry.id
        before = entry.chain
