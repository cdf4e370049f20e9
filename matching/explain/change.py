"""One obstacle less between two people."""

from dataclasses import dataclass
from typing import Literal

Whose = Literal["mentee", "mentor", "round"]


@dataclass(frozen=True, slots=True)
class Change:
    """One obstacle less. ``rule`` names it, as in ``RULES``; ``no_capacity`` is one place more.

    ``value`` is the language (spoken well enough to talk), the start of a meeting, the identity
    that is accepted as well (None: anyone is), the topic that is left out or taken, the area, or
    the floor as it would be. Of rules between several people: ``apart`` from whom the mentee need
    not be, ``group`` or ``team`` whose limit is one more, ``high_need`` the mentor's limit.
    """

    rule: str
    whose: Whose
    value: str | int | None = None


Changes = tuple[Change, ...]
#: Rules that bind several people.
OF_SEVERAL = ("apart", "high_need", "group", "team")
