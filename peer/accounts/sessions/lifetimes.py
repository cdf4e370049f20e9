"""How long sessions last, and when their use is noted."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from peer.accounts.models import Account, SignedInSession, Stage
from peer.accounts.queries.present import Present
from peer.core import clock
from peer.core.settings import Settings
from peer.policy.roles import STAFF

_MINUTE = timedelta(minutes=1)
# Who has the cover page on is covered to the second, so their use is noted more often.
_FINELY = timedelta(seconds=5)
_SECOND_WAITS = timedelta(minutes=10)


@dataclass(frozen=True)
class Lifetimes:
    """How long sessions last, unused and in any case."""

    idle: timedelta
    absolute: timedelta
    staff_idle: timedelta
    staff_absolute: timedelta

    @classmethod
    def of(cls, settings: Settings) -> "Lifetimes":
        """As this installation is set."""
        return cls(
            timedelta(minutes=settings.idle_minutes),
            timedelta(minutes=settings.absolute_minutes),
            timedelta(minutes=settings.staff_idle_minutes),
            timedelta(minutes=settings.staff_absolute_minutes),
        )

    def over(self, row: SignedInSession | Present, account: Account | Present) -> bool:
        """Whether the session has run out."""
        staff = not STAFF.isdisjoint(account.roles)  # without opening the sealed name
        idle = self.staff_idle if staff else self.idle
        absolute = self.staff_absolute if staff else self.absolute
        if row.stage == Stage.SECOND:
            absolute = _SECOND_WAITS
        now = clock.now()
        return now - row.seen_at > idle or now - row.created_at > absolute

    def ends(self, present: Present) -> datetime:
        """The earliest moment at which the session may end however much it is used."""
        return present.created_at + min(self.absolute, self.staff_absolute)


def noted_after(cover_minutes: int) -> timedelta:
    """How long the use of a session goes unnoted, for one that is covered so soon."""
    return _FINELY if cover_minutes else _MINUTE


def is_stale(row: SignedInSession | Present, cover_minutes: int) -> bool:
    """Whether it is time to note once more that the session is in use."""
    return clock.now() - row.seen_at >= noted_after(cover_minutes)
