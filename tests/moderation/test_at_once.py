"""Several people act in the same moment, on PostgreSQL, where they can."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask

from peer.core import work
from peer.core.db import new_id
from peer.core.errors import PeerError
from peer.moderation import queries, service
from peer.moderation.models import ReviewItem
from peer.policy.moderation import ItemState, Outcome
from peer.rooms import service as rooms
from peer.rooms.models import Message
from tests.cast import Cast
from tests.rooms.place import a_room, said

pytestmark = pytest.mark.postgres
Act = Callable[[], object]


def at_once(*acts: Act) -> list[str]:
    """Run each act in a thread of its own, from the same moment: "" or the code of its refusal."""
    barrier = Barrier(len(acts))

    def run(act: Act) -> str:
        barrier.wait()
        try:
            with work.begin():
                act()
        except PeerError as error:
            return error.code
        return ""

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def item_of(message: Message) -> ReviewItem:
    with work.begin():
        found = queries.item_of("message", message.id)
        assert found is not None
        return found


def report(cast: Cast, name: str, message: Message) -> Act:
    who = cast.actor(name)
    return lambda: service.file_report(who, "message", message.id, "unkind")


@pytest.fixture
def message(postgres_app: Flask, cast: Cast) -> Message:
    """Something that Zed said in a room with Noor, Sol and Tess."""
    room = a_room(cast, cast.zed, cast.noor, cast.sol)
    return said(cast.zed, room, "You should be ashamed.")


def test_reports_at_once_meet_on_one_item(message: Message, cast: Cast) -> None:
    for _turn in range(4):
        assert at_once(report(cast, "noor", message), report(cast, "sol", message)) == ["", ""]
        item = item_of(message)
        assert (len(item.reports), item.version) == (2, 2)
        with work.begin():
            again = rooms.post_message(cast.zed, message.room_id, text="And again.", nonce=new_id())
        message = again


def test_of_two_moderators_at_once_one_has_it(message: Message, cast: Cast) -> None:
    at_once(report(cast, "noor", message))
    item, mo, mia = item_of(message), cast.mo, cast.mia
    answers = at_once(lambda: service.claim(mo, item.id), lambda: service.claim(mia, item.id))
    assert sorted(answers) == ["", "conflict"]
    after = item_of(message)
    assert after.version == item.version + 1
    assert after.claimed_by == (mo.id if answers[0] == "" else mia.id)


def test_decision_sent_twice_counts_once(message: Message, cast: Cast) -> None:
    at_once(report(cast, "noor", message))
    item, mo = item_of(message), cast.mo
    at_once(lambda: service.claim(mo, item.id))
    version = item_of(message).version

    def decide() -> object:
        return service.decide(mo, item.id, version=version, outcome=Outcome.HIDE, rule="kindness")

    assert sorted(at_once(decide, decide)) == ["", "conflict"]
    assert len(item_of(message).rulings) == 1


def test_report_during_a_decision_is_never_lost(message: Message, cast: Cast) -> None:
    at_once(report(cast, "noor", message))
    item, mo = item_of(message), cast.mo
    at_once(lambda: service.claim(mo, item.id))
    version = item_of(message).version
    answers = at_once(
        lambda: service.decide(mo, item.id, version=version, outcome=Outcome.STAND, rule="none"),
        report(cast, "sol", message),
    )
    after = item_of(message)
    assert answers[1] == ""
    assert len(after.reports) == 2
    assert after.state in {ItemState.OPEN, ItemState.CLAIMED}


def test_author_who_edits_and_moderator_who_decides_never_wait_for_each_other(
    message: Message, cast: Cast
) -> None:
    at_once(report(cast, "noor", message))
    item, mo, zed = item_of(message), cast.mo, cast.zed
    for turn in range(6):
        at_once(lambda: service.claim(mo, item.id))
        version = item_of(message).version
        words = f"I will find you, {'very ' * turn}soon."
        answers = at_once(
            lambda version=version: service.decide(  # type: ignore[misc]
                mo, item.id, version=version, outcome=Outcome.STAND, rule="none"
            ),
            lambda words=words: rooms.edit_message(zed, message.id, text=words),  # type: ignore[misc]
        )
        assert answers[0] in {"", "conflict"}
        assert answers[1] in {"", "forbidden"}
