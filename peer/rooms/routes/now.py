"""The part of a room's page that says how it stands with talking, and what can be done about it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l

from peer.core import clock
from peer.policy import gatherings as policy
from peer.policy import rooms as room_policy
from peer.policy.admission import LATER_WORDS, WHY_WORDS
from peer.policy.arriving import Newness, is_new
from peer.policy.floor import Floor, FloorState
from peer.policy.gatherings import Phase
from peer.policy.roles import Actor
from peer.policy.rooms import Gesture, RoomKind
from peer.rooms import queries
from peer.rooms.models import Gathering, Room
from peer.rooms.routes.aside import AsidePage, aside_page
from peer.rooms.routes.circle import CirclePage, circle_page
from peer.rooms.routes.door import AtDoor, door_list
from peer.rooms.routes.times import time_words, when_words

GESTURES = {
    Gesture.WAVE: (_l("A wave"), "hand-heart"),
    Gesture.TEA: (_l("A cup of tea"), "coffee"),
    Gesture.LIGHT: (_l("A light"), "sun"),
}
_UPCOMING = frozenset({FloorState.PLANNED, FloorState.DOORS, FloorState.TOO_FEW})


@dataclass(frozen=True)
class AgendaPage:
    """Where an agenda is."""

    step: int  # 0: not begun
    words: str
    ends_at: str
    until: str
    next: str  # the point after it; empty: none


@dataclass(frozen=True)
class NowPage:
    """How it stands with talking in a room, for one reader."""

    room: Room
    floor: Floor
    leads: bool
    when: str = ""  # when the session that it is about begins
    until: str = ""  # when the one that runs ends
    may_begin: bool = False
    may_end: bool = False
    mark: str = ""  # by which a page knows whether what it is told is new
    may_steer: bool = False
    blocked: bool = False  # in a room for two, the reader has blocked the other
    agenda: AgendaPage | None = None
    whispers: tuple[tuple[str, str, str], ...] = ()  # from whom, to whom, what
    circle: CirclePage | None = None
    aside: AsidePage | None = None
    door: tuple[AtDoor, ...] = ()  # for those who let people in
    newness: Newness | None = None  # of a reader whose first messages are looked at
    gestures: tuple[tuple[str, str, str, int], ...] = ()  # key, word, icon, how often of late

    @property
    def write(self) -> str:
        """Whether words can go: "yes", "later" (they wait in their box), or "no"."""
        if self.blocked:
            return "no"
        if self.floor.is_open:
            return "yes"
        return "later" if self.floor.soon else "no"

    @property
    def of_piece(self) -> bool:
        """Whether the reader cannot write only because the talking piece is not theirs."""
        return self.circle is not None and self.floor.state in {FloorState.RESTS, FloorState.THEIRS}

    @property
    def later_words(self) -> Mapping[str, str]:
        """What somebody who waits can be asked."""
        return LATER_WORDS

    @property
    def why_words(self) -> Mapping[str, str]:
        """Why somebody may not be let in this time."""
        return WHY_WORDS

    @property
    def upcoming(self) -> bool:
        """Whether a session is to begin."""
        return self.floor.state in _UPCOMING


def now_page(actor: Actor, room: Room) -> NowPage:
    """That part of the page for somebody who may read the room."""
    standing = queries.standing_in(room, actor.id)
    leads = room_policy.leads(actor, standing)
    floor = queries.floor_for(actor, room)
    page = NowPage(
        room=room,
        floor=floor,
        leads=leads,
        mark=queries.floor_of(room).mark,
        may_steer=bool(room_policy.can_steer(actor, room, standing)),
        blocked=queries.has_blocked_company(room, actor.id),
        agenda=_agenda(room, actor.timezone),
        whispers=_whispers(actor, room, standing),
        newness=_newness(actor, room),
        aside=aside_page(actor, room),
        door=door_list(room) if _opens(actor, room, standing) else (),
    )
    if room.is_quiet:
        return replace(page, gestures=_gestures(room))
    return _with_date(page, actor, room) if room.is_dated else page


def _opens(actor: Actor, room: Room, standing: room_policy.Standing) -> bool:
    """Whether the reader lets people in here."""
    return room.lets_in and bool(room_policy.can_open_door(actor, room, standing))


def _newness(actor: Actor, room: Room) -> Newness | None:
    """How far the reader is with their first messages, where that matters."""
    if room.is_quiet or not room.is_open or actor.is_staff:
        return None
    newness = queries.newness_of([actor.id])[actor.id]
    return newness if is_new(actor, room, newness) else None


def _with_date(page: NowPage, actor: Actor, room: Room) -> NowPage:
    gathering, now, leads = queries.gathering_now(room.id), clock.now(), page.leads
    return replace(
        page,
        when=when_words(gathering.starts_at, actor.timezone) if gathering else "",
        until=_until(gathering, actor.timezone),
        may_begin=leads and bool(policy.can_begin_now(gathering, now)),
        may_end=leads and bool(policy.can_end(gathering, now)),
        circle=_circle(actor, room, gathering, leads=leads) if page.floor.began else None,
    )


def _agenda(room: Room, zone: str) -> AgendaPage | None:
    if not room.agenda:
        return None
    step, points = room.agenda_step, room.agenda
    following = points[step][1] if step < len(points) else ""
    if not 0 < step <= len(points) or room.agenda_at is None:
        return AgendaPage(0, "", "", "", following)
    ends = room.agenda_at + timedelta(minutes=points[step - 1][0])
    until = time_words(ends.astimezone(ZoneInfo(zone)))
    return AgendaPage(step, points[step - 1][1], ends.isoformat(), until, following)


def _whispers(
    actor: Actor, room: Room, standing: room_policy.Standing
) -> tuple[tuple[str, str, str], ...]:
    """What was said to the reader alone; whoever looks after the room sees what was said to others."""
    sees_all = bool(room_policy.can_steer(actor, room, standing))
    found = queries.whispers_for(room.id, actor.id, all_of_them=sees_all)
    people = {each.author_id for each in found} | {each.to_id for each in found}
    names = queries.names_in(room.id, people) if people else {}
    return tuple(
        (names[each.author_id], "" if each.to_id == actor.id else names[each.to_id], each.text)
        for each in found
    )


def _gestures(room: Room) -> tuple[tuple[str, str, str, int], ...]:
    made = queries.gestures_in(room.id)
    return tuple((key, str(word), icon, made.get(key, 0)) for key, (word, icon) in GESTURES.items())


def _circle(
    actor: Actor, room: Room, gathering: Gathering | None, *, leads: bool
) -> CirclePage | None:
    if gathering is None:
        return None
    always = leads or room.kind == RoomKind.CIRCLE
    return circle_page(actor, gathering, leads=leads, always=always)


def _until(gathering: Gathering | None, zone: str) -> str:
    if gathering is None or policy.phase_of(gathering, clock.now()) != Phase.RUNNING:
        return ""
    return time_words(gathering.ends_at.astimezone(ZoneInfo(zone)))
