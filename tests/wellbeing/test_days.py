"""Check-ins: a few taps, kept closed; a calm look back; one's own steps on a heavy day."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from peer.core import clock, work
from peer.core.audit import AuditEntry
from peer.moderation.models import ReviewItem
from peer.notifications.models import Notice
from peer.policy import wellbeing as policy
from peer.wellbeing import queries, service
from tests.cast import Cast, private_key
from tests.wellbeing.pages import hidden, puts, rows, text

Post = Callable[..., TestResponse]
SignIn = Callable[..., FlaskClient]
HEAVY = "Today sounds heavy."


def test_one_tap_is_enough(signed_in: SignIn, post: Post) -> None:
    noor = signed_in("noor")
    for word in policy.TODAY:
        assert f'name="today" value="{word}"' in text(noor, "/own")
    assert post(noor, "/own/today", {"today": "steady"}).location == "/own/days"
    page = text(noor, "/own/days")
    assert "1 day of these four weeks has a word. The last one: Steady." in page
    assert HEAVY not in page


def test_every_question_can_be_passed_over_but_nothing_at_all_is_not_kept(
    signed_in: SignIn, post: Post
) -> None:
    noor = signed_in("noor")
    assert text(noor, "/own/today").count('value="" checked') == len(policy.QUESTIONS)
    assert post(noor, "/own/today", {"sleep": "enough"}).status_code == 303
    answer = post(signed_in("zed"), "/own/today", dict.fromkeys(policy.QUESTIONS, ""))
    assert answer.status_code == 422
    assert "Everything was passed over, so there is nothing to keep." in answer.text
    assert len(rows()) == 1


def test_words_that_are_not_among_the_answers_are_refused(signed_in: SignIn, post: Post) -> None:
    noor = signed_in("noor")
    for question in policy.QUESTIONS:
        answer = post(noor, "/own/today", {question: "9", "words": "A walk."})
        assert answer.status_code == 422
        assert 'value="A walk."' in answer.text
    assert rows() == []


def test_long_sentence_is_said_and_stays(signed_in: SignIn, post: Post) -> None:
    answer = post(signed_in("noor"), "/own/today", {"today": "light", "words": "x" * 301})
    assert answer.status_code == 422
    assert "Up to 300 characters fit here." in answer.text
    assert "x" * 301 in answer.text
    assert 'value="light" checked' in answer.text


def test_today_is_changed_and_not_kept_twice(signed_in: SignIn, post: Post) -> None:
    noor = signed_in("noor")
    post(noor, "/own/today", {"today": "shaky"})
    seen = hidden(noor, "/own/today")
    sent = {"today": "between", "body": "tired", "version": seen}
    assert post(noor, "/own/today", sent).status_code == 303
    page = text(noor, "/own/days")
    assert "In between · Body: Tired" in page
    assert len(rows()) == 1


def test_two_windows_lose_no_answer(signed_in: SignIn, post: Post) -> None:
    noor = signed_in("noor")
    post(noor, "/own/today", {"today": "steady", "words": "From the phone."})
    answer = post(noor, "/own/today", {"today": "shaky", "words": "From the laptop."})
    assert answer.status_code == 409
    assert "From the phone." in answer.text
    assert "From the laptop." in answer.text
    sent = {"today": "shaky", "version": hidden(noor, "/own/today")}
    assert post(noor, "/own/today", sent).status_code == 303


def test_day_is_the_one_on_the_persons_own_clock(cast: Cast, core: object) -> None:
    noor = cast.account("noor")
    key = private_key(noor)
    with work.begin() as session:
        session.merge(noor).timezone = "America/Los_Angeles"
    late = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)  # the evening before, over there
    with clock.stopped_at(late), work.begin():
        service.check_in(cast.noor, key, {"today": "light"}, "")
    with clock.stopped_at(late + timedelta(hours=9)), work.begin():
        service.check_in(cast.noor, key, {"today": "heavy"}, "")
        found = queries.weeks(cast.noor, key, service.today(cast.noor))
    assert [(str(each.day), each.answers["today"]) for each in found.check_ins] == [
        ("2026-03-02", "heavy"),
        ("2026-03-01", "light"),
    ]


def test_picture_has_a_gap_where_nothing_was_said_and_a_table(
    signed_in: SignIn, cast: Cast
) -> None:
    key = private_key(cast.account("noor"))
    now = clock.now()
    for ago, word in ((40, "light"), (9, "shaky"), (8, "steady"), (6, "steady")):
        with clock.stopped_at(now - timedelta(days=ago)), work.begin():
            service.check_in(cast.noor, key, {"today": word}, "")
    noor = signed_in("noor")
    page = text(noor, "/own/days")
    path = page.split('class="line" d="')[1].split('"')[0]
    assert path.count("M") == 2  # a gap of one day
    assert path.count("L") == 1
    assert page.count('<td class="num">Steady</td>') == 2
    assert page.count('<td class="num">–</td>') == 25
    assert "3 days of these four weeks have a word." in page
    assert "/own/days?back=1" in page
    earlier = text(noor, "/own/days?back=1")
    assert "The last one: Light." in earlier
    assert 'href="/own/days"' in earlier
    for odd in ("0", "-3", "521", "x", "9" * 40):
        assert noor.get(f"/own/days?back={odd}").status_code == 200


@pytest.mark.parametrize(
    ("answers", "heavy"),
    [
        ({"today": "heavy"}, True),
        ({"today": "light", "safety": "unsafe"}, True),
        ({"today": "shaky", "sleep": "hardly", "company": "lonely"}, True),
        ({"sleep": "hardly", "body": "hurting", "company": "lonely"}, True),
        ({"today": "shaky", "sleep": "hardly"}, False),
        ({"today": "between", "safety": "unsure"}, False),
        ({}, False),
    ],
)
def test_what_counts_as_heavy(answers: dict[str, str], heavy: bool) -> None:
    assert policy.is_heavy(answers) == heavy


def test_on_a_heavy_day_ones_own_steps_come_before_the_helpline(
    signed_in: SignIn, post: Post
) -> None:
    noor = signed_in("noor")
    puts(noor, post, "next", "Shoes on.")
    puts(noor, post, "alone", "The blue playlist")
    puts(noor, post, "people", "Fern, evenings")
    puts(noor, post, "signs", "I stop answering")
    post(noor, "/own/today", {"today": "heavy"})
    page = text(noor, "/own/days").split("<footer")[0]
    order = [
        HEAVY,
        "Shoes on.",
        "The blue playlist",
        "Fern, evenings",
        "/help#breath",
        "1-888-373-7888",
        "Nobody was told about your answers",
        "<svg",
    ]
    places = [page.rindex(words) if words == "<svg" else page.index(words) for words in order]
    assert places == sorted(places)
    assert "I stop answering" not in page
    assert HEAVY in text(noor, "/own")


def test_heavy_day_without_a_plan_still_has_help_at_hand(signed_in: SignIn, post: Post) -> None:
    noor = signed_in("noor")
    post(noor, "/own/today", {"safety": "unsafe"})
    page = text(noor, "/own/days")
    assert "When a lighter day comes, you can write down what helps you." in page
    assert "tel:911" in page


def test_nobody_is_told_of_a_heavy_day(signed_in: SignIn, post: Post, cast: Cast) -> None:
    noor = signed_in("noor")

    def told() -> list[int]:
        with work.begin(writes=False) as session:
            counted = (
                select(func.count()).select_from(t) for t in (AuditEntry, Notice, ReviewItem)
            )
            return [session.scalar(each) or 0 for each in counted]

    for everyone in ("mo", "cora", "fay", "tess"):
        cast.account(everyone)
    before = told()
    post(noor, "/own/today", {"today": "heavy", "safety": "unsafe", "words": "I want to die."})
    text(noor, "/own/days")
    assert told() == before


def test_day_can_be_taken_away(signed_in: SignIn, post: Post) -> None:
    noor = signed_in("noor")
    post(noor, "/own/today", {"today": "light", "words": "A walk."})
    url = f"/own/days/{rows()[0].id}"
    assert "A walk." in text(noor, url)
    assert post(noor, url).location == "/own/days"
    assert rows() == []
    assert noor.get(url).status_code == 404


def test_note_is_no_day_and_a_day_is_no_note(signed_in: SignIn, post: Post) -> None:
    noor = signed_in("noor")
    post(noor, "/own/today", {"today": "light"})
    (day,) = rows()
    assert noor.get(f"/own/notes/{day.id}").status_code == 404
    assert post(noor, f"/own/notes/{day.id}/remove", {"version": ""}).status_code == 404
    assert len(rows()) == 1
