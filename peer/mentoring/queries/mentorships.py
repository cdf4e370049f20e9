"""Reads about mentorships and the places that mentors have."""

from collections.abc import Sequence

from sqlalchemy import func, select

from peer.core import work
from peer.core.errors import NotFound
from peer.mentoring.models import MenteeProfile, MentorProfile, Mentorship
from peer.mentoring.queries.people import is_vetted_now
from peer.policy.mentoring import MentorshipState, can_see_mentorship
from peer.policy.roles import Actor, require

_RUNNING = (MentorshipState.ACTIVE, MentorshipState.PAUSED)


def running_mentorships() -> Sequence[Mentorship]:
    """Every mentorship that is active or paused, the longest first."""
    return (
        work.session()
        .scalars(
            select(Mentorship)
            .where(Mentorship.state.in_(_RUNNING))
            .order_by(Mentorship.started_at, Mentorship.id)
        )
        .all()
    )


def mentorships_of(account_id: str) -> Sequence[Mentorship]:
    """The mentorships a person is or was part of, the latest first."""
    return (
        work.session()
        .scalars(
            select(Mentorship)
            .where((Mentorship.mentee_id == account_id) | (Mentorship.mentor_id == account_id))
            .order_by(Mentorship.started_at.desc())
        )
        .all()
    )


def mentorship_for(actor: Actor, mentorship_id: str) -> Mentorship:
    """A mentorship that this person may see, or NotFound."""
    found = work.session().get(Mentorship, mentorship_id)
    if found is None:
        raise NotFound()
    require(can_see_mentorship(actor, found, vetted=is_vetted_now(actor.id)))
    return found


def mentorship_with(mentorship_id: str) -> Mentorship:
    """The mentorship with this id, or NotFound; for those who may see it anyway."""
    found = work.session().get(Mentorship, mentorship_id)
    if found is None:
        raise NotFound()
    return found


def mentorship_locked(mentorship_id: str) -> Mentorship:
    """The mentorship as it is now, held against others until this unit of work ends."""
    found = work.session().scalar(
        select(Mentorship)
        .where(Mentorship.id == mentorship_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound()
    return found


def mentor_held(account_id: str) -> MentorProfile:
    """A mentor's profile as it is now, held until this unit ends: who comes second, waits here."""
    found = work.session().get(
        MentorProfile, account_id, with_for_update=True, populate_existing=True
    )
    if found is None:
        raise NotFound()
    return found


def mentee_held(account_id: str) -> MenteeProfile | None:
    """A mentee's profile as it is now, held until this unit ends."""
    return work.session().get(
        MenteeProfile, account_id, with_for_update=True, populate_existing=True
    )


def places_left(mentor: MentorProfile) -> int:
    """How many more people the mentor has room for: paused mentorships keep their place."""
    taken = work.session().scalar(
        select(func.count()).where(
            Mentorship.mentor_id == mentor.account_id, Mentorship.state.in_(_RUNNING)
        )
    )
    return mentor.capacity - int(taken or 0)


def has_mentor(mentee_id: str) -> bool:
    """Whether a mentee's place is taken by a running mentorship."""
    found = work.session().scalar(
        select(Mentorship.id)
        .where(Mentorship.mentee_id == mentee_id, Mentorship.state.in_(_RUNNING))
        .limit(1)
    )
    return found is not None
