"""Verbs about rooms: keep them, come in and go, talk."""

from peer.rooms.service.arriving import know, look_at_first
from peer.rooms.service.circles import ask_for_it, begin_round, give_on
from peer.rooms.service.coming import agree, leave_room, mark_seen, welcome
from peer.rooms.service.company import (
    forget_company,
    gesture,
    is_to_be_noted,
    note_company,
    note_here,
)
from peer.rooms.service.distance import change_distance, end_distance, keep_distance
from peer.rooms.service.expiring import (
    close_for_good,
    expire_dates,
    forget_person,
    hide_expired,
    take_out_of_sight,
)
from peer.rooms.service.gatherings import (
    add_date,
    begin_now,
    call_off,
    end_now,
    end_rhythm,
    give_up_place,
    make_coming_dates,
    rooms_to_tend,
    sign_up,
    tend,
)
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
from peer.rooms.service.leading import go_through, pause, plan_agenda, steer, whisper
from peer.rooms.service.posting import Draft, Posted, post_message, post_messages
from peer.rooms.service.talking import (
    edit_message,
    react,
    remove_message,
    report_message,
    writing,
)
from peer.rooms.service.unwanted import choose_unwanted

__all__ = [
    "Draft",
    "Posted",
    "add_date",
    "add_person",
    "agree",
    "ask_for_it",
    "begin_now",
    "begin_round",
    "call_off",
    "change_distance",
    "choose_unwanted",
    "close_for_good",
    "close_private_room",
    "close_room",
    "create_room",
    "edit_message",
    "edit_room",
    "end_distance",
    "end_now",
    "end_rhythm",
    "expire_dates",
    "forget_company",
    "forget_person",
    "gesture",
    "give_on",
    "give_up_place",
    "go_through",
    "hide_expired",
    "is_to_be_noted",
    "keep_distance",
    "know",
    "leave_room",
    "look_at_first",
    "make_coming_dates",
    "mark_seen",
    "note_company",
    "note_here",
    "open_private_room",
    "open_room",
    "pause",
    "plan_agenda",
    "post_message",
    "post_messages",
    "react",
    "remove_message",
    "remove_person",
    "report_message",
    "room_choices",
    "rooms_to_tend",
    "set_facilitators",
    "sign_up",
    "steer",
    "take_out_of_sight",
    "tend",
    "welcome",
    "whisper",
    "writing",
]
