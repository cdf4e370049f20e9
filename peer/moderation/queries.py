"""Reads about the review queue."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, func, not_, or_, select

from peer.accounts import queries as accounts
from peer.accounts.queries import oversight
from peer.core import clock, work
from peer.core.errors import NotFound
from peer.moderation.models import Opening, Report, ReviewItem, Ruling, Sanction
from peer.policy.moderation import (
    SEVERITY_ORDER,
    ItemState,
    Outcome,
    SanctionKind,
    Severity,
    can_see_history,
)
from peer.policy.retention import APPEAL_DAYS
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


_MUTED = select(Sanction.account_id).where(
    Sanction.account_id.in_(bindparam("ids", expanding=True)),
    Sanction.kind == SanctionKind.MUTE,
    Sanction.lifted_at.is_(None),
    Sanction.until > bindparam("now"),
)


def muted_among(account_ids: Collection[str]) -> set[str]:
    """Who of these people is muted now."""
    asked = {"ids": sorted(account_ids), "now": clock.now()}
    return set(work.session().connection().execute(_MUTED, asked).scalars())


def waiting_count() -> int:
    """How many items nobody has decided."""
    return _count(ReviewItem.state != ItemState.DECIDED)


def longest_wait() -> float:
    """For how many seconds the oldest open item has waited."""
    oldest = select(func.min(ReviewItem.opened_at)).where(ReviewItem.state == ItemState.OPEN)
    opened = work.session().scalar(oldest)
    return (clock.now() - opened).total_seconds() if opened else 0.0


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


def in_question(kind: str) -> Select[str]:
    """The subjects of a kind whose words may still be needed: undecided, or decided of late."""
    lately = clock.now() - timedelta(days=APPEAL_DAYS)
    return select(ReviewItem.subject_id).where(
        ReviewItem.kind == kind,
        or_(ReviewItem.state != ItemState.DECIDED, ReviewItem.decided_at > lately),
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


def rulings_by(account_id: str) -> Sequence[Ruling]:
    """Every decision that a moderator made, the newest first."""
    query = select(Ruling).where(Ruling.by_id == account_id).order_by(Ruling.at.desc())
    return work.session().scalars(query).all()


def reports_by(account_id: str) -> Sequence[Report]:
    """Everything a person told moderators, the newest first."""
    query = select(Report).where(Report.reporter_id == account_id).order_by(Report.at.desc())
    return work.session().scalars(query).all()


def open_reports_by(account_id: str) -> Sequence[Report]:
    """What a person told moderators about matters that are undecided, or were decided of late."""
    lately = clock.now() - timedelta(days=APPEAL_DAYS)
    query = (
        select(Report)
        .join(ReviewItem, ReviewItem.id == Report.item_id)
        .where(
            Report.reporter_id == account_id,
            or_(ReviewItem.state != ItemState.DECIDED, ReviewItem.decided_at > lately),
        )
    )
    return work.session().scalars(query).all()


def items_about(account_id: str) -> Sequence[ReviewItem]:
    """Every item about what a person wrote, the newest first."""
    query = select(ReviewItem).where(ReviewItem.author_id == account_id)
    return work.session().scalars(query.order_by(ReviewItem.opened_at.desc())).all()


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


def cases_about(account_id: str) -> Sequence[ReviewItem]:
    """The items about what a person wrote that are undecided, or were decided of late."""
    lately = clock.now() - timedelta(days=APPEAL_DAYS)
    query = select(ReviewItem).where(
        ReviewItem.author_id == account_id,
        or_(ReviewItem.state != ItemState.DECIDED, ReviewItem.decided_at > lately),
    )
    return work.session().scalars(query.order_by(ReviewItem.id)).all()


def sanctions_of_late(account_id: str) -> Sequence[Sanction]:
    """What was imposed on a person so lately that it can still be looked at again."""
    lately = clock.now() - timedelta(days=APPEAL_DAYS)
    query = select(Sanction).where(Sanction.account_id == account_id, Sanction.at > lately)
    return work.session().scalars(query).all()


def claimed_by(account_id: str) -> Sequence[ReviewItem]:
    """The items that a moderator has taken and not decided."""
    query = select(ReviewItem).where(
        ReviewItem.claimed_by == account_id, ReviewItem.state == ItemState.CLAIMED
    )
    return work.session().scalars(query).all()


def actor_with(account_id: str) -> Actor:
    """A person as policy sees them, or NotFound."""
    return accounts.actor_from(accounts.account_with(account_id))


def person_for(actor: Actor, account_id: str) -> Actor:
    """A person whose words were reviewed, for moderators; NotFound for everyone else.

    Items go in time. What still holds of a sanction stays, and with it who can end it. Moderators
    are also asked to talk to somebody who disputes a paper when nobody else could look into it.
    """
    about = Sanction.account_id == account_id
    held = work.session().scalar(select(Sanction.id).where(about, _still_holds()).limit(1))
    reviewed = held is not None or _count(ReviewItem.author_id == account_id) > 0
    reviewed = reviewed or oversight.is_disputed_alone(account_id)
    require(can_see_history(actor, account_id, reviewed=reviewed))
    return actor_with(account_id)


def _still_holds() -> ColumnElement[bool]:
    """Of a sanction: nobody lifted it, and it has no end or one that is to come."""
    return and_(
        Sanction.kind != SanctionKind.WARN,
        Sanction.lifted_at.is_(None),
        or_(Sanction.until.is_(None), Sanction.until > clock.now()),
    )


def held_back(actor: Actor) -> Sequence[Sanction]:
    """What holds now for other people, the newest first; their items may have gone long ago."""
    others = Sanction.account_id != actor.id
    query = select(Sanction).where(others, _still_holds()).order_by(Sanction.at.desc())
    found = work.session().scalars(query).all() if actor.has(Role.MODERATOR) else []
    return [each for each in found if _is_felt(each)]


def _is_felt(held: Sanction) -> bool:
    """Whether its person is here and it is so: a shorter pause, given later, ends a longer one."""
    if accounts.is_gone(held.account_id):
        return False
    return held.kind == SanctionKind.MUTE or is_suspended(held.account_id)


def ban_of(account_id: str) -> Sanction | None:
    """The ban that shuts a person out, if one does."""
    ban = last_ban_of(account_id)
    return ban if ban is not None and ban.lifted_at is None else None


def last_ban_of(account_id: str) -> Sanction | None:
    """The last ban of a person, lifted or not."""
    bans = (each for each in sanctions_of(account_id) if each.kind == SanctionKind.BAN)
    return next(bans, None)


def pause_of(account_id: str) -> Sanction | None:
    """The pause that was last imposed on a person, while it still runs, also under a ban."""
    pauses = [each for each in sanctions_of(account_id) if each.kind == SanctionKind.SUSPEND]
    last = pauses[0] if pauses else None
    if last is None or last.lifted_at is not None:
        return None
    return last if last.until is None or last.until > clock.now() else None


def author_of_report(report: Report) -> str:
    """Whose words a report is about."""
    query = select(ReviewItem.author_id).where(ReviewItem.id == report.item_id)
    return work.session().scalar(query) or ""


def opening_of(item_id: str, moderator_id: str) -> Opening | None:
    """The last time a moderator opened more of an item's conversation, if ever."""
    return work.session().scalar(
        select(Opening)
        .where(Opening.item_id == item_id, Opening.by_id == moderator_id)
        .order_by(Opening.until.desc())
        .limit(1)
    )


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
