"""The door of a room that lets people in one by one: waiting at it, and opening it."""

from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from flask_babel import format_timedelta
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from peer.accounts.sessions import current_actor
from peer.core import clock, work
from peer.policy.admission import AT_THE_DOOR, LATER_WORDS, WHY_WORDS, At, Why
from peer.policy.floor import Floor
from peer.policy.roles import Actor
from peer.rooms import queries, service
from peer.rooms.models import Admission, Room
from peer.rooms.routes.blueprint import Page, bp, pressed
from peer.rooms.routes.times import when_words


@dataclass(frozen=True)
class AtDoor:
    """Somebody at the door, for those who open it."""

    id: str
    name: str
    since: str
    new: bool
    asked: bool  # to wait a little longer
    why: str  # not this time: why; empty: they wait


@dataclass(frozen=True)
class WaitingPage:
    """What somebody at a door reads."""

    room: Room
    floor: Floor
    when: str  # when the session begins, while it has yet to
    opens: list[str]  # who may let them in: those who are here, or all who lead the room
    here: bool  # whether one of them is
    state: str  # empty: there is no session yet
    later: str


def at_the_door(actor: Actor, room: Room) -> Page:
    """The page of somebody who has agreed and is not let in yet; it is noted that they wait."""
    page = _noted(actor, room)
    return render_template("rooms/waiting.html", waiting=page)


def _noted(actor: Actor, room: Room) -> WaitingPage:
    with work.begin(writes=False):
        due = service.waits_to_be_noted(actor, room)
    if due:
        with work.begin():
            service.wait_at_door(actor, room.id)
    with work.begin(writes=False):
        return _waiting_page(actor, queries.room_for(actor, room.id))


def _waiting_page(actor: Actor, room: Room) -> WaitingPage:
    found, floor = queries.admission_in(room.id, actor.id), queries.floor_of(room)
    key = queries.session_of(room).key
    gathering = queries.gathering_now(room.id) if room.is_dated else None
    upcoming = gathering is not None and gathering.opened_at is None
    leading = queries.leaders_here(room.id)
    state = found.state if found is not None and key is not None else ""
    return WaitingPage(
        room=room,
        floor=floor,
        when=when_words(gathering.starts_at, actor.timezone) if gathering and upcoming else "",
        opens=leading or [person.name for person in queries.facilitators_of(room.id)],
        here=bool(leading),
        state=state,
        later=str(_(LATER_WORDS[found.later])) if found is not None and found.later else "",
    )


@bp.get("/rooms/<room_id>/waiting")
def waiting(room_id: str) -> Page:
    """The part of the page of somebody who waits that scripts fetch again; empty: they are in."""
    actor = current_actor()
    with work.begin(writes=False):
        room = queries.room_for(actor, room_id)
        standing = queries.standing_in(room, actor.id)
    if not standing.agreed or standing.let_in or actor.is_staff:
        return "", 204
    return render_template("rooms/waiting_part.html", waiting=_noted(actor, room))


@bp.post("/rooms/<room_id>/door")
@work.unit_of_work
def answer_door(room_id: str) -> Response:
    """Let somebody in, or all; ask them to wait; or not this time."""
    form, actor = request.form, current_actor()
    answer = pressed("answer", "all", At.IN, At.LATER, At.NOT_NOW)
    who = "" if answer == "all" else queries.account_in(room_id, form.get("who", ""))
    if answer == "all":
        service.let_all_in(actor, room_id)
    elif answer == At.LATER:
        service.ask_to_wait(actor, room_id, who, form.get("later", ""))
    elif answer == At.NOT_NOW:
        service.send_home(actor, room_id, who, form.get("why", ""))
    elif answer == At.IN:
        service.let_one_in(actor, room_id, who)
    return redirect(url_for("rooms.room", room_id=room_id), 303)


def door_list(room: Room) -> tuple[AtDoor, ...]:
    """Who stands at the door of a room, for those who open it."""
    found = queries.at_the_door(room)
    ids = {each.account_id for each in found}
    names, new = queries.both_names_in(room.id, ids), queries.newness_of(ids)
    return tuple(
        AtDoor(
            id=queries.person_id(room.id, each.account_id),
            name=names[each.account_id],
            since=format_timedelta(clock.now() - each.asked_at),
            new=not new[each.account_id].is_over,
            asked=each.state == At.LATER,
            why="" if each.state in AT_THE_DOOR else _why_words(each),
        )
        for each in found
    )


def _why_words(found: Admission) -> str:
    words = WHY_WORDS[found.why or Why.OTHER]
    return str(_(words))
