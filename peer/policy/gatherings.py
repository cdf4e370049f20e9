"""Rules about the dated sessions of a room: when their doors open, when they run, when they don't.

In code a session of a room is a *gathering*: a session, here, is a browser that is signed in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Protocol
from zoneinfo import ZoneInfo

from peer.core.errors import Conflict
from peer.core.words import N_
from peer.policy.floor import FloorState
from peer.policy.roles import HIDDEN, YES, Actor, Decision, no

DOORS = timedelta(minutes=10)  # before the beginning, people can come and wait
GIVE_UP = timedelta(minutes=15)  # after it, what has not opened does not take place
THE_HOUR = timedelta(hours=1)  # before it, people are told how it stands
AFTERWARDS = timedelta(minutes=30)  # the room's page says so long that it is over
AHEAD = timedelta(weeks=5)  # so far ahead a weekly hour has its dates
LENGTHS = (30, 45, 60, 90, 120)  # minutes
MOST_PLACES = 200


class Phase(StrEnum):
    """How far a gathering is."""

    PLANNED = "planned"
    DOORS = "doors"  # people wait together for the beginning
    WAITING = "waiting"  # it could begin, and lacks people or staff
    RUNNING = "running"
    ENDED = "ended"
    CANCELLED = "cancelled"
    MISSED = "missed"  # too few came, or nobody to look after them


OVER = frozenset({Phase.ENDED, Phase.CANCELLED, Phase.MISSED})
ACTIVE = frozenset({Phase.DOORS, Phase.WAITING, Phase.RUNNING})


class Missed(StrEnum):
    """Why a gathering did not take place."""

    TOO_FEW = "too_few"
    NO_STAFF = "no_staff"


class GatheringFacts(Protocol):
    """What the rules need to know of a gathering."""

    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...
    @property
    def quorum(self) -> int: ...
    @property
    def places(self) -> int | None: ...
    @property
    def opened_at(self) -> datetime | None: ...
    @property
    def closed_at(self) -> datetime | None: ...
    @property
    def cancelled_at(self) -> datetime | None: ...
    @property
    def missed(self) -> str | None: ...
    @property
    def hour_told_at(self) -> datetime | None: ...


def phase_of(gathering: GatheringFacts, now: datetime) -> Phase:
    """How far a gathering is at a moment, from what was written down of it and from the clock."""
    if gathering.cancelled_at is not None:
        return Phase.CANCELLED
    if gathering.missed:
        return Phase.MISSED
    if gathering.closed_at is not None:
        return Phase.ENDED
    if gathering.opened_at is not None:
        return Phase.RUNNING if now < gathering.ends_at else Phase.ENDED
    if now >= min(gathering.starts_at + GIVE_UP, gathering.ends_at):
        return Phase.MISSED
    if now >= gathering.starts_at:
        return Phase.WAITING
    return Phase.DOORS if now >= gathering.starts_at - DOORS else Phase.PLANNED


class Step(StrEnum):
    """What is to be written down of a gathering next."""

    TELL_HOUR = "tell_hour"
    OPEN = "open"
    MISS = "miss"
    CLOSE = "close"


@dataclass(frozen=True)
class Company:
    """Who is in a room at one moment, as far as a gathering asks."""

    people: int = 0  # who are not staff
    staff: FloorState = FloorState.OPEN


def next_step(gathering: GatheringFacts, now: datetime, company: Company) -> Step | None:
    """What is to be written down next; None: nothing at this moment. Asked again, it goes on."""
    if gathering.cancelled_at is not None or gathering.missed or gathering.closed_at is not None:
        return None
    phase = phase_of(gathering, now)
    if phase == Phase.WAITING and _complete(gathering, company):
        return Step.OPEN
    if phase == Phase.MISSED:
        return Step.MISS
    if phase == Phase.ENDED:
        return Step.CLOSE
    if phase not in {Phase.PLANNED, Phase.DOORS} or gathering.hour_told_at is not None:
        return None
    return Step.TELL_HOUR if now >= gathering.starts_at - THE_HOUR else None


def _complete(gathering: GatheringFacts, company: Company) -> bool:
    return company.people >= gathering.quorum and company.staff == FloorState.OPEN


def why_missed(gathering: GatheringFacts, company: Company) -> Missed:
    """Why a gathering that could have begun by now does not take place."""
    return Missed.TOO_FEW if company.people < gathering.quorum else Missed.NO_STAFF


def the_one_now(gatherings: Sequence[GatheringFacts], now: datetime) -> GatheringFacts | None:
    """The gathering that a room's page is about: one that goes on, one just over, the next."""
    ordered = sorted(gatherings, key=lambda each: each.starts_at)
    phases = [(each, phase_of(each, now)) for each in ordered]
    active = [each for each, phase in phases if phase in ACTIVE]
    if active:
        return active[0]
    over = [
        each
        for each, phase in phases
        if phase in OVER and each.starts_at <= now < ended_at(each) + AFTERWARDS
    ]
    if over:
        return over[-1]
    return next((each for each, phase in phases if phase == Phase.PLANNED), None)


def ended_at(gathering: GatheringFacts) -> datetime:
    """When a gathering ended or is to end."""
    if gathering.missed and gathering.opened_at is None:
        return min(gathering.starts_at + GIVE_UP, gathering.ends_at)
    return gathering.closed_at or gathering.ends_at


# --- places --------------------------------------------------------------------------------


def can_sign_up(actor: Actor, gathering: GatheringFacts, now: datetime) -> Decision:
    """Whoever comes for themselves signs up until it is over; staff need no place."""
    if actor.is_staff:
        return no(N_("You are of the team: you need no place."))
    if phase_of(gathering, now) in OVER:
        return no(N_("That date is over, or called off."), error=Conflict)
    return YES


def waits(places: int | None, taken: int) -> bool:
    """Whether whoever signs up now goes on the waiting list."""
    return places is not None and taken >= places


def can_cancel(gathering: GatheringFacts, now: datetime) -> Decision:
    """A date is called off until it has begun; after that it is ended."""
    if phase_of(gathering, now) in {Phase.PLANNED, Phase.DOORS, Phase.WAITING}:
        return YES
    return no(N_("That date has begun already, or is over."), error=Conflict)


def can_end(gathering: GatheringFacts | None, now: datetime) -> Decision:
    """What runs can be ended early."""
    if gathering is None or phase_of(gathering, now) != Phase.RUNNING:
        return no(N_("Nothing is going on here just now."), error=Conflict)
    return YES


def can_begin_now(gathering: GatheringFacts | None, now: datetime) -> Decision:
    """A facilitator begins without a date while nothing goes on."""
    if gathering is not None and phase_of(gathering, now) in ACTIVE:
        return no(N_("A session has its doors open already."), error=Conflict)
    return YES


def can_lead(*, leads: bool) -> Decision:
    """Only whoever leads the room begins and ends what goes on in it."""
    return YES if leads else HIDDEN


# --- clocks --------------------------------------------------------------------------------


def moment_of(on: date, minute: int, zone: str) -> datetime:
    """When the clock of `zone` shows a minute of a day, in UTC.

    Where clocks go forward over it, as much later as they jump; where they go back, the first.
    """
    local = datetime.combine(on, time(minute // 60, minute % 60), ZoneInfo(zone))
    return local.astimezone(UTC)


def weekly_dates(first_on: date, made_until: date | None, until: date) -> list[date]:
    """The dates of a weekly hour that are not made yet, up to and with `until`."""
    found, day = [], first_on
    while day <= until:
        if made_until is None or day > made_until:
            found.append(day)
        day += timedelta(days=7)
    return found
