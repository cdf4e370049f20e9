"""What a server may give away by accident, and this one does not."""

import pytest
from flask.testing import FlaskClient

from peer.app import create_app
from peer.core.db import database
from peer.core.settings import Settings
from tests.plugins.site import csrf_of

KINDS = {
    "/sign-in": "text/html; charset=utf-8",
    "/healthz": "application/json",
    "/static/css/base.css": "text/css; charset=utf-8",
    "/static/js/site.js": "text/javascript; charset=utf-8",
    "/static/img/icon.svg": "image/svg+xml; charset=utf-8",
    "/nowhere": "text/html; charset=utf-8",
}


def test_debugging_cannot_be_switched_on_from_outside(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLASK_DEBUG", "1")
    made = create_app(settings)
    database.close()
    assert not made.debug
    assert not made.testing


def test_methods_that_no_page_needs_are_refused(client: FlaskClient) -> None:
    for method in ("TRACE", "TRACK", "CONNECT", "PUT", "DELETE"):
        answer = client.open("/", method=method, headers={"X-Secret": "comes back"})
        assert answer.status_code == 405, method
        assert "comes back" not in answer.get_data(as_text=True)


def test_folders_sources_and_consoles_are_not_there(client: FlaskClient) -> None:
    for address in ("/static/", "/static/css/", "/static/../peer/app.py", "/.git/config", "/docs/"):
        assert client.get(address).status_code == 404, address
    assert client.get("/console").status_code == 404


def test_tokens_of_forms_are_signed_with_sha_256(client: FlaskClient) -> None:
    signature = csrf_of(client).rpartition(".")[2]
    assert len(signature) == 43  # 32 bytes; SHA-1 would be 27 signs


def test_every_answer_says_what_it_is(client: FlaskClient) -> None:
    for address, kind in KINDS.items():
        with client.get(address) as answer:
            assert answer.content_type == kind
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
