"""A room by keyboard alone, on a phone and on a wide screen."""

import pytest
from playwright.sync_api import Page, expect

from tests.cast import PASSPHRASE, Cast
from tests.plugins.site import Site
from tests.plugins.visitors import Visit
from tests.rooms.place import a_room, said

# What has the focus, in words; and whether any of it can be seen, none of it being under a bar.
FOCUSED = """() => {
  const here = document.activeElement;
  const box = here.getBoundingClientRect();
  const shown = [0.1, 0.5, 0.9].some((across) => [0.1, 0.5, 0.9].some((down) => {
    const top = document.elementFromPoint(box.x + box.width * across, box.y + box.height * down);
    return Boolean(top) && (here.contains(top) || top.contains(here) && top.closest('label'));
  }));
  const label = here.labels?.[0] ?? here;
  return { lost: here === document.body, words: label.textContent.trim(), shown,
    within: here.closest('.msg')?.textContent ?? '' };
}"""


def goes_to(page: Page, words: str, *, within: str = "", key: str = "Tab") -> None:
    """Press `key` until something called `words` has the focus, which is never out of sight."""
    for _press in range(120):
        page.keyboard.press(key)
        here = page.evaluate(FOCUSED)
        if here["lost"]:
            continue  # the browser's own buttons have their turn
        assert here["shown"], f"{here['words']!r} has the focus, but cannot be seen"
        if here["words"].startswith(words) and within in here["within"]:
            return
    pytest.fail(f"no key leads to {words!r}")


@pytest.mark.parametrize("width", [390, 1280])
def test_noor_speaks_and_reports_by_keyboard(
    live: Site, cast: Cast, visit: Visit, width: int
) -> None:
    room = a_room(cast, cast.noor, cast.zed, name=f"Commons {width}")
    for number in range(12):
        said(cast.zed, room, f"Line {number} of something longer that Zed has to tell tonight.")
    said(cast.zed, room, "You talk too much, all of you.")
    noor = visit(viewport={"width": width, "height": 700})
    page, keys = noor.page, noor.page.keyboard
    noor.open("/sign-in")
    goes_to(page, "Name you use here")
    keys.type("noor")
    goes_to(page, "Passphrase")
    keys.type(PASSPHRASE)
    keys.press("Enter")
    expect(page.get_by_role("heading", name="Hello, Noor")).to_be_visible()
    page.wait_for_load_state()
    if width < 1000:
        goes_to(page, "Menu")
        keys.press("Enter")
    goes_to(page, "Rooms")
    keys.press("Enter")
    page.wait_for_url("**/rooms")
    goes_to(page, room.name)
    keys.press("Enter")
    page.wait_for_url("**/rooms/*")
    goes_to(page, "Skip to the writing box")
    keys.press("Enter")
    expect(page.get_by_role("textbox", name="Write to")).to_be_focused()
    keys.type("Shall we all take a breath?")
    goes_to(page, "Send")
    keys.press("Enter")
    expect(page.locator(".msg", has_text="Shall we all take a breath?")).to_be_visible()
    goes_to(page, "More for the message of Zed", within="You talk too much", key="Shift+Tab")
    keys.press("Enter")
    goes_to(page, "Tell a moderator")
    keys.press("Enter")
    expect(page.get_by_role("heading", name="Tell a moderator")).to_be_focused()
    goes_to(page, "It is unkind or threatening")
    keys.press("Enter")
    expect(page.get_by_text("Thank you for telling us.")).to_be_visible()
