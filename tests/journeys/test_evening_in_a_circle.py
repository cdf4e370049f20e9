"""An evening in a circle, from the door to the goodbye, with five people at browsers of their own.

With PEER_PICTURES=folder the phone of who sits in it and the desk of who leads are kept as pictures
at every step, light and dark, to be looked at.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, ViewportSize, expect
from sqlalchemy import update

from peer.core import clock, work
from peer.rooms import service
from peer.rooms.models import Gathering, Membership, Room
from tests.cast import Cast
from tests.journeys import acts
from tests.plugins.site import SECRET, Site
from tests.plugins.visitors import Visit, Visitor, hears, visit
from tests.rooms.place import a_room

__all__ = ["visit"]
MEMBERS = ("noor", "zed", "sol")
PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1280, "height": 860}
Keep = Callable[[str, Page, Page], None]


@pytest.fixture(scope="module")
def running(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site where a moderator looks at everybody's first message."""
    folder = tmp_path_factory.mktemp("site")
    shutil.copy(migrated, folder / "peer.db")
    told = {"PEER_DATA_DIR": str(folder), "PEER_SECRET_KEY": SECRET, "PEER_NEWCOMER_MESSAGES": "1"}
    site = Site(folder, told)
    site.start()
    yield site
    site.end()


@pytest.fixture
def keep() -> Keep:
    """Keep pictures of a phone and a desk, where somebody wants to look at them."""
    folder = os.environ.get("PEER_PICTURES", "")

    def both(name: str, phone: Page, desk: Page) -> None:
        if not folder:
            return
        for where, page in (("phone", phone), ("desk", desk)):
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
                path = Path(folder) / f"{name}-{where}-{scheme}.png"
                page.screenshot(path=path, animations="disabled")

    return both


def a_planned_circle(cast: Cast) -> Room:
    """Fay's circle, with its doors open: it begins in a few minutes."""
    room = a_room(
        cast, cast.noor, cast.zed, cast.fay, cast.mo, kind="circle", name="Tuesday circle"
    )
    with work.begin():
        service.know([cast.noor.id, cast.zed.id])
        service.set_facilitators(cast.cora, room.id, [cast.fay.id])
        soon = datetime.now(ZoneInfo(cast.cora.timezone)) + timedelta(minutes=7)
        minute = soon.hour * 60 + soon.minute
        service.add_date(cast.cora, room.id, on=soon.date(), minute=minute, length=60, quorum=3)
    return room


def it_is_time(room: Room) -> None:
    """As if the minutes until it begins had passed."""
    with work.begin() as session:
        of = Gathering.room_id == room.id
        session.execute(update(Gathering).where(of).values(starts_at=clock.now()))


def a_minute_passes(room: Room, account_id: str) -> None:
    """As if somebody who is gone had been gone for a minute already."""
    with work.begin() as session:
        who = (Membership.room_id == room.id, Membership.account_id == account_id)
        session.execute(
            update(Membership).where(*who).values(here_at=clock.now() - timedelta(seconds=61))
        )


def presses(page: Page, button: str) -> None:
    page.locator("[data-now]").get_by_role("button", name=button).click()


def holder(people: dict[str, Visitor], *before: str) -> str:
    """Who has the talking piece, when those before have given it on."""
    held = people["fay"].page.locator("[data-now] [aria-current]")
    for name in before:
        expect(held).not_to_contain_text(name.title())
    expect(held).to_have_count(1)
    (name,) = [name for name in MEMBERS if held.inner_text().startswith(name.title())]
    return name


def test_evening_in_a_circle(visit: Visit, cast: Cast, keep: Keep) -> None:
    room = a_planned_circle(cast)
    people = {name: visit(name, viewport=PHONE) for name in MEMBERS}
    people |= {name: visit(name, viewport=DESK) for name in ("fay", "mo")}
    fay, sol = people["fay"].page, people["sol"].page
    all_wait(people, room, keep)
    it_is_time(room)
    expect(sol.locator("[data-now]")).to_contain_text("The talking piece rests")
    acts.writes(fay, "Welcome, all of you")
    acts.sees(sol, "Welcome, all of you")
    presses(fay, "Begin the circle")

    before: list[str] = []
    for _ in MEMBERS:
        name = holder(people, *before)
        page = people[name].page
        others = [people[other].page for other in MEMBERS if other != name]
        expect(page.locator("[data-now]")).to_contain_text("You have the talking piece")
        keep(f"3-turn-of-{name}", page, fay)
        if name == "sol":
            is_held_and_let_through(page, others, people["mo"], room, keep)
            presses(page, "I am done, give it on")
        elif name == "zed":
            carries_a_note(page, others, fay, keep)
            is_paused_and_goes_on(page, fay, keep)
            presses(page, "I am done, give it on")
        else:
            is_still_when_one_of_the_team_drops(people, name, room, cast, keep)
            presses(page, "Pass")
        before.append(name)

    expect(fay.locator("[data-now]")).to_contain_text("The talking piece rests")
    presses(fay, "Closing round")
    expect(sol.locator("[data-now]")).to_contain_text("This is the closing round")
    keep("8-closing", sol, fay)
    presses(fay, "End the session")
    expect(sol.locator("[data-now]")).to_contain_text("This session is over")
    expect(sol.get_by_label("Write to")).to_be_hidden()
    keep("9-over", sol, fay)


def all_wait(people: dict[str, Visitor], room: Room, keep: Keep) -> None:
    """Sol is here for the first time, and goes along with how people are together."""
    sol = people["sol"].page
    people["sol"].open(f"/rooms/{room.id}")
    expect(sol.get_by_text("How we are together")).to_be_visible()
    keep("1-agreement", sol, sol)
    acts.comes_in(people["sol"], "Tuesday circle")
    for name in ("noor", "zed", "fay", "mo"):
        people[name].open(f"/rooms/{room.id}")
    for person in people.values():
        hears(person.page)
    expect(sol.locator("[data-now]")).to_contain_text("You are in the waiting room")
    expect(sol.get_by_label("Write to")).to_be_hidden()
    keep("2-waiting", sol, people["fay"].page)


def is_held_and_let_through(
    writer: Page, others: list[Page], mo: Visitor, room: Room, keep: Keep
) -> None:
    """A first message is seen by its author alone, until a moderator lets it through, in place."""
    acts.writes(writer, "A slow song helped me")
    expect(writer.get_by_text("Waiting, only you see this")).to_be_visible()
    mo.open("/moderation/queue")
    mo.page.locator("main a.case").first.click()
    acts.takes(mo.page)
    keep("4-held", writer, mo.page)
    acts.decides(mo.page, outcome="Let it stand")
    for page in others:
        acts.sees(page, "A slow song helped me")
    expect(writer.get_by_text("Waiting, only you see this")).to_be_hidden()
    mo.open(f"/rooms/{room.id}")
    hears(mo.page)


def carries_a_note(writer: Page, others: list[Page], fay: Page, keep: Keep) -> None:
    """Others see what it is about, and choose."""
    writer.get_by_text("Add a note").click()
    writer.get_by_label("What is it about?").fill("hospital")
    acts.writes(writer, "The check-up went well")
    for page in others:
        said = page.locator(".msg", has_text="The check-up went well")
        expect(said.get_by_text("Note: hospital")).to_be_visible()
        expect(said.locator('[data-part="text"]')).to_be_hidden()
    keep("5-note", others[0], fay)
    said.get_by_text("Show").first.click()
    expect(said.locator('[data-part="text"]')).to_be_visible()


def is_paused_and_goes_on(writer: Page, fay: Page, keep: Keep) -> None:
    """The piece stays where it is."""
    presses(fay, "Pause")
    expect(writer.locator("[data-now]")).to_contain_text("A moment's pause")
    expect(writer.get_by_role("button", name="Send")).to_be_disabled()
    keep("6-paused", writer, fay)
    presses(fay, "Go on")
    expect(writer.get_by_role("button", name="Send")).to_be_enabled()


def is_still_when_one_of_the_team_drops(
    people: dict[str, Visitor], speaker: str, room: Room, cast: Cast, keep: Keep
) -> None:
    """Everybody can read, nobody can write; what is being written stays; then it goes on."""
    page, mo = people[speaker].page, people["mo"]
    page.get_by_label("Write to").fill("I was about to say")
    mo.open("/help")
    page.wait_for_timeout(1_500)  # its time to come back has been written down
    a_minute_passes(room, cast.mo.id)
    expect(page.locator("[data-now]")).to_contain_text("waits for a second person")
    expect(page.get_by_role("button", name="Send")).to_be_disabled()
    expect(page.get_by_label("Write to")).to_have_value("I was about to say")
    keep("7-read-only", page, people["fay"].page)
    mo.open(f"/rooms/{room.id}")
    expect(page.get_by_role("button", name="Send")).to_be_enabled()
    expect(page.get_by_label("Write to")).to_have_value("I was about to say")
    page.get_by_label("Write to").fill("")
