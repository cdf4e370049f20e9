"""Verbs about notices."""

from collections.abc import Iterable

from sqlalchemy import delete, update

from peer.accounts import queries as accounts
from peer.core import clock, work
from peer.notifications import broadcast, queries
from peer.notifications.models import Notice, QuietHours
from peer.policy import quiet as policy
from peer.policy.roles import Actor, require


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
    _show(account_id)


def _show(account_id: str) -> None:
    """The person's open pages show how many notices wait; in their quiet hours nothing stirs."""
    if not queries.is_quiet(account_id):
        broadcast.inbox_changed(account_id, queries.unread(account_id))


def settle(href: str) -> None:
    """What notices with this address asked for has been done by somebody: nobody need look."""
    waiting = queries.unseen_leading_to(href)
    for notice in waiting:
        notice.seen_at = clock.now()
    work.session().flush()
    for account_id in {notice.account_id for notice in waiting}:
        _show(account_id)


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
        broadcast.inbox_changed(actor.id, queries.badge(actor.id))
    return notice


def set_quiet_hours(actor: Actor, hours: tuple[int, int] | None) -> None:
    """From one minute of the day until another nothing new shows itself; None: there are no such hours."""
    accounts.hold_account(actor.id)  # of two presses at once one waits
    session = work.session()
    kept = session.get(QuietHours, actor.id, populate_existing=True)
    if hours is None:
        if kept is not None:
            session.delete(kept)
    else:
        require(policy.can_be_quiet(*hours))
        kept = kept or QuietHours(account_id=actor.id)
        kept.begins, kept.ends = hours
        session.add(kept)
    session.flush()
    broadcast.inbox_changed(actor.id, queries.badge(actor.id))


def forget_about(hrefs: Iterable[str]) -> None:
    """Delete everybody's notices that lead to pages which are going: they may name who is gone."""
    work.session().execute(delete(Notice).where(Notice.href.in_(list(hrefs))))
