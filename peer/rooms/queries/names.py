"""Reads about what people are called in rooms, and as whom pages know them there."""

from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import InstrumentedAttribute

from peer.accounts import queries as accounts
from peer.core import keys, work
from peer.core.errors import NotFound
from peer.rooms.models import Membership, RoomName, RoomSettings

Words = ColumnElement[str] | InstrumentedAttribute[str]
MAIN = "main"  # the id of what holds for all rooms
_KNOWN = 65_536  # people in rooms whose id is not worked out anew for every message


@lru_cache(_KNOWN)
def person_id(room_id: str, account_id: str) -> str:
    """As whom pages of one room know a person: always the same there, and nowhere else.

    From two of these, of two rooms, nobody who lacks the key can tell whether it is one person.
    """
    return keys.fingerprint("rooms.person", room_id, account_id)[:32]


def account_in(room_id: str, person: str) -> str:
    """Whose account it is that pages of a room know by `person`; NotFound when it is nobody's there.

    So the id of an account, or of somebody in another room, is nobody's.
    """
    found = work.session().scalars(
        select(Membership.account_id).where(Membership.room_id == room_id)
    )
    for account_id in found:
        if person_id(room_id, account_id) == person:
            return account_id
    raise NotFound()


def are_names_allowed() -> bool:
    """Whether people may choose another name in one room."""
    found = work.session().get(RoomSettings, MAIN)
    return found is not None and found.own_names


def are_names_there() -> bool:
    """Whether people may have another name in one room, or somebody has one still."""
    return are_names_allowed() or work.session().scalar(select(RoomName.mark).limit(1)) is not None


def name_mark(room_id: str, name: str) -> str:
    """What is stored of a name to find it by in its room: in two rooms it is not the same."""
    return keys.fingerprint("rooms.name", room_id, accounts.folded(name))


def own_name_in(room_id: str, account_id: str) -> RoomName | None:
    """The name somebody has for this room alone, if any."""
    return work.session().get(RoomName, (room_id, account_id))


def name_taken_in(room_id: str, name: str) -> RoomName | None:
    """Who has this name, or one that looks like it, in this room alone."""
    mark = name_mark(room_id, name)
    return work.session().scalar(
        select(RoomName).where(RoomName.room_id == room_id, RoomName.mark == mark)
    )


def own_names_of(account_id: str) -> Sequence[RoomName]:
    """All the names that somebody has for one room each."""
    found = select(RoomName).where(RoomName.account_id == account_id)
    return work.session().scalars(found.order_by(RoomName.room_id)).all()


def named(room_id: Words, account_id: Words) -> ColumnElement[bool]:
    """On what a person's words and their name in that room meet."""
    return and_(RoomName.room_id == room_id, RoomName.account_id == account_id)


def called_in(room_id: str, account_id: str, sealed: bytes | None) -> str:
    """A name of a room that was read without its row; empty where there is none."""
    row = f"{room_id}|{account_id}"
    return RoomName.name.read(sealed, table="room_names", owner=account_id, row=row)


def own_names_in(room_id: str, account_ids: Collection[str]) -> dict[str, str]:
    """The names that some people have for this room alone; who has none is not in it."""
    found = select(RoomName.account_id, RoomName.name_sealed).where(
        RoomName.room_id == room_id, RoomName.account_id.in_(sorted(account_ids))
    )
    rows = {row[0]: row[1] for row in work.session().execute(found)}
    keys.fetch(rows)
    read = {each: called_in(room_id, each, sealed) for each, sealed in rows.items()}
    return {each: name for each, name in read.items() if name}


def names_in(room_id: str, account_ids: Iterable[str]) -> dict[str, str]:
    """What some people are called in a room, by id of their accounts."""
    wanted = set(account_ids)
    return accounts.names_of(wanted) | own_names_in(room_id, wanted)


def both_names_in(room_id: str, account_ids: Iterable[str]) -> dict[str, str]:
    """The same for those who look after people: with the name that they have everywhere."""
    names = accounts.names_of(set(account_ids))
    own = own_names_in(room_id, names)
    return {each: both(own.get(each, ""), name) for each, name in names.items()}


def both(called: str, name: str) -> str:
    """A name of a room with the one that a person has everywhere, for those who may know it."""
    return f"{called} ({name})" if called and called != name else name
