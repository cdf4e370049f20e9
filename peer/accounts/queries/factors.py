"""Reads about second factors."""

from collections.abc import Sequence

from sqlalchemy import select

from peer.accounts.models import Factor, FactorKind
from peer.core import work
from peer.core.errors import NotFound


def factors_of(account_id: str, kind: FactorKind | None = None) -> Sequence[Factor]:
    """The second factors of a person that count, the oldest first."""
    wanted = (
        select(Factor)
        .where(Factor.account_id == account_id, Factor.confirmed_at.is_not(None))
        .order_by(Factor.made_at)
    )
    if kind is not None:
        wanted = wanted.where(Factor.kind == kind)
    return work.session().scalars(wanted).all()


def factor_for(account_id: str, factor_id: str) -> Factor:
    """One second factor of a person; NotFound when it is somebody else's."""
    found = work.session().get(Factor, factor_id)
    if found is None or found.account_id != account_id or found.confirmed_at is None:
        raise NotFound()
    return found


def factor_being_added(account_id: str, kind: FactorKind) -> Factor:
    """The second factor that a person is about to confirm; NotFound when there is none."""
    wanted = select(Factor).where(
        Factor.account_id == account_id, Factor.confirmed_at.is_(None), Factor.kind == kind
    )
    found = work.session().scalar(wanted)
    if found is None:
        raise NotFound()
    return found
