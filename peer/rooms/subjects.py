"""How moderation shows, hides and restores messages."""

from collections.abc import Collection
from datetime import datetime

from peer.core import clock
from peer.core.errors import NotFound
from peer.core.words import N_
from peer.moderation.service import ContextLine, SubjectBrief
from peer.notifications.service import notify
from peer.policy.roles import Actor
from peer.policy.rooms import SHOWN, MessageState, is_group
from peer.rooms import broadcast, queries
from peer.rooms.models import Arrival, Message, Room
from peer.rooms.queries import Line


class MessageSubject:
    """Messages, as the review queue handles them."""

    kind = "message"

    def brief(self, subject_id: str) -> SubjectBrief:
        """The message, where it was said, and what was said around it."""
        message = queries.message_with(subject_id)
        room, line = queries.room_with(message.room_id), queries.line_of(message)
        return SubjectBrief(
            author_id=message.author_id,
            author_name=_names(line),
            place=_place(room),
            at=message.at,
            text=_words(line),
            state=message.state,
            href=f"/rooms/{room.id}#m-{message.id}" if is_group(room) else "",
            context=[
                line
                for each in queries.context_of(message)
                for line in (*_before(message, each), _context(each, subject_id))
            ],
        )

    def conversation(self, subject_id: str, count: int, upto: datetime) -> list[ContextLine]:
        """The message among those around it that had been said by then."""
        message = queries.message_with(subject_id)
        around = queries.context_of(message, count=count, upto=upto)
        return [_context(each, subject_id) for each in around]

    def places(self, subject_ids: Collection[str]) -> dict[str, str]:
        """The room of each message."""
        rooms = queries.rooms_of_messages(subject_ids)
        names = {room.id: _place(room) for room in rooms.values()}
        return {message_id: names[room.id] for message_id, room in rooms.items()}

    def newcomers(self, subject_ids: Collection[str]) -> dict[str, tuple[int, int]]:
        """How many of how many first messages, of those that were written by somebody new."""
        found = queries.newness_of_authors(subject_ids)
        return {each: (newness.let_through, newness.asked) for each, newness in found.items()}

    def lock(self, subject_id: str) -> None:
        """Nobody else changes the message, or its room, until this unit of work ends."""
        queries.locked_message(subject_id)

    def may_report(self, actor: Actor, subject_id: str) -> None:
        """NotFound unless `actor` could read the message, be it gone by now, and did not write it."""
        message = queries.message_with(subject_id)
        queries.room_once_read(actor, message.room_id)
        since = queries.reads_since(message.room_id, actor.id)
        if message.place is None or message.at < since or message.author_id == actor.id:
            raise NotFound()

    def hide(self, subject_id: str, by: Actor | None) -> None:
        """Nobody sees the message; it vanishes from every open page."""
        message = queries.locked_message(subject_id)
        if message.state != MessageState.REMOVED:
            message.state = MessageState.REMOVED
            broadcast.announce(message)
        count_out(message)

    def restore(self, subject_id: str, by: Actor | None) -> None:
        """Show a hidden message again, unless its author has taken it back."""
        message = queries.locked_message(subject_id)
        if message.state == MessageState.REMOVED and not message.taken_back:
            message.state = _shown_as(message)
            broadcast.announce(message)
        count_in(message)

    def release(self, subject_id: str, by: Actor | None) -> None:
        """Let a held message through."""
        message = queries.locked_message(subject_id)
        if message.state == MessageState.HELD:
            message.state = _shown_as(message)
            broadcast.announce(message)
        count_in(message)


def _shown_as(message: Message) -> MessageState:
    """How people see a message that is let through, or comes back: covered if it was."""
    return MessageState.BLURRED if message.covered else MessageState.VISIBLE


def count_in(message: Message) -> None:
    """A moderator has looked at a message and lets it stand: among its author's first it counts.

    Once it is enough, it is so for good, and its author is told.
    """
    asked = queries.how_many_first()
    arrival = _counting(message) if asked and message.state in SHOWN else None
    if arrival is None or message.id in arrival.let_through:
        return
    arrival.let_through = [*arrival.let_through, message.id]
    if len(arrival.let_through) >= asked:
        arrival.let_through, arrival.settled_at = [], clock.now()
        notify(message.author_id, _SETTLED)


_SETTLED = N_(
    "Your first messages in the rooms have been looked at. From now on what you write appears at "
    "once. Good that you are here."
)


def count_out(message: Message) -> None:
    """What was taken out of view, or waits once more, counts no longer among its author's first."""
    arrival = _counting(message)
    if arrival is not None and message.id in arrival.let_through:
        arrival.let_through = [each for each in arrival.let_through if each != message.id]


def _counting(message: Message) -> Arrival | None:
    """What stands of the first messages of somebody who is new, locked, if this can be one."""
    if not is_group(queries.room_with(message.room_id)):
        return None
    arrival = queries.locked_arrival(message.author_id)
    return arrival if arrival is not None and arrival.settled_at is None else None


def _place(room: Room) -> str:
    """A room's name, or of a private one the people in it."""
    return room.name or " · ".join(person.name for person in queries.people_in(room.id))


def _words(line: Line) -> str:
    return f"[{line.note}]\n{line.text}" if line.note else line.text


def _names(line: Line) -> str:
    """Who wrote it, for moderators: as which the room knows them, and who it is."""
    return queries.both(line.author_name, line.account_name or line.author_name)


def _before(message: Message, line: Line) -> list[ContextLine]:
    """What the message said before it was changed, ahead of what it says now."""
    if line.id != message.id:
        return []
    return [
        ContextLine(author_name=_names(line), at=line.at, text=text, was_changed=True)
        for text in message.earlier
    ]


def _context(line: Line, subject_id: str) -> ContextLine:
    return ContextLine(
        author_name=_names(line),
        at=line.at,
        text=_words(line),
        is_subject=line.id == subject_id,
        author_id=line.author_id,
    )
