"""A message that was covered, and one that is slowed down: what moderators undo, and what authors change."""

import pytest
from flask import Flask

from peer.core import work
from peer.policy.rooms import MessageState
from peer.rooms import queries
from peer.rooms.subjects import MessageSubject
from tests.cast import Cast
from tests.rooms.place import a_room, said


def state_of(message_id: str) -> str:
    with work.begin(writes=False):
        return queries.message_with(message_id).state


@pytest.mark.parametrize(
    ("before", "undo"), [(MessageState.REMOVED, "restore"), (MessageState.HELD, "release")]
)
@pytest.mark.parametrize(
    ("covered", "shown"), [(True, MessageState.BLURRED), (False, MessageState.VISIBLE)]
)
def test_what_was_covered_comes_back_covered(
    app: Flask, cast: Cast, before: MessageState, undo: str, covered: bool, shown: MessageState
) -> None:
    room = a_room(cast, cast.noor, cast.mo)
    message = said(cast.noor, room, "hard to read", note="a funeral", topic="family")
    with work.begin():
        kept = queries.locked_message(message.id)
        kept.state, kept.covered = before, covered
    with work.begin():
        getattr(MessageSubject(), undo)(message.id, cast.mo)
    assert state_of(message.id) == shown
    with work.begin(writes=False):
        again = queries.message_with(message.id)
        assert (again.note, again.topic) == ("a funeral", "family")
