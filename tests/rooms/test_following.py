"""A page that follows what is said: it goes on after whatever stood in the way, and only then."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import delete, update

from peer.core import work
from peer.rooms import service
from peer.rooms.models import Message, Room, RoomChange
from tests.cast import Cast
from tests.plugins.site import Site
from tests.plugins.sockets import Socket
from tests.plugins.visitors import Visit, Visitor, hears, visit
from tests.rooms.place import a_room, here, said

__all__ = ["visit"]
Open = Callable[..., Socket]
Come = Callable[..., Page]
LATER = "(ms) => { const now = Date.now; Date.now = () => now() + ms; }"
NOT_CONNECTED = "You are not connected just now"


@pytest.fixture
def room(live: Site, cast: Cast) -> Room:
    return a_room(cast, cast.noor, cast.zed, cast.fay)


@pytest.fixture
def come(visit: Visit) -> Iterator[Come]:
    """`come("noor", room)` is Noor's page of the room; its line may break, nothing else."""
    came: list[Visitor] = []

    def open_page(name: str, room: Room, *, script: str = "") -> Page:
        visitor = visit(name)
        came.append(visitor)
        visitor.context.add_init_script(script)
        visitor.open(f"/rooms/{room.id}")
        hears(visitor.page)
        return visitor.page

    yield open_page
    for each in came:
        each.wrong[:] = [wrong for wrong in each.wrong if "net::ERR_" not in wrong]


def lines(page: Page) -> Locator:
    return page.locator('li[data-id] [data-part="text"]')


def breaks_off(page: Page) -> None:
    """The connection breaks, and stands again."""
    page.context.set_offline(True)
    expect(page.get_by_text(NOT_CONNECTED)).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_text("Connected again.")).to_be_visible(timeout=30_000)


def test_page_that_was_asked_to_slow_down_says_so_and_follows_later(
    come: Come, open_socket: Open, room: Room, cast: Cast
) -> None:
    other = open_socket("noor")
    while other.send("room:join", room=room.id)["ok"]:
        pass
    noor = come("noor", room)
    expect(noor.get_by_text(NOT_CONNECTED)).to_be_visible()
    said(cast.zed, room, "said meanwhile")
    expect(lines(noor)).to_have_text(["said meanwhile"], timeout=30_000)
    said(cast.zed, room, "and after that")
    expect(lines(noor)).to_have_text(["said meanwhile", "and after that"])


def test_page_of_a_site_that_was_brought_back_shows_what_is_there(
    come: Come, live: Site, room: Room, cast: Cast
) -> None:
    for text in ("kept", "lost", "lost too"):
        said(cast.zed, room, text)
    noor = come("noor", room)
    expect(lines(noor)).to_have_count(3)
    live.stop()
    with work.begin() as session:
        session.execute(delete(RoomChange).where(RoomChange.room_id == room.id, RoomChange.seq > 1))
        session.execute(delete(Message).where(Message.room_id == room.id, Message.place > 1))
        session.execute(update(Room).where(Room.id == room.id).values(last_seq=1))
    live.start()
    expect(lines(noor)).to_have_text(["kept"], timeout=30_000)
    said(cast.zed, room, "anew")
    expect(lines(noor)).to_have_text(["kept", "anew"])


def test_what_was_refused_waits_for_a_press(come: Come, room: Room, cast: Cast) -> None:
    said(cast.noor, room, "first")
    noor = come("noor", room)
    with work.begin():
        service.set_facilitators(cast.cora, room.id, [cast.fay.id])
        service.steer(cast.fay, room.id, question="", slow_seconds=60, hold_all=False)
    noor.get_by_label("Write to").fill("said in anger")
    noor.get_by_role("button", name="Send").click()
    expect(noor.get_by_role("button", name="Try again")).to_be_visible()
    with work.begin():
        service.steer(cast.fay, room.id, question="", slow_seconds=0, hold_all=False)
    breaks_off(noor)
    said(cast.zed, room, "second")
    expect(lines(noor)).to_have_text(["first", "second"])
    expect(noor.get_by_label("Write to")).to_have_value("said in anger")
    noor.get_by_role("button", name="Try again").click()
    expect(lines(noor)).to_have_count(3)


def test_what_did_not_get_through_goes_by_itself_for_a_minute(come: Come, room: Room) -> None:
    noor = come("noor", room)
    box = noor.get_by_label("Write to")
    for text, late, left in (("soon", 30_000, ""), ("too late", 61_000, "too late")):
        noor.context.set_offline(True)
        expect(noor.get_by_text(NOT_CONNECTED)).to_be_visible()
        box.fill(text)
        noor.get_by_role("button", name="Send").click()
        expect(noor.get_by_role("button", name="Try again")).to_be_visible()
        noor.evaluate(LATER, late)
        noor.context.set_offline(False)
        expect(noor.get_by_text("Connected again.")).to_be_visible(timeout=30_000)
        expect(box).to_have_value(left)
    expect(lines(noor)).to_have_text(["soon"])


def test_phone_whose_clock_is_ahead_asks_once_and_tells_the_time_that_is_left(
    come: Come, live: Site, cast: Cast
) -> None:
    people = [cast.noor, cast.zed, cast.fay, cast.mo]
    room = a_room(cast, *people, kind="circle")
    with work.begin():
        service.set_facilitators(cast.cora, room.id, [cast.fay.id])
    here(room, *people)
    with work.begin():
        service.begin_now(cast.fay, room.id)
        service.begin_round(cast.fay, room.id, number=0, minutes=5)
    noor = come("noor", room, script=f"({LATER})(600000)")
    expect(noor.get_by_text("min left")).to_be_visible(timeout=15_000)
    asked: list[str] = []
    noor.on("request", lambda request: asked.append(request.url))
    noor.wait_for_timeout(11_000)
    assert [url for url in asked if url.endswith("/now")] == []


@pytest.mark.parametrize("what", ["the agreement has changed", "she has been taken out"])
def test_what_is_being_written_stays_when_the_room_is_not_open_any_more(
    what: str, come: Come, room: Room, cast: Cast
) -> None:
    said(cast.zed, room, "private words")
    noor = come("noor", room)
    noor.get_by_label("Write to").fill("half a sentence")
    with work.begin():
        if what == "she has been taken out":
            service.remove_person(cast.cora, room.id, cast.noor.id)
        else:
            _ask_anew(cast, room)
    expect(noor.get_by_text("Something about this room has changed meanwhile.")).to_be_visible()
    expect(noor.get_by_text("private words")).to_have_count(0)
    expect(noor.get_by_text("half a sentence")).to_be_hidden()
    noor.get_by_text("What you had not sent yet").click()
    expect(noor.get_by_text("half a sentence")).to_be_visible()
    expect(noor.get_by_role("link", name="Sign in")).to_be_hidden()
    noor.get_by_role("link", name="Go on").click()
    expect(noor.get_by_text("private words")).to_have_count(0)
    expect(noor.get_by_role("heading", level=1)).to_be_visible()
    expect(noor.get_by_text("half a sentence")).to_have_count(0)


def _ask_anew(cast: Cast, room: Room) -> None:
    service.edit_room(
        cast.cora,
        room.id,
        name="Commons",
        about="",
        question="",
        agreement=["Something else."],
        ask_again=True,
        entry="everyone",
    )
