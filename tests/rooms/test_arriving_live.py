"""Somebody new in a browser, and a moderator who lets their first messages through."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from peer.accounts.models import Account
from peer.accounts.queries import actor_from
from peer.core import work
from peer.rooms import queries, service
from peer.rooms.models import Message, Room
from tests.cast import Cast
from tests.plugins.site import SECRET, Site
from tests.plugins.sockets import Socket
from tests.rooms.newcomers import decide, let_through
from tests.rooms.place import a_room, said
from tests.rooms.test_page_live import Visit, bubble, visit, write

__all__ = ["visit"]
Open = Callable[..., Socket]


@pytest.fixture(scope="module")
def running(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site where moderators look at ten first messages, as it is without a setting."""
    folder = tmp_path_factory.mktemp("site")
    shutil.copy(migrated, folder / "peer.db")
    told = {"PEER_DATA_DIR": str(folder), "PEER_SECRET_KEY": SECRET, "PEER_NEWCOMER_MESSAGES": "10"}
    site = Site(folder, told)
    site.start()
    yield site
    site.end()


@pytest.fixture
def counted(live: Site) -> Iterator[None]:
    """The services called here count as the running site does."""
    service.look_at_first(10)
    yield
    service.look_at_first(0)


@pytest.fixture
def room(counted: None, cast: Cast) -> Room:
    cast.account("mo")
    return a_room(cast, cast.noor, cast.zed)


def test_progress_is_on_the_page_and_moves_with_every_message(
    visit: Visit, room: Room, cast: Cast
) -> None:
    let_through(cast, cast.noor, room, 3)
    noor, zed = visit("noor", room), visit("zed", room)
    new = noor.locator("[data-arriving]")
    expect(new).to_contain_text("3 of your first 10 messages have been looked at")
    bar = new.locator(".part__bar")
    assert bar.evaluate("bar => bar.getBoundingClientRect().height") < 12
    colours = "bar => [...bar.children].map((each) => getComputedStyle(each).fill)"
    assert len(set(bar.evaluate(colours))) == 2, "one can see how far it is"
    write(noor, "May I ask something?")
    waiting = noor.locator("li.msg--held")
    expect(waiting).to_contain_text("Waiting, only you see this")
    expect(bubble(zed, "May I ask something?")).to_have_count(0)
    decide(cast, _held(room))
    expect(new).to_contain_text("4 of your first 10 messages have been looked at; after 10")
    expect(bubble(zed, "May I ask something?")).to_be_visible()
    expect(noor.locator("li.msg--held")).to_have_count(0)
    let_through(cast, cast.noor, room, 6)
    expect(new).to_have_count(0)
    write(noor, "And this at once")
    expect(bubble(zed, "And this at once")).to_be_visible()


def _held(room: Room) -> Message:
    with work.begin(writes=False):
        (line,) = queries.held_lines(room.id, "", everyones=True)
        return queries.message_with(line.id)


@pytest.mark.parametrize("width", [390, 1280])
def test_progress_fits_on_every_page(width: int, visit: Visit, room: Room, cast: Cast) -> None:
    said(cast.zed, room, "Hello everybody")
    page = visit("zed", room, viewport={"width": width, "height": 780})
    expect(page.locator("[data-arriving]")).to_be_in_viewport()
    expect(page.get_by_label("Write to")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_socket_of_somebody_new_gets_no_number_and_others_hear_nothing(
    open_socket: Open, counted: None, cast: Cast
) -> None:
    guest = cast.newcomer()
    room = a_room(cast, cast.zed, name="Garden")
    with_guest(room, guest)
    new, zed = open_socket(guest), open_socket("zed")
    for each in (new, zed):
        assert each.send("room:join", room=room.id, since=None)["ok"]
    answer = new.send("message:post", room=room.id, nonce="n1", text="I am new here")
    assert (answer["message"]["state"], answer["message"]["seq"]) == ("held", None)
    again = new.send("message:post", room=room.id, nonce="n1", text="I am new here")
    assert again["message"]["id"] == answer["message"]["id"]
    helped = new.send("message:post", room=room.id, nonce="n2", text="I want to die")
    assert (helped["message"]["state"], helped["help"]) == ("visible", True)
    first = zed.wait_for("message:posted")
    assert (first["text"], first["seq"]) == ("I want to die", 1), "the held one left no gap"


def with_guest(room: Room, guest: Account) -> None:
    with work.begin():
        service.agree(actor_from(guest), room.id)
