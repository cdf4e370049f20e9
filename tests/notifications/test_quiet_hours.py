"""Quiet hours: what comes waits in the inbox, without a number, a word or a stir."""

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from peer.accounts import service as accounts
from peer.core import clock, work
from peer.core.errors import Refused
from peer.core.realtime import Outgoing
from peer.core.words import N_
from peer.notifications import queries, service
from tests.cast import Cast
from tests.notifications.test_inbox import Post, SignedIn

# In London, whose clock is UTC's in winter.
NIGHT = datetime(2026, 12, 1, 23, 30, tzinfo=UTC)
MORNING = datetime(2026, 12, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def noor(signed_in: SignedIn, cast: Cast) -> FlaskClient:
    """Noor, whose nights are quiet from ten to eight."""
    client = signed_in("noor")
    with work.begin():
        service.set_quiet_hours(cast.noor, (22 * 60, 8 * 60))
    return client


def told(account_id: str) -> list[dict[str, int]]:
    """What the pages of a person were told of their inbox."""
    with work.begin(writes=False) as session:
        rows = session.query(Outgoing).filter_by(to=f"account:{account_id}", event="inbox:changed")
        return [row.payload for row in rows.order_by(Outgoing.id)]


def notice(cast: Cast) -> None:
    with work.begin():
        service.notify(cast.noor.id, N_("You have been let in."), href="/rooms")


def badge(client: FlaskClient) -> bool:
    """Whether a number stands beside the name, on a page that is no inbox."""
    text = client.get("/help").get_data(as_text=True)
    return "data-unread hidden" not in text


def lives_in(cast: Cast, zone: str) -> None:
    accounts.change_preferences(cast.noor, locale="en", timezone=zone, theme="")


def number(cast: Cast, at: datetime) -> int:
    with clock.stopped_at(at), work.begin(writes=False):
        return queries.badge(cast.noor.id)


def test_in_the_night_nothing_stirs_and_in_the_morning_it_is_there(
    noor: FlaskClient, cast: Cast
) -> None:
    before = told(cast.noor.id)
    with clock.stopped_at(NIGHT):
        notice(cast)
    assert told(cast.noor.id) == before
    assert (number(cast, NIGHT), number(cast, MORNING)) == (0, 1)
    with clock.stopped_at(MORNING):
        notice(cast)
    assert told(cast.noor.id)[-1] == {"unread": 2}


def test_what_concerns_her_is_on_the_page_when_she_opens_it(noor: FlaskClient, cast: Cast) -> None:
    now = datetime.now(UTC)
    begins = (now - timedelta(hours=1)).astimezone(UTC)
    hours = (begins.hour * 60 + begins.minute, (begins.hour * 60 + begins.minute + 240) % 1440)
    with work.begin():
        lives_in(cast, "UTC")
        service.set_quiet_hours(cast.noor, hours)
    notice(cast)
    inbox = noor.get("/inbox").get_data(as_text=True)
    assert "You have been let in." in inbox
    assert "row--unread" in inbox
    assert "Mark all as read" in inbox
    assert "These are your quiet hours" in inbox
    assert not badge(noor)
    front = noor.get("/").get_data(as_text=True)
    assert "What comes waits here." in front
    assert "notice is new" not in front
    with work.begin():
        service.set_quiet_hours(cast.noor, None)
    assert badge(noor)


def test_hours_follow_her_to_another_place(noor: FlaskClient, cast: Cast) -> None:
    notice(cast)
    assert number(cast, NIGHT) == 0
    with work.begin():
        lives_in(cast, "America/Los_Angeles")
    assert number(cast, NIGHT) == 1  # half past three in the afternoon there
    assert number(cast, MORNING) == 0  # one in the night


def test_set_by_form_and_taken_back(noor: FlaskClient, post: Post, cast: Cast) -> None:
    page = noor.get("/inbox/quiet").get_data(as_text=True)
    assert 'value="22:00"' in page
    assert "London" in page
    form = {"on": "y", "begins": "23:15", "ends": "06:30"}
    assert post(noor, "/inbox/quiet", form).status_code == 303
    with work.begin(writes=False):
        kept = queries.quiet_hours_of(cast.noor.id)
    assert kept is not None
    assert (kept.begins, kept.ends) == (23 * 60 + 15, 6 * 60 + 30)
    assert post(noor, "/inbox/quiet", {"begins": "23:15", "ends": "06:30"}).status_code == 303
    with work.begin(writes=False):
        assert queries.quiet_hours_of(cast.noor.id) is None


@pytest.mark.parametrize("ends", ["23:15", "", "soon", "25:00"])
def test_hours_that_are_none_come_back_with_a_word(
    noor: FlaskClient, post: Post, ends: str
) -> None:
    answer = post(noor, "/inbox/quiet", {"on": "y", "begins": "23:15", "ends": ends})
    assert answer.status_code == 422
    assert 'value="23:15"' in answer.get_data(as_text=True)


def test_service_refuses_hours_without_length(cast: Cast, app: object) -> None:
    with pytest.raises(Refused), work.begin():
        service.set_quiet_hours(cast.noor, (60, 60))
