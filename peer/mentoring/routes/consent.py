"""The private page on which each of two people answers, and the page of a mentorship."""

from dataclasses import dataclass
from typing import Any

from flask import Response as FlaskResponse
from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from peer.accounts import queries as accounts
from peer.accounts.sessions import current_actor
from peer.core import clock, work
from peer.core.errors import Invalid
from peer.mentoring import queries, service
from peer.mentoring.models import MenteeProfile, MentorProfile, Mentorship, Move, Proposal
from peer.mentoring.routes import calendar, words
from peer.mentoring.routes.blueprint import bp
from peer.mentoring.snapshot import meetings
from peer.policy import mentoring as policy
from peer.policy.mentoring import MentorshipState, ProposalState
from peer.policy.roles import Actor, Role
from peer.rooms import queries as rooms

SHOWN = 4  # coming meetings on the page of a mentorship


@dataclass(frozen=True)
class Other:
    """What one may know of the other before both have said yes, and nothing else."""

    name: str
    languages: list[str]
    shared: list[str]
    boundaries: str


def _profiles(pair: Any) -> tuple[MenteeProfile | None, MentorProfile | None]:
    return queries.mentee_profile(pair.mentee_id), queries.mentor_profile(pair.mentor_id)


def _other(actor: Actor, pair: Any) -> Other:
    mentee, mentor = _profiles(pair)
    own, theirs = (mentee, mentor) if actor.id == pair.mentee_id else (mentor, mentee)
    other_id = pair.mentor_id if actor.id == pair.mentee_id else pair.mentee_id
    shared = [tag for tag in (own.interests if own else {}) if theirs and tag in theirs.interests]
    return Other(
        name=accounts.names_of([other_id])[other_id],
        languages=words.spoken(theirs.languages if theirs else {}),
        shared=words.interests(shared),
        boundaries=theirs.boundaries if theirs else "",
    )


def own_zone(actor: Actor, pair: Any) -> str:
    """The zone in which this person told their hours; else that of their account."""
    mentee, mentor = _profiles(pair)
    own = {pair.mentee_id: mentee, pair.mentor_id: mentor}.get(actor.id)
    return own.timezone if own else actor.timezone


@bp.get("/mentoring/proposals/<proposal_id>")
@work.reading
def question(proposal_id: str) -> str:
    """Would you like to meet? With what one may know of the other."""
    actor = current_actor()
    proposal = queries.proposal_for(actor, proposal_id)
    return render_template("mentoring/question.html", **_question(actor, proposal), words=words)


def _question(actor: Actor, proposal: Proposal) -> dict[str, Any]:
    is_mentee = actor.id == proposal.mentee_id
    is_open = proposal.state == ProposalState.APPROVED and (
        proposal.expires_at is not None and proposal.expires_at > clock.now()
    )
    zone = own_zone(actor, proposal)
    round_, move = queries.round_with(proposal.round_id), queries.move_of(proposal.id)
    return {
        "asks": _asks(actor, proposal, move),
        "present": _present(proposal, move),
        "meetings_go_on": move is not None and _goes_on(move),
        "proposal": proposal,
        "is_open": is_open,
        "is_mentee": is_mentee,
        "other": _other(actor, proposal) if is_open else None,
        "time": words.slot(proposal.start, round_.week, zone),
        "said": queries.said_by(actor.id, proposal, move),
        "mentorship": _mentorship_of(actor, proposal),
    }


def _asks(actor: Actor, proposal: Proposal, move: Move | None) -> str:
    """What somebody is asked: to meet, to move or meet who moves, to let go, to change the hour."""
    if move is None:
        return "meet"
    if move.mentor_id == proposal.mentor_id:
        return "hour"
    if actor.id == proposal.mentee_id:
        return "move"
    return "meet_who_moves" if actor.id == proposal.mentor_id else "let_go"


def _present(proposal: Proposal, move: Move | None) -> dict[str, str]:
    """The names of a running pair that is asked about: both know each other."""
    if move is None:
        return {}
    names = accounts.names_of([proposal.mentee_id, move.mentor_id])
    return {"mentee": names[proposal.mentee_id], "mentor": names[move.mentor_id]}


def _goes_on(move: Move) -> bool:
    return queries.mentorship_with(move.mentorship_id).state != MentorshipState.CLOSED


def _mentorship_of(actor: Actor, proposal: Proposal) -> Mentorship | None:
    """The mentorship that this person has by a proposal, if it came about."""
    move = queries.move_of(proposal.id)
    new_hour = move is not None and move.mentor_id == proposal.mentor_id
    if new_hour and move is not None and proposal.state == ProposalState.MATCHED:
        return queries.mentorship_with(move.mentorship_id)
    rows = queries.mentorships_of(actor.id)
    return next((row for row in rows if row.proposal_id == proposal.id), None)


@bp.post("/mentoring/proposals/<proposal_id>")
@work.unit_of_work
def answer(proposal_id: str) -> Response:
    """Keep an answer; where both have said yes, go to where they can meet."""
    says = request.form.get("answer", "")
    if says not in {"yes", "no"}:
        raise Invalid()
    actor = current_actor()
    proposal = service.answer(actor, proposal_id, says == "yes")
    mentorship = _mentorship_of(actor, proposal)
    if mentorship is not None:
        return redirect(url_for("mentoring.mentorship", mentorship_id=mentorship.id), 303)
    if proposal.state == ProposalState.APPROVED:
        flash(_("Thank you. Your answer is kept, and nobody else sees it."), "ok")
    return redirect(url_for("mentoring.question", proposal_id=proposal_id), 303)


@bp.get("/mentoring/mentorships/<mentorship_id>")
@work.reading
def mentorship(mentorship_id: str) -> str:
    """When two people meet, where, and how to pause or end it."""
    actor = current_actor()
    row = queries.mentorship_for(actor, mentorship_id)
    takes_part = actor.id in {row.mentee_id, row.mentor_id}
    return render_template(
        "mentoring/mentorship.html",
        row=row,
        takes_part=takes_part,
        is_mentee=actor.id == row.mentee_id,
        other=_other(actor, row) if takes_part else None,
        names=accounts.names_of([row.mentee_id, row.mentor_id]),
        badge=words.badge(words.MENTORSHIP, row.state),
        times=_times(row, own_zone(actor, row)),
        zone=own_zone(actor, row),
        room=rooms.private_room_of(row.id) if takes_part else None,
        closures={code: _(text) for code, text in policy.CLOSURES.items()},
        may_resume=queries.is_vetted_now(row.mentor_id),
        stays=_stays(actor, row),
        words=words,
    )


def _stays(actor: Actor, row: Mentorship) -> bool:
    """Whether this person said that they would rather stay; nobody reads it of the other."""
    own = {row.mentee_id: row.mentee_stays, row.mentor_id: row.mentor_stays}
    return own.get(actor.id, False)


def _times(row: Mentorship, zone: str) -> list[tuple[Any, str, bool]]:
    """The coming meetings, in words, and whether the clock on the wall differs from the first."""
    if row.minute is None or row.state != MentorshipState.ACTIVE:
        return []
    moments = meetings(row.minute, row.timezone, clock.now(), SHOWN)
    usual = words.weekly(moments[0], zone)
    return [(m, words.day_and_time(m, zone), words.weekly(m, zone) != usual) for m in moments]


@bp.post("/mentoring/mentorships/<mentorship_id>")
@work.unit_of_work
def change_mentorship(mentorship_id: str) -> Response:
    """Pause, go on, be asked by rounds again, or close."""
    actor = current_actor()
    match request.form.get("do"):
        case "pause":
            service.pause_mentorship(actor, mentorship_id)
            flash(_("A break it is. Place and time are kept for you both."), "ok")
        case "resume":
            service.resume_mentorship(actor, mentorship_id)
            flash(_("Meetings go on."), "ok")
        case "close":
            closure = request.form.get("closure") or "unsaid"
            service.close_mentorship(actor, mentorship_id, closure)
            flash(_("This mentorship has come to its end."), "ok")
            if not actor.has(Role.COORDINATOR):
                return redirect(url_for("mentoring.index"), 303)
        case "ask":
            service.be_asked_again(actor, mentorship_id)
            flash(_("A round may ask you again. Nothing changes without your yes."), "ok")
        case _other:
            raise Invalid()
    return redirect(url_for("mentoring.mentorship", mentorship_id=mentorship_id), 303)


@bp.get("/mentoring/mentorships/<mentorship_id>/calendar.ics")
@work.reading
def calendar_file(mentorship_id: str) -> FlaskResponse:
    """The weekly meeting as a calendar file, without a word about whom or what for."""
    row = queries.mentorship_for(current_actor(), mentorship_id)
    return FlaskResponse(
        calendar.weekly(row, _("Time set aside")),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="calendar.ics"'},
    )
