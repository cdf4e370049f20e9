"""What goes out on sockets about rooms: changes in order, presence as a number, writing."""

from peer.rooms.broadcast.changes import (
    announce,
    facts_changed,
    message_json,
    removed_json,
)
from peer.rooms.broadcast.presence import here, someone_writes
from peer.rooms.broadcast.pump import Entered, come_in, go_out

__all__ = [
    "Entered",
    "announce",
    "come_in",
    "facts_changed",
    "go_out",
    "here",
    "message_json",
    "removed_json",
    "someone_writes",
]
