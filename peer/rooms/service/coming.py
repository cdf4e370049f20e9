"""Coming into rooms, agreeing to how people are together there, leaving, having read."""

from collections.abc import Sequence

from peer.accounts.models import Account
from peer.core import clock, work
from peer.policy import rooms as policy
from peer.policy.admission import At
from peer.policy.roles import Actor, require
from peer.rooms import queries
from peer.rooms.broadcast import roster_changed
from peer.rooms.models import Admission, Membership, Room
from peer.rooms.service.gatherings import give_up_places


def let_in(room: Room, account_id: str, *, facilitator: bool = False) -> Membership:
    """Make somebody a member of a room, who starts reading at its present end; once is enough."""
    found = queries.membership_in(room.id, account_id)
    if found is None:
        found = Membership(
            room_id=room.id,
            account_id=account_id,
            facilitator=facilitator,
            joined_at=clock.now(),
            seen_seq=room.last_seq,
        )
        work.session().add(found)
        if queries.is_taken_out(room.id, account_id):
            _forget_door(room.id, account_id)
        work.session().flush()
    return found


def agree(actor: Actor, room_id: str) -> Room:
    """Come into a room, saying yes to how people are together there."""
    # Locked: of two presses at once, one makes the membership and the other finds it.
    # Whether they may is asked after that: whoever is taken out meanwhile does not slip back in.
    room = queries.locked_room(room_id)
    require(policy.can_enter(actor, room, queries.standing_in(room, actor.id)))
    let_in(room, actor.id).agreed_at = clock.now()
    return room


def leave_room(actor: Actor, room_id: str) -> None:
    """Go out of a group room for good; what was said there stays, open pages stop following."""
    room = queries.room_for(actor, room_id)
    require(policy.can_leave(room, queries.standing_in(room, actor.id)))
    take_out(room_id, actor.id)


def take_out(room_id: str, account_id: str) -> bool:
    """End a membership, and what the person's open pages receive; whether there was one."""
    room = queries.locked_room(room_id)
    membership = queries.membership_in(room_id, account_id)
    if membership is None:
        return False
    work.session().delete(membership)
    _forget_door(room_id, account_id)  # whoever comes back is let in anew
    give_up_places(account_id, room_id)
    roster_changed(room)
    return True


def keep_out(room: Room, account_id: str, by: str) -> None:
    """Note that somebody was taken out, and stays out until whoever looks after the room decides.

    Where they had signed up for a date after they left, their place is free again.
    """
    now = clock.now()
    _forget_door(room.id, account_id)
    give_up_places(account_id, room.id)
    out = Admission(room_id=room.id, account_id=account_id, session="", state=At.OUT)
    out.asked_at = out.seen_at = out.answered_at = now
    out.answered_by = by
    work.session().flush()
    work.session().add(out)


def _forget_door(room_id: str, account_id: str) -> None:
    admission = queries.admission_in(room_id, account_id)
    if admission is not None:
        work.session().delete(admission)


def mark_seen(actor: Actor, room_id: str, seq: int | None = None) -> int:
    """The person has read up to change `seq` (None: all there is); the number kept."""
    room = queries.room_to_read(actor, room_id)
    membership = queries.membership_in(room_id, actor.id)
    assert membership is not None
    upto = room.last_seq if seq is None else min(seq, room.last_seq)
    membership.seen_seq = max(membership.seen_seq, upto)
    return membership.seen_seq


def welcome(account: Account, room_ids: Sequence[str]) -> None:
    """Let a person who has just joined into the rooms of their invitation."""
    for room in queries.all_group_rooms():
        if room.id in room_ids:
            let_in(room, account.id)
