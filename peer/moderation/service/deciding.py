"""What moderators do with an item: take it, pass it on, decide, and undo."""

from contextlib import suppress
from datetime import timedelta

from peer.core import audit, clock
from peer.core.errors import Conflict, Invalid, NotFound
from peer.core.markup import tidy
from peer.core.words import N_
from peer.moderation import queries
from peer.moderation.models import ReviewItem, Ruling
from peer.moderation.service import telling
from peer.moderation.service.coming_in import changed, open_again
from peer.moderation.service.sanctions import Wanted, check, sanction
from peer.moderation.subjects import SubjectBrief, subject_of
from peer.policy import moderation as policy
from peer.policy.moderation import HOUSE_RULES, NO_RULE, ItemState, Outcome
from peer.policy.roles import Actor, require


def claim(actor: Actor, item_id: str) -> ReviewItem:
    """Take an item for fifteen minutes; again, to keep it longer. Conflict when someone has it."""
    item = queries.item_for(actor, item_id, lock=True)
    now = clock.now()
    reporter = queries.is_reporter(item, actor.id)
    require(policy.can_claim(actor, item, is_reporter=reporter, at=now))
    again = policy.is_claimed(item, now)
    item.state, item.claimed_by = ItemState.CLAIMED, actor.id
    item.claimed_until = now + timedelta(minutes=policy.CLAIM_MINUTES)
    item.first_look_at = item.first_look_at or now
    if not again:
        audit.record("review.claim", f"review:{item.id}", by=actor.id)
        changed(item)
    return item


def pass_on(actor: Actor, item_id: str) -> ReviewItem:
    """Give an item back to the others. Nobody has to say why."""
    item = queries.item_for(actor, item_id, lock=True)
    if item.claimed_by != actor.id or item.state != ItemState.CLAIMED:
        raise Conflict(N_("You do not have this any more. Here is how it stands."))
    item.state, item.claimed_by, item.claimed_until = ItemState.OPEN, None, None
    audit.record("review.pass", f"review:{item.id}", by=actor.id)
    changed(item)
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
    item = _locked(actor, item_id)
    reporter = queries.is_reporter(item, actor.id)
    require(policy.can_decide(actor, item, is_reporter=reporter, version=version, at=clock.now()))
    words = _checked_note(rule, note, outcome, wanted)
    check(actor, item, wanted)
    brief = _carry_out(item, outcome, actor)
    ruling = Ruling(by_id=actor.id, at=clock.now(), outcome=outcome, rule=rule, note=words)
    item.rulings.append(ruling)
    item.state, item.decided_at, item.held = ItemState.DECIDED, clock.now(), False
    item.claimed_by = item.claimed_until = None
    audit.record("review.decide", f"review:{item.id}", by=actor.id, outcome=outcome, rule=rule)
    telling.author(item, brief, _brief(item), rule)
    if wanted is not None:
        sanction(actor, item, rule, wanted)
    telling.reporters(item, outcome)
    changed(item)
    return ruling


def _checked_note(rule: str, note: str, outcome: Outcome, wanted: Wanted | None) -> str:
    """The note as it is stored; Invalid before anything is changed."""
    if rule not in HOUSE_RULES:
        raise Invalid(N_("Choose the house rule that it is about."), field="rule")
    if rule == NO_RULE and (outcome is Outcome.HIDE or wanted is not None):
        raise Invalid(N_("Choose the house rule that was broken."), field="rule")
    words = tidy(note)
    if len(words) > policy.NOTE:
        raise Invalid(N_("Up to 600 characters fit here."), field="note")
    return words


def _carry_out(item: ReviewItem, outcome: Outcome, actor: Actor) -> SubjectBrief | None:
    """Hide, or put back what is held or hidden; how it stood before, None when it is gone."""
    brief = _brief(item)
    if brief is None:
        return None
    subject = subject_of(item.kind)
    if outcome is Outcome.HIDE:
        subject.hide(item.subject_id, actor)
    else:
        subject.release(item.subject_id, actor)
        subject.restore(item.subject_id, actor)
    return brief


def _brief(item: ReviewItem) -> SubjectBrief | None:
    try:
        return subject_of(item.kind).brief(item.subject_id)
    except NotFound:
        return None


def reopen(actor: Actor, item_id: str, *, version: int) -> ReviewItem:
    """Look again at something decided: it goes back into the queue as it stands."""
    item = _locked(actor, item_id)
    reporter = queries.is_reporter(item, actor.id)
    require(policy.can_reopen(actor, item, is_reporter=reporter, version=version))
    open_again(item)
    audit.record("review.reopen", f"review:{item.id}", by=actor.id)
    changed(item)
    return item


def _locked(actor: Actor, item_id: str) -> ReviewItem:
    """The item, and before it its subject: whoever changes what they wrote locks in that order."""
    item = queries.item_for(actor, item_id)
    with suppress(NotFound):
        subject_of(item.kind).lock(item.subject_id)
    return queries.item_for(actor, item_id, lock=True)
