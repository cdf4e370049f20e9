"""Two people say the second yes at the same moment, on PostgreSQL, where both can."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from flask import Flask
from sqlalchemy import select

from peer.accounts.queries import account_with
from peer.core import work
from peer.core.errors import PeerError
from peer.mentoring import queries, service
from peer.mentoring.models import Mentorship, Proposal
from peer.policy.mentoring import ProposalState
from tests.cast import Cast
from tests.mentoring.making import (
    actor_of,
    approved,
    newcomers,
    solved_round,
    vetted_mentor,
    would_like_a_mentor,
)


def _at_once(*acts: object) -> list[bool]:
    """Run each act in a thread of its own, all from the same moment; whether each was taken."""
    barrier = Barrier(len(acts))

    def run(act: object) -> bool:
        barrier.wait()
        try:
            with work.begin():
                act()  # type: ignore[operator]
        except PeerError:
            return False
        return True

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_one_place_and_two_consents_make_one_mentorship(postgres_app: Flask, cast: Cast) -> None:
    for account in newcomers(cast, 2):
        would_like_a_mentor(account)
    tess = vetted_mentor(cast, cast.account("tess"), capacity=2)
    questions = approved(cast, solved_round(cast))
    with work.begin():
        data = service.MentorInput(languages={"en": 3}, capacity=1, timezone="Europe/London")
        service.save_mentor_profile(tess, tess.id, data)
        for question in questions:
            service.answer(tess, question, True)
    with work.begin(writes=False):
        mentees = [
            actor_of(account_with(queries.proposal_with(question).mentee_id))
            for question in questions
        ]
    with postgres_app.app_context():
        _at_once(
            lambda: service.answer(mentees[0], questions[0], True),
            lambda: service.answer(mentees[1], questions[1], True),
        )
    with work.begin(writes=False) as session:
        begun = session.scalars(select(Mentorship)).all()
        states = sorted(session.scalars(select(Proposal.state)))
    assert len(begun) == 1
    assert states == [ProposalState.MATCHED, ProposalState.WITHDRAWN]


def test_both_people_answering_at_once_make_one_mentorship(postgres_app: Flask, cast: Cast) -> None:
    noor = would_like_a_mentor(cast.account("noor"))
    tess = vetted_mentor(cast, cast.account("tess"))
    (question,) = approved(cast, solved_round(cast))
    taken = _at_once(
        lambda: service.answer(noor, question, True), lambda: service.answer(tess, question, True)
    )
    assert taken == [True, True]
    with work.begin(writes=False) as session:
        assert len(session.scalars(select(Mentorship)).all()) == 1


def test_two_coordinators_start_one_round(postgres_app: Flask, cast: Cast) -> None:
    would_like_a_mentor(cast.account("noor"))
    vetted_mentor(cast, cast.account("tess"))
    cora, cleo = cast.cora, cast.cleo
    taken = _at_once(lambda: service.start_round(cora), lambda: service.start_round(cleo))
    assert sorted(taken) == [False, True]
    with work.begin(writes=False):
        assert len(queries.rounds()) == 1
