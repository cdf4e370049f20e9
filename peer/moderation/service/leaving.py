"""What stays of a safety case when somebody in it erases their account, and for how long."""

from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import select

from peer.core import clock, i18n, keys, work
from peer.core.errors import NotFound
from peer.core.expiry import days_ago, delete_some
from peer.moderation import queries
from peer.moderation.models import CaseFile, Opening, Report, ReviewItem, Sanction, case_key
from peer.moderation.service.coming_in import changed
from peer.moderation.subjects import ContextLine, SubjectBrief, subject_of
from peer.policy.moderation import ItemState
from peer.policy.retention import APPEAL_DAYS

_EVERYTHING = 10**9


def ends(item: ReviewItem) -> datetime | None:
    """When nothing of a case has to stay any more; None while it is undecided."""
    if item.state != ItemState.DECIDED or item.decided_at is None:
        return None
    return item.decided_at + timedelta(days=APPEAL_DAYS)


def hand_over(account_id: str) -> None:
    """At once, before anything goes: what open cases still need, under a key of each case.

    What the person had taken as a moderator goes back to the others.
    """
    for item in queries.cases_about(account_id):
        if work.session().get(CaseFile, item.id) is None:
            _keep_words(item)
        item.held = False
        changed(item)
    for item in queries.claimed_by(account_id):
        item.state, item.claimed_by, item.claimed_until = ItemState.OPEN, None, None
        changed(item)


def _keep_words(item: ReviewItem) -> None:
    with suppress(NotFound):  # it was gone already
        brief = subject_of(item.kind).brief(item.subject_id)
        if not brief.text:
            return  # nobody can read it any more
        words = {
            "text": brief.text,
            "place": brief.place,
            "at": brief.at.isoformat(),
            "earlier": [line.text for line in brief.context if line.was_changed],
        }
        work.session().add(CaseFile(item_id=item.id, words=words, made_at=clock.now()))
        work.session().flush()


def forget_person(account_id: str) -> dict[str, int]:
    """Everything but open cases and what they need; how many of what."""
    about = {item.id for item in queries.cases_about(account_id)}
    for opening in work.session().scalars(select(Opening)).all():
        if account_id in opening.told:
            opening.told = [each for each in opening.told if each != account_id]
    counts = {
        "reports": _forget_reports(account_id),
        "review_items": delete_some(
            ReviewItem,
            ReviewItem.author_id == account_id,
            ReviewItem.id.not_in(about),
            limit=_EVERYTHING,
        ),
        "sanctions": delete_some(
            Sanction,
            Sanction.account_id == account_id,
            Sanction.at <= days_ago(APPEAL_DAYS),
            limit=_EVERYTHING,
        ),
    }
    work.session().expire_all()
    return counts


def _forget_reports(account_id: str) -> int:
    """Reports go; in a case that is still open they stay without the person, under its key."""
    gone = 0
    for report in queries.reports_by(account_id):
        item = work.session().get(ReviewItem, report.item_id)
        if item is None or not _is_open(item):
            work.session().delete(report)
            gone += 1
            continue
        words = report.note
        report.note_sealed = None  # so that the same words are sealed anew
        report.reporter_id = None
        if words:
            report.note = words
    work.session().flush()
    return gone


def _is_open(item: ReviewItem) -> bool:
    until = ends(item)
    return until is None or until > clock.now()


def close_cases(limit: int) -> dict[str, int]:
    """Destroy the keys of cases that are over, and with their author gone the case itself."""
    over = ReviewItem.state == ItemState.DECIDED, ReviewItem.decided_at < days_ago(APPEAL_DAYS)
    session = work.session()
    files = select(CaseFile.item_id).join(ReviewItem, ReviewItem.id == CaseFile.item_id)
    closing = session.scalars(files.where(*over).limit(limit)).all()
    notes = (
        select(Report.item_id)
        .join(ReviewItem, ReviewItem.id == Report.item_id)
        .where(*over, Report.reporter_id.is_(None), Report.note_sealed.is_not(None))
    )
    reported = session.scalars(notes.distinct().limit(limit)).all()
    for item_id in {*closing, *reported}:
        keys.destroy(case_key(item_id))
    for report in session.scalars(
        select(Report).where(Report.item_id.in_(reported), Report.reporter_id.is_(None))
    ):
        report.note_sealed = None
    session.flush()
    delete_some(ReviewItem, ReviewItem.id.in_(closing), limit=limit)
    return {"case_files": len(closing), "reports": len(reported)}


def brief_in(item: ReviewItem) -> SubjectBrief | None:
    """What an item is about: the thing itself, else what its case keeps of it; None: gone."""
    with suppress(NotFound):
        return subject_of(item.kind).brief(item.subject_id)
    return _filed(item)


def _filed(item: ReviewItem) -> SubjectBrief | None:
    """What a case keeps of words whose author has erased their account."""
    file = work.session().get(CaseFile, item.id)
    if file is None or not file.words:
        return None
    words, name = file.words, i18n.someone_who_left()
    at = datetime.fromisoformat(words["at"])
    lines = [ContextLine(name, at, text, was_changed=True) for text in words["earlier"]]
    return SubjectBrief(
        author_id=item.author_id,
        author_name=name,
        place=words["place"],
        at=at,
        text=words["text"],
        state="removed",
        context=[*lines, ContextLine(name, at, words["text"], is_subject=True)],
    )
