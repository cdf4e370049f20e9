"""A moderator reads what was reported and five messages around it; more only with a reason."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from werkzeug.test import TestResponse

from peer.accounts.queries import oversight
from peer.core import audit, clock, work
from peer.core.audit import AuditEntry
from peer.core.db import database
from peer.rooms.models import Message
from tests.cast import Cast
from tests.moderation.place import report
from tests.rooms.place import a_room, said, word

SignIn = Callable[[str], FlaskClient]
Post = Callable[..., TestResponse]
WHY = "It sounds as if it began long before this."


@pytest.fixture
def talk(signed_in: SignIn, cast: Cast) -> list[Message]:
    """Twenty-one messages in a room of members; the eleventh is Zed's."""
    room = a_room(cast, cast.noor, cast.zed, cast.sol, entry="invited")
    people = [cast.noor, cast.sol]
    begun = clock.now() - timedelta(hours=1)
    found = []
    for number in range(21):
        with clock.stopped_at(begun + timedelta(minutes=number)):
            who = cast.zed if number == 10 else people[number % 2]
            found.append(said(who, room, f"Line {word(number)} end"))
    return found


def shown(page: str, talk: list[Message]) -> list[int]:
    return [number for number in range(len(talk)) if f"Line {word(number)} end" in page]


def test_moderator_sees_only_the_reported_item_and_its_surroundings_with_a_reason_on_record(
    signed_in: SignIn, post: Post, cast: Cast, talk: list[Message]
) -> None:
    item = report(cast.noor, talk[10])
    mo, address = signed_in("mo"), f"/moderation/items/{item}"
    assert shown(mo.get(address).get_data(as_text=True), talk) == [], "not before it is taken"
    post(mo, f"{address}/claim")
    assert shown(mo.get(address).get_data(as_text=True), talk) == list(range(5, 16))
    assert mo.get(f"{address}/more").status_code == 404
    refused = post(mo, f"{address}/more", {"reason": "so"})
    assert refused.status_code == 422
    assert "so</textarea>" in refused.get_data(as_text=True)
    assert mo.get(f"{address}/more").status_code == 404
    assert post(mo, f"{address}/more", {"reason": WHY}).status_code == 303
    assert shown(mo.get(f"{address}/more").get_data(as_text=True), talk) == list(range(21))
    with work.begin(writes=False) as session:
        entry = session.scalars(
            select(AuditEntry).where(AuditEntry.act == "review.open_more")
        ).one()
        lines = {
            name: oversight.disclosures_to(cast.actor(name).id) for name in ("noor", "zed", "sol")
        }
    assert entry.actor_id == cast.mo.id
    assert {name: len(found) for name, found in lines.items()} == {"noor": 1, "zed": 1, "sol": 1}
    mine = signed_in("sol").get("/account/disclosures").get_data(as_text=True)
    assert WHY in mine
    assert "Moderator" in mine
    assert ">Mo<" not in mine.split("<main")[1]


def test_opened_conversation_closes_after_an_hour_and_is_open_to_one_person(
    signed_in: SignIn, post: Post, cast: Cast, talk: list[Message]
) -> None:
    item = report(cast.noor, talk[10])
    mo, mia, address = signed_in("mo"), signed_in("mia"), f"/moderation/items/{item}"
    post(mo, f"{address}/claim")
    assert post(mia, f"{address}/more", {"reason": WHY}).status_code == 404, "she has not taken it"
    post(mo, f"{address}/more", {"reason": WHY})
    assert mia.get(f"{address}/more").status_code == 404
    later = said(cast.sol, _room(talk), "Said after it was opened.")
    assert later.text not in mo.get(f"{address}/more").get_data(as_text=True)
    with work.begin():
        from peer.moderation.models import Opening

        for opening in work.session().scalars(select(Opening)):
            opening.until = clock.now()
    assert mo.get(f"{address}/more").status_code == 404


def _room(talk: list[Message]):  # type: ignore[no-untyped-def]
    from peer.rooms.queries import room_with

    with work.begin(writes=False):
        return room_with(talk[0].room_id)


def test_moderator_outside_a_room_reads_nothing_of_it(
    signed_in: SignIn, talk: list[Message]
) -> None:
    mo = signed_in("mo")
    room = talk[0].room_id
    for address in (f"/rooms/{room}", "/rooms", "/moderation/queue"):
        assert shown(mo.get(address).get_data(as_text=True), talk) == []


@pytest.mark.parametrize(
    "harm", ["UPDATE disclosures SET role = 'admin'", "DELETE FROM disclosures"]
)
def test_ledger_is_only_added_to_on_sqlite(
    signed_in: SignIn, post: Post, cast: Cast, talk: list[Message], harm: str
) -> None:
    _opened(signed_in, post, cast, talk)
    with pytest.raises(DatabaseError, match="only added to"), database.engine.begin() as connection:
        connection.execute(text(harm))


def test_opening_that_is_taken_out_of_the_record_shows(
    signed_in: SignIn, post: Post, cast: Cast, talk: list[Message]
) -> None:
    _opened(signed_in, post, cast, talk)
    with database.engine.begin() as connection:
        connection.execute(text("DROP TRIGGER audit_entries_delete"))
        connection.execute(text("DELETE FROM audit_entries WHERE act = 'review.open_more'"))
    with work.begin(writes=False) as session:
        assert list(audit.broken_links(session)) != []


def _opened(signed_in: SignIn, post: Post, cast: Cast, talk: list[Message]) -> None:
    address = f"/moderation/items/{report(cast.noor, talk[10])}"
    mo = signed_in("mo")
    post(mo, f"{address}/claim")
    assert post(mo, f"{address}/more", {"reason": WHY}).status_code == 303
