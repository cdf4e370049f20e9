"""Verbs of moderation: flag, report, claim, decide, undo, and what follows for people."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from peer.accounts import service as accounts
from peer.core import audit, clock, limits, work
from peer.core.errors import Conflict, Invalid, NotFound
from peer.core.markup import tidy
from peer.core.words import N_
from peer.moderation import broadcast, queries
from peer.moderation.automod import Verdict
from peer.moderation.models import Flag, Report, ReviewItem, Ruling, Sanction
from peer.moderation.subjects import (
    ContextLine,
    Subject,
    SubjectBrief,
    register_subject,
    subject_of,
)
from peer.notifications.service import notify
from peer.policy import moderation as policy
from peer.policy.moderation import (
    HOUSE_RULES,
    SEVERITY_ORDER,
    ItemState,
    Outcome,
    ReportCategory,
    SanctionKind,
    Severity,
)
from peer.policy.roles import Actor, require

__all__ = [
    "ContextLine",
    "Subject",
    "SubjectBrief",
    "Verdict",
    "Wanted",
    "claim",
    "decide",
    "file_report",
    "lift_mute",
    "open_review",
    "pass_on",
    "register_subject",
    "reinstate",
    "reopen",
]

_NEXT = N_("If you see it differently, you can ask a coordinator to look again.")


@dataclass(frozen=True)
class Wanted:
    """What a moderator wants to follow for the author. Hours for a mute, days for a suspension.

    `amount` None, for a suspension: until someone decides.
    """

    kind: SanctionKind
    amount: int | None = None


# --- what comes in -----------------------------------------------------------------------------


def open_review(
    kind: str, subject_id: str, *, author_id: str, verdict: Verdict, held: bool
) -> ReviewItem:
    """Put a flagged subject before moderators, in the transaction that stores it."""
    severity = policy.severity_of_flag(verdict.categories, verdict.tier)
    item = _item(kind, subject_id, author_id, severity)
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
    _changed(item)
    return item


def file_report(actor: Actor, kind: str, subject_id: str, category: str, note: str = "") -> Report:
    """Tell moderators about something. The same person again changes their report, no more.

    The author is never told who it was.
    """
    try:
        chosen = ReportCategory(category)
    except ValueError:
        raise Invalid(N_("Choose what it is about."), field="category") from None
    words = tidy(note)
    if len(words) > policy.NOTE:
        raise Invalid(N_("Up to 600 characters fit here."), field="note")
    subject = subject_of(kind)
    subject.may_report(actor, subject_id)
    limits.spend("20/hour", "report", actor.id)
    brief = subject.brief(subject_id)
    item = _item(kind, subject_id, brief.author_id, policy.severity_of_report(chosen))
    report = next((each for each in item.reports if each.reporter_id == actor.id), None)
    if report is None:
        report = Report(reporter_id=actor.id, category=chosen, note=words, at=clock.now())
        item.reports.append(report)
    report.category, report.note, report.answered_at = chosen, words, None
    _changed(item)
    return report


def _item(kind: str, subject_id: str, author_id: str, severity: Severity) -> ReviewItem:
    """The subject's one item: made, raised in severity, or opened again."""
    item = queries.item_of(kind, subject_id)
    if item is None:
        item = ReviewItem(
            kind=kind,
            subject_id=subject_id,
            author_id=author_id,
            severity=severity,
            state=ItemState.OPEN,
            opened_at=clock.now(),
            version=0,
            held=False,
        )
        work.session().add(item)
    if SEVERITY_ORDER[severity] < SEVERITY_ORDER[item.severity]:
        item.severity = severity
    if item.state == ItemState.DECIDED:
        _open_again(item)
    return item


def _open_again(item: ReviewItem) -> None:
    item.state, item.opened_at = ItemState.OPEN, clock.now()
    item.claimed_by = item.claimed_until = item.first_look_at = item.decided_at = None


def _changed(item: ReviewItem) -> None:
    """A new version: who decides must have seen it."""
    item.version += 1
    work.session().flush()
    broadcast.queue_changed(queries.waiting_count(), queries.urgent_count())


# --- what moderators do ------------------------------------------------------------------------


def claim(actor: Actor, item_id: str) -> ReviewItem:
    """Take an item for fifteen minutes; again, to keep it longer. Conflict when someone has it."""
    item = queries.item_for(actor, item_id, lock=True)
    reporter = queries.is_reporter(item, actor.id)
    require(policy.can_claim(actor, item, is_reporter=reporter, at=clock.now()))
    again = item.claimed_by == actor.id and policy.is_claimed(item, clock.now())
    item.state, item.claimed_by = ItemState.CLAIMED, actor.id
    item.claimed_until = clock.now() + timedelta(minutes=policy.CLAIM_MINUTES)
    item.first_look_at = item.first_look_at or clock.now()
    if not again:
        audit.record("review.claim", f"review:{item.id}", by=actor.id)
        _changed(item)
    return item


def pass_on(actor: Actor, item_id: str) -> ReviewItem:
    """Give an item back to the others. Nobody has to say why."""
    item = queries.item_for(actor, item_id, lock=True)
    if item.claimed_by != actor.id or item.state != ItemState.CLAIMED:
        raise Conflict(N_("You do not have this any more. Here is how it stands."))
    item.state, item.claimed_by, item.claimed_until = ItemState.OPEN, None, None
    audit.record("review.pass", f"review:{item.id}", by=actor.id)
    _changed(item)
    return item


def decide(
    actor: Actor,
    item_id: str,
    *,
    version: int,
    outcome: Outcome,
    rule: str,
    note: str = "",
    wanted: Wanted | None = None,
) -> Ruling:
    """Decide about an item one has: the subject, its author, what everybody is told. One commit."""
    item = queries.item_for(actor, item_id, lock=True)
    reporter = queries.is_reporter(item, actor.id)
    require(policy.can_decide(actor, item, is_reporter=reporter, version=version, at=clock.now()))
    _check_reason(rule, note, outcome, wanted)
    brief = _carry_out(item, outcome, actor)
    ruling = Ruling(
        item_id=item.id, by_id=actor.id, at=clock.now(), outcome=outcome, rule=rule, note=tidy(note)
    )
    work.session().add(ruling)
    item.state, item.decided_at, item.held = ItemState.DECIDED, clock.now(), False
    item.claimed_by = item.claimed_until = None
    audit.record("review.decide", f"review:{item.id}", by=actor.id, outcome=outcome, rule=rule)
    _tell_author(item, brief, outcome, rule)
    if wanted is not None:
        _sanction(actor, item, rule, wanted)
    _thank_reporters(item)
    _changed(item)
    return ruling


def _check_reason(rule: str, note: str, outcome: Outcome, wanted: Wanted | None) -> None:
    if rule not in HOUSE_RULES:
        raise Invalid(N_("Choose the house rule that it is about."), field="rule")
    if rule == "none" and (outcome is Outcome.HIDE or wanted is not None):
        raise Invalid(N_("Choose the house rule that was broken."), field="rule")
    if len(tidy(note)) > policy.NOTE:
        raise Invalid(N_("Up to 600 characters fit here."), field="note")


def _carry_out(item: ReviewItem, outcome: Outcome, actor: Actor) -> SubjectBrief | None:
    """Hide, or put back what is held or hidden; None when the subject is gone."""
    subject = subject_of(item.kind)
    try:
        brief = subject.brief(item.subject_id)
    except NotFound:
        return None
    if outcome is Outcome.HIDE:
        subject.hide(item.subject_id, actor)
    else:
        subject.release(item.subject_id, actor)
        subject.restore(item.subject_id, actor)
    return brief


def _tell_author(item: ReviewItem, brief: SubjectBrief | None, outcome: Outcome, rule: str) -> None:
    if brief is None:
        return
    if outcome is Outcome.HIDE:
        notify(
            item.author_id,
            N_(
                "A moderator has taken a message of yours in %(place)s out of view. It was about: "
                "%(rule)s. %(next)s"
            ),
            place=brief.place,
            rule=HOUSE_RULES[rule],
            next=_NEXT,
        )
    elif brief.state in {"held", "removed"}:
        notify(
            item.author_id,
            N_(
                "A moderator has looked at your message in %(place)s. Everyone there can see it now."
            ),
            place=brief.place,
            href=brief.href,
        )


def _thank_reporters(item: ReviewItem) -> None:
    for report in item.reports:
        if report.answered_at is None:
            report.answered_at = clock.now()
            notify(
                report.reporter_id,
                N_("Thank you for telling us. A moderator has looked at it and decided."),
            )


def reopen(actor: Actor, item_id: str) -> ReviewItem:
    """Look again at something decided: it goes back into the queue as it stands."""
    item = queries.item_for(actor, item_id, lock=True)
    require(policy.can_reopen(actor, item, is_reporter=queries.is_reporter(item, actor.id)))
    _open_again(item)
    audit.record("review.reopen", f"review:{item.id}", by=actor.id)
    _changed(item)
    return item


# --- what follows for people -------------------------------------------------------------------


def _sanction(actor: Actor, item: ReviewItem, rule: str, wanted: Wanted) -> None:
    require(policy.can_sanction(actor, queries.actor_with(item.author_id)))
    sanction = Sanction(
        account_id=item.author_id,
        item_id=item.id,
        kind=wanted.kind,
        rule=rule,
        by_id=actor.id,
        at=clock.now(),
        until=_until(wanted),
    )
    work.session().add(sanction)
    audit.record(
        f"person.{wanted.kind}", f"account:{item.author_id}", by=actor.id, amount=wanted.amount
    )
    if wanted.kind is SanctionKind.SUSPEND:
        accounts.suspend(item.author_id, by=actor, days=wanted.amount)
    _tell_sanctioned(item.author_id, rule, wanted)


def _until(wanted: Wanted) -> datetime | None:
    if wanted.kind is SanctionKind.MUTE:
        if wanted.amount not in policy.MUTE_HOURS:
            raise Invalid(N_("Choose how long."), field="amount")
        return clock.now() + timedelta(hours=wanted.amount)
    if wanted.kind is SanctionKind.SUSPEND:
        if wanted.amount is None:
            return None
        if wanted.amount not in policy.SUSPEND_DAYS:
            raise Invalid(N_("Choose how long."), field="amount")
        return clock.now() + timedelta(days=wanted.amount)
    return None


_SANCTIONED = {
    SanctionKind.WARN: N_(
        "A moderator asks you to mind this: %(rule)s. Nothing else follows. %(next)s"
    ),
    SanctionKind.MUTE: N_(
        "For the next %(amount)s hours you can read, but not write. It is about: %(rule)s. %(next)s"
    ),
    SanctionKind.SUSPEND: N_(
        "Your account was paused by moderators. It was about: %(rule)s. %(next)s"
    ),
}


def _tell_sanctioned(account_id: str, rule: str, wanted: Wanted) -> None:
    notify(
        account_id,
        _SANCTIONED[wanted.kind],
        rule=HOUSE_RULES[rule],
        amount=str(wanted.amount or ""),
        next=_NEXT,
    )


def lift_mute(actor: Actor, account_id: str) -> None:
    """Let a muted person write again."""
    require(policy.can_review(actor))
    running = [
        each
        for each in queries.sanctions_of(account_id)
        if each.kind == SanctionKind.MUTE and each.lifted_at is None and each.until
    ]
    if queries.muted_until(account_id) is None:
        raise Conflict(N_("This person can write already."))
    for each in running:
        each.lifted_at, each.lifted_by = clock.now(), actor.id
    audit.record("person.unmute", f"account:{account_id}", by=actor.id)
    notify(account_id, N_("You can write again. Welcome back."))


def reinstate(actor: Actor, account_id: str) -> None:
    """Let a suspended person back in."""
    require(policy.can_review(actor))
    require(policy.can_sanction(actor, queries.actor_with(account_id)))
    accounts.reinstate(account_id, by=actor)
    for each in queries.sanctions_of(account_id):
        if each.kind == SanctionKind.SUSPEND and each.lifted_at is None:
            each.lifted_at, each.lifted_by = clock.now(), actor.id
    notify(account_id, N_("Your account is open again. Welcome back."))
