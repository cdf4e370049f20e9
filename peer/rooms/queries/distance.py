"""Reads about what people have set for themselves: whom and what they would rather not meet.

They are asked for the one who set it, never for anybody else.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from peer.accounts import queries as accounts
from peer.accounts.models import RoleGrant
from peer.core import work
from peer.policy import distance as policy
from peer.policy.distance import How
from peer.policy.roles import STAFF, Actor
from peer.rooms.models import Distance, Membership, Room, Unwanted


@dataclass(frozen=True)
class Distances:
    """Whom one person has muted and blocked, as it counts now: ids of accounts."""

    muted: frozenset[str] = frozenset()
    blocked: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Kept:
    """Somebody who is kept at a distance, for the one who set it."""

    id: str
    name: str
    how: How  # as it counts now
    may_block: bool


NOBODY = Distances()


def distances_of(account_id: str | None) -> Distances:
    """Whom a person has muted and blocked."""
    return distances_among([account_id]).get(account_id, NOBODY) if account_id else NOBODY


def distances_among(account_ids: Collection[str]) -> dict[str, Distances]:
    """Whom each of some people has muted and blocked; who has nobody is not in it."""
    rows = _rows(account_ids)
    staff = staff_among({each for row in rows for each in (row.account_id, row.about_id)})
    kept: dict[str, dict[How, set[str]]] = {}
    for row in rows:
        of_team = row.account_id in staff or row.about_id in staff
        how = policy.as_it_counts(row.how, staff=of_team)
        kept.setdefault(row.account_id, {}).setdefault(how, set()).add(row.about_id)
    return {
        account_id: Distances(
            frozenset(found.get(How.MUTE, ())), frozenset(found.get(How.BLOCK, ()))
        )
        for account_id, found in kept.items()
    }


def _rows(account_ids: Collection[str]) -> Sequence[Distance]:
    found = select(Distance).where(Distance.account_id.in_(sorted(account_ids)))
    return work.session().scalars(found).all()


def staff_among(account_ids: Collection[str]) -> set[str]:
    """Those of some accounts that belong to the team."""
    if not account_ids:
        return set()
    found = select(RoleGrant.account_id).where(
        RoleGrant.account_id.in_(sorted(account_ids)), RoleGrant.role.in_(STAFF)
    )
    return set(work.session().scalars(found))


def unwanted_by(account_id: str) -> frozenset[str]:
    """The topics that a person would rather not meet unprepared."""
    kept = work.session().get(Unwanted, account_id)
    return frozenset(kept.topics if kept else ())


def kept_by(account_id: str) -> list[Kept]:
    """Everybody whom a person keeps at a distance, by name."""
    rows = _rows([account_id])
    names = accounts.names_of(row.about_id for row in rows)
    staff = staff_among({account_id, *names})
    found = [
        Kept(
            row.about_id,
            names[row.about_id],
            policy.as_it_counts(row.how, staff=bool(staff & {account_id, row.about_id})),
            not staff & {account_id, row.about_id},
        )
        for row in rows
    ]
    return sorted(found, key=lambda kept: (kept.name.casefold(), kept.id))


def pairs_apart(account_ids: Iterable[str]) -> set[tuple[str, str]]:
    """Who among some people is not to be brought together, whichever of the two asked for it.

    Each pair is in it both ways round. Here a block counts as it was set, whatever either is by now.
    """
    among = sorted(set(account_ids))
    rows = work.session().execute(
        select(Distance.account_id, Distance.about_id).where(
            Distance.how == How.BLOCK,
            Distance.account_id.in_(among),
            Distance.about_id.in_(among),
        )
    )
    return {pair for one, other in rows for pair in ((one, other), (other, one))}


def has_blocked(actor: Actor, other_id: str) -> bool:
    """Whether `actor` has blocked somebody."""
    return other_id in distances_of(actor.id).blocked


def has_blocked_company(room: Room, account_id: str) -> bool:
    """Whether the room is for two, and the person has blocked the other."""
    if room.mentorship_id is None:
        return False
    blocked = distances_of(account_id).blocked
    if not blocked:
        return False
    others = select(Membership.account_id).where(Membership.room_id == room.id)
    return not blocked.isdisjoint(work.session().scalars(others))
