"""Where one is signed in: a list by labels of one's own, each place of which can be signed out."""

from collections.abc import Callable

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from peer.accounts import queries, service
from peer.core import work
from tests.cast import Cast

SignedIn = Callable[[str], FlaskClient]
Post = Callable[..., TestResponse]


def sessions(account_id: str) -> list[str]:
    """The ids of somebody's sessions, the newest first."""
    with work.begin(writes=False):
        return [row.id for row in queries.sessions_of(account_id)]


def page(client: FlaskClient) -> str:
    return client.get("/account").get_data(as_text=True)


def test_devices_are_listed_without_saying_what_or_where_they_are(
    signed_in: SignedIn, cast: Cast
) -> None:
    here, _there = signed_in("noor"), signed_in("noor")
    headers = {"User-Agent": "an-agent-to-find"}
    here.get("/inbox", headers=headers, environ_base={"REMOTE_ADDR": "203.0.113.9"})
    body = page(here)
    assert body.count("You are here") == 1
    assert "This device" in body
    assert "A device" in body
    assert "Last used on" in body
    assert "an-agent" not in body
    assert "203.0.113" not in body


def test_device_is_called_what_the_person_calls_it_and_only_she_can_read_that(
    signed_in: SignedIn, post: Post, cast: Cast
) -> None:
    here = signed_in("noor")
    (session_id,) = sessions(cast.noor.id)
    answer = post(here, f"/account/devices/{session_id}", {"label": "  The library   one "})
    assert answer.status_code == 303
    assert '<b dir="auto">The library one</b>' in page(here)
    with work.begin(writes=False):
        sealed = queries.session_with(session_id).label_sealed
    assert sealed
    assert b"library" not in sealed
    assert post(here, f"/account/devices/{session_id}", {"label": ""}).status_code == 303
    assert "This device" in page(here)


def test_label_that_does_not_fit_is_answered_by_its_field_and_kept(
    signed_in: SignedIn, post: Post, cast: Cast
) -> None:
    here = signed_in("noor")
    (session_id,) = sessions(cast.noor.id)
    for label, said in (("x" * 41, "Up to 40"), ("a\u202eb", "cannot be shown")):
        answer = post(here, f"/account/devices/{session_id}", {"label": label})
        body = answer.get_data(as_text=True)
        assert answer.status_code == 422
        assert said in body
        assert f'value="{label}"' in body


def test_one_device_is_signed_out_and_the_others_stay(
    signed_in: SignedIn, post: Post, cast: Cast
) -> None:
    first, second, here = signed_in("noor"), signed_in("noor"), signed_in("noor")
    _here, of_second, _of_first = sessions(cast.noor.id)
    assert post(here, f"/account/devices/{of_second}/sign-out").status_code == 303
    assert first.get("/account").status_code == 200
    assert here.get("/account").status_code == 200
    assert second.get("/account").status_code == 303


def test_signing_out_of_the_device_one_is_at_leads_to_the_door(
    signed_in: SignedIn, post: Post, cast: Cast
) -> None:
    here = signed_in("noor")
    (session_id,) = sessions(cast.noor.id)
    answer = post(here, f"/account/devices/{session_id}/sign-out")
    assert (answer.status_code, answer.location) == (303, "/sign-in?ended=signed_out")
    assert sessions(cast.noor.id) == []


def test_nobody_names_or_ends_the_sessions_of_others(
    signed_in: SignedIn, post: Post, cast: Cast
) -> None:
    zed = signed_in("zed")
    with work.begin():
        service.start_session(cast.account("noor"))
    (session_id,) = sessions(cast.noor.id)
    assert post(zed, f"/account/devices/{session_id}", {"label": "mine"}).status_code == 404
    assert post(zed, f"/account/devices/{session_id}/sign-out").status_code == 404
    assert sessions(cast.noor.id) == [session_id]
