"""The coordinators' pages about mentees, mentors, vetting and the programme itself."""

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from peer.accounts import queries as accounts
from peer.accounts.queries import oversight
from peer.accounts.sessions import current_actor
from peer.core import clock, i18n, work
from peer.core.errors import Invalid, NotFound
from peer.mentoring import forms, queries, service
from peer.mentoring.models import MenteeProfile, MentorProfile
from peer.mentoring.routes import words
from peer.mentoring.routes.blueprint import Page, bp
from peer.policy import mentoring as policy
from peer.policy.mentoring import Vetting
from peer.policy.oversight import ActKind


@dataclass(frozen=True)
class Line:
    """One person in a list."""

    id: str
    name: str
    kind: str
    state: str
    languages: list[str]
    hours: int
    note: str


@bp.get("/mentoring/mentees")
@work.reading
def mentees() -> str:
    """Who would like a mentor, and what stands in the way."""
    profiles = queries.mentee_profiles()
    names = accounts.names_of(profile.account_id for profile in profiles)
    placed = {row.mentee_id for row in queries.running_mentorships()}
    asked = {row.mentee_id for row in queries.awaiting_consent()}
    to_join = accounts.reserved()
    lines = [
        _line(profile, names, _mentee_state(profile, placed, asked, to_join), _since(profile))
        for profile in profiles
    ]
    return render_template("mentoring/people.html", side="mentees", lines=lines)


def _mentee_state(
    profile: MenteeProfile, placed: set[str], asked: set[str], to_join: set[str]
) -> tuple[str, str]:
    if profile.account_id in to_join:
        return "", _("Has yet to join")
    if profile.account_id in placed:
        return "ok", _("Has a mentor")
    if profile.account_id in asked:
        return "info", _("Is being asked")
    if not profile.wants:
        return "", _("Not looking")
    return ("note", _("On a break")) if profile.paused else ("guide", _("Waiting"))


def _since(profile: MenteeProfile) -> str:
    if not profile.wants or profile.wanted_at is None:
        return ""
    return str(_("since %(day)s", day=words.day(profile.wanted_at)))


def _line(
    profile: MenteeProfile | MentorProfile,
    names: dict[str, str],
    state: tuple[str, str],
    note: str,
) -> Line:
    return Line(
        id=profile.account_id,
        name=names[profile.account_id],
        kind=state[0],
        state=state[1],
        languages=[words.language(code) for code in profile.languages],
        hours=len(profile.cells) // 2,
        note=note,
    )


@bp.get("/mentoring/mentors")
@work.reading
def mentors() -> str:
    """Who offers to be a mentor, how far their vetting has come and how many places are left."""
    profiles = queries.mentor_profiles()
    names = accounts.names_of(profile.account_id for profile in profiles)
    to_join = accounts.reserved()
    lines = [
        _line(
            p,
            names,
            _vetting_state(p),
            _("Has yet to join") if p.account_id in to_join else _places(p),
        )
        for p in profiles
    ]
    return render_template("mentoring/people.html", side="mentors", lines=lines)


def _vetting_state(profile: MentorProfile) -> tuple[str, str]:
    """The vetting as it counts now: one that has run out is lapsed, whatever the row says."""
    vetted = policy.is_vetted(profile, clock.now())
    state = profile.vetting
    if state == Vetting.VETTED and not vetted:
        state = Vetting.LAPSED
    return words.badge(words.VETTING, state)


def _places(profile: MentorProfile) -> str:
    left = max(0, queries.places_left(profile))
    text = _("%(left)s of %(all)s places free", left=left, all=profile.capacity)
    on_a_break = _("on a break")  # words inside an f-string are not gathered for translation
    return f"{text} · {on_a_break}" if profile.paused else str(text)


@bp.get("/mentoring/mentees/<account_id>")
@work.reading
def mentee(account_id: str) -> str:
    """What a mentee told, for the coordinator."""
    return _mentee_page(queries.mentee_with(account_id))


def _mentee_page(profile: MenteeProfile, error: str = "") -> str:
    return render_template(
        "mentoring/mentee.html",
        profile=profile,
        error=error,
        person=_person(profile, profile.topics),
    )


def _person(profile: MenteeProfile | MentorProfile, topics: list[str]) -> dict[str, Any]:
    """What both pages about a person show."""
    areas = {area.id: area.name for area in queries.areas()}
    identity = _(policy.IDENTITIES[profile.identity]) if profile.identity else _("Not said")
    accepts = [_(policy.IDENTITIES[code]) for code in profile.accepts or ()]
    names = accounts.names_of([profile.account_id])
    return {
        "name": names[profile.account_id],
        "languages": words.spoken(profile.languages),
        "interests": words.interests(profile.interests),
        "topics": [_(policy.TOPICS[code]) for code in topics],
        "identity": identity,
        "accepts": words.listed(accepts) if accepts else _("Anyone"),
        "area": areas.get(profile.area_id or "", _("Not said")),
        "zone": words.zone_words(profile.timezone),
        "hours": {d: h for d, h in forms.list_of(profile.cells).items() if h},
        "days": {d: full for d, _short, full in forms.week((), i18n.current_code()).days},
    }


@bp.post("/mentoring/mentees/<account_id>")
@work.unit_of_work
def save_priority(account_id: str) -> Page:
    """How much a mentee counts when places are few."""
    profile = queries.mentee_with(account_id)
    priority = request.form.get("priority", "")
    try:
        service.set_priority(current_actor(), account_id, int(priority or 0))
    except (Invalid, ValueError) as error:
        text = i18n.said(error) if isinstance(error, Invalid) else _("Choose a number.")
        return _mentee_page(profile, text), 422
    flash(_("Saved. It counts from the next round."), "ok")
    return redirect(url_for("mentoring.mentee", account_id=account_id), 303)


@bp.get("/mentoring/mentors/<account_id>")
@work.reading
def mentor(account_id: str) -> str:
    """What a mentor told, their vetting so far, and the next steps."""
    return _mentor_page(queries.mentor_with(account_id))


def _mentor_page(
    profile: MentorProfile, error: str = "", sent: dict[str, str] | None = None
) -> str:
    steps = queries.vetting_steps(profile.account_id)
    return render_template(
        "mentoring/mentor.html",
        profile=profile,
        steps=steps,
        by=accounts.names_of(
            who for step in steps for who in (step.by_id, step.confirmed_by) if who
        ),
        waiting=oversight.waiting_act(ActKind.VETTING, profile.account_id),
        sent=sent or {},
        badge=_vetting_state(profile),
        next_steps=[(str(s), _next_words(profile, s)) for s in _next_steps(profile)],
        is_self=profile.account_id == current_actor().id,
        places=_places(profile),
        days=policy.VETTING_DAYS,
        error=error,
        person=_person(profile, profile.declines),
        words=words,
    )


def _next_steps(profile: MentorProfile) -> tuple[Vetting, ...]:
    return policy.VETTING_STEPS[Vetting(profile.vetting)]


def _next_words(profile: MentorProfile, step: Vetting) -> str:
    if step == profile.vetting == Vetting.VETTED:
        return str(_("Renew"))
    return str(_(words.VETTING_ACTS[step]))


@bp.post("/mentoring/mentors/<account_id>/vetting")
@work.unit_of_work
def set_vetting(account_id: str) -> Page:
    """Take a mentor a step on."""
    profile = queries.mentor_with(account_id)
    sent = request.form
    if sent.get("to") not in set(Vetting):
        raise NotFound()
    try:
        days = int(sent.get("days") or policy.VETTING_DAYS)
        act = service.set_vetting(
            current_actor(),
            account_id,
            Vetting(sent["to"]),
            days=days,
            note=sent.get("note", ""),
        )
    except (Invalid, ValueError) as error:
        text = i18n.said(error) if isinstance(error, Invalid) else _("Choose a number of days.")
        return _mentor_page(profile, text, sent.to_dict()), 422
    if act is not None:
        flash(_("Somebody else has to say yes to this. They have been told."), "info")
        return redirect(url_for("accounts.decision", act_id=act.id), 303)
    flash(_("Noted, with today's date and your name."), "ok")
    return redirect(url_for("mentoring.mentor", account_id=account_id), 303)


@bp.get("/mentoring/programme")
@work.reading
def programme() -> str:
    """The programme's name, clock, answering time, and areas."""
    return _programme_page()


def _programme_page(error: str = "", sent: dict[str, str] | None = None) -> str:
    found = queries.programme()
    return render_template(
        "mentoring/programme.html",
        programme=found,
        areas=queries.areas(),
        zones=forms.zone_choices(i18n.current_code(), found.timezone),
        error=error,
        sent=sent or {},
        words=words,
    )


@bp.post("/mentoring/programme")
@work.unit_of_work
def save_programme() -> Page:
    """Keep the programme's settings."""
    sent = request.form
    try:
        service.set_programme(
            current_actor(),
            name=sent.get("name", ""),
            timezone=sent.get("zone", ""),
            consent_days=int(sent.get("consent_days") or 0),
        )
    except (Invalid, ValueError) as error:
        text = i18n.said(error) if isinstance(error, Invalid) else _("Choose a number of days.")
        return _programme_page(text, sent.to_dict()), 422
    flash(_("Saved. It counts from the next round."), "ok")
    return redirect(url_for("mentoring.programme"), 303)


@bp.post("/mentoring/areas")
@work.unit_of_work
def add_area() -> Page:
    """One more area to choose from."""
    name = request.form.get("area", "")
    try:
        service.add_area(current_actor(), name)
    except Invalid as error:
        return _programme_page(i18n.said(error), {"area": name}), 422
    flash(_("Added."), "ok")
    return redirect(url_for("mentoring.programme"), 303)


@bp.post("/mentoring/areas/<area_id>/remove")
@work.unit_of_work
def remove_area(area_id: str) -> Response:
    """Take an area away."""
    service.remove_area(current_actor(), area_id)
    flash(_("Taken away. Whoever had chosen it is now in no area."), "ok")
    return redirect(url_for("mentoring.programme"), 303)
