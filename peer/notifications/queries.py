"""Reads about notices."""

from collections.abc import Sequence

from sqlalchemy import func, select

from peer.core import work
from peer.core.errors import NotFound
from peer.notifications.models import Notice

PAGE = 50


def unread(account_id: str) -> int:
    """How many notices a person has not looked at."""
    count = work.session().scalar(
        select(func.count()).where(Notice.account_id == account_id, Notice.seen_at.is_(None))
    )
    return int(count or 0)


def notices_of(account_id: str, *, skip: int = 0, count: int | None = PAGE) -> Sequence[Notice]:
    """A person's notices, the newest first; `count` None: all of them."""
    return (
        work.session()
        .scalars(
            select(Notice)
            .where(Notice.account_id == account_id)
            .order_by(Notice.at.desc(), Notice.id)
            .offset(skip)
            .limit(count)
        )
        .all()
    )


def unseen_leading_to(href: str) -> Sequence[Notice]:
    """The notices with this address that nobody has looked at."""
    query = select(Notice).where(Notice.href == href, Notice.seen_at.is_(None))
    return work.session().scalars(query).all()


def notice_for(account_id: str, notice_id: str) -> Notice:
    """One of a person's own notices, or NotFound."""
    notice = work.session().get(Notice, notice_id)
    if notice is None or notice.account_id != account_id:
        raise NotFound()
    return notice
