"""Reads about notices."""

from collections.abc import Sequence

from sqlalchemy import func, select

from peer.accounts import queries as accounts
from peer.core import clock, work
from peer.core.errors import NotFound
from peer.notifications.models import Notice, QuietHours
from peer.policy import quiet as policy

PAGE = 50


def unread(account_id: str) -> int:
    """How many notices a person has not looked at."""
    count = work.session().scalar(
        select(func.count()).where(Notice.account_id == account_id, Notice.seen_at.is_(None))
    )
    return int(count or 0)


def quiet_hours_of(account_id: str) -> QuietHours | None:
    """The hours in which a person wants no sign of anything new, if any."""
    return work.session().get(QuietHours, account_id)


def is_quiet(account_id: str) -> bool:
    """Whether it is within a person's quiet hours, on their own clock."""
    kept = quiet_hours_of(account_id)
    if kept is None:
        return False
    zone = accounts.account_with(account_id).timezone
    return policy.is_quiet(clock.now(), zone, kept.begins, kept.ends)


def badge(account_id: str) -> int:
    """The number that stands beside a person's name: what is new, and in quiet hours none."""
    count = unread(account_id)
    return 0 if count and is_quiet(account_id) else count


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
