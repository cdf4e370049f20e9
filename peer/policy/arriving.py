"""Rules about people who are new: a moderator looks at their first messages in group rooms.

How many that are is the installation's to say. What counts is what a moderator let through, over all
group rooms together, and what was taken out of view again does not count. Once it is enough it is
enough for good.
"""

from dataclasses import dataclass

from peer.policy.roles import Actor
from peer.policy.rooms import RoomFacts, is_group

#: By what the review queue knows that a message is there because its author is new.
FIRST = "first"


@dataclass(frozen=True)
class Newness:
    """How far somebody is with their first messages."""

    let_through: int = 0
    asked: int = 0  # so many are looked at; 0: nobody's
    settled: bool = False  # it was enough once
    noted: bool = False  # it stands in the table

    @property
    def is_over(self) -> bool:
        """Whether what they say appears at once."""
        return self.settled or self.let_through >= self.asked


def is_new(actor: Actor, room: RoomFacts, newness: Newness) -> bool:
    """Whoever comes for themselves or as a mentor is new in group rooms; the team never is.

    In a room of two nobody is: both have said yes to each other.
    """
    return is_group(room) and not actor.is_staff and not newness.is_over


def is_looked_at_first(
    actor: Actor, room: RoomFacts, newness: Newness, *, in_distress: bool
) -> bool:
    """Whether a moderator sees it before others do; the words of somebody in distress never wait."""
    return is_new(actor, room, newness) and not in_distress
