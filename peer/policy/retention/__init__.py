"""What each table holds, why, for how long, and what then: the one place that says so.

Features read their days from here, docs/privacy.md and the page /privacy are made from it, and a
test fails when a table is missing. Sentences are marked for translation; `%(days)s` is filled in.
"""

from collections.abc import Iterable

from peer.policy.retention import house, mentoring, rooms, safety, you
from peer.policy.retention.download import LEFT_OUT, left_out
from peer.policy.retention.elsewhere import ELSEWHERE
from peer.policy.retention.life import APPEAL_DAYS, ROOM_DAYS, ROOM_DAYS_USUAL, THEMES, Life
from peer.policy.retention.receipt import CALLED, called

__all__ = [
    "APPEAL_DAYS",
    "CALLED",
    "ELSEWHERE",
    "LEFT_OUT",
    "LIVES",
    "ROOM_DAYS",
    "ROOM_DAYS_USUAL",
    "TECHNICAL",
    "THEMES",
    "Life",
    "by_theme",
    "called",
    "days",
    "left_out",
    "life_of",
]

LIVES: tuple[Life, ...] = (
    *you.LIVES,
    *rooms.LIVES,
    *mentoring.LIVES,
    *safety.LIVES,
    *house.LIVES,
)

#: Tables that only look after the database itself.
TECHNICAL = frozenset({"alembic_version"})


def life_of(table: str) -> Life:
    """The life of a table."""
    return next(life for life in LIVES if life.table == table)


def days(table: str) -> int:
    """How many days rows of a table are kept once their time has begun to run."""
    found = life_of(table).days
    assert found is not None
    return found


def by_theme(lives: Iterable[Life] = LIVES) -> dict[str, list[Life]]:
    """The lives under each theme, in the order of the page."""
    found: dict[str, list[Life]] = {theme: [] for theme in THEMES}
    for life in lives:
        found[life.theme].append(life)
    return found
