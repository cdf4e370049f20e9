"""Verbs of mentoring."""

from peer.mentoring.service.inputs import (
    MenteeInput,
    MentorInput,
    ProfileInput,
    mentee_input,
    mentor_input,
)
from peer.mentoring.service.profiles import (
    add_area,
    pause_profile,
    remove_area,
    save_mentee_profile,
    save_mentor_profile,
    set_programme,
    set_wants_mentor,
)
from peer.mentoring.service.vetting import set_vetting

__all__ = [
    "MenteeInput",
    "MentorInput",
    "ProfileInput",
    "add_area",
    "mentee_input",
    "mentor_input",
    "pause_profile",
    "remove_area",
    "save_mentee_profile",
    "save_mentor_profile",
    "set_programme",
    "set_vetting",
    "set_wants_mentor",
]
