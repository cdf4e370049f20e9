"""Verbs about notices."""

from sqlalchemy import update

from peer.core import clock, work
from peer.notifications import broadcast, queries
from peer.notifications.models import Notice
from peer.policy.roles import Actor


def notify(account_id: str, message: str, *, href: str = "", **params: str) -> None:
    """Leave a person a notice. `message` is marked with `N_`; `params` fill its places.

    A param whose name ends in `_words` is itself a marked sentence, and is translated as well.
    """
    work.session().add(
        Notice(account_id=account_id, message=message, params=params, href=href, at=clock.now())
    )
    work.session().flush()
    broadcast.inbox_changed(account_id, queries.unread(account_id))


def mark_seen(actor: Actor) -> None:
    """All of a person's notices have been looked at."""
    work.session().execute(
        update(Notice)
        .where(Notice.account_id == actor.id, Notice.seen_at.is_(None))
        .values(seen_at=clock.now())
    )
    broadcast.inbox_changed(actor.id, 0)


def open_notice(actor: Actor, notice_id: str) -> Notice:
    """One notice has been looked at; NotFound when it is somebody else's."""
    notice = queries.notice_for(actor.id, notice_id)
    if notice.seen_at is None:
        notice.seen_at = clock.now()
        work.session().flush()
        broadcast.inbox_changed(actor.id, queries.unread(actor.id))
    return notice
