"""What goes straight to the driver lies in the table as the mapper would have put it there."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from flask import Flask
from sqlalchemy import select, text, update

from peer.core import clock, work
from peer.rooms.models import Message, Room, RoomChange
from tests.cast import Cast
from tests.rooms.place import a_room, said

WHOLE = datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)  # without a fraction of a second
IN_LIMA = WHOLE.astimezone(timezone(timedelta(hours=-5)))


@pytest.fixture
def room(either: Flask, cast: Cast) -> Room:
    return a_room(cast, cast.noor, cast.fay, ask_again=False)


@pytest.mark.parametrize("now", [WHOLE, WHOLE + timedelta(microseconds=7), IN_LIMA], ids=str)
def test_message_lies_as_if_the_mapper_had_stored_it(room: Room, cast: Cast, now: datetime) -> None:
    with clock.stopped_at(now):
        quick, mapped = (said(who, room, "Good evening") for who in (cast.noor, cast.fay))
    with work.begin() as session:  # the other's moment and cover are written anew, by the mapper
        words = {"at": now, "covered": False, "taken_back": False, "offers_help": False}
        session.execute(update(Message).where(Message.id == mapped.id).values(words))
    with work.begin(writes=False) as session:
        one, other = (
            session.execute(text("SELECT * FROM messages WHERE id = :id"), {"id": each.id})
            .mappings()
            .one()
            for each in (quick, mapped)
        )
        assert {each: one[each] for each in words} == {each: other[each] for each in words}
        assert len(session.scalars(select(Message.id).where(Message.at == now)).all()) == 2
        assert session.get_one(Message, quick.id).at == now
        changes = session.scalars(select(RoomChange).where(RoomChange.room_id == room.id)).all()
        assert [each.posted for each in changes] == [True, True]
