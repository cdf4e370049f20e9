"""Reads about codes that let somebody back in."""

from collections.abc import Sequence

from sqlalchemy import func, select

from peer.accounts.models import Account, Recovery, RecoveryCode
from peer.core import audit, work
from peer.core.secrets import token_hash
from peer.policy.roles import Role

_MISREAD = str.maketrans("OIL", "011")


def bare(code: str) -> str:
    """A code as it counts: spaces, dashes, case, and letters that look like figures do not matter."""
    return "".join(ch for ch in code.upper() if ch.isalnum()).translate(_MISREAD)


def recovery_code(code: str) -> RecoveryCode | None:
    """The unused recovery code that this is, whosever it may be."""
    wanted = select(RecoveryCode).where(RecoveryCode.code_hash == token_hash(bare(code)))
    return work.session().scalar(wanted)


def codes_left(account_id: str) -> int:
    """How many recovery codes of a person are unused."""
    wanted = select(func.count()).where(RecoveryCode.account_id == account_id)
    return work.session().scalar(wanted) or 0


def recovery_under_way(account_id: str) -> Recovery | None:
    """The recovery of a person that a coordinator has begun and that is not over, if any."""
    return work.session().scalar(select(Recovery).where(Recovery.open_for == account_id))


def roles_ever(account: Account) -> frozenset[Role]:
    """The roles that a person holds, and those that the record says they once held."""
    held = {str(role) for role in account.roles}
    for entry in audit.about(f"account:{account.id}"):
        roles = entry.details.get("roles")
        held.update(roles if isinstance(roles, list) else ())
    return frozenset(role for role in Role if role in held)


def recoveries_under_way() -> Sequence[Recovery]:
    """Everybody's recoveries that are not over."""
    return work.session().scalars(select(Recovery).where(Recovery.open_for.is_not(None))).all()


def recovery_by_code(code: str) -> Recovery | None:
    """The recovery that this code was handed over for, usable or not."""
    wanted = select(Recovery).where(Recovery.code_hash == token_hash(bare(code)))
    return work.session().scalar(wanted)


def recoveries_of(account_id: str) -> Sequence[Recovery]:
    """Every recovery of a person that is still on record, the oldest first."""
    wanted = select(Recovery).where(Recovery.account_id == account_id)
    return work.session().scalars(wanted.order_by(Recovery.started_at)).all()
