"""Download my data: everything the tables hold about the person, and nobody else's words."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import inspect, select
from werkzeug.test import TestResponse

from peer.accounts.models import Account
from peer.core import clock, keys, work
from peer.core.db import Base
from peer.moderation.service import Wanted
from peer.policy import retention
from peer.policy.moderation import SanctionKind
from peer.rooms import service as rooms
from tests.cast import PASSPHRASE, Cast
from tests.plugins.site import SignIn
from tests.privacy.lives import CANARIES, Life, hidden, lived_in
from tests.rooms.place import said

Post = Callable[..., TestResponse]


def taken(post: Post, browser: Any, kind: str) -> TestResponse:
    return post(browser, "/account/data", {"passphrase": PASSPHRASE, "kind": kind})


@pytest.fixture
def life(app: Flask, cast: Cast) -> Life:
    """Noor's, with a ruling and a sanction, and an undecided report about her."""
    found = lived_in(cast)
    for text, decided in (("not so kind", True), ("not kind either", False)):
        message = said(cast.noor, found.room, text)
        with work.begin():
            rooms.report_message(cast.zed, message.id, "unkind", "what-zed-told")
        if decided:
            hidden(cast, message, Wanted(SanctionKind.WARN), note="note-of-mo")
    return found


def test_the_file_is_asked_for_with_the_passphrase_and_has_a_neutral_name(
    life: Life, signed_in: SignIn, post: Post
) -> None:
    noor = signed_in("noor")
    page = noor.get("/account/data").get_data(as_text=True)
    assert "Think of where the file will be." in page
    refused = post(noor, "/account/data", {"passphrase": "not it at all", "kind": "json"})
    assert refused.status_code == 422
    for kind, mime in (("html", "text/html"), ("json", "application/json")):
        answer = taken(post, noor, kind)
        assert answer.mimetype == mime
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Content-Disposition"] == f'attachment; filename="notes.{kind}"'


def test_the_readable_file_stands_alone_and_reads_from_right_to_left(
    life: Life, signed_in: SignIn, post: Post
) -> None:
    noor = signed_in("noor")
    noor.get("/account?lang=ar")
    page = taken(post, noor, "html").get_data(as_text=True)
    assert 'dir="rtl"' in page
    assert "Commonroom" not in page
    for reaching_out in ("<script", "<link", "<img", "http:", "https:", "url("):
        assert reaching_out not in page
    for canary in CANARIES:
        assert canary in page


def test_nobody_elses_words_are_in_it(life: Life, signed_in: SignIn, post: Post) -> None:
    noor = signed_in("noor")
    for kind in ("html", "json"):
        words = taken(post, noor, kind).get_data(as_text=True)
        for others in ("well said", "what-zed-told", "note-of-mo", "Mo", "Cora"):
            assert f">{others}<" not in words
            assert f'"{others}"' not in words
        assert words.count("unkind") <= 2, "what she reported, not what was reported about her"


# Columns that the file tells in words, as a list of words says them, and not as they are stored.
IN_WORDS = {
    "factors.kind",
    "recoveries.state",
    "accounts.state",
    "role_grants.role",
    "invitations.roles",
    "invitations.rooms",
    "notices.message",
    "admissions.room_id",
    "admissions.state",
    "admissions.later",
    "asides.from_id",
    "asides.state",
    "memberships.room_id",
    "messages.room_id",
    "messages.author_role",
    "messages.state",
    "messages.reply_to",
    "message_reactions.kind",
    "circle_seats.turn",
    "whispers.room_id",
    "room_names.room_id",
    "distances.about_id",
    "distances.how",
    "unwanted_topics.topics",
    "messages.topic",
    "mentee_profiles.languages",
    "mentee_profiles.interests",
    "mentee_profiles.identity",
    "mentee_profiles.accepts",
    "mentee_profiles.style",
    "mentee_profiles.area_id",
    "mentee_profiles.cells",
    "mentee_profiles.topics",
    "mentor_profiles.languages",
    "mentor_profiles.interests",
    "mentor_profiles.cells",
    "mentor_profiles.vetting",
    "mentorships.mentee_id",
    "mentorships.mentor_id",
    "mentorships.state",
    "reports.category",
    "sanctions.kind",
    "sanctions.rule",
}


# --- everything -------------------------------------------------------------------------------


def mentions(row: Any, account_id: str) -> bool:
    """Whether a row is about the person: one of its columns is their id."""
    return any(getattr(row, attribute.key) == account_id for attribute in columns_of(type(row)))


def columns_of(kind: type) -> list[Any]:
    return list(inspect(kind).column_attrs)


def rows_about(account_id: str) -> Iterator[Any]:
    with work.begin(writes=False) as session:
        for mapper in Base.registry.mappers:
            for row in session.scalars(select(mapper.class_)):
                if mentions(row, account_id):
                    yield row


def plain_value(row: Any, column: str, key: str) -> Any:
    """What a column holds, opened if it is sealed."""
    for sealed in keys.sealed_in(type(row)):
        if sealed.column == key:
            return getattr(row, sealed.name)
    return getattr(row, key)


def flat(found: Any) -> Iterator[str]:
    """Every value of the file, as text."""
    if isinstance(found, dict):
        for each in found.values():
            yield from flat(each)
    elif isinstance(found, list):
        for each in found:
            yield from flat(each)
    else:
        yield str(found)


def said_in(value: Any, words: set[str]) -> bool:
    """Whether a value is in the file: as it is, or (from a fixed list) in words."""
    if value in (None, "", [], {}) or isinstance(value, bool | int | float):
        return True  # nothing to say, or a number that could be anything: see the test of fields
    if isinstance(value, datetime):
        return value.isoformat() in words
    if isinstance(value, list | dict):
        parts = value.values() if isinstance(value, dict) else value
        return all(said_in(each, words) for each in parts)
    return any(value in word for word in words)


def test_every_column_that_mentions_somebody_is_in_the_file_or_left_out_for_a_reason(
    life: Life, signed_in: SignIn, post: Post, cast: Cast
) -> None:
    with clock.stopped_at(clock.now()):  # taking the file is itself the last use of the session
        noor = signed_in("noor")
        words = set(flat(json.loads(taken(post, noor, "json").get_data())))
    missing = set()
    looked_at = set()
    for row in rows_about(cast.noor.id):
        table = row.__tablename__
        for attribute in columns_of(type(row)):
            column = attribute.columns[0].name
            place = f"{table}.{column}"
            if retention.left_out(place):
                continue
            looked_at.add(place)
            if place in IN_WORDS:
                continue
            if not said_in(plain_value(row, column, attribute.key), words):
                missing.add(place)
    assert missing == set(), "tell of these in the feature's holdings.py, or say why not"
    assert {"messages.text", "accounts.name", "reports.note", "mentee_profiles.avoids"} <= looked_at


# What the file tells of these is looked at above only where a person has them, so it is said here.
TOLD = IN_WORDS | {
    f"{table}.{column}"
    for table, columns in {
        "sessions": "label created_at seen_at covered_at",
        "invitations": "note created_at expires_at used_at withdrawn_at",
        "notices": "params href at seen_at",
        "vetting_steps": "state at until",
        "proposals": "start expires_at decided_at mentee_says mentor_says",
        "moves": "says",
        "unmatched_people": "reason",
        "imported_people": "side at",
        "rulings": "at outcome rule note",
        "sanctions": "at until lifted_at",
        "disclosures": "at role what reason",
        "releases": "agency purpose parts given_at starts_at until on_paper signed_on where_kept "
        "confirmed_at withdrawn_at ending looked_into_at recorded_by",
        "exports": "ready_at until collected_at",
        "factors": "kind label made_at",
        "recoveries": "reason state started_at ripe_at ended_at",
        "private_pages": "created_on label body",
        "mentor_profiles": "declines capacity vetted_until accepts area_id identity style avoids "
        "boundaries timezone zone_confirmed_at paused created_at updated_at",
    }.items()
    for column in columns.split()
}


def test_no_column_of_a_table_about_people_is_forgotten(
    life: Life, signed_in: SignIn, post: Post, cast: Cast
) -> None:
    told = TOLD | {
        f"{row.__tablename__}.{attribute.columns[0].name}"
        for row in rows_about(cast.noor.id)
        for attribute in columns_of(type(row))
    }
    people = Account.__table__
    about = [
        table
        for table in Base.metadata.sorted_tables
        if table is people or any(key.column.table is people for key in table.foreign_keys)
    ]
    forgotten = {
        place
        for table in about
        for column in table.columns
        if (place := f"{table.name}.{column.name}") not in told and not retention.left_out(place)
    }
    assert forgotten == set(), (
        "tell of these in holdings.py, or say in policy/retention/download.py why not"
    )


def test_every_reason_for_leaving_out_is_about_a_column_that_is_there(app: Flask) -> None:
    there = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
    }
    told = {place for place in retention.LEFT_OUT if not place.endswith(".*")}
    assert told - there == set()
    tables = {place.removesuffix(".*") for place in retention.LEFT_OUT if place.endswith(".*")}
    assert tables - set(Base.metadata.tables) == set()


def test_an_account_of_somebody_without_a_life_is_short(
    app: Flask, signed_in: SignIn, post: Post
) -> None:
    found = json.loads(taken(post, signed_in("zed"), "json").get_data())
    assert found["format"] == "commonroom.my-data/1"
    assert {section["key"] for section in found["sections"]} == {
        "account",
        "roles",
        "sessions",
        "done_to_you",
    }
    assert Account.__tablename__ == "accounts"


def test_looking_at_what_is_held_has_a_limit(signed_in: SignIn) -> None:
    zed = signed_in("zed")
    assert [zed.get("/account/data").status_code for _ in range(11)] == [200] * 10 + [429]
