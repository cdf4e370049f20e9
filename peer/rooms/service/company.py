"""Noting who is in a room at this moment, where it decides whether people may talk."""

from collections.abc import Collection, Mapping
from datetime import timedelta

from sqlalchemy import delete, select, update

from peer.core import clock, limits, work
from peer.core.errors import Invalid
from peer.moderation import queries as moderation
from peer.policy import rooms as policy
from peer.policy.floor import HERE_FOR
from peer.policy.roles import Actor, require
from peer.policy.rooms import Gesture
from peer.rooms import queries
from peer.rooms.models import Gathering, GestureMade, Membership
from peer.rooms.service.gatherings import tend

NOTED_EVERY = timedelta(seconds=15)  # while somebody stays, their moment is written this often
GESTURING = "6/minute"
_FORGOTTEN = 3 * HERE_FOR  # a moment this old decides nothing any more


def is_to_be_noted(actor: Actor, room_id: str) -> bool:
    """Whether a page that `actor` opens in a room is to be written down."""
    room, membership = queries.room_with(room_id), queries.membership_in(room_id, actor.id)
    if membership is None or not room.notes_company:
        return False
    return membership.here_at is None or clock.now() - membership.here_at > NOTED_EVERY


def note_here(actor: Actor, room_id: str) -> None:
    """`actor` has opened a page of a room, which they may read."""
    room = queries.room_to_read(actor, room_id)
    note_company({room_id: [actor.id]})
    if room.is_dated:
        tend(room_id)


def note_company(people: Mapping[str, Collection[str]]) -> None:
    """These people (account ids by room) are in those rooms at this moment."""
    for room_id in sorted(people):
        work.session().execute(
            update(Membership)
            .where(Membership.room_id == room_id, Membership.account_id.in_(people[room_id]))
            .values(here_at=clock.now()),
            execution_options={"synchronize_session": False},
        )


def note_away(actor: Actor, room_id: str) -> None:
    """`actor`, of the team, has stepped away on all their pages: from now on they look after nobody.

    That they were here is still known where a session counts who came.
    """
    room = queries.room_to_read(actor, room_id)
    membership = queries.membership_in(room.id, actor.id)
    if membership is not None and membership.here_at is not None:
        membership.here_at = min(membership.here_at, clock.now() - HERE_FOR)


def gesture(actor: Actor, room_id: str, kind: str) -> None:
    """Make a gesture in a quiet room. What was made is kept for minutes, and not who made it."""
    room = queries.room_with(room_id)
    until = moderation.muted_until(actor.id)
    standing = queries.standing_in(room, actor.id)
    require(policy.can_gesture(actor, room, standing, quiet=room.is_quiet, muted=until is not None))
    if kind not in set(Gesture):
        raise Invalid(field="kind")
    limits.spend(GESTURING, "gesture", actor.id)
    work.session().add(GestureMade(room_id=room.id, kind=kind, at=clock.now()))


def forget_company() -> None:
    """Empty the moments that decide nothing any more: nobody can look up who was where.

    While a session runs they stay: at its end it is counted how many came.
    """
    running = select(Gathering.room_id).where(
        Gathering.opened_at.is_not(None), Gathering.closed_at.is_(None)
    )
    work.session().execute(
        update(Membership)
        .where(Membership.here_at < clock.now() - _FORGOTTEN, Membership.room_id.not_in(running))
        .values(here_at=None),
        execution_options={"synchronize_session": False},
    )
    work.session().execute(
        delete(GestureMade).where(GestureMade.at < clock.now() - policy.GESTURES_FOR),
        execution_options={"synchronize_session": False},
    )
