"""People of the mentoring tests, as the services make them."""

from typing import Any

from peer.accounts import queries as accounts
from peer.accounts.models import Account
from peer.accounts.service import confirm
from peer.core import queue, work
from peer.mentoring import queries, service
from peer.policy.mentoring import Vetting
from peer.policy.roles import Actor, Role
from tests.cast import Cast

READ = "Two references read."
MONDAY_EVENING = (36, 37, 38, 39)  # 18:00 to 20:00 on their own clock


def actor_of(account: Account) -> Actor:
    """Anybody as policy sees them."""
    return accounts.actor_from(account)


def would_like_a_mentor(account: Account, **told: Any) -> Actor:
    """A member who told about themselves and asked for a mentor."""
    actor = actor_of(account)
    told = {"languages": {"en": 3}, "cells": MONDAY_EVENING, "timezone": "Europe/London", **told}
    with work.begin():
        data = service.MenteeInput(wants=True, zone_confirmed=True, **told)
        service.save_mentee_profile(actor, account.id, data)
    return actor


def offers_to_mentor(account: Account, **told: Any) -> Actor:
    """A volunteer who told about themselves and waits to be vetted."""
    actor = actor_of(account)
    told = {"languages": {"en": 3}, "cells": MONDAY_EVENING, "timezone": "Europe/London", **told}
    with work.begin():
        data = service.MentorInput(zone_confirmed=True, **told)
        service.save_mentor_profile(actor, account.id, data)
    return actor


def is_vetted(cast: Cast, mentor: Actor, *, days: int = 365) -> Actor:
    """Cora reviews a mentor, and approves them together with Cleo."""
    with work.begin():
        service.set_vetting(cast.cora, mentor.id, Vetting.IN_REVIEW)
    approved_by_two(cast, mentor.id, days=days)
    return mentor


def approved_by_two(cast: Cast, mentor_id: str, *, days: int = 365) -> None:
    """Cora asks that a mentor may meet people, and Cleo says yes."""
    cora, cleo = cast.cora, cast.cleo
    with work.begin():
        act = service.set_vetting(cora, mentor_id, Vetting.VETTED, days=days, note=READ)
        assert act is not None
        confirm(cleo, act.id)


def vetted_mentor(cast: Cast, account: Account, **told: Any) -> Actor:
    """A mentor who may meet people."""
    return is_vetted(cast, offers_to_mentor(account, **told))


def solved_round(cast: Cast) -> str:
    """Cora starts a round and the worker solves it."""
    with work.begin():
        round_id = service.start_round(cast.cora, seed=1).id
    queue.run_now("rounds.solve", round_id)
    return round_id


def noor_and_tess_are_asked(cast: Cast, *, capacity: int = 1) -> str:
    """Noor and Tess are proposed and approved; the proposal."""
    would_like_a_mentor(cast.account("noor"), interests={"art": 3, "books": 1})
    vetted_mentor(cast, cast.account("tess"), interests={"art": 2}, capacity=capacity)
    return approved(cast, solved_round(cast))[0]


def approved(cast: Cast, round_id: str) -> list[str]:
    """Cora approves every proposal of a round."""
    with work.begin():
        found = [proposal.id for proposal in queries.proposals_of(round_id)]
        for proposal_id in found:
            service.approve(cast.cora, proposal_id)
    return found


def both_say_yes(cast: Cast, proposal_id: str) -> str:
    """Both people of a proposal say yes; the mentorship."""
    with work.begin():
        proposal = queries.proposal_with(proposal_id)
        for account_id in (proposal.mentee_id, proposal.mentor_id):
            service.answer(actor_of(accounts.account_with(account_id)), proposal_id, True)
        return next(
            row.id
            for row in queries.mentorships_of(proposal.mentee_id)
            if row.proposal_id == proposal_id
        )


def noor_meets_tess(cast: Cast) -> str:
    """Noor and Tess have an active mentorship; its id."""
    return both_say_yes(cast, noor_and_tess_are_asked(cast))


def newcomers(cast: Cast, count: int, role: Role = Role.MEMBER) -> list[Account]:
    """People nobody has met."""
    return [cast.newcomer(role) for _ in range(count)]
