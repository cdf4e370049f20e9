"""Saying things, changing and taking them back, reacting, telling a moderator."""

from peer.core import clock, limits, markup, work
from peer.core.errors import Invalid, NotFound, TooLong
from peer.core.words import N_
from peer.moderation import queries as moderation_queries
from peer.moderation import service as moderation
from peer.policy import rooms as policy
from peer.policy.roles import Actor, require
from peer.policy.rooms import SHOWN, MessageState, Reaction
from peer.rooms import broadcast, queries
from peer.rooms.models import Message, MessageReaction, Room
from peer.rooms.service.screening import Screened, screened

NOTE = 80  # characters of a content note
NONCE = 64
# Nobody writes faster than this; a flood from one person does not reach the others.
POSTING, REACTING, WRITING = "30/10 second", "30/10 second", "10/10 second"


def post_message(
    actor: Actor,
    room_id: str,
    *,
    text: str,
    nonce: str,
    note: str = "",
    reply_to: str | None = None,
    token: str | None = None,
) -> Message:
    """Say something in a room. The same nonce again gives the same message and stores nothing.

    Raises Nudge when the author may want to look at the words again; its token sends them as
    they are. The message is held when the screening says so.
    """
    room = queries.locked_room(room_id)
    again = _said_before(actor, room, nonce)
    if again is not None:
        return again
    limits.spend(POSTING, "post", actor.id)
    _require_post(actor, room)
    words, about = checked(text, note)
    answered = _answered(room, reply_to)
    seen = screened(actor, room_id, words, about, token)
    message = Message(
        room_id=room_id,
        author_id=actor.id,
        author_role=policy.speaks_as(actor, queries.standing_in(room, actor.id)),
        nonce=nonce,
        text=words,
        note=about,
        reply_to=answered,
        state=seen.state,
        at=clock.now(),
        offers_help=seen.offers_help,
    )
    work.session().add(message)
    broadcast.announce(message)
    _open_review(message, seen)
    return message


def _said_before(actor: Actor, room: Room, nonce: str) -> Message | None:
    """What was stored under this nonce; the room is locked, so of two at once one waits."""
    if not 0 < len(nonce) <= NONCE or not nonce.isprintable():
        raise Invalid(N_("This page is too old to send from. Please load it again."), field="nonce")
    require(policy.can_read(actor, room, queries.standing_in(room, actor.id)))
    return queries.message_with_nonce(actor.id, room.id, nonce)


def _require_post(actor: Actor, room: Room) -> None:
    until = moderation_queries.muted_until(actor.id)
    muted = until is not None and until > clock.now()
    require(policy.can_post(actor, room, queries.standing_in(room, actor.id), muted=muted))


def checked(text: str, note: str) -> tuple[str, str]:
    """Text and content note as they are stored; Invalid or TooLong."""
    words, about = markup.tidy(text), " ".join(markup.tidy(note).split())
    if not words:
        raise Invalid(N_("There are no words in it yet."), field="text")
    if len(words) > markup.LIMIT:
        raise TooLong(field="text")
    if len(about) > NOTE:
        raise Invalid(N_("A note can have up to 80 characters."), field="note")
    return words, about


def _answered(room: Room, reply_to: str | None) -> str | None:
    """The message that is answered, if it is in this room and can be seen."""
    if not reply_to:
        return None
    message = queries.message_with(reply_to)
    if message.room_id != room.id or message.state not in SHOWN:
        raise NotFound(N_("The message that you answer is no longer here."))
    return message.id


def _open_review(message: Message, seen: Screened) -> None:
    if seen.flagged:
        held = message.state == MessageState.HELD
        moderation.open_review(
            "message", message.id, author_id=message.author_id, verdict=seen.verdict, held=held
        )


def edit_message(
    actor: Actor, message_id: str, *, text: str, note: str | None = None, token: str | None = None
) -> tuple[Message, int | None]:
    """Change one's own words, which are screened anew; the message and the change's number.

    `note`: None leaves the content note as it is.
    """
    message = _own(actor, message_id)
    require(policy.can_edit(actor, message, clock.now()))
    limits.spend(POSTING, "post", actor.id)
    _require_post(actor, queries.room_with(message.room_id))
    words, about = checked(text, message.note if note is None else note)
    if (words, about) == (message.text, message.note):
        return message, message.place
    seen = screened(actor, message.room_id, words, about, token)
    message.earlier = [*message.earlier, message.text]
    held = message.state == MessageState.HELD  # a moderator lets it through, not other words
    message.text, message.note = words, about
    message.state = MessageState.HELD if held and not seen.offers_help else seen.state
    message.offers_help = message.offers_help or seen.offers_help
    message.edited_at = clock.now()
    seq = broadcast.announce(message)
    _open_review(message, seen)
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
    moderation.note_change("message", message.id, held=False)
    return message, broadcast.announce(message)


def react(
    actor: Actor, message_id: str, kind: str, *, on: bool | None = None
) -> tuple[Message, int | None]:
    """Give a reaction or take it back (`on` None: the other of the two)."""
    message = _own(actor, message_id)
    require(policy.can_react(actor, message))
    if kind not in set(Reaction):
        raise Invalid(field="kind")
    limits.spend(REACTING, "react", actor.id)
    _require_post(actor, queries.room_with(message.room_id))
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
    limits.spend(WRITING, "writing", actor.id)
    _require_post(actor, queries.room_with(room_id))
