"""Reads about messages: pages of the log, and the changes that open pages follow."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Select, func, select

from peer.accounts import queries as accounts
from peer.accounts.models import Account
from peer.core import keys, work
from peer.core.errors import NotFound
from peer.policy.roles import Actor
from peer.policy.rooms import ALWAYS, SHOWN, MessageState
from peer.rooms.models import Membership, Message, MessageReaction, Room, RoomChange, RoomName
from peer.rooms.queries.distance import Distances, distances_among, distances_of
from peer.rooms.queries.names import called_in, named
from peer.rooms.queries.rooms import locked_room, reads_since, room_once_read, room_to_read

PAGE = 50  # messages of a page of the log
CATCH_UP = 500  # changes that one answer to room:join carries
CONTEXT = 5  # messages on each side of one that is looked at


class Line(NamedTuple):
    """A message as it is shown, with what its author is called there and what others said to it."""

    id: str
    room_id: str
    place: int | None
    nonce: str
    author_id: str
    author_name: str
    author_role: str
    text: str
    note: str
    state: str
    at: datetime
    edited: bool
    offers_help: bool
    reply_to: str | None
    reply: "Line | None" = None
    reactions: tuple[tuple[str, int], ...] = ()
    mine: frozenset[str] = frozenset()  # the viewer's own reactions
    # Of the reactions, how many come from people whom its author has blocked, and does not see.
    unheard: tuple[tuple[str, int], ...] = ()
    topic: str = ""  # what its author marked it with
    account_name: str = ""  # the author's everywhere else, for moderators alone; empty: the same

    @property
    def shown(self) -> bool:
        """Whether everybody in the room sees it."""
        return self.state in SHOWN

    @property
    def heard(self) -> dict[str, int]:
        """The reactions as its author sees them."""
        unheard = dict(self.unheard)
        counts = {kind: count - unheard.get(kind, 0) for kind, count in self.reactions}
        return {kind: count for kind, count in counts.items() if count}


class Change(NamedTuple):
    """Change `seq` of a room. `line` is the message as it is now; None when it is gone.

    `roster` is what the room's was as this was read: who was taken out before is not told of it.
    """

    seq: int
    posted: bool
    message_id: str
    line: Line | None
    roster: int


def message_with(message_id: str) -> Message:
    """The message with this id, or NotFound."""
    if "\0" in message_id:
        raise NotFound()  # PostgreSQL would refuse it as text
    message = work.session().get(Message, message_id)
    if message is None:
        raise NotFound()
    return message


def locked_message(message_id: str) -> Message:
    """The message as it is now, which nobody else changes until this unit ends; or NotFound.

    The room is locked, and always before its messages: two locks in one order cannot wait for
    each other for ever.
    """
    locked_room(message_with(message_id).room_id)
    message = work.session().get(Message, message_id, populate_existing=True)
    if message is None:
        raise NotFound()
    return message


def rooms_of_messages(message_ids: Collection[str]) -> dict[str, Room]:
    """The room of each of some messages, by the message's id."""
    found = (
        select(Message.id, Room)
        .join(Room, Room.id == Message.room_id)
        .where(Message.id.in_(message_ids))
    )
    return {row[0]: row[1] for row in work.session().execute(found)}


def message_for(actor: Actor, message_id: str) -> Message:
    """The message, if `actor` may read its room and it is shown or their own; else NotFound."""
    message = message_with(message_id)
    own = message.author_id == actor.id  # theirs also while they wait to be let in again
    (room_once_read if own else room_to_read)(actor, message.room_id)
    if message.state not in SHOWN and not own:
        raise NotFound()
    if not own and message.at < reads_since(message.room_id, actor.id):
        raise NotFound()
    return message


def texts_of(author_id: str, room_id: str, limit: int) -> list[str]:
    """An author's last texts in a room, the oldest first."""
    rows = work.session().scalars(
        select(Message)
        .where(Message.author_id == author_id, Message.room_id == room_id)
        .order_by(Message.at.desc(), Message.id)
        .limit(limit)
    )
    return [message.text for message in rows][::-1]


def last_said_at(room_id: str, author_id: str) -> datetime | None:
    """When somebody last said something in a room, or said it otherwise."""
    rows = work.session().execute(
        select(func.max(Message.at), func.max(Message.edited_at)).where(
            Message.room_id == room_id, Message.author_id == author_id
        )
    )
    return max((at for row in rows for at in row if at is not None), default=None)


def messages_by(author_id: str) -> Sequence[Message]:
    """Everything a person said, the oldest first."""
    theirs = select(Message).where(Message.author_id == author_id)
    return work.session().scalars(theirs.order_by(Message.at, Message.id)).all()


def reactions_by(account_id: str) -> list[tuple[str, int]]:
    """How often a person gave each reaction."""
    rows = work.session().execute(
        select(MessageReaction.kind, func.count())
        .where(MessageReaction.account_id == account_id)
        .group_by(MessageReaction.kind)
        .order_by(MessageReaction.kind)
    )
    return [(kind, count) for kind, count in rows]


def rooms_touched_by(account_id: str) -> set[str]:
    """The rooms in which a person is, said something or answered with a warm word."""
    session = work.session()
    answered = (
        select(Message.room_id)
        .join(MessageReaction, MessageReaction.message_id == Message.id)
        .where(MessageReaction.account_id == account_id)
    )
    return {
        *session.scalars(select(Membership.room_id).where(Membership.account_id == account_id)),
        *session.scalars(select(Message.room_id).where(Message.author_id == account_id).distinct()),
        *session.scalars(answered.distinct()),
    }


def messages_seen_of(room_id: str, author_id: str) -> list[str]:
    """An author's messages that everybody in a room sees, in their order."""
    found = select(Message.id).where(
        Message.room_id == room_id,
        Message.author_id == author_id,
        Message.place.is_not(None),
        Message.state.in_(SHOWN),
    )
    return list(work.session().scalars(found.order_by(Message.place)))


def has_spoken_in(room_id: str, author_id: str) -> bool:
    """Whether words of somebody are still in a room, shown or not."""
    found = select(Message.id).where(Message.room_id == room_id, Message.author_id == author_id)
    return work.session().scalar(found.limit(1)) is not None


def messages_answered(room_id: str, account_id: str) -> list[str]:
    """The messages of a room that a person answered with a warm word, in their order."""
    given = select(MessageReaction.message_id).where(MessageReaction.account_id == account_id)
    found = select(Message.id).where(Message.room_id == room_id, Message.id.in_(given))
    return list(work.session().scalars(found.order_by(Message.place)))


# --- lines --------------------------------------------------------------------------------


def _lines(found: Select[Message, bytes, bytes | None]) -> list[Line]:
    rows = work.session().execute(found).all()
    keys.fetch(message.author_id for message, *_ in rows)
    return [_line(message, name, called) for message, name, called in rows]


def _with_names() -> Select[Message, bytes, bytes | None]:
    return (
        select(Message, Account.name_sealed, RoomName.name_sealed)
        .join(Account, Account.id == Message.author_id)
        .outerjoin(RoomName, named(Message.room_id, Message.author_id))
    )


def _line(message: Message, name: bytes | None, called: bytes | None) -> Line:
    """A message as a line; both names of its author are as they lie in the database."""
    everywhere = accounts.name_in(message.author_id, name)
    here = called_in(message.room_id, message.author_id, called)
    return Line(
        id=message.id,
        room_id=message.room_id,
        place=message.place,
        nonce=message.nonce,
        author_id=message.author_id,
        author_name=here or everywhere,
        author_role=message.author_role,
        text=message.text,
        note=message.note,
        state=message.state,
        at=message.at,
        edited=message.edited_at is not None,
        offers_help=message.offers_help,
        reply_to=message.reply_to,
        topic=message.topic,
        account_name=everywhere if here else "",
    )


def _dressed(lines: Sequence[Line], viewer_id: str | None) -> list[Line]:
    """`lines` with the reactions to them and what they answer."""
    ids = [line.id for line in lines]
    counts, mine = _reactions(ids), _own_reactions(ids, viewer_id)
    unheard = _unheard(lines) if counts else {}
    answered = _answered(lines, viewer_id)
    return [
        line._replace(
            reactions=tuple(counts.get(line.id, ())),
            mine=frozenset(mine.get(line.id, ())),
            unheard=tuple(unheard.get(line.id, {}).items()),
            reply=answered.get(line.reply_to or ""),
        )
        for line in lines
    ]


def _unheard(lines: Sequence[Line]) -> dict[str, dict[str, int]]:
    """For each line how many of its reactions, by kind, come from whom its author has blocked."""
    blocked = {
        account_id: distances.blocked
        for account_id, distances in _kept_by_authors(lines).items()
        if distances.blocked
    }
    authors = {line.id: line.author_id for line in lines if line.author_id in blocked}
    if not authors:
        return {}
    rows = work.session().execute(
        select(MessageReaction.message_id, MessageReaction.kind, MessageReaction.account_id).where(
            MessageReaction.message_id.in_(authors),
            MessageReaction.account_id.in_(frozenset().union(*blocked.values())),
        )
    )
    found: dict[str, dict[str, int]] = {}
    for message_id, kind, account_id in rows:
        if account_id in blocked[authors[message_id]]:
            counts = found.setdefault(message_id, {})
            counts[kind] = counts.get(kind, 0) + 1
    return found


def _kept_by_authors(lines: Sequence[Line]) -> dict[str, Distances]:
    """Whom the authors of some messages of one room have muted and blocked there."""
    if not lines:
        return {}
    return distances_among({line.author_id for line in lines}, lines[0].room_id)


def _reactions(ids: Iterable[str]) -> dict[str, list[tuple[str, int]]]:
    rows = work.session().execute(
        select(MessageReaction.message_id, MessageReaction.kind, func.count())
        .where(MessageReaction.message_id.in_(ids))
        .group_by(MessageReaction.message_id, MessageReaction.kind)
        .order_by(MessageReaction.kind)
    )
    found: dict[str, list[tuple[str, int]]] = {}
    for message_id, kind, count in rows:
        found.setdefault(message_id, []).append((kind, count))
    return found


def _own_reactions(ids: Iterable[str], viewer_id: str | None) -> dict[str, list[str]]:
    if viewer_id is None:
        return {}
    rows = work.session().execute(
        select(MessageReaction.message_id, MessageReaction.kind).where(
            MessageReaction.message_id.in_(ids), MessageReaction.account_id == viewer_id
        )
    )
    found: dict[str, list[str]] = {}
    for message_id, kind in rows:
        found.setdefault(message_id, []).append(kind)
    return found


def _answered(lines: Iterable[Line], viewer_id: str | None) -> dict[str, Line]:
    wanted = {line.reply_to for line in lines if line.reply_to}
    if not wanted:
        return {}
    found = _lines(_with_names().where(Message.id.in_(wanted), Message.state.in_(SHOWN)))
    if not found:
        return {}
    blocked = distances_of(viewer_id, found[0].room_id).blocked
    since = reads_since(found[0].room_id, viewer_id)
    return {line.id: line for line in found if line.author_id not in blocked and line.at >= since}


def line_of(message: Message, viewer_id: str | None = None) -> Line:
    """One message as it is shown to `viewer_id`."""
    return _dressed(_lines(_with_names().where(Message.id == message.id)), viewer_id)[0]


def page_of(
    room_id: str,
    viewer_id: str | None,
    *,
    before: int | None = None,
    upto: int | None = None,
    limit: int = PAGE,
) -> tuple[list[Line], bool]:
    """The last `limit` shown messages whose place is under `before` and not over `upto`.

    The oldest first, and whether there are earlier ones. Those of people whom the viewer has
    blocked are not among them, nor what was said before the first session of theirs.
    """
    found = _with_names().where(Message.room_id == room_id, Message.state.in_(SHOWN))
    blocked = distances_of(viewer_id, room_id).blocked
    if blocked:
        found = found.where(Message.author_id.not_in(sorted(blocked)))
    since = reads_since(room_id, viewer_id)
    if since > ALWAYS:
        found = found.where(Message.at >= since)
    if before is not None:
        found = found.where(Message.place < before)
    if upto is not None:
        found = found.where(Message.place <= upto)
    lines = _lines(found.order_by(Message.place.desc()).limit(limit + 1))
    return _dressed(lines[:limit][::-1], viewer_id), len(lines) > limit


def held_lines(room_id: str, viewer_id: str, *, everyones: bool) -> list[Line]:
    """What waits for a moderator: the viewer's own, or everyone's; the oldest first."""
    found = _with_names().where(Message.room_id == room_id, Message.state == MessageState.HELD)
    if not everyones:
        found = found.where(Message.author_id == viewer_id)
    return _dressed(_lines(found.order_by(Message.at, Message.id)), viewer_id)


def changes_between(
    room_id: str, after: int, upto: int | None, *, limit: int = CATCH_UP, viewer_id: str | None
) -> list[Change]:
    """Changes numbered over `after` and not over `upto`, at most `limit`, in order."""
    found = (
        select(RoomChange, Message, Account.name_sealed, RoomName.name_sealed, Room.roster)
        .join(Room, Room.id == RoomChange.room_id)
        .outerjoin(Message, Message.id == RoomChange.message_id)
        .outerjoin(Account, Account.id == Message.author_id)
        .outerjoin(RoomName, named(Message.room_id, Message.author_id))
        .where(RoomChange.room_id == room_id, RoomChange.seq > after)
        .order_by(RoomChange.seq)
        .limit(limit)
    )
    if upto is not None:
        found = found.where(RoomChange.seq <= upto)
    rows: list[tuple[RoomChange, Message | None, bytes, bytes | None, int]] = [
        (row[0], row[1], row[2], row[3], row[4]) for row in work.session().execute(found)
    ]
    # A message that has just appeared has no reactions yet, or they are a later change.
    fresh = viewer_id is None and all(change.posted for change, *_ in rows)
    keys.fetch(message.author_id for _, message, *_ in rows if message is not None)
    lines = {m.id: _line(m, name, called) for _, m, name, called, _ in rows if m is not None}
    if not fresh:
        lines = {line.id: line for line in _dressed(list(lines.values()), viewer_id)}
    return [
        Change(c.seq, c.posted, c.message_id, lines.get(c.message_id), roster)
        for c, *_, roster in rows
    ]


def context_of(
    message: Message, *, count: int = CONTEXT, upto: datetime | None = None
) -> list[Line]:
    """The message among those said around it, the oldest first, removed and held ones included.

    At most `count` on each side, and nothing said after `upto`.
    """
    around = _with_names().where(Message.room_id == message.room_id, Message.id != message.id)
    if upto is not None:
        around = around.where(Message.at <= upto)
    before = _lines(around.where(Message.at <= message.at).order_by(Message.at.desc()).limit(count))
    after = _lines(around.where(Message.at > message.at).order_by(Message.at).limit(count))
    return [*before[::-1], line_of(message), *after]
