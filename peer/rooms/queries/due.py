"""What the clock asks of rooms: in which of them something is to be written down now."""

from collections.abc import Collection

from sqlalchemy import select

from peer.core import clock, work
from peer.policy import gatherings as policy
from peer.policy.gatherings import Phase
from peer.rooms.models import Gathering
from peer.rooms.queries.circles import piece_is_due
from peer.rooms.queries.gatherings import company_of


def rooms_due(room_ids: Collection[str] | None = None) -> set[str]:
    """The rooms (of some, or all) in whose sessions something is to be written down now."""
    near = select(Gathering).where(
        Gathering.starts_at <= clock.now() + policy.THE_HOUR,
        Gathering.closed_at.is_(None),
        Gathering.missed.is_(None),
        Gathering.cancelled_at.is_(None),
    )
    if room_ids is not None:
        near = near.where(Gathering.room_id.in_(room_ids))
    return {each.room_id for each in work.session().scalars(near) if _is_due(each)}


def _is_due(gathering: Gathering) -> bool:
    now = clock.now()
    if policy.next_step(gathering, now, company_of(gathering)) is not None:
        return True
    return policy.phase_of(gathering, now) == Phase.RUNNING and piece_is_due(gathering.id)
