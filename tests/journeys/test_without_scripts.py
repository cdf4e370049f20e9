"""The same evening on browsers that run no scripts: forms, links and pages alone."""

import re
import time

from playwright.sync_api import expect

from tests.cast import Cast
from tests.journeys import acts
from tests.mentoring.making import vetted_mentor, would_like_a_mentor
from tests.plugins.site import Site
from tests.plugins.visitors import Visit, Visitor
from tests.rooms.place import a_room

CRUEL = "Nobody asked you, Noor. You are pathetic, just go away."


def test_an_evening_without_scripts(live: Site, cast: Cast, visit: Visit) -> None:
    room = a_room(cast, cast.noor, cast.zed)
    would_like_a_mentor(cast.account("noor"), interests={"books": 3})
    vetted_mentor(cast, cast.account("tess"), interests={"books": 2})
    cora, tess, zed, mo = (visit(name, scripts=False) for name in ("cora", "tess", "zed", "mo"))
    june, noor = visit(scripts=False), visit(scripts=False)

    acts.signs_in(noor, "noor")
    acts.joins(june, acts.invites(cora), "June")
    acts.comes_in(june, "Commons")
    acts.writes(june.page, "Hello, this is my first evening.")
    acts.sees(june.page, "Hello, this is my first evening.")
    noor.open(f"/rooms/{room.id}")
    acts.sees(noor.page, "Hello, this is my first evening.")
    looks_again_before_sending(noor)
    zed_is_cruel_and_mo_hides_it(zed, noor, mo, room.id)
    noor_gets_a_mentor(cora, noor, tess)
    speaks_spanish_and_leaves(noor)


def looks_again_before_sending(noor: Visitor) -> None:
    words = "Write to me at calm.river@example.org if you like."
    acts.writes(noor.page, words)
    noor.page.get_by_role("button", name="Change it").click()
    expect(noor.page.get_by_role("textbox", name="Write to")).to_have_value(words)
    with noor.page.expect_navigation():
        noor.page.get_by_role("button", name="Send", exact=True).click()
    noor.page.get_by_role("button", name="Send as it is").click()
    acts.sees(noor.page, words)


def zed_is_cruel_and_mo_hides_it(zed: Visitor, noor: Visitor, mo: Visitor, room_id: str) -> None:
    zed.open(f"/rooms/{room_id}")
    acts.writes(zed.page, CRUEL)
    acts.sees(zed.page, CRUEL)
    noor.open(f"/rooms/{room_id}")
    acts.tells_a_moderator(noor.page, CRUEL)
    mo.open("/moderation/queue")
    mo.page.locator(".case", has_text="unkind or threatening").click()
    acts.takes(mo.page)
    mo.page.get_by_text("Show the text").click()
    acts.decides(mo.page, outcome="Take it out of view", follows="for 7 days")
    noor.open(f"/rooms/{room_id}")
    expect(noor.page.locator(".msg", has_text=CRUEL)).to_have_count(0)
    zed.open(f"/rooms/{room_id}")
    expect(zed.page).to_have_url(re.compile(f"^{zed.address}/sign-in"))


def noor_gets_a_mentor(cora: Visitor, noor: Visitor, tess: Visitor) -> None:
    cora.open("/mentoring/rounds")
    with cora.page.expect_navigation():
        cora.page.get_by_role("button", name="Start a round").click()
    ready = cora.page.get_by_text("Open for decisions")
    until = time.monotonic() + 60
    while not ready.count() and time.monotonic() < until:
        cora.page.wait_for_timeout(100)
        cora.page.reload()
    acts.approves(cora.page, "Noor", "Tess")
    for each in (noor, tess):
        acts.says_yes(each)
    tess.page.get_by_role("link", name="Go to your room").click()
    acts.writes(tess.page, "Hello Noor, good to meet you.")
    acts.sees(tess.page, "Hello Noor, good to meet you.")
    noor.open("/rooms")
    noor.page.locator("main").get_by_role("link", name="Tess").click()
    acts.sees(noor.page, "Hello Noor, good to meet you.")


def speaks_spanish_and_leaves(noor: Visitor) -> None:
    noor.open("/rooms?lang=es")
    expect(noor.page.locator("html")).to_have_attribute("lang", "es")
    leave = noor.page.locator("[data-leave]").first
    noor.may_leave_to("https://www.weather.gov/")
    leave.click()
    expect(noor.page.get_by_text("Sunny.")).to_be_visible()
    noor.open("/rooms")
    expect(noor.page).to_have_url(re.compile(f"^{noor.address}/sign-in"))
