"""Verbs about mentorships: pause, go on, close without blame."""

from peer.accounts import queries as accounts
from peer.core import audit, clock, work
from peer.core.errors import Conflict, Invalid
from peer.core.words import N_
from peer.mentoring import queries
from peer.mentoring.models import Mentorship
from peer.mentoring.service.consent import hold_moves_from, let_go_of
from peer.mentoring.service.rounds import rule_pair
from peer.notifications.service import notify
from peer.policy import mentoring as policy
from peer.policy.mentoring import MentorshipState
from peer.policy.roles import Actor, require
from peer.rooms import queries as rooms_of
from peer.rooms import service as rooms
from peer.rooms.service.coming import take_out


def pause_mentorship(actor: Actor, mentorship_id: str) -> Mentorship:
    """Take a break. Place and time are kept; nobody is asked why."""
    mentorship = _to_change(actor, mentorship_id, MentorshipState.PAUSED)
    _pause(mentorship)
    _tell(mentorship, N_("Your mentoring meetings take a break for now."), but=actor.id)
    _note(actor, mentorship, "mentorship.pause")
    return mentorship


def _pause(mentorship: Mentorship) -> None:
    mentorship.state = MentorshipState.PAUSED
    mentorship.paused_at = clock.now()


def resume_mentorship(actor: Actor, mentorship_id: str) -> Mentorship:
    """Go on after a break, if both may still meet."""
    mentorship = _to_change(actor, mentorship_id, MentorshipState.ACTIVE)
    people = [accounts.account_with(x) for x in (mentorship.mentee_id, mentorship.mentor_id)]
    usable = all(accounts.is_usable(person) for person in people)
    if not usable or not queries.is_vetted_now(mentorship.mentor_id):
        raise Conflict(
            N_("Meetings cannot go on just yet. A coordinator can tell you when they can.")
        )
    mentorship.state, mentorship.paused_at = MentorshipState.ACTIVE, None
    rooms.open_private_room(
        mentorship_id=mentorship.id, account_ids=[person.id for person in people]
    )
    _tell(mentorship, N_("Your mentoring meetings go on."), but=actor.id)
    _note(actor, mentorship, "mentorship.resume")
    return mentorship


def close_mentorship(actor: Actor, mentorship_id: str, closure: str = "unsaid") -> Mentorship:
    """Bring a mentorship to its end; its room closes. Nobody is blamed, nobody is told why.

    The mentee is asked afresh whether they would like another mentor.
    """
    if closure not in policy.CLOSURES:
        raise Invalid(N_("Choose one from the list, or leave it unsaid."), field="closure")
    queries.mentorship_for(actor, mentorship_id)
    hold_moves_from(mentorship_id)
    mentorship = _to_change(actor, mentorship_id, MentorshipState.CLOSED)
    mentorship.state, mentorship.closed_at = MentorshipState.CLOSED, clock.now()
    mentorship.closure = closure
    rooms.close_private_room(mentorship.id)
    rule_pair(mentorship.mentee_id, mentorship.mentor_id, "forbid", "closure")
    mentee = queries.mentee_profile(mentorship.mentee_id)
    if mentee is not None:
        mentee.wants, mentee.wanted_at = False, None
    _tell(
        mentorship,
        N_("Your mentorship has come to its end. Thank you for the time you gave it."),
        but=actor.id,
    )
    _note(actor, mentorship, "mentorship.close")
    work.session().flush()
    let_go_of(mentorship)
    return mentorship


def be_asked_again(actor: Actor, mentorship_id: str) -> Mentorship:
    """Somebody who would rather have stayed may be asked by rounds again. Nobody hears of it.

    Where the other would rather stay, rounds go on leaving the two as they are.
    """
    queries.mentorship_for(actor, mentorship_id)
    mentorship = queries.mentorship_locked(mentorship_id)
    require(policy.can_be_asked_again(actor, mentorship, mentorship.state))
    if actor.id == mentorship.mentee_id:
        mentorship.mentee_stays = False
    else:
        mentorship.mentor_stays = False
    return mentorship


def pause_mentorships_of(mentor_id: str) -> None:
    """A mentor who may not meet people for now keeps neither meetings nor a way into rooms."""
    for row in queries.mentorships_of(mentor_id):
        if row.mentor_id != mentor_id:
            continue
        mentorship = queries.mentorship_locked(row.id)
        room = rooms_of.private_room_of(mentorship.id)
        if room is not None:
            rooms.close_private_room(mentorship.id)
            take_out(room.id, mentor_id)
        if mentorship.state == MentorshipState.ACTIVE:
            _pause(mentorship)
            text = N_("Your mentoring meetings take a break for now. A coordinator can help.")
            notify(mentorship.mentee_id, text, href=_href(mentorship))


def _to_change(actor: Actor, mentorship_id: str, to: MentorshipState) -> Mentorship:
    queries.mentorship_for(actor, mentorship_id)
    mentorship = queries.mentorship_locked(mentorship_id)
    vetted = queries.is_vetted_now(actor.id)
    require(policy.can_change_mentorship(actor, mentorship, mentorship.state, to, vetted=vetted))
    return mentorship


def _href(mentorship: Mentorship) -> str:
    return f"/mentoring/mentorships/{mentorship.id}"


def _tell(mentorship: Mentorship, message: str, *, but: str) -> None:
    for account_id in {mentorship.mentee_id, mentorship.mentor_id} - {but}:
        notify(account_id, message, href=_href(mentorship))


def _note(actor: Actor, mentorship: Mentorship, act: str) -> None:
    """What staff do is on record; what the two decide between them is not."""
    if actor.id not in {mentorship.mentee_id, mentorship.mentor_id}:
        audit.record(act, f"mentorship:{mentorship.id}", by=actor.id)
