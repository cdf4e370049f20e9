"""The library as anyone meets it, without an account."""

from flask.testing import FlaskClient

from peer.core import clock, work
from peer.resources import service
from peer.resources.models import Category, Phoning, Resource
from peer.resources.service import Details
from tests.cast import Cast


def listed(cast: Cast, title: str, *, checked: bool = True, **more: object) -> Resource:
    """An entry that Cora put into the library."""
    given = {"category": Category.HOUSING, "about": "Beds and quiet.", **more}
    with work.begin():
        return service.add(cast.cora, Details(title=title, **given), checked=checked)


def text(client: FlaskClient, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_empty_library_points_to_the_helpline(client: FlaskClient) -> None:
    page = text(client, "/resources")
    assert "Nothing is listed here at the moment" in page
    assert "1-888-373-7888" in page
    assert "Add the first entry" not in page


def test_anyone_reads_an_entry_with_its_notes(client: FlaskClient, cast: Cast) -> None:
    listed(
        cast,
        "Casa Alameda",
        phone="1-555-0100",
        website="https://alameda.example/start",
        languages=["español", "en"],
        call_first=True,
        phoning=Phoning.DISCREET,
        phone_note="Ask for Room 4.",
    )
    page = text(client, "/resources")
    for words in ("Call first, before you go", "do not call back unasked", "Ask for Room 4."):
        assert words in page
    assert "Spanish, English" in page
    assert (
        'href="https://alameda.example/start" rel="noreferrer noopener nofollow external"' in page
    )
    assert "(leaves this site)" in page
    assert 'href="tel:1-555-0100"' in page
    assert "Cora" not in page


def test_search_minds_neither_case_nor_accents(client: FlaskClient, cast: Cast) -> None:
    listed(cast, "Café Ámbar", about="Desayuno y compañía.")
    listed(cast, "Mill House")
    for query in ("cafe ambar", "CAFÉ", "compania", "ámbar desayuno"):
        page = text(client, f"/resources?q={query}")
        assert "Café Ámbar" in page
        assert "Mill House" not in page


def test_search_knows_languages_and_categories_by_name(client: FlaskClient, cast: Cast) -> None:
    listed(cast, "Open Door", category=Category.LEGAL, languages=["ar"])
    listed(cast, "Mill House")
    for query in ("arabic", "العَرَبِيَّة", "legal"):
        page = text(client, f"/resources?q={query}")
        assert "Open Door" in page
        assert "Mill House" not in page


def test_signs_of_sql_patterns_are_only_signs(client: FlaskClient, cast: Cast) -> None:
    listed(cast, "Mill House")
    for query in ("%25", "_", "' OR 1=1 --", "\\", "x" * 1900):
        assert "Nothing found" in text(client, f"/resources?q={query}")


def test_what_a_coordinator_wrote_is_shown_as_text(client: FlaskClient, cast: Cast) -> None:
    listed(cast, "<script>alert(1)</script>", about="a < b\nand <b>more</b>")
    page = text(client, "/resources?q=<script>")
    assert "<script>alert" not in page
    assert "&lt;b&gt;more" in page


def test_category_narrows_the_list(client: FlaskClient, cast: Cast) -> None:
    listed(cast, "Mill House")
    listed(cast, "Night Line", category=Category.HELPLINES)
    page = text(client, "/resources?category=housing")
    assert "Mill House" in page
    assert "Night Line" not in page
    assert "Night Line" in text(client, "/resources?category=no-such")


def test_long_lists_come_in_pages(client: FlaskClient, cast: Cast) -> None:
    for number in range(31):
        listed(cast, f"House {number:02}")
    first, second = text(client, "/resources"), text(client, "/resources?page=2")
    assert "House 29" in first
    assert "House 30" not in first
    assert "House 30" in second
    assert "Nothing is listed" not in text(client, "/resources?page=3")
    assert text(client, "/resources?page=-5") == text(client, "/resources?page=1")


def test_last_check_is_a_day_without_a_person(client: FlaskClient, cast: Cast) -> None:
    listed(cast, "Mill House", checked=False)
    assert "Not yet. It may have changed." in text(client, "/resources")
    with clock.stopped_at(clock.now().replace(2026, 3, 9)):
        listed(cast, "Open Door")
    assert "March 9, 2026" in text(client, "/resources")
