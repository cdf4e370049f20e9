"""Erasing on a running site: open pages follow, sockets are cut, the worker does the rest."""

import time
from collections.abc import Callable

from peer.accounts import service
from peer.accounts.queries import actor_from
from peer.core import work
from tests.cast import Cast
from tests.plugins.sockets import Socket
from tests.privacy.lives import left_of
from tests.rooms.place import a_room, said


def test_open_pages_see_the_words_go_and_the_person_is_cut(
    open_socket: Callable[..., Socket], cast: Cast
) -> None:
    account = cast.newcomer()
    guest = actor_from(account)
    room = a_room(cast, guest, cast.noor, agreement=[])
    words = [said(guest, room, text) for text in ("the first", "the second")]
    said(cast.noor, room, "hello")
    theirs, noor = open_socket(account), open_socket("noor")
    for page in (theirs, noor):
        assert page.send("room:join", room=room.id, since=None)["seq"] == 3
    with work.begin():
        found = service.erase_account(guest)
    for number, message in enumerate(words, 4):
        gone = noor.wait_for("message:changed", where=lambda each, m=message: each["id"] == m.id)
        assert gone == {"id": message.id, "room": room.id, "seq": number, "state": "removed"}
    theirs.wait_until_cut()
    assert noor.client.connected
    again = noor.send("room:join", room=room.id, since=0)
    assert [each["seq"] for each in again["messages"]] == [1, 2, 3, 4, 5]
    until = time.monotonic() + 30
    while left_of(account.id) and time.monotonic() < until:
        time.sleep(0.05)
    assert left_of(account.id) == []
    with work.begin(writes=False):
        assert service.receipt(found.code).counts["messages"] == 2
