"""Saying things: one person's message, or those of many people in one transaction.

There is one way in for all of them, so that a page, a form and a crowd meet the same rules.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from sqlalchemy import bindparam, update
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.util import identity_key

from peer.core import clock, limits, markup, metrics, work
from peer.core.db import ManyRows, new_id_in_order
from peer.core.errors import Invalid, NotFound, PeerError, SlowDown, TooLong
from peer.core.words import N_
from peer.moderation import queries as moderation_queries
from peer.moderation import service as moderation
from peer.policy import arriving, distance
from peer.policy import rooms as policy
from peer.policy.arriving import FIRST, Newness
from peer.policy.floor import OPEN, Floor
from peer.policy.roles import Actor, require
from peer.policy.rooms import SHOWN, MessageState, Standing
from peer.policy.topics import TOPICS
from peer.rooms import broadcast, queries
from peer.rooms.models import Message, Room
from peer.rooms.queries import Key, Line, Plain
from peer.rooms.service.arriving import note_newcomers
from peer.rooms.service.screening import Screened, screened

NOTE = 80  # characters of a content note
NONCE = 64
# Nobody writes faster than this; a flood from one person does not reach the others.
POSTING = "30/10 second"


class Draft(NamedTuple):
    """What somebody wants to say. `token`: the slip that passes a nudge."""

    actor: Actor
    room_id: str
    text: str
    nonce: str
    note: str = ""
    topic: str = ""
    reply_to: str | None = None
    token: str | None = None

    @property
    def key(self) -> Key:
        """What makes it one message, however often it is sent."""
        return self.room_id, self.actor.id, self.nonce


class Posted(NamedTuple):
    """What was said, as its author sees it. `line.place` is its number; None while it is held."""

    line: Line


def post_message(
    actor: Actor,
    room_id: str,
    *,
    text: str,
    nonce: str,
    note: str = "",
    topic: str = "",
    reply_to: str | None = None,
    token: str | None = None,
) -> Message:
    """Say something in a room. The same nonce again gives the same message and stores nothing.

    Raises Nudge when the author may want to look at the words again; its token sends them as
    they are. The message is held when the screening says so.
    """
    draft = Draft(actor, room_id, text, nonce, note, topic, reply_to, token)
    (outcome,) = post_messages([draft])
    if isinstance(outcome, PeerError):
        raise outcome
    return queries.message_with(outcome.line.id)


def post_messages(drafts: Sequence[Draft]) -> list[Posted | PeerError]:
    """Say several things, in this order: for each what was said, or why it was not.

    The rooms stay locked until the commit; whoever may not speak by then is refused here.
    """
    desk = _Desk(drafts)
    outcomes = [desk.take(draft) for draft in drafts]
    desk.store()
    return outcomes


class _Desk:
    """Takes up drafts one after another, with one question for all of them before and one after."""

    def __init__(self, drafts: Sequence[Draft]) -> None:
        self._rooms = queries.rooms_to_talk_in({draft.room_id for draft in drafts})
        known = [each for each in drafts if each.room_id in self._rooms and _is_nonce(each.nonce)]
        self._placed = queries.placed({draft.key for draft in known})
        self._muted = moderation_queries.muted_among({draft.actor.id for draft in known})
        in_groups = [each for each in known if policy.is_group(self._rooms[each.room_id])]
        self._newness = queries.newness_of(_may_be_new(each.actor for each in in_groups))
        self._wholes: dict[str, Room] = {}
        self._floors: dict[str, Floor] = {}
        self._sessions: dict[str, queries.Session] = {}
        self._said: dict[Key, Posted] = {}
        self._texts: dict[tuple[str, str], list[str]] = {}
        self._seen: list[tuple[Line, Screened]] = []
        self._last: dict[str, int] = {}  # the last number taken in each room

    def take(self, draft: Draft) -> Posted | PeerError:
        """Number one draft and have it stored, or say why not."""
        try:
            return self._take(draft)
        except PeerError as error:
            return error

    def _take(self, draft: Draft) -> Posted:
        room = self._rooms.get(draft.room_id)
        if room is None:
            raise NotFound()
        if not _is_nonce(draft.nonce):
            raise Invalid(
                N_("This page is too old to send from. Please load it again."), field="nonce"
            )
        standing = self._standing(draft, room)
        require(policy.can_read(draft.actor, room, standing))
        again = self._said_before(draft)
        if again is not None:
            return again
        count_words_of(draft.actor)
        muted, floor = draft.actor.id in self._muted, self._floor(draft.actor, room)
        require(policy.can_post(draft.actor, room, standing, muted=muted, floor=floor))
        require_company(draft.actor, room)
        words, about = checked(draft.text, draft.note)
        topic = known_topic(draft.topic)
        answered = _answered(draft.actor, room, draft.reply_to)
        said = self._texts.setdefault((room.id, draft.actor.id), [])
        take_time(draft.actor, room, standing, just_now=bool(said))
        seen = screened(draft.actor, room.id, words, about, draft.token, just_said=said)
        seen = held_back(draft.actor, room, seen, self._newness.get(draft.actor.id, Newness()))
        said.append(words)
        line = Line(
            id=new_id_in_order(),
            room_id=room.id,
            place=self._next_number(room) if seen.state in SHOWN else None,
            nonce=draft.nonce,
            author_id=draft.actor.id,
            author_name=self._called(draft) or draft.actor.name,
            author_role=policy.speaks_as(draft.actor, standing),
            text=words,
            note=about,
            state=seen.state,
            at=clock.now(),
            edited=False,
            offers_help=seen.offers_help,
            reply_to=answered,
            topic=topic,
        )
        self._seen.append((line, seen))
        posted = self._said[draft.key] = Posted(line)
        return posted

    def _called(self, draft: Draft) -> str:
        """A name that somebody has for this room alone; empty: they have none."""
        sealed = self._placed[draft.key].called
        return queries.called_in(draft.room_id, draft.actor.id, sealed) if sealed else ""

    def _standing(self, draft: Draft, room: Plain) -> Standing:
        placed = self._placed[draft.key]
        if not placed.member:
            return policy.STRANGER
        return queries.standing_of(room, placed, self._session(room))

    def _session(self, room: Plain) -> queries.Session:
        """For which session people are let in to a room, where they are; asked once."""
        if room.id not in self._sessions:
            lets_in = room.lets_in
            found = queries.session_of(self._whole(room)) if lets_in else queries.Session("")
            self._sessions[room.id] = found
        return self._sessions[room.id]

    def _floor(self, actor: Actor, room: Plain) -> Floor:
        """How it stands with talking for one person; what is the same for all is asked once."""
        if room.talks_freely:
            return OPEN
        if room.id not in self._floors:
            self._floors[room.id] = queries.floor_of(self._whole(room))
        return queries.floor_for(actor, self._whole(room), self._floors[room.id])

    def _whole(self, room: Plain) -> Room:
        """All of a room, asked for once."""
        if room.id not in self._wholes:
            self._wholes[room.id] = room.whole
        return self._wholes[room.id]

    def _said_before(self, draft: Draft) -> Posted | None:
        """What was stored under this nonce; the room is locked, so of two at once one waits."""
        if draft.key in self._said:
            return self._said[draft.key]
        stored = self._placed[draft.key].said_before
        if stored is None:
            return None
        return Posted(queries.line_of(queries.message_with(stored), draft.actor.id))

    def _next_number(self, room: Plain) -> int:
        """The room's next number, which is taken: its row is locked until that is committed."""
        number = self._last.get(room.id, room.last_seq) + 1
        self._last[room.id] = number
        return number

    def store(self) -> None:
        """Store all that was taken, and have pages and moderators follow."""
        if not self._seen:
            return
        lines = [line for line, _ in self._seen]
        note_newcomers(self._rooms, lines, self._newness)
        connection = work.session().connection()
        if self._last:
            last = [{"room": each, "last": number} for each, number in sorted(self._last.items())]
            connection.execute(_NUMBER, last)
        _MESSAGES.store(connection, [_row(*each) for each in self._seen])
        _have_known(self._last)
        broadcast.announce_new(lines, self._rooms)
        work.after_commit(lambda: metrics.posted(len(lines)))
        for line, seen in self._seen:
            open_review(line, seen)


def _have_known(numbers: Mapping[str, int]) -> None:
    """Whoever holds one of these rooms in this unit of work finds its last number in it."""
    known = work.session().identity_map
    for room_id, number in numbers.items() if known else ():
        room = known.get(identity_key(Room, room_id))
        if room is not None:
            set_committed_value(room, "last_seq", number)


_MESSAGES = ManyRows(
    Message.__table__,
    *("id", "room_id", "author_id", "author_role", "nonce", "text", "note", "topic", "reply_to"),
    *("state", "covered", "place", "at", "taken_back", "offers_help"),
)
_NUMBER = (
    update(Room.__table__)  # type: ignore[arg-type]
    .where(Room.id == bindparam("room"))
    .values(last_seq=bindparam("last"))
)


def take_time(
    actor: Actor, room: Room | Plain, standing: Standing, *, just_now: bool = False
) -> None:
    """In a room that is slowed down, a moment lies between two messages or changes of one person."""
    if not room.slow_seconds or policy.leads(actor, standing):
        return
    last = clock.now() if just_now else queries.last_said_at(room.id, actor.id)
    wait = policy.slow_for(room.slow_seconds, last, clock.now())
    if wait:
        raise SlowDown(
            N_(
                "This room is slowed down just now, so that everybody can follow. Your words stay here."
            ),
            retry_ms=int(wait.total_seconds() * 1000),
        )


def held_back(actor: Actor, room: Room | Plain, seen: Screened, newness: Newness) -> Screened:
    """Hold what a moderator looks at first: somebody's first messages, or all where it is said so.

    Never the words of somebody in distress, whatever else holds.
    """
    if seen.offers_help:
        return seen
    if arriving.is_looked_at_first(actor, room, newness, in_distress=seen.offers_help):
        return _held(seen, FIRST)
    return _held(seen) if room.hold_all and not actor.is_staff else seen


def _held(seen: Screened, *why: str) -> Screened:
    """The same, held; `why` stands among what a moderator reads of it."""
    categories = (*seen.verdict.categories, *why)
    verdict = seen.verdict if seen.flagged else replace(seen.verdict, verdict="hold")
    verdict = replace(verdict, categories=categories)
    return seen._replace(verdict=verdict, state=MessageState.HELD, flagged=True)


def _may_be_new(actors: Iterable[Actor]) -> set[str]:
    """Whose first messages may be looked at: the team's never are."""
    return {actor.id for actor in actors if not actor.is_staff}


def count_words_of(actor: Actor) -> None:
    """Count that somebody says something, or says it otherwise; SlowDown when it is too often."""
    limits.spend_here(POSTING, "post", actor.id)


def _is_nonce(nonce: str) -> bool:
    return 0 < len(nonce) <= NONCE and nonce.isprintable()


def _row(line: Line, seen: Screened) -> tuple[object, ...]:
    """A line as its row in the table, its words sealed."""

    def sealed(column: Any, value: str) -> bytes:
        found: bytes = column.write(value, table="messages", owner=line.author_id, row=line.id)
        return found

    return (
        line.id,
        line.room_id,
        line.author_id,
        str(line.author_role),
        line.nonce,
        sealed(Message.text, line.text),
        sealed(Message.note, line.note) if line.note else None,
        sealed(Message.topic, line.topic) if line.topic else None,
        line.reply_to,
        str(line.state),
        seen.covered,
        line.place,
        line.at,
        False,
        line.offers_help,
    )


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


def known_topic(topic: str) -> str:
    """One of the topics that a message can be marked with, or none; else Invalid."""
    if topic and topic not in TOPICS:
        raise Invalid(field="topic")
    return topic


def require_company(actor: Actor, room: Room | Plain) -> None:
    """In a room for two, go on unless the person has blocked the other."""
    require(distance.can_talk_alone(blocked=queries.has_blocked_company(room, actor.id)))


def _answered(actor: Actor, room: Plain, reply_to: str | None) -> str | None:
    """The message that is answered, if it is in this room and `actor` can see it."""
    if not reply_to:
        return None
    message = queries.message_with(reply_to)
    earlier = message.at < queries.reads_since(room.id, actor.id)
    if message.room_id != room.id or message.state not in SHOWN or earlier:
        raise NotFound(N_("The message that you answer is no longer here."))
    require(distance.can_answer(blocked=queries.has_blocked(actor, message.author_id, room.id)))
    return message.id


def open_review(message: Message | Line, seen: Screened) -> None:
    """Have a moderator look at a message that screening flagged."""
    if seen.flagged:
        held = message.state == MessageState.HELD
        moderation.open_review(
            "message", message.id, author_id=message.author_id, verdict=seen.verdict, held=held
        )
