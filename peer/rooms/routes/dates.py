"""Pages of a room's dates: reading them, signing up, planning, beginning and ending."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask import Response as FlaskResponse
from flask import flash, redirect, render_template, request, url_for
from flask_babel import format_date
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from peer.accounts.sessions import current_actor
from peer.core import clock, i18n, work, zones
from peer.core.calendars import once
from peer.core.errors import Invalid, NotFound
from peer.policy import gatherings as policy
from peer.policy import rooms as room_policy
from peer.policy.gatherings import Phase
from peer.policy.roles import Actor
from peer.rooms import queries, service
from peer.rooms.forms import DateForm
from peer.rooms.models import Rhythm, Room
from peer.rooms.queries import Date
from peer.rooms.routes.blueprint import Page, bp
from peer.rooms.routes.page import kind_word
from peer.rooms.routes.times import day_words, hours_words, time_words


@dataclass(frozen=True)
class Listed:
    """A date as one reader finds it."""

    date: Date
    day: str
    hours: str
    may_sign_up: bool
    may_call_off: bool

    @property
    def over(self) -> bool:
        """Whether nothing more will come of it."""
        return self.date.phase in policy.OVER


@bp.get("/rooms/<room_id>/dates")
@work.reading
def dates(room_id: str) -> Page:
    """When people talk in a room, in the reader's own time, and whether they have a place."""
    actor = current_actor()
    return _dates_page(actor, _dated(actor, room_id), DateForm(formdata=None))


def _dated(actor: Actor, room_id: str) -> Room:
    """The room of dates, for who may come in and for who looks after it."""
    room = queries.room_with(room_id)
    standing = queries.standing_in(room, actor.id)
    seen = room_policy.can_enter(actor, room, standing) or room_policy.can_manage(
        actor, room, standing
    )
    if not seen or not room.is_dated:
        raise NotFound()
    return room


def _dates_page(actor: Actor, room: Room, form: DateForm) -> str:
    standing = queries.standing_in(room, actor.id)
    manages = bool(room_policy.can_manage(actor, room, standing))
    listed = [_listed(actor, date, manages) for date in queries.dates_of(room.id, actor.id)]
    return render_template(
        "rooms/dates.html",
        room=room,
        kind=kind_word(room),
        listed=listed,
        zone=zones.city_of(actor.timezone, i18n.current_code()),
        manages=manages,
        rhythms=[_weekly_words(rhythm) for rhythm in queries.rhythms_of(room.id)]
        if manages
        else [],
        form=form,
        Phase=Phase,
    )


def _listed(actor: Actor, date: Date, manages: bool) -> Listed:
    gathering, now = date.gathering, clock.now()
    return Listed(
        date=date,
        day=day_words(gathering.starts_at.astimezone(ZoneInfo(actor.timezone))),
        hours=hours_words(gathering, actor.timezone),
        may_sign_up=bool(policy.can_sign_up(actor, gathering, now)),
        may_call_off=manages and bool(policy.can_cancel(gathering, now)),
    )


def _weekly_words(rhythm: Rhythm) -> dict[str, str]:
    """A weekly hour, on the clock that it keeps."""
    first = policy.moment_of(rhythm.first_on, rhythm.minute, rhythm.timezone)
    local = first.astimezone(ZoneInfo(rhythm.timezone))
    return {
        "id": rhythm.id,
        "day": str(format_date(local, "EEEE", rebase=False)),
        "time": time_words(local),
        "zone": zones.city_of(rhythm.timezone, i18n.current_code()),
    }


@bp.post("/rooms/<room_id>/dates")
def add_date(room_id: str) -> Page:
    """Plan a date, or a weekly hour."""
    actor, form = current_actor(), DateForm()
    if form.validate_on_submit():
        try:
            with work.begin():
                service.add_date(actor, room_id, **form.values())
        except Invalid as error:
            form.blame(error)
        else:
            flash(_("Planned."), "ok")
            return _to_dates(room_id)
    with work.begin(writes=False):
        room = _dated(actor, room_id)
        if not room_policy.can_manage(actor, room, queries.standing_in(room, actor.id)):
            raise NotFound()
        return _dates_page(actor, room, form), 422


def _to_dates(room_id: str) -> Response:
    return redirect(url_for("rooms.dates", room_id=room_id), 303)


@bp.post("/rooms/<room_id>/dates/<gathering_id>/sign-up")
@work.unit_of_work
def sign_up(room_id: str, gathering_id: str) -> Response:
    """Take a place, or wait for one; pressed again it changes whether one is reminded."""
    seat = service.sign_up(
        current_actor(), room_id, gathering_id, reminds=request.form.get("reminds") == "yes"
    )
    flash(
        _("It is full. You are on the waiting list, and are told when a place comes free.")
        if seat.waiting
        else _("You have a place."),
        "ok",
    )
    return _to_dates(room_id)


@bp.post("/rooms/<room_id>/dates/<gathering_id>/give-up")
@work.unit_of_work
def give_up_place(room_id: str, gathering_id: str) -> Response:
    """Give a place back."""
    service.give_up_place(current_actor(), room_id, gathering_id)
    flash(_("Your place is free again. Thank you for saying so."), "ok")
    return _to_dates(room_id)


@bp.post("/rooms/<room_id>/dates/<gathering_id>/call-off")
@work.unit_of_work
def call_off(room_id: str, gathering_id: str) -> Response:
    """Call a date off."""
    words = request.form.get("words", "")
    service.call_off(current_actor(), room_id, gathering_id, words)
    flash(_("That date is called off, and everybody who signed up has been told."), "ok")
    return _to_dates(room_id)


@bp.post("/rooms/<room_id>/rhythms/<rhythm_id>/end")
@work.unit_of_work
def end_rhythm(room_id: str, rhythm_id: str) -> Response:
    """Have no more dates of a weekly hour."""
    service.end_rhythm(current_actor(), room_id, rhythm_id)
    flash(_("No more dates will be made of it. Those that are listed stay."), "ok")
    return _to_dates(room_id)


@bp.get("/rooms/<room_id>/dates/<gathering_id>/calendar.ics")
@work.reading
def date_file(room_id: str, gathering_id: str) -> FlaskResponse:
    """A date as a calendar file, without a word about where or what for."""
    room = _dated(current_actor(), room_id)
    found = queries.gathering_with(gathering_id)
    if found.room_id != room.id:
        raise NotFound()
    file = once(
        found.id,
        _("Time set aside"),
        found.starts_at,
        found.ends_at,
        stamped=found.made_at,
        cancelled=found.cancelled_at is not None,
    )
    return FlaskResponse(
        file,
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="calendar.ics"'},
    )
