"""Staff who come and go, as open pages see it."""

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import expect
from sqlalchemy import update

from peer.core import clock, work
from peer.rooms import service
from peer.rooms.models import Membership, Room
from tests.cast import Cast
from tests.plugins.site import Site
from tests.plugins.sockets import Socket
from tests.rooms.place import a_room
from tests.rooms.test_circle_live import LISTEN, hears
from tests.rooms.test_page_live import Visit, bubble, visit, write

__all__ = ["visit"]
Open = Callable[..., Socket]


def a_staffed_room(cast: Cast) -> Room:
    room = a_room(cast, cast.noor, cast.zed, cast.fay, cast.mo, staffed=True)
    with work.begin():
        service.set_facilitators(cast.cora, room.id, [cast.fay.id])
    return room


def a_minute_passes(room: Room, person: str, cast: Cast) -> None:
    """As if somebody who is gone had been gone for a minute already."""
    with work.begin() as session:
        session.execute(
            update(Membership)
            .where(Membership.room_id == room.id, Membership.account_id == cast.actor(person).id)
            .values(here_at=clock.now() - timedelta(seconds=61))
        )


def test_room_opens_as_staff_come_and_is_still_when_one_drops(
    live: Site, visit: Visit, open_socket: Open, cast: Cast
) -> None:
    room = a_staffed_room(cast)
    noor, zed = visit("noor", room), visit("zed", room)
    expect(noor.get_by_text("This room is never left alone")).to_be_visible()
    noor.get_by_label("Write to").fill("I wait with this")
    expect(noor.get_by_role("button", name="Send")).to_be_disabled()
    noor.evaluate(LISTEN)
    fay = open_socket("fay")
    assert fay.send("room:join", room=room.id, since=None)["ok"]
    expect(noor.locator("[data-now]")).to_contain_text("waits for a second person")
    mo = open_socket("mo")
    assert mo.send("room:join", room=room.id, since=None)["ok"]
    expect(noor.get_by_role("button", name="Send")).to_be_enabled()
    expect(noor.get_by_label("Write to")).to_have_value("I wait with this")
    noor.get_by_role("button", name="Send").click()
    expect(bubble(zed, "I wait with this")).to_be_visible()
    assert fay.wait_for("session:state", where=lambda told: told["open"])["state"] == "open"

    mo.client.disconnect()
    expect(noor.get_by_role("button", name="Send")).to_be_enabled()
    noor.wait_for_timeout(1500)  # its time to come back has been written down
    a_minute_passes(room, "mo", cast)
    expect(noor.locator("[data-now]")).to_contain_text("waits for a second person")
    hears(noor, "waits for a second person")
    answer = fay.send("message:post", room=room.id, nonce="f", text="Nor can I write")
    assert answer["error"]["code"] == "room_closed"
    write_refused = noor.get_by_role("button", name="Send")
    expect(write_refused).to_be_disabled()
    again = open_socket("mo")
    assert again.send("room:join", room=room.id, since=None)["ok"]
    expect(noor.get_by_role("button", name="Send")).to_be_enabled()
    write(noor, "Welcome back")
    expect(bubble(zed, "Welcome back")).to_be_visible()


def test_staff_who_step_away_look_after_nobody_until_they_are_back(
    live: Site, visit: Visit, open_socket: Open, cast: Cast
) -> None:
    room = a_staffed_room(cast)
    fay = open_socket("fay")
    assert fay.send("room:join", room=room.id, since=None)["ok"]
    noor, mo = visit("noor", room), visit("mo", room)
    send = noor.get_by_role("button", name="Send")
    expect(send).to_be_enabled()
    mo.get_by_role("link", name="Step away").click()
    expect(noor.locator("[data-now]")).to_contain_text("waits for a second person")
    expect(send).to_be_disabled()
    mo.get_by_role("link", name="Come back").click()
    expect(send).to_be_enabled()
    noor.get_by_role("link", name="Step away").click()
    other = open_socket("mo")
    assert other.send("room:join", room=room.id, since=None)["ok"]
    mo.get_by_role("link", name="Step away").click()
    mo.wait_for_timeout(2500)
    answer = fay.send("message:post", room=room.id, nonce="f", text="Mo looks on, elsewhere")
    assert answer["ok"]


def test_who_looks_after_nobody_changes_nothing_by_stepping_away(
    live: Site, visit: Visit, open_socket: Open, cast: Cast
) -> None:
    room = a_staffed_room(cast)
    noor = open_socket("noor")
    assert noor.send("room:join", room=room.id, since=None)["ok"]
    assert noor.send("room:away", room=room.id, away=True) == {"ok": True}
    assert open_socket("mo").send("room:away", room=room.id, away=True) == {"ok": True}
    assert not open_socket("tess").send("room:away", room=room.id, away=True)["ok"]
