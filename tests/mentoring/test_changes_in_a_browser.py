"""Everybody makes their way through a change by the words on the pages, without scripts."""

from playwright.sync_api import expect

from tests.cast import Cast
from tests.mentoring.test_changes import evening
from tests.plugins.site import Site
from tests.plugins.visitors import Visit, Visitor


def says_yes_to_all(visitor: Visitor) -> None:
    """To every question that waits for this person."""
    visitor.open("/mentoring")
    links = visitor.page.get_by_role("link", name="Read it").all()
    for address in [str(link.get_attribute("href")) for link in links]:
        visitor.open(address)
        visitor.page.get_by_role("button", name="Yes").click()


def test_noor_makes_room_for_zed_and_all_agree(live: Site, cast: Cast, visit: Visit) -> None:
    evening(cast)
    names = ("cora", "noor", "tess", "uma", "zed")
    cora, noor, tess, uma, zed = (visit(name, scripts=False) for name in names)
    cora.open("/mentoring/rounds")
    cora.page.get_by_role("link", name="Go to it").click()
    cora.page.get_by_role("link", name="See who").click()
    expect(cora.page.get_by_text("For that, Noor moves from Tess to Uma.")).to_be_visible()
    cora.page.get_by_role("button", name="Make a round with this").click()
    ready = cora.page.get_by_text("Open for decisions")
    for _ in range(100):
        if ready.count():
            break
        cora.page.wait_for_timeout(200)
        cora.page.reload()
    cora.page.get_by_role("button", name="Approve all 2").click()
    expect(cora.page.get_by_text("Everybody concerned is being asked now.")).to_be_visible()
    for each in (uma, zed, tess):
        says_yes_to_all(each)
    noor.open("/mentoring")
    expect(noor.page.get_by_role("link", name="Tess")).to_be_visible()
    expect(noor.page.get_by_text("nothing changes unless you agree")).to_be_visible()
    says_yes_to_all(noor)
    noor.open("/mentoring")
    expect(noor.page.get_by_role("link", name="Uma")).to_be_visible()
    zed.open("/mentoring")
    expect(zed.page.get_by_role("link", name="Tess")).to_be_visible()
    tess.open("/mentoring")
    expect(tess.page.get_by_role("link", name="Zed")).to_be_visible()
    expect(tess.page.get_by_role("link", name="Noor")).to_have_count(0)
