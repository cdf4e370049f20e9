"""One table's life: what it holds, why, for how long."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from peer.core.words import N_

ROOM_DAYS = (7, 30, 90, 180)  # what a room can choose; "for ever" is not among them
ROOM_DAYS_USUAL = 90
APPEAL_DAYS = 20  # as long as somebody can ask another moderator to look again


@dataclass(frozen=True)
class Life:
    """One table. `days`: how long, where a number says it; None: `until` says it in words."""

    table: str
    theme: str
    holds: str
    why: str
    until: str
    days: int | None = None

    @property
    def params(self) -> dict[str, int]:
        """What fills the places of `until`."""
        return {"days": self.days or 0}


#: The themes, in the order of the page.
THEMES: Mapping[str, str] = MappingProxyType(
    {
        "you": N_("You, here"),
        "rooms": N_("Rooms and what is said in them"),
        "mentoring": N_("Mentoring"),
        "safety": N_("Keeping each other safe"),
        "house": N_("The house itself"),
    }
)

ERASED = N_("Until you erase your account.")
HOUSE = N_("As long as this place uses it. It tells nothing about anybody.")
