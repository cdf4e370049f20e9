"""What a database says of its people that an older copy of it must not undo."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Table, select

from peer.accounts.models import Account, AccountState, Factor, RecoveryCode, RoleGrant, Vault
from peer.accounts.models.erasure import Erasure
from peer.core import work

Row = Mapping[str, Any]  # as it is stored, sealed


@dataclass(frozen=True)
class Standing:
    """How somebody stood: whether they were shut out, what they held, what let them in."""

    state: str
    suspended_until: datetime | None
    suspended_for: str
    passphrase_hash: str
    roles: frozenset[str]
    vault: Row | None
    factors: Sequence[Row]
    codes: Sequence[Row]


@dataclass(frozen=True)
class Before:
    """Everybody's standing by their id, and who was erased or about to be."""

    people: Mapping[str, Standing]
    erased: frozenset[str]


def people_before() -> Before:
    """Read it all from the database that is connected now."""
    accounts, erasures = _rows(Account), _rows(Erasure)
    grants, vaults = _of_each(RoleGrant), _of_each(Vault)
    factors, codes = _of_each(Factor), _of_each(RecoveryCode)
    people = {
        row["id"]: Standing(
            state=row["state"],
            suspended_until=row["suspended_until"],
            suspended_for=row["suspended_for"],
            passphrase_hash=row["passphrase_hash"],
            roles=frozenset(grant["role"] for grant in grants.get(row["id"], ())),
            vault=next(iter(vaults.get(row["id"], ())), None),
            factors=[each for each in factors.get(row["id"], ()) if each["confirmed_at"]],
            codes=codes.get(row["id"], ()),
        )
        for row in accounts
    }
    erased = {row["account_id"] for row in erasures}
    erased |= {row["id"] for row in accounts if row["state"] == AccountState.ERASED}
    return Before(people, frozenset(erased))


def _rows(model: type[Any]) -> Sequence[Row]:
    table: Table = model.__table__
    return [dict(row) for row in work.session().execute(select(table)).mappings()]


def _of_each(model: type[Any]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in _rows(model):
        found.setdefault(row["account_id"], []).append(row)
    return found
