"""The talking piece of a circle: who holds it, who comes next. Pure; the service keeps what it says.

One person holds the piece, and nobody else can be heard. Everybody in the order gets it once in a
round; to pass is to have had one's turn, and keeps one's place. Whoever is not there when the piece
comes is left for later, and gets it at the end of the round if they are back by then.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from peer.core.errors import Conflict
from peer.core.words import N_
from peer.policy.roles import HIDDEN, YES, Decision, no

MINUTES = (1, 2, 3, 5, 10)  # what a facilitator can choose for a turn
USUAL_MINUTES = 3


class Turn(StrEnum):
    """How somebody stands to the present round."""

    WAITING = "waiting"
    HOLDS = "holds"
    HAD = "had"
    PASSED = "passed"
    LATER = "later"  # was not there when it came to them


DONE = frozenset({Turn.HAD, Turn.PASSED})


@dataclass(frozen=True)
class Seat:
    """One person's place in the order."""

    person: str
    turn: Turn = Turn.WAITING


@dataclass(frozen=True)
class Circle:
    """The order and the piece. `number` grows whenever the piece moves: who acts on an old one is late."""

    seats: tuple[Seat, ...] = ()
    round: int = 0
    number: int = 0
    closing: bool = False

    @property
    def holder(self) -> str | None:
        """Who holds the piece; None while it rests between rounds."""
        return next((seat.person for seat in self.seats if seat.turn == Turn.HOLDS), None)

    @property
    def people(self) -> frozenset[str]:
        """Everybody in the order."""
        return frozenset(seat.person for seat in self.seats)


def begin(order: Iterable[str]) -> Circle:
    """A circle in the order that was drawn; the piece rests until its first round."""
    return Circle(tuple(Seat(person) for person in order))


def next_round(circle: Circle, here: Collection[str], *, closing: bool = False) -> Circle:
    """Everybody has a turn before them again, in the same order; the piece goes to the first."""
    seats = tuple(Seat(seat.person) for seat in circle.seats)
    fresh = replace(circle, seats=seats, round=circle.round + 1, closing=closing)
    return _hand_on(fresh, here)


def done(circle: Circle, here: Collection[str], *, said: bool) -> Circle:
    """The holder gives the piece on: having spoken, or passing."""
    return _hand_on(_mark(circle, circle.holder, Turn.HAD if said else Turn.PASSED), here)


def skip(circle: Circle, here: Collection[str]) -> Circle:
    """The holder has dropped: the piece goes on, and comes back to them later in the round."""
    holder = circle.holder
    return _hand_on(_mark(circle, holder, Turn.LATER), [p for p in here if p != holder])


def join(circle: Circle, person: str) -> Circle:
    """Somebody comes late: to the end of the order."""
    if person in circle.people:
        return circle
    return replace(circle, seats=(*circle.seats, Seat(person)))


def leave(circle: Circle, person: str, here: Collection[str]) -> Circle:
    """Somebody is in it no more. If they held the piece, it goes on."""
    held = circle.holder == person
    rest = replace(circle, seats=tuple(s for s in circle.seats if s.person != person))
    return _hand_on(rest, here) if held else rest


def _mark(circle: Circle, person: str | None, turn: Turn) -> Circle:
    seats = tuple(replace(s, turn=turn) if s.person == person else s for s in circle.seats)
    return replace(circle, seats=seats)


def _hand_on(circle: Circle, here: Collection[str]) -> Circle:
    """Give the piece to who is next and here: first those who wait, then those left for later.

    Those whom it comes to in their absence are left for later. With nobody left it rests.
    """
    moved = replace(circle, number=circle.number + 1)
    for seat in circle.seats:
        if seat.turn == Turn.WAITING:
            if seat.person in here:
                return _mark(moved, seat.person, Turn.HOLDS)
            moved = _mark(moved, seat.person, Turn.LATER)
    for seat in moved.seats:
        if seat.turn == Turn.LATER and seat.person in here:
            return _mark(moved, seat.person, Turn.HOLDS)
    return moved


# --- who may do what --------------------------------------------------------------------------


def time_is_up(turn_at: datetime, seconds: int, now: datetime) -> bool:
    """Whether a turn has taken as long as it was given; nothing ends by itself then."""
    return now >= turn_at + timedelta(seconds=seconds)


_LATE = N_("The talking piece has moved on meanwhile.")


def can_give_on(circle: Circle, person: str, number: int) -> Decision:
    """Only the holder gives the piece on or passes, and only the piece that they see."""
    if circle.holder != person or circle.number != number:
        return no(_LATE, error=Conflict)
    return YES


def can_ask_for_it(circle: Circle, number: int, *, leads: bool, up: bool) -> Decision:
    """Whoever leads takes the piece on once its time is over: nobody is cut off before."""
    if not leads:
        return HIDDEN
    if circle.number != number or circle.holder is None:
        return no(_LATE, error=Conflict)
    if not up:
        return no(N_("Their time is not over. You can pause the room if something has to stop."))
    return YES


def can_begin_round(circle: Circle, number: int, *, leads: bool) -> Decision:
    """Whoever leads begins a round while the piece rests; of two at once, one."""
    if not leads:
        return HIDDEN
    if circle.number != number or circle.holder is not None:
        return no(_LATE, error=Conflict)
    return YES
