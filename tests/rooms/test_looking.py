"""How often the database is asked about rooms in which people are: seldom where nothing moves."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event

from peer.core import clock
from peer.core.db import database
from peer.rooms.broadcast import company
from tests.cast import Cast
from tests.rooms.test_circle import EVENING, a_circle, begun


@contextmanager
def asked() -> Iterator[list[str]]:
    """What the database is asked inside the block."""
    questions: list[str] = []

    def note(_line: object, _cursor: object, statement: str, *_more: object) -> None:
        if statement.startswith("SELECT"):
            questions.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield questions
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


def test_between_two_looks_one_question_finds_where_the_piece_moved(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    rooms = [a_circle(cast) for _ in range(3)]
    for name, value in {
        "_noted": {room.id: (0.0, frozenset({cast.noor.id})) for room in rooms},
        "_told": {},
        "_pieces": {},
    }.items():
        monkeypatch.setattr(company, name, value)
    with clock.stopped_at(EVENING + timedelta(seconds=1)):
        company.tell_floors_that_moved()
        assert set(company._told) == {room.id for room in rooms}, "somebody new is told at once"
        with asked() as questions:
            company.tell_floors_that_moved()
        assert len(questions) == 1
        before = dict(company._told)
        begun(rooms[0], cast.fay)
        company.tell_floors_that_moved()
    assert company._told[rooms[0].id].mark != before[rooms[0].id].mark
    assert [company._told[room.id] for room in rooms[1:]] == [before[room.id] for room in rooms[1:]]


def test_everything_is_looked_at_once_a_second_and_not_on_every_beat(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(company, "_looked_at", 0.0)
    assert company.is_time_to_look()
    assert not company.is_time_to_look()
