"""Joining: a code becomes an account, and nothing that was written is lost on the way."""

import re
import threading
from collections.abc import Callable
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from peer.accounts import queries, service
from peer.core import work
from peer.core.errors import Conflict, Invalid
from peer.core.secrets import passphrase_fits
from peer.policy.roles import Role
from tests.cast import Cast, passphrase_hash

OWN_WORDS = "kettle under seven stars"
Post = Callable[..., TestResponse]


@pytest.fixture
def code(cast: Cast) -> str:
    """The code of an invitation for a member, made by Cora."""
    with work.begin():
        return service.invite(cast.cora, [Role.MEMBER])[1]


def filled(code: str, **other: str) -> dict[str, str]:
    given = {"code": code, "name": "Quiet-Fjord", "passphrase": OWN_WORDS}
    return {**given, "locale": "es", "timezone": "Europe/Madrid", **other}


def offers(body: str) -> tuple[list[str], str]:
    """The names and the passphrase that a page offers."""
    names = re.search(r'name="names" type="hidden" value="([^"]*)"', body)
    words = re.search(r'name="offered" type="hidden" value="([^"]*)"', body)
    assert names
    assert words
    return names[1].split(), unescape(words[1])


def account(name: str):
    with work.begin(writes=False):
        return queries.account_named(name)


def test_code_opens_an_account_that_can_be_used_at_once(
    client: FlaskClient, post: Post, code: str
) -> None:
    answer = post(client, "/join", filled(code.lower().replace("-", " ")))
    assert (answer.status_code, answer.location) == (303, "/welcome")
    assert "Quiet-Fjord" in client.get("/welcome").get_data(as_text=True)
    found = account("quiet-fjord")
    assert (found.locale, found.timezone, found.roles) == ("es", "Europe/Madrid", {Role.MEMBER})
    assert passphrase_fits(found.passphrase_hash, OWN_WORDS)


def test_code_works_once(app: Flask, client: FlaskClient, post: Post, code: str) -> None:
    post(client, "/join", filled(code))
    other = app.test_client()
    answer = post(other, "/join", filled(code, name="Still-Harbor"))
    assert answer.status_code == 422
    assert "Codes work once" in answer.get_data(as_text=True)
    assert account("still-harbor") is None


def test_one_code_finds_five_taken_names_an_hour_and_then_rests(
    client: FlaskClient, post: Post, cast: Cast, code: str
) -> None:
    for name in ("Noor", "Zed", "Sol", "Tess", "Uma"):
        cast.account(name.lower())
        answer = post(client, "/join", filled(code, name=name))
        assert answer.status_code == 422
        assert "already goes by that name" in answer.get_data(as_text=True)
    for name in ("Noor", "Quiet-Fjord"):
        answer = post(client, "/join", filled(code, name=name))
        assert answer.status_code == 429, "taken or free, it tells nothing more"
        assert "works again in a while" in answer.get_data(as_text=True)
    with work.begin():
        other = service.invite(cast.cora, [Role.MEMBER])[1]
    assert post(client, "/join", filled(other)).status_code == 303


def test_two_people_at_once_with_one_code_are_one_account(
    app: Flask, cast: Cast, code: str
) -> None:
    outcomes: list[str] = []

    def join(name: str) -> None:
        try:
            with work.begin():
                service.join(code, name, passphrase_hash(), locale="en", timezone="UTC")
            outcomes.append("in")
        except (Conflict, Invalid):
            outcomes.append("out")

    threads = [threading.Thread(target=join, args=(f"Guest-{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["in", "out", "out", "out"]


def test_wrong_code_loses_nothing_that_was_written(client: FlaskClient, post: Post) -> None:
    answer = post(client, "/join", filled("AAAA-BBBB"))
    body = answer.get_data(as_text=True)
    assert answer.status_code == 422
    for kept in ("AAAA-BBBB", "Quiet-Fjord", OWN_WORDS, 'selected value="Europe/Madrid"'):
        assert kept in body


def test_other_names_are_shown_without_losing_the_rest(client: FlaskClient, post: Post) -> None:
    names, words = offers(client.get("/join").get_data(as_text=True))
    sent = filled("AAAA", names=" ".join(names), offered=words, again="names")
    body = post(client, "/join", sent).get_data(as_text=True)
    fresh, same_words = offers(body)
    assert not set(names) & set(fresh)
    assert same_words == words
    assert OWN_WORDS in body
    assert "AAAA" in body


def test_other_words_are_shown_and_are_not_taken_yet(client: FlaskClient, post: Post) -> None:
    names, words = offers(client.get("/join").get_data(as_text=True))
    sent = filled("AAAA", names=" ".join(names), offered=words, use_offered="y", again="words")
    body = post(client, "/join", sent).get_data(as_text=True)
    same_names, fresh = offers(body)
    assert same_names == names
    assert fresh != words
    assert not re.search(r'name="use_offered"[^>]*checked', body)


def test_offered_name_and_words_can_be_taken(client: FlaskClient, post: Post, code: str) -> None:
    names, words = offers(client.get("/join").get_data(as_text=True))
    taken = {"suggestion": names[0], "name": "", "use_offered": "y", "passphrase": ""}
    sent = filled(code, names=" ".join(names), offered=words, **taken)
    assert post(client, "/join", sent).status_code == 303
    assert passphrase_fits(account(names[0]).passphrase_hash, words)


def test_offered_words_and_own_words_together_are_asked_about(
    client: FlaskClient, post: Post, code: str
) -> None:
    sent = filled(code, offered="one two three four five six", use_offered="y")
    answer = post(client, "/join", sent)
    assert answer.status_code == 422
    assert "Keep one of them." in answer.get_data(as_text=True)


def test_name_that_may_tell_who_somebody_is_is_answered_by_its_field(
    client: FlaskClient, post: Post, code: str
) -> None:
    answer = post(client, "/join", filled(code, name="Maria Lopez"))
    body = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "looks like a full name" in body
    assert 'value="Maria Lopez"' in body


def test_name_that_looks_like_one_that_is_taken_is_taken(
    client: FlaskClient, post: Post, cast: Cast, code: str
) -> None:
    cast.account("noor")
    for alike in ("N00R", "Nóor", "n-o-o-r"):
        body = post(client, "/join", filled(code, name=alike)).get_data(as_text=True)
        assert "already goes by that name" in body, alike


def test_taken_name_is_said_only_to_who_holds_a_code(
    client: FlaskClient, post: Post, cast: Cast, code: str
) -> None:
    cast.account("noor")
    without = post(client, "/join", filled("AAAA", name="Noor")).get_data(as_text=True)
    assert "already goes by that name" not in without
    answer = post(client, "/join", filled(code, name=" noor "))
    assert answer.status_code == 422
    assert "already goes by that name" in answer.get_data(as_text=True)


def test_weak_passphrase_is_answered_by_its_field_and_kept(
    client: FlaskClient, post: Post, code: str
) -> None:
    answer = post(client, "/join", filled(code, passphrase="Quiet-Fjord Quiet-Fjord"))
    body = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "A program would guess this soon" in body
    assert 'value="Quiet-Fjord Quiet-Fjord"' in body


def test_made_up_time_zone_becomes_world_time(client: FlaskClient, post: Post, code: str) -> None:
    post(client, "/join", filled(code, timezone="Mars/Olympus"))
    assert account("quiet-fjord").timezone == "UTC"


def test_hostile_words_in_every_field_are_only_words(client: FlaskClient, post: Post) -> None:
    hostile = '"><script>alert(1)</script>' * 150
    body = post(client, "/join", dict.fromkeys(filled(""), hostile)).get_data(as_text=True)
    assert "<script>alert" not in body
