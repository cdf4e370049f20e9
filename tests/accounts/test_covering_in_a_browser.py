"""The cover page as it comes down in a browser, over every page of the person."""

import re

import pytest
from playwright.sync_api import expect

from peer.accounts import service
from peer.accounts.models import Account
from peer.accounts.queries import actor_from
from peer.core import work
from tests.cast import PASSPHRASE, Cast
from tests.plugins.visitors import Visit, Visitor


@pytest.fixture
def guest(visit: Visit, cast: Cast) -> tuple[Account, Visitor]:
    """Somebody who has pages covered after two minutes, looking at their inbox."""
    account = cast.newcomer()
    with work.begin():
        service.set_cover(actor_from(account), 2)
    visitor = visit()
    visitor.signs_in(account)
    visitor.page.clock.install()
    visitor.open("/inbox")
    return account, visitor


def test_unused_pages_are_covered_and_the_passphrase_leads_back(
    guest: tuple[Account, Visitor],
) -> None:
    account, visitor = guest
    page, other = visitor.page, visitor.another_page()
    other.goto(f"{visitor.address}/account")
    page.clock.fast_forward(100_000)
    expect(page.get_by_text(account.name).first).to_be_attached()
    page.clock.fast_forward(30_000)
    for each in (page, other):
        expect(each).to_have_url(f"{visitor.address}/notes", timeout=20_000)
        expect(each).to_have_title("Notes")
        assert account.name not in each.content()
        each.go_back()
        expect(each).not_to_have_title("Inbox – Commonroom")
        assert account.name not in each.content()
        each.goto(f"{visitor.address}/notes")
    page.get_by_label("New note").fill("milk, bread")
    page.get_by_label("Locked notes").fill(PASSPHRASE)
    page.get_by_role("button", name="Open them").click()
    # Whichever of the two pages covered first says where the passphrase leads.
    expect(page).to_have_url(re.compile("/(inbox|account)$"))
    expect(page.get_by_text(account.name).first).to_be_attached()
    # Of two pages that cover at once the second comes with a cookie that no longer counts.
    late = f"401: {visitor.address}/notes"
    visitor.wrong[:] = [each for each in visitor.wrong if each != late]


def test_use_in_the_page_keeps_it_open(guest: tuple[Account, Visitor]) -> None:
    account, visitor = guest
    page = visitor.page
    for _ in range(3):
        page.clock.fast_forward(100_000)
        page.keyboard.press("ArrowDown")
    expect(page).to_have_url(f"{visitor.address}/inbox")
    assert account.name in page.content()
