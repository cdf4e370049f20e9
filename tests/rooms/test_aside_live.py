"""Stepping aside as open pages see it."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from peer.core import work
from peer.rooms import queries, service
from peer.rooms.models import Room
from tests.cast import Cast
from tests.plugins.site import Site
from tests.plugins.sockets import Socket
from tests.rooms.place import here
from tests.rooms.test_aside import an_evening
from tests.rooms.test_circle_live import LISTEN, hears
from tests.rooms.test_page_live import Visit, bubble, visit, write

__all__ = ["visit"]
Open = Callable[..., Socket]


@pytest.mark.parametrize("width", [390, 1280])
def test_one_person_is_asked_and_steps_aside_and_back(
    width: int, live: Site, visit: Visit, cast: Cast
) -> None:
    room = an_evening(cast)
    size = {"width": width, "height": 780}
    noor, zed = visit("noor", room, viewport=size), visit("zed", room)
    noor.evaluate(LISTEN)
    noor.get_by_label("Write to").fill("half a sentence")
    with work.begin():
        service.invite_aside(cast.fay, room.id, cast.noor.id)
    asked = noor.locator("[data-now]").get_by_text("Fay invites you to step aside.")
    expect(asked).to_be_visible()
    hears(noor, "invites you to step aside")
    expect(noor.get_by_label("Write to")).to_have_value("half a sentence")
    expect(noor.get_by_role("button", name="Rather not")).to_be_visible()
    assert [each["id"] for each in Axe().run(noor).response["violations"]] == []
    assert noor.evaluate("document.documentElement.scrollWidth <= innerWidth")
    noor.get_by_role("button", name="Yes, step aside").click()
    expect(noor.get_by_text("can read and write here, nobody else")).to_be_visible()
    expect(noor.get_by_role("button", name="Send")).to_be_disabled()  # nobody of the team is here
    here(_aside_of(room), cast.noor, cast.fay, cast.mo)
    write(noor, "I needed a moment")
    expect(bubble(noor, "I needed a moment")).to_be_visible()
    assert [each["id"] for each in Axe().run(noor).response["violations"]] == []
    expect(zed.locator("[data-now]")).not_to_contain_text("aside")
    noor.get_by_role("button", name="End it and go back").click()
    expect(noor.get_by_role("heading", name="Commons")).to_be_visible()


def _aside_of(room: Room) -> Room:
    with work.begin(writes=False):
        (found,) = queries.asides_going_on(room.id)
        assert found.room_id is not None
        return queries.room_with(found.room_id)


def test_others_hear_nothing_and_cannot_follow(open_socket: Open, live: Site, cast: Cast) -> None:
    room = an_evening(cast)
    noor, zed, mo = open_socket("noor"), open_socket("zed"), open_socket("mo")
    fay = open_socket("fay")
    for each in (noor, zed, mo):
        assert each.send("room:join", room=room.id, since=None)["ok"]
    with work.begin():
        service.invite_aside(cast.fay, room.id, cast.noor.id)
    noor.wait_for("session:state")
    with work.begin():
        aside = service.answer_aside(cast.noor, room.id, yes=True)
    assert aside is not None
    for each in (noor, mo, fay):
        assert each.send("room:join", room=aside.id, since=None)["ok"]
    here(aside, cast.noor, cast.fay, cast.mo)
    assert zed.send("room:join", room=aside.id, since=None)["error"]["code"] == "forbidden"
    noor.send("message:post", room=aside.id, nonce="a", text="only for you two")
    assert mo.wait_for("message:posted")["text"] == "only for you two"
    refused = zed.send("message:post", room=aside.id, nonce="z", text="hello?")
    assert refused["error"]["code"] == "forbidden"
    assert not [name for name, _ in zed.heard if name in {"session:state", "message:posted"}]
    with work.begin():
        service.end_aside(cast.fay, aside.id)
    over = noor.send("message:post", room=aside.id, nonce="b", text="one more")
    assert over["error"]["code"] == "room_closed"
