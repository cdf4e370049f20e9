"""Verbs of mentoring."""

from peer.mentoring.service.consent import answer, expire_questions
from peer.mentoring.service.inputs import (
    MenteeInput,
    MentorInput,
    ProfileInput,
    mentee_input,
    mentor_input,
)
from peer.mentoring.service.mentorships import (
    close_mentorship,
    pause_mentorship,
    resume_mentorship,
)
from peer.mentoring.service.profiles import (
    add_area,
    pause_profile,
    remove_area,
    save_mentee_profile,
    save_mentor_profile,
    set_priority,
    set_programme,
    set_wants_mentor,
)
from peer.mentoring.service.rounds import (
    approve,
    ask_again,
    begin_solving,
    close_round,
    facts_now,
    fail_round,
    lift_rule,
    note_progress,
    pin,
    record_solution,
    reject,
    start_round,
)
from peer.mentoring.service.vetting import lapse_expired, set_vetting

__all__ = [
    "MenteeInput",
    "MentorInput",
    "ProfileInput",
    "add_area",
    "answer",
    "approve",
    "ask_again",
    "begin_solving",
    "close_mentorship",
    "close_round",
    "expire_questions",
    "facts_now",
    "fail_round",
    "lapse_expired",
    "lift_rule",
    "mentee_input",
    "mentor_input",
    "note_progress",
    "pause_mentorship",
    "pause_profile",
    "pin",
    "record_solution",
    "reject",
    "remove_area",
    "resume_mentorship",
    "save_mentee_profile",
    "save_mentor_profile",
    "set_priority",
    "set_programme",
    "set_vetting",
    "set_wants_mentor",
    "start_round",
]
