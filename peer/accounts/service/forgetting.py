"""What becomes of an account and all that hangs on it when its person erases it."""

import secrets
from collections.abc import Iterator

from sqlalchemy import Column, ColumnElement, Table, delete, func, select, update

from peer.accounts import broadcast, queries
from peer.accounts.models import Account, Invitation, RoleGrant
from peer.accounts.models.oversight import Release, SharedAct
from peer.accounts.service.factors import forget_factors
from peer.accounts.service.holding import holdings
from peer.accounts.service.signing import end_sessions
from peer.accounts.service.vaults import lose_private
from peer.core import clock, work
from peer.core.db import Base
from peer.core.expiry import delete_some
from peer.policy.oversight import ActState

_EVERYTHING = 10**9
# A feature with open cases decides about these itself.
_CASES = frozenset({"review_items", "sanctions", "reports"})


def leave_for_good(account_id: str) -> None:
    """At once: signing in fails as for a name nobody has, and nothing leads to the person."""
    account = queries.account_with(account_id)
    end_sessions(account_id, "signed_out")
    lose_private(account_id)
    forget_factors(account_id)
    account.grants = []
    account.username, account.name = secrets.token_hex(32), ""
    account.passphrase_hash = ""
    account.suspended_until, account.suspended_for = None, ""
    account.locale, account.timezone, account.theme = "en", "UTC", ""
    for invitation in queries.invitations():
        if invitation.created_by == account_id and queries.is_open(invitation):
            invitation.withdrawn_at = clock.now()
    work.session().execute(
        update(SharedAct)
        .where(
            SharedAct.state == ActState.WAITING,
            (SharedAct.asked_by == account_id) | _about(account_id),
        )
        .values(state=ActState.WITHDRAWN, decided_at=clock.now())
    )
    work.session().flush()


def _about(account_id: str) -> ColumnElement[bool]:
    """Acts of two about a person, or about a release of theirs."""
    releases = select(Release.id).where(Release.account_id == account_id)
    return (SharedAct.subject_id == account_id) | SharedAct.subject_id.in_(releases)


def forget_account(account_id: str) -> dict[str, int]:
    """Whatever points to the account, in any table; then the account, or an empty shell of it."""
    session = work.session()
    session.flush()
    counts = {"shared_acts": delete_some(SharedAct, _about(account_id), limit=_EVERYTHING)}
    for table, column, on_delete in _pointing():
        if on_delete == "SET NULL":
            session.execute(update(table).where(column == account_id).values({column: None}))
        elif table.name not in _CASES:
            gone = _delete(table, column, account_id)
            counts[table.name] = counts.get(table.name, 0) + gone
    session.execute(
        update(RoleGrant).where(RoleGrant.granted_by == account_id).values(granted_by=None)
    )
    # A note on a code nobody made any more tells of nobody who is here.
    session.execute(
        update(Invitation).where(Invitation.created_by.is_(None)).values(note_sealed=None)
    )
    broadcast.forget_account(account_id)
    session.expire_all()
    if any(holding.kept(account_id) for holding in holdings()):
        account = queries.account_with(account_id)
        account.created_at = clock.now()
    else:
        counts["accounts"] = delete_some(Account, Account.id == account_id, limit=1)
    return counts


def rows_pointing_to(account_id: str) -> dict[str, int]:
    """How many rows of each table are the account's, and go with it."""
    counts: dict[str, int] = {}
    for table, column, on_delete in _pointing():
        if on_delete == "CASCADE":
            counted = select(func.count()).select_from(table).where(column == account_id)
            there = work.session().scalar(counted) or 0
            counts[table.name] = counts.get(table.name, 0) + there
    return counts


def _pointing() -> Iterator[tuple[Table, Column[object], str]]:
    """Every column that points to an account, with what is to happen when it goes."""
    accounts = Account.__table__
    for table in reversed(Base.metadata.sorted_tables):
        for key in table.foreign_keys:
            if key.column.table is accounts:
                yield table, key.parent, key.ondelete or ""


def _delete(table: Table, column: Column[object], account_id: str) -> int:
    counted = select(func.count()).select_from(table).where(column == account_id)
    there = work.session().scalar(counted) or 0
    if there:
        work.session().execute(delete(table).where(column == account_id))
    return there
