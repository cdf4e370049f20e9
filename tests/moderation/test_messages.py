"""Messages of real rooms, as moderation hides, releases and restores them."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from peer.core import work
from peer.core.errors import NotFound
from peer.moderation import service
from peer.notifications import queries as notices
from peer.policy.moderation import Outcome
from peer.policy.roles import Actor
from peer.rooms import queries as rooms
from peer.rooms import service as talking
from peer.rooms.models import Message
from tests.cast import Cast
from tests.moderation.place import item_about, item_with, report
from tests.rooms.place import a_private_room, a_room, said

Post = Callable[..., TestResponse]
SignIn = Callable[[str], FlaskClient]

pytestmark = pytest.mark.usefixtures("core")
OFFER = "I know a place that is hiring. Cash, a room is included, no papers needed."


def decide(actor: Actor, item_id: str, outcome: Outcome, rule: str = "none") -> None:
    """Take an item and decide."""
    with work.begin():
        version = service.claim(actor, item_id).version
        service.decide(actor, item_id, version=version, outcome=outcome, rule=rule)


def state_of(message: Message) -> str:
    with work.begin(writes=False):
        return rooms.message_with(message.id).state


def told(actor: Actor) -> list[str]:
    with work.begin(writes=False):
        return [notice.message for notice in notices.notices_of(actor.id)]


def test_what_its_author_took_back_stays_gone(cast: Cast) -> None:
    room = a_room(cast, cast.noor, cast.zed)
    message = said(cast.zed, room, "I take this back soon.")
    item = report(cast.noor, message)
    with work.begin():
        talking.remove_message(cast.zed, message.id)
    decide(cast.mo, item, Outcome.STAND)
    assert state_of(message) == "removed"
    assert not [words for words in told(cast.zed) if "Everyone there can see it" in words]


def test_a_held_message_is_let_through(cast: Cast) -> None:
    room = a_room(cast, cast.noor, cast.zed)
    message = said(cast.zed, room, OFFER)
    item = item_about(message)
    assert (state_of(message), item.held) == ("held", True)
    decide(cast.mo, item.id, Outcome.STAND)
    assert state_of(message) == "visible"
    assert not item_with(item.id, cast.mo).held


def test_a_held_message_is_kept_out_of_view(cast: Cast) -> None:
    room = a_room(cast, cast.noor, cast.zed)
    message = said(cast.zed, room, OFFER)
    decide(cast.mo, item_about(message).id, Outcome.HIDE, "offers")
    assert state_of(message) == "removed"


def test_hidden_message_comes_back_after_another_look(cast: Cast) -> None:
    room = a_room(cast, cast.noor, cast.zed)
    message = said(cast.zed, room, "Nobody asked you.")
    item = report(cast.noor, message)
    decide(cast.mo, item, Outcome.HIDE, "kindness")
    with work.begin():
        service.reopen(cast.mia, item, version=item_with(item, cast.mia).version)
    assert state_of(message) == "removed"
    decide(cast.mia, item, Outcome.STAND)
    assert state_of(message) == "visible"


def test_mentee_reports_their_mentor_from_the_private_room(cast: Cast) -> None:
    room = a_private_room(cast)
    message = said(cast.tess, room, "You should not tell the others about us.")
    item = report(cast.noor, message, category="worried")
    assert item_with(item, cast.mo).severity == "urgent"
    decide(cast.mo, item, Outcome.HIDE, "safety")
    assert state_of(message) == "removed"


def test_nobody_reports_what_they_cannot_read_or_wrote_themselves(cast: Cast) -> None:
    message = said(cast.tess, a_private_room(cast), "See you on Monday.")
    for who in (cast.zed, cast.tess):
        with pytest.raises(NotFound), work.begin():
            service.file_report(who, "message", message.id, "unkind")
