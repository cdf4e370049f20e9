"""Reads about profiles, vetting and areas."""

from collections.abc import Sequence

from sqlalchemy import select

from peer.accounts.models import Account
from peer.accounts.queries import is_usable
from peer.core import clock, keys, work
from peer.core.errors import NotFound
from peer.mentoring.models import (
    MAIN,
    Area,
    MenteeProfile,
    MentorProfile,
    Programme,
    VettingStep,
)
from peer.policy.mentoring import Vetting, is_vetted
from peer.policy.roles import Role


def programme() -> Programme:
    """The programme; an installation begins with one."""
    found = work.session().get(Programme, MAIN)
    if found is None:
        raise NotFound()
    return found


def areas() -> Sequence[Area]:
    """The areas that people can choose, by name."""
    return sorted(work.session().scalars(select(Area)), key=lambda area: area.name.casefold())


def area_named(name: str) -> Area | None:
    """The area in these words, whatever their case."""
    return work.session().scalar(select(Area).where(Area.mark == area_mark(name)))


def area_mark(name: str) -> str:
    """What is stored of an area's name to find it by: it tells nobody the place."""
    return keys.fingerprint("areas.mark", " ".join(name.split()).casefold())


def area_with(area_id: str) -> Area:
    """The area with this id, or NotFound."""
    found = work.session().get(Area, area_id)
    if found is None:
        raise NotFound()
    return found


def mentee_profile(account_id: str) -> MenteeProfile | None:
    """What a member told as a mentee, if anything."""
    return work.session().get(MenteeProfile, account_id)


def mentor_profile(account_id: str) -> MentorProfile | None:
    """What a volunteer told as a mentor, if anything."""
    return work.session().get(MentorProfile, account_id)


def mentee_with(account_id: str) -> MenteeProfile:
    """The mentee profile of an account, or NotFound."""
    found = mentee_profile(account_id)
    if found is None:
        raise NotFound()
    return found


def mentor_with(account_id: str) -> MentorProfile:
    """The mentor profile of an account, or NotFound."""
    found = mentor_profile(account_id)
    if found is None:
        raise NotFound()
    return found


def mentee_profiles() -> Sequence[MenteeProfile]:
    """Every mentee profile, those who have waited longest first."""
    return (
        work.session()
        .scalars(select(MenteeProfile).order_by(MenteeProfile.wanted_at, MenteeProfile.account_id))
        .all()
    )


def mentor_profiles() -> Sequence[MentorProfile]:
    """Every mentor profile, the latest application first."""
    return (
        work.session()
        .scalars(
            select(MentorProfile).order_by(
                MentorProfile.created_at.desc(), MentorProfile.account_id
            )
        )
        .all()
    )


def mentors_taking_part() -> list[MentorProfile]:
    """The mentors whom a round may place: vetted, unexpired, not on a break, not shut out."""
    rows = work.session().execute(
        select(MentorProfile, Account)
        .join(Account, Account.id == MentorProfile.account_id)
        .where(MentorProfile.vetting == Vetting.VETTED, MentorProfile.paused.is_(False))
        .order_by(MentorProfile.account_id)
    )
    now = clock.now()
    return [
        profile
        for profile, account in rows
        if is_vetted(profile, now) and is_usable(account) and Role.MENTOR in account.roles
    ]


def mentees_taking_part() -> list[MenteeProfile]:
    """The members who would like a mentor now and are neither on a break nor shut out."""
    rows = work.session().execute(
        select(MenteeProfile, Account)
        .join(Account, Account.id == MenteeProfile.account_id)
        .where(MenteeProfile.wants, MenteeProfile.paused.is_(False))
        .order_by(MenteeProfile.account_id)
    )
    return [
        profile for profile, account in rows if is_usable(account) and Role.MEMBER in account.roles
    ]


def vetting_run_out() -> Sequence[MentorProfile]:
    """The mentors whose vetting has expired without having been marked as lapsed."""
    return (
        work.session()
        .scalars(
            select(MentorProfile).where(
                MentorProfile.vetting == Vetting.VETTED, MentorProfile.vetted_until <= clock.now()
            )
        )
        .all()
    )


def is_vetted_now(account_id: str) -> bool:
    """Whether this person is a mentor who may meet people now."""
    return is_vetted(mentor_profile(account_id), clock.now())


def vetting_steps(mentor_id: str) -> Sequence[VettingStep]:
    """The steps of a mentor's vetting, the latest first."""
    return (
        work.session()
        .scalars(
            select(VettingStep)
            .where(VettingStep.mentor_id == mentor_id)
            .order_by(VettingStep.id.desc())
        )
        .all()
    )
