"""What a person sets for themself in a room, in a real browser."""

from playwright.sync_api import Page, expect

from peer.core import work
from peer.rooms import service
from peer.rooms.models import Room
from tests.cast import Cast
from tests.plugins.site import Site
from tests.rooms.place import a_room, said
from tests.rooms.test_page_live import Visit, bubble, texts, visit, write

__all__ = ["visit"]


def the_room(cast: Cast) -> Room:
    return a_room(cast, cast.noor, cast.zed, cast.sol)


def spoken(page: Page) -> str:
    """What the announcer of a page says just now."""
    return page.locator("[data-announce]").inner_text()


def test_muting_folds_what_is_there_and_what_comes_in_every_tab(
    live: Site, visit: Visit, cast: Cast
) -> None:
    room = the_room(cast)
    his = said(cast.zed, room, "quite a lot")
    noor, other_tab, sol = visit("noor", room), visit("noor", room), visit("sol", room)
    other_tab.get_by_label("Write to").fill("half a thought")
    noor.locator(f"#m-{his.id} .msg__more > summary").click()
    noor.locator(f"#m-{his.id}").get_by_role("link", name="Mute or block").click()
    expect(noor.get_by_role("heading", name="Hear less of Zed?")).to_be_visible()
    noor.get_by_role("button", name="Mute", exact=True).click()
    for page in (noor, other_tab):
        expect(page.get_by_text("Someone you have muted wrote")).to_be_visible()
        expect(bubble(page, "quite a lot")).to_be_hidden()
    expect(other_tab.get_by_label("Write to")).to_have_value("half a thought")

    said(cast.zed, room, "and more", reply_to=his.id)
    said(cast.sol, room, "I hear you", reply_to=his.id)
    for page in (noor, other_tab):
        expect(bubble(page, "I hear you")).to_be_visible()
        expect(page.get_by_text("Someone you have muted wrote")).to_have_count(2)
        expect(bubble(page, "and more")).to_be_hidden()
        expect(page.locator("[data-part=reply]:visible")).to_contain_text("Someone you have muted")
        assert "and more" not in spoken(page)
    expect(bubble(sol, "and more")).to_be_visible()
    noor.locator(".fold > summary").last.focus()
    noor.keyboard.press("Enter")
    expect(bubble(noor, "and more")).to_be_visible()
    live_texts = texts(other_tab)
    other_tab.reload()
    assert texts(other_tab) == live_texts


def test_blocking_takes_words_away_and_undoing_brings_them_back(
    live: Site, visit: Visit, cast: Cast
) -> None:
    room = the_room(cast)
    his = said(cast.zed, room, "quite a lot")
    noor, zed = visit("noor", room), visit("zed", room)
    noor.get_by_label("Write to").fill("half a thought")
    with work.begin():
        service.keep_distance(cast.noor, his.id, "block")
    expect(bubble(noor, "quite a lot")).to_have_count(0)
    write(zed, "and more")
    expect(bubble(zed, "and more")).to_be_visible()
    write(zed, "and even more")
    expect(bubble(zed, "and even more")).to_be_visible()
    said(cast.sol, room, "hello")
    expect(bubble(noor, "hello")).to_be_visible()
    assert [text for text in texts(noor) if text] == ["hello"]
    expect(noor.get_by_label("Write to")).to_have_value("half a thought")
    with work.begin():
        service.end_distance(cast.noor, cast.zed.id)
    expect(bubble(noor, "and even more")).to_be_visible()
    assert texts(noor) == texts(zed) == ["quite a lot", "and more", "and even more", "hello"]


def test_topics_fold_messages_live_and_loaded_alike(live: Site, visit: Visit, cast: Cast) -> None:
    room = the_room(cast)
    noor, zed = visit("noor", room), visit("zed", room)
    with work.begin():
        service.choose_unwanted(cast.noor, ["court"])
    expect(noor.locator("[data-unwanted=court]")).to_have_count(1)
    zed.get_by_text("Add a note").click()
    zed.get_by_label("Topic").select_option("court")
    write(zed, "they wrote to me")
    said(cast.zed, room, "and I answered", note="to my lawyer")
    said(cast.zed, room, "and a cake", note="sweet")
    expect(noor.locator("li[data-fold-by=topic]")).to_have_count(2)
    expect(noor.locator(".fold > summary").first).to_contain_text("Note: Courts and police")
    for text in ("they wrote to me", "and I answered", "and a cake"):
        expect(bubble(noor, text)).to_be_hidden()
    expect(zed.locator("li[data-fold-by]")).to_have_count(0)
    expect(zed.get_by_label("Topic")).to_have_value("")  # the next message begins without one
    noor.locator(".fold > summary").first.click()
    expect(bubble(noor, "they wrote to me")).to_be_visible()
    shape = """() => [...document.querySelectorAll('[data-messages] > [data-id]')].map(
        (li) => [li.className, li.dataset.foldBy, li.textContent.replace(/\\s+/g, ' ').trim()])"""
    shown = noor.evaluate(shape)
    noor.reload()
    assert noor.evaluate(shape) == shown
    with work.begin():
        service.choose_unwanted(cast.noor, [])
    expect(noor.locator("li[data-fold-by]")).to_have_count(0)
