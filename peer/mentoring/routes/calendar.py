"""A mentorship's weekly meeting as an iCalendar file that gives nobody away."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Event, Timezone

from peer.core import calendars, clock
from peer.mentoring.models import Mentorship
from peer.mentoring.snapshot import MEETING, meetings
from peer.policy.mentoring import MentorshipState

YEARS = timedelta(days=2 * 366)  # how far clock changes are written into the file


def weekly(mentorship: Mentorship, title: str) -> bytes:
    """The meeting every week on its own clock; nothing while it is paused or over."""
    calendar = calendars.blank()
    if mentorship.minute is not None and mentorship.state == MentorshipState.ACTIVE:
        zone = ZoneInfo(mentorship.timezone)
        moments = meetings(mentorship.minute, mentorship.timezone, mentorship.started_at, 1)
        first = moments[0].astimezone(zone)
        if mentorship.timezone != "UTC":
            calendar.add_component(
                Timezone.from_tzinfo(
                    zone,
                    first_date=first.date() - timedelta(days=366),
                    last_date=clock.now().date() + YEARS,
                )
            )
        calendar.add_component(_event(mentorship, title, first))
    return bytes(calendar.to_ical())


def _event(mentorship: Mentorship, title: str, first: datetime) -> Event:
    event = calendars.entry(mentorship.id, title, first, stamped=mentorship.started_at)
    event.add("duration", MEETING)
    event.add("rrule", {"freq": "weekly"})
    return event
