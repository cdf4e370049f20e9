"""What moderation holds of a person, and how it is taken away."""

from datetime import timedelta

from sqlalchemy import and_, or_

from peer.accounts.service import Holding, Kept, Row, Section, listed, said
from peer.core.expiry import days_ago, delete_some
from peer.core.words import N_
from peer.moderation import queries, service
from peer.moderation.models import ReviewItem, Sanction
from peer.policy import retention
from peer.policy.moderation import (
    FLAG_WORDS,
    HOUSE_RULES,
    OUTCOME_WORDS,
    REPORT_WORDS,
    SANCTION_WORDS,
    ItemState,
    SanctionKind,
)

_WHEN = N_("When")
_CASE = N_(
    "A message of yours that is being looked at, or was lately: its words under a key of the case, without your name."
)
_REPORT = N_(
    "What you reported and is still being looked at: your words under a key of the case, without you."
)
_SANCTION = N_("What a moderator decided lately: that it was, not who you were.")


def held(account_id: str) -> list[Section]:
    """What they reported, what was decided about them, what they decided.

    Nothing of a matter that is still open about them: it would tell that somebody has reported.
    """
    return [
        _reports(account_id),
        _rulings(account_id),
        _flags(account_id),
        _sanctions(account_id),
        _decided(account_id),
    ]


def _reports(account_id: str) -> Section:
    labels = {
        "at": _WHEN,
        "category": N_("What it was about"),
        "note": N_("In your words"),
        "answered_at": N_("Looked at"),
    }
    found = queries.reports_by(account_id)
    return listed("reports", N_("What you told moderators"), labels, found, category=REPORT_WORDS)


def _rulings(account_id: str) -> Section:
    labels = {
        "at": _WHEN,
        "outcome": N_("Decided"),
        "rule": N_("House rule"),
        "opened_at": N_("Came in"),
        "decided_at": N_("Last decided"),
    }
    rows: list[Row] = [
        {
            "at": ruling.at,
            "outcome": said(OUTCOME_WORDS, ruling.outcome),
            "rule": said(HOUSE_RULES, ruling.rule),
            "opened_at": item.opened_at,
            "decided_at": item.decided_at,
        }
        for ruling, item in queries.rulings_about(account_id)
        if item.state == ItemState.DECIDED
    ]
    return Section("rulings", N_("What was decided about words of yours"), labels, rows)


def _flags(account_id: str) -> Section:
    labels = {"at": _WHEN, "categories": N_("What automatic rules noticed")}
    found = [
        flag
        for item in queries.items_about(account_id)
        if item.state == ItemState.DECIDED
        for flag in item.flags
    ]
    title = N_("What was noticed in words of yours")
    return listed("flags", title, labels, found, categories=FLAG_WORDS)


def _sanctions(account_id: str) -> Section:
    labels = {
        "at": _WHEN,
        "kind": N_("What followed"),
        "rule": N_("House rule"),
        "until": N_("Until"),
        "lifted_at": N_("Ended early"),
    }
    return listed(
        "sanctions",
        N_("What followed for you"),
        labels,
        queries.sanctions_of(account_id),
        kind=SANCTION_WORDS,
        rule=HOUSE_RULES,
    )


def _decided(account_id: str) -> Section:
    labels = {
        "at": _WHEN,
        "outcome": N_("Decided"),
        "rule": N_("House rule"),
        "note": N_("Your note"),
    }
    return listed(
        "decided",
        N_("What you decided as a moderator"),
        labels,
        queries.rulings_by(account_id),
        outcome=OUTCOME_WORDS,
        rule=HOUSE_RULES,
    )


def leave(account_id: str) -> None:
    """Open cases keep what they need under a key of their own; what they had taken goes back."""
    service.hand_over(account_id)


def erase(account_id: str) -> dict[str, int]:
    """All but what an open safety case still needs."""
    return service.forget_person(account_id)


def kept(account_id: str) -> list[Kept]:
    """Open cases about their words, and what followed so lately that it may be looked at again."""
    cases = [Kept(_CASE, service.ends(item)) for item in queries.cases_about(account_id)]
    lately = [
        Kept(_SANCTION, each.at + timedelta(days=retention.APPEAL_DAYS))
        for each in queries.sanctions_of_late(account_id)
    ]
    reported = [Kept(_REPORT, None, loose=True) for _ in queries.open_reports_by(account_id)]
    return cases + lately + reported


def expire(limit: int) -> dict[str, int]:
    """Items decided long ago, with what hangs on them, and sanctions long ended."""
    decided = and_(
        ReviewItem.state == ItemState.DECIDED,
        ReviewItem.decided_at < days_ago(retention.days("review_items")),
    )
    long_ago = days_ago(retention.days("sanctions"))
    ended = or_(
        Sanction.lifted_at < long_ago,
        Sanction.until < long_ago,
        and_(Sanction.kind == SanctionKind.WARN, Sanction.at < long_ago),
    )
    return service.close_cases(limit) | {
        "review_items": delete_some(ReviewItem, decided, limit=limit),
        "sanctions": delete_some(Sanction, ended, limit=limit),
    }


HOLDING = Holding("moderation", held, erase, leave=leave, kept=kept, expire=expire)
