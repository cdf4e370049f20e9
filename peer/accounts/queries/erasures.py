"""Reads about erased accounts: receipts, what is unfinished, what came back from a backup."""

from collections.abc import Sequence

from sqlalchemy import func, select

from peer.accounts.models import Account, AccountState, RoleGrant
from peer.accounts.models.erasure import Erasure
from peer.accounts.queries import usable_now
from peer.core import keys, work
from peer.core.errors import NotFound
from peer.core.secrets import token_hash
from peer.policy.roles import Role


def erasure_with(erasure_id: str) -> Erasure:
    """The receipt with this id, or NotFound."""
    found = work.session().get(Erasure, erasure_id)
    if found is None:
        raise NotFound()
    return found


def erasure_of(account_id: str) -> Erasure | None:
    """The receipt of an erased account, if there is one."""
    return work.session().scalar(select(Erasure).where(Erasure.account_id == account_id))


def erasure_with_code(code: str) -> Erasure | None:
    """The receipt that this code opens; spaces, dashes and case do not matter."""
    bare = "".join(ch for ch in code.upper() if ch.isalnum())
    return work.session().scalar(select(Erasure).where(Erasure.code_hash == token_hash(bare)))


def unfinished_erasures() -> Sequence[str]:
    """The erasures of which something is still to do."""
    waiting = select(Erasure.id).where(Erasure.done_at.is_(None)).order_by(Erasure.asked_at)
    return work.session().scalars(waiting).all()


def unsettled_erasures() -> Sequence[Erasure]:
    """The erasures that are done but for what an open case keeps."""
    waiting = select(Erasure).where(Erasure.done_at.is_not(None), Erasure.settled_at.is_(None))
    return work.session().scalars(waiting).all()


def returned() -> Sequence[str]:
    """Accounts that are here though their key was destroyed: they came back with a backup.

    What staff closed, and destroyed the key of, is closed and not erased.
    """
    gone = keys.store().destroyed()
    over = (AccountState.ERASED, AccountState.CLOSED)
    found = select(Account.id).where(Account.state.not_in(over))
    return [account_id for account_id in work.session().scalars(found) if account_id in gone]


def other_admins(account_id: str) -> int:
    """How many admins there are besides this person who can come in."""
    holders = select(RoleGrant.account_id).where(RoleGrant.role == Role.ADMIN)
    other = Account.id.in_(holders) & (Account.id != account_id)
    return work.session().scalar(select(func.count()).where(usable_now(), other)) or 0
