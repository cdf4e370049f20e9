"""Reads about the review queue."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, func, not_, select

from peer.accounts import queries as accounts
from peer.core import clock, work
from peer.core.errors import NotFound
from peer.moderation.models import Report, ReviewItem, Ruling, Sanction
from peer.policy.moderation import (
    SEVERITY_ORDER,
    ItemState,
    Outcome,
    SanctionKind,
    Severity,
    can_see_history,
)
from peer.policy.roles import Actor, Role, require

TABS = ("all", "urgent", "reported", "held", "done")
PAGE = 50
_URGENCY = case(
    {str(severity): place for severity, place in SEVERITY_ORDER.items()},
    value=ReviewItem.severity,
)


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


def tab_counts(actor: Actor) -> dict[str, int]:
    """How many items each tab of a moderator's queue holds."""
    return {tab: _count(*_within(tab, actor)) for tab in TABS}


def items(actor: Actor, tab: str) -> Sequence[ReviewItem]:
    """The items of a tab: the most urgent first, then who has waited longest.

    What the moderator wrote themselves is left out: others decide about it.
    """
    order = [_URGENCY, ReviewItem.opened_at, ReviewItem.id]
    if tab == "done":
        order = [ReviewItem.decided_at.desc(), ReviewItem.id]
    query = select(ReviewItem).where(*_within(tab, actor)).order_by(*order).limit(PAGE)
    return work.session().scalars(query).all()


def next_item(actor: Actor) -> ReviewItem | None:
    """What a moderator could look at next: first in order, and with nobody else."""
    reported = select(Report.item_id).where(Report.reporter_id == actor.id)
    taken = and_(ReviewItem.claimed_by != actor.id, ReviewItem.claimed_until > clock.now())
    query = (
        select(ReviewItem)
        .where(
            *_within("all", actor),
            ReviewItem.id.not_in(reported),
            not_(func.coalesce(taken, False)),
        )
        .order_by(_URGENCY, ReviewItem.opened_at)
    )
    return work.session().scalars(query.limit(1)).first()


def _within(tab: str, actor: Actor) -> list[ColumnElement[bool]]:
    waiting = ReviewItem.state != ItemState.DECIDED
    others = ReviewItem.author_id != actor.id
    if tab == "done":
        since = clock.now() - timedelta(days=1)
        return [others, ReviewItem.state == ItemState.DECIDED, ReviewItem.decided_at > since]
    narrower: dict[str, ColumnElement[bool]] = {
        "urgent": ReviewItem.severity == Severity.URGENT,
        "reported": ReviewItem.id.in_(select(Report.item_id)),
        "held": ReviewItem.held.is_(True),
    }
    return [others, waiting, *([narrower[tab]] if tab in narrower else [])]


def item_of(kind: str, subject_id: str) -> ReviewItem | None:
    """The item of a subject, locked, if it ever had one."""
    return work.session().scalar(
        select(ReviewItem)
        .where(ReviewItem.kind == kind, ReviewItem.subject_id == subject_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def item_for(actor: Actor, item_id: str, *, lock: bool = False) -> ReviewItem:
    """An item, for moderators only; NotFound for everyone else. `lock` it before changing it."""
    query = select(ReviewItem).where(ReviewItem.id == item_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
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


@dataclass(frozen=True)
class Record:
    """How often moderators decided about a person, in numbers only."""

    decided: int
    hidden: int
    sanctions: int


def record_of(account_id: str) -> Record:
    """A person's earlier decisions and sanctions."""
    outcomes = [Outcome(ruling.outcome) for ruling, _ in rulings_about(account_id)]
    return Record(len(outcomes), outcomes.count(Outcome.HIDE), len(sanctions_of(account_id)))


def actor_with(account_id: str) -> Actor:
    """A person as policy sees them, or NotFound."""
    return accounts.actor_from(accounts.account_with(account_id))


def person_for(actor: Actor, account_id: str) -> Actor:
    """A person whose words were reviewed, for moderators; NotFound for everyone else."""
    reviewed = _count(ReviewItem.author_id == account_id) > 0
    require(can_see_history(actor, account_id, reviewed=reviewed))
    return actor_with(account_id)


def is_suspended(account_id: str) -> bool:
    """Whether a person cannot come in at the moment."""
    return not accounts.is_usable(accounts.account_with(account_id))


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
