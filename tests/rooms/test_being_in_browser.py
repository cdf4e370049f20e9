"""What a person sets for themself in a room, in a real browser."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from peer.core import work
from peer.moderation import queries as moderation
from peer.rooms import service
from peer.rooms.models import Room
from tests.cast import Cast
from tests.plugins.site import Site
from tests.rooms.place import a_room, kept_by, said
from tests.rooms.test_page_live import Visit, bubble, texts, visit, write

__all__ = ["visit"]
AXE = Axe().axe_script


def the_room(cast: Cast) -> Room:
    return a_room(cast, cast.noor, cast.zed, cast.sol)


def whole(page: Page) -> list[str]:
    """What stands in the way of somebody with a screen reader or a keyboard, on the page as it is."""
    page.evaluate(AXE)
    found = page.evaluate("() => axe.run(document, { resultTypes: ['violations'] })")
    return [f"{each['id']}: {each['nodes'][0]['html']}" for each in found["violations"]]


def spoken(page: Page) -> str:
    """What the announcer of a page says just now."""
    return page.locator("[data-announce]").inner_text()


def test_muting_folds_what_is_there_and_what_comes_in_every_tab(
    live: Site, visit: Visit, cast: Cast
) -> None:
    room = the_room(cast)
    his = said(cast.zed, room, "quite a lot")
    noor, other_tab, sol = visit("noor", room), visit("noor", room), visit("sol", room)
    for page in (noor, other_tab):
        page.get_by_label("Write to").fill("half a thought")
    menu = noor.locator(f"#m-{his.id} .msg__more > summary")
    menu.click()
    noor.get_by_role("link", name="Mute or block").click()
    expect(noor.get_by_role("heading", name="Hear less of \u2068Zed\u2069?")).to_be_focused()
    expect(noor.get_by_text("They are not told, and nobody else sees it.")).to_be_visible()
    assert whole(noor) == []
    noor.get_by_role("link", name="Not now").click()
    expect(menu).to_be_focused()
    menu.click()
    noor.get_by_role("link", name="Mute or block").click()
    noor.get_by_role("button", name="Mute", exact=True).click()
    for page in (noor, other_tab):
        expect(page.get_by_text("Someone you have muted wrote")).to_be_visible()
        expect(bubble(page, "quite a lot")).to_be_hidden()
        expect(page.get_by_label("Write to")).to_have_value("half a thought")
    expect(noor.get_by_role("heading", name="Hear less of \u2068Zed\u2069?")).to_have_count(0)
    expect(noor.locator("[data-line]")).to_contain_text("Nobody is told")

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
    assert whole(noor) == []
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
        service.end_distance(cast.noor, kept_by(cast.noor))
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
    expect(bubble(zed, "they wrote to me")).to_be_attached()
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


def test_stepping_away_covers_the_conversation_and_a_line_shows_where_one_left(
    live: Site, visit: Visit, cast: Cast
) -> None:
    room = the_room(cast)
    said(cast.zed, room, "before")
    noor, zed = visit("noor", room), visit("zed", room)
    noor.get_by_label("Write to").fill("half a thought")
    noor.get_by_role("link", name="Step away").click()
    expect(noor.get_by_role("heading", name="A moment for yourself")).to_be_focused()
    expect(bubble(noor, "before")).to_be_hidden()
    expect(noor.get_by_label("Write to")).to_be_hidden()
    assert whole(noor) == []
    noor.keyboard.press("Tab")
    expect(noor.get_by_role("link", name="Come back")).to_be_focused()
    write(zed, "meanwhile")
    expect(bubble(zed, "meanwhile")).to_be_visible()
    expect(zed.locator("span[data-here]")).to_contain_text("2 here now")  # nobody is told
    expect(noor.locator('[data-messages] [data-part="text"]')).to_have_count(2)
    expect(bubble(noor, "meanwhile")).to_be_hidden()
    noor.keyboard.press("Enter")
    expect(bubble(noor, "meanwhile")).to_be_visible()
    expect(noor.locator("[data-messages] > .unread + li")).to_contain_text("meanwhile")
    assert noor.evaluate("scrollY") == 0  # the page stays where it was
    expect(noor.get_by_label("Write to")).to_have_value("half a thought")
    noor.get_by_role("link", name="Step away").click()
    noor.get_by_role("link", name="Come back").click()
    expect(noor.locator("[data-messages] > .unread")).to_have_count(1)  # nothing came: no other


def test_name_is_shown_once_for_several_messages_and_is_still_there_to_be_heard(
    live: Site, visit: Visit, cast: Cast
) -> None:
    room = a_room(cast, cast.noor, cast.fay)
    said(cast.fay, room, "one")
    noor = visit("noor", room, locale="ar")
    said(cast.fay, room, "two")
    said(cast.noor, room, "three")
    said(cast.fay, room, "four")
    expect(bubble(noor, "four")).to_be_visible()
    names = """() => [...document.querySelectorAll('[data-messages] > [data-id]')].map((li) => {
      const meta = li.querySelector('[data-part="meta"]');
      const avatar = li.querySelector('[data-part="avatar"]');
      return [meta.textContent.replace(/\\s+/g, ' ').trim(), meta.classList.contains('vh'),
        Boolean(avatar && !avatar.hidden), li.dir || getComputedStyle(li).direction];
    })"""
    shown = noor.evaluate(names)
    assert [once for _, once, _, _ in shown] == [False, True, False, False]
    assert [avatar for _, _, avatar, _ in shown] == [True, False, False, True]
    assert all("Fay Facilitator" in meta for meta, *_ in (shown[0], shown[1], shown[3]))
    noor.reload()
    noor.reload()  # by now nothing is new, and no line stands between
    assert noor.evaluate(names) == shown
    noor.goto(noor.url.split("?")[0] + "?lang=ar")
    right = noor.evaluate(names)
    assert [each[1:3] for each in right] == [each[1:3] for each in shown]
    assert all(direction == "rtl" for *_, direction in right)
    edges = """() => ['one', 'two'].map((text) => [...document.querySelectorAll('.bubble')]
      .find((each) => each.textContent.trim() === text).getBoundingClientRect().right)"""
    one, two = noor.evaluate(edges)
    assert one == two, "what goes on stands below what it goes on from"


def test_telling_a_moderator_keeps_what_is_being_written(
    live: Site, visit: Visit, cast: Cast
) -> None:
    room = the_room(cast)
    unkind = said(cast.zed, room, "quite a lot")
    noor = visit("noor", room)
    noor.get_by_label("Write to").fill("half a thought")
    menu = noor.locator(f"#m-{unkind.id} .msg__more > summary")
    for by_way_of in ("", "Mute or block"):
        menu.click()
        if by_way_of:
            noor.get_by_role("link", name=by_way_of).click()
            expect(noor.get_by_role("heading", name="Hear less of")).to_be_focused()
        noor.get_by_role("link", name="Tell a moderator").locator("visible=true").click()
        expect(noor.get_by_role("heading", name="Tell a moderator")).to_be_focused()
        assert whole(noor) == []
        noor.get_by_role("link", name="Not now").click()
        expect(menu).to_be_focused()
    menu.click()
    noor.get_by_role("link", name="Tell a moderator").locator("visible=true").click()
    noor.get_by_text("Add something in your own words").click()
    noor.get_by_label("What would you like us to know?").fill("it goes on for days")
    noor.get_by_role("button", name="It is unkind").click()
    expect(noor.locator("[data-line]")).to_contain_text("A moderator will look at it")
    expect(noor.get_by_label("Write to")).to_have_value("half a thought")
    with work.begin(writes=False):
        assert moderation.item_of("message", unkind.id) is not None
