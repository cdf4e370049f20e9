"""A room on a phone from 2020, in a browser from which what came later has been taken."""

import pytest
from playwright.sync_api import Locator, Page, expect

from peer.core import work
from peer.policy.admission import At
from peer.rooms import queries
from peer.rooms.models import Room
from tests.cast import Cast
from tests.plugins.visitors import Visit, hears, visit
from tests.rooms.place import a_room, said
from tests.rooms.test_admission import come, with_a_door

__all__ = ["visit"]
OLDER = """for (const kind of [Element, Document, DocumentFragment]) delete kind.prototype.replaceChildren;
delete SubmitEvent.prototype.submitter;
delete HTMLFormElement.prototype.requestSubmit;
delete String.prototype.replaceAll;
delete Array.prototype.at;
delete window.structuredClone;"""


def on_an_old_phone(visit: Visit, name: str, room: Room) -> Page:
    visitor = visit(name, viewport={"width": 390, "height": 780})
    visitor.context.add_init_script(OLDER)
    visitor.open(f"/rooms/{room.id}")
    hears(visitor.page)
    assert visitor.page.evaluate("'submitter' in Event.prototype || 'at' in []") is False
    return visitor.page


def at_the_door(room: Room, cast: Cast) -> str:
    with work.begin(writes=False):
        found = queries.admission_in(room.id, cast.noor.id)
        assert found is not None
        return found.state


def _at_the_door(page: Page) -> Locator:
    return page.locator("[data-now] section", has_text="At the door")


@pytest.fixture
def door(live: object, cast: Cast) -> Room:
    room = with_a_door(cast)
    come(room, cast.noor)
    return room


def test_not_this_time_lets_nobody_in(visit: Visit, door: Room, cast: Cast) -> None:
    fay = on_an_old_phone(visit, "fay", door)
    fay.get_by_label("Write to").fill("what Fay is writing")
    _at_the_door(fay).locator("summary").click()
    fay.get_by_role("button", name="Ask to wait a little").click()
    expect(_at_the_door(fay)).to_contain_text("waits longer")
    assert at_the_door(door, cast) == At.LATER
    _at_the_door(fay).locator("summary").click()
    fay.get_by_role("button", name="Not this time").click()
    expect(_at_the_door(fay)).to_contain_text("Not this time:")
    assert at_the_door(door, cast) == At.NOT_NOW
    expect(fay.get_by_label("Write to")).to_have_value("what Fay is writing")


def test_where_no_button_is_known_the_form_goes_as_it_is(
    visit: Visit, door: Room, cast: Cast
) -> None:
    fay = on_an_old_phone(visit, "fay", door)
    with fay.expect_navigation() as gone:
        _at_the_door(fay).locator("form").first.evaluate(
            "(form) => form.dispatchEvent("
            "new Event('submit', { bubbles: true, cancelable: true })) && form.submit()"
        )
    assert gone.value.status == 422
    assert at_the_door(door, cast) == At.WAITING


def test_words_go_out_are_looked_at_again_and_answered(
    visit: Visit, live: object, cast: Cast
) -> None:
    room = a_room(cast, cast.noor, cast.zed)
    noor = on_an_old_phone(visit, "noor", room)
    box, sent = noor.get_by_label("Write to"), noor.locator('li[data-id] [data-part="text"]')
    box.fill("good evening")
    noor.get_by_role("button", name="Send").click()
    expect(sent).to_have_text(["good evening"])
    box.fill("call 07700 900123")
    box.press("Control+Enter")
    panel = noor.locator("section[data-nudge]")
    expect(panel).to_contain_text("07700 900123 Looks like a phone number")
    panel.get_by_role("button", name="Send as it is").click()
    expect(sent).to_have_count(2)
    said(cast.zed, room, "good to read you")
    expect(noor.locator("[data-announce]")).to_contain_text("good to read you")
    noor.locator("summary", has_text="More for the message of Zed").click()
    noor.get_by_role("button", name="With you").click()
    expect(noor.locator(".chip:visible")).to_contain_text("With you · 1")
