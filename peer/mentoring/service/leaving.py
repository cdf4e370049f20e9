"""What becomes of mentoring when somebody erases their account: kind words, and no trace."""

from sqlalchemy import select

from peer.accounts import queries as accounts
from peer.core import clock, work
from peer.core.expiry import delete_some
from peer.core.words import N_
from peer.mentoring import queries
from peer.mentoring.models import (
    ImportedPerson,
    MenteeProfile,
    MentorProfile,
    Mentorship,
    Move,
    PairRule,
    Proposal,
    Round,
    Unmatched,
    VettingStep,
)
from peer.mentoring.service.consent import hold_moves_from, let_go_of, withdraw
from peer.mentoring.service.rounds import begin_anew_or_fail
from peer.notifications.service import forget_about, notify
from peer.policy.mentoring import MentorshipState, RoundState
from peer.rooms import queries as rooms_of
from peer.rooms import service as rooms

_EVERYTHING = 10**9
_WENT = N_(
    "Your mentorship has come to its end: the other person has left this place, with everything of theirs. That says nothing about you. If you would like to meet someone else, a coordinator can help."
)


def part_kindly(account_id: str) -> None:
    """At once: mentorships end, open questions close, the name is in nobody's wishes any more."""
    going = [f"/mentoring/mentorships/{row.id}" for row in queries.mentorships_of(account_id)]
    going += [f"/mentoring/proposals/{row.id}" for row in queries.proposals_with(account_id)]
    forget_about(going)
    for row in queries.mentorships_of(account_id):
        if row.state != MentorshipState.CLOSED:
            _end(row.id, account_id)
    for proposal in queries.proposals_with(account_id):
        withdraw(proposal.id)
    _take_name_out(accounts.account_with(account_id).name)


def _end(mentorship_id: str, account_id: str) -> None:
    hold_moves_from(mentorship_id)
    mentorship = queries.mentorship_locked(mentorship_id)
    mentorship.state, mentorship.closed_at = MentorshipState.CLOSED, clock.now()
    mentorship.closure = "unsaid"
    work.session().flush()
    let_go_of(mentorship)
    if rooms_of.private_room_of(mentorship.id) is not None:
        rooms.close_private_room(mentorship.id)
    for other_id in {mentorship.mentee_id, mentorship.mentor_id} - {account_id}:
        notify(other_id, _WENT, href="/mentoring")
    mentee = queries.mentee_profile(mentorship.mentee_id)
    if mentee is not None:
        mentee.wants, mentee.wanted_at = False, None


def _take_name_out(name: str) -> None:
    gone = accounts.folded(name)

    def others(names: list[str]) -> list[str]:
        return [each for each in names if accounts.folded(each) != gone]

    for mentee in queries.mentee_profiles():
        mentee.avoids, mentee.prefers = others(mentee.avoids), others(mentee.prefers)
    for mentor in queries.mentor_profiles():
        mentor.avoids = others(mentor.avoids)


def forget_person(account_id: str) -> dict[str, int]:
    """Everything of a person, gone from the tables; how many of what."""
    _out_of_rounds(account_id)

    def gone(table: type, *columns: str) -> int:
        return sum(
            delete_some(table, getattr(table, column) == account_id, limit=_EVERYTHING)
            for column in columns
        )

    return {
        "moves": gone(Move, "mentor_id"),
        "mentorships": gone(Mentorship, "mentee_id", "mentor_id"),
        "proposals": gone(Proposal, "mentee_id", "mentor_id"),
        "unmatched_people": gone(Unmatched, "mentee_id"),
        "pair_rules": gone(PairRule, "mentee_id", "mentor_id"),
        "vetting_steps": gone(VettingStep, "mentor_id"),
        "mentee_profiles": gone(MenteeProfile, "account_id"),
        "mentor_profiles": gone(MentorProfile, "account_id"),
        "imported_people": gone(ImportedPerson, "account_id"),
    }


def _out_of_rounds(account_id: str) -> None:
    """No round knows the person any more; one that is being solved begins anew without them."""
    for round_ in work.session().scalars(select(Round)).all():
        if account_id in round_.keys.values():
            if round_.state in {RoundState.WAITING, RoundState.SOLVING}:
                begin_anew_or_fail(round_.id, "left")
                if round_.state == RoundState.FAILED:
                    forget_problem(round_)
            else:
                forget_problem(round_)
        if any(account_id in note.values() for note in round_.notes):
            round_.notes = [note for note in round_.notes if account_id not in note.values()]
    for row in work.session().scalars(select(Unmatched)).all():
        if any(account_id in help_["examples"] for help_ in row.would_help):
            row.would_help = [
                help_ | {"examples": [each for each in help_["examples"] if each != account_id]}
                for help_ in row.would_help
            ]
    work.session().flush()


def forget_problem(round_: Round) -> None:
    """Nothing of what people told stays with a round; its dates and notes do."""
    round_.problem, round_.solution, round_.insight, round_.price = "", None, None, None
    round_.keys = {}
