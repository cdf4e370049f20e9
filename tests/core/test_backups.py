"""Copies: made while people write, brought back whole, and never more than was promised."""

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from peer.accounts import queries as accounts
from peer.accounts import service
from peer.accounts.queries.ways_back import recovery_under_way
from peer.app import configure_core, forget_half_restored
from peer.core import clock, keys, migrate, work
from peer.core.db import Base, database
from peer.core.errors import Invalid
from peer.core.settings import Settings
from peer.policy.roles import Role
from peer.rooms.models import Message
from tests.cast import Cast
from tests.core.copies import copies_of, environ_of, installation, peer, restored, text_of
from tests.rooms.place import a_room, said


def test_copy_brings_back_what_was_lost(place: Settings, cast: Cast, tmp_path: Path) -> None:
    message = said(cast.noor, a_room(cast, cast.noor), "Keep this.")
    with work.begin():
        token = service.start_session(cast.account("noor"))
    people, _ = copies_of(place, tmp_path)
    assert stat.S_IMODE(people.stat().st_mode) == 0o600
    with work.begin() as session:
        session.delete(session.get_one(Message, message.id))
    done = restored(place, str(people))
    assert done.exit_code == 0, done.output
    with work.begin(writes=False) as session:
        assert session.get_one(Message, message.id).text == "Keep this."
        assert accounts.session_with_token(token) is None


def test_lost_key_store_is_brought_back_from_its_own_copy(
    place: Settings, cast: Cast, tmp_path: Path
) -> None:
    message = said(cast.noor, a_room(cast, cast.noor), "Keep this too.")
    people, wrapped = copies_of(place, tmp_path)
    keys.store().forget_all()
    assert "do not open this database" in restored(place, str(people)).output
    done = restored(place, str(people), "--keys", str(wrapped))
    assert done.exit_code == 0, done.output
    assert text_of(message) == "Keep this too."


@pytest.mark.postgres
@pytest.mark.parametrize("elsewhere", ["keys", "people"])
def test_keys_in_another_kind_of_database_come_back_with_the_people(
    cast: Cast, tmp_path: Path, postgres_url: str, elsewhere: str
) -> None:
    file = f"sqlite:///{tmp_path / 'elsewhere.db'}"
    urls = (postgres_url, file) if elsewhere == "keys" else (file, postgres_url)
    for settings in installation(tmp_path, *urls):
        message = said(cast.noor, a_room(cast, cast.noor), "Keep this as well.")
        people, wrapped = copies_of(settings, tmp_path)
        keys.store().forget_all()
        done = restored(settings, str(people), "--keys", str(wrapped))
        assert done.exit_code == 0, done.output
        with work.begin(writes=False) as session:
            assert session.get_one(Message, message.id).text == "Keep this as well."
        kept = list(tmp_path.glob("elsewhere.before-*"))
        assert len(kept) == (0 if elsewhere == "keys" else 1), "never keys"


def test_destroyed_key_does_not_come_back_with_an_old_copy(
    place: Settings, cast: Cast, tmp_path: Path
) -> None:
    message = said(cast.noor, a_room(cast, cast.noor), "Gone for good.")
    people, wrapped = copies_of(place, tmp_path)
    keys.destroy(cast.noor.id)
    done = restored(place, str(people), "--keys", str(wrapped))
    assert done.exit_code == 0, done.output
    with work.begin(writes=False) as session:
        found = session.get(Message, message.id)
        assert found is None or found.text == ""


def test_old_copies_are_deleted_and_nothing_else(core: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "copies"
    folder.mkdir()
    (folder / "people-holiday.db").write_text("not one of ours")
    with clock.stopped_at(clock.now() - timedelta(days=31)):
        assert peer(core, "backup", "--to", str(folder)).exit_code == 0
    with clock.stopped_at(clock.now() - timedelta(days=29)):
        assert peer(core, "backup", "--to", str(folder)).exit_code == 0
    assert len(list(folder.glob("people-*"))) == 3
    assert peer(core, "backup", "--to", str(folder)).exit_code == 0
    assert len(list(folder.glob("people-*Z.db"))) == 2
    assert (folder / "people-holiday.db").exists()


def test_clock_that_runs_far_ahead_for_once_costs_no_copy(core: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "copies"
    for days in (3, 2, 1):
        with clock.stopped_at(clock.now() - timedelta(days=days)):
            assert peer(core, "backup", "--to", str(folder)).exit_code == 0
    with clock.stopped_at(clock.now() + timedelta(days=900)):
        done = peer(core, "backup", "--to", str(folder))
    assert done.exit_code == 0, done.output
    assert "Is the clock right?" in done.output
    assert peer(core, "backup", "--to", str(folder)).exit_code == 0
    assert len(list(folder.glob("people-*Z.db"))) == 5


def test_copies_that_are_too_old_go_the_next_time_if_the_clock_was_right(
    core: Settings, tmp_path: Path
) -> None:
    folder = tmp_path / "copies"
    for days in (50, 49, 1, 0):
        with clock.stopped_at(clock.now() - timedelta(days=days)):
            assert peer(core, "backup", "--to", str(folder)).exit_code == 0
    assert len(list(folder.glob("people-*Z.db"))) == 2


def test_copies_made_as_seldom_as_they_are_kept_are_deleted_all_the_same(
    core: Settings, tmp_path: Path
) -> None:
    folder = tmp_path / "copies"
    words = ("backup", "--to", str(folder), "--keep-days", "7")
    for days in (28, 21, 14, 7, 0):
        with clock.stopped_at(clock.now() - timedelta(days=days)):
            assert peer(core, *words).exit_code == 0
        assert len(list(folder.glob("people-*Z.db"))) <= 2


def test_copies_of_keys_lie_apart_from_what_they_open(core: Settings, tmp_path: Path) -> None:
    same = str(tmp_path / "copies")
    done = peer(core, "backup", "--to", same, "--keys-to", same)
    assert done.exit_code == 1
    assert "folder of their own" in done.output


def test_file_that_is_no_copy_changes_nothing(core: Settings, cast: Cast, tmp_path: Path) -> None:
    message = said(cast.noor, a_room(cast, cast.noor), "Still here.")
    broken = tmp_path / "people-20261126T000000Z.db"
    broken.write_bytes(b"half of a file" * 100)
    database.close()
    done = peer(core, "restore", str(broken), "--yes")
    assert done.exit_code == 1
    assert "not a whole copy" in done.output
    configure_core(core)
    assert text_of(message) == "Still here."


def test_copy_of_something_else_changes_nothing(
    place: Settings, cast: Cast, tmp_path: Path
) -> None:
    message = said(cast.noor, a_room(cast, cast.noor), "Still here as well.")
    people, wrapped = copies_of(place, tmp_path)
    database.close()
    for words in ([str(wrapped)], [str(people), "--keys", str(people)]):
        done = peer(place, "restore", *words, "--yes")
        assert done.exit_code == 1
        assert "copy of something else" in done.output
    configure_core(place)
    assert text_of(message) == "Still here as well."


def passing(settings: Settings) -> list[str]:
    """What is only there while a copy is brought back: files, or schemas of PostgreSQL."""
    if database.on_sqlite:
        return [path.name for path in settings.data_dir.glob("*.arriving*")]
    with work.begin(writes=False) as session:
        found = session.scalars(text("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'peer%'"))
        return list(found)


def of_another_time(settings: Settings, folder: Path) -> tuple[Path, Path]:
    """Whole copies of a database that no migration here knows."""
    version = text("UPDATE alembic_version SET version_num = :number")
    with work.begin() as session:
        was = session.scalar(text("SELECT version_num FROM alembic_version"))
        session.execute(version, {"number": "of another time"})
    found = copies_of(settings, folder)
    with work.begin() as session:
        session.execute(version, {"number": was})
    return found


def links(settings: Settings) -> str:
    return (settings.data_dir / "audit.chain").read_text(encoding="ascii")


@pytest.mark.parametrize("with_keys", [False, True])
def test_what_was_there_is_put_back_when_a_later_step_fails(
    place: Settings, cast: Cast, tmp_path: Path, with_keys: bool
) -> None:
    room = a_room(cast, cast.noor)
    people, wrapped = of_another_time(place, tmp_path)
    message = said(cast.noor, room, "Later than the copy.")
    before = links(place)
    more = ["--keys", str(wrapped)] if with_keys else []
    assert restored(place, str(people), *more).exit_code == 1
    assert text_of(message) == "Later than the copy."
    assert links(place) == before
    assert not list(Path(place.data_dir).glob("*.before-*"))
    assert passing(place) == []


Moment = Callable[[Settings], bool]


def asked(settings: Settings, question: str) -> bool:
    with work.begin(writes=False) as session:
        return session.scalar(text(question)) is not None


def reading(settings: Settings) -> bool:
    """Whether a copy is being read in."""
    return asked(
        settings,
        "SELECT 1 FROM pg_stat_activity "
        "WHERE application_name = 'psql' AND datname = current_database()",
    )


def settling(settings: Settings) -> bool:
    """Whether a copy has come in, and is being looked after."""
    return passing(settings) != []


def killed_at(moment: Moment, settings: Settings, copies: tuple[Path, Path]) -> None:
    """`peer restore` in a process of its own, whose plug is pulled as soon as `moment` is there."""
    people, wrapped = map(str, copies)
    words = [sys.executable, "-m", "peer.cli", "restore", people, "--keys", wrapped, "--yes"]
    run = subprocess.Popen(words, env={**os.environ, **environ_of(settings)})
    while not moment(settings):
        assert run.poll() is None, "it was over before it could be killed"
        time.sleep(0.002)
    run.kill()
    assert run.wait() == -signal.SIGKILL
    while not database.on_sqlite and reading(settings):
        time.sleep(0.01)  # what it began goes on until it has noticed


@pytest.mark.parametrize(
    ("where", "moment"),
    [
        pytest.param("sqlite_place", settling),
        pytest.param("postgres_place", reading, marks=pytest.mark.postgres),
        pytest.param("postgres_place", settling, marks=pytest.mark.postgres),
    ],
)
def test_whoever_pulls_the_plug_finds_the_database_as_it_was(
    request: pytest.FixtureRequest, cast: Cast, tmp_path: Path, where: str, moment: Moment
) -> None:
    place: Settings = request.getfixturevalue(where)
    room = a_room(cast, cast.noor)
    message = said(cast.noor, room, "In the copy.")
    copies = copies_of(place, tmp_path)
    later = said(cast.noor, room, "Later than the copy.")
    with work.begin():
        token = service.start_session(cast.account("noor"))
    before = set(inspect(database.engine).get_table_names())
    killed_at(moment, place, copies)
    configure_core(place)
    assert set(inspect(database.engine).get_table_names()) == before
    with work.begin(writes=False) as session:
        assert session.get_one(Message, later.id).text == "Later than the copy."
        assert accounts.session_with_token(token) is not None
    forget_half_restored(place)  # as the worker does when it starts
    assert passing(place) == []
    people, wrapped = map(str, copies)
    assert restored(place, people, "--keys", wrapped).exit_code == 0
    with work.begin(writes=False) as session:
        assert session.get_one(Message, message.id).text == "In the copy."
        assert session.get(Message, later.id) is None
    assert passing(place) == []


def test_older_copy_comes_back_whole_where_tables_are_newer(
    place: Settings, cast: Cast, tmp_path: Path
) -> None:
    """What only newer migrations made is not in the copy, and must not be in its way."""
    said(cast.noor, a_room(cast, cast.noor), "Before.")
    database.close()
    migrate.downgrade(place.database, "0017")
    configure_core(place)
    people, _wrapped = copies_of(place, tmp_path)
    database.close()
    migrate.upgrade(place.database)
    configure_core(place)
    with work.begin() as session:
        session.execute(text("CREATE TABLE of_a_later_time (id INTEGER PRIMARY KEY)"))
    done = restored(place, str(people))
    assert done.exit_code == 0, done.output
    tables = set(inspect(database.engine).get_table_names())
    assert tables - {"alembic_version"} == set(Base.metadata.tables)


def test_what_was_there_is_kept_beside_the_copy_without_its_keys(
    core: Settings, cast: Cast, tmp_path: Path
) -> None:
    said(cast.noor, a_room(cast, cast.noor), "In both.")
    people, wrapped = copies_of(core, tmp_path)
    done = restored(core, str(people), "--keys", str(wrapped))
    assert done.exit_code == 0, done.output
    (kept,) = {path.stem for path in Path(core.data_dir).glob("*.before-*")}
    assert kept == "peer"
    assert ".before-" in done.output


def test_copy_brings_no_recovery_and_no_invitation_back(
    core: Settings, cast: Cast, tmp_path: Path
) -> None:
    with work.begin():
        _invitation, code = service.invite(cast.cora, [Role.MEMBER])
        service.start_recovery(cast.cora, cast.noor.id, reason="I know her voice well.", hours=72)
    people, _wrapped = copies_of(core, tmp_path)
    assert restored(core, str(people)).exit_code == 0
    with work.begin(writes=False):
        assert recovery_under_way(cast.noor.id) is None
        with pytest.raises(Invalid):
            service.check_code(code)


def test_copies_of_keys_are_kept_for_a_week_at_most(core: Settings, tmp_path: Path) -> None:
    folder, short = str(tmp_path / "long"), str(tmp_path / "short")
    done = peer(core, "backup", "--to", folder, "--keys-to", short, "--keys-keep-days", "8")
    assert done.exit_code == 2
