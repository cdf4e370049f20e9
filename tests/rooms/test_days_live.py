"""The days that stand above messages, also of one that is let through a day later."""

from datetime import timedelta
from itertools import pairwise

import pytest
from playwright.sync_api import Page, expect

from peer.core import clock, work
from peer.policy.rooms import MessageState
from peer.rooms.models import Room
from peer.rooms.subjects import MessageSubject
from tests.cast import Cast
from tests.plugins.site import Site
from tests.rooms.place import a_room, said
from tests.rooms.test_page_live import Visit, bubble, visit

__all__ = ["visit"]
UNDER = """() => [...document.querySelectorAll('[data-messages] > li[data-id]')].map((item) => {
  let day = item;
  while (day && !day.matches('.day')) day = day.previousElementSibling;
  return [day && day.textContent, item.querySelector('[data-part="text"]').textContent];
})"""
CRUEL = "You are worthless and everyone here knows it."


def under(page: Page) -> list[list[str]]:
    """Each message with the day that it stands under; twice the same day never stands in a row."""
    days = page.locator("[data-messages] > .day").all_inner_texts()
    assert all(one != other for one, other in pairwise(days)), days
    found: list[list[str]] = page.evaluate(UNDER)
    return found


@pytest.fixture
def room(live: Site, cast: Cast) -> Room:
    return a_room(cast, cast.noor, cast.zed, cast.mo, ask_again=False)


def test_message_that_is_let_through_a_day_later_stands_under_its_own_day(
    visit: Visit, room: Room, cast: Cast
) -> None:
    with clock.stopped_at(clock.now() - timedelta(days=1)):
        said(cast.zed, room, "One of yesterday")
        held = said(cast.noor, room, CRUEL)
    assert held.state == MessageState.HELD
    said(cast.zed, room, "One of today")
    mo, zed = visit("mo", room), visit("zed", room)
    before = [["Yesterday", "One of yesterday"], ["Today", "One of today"]]
    assert under(zed) == before
    assert under(mo) == [*before, ["Yesterday", CRUEL]]
    said(cast.zed, room, "Two of today")
    for page in (mo, zed):
        expect(bubble(page, "Two of today")).to_be_visible()
    before.append(["Today", "Two of today"])
    assert under(zed) == before
    assert under(mo) == [*before, ["Yesterday", CRUEL]]
    with work.begin():
        MessageSubject().release(held.id, cast.mo)
    expect(bubble(zed, CRUEL)).to_be_visible()
    last = said(cast.zed, room, "Three of today")
    after = [*before, ["Yesterday", CRUEL], ["Today", "Three of today"]]
    for page in (mo, zed):
        expect(bubble(page, "Three of today")).to_be_visible()
        assert under(page) == after
    with work.begin():
        MessageSubject().hide(held.id, cast.mo)
    for page in (mo, zed):
        expect(bubble(page, CRUEL)).to_have_count(0)
        assert under(page) == [*before, ["Today", "Three of today"]]
    with work.begin():
        MessageSubject().hide(last.id, cast.mo)
    for page in (mo, zed):
        expect(bubble(page, "Three of today")).to_have_count(0)
        assert under(page) == before
        page.reload()
        assert under(page) == before
