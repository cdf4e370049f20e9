"""The record of staff acts: only added to, and a change behind its back is seen."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from peer.app import configure_core
from peer.core import audit, work
from peer.core.db import database
from peer.core.errors import Refused
from peer.core.settings import Settings
from tests.cast import Cast

Statement = Callable[[str], None]
HARM = [
    "UPDATE audit_entries SET act = 'nothing' WHERE id = 2",
    "DELETE FROM audit_entries WHERE id = 2",
]


def three_acts() -> None:
    for number in range(3):
        with work.begin():
            audit.record("account.suspend", f"account:{number}", by="mo", days=number)


def broken() -> list[int]:
    with work.begin(writes=False) as session:
        return list(audit.broken_links(session))


def run(statement: str) -> None:
    with database.engine.begin() as connection:
        connection.execute(text(statement))


@pytest.mark.parametrize("statement", HARM)
def test_sqlite_refuses_to_change_the_record(core: Settings, statement: str) -> None:
    three_acts()
    with pytest.raises(DatabaseError, match="only added to"):
        run(statement)
    assert broken() == []


@pytest.mark.parametrize("statement", [*HARM, "TRUNCATE audit_entries"])
def test_postgresql_refuses_to_change_the_record(postgres_app: Flask, statement: str) -> None:
    three_acts()
    with pytest.raises(DatabaseError, match="only added to"):
        run(statement)
    assert broken() == []


@pytest.mark.parametrize(
    ("harm", "shows_at"),
    [
        ("UPDATE audit_entries SET act = 'nothing' WHERE id = 2", [2]),
        ("UPDATE audit_entries SET actor_id = 'mia' WHERE id = 1", [1]),
        ("UPDATE audit_entries SET details = '{}' WHERE id = 3", [3]),
        ("DELETE FROM audit_entries WHERE id = 2", [3]),
    ],
)
def test_change_behind_the_triggers_shows(core: Settings, harm: str, shows_at: list[int]) -> None:
    three_acts()
    for act in ("update", "delete"):
        run(f"DROP TRIGGER audit_entries_{act}")
    run(harm)
    assert broken() == shows_at


def test_chain_holds_over_a_new_secret_key(core: Settings) -> None:
    three_acts()
    configure_core(core.model_copy(update={"secret_key": "another-secret-key-of-the-site-itself"}))
    three_acts()
    assert broken() == []


@pytest.mark.parametrize("more_acts", [0, 5])
def test_end_that_is_cut_off_shows_by_the_second_copy(core: Settings, more_acts: int) -> None:
    three_acts()
    run("DROP TRIGGER audit_entries_delete")
    run("DELETE FROM audit_entries WHERE id >= 2")
    for _ in range(more_acts):
        three_acts()
    assert broken() == [], "what is left is a chain without a gap"
    with work.begin(writes=False) as session:
        assert audit.cut_off(session)[:2] == [2, 3]


def test_whole_record_is_as_long_as_its_copy(core: Settings) -> None:
    three_acts()
    with work.begin(writes=False) as session:
        assert audit.cut_off(session) == []
        assert audit.extent(session)[0] == 3


def test_entries_written_at_once_still_form_one_chain(postgres_app: Flask) -> None:
    import threading

    threads = [threading.Thread(target=three_acts) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert broken() == []


def test_act_that_is_rolled_back_leaves_no_entry(core: Settings, cast: Cast) -> None:
    @work.unit_of_work
    def fails() -> None:
        audit.record("account.suspend", "account:x", by=cast.mo.id)
        raise Refused()

    with pytest.raises(Refused):
        fails()
    with work.begin(writes=False) as session:
        acts = session.scalars(text("SELECT act FROM audit_entries")).all()
    assert "account.suspend" not in acts
