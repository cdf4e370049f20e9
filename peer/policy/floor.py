"""The floor of a room: whether it may be talked in at this moment, and what happens next if not.

A room can be open and its floor not: because the people who look after it are not there, or because
it is not the time. What is said about that is said here, in whole sentences, for pages, sockets and
refusals alike.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from peer.core.errors import RoomClosed
from peer.core.words import N_
from peer.policy.roles import YES, Decision, no

# Who was connected, or opened a page of the room, this recently counts as here. It is also the
# grace: whoever loses the connection has as long to come back before anything changes.
HERE_FOR = timedelta(seconds=60)


class FloorState(StrEnum):
    """How it stands with talking in a room."""

    OPEN = "open"
    NO_STAFF = "no_staff"  # nobody of those who look after people is here
    NO_FACILITATOR = "no_facilitator"
    NO_SECOND = "no_second"  # a facilitator alone
    NOT_THREE = "not_three"  # aside: the two of the team are not both here
    NO_DATE = "no_date"  # a room of dates, and none is planned
    PLANNED = "planned"
    DOORS = "doors"
    TOO_FEW = "too_few"  # it could begin, and waits for more people
    ENDED = "ended"
    MISSED = "missed"
    CANCELLED = "cancelled"
    PAUSED = "paused"  # by whoever leads, who can still write
    QUIET = "quiet"  # a room for company without talking
    NO_PLACE = "no_place"  # for one person: places are counted, and they have none
    RESTS = "rests"  # nobody holds the talking piece; whoever leads speaks
    THEIRS = "theirs"  # somebody else holds it


_LACKING = frozenset({FloorState.NO_STAFF, FloorState.NO_FACILITATOR, FloorState.NO_SECOND})

#: What is written meanwhile stays in its box and can go soon.
SOON = frozenset(
    {
        *_LACKING,
        FloorState.NOT_THREE,
        FloorState.PAUSED,
        FloorState.RESTS,
        FloorState.THEIRS,
    }
)


@dataclass(frozen=True)
class Present:
    """Somebody of the staff who is in a room at this moment."""

    account_id: str
    leads: bool  # this room


@dataclass(frozen=True)
class Floor:
    """How it stands with talking in a room at one moment."""

    state: FloorState = FloorState.OPEN
    gathering_id: str = ""  # the session that it is about, if any
    began: bool = False
    needed: int = 0  # people, besides staff, without whom it does not begin
    here: int = 0  # of them
    piece: str = ""  # of a circle: the same while nothing about its talking piece has changed

    @property
    def is_open(self) -> bool:
        """Whether people may talk."""
        return self.state == FloorState.OPEN

    @property
    def soon(self) -> bool:
        """Whether what is being written stays in its box, since it may go any moment."""
        begun = self.began or not self.gathering_id
        return self.state == FloorState.PAUSED or (self.state in SOON and begun)

    @property
    def mark(self) -> str:
        """The same for the same floor: by it a page knows that it shows it already."""
        return f"{self.state}.{self.gathering_id}.{self.began:d}.{self.here}.{self.piece}"

    @property
    def title(self) -> str:
        """In a few words what is so, to be translated; empty when people may talk."""
        return _TITLES.get(self.state, "")

    @property
    def next(self) -> str:
        """What happens next, to be translated and filled; empty when people may talk."""
        if self.gathering_id and not self.began and self.state in _LACKING:
            return _NOT_BEGUN
        return _NEXT.get(self.state, "")

    @property
    def params(self) -> dict[str, object]:
        """What fills the places of `next`."""
        return {"needed": self.needed, "here": self.here}

    def opens(self) -> Decision:
        """Whether people may talk; else what happens next."""
        return YES if self.is_open else no(self.next, error=RoomClosed, **self.params)


OPEN = Floor()


def staffing(present: Iterable[Present]) -> FloorState:
    """Whether a facilitator of the room and a second person of the staff are here."""
    people = {each.account_id: each.leads for each in present}
    if not people:
        return FloorState.NO_STAFF
    if not any(people.values()):
        return FloorState.NO_FACILITATOR
    return FloorState.OPEN if len(people) > 1 else FloorState.NO_SECOND


_QUIET = N_("You can read, not write just now.")
_TITLES = {
    FloorState.NO_STAFF: _QUIET,
    FloorState.NO_FACILITATOR: _QUIET,
    FloorState.NO_SECOND: _QUIET,
    FloorState.NOT_THREE: N_("A moment, please."),
    FloorState.NO_DATE: N_("No date is planned yet."),
    FloorState.PLANNED: N_("Not yet."),
    FloorState.DOORS: N_("You are in the waiting room."),
    FloorState.TOO_FEW: N_("We wait for each other."),
    FloorState.ENDED: N_("This session is over."),
    FloorState.MISSED: N_("Not this time."),
    FloorState.CANCELLED: N_("Called off."),
    FloorState.PAUSED: N_("A moment's pause."),
    FloorState.QUIET: N_("A quiet room."),
    FloorState.RESTS: N_("The talking piece rests."),
    FloorState.THEIRS: N_("Somebody else is speaking."),
    FloorState.NO_PLACE: N_("You can read along."),
}
_NOT_BEGUN = N_(
    "It begins as soon as a facilitator and a second person of the team are here. If they cannot "
    "come, this page says so a quarter of an hour after the beginning."
)
_NEXT = {
    FloorState.NO_STAFF: N_(
        "This room is never left alone: it opens by itself as soon as a facilitator and a second "
        "person of the team are here. What you are writing stays in its box."
    ),
    FloorState.NO_FACILITATOR: N_(
        "The facilitator is not here just now. As soon as they are, the room opens by itself. "
        "What you are writing stays in its box."
    ),
    FloorState.NO_SECOND: N_(
        "The facilitator is here and waits for a second person of the team. Then the room opens "
        "by itself. What you are writing stays in its box."
    ),
    FloorState.NOT_THREE: N_(
        "This is a talk for the three of you, so that nobody is alone with anybody. As soon as both "
        "people of the team are here, you can write. What you are writing stays in its box."
    ),
    FloorState.NO_DATE: N_(
        "People talk here at certain times. As soon as one is planned, it is listed with the dates."
    ),
    FloorState.PLANNED: N_(
        "People talk here at certain times. The doors open ten minutes before the beginning."
    ),
    FloorState.DOORS: N_("It begins soon. You need not do anything: this page opens by itself."),
    FloorState.TOO_FEW: N_(
        "It begins as soon as %(needed)s people are here; now it is %(here)s. If that does not "
        "come together within a quarter of an hour, it does not take place this time."
    ),
    FloorState.ENDED: N_("Thank you for being here. What was said can still be read for a while."),
    FloorState.MISSED: N_(
        "It did not come together this time. That is nobody's fault. The next dates are listed."
    ),
    FloorState.CANCELLED: N_("That date was called off. It has nothing to do with you."),
    FloorState.PAUSED: N_(
        "The facilitator has paused the room. It goes on soon; what you are writing stays in its box."
    ),
    FloorState.QUIET: N_("People are here together without talking. Stay as long as you like."),
    FloorState.RESTS: N_(
        "Between rounds the facilitator speaks. What you are writing stays in its box until the "
        "piece comes to you."
    ),
    FloorState.THEIRS: N_(
        "Nobody is interrupted here. What you are writing stays in its box until the piece comes to "
        "you; you can answer without words meanwhile."
    ),
    FloorState.NO_PLACE: N_(
        "The places of this session are counted, so that it stays small. While one is free you can "
        "take it; else you can wait for one."
    ),
}
