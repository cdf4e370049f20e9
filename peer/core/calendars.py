"""Calendar files that give nobody away: no name of the place, nothing about whom or what for."""

from datetime import UTC, datetime

from icalendar import Calendar, Event


def blank() -> Calendar:
    """A calendar file with nothing in it yet."""
    calendar = Calendar()
    calendar.add("prodid", "-//calendar//EN")
    calendar.add("version", "2.0")
    return calendar


def entry(uid: str, title: str, starts: datetime, *, stamped: datetime) -> Event:
    """An entry that calendars keep to themselves; `uid` is the thing's own opaque id."""
    event = Event()
    event.add("uid", f"{uid}@calendar")
    event.add("dtstamp", stamped.astimezone(UTC))
    event.add("summary", title)
    event.add("dtstart", starts)
    event.add("class", "PRIVATE")
    return event


def once(
    uid: str,
    title: str,
    starts: datetime,
    ends: datetime,
    *,
    stamped: datetime,
    cancelled: bool = False,
) -> bytes:
    """A file with one entry, in UTC: every calendar shows it on the clock of its own person."""
    event = entry(uid, title, starts.astimezone(UTC), stamped=stamped)
    event.add("dtend", ends.astimezone(UTC))
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    calendar = blank()
    calendar.add_component(event)
    return bytes(calendar.to_ical())
