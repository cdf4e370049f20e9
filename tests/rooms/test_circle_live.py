"""A circle of three people and two of the team, in real browsers."""

from playwright.sync_api import Page, expect

from peer.core import work
from peer.rooms import service
from tests.cast import Cast
from tests.plugins.site import Site
from tests.rooms.place import a_room
from tests.rooms.test_page_live import Visit, bubble, visit, write

__all__ = ["visit"]
MEMBERS = ("noor", "zed", "sol")
# What a screen reader is given to say: it is taken away again after some seconds.
LISTEN = """() => {
  window.spoken = [];
  const place = document.querySelector('[data-announce]');
  new MutationObserver(() => window.spoken.push(place.textContent)).observe(place, { childList: true });
}"""


def speaker(pages: dict[str, Page], after: str = "nobody") -> str:
    """Who has the talking piece after somebody else, by what Fay's page says."""
    holder = pages["fay"].locator("[data-now] [aria-current]")
    expect(holder).to_have_count(1)
    expect(holder).not_to_contain_text(after.title())
    for name in MEMBERS:
        if holder.inner_text().startswith(name.title()):
            return name
    raise AssertionError("nobody has the piece")


def hears(page: Page, words: str) -> None:
    """A screen reader is given these words to say."""
    for _ in range(150):
        if any(words in spoken for spoken in page.evaluate("() => window.spoken")):
            return
        page.wait_for_timeout(200)
    raise AssertionError(f"{words!r} was not said")


def give_on(page: Page, button: str) -> None:
    page.locator("[data-now]").get_by_role("button", name=button).click()


def test_evening_of_a_circle(live: Site, visit: Visit, cast: Cast) -> None:
    room = a_room(
        cast, *[cast.actor(name) for name in (*MEMBERS, "fay", "mo")], kind="circle", name="Circle"
    )
    with work.begin():
        service.set_facilitators(cast.cora, room.id, [cast.fay.id])
    phone = {"viewport": {"width": 390, "height": 844}}
    pages = {name: visit(name, room, **phone) for name in MEMBERS}
    pages |= {name: visit(name, room) for name in ("fay", "mo")}
    for page in pages.values():
        page.evaluate(LISTEN)
    fay = pages["fay"]
    expect(pages["noor"].locator("[data-now]")).to_contain_text("No date is planned yet")
    give_on(fay, "Begin a session now")
    write(fay, "Welcome, all of you")
    expect(bubble(pages["zed"], "Welcome, all of you")).to_be_visible()
    expect(pages["noor"].get_by_role("button", name="Send")).to_be_disabled()
    give_on(fay, "Begin the circle")

    first = speaker(pages)
    others = [name for name in MEMBERS if name != first]
    mine = pages[first].locator("[data-now]")
    expect(mine).to_contain_text("You have the talking piece")
    hears(pages[first], "Nobody interrupts you")
    expect(pages[others[0]].get_by_role("button", name="Send")).to_be_disabled()
    expect(fay.get_by_role("button", name="Send")).to_be_disabled()
    pages[others[0]].get_by_label("Write to").fill("I have something ready")
    write(pages[first], "This week I slept")
    for name in others:
        expect(bubble(pages[name], "This week I slept")).to_be_visible()
    pages[others[0]].locator("summary", has_text=f"of {first.title()}").click()
    pages[others[0]].get_by_role("button", name="With you").click()
    expect(pages[first].locator(".chip:visible")).to_contain_text("With you · 1")
    give_on(pages[first], "I am done, give it on")

    expect(mine).not_to_contain_text("You have the talking piece")
    second = speaker(pages, after=first)
    give_on(pages[second], "Pass")
    expect(pages[second].locator("[data-now]")).not_to_contain_text("You have the talking piece")
    third = speaker(pages, after=second)
    assert {first, second, third} == set(MEMBERS)
    expect(pages[others[0]].get_by_label("Write to")).to_have_value("I have something ready")
    give_on(pages[third], "Pass")
    expect(fay.locator("[data-now]")).to_contain_text("The talking piece rests")
    give_on(fay, "Closing round")
    expect(pages[first].locator("[data-now]")).to_contain_text("closing round")
    assert speaker(pages) == first, "the order stays as it was drawn"
    give_on(fay, "End the session")
    expect(pages["sol"].locator("[data-now]")).to_contain_text("This session is over")
    expect(pages["sol"].get_by_label("Write to")).to_be_hidden()
