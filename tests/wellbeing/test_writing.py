"""The journal: written, read, changed and taken away, by one person alone."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from peer.accounts import service as accounts
from peer.core import clock, limits, work
from peer.core.db import new_id
from peer.wellbeing import service
from tests.cast import Cast, private_key
from tests.wellbeing.pages import FRESH, hidden, rows, text

Post = Callable[..., TestResponse]
SignIn = Callable[..., FlaskClient]


def written(client: FlaskClient, post: Post, words: str) -> str:
    """The address of a note that was just kept."""
    answer = post(client, "/own/notes/new", {"words": words, "page_id": new_id()})
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return str(answer.location)


def test_note_is_kept_and_reads_back_as_it_was_written(signed_in: SignIn, post: Post) -> None:
    noor = signed_in("noor")
    url = written(noor, post, "a < b & <b>c</b>\r\n\r\nكتبت صفحة 🌙")
    assert "a &lt; b &amp; &lt;b&gt;c&lt;/b&gt;<br><br>كتبت صفحة 🌙" in noor.get(url).text
    assert "a < b & <b>c</b> كتبت صفحة 🌙" in text(noor, "/own/notes")
    assert "a < b" in text(noor, "/own")


def test_twenty_thousand_characters_fit_and_one_more_is_said_and_kept(
    signed_in: SignIn, post: Post
) -> None:
    noor = signed_in("noor")
    url = written(noor, post, "م" * 20_000)
    assert "م" * 20_000 in text(noor, url)
    answer = post(noor, "/own/notes/new", {"words": "م" * 20_001, "page_id": FRESH})
    assert answer.status_code == 422
    assert "Up to 20,000 characters fit on one page." in answer.text
    assert "م" * 20_001 in answer.text
    assert len(rows()) == 1


def test_tampered_form_keeps_nothing_and_loses_nothing(signed_in: SignIn, post: Post) -> None:
    noor = signed_in("noor")
    for page_id in ("", "x", "../" * 9, "\x00" * 22, "a" * 500):
        answer = post(noor, "/own/notes/new", {"words": "Tea.", "page_id": page_id})
        assert answer.status_code == 422
        assert "Tea." in answer.text
    assert rows() == []


def test_empty_note_is_no_note(signed_in: SignIn, post: Post) -> None:
    noor = signed_in("noor")
    for nothing in ("", " \r\n\t ", "\x01\x02"):
        answer = post(noor, "/own/notes/new", {"words": nothing, "page_id": FRESH})
        assert answer.status_code == 422
        assert "Without one there is nothing to keep." in answer.text


def test_same_page_sent_twice_is_kept_once(signed_in: SignIn, post: Post) -> None:
    noor = signed_in("noor")
    sent = {"words": "Tea.", "page_id": FRESH}
    assert {post(noor, "/own/notes/new", sent).location for _time in range(2)} == {
        f"/own/notes/{FRESH}"
    }
    other = post(noor, "/own/notes/new", {**sent, "words": "Tea, and toast."})
    assert other.location != f"/own/notes/{FRESH}"
    assert len(rows()) == 2


def test_somebody_elses_id_is_no_obstacle_and_is_not_touched(signed_in: SignIn, post: Post) -> None:
    post(signed_in("sol"), "/own/notes/new", {"words": "Sol's.", "page_id": FRESH})
    zed = signed_in("zed")
    answer = post(zed, "/own/notes/new", {"words": "Zed's.", "page_id": FRESH})
    assert "Zed's." in text(zed, answer.location)
    assert "Sol's." in text(signed_in("sol"), f"/own/notes/{FRESH}")


def test_two_windows_lose_nothing(signed_in: SignIn, post: Post) -> None:
    noor = signed_in("noor")
    url = written(noor, post, "First.")
    seen = hidden(noor, f"{url}/edit")
    sent = {"page_id": FRESH, "version": seen}
    assert post(noor, f"{url}/edit", {**sent, "words": "From the phone."}).status_code == 303
    answer = post(noor, f"{url}/edit", {**sent, "words": "From the laptop."})
    assert answer.status_code == 409
    assert "This was changed in another window meanwhile." in answer.text
    assert "From the phone." in answer.text
    assert "From the laptop." in answer.text
    assert "From the phone." in text(noor, url)
    now = hidden(noor, f"{url}/edit")
    assert f'value="{now}"' in answer.text
    sent = {"page_id": FRESH, "version": now, "words": "Both: phone, laptop."}
    assert post(noor, f"{url}/edit", sent).status_code == 303
    assert "Both: phone, laptop." in text(noor, url)


def test_note_that_changed_is_not_taken_away_unseen(signed_in: SignIn, post: Post) -> None:
    noor = signed_in("noor")
    url = written(noor, post, "Keep me?")
    seen = hidden(noor, f"{url}/remove")
    post(noor, f"{url}/edit", {"page_id": FRESH, "version": seen, "words": "More of it."})
    answer = post(noor, f"{url}/remove", {"version": seen})
    assert answer.status_code == 409
    assert "More of it." in answer.text
    assert (
        post(noor, f"{url}/remove", {"version": hidden(noor, f"{url}/remove")}).location
        == "/own/notes"
    )
    assert noor.get(url).status_code == 404
    assert rows() == []


def test_change_of_a_note_that_is_gone_gives_the_words_back(signed_in: SignIn, post: Post) -> None:
    noor = signed_in("noor")
    url = written(noor, post, "First.")
    post(noor, f"{url}/remove", {"version": hidden(noor, f"{url}/remove")})
    answer = post(noor, f"{url}/edit", {"page_id": FRESH, "words": "A long evening's work."})
    assert answer.status_code == 404
    assert "A long evening's work." in text_of(answer)


def text_of(answer: TestResponse) -> str:
    return answer.get_data(as_text=True).replace("&#39;", "'")


def test_everyone_may_keep_pages_and_nobody_finds_those_of_others(
    signed_in: SignIn, post: Post
) -> None:
    url = written(signed_in("noor"), post, "Only mine.")
    for who in ("zed", "tess", "fay", "mo", "cora", "ada"):
        other = signed_in(who)
        for page in (url, f"{url}/edit", f"{url}/remove", url.replace("notes", "days")):
            assert other.get(page).status_code == 404
        for page in (f"{url}/edit", f"{url}/remove", url.replace("notes", "days")):
            assert post(other, page, {"words": "Mine now.", "version": ""}).status_code == 404
        assert "Mine as well." in text(other, written(other, post, "Mine as well."))
        assert "Only mine." not in text(other, "/own/notes")


def test_date_is_the_one_on_the_persons_own_clock(
    app: Flask, signed_in: SignIn, cast: Cast
) -> None:
    noor = cast.account("noor")
    with work.begin() as session:
        session.merge(noor).timezone = "Pacific/Auckland"
    with clock.stopped_at(datetime(2026, 3, 1, 22, 30, tzinfo=UTC)), work.begin():
        service.write_note(cast.noor, private_key(noor), "Morning there.")
    assert "March 2, 2026, 11:30" in text(signed_in("noor"), "/own/notes")


def test_journal_has_pages_of_its_own(signed_in: SignIn, cast: Cast) -> None:
    key = private_key(cast.account("noor"))
    with work.begin():
        for number in range(25):
            service.write_note(cast.noor, key, f"Note number {number}.")
    noor = signed_in("noor")
    first, second = text(noor, "/own/notes"), text(noor, "/own/notes?page=2")
    assert first.count("Note number") == 20
    assert second.count("Note number") == 5
    for odd in ("0", "-1", "9" * 30, "x", "1e3"):
        assert noor.get(f"/own/notes?page={odd}").status_code == 200


def test_session_without_the_key_is_led_to_the_passphrase(
    app: Flask, signed_in: SignIn, post: Post, cast: Cast
) -> None:
    private_key(cast.account("noor"))
    noor = signed_in("noor", opened=False)
    for page in ("/own", "/own/notes", "/own/notes/new", "/own/today", "/own/days", "/own/plan"):
        answer = noor.get(page)
        assert answer.status_code == 303
        assert answer.location.startswith("/account/unlock?next=%2Fown") or (
            answer.location.startswith("/account/unlock?next=/own")
        )
    answer = post(noor, "/own/notes/new", {"words": "Typed for an hour.", "page_id": FRESH})
    assert answer.status_code == 403
    assert "Typed for an hour." in answer.text
    answer = post(noor, "/own/today", {"today": "heavy", "words": "Rain."})
    assert answer.status_code == 403
    assert "Heavy" in answer.text, "what was tapped is given back as well"
    assert "Rain." in answer.text
    assert rows() == []
    assert noor.get("/own/about").status_code == 200


def test_pages_go_when_the_key_is_lost_for_good(signed_in: SignIn, post: Post, cast: Cast) -> None:
    written(signed_in("noor"), post, "Before.")
    written(signed_in("zed"), post, "Another's.")
    with work.begin():
        accounts.lose_private(cast.noor.id)
    assert [row.account_id for row in rows()] == [cast.zed.id]
    assert "Nothing is written here" in text(signed_in("noor"), "/own/notes")


def test_everything_can_be_taken_away_at_once_by_who_means_it(
    signed_in: SignIn, post: Post
) -> None:
    noor = signed_in("noor")
    written(noor, post, "One.")
    written(signed_in("zed"), post, "Another's.")
    answer = post(noor, "/own/clear")
    assert answer.status_code == 422
    assert "Nothing was taken away." in answer.text
    assert post(noor, "/own/clear", {"sure": "y"}).location == "/own"
    assert "Nothing is written here" in text(noor, "/own/notes")
    assert len(rows()) == 1


def test_too_many_at_once_are_asked_to_wait_and_the_words_come_back(
    signed_in: SignIn, post: Post, cast: Cast
) -> None:
    noor = signed_in("noor")
    for _time in range(60):
        limits.spend("60/minute", "own", cast.noor.id)
    answer = post(noor, "/own/notes/new", {"words": "Tea.", "page_id": FRESH})
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert "Tea." in answer.text
    assert rows() == []


def test_full_shelf_says_so(signed_in: SignIn, post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("peer.policy.wellbeing.MOST_PAGES", 1)
    noor = signed_in("noor")
    written(noor, post, "One.")
    answer = post(noor, "/own/notes/new", {"words": "Two.", "page_id": new_id()})
    assert answer.status_code == 422
    assert "There is no room for more pages." in answer.text
    assert "Two." in answer.text


def test_journal_works_on_postgresql(postgres_app: Flask, cast: Cast) -> None:
    key = private_key(cast.account("noor"))
    with work.begin():
        token = accounts.start_session(cast.account("noor"), key=key)
        page_id = service.write_note(cast.noor, key, "كتبت صفحة")
    client = postgres_app.test_client()
    client.set_cookie("s", token)
    assert "كتبت صفحة" in text(client, f"/own/notes/{page_id}")
