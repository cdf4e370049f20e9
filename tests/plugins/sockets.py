"""Real Socket.IO clients: what a page's script would send and hear."""

from collections.abc import Callable, Iterator
from typing import Any

import engineio
import pytest
import socketio

from peer.accounts import service
from peer.accounts.models import Account
from peer.core import work
from tests.cast import Cast
from tests.plugins.site import Site


class _OneByOne(engineio.Client):  # type: ignore[misc]
    """Hears what comes in the order in which it comes: the library has a thread for each."""

    def _trigger_event(self, event: str, *args: Any, **kwargs: Any) -> Any:
        return super()._trigger_event(event, *args, **{**kwargs, "run_async": False})


class _InOrder(socketio.Client):  # type: ignore[misc]
    def _engineio_client_class(self) -> type[engineio.Client]:
        return _OneByOne


class Socket:
    """One open page: what it heard, and what it can send."""

    def __init__(self, url: str, token: str, *, transports: list[str] | None = None) -> None:
        self.heard: list[tuple[str, Any]] = []
        self.client = _InOrder(reconnection=False)
        self.client.on(
            "*", lambda event, *data: self.heard.append((event, data[0] if data else None))
        )
        self.client.connect(
            url, headers={"Cookie": f"s={token}"}, transports=transports or ["websocket"]
        )

    def send(self, event: str, **data: Any) -> Any:
        """Send an event and return its acknowledgement."""
        return self.client.call(event, data, timeout=10)

    def wait_for(
        self, event: str, *, seconds: float = 15.0, where: Callable[[Any], bool] = bool
    ) -> Any:
        """The payload of the first `event` heard that fits `where`; fails when none comes."""
        waited = 0.0
        while waited < seconds:
            for name, payload in list(self.heard):
                if name == event and where(payload):
                    return payload
            self.client.sleep(0.02)
            waited += 0.02
        return pytest.fail(f"{event} was not heard; heard {[name for name, _ in self.heard]}")

    def wait_until_cut(self, *, seconds: float = 15.0) -> None:
        """Wait until the server has closed the connection."""
        waited = 0.0
        while self.client.connected and waited < seconds:
            self.client.sleep(0.02)
            waited += 0.02
        assert not self.client.connected, "the socket is still open"


@pytest.fixture
def open_socket(live: Site, cast: Cast) -> Iterator[Callable[..., Socket]]:
    """`open_socket("noor")` connects as Noor to the running site."""
    opened: list[Socket] = []

    def connect(who: str | Account, **options: Any) -> Socket:
        account = cast.account(who) if isinstance(who, str) else who
        with work.begin():
            token = service.start_session(account)
        found = Socket(live.url, token, **options)
        opened.append(found)
        return found

    yield connect
    for each in opened:
        each.client.disconnect()
