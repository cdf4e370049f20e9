"""The plan: lists in a person's own words, each changed by itself."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from peer.policy import wellbeing as policy
from tests.wellbeing.pages import hidden, puts, rows, text

Post = Callable[..., TestResponse]
SignIn = Callable[..., FlaskClient]


def test_every_list_is_optional_and_is_filled_by_itself(signed_in: SignIn, post: Post) -> None:
    noor = signed_in("noor")
    empty = text(noor, "/own/plan")
    for title in policy.SECTIONS.values():
        assert title in empty
    puts(noor, post, "alone", "Tea\r\n\r\n  The blue   playlist \r\nTea")
    page = text(noor, "/own/plan")
    assert page.index("Tea") < page.index("The blue playlist")
    assert len(rows()) == 1
    puts(noor, post, "alone", "")
    assert "The blue playlist" not in text(noor, "/own/plan")


def test_next_step_stands_above_the_lists(signed_in: SignIn, post: Post) -> None:
    noor = signed_in("noor")
    puts(noor, post, "towards", "The course in spring")
    assert 'name="words" value="The course in spring"' in text(noor, "/own/plan/next")
    puts(noor, post, "next", "Ask for the date.")
    page = text(noor, "/own/plan")
    assert page.index("Ask for the date.") < page.index("My early signs")
    assert "Ask for the date." in text(noor, "/own")


def test_two_lists_changed_in_two_windows_do_not_meet(signed_in: SignIn, post: Post) -> None:
    noor = signed_in("noor")
    one, two = hidden(noor, "/own/plan/alone"), hidden(noor, "/own/plan/people")
    assert post(noor, "/own/plan/alone", {"words": "Tea", "version": one}).status_code == 303
    assert post(noor, "/own/plan/people", {"words": "Fern", "version": two}).status_code == 303
    page = text(noor, "/own/plan")
    assert "Tea" in page
    assert "Fern" in page
    assert len(rows()) == 1


@pytest.mark.parametrize("section", ["alone", "next"])
def test_same_list_changed_in_two_windows_is_shown_twice(
    section: str, signed_in: SignIn, post: Post
) -> None:
    noor = signed_in("noor")
    url = f"/own/plan/{section}"
    seen = hidden(noor, url)
    assert post(noor, url, {"words": "From the phone", "version": seen}).status_code == 303
    answer = post(noor, url, {"words": "From the laptop", "version": seen})
    assert answer.status_code == 409
    assert "From the phone" in answer.text
    assert "From the laptop" in answer.text
    puts(noor, post, section, "Both")
    assert "Both" in text(noor, "/own/plan")


@pytest.mark.parametrize(
    ("section", "words", "said"),
    [
        ("alone", "\n".join(f"line {n}" for n in range(21)), "Up to 20 lines fit in one list."),
        ("alone", "x" * 201, "Up to 200 characters fit in one line."),
        ("next", "x" * 201, "Up to 200 characters fit in one line."),
    ],
)
def test_what_does_not_fit_is_said_and_stays(
    section: str, words: str, said: str, signed_in: SignIn, post: Post
) -> None:
    answer = post(signed_in("noor"), f"/own/plan/{section}", {"words": words})
    assert answer.status_code == 422
    assert said in answer.text
    assert words.replace("\n", "\r\n") in answer.text or words in answer.text
    assert rows() == []


def test_there_are_no_other_lists(signed_in: SignIn, post: Post) -> None:
    noor = signed_in("noor")
    assert noor.get("/own/plan/everything").status_code == 404
    assert post(noor, "/own/plan/everything", {"words": "Tea"}).status_code == 404


def test_paper_is_the_persons_own_decision(signed_in: SignIn) -> None:
    page = text(signed_in("noor"), "/own/plan")
    assert "Printers and phones keep copies of what they print" in page
    assert "window.print" not in page
