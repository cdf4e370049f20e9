"""Coordinators add, change, check, retire and restore entries."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from peer.core import clock, work
from peer.core.audit import AuditEntry
from peer.resources import service
from peer.resources.models import Resource
from tests.cast import Cast
from tests.resources.test_reading import listed, text

Post = Callable[..., TestResponse]
SignIn = Callable[[str], FlaskClient]

FILLED = {
    "title": "Mill House",
    "category": "housing",
    "about": "Beds and quiet.",
    "phone": "+1 (555) 0100",
    "phoning": "unknown",
    "languages": "English، español",
    "tags": "free of charge, women only",
    "checked": "y",
}


def only_entry() -> Resource:
    with work.begin(writes=False) as session:
        return session.scalars(select(Resource)).one()


def test_coordinator_adds_an_entry(signed_in: SignIn, post: Post, client: FlaskClient) -> None:
    answer = post(signed_in("cora"), "/resources/new", FILLED)
    assert answer.status_code == 303
    entry = only_entry()
    assert (entry.languages, entry.tags) == (["en", "es"], ["free of charge", "women only"])
    assert entry.verified_at is not None
    assert "Mill House" in text(client, "/resources?q=women")


@pytest.mark.parametrize("who", ["noor", "tess", "fay", "mo", "ada"])
def test_nobody_else_finds_the_staff_pages(
    who: str, signed_in: SignIn, post: Post, cast: Cast
) -> None:
    entry = listed(cast, "Mill House")
    client = signed_in(who)
    for page in ("new", "care", f"{entry.id}/edit"):
        assert client.get(f"/resources/{page}").status_code == 404
    for page in ("new", f"{entry.id}/edit", f"{entry.id}/retire"):
        assert post(client, f"/resources/{page}", FILLED).status_code == 404
    assert only_entry().retired_at is None


@pytest.mark.parametrize(
    ("field", "wrong", "words"),
    [
        ("title", "", "A name helps people to find it."),
        ("about", "x" * 1501, "Up to 1,500 characters fit here."),
        ("phone", "call me", "Only the number itself goes here"),
        ("website", "javascript:alert(1)", "begins with https://"),
        ("website", "https://user@evil.example", "begins with https://"),
        ("languages", "English, Klingonese", "called “Klingonese”"),
        ("tags", ", ".join(f"tag {n}" for n in range(9)), "Up to 8 of these fit."),
        ("category", "treasure", "Not a valid choice"),
        ("area", "x" * 121, "Up to 120 characters fit here."),
    ],
)
def test_what_does_not_fit_is_said_and_nothing_is_lost(
    field: str, wrong: str, words: str, signed_in: SignIn, post: Post
) -> None:
    answer = post(signed_in("cora"), "/resources/new", {**FILLED, "hours": "Daily", field: wrong})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert words in page
    assert 'value="Daily"' in page


@pytest.mark.parametrize(
    "address",
    ["12 Mill Road", "221b baker st.", "Calle Mayor 5", "rue de la Paix 12", "Lindenstraße 7"],
)
def test_street_address_is_asked_about(address: str, signed_in: SignIn, post: Post) -> None:
    cora = signed_in("cora")
    filled = {**FILLED, "about": f"Come to {address}, any day."}
    answer = post(cora, "/resources/new", filled)
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert "This looks like a street address" in page
    assert 'name="public_address"' in page
    assert post(cora, "/resources/new", {**filled, "public_address": "y"}).status_code == 303
    assert only_entry().public_address


@pytest.mark.parametrize(
    "words",
    [
        "Open 9 to 17, all of Mill County.",
        "24 hours a day",
        "10 minutes on the way to work",
        "We have 12 beds. Call 555 0100.",
        "3 St. Mary sisters answer",
        "Groups of 6 in a quiet place",
        "Within 14 days you get a place of your own",
    ],
)
def test_other_figures_are_not_taken_for_an_address(words: str) -> None:
    assert not service.holds_address(words)


def test_two_coordinators_at_once_lose_nothing(signed_in: SignIn, post: Post, cast: Cast) -> None:
    entry = listed(cast, "Mill House")
    url = f"/resources/{entry.id}/edit"
    mine = {**FILLED, "title": "Mill House South", "version": "1"}
    assert (
        post(signed_in("cleo"), url, {**FILLED, "hours": "Daily", "version": "1"}).status_code
        == 303
    )
    cora = signed_in("cora")
    answer = post(cora, url, mine)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Someone else changed this entry meanwhile." in page
    assert 'value="Mill House South"' in page
    assert '<dd dir="auto">Daily</dd>' in page
    assert 'name="version" type="hidden" value="2"' in page
    assert post(cora, url, {**mine, "version": "2"}).status_code == 303
    assert only_entry().title == "Mill House South"


def test_retired_entry_is_hidden_and_comes_back(
    signed_in: SignIn, post: Post, client: FlaskClient, cast: Cast
) -> None:
    entry = listed(cast, "Mill House")
    cora = signed_in("cora")
    assert post(cora, f"/resources/{entry.id}/retire").status_code == 303
    assert "Mill House" not in text(client, "/resources?q=mill")
    assert "Mill House" in text(cora, "/resources/care?show=retired")
    assert post(cora, f"/resources/{entry.id}/restore").status_code == 303
    assert "Mill House" in text(client, "/resources?q=mill")


def test_entry_waits_for_a_check_after_half_a_year(
    signed_in: SignIn, post: Post, cast: Cast
) -> None:
    entry = listed(cast, "Mill House")
    cora = signed_in("cora")
    assert "Everything is checked" in text(cora, "/resources/care")
    with work.begin() as session:
        session.get_one(Resource, entry.id).verified_at = clock.now() - timedelta(days=181)
    assert "Mill House" in text(cora, "/resources/care")
    answer = post(cora, f"/resources/{entry.id}/verify", {"back": "care"})
    assert answer.location == "/resources/care"
    assert "Everything is checked" in text(cora, "/resources/care")


def test_unknown_entries_and_acts_are_not_there(signed_in: SignIn, post: Post, cast: Cast) -> None:
    entry, cora = listed(cast, "Mill House"), signed_in("cora")
    assert cora.get("/resources/nothing/edit").status_code == 404
    assert post(cora, "/resources/nothing/verify").status_code == 404
    assert post(cora, f"/resources/{entry.id}/explode").status_code == 404


def test_every_act_is_in_the_record(signed_in: SignIn, post: Post, cast: Cast) -> None:
    entry, cora = listed(cast, "Mill House"), signed_in("cora")
    post(cora, f"/resources/{entry.id}/edit", {**FILLED, "version": "1"})
    for act in ("verify", "retire", "retire", "restore"):
        post(cora, f"/resources/{entry.id}/{act}")
    with work.begin(writes=False) as session:
        acts = session.scalars(
            select(AuditEntry.act).where(AuditEntry.act.like("resource.%"))
        ).all()
    assert acts == [f"resource.{act}" for act in ("add", "change", "verify", "retire", "restore")]


def test_library_works_on_postgresql(postgres_app: object, cast: Cast) -> None:
    listed(cast, "Café Ámbar", languages=["es"])
    found = postgres_app.test_client().get("/resources?q=cafe+espanol")
    assert "Café Ámbar" in found.get_data(as_text=True)
