"""Verbs of moderation: flag, report, claim, decide, undo, and what follows for people."""

from peer.moderation.automod import Verdict
from peer.moderation.service.coming_in import file_report, note_change, open_review
from peer.moderation.service.deciding import claim, decide, pass_on, reopen
from peer.moderation.service.sanctions import Wanted, lift_mute, reinstate
from peer.moderation.subjects import ContextLine, Subject, SubjectBrief, register_subject

__all__ = [
    "ContextLine",
    "Subject",
    "SubjectBrief",
    "Verdict",
    "Wanted",
    "claim",
    "decide",
    "file_report",
    "lift_mute",
    "note_change",
    "open_review",
    "pass_on",
    "register_subject",
    "reinstate",
    "reopen",
]
