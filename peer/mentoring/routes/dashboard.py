"""The first page of mentoring: what it holds depends on who looks."""

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from peer.accounts import queries as accounts
from peer.accounts.sessions import current_actor
from peer.core import work
from peer.core.errors import Invalid
from peer.mentoring import queries, service
from peer.mentoring.models import MenteeProfile, MentorProfile
from peer.mentoring.routes import words
from peer.mentoring.routes.blueprint import bp
from peer.policy.mentoring import MentorshipState
from peer.policy.roles import Actor, Role

PARTS = ("about", "wishes", "hours")


@dataclass(frozen=True)
class Card:
    """One's own profile of one side, as the first page shows it."""

    side: str
    profile: Any
    parts: list[tuple[str, str, bool]]  # part, its words, whether something is there


@bp.get("/mentoring")
@work.reading
def index() -> str:
    """Own profiles, questions and mentorships; for coordinators how the programme stands."""
    actor = current_actor()
    return render_template(
        "mentoring/index.html",
        mentee=_card("mentee", queries.mentee_profile(actor.id), actor, Role.MEMBER),
        mentor=_card("mentor", queries.mentor_profile(actor.id), actor, Role.MENTOR),
        vetted=queries.is_vetted_now(actor.id),
        questions=_questions(actor),
        mentorships=_mentorships(actor),
        office=office() if actor.has(Role.COORDINATOR) else None,
        words=words,
    )


def _card(
    side: str, profile: MenteeProfile | MentorProfile | None, actor: Actor, role: Role
) -> Card | None:
    if not actor.has(role):
        return None
    done = {
        "about": bool(profile and profile.languages),
        "wishes": bool(profile and (profile.boundaries or profile.identity or profile.accepts)),
        "hours": bool(profile and profile.cells and profile.zone_confirmed_at),
    }
    named = {"about": _("About you"), "wishes": _("Wishes and limits"), "hours": _("Your times")}
    return Card(side, profile, [(part, named[part], done[part]) for part in PARTS])


def _questions(actor: Actor) -> list[tuple[Any, bool]]:
    """What this person is asked (a mentor only while vetted), and whether it is about a change."""
    vetted = queries.is_vetted_now(actor.id)
    asked = [p for p in queries.asked_of(actor.id) if p.mentee_id == actor.id or vetted]
    moves = queries.moves_among(p.id for p in asked)
    return [(p, p.id in moves) for p in asked]


def _mentorships(actor: Actor) -> list[tuple[Any, str, tuple[str, str]]]:
    """Running mentorships with the other's name; a mentor sees theirs only while vetted."""
    vetted = queries.is_vetted_now(actor.id)
    rows = [
        row
        for row in queries.mentorships_of(actor.id)
        if row.state != MentorshipState.CLOSED and (row.mentee_id == actor.id or vetted)
    ]
    others = {r.id: r.mentor_id if r.mentee_id == actor.id else r.mentee_id for r in rows}
    names = accounts.names_of(others.values())
    return [(r, names[others[r.id]], words.badge(words.MENTORSHIP, r.state)) for r in rows]


def office() -> dict[str, Any]:
    """How the programme stands, in numbers."""
    mentors = queries.mentor_profiles()
    running, asked = queries.running_mentorships(), queries.awaiting_consent()
    placed = {row.mentee_id for row in running} | {row.mentee_id for row in asked}
    waiting = [p for p in queries.mentees_taking_part() if p.account_id not in placed]
    return {
        "open": queries.open_round(),
        "mentees": len(waiting),
        "mentors": len(queries.mentors_taking_part()),
        "to_review": sum(mentor.vetting in {"applied", "in_review"} for mentor in mentors),
        "running": len(running),
        "asked": len(asked),
    }


@bp.post("/mentoring/wants")
@work.unit_of_work
def set_wants() -> Response:
    """“I would like a mentor”, on or off."""
    wants = request.form.get("wants") == "1"
    service.set_wants_mentor(current_actor(), wants)
    if wants:
        flash(_("Good to know. You are part of the next round."), "ok")
    else:
        flash(_("You are not part of the next rounds. What you told stays here for you."), "ok")
    return redirect(url_for("mentoring.index"), 303)


@bp.post("/mentoring/pause")
@work.unit_of_work
def set_paused() -> Response:
    """Take a break from rounds, or take part again."""
    side = request.form.get("side", "")
    if side not in {"mentee", "mentor"}:
        raise Invalid()
    paused = request.form.get("paused") == "1"
    role = Role.MENTOR if side == "mentor" else Role.MEMBER
    service.pause_profile(current_actor(), role, paused)
    flash(
        _("You take a break from the next rounds.") if paused else _("You take part again."), "ok"
    )
    return redirect(url_for("mentoring.index"), 303)
