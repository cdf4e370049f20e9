"""By the clock: sessions that have run out are ended."""

from flask import current_app

from peer.accounts import broadcast
from peer.accounts.sessions import Sessions
from peer.core import queue, work


@queue.sweep("accounts.sessions")
def end_expired_sessions() -> None:
    """Cut what idles: an open page must not go on receiving after its session is over."""
    interface = current_app.session_interface
    assert isinstance(interface, Sessions)
    interface.end_expired()
    with work.begin():
        broadcast.forget_old()
