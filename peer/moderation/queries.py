"""Reads about the review queue."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, case, func, select

from peer.accounts import queries as accounts
from peer.core import clock, work
from peer.core.errors import NotFound
from peer.moderation.models import Report, ReviewItem, Ruling, Sanction
from peer.policy.moderation import SEVERITY_ORDER, ItemState, SanctionKind, Severity
from peer.policy.roles import Actor, Role

TABS = ("all", "urgent", "reported", "held", "done")
PAGE = 100


def muted_until(account_id: str) -> datetime | None:
    """When a person's mute ends; None when they are not muted."""
    return work.session().scalar(
        select(func.max(Sanction.until)).where(
            Sanction.account_id == account_id,
            Sanction.kind == SanctionKind.MUTE,
            Sanction.lifted_at.is_(None),
            Sanction.until > clock.now(),
        )
    )


def waiting_count() -> int:
    """How many items nobody has decided."""
    return _count(ReviewItem.state != ItemState.DECIDED)


def urgent_count() -> int:
    """How many of them should be looked at first."""
    return _count(ReviewItem.state != ItemState.DECIDED, ReviewItem.severity == Severity.URGENT)


def _count(*conditions: ColumnElement[bool]) -> int:
    found = work.session().scalar(select(func.count(ReviewItem.id)).where(*conditions))
    return int(found or 0)


def tab_counts() -> dict[str, int]:
    """How many items each tab of the queue holds."""
    return {tab: _count(*_within(tab)) for tab in TABS}


def items(tab: str) -> Sequence[ReviewItem]:
    """The items of a tab: the most urgent first, then who has waited longest."""
    order = [case(SEVERITY_ORDER, value=ReviewItem.severity), ReviewItem.opened_at]
    if tab == "done":
        order = [ReviewItem.decided_at.desc()]
    query = select(ReviewItem).where(*_within(tab)).order_by(*order).limit(PAGE)
    return work.session().scalars(query).all()


def _within(tab: str) -> list[ColumnElement[bool]]:
    waiting = ReviewItem.state != ItemState.DECIDED
    if tab == "done":
        since = clock.now() - timedelta(days=1)
        return [ReviewItem.state == ItemState.DECIDED, ReviewItem.decided_at > since]
    if tab == "urgent":
        return [waiting, ReviewItem.severity == Severity.URGENT]
    if tab == "reported":
        return [waiting, ReviewItem.id.in_(select(Report.item_id))]
    if tab == "held":
        return [waiting, ReviewItem.held.is_(True)]
    return [waiting]


def item_of(kind: str, subject_id: str) -> ReviewItem | None:
    """The item of a subject, if it ever had one."""
    return work.session().scalar(
        select(ReviewItem).where(ReviewItem.kind == kind, ReviewItem.subject_id == subject_id)
    )


def item_for(actor: Actor, item_id: str, *, lock: bool = False) -> ReviewItem:
    """An item, for moderators only; NotFound for everyone else. `lock` it before changing it."""
    query = select(ReviewItem).where(ReviewItem.id == item_id)
    if lock:
        query = query.with_for_update()
    item = work.session().scalar(query) if actor.has(Role.MODERATOR) else None
    if item is None:
        raise NotFound()
    return item


def is_reporter(item: ReviewItem, account_id: str) -> bool:
    """Whether this person reported the item."""
    return any(report.reporter_id == account_id for report in item.reports)


def sanctions_of(account_id: str) -> Sequence[Sanction]:
    """Everything that was ever imposed on a person, the newest first."""
    query = select(Sanction).where(Sanction.account_id == account_id).order_by(Sanction.at.desc())
    return work.session().scalars(query).all()


def rulings_about(account_id: str) -> Sequence[tuple[Ruling, ReviewItem]]:
    """Every decision about what a person wrote, the newest first."""
    query = (
        select(Ruling, ReviewItem)
        .join(ReviewItem, ReviewItem.id == Ruling.item_id)
        .where(ReviewItem.author_id == account_id)
        .order_by(Ruling.at.desc())
    )
    return [(row[0], row[1]) for row in work.session().execute(query)]


def actor_with(account_id: str) -> Actor:
    """A person as policy sees them, or NotFound."""
    return accounts.actor_from(accounts.account_with(account_id))


def minutes_to_first_look(days: int = 14) -> list[tuple[datetime, float]]:
    """Each recent item's opening and the minutes until somebody first looked."""
    since = clock.now() - timedelta(days=days)
    query = select(ReviewItem.opened_at, ReviewItem.first_look_at).where(
        ReviewItem.opened_at > since, ReviewItem.first_look_at.is_not(None)
    )
    return [
        (row.opened_at, (row.first_look_at - row.opened_at).total_seconds() / 60)
        for row in work.session().execute(query)
    ]
