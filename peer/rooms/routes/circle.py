"""A circle as one reader sees it: the order, who holds the talking piece, what can be done."""

from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from peer.core import clock
from peer.policy import circle as policy
from peer.policy.circle import Circle, Turn
from peer.policy.roles import Actor
from peer.rooms import queries
from peer.rooms.models import CircleRow, Gathering
from peer.rooms.routes.times import time_words

# They stand beside a name and beside "You" alike.
TURNS = {
    Turn.WAITING: (_l("later on"), ""),
    Turn.HOLDS: (_l("the piece is here"), "hand-heart"),
    Turn.HAD: (_l("spoke"), "check"),
    Turn.PASSED: (_l("passed"), "check"),
    Turn.LATER: (_l("away, a turn when back"), "clock"),
}


@dataclass(frozen=True)
class InOrder:
    """One person in the order."""

    name: str
    me: bool
    holds: bool
    word: str
    icon: str


@dataclass(frozen=True)
class CirclePage:
    """A circle for one reader."""

    number: int
    round: int
    closing: bool
    order: list[InOrder]
    holder: str  # their name; empty while the piece rests
    mine: bool  # the reader holds it
    said: bool  # the holder has said something in this turn
    ends_at: str  # of the turn, for scripts
    until: str  # the same, in words
    up: bool  # the time of the turn is over
    seconds: int
    may_begin: bool
    may_ask: bool
    minutes: tuple[int, ...] = policy.MINUTES


def circle_page(
    actor: Actor, gathering: Gathering, *, leads: bool, always: bool
) -> CirclePage | None:
    """The circle of a session that runs; `always`: also before its first round."""
    found = queries.circle_in(gathering.id)
    if found is None and not always:
        return None
    row, circle = found or (None, Circle())
    holder = circle.holder
    moved = row.moved_at if row else clock.now()
    seconds = row.seconds if row else 60 * policy.USUAL_MINUTES
    ends = moved + timedelta(seconds=seconds)
    up = holder is not None and policy.time_is_up(moved, seconds, clock.now())
    names = queries.names_in(gathering.room_id, circle.people)
    return CirclePage(
        number=circle.number,
        round=circle.round,
        closing=circle.closing,
        order=[_in_order(seat, actor, names) for seat in circle.seats],
        holder=names.get(holder, "") if holder else "",
        mine=holder == actor.id,
        said=holder is not None and _spoke(gathering, row, holder),
        ends_at=ends.isoformat() if holder else "",
        until=time_words(ends.astimezone(ZoneInfo(actor.timezone))) if holder else "",
        up=up,
        seconds=seconds,
        may_begin=bool(policy.can_begin_round(circle, circle.number, leads=leads)),
        may_ask=bool(policy.can_ask_for_it(circle, circle.number, leads=leads, up=up)),
    )


def _spoke(gathering: Gathering, row: CircleRow | None, holder: str) -> bool:
    return row is not None and queries.spoke_since(gathering.room_id, holder, row.moved_at)


def _in_order(seat: policy.Seat, actor: Actor, names: dict[str, str]) -> InOrder:
    word, icon = TURNS[seat.turn]
    me = seat.person == actor.id
    name = str(_("You")) if me else names.get(seat.person, "")
    return InOrder(name, me, seat.turn == Turn.HOLDS, str(word), icon)
