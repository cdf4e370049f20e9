"""Counting the first messages of people who are new, which moderators look at."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from peer.core import clock, work
from peer.core.db import database
from peer.policy.arriving import Newness
from peer.policy.roles import Actor
from peer.policy.rooms import RoomFacts, is_group
from peer.rooms import queries
from peer.rooms.models import Arrival, Room
from peer.rooms.queries import Line

look_at_first = queries.look_at_first
_INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def newness_of(actor: Actor, room: Room) -> Newness:
    """How far somebody is with their first messages; nobody is new among two, nor of the team."""
    if actor.is_staff or not is_group(room):
        return Newness()
    return queries.newness_of([actor.id])[actor.id]


def note_newcomers(
    rooms: Mapping[str, RoomFacts], lines: Sequence[Line], newness: Mapping[str, Newness]
) -> None:
    """Begin to count for whoever says something in a group room for the first time."""
    spoke = {line.author_id for line in lines if is_group(rooms[line.room_id])}
    fresh = sorted(one for one in spoke if one in newness and not newness[one].noted)
    if fresh and queries.how_many_first():
        before = queries.messages_before(fresh)
        _note([_row(account_id, before.get(account_id, [])) for account_id in fresh])


def _row(account_id: str, before: list[str]) -> dict[str, Any]:
    enough = len(before) >= queries.how_many_first()
    return {
        "account_id": account_id,
        "let_through": [] if enough else before,
        "settled_at": clock.now() if enough else None,
    }


def _note(rows: list[dict[str, Any]]) -> None:
    """In one order, so that two who note the same people cannot wait for each other for ever."""
    insert = _INSERT[database.engine.dialect.name]
    work.session().execute(insert(Arrival).values(rows).on_conflict_do_nothing())


def know(account_ids: Collection[str]) -> None:
    """These people are no newcomers here: what they say appears at once."""
    now = clock.now()
    _note(
        [
            {"account_id": account_id, "let_through": [], "settled_at": now}
            for account_id in sorted(account_ids)
        ]
    )
