"""The door of a room that lets people in one by one."""

from peer.core import audit, clock, work
from peer.core.errors import Conflict, Invalid
from peer.core.words import N_
from peer.policy import admission as policy
from peer.policy import gatherings as dates
from peer.policy import rooms as room_policy
from peer.policy.admission import AT_THE_DOOR, At, Later, Why
from peer.policy.roles import Actor, require
from peer.rooms import broadcast, queries
from peer.rooms.models import Admission, Room, Seat


def waits_to_be_noted(actor: Actor, room: Room) -> bool:
    """Whether it is to be written down that somebody waits, or waits still."""
    key = queries.session_of(room).key
    if key is None:
        return False
    found = queries.admission_in(room.id, actor.id)
    if found is None or not policy.counts_for(found, key, clock.now()):
        return True
    return clock.now() - found.seen_at > policy.SEEN_EVERY


def wait_at_door(actor: Actor, room_id: str) -> None:
    """`actor` has come to the door of a room and waits, or waits still.

    Whoever leads the room is told as somebody comes, and nobody else.
    """
    room = queries.locked_room(queries.room_for(actor, room_id).id)
    standing = queries.standing_in(room, actor.id)
    key = queries.session_of(room).key
    if not standing.agreed or standing.let_in or actor.is_staff or key is None:
        return
    now, found = clock.now(), queries.admission_in(room.id, actor.id)
    if found is None:
        found = Admission(room_id=room.id, account_id=actor.id, state=At.IN, session="")
        found.asked_at = found.seen_at = now
        work.session().add(found)
    fresh = found.state == At.IN or not policy.counts_for(found, key, now)
    back = now - found.seen_at > policy.STILL
    if fresh:
        found.session, found.state, found.asked_at = key, At.WAITING, now
        found.answered_at = found.answered_by = found.later = found.why = None
    found.seen_at = now
    work.session().flush()
    if fresh or back:
        broadcast.door_changed(room)


def let_one_in(actor: Actor, room_id: str, account_id: str) -> None:
    """Let somebody in for this session; where places are counted, they take one."""
    room = _opened(actor, room_id)
    found = _waiting(room, account_id)
    _take_place(room, account_id)
    _answer(actor, room, found, At.IN)


def let_all_in(actor: Actor, room_id: str) -> int:
    """Let in everybody who waits, in their order and as far as there are places; how many."""
    room, let = _opened(actor, room_id), 0
    for found in queries.at_the_door(room):
        if found.state not in AT_THE_DOOR:
            continue
        try:
            _take_place(room, found.account_id)
        except Conflict:
            continue  # whoever has a place already still comes in
        _answer(actor, room, found, At.IN)
        let += 1
    return let


def ask_to_wait(actor: Actor, room_id: str, account_id: str, later: str) -> None:
    """Ask somebody to wait a little longer, in one of a few kind sentences."""
    if later not in set(Later):
        raise Invalid(field="later")
    room = _opened(actor, room_id)
    _answer(actor, room, _waiting(room, account_id), At.LATER, later=later)


def send_home(actor: Actor, room_id: str, account_id: str, why: str) -> None:
    """Not this time: why, those who look after the room see, and nobody else."""
    if why not in set(Why):
        raise Invalid(N_("Please choose why. The person does not see it."), field="why")
    room = _opened(actor, room_id)
    _answer(actor, room, _waiting(room, account_id), At.NOT_NOW, why=why)


def _opened(actor: Actor, room_id: str) -> Room:
    """The locked room, if `actor` may let people in."""
    room = queries.locked_room(room_id)
    require(room_policy.can_open_door(actor, room, queries.standing_in(room, actor.id)))
    return room


def _waiting(room: Room, account_id: str) -> Admission:
    found, key = queries.admission_in(room.id, account_id), queries.session_of(room).key
    require(policy.can_answer(found, key, clock.now()))
    assert found is not None
    return found


def _answer(
    actor: Actor,
    room: Room,
    found: Admission,
    state: At,
    *,
    later: str | None = None,
    why: str | None = None,
) -> None:
    found.state, found.answered_at, found.answered_by = state, clock.now(), actor.id
    found.later, found.why = later, why
    if state == At.IN:
        _begin_reading(room, found.account_id)
    work.session().flush()
    audit.record(
        "room.door", f"room:{room.id}", by=actor.id, account=found.account_id, answer=state
    )
    broadcast.answered_at_door(room, found.account_id, state)
    broadcast.door_changed(room)


def _begin_reading(room: Room, account_id: str) -> None:
    """What was said in sessions before their first is not theirs; what they have seen stays so."""
    membership = queries.membership_in(room.id, account_id)
    if membership is None or membership.reads_since is not None:
        return
    gathering = queries.session_gathering(room) if room.is_dated else None
    membership.reads_since = room.created_at
    if gathering is not None:
        # Nothing is said before it opens.
        membership.reads_since = gathering.opened_at or clock.now()


def _take_place(room: Room, account_id: str) -> None:
    """Where places are counted nobody is let in without one; Conflict when all are taken."""
    gathering = queries.session_gathering(room) if room.is_dated else None
    if gathering is None or gathering.places is None:
        return
    seat = work.session().get(Seat, (gathering.id, account_id))
    if seat is not None and not seat.waiting:
        return
    taken, _ = queries.seats_taken(gathering.id)
    if dates.waits(gathering.places, taken):
        raise Conflict(N_("All places of this session are taken."))
    if seat is None:
        seat = Seat(gathering_id=gathering.id, account_id=account_id, at=clock.now())
        work.session().add(seat)
    seat.waiting = False
    work.session().flush()
