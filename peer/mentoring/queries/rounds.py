"""Reads about rounds, proposals and what later rounds are to heed."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select

from peer.core import work
from peer.core.errors import NotFound
from peer.mentoring.models import PairRule, Proposal, Round, Unmatched
from peer.mentoring.queries.moves import move_of, proposals_leaving
from peer.mentoring.queries.people import is_vetted_now
from peer.policy.mentoring import ProposalState, RoundState, can_see_proposal
from peer.policy.roles import Actor, require


def rounds() -> Sequence[Round]:
    """Every round, the latest first."""
    return work.session().scalars(select(Round).order_by(Round.number.desc())).all()


def round_with(round_id: str) -> Round:
    """The round with this id, or NotFound."""
    found = work.session().get(Round, round_id)
    if found is None:
        raise NotFound()
    return found


def open_round() -> Round | None:
    """The round that is under way, if any."""
    return work.session().scalar(select(Round).where(Round.is_open.is_(True)))


def last_number() -> int:
    """The number of the latest round; 0 before the first."""
    return work.session().scalar(select(func.max(Round.number))) or 0


def unfinished_rounds(before: datetime) -> Sequence[Round]:
    """Rounds that are still to be solved and have given no sign of life since `before`."""
    states = (RoundState.WAITING, RoundState.SOLVING)
    return (
        work.session()
        .scalars(select(Round).where(Round.state.in_(states), Round.touched_at < before))
        .all()
    )


def round_locked(round_id: str) -> Round:
    """The round as it is now, held against others until this unit of work ends."""
    found = work.session().scalar(
        select(Round)
        .where(Round.id == round_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound()
    return found


def proposals_of(round_id: str) -> Sequence[Proposal]:
    """The proposals of a round, the lowest score first: they need a look most."""
    return (
        work.session()
        .scalars(
            select(Proposal)
            .where(Proposal.round_id == round_id)
            .order_by(Proposal.score, Proposal.id)
        )
        .all()
    )


def counts_of(round_ids: Sequence[str]) -> dict[tuple[str, str], int]:
    """How many proposals of some rounds are in each state, by (round, state)."""
    rows = work.session().execute(
        select(Proposal.round_id, Proposal.state, func.count())
        .where(Proposal.round_id.in_(round_ids))
        .group_by(Proposal.round_id, Proposal.state)
    )
    return {(round_id, state): count for round_id, state, count in rows}


def unmatched_of(round_id: str) -> Sequence[Unmatched]:
    """The people for whom a round found nobody."""
    return (
        work.session()
        .scalars(select(Unmatched).where(Unmatched.round_id == round_id).order_by(Unmatched.reason))
        .all()
    )


def proposal_with(proposal_id: str) -> Proposal:
    """The proposal with this id, or NotFound; for coordinators."""
    found = work.session().get(Proposal, proposal_id)
    if found is None:
        raise NotFound()
    return found


def proposal_locked(proposal_id: str) -> Proposal:
    """The proposal as it is now, held against others until this unit of work ends."""
    found = work.session().scalar(
        select(Proposal)
        .where(Proposal.id == proposal_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound()
    return found


def proposal_for(actor: Actor, proposal_id: str) -> Proposal:
    """A proposal that this person is asked about, or NotFound."""
    proposal, move = proposal_with(proposal_id), move_of(proposal_id)
    require(can_see_proposal(actor, proposal, vetted=is_vetted_now(actor.id), move=move))
    return proposal


def asked_of(account_id: str) -> Sequence[Proposal]:
    """The proposals that await an answer and concern this person."""
    return (
        work.session()
        .scalars(
            select(Proposal)
            .where(Proposal.state == ProposalState.APPROVED, _concerns(account_id))
            .order_by(Proposal.expires_at)
        )
        .all()
    )


def proposals_with(account_id: str) -> Sequence[Proposal]:
    """Every proposal that a person is part of, or by which somebody would leave them."""
    return work.session().scalars(select(Proposal).where(_concerns(account_id))).all()


def _concerns(account_id: str) -> ColumnElement[bool]:
    return or_(
        Proposal.mentee_id == account_id,
        Proposal.mentor_id == account_id,
        Proposal.id.in_(proposals_leaving(account_id)),
    )


def questions_to(account_id: str) -> Sequence[Proposal]:
    """What a person was ever asked, the latest first; not what was never put to them."""
    untold = (ProposalState.PROPOSED, ProposalState.REJECTED)
    asked = Proposal.state.not_in(untold) & Proposal.expires_at.is_not(None)
    found = (
        select(Proposal).where(_concerns(account_id), asked).order_by(Proposal.expires_at.desc())
    )
    return work.session().scalars(found).all()


def left_over(account_id: str) -> list[tuple[Unmatched, Round]]:
    """The rounds that found nobody for a person, the latest first."""
    found = (
        select(Unmatched, Round)
        .join(Round, Round.id == Unmatched.round_id)
        .where(Unmatched.mentee_id == account_id)
        .order_by(Round.started_at.desc())
    )
    return [(row[0], row[1]) for row in work.session().execute(found)]


def awaiting_consent(before: datetime | None = None) -> Sequence[Proposal]:
    """Proposals whose people are being asked; with `before`, those that ran out by then."""
    query = select(Proposal).where(Proposal.state == ProposalState.APPROVED)
    if before is not None:
        query = query.where(Proposal.expires_at <= before)
    return work.session().scalars(query.order_by(Proposal.expires_at)).all()


def pair_rules() -> Sequence[PairRule]:
    """What later rounds are to hold or leave out, the latest first."""
    return work.session().scalars(select(PairRule).order_by(PairRule.at.desc())).all()


def rules_of_mentee(mentee_id: str) -> Sequence[PairRule]:
    """What later rounds are to hold or leave out for one mentee."""
    found = select(PairRule).where(PairRule.mentee_id == mentee_id)
    return work.session().scalars(found).all()


def unmatched_in(round_id: str, mentee_id: str) -> Unmatched | None:
    """What a round found of somebody it left without a mentor."""
    if "\0" in mentee_id:
        return None  # PostgreSQL would refuse it as text
    return work.session().get(Unmatched, (round_id, mentee_id))


def pair_rule(mentee_id: str, mentor_id: str) -> PairRule | None:
    """What later rounds are to do about these two, if anything."""
    if "\0" in mentee_id + mentor_id:
        return None  # PostgreSQL would refuse it as text
    return work.session().get(PairRule, (mentee_id, mentor_id))
