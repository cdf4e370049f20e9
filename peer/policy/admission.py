"""Rules about letting people in one by one: who waits at the door of a room, and who opens it.

Where a room is set to it, nobody but the team reads or hears anything before whoever leads it, or a
moderator, has let them in. That lasts for the session; where a room has no dates, for an evening.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol

from peer.core.errors import Conflict
from peer.core.words import N_
from peer.policy.roles import YES, Decision, no

LASTS = timedelta(hours=18)  # in a room without dates: an evening and its night
STILL = timedelta(seconds=90)  # whoever had the page open so lately still waits
SEEN_EVERY = timedelta(seconds=15)  # while somebody waits, it is written down this often


class At(StrEnum):
    """How somebody stands to the door."""

    WAITING = "waiting"
    LATER = "later"  # asked, with a kind sentence, to wait a little longer
    IN = "in"
    NOT_NOW = "not_now"  # not in this session
    OUT = "out"  # of any room, taken out by whoever looks after it, until they let them in again


AT_THE_DOOR = frozenset({At.WAITING, At.LATER})


class Later(StrEnum):
    """What somebody who waits is asked; fixed sentences, so that each reads their own language."""

    SPEAKING = "speaking"
    ROUND = "round"
    SOON = "soon"


LATER_WORDS: Mapping[str, str] = MappingProxyType(
    {
        Later.SPEAKING: N_("Somebody is speaking just now. As soon as they are done, you come in."),
        Later.ROUND: N_("A round is going on. You come in when it is over."),
        Later.SOON: N_(
            "A few minutes, please: the team has seen that you wait, and is glad you came."
        ),
    }
)


class Why(StrEnum):
    """Why somebody is not let in this time. Those who look after the room see it, nobody else."""

    FULL = "full"
    TOO_LATE = "too_late"
    APART = "apart"
    UNWELL = "unwell"
    OTHER = "other"


WHY_WORDS: Mapping[str, str] = MappingProxyType(
    {
        Why.FULL: N_("There are as many people as we can look after"),
        Why.TOO_LATE: N_("It has gone too far to join"),
        Why.APART: N_("Somebody inside should not meet them"),
        Why.UNWELL: N_("Something else would help them more today"),
        Why.OTHER: N_("Another reason"),
    }
)


class AdmissionFacts(Protocol):
    """What stands of somebody at the door of a room."""

    @property
    def session(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def answered_at(self) -> datetime | None: ...


def counts_for(found: AdmissionFacts | None, session: str | None, now: datetime) -> bool:
    """Whether what stands of somebody is about this session, and still counts.

    `session`: the date that goes on or was last; empty where a room has none; None: none was yet.
    """
    if found is None or session is None or found.session != session:
        return False
    return bool(session) or found.answered_at is None or now - found.answered_at < LASTS


def is_in(found: AdmissionFacts | None, session: str | None, now: datetime) -> bool:
    """Whether somebody has been let in, and it still counts."""
    return counts_for(found, session, now) and found is not None and found.state == At.IN


def can_answer(found: AdmissionFacts | None, session: str | None, now: datetime) -> Decision:
    """Who waits is let in, asked to wait or sent home; of two who answer at once, one is told."""
    # Who was taken out is let in again among the people of the room, not at its door.
    if found is None or found.state == At.OUT or not counts_for(found, session, now):
        return no(N_("They do not wait here any more."), error=Conflict)
    if found.state == At.IN:
        return no(N_("They have been let in already."), error=Conflict)
    return YES
