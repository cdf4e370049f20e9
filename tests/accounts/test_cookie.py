"""The one cookie: what a browser is told about it."""

from flask.testing import FlaskClient

from peer.app import create_app
from peer.core.db import database
from peer.core.settings import Settings
from tests.cast import PASSPHRASE, Cast
from tests.plugins.site import csrf_of

HTTPS = {"base_url": "https://rooms.example.org", "headers": {"X-Forwarded-Proto": "https"}}


def parts(cookie: str) -> set[str]:
    return {part.strip() for part in cookie.split(";")[1:]}


def test_over_https_the_cookie_is_bound_to_this_host_and_out_of_reach_of_scripts(
    settings: Settings,
) -> None:
    known = {"behind_proxy": True, "public_url": "https://rooms.example.org"}
    client = create_app(settings.model_copy(update=known)).test_client()
    answer = client.get("/sign-in", **HTTPS)
    database.close()
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert cookie.startswith("__Host-s=a.")
    assert parts(cookie) == {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"}


def test_signing_in_gives_a_token_in_the_cookie_and_nowhere_else(
    client: FlaskClient, cast: Cast
) -> None:
    cast.account("noor")
    sent = {"username": "noor", "passphrase": PASSPHRASE, "csrf_token": csrf_of(client)}
    answer = client.post("/sign-in", data=sent)
    (cookie,) = answer.headers.getlist("Set-Cookie")
    token = cookie.partition("=")[2].partition(";")[0]
    assert len(token) == 43  # 256 bits
    assert parts(cookie) == {"HttpOnly", "Path=/", "SameSite=Lax"}
    assert token not in client.get("/").get_data(as_text=True)
