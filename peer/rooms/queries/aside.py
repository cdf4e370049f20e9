"""Reads about stepping aside."""

from collections.abc import Sequence

from sqlalchemy import select

from peer.accounts import queries as accounts
from peer.accounts.models import Account
from peer.core import clock, work
from peer.policy.aside import ASKED_FOR, LONGEST, Aside
from peer.policy.rooms import RoomKind
from peer.rooms.models import AsideRow, Room
from peer.rooms.queries.admission import who_opens
from peer.rooms.queries.company import staff_here


def aside_of(room_id: str) -> AsideRow | None:
    """What a room of stepping aside came from."""
    return work.session().scalar(select(AsideRow).where(AsideRow.room_id == room_id))


def last_aside(from_id: str, person_id: str) -> AsideRow | None:
    """The last time somebody was asked to step aside from a room."""
    found = (
        select(AsideRow)
        .where(AsideRow.from_id == from_id, AsideRow.person_id == person_id)
        .order_by(AsideRow.asked_at.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )
    return work.session().scalar(found)


def asides_from(from_id: str) -> Sequence[AsideRow]:
    """Who was asked of late to step aside from a room, the last first."""
    found = select(AsideRow).where(
        AsideRow.from_id == from_id, AsideRow.asked_at > clock.now() - LONGEST
    )
    return work.session().scalars(found.order_by(AsideRow.asked_at.desc())).all()


def asides_going_on(from_id: str | None = None) -> Sequence[AsideRow]:
    """Where people are aside (from one room, or any), or are asked to be."""
    found = select(AsideRow).where(AsideRow.state.in_((Aside.ASKED, Aside.YES)))
    if from_id is not None:
        found = found.where(AsideRow.from_id == from_id)
    return work.session().scalars(found.order_by(AsideRow.id)).all()


def asides_overdue() -> Sequence[AsideRow]:
    """Where nobody has answered in time, or nobody has ended it for hours."""
    now = clock.now()
    return [
        each
        for each in asides_going_on()
        if now - each.asked_at > (LONGEST if each.state == Aside.YES else ASKED_FOR)
    ]


def rooms_of_ended_asides() -> Sequence[str]:
    """The rooms of stepping aside that are over and not closed yet."""
    going = select(AsideRow.room_id).where(
        AsideRow.state == Aside.YES, AsideRow.room_id.is_not(None)
    )
    found = select(Room.id).where(
        Room.kind == RoomKind.ASIDE, Room.closed_at.is_(None), Room.id.not_in(going)
    )
    return work.session().scalars(found).all()


def asides_with(account_id: str) -> Sequence[AsideRow]:
    """When somebody was asked to step aside, the last first."""
    found = select(AsideRow).where(AsideRow.person_id == account_id)
    return work.session().scalars(found.order_by(AsideRow.asked_at.desc())).all()


def second_for(room_id: str, account_id: str) -> str | None:
    """Whoever of the team sees it besides `account_id`: of those in the room, if one is here now."""
    usable = select(Account.id).where(
        Account.id.in_(who_opens(room_id)), Account.id != account_id, accounts.usable_now()
    )
    able = set(work.session().scalars(usable))
    here = sorted(able & {each.account_id for each in staff_here(room_id)})
    return next(iter([*here, *sorted(able)]), None)


def team_here(room_id: str) -> int:
    """How many of the team of a room of stepping aside are here: in it, or where it came from."""
    aside = aside_of(room_id)
    if aside is None:
        return 0
    team = {aside.invited_by, aside.second_id}
    present = [*staff_here(room_id), *staff_here(aside.from_id)]
    return len(team & {each.account_id for each in present})
