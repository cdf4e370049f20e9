from collections.abc import Callable

import pytest
import socketio

from peer.accounts import service
from peer.core import work
from tests.cast import Cast
from tests.plugins.site import Site
from tests.plugins.sockets import Socket


def test_socket_without_a_session_is_refused(live: Site) -> None:
    with pytest.raises(socketio.exceptions.ConnectionError):
        Socket(live.url, "not-a-token")


def test_suspended_person_is_told_and_cut_by_another_process(
    open_socket: Callable[..., Socket], cast: Cast
) -> None:
    guest = cast.newcomer()
    zed, noor = open_socket(guest), open_socket("noor")
    with work.begin():
        service.suspend(guest.id, by=cast.mo, days=None)
    assert zed.wait_for("session:ended") == {"reason": "suspended"}
    zed.wait_until_cut()
    assert noor.client.connected


def test_unknown_events_are_refused(open_socket: Callable[..., Socket]) -> None:
    assert open_socket("noor").send("room:explode")["error"]["code"] == "forbidden"
