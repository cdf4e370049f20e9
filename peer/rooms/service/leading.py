"""Steering a room: its pace, its question and agenda, and a word to one person."""

from typing import Any

from peer.core import audit, clock, limits, markup, work
from peer.core.errors import Conflict, Invalid, NotFound
from peer.core.words import N_
from peer.policy import rooms as policy
from peer.policy.roles import Actor, require
from peer.rooms import broadcast, queries
from peer.rooms.models import Room, Whisper

_QUESTION = 200
_POINTS, _POINT, _LONGEST = 12, 80, 180  # of an agenda; characters and minutes of a point
_WHISPER = 400
WHISPERING = "10/minute"


def pause(actor: Actor, room_id: str, *, on: bool) -> None:
    """Pause a room, or let it go on: meanwhile nobody writes but whoever leads it."""
    room = _steered(actor, room_id)
    if on == (room.paused_at is not None):
        return
    room.paused_at = clock.now() if on else None
    broadcast.floor_changed(room)
    audit.record("room.pause", f"room:{room.id}", by=actor.id, on=on)


def steer(actor: Actor, room_id: str, *, slow_seconds: int, hold_all: bool, question: str) -> None:
    """Say how fast a room goes, whether a moderator looks at everything first, and its question."""
    room = _steered(actor, room_id)
    if slow_seconds not in policy.SLOW_CHOICES:
        raise Invalid(field="slow_seconds")
    words = " ".join(markup.tidy(question).split())
    if len(words) > _QUESTION:
        raise Invalid(
            N_("Up to %(length)s characters fit here."), field="question", length=_QUESTION
        )
    room.slow_seconds, room.hold_all, room.question = slow_seconds, hold_all, words
    broadcast.floor_changed(room)
    audit.record("room.steer", f"room:{room.id}", by=actor.id, slow=slow_seconds, hold_all=hold_all)


def plan_agenda(actor: Actor, room_id: str, lines: str) -> None:
    """Write the agenda: one point in each line, its minutes before it ("10 Arriving")."""
    room = _steered(actor, room_id)
    points = [agenda_point(line) for line in markup.tidy(lines).splitlines() if line.strip()]
    if len(points) > _POINTS:
        raise Invalid(N_("Up to %(points)s points fit here."), field="agenda", points=_POINTS)
    room.agenda, room.agenda_step, room.agenda_at = points, 0, None
    broadcast.floor_changed(room)


def agenda_point(line: str) -> list[Any]:
    """[minutes, words] of a line of an agenda; Invalid where there are none of either."""
    minutes, _, words = " ".join(line.split()).partition(" ")
    fits = minutes.isascii() and minutes.isdecimal() and 0 < len(minutes) < 4
    if not fits or not 0 < int(minutes) <= _LONGEST or not 0 < len(words) <= _POINT:
        raise Invalid(
            N_("Please begin each line with its minutes, such as “10 Arriving”."), field="agenda"
        )
    return [int(minutes), words]


def go_through(actor: Actor, room_id: str, *, step: int) -> None:
    """Go to the next point after `step`, which the page showed; after the last one it is over."""
    room = _steered(actor, room_id)
    if step != room.agenda_step:
        raise Conflict()
    last = step >= len(room.agenda)
    room.agenda_step, room.agenda_at = (0, None) if last else (step + 1, clock.now())
    broadcast.floor_changed(room)


def whisper(actor: Actor, room_id: str, to_id: str, text: str) -> None:
    """Say something to one person in the room. The room's other staff see it, and nobody else.

    It goes one way: what somebody would answer they say to the room, or to a moderator.
    """
    room = _steered(actor, room_id)
    require(policy.can_post(actor, room, queries.standing_in(room, actor.id)))
    if to_id == actor.id or queries.membership_in(room.id, to_id) is None:
        raise NotFound()
    words = markup.tidy(text)
    if not words:
        raise Invalid(N_("There are no words in it yet."), field="text")
    if len(words) > _WHISPER:
        raise Invalid(N_("Up to %(length)s characters fit here."), field="text", length=_WHISPER)
    limits.spend(WHISPERING, "whisper", actor.id)
    work.session().add(
        Whisper(room_id=room.id, author_id=actor.id, to_id=to_id, text=words, at=clock.now())
    )
    broadcast.floor_changed(room)
    audit.record("room.whisper", f"room:{room.id}", by=actor.id, account=to_id)


def _steered(actor: Actor, room_id: str) -> Room:
    """The locked room, if `actor` may steer it."""
    room = queries.locked_room(room_id)
    require(policy.can_steer(actor, room, queries.standing_in(room, actor.id)))
    return room
