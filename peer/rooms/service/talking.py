"""Changing one's words and taking them back, reacting, telling a moderator."""

from peer.core import clock, limits, work
from peer.core.errors import Invalid
from peer.core.words import N_
from peer.moderation import queries as moderation_queries
from peer.moderation import service as moderation
from peer.policy import distance
from peer.policy import rooms as policy
from peer.policy.roles import Actor, require
from peer.policy.rooms import MessageState, Reaction
from peer.rooms import broadcast, queries
from peer.rooms.models import Message, MessageReaction, Room
from peer.rooms.service.arriving import newness_of
from peer.rooms.service.posting import (
    checked,
    count_words_of,
    held_back,
    known_topic,
    open_review,
    require_company,
    take_time,
)
from peer.rooms.service.screening import screened
from peer.rooms.subjects import count_out

CHANGES = 20  # of one message: each is kept for moderators, since nobody edits a report away
REACTING, WRITING = "30/10 second", "10/10 second"


def _require_post(actor: Actor, room: Room, *, silently: bool = False) -> None:
    """The person may be heard now; `silently`: answer without words, though it is not their turn."""
    muted = bool(moderation_queries.muted_among([actor.id]))
    standing = queries.standing_in(room, actor.id)
    floor = queries.floor_of(room) if silently else queries.floor_for(actor, room)
    require(policy.can_post(actor, room, standing, muted=muted, floor=floor))
    require_company(actor, room)


def edit_message(
    actor: Actor,
    message_id: str,
    *,
    text: str,
    note: str | None = None,
    topic: str | None = None,
    token: str | None = None,
) -> tuple[Message, int | None]:
    """Change one's own words, which are screened anew; the message and the change's number.

    `note` and `topic`: None leaves them as they are.
    """
    message = _own(actor, message_id)
    require(policy.can_edit(actor, message, clock.now()))
    count_words_of(actor)
    _require_post(actor, queries.room_with(message.room_id))
    words, about = checked(text, message.note if note is None else note)
    subject = message.topic if topic is None else known_topic(topic)
    if (words, about, subject) == (message.text, message.note, message.topic):
        return message, message.place
    room = queries.room_with(message.room_id)
    take_time(actor, room, queries.standing_in(room, actor.id))
    seen = screened(actor, room.id, words, about, token)
    seen = held_back(actor, room, seen, newness_of(actor, room))
    if len(message.earlier) >= CHANGES:
        raise Invalid(N_("This has been changed as often as it can be."), field="text")
    message.earlier = [*message.earlier, message.text]
    held = message.state == MessageState.HELD  # a moderator lets it through, not other words
    message.text, message.note, message.topic = words, about, subject
    message.covered = seen.covered
    message.state = MessageState.HELD if held and not seen.offers_help else seen.state
    message.offers_help = message.offers_help or seen.offers_help
    message.edited_at = clock.now()
    seq = broadcast.announce(message)
    if message.state == MessageState.HELD:
        count_out(message)
    open_review(message, seen)
    moderation.note_change("message", message.id, held=message.state == MessageState.HELD)
    return message, seq


def _own(actor: Actor, message_id: str) -> Message:
    """The locked message, in a room that `actor` may read."""
    queries.message_for(actor, message_id)
    return queries.locked_message(message_id)


def remove_message(actor: Actor, message_id: str) -> tuple[Message, int | None]:
    """Take one's own words back; the message and the change's number.

    Nobody in the room sees them again. What has been reported stays with the moderators.
    """
    message = _own(actor, message_id)
    require(policy.can_remove(actor, message))
    message.state, message.taken_back = MessageState.REMOVED, True
    count_out(message)
    moderation.note_change("message", message.id, held=False)
    return message, broadcast.announce(message)


def react(
    actor: Actor, message_id: str, kind: str, *, on: bool | None = None
) -> tuple[Message, int | None]:
    """Give a reaction or take it back (`on` None: the other of the two)."""
    message = _own(actor, message_id)
    require(policy.can_react(actor, message))
    require(
        distance.can_answer(blocked=queries.has_blocked(actor, message.author_id, message.room_id))
    )
    if kind not in set(Reaction):
        raise Invalid(field="kind")
    limits.spend_here(REACTING, "react", actor.id)
    _require_post(actor, queries.room_with(message.room_id), silently=True)
    given = work.session().get(MessageReaction, (message.id, actor.id, kind))
    wanted = given is None if on is None else on
    if wanted == (given is not None):
        return message, message.place
    if given is None:
        work.session().add(MessageReaction(message_id=message.id, account_id=actor.id, kind=kind))
    else:
        work.session().delete(given)
    return message, broadcast.announce(message)


def report_message(actor: Actor, message_id: str, category: str, note: str = "") -> None:
    """Tell the moderators of a message; its author does not learn who did."""
    moderation.file_report(actor, "message", message_id, category, note)


def writing(actor: Actor, room_id: str) -> None:
    """The person may let the others know that they are writing; else the reason why not."""
    limits.spend_here(WRITING, "writing", actor.id)
    _require_post(actor, queries.room_with(room_id))
