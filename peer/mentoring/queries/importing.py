"""Reads about sheets: who came from one, and how sheets were read before."""

from collections.abc import Sequence

from sqlalchemy import select

from peer.core import keys, work
from peer.mentoring.models import ColumnMapping, ImportedPerson


def mark_of(side: str, who: str) -> str:
    """What is kept of whoever a row is about: a keyed hash that leads back to nobody."""
    return keys.fingerprint("imported_people.who", side, who)[:16]


def imported(side: str, who: str) -> ImportedPerson | None:
    """The person whom an earlier sheet called `who`, if any."""
    return work.session().get(ImportedPerson, (side, mark_of(side, who)))


def imported_as(account_id: str) -> Sequence[ImportedPerson]:
    """The sheets' rows that a person came from."""
    rows = select(ImportedPerson).where(ImportedPerson.account_id == account_id)
    return work.session().scalars(rows).all()


def saved_mappings(side: str) -> dict[str, ColumnMapping]:
    """The saved ways to read a sheet of `side`, by name."""
    rows = work.session().scalars(select(ColumnMapping).where(ColumnMapping.side == side))
    return {row.name: row for row in sorted(rows, key=lambda row: row.name)}
