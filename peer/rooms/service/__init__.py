"""Verbs about rooms: keep them, come in and go, talk."""

from peer.rooms.service.coming import agree, leave_room, mark_seen, welcome
from peer.rooms.service.keeping import (
    add_person,
    close_private_room,
    close_room,
    create_room,
    edit_room,
    open_private_room,
    open_room,
    remove_person,
    room_choices,
    set_facilitators,
)
from peer.rooms.service.talking import (
    edit_message,
    post_message,
    react,
    remove_message,
    report_message,
    writing,
)

__all__ = [
    "add_person",
    "agree",
    "close_private_room",
    "close_room",
    "create_room",
    "edit_message",
    "edit_room",
    "leave_room",
    "mark_seen",
    "open_private_room",
    "open_room",
    "post_message",
    "react",
    "remove_message",
    "remove_person",
    "report_message",
    "room_choices",
    "set_facilitators",
    "welcome",
    "writing",
]
