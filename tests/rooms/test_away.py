"""Stepping away without JavaScript: a page, and a line when one comes back."""

import pytest

from peer.rooms.models import Room
from tests.cast import Cast
from tests.rooms.place import a_room, said
from tests.rooms.test_pages import Post, SignIn, page


@pytest.fixture
def room(app: object, cast: Cast) -> Room:
    return a_room(cast, cast.noor, cast.zed)


def test_page_shows_nothing_of_the_room_and_leads_back(
    signed_in: SignIn, room: Room, cast: Cast
) -> None:
    said(cast.zed, room, "quite a lot")
    noor = signed_in("noor")
    assert f'href="/rooms/{room.id}/away"' in page(noor, room)
    away = noor.get(f"/rooms/{room.id}/away").get_data(as_text=True)
    assert "Let your feet feel the floor" in away
    assert f'href="/rooms/{room.id}#newest"' in away
    assert "quite a lot" not in away
    assert "Commons" not in away.split("<main")[1]


def test_what_was_said_meanwhile_stands_below_a_line(
    signed_in: SignIn, room: Room, cast: Cast
) -> None:
    said(cast.zed, room, "before")
    noor = signed_in("noor")
    page(noor, room)
    noor.get(f"/rooms/{room.id}/away")
    meanwhile = said(cast.zed, room, "meanwhile")
    noor.get(f"/rooms/{room.id}/away")  # opened once more: nothing counts as read by it
    text = page(noor, room)
    assert text.index("before") < text.index('id="newest"') < text.index(f'id="m-{meanwhile.id}"')


def test_who_may_not_read_the_room_has_no_such_page(
    signed_in: SignIn, post: Post, room: Room
) -> None:
    assert signed_in("tess").get(f"/rooms/{room.id}/away").status_code == 404
    assert signed_in("noor").get("/rooms/unknown/away").status_code == 404
