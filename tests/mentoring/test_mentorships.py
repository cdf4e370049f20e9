"""What two people can do with their mentorship, and who else can see it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import select
from werkzeug.test import TestResponse

from peer.core import clock, work
from peer.core.audit import AuditEntry
from peer.core.errors import Conflict
from peer.core.settings import Settings
from peer.mentoring import queries, service
from peer.mentoring.models import Mentorship
from peer.rooms import queries as rooms
from tests.cast import Cast
from tests.mentoring.making import both_say_yes, noor_and_tess_are_asked, noor_meets_tess

SignIn = Callable[[str], FlaskClient]
Post = Callable[..., TestResponse]


def _mentorship(mentorship_id: str) -> Mentorship:
    with work.begin(writes=False) as session:
        return session.get_one(Mentorship, mentorship_id)


@pytest.mark.parametrize("name", ["zed", "uma", "mo", "fay", "ada"])
def test_other_peoples_mentorships_are_not_there(
    signed_in: SignIn, post: Post, cast: Cast, name: str
) -> None:
    page = f"/mentoring/mentorships/{noor_meets_tess(cast)}"
    client = signed_in(name)
    assert client.get(page).status_code == 404
    assert client.get(f"{page}/calendar.ics").status_code == 404
    assert post(client, page, {"do": "close"}).status_code == 404


def test_either_side_takes_a_break_and_goes_on(signed_in: SignIn, post: Post, cast: Cast) -> None:
    page = f"/mentoring/mentorships/{noor_meets_tess(cast)}"
    noor, tess = signed_in("noor"), signed_in("tess")
    assert "Monday" in noor.get("/mentoring").get_data(as_text=True) or "Tess" in noor.get(
        "/mentoring"
    ).get_data(as_text=True)
    assert post(noor, page, {"do": "pause"}).status_code == 303
    assert "None during the break" in tess.get(page).get_data(as_text=True)
    assert post(noor, page, {"do": "pause"}).status_code == 409
    assert post(tess, page, {"do": "resume"}).status_code == 303
    assert "Coming meetings" in noor.get(page).get_data(as_text=True)
    assert post(noor, page, {"do": "dance"}).status_code == 422


def test_closing_closes_the_room_and_asks_afresh(signed_in: SignIn, post: Post, cast: Cast) -> None:
    mentorship = noor_meets_tess(cast)
    page = f"/mentoring/mentorships/{mentorship}"
    assert post(signed_in("tess"), page, {"do": "close", "closure": "fit"}).status_code == 303
    text = signed_in("noor").get(page).get_data(as_text=True)
    assert "come to its end" in text
    assert "fit" not in text  # the other hears that it ended, not why
    with work.begin(writes=False):
        room = rooms.private_room_of(mentorship)
        mentee = queries.mentee_with(cast.noor.id)
        rule = queries.pair_rule(cast.noor.id, cast.tess.id)
    assert room is not None
    assert room.closed_at is not None
    assert mentee.wants is False
    assert rule is not None
    assert rule.kind == "forbid"
    assert post(signed_in("noor"), page, {"do": "resume"}).status_code == 409


def test_coordinators_acts_are_on_record_and_the_twos_are_not(core: Settings, cast: Cast) -> None:
    mentorship = noor_meets_tess(cast)
    with work.begin():
        service.pause_mentorship(cast.noor, mentorship)
        service.resume_mentorship(cast.tess, mentorship)
        service.close_mentorship(cast.cora, mentorship)
    with work.begin(writes=False) as session:
        acts = session.scalars(select(AuditEntry).where(AuditEntry.act.like("mentorship.%"))).all()
    assert [(entry.act, entry.actor_id) for entry in acts] == [("mentorship.close", cast.cora.id)]


def test_mentorship_cannot_go_on_with_someone_shut_out(core: Settings, cast: Cast) -> None:
    from peer.accounts import service as accounts

    mentorship = noor_meets_tess(cast)
    with work.begin():
        service.pause_mentorship(cast.noor, mentorship)
        accounts.suspend(cast.tess.id, by=cast.mo, days=None)
    with pytest.raises(Conflict), work.begin():
        service.resume_mentorship(cast.noor, mentorship)


def _london_mentorship(cast: Cast, at: datetime) -> str:
    """Noor and Tess meet on Monday evenings by the clock of London, from `at` on."""
    with clock.stopped_at(at):
        with work.begin():
            service.set_programme(
                cast.cora, name="Evenings", timezone="Europe/London", consent_days=14
            )
        return both_say_yes(cast, noor_and_tess_are_asked(cast))


def test_calendar_file_keeps_the_hour_over_a_clock_change(app: object, cast: Cast) -> None:
    from peer.mentoring.routes.calendar import weekly

    at = datetime(2026, 3, 16, 12, tzinfo=UTC)
    mentorship = _mentorship(_london_mentorship(cast, at))
    with clock.stopped_at(at):
        text = weekly(mentorship, "Time set aside").decode()
    parsed = Calendar.from_ical(text)
    (event,) = parsed.walk("VEVENT")
    assert parsed.walk("VTIMEZONE")
    zone = parsed.walk("VTIMEZONE")[0].to_tz()
    start = event["DTSTART"].dt
    assert event["DTSTART"].params["TZID"] == "Europe/London"
    assert event["RRULE"]["FREQ"] == ["WEEKLY"]
    assert (start.weekday(), start.hour) == (0, 18)
    # The zone in the file itself knows about the change of 29 March.
    for weeks in range(4):
        wall = (start + timedelta(weeks=weeks)).replace(tzinfo=None)
        ours = wall.replace(tzinfo=ZoneInfo("Europe/London")).astimezone(UTC)
        assert wall.replace(tzinfo=zone).astimezone(UTC) == ours
    assert {(start + timedelta(weeks=w)).astimezone(UTC).hour for w in range(4)} == {17, 18}


def test_calendar_file_names_nobody_and_nothing(signed_in: SignIn, cast: Cast) -> None:
    mentorship = noor_meets_tess(cast)
    for name in ("noor", "tess"):
        answer = signed_in(name).get(f"/mentoring/mentorships/{mentorship}/calendar.ics")
        assert answer.headers["Content-Type"].startswith("text/calendar")
        text = answer.get_data(as_text=True)
        assert "SUMMARY:Time set aside" in text
        for word in ("noor", "tess", "mentor", "commonroom", cast.noor.id, cast.tess.id):
            assert word.casefold() not in text.casefold()


def test_next_meetings_are_in_each_ones_own_zone(signed_in: SignIn, cast: Cast) -> None:
    from tests.mentoring.making import approved, solved_round, vetted_mentor, would_like_a_mentor

    would_like_a_mentor(cast.account("noor"), timezone="Asia/Kolkata", cells=(47, 48, 49, 50))
    vetted_mentor(cast, cast.account("tess"), timezone="UTC", cells=tuple(range(34, 44)))
    mentorship = both_say_yes(cast, approved(cast, solved_round(cast))[0])
    page = f"/mentoring/mentorships/{mentorship}"
    row = _mentorship(mentorship)
    assert row.minute is not None
    in_utc = f"{row.minute % 1440 // 60:02}:{row.minute % 60:02}"
    assert in_utc in signed_in("tess").get(page).get_data(as_text=True)
    kolkata = (row.minute + 330) % 1440
    noors = signed_in("noor").get(page).get_data(as_text=True)
    assert f"{kolkata // 60:02}:{kolkata % 60:02}" in noors
    assert "Kolkata" in noors


def test_mentor_sees_only_their_own_mentees(signed_in: SignIn, cast: Cast) -> None:
    noor_meets_tess(cast)
    assert "Noor" in signed_in("tess").get("/mentoring").get_data(as_text=True)
    assert "Noor" not in signed_in("uma").get("/mentoring").get_data(as_text=True)


def test_coordinator_sees_the_frame_but_not_the_room(signed_in: SignIn, cast: Cast) -> None:
    mentorship = noor_meets_tess(cast)
    text = signed_in("cora").get(f"/mentoring/mentorships/{mentorship}").get_data(as_text=True)
    assert "Noor" in text
    assert "/rooms/" not in text.replace('href="/rooms"', "")
