"""Pages and files on a slow line: packed where nothing can be learnt from it."""

import gzip
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from peer.core import paths
from tests.plugins.site import SignIn, csrf_of

OWN = {"Accept-Encoding": "gzip, deflate, br", "Sec-Fetch-Site": "same-origin"}
SHEET = f"/static/{paths.edition()}/css/components.css"


def test_page_of_ones_own_step_is_packed_and_says_the_same(signed_in: SignIn, cast: object) -> None:
    noor = signed_in("noor")
    plain = noor.get("/resources").data
    for site in ("same-origin", "none"):
        packed = noor.get("/resources", headers={**OWN, "Sec-Fetch-Site": site})
        assert packed.headers["Content-Encoding"] == "gzip"
        assert "Accept-Encoding" in packed.headers["Vary"]
        assert len(gzip.decompress(packed.data)) == len(plain)
        assert len(packed.data) < len(plain) / 3
        assert packed.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "told",
    [
        {**OWN, "Sec-Fetch-Site": "cross-site"},
        {**OWN, "Sec-Fetch-Site": "same-site"},
        {"Accept-Encoding": "gzip"},
        {**OWN, "Accept-Encoding": "br"},
        {**OWN, "Accept-Encoding": "gzip;q=0"},
        {"Sec-Fetch-Site": "same-origin"},
    ],
)
def test_page_that_another_site_may_have_asked_for_is_as_long_as_it_is(
    client: FlaskClient, told: dict[str, str]
) -> None:
    told = {**told, "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    answer = client.get("/join", headers=told)
    assert answer.status_code == 200
    assert "Content-Encoding" not in answer.headers


def test_answer_to_a_form_is_never_packed(client: FlaskClient) -> None:
    form = {"csrf_token": csrf_of(client), "username": "noor", "passphrase": "wrong " * 40}
    answer = client.post("/sign-in", data=form, headers=OWN)
    assert answer.status_code == 422
    assert "Content-Encoding" not in answer.headers


def test_length_of_a_packed_page_says_little(client: FlaskClient) -> None:
    lengths = {len(client.get("/help", headers=OWN).data) for _ in range(40)}
    assert len(lengths) > 15


def test_file_is_packed_once_and_still_known_by_its_mark(client: FlaskClient) -> None:
    there = (Path(paths.static()) / "css/components.css").read_bytes()
    for headers, whole in (({}, lambda data: data), (OWN, gzip.decompress)):
        answer = client.get(SHEET, headers=headers, buffered=True)
        assert whole(answer.data) == there
        assert answer.headers["Vary"] == "Accept-Encoding"
        known = {**headers, "If-None-Match": answer.headers["ETag"]}
        assert client.get(SHEET, headers=known, buffered=True).status_code == 304


def test_fonts_and_what_is_not_there_are_left_as_they_are(client: FlaskClient) -> None:
    font = client.get("/static/fonts/atkinson-next-latin.woff2", headers=OWN, buffered=True)
    assert "Content-Encoding" not in font.headers
    missing = client.get("/static/css/none.css", headers=OWN, buffered=True)
    assert (missing.status_code, "Content-Encoding" in missing.headers) == (404, False)
