"""The security log says what was refused and which lines belong together, and tells on nobody."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from peer.core import clock, watch
from tests.cast import PASSPHRASE, Cast
from tests.plugins.site import csrf_of

SignedIn = Callable[[str], FlaskClient]
Post = Callable[..., TestResponse]


def sign_in(client: FlaskClient, name: str, passphrase: str = PASSPHRASE) -> TestResponse:
    sent = {"username": name, "passphrase": passphrase, "csrf_token": csrf_of(client)}
    return client.post("/sign-in", data=sent, environ_base={"REMOTE_ADDR": "203.0.113.9"})


def test_getting_in_and_failing_to_are_in_the_log(client: FlaskClient, cast: Cast) -> None:
    cast.account("noor")
    with capture_logs() as lines:
        sign_in(client, "noor", "not it, but long enough")
        sign_in(client, "noor")
    assert [line["event"] for line in lines] == ["sign_in_failed", "page_refused", "signed_in"]
    assert lines[0]["how"] == "passphrase"
    assert lines[0]["who"] == watch.sign_of("noor")
    assert lines[2]["who"] == watch.sign_of(cast.noor.id)


def test_a_line_holds_no_name_no_address_and_no_words(
    client: FlaskClient, cast: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    cast.account("noor")
    sign_in(client, "noor", "sunflower\nforged=line on the quay")
    client.get("/rooms/somewhere?q=sunflower", headers={"User-Agent": "an-agent-to-find"})
    said = capsys.readouterr().out
    assert "sign_in_failed" in said
    for secret in ("noor", cast.noor.id, "203.0.113.9", "sunflower", "an-agent", "somewhere"):
        assert secret not in said
    assert all(line[:4].isdigit() or "timestamp" in line for line in said.splitlines())


def test_refusals_say_where_and_why(signed_in: SignedIn, cast: Cast) -> None:
    noor = signed_in("noor")
    with capture_logs() as lines:
        noor.get("/people")
        noor.get("/no-such-page")
        noor.post("/account", data={"theme": "dark"})
        noor.get("/rooms/not-hers")
    assert [(line["where"], line["status"], line["why"]) for line in lines] == [
        ("accounts.people", 404, "shut"),
        ("nowhere", 404, "NotFound"),
        ("accounts.change_preferences", 400, "forged"),
        ("rooms.room", 404, "forbidden"),
    ]
    assert {line["who"] for line in lines} == {watch.sign_of(cast.noor.id)}


def test_people_go_by_another_sign_every_day(app: object, cast: Cast) -> None:
    noor, zed = cast.account("noor"), cast.account("zed")
    today = watch.sign_of(noor.id)
    assert today == watch.sign_of(noor.id) != watch.sign_of(zed.id)
    day = clock.now().date().isoformat()
    with clock.stopped_at(clock.now() + timedelta(days=1)):
        assert watch.sign_of(noor.id) != today
        assert watch.sign_of(noor.id, day) == today


def test_signing_out_is_in_the_log_and_clears_what_the_browser_kept(
    signed_in: SignedIn, post: Post
) -> None:
    noor = signed_in("noor")
    with capture_logs() as lines:
        answer = post(noor, "/sign-out")
    assert [line["event"] for line in lines] == ["signed_out"]
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'


def test_proofs_that_fail_and_new_passphrases_are_in_the_log(
    signed_in: SignedIn, post: Post, cast: Cast
) -> None:
    noor = signed_in("noor")
    wrong, recovering = "not it, but long enough", {"username": "noor", "code": "0000-0000"}
    chosen = {"current": PASSPHRASE, "passphrase": "walnut bridge over tea"}
    with capture_logs() as lines:
        post(noor, "/account/unlock", {"passphrase": wrong})
        post(noor, "/recover", {**recovering, "passphrase": "walnut bridge over tea"})
        post(noor, "/account/passphrase", chosen)
    said = [(line["event"], line.get("how")) for line in lines if line["event"] != "page_refused"]
    assert said == [
        ("proof_failed", "passphrase"),
        ("sign_in_failed", "recovery"),
        ("passphrase_changed", None),
    ]
