"""The talking piece: rounds begin, it is given on, asked for, and finds whoever is there."""

import secrets

from peer.core import audit, clock, work
from peer.core.errors import Invalid, NotFound
from peer.policy import circle as policy
from peer.policy import rooms as room_policy
from peer.policy.circle import Circle
from peer.policy.gatherings import Phase, phase_of
from peer.policy.roles import Actor, require
from peer.rooms import queries
from peer.rooms.models import CircleRow, CircleSeat, Gathering, Room

_dice = secrets.SystemRandom()


def begin_round(
    actor: Actor, room_id: str, *, number: int, minutes: int | None = None, closing: bool = False
) -> None:
    """Begin a round of the circle; the first one draws the order of those who are here.

    `number`: of the piece as the page showed it, so that of two who press at once one is told.
    With `closing` it is the round that says goodbye.
    """
    room, gathering = _running(actor, room_id)
    row, circle = _circle(gathering)
    leads = room_policy.leads(actor, queries.standing_in(room, actor.id))
    require(policy.can_begin_round(circle, number, leads=leads))
    if minutes is not None:
        if minutes not in policy.MINUTES:
            raise Invalid(field="minutes")
        row.seconds = 60 * minutes
    here = queries.people_for_circle(gathering.id)
    for person in here:
        circle = policy.join(circle, person)
    _keep(row, circle, policy.next_round(circle, here, closing=closing))
    audit.record("room.round", f"room:{room.id}", by=actor.id, closing=closing)


def give_on(actor: Actor, room_id: str, *, number: int) -> None:
    """The holder gives the piece on: after speaking, or passing without a word."""
    _, gathering = _running(actor, room_id)
    row, circle = _circle(gathering)
    require(policy.can_give_on(circle, actor.id, number))
    said = queries.spoke_since(room_id, actor.id, row.moved_at)
    _keep(row, circle, policy.done(circle, queries.people_for_circle(gathering.id), said=said))


def ask_for_it(actor: Actor, room_id: str, *, number: int) -> None:
    """Whoever leads takes the piece on, once its time is over."""
    room, gathering = _running(actor, room_id)
    row, circle = _circle(gathering)
    leads = room_policy.leads(actor, queries.standing_in(room, actor.id))
    up = policy.time_is_up(row.moved_at, row.seconds, clock.now())
    require(policy.can_ask_for_it(circle, number, leads=leads, up=up))
    said = queries.spoke_since(room_id, circle.holder or "", row.moved_at)
    _keep(row, circle, policy.done(circle, queries.people_for_circle(gathering.id), said=said))
    audit.record("room.piece", f"room:{room.id}", by=actor.id)


def tend_piece(gathering: Gathering) -> None:
    """The holder has gone, or somebody has come: the room is locked, and each looks anew."""
    found = queries.circle_in(gathering.id)
    if found is None or phase_of(gathering, clock.now()) != Phase.RUNNING:
        return
    row, before = found
    circle, here = before, queries.people_for_circle(gathering.id)
    for person in here:
        circle = policy.join(circle, person)
    if circle.holder is not None and circle.holder not in here:
        circle = policy.skip(circle, here)
    _keep(row, before, circle)


def leave_circles(account_id: str, room_id: str | None = None) -> int:
    """Take somebody out of the order of every circle (of one room, or all), at once."""
    left = 0
    for seat, gathering in queries.circle_seats_held_by(account_id):
        if room_id not in (None, gathering.room_id):
            continue
        queries.locked_room(gathering.room_id)
        found = queries.circle_in(seat.gathering_id)
        assert found is not None
        row, circle = found
        here = queries.people_for_circle(gathering.id)
        _keep(row, circle, policy.leave(circle, account_id, here))
        left += 1
    return left


def _running(actor: Actor, room_id: str) -> tuple[Room, Gathering]:
    """The locked room, which `actor` may read, and the session that runs in it."""
    queries.room_to_read(actor, room_id)
    room = queries.locked_room(room_id)
    gathering = queries.gathering_now(room_id)
    if gathering is None or phase_of(gathering, clock.now()) != Phase.RUNNING:
        raise NotFound()
    return room, gathering


def _circle(gathering: Gathering) -> tuple[CircleRow, Circle]:
    """The piece of a session; the order of those who are here is drawn when it is first asked for."""
    found = queries.circle_in(gathering.id)
    if found is not None:
        return found
    row = CircleRow(
        gathering_id=gathering.id,
        round=0,
        number=0,
        closing=False,
        seconds=60 * policy.USUAL_MINUTES,
        moved_at=clock.now(),
    )
    people = queries.people_for_circle(gathering.id)
    _dice.shuffle(people)
    work.session().add(row)
    work.session().flush()
    return row, policy.begin(people)


def _keep(row: CircleRow, before: Circle, circle: Circle) -> None:
    """Write down what the rules say of the piece now."""
    if circle.number != before.number:
        row.moved_at = clock.now()
    row.round, row.number, row.closing = circle.round, circle.number, circle.closing
    kept = {seat.account_id: seat for seat in queries.circle_seats_of(row.gathering_id)}
    for person in set(kept) - circle.people:
        work.session().delete(kept[person])
    for position, seat in enumerate(circle.seats):
        found = kept.get(seat.person)
        if found is None:
            found = CircleSeat(gathering_id=row.gathering_id, account_id=seat.person)
            work.session().add(found)
        found.position, found.turn = position, seat.turn
    work.session().flush()
