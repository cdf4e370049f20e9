"""A name for one room over sockets and in real browsers, with scripts and without."""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from peer.core import work
from peer.rooms import service
from peer.rooms.models import Room
from tests.cast import Cast
from tests.plugins.site import Site
from tests.plugins.sockets import Socket
from tests.plugins.visitors import Visit, hears
from tests.rooms.place import a_room, said
from tests.rooms.test_being_in_browser import whole
from tests.rooms.test_talking_live import join, post

Open = Callable[..., Socket]


@pytest.fixture
def rooms(live: Site, cast: Cast) -> tuple[Room, Room]:
    """Two rooms in which Noor and Zed meet; in the first she is Fern."""
    with work.begin():
        service.allow_names(cast.ada, on=True)
    two = tuple(a_room(cast, cast.noor, cast.zed, name=name) for name in ("Mornings", "Evenings"))
    with work.begin():
        service.take_name(cast.noor, two[0].id, "Fern")
    return two[0], two[1]


def test_nothing_that_sockets_tell_zed_links_fern_and_noor(
    open_socket: Open, rooms: tuple[Room, Room], cast: Cast
) -> None:
    mornings, evenings = rooms
    before = said(cast.noor, mornings, "before anybody looked")
    noor, zed = open_socket("noor"), open_socket("zed")
    answers = [join(zed, room) for room in rooms]
    for room in rooms:
        join(noor, room)
        post(noor, room, "good to be here", f"n-{room.id}")
    hers = [
        zed.wait_for("message:posted", where=lambda told, room=room: told["room"] == room.id)
        for room in rooms
    ]
    assert [told["author"]["name"] for told in hers] == ["Fern", "Noor"]
    assert hers[0]["author"]["id"] != hers[1]["author"]["id"]
    answers += [zed.send("message:react", id=each["id"], kind="with_you", on=True) for each in hers]
    answers.append(zed.send("room:earlier", room=mornings.id, before=hers[0]["place"]))
    noor.send("room:typing", room=mornings.id)
    with work.begin():
        service.keep_distance(cast.zed, before.id, "mute")
    zed.wait_for("mine:changed", where=lambda told: told == {})
    of_mornings = [each for each in zed.heard if evenings.id not in json.dumps(each)]
    everything = json.dumps([zed.heard, answers])
    assert cast.noor.id not in everything
    assert "Noor" not in json.dumps([of_mornings, answers[0]])
    assert all(answer["ok"] for answer in answers)


def test_page_that_is_open_calls_noor_fern_from_the_moment_she_is(
    open_socket: Open, rooms: tuple[Room, Room], cast: Cast
) -> None:
    _, evenings = rooms
    said(cast.noor, evenings, "one")
    zed, noor = open_socket("zed"), open_socket("noor")
    (first,) = join(zed, evenings)["messages"]
    join(noor, evenings)
    with work.begin():
        service.take_name(cast.noor, evenings.id, "Willow")
    changed = zed.wait_for("message:changed")
    assert (changed["id"], changed["author"]["name"]) == (first["id"], "Willow")
    assert changed["author"]["id"] == first["author"]["id"]
    assert post(noor, evenings, "two", "n-two")["message"]["author"]["name"] == "Willow"


def test_whom_one_blocked_is_not_heard_by_the_open_page_under_another_name(
    open_socket: Open, rooms: tuple[Room, Room], cast: Cast
) -> None:
    _, evenings = rooms
    first = said(cast.noor, evenings, "one")
    with work.begin():
        service.agree(cast.sol, evenings.id)
        service.keep_distance(cast.sol, first.id, "block")
    sol, noor = open_socket("sol"), open_socket("noor")
    join(sol, evenings), join(noor, evenings)
    with work.begin():
        service.take_name(cast.noor, evenings.id, "Willow")
    posted = post(noor, evenings, "two", "n-two")["message"]
    gone = sol.wait_for("message:changed", where=lambda told: told["seq"] == posted["seq"])
    assert gone["state"] == "removed"
    assert "Willow" not in json.dumps(sol.heard)


def test_noor_takes_a_name_in_a_browser_and_zed_reads_it_at_once(
    visit: Visit, rooms: tuple[Room, Room], cast: Cast
) -> None:
    _, evenings = rooms
    said(cast.zed, evenings, "good evening")
    said(cast.noor, evenings, "hello from me")
    zed, noor = visit("zed"), visit("noor")
    for each in (zed, noor):
        each.open(f"/rooms/{evenings.id}")
        hears(each.page)
    noor.page.get_by_role("link", name="Your name here").click()
    expect(noor.page.get_by_text("as everywhere")).to_be_visible()
    assert whole(noor.page) == []
    noor.page.get_by_label("Or a name of your own").fill("Zed")
    noor.page.get_by_role("button", name="Use this name here").click()
    expect(noor.page.get_by_text("Someone here already goes by that name.")).to_be_visible()
    noor.page.get_by_label("Or a name of your own").fill("Willow")
    noor.page.get_by_role("button", name="Use this name here").click()
    hears(noor.page)
    hers = zed.page.locator("li[data-id]", has_text="hello from me")
    expect(hers.locator("[data-part=name]")).to_have_text("Willow")
    noor.page.get_by_label("Write to").fill("and more from me")
    noor.page.get_by_role("button", name="Send").click()
    expect(zed.page.locator("li[data-id]", has_text="and more")).to_be_visible()
    mine = noor.page.locator("li[data-id]", has_text="and more")
    expect(mine.locator("[data-part=name]")).to_have_text("You")
    content = zed.page.content()
    assert "Noor" not in content
    assert cast.noor.id not in content
    zed.page.reload()
    assert "Noor" not in zed.page.content()


def test_sol_comes_in_under_a_name_without_scripts_and_gives_it_up_again(
    visit: Visit, rooms: tuple[Room, Room], cast: Cast
) -> None:
    mornings, _ = rooms
    sol, zed = visit("sol", scripts=False), visit("zed", scripts=False)
    sol.open(f"/rooms/{mornings.id}")
    sol.page.get_by_label("I go along with this").check()
    sol.page.locator("summary", has_text="A name for this room").click()
    sol.page.get_by_label("Or a name of your own").fill("Reed")
    with sol.page.expect_navigation():
        sol.page.get_by_role("button", name="Come in").click()
    sol.page.get_by_role("textbox", name="Write to").fill("here I am")
    with sol.page.expect_navigation():
        sol.page.get_by_role("button", name="Send", exact=True).click()
    zed.open(f"/rooms/{mornings.id}")
    expect(zed.page.locator("li[data-id] [data-part=name]")).to_have_text("Reed")
    assert "Sol" not in zed.page.content()
    sol.page.get_by_role("link", name="Your name here").click()
    with sol.page.expect_navigation():
        sol.page.get_by_role("button", name="Give it up").click()
    zed.open(f"/rooms/{mornings.id}")
    expect(zed.page.locator("li[data-id] [data-part=name]")).to_have_text("Sol")
