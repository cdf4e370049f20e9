"""Stepping aside: one person, asked by whoever leads, with two of the team."""

from peer.accounts import queries as accounts
from peer.core import audit, clock, limits, work
from peer.core.errors import NotFound
from peer.policy import aside as policy
from peer.policy import retention
from peer.policy import rooms as room_policy
from peer.policy.aside import Aside
from peer.policy.roles import Actor, require
from peer.policy.rooms import Entry, RoomKind
from peer.rooms import broadcast, queries
from peer.rooms.broadcast import roster_changed
from peer.rooms.models import AsideRow, Membership, Room
from peer.rooms.service.names import name_aside

INVITING = "10/hour"


def invite_aside(actor: Actor, room_id: str, person_id: str) -> AsideRow:
    """Ask somebody in a room to step aside. They alone are told, and the second of the team."""
    room = queries.locked_room(room_id)
    standing = queries.standing_in(room, actor.id)
    require(room_policy.can_steer(actor, room, standing))
    second = queries.second_for(room.id, actor.id)
    last = queries.last_aside(room.id, person_id)
    require(
        policy.can_invite(
            leads=room_policy.leads(actor, standing),
            is_staff=bool(queries.team_among([person_id])),
            reads=person_id in queries.readers_among(room, [person_id]),
            second=second is not None,
            running=room.is_open and _runs(room),
            busy=last is not None and (policy.stands(last, clock.now()) or policy.goes_on(last)),
        )
    )
    assert second is not None
    limits.spend(INVITING, "aside", actor.id)
    aside = AsideRow(
        from_id=room.id,
        person_id=person_id,
        invited_by=actor.id,
        second_id=second,
        state=Aside.ASKED,
        asked_at=clock.now(),
    )
    work.session().add(aside)
    work.session().flush()
    audit.record("room.aside", f"room:{room.id}", by=actor.id, account=person_id, second=second)
    _tell(room, aside)
    return aside


def _runs(room: Room) -> bool:
    """Whether a session goes on, where there are dates."""
    return not room.is_dated or queries.floor_of(room).began


def answer_aside(actor: Actor, room_id: str, *, yes: bool) -> Room | None:
    """Say yes, or no without a reason; with a yes the room of the three is there at once."""
    room = queries.locked_room(room_id)
    aside = queries.last_aside(room.id, actor.id)
    require(policy.can_answer(actor, aside, clock.now()))
    assert aside is not None
    aside.state = Aside.YES if yes else Aside.NO
    aside.ended_at = None if yes else clock.now()
    made = _make(aside) if yes else None
    work.session().flush()
    audit.record("room.aside_answer", f"room:{room.id}", by=actor.id, yes=yes)
    _tell(room, aside)
    return made


def _make(aside: AsideRow) -> Room:
    room = Room(
        kind=RoomKind.ASIDE,
        entry=Entry.ASIDE,
        agreement=[],
        agreement_at=clock.now(),
        created_at=clock.now(),
        keep_days=retention.days("asides"),
    )
    work.session().add(room)
    work.session().flush()
    for account_id in (aside.person_id, aside.invited_by, aside.second_id):
        work.session().add(
            Membership(room_id=room.id, account_id=account_id, joined_at=clock.now(), seen_seq=0)
        )
    name_aside(room.id, aside.from_id, aside.person_id)
    aside.room_id = room.id
    return room


def end_aside(actor: Actor, room_id: str) -> str:
    """Any of the three ends it, without a reason; the room that they came from."""
    queries.room_to_read(actor, room_id)
    aside = queries.aside_of(room_id)
    if aside is None:
        raise NotFound()
    _end(aside)
    audit.record("room.aside_end", f"room:{aside.from_id}", by=actor.id)
    return aside.from_id


def _end(aside: AsideRow) -> None:
    """From now on nothing is said there: the floor asks for this row. The room is closed later.

    It is not locked here: whoever ends a session holds another room already.
    """
    if aside.state not in {Aside.ASKED, Aside.YES}:
        return
    aside.state, aside.ended_at = Aside.OVER, clock.now()
    work.session().flush()
    for room_id in (aside.from_id, aside.room_id):
        if room_id is not None:
            _tell(queries.room_with(room_id), aside)


def end_asides(from_id: str) -> None:
    """What goes on beside a session ends with it."""
    for aside in queries.asides_going_on(from_id):
        _end(aside)


def end_asides_of(person_id: str) -> None:
    """Somebody who leaves for good is aside no longer."""
    for aside in queries.asides_with(person_id):
        _end(aside)


def end_overdue_asides() -> None:
    """What nobody has answered or ended is over by itself."""
    for aside in queries.asides_overdue():
        _end(aside)


def close_aside(room_id: str) -> None:
    """Close the room of what is over: its time to be kept runs from now."""
    room = queries.locked_room(room_id)
    room.closed_at = room.closed_at or clock.now()
    roster_changed(room)


def _tell(room: Room, aside: AsideRow) -> None:
    """Have the pages of the three look again, and nobody else's."""
    three = {aside.person_id, aside.invited_by, aside.second_id}
    broadcast.look_again(room, [one for one in sorted(three) if not accounts.is_gone(one)])
