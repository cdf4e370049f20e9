"""Choosing which topics one would rather not meet unprepared."""

from collections.abc import Collection

from peer.accounts import queries as accounts
from peer.core import work
from peer.core.errors import Invalid
from peer.policy.roles import Actor
from peer.policy.topics import TOPICS
from peer.rooms import broadcast
from peer.rooms.models import Unwanted


def choose_unwanted(actor: Actor, topics: Collection[str]) -> None:
    """Messages about these topics, and no others, are folded for the person from now on."""
    if not set(topics) <= TOPICS.keys():
        raise Invalid(field="topic")
    accounts.hold_account(actor.id)  # of two presses at once one waits
    session = work.session()
    kept = session.get(Unwanted, actor.id, populate_existing=True)
    if kept is not None and not topics:
        session.delete(kept)
    elif kept is not None:
        kept.topics = sorted(set(topics))
    elif topics:
        session.add(Unwanted(account_id=actor.id, topics=sorted(set(topics))))
    session.flush()
    broadcast.mine_changed(actor.id)
