"""Rules about stepping aside: one person and two of the team, in a room that nobody else opens.

Nobody of the team is alone with anybody: two of them are in it from the beginning, and when one of the
two is not here, nothing can be said there. Whoever is invited says no without a reason.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from peer.core.errors import Conflict
from peer.core.words import N_
from peer.policy.floor import Floor, FloorState
from peer.policy.roles import HIDDEN, YES, Actor, Decision, no

ASKED_FOR = timedelta(minutes=15)  # so long an invitation stands
LONGEST = timedelta(hours=3)  # one that nobody has ended is over by itself
TEAM = 2  # of the team are in it


class Aside(StrEnum):
    """How far it is."""

    ASKED = "asked"
    YES = "yes"
    NO = "no"
    OVER = "over"


class AsideFacts(Protocol):
    """What the rules need to know of it."""

    @property
    def person_id(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def asked_at(self) -> datetime: ...


def stands(aside: AsideFacts, now: datetime) -> bool:
    """Whether an invitation waits for an answer."""
    return aside.state == Aside.ASKED and now - aside.asked_at < ASKED_FOR


def goes_on(aside: AsideFacts) -> bool:
    """Whether they have stepped aside and not come back."""
    return aside.state == Aside.YES


def can_invite(
    *, leads: bool, is_staff: bool, reads: bool, second: bool, running: bool, busy: bool
) -> Decision:
    """Whoever leads invites somebody who is in the room, with a second of the team, while it goes on.

    `is_staff`, `reads`, `busy`: the person's, and that they have been asked or are aside already.
    """
    if not leads or is_staff or not reads:
        return HIDDEN
    if not running:
        return no(N_("Nothing is going on here just now."), error=Conflict)
    if not second:
        return no(
            N_("A second person of the team has to be in this room: nobody is alone with anybody."),
            error=Conflict,
        )
    if busy:
        return no(N_("They have been asked already, or are aside."), error=Conflict)
    return YES


def can_answer(actor: Actor, aside: AsideFacts | None, now: datetime) -> Decision:
    """The person who is asked answers, while it stands; to everybody else it is not there."""
    if aside is None or aside.person_id != actor.id:
        return HIDDEN
    if not stands(aside, now):
        return no(N_("That invitation is over. You need not do anything."), error=Conflict)
    return YES


def floor_of(aside: AsideFacts | None, team: int) -> Floor:
    """How it stands with talking aside, with so many of the team here."""
    if aside is None or not goes_on(aside):
        return Floor(FloorState.ENDED)
    return Floor() if team >= TEAM else Floor(FloorState.NOT_THREE)
