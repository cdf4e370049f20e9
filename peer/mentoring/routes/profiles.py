"""The pages on which people tell about themselves, as a mentee or as a mentor."""

from dataclasses import replace
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from peer.accounts.sessions import current_actor
from peer.core import i18n, work, zones
from peer.core.errors import Invalid, NotFound
from peer.mentoring import forms, queries, service
from peer.mentoring.routes import words
from peer.mentoring.routes.blueprint import Page, bp
from peer.mentoring.routes.dashboard import PARTS
from peer.mentoring.service import MenteeInput, MentorInput
from peer.policy.mentoring import can_keep_profile
from peer.policy.roles import Actor, Role, require

ROLES = {"mentee": Role.MEMBER, "mentor": Role.MENTOR}
Told = MenteeInput | MentorInput


def _told(actor: Actor, side: str) -> Told:
    """What the person has told so far on one side; NotFound on a side that is not theirs."""
    if side not in ROLES or not actor.has(ROLES[side]):
        raise NotFound()
    require(can_keep_profile(actor, actor.id, ROLES[side]))
    areas = {area.id: area.name for area in queries.areas()}
    if side == "mentee":
        mentee = queries.mentee_profile(actor.id)
        area = areas.get(mentee.area_id or "") if mentee else None
        return service.mentee_input(mentee, area=area, zone=actor.timezone)
    mentor = queries.mentor_profile(actor.id)
    area = areas.get(mentor.area_id or "") if mentor else None
    return service.mentor_input(mentor, area=area, zone=actor.timezone)


def _save(actor: Actor, data: Told) -> None:
    if isinstance(data, MenteeInput):
        service.save_mentee_profile(actor, actor.id, data)
    else:
        service.save_mentor_profile(actor, actor.id, data)


@bp.get("/mentoring/profile/<side>/<part>")
@work.reading
def profile(side: str, part: str) -> str:
    """One page of one's own profile."""
    data = _told(current_actor(), side)
    if part not in PARTS:
        abort(404)
    if part == "hours":
        return _hours_page(side, data)
    return _form_page(side, part, _form(part, data))


@bp.post("/mentoring/profile/<side>/<part>")
@work.unit_of_work
def save_profile(side: str, part: str) -> Page:
    """Keep one page; on the first pages go on to the next."""
    actor = current_actor()
    data = _told(actor, side)
    if part not in PARTS:
        abort(404)
    if part == "hours":
        return _save_hours(actor, side, data)
    form = _form(part, data)
    if form.validate_on_submit():
        try:
            _save(actor, form.filled(data))
        except Invalid as error:
            _mark(form, error)
        else:
            return _saved(side, part)
    return _form_page(side, part, form), 422


def _form(part: str, data: Told) -> Any:
    if part == "about":
        return forms.AboutForm.showing(data)
    return forms.WishesForm.showing(data, [area.name for area in queries.areas()])


def _mark(form: Any, error: Invalid) -> None:
    """Put a rule's words beside the field they are about."""
    name = {"declines": "topics"}.get(error.field or "", error.field or "")
    field = form[name] if name in form else next(iter(form))
    field.errors = [i18n.said(error)]


def _saved(side: str, part: str) -> Response:
    flash(_("Saved. You can change it whenever you like."), "ok")
    following = PARTS[PARTS.index(part) + 1 :]
    if request.form.get("go_on") and following:
        return redirect(url_for("mentoring.profile", side=side, part=following[0]), 303)
    return redirect(url_for("mentoring.index"), 303)


def _form_page(side: str, part: str, form: Any) -> str:
    return render_template(f"mentoring/{part}.html", side=side, part=part, form=form)


def _hours_page(
    side: str, data: Told, *, error: str = "", sent: dict[str, str] | None = None
) -> str:
    asked = request.form if request.method == "POST" else request.args
    as_list = asked.get("as") == "list"
    step = 30 if asked.get("step") == "30" else 60
    return render_template(
        "mentoring/hours.html",
        side=side,
        part="hours",
        data=data,
        week=forms.week(data.cells, i18n.current_code(), step),
        as_list=as_list,
        lists_of_times=sent or forms.list_of(data.cells),
        zones=forms.zone_choices(i18n.current_code(), data.timezone),
        error=error,
        words=words,
    )


def _save_hours(actor: Actor, side: str, data: Told) -> Page:
    """Grid or list; saving the page confirms the zone that it shows."""
    sent = request.form
    data = replace(data, timezone=sent.get("zone", data.timezone), zone_confirmed=True)
    try:
        if sent.get("as") == "list":
            cells = forms.cells_from_list(sent, lambda day: f"day_{day}")
        else:
            step = 30 if sent.get("step") == "30" else 60
            cells = forms.cells_from_grid(sent.getlist("slot"), step)
        data = replace(data, cells=cells)
        _save(actor, data)
    except Invalid as error:
        lists = {str(day): sent.get(f"day_{day}", "") for day in range(7)}
        data = replace(data, timezone=zones.known(data.timezone))
        return _hours_page(side, data, error=i18n.said(error), sent=lists), 422
    return _saved(side, "hours")
