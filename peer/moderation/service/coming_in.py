"""What comes in: automod's flags and people's reports, all about one subject on one item."""

from peer.core import clock, limits, work
from peer.core.errors import Invalid, NotFound
from peer.core.markup import tidy
from peer.core.words import N_
from peer.moderation import broadcast, queries
from peer.moderation.automod import Verdict
from peer.moderation.models import Flag, Report, ReviewItem
from peer.moderation.subjects import subject_of
from peer.notifications.service import notify
from peer.policy import moderation as policy
from peer.policy.moderation import SEVERITY_ORDER, ItemState, ReportCategory, Severity
from peer.policy.roles import Actor

_THANKS = N_("Thank you for telling us. A moderator will look at it.")


def open_review(
    kind: str, subject_id: str, *, author_id: str, verdict: Verdict, held: bool
) -> ReviewItem:
    """Put a flagged subject before moderators, in the transaction that stores and locks it."""
    item = _item(kind, subject_id, author_id)
    _raise(item, policy.severity_of_flag(verdict.categories, verdict.tier))
    item.held = held
    item.flags.append(
        Flag(
            verdict=verdict.verdict,
            tier=verdict.tier,
            categories=list(verdict.categories),
            spans=[list(span) for span in verdict.spans],
            rules=list(verdict.flags),
            at=clock.now(),
        )
    )
    changed(item)
    return item


def note_change(kind: str, subject_id: str, *, held: bool) -> None:
    """An author changed something that is under review: who decides must look again.

    The caller has the subject locked. Nothing happens where there is no review.
    """
    item = queries.item_of(kind, subject_id)
    if item is not None:
        item.held = held
        changed(item)


def file_report(actor: Actor, kind: str, subject_id: str, category: str, note: str = "") -> Report:
    """Tell moderators about something. The same person again changes their report, no more.

    The author is never told who it was.
    """
    chosen, words = _checked(category, note)
    subject = subject_of(kind)
    subject.may_report(actor, subject_id)
    limits.spend("20/hour", "report", actor.id)
    subject.lock(subject_id)
    brief = subject.brief(subject_id)
    if brief.author_id == actor.id:
        raise NotFound()
    item = _item(kind, subject_id, brief.author_id)
    _raise(item, policy.severity_of_report(chosen))
    report = next((each for each in item.reports if each.reporter_id == actor.id), None)
    if report is None:
        report = Report(reporter_id=actor.id, category=chosen, at=clock.now())
        item.reports.append(report)
        notify(actor.id, _THANKS)
    report.category, report.note, report.answered_at = chosen, words, None
    changed(item)
    return report


def _checked(category: str, note: str) -> tuple[ReportCategory, str]:
    if category not in set(ReportCategory):
        raise Invalid(N_("Choose what it is about."), field="category")
    words = tidy(note)
    if len(words) > policy.NOTE:
        raise Invalid(N_("Up to 600 characters fit here."), field="note")
    return ReportCategory(category), words


def _item(kind: str, subject_id: str, author_id: str) -> ReviewItem:
    """The subject's one item, locked: there already, made now, or opened again.

    The caller has the subject locked, so that of two at once the second finds what the first made.
    """
    item = queries.item_of(kind, subject_id)
    if item is None:
        item = ReviewItem(
            kind=kind,
            subject_id=subject_id,
            author_id=author_id,
            severity=Severity.ROUTINE,
            state=ItemState.OPEN,
            opened_at=clock.now(),
            version=0,
            held=False,
        )
        work.session().add(item)
        work.session().flush()
    if item.state == ItemState.DECIDED:
        open_again(item)
    return item


def _raise(item: ReviewItem, severity: Severity) -> None:
    """An item only ever becomes more urgent; a person decides that it was not."""
    item.severity = min(Severity(item.severity), severity, key=SEVERITY_ORDER.__getitem__)


def open_again(item: ReviewItem) -> None:
    """Have a decided item wait anew."""
    item.state, item.opened_at = ItemState.OPEN, clock.now()
    item.claimed_by = item.claimed_until = item.first_look_at = item.decided_at = None


def changed(item: ReviewItem) -> None:
    """A new version, which who decides must have seen; moderators' pages are told."""
    item.version += 1
    work.session().flush()
    broadcast.queue_changed(queries.waiting_count(), queries.urgent_count())
