"""One evening with oneself: on a phone, in the dark, in letters that run from the right."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, ViewportSize, expect

from tests.cast import Cast
from tests.journeys import acts
from tests.plugins.visitors import Visit, Visitor

PHONE: ViewportSize = {"width": 390, "height": 844}
LINES = "كوب شاي ثم نافذة مفتوحة\nأغنية أمي"
NOTE = "كتبت اليوم صفحة كاملة.\nكان المساء هادئا، والقطة نائمة."
KEPT_BY_THE_BROWSER = """async () => [localStorage.length, sessionStorage.length,
  (await indexedDB.databases()).length, (await caches.keys()).length]"""
FOUND = """(options) => axe.run(document, options).then(
  ({ violations }) => violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`))"""
WIDER = "document.documentElement.scrollWidth - innerWidth"


def presses(page: Page, what: Locator) -> None:
    """And waits for the page that comes."""
    page.wait_for_load_state()
    with page.expect_event("load"):
        what.click()


def is_whole(page: Page) -> None:
    """Nothing sticks out, and the title tells nothing."""
    assert page.evaluate(WIDER) <= 0, page.url
    assert page.title().startswith("Notes – "), page.url


def is_clean(page: Page) -> None:
    """Whole, and axe has nothing to say. Pages as they usually are get a longer look elsewhere."""
    is_whole(page)
    page.evaluate(Axe().axe_script)
    assert page.evaluate(FOUND, {"resultTypes": ["violations"], "preload": False}) == [], page.url


def goes_to(page: Page, tab: str) -> None:
    presses(page, page.get_by_role("navigation", name="Notes").get_by_role("link", name=tab))
    is_whole(page)


def puts_into_the_plan(page: Page, section: str, lines: str) -> None:
    presses(page, page.get_by_role("link", name=section))
    is_whole(page)
    page.get_by_label("One thing on each line").fill(lines)
    presses(page, page.get_by_role("button", name="Keep it"))


def directions(page: Page, selector: str) -> set[str]:
    found = page.locator(selector).evaluate_all(
        "all => all.map(e => getComputedStyle(e).direction)"
    )
    return set(found)


def test_an_evening_of_writing_on_a_phone_in_the_dark(visit: Visit, cast: Cast) -> None:
    noor = cast.newcomer()
    visitor: Visitor = visit(viewport=PHONE, color_scheme="dark")
    acts.signs_in(visitor, noor.name)
    page = visitor.page
    page.locator(".menu--nav > summary").click()
    presses(page, page.get_by_role("link", name="Notes", exact=True))
    is_whole(page)

    # A plan in her own words, and a step taken from it.
    goes_to(page, "Plan")
    puts_into_the_plan(page, "Things I can do by myself", LINES)
    is_whole(page)
    assert directions(page, ".own-list li") == {"rtl"}
    presses(page, page.get_by_role("link", name="My next step"))
    is_whole(page)
    presses(page, page.get_by_role("button", name="أغنية أمي"))

    # One tap; her own words stand before the helpline, and nobody is told.
    goes_to(page, "Today")
    presses(page, page.get_by_role("button", name="Heavy"))
    is_clean(page)
    steps = page.locator(".own-steps")
    expect(steps).to_contain_text("أغنية أمي")
    expect(steps).to_contain_text("Nobody was told about your answers")
    words = steps.inner_text()
    assert words.index("أغنية أمي") < words.index("1-888-373-7888")
    page.get_by_text("Show as a table").click()
    expect(page.locator(".chart")).to_be_visible()
    presses(page, page.get_by_role("link", name="Change today"))
    is_whole(page)
    page.get_by_label("Tired").check()
    page.get_by_label("A sentence, if you like").fill("مساء هادئ")
    presses(page, page.get_by_role("button", name="Keep it"))
    expect(page.get_by_text("Heavy · Body: Tired")).to_be_visible()

    # Written, read, changed in two windows without a loss.
    goes_to(page, "Written")
    presses(page, page.get_by_role("link", name="Write").first)
    page.get_by_label("Your words").fill(NOTE)
    assert page.evaluate(KEPT_BY_THE_BROWSER) == [0, 0, 0, 0]
    assert directions(page, "textarea") == {"rtl"}
    presses(page, page.get_by_role("button", name="Keep it"))
    is_clean(page)
    assert directions(page, ".own-words") == {"rtl"}
    expect(page.locator(".own-words")).to_have_text(NOTE.replace("\n", ""))
    other = visitor.another_page()
    for window in (page, other):
        window.goto(page.url.removesuffix("/edit") + "/edit")
    other.get_by_label("Your words").fill("من النافذة الأخرى")
    presses(other, other.get_by_role("button", name="Keep it"))
    page.get_by_label("Your words").fill(NOTE + "\nمن هنا")
    presses(page, page.get_by_role("button", name="Keep it"))
    expect(page.get_by_text("This was changed in another window meanwhile.")).to_be_visible()
    expect(page.locator(".quote")).to_have_text("من النافذة الأخرى")
    expect(page.get_by_label("Your words")).to_have_value(NOTE + "\nمن هنا")
    is_clean(page)
    presses(page, page.get_by_role("button", name="Keep it"))
    expect(page.locator(".own-words")).to_contain_text("من هنا")
    presses(page, page.get_by_role("link", name="Take it away"))
    is_whole(page)
    presses(page, page.get_by_role("button", name="Take it away"))
    expect(page.get_by_text("Nothing is written here")).to_be_visible()
    assert page.evaluate(KEPT_BY_THE_BROWSER) == [0, 0, 0, 0]


def test_pages_work_without_scripts_and_print_the_words_alone(visit: Visit) -> None:
    visitor = visit("zed", scripts=False, viewport=PHONE)
    page = visitor.page
    visitor.open("/own")
    presses(page, page.get_by_role("button", name="Steady"))
    expect(page.locator(".hint", has_text="The last one: Steady.")).to_be_visible()
    visitor.open("/own/notes/new")
    page.get_by_label("Your words").fill("A line is enough.")
    presses(page, page.get_by_role("button", name="Keep it"))
    expect(page.locator(".own-words")).to_have_text("A line is enough.")
    visitor.open("/own/plan/people")
    page.get_by_label("One thing on each line").fill("Fern, evenings")
    presses(page, page.get_by_role("button", name="Keep it"))
    page.emulate_media(media="print")
    expect(page.get_by_text("Fern, evenings")).to_be_visible()
    for beside in (".top", ".foot", ".tabs", ".flashes", ".actions", ".own-screen"):
        expect(page.locator(beside).first).to_be_hidden()
