"""Reads about running pairs that would move, and the proposals that come about together."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Select, select

from peer.core import work
from peer.mentoring.models import MenteeProfile, Mentorship, Move, Proposal
from peer.mentoring.queries.mentorships import _RUNNING, running_mentorships
from peer.policy.mentoring import ProposalState, may_move

_OPEN = (ProposalState.PROPOSED, ProposalState.APPROVED)


def move_of(proposal_id: str) -> Move | None:
    """The running mentorship that a proposal would end or change, if any."""
    return work.session().get(Move, proposal_id)


def moves_among(proposal_ids: Iterable[str]) -> dict[str, Move]:
    """The moves of some proposals."""
    found = select(Move).where(Move.proposal_id.in_(list(proposal_ids)))
    return {move.proposal_id: move for move in work.session().scalars(found)}


def moves_locked(proposal_ids: Iterable[str]) -> dict[str, Move]:
    """The moves of some proposals as they are now, held until this unit ends."""
    found = (
        select(Move)
        .where(Move.proposal_id.in_(list(proposal_ids)))
        .order_by(Move.proposal_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {move.proposal_id: move for move in work.session().scalars(found)}


def proposals_leaving(account_id: str) -> Select[str]:
    """The proposals by which somebody would leave this mentor, or get another hour with them."""
    return select(Move.proposal_id).where(Move.mentor_id == account_id)


def together_with(proposal: Proposal) -> Sequence[Proposal]:
    """The proposals that come about with one, it too, in the order of their chain."""
    if proposal.chain is None:
        return [proposal]
    found = select(Proposal).where(Proposal.chain == proposal.chain).order_by(Proposal.place)
    return work.session().scalars(found).all()


def proposals_locked(proposal_ids: Iterable[str]) -> list[Proposal]:
    """Proposals as they are now, held until this unit ends, in the order of their chain."""
    found = (
        select(Proposal)
        .where(Proposal.id.in_(sorted(proposal_ids)))
        .order_by(Proposal.id)  # everyone locks in the same order
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return sorted(work.session().scalars(found).all(), key=lambda row: row.place)


def open_moves_from(mentorship_id: str) -> Sequence[Proposal]:
    """The undecided or unanswered proposals that would move a mentorship."""
    found = (
        select(Proposal)
        .join(Move, Move.proposal_id == Proposal.id)
        .where(Move.mentorship_id == mentorship_id, Proposal.state.in_(_OPEN))
    )
    return work.session().scalars(found).all()


def running_of(mentee_id: str) -> Mentorship | None:
    """The mentorship in which somebody is the mentee now."""
    return work.session().scalar(
        select(Mentorship).where(Mentorship.mentee_id == mentee_id, Mentorship.state.in_(_RUNNING))
    )


def meet_now(mentee_id: str, mentor_id: str) -> bool:
    """Whether these two have a running mentorship."""
    running = running_of(mentee_id)
    return running is not None and running.mentor_id == mentor_id


def mentees_left_alone() -> frozenset[str]:
    """The mentees whose running mentorship no round may propose to change."""
    resting = set(
        work.session().scalars(
            select(MenteeProfile.account_id).where(MenteeProfile.paused.is_(True))
        )
    )
    return frozenset(
        row.mentee_id
        for row in running_mentorships()
        if not may_move(
            row.state,
            stays=row.mentee_stays or row.mentor_stays,
            on_a_break=row.mentee_id in resting,
        )
    )


def said_by(account_id: str, proposal: Proposal, move: Move | None) -> bool | None:
    """What somebody who is asked about a proposal has answered."""
    if account_id == proposal.mentee_id:
        return proposal.mentee_says
    if account_id == proposal.mentor_id:
        return proposal.mentor_says
    return move.says if move else None
