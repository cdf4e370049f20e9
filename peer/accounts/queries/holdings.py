"""Reads about what was disclosed of a person, for the person."""

from collections.abc import Sequence

from sqlalchemy import select

from peer.accounts.models.oversight import Disclosure, Export, Release
from peer.core import work


def disclosures_of(account_id: str) -> Sequence[Disclosure]:
    """What staff looked at of a person beyond their ordinary work, the latest first."""
    found = select(Disclosure).where(Disclosure.account_id == account_id)
    return work.session().scalars(found.order_by(Disclosure.at.desc())).all()


def releases_of(account_id: str) -> Sequence[Release]:
    """What a person allowed to be handed on, the latest first."""
    found = select(Release).where(Release.account_id == account_id)
    return work.session().scalars(found.order_by(Release.given_at.desc())).all()


def exports_of(account_id: str) -> Sequence[Export]:
    """What of a person was handed on, the latest first."""
    found = select(Export).where(Export.account_id == account_id)
    return work.session().scalars(found.order_by(Export.ready_at.desc())).all()
