"""Installations of either kind, their copies, and bringing those back."""

from collections.abc import Iterator
from pathlib import Path

from click.testing import CliRunner, Result

from peer.app import configure_core
from peer.cli import main
from peer.core import keys, migrate, work
from peer.core.db import database
from peer.core.settings import Settings, load
from peer.rooms.models import Message
from tests.plugins.site import SECRET, free_port


def installation(
    folder: Path, url: str, keys_url: str = "", *, has_tables: bool = False
) -> Iterator[Settings]:
    """An installation with every table, those of its database made now unless it has them."""
    settings = load(
        data_dir=folder / "data",
        secret_key=SECRET,
        database_url=url,
        keys_database_url=keys_url,
        redis_url="",
        port=free_port(),
    )
    if not has_tables:
        migrate.upgrade(settings.database)
    configure_core(settings)
    yield settings
    database.close()
    keys.close()


def environ_of(settings: Settings) -> dict[str, str]:
    return {
        "PEER_DATA_DIR": str(settings.data_dir),
        "PEER_SECRET_KEY": SECRET,
        "PEER_DATABASE_URL": settings.database_url,
        "PEER_KEYS_DATABASE_URL": settings.keys_database_url,
        "PORT": str(settings.port),
    }


def peer(settings: Settings, *words: str) -> Result:
    return CliRunner(env=environ_of(settings)).invoke(main, words)


def restored(settings: Settings, *words: str) -> Result:
    """`peer restore`, and this process at the database that is there afterwards."""
    database.close()
    done = peer(settings, "restore", *words, "--yes")
    configure_core(settings)
    return done


def copies_of(settings: Settings, folder: Path) -> tuple[Path, Path]:
    done = peer(
        settings, "backup", "--to", str(folder / "long"), "--keys-to", str(folder / "short")
    )
    assert done.exit_code == 0, done.output
    (people,), (wrapped,) = (list((folder / name).iterdir()) for name in ("long", "short"))
    return people, wrapped


def text_of(message: Message) -> str:
    """What a message says in the database that is there now."""
    with work.begin(writes=False) as session:
        return session.get_one(Message, message.id).text
