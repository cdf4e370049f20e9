"""Reads about what people have set for themselves: whom and what they would rather not meet.

They are asked for the one who set it, never for anybody else.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from sqlalchemy import ColumnElement, Row, Select, String, bindparam, case, exists, select

from peer.accounts import queries as accounts
from peer.accounts.models import RoleGrant
from peer.core import i18n, keys, work
from peer.policy import distance as policy
from peer.policy.distance import How
from peer.policy.roles import STAFF, Actor
from peer.rooms.models import Distance, Membership, Room, RoomName, Unwanted
from peer.rooms.queries.names import Words, named, own_name_in
from peer.rooms.queries.posting import Plain


@dataclass(frozen=True)
class Distances:
    """Whom one person has muted and blocked, as it counts now: ids of accounts."""

    muted: frozenset[str] = frozenset()
    blocked: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Kept:
    """Somebody who is kept at a distance, for the one who set it, as they know them."""

    id: str  # of what was set, for the one who set it alone
    name: str
    how: How  # as it counts now
    may_block: bool


NOBODY = Distances()


def distances_of(account_id: str | None, room_id: str) -> Distances:
    """Whom a person has muted and blocked, as it counts in one room."""
    return distances_among([account_id], room_id).get(account_id, NOBODY) if account_id else NOBODY


def distances_among(account_ids: Collection[str], room_id: str) -> dict[str, Distances]:
    """Whom each of some people has muted and blocked in a room; who has nobody is not in it.

    It counts under the name under which it was set: of people with a name for this room alone only
    what was set here, of all others what was set where they go by their own.
    """
    rows = _rows_in(account_ids, room_id)
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


def _rows_in(account_ids: Collection[str], room_id: str) -> Sequence[Row[str, str, str]]:
    work.session().flush()
    asked = {"ids": sorted(account_ids), "room": room_id}
    return work.session().connection().execute(_set_in(), asked).all()


@cache
def _set_in() -> Select[str, str, str]:
    """Made once: a crowd that comes back asks it hundreds of times."""
    return select(Distance.account_id, Distance.about_id, Distance.how).where(
        Distance.account_id.in_(bindparam("ids", expanding=True)),
        counts_in(bindparam("room", type_=String)),
    )


def counts_in(room_id: Words) -> ColumnElement[bool]:
    """Whether a distance counts in a room, as a condition of a query."""
    has_a_name = exists().where(named(room_id, Distance.about_id)).correlate_except(RoomName)
    return Distance.room_id == case((has_a_name, room_id), else_="")


def distances_set_by(account_id: str) -> Sequence[Distance]:
    """What a person has set about others, and knows of."""
    found = select(Distance).where(Distance.account_id == account_id, ~Distance.unseen)
    return work.session().scalars(found).all()


def distances_about(account_id: str, room_id: str) -> Sequence[Distance]:
    """What others have set about a person, under one of their names. Nobody is shown this."""
    found = select(Distance).where(Distance.about_id == account_id, Distance.room_id == room_id)
    return work.session().scalars(found).all()


def known_distances_about(account_id: str) -> Sequence[Distance]:
    """What others have set about a person, under whichever name, and know of; nobody is shown this.

    What was set about the name they have everywhere comes first.
    """
    found = select(Distance).where(Distance.about_id == account_id, ~Distance.unseen)
    ordered = found.order_by(Distance.room_id, Distance.account_id)
    return work.session().scalars(ordered).all()


def distance_key(distance: Distance) -> str:
    """By what the page of whoever set it knows it: it tells nothing of the other's account."""
    parts = (distance.account_id, distance.about_id, distance.room_id)
    return keys.fingerprint("rooms.distance", *parts)[:32]


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
    """Everybody whom a person keeps at a distance, by the name they know."""
    rows = distances_set_by(account_id)
    names = accounts.names_of(row.about_id for row in rows if not row.room_id)
    staff = staff_among({account_id, *(row.about_id for row in rows)})
    found = [
        Kept(
            distance_key(row),
            _known_as(row, names),
            policy.as_it_counts(row.how, staff=bool(staff & {account_id, row.about_id})),
            not staff & {account_id, row.about_id},
        )
        for row in rows
    ]
    return sorted(found, key=lambda kept: (kept.name.casefold(), kept.id))


def _known_as(row: Distance, names: Mapping[str, str]) -> str:
    if not row.room_id:
        return names[row.about_id]
    own = own_name_in(row.room_id, row.about_id)
    return (own.name if own else "") or i18n.someone_who_left()


def pairs_apart(account_ids: Iterable[str]) -> set[tuple[str, str]]:
    """Who among some people is not to be brought together, whichever of the two asked for it.

    Each pair is in it both ways round. Here a block counts as it was set, whatever either is by now.
    """
    among = sorted(set(account_ids))
    rows = work.session().execute(
        select(Distance.account_id, Distance.about_id).where(
            Distance.how == How.BLOCK,
            ~Distance.unseen,
            Distance.account_id.in_(among),
            Distance.about_id.in_(among),
        )
    )
    return {pair for one, other in rows for pair in ((one, other), (other, one))}


def has_blocked(actor: Actor, other_id: str, room_id: str) -> bool:
    """Whether `actor` has blocked somebody, as it counts in a room."""
    return other_id in distances_of(actor.id, room_id).blocked


def has_blocked_company(room: Room | Plain, account_id: str) -> bool:
    """Whether the room is for two, and the person has blocked the other."""
    if room.mentorship_id is None:
        return False
    blocked = distances_of(account_id, room.id).blocked
    if not blocked:
        return False
    others = select(Membership.account_id).where(Membership.room_id == room.id)
    return not blocked.isdisjoint(work.session().scalars(others))
