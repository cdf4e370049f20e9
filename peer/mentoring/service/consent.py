"""Verbs of consent: two people answer privately; both yes makes a mentorship."""

from peer.accounts import queries as accounts
from peer.core import clock, work
from peer.core.words import N_
from peer.mentoring import queries
from peer.mentoring.models import MenteeProfile, MentorProfile, Mentorship, Proposal
from peer.mentoring.service.rounds import forget_rule, rule_pair
from peer.mentoring.snapshot import minute_of, moment_of
from peer.notifications.service import notify
from peer.policy import mentoring as policy
from peer.policy.mentoring import ProposalState
from peer.policy.roles import Actor, require
from peer.rooms import service as rooms

NOT_THIS_TIME = N_(
    "It did not come together this time. That says nothing about you. You stay on the list for the next round."
)
TOGETHER = N_("You and %(name)s both said yes. A room for the two of you is open.")


def answer(actor: Actor, proposal_id: str, yes: bool) -> Proposal:
    """Keep one person's answer; it can change until both have answered.

    With the second yes everything is looked at again: the mentorship begins, or, where a place
    or a vetting is gone by now, the proposal is withdrawn. Neither learns what the other said.
    """
    proposal = queries.proposal_for(actor, proposal_id)
    mentee, mentor = queries.hold_people(proposal.mentee_id, proposal.mentor_id)
    proposal = queries.proposal_locked(proposal_id)
    now = clock.now()
    vetted = policy.is_vetted(mentor, now)
    require(policy.can_answer(actor, proposal, vetted=vetted, at=now))
    if actor.id == proposal.mentee_id:
        proposal.mentee_says = yes
    else:
        proposal.mentor_says = yes
    if proposal.mentee_says is not None and proposal.mentor_says is not None:
        _settle(proposal, mentee, mentor)
    work.session().flush()
    return proposal


def _settle(proposal: Proposal, mentee: MenteeProfile | None, mentor: MentorProfile) -> None:
    if not (proposal.mentee_says and proposal.mentor_says):
        rule_pair(proposal.mentee_id, proposal.mentor_id, "forbid", "consent")
        _end(proposal, ProposalState.DECLINED)
    elif mentee is None or not _may_meet(proposal, mentor):
        _end(proposal, ProposalState.WITHDRAWN)
    else:
        _begin_mentorship(proposal)
        _withdraw_others(proposal, mentor)


def _may_meet(proposal: Proposal, mentor: MentorProfile) -> bool:
    people = [accounts.account_with(x) for x in (proposal.mentee_id, proposal.mentor_id)]
    return policy.may_become_mentorship(
        usable=all(accounts.is_usable(person) for person in people),
        vetted=policy.is_vetted(mentor, clock.now()),
        places_left=queries.places_left(mentor),
        mentee_is_free=not queries.has_mentor(proposal.mentee_id),
    )


def _end(proposal: Proposal, state: ProposalState) -> None:
    """Both hear the same words, whatever the reason."""
    proposal.state = state
    for account_id in (proposal.mentee_id, proposal.mentor_id):
        notify(account_id, NOT_THIS_TIME, href="/mentoring")


def _begin_mentorship(proposal: Proposal) -> Mentorship:
    proposal.state = ProposalState.MATCHED
    round_ = queries.round_with(proposal.round_id)
    minute = None
    if proposal.start is not None:
        minute = minute_of(moment_of(proposal.start, round_.week), round_.timezone)
    mentorship = Mentorship(
        programme_id=round_.programme_id,
        proposal_id=proposal.id,
        mentee_id=proposal.mentee_id,
        mentor_id=proposal.mentor_id,
        timezone=round_.timezone,
        minute=minute,
        started_at=clock.now(),
    )
    work.session().add(mentorship)
    work.session().flush()
    forget_rule(proposal.mentee_id, proposal.mentor_id)
    people = [proposal.mentee_id, proposal.mentor_id]
    rooms.open_private_room(mentorship_id=mentorship.id, account_ids=people)
    names = accounts.names_of(people)
    for account_id, other_id in (people, people[::-1]):
        notify(
            account_id,
            TOGETHER,
            href=f"/mentoring/mentorships/{mentorship.id}",
            name=names[other_id],
        )
    return mentorship


def _withdraw_others(settled: Proposal, mentor: MentorProfile) -> None:
    """Questions that can no longer lead anywhere are closed at once."""
    full = queries.places_left(mentor) <= 0
    for other in queries.awaiting_consent():
        same_mentor = full and other.mentor_id == settled.mentor_id
        if other.id != settled.id and (same_mentor or other.mentee_id == settled.mentee_id):
            withdraw(other.id)


def withdraw(proposal_id: str) -> None:
    """Close a question that a rule no longer allows."""
    proposal = queries.proposal_locked(proposal_id)
    if proposal.state == ProposalState.APPROVED:
        _end(proposal, ProposalState.WITHDRAWN)


def expire_questions() -> int:
    """Close the questions whose time has run out; how many."""
    waiting = [proposal.id for proposal in queries.awaiting_consent(before=clock.now())]
    for proposal_id in waiting:
        proposal = queries.proposal_locked(proposal_id)
        if proposal.state == ProposalState.APPROVED:
            _end(proposal, ProposalState.EXPIRED)
    return len(waiting)
