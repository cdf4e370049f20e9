"""The gate around the site: its own names only, no writes on behalf of others, nobody holds it up."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import Client, TestResponse

from peer.accounts import service
from peer.app import create_app
from peer.core import gate, limits, metrics, turns, work
from peer.core.db import database
from peer.core.settings import Settings, SettingsError, load
from tests.cast import Cast
from tests.plugins.site import SECRET, SignIn, csrf_of

NAME = "rooms.example.org"


@pytest.fixture
def known(settings: Settings) -> Iterator[Flask]:
    """The site as it is behind https, under a name of its own."""
    made = create_app(
        settings.model_copy(
            update={"behind_proxy": True, "public_url": f"https://{NAME}", "hosts": "other.example"}
        )
    )
    yield made
    database.close()
    gate.headers.manner.https = False


def ask(app: Flask, host: str, path: str = "/sign-in", **headers: str) -> TestResponse:
    """Ask the site for a page, as the proxy in front of it would."""
    told = {
        "X-Forwarded-For": "198.51.100.7",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": host,
    }
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return app.test_client().get(path, headers={"Host": host, **told, **named})


def test_the_site_answers_under_its_own_names_only(known: Flask) -> None:
    assert ask(known, NAME).status_code == 200
    assert ask(known, "other.example").status_code == 200
    for host in ("evil.example", f"{NAME}.evil.example", f"{NAME}:444", "127.0.0.1", "", "a b"):
        answer = ask(known, host)
        assert answer.status_code == 400, host
        assert "evil" not in str(answer.headers) + answer.text
        assert ask(known, host, "/socket.io/?EIO=4&transport=polling").status_code == 400
    assert ask(known, "127.0.0.1:5000", "/healthz").status_code == 200


def test_without_a_name_it_answers_to_this_machine(client: FlaskClient) -> None:
    for host in ("localhost", "127.0.0.1:7000", "[::1]:7000"):
        assert client.get("/sign-in", headers={"Host": host}).status_code == 200
    for host in ("evil.example", "127.0.0.1.evil.example", "localhost@evil.example", "[::1"):
        assert client.get("/sign-in", headers={"Host": host}).status_code == 400


def test_an_invitation_carries_the_address_of_the_site_whatever_a_browser_claims(
    known: Flask, cast: Cast
) -> None:
    account = cast.account("cora")
    with work.begin():
        token = service.start_session(account)
    cora = known.test_client()
    cora.set_cookie("__Host-s", token, domain="other.example")
    told = {"Host": "other.example", "X-Forwarded-Proto": "https"}
    page = cora.get("/invitations/new", headers=told).text
    csrf = page.split('name="csrf_token" value="')[1].split('"')[0]
    form = {"roles": "member", "days": "7", "csrf_token": csrf}
    made = cora.post("/invitations/new", data=form, headers=told).text
    assert f"https://{NAME}/join" in made
    assert "other.example" not in made


@pytest.mark.parametrize(
    "url", ["rooms.example.org", "ftp://x.org", "https://x.org/path", "https://"]
)
def test_an_address_that_is_none_stops_the_start(url: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="PEER_PUBLIC_URL"):
        load(data_dir=tmp_path, secret_key=SECRET, public_url=url)


def test_other_sites_cannot_have_a_browser_send_a_form(signed_in: SignIn) -> None:
    noor = signed_in("noor")
    token = csrf_of(noor)

    def send(**headers: str) -> int:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        form = {"csrf_token": token, "lang": "en"}
        return noor.post("/inbox/seen", data=form, headers=named).status_code

    assert send(Sec_Fetch_Site="cross-site") == 400
    assert send(Sec_Fetch_Site="same-site") == 400
    assert send(Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="navigate") == 400
    assert send(Origin="https://evil.example") == 400
    assert send(Origin="http://localhost:81") == 400
    assert send(Origin="null", Sec_Fetch_Site="same-origin") < 400
    assert send(Origin="http://localhost") < 400
    assert send() < 400


def test_links_from_elsewhere_are_welcome_but_nothing_may_be_put_into_a_page(
    client: FlaskClient,
) -> None:
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert client.get("/join", headers={**link, "Sec-Fetch-Dest": "document"}).status_code == 200
    for dest, mode in [("image", "no-cors"), ("script", "no-cors"), ("iframe", "navigate")]:
        told = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": mode, "Sec-Fetch-Dest": dest}
        assert client.get("/join", headers=told).status_code == 400
        assert client.get("/static/img/icon.svg", headers=told).status_code == 400


def test_long_addresses_are_refused(client: FlaskClient) -> None:
    assert client.get("/resources?q=" + "x" * 2_000).status_code == 414
    assert client.get("/" + "x" * 2_001).status_code == 414
    assert client.get("/resources?q=" + "x" * 1_900).status_code < 414


def test_forms_are_small_but_for_sheets(
    signed_in: SignIn, post: Callable[..., TestResponse]
) -> None:
    large = {"text": "x" * gate.LARGEST_FORM}
    assert post(signed_in("noor"), "/account", large).status_code == 413
    many = {f"field-{number}": "1" for number in range(600)}
    cora = signed_in("cora")
    sent = cora.post(
        "/account", data={**many, "csrf_token": csrf_of(cora)}, content_type="multipart/form-data"
    )
    assert sent.status_code == 413


def from_one_address(known: Flask, address: str) -> Callable[..., TestResponse]:
    """What a browser behind an address asks, as fast as it can."""
    client = known.test_client()
    told = {"Host": NAME, "X-Forwarded-For": address, "X-Forwarded-Proto": "https"}
    return lambda path, method="GET": client.open(path, method=method, headers=told)


def test_whoever_knocks_without_pause_waits_alone(known: Flask) -> None:
    knock = from_one_address(known, "203.0.113.9")
    most = gate.PAGES[0] * 2
    refused = next(
        answer for answer in (knock("/healthz") for _ in range(most)) if answer.status_code != 200
    )
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["Retry-After"]) <= 10
    page = refused.text
    assert "That was a lot at once. Please try again in a moment." in page
    for code, direction in (("en", "ltr"), ("es", "ltr"), ("ar", "rtl")):
        assert f'lang="{code}" dir="{direction}"' in page
    assert "no-store" in refused.headers["Cache-Control"]
    assert 'href="/leave"' in page
    assert knock("/leave").status_code == 303  # nobody waits to leave
    assert from_one_address(known, "203.0.113.10")("/healthz").status_code == 200


def test_somebody_leaves_at_once_while_their_whole_house_waits(settings: Settings) -> None:
    stuck, served = threading.Event(), list[str]()

    def inside(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        served.append(environ["PATH_INFO"])
        if environ["PATH_INFO"] == "/rooms":
            stuck.wait(30)
        start("200 OK", [])
        return [b""]

    made = gate.Gate(inside, gate.Places(settings), pause=b"", count_knocks=True)
    asking = [threading.Thread(target=Client(made).get, args=("/rooms",)) for _ in range(5)]
    for each in asking:
        each.start()
    while served.count("/rooms") < turns.AT_ONCE:
        time.sleep(0.001)
    free = ("/leave", "/static/css/base.css")
    asking += [threading.Thread(target=Client(made).get, args=(path,)) for path in free]
    for each in asking[-2:]:
        each.start()
        each.join(5)
    left = set(free) <= set(served)
    stuck.set()
    for each in asking:
        each.join()
    assert left
    assert served.count("/rooms") == 5


def test_what_was_refused_comes_through_a_moment_later(
    known: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    knock = from_one_address(known, "203.0.113.9")
    for _ in range(gate.PAGES[0] * 2):
        if (refused := knock("/healthz")).status_code == 429:
            break
    time.sleep(int(refused.headers["Retry-After"]))
    assert knock("/healthz").status_code == 200


def test_whoever_opens_connections_without_pause_waits_but_pages_still_open(known: Flask) -> None:
    knock = from_one_address(known, "203.0.113.9")
    most = gate.SOCKETS[0]
    answers = [knock("/socket.io/?EIO=4&transport=polling").status_code for _ in range(most // 2)]
    assert answers[0] == 200
    assert 429 in answers
    assert knock("/sign-in").status_code == 200


def test_thirty_people_of_one_shelter_come_back_at_once_and_click_fast(known: Flask) -> None:
    """The site has restarted: two tabs each connect again, a page is loaded again, and more."""
    ask_for = from_one_address(known, "203.0.113.9")
    paths = [*2 * ["/socket.io/?EIO=4&transport=polling"], "/sign-in", "/resources", "/help"]
    files = ["/static/css/base.css", "/static/css/tokens.css", "/static/js/site.js"]
    for path in [*paths, *files]:
        for _person in range(30):
            with ask_for(path) as answer:
                assert answer.status_code != 429, path
    for _click in range(60):
        assert ask_for("/help").status_code == 200


def test_thirty_people_of_one_shelter_talk_where_no_websocket_comes_through(known: Flask) -> None:
    ask_for = from_one_address(known, "203.0.113.9")
    for _message in range(20):
        for person in range(30):
            asked = ask_for(f"/socket.io/?EIO=4&transport=polling&sid=person-{person}")
            assert asked.status_code != 429


def test_a_place_is_a_hash_that_does_not_tell_the_address(
    core: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = limits.place_of("203.0.113.9")
    assert len(place) == 64
    assert place == limits.place_of("::ffff:203.0.113.9")
    assert place != limits.place_of("203.0.113.10")
    assert limits.place_of("2001:db8:1:2::5") == limits.place_of("2001:db8:1:2:ffff::6")
    assert limits.place_of("2001:db8:1:2::5") != limits.place_of("2001:db8:1:3::5")
    assert limits.place_of(None) == limits.place_of("")


def test_an_address_is_believed_only_behind_a_proxy(app: Flask) -> None:
    seen: list[Any] = []
    app.before_request_funcs.setdefault(None, []).insert(
        0, lambda: seen.append(gate.request.remote_addr)
    )
    told = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Host": "evil.example"}
    app.test_client().get("/healthz", headers=told)
    assert seen == ["127.0.0.1"]


def test_totals_count_without_naming(app: Flask, signed_in: SignIn) -> None:
    noor = signed_in("noor")
    before = metrics.text()
    noor.get("/rooms")
    noor.get("/rooms/not-there")
    noor.post("/inbox/seen")
    told = metrics.text()
    assert told != before
    assert 'peer_answers_total{answer="2xx",feature="rooms"}' in told
    assert 'peer_answers_total{answer="4xx",feature="rooms"}' in told
    assert "peer_sessions_open 0.0" in told
    assert "not-there" not in told
    assert "noor" not in told.lower()
