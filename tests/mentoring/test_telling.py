"""People tell about themselves, by pages and by services."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from peer.core import work
from peer.core.errors import Invalid, NotFound
from peer.core.settings import Settings
from peer.mentoring import queries, service
from tests.cast import Cast

SignIn = Callable[[str], FlaskClient]
Post = Callable[..., TestResponse]
HOURS = "/mentoring/profile/mentee/hours"


def about(**changes: str) -> dict[str, str]:
    """What the first page sends when nothing but the changes was chosen."""
    from peer.policy.mentoring import INTERESTS, STYLE

    sent = {f"language_{n}": "" for n in range(6)} | {f"level_{n}": "3" for n in range(6)}
    sent |= {f"interest_{tag}": "0" for tag in INTERESTS} | {
        f"style_{trait}": "" for trait in STYLE
    }
    return sent | changes


def test_noor_tells_page_by_page(signed_in: SignIn, post: Post, cast: Cast) -> None:
    noor = signed_in("noor")
    sent = about(language_0="es", language_1="en", level_1="2", interest_art="3", style_pace="0.0")
    answer = post(noor, "/mentoring/profile/mentee/about", {**sent, "go_on": "1"})
    assert (answer.status_code, answer.location) == (303, "/mentoring/profile/mentee/wishes")
    wishes = {
        "identity": "woman",
        "accepts": ["woman"],
        "topics": ["court"],
        "avoids": "Nobody\nzed",
    }
    answer = post(noor, "/mentoring/profile/mentee/wishes", {**wishes, "boundaries": "No calls."})
    assert answer.status_code == 303
    answer = post(noor, HOURS, {"zone": "Asia/Kolkata", "slot": ["0-18:00", "6-23:00"]})
    assert answer.status_code == 303
    with work.begin(writes=False):
        told = queries.mentee_with(cast.noor.id)
    assert told.languages == {"es": 3, "en": 2}
    assert (told.interests, told.style) == ({"art": 3}, {"pace": 0.0})
    assert (told.identity, told.accepts, told.topics) == ("woman", ["woman"], ["court"])
    assert (told.avoids, told.boundaries) == (["Nobody", "zed"], "No calls.")
    assert (told.timezone, told.cells) == ("Asia/Kolkata", [36, 37, 334, 335])
    assert told.zone_confirmed_at is not None


def test_hours_come_back_as_ticked(signed_in: SignIn, post: Post) -> None:
    noor = signed_in("noor")
    post(noor, HOURS, {"zone": "Europe/London", "slot": ["2-09:00"]})
    page = noor.get(HOURS).get_data(as_text=True)
    assert 'value="2-09:00" aria-label="Wednesday 09:00 to 10:00" checked' in page
    assert page.count(" checked") == 1


def test_half_hours_are_kept_and_shown(signed_in: SignIn, post: Post, cast: Cast) -> None:
    noor = signed_in("noor")
    post(noor, HOURS, {"zone": "UTC", "step": "30", "slot": ["1-18:30", "1-19:00"]})
    with work.begin(writes=False):
        assert queries.mentee_with(cast.noor.id).cells == [85, 86]
    assert 'value="1-18:30" aria-label="Tuesday 18:30 to 19:00" checked' in noor.get(
        HOURS
    ).get_data(as_text=True)


def test_list_is_another_way_to_say_the_same(signed_in: SignIn, post: Post, cast: Cast) -> None:
    noor = signed_in("noor")
    days = {"day_0": "18:00-19:30; 21-22", "day_6": "23:30-24:00"}
    assert post(noor, HOURS, {"as": "list", "zone": "UTC", **days}).status_code == 303
    with work.begin(writes=False):
        assert queries.mentee_with(cast.noor.id).cells == [36, 37, 38, 42, 43, 335]
    page = noor.get(f"{HOURS}?as=list").get_data(as_text=True)
    assert 'value="18:00-19:30, 21:00-22:00"' in page


@pytest.mark.parametrize("words", ["soon", "20-18", "25:00-26:00", "18:00-18:70", "<b>-1"])
def test_words_that_are_no_times_are_kept_and_explained(
    signed_in: SignIn, post: Post, words: str
) -> None:
    noor = signed_in("noor")
    answer = post(noor, HOURS, {"as": "list", "zone": "UTC", "day_2": words, "day_3": "10-11"})
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert "cannot be read as times" in page
    assert 'value="10-11"' in page
    assert "<b>-1" not in page


def test_unknown_zone_is_refused(signed_in: SignIn, post: Post) -> None:
    answer = post(signed_in("noor"), HOURS, {"zone": "Mars/Base", "slot": ["0-10:00"]})
    assert answer.status_code == 422
    assert 'value="0-10:00" aria-label="Monday 10:00 to 11:00" checked' in answer.get_data(
        as_text=True
    )


@pytest.mark.parametrize("zone", ["", "Mars/Base", "../../etc/passwd", "x" * 5000])
def test_times_that_cannot_be_read_beside_a_zone_that_is_none_come_back(
    signed_in: SignIn, post: Post, zone: str
) -> None:
    answer = post(signed_in("noor"), HOURS, {"as": "list", "zone": zone, "day_2": "soon"})
    assert answer.status_code == 422
    assert 'value="soon"' in answer.get_data(as_text=True)


def test_too_long_boundaries_lose_nothing(signed_in: SignIn, post: Post) -> None:
    words = "<script>alert(1)</script> " * 160
    answer = post(signed_in("noor"), "/mentoring/profile/mentee/wishes", {"boundaries": words})
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert "Up to 1000 characters" in page
    assert page.count("&lt;script&gt;") == 160
    assert "<script>alert" not in page


@pytest.mark.parametrize(
    "wrong",
    [
        {"languages": {"en": 4}},
        {"languages": {"tlh": 3}},
        {"interests": {"crime": 1}},
        {"identity": "boss"},
        {"accepts": ()},
        {"style": {"pace": 2.0}},
        {"cells": (336,)},
        {"area": "The moon"},
        {"topics": ("gossip",)},
        {"avoids": tuple("abcdefghijkl")},
        {"priority": 0},
    ],
)
def test_values_off_the_lists_are_refused(
    core: Settings, cast: Cast, wrong: dict[str, Any]
) -> None:
    noor = cast.noor
    with pytest.raises(Invalid) as caught, work.begin():
        service.save_mentee_profile(noor, noor.id, service.MenteeInput(**wrong))
    assert caught.value.field
    with work.begin(writes=False):
        assert queries.mentee_profile(noor.id) is None


def test_nobody_tells_for_somebody_else(core: Settings, cast: Cast) -> None:
    noor, zed, tess = cast.noor, cast.zed, cast.tess
    for actor in (zed, tess):
        with pytest.raises(NotFound), work.begin():
            service.save_mentee_profile(actor, noor.id, service.MenteeInput())


def test_member_finds_no_mentors_page(signed_in: SignIn) -> None:
    assert signed_in("noor").get("/mentoring/profile/mentor/about").status_code == 404
    assert signed_in("tess").get("/mentoring/profile/mentee/about").status_code == 404


def test_priority_is_not_the_mentees_to_set(core: Settings, cast: Cast) -> None:
    noor, cora = cast.noor, cast.cora
    with work.begin():
        service.save_mentee_profile(noor, noor.id, service.MenteeInput(priority=9))
        assert queries.mentee_with(noor.id).priority == 1
        service.set_priority(cora, noor.id, 3)
        service.save_mentee_profile(noor, noor.id, service.MenteeInput())
        assert queries.mentee_with(noor.id).priority == 3


def test_opting_in_and_out(signed_in: SignIn, post: Post, cast: Cast) -> None:
    noor = signed_in("noor")
    assert post(noor, "/mentoring/wants", {"wants": "1"}).status_code == 404  # nothing told yet
    post(noor, HOURS, {"zone": "UTC", "slot": ["0-10:00"]})
    for wants, word in (("1", "Yes, I would like a mentor"), ("0", "Not looking")):
        assert post(noor, "/mentoring/wants", {"wants": wants}).status_code == 303
        assert word in noor.get("/mentoring").get_data(as_text=True)


def test_coordinator_keeps_areas(signed_in: SignIn, post: Post, cast: Cast) -> None:
    cora, noor = signed_in("cora"), signed_in("noor")
    for name in ("Harbour", " harbour "):
        assert post(cora, "/mentoring/areas", {"area": name}).status_code == 303
    with work.begin(writes=False):
        (area,) = queries.areas()
    post(noor, "/mentoring/profile/mentee/wishes", {"area": "Harbour"})
    with work.begin(writes=False):
        assert queries.mentee_with(cast.noor.id).area_id == area.id
    assert post(cora, f"/mentoring/areas/{area.id}/remove").status_code == 303
    with work.begin(writes=False):
        assert queries.mentee_with(cast.noor.id).area_id is None


def test_programme_settings_that_cannot_be_are_refused(signed_in: SignIn, post: Post) -> None:
    cora = signed_in("cora")
    good = {"name": "Evenings", "zone": "Europe/London", "consent_days": "14"}
    assert post(cora, "/mentoring/programme", good).status_code == 303
    for wrong in ({"zone": "Mars"}, {"consent_days": "0"}, {"consent_days": "soon"}, {"name": ""}):
        assert post(cora, "/mentoring/programme", {**good, **wrong}).status_code == 422
