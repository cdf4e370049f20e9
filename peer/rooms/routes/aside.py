"""Stepping aside: asking one person, their answer, and the end of it."""

from dataclasses import dataclass

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from peer.accounts.sessions import current_actor
from peer.core import clock, work
from peer.policy import aside as policy
from peer.policy.aside import Aside
from peer.policy.roles import Actor
from peer.policy.rooms import RoomKind
from peer.rooms import queries, service
from peer.rooms.models import AsideRow, Room
from peer.rooms.routes.blueprint import bp, pressed

STATES = {
    Aside.ASKED: _l("has been asked"),
    Aside.YES: _l("is aside"),
    Aside.NO: _l("would rather not"),
    Aside.OVER: _l("it is over"),
}


@dataclass(frozen=True)
class AsidePage:
    """What one of the three reads of it in the room that they came from, or in their own."""

    asked: bool = False  # the reader is asked, and it stands
    room_id: str = ""  # theirs, while it goes on
    inside: bool = False  # the reader is in it
    person: str = ""
    inviter: str = ""
    second: str = ""


def aside_page(actor: Actor, room: Room) -> AsidePage | None:
    """What the reader is told; to everybody but the three there is nothing."""
    if room.kind == RoomKind.ASIDE:
        found = queries.aside_of(room.id)
        return _page(found, inside=True) if found is not None and policy.goes_on(found) else None
    for each in queries.asides_going_on(room.id):
        if actor.id == each.person_id and policy.stands(each, clock.now()):
            return _page(each, asked=True)
        three = {each.person_id, each.invited_by, each.second_id}
        if actor.id in three and policy.goes_on(each):
            return _page(each)
    return None


def _page(found: AsideRow, *, asked: bool = False, inside: bool = False) -> AsidePage:
    three = [found.person_id, found.invited_by, found.second_id]
    names = queries.names_in(found.room_id or found.from_id, three)
    return AsidePage(asked, found.room_id or "", inside, *(names[each] for each in three))


def asides_of(room: Room) -> list[tuple[str, str]]:
    """For those who steer a room: who was asked of late to step aside, and how far it is."""
    found = queries.asides_from(room.id)
    names = queries.both_names_in(room.id, {each.person_id for each in found})
    return [(names[each.person_id], str(STATES[Aside(each.state)])) for each in found]


@bp.post("/rooms/<room_id>/aside")
@work.unit_of_work
def invite_aside(room_id: str) -> Response:
    """Ask one person to step aside."""
    person_id = queries.account_in(room_id, request.form.get("to", ""))
    service.invite_aside(current_actor(), room_id, person_id)
    flash(_("They have been asked. Nobody else is told."), "ok")
    return redirect(url_for("rooms.room", room_id=room_id), 303)


@bp.post("/rooms/<room_id>/aside/answer")
@work.unit_of_work
def answer_aside(room_id: str) -> Response:
    """Say yes, or no."""
    yes = pressed("answer", "yes", "no") == "yes"
    made = service.answer_aside(current_actor(), room_id, yes=yes)
    return redirect(url_for("rooms.room", room_id=made.id if made else room_id), 303)


@bp.post("/rooms/<room_id>/aside/end")
@work.unit_of_work
def end_aside(room_id: str) -> Response:
    """Come back from it."""
    back = service.end_aside(current_actor(), room_id)
    return redirect(url_for("rooms.room", room_id=back), 303)
