"""What moderators decide about messages reaches the room."""

from datetime import timedelta

import pytest

from peer.core import clock, work
from peer.core.errors import Muted, NotFound, Nudge
from peer.moderation import queries as moderation_queries
from peer.moderation import service as moderation
from peer.moderation.models import ReviewItem
from peer.moderation.service import Wanted
from peer.policy.moderation import Outcome, SanctionKind
from peer.rooms import queries, service
from peer.rooms.models import Message, Room
from peer.rooms.subjects import MessageSubject
from tests.cast import ROLES, Cast
from tests.rooms.place import a_private_room, a_room, said


@pytest.fixture
def room(core: object, cast: Cast) -> Room:
    for name in ROLES:
        cast.account(name)
    return a_room(cast, cast.noor, cast.zed, cast.uma, entry="invited")


def item_about(message: Message) -> ReviewItem | None:
    with work.begin(writes=False):
        return moderation_queries.item_of("message", message.id)


def decide(cast: Cast, message: Message, outcome: Outcome, wanted: Wanted | None = None) -> None:
    found = item_about(message)
    assert found is not None
    with work.begin():
        item = moderation.claim(cast.mo, found.id)
        version = item.version
        moderation.decide(
            cast.mo,
            item.id,
            version=version,
            outcome=outcome,
            rule="kindness",
            note="Seen.",
            wanted=wanted,
        )


def shown(room: Room) -> list[str]:
    with work.begin(writes=False):
        return [line.text for line in queries.page_of(room.id, None)[0]]


def test_reported_message_is_hidden_and_its_author_reads_without_writing(
    cast: Cast, room: Room
) -> None:
    message = said(cast.zed, room, "something cruel")
    with work.begin():
        service.report_message(cast.noor, message.id, "unkind", "It frightens me.")
    decide(cast, message, Outcome.HIDE, Wanted(SanctionKind.MUTE, 1))
    assert shown(room) == []
    with work.begin(writes=False):
        queries.room_to_read(cast.zed, room.id)
    with pytest.raises(Muted):
        said(cast.zed, room, "hello")
    with pytest.raises(Muted), work.begin():
        service.writing(cast.zed, room.id)
    with clock.stopped_at(clock.now() + timedelta(minutes=61)):
        said(cast.zed, room, "I am sorry")
    assert shown(room) == ["I am sorry"]


def test_held_message_appears_when_it_is_let_through(cast: Cast, room: Room) -> None:
    held = said(cast.uma, room, "ring me on 07700 900123")
    said(cast.noor, room, "meanwhile")
    item = item_about(held)
    assert item is not None
    assert item.held
    decide(cast, held, Outcome.STAND)
    assert shown(room) == ["meanwhile", "ring me on 07700 900123"]


def test_distress_reaches_the_moderators_at_once(cast: Cast, room: Room) -> None:
    message = said(cast.noor, room, "I want to die")
    item = item_about(message)
    assert shown(room) == ["I want to die"]
    assert item is not None
    assert (item.severity, item.held) == ("urgent", False)


def test_plain_words_open_nothing(cast: Cast, room: Room) -> None:
    assert item_about(said(cast.noor, room, "I made soup")) is None


@pytest.mark.parametrize("words", ["message {}", "step {} is done", "{}", "3.{}"])
def test_counting_aloud_is_no_telephone_number(cast: Cast, room: Room, words: str) -> None:
    for n in range(5, 17):
        assert said(cast.noor, room, words.format(n)).state == "visible"


def test_number_in_pieces_is_noticed(cast: Cast, room: Room) -> None:
    said(cast.noor, room, "so 077")
    said(cast.noor, room, "then 009")
    with pytest.raises(Nudge):
        said(cast.noor, room, "and 00123")


def test_moderator_sees_a_private_message_only_through_the_queue(cast: Cast, room: Room) -> None:
    private = a_private_room(cast)
    message = said(cast.tess, private, "words between us")
    for n in range(7):
        said(cast.noor, private, f"answer {'x' * (n + 1)}")
    with work.begin():
        service.report_message(cast.noor, message.id, "worried")
    with work.begin(writes=False):
        with pytest.raises(NotFound):
            queries.room_for(cast.mo, private.id)
        brief = MessageSubject().brief(message.id)
    assert (brief.author_name, brief.text, brief.href) == ("Tess", "words between us", "")
    assert [line.is_subject for line in brief.context] == [True] + [False] * 5
    assert set(brief.place.split(" · ")) == {"Noor", "Tess"}


def test_what_was_taken_back_can_still_be_reported(cast: Cast, room: Room) -> None:
    message = said(cast.zed, room, "something cruel")
    with work.begin():
        service.remove_message(cast.zed, message.id)
    with work.begin():
        service.report_message(cast.noor, message.id, "unkind")
    found = item_about(message)
    assert found is not None
    with work.begin(writes=False):
        assert MessageSubject().brief(message.id).text == "something cruel"


def test_nobody_reports_what_was_never_shown_to_them(cast: Cast, room: Room) -> None:
    held = said(cast.uma, room, "ring me on 07700 900123")
    for who in (cast.noor, cast.sol, cast.tess):
        with pytest.raises(NotFound), work.begin():
            service.report_message(who, held.id, "unkind")
