"""After an older copy was brought back: what follows for people still follows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select

from peer.accounts.models import Account, AccountState
from peer.core import audit, clock, work
from peer.core.audit import AuditEntry
from peer.moderation.models import ReviewItem, Sanction


@dataclass(frozen=True)
class Sanctions:
    """Sanctions in force, as they are stored; and what the record says of who decided bans."""

    rows: Sequence[Mapping[str, Any]]
    bans: Mapping[str, Mapping[str, Any]]  # by subject: the entry of the latest


def sanctions_before() -> Sanctions:
    """Read them from the database that is connected now."""
    table = Sanction.__table__
    open_now = table.c.lifted_at.is_(None)
    lasting = table.c.until.is_(None) | (table.c.until > clock.now())
    found = work.session().execute(select(table).where(open_now, lasting)).mappings()
    entries = select(AuditEntry).where(AuditEntry.act == "person.ban").order_by(AuditEntry.id)
    bans = {
        entry.subject: {"by": entry.actor_id, **entry.details}
        for entry in work.session().scalars(entries)
    }
    return Sanctions([dict(row) for row in found], bans)


def carry_sanctions_over(before: Sanctions) -> int:
    """Have sanctions hold that the copy lacks or has lifted; how many."""
    changed = 0
    for row in before.rows:
        person = work.session().get(Account, row["account_id"])
        if person is None or person.state == AccountState.ERASED:
            continue
        known = work.session().get(Sanction, row["id"])
        if known is None:
            _insert(row)
            _say_who(before, f"account:{person.id}", row)
        elif known.lifted_at is None and _lasts(known.until, row["until"]):
            continue
        else:
            known.lifted_at = known.lifted_by = None
            known.until = row["until"]
        changed += 1
    return changed


def _lasts(until: Any, wanted: Any) -> bool:
    """Whether what ends at `until` lasts at least as long as what ends at `wanted`."""
    return until is None or (wanted is not None and until >= wanted)


def _insert(row: Mapping[str, Any]) -> None:
    """With what it points to, where the copy has that."""
    session, kept = work.session(), dict(row)
    for column, model in (("item_id", ReviewItem), ("by_id", Account)):
        if kept[column] is not None and session.get(model, kept[column]) is None:
            kept[column] = None
    session.execute(insert(Sanction.__table__).values(kept))  # type: ignore[arg-type]


def _say_who(before: Sanctions, subject: str, row: Mapping[str, Any]) -> None:
    """Who decided a ban has no part in lifting it: the record has to know them here too."""
    known = before.bans.get(subject)
    if row["act_id"] is not None and known is not None:
        audit.record("person.ban", subject, **{**known, "restored": True})
