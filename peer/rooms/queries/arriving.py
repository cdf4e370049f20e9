"""Reads about people who are new: how many of their first messages were let through."""

from collections.abc import Collection

from sqlalchemy import func, select

from peer.accounts.models import RoleGrant
from peer.core import work
from peer.policy.arriving import Newness
from peer.policy.roles import STAFF
from peer.policy.rooms import OF_GROUPS, SHOWN
from peer.rooms.models import Arrival, Message, Room

_asked = 0


def look_at_first(count: int) -> None:
    """Have moderators look at so many first messages of everybody who is new; 0: at nobody's."""
    global _asked
    _asked = count


def how_many_first() -> int:
    """How many first messages moderators look at."""
    return _asked


def newness_of(account_ids: Collection[str]) -> dict[str, Newness]:
    """How far each of some people is with their first messages: one question for all of them.

    Whoever spoke before anybody counted has what can still be seen of it counted, once.
    """
    if not _asked or not account_ids:
        return dict.fromkeys(account_ids, Newness())
    found = {row.account_id: row for row in arrivals_of(account_ids)}
    before = messages_before(set(account_ids) - set(found))
    return {
        account_id: _newness(found.get(account_id), len(before.get(account_id, [])))
        for account_id in account_ids
    }


def _newness(row: Arrival | None, before: int) -> Newness:
    if row is None:
        return Newness(before, _asked)
    return Newness(len(row.let_through), _asked, settled=row.settled_at is not None, noted=True)


def arrivals_of(account_ids: Collection[str]) -> list[Arrival]:
    """What stands of some people's first messages."""
    found = select(Arrival).where(Arrival.account_id.in_(sorted(account_ids)))
    return list(work.session().scalars(found.execution_options(populate_existing=True)))


def locked_arrival(account_id: str) -> Arrival | None:
    """What stands of somebody's first messages, which nobody else changes until this unit ends."""
    return work.session().get(Arrival, account_id, with_for_update=True, populate_existing=True)


def messages_before(account_ids: Collection[str]) -> dict[str, list[str]]:
    """The first messages in group rooms, of each of some people, that everybody can still see."""
    if not account_ids:
        return {}
    ranked = (
        select(
            Message.author_id,
            Message.id,
            func.row_number()
            .over(partition_by=Message.author_id, order_by=(Message.at, Message.id))
            .label("place"),
        )
        .join(Room, Room.id == Message.room_id)
        .where(
            Message.author_id.in_(sorted(account_ids)),
            Message.place.is_not(None),
            Message.state.in_(SHOWN),
            Room.entry.in_(OF_GROUPS),
        )
        .subquery()
    )
    rows = work.session().execute(
        select(ranked.c.author_id, ranked.c.id).where(ranked.c.place <= _asked)
    )
    found: dict[str, list[str]] = {}
    for author_id, message_id in rows:
        found.setdefault(author_id, []).append(message_id)
    return found


def newness_of_authors(message_ids: Collection[str]) -> dict[str, Newness]:
    """Of those of some messages that were said in group rooms by somebody new: how far they are."""
    team = select(RoleGrant.account_id).where(RoleGrant.role.in_(STAFF))
    found = (
        select(Message.id, Message.author_id)
        .join(Room, Room.id == Message.room_id)
        .where(
            Message.id.in_(sorted(message_ids)),
            Message.author_id.not_in(team),
            Room.entry.in_(OF_GROUPS),
        )
    )
    rows = work.session().execute(found).all()
    known = newness_of({row.author_id for row in rows})
    return {row.id: known[row.author_id] for row in rows if not known[row.author_id].is_over}
