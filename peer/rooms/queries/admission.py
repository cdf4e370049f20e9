"""Reads about the doors of rooms that let people in one by one."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from peer.accounts import queries as accounts
from peer.accounts.models import Account, RoleGrant
from peer.core import clock, work
from peer.policy import admission as policy
from peer.policy import gatherings as dates
from peer.policy.admission import AT_THE_DOOR, At
from peer.policy.gatherings import ACTIVE
from peer.policy.roles import STAFF, Role
from peer.rooms.models import Admission, Gathering, Membership, Room


@dataclass(frozen=True)
class Session:
    """The session for which people are let in. `key` is empty where a room has no dates."""

    key: str | None  # None: there was none yet, and nobody can be let in


def session_of(room: Room) -> Session:
    """The session that goes on in a room, or was the last: who was let in reads until the next.

    A session begins as its doors open.
    """
    if not room.is_dated:
        return Session("")
    gathering = session_gathering(room)
    return Session(gathering.id if gathering else None)


def session_gathering(room: Room) -> Gathering | None:
    """The date that people of a room are let in to."""
    now = clock.now()
    found = (
        select(Gathering)
        .where(
            Gathering.room_id == room.id,
            Gathering.cancelled_at.is_(None),
            Gathering.starts_at <= now + dates.DOORS,
        )
        .order_by(Gathering.starts_at.desc())
        .limit(4)
    )
    last = list(work.session().scalars(found))
    active = [each for each in last if dates.phase_of(each, now) in ACTIVE]
    return active[-1] if active else next(iter(last), None)


def admission_in(room_id: str, account_id: str) -> Admission | None:
    """What stands of somebody at the door of a room."""
    return work.session().get(Admission, (room_id, account_id), populate_existing=True)


def is_let_in(room: Room, account_id: str) -> bool:
    """Whether somebody was let in, where people are let in one by one."""
    if not room.lets_in:
        return True
    found = admission_in(room.id, account_id)
    return found is not None and policy.is_in(found, session_of(room).key, clock.now())


def let_in_among(room: Room, account_ids: Collection[str]) -> set[str]:
    """Who of these people was let in to a room that lets people in one by one."""
    found = (
        select(Admission)
        .where(Admission.room_id == room.id, Admission.account_id.in_(account_ids))
        .execution_options(populate_existing=True)
    )
    key, now = session_of(room).key, clock.now()
    return {it.account_id for it in work.session().scalars(found) if policy.is_in(it, key, now)}


def at_the_door(room: Room) -> Sequence[Admission]:
    """Who waits to come in and is still there, in their order; and who was sent home this time."""
    key = session_of(room).key
    if key is None:
        return []
    found = (
        select(Admission)
        .join(Account, Account.id == Admission.account_id)
        .where(
            Admission.room_id == room.id,
            Admission.session == key,
            Admission.state.in_({*AT_THE_DOOR, At.NOT_NOW}),
            Admission.seen_at > clock.now() - policy.STILL,
            accounts.usable_now(),
        )
        .order_by(Admission.asked_at, Admission.account_id)
        .execution_options(populate_existing=True)
    )
    return [
        each for each in work.session().scalars(found) if policy.counts_for(each, key, clock.now())
    ]


def is_taken_out(room_id: str, account_id: str) -> bool:
    """Whether somebody was taken out of a room, and not let in again since."""
    found = admission_in(room_id, account_id)
    return found is not None and found.state == At.OUT


def taken_out_of(room_id: str) -> list[str]:
    """The accounts of those who were taken out of a room, the last first; of erased ones none."""
    there = select(Account.id).where(accounts.still_there())
    found = select(Admission.account_id).where(
        Admission.room_id == room_id, Admission.state == At.OUT, Admission.account_id.in_(there)
    )
    return list(work.session().scalars(found.order_by(Admission.answered_at.desc())))


def rooms_without(account_id: str) -> set[str]:
    """The rooms that somebody was taken out of."""
    found = select(Admission.room_id).where(
        Admission.account_id == account_id, Admission.state == At.OUT
    )
    return set(work.session().scalars(found))


def admissions_of(account_id: str) -> Sequence[Admission]:
    """Where somebody stood at a door, the last first."""
    found = select(Admission).where(Admission.account_id == account_id)
    return work.session().scalars(found.order_by(Admission.asked_at.desc())).all()


def who_opens(room_id: str) -> list[str]:
    """The accounts of those in a room who let people in: its facilitators, and moderators."""
    rows = work.session().execute(
        select(Membership.account_id, Membership.facilitator, RoleGrant.role)
        .join(RoleGrant, RoleGrant.account_id == Membership.account_id)
        .where(
            Membership.room_id == room_id,
            RoleGrant.role.in_((Role.FACILITATOR, Role.MODERATOR)),
        )
    )
    return sorted({row.account_id for row in rows if row.role == Role.MODERATOR or row.facilitator})


def team_among(account_ids: Collection[str]) -> set[str]:
    """Those of some people who are of the team: nobody lets them in."""
    found = select(RoleGrant.account_id).where(
        RoleGrant.account_id.in_(sorted(account_ids)), RoleGrant.role.in_(STAFF)
    )
    return set(work.session().scalars(found))
