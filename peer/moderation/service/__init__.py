"""Verbs of moderation: flag, report, claim, decide, undo, and what follows for people."""

from peer.moderation.automod import Verdict
from peer.moderation.service.carrying import Sanctions, carry_sanctions_over, sanctions_before
from peer.moderation.service.coming_in import file_report, note_change, open_review
from peer.moderation.service.deciding import claim, decide, pass_on, reopen
from peer.moderation.service.leaving import (
    brief_in,
    close_cases,
    ends,
    forget_person,
    hand_over,
)
from peer.moderation.service.opening import open_more, opened_lines
from peer.moderation.service.sanctions import Wanted, lift_mute, reinstate
from peer.moderation.service.shared import ask_ban, ask_reporter, ask_unban, register_acts
from peer.moderation.subjects import ContextLine, Subject, SubjectBrief, register_subject

__all__ = [
    "ContextLine",
    "Sanctions",
    "Subject",
    "SubjectBrief",
    "Verdict",
    "Wanted",
    "ask_ban",
    "ask_reporter",
    "ask_unban",
    "brief_in",
    "carry_sanctions_over",
    "claim",
    "close_cases",
    "decide",
    "ends",
    "file_report",
    "forget_person",
    "hand_over",
    "lift_mute",
    "note_change",
    "open_more",
    "open_review",
    "opened_lines",
    "pass_on",
    "register_acts",
    "register_subject",
    "reinstate",
    "reopen",
    "sanctions_before",
]
