"""Reads about the talking piece of a circle, and about who is there to hold it."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, select

from peer.accounts import queries as accounts
from peer.accounts.models import Account, RoleGrant
from peer.core import work
from peer.policy.circle import Circle, Seat, Turn
from peer.policy.roles import STAFF
from peer.policy.rooms import RoomKind
from peer.rooms.models import CircleRow, CircleSeat, Gathering, Membership, Message, Room
from peer.rooms.models import Seat as Place
from peer.rooms.queries.company import here_since
from peer.rooms.queries.gatherings import gathering_with, let_in_to
from peer.rooms.queries.rooms import has_agreed


def circle_in(gathering_id: str) -> tuple[CircleRow, Circle] | None:
    """The talking piece of a gathering, as its row and as the rules see it; None: it has none."""
    row = work.session().get(CircleRow, gathering_id, populate_existing=True)
    if row is None:
        return None
    seats = tuple(Seat(each.account_id, Turn(each.turn)) for each in circle_seats_of(gathering_id))
    return row, Circle(seats, row.round, row.number, row.closing)


def circle_seats_of(gathering_id: str) -> Sequence[CircleSeat]:
    """The order of a circle."""
    found = select(CircleSeat).where(CircleSeat.gathering_id == gathering_id)
    return work.session().scalars(found.order_by(CircleSeat.position)).all()


def piece_mark(room: Room, gathering_id: str) -> str:
    """The same while nothing about the talking piece has changed; empty where there is none.

    In a room of circles there is one from the beginning: it rests until the first round.
    """
    found = circle_in(gathering_id)
    if found is None:
        return "0" if room.kind == RoomKind.CIRCLE else ""
    row, circle = found
    return f"{row.number}-{len(circle.seats)}"


def piece_marks(room_ids: Collection[str]) -> dict[str, str]:
    """By room, what moves with the talking piece of its gathering; one question for all of them."""
    found = (
        select(Gathering.room_id, CircleRow.number, func.count(CircleSeat.account_id))
        .join(CircleRow, CircleRow.gathering_id == Gathering.id)
        .outerjoin(CircleSeat, CircleSeat.gathering_id == Gathering.id)
        .where(Gathering.room_id.in_(room_ids), Gathering.closed_at.is_(None))
        .group_by(Gathering.room_id, Gathering.id, CircleRow.number)
        .order_by(Gathering.id)
    )
    marks: dict[str, str] = {}
    for room_id, number, seats in work.session().execute(found):
        marks[room_id] = f"{marks.get(room_id, '')} {number}-{seats}"
    return marks


def people_for_circle(gathering_id: str) -> list[str]:
    """Who is in the room at this moment and takes part in its circle: staff accompany it only.

    They have agreed to how people are together, may use their account, and have a place where
    places are counted.
    """
    gathering = gathering_with(gathering_id)
    here = select(Membership).where(
        Membership.room_id == gathering.room_id,
        Membership.here_at > here_since(),
        Membership.account_id.in_(select(Account.id).where(accounts.usable_now())),
        Membership.account_id.not_in(select(RoleGrant.account_id).where(RoleGrant.role.in_(STAFF))),
    )
    if gathering.places is not None:
        placed = select(Place.account_id).where(
            Place.gathering_id == gathering_id, Place.waiting.is_(False)
        )
        here = here.where(Membership.account_id.in_(placed))
    room = work.session().get(Room, gathering.room_id)
    assert room is not None
    if room.lets_in:
        here = here.where(Membership.account_id.in_(let_in_to(gathering_id)))
    return [
        each.account_id
        for each in work.session().scalars(here.order_by(Membership.account_id))
        if has_agreed(room, each)
    ]


def spoke_since(room_id: str, account_id: str, since: datetime) -> bool:
    """Whether somebody has said anything in a room from a moment on."""
    found = select(Message.id).where(
        Message.room_id == room_id, Message.author_id == account_id, Message.at >= since
    )
    return work.session().scalar(found.limit(1)) is not None


def circle_seats_held_by(account_id: str) -> list[tuple[CircleSeat, Gathering]]:
    """A person's places in the orders of circles."""
    rows = work.session().execute(
        select(CircleSeat, Gathering)
        .join(Gathering, Gathering.id == CircleSeat.gathering_id)
        .where(CircleSeat.account_id == account_id)
        .order_by(Gathering.room_id)
    )
    return [(row[0], row[1]) for row in rows]


def piece_is_due(gathering_id: str) -> bool:
    """Whether something about the piece is to be written down: its holder has gone, somebody came."""
    found = circle_in(gathering_id)
    if found is None:
        return False
    _, circle = found
    here = set(people_for_circle(gathering_id))
    gone = circle.holder is not None and circle.holder not in here
    return gone or not here <= circle.people
