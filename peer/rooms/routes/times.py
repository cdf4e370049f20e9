"""Moments in the words of the person who reads them."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask_babel import format_date, format_time
from flask_babel import gettext as _

from peer.core import clock
from peer.rooms.models import Gathering


def time_words(local: datetime) -> str:
    """The time of day as the reader's language writes it."""
    return str(format_time(local, "short", rebase=False))


def day_words(local: datetime) -> str:
    """Today, yesterday, tomorrow, or the date."""
    today = clock.now().astimezone(local.tzinfo).date()
    if local.date() == today:
        return str(_("Today"))
    if local.date() == today - timedelta(days=1):
        return str(_("Yesterday"))
    if local.date() == today + timedelta(days=1):
        return str(_("Tomorrow"))
    return str(format_date(local, "full", rebase=False))


def hours_words(gathering: Gathering, zone: str) -> str:
    """From when to when a session goes, on the reader's clock."""
    local = ZoneInfo(zone)
    begins, ends = gathering.starts_at.astimezone(local), gathering.ends_at.astimezone(local)
    return f"{time_words(begins)} – {time_words(ends)}"


def when_words(moment: datetime, zone: str) -> str:
    """The day and the time of a moment, on the reader's clock."""
    local = moment.astimezone(ZoneInfo(zone))
    return f"{day_words(local)}, {time_words(local)}"
