"""Rules about rooms and messages."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Literal, NamedTuple, Protocol

from peer.core.errors import Conflict, Muted, NotFound, RoomClosed
from peer.core.words import N_
from peer.policy.floor import OPEN, Floor
from peer.policy.roles import HIDDEN, STAFF, YES, Actor, Decision, Role, no

EDITABLE_FOR = timedelta(minutes=15)
LAST_NUMBER = 2**31 - 1  # of a message in its room: either database counts so far
ALWAYS = datetime.min.replace(tzinfo=UTC)  # who reads a room since then reads all of it
AGREED_FOR = timedelta(hours=18)  # an evening and its night: nobody is asked in mid-conversation


class RoomKind(StrEnum):
    """What a room is for; more kinds may come."""

    OPEN_HOURS = "open_hours"
    SESSION = "session"  # talked in at its dates only
    QUIET = "quiet"  # company without talking
    CIRCLE = "circle"  # the same, and only whoever holds the talking piece is heard
    ONE_TO_ONE = "one_to_one"
    ASIDE = "aside"  # one person and two of the team, for as long as a session


DATED = frozenset({RoomKind.SESSION, RoomKind.CIRCLE})  # kinds of room that are talked in at dates


class Entry(StrEnum):
    """Who may come into a room."""

    EVERYONE = "everyone"  # every member, and staff
    INVITED = "invited"  # people whom an invitation or staff let in
    MENTORSHIP = "mentorship"  # the two people of one mentorship, nobody else
    ASIDE = "aside"  # one person who said yes and two of the team, nobody else


OF_GROUPS = frozenset({Entry.EVERYONE, Entry.INVITED})


class MessageState(StrEnum):
    """What people see of a message."""

    VISIBLE = "visible"
    HELD = "held"  # seen by its author and staff until a moderator has looked
    BLURRED = "blurred"  # covered, and opened by who wants to read it
    REMOVED = "removed"


class Gesture(StrEnum):
    """The few things that can be done in a quiet room. Nobody learns who did them."""

    WAVE = "wave"
    TEA = "tea"
    LIGHT = "light"


WHISPERED_FOR = timedelta(hours=1)  # so long a word to one person stands on their page
GESTURES_FOR = timedelta(minutes=10)  # so long a gesture is shown


class Reaction(StrEnum):
    """The few warm things one can say to a message without words."""

    WITH_YOU = "with_you"
    THANK_YOU = "thank_you"
    GLAD = "glad"


SHOWN = frozenset({MessageState.VISIBLE, MessageState.BLURRED})


class RoomFacts(Protocol):
    """What the rules need to know of a room."""

    @property
    def entry(self) -> str: ...
    @property
    def is_open(self) -> bool: ...


class MessageFacts(Protocol):
    """What the rules need to know of a message."""

    @property
    def author_id(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def state(self) -> str: ...


class Standing(NamedTuple):
    """How a person stands to a room."""

    member: bool = False
    facilitator: bool = False  # of this room
    agreed: bool = False  # to how people are together here, recently enough
    let_in: bool = True  # or whoever leads the room has yet to let them in
    taken_out: bool = False  # by whoever looks after the room, who can let them in again


STRANGER = Standing()


TAKEN_OUT = N_(
    "Somebody who looks after this room has taken you out of it. Your other rooms are open to you as "
    "before. If you would like to talk about it, or to come back, tell a facilitator, a moderator or the "
    "coordinator you know: they can let you in again."
)


def leads(actor: Actor, standing: Standing) -> bool:
    """Whether the person leads the room: given it, and a facilitator still."""
    return standing.facilitator and actor.has(Role.FACILITATOR)


def is_group(room: RoomFacts) -> bool:
    """Whether the room is for a group: not for two people, nor for one and the team."""
    return room.entry in OF_GROUPS


def can_enter(actor: Actor, room: RoomFacts, standing: Standing) -> Decision:
    """Members of the room; else members and staff where everyone may; moderators, any group room.

    Mentors come into group rooms only by invitation. A private room opens to its two people and
    to nobody else: what moderators need of it they see in the queue. Whoever was taken out stays out
    until somebody who looks after the room lets them in again; moderators come in all the same.
    """
    if standing.member:
        return YES
    if standing.taken_out and not actor.has(Role.MODERATOR):
        return no(TAKEN_OUT)
    if room.entry == Entry.EVERYONE and actor.has(Role.MEMBER, *STAFF):
        return YES
    if is_group(room) and actor.has(Role.MODERATOR):
        return YES
    return HIDDEN


def can_read(actor: Actor, room: RoomFacts, standing: Standing) -> Decision:
    """Whoever has come in, agreed to how people are together there, and been let in where it is so.

    Nobody lets the team in.
    """
    if not can_enter(actor, room, standing) or not standing.member:
        return HIDDEN
    if not standing.agreed:
        return no(N_("Please look at how this room works first. Then you can read and write."))
    if not standing.let_in and not actor.is_staff:
        return no(N_("People are let in one by one here. The page of the room says how it stands."))
    return YES


def could_read(actor: Actor, room: RoomFacts, standing: Standing) -> Decision:
    """The same for whoever waits to be let in again: their own words, and what they report."""
    return can_read(actor, room, standing._replace(let_in=True))


def can_post(
    actor: Actor,
    room: RoomFacts,
    standing: Standing,
    *,
    muted: bool = False,
    floor: Floor = OPEN,
) -> Decision:
    """Whoever may read, while the room is open, its floor is, and they are not muted."""
    readable = can_read(actor, room, standing)
    if not readable:
        return readable
    if muted:
        return no("", error=Muted)
    return floor.opens() if room.is_open else no("", error=RoomClosed)


def can_see_held(actor: Actor, standing: Standing) -> bool:
    """Moderators and the room's facilitators see what waits to be looked at."""
    return actor.has(Role.MODERATOR) or leads(actor, standing)


def can_gesture(
    actor: Actor, room: RoomFacts, standing: Standing, *, quiet: bool, muted: bool = False
) -> Decision:
    """Whoever may read a quiet room, while it is open and they are not muted."""
    if not quiet:
        return HIDDEN
    return can_post(actor, room, standing, muted=muted)


def can_edit(actor: Actor, message: MessageFacts, now: datetime) -> Decision:
    """Authors change their own words for 15 minutes, and while they are held."""
    if message.author_id != actor.id or message.state == MessageState.REMOVED:
        return HIDDEN
    if message.state != MessageState.HELD and now - message.at > EDITABLE_FOR:
        return no(
            N_("Words can be changed for 15 minutes. You can still take them back, or write again.")
        )
    return YES


def can_remove(actor: Actor, message: MessageFacts) -> Decision:
    """Authors take back their own words at any time."""
    if message.author_id != actor.id or message.state == MessageState.REMOVED:
        return HIDDEN
    return YES


def can_react(actor: Actor, message: MessageFacts) -> Decision:
    """Readers react to what they can see, but not to themselves."""
    if message.state not in SHOWN:
        return no("", error=NotFound)
    if message.author_id == actor.id:
        return no(N_("Those are your own words; others can react to them."))
    return YES


def can_make_rooms(actor: Actor) -> Decision:
    """Coordinators and admins make rooms."""
    return YES if actor.has(Role.COORDINATOR, Role.ADMIN) else HIDDEN


def can_manage(actor: Actor, room: RoomFacts, standing: Standing) -> Decision:
    """Coordinators, admins and the room's facilitators change a group room and who is in it."""
    if is_group(room) and (actor.has(Role.COORDINATOR, Role.ADMIN) or leads(actor, standing)):
        return YES
    return HIDDEN


def can_lower_guard(actor: Actor, *, running: bool) -> Decision:
    """That a room is never left alone, or lets people in one by one, is taken back by coordinators.

    Never while a session goes on: whoever came in then came in under it.
    """
    if not actor.has(Role.COORDINATOR, Role.ADMIN):
        return no(N_("A coordinator decides whether this room may be left alone or open."))
    if running:
        return no(N_("A session goes on here. That can be changed after it."), error=Conflict)
    return YES


SLOW_CHOICES = (0, 10, 30, 60, 300)  # seconds between two messages of one person


def can_steer(actor: Actor, room: RoomFacts, standing: Standing) -> Decision:
    """Whoever leads a group room pauses and slows it; so does a moderator who is in it."""
    moderates = standing.member and actor.has(Role.MODERATOR)
    return YES if is_group(room) and (leads(actor, standing) or moderates) else HIDDEN


def can_open_door(actor: Actor, room: RoomFacts, standing: Standing) -> Decision:
    """Whoever steers a room lets people in."""
    return can_steer(actor, room, standing)


def can_take_out(
    actor: Actor, room: RoomFacts, standing: Standing, *, facilitator: bool = False
) -> Decision:
    """Whoever manages or steers a group room takes people out, and lets those in again.

    Also those who have left by themselves: else leaving in time would be a way back. A `facilitator`
    of the room is taken out by who manages it: a moderator could not give the room back to them.
    """
    managed = can_manage(actor, room, standing)
    steered = can_steer(actor, room, standing)
    if steered and facilitator and not managed:
        return no(
            N_(
                "They look after this room. A coordinator, or somebody else who looks after it, can take them out."
            )
        )
    return managed or steered


def slow_for(slow_seconds: int, last_at: datetime | None, now: datetime) -> timedelta:
    """How long somebody waits before their next message in a room that is slowed down."""
    if last_at is None or not slow_seconds:
        return timedelta(0)
    return max(timedelta(0), last_at + timedelta(seconds=slow_seconds) - now)


def can_close(actor: Actor, room: RoomFacts, standing: Standing) -> Decision:
    """Whoever manages a room closes and opens it; so do moderators."""
    if is_group(room) and actor.has(Role.MODERATOR):
        return YES
    return can_manage(actor, room, standing)


def can_leave(room: RoomFacts, standing: Standing) -> Decision:
    """People leave group rooms when they like; a private room ends with its mentorship."""
    return YES if is_group(room) and standing.member else HIDDEN


_SPEAKS = (Role.MODERATOR, Role.COORDINATOR, Role.ADMIN, Role.FACILITATOR, Role.MENTOR)


def speaks_as(actor: Actor, standing: Standing) -> Role:
    """The role that stands beside a person's words in a room."""
    if leads(actor, standing):
        return Role.FACILITATOR
    return next((role for role in _SPEAKS if role in actor.roles), Role.MEMBER)


def screened_as(actor: Actor) -> Literal["member", "mentor", "staff"]:
    """By which measure a person's words are screened; of several, the strictest."""
    if actor.has(Role.MENTOR):
        return "mentor"
    return "staff" if actor.is_staff else "member"
