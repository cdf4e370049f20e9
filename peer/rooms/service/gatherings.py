"""Dates of rooms: planning them, places in them, and what the clock brings."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from peer.accounts import queries as accounts
from peer.core import audit, clock, markup, work, zones
from peer.core.errors import Invalid, NotFound
from peer.core.words import N_
from peer.notifications.service import notify
from peer.policy import gatherings as policy
from peer.policy import rooms as room_policy
from peer.policy.gatherings import Missed, Step
from peer.policy.roles import Actor, require
from peer.rooms import broadcast, queries
from peer.rooms.models import Gathering, Rhythm, Room, Seat
from peer.rooms.service.aside import end_asides
from peer.rooms.service.circles import leave_circles, tend_piece

_WORDS = 200  # characters of what is said as a date is called off
_FURTHEST = timedelta(days=366)


def add_date(
    actor: Actor,
    room_id: str,
    *,
    on: date,
    minute: int,
    length: int,
    weekly: bool = False,
    places: int | None = None,
    quorum: int = 0,
) -> Room:
    """Plan a session of a room, once or every week, by the clock on the wall of `actor`.

    `minute` is of the day, `length` in minutes. With `places` people sign up, and wait when it is
    full. It does not open with fewer than `quorum` people besides staff.
    """
    room = _managed(actor, room_id)
    zone = zones.known(actor.timezone)
    _check(on, minute, length, places, quorum, zone)
    if weekly:
        rhythm = Rhythm(
            room_id=room_id,
            timezone=zone,
            first_on=on,
            minute=minute,
            length=length,
            places=places,
            quorum=quorum,
        )
        work.session().add(rhythm)
        work.session().flush()
        _make_dates(rhythm)
    else:
        begins = policy.moment_of(on, minute, zone)
        _make(room_id, begins, length, places=places, quorum=quorum)
    audit.record("room.date", f"room:{room_id}", by=actor.id, weekly=weekly)
    return room


def _managed(actor: Actor, room_id: str) -> Room:
    room = queries.locked_room(room_id)
    require(room_policy.can_manage(actor, room, queries.standing_in(room, actor.id)))
    if not room.is_dated:
        raise NotFound()
    return room


def _check(on: date, minute: int, length: int, places: int | None, quorum: int, zone: str) -> None:
    if not 0 <= minute < 24 * 60 or length not in policy.LENGTHS:
        raise Invalid(N_("Please choose when it begins and how long it takes."), field="length")
    begins = policy.moment_of(on, minute, zone)
    if begins <= clock.now():
        raise Invalid(N_("That time has passed already."), field="on")
    if begins > clock.now() + _FURTHEST:
        raise Invalid(N_("That is more than a year away."), field="on")
    if places is not None and not 1 <= places <= policy.MOST_PLACES:
        raise Invalid(N_("Please give a number of places from 1 to 200, or none."), field="places")
    if not 0 <= quorum <= (places or policy.MOST_PLACES):
        raise Invalid(N_("It cannot need more people than there are places."), field="quorum")


def _make(
    room_id: str,
    begins: datetime,
    length: int,
    *,
    rhythm_id: str | None = None,
    places: int | None = None,
    quorum: int = 0,
) -> Gathering:
    made = Gathering(
        room_id=room_id,
        rhythm_id=rhythm_id,
        starts_at=begins,
        ends_at=begins + timedelta(minutes=length),
        places=places,
        quorum=quorum,
        made_at=clock.now(),
        counts={},
    )
    work.session().add(made)
    work.session().flush()
    return made


def _make_dates(rhythm: Rhythm) -> None:
    """Make the dates of a weekly hour some weeks ahead that are not made yet."""
    today = clock.now().astimezone(ZoneInfo(rhythm.timezone)).date()
    for day in policy.weekly_dates(rhythm.first_on, rhythm.made_until, today + policy.AHEAD):
        begins = policy.moment_of(day, rhythm.minute, rhythm.timezone)
        if begins > clock.now():
            _make(
                rhythm.room_id,
                begins,
                rhythm.length,
                rhythm_id=rhythm.id,
                places=rhythm.places,
                quorum=rhythm.quorum,
            )
        rhythm.made_until = day


def end_rhythm(actor: Actor, room_id: str, rhythm_id: str) -> None:
    """Have no more dates of a weekly hour; those already made stay until they are called off."""
    room = _managed(actor, room_id)
    rhythm = queries.rhythm_with(rhythm_id)
    if rhythm.room_id != room.id:
        raise NotFound()
    rhythm.ended_at = rhythm.ended_at or clock.now()
    audit.record("room.rhythm_end", f"room:{room.id}", by=actor.id)


def call_off(actor: Actor, room_id: str, gathering_id: str, words: str = "") -> None:
    """Call a date off, perhaps with a few words; everybody who signed up is told."""
    room = _managed(actor, room_id)
    gathering = _in(room, gathering_id)
    require(policy.can_cancel(gathering, clock.now()))
    said = " ".join(markup.tidy(words).split())
    if len(said) > _WORDS:
        raise Invalid(N_("Up to %(length)s characters fit here."), field="words", length=_WORDS)
    gathering.cancelled_at, gathering.words = clock.now(), said
    for seat in queries.seats_of(gathering.id):
        _tell(
            room,
            gathering,
            seat.account_id,
            N_("“%(room)s” on %(when)s is called off. It has nothing to do with you."),
        )
    audit.record("room.date_off", f"room:{room.id}", by=actor.id)


def _in(room: Room, gathering_id: str) -> Gathering:
    gathering = queries.gathering_with(gathering_id)
    if gathering.room_id != room.id:
        raise NotFound()
    return gathering


def _tell(room: Room, gathering: Gathering, account_id: str, message: str, **params: str) -> None:
    """Leave somebody a notice about a date, with its time on their own clock."""
    zone = zones.known(accounts.account_with(account_id).timezone)
    when = gathering.starts_at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")
    href = f"/rooms/{room.id}/dates"
    notify(account_id, message, href=href, room=room.name, when=when, **params)


# --- places --------------------------------------------------------------------------------


def sign_up(actor: Actor, room_id: str, gathering_id: str, *, reminds: bool = False) -> Seat:
    """Take a place in a date, or one on its waiting list; again only changes the reminder."""
    room = queries.room_for(actor, room_id)
    room = queries.locked_room(room.id)  # of two for the last place, one waits
    gathering = _in(room, gathering_id)
    require(policy.can_sign_up(actor, gathering, clock.now()))
    seat = work.session().get(Seat, (gathering.id, actor.id))
    if seat is None:
        taken, _ = queries.seats_taken(gathering.id)
        seat = Seat(
            gathering_id=gathering.id,
            account_id=actor.id,
            at=clock.now(),
            waiting=policy.waits(gathering.places, taken),
        )
        work.session().add(seat)
    seat.reminds = reminds
    work.session().flush()
    return seat


def give_up_place(actor: Actor, room_id: str, gathering_id: str) -> None:
    """Give a place back, without a reason; whoever waits longest has it now, and is told."""
    room = queries.locked_room(queries.room_for(actor, room_id).id)
    gathering = _in(room, gathering_id)
    seat = work.session().get(Seat, (gathering.id, actor.id))
    if seat is not None:
        work.session().delete(seat)
        work.session().flush()
        _move_up(room, gathering)


def _move_up(room: Room, gathering: Gathering) -> None:
    """Give free places to those who wait, in their order."""
    if policy.phase_of(gathering, clock.now()) in policy.OVER:
        return
    seats = queries.seats_of(gathering.id)
    taken = sum(not seat.waiting for seat in seats)
    for seat in seats:
        if not seat.waiting or policy.waits(gathering.places, taken):
            continue
        seat.waiting, taken = False, taken + 1
        _tell(
            room,
            gathering,
            seat.account_id,
            N_("A place has come free: you are in, in “%(room)s” on %(when)s."),
        )
    work.session().flush()


def give_up_places(account_id: str, room_id: str | None = None) -> int:
    """Take somebody out of every date (of one room, or all); how many places that were."""
    held = [
        (seat, gathering)
        for seat, gathering in queries.seats_held_by(account_id)
        if room_id in (None, gathering.room_id)
    ]
    for seat, gathering in sorted(held, key=lambda each: each[1].room_id):
        room = queries.locked_room(gathering.room_id)
        work.session().delete(seat)
        work.session().flush()
        _move_up(room, gathering)
    leave_circles(account_id, room_id)
    return len(held)


# --- beginning and ending ------------------------------------------------------------------


def begin_now(actor: Actor, room_id: str, length: int = 60) -> Gathering:
    """Begin a session at once, without a date: whoever may come in can come."""
    room = _led(actor, room_id)
    if length not in policy.LENGTHS:
        raise Invalid(field="length")
    require(policy.can_begin_now(queries.gathering_now(room.id), clock.now()))
    gathering = _make(room.id, clock.now(), length)
    gathering.hour_told_at = clock.now()
    audit.record("room.begin", f"room:{room.id}", by=actor.id)
    tend(room.id)
    return gathering


def end_now(actor: Actor, room_id: str) -> None:
    """End the session that goes on, before its time."""
    room = _led(actor, room_id)
    gathering = queries.gathering_now(room.id)
    require(policy.can_end(gathering, clock.now()))
    assert gathering is not None
    _close(gathering, clock.now())
    audit.record("room.end", f"room:{room.id}", by=actor.id)


def _led(actor: Actor, room_id: str) -> Room:
    room = queries.locked_room(room_id)
    require(room_policy.can_enter(actor, room, queries.standing_in(room, actor.id)))
    leads = room_policy.leads(actor, queries.standing_in(room, actor.id))
    require(policy.can_lead(leads=leads))
    if not room.is_dated:
        raise NotFound()
    return room


def _close(gathering: Gathering, at: datetime) -> None:
    gathering.closed_at = at
    queries.room_with(gathering.room_id).paused_at = None  # the next one begins unpaused
    work.session().flush()
    gathering.counts = queries.counts_of(gathering)
    end_asides(gathering.room_id)


# --- what the clock brings -----------------------------------------------------------------


def tend(room_id: str) -> None:
    """Write down what has become due in a room's dates. Twice, or late, does no harm.

    Pages, sockets and the worker may all come at once: the room is locked, and each looks anew.
    """
    room = queries.locked_room(room_id)
    for gathering in queries.unfinished_in(room_id):
        while (step := _next(gathering)) is not None:
            _STEPS[step](room, gathering)
            work.session().flush()
        tend_piece(gathering)


def _next(gathering: Gathering) -> Step | None:
    return policy.next_step(gathering, clock.now(), queries.company_of(gathering))


def _open(room: Room, gathering: Gathering) -> None:
    gathering.opened_at = clock.now()
    if room.lets_in:
        broadcast.roster_changed(room)  # who was let in to the one before waits anew


def _end(_room: Room, gathering: Gathering) -> None:
    _close(gathering, gathering.ends_at)


def _miss(room: Room, gathering: Gathering) -> None:
    gathering.missed = queries.missed_because(gathering)
    words = (
        N_(
            "“%(room)s” on %(when)s did not take place: too few could come. The next dates are there."
        )
        if gathering.missed == Missed.TOO_FEW
        else N_(
            "“%(room)s” on %(when)s did not take place: the team could not come. We are sorry, and it "
            "has nothing to do with you."
        )
    )
    for seat in queries.seats_of(gathering.id):
        _tell(room, gathering, seat.account_id, words)


def _tell_hour(room: Room, gathering: Gathering) -> None:
    """An hour before: a reminder for who asked for one, and for all if it may not come together."""
    gathering.hour_told_at = clock.now()
    seats = [seat for seat in queries.seats_of(gathering.id) if not seat.waiting]
    lacks = len(seats) < gathering.quorum
    for seat in seats:
        if lacks:
            _tell(
                room,
                gathering,
                seat.account_id,
                N_(
                    "“%(room)s” on %(when)s needs %(needed)s people, and %(signed)s have signed up. "
                    "It takes place if more come. If not, it is nobody's fault."
                ),
                needed=str(gathering.quorum),
                signed=str(len(seats)),
            )
        elif seat.reminds:
            _tell(room, gathering, seat.account_id, N_("As you asked: “%(room)s”, %(when)s."))
        if lacks or seat.reminds:
            seat.reminded_at = clock.now()


_STEPS = {Step.OPEN: _open, Step.CLOSE: _end, Step.MISS: _miss, Step.TELL_HOUR: _tell_hour}


def make_coming_dates() -> None:
    """Make the dates of every weekly hour some weeks ahead."""
    for rhythm in queries.rhythms_going_on():
        queries.locked_room(rhythm.room_id)
        work.session().refresh(rhythm)
        if rhythm.ended_at is None:
            _make_dates(rhythm)


def rooms_to_tend(room_ids: Collection[str] | None = None) -> set[str]:
    """The rooms (of some, or all) in which something has become due."""
    return queries.rooms_due(room_ids)
