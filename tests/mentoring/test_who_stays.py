"""What one of two said is theirs after the migration that tells the two apart."""

from pathlib import Path
from typing import Any

from sqlalchemy import (
    Boolean,
    Connection,
    DateTime,
    Integer,
    LargeBinary,
    MetaData,
    create_engine,
    text,
)

from peer.core import clock, migrate


def add(connection: Connection, metadata: MetaData, table: str, **row: Any) -> None:
    """A row whose other columns hold something of their kind."""
    name = next(iter(row.values()))
    plain = {Boolean: False, Integer: 0, DateTime: clock.now(), LargeBinary: name.encode()}
    rest = {
        column.name: next((v for kind, v in plain.items() if isinstance(column.type, kind)), name)
        for column in metadata.tables[table].columns
        if not column.nullable and column.name not in row
    }
    connection.execute(metadata.tables[table].insert().values(**{**rest, **row}))


def test_a_word_that_was_for_two_becomes_that_of_who_said_it(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'peer.db'}"
    migrate.upgrade(url)
    migrate.downgrade(url, "0028")
    engine, metadata = create_engine(url), MetaData()
    said = {
        "by-mentee": {"mentee_says": False},
        "by-mentor": {"says": False},
        "new-hour": {"mentor_says": False, "mentor_id": "tess"},
        "forgotten": {},
        "other-mentor": {"mentor_says": False, "mentor_id": "uma"},
    }
    with engine.begin() as connection:
        metadata.reflect(connection)
        for name in ("noor", "tess", "uma", *said):
            add(connection, metadata, "accounts", id=name)
        add(connection, metadata, "programmes", id="here")
        pair = {"programme_id": "here", "mentee_id": "noor", "mentor_id": "tess"}
        for number, (name, row) in enumerate(said.items()):
            proposal = {key: value for key, value in row.items() if key != "says"}
            add(connection, metadata, "mentorships", id=name, stays=True, **pair)
            begins = {"number": number, "week": clock.now().date()}
            add(connection, metadata, "rounds", id=name, programme_id="here", **begins)
            asked = {"round_id": name, "mentee_id": "noor", "mentor_id": "tess", **proposal}
            add(connection, metadata, "proposals", id=name, **asked)
            move = {"mentorship_id": name, "mentor_id": "tess", "says": row.get("says")}
            add(connection, metadata, "moves", proposal_id=name, **move)
        add(connection, metadata, "mentorships", id="never", stays=False, **pair)
    migrate.upgrade(url)
    with engine.connect() as connection:
        found = connection.execute(text("SELECT id, mentee_stays, mentor_stays FROM mentorships"))
        marks = {row.id: (bool(row.mentee_stays), bool(row.mentor_stays)) for row in found}
    engine.dispose()
    assert marks == {
        "by-mentee": (True, False),
        "by-mentor": (False, True),
        "new-hour": (False, True),
        "forgotten": (True, True),
        "other-mentor": (True, True),
        "never": (False, False),
    }
