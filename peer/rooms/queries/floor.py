"""How it stands with talking in a room at this moment, for everybody or for one person."""

from dataclasses import replace

from peer.policy import floor as policy
from peer.policy import rooms as room_policy
from peer.policy.aside import floor_of as floor_aside
from peer.policy.floor import Floor, FloorState
from peer.policy.roles import Actor
from peer.rooms.models import Room
from peer.rooms.queries.aside import aside_of, team_here
from peer.rooms.queries.circles import circle_in, piece_mark
from peer.rooms.queries.company import gestures_in, how_many_here, staff_here
from peer.rooms.queries.gatherings import floor_of_dates, gathering_with, has_place
from peer.rooms.queries.rooms import standing_in


def floor_of(room: Room) -> Floor:
    """How it stands with talking in a room at this moment."""
    floor = _floor(room)
    paused = room.paused_at is not None and floor.is_open
    return replace(floor, state=FloorState.PAUSED) if paused else floor


def _floor(room: Room) -> Floor:
    if room.kind == room_policy.RoomKind.ASIDE:
        return floor_aside(aside_of(room.id), team_here(room.id))
    if room.is_dated:
        floor = floor_of_dates(room)
        return replace(floor, piece=piece_mark(room, floor.gathering_id)) if floor.began else floor
    if room.staffed:
        staffed = Floor(policy.staffing(staff_here(room.id)))
        if not staffed.is_open:
            return staffed
    return _quiet(room) if room.is_quiet else policy.OPEN


def _quiet(room: Room) -> Floor:
    """Nobody talks; the mark of the floor moves with who is here and what they do without words."""
    made = sum(gestures_in(room.id).values())
    return Floor(FloorState.QUIET, here=how_many_here(room.id), piece=str(made))


def floor_for(actor: Actor, room: Room, floor: Floor | None = None) -> Floor:
    """How it stands with talking for one person: where places are counted, they need one.

    `floor`: how it stands for everybody, if that has just been asked.
    """
    floor = floor or floor_of(room)
    if floor.state == FloorState.PAUSED:
        leads = room_policy.leads(actor, standing_in(room, actor.id))
        return replace(floor, state=FloorState.OPEN) if leads else floor
    if not floor.gathering_id or not floor.began:
        return floor
    gathering = gathering_with(floor.gathering_id)
    counted = gathering.places is not None and not actor.is_staff
    if counted and not has_place(gathering.id, actor.id):
        return replace(floor, state=FloorState.NO_PLACE)
    return _of_piece(actor, room, floor) if floor.is_open and floor.piece else floor


def _of_piece(actor: Actor, room: Room, floor: Floor) -> Floor:
    """Where there is a talking piece: whoever holds it speaks; while it rests, whoever leads."""
    found = circle_in(floor.gathering_id)
    holder = found[1].holder if found else None
    if holder == actor.id:
        return floor
    if holder is not None:
        return replace(floor, state=FloorState.THEIRS)
    leads = room_policy.leads(actor, standing_in(room, actor.id))
    return floor if leads else replace(floor, state=FloorState.RESTS)
