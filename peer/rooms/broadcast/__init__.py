"""What goes out on sockets about rooms: changes in order, presence as a number, writing."""

from peer.rooms.broadcast.changes import (
    announce,
    announce_changed,
    announce_new,
    facts_changed,
    message_json,
    mine_changed,
    removed_json,
    roster_changed,
)
from peer.rooms.broadcast.company import (
    answered_at_door,
    company_to_note,
    door_changed,
    floor_changed,
    is_time_to_look,
    look_again,
    rooms_to_tend,
    steps_away,
    tell_floor_again,
    tell_floors,
    tell_floors_that_moved,
)
from peer.rooms.broadcast.following import come_in, go_out
from peer.rooms.broadcast.presence import here, someone_writes
from peer.rooms.broadcast.pump import Entered
from peer.rooms.broadcast.trouble import look_whether_it_stores

__all__ = [
    "Entered",
    "announce",
    "announce_changed",
    "announce_new",
    "answered_at_door",
    "come_in",
    "company_to_note",
    "door_changed",
    "facts_changed",
    "floor_changed",
    "go_out",
    "here",
    "is_time_to_look",
    "look_again",
    "look_whether_it_stores",
    "message_json",
    "mine_changed",
    "removed_json",
    "rooms_to_tend",
    "roster_changed",
    "someone_writes",
    "steps_away",
    "tell_floor_again",
    "tell_floors",
    "tell_floors_that_moved",
]
