"""Reads about who is in a room at this moment."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, select

from peer.accounts import queries as accounts
from peer.accounts.models import Account, RoleGrant
from peer.core import clock, work
from peer.policy import floor as policy
from peer.policy.floor import Present
from peer.policy.roles import STAFF, Role
from peer.policy.rooms import GESTURES_FOR, WHISPERED_FOR
from peer.rooms.models import GestureMade, Membership, Room, Whisper


def here_since() -> datetime:
    """Whoever was seen after this moment counts as here."""
    return clock.now() - policy.HERE_FOR


def staff_here(room_id: str) -> list[Present]:
    """Who of the staff is in a room at this moment. Whoever is shut out counts no more."""
    rows = work.session().execute(
        select(Membership.account_id, Membership.facilitator, RoleGrant.role)
        .join(Account, Account.id == Membership.account_id)
        .join(RoleGrant, RoleGrant.account_id == Membership.account_id)
        .where(
            Membership.room_id == room_id,
            Membership.here_at > here_since(),
            RoleGrant.role.in_(STAFF),
            accounts.usable_now(),
        )
    )
    leads: dict[str, bool] = {}
    for account_id, facilitator, role in rows:
        leading = facilitator and role == Role.FACILITATOR
        leads[account_id] = leads.get(account_id, False) or leading
    return [Present(account_id, leading) for account_id, leading in leads.items()]


def leaders_here(room_id: str) -> list[str]:
    """The names of those who lead a room and are in it at this moment, in their order."""
    leading = [each.account_id for each in staff_here(room_id) if each.leads]
    return sorted(accounts.names_of(leading).values(), key=str.casefold)


def rooms_noting_company(room_ids: Collection[str]) -> Sequence[Room]:
    """Those of some rooms in which it matters who is here."""
    found = work.session().scalars(select(Room).where(Room.id.in_(room_ids)))
    return [room for room in found if room.notes_company]


def how_many_here(room_id: str) -> int:
    """How many people are in a room that notes who is."""
    found = select(func.count()).where(
        Membership.room_id == room_id, Membership.here_at > here_since()
    )
    return work.session().scalar(found) or 0


def gestures_in(room_id: str) -> dict[str, int]:
    """How often each gesture was made in a quiet room of late."""
    since = clock.now() - GESTURES_FOR
    rows = work.session().execute(
        select(GestureMade.kind, func.count())
        .where(GestureMade.room_id == room_id, GestureMade.at > since)
        .group_by(GestureMade.kind)
    )
    return {row[0]: row[1] for row in rows}


def whispers_for(room_id: str, account_id: str, *, all_of_them: bool) -> Sequence[Whisper]:
    """What was said of late to one person alone in a room, or by them; staff of it see all."""
    found = select(Whisper).where(
        Whisper.room_id == room_id, Whisper.at > clock.now() - WHISPERED_FOR
    )
    if not all_of_them:
        found = found.where((Whisper.to_id == account_id) | (Whisper.author_id == account_id))
    return work.session().scalars(found.order_by(Whisper.at, Whisper.id)).all()


def whispers_of(account_id: str) -> Sequence[Whisper]:
    """Everything that was said to somebody alone, or by them, and is still there."""
    found = select(Whisper).where((Whisper.to_id == account_id) | (Whisper.author_id == account_id))
    return work.session().scalars(found.order_by(Whisper.at, Whisper.id)).all()
