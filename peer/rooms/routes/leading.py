"""Beginning and ending what goes on in a room, and the talking piece of a circle."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from peer.accounts.sessions import current_actor
from peer.core import work
from peer.core.errors import Invalid
from peer.core.i18n import said
from peer.policy import rooms as policy
from peer.policy.gatherings import Missed
from peer.policy.roles import require
from peer.rooms import queries, service
from peer.rooms.forms import LeadForm
from peer.rooms.models import Room
from peer.rooms.routes.aside import asides_of
from peer.rooms.routes.blueprint import Page, bp, pressed
from peer.rooms.routes.times import when_words

MISSED = {
    Missed.TOO_FEW: _l("Too few could come"),
    Missed.NO_STAFF: _l("The team could not come"),
}


def _back(room_id: str) -> Response:
    return redirect(url_for("rooms.room", room_id=room_id), 303)


def _number(field: str) -> int | None:
    """A small number that the form sent, if it is one."""
    sent = request.form.get(field, "")
    return int(sent) if sent.isdecimal() and sent.isascii() and len(sent) < 10 else None


def _piece() -> int:
    """Which number the talking piece had on the page; one that it never has, if none."""
    number = _number("number")
    return -1 if number is None else number


@bp.post("/rooms/<room_id>/pause")
@work.unit_of_work
def pause(room_id: str) -> Response:
    """Pause a room, or let it go on."""
    service.pause(current_actor(), room_id, on=pressed("on", "yes", "no") == "yes")
    return _back(room_id)


@bp.get("/rooms/<room_id>/lead")
@work.reading
def lead(room_id: str) -> str:
    """What whoever leads a room can do about it."""
    room = _steerable(room_id)
    return _lead_page(room, LeadForm.of(room))


def _steerable(room_id: str) -> Room:
    actor, room = current_actor(), queries.room_with(room_id)
    require(policy.can_steer(actor, room, queries.standing_in(room, actor.id)))
    return room


def _lead_page(
    room: Room,
    form: LeadForm,
    *,
    agenda: str | None = None,
    problem: str = "",
    whisper: tuple[str, str] = ("", ""),
    unsaid: str = "",
) -> str:
    me, zone = current_actor().id, current_actor().timezone
    written = "\n".join(f"{minutes} {words}" for minutes, words in room.agenda)
    past = [
        (
            when_words(each.starts_at, zone),
            each.counts,
            str(MISSED[Missed(each.missed)]) if each.missed else "",
        )
        for each in queries.past_gatherings(room.id)
    ]
    return render_template(
        "rooms/lead.html",
        room=room,
        form=form,
        past=past,
        agenda=written if agenda is None else agenda,
        problem=problem,
        whisper=whisper,
        unsaid=unsaid,
        asides=asides_of(room),
        leads=policy.leads(current_actor(), queries.standing_in(room, me)),
        people=[person for person in queries.people_in(room.id) if person.id != me],
    )


@bp.post("/rooms/<room_id>/lead")
@work.unit_of_work
def steer(room_id: str) -> Page:
    """Say how a room goes."""
    room, form = _steerable(room_id), LeadForm()
    if not form.validate_on_submit():
        return _lead_page(room, form), 422
    service.steer(current_actor(), room_id, **form.values())
    flash(_("Saved."), "ok")
    return _back(room_id)


@bp.post("/rooms/<room_id>/agenda")
@work.unit_of_work
def plan_agenda(room_id: str) -> Page:
    """Write the agenda."""
    room, lines = _steerable(room_id), request.form.get("agenda", "")
    try:
        service.plan_agenda(current_actor(), room_id, lines)
    except Invalid as error:
        return _lead_page(room, LeadForm.of(room), agenda=lines, problem=said(error)), 422
    flash(_("Saved."), "ok")
    return redirect(url_for("rooms.lead", room_id=room_id), 303)


@bp.post("/rooms/<room_id>/agenda/next")
@work.unit_of_work
def go_through(room_id: str) -> Response:
    """Go to the next point of the agenda."""
    step = _number("step")
    service.go_through(current_actor(), room_id, step=-1 if step is None else step)
    return _back(room_id)


@bp.post("/rooms/<room_id>/whisper")
@work.unit_of_work
def whisper(room_id: str) -> Page:
    """Say something to one person."""
    room, text, to_id = (
        _steerable(room_id),
        request.form.get("text", ""),
        queries.account_in(room_id, request.form.get("to", "")),
    )
    try:
        service.whisper(current_actor(), room_id, to_id, text)
    except Invalid as error:
        page = _lead_page(room, LeadForm.of(room), whisper=(to_id, text), unsaid=said(error))
        return page, 422
    return _back(room_id)


@bp.post("/rooms/<room_id>/begin")
@work.unit_of_work
def begin(room_id: str) -> Response:
    """Begin a session at once."""
    service.begin_now(current_actor(), room_id)
    return _back(room_id)


@bp.post("/rooms/<room_id>/end")
@work.unit_of_work
def end(room_id: str) -> Response:
    """End the session that goes on."""
    service.end_now(current_actor(), room_id)
    return _back(room_id)


@bp.post("/rooms/<room_id>/gesture")
@work.unit_of_work
def gesture(room_id: str) -> Response:
    """Make a gesture in a quiet room."""
    service.gesture(current_actor(), room_id, request.form.get("kind", ""))
    return _back(room_id)


@bp.post("/rooms/<room_id>/circle/round")
@work.unit_of_work
def begin_round(room_id: str) -> Response:
    """Begin a round of the circle."""
    service.begin_round(
        current_actor(),
        room_id,
        number=_piece(),
        minutes=_number("minutes"),
        closing=pressed("closing", "yes", "no") == "yes",
    )
    return _back(room_id)


@bp.post("/rooms/<room_id>/circle/on")
@work.unit_of_work
def give_on(room_id: str) -> Response:
    """Give the talking piece on, after speaking or passing."""
    service.give_on(current_actor(), room_id, number=_piece())
    return _back(room_id)


@bp.post("/rooms/<room_id>/circle/ask")
@work.unit_of_work
def ask_for_piece(room_id: str) -> Response:
    """Take the talking piece on once its time is over."""
    service.ask_for_it(current_actor(), room_id, number=_piece())
    return _back(room_id)
