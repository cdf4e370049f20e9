"""The headers of every answer, compared whole: what is not listed here may not be there."""

import re
import socket
from contextlib import closing

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from peer.app import create_app
from peer.core import headers, paths
from peer.core.db import database
from peer.core.settings import Settings
from tests.plugins.site import SignIn, Site
from tests.policy.samples import WORDS
from tests.policy.test_matrix import address

# What an answer may carry besides, and for which there is a reason.
OF_CONTENT = {"Content-Type", "Content-Length", "Content-Disposition", "Transfer-Encoding"}
OF_CONTENT |= {"Date", "Connection"}
OF_STATE = {"Location", "Set-Cookie", "Vary", "Allow", "Retry-After", "Clear-Site-Data"}
OF_FILES = {"ETag", "Last-Modified", "Accept-Ranges", "Content-Range"}
NOBODYS = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'"
POLICY = (
    f"{NOBODYS}; connect-src 'self' ws://localhost; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; manifest-src 'none'; require-trusted-types-for 'script'; "
    "trusted-types 'none'"
)
EXACT = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": headers.FIXED["Permissions-Policy"],
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Origin-Agent-Cluster": "?1",
    "X-DNS-Prefetch-Control": "off",
    "X-Permitted-Cross-Domain-Policies": "none",
    "X-Robots-Tag": "noindex, nofollow",
    "Cache-Control": "no-store",
}
OF_OUR_FILES = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}
LASTING = "max-age=31536000, immutable"


def wrong(answer: TestResponse, *, kept: str = "no-store", **more: str) -> str:
    """What is not as it should be with the headers of an answer; empty when all is."""
    of_file = kept != "no-store"
    expected = {**(OF_OUR_FILES if of_file else EXACT), "Cache-Control": kept}
    expected |= {name.replace("_", "-"): value for name, value in more.items()}
    files = OF_FILES if of_file else set()
    found = {
        name: ", ".join(answer.headers.getlist(name))
        for name in answer.headers.keys()  # noqa: SIM118
        if name not in OF_CONTENT | OF_STATE | files
    }
    return "" if found == expected else str(set(found.items()) ^ set(expected.items()))


def test_every_page_answers_with_exactly_these_headers(
    app: Flask, signed_in: SignIn, cast: object
) -> None:
    """Every route and method, as somebody who may and as a stranger; ids that are not there too."""
    faults = []
    stranger, ada = app.test_client(), signed_in("ada")
    for rule in app.url_map.iter_rules():
        values = dict.fromkeys(rule.arguments - set(WORDS), "not-there")
        for method in sorted(rule.methods or ()):
            inside = rule.endpoint not in LEAVING and method in {"GET", "POST"}
            for who in (stranger, ada) if inside else (stranger,):
                answer = who.open(address(app, rule, values), method=method, buffered=True)
                good = answer.status_code in {200, 304} and rule.endpoint == "static"
                fault = wrong(answer, kept=LASTING if good else "no-store")
                if fault:
                    faults.append(f"{method} {rule.rule} {answer.status_code}: {fault}")
    assert not faults, "\n".join(faults)


LEAVING = {"accounts.leave", "accounts.sign_out"}


@pytest.fixture
def failing(app: Flask) -> FlaskClient:
    """The site with a page for every way of going wrong."""
    app.view_functions["home.help_page"] = lambda: abort(
        int(gone) if (gone := headers_request()) else 1 / 0
    )
    return app.test_client()


def headers_request() -> str:
    from flask import request

    return request.args.get("status", "")


@pytest.mark.parametrize(
    "status",
    [
        "",
        "400",
        "401",
        "403",
        "404",
        "405",
        "408",
        "409",
        "410",
        "413",
        "415",
        "418",
        "422",
        "429",
        "500",
        "501",
        "503",
    ],
)
def test_every_kind_of_error_has_them_too(failing: FlaskClient, status: str) -> None:
    answer = failing.get(f"/help?status={status}")
    assert answer.status_code == int(status or 500)
    assert wrong(answer) == ""


def test_refusals_at_the_gate_have_them_too(client: FlaskClient) -> None:
    assert wrong(client.get("/help?q=" + "x" * 3_000)) == ""
    bare = f"{NOBODYS}; connect-src 'self'; {POLICY.partition('ws://localhost; ')[2]}"
    answer = client.get("/help", headers={"Host": "evil.example"})
    assert wrong(answer, Content_Security_Policy=bare) == ""


def test_a_file_may_be_kept_at_the_address_of_its_edition_alone(client: FlaskClient) -> None:
    lasting, old = f"/static/{paths.edition()}", "/static/0123456789ab"
    sheet = client.get(f"{lasting}/css/base.css", buffered=True)
    assert wrong(sheet, kept=LASTING) == ""
    for other in ("/static", old):
        mark = client.get(f"{other}/css/base.css", buffered=True).headers["ETag"]
        etag = {"If-None-Match": mark}
        for asked, status in (({}, 200), (etag, 304)):
            again = client.get(f"{other}/css/base.css", headers=asked, buffered=True)
            assert (again.status_code, wrong(again, kept="no-cache")) == (status, "")
    for place in (lasting, old, "/static", f"{lasting}{old[7:]}"):
        assert wrong(client.get(f"{place}/css/none.css", buffered=True)) == ""


def test_a_drawing_that_is_opened_as_a_page_may_do_nothing(client: FlaskClient) -> None:
    policy = "default-src 'none'; frame-ancestors 'none'"
    for name in ("icon", "icons", "notes"):
        answer = client.get(f"/static/{paths.edition()}/img/{name}.svg", buffered=True)
        assert wrong(answer, kept=LASTING, Content_Security_Policy=policy) == ""


def test_pages_name_their_files_by_the_edition(client: FlaskClient) -> None:
    page = client.get("/sign-in").get_data(as_text=True)
    named = set(re.findall(r'(?:href|src)="/static/([^/"]+)/', page))
    assert named == {paths.edition()}


def test_over_https_browsers_are_told_to_stay_there(settings: Settings) -> None:
    name = "rooms.example.org"
    told = {"behind_proxy": True, "public_url": f"https://{name}"}
    for preload, value in [(False, ""), (True, "; preload")]:
        app = create_app(settings.model_copy(update={**told, "hsts_preload": preload}))
        answer = app.test_client().get(
            "/sign-in", headers={"Host": name, "X-Forwarded-Proto": "https"}
        )
        policy = POLICY.replace("ws://localhost", f"wss://{name}")
        strict = f"max-age=63072000; includeSubDomains{value}"
        assert wrong(answer, Content_Security_Policy=policy, Strict_Transport_Security=strict) == ""
        assert "__Host-s=" in answer.headers["Set-Cookie"]
        told_so = {"Host": name, "X-Forwarded-Proto": "https"}
        sheet = app.test_client().get("/static/css/base.css", headers=told_so, buffered=True)
        assert wrong(sheet, kept="no-cache", Strict_Transport_Security=strict) == ""
        database.close()
    headers.manner.https = headers.manner.preload = False


def raw(site: Site, request: str) -> tuple[int, dict[str, str]]:
    """What the running site answers to these bytes: the status, and every header."""
    with closing(socket.create_connection(("127.0.0.1", site.port), timeout=10)) as line:
        line.sendall(request.encode("latin-1"))
        line.settimeout(10)
        told = b""
        while b"\r\n\r\n" not in told:
            more = line.recv(65_536)
            if not more:
                break
            told += more
    first, *lines = told.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    return int(first.split()[1]), dict(line.split(": ", 1) for line in lines)


BROKEN = {
    "no request": "NONSENSE\r\n\r\n",
    "a long line": f"GET /{'x' * 5_000} HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "a large header": f"GET / HTTP/1.1\r\nHost: localhost\r\nX: {'x' * 9_000}\r\n\r\n",
    "many headers": "GET / HTTP/1.1\r\nHost: localhost\r\n" + "X: y\r\n" * 90 + "\r\n",
    "two lengths": "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n"
    "Content-Length: 2\r\n\r\nab",
    "a bad chunk": "POST /sign-in HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n"
    "Content-Type: application/x-www-form-urlencoded\r\n\r\nzz\r\n",
    "another name": "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    "no name": "GET / HTTP/1.1\r\n\r\n",
    "sockets, another version": "GET /socket.io/?EIO=3 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "sockets, no such session": "GET /socket.io/?EIO=4&sid=x HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "sockets, another method": "PUT /socket.io/?EIO=4 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "sockets, as a script": "GET /socket.io/?EIO=4&j=1 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "sockets, a foreign page": "GET /socket.io/?EIO=4 HTTP/1.1\r\nHost: localhost\r\n"
    "Origin: https://evil.example\r\n\r\n",
    "sockets, no upgrade": "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\n"
    "Host: localhost\r\n\r\n",
}


@pytest.mark.parametrize("what", BROKEN)
def test_broken_requests_are_refused_with_the_same_headers(running: Site, what: str) -> None:
    status, found = raw(running, BROKEN[what])
    assert 400 <= status < 500
    _compare(found)


@pytest.mark.parametrize("path", ["/sign-in", "/healthz", "/socket.io/?EIO=4&transport=polling"])
def test_the_running_server_names_nothing_about_itself(running: Site, path: str) -> None:
    status, found = raw(running, f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert status == 200
    assert "Server" not in found
    _compare(found)


def _compare(found: dict[str, str]) -> None:
    told = {name: value for name, value in found.items() if name not in OF_CONTENT | OF_STATE}
    policy = told.pop("Content-Security-Policy")
    assert policy in {POLICY, POLICY.replace(" ws://localhost", "")}
    assert told == {name: value for name, value in EXACT.items() if "Security" not in name}
