"""What the small scripts add, seen in a real browser under the strict policy."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from peer.core import clock
from tests.house.look_app import make_app

WATCH = """addEventListener('securitypolicyviolation', (event) => {
  (window.refused = window.refused || []).push(event.violatedDirective + ' ' + event.blockedURI);
});"""
TWO_MORE = "Shift, press 2 more times to leave."
FOCUSED = "document.activeElement.getAttribute('aria-label')"


class Site:
    """The bare site on a port of its own; what reached it."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.server = make_server("127.0.0.1", 0, app, threaded=True)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        self.sent: list[Any] = app.config["SENT"]
        self.left: list[str] = app.config["LEFT"]


@pytest.fixture(scope="module")
def running() -> Iterator[Site]:
    site = Site(make_app())
    thread = threading.Thread(target=site.server.serve_forever, daemon=True)
    thread.start()
    yield site
    site.server.shutdown()
    thread.join()
    site.server.server_close()


@pytest.fixture
def site(running: Site) -> Site:
    running.sent.clear()
    running.left.clear()
    return running


@pytest.fixture
def kit(page: Page, site: Site) -> Page:
    page.add_init_script(WATCH)
    page.goto(f"{site.address}/kit")
    return page


def arrived(page: Page, inbox: list[Any], count: int) -> list[Any]:
    """What reached the site, once `count` things have (or ten seconds have gone by)."""
    for _look in range(500):
        if len(inbox) >= count:
            break
        page.wait_for_timeout(20)
    return inbox


# --- Leave quickly -------------------------------------------------------------------------


def test_leaving_ends_the_session_and_takes_the_place_of_the_page(kit: Page, site: Site) -> None:
    before = kit.evaluate("history.length")
    with kit.expect_request(lambda request: request.method == "POST"):
        kit.get_by_role("link", name="Leave quickly").click()
    kit.wait_for_url("**/elsewhere")
    assert kit.evaluate("history.length") == before
    assert arrived(kit, site.left, 1) == ["POST"]


def test_shift_three_times_leaves(kit: Page, site: Site) -> None:
    kit.keyboard.press("Shift")
    said = kit.locator("[data-leave-status]")
    assert said.text_content() == TWO_MORE
    kit.keyboard.press("Shift")
    assert said.text_content() == "Shift, press 1 more time to leave."
    kit.keyboard.press("Shift")
    kit.wait_for_url("**/elsewhere")


def test_writing_in_capitals_does_not_leave(kit: Page) -> None:
    kit.locator("#words").focus()
    for letter in "ABCD":
        kit.keyboard.press(f"Shift+{letter}")
    assert kit.locator("#words").input_value() == "ABCD"
    kit.keyboard.press("Shift")
    kit.keyboard.press("Shift")
    kit.keyboard.press("x")
    kit.keyboard.press("Shift")
    assert kit.locator("[data-leave-status]").text_content() == TWO_MORE
    assert kit.locator("main").is_visible()


def test_slow_presses_of_shift_do_not_add_up(page: Page, site: Site) -> None:
    page.clock.install()
    page.goto(f"{site.address}/kit")
    for _press in range(2):
        page.keyboard.press("Shift")
    page.clock.fast_forward(5100)
    page.keyboard.press("Shift")
    assert page.locator("[data-leave-status]").text_content() == TWO_MORE
    assert page.locator("main").is_visible()


def test_leaving_works_without_script(browser: Browser, site: Site) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site.address}/kit")
    page.locator("a.leave").click()
    page.wait_for_url("**/elsewhere")
    assert site.left == ["GET"]
    context.close()


def test_the_page_is_blank_when_it_goes_away(kit: Page) -> None:
    kit.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}))")
    assert not kit.locator("main").is_visible()


# --- A double press ----------------------------------------------------------------------


def press_send(page: Page) -> None:
    """Press the button the way two fast fingers do, without waiting for an answer."""
    page.locator("#note button").dispatch_event("click")


def notes(page: Page, site: Site, count: int) -> list[str]:
    """The notes that were sent."""
    return [form["note"] for form in arrived(page, site.sent, count)]


def test_double_press_sends_once_and_a_changed_text_goes_out(page: Page, site: Site) -> None:
    page.clock.install()
    page.goto(f"{site.address}/kit")
    page.clock.pause_at(clock.now() + timedelta(hours=1))  # fast fingers, slow machine
    page.locator("#words").fill("one")
    press_send(page)
    assert notes(page, site, 1) == ["one"]
    press_send(page)
    page.locator("#words").fill("two")
    press_send(page)
    assert notes(page, site, 2) == ["one", "two"]


def test_the_same_text_may_be_sent_again_after_a_moment(page: Page, site: Site) -> None:
    page.clock.install()
    page.goto(f"{site.address}/kit")
    page.locator("#words").fill("again")
    press_send(page)
    assert notes(page, site, 1) == ["again"]
    page.clock.fast_forward(1100)
    press_send(page)
    assert notes(page, site, 2) == ["again", "again"]


# --- Menus, errors -------------------------------------------------------------------------


def test_menu_closes_with_escape_and_gives_back_the_focus(kit: Page) -> None:
    kit.locator(".menu--me summary").click()
    kit.keyboard.press("Tab")
    kit.keyboard.press("Escape")
    assert kit.locator(".menu--me[open]").count() == 0
    assert kit.evaluate("document.activeElement.tagName") == "SUMMARY"
    kit.locator(".menu--me summary").click()
    kit.locator("h1").click()
    assert kit.locator(".menu--me[open]").count() == 0


def test_refused_form_starts_at_what_needs_a_look(kit: Page) -> None:
    kit.locator("form.form button[type=submit]").evaluate(
        "button => { button.form.noValidate = true; button.click(); }"
    )
    expect(kit.locator(":focus")).to_have_attribute("role", "alert")


# --- The weekly grid -----------------------------------------------------------------------


def chosen(page: Page) -> list[str]:
    """The values that are ticked."""
    boxes = page.locator(".avail input:checked").all()
    return [box.get_attribute("value") or "" for box in boxes]


def test_arrow_keys_walk_the_grid_and_shift_carries_the_answer_on(kit: Page) -> None:
    assert kit.locator(".avail [tabindex='0']").count() == 1
    kit.locator("[value='1-18:00']").focus()
    kit.keyboard.press("ArrowUp")
    assert kit.evaluate(FOCUSED) == "Monday 10:00 to 11:00"
    kit.keyboard.press("ArrowDown")
    kit.keyboard.press("Shift+ArrowRight")
    assert kit.evaluate(FOCUSED) == "Tuesday 18:00 to 19:00"
    kit.keyboard.press("End")
    kit.keyboard.press("Space")
    assert sorted(chosen(kit)) == ["1-18:00", "2-18:00", "3-18:00"]
    assert kit.locator(".avail [tabindex='0']").count() == 1


def test_arrow_keys_follow_the_direction_of_writing(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/kit?text_dir=rtl")
    page.locator("[value='1-18:00']").focus()
    page.keyboard.press("ArrowLeft")
    assert page.evaluate(FOCUSED) == "Tuesday 18:00 to 19:00"


def test_heading_chooses_and_clears_its_whole_day(kit: Page) -> None:
    kit.get_by_role("button", name="All of Monday").click()
    assert sorted(chosen(kit)) == ["1-09:00", "1-10:00", "1-18:00"]
    kit.get_by_role("button", name="All of Monday").click()
    assert chosen(kit) == []
    kit.locator("[value='1-09:00']").focus()
    kit.keyboard.press("ArrowLeft")
    assert kit.evaluate(FOCUSED) == "09:00 to 10:00 on all days"
    kit.keyboard.press("Enter")
    assert sorted(chosen(kit)) == ["1-09:00", "2-09:00", "3-09:00"]


def test_mouse_paints_and_a_single_click_ticks_one(kit: Page) -> None:
    kit.locator("[value='2-09:00']").hover()
    kit.mouse.down()
    kit.locator("[value='2-10:00']").hover()
    kit.locator("[value='3-10:00']").hover()
    kit.mouse.up()
    assert sorted(chosen(kit)) == ["1-18:00", "2-09:00", "2-10:00", "3-10:00"]
    kit.locator("[value='3-18:00']").click()
    assert "3-18:00" in chosen(kit)


def test_hours_are_counted_aloud_and_posted(kit: Page, site: Site) -> None:
    kit.get_by_role("button", name="All of Monday").click()
    kit.get_by_text("Hours chosen: 3").wait_for()
    kit.get_by_role("button", name="Save times").click()
    times = arrived(kit, site.sent, 1)[0]
    assert sorted(times.getlist("slot")) == ["1-09:00", "1-10:00", "1-18:00"]


# --- Older phones ----------------------------------------------------------------------------

# The scripts are written as Safari 13.1 and Chrome 80 read them, both of 2020. What came later:
NEWER = re.compile(
    r"""\b(replaceChildren|requestSubmit|replaceAll|structuredClone|hasOwn|randomUUID|findLast\w*
        |showModal|showPopover|inert|WeakRef|toSorted|toReversed|toSpliced|isWellFormed
        |Promise\.(any|withResolvers)|AbortSignal\.\w+|Object\.groupBy)\b
        |\.at\(|[?]{2}=|[|]{2}=|&&=|\(\?<[=!]|^await\b|^const\ .*=\ await\b""",
    re.VERBOSE | re.MULTILINE,
)
SCRIPTS = sorted((Path(__file__).parents[2] / "static/js").glob("*.js"))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_scripts_use_nothing_that_phones_of_2020_lack(script: Path) -> None:
    code = re.sub(r"(?m)(^|\s)//.*$", "", script.read_text("utf-8"))
    assert [found.group() for found in NEWER.finditer(code)] == []
    # Safari before 15.4 does not say which button sent a form: pressed.js finds out.
    assert "submitter" not in code or script.name == "pressed.js"


# --- Every part, in both themes, both directions, from a small phone to a wide screen -------


@pytest.mark.parametrize(
    ("width", "query"),
    [(320, "text_dir=rtl"), (390, "theme=dark&flash=1"), (1024, ""), (1280, "theme=dark&out=1")],
)
def test_parts_fit_pass_axe_and_break_no_policy(
    page: Page, site: Site, width: int, query: str
) -> None:
    page.add_init_script(WATCH)
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{site.address}/kit?{query}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for menu in page.locator(".menu > summary:visible").all():
        menu.click()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        box = menu.locator("xpath=../*[2]").bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        page.keyboard.press("Escape")
    assert page.evaluate("window.refused || []") == []
    found = Axe().run(page).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []
    leave = page.locator("a.leave").bounding_box()
    assert leave
    assert min(leave["width"], leave["height"]) >= 44


@pytest.mark.parametrize("width", [320, 390])
def test_letters_twice_the_size_need_no_sideways_scroll(page: Page, site: Site, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    session = page.context.new_cdp_session(page)
    session.send("Page.enable")
    session.send("Page.setFontSizes", {"fontSizes": {"standard": 32, "fixed": 26}})
    page.goto(f"{site.address}/kit?flash=1")
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px"
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    leave = page.locator("a.leave").bounding_box()
    assert leave
    assert leave["x"] + leave["width"] <= width
