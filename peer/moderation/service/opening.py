"""Breaking the glass: more of a conversation than was reported, with a reason, for an hour."""

from collections.abc import Sequence
from datetime import timedelta

from peer.accounts import service as accounts
from peer.core import audit, clock, work
from peer.moderation import queries
from peer.moderation.models import Opening, ReviewItem
from peer.moderation.subjects import ContextLine, subject_of
from peer.policy import moderation as policy
from peer.policy.oversight import Disclosed
from peer.policy.roles import Actor, Role, require


def open_more(actor: Actor, item_id: str, reason: str) -> Opening:
    """Open more of a conversation, for an hour; everybody whose words are in it can read of it."""
    item = queries.item_for(actor, item_id, lock=True)
    require(policy.can_read(actor, item))
    words = accounts.checked_reason(reason)
    now = clock.now()
    lines = subject_of(item.kind).conversation(item.subject_id, policy.OPENED_LINES, now)
    told = sorted({line.author_id for line in lines if line.author_id})
    opening = Opening(
        item_id=item.id,
        by_id=actor.id,
        reason=words,
        at=now,
        until=now + timedelta(minutes=policy.OPENED_MINUTES),
        told=told,
    )
    work.session().add(opening)
    work.session().flush()
    audit.record(
        "review.open_more", f"review:{item.id}", by=actor.id, opening=opening.id, people=len(told)
    )
    for account_id in told:
        if account_id != actor.id:
            accounts.disclose(
                account_id,
                actor,
                Disclosed.CONVERSATION,
                words,
                role=Role.MODERATOR,
                opening=opening.id,
            )
    return opening


def opened_lines(actor: Actor, item: ReviewItem) -> Sequence[ContextLine]:
    """What `actor` has opened of a conversation and may still read; NotFound when nothing."""
    opening = queries.opening_of(item.id, actor.id)
    require(policy.can_read_more(actor, opening, clock.now()))
    assert opening is not None
    lines = subject_of(item.kind).conversation(item.subject_id, policy.OPENED_LINES, opening.at)
    return [line for line in lines if line.author_id in opening.told]
