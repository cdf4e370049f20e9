"""Reads about sheets: who came from one, and how sheets were read before."""

from sqlalchemy import select

from peer.core import secrets, work
from peer.mentoring.models import ColumnMapping, ImportedPerson


def mark_of(side: str, who: str) -> str:
    """What is kept of whoever a row is about: a keyed hash that leads back to nobody."""
    return secrets.alias("sheet", side, who)


def imported(side: str, who: str) -> ImportedPerson | None:
    """The person whom an earlier sheet called `who`, if any."""
    return work.session().get(ImportedPerson, (side, mark_of(side, who)))


def saved_mappings(side: str) -> dict[str, ColumnMapping]:
    """The saved ways to read a sheet of `side`, by name."""
    rows = work.session().scalars(
        select(ColumnMapping).where(ColumnMapping.side == side).order_by(ColumnMapping.name)
    )
    return {row.name: row for row in rows}
