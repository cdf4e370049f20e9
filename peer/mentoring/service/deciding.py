"""A coordinator's decisions about what a round proposes."""

from datetime import timedelta

from peer.accounts import queries as accounts
from peer.core import audit, clock
from peer.core.errors import Conflict, Invalid
from peer.core.words import N_
from peer.mentoring import queries
from peer.mentoring.models import Proposal
from peer.mentoring.service.rounds import forget_rule, rule_pair
from peer.notifications.service import notify
from peer.policy import mentoring as policy
from peer.policy.mentoring import ProposalState
from peer.policy.roles import Actor, require


def approve(actor: Actor, proposal_id: str) -> Proposal:
    """Ask everybody concerned, privately: both people of a proposal, or all of its chain."""
    found = _to_decide(actor, proposal_id)
    until = clock.now() + timedelta(days=queries.programme().consent_days)
    for proposal in found:
        _check_can_be_asked(proposal)
        _decide(actor, proposal, ProposalState.APPROVED)
        proposal.expires_at = until
        for account_id in _concerned(proposal):
            notify(
                account_id,
                N_("There is a question for you about mentoring. Take the time you need."),
                href=f"/mentoring/proposals/{proposal.id}",
            )
    return next(proposal for proposal in found if proposal.id == proposal_id)


def _concerned(proposal: Proposal) -> list[str]:
    """Whose answer is needed: the two, and the present mentor of whoever would move."""
    move = queries.move_of(proposal.id)
    present = {move.mentor_id} if move else set()
    return sorted({proposal.mentee_id, proposal.mentor_id} | present)


def _check_can_be_asked(proposal: Proposal) -> None:
    if not queries.is_vetted_now(proposal.mentor_id):
        raise Conflict(N_("This mentor can no longer take part. Someone else may fit."))
    if not _both_usable(proposal):
        raise Conflict(N_("One of them cannot take part at the moment."))
    move = queries.move_of(proposal.id)
    if move is None:
        return
    alone = proposal.mentee_id in queries.mentees_left_alone()
    if alone or not queries.meet_now(proposal.mentee_id, move.mentor_id):
        raise Conflict(N_("A mentorship that would move takes a break or has changed since."))


def reject(actor: Actor, proposal_id: str, reason: str) -> Proposal:
    """Leave a pair out, now and in later rounds until a coordinator lifts it.

    Whoever was to come about together with it is not asked either, and stays free for later.
    """
    if reason not in policy.REJECTIONS:
        raise Invalid(N_("Choose a reason from the list."), field="reason")
    found = _to_decide(actor, proposal_id)
    for other in found:
        if other.id != proposal_id:
            _decide(actor, other, ProposalState.WITHDRAWN)
    proposal = next(row for row in found if row.id == proposal_id)
    _decide(actor, proposal, ProposalState.REJECTED)
    proposal.reason, proposal.pinned = reason, False
    if not queries.meet_now(proposal.mentee_id, proposal.mentor_id):
        rule_pair(proposal.mentee_id, proposal.mentor_id, "forbid", "coordinator")
    return proposal


def pin(actor: Actor, proposal_id: str, pinned: bool) -> Proposal:
    """Hold a pair for the next round too, or let it go again; decides nothing else."""
    proposal = _to_decide(actor, proposal_id)[0]
    require(policy.can_pin(proposal.chain is not None))
    proposal.pinned = pinned
    if pinned:
        rule_pair(proposal.mentee_id, proposal.mentor_id, "pin", "coordinator")
    else:
        forget_rule(proposal.mentee_id, proposal.mentor_id)
    act = "proposal.pin" if pinned else "proposal.unpin"
    audit.record(act, f"proposal:{proposal.id}", by=actor.id)
    return proposal


def _to_decide(actor: Actor, proposal_id: str) -> list[Proposal]:
    """A proposal and those that come about with it, in the order of their chain, all undecided.

    The round is held first, so that two coordinators never wait for each other.
    """
    require(policy.can_coordinate(actor))
    proposal = queries.proposal_with(proposal_id)
    round_ = queries.round_locked(proposal.round_id)
    rows = queries.proposals_locked(row.id for row in queries.together_with(proposal))
    moves = queries.moves_among(row.id for row in rows)
    # Those whose mentorship ended meanwhile were let go of.
    found = [r for r in rows if r.id == proposal_id or r.state != ProposalState.WITHDRAWN]
    for row in found:
        require(policy.can_decide(actor, row, row.state, round_, moves.get(row.id)))
    return found


def _decide(actor: Actor, proposal: Proposal, state: ProposalState) -> None:
    proposal.state = state
    proposal.decided_by, proposal.decided_at = actor.id, clock.now()
    audit.record(f"proposal.{state}", f"proposal:{proposal.id}", by=actor.id)


def _both_usable(proposal: Proposal) -> bool:
    people = (proposal.mentee_id, proposal.mentor_id)
    return all(accounts.is_usable(accounts.account_with(each)) for each in people)
