"""A kind of thing that can be reviewed, as small as the port allows: notes on a board."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime

import pytest

from peer.core import clock, work
from peer.core.db import new_id
from peer.core.errors import NotFound
from peer.moderation import automod, queries, service
from peer.moderation.models import ReviewItem
from peer.moderation.service import ContextLine, SubjectBrief
from peer.notifications import queries as notices
from peer.policy.roles import Actor
from tests.cast import Cast


@dataclass
class Note:
    """Something that somebody pinned to the board."""

    author: Actor
    text: str
    state: str = "visible"


@dataclass
class Board:
    """The subject: notes by id."""

    kind: str = "note"
    notes: dict[str, Note] = field(default_factory=dict)

    def pin(self, author: Actor, text: str, state: str = "visible") -> str:
        """Put up a note; its id."""
        note_id = new_id()
        self.notes[note_id] = Note(author, text, state)
        return note_id

    def brief(self, subject_id: str) -> SubjectBrief:
        note = self._note(subject_id)
        line = ContextLine(note.author.name, clock.now(), note.text, is_subject=True)
        return SubjectBrief(
            note.author.id, note.author.name, "Board", line.at, note.text, note.state, "", [line]
        )

    def conversation(self, subject_id: str, count: int, upto: datetime) -> list[ContextLine]:
        return list(self.brief(subject_id).context)

    def places(self, subject_ids: Collection[str]) -> dict[str, str]:
        return {each: "Board" for each in subject_ids if each in self.notes}

    def newcomers(self, subject_ids: Collection[str]) -> dict[str, tuple[int, int]]:
        return {}

    def lock(self, subject_id: str) -> None:
        self._note(subject_id)

    def may_report(self, actor: Actor, subject_id: str) -> None:
        if self._note(subject_id).author.id == actor.id:
            raise NotFound()

    def hide(self, subject_id: str, by: Actor | None) -> None:
        self._note(subject_id).state = "removed"

    def restore(self, subject_id: str, by: Actor | None) -> None:
        if self._note(subject_id).state == "removed":
            self._note(subject_id).state = "visible"

    def release(self, subject_id: str, by: Actor | None) -> None:
        if self._note(subject_id).state == "held":
            self._note(subject_id).state = "visible"

    def _note(self, subject_id: str) -> Note:
        if subject_id not in self.notes:
            raise NotFound()
        return self.notes[subject_id]


def register() -> Board:
    """A fresh board that moderation knows of."""
    made = Board()
    service.register_subject(made)
    return made


@pytest.fixture
def board() -> Iterator[Board]:
    """A board for one test."""
    return register()


def reported(board: Board, by: Actor, author: Actor, category: str = "unkind") -> ReviewItem:
    """A note of `author` that `by` has reported: the item."""
    note = board.pin(author, "You should be ashamed.")
    with work.begin():
        service.file_report(by, "note", note, category)
    return item_about(note)


def flagged(board: Board, author: Actor, text: str, *, state: str = "visible") -> ReviewItem:
    """A note that automod has flagged: the item."""
    note = board.pin(author, text, state)
    with work.begin():
        service.open_review(
            "note",
            note,
            author_id=author.id,
            verdict=automod.screen(text, author="member"),
            held=state == "held",
        )
    return item_about(note)


def item_about(note: str) -> ReviewItem:
    """The item of a note, as the database has it."""
    with work.begin(writes=False):
        found = queries.item_of("note", note)
        assert found is not None
        return found


def claimed(item: ReviewItem, by: Actor) -> ReviewItem:
    """The item, once `by` has taken it."""
    with work.begin():
        return service.claim(by, item.id)


def told(who: Actor) -> list[str]:
    """The notices of a person in plain English, the newest first."""
    with work.begin(writes=False):
        return [notice.message % notice.params for notice in notices.notices_of(who.id)]


def cast_of(*names: str) -> list[Actor]:
    """Some of the cast."""
    return [Cast().actor(name) for name in names]
