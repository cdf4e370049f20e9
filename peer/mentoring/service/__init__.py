"""Verbs of mentoring."""

from peer.mentoring.service.consent import answer, expire_questions
from peer.mentoring.service.deciding import approve, pin, reject
from peer.mentoring.service.inputs import (
    MenteeInput,
    MentorInput,
    ProfileInput,
    mentee_input,
    mentor_input,
)
from peer.mentoring.service.leaving import forget_person, forget_problem, part_kindly
from peer.mentoring.service.mentorships import (
    be_asked_again,
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
    ask_again,
    begin_solving,
    close_round,
    facts_now,
    fail_round,
    hold_pair,
    lift_rule,
    note_progress,
    record_solution,
    start_freer_round,
    start_round,
)
from peer.mentoring.service.vetting import lapse_expired, register_acts, set_vetting

__all__ = [
    "MenteeInput",
    "MentorInput",
    "ProfileInput",
    "add_area",
    "answer",
    "approve",
    "ask_again",
    "be_asked_again",
    "begin_solving",
    "close_mentorship",
    "close_round",
    "expire_questions",
    "facts_now",
    "fail_round",
    "forget_person",
    "forget_problem",
    "hold_pair",
    "lapse_expired",
    "lift_rule",
    "mentee_input",
    "mentor_input",
    "note_progress",
    "part_kindly",
    "pause_mentorship",
    "pause_profile",
    "pin",
    "record_solution",
    "register_acts",
    "reject",
    "remove_area",
    "resume_mentorship",
    "save_mentee_profile",
    "save_mentor_profile",
    "set_priority",
    "set_programme",
    "set_vetting",
    "set_wants_mentor",
    "start_freer_round",
    "start_round",
]
