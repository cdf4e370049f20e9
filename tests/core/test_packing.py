"""Pages and files on a slow line: packed where nothing can be learnt from it."""

import gzip
from collections.abc import Callable

import brotli
import pytest
from flask.testing import FlaskClient

from peer.core import joining, paths
from tests.plugins.site import SignIn, csrf_of

OWN = {"Accept-Encoding": "gzip, deflate, br", "Sec-Fetch-Site": "same-origin"}
SHEET = f"/static/{paths.edition()}/css/components.css"


@pytest.mark.parametrize(
    ("taken", "packing", "whole"),
    [("gzip, deflate, br", "br", brotli.decompress), ("gzip", "gzip", gzip.decompress)],
)
@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_page_of_ones_own_step_is_packed_and_says_the_same(
    signed_in: SignIn,
    cast: object,
    taken: str,
    packing: str,
    whole: Callable[[bytes], bytes],
    site: str,
) -> None:
    noor = signed_in("noor")
    plain = noor.get("/resources").data
    packed = noor.get("/resources", headers={"Accept-Encoding": taken, "Sec-Fetch-Site": site})
    assert packed.headers["Content-Encoding"] == packing
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert len(whole(packed.data)) == len(plain)
    assert len(packed.data) < len(plain) / 3
    assert packed.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "told",
    [
        {**OWN, "Sec-Fetch-Site": "cross-site"},
        {**OWN, "Sec-Fetch-Site": "same-site"},
        {"Accept-Encoding": "gzip"},
        {**OWN, "Accept-Encoding": "zstd"},
        {**OWN, "Accept-Encoding": "gzip;q=0, br;q=0"},
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


@pytest.mark.parametrize("taken", ["br", "gzip"])
def test_length_of_a_packed_page_says_little(client: FlaskClient, taken: str) -> None:
    told = {**OWN, "Accept-Encoding": taken}
    lengths = {len(client.get("/help", headers=told).data) for _ in range(40)}
    assert len(lengths) > 15


@pytest.mark.parametrize(
    ("taken", "packing", "whole"),
    [
        ("gzip, deflate, br", "br", brotli.decompress),
        ("gzip, br;q=0", "gzip", gzip.decompress),
        ("", None, bytes),
    ],
)
def test_file_is_packed_as_well_as_a_browser_can_open_it(
    client: FlaskClient, taken: str, packing: str | None, whole: Callable[[bytes], bytes]
) -> None:
    answer = client.get(SHEET, headers={"Accept-Encoding": taken}, buffered=True)
    assert whole(answer.data) == joining.joined("css/components.css")
    assert answer.headers.get("Content-Encoding") == packing
    assert answer.headers["Vary"] == "Accept-Encoding"


def test_file_at_a_lasting_address_needs_no_mark_and_any_other_has_one(client: FlaskClient) -> None:
    for kind in ("css/base.css", "fonts/atkinson-next-latin.woff2"):
        lasting = client.get(f"/static/{paths.edition()}/{kind}", buffered=True).headers
        assert not {"ETag", "Last-Modified", "Content-Disposition"} & set(lasting.keys())
        for told in ({}, OWN):
            answer = client.get(f"/static/{kind}", headers=told, buffered=True)
            known = {**told, "If-None-Match": answer.headers["ETag"]}
            again = client.get(f"/static/{kind}", headers=known, buffered=True)
            assert (again.status_code, again.data) == (304, b"")


def test_fonts_and_what_is_not_there_are_left_as_they_are(client: FlaskClient) -> None:
    font = client.get("/static/fonts/atkinson-next-latin.woff2", headers=OWN, buffered=True)
    assert "Content-Encoding" not in font.headers
    missing = client.get("/static/css/none.css", headers=OWN, buffered=True)
    assert (missing.status_code, "Content-Encoding" in missing.headers) == (404, False)
