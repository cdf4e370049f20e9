"""What a room's page shows, put into the words and the time zone of the person who reads it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from peer.core import clock, markup
from peer.core.secrets import new_token
from peer.policy import rooms as policy
from peer.policy.moderation import FLAG_WORDS
from peer.policy.roles import Actor, Role
from peer.policy.rooms import MessageState, Reaction, RoomKind
from peer.policy.topics import TOPICS, is_folded
from peer.rooms import broadcast, queries
from peer.rooms.models import Room
from peer.rooms.queries import Line, Person, RoomCard
from peer.rooms.routes.names import NamePage, name_page
from peer.rooms.routes.now import NowPage, now_page
from peer.rooms.routes.times import day_words, time_words

TOGETHER = timedelta(minutes=5)  # messages of one person this close stand under one name

REACTIONS = {
    Reaction.WITH_YOU: (_l("With you"), "hand-heart"),
    Reaction.THANK_YOU: (_l("Thank you"), "heart"),
    Reaction.GLAD: (_l("Glad for you"), "sun"),
}
ROLES = {
    Role.FACILITATOR: _l("Facilitator"),
    Role.MODERATOR: _l("Moderator"),
    Role.COORDINATOR: _l("Coordinator"),
    Role.ADMIN: _l("Admin"),
    Role.MENTOR: _l("Mentor"),
}
KINDS = {
    RoomKind.OPEN_HOURS: _l("Come and go as you like"),
    RoomKind.SESSION: _l("At certain times"),
    RoomKind.CIRCLE: _l("Circle"),
    RoomKind.QUIET: _l("Company without talking"),
    RoomKind.ONE_TO_ONE: _l("Just the two of you"),
    RoomKind.ASIDE: _l("You and two of the team"),
}


@dataclass(frozen=True)
class Entry:
    """One message as the log shows it to one reader; `day` and `unread` stand above it."""

    line: Line
    mine: bool
    time: str
    role: str = ""
    day: str = ""
    unread: bool = False
    follows: bool = False  # the same person goes on
    may_edit: bool = False
    may_take_out: bool = False  # the reader looks after the room: out with whoever wrote it
    spared: str = (
        ""  # of the blank: whom the reader cannot take out, as pages of the room know them
    )
    folded: str = ""  # because the reader has muted its author, or would rather not meet its topic
    answers_muted: bool = False  # or the one whom it answers

    @property
    def author(self) -> str:
        """As whom pages of its room know who wrote it."""
        line = self.line
        return queries.person_id(line.room_id, line.author_id) if line.author_id else ""

    @property
    def held(self) -> bool:
        """Whether it waits for a moderator."""
        return self.line.state == MessageState.HELD

    @property
    def blurred(self) -> bool:
        """Whether it is covered without a note of its author's."""
        return self.line.state == MessageState.BLURRED and not self.about

    @property
    def about(self) -> str:
        """What its author said that it is about."""
        return about_of(self.line)

    @property
    def chips(self) -> list[tuple[str, str, str, int, bool]]:
        """Each reaction: key, word, icon, how many gave it, whether the reader did."""
        given = self.line.heard if self.mine else dict(self.line.reactions)
        return [
            (key, str(word), icon, given.get(key, 0), key in self.line.mine)
            for key, (word, icon) in REACTIONS.items()
        ]


@dataclass(frozen=True)
class Draft:
    """What stands in the writing box, and what was wrong with it."""

    text: str = ""
    note: str = ""
    topic: str = ""
    nonce: str = field(default_factory=new_token)
    reply: Line | None = None
    problem: str = ""


@dataclass(frozen=True)
class RoomPage:
    """Everything the page of a room shows."""

    room: Room
    title: str
    kind: str  # what sort of room it is, in words
    zone: str
    cards: Sequence[RoomCard]
    entries: list[Entry]
    blank: Entry
    earlier: int | None  # place before which there is more
    live: bool  # the newest page, which follows what comes
    here: int
    people: int
    facilitators: list[Person]
    of_team: bool
    may_take_out: bool
    may_leave: bool
    now: NowPage
    naming: NamePage
    offers_help: bool
    topics: Mapping[str, str]  # with which a message can be marked, in words
    muted: frozenset[str]  # by the reader; as pages of this room know people
    me: str  # as which they know the reader
    unwanted: frozenset[str]  # topics that the reader would rather not meet unprepared
    draft: Draft


def room_page(
    actor: Actor, room: Room, *, before: int | None = None, draft: Draft | None = None
) -> RoomPage:
    """The page of a room for somebody who may read it."""
    standing = queries.standing_in(room, actor.id)
    membership = queries.membership_in(room.id, actor.id)
    seen = membership.seen_seq if membership else 0
    lines, more = queries.page_of(room.id, actor.id, before=before)
    if before is None:
        lines += queries.held_lines(
            room.id, actor.id, everyones=policy.can_see_held(actor, standing)
        )
    people = queries.people_in(room.id)
    facilitators = [person for person in people if person.facilitator]
    spared = _spared(actor, room, standing, facilitators)
    muted = queries.distances_of(actor.id, room.id).muted
    unwanted = queries.unwanted_by(actor.id)
    return RoomPage(
        room=room,
        title=queries.title_of(room, actor.id),
        me=queries.person_id(room.id, actor.id),
        kind=kind_word(room),
        zone=actor.timezone,
        cards=queries.rooms_open_to(actor),
        entries=entries_of(lines, actor, seen, muted, unwanted, spared=spared),
        blank=_blank(room.id, spared=spared),
        earlier=lines[0].place if more else None,
        live=before is None,
        here=broadcast.here(room.id),
        people=len(people),
        facilitators=facilitators,
        of_team=actor.is_staff,
        may_take_out=spared is not None,
        may_leave=bool(policy.can_leave(room, standing)),
        now=now_page(actor, room),
        naming=name_page(actor, room, offer=False),
        offers_help=_offers_help(lines, actor, seen),
        topics=TOPICS,
        muted=frozenset(queries.person_id(room.id, each) for each in muted),
        unwanted=unwanted,
        draft=draft or Draft(),
    )


def _spared(
    actor: Actor, room: Room, standing: policy.Standing, facilitators: list[Person]
) -> list[Person] | None:
    """Whom the reader cannot take out of the room, who can others; None if they can take out nobody."""
    if not policy.can_take_out(actor, room, standing):
        return None
    return [] if policy.can_take_out(actor, room, standing, facilitator=True) else facilitators


def _offers_help(lines: Iterable[Line], actor: Actor, seen: int) -> bool:
    """Whether the reader has just said something to which help is offered."""
    return any(
        line.offers_help and line.author_id == actor.id and (line.place or 0) > seen
        for line in lines
    )


def entries_of(
    lines: Sequence[Line],
    actor: Actor,
    seen: int,
    muted: Collection[str] = (),
    unwanted: Collection[str] = (),
    *,
    spared: Sequence[Person] | None = None,
) -> list[Entry]:
    """Messages as one reader sees them: days, the line above what is new, who goes on.

    `spared`: whom a reader cannot take out who looks after the room; None for everybody else.
    """
    stays = {actor.id, *(person.id for person in spared or ())}
    zone = ZoneInfo(actor.timezone)
    found: list[Entry] = []
    before: Line | None = None
    marked = False
    for line in lines:
        new = not marked and (line.place or 0) > seen and line.author_id != actor.id
        marked = marked or new
        local = line.at.astimezone(zone)
        folded = "" if line.author_id == actor.id else _folded(line, muted, unwanted)
        alone = folded or (found and found[-1].folded)
        other_day = before is None or before.at.astimezone(zone).date() != local.date()
        entry = Entry(
            line=line,
            mine=line.author_id == actor.id,
            time=time_words(local),
            role=str(ROLES.get(Role(line.author_role), "")),
            day=day_words(local) if other_day else "",
            unread=new,
            follows=not (other_day or new or alone) and _goes_on(before, line),
            may_edit=bool(policy.can_edit(actor, line, clock.now())),
            may_take_out=spared is not None and line.author_id not in stays,
            folded=folded,
            answers_muted=line.reply is not None and line.reply.author_id in muted,
        )
        found.append(entry)
        before = line
    return found


def _folded(line: Line, muted: Collection[str], unwanted: Collection[str]) -> str:
    """Why a message is folded for the reader; empty when it is not."""
    if line.author_id in muted:
        return "muted"
    return "topic" if is_folded(line.topic, line.note, unwanted) else ""


def about_of(line: Line) -> str:
    """The topic that a message is marked with, in words, and its note."""
    words = str(_(TOPICS[line.topic])) if line.topic in TOPICS else ""
    return " · ".join(each for each in (words, line.note) if each)


def _goes_on(before: Line | None, line: Line) -> bool:
    return (
        before is not None
        and before.author_id == line.author_id
        and before.shown
        and line.shown
        and timedelta(0) <= line.at - before.at < TOGETHER
    )


def _blank(room_id: str, *, spared: Sequence[Person] | None) -> Entry:
    """The message without words that scripts copy."""
    line = Line(
        id="",
        room_id=room_id,
        place=None,
        nonce="",
        author_id="",
        author_name="",
        author_role=Role.MEMBER,
        text="",
        note="",
        state=MessageState.VISIBLE,
        at=clock.now(),
        edited=False,
        offers_help=False,
        reply_to=None,
    )
    stay = " ".join(person.key for person in spared or ())
    return Entry(line, mine=False, time="", may_take_out=spared is not None, spared=stay)


def snippets(text: str, note: str, spans: Sequence[tuple[int, int, str]]) -> list[tuple[str, str]]:
    """The marked parts of a message and what they look like, for its author."""
    text, note = markup.tidy(text), " ".join(markup.tidy(note).split())
    words = f"{text}\n{note}" if note else text
    return [(words[start:end], str(_(FLAG_WORDS.get(kind, "")))) for start, end, kind in spans]


def kind_word(room: Room) -> str:
    """What sort of room it is, or that it is closed."""
    if not room.is_open:
        return str(_("Closed just now"))
    return str(KINDS.get(RoomKind(room.kind), ""))
