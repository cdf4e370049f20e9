"""Sealed columns: plain to whoever may read the row, unreadable in the file."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, text

from peer.accounts import queries as accounts
from peer.core import keys, migrate, work
from peer.core.db import database
from peer.core.settings import Settings, load
from peer.rooms.models import Message
from tests.cast import Cast
from tests.plugins.site import SECRET
from tests.rooms.place import a_room, said

WORD = "kingfisher"


def test_changed_text_is_sealed_anew_and_reads_back(core: Settings, cast: Cast) -> None:
    message = said(cast.noor, a_room(cast, cast.noor), f"The {WORD} is back.")
    with work.begin() as session:
        found = session.get_one(Message, message.id)
        before = found.text_sealed
        found.text = found.text  # the same words again are no change
        session.flush()
        assert found.text_sealed == before
        found.earlier = [*found.earlier, found.text]
        found.text = "Two of them now."
    with work.begin(writes=False) as session:
        found = session.get_one(Message, message.id)
        assert (found.text, found.earlier) == ("Two of them now.", [f"The {WORD} is back."])
        assert found.text_sealed != before


def test_name_is_found_by_its_fingerprint_and_stored_nowhere(core: Settings, cast: Cast) -> None:
    noor = cast.noor
    with work.begin(writes=False):
        found = accounts.account_named("  nOOr ")
        assert found is not None
        assert (found.id, found.name) == (noor.id, "Noor")
        assert [each.name for each in accounts.people(called="oo")] == ["Noor"]
    database.close()
    stored = b"".join(path.read_bytes() for path in core.data_dir.glob("*.db*"))
    assert b"noor" not in stored.lower()


def test_words_of_a_person_whose_key_is_gone_read_as_nothing(core: Settings, cast: Cast) -> None:
    message = said(cast.noor, a_room(cast, cast.noor), "Only for now.")
    keys.destroy(cast.noor.id)
    with work.begin(writes=False) as session:
        assert session.get_one(Message, message.id).text == ""


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_what_was_written_before_sealing_is_sealed_by_the_migration(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = "" if kind == "sqlite" else str(request.getfixturevalue("postgres_url"))
    settings = load(data_dir=tmp_path, secret_key=SECRET, database_url=url, redis_url="")
    migrate.upgrade(settings.database, "0009")
    _write_as_before(settings.database)
    keys.configure(settings)
    migrate.upgrade(settings.database, "0010")
    with connected(settings.database) as connection:
        row = connection.execute(text("SELECT id, name, username FROM accounts")).one()
        assert accounts.name_in(row.id, bytes(row.name)) == "Noor"
        assert row.username == accounts.mark_of("noor")
        assert WORD.encode() not in bytes(connection.scalar(text("SELECT text FROM messages")))
    migrate.downgrade(settings.database, "0009")
    with connected(settings.database) as connection:
        assert connection.scalar(text("SELECT username FROM accounts")) == "noor"
        assert connection.scalar(text("SELECT text FROM messages")) == f"The {WORD}."
        assert connection.scalar(text("SELECT count(*) FROM memberships")) == 1
    keys.close()


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    engine = create_engine(url)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def _write_as_before(url: str) -> None:
    now = datetime(2026, 11, 1, tzinfo=UTC)
    with connected(url) as connection:
        for words in (
            "INSERT INTO accounts (id, username, name, passphrase_hash, state, suspended_for, locale,"
            " timezone, theme, created_at)"
            " VALUES ('n', 'noor', 'Noor', '', 'active', '', 'en', 'UTC', '', :now)",
            "INSERT INTO rooms (id, name, kind, entry, about, question, agreement, agreement_at,"
            " ask_again, last_seq, roster, created_at)"
            " VALUES ('r', 'Commons', 'open_hours', 'everyone', '', '', '[]', :now, true, 1, 0, :now)",
            "INSERT INTO memberships (room_id, account_id, facilitator, joined_at, seen_seq)"
            " VALUES ('r', 'n', false, :now, 0)",
            "INSERT INTO messages (id, room_id, author_id, author_role, nonce, text, note, earlier,"
            " state, place, at, taken_back, offers_help)"
            f" VALUES ('m', 'r', 'n', 'member', 'x', 'The {WORD}.', '', '[]', 'visible', 1, :now,"
            " false, false)",
        ):
            connection.execute(text(words), {"now": now})
