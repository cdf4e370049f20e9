"""Somebody new in a room, and the moderator who looks at their first messages."""

from peer.core import work
from peer.moderation import queries as moderation_queries
from peer.moderation import service as moderation
from peer.policy.arriving import Newness
from peer.policy.moderation import Outcome
from peer.policy.roles import Actor
from peer.rooms import queries
from peer.rooms.models import Message, Room
from tests.cast import Cast
from tests.rooms.place import said, word


def decide(cast: Cast, message: Message, outcome: Outcome = Outcome.STAND) -> None:
    """Mo takes the message out of the queue and decides about it."""
    with work.begin():
        found = moderation_queries.item_of("message", message.id)
        assert found is not None
        version = moderation.claim(cast.mo, found.id).version
        rule = "kindness" if outcome is Outcome.HIDE else "none"
        moderation.decide(cast.mo, found.id, version=version, outcome=outcome, rule=rule)


def let_through(cast: Cast, author: Actor, room: Room, count: int) -> list[Message]:
    """`author` says so many things, and each is let through."""
    found = [said(author, room, f"hello {word(n)}") for n in range(count)]
    for message in found:
        decide(cast, message)
    return found


def newness(actor: Actor) -> Newness:
    """How far somebody is with their first messages."""
    with work.begin(writes=False):
        return queries.newness_of([actor.id])[actor.id]


def state(message: Message) -> str:
    """What people see of a message at this moment."""
    with work.begin(writes=False):
        return queries.message_with(message.id).state
