"""The port through which things that can be reviewed are shown, hidden and restored.

Moderation knows no feature above it. Each kind of thing brings a Subject, and the app registers
it; a new content type is one small class and an untouched queue.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from peer.core.errors import NotFound
from peer.policy.roles import Actor


@dataclass(frozen=True)
class ContextLine:
    """Something that was said near a subject, or the subject itself."""

    author_name: str
    at: datetime
    text: str
    is_subject: bool = False
    was_changed: bool = False  # the subject as it stood before its author changed it
    author_id: str = ""


@dataclass(frozen=True)
class SubjectBrief:
    """What a moderator needs to know of a subject, and no more."""

    author_id: str
    author_name: str
    place: str
    at: datetime
    text: str
    state: str  # removed, held, or seen by those around
    href: str = ""
    context: Sequence[ContextLine] = field(default_factory=list)


class Subject(Protocol):
    """One kind of thing that can be reviewed."""

    @property
    def kind(self) -> str: ...

    def brief(self, subject_id: str) -> SubjectBrief:
        """The subject and what surrounds it; NotFound when it is gone."""

    def conversation(self, subject_id: str, count: int, upto: datetime) -> Sequence[ContextLine]:
        """The subject among what was said up to `upto`, at most `count` lines on each side."""

    def places(self, subject_ids: Collection[str]) -> Mapping[str, str]:
        """Where each was said, for lists; those that are gone are left out."""

    def newcomers(self, subject_ids: Collection[str]) -> Mapping[str, tuple[int, int]]:
        """Of those by somebody new: how many of how many first ones have been let through."""

    def lock(self, subject_id: str) -> None:
        """Nobody else changes it until this unit of work ends; NotFound when it is gone.

        Always before a review item is locked, so that two locks never wait for each other.
        """

    def may_report(self, actor: Actor, subject_id: str) -> None:
        """NotFound unless `actor` may report it."""

    def hide(self, subject_id: str, by: Actor | None) -> None:
        """Take it out of everybody's view."""

    def restore(self, subject_id: str, by: Actor | None) -> None:
        """Put a hidden one back."""

    def release(self, subject_id: str, by: Actor | None) -> None:
        """Let a held one through."""


_subjects: dict[str, Subject] = {}


def register_subject(subject: Subject) -> None:
    """Make a kind of thing reviewable."""
    _subjects[subject.kind] = subject


def subject_of(kind: str) -> Subject:
    """The subject of a kind, or NotFound."""
    try:
        return _subjects[kind]
    except KeyError:
        raise NotFound() from None
