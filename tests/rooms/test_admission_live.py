"""The door of a room in browsers and over sockets, as it opens for one person after another."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from peer.accounts import service as accounts
from peer.core import work
from peer.rooms import service
from peer.rooms.models import Room
from tests.cast import Cast
from tests.plugins.site import Site
from tests.plugins.sockets import Socket
from tests.rooms.place import said
from tests.rooms.test_admission import come, let_in, with_a_door
from tests.rooms.test_page_live import Visit, bubble, visit

__all__ = ["visit"]
Open = Callable[..., Socket]


@pytest.fixture
def room(live: Site, cast: Cast) -> Room:
    return with_a_door(cast)


def at_the_door(browser: Browser, live: Site, cast: Cast, room: Room, **options: object) -> Page:
    """Noor's page of the room while she waits."""
    with work.begin():
        token = accounts.start_session(cast.account("noor"))
    context = browser.new_context(**options)
    context.add_cookies([{"name": "s", "value": token, "url": live.url}])
    page = context.new_page()
    page.goto(f"{live.url}/rooms/{room.id}")
    return page


@pytest.mark.parametrize("width", [390, 1280])
def test_one_waits_is_asked_to_wait_and_comes_in(
    width: int, browser: Browser, live: Site, visit: Visit, room: Room, cast: Cast
) -> None:
    size = {"width": width, "height": 780}
    fay = visit("fay", room, viewport=size)
    said(cast.fay, room, "Welcome in")
    noor = at_the_door(browser, live, cast, room, viewport=size)
    expect(noor.get_by_text("will let you in")).to_be_visible()
    expect(noor.get_by_text("Welcome in")).to_have_count(0)
    door = fay.get_by_role("region", name="At the door")
    expect(door).to_contain_text("Noor")
    door.locator("summary").click()
    door.get_by_label("They read").select_option("round")
    door.get_by_role("button", name="Ask to wait a little").click()
    expect(noor.get_by_text("A round is going on")).to_be_visible()
    expect(door).to_contain_text("waits longer")

    for page in (fay, noor):
        assert [each["id"] for each in Axe().run(page).response["violations"]] == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    door.get_by_role("button", name="Let in").click()
    expect(bubble(noor, "Welcome in")).to_be_visible()
    expect(door).to_have_count(0)
    noor.context.close()


def test_before_being_let_in_a_socket_is_told_nothing(
    open_socket: Open, room: Room, cast: Cast
) -> None:
    noor, zed, fay = open_socket("noor"), open_socket("zed"), open_socket("fay")
    assert fay.send("room:join", room=room.id, since=None)["ok"]
    come(room, cast.noor)
    assert fay.wait_for("session:state")["room"] == room.id
    for event, more in (
        ("room:join", {"since": None}),
        ("room:earlier", {"before": 99}),
        ("room:typing", {}),
        ("room:seen", {"seq": 1}),
        ("message:post", {"nonce": "n", "text": "hello"}),
    ):
        answer = noor.send(event, room=room.id, **more)
        assert answer["error"]["code"] == "forbidden", event
    fay.send("message:post", room=room.id, nonce="f", text="among us")
    let_in(room, cast.fay, cast.noor)
    assert noor.wait_for("room:door") == {"room": room.id, "answer": "in"}
    entered = noor.send("room:join", room=room.id, since=None)
    assert [each["text"] for each in entered["messages"]] == ["among us"]
    fay.wait_for("message:posted")
    heard = {name for name, _ in (*zed.heard,)}
    assert not heard & {"room:door", "session:state", "message:posted", "room:presence"}


def test_whoever_is_taken_out_and_comes_back_hears_nothing_more(
    open_socket: Open, live: Site, cast: Cast
) -> None:
    room = with_a_door(cast)
    come(room, cast.zed)
    let_in(room, cast.fay, cast.zed)
    zed, fay = open_socket("zed"), open_socket("fay")
    for each in (zed, fay):
        assert each.send("room:join", room=room.id, since=None)["ok"]
    with work.begin():
        service.remove_person(cast.fay, room.id, cast.zed.id)
        service.add_person(cast.fay, room.id, cast.zed.name)
        service.agree(cast.zed, room.id)
    zed.wait_for("room:state", where=lambda told: told["state"] == "left")
    fay.send("message:post", room=room.id, nonce="f2", text="among us again")
    fay.wait_for("message:posted", where=lambda told: told["text"] == "among us again")
    zed.client.sleep(0.3)
    assert not [name for name, _ in zed.heard if name == "message:posted"]


def test_whoever_was_in_the_session_before_hears_nothing_of_the_next(
    open_socket: Open, live: Site, cast: Cast
) -> None:
    room = with_a_door(cast, kind="session", staffed=False)
    with work.begin():
        service.begin_now(cast.fay, room.id)
    come(room, cast.noor)
    let_in(room, cast.fay, cast.noor)
    noor, fay = open_socket("noor"), open_socket("fay")
    for each in (noor, fay):
        assert each.send("room:join", room=room.id, since=None)["ok"]
    fay.send("message:post", room=room.id, nonce="1", text="in the first")
    noor.wait_for("message:posted", where=lambda told: told["text"] == "in the first")
    with work.begin():
        service.end_now(cast.fay, room.id)
    with work.begin():
        service.begin_now(cast.fay, room.id)
    fay.send("message:post", room=room.id, nonce="2", text="in the second")  # at once
    fay.wait_for("message:posted", where=lambda told: told["text"] == "in the second")
    noor.wait_for("room:state", where=lambda told: told["state"] == "left")
    assert "in the second" not in [
        told["text"] for name, told in noor.heard if name == "message:posted"
    ]
