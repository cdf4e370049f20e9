"""Verbs about notices."""

from collections.abc import Iterable

from sqlalchemy import delete, update

from peer.accounts import queries as accounts
from peer.core import clock, work
from peer.notifications import broadcast, queries
from peer.notifications.models import Notice
from peer.policy.roles import Actor


def notify(account_id: str, message: str, *, href: str = "", **params: str) -> None:
    """Leave a person a notice. `message` is marked with `N_`; `params` fill its places.

    A param whose name ends in `_words` is itself a marked sentence, and is translated as well.
    To somebody who has erased their account, or whose key was destroyed, nothing is said.
    """
    if not accounts.can_be_told(account_id):
        return
    work.session().add(
        Notice(account_id=account_id, message=message, params=params, href=href, at=clock.now())
    )
    work.session().flush()
    broadcast.inbox_changed(account_id, queries.unread(account_id))


def settle(href: str) -> None:
    """What notices with this address asked for has been done by somebody: nobody need look."""
    waiting = queries.unseen_leading_to(href)
    for notice in waiting:
        notice.seen_at = clock.now()
    work.session().flush()
    for account_id in {notice.account_id for notice in waiting}:
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


def forget_about(hrefs: Iterable[str]) -> None:
    """Delete everybody's notices that lead to pages which are going: they may name who is gone."""
    work.session().execute(delete(Notice).where(Notice.href.in_(list(hrefs))))
