"""What somebody who looks at the demo finds there, besides what every page shows."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from peer.accounts import queries as accounts
from peer.app import configure_core
from peer.core import keys, work
from peer.core.db import database
from peer.core.settings import load
from peer.policy.roles import Actor
from peer.rooms import queries
from peer.rooms.models import Room
from tests.plugins.site import SECRET


@pytest.fixture
def demo(lived_in_folder: Path, tmp_path: Path) -> Iterator[None]:
    shutil.copytree(lived_in_folder, tmp_path, dirs_exist_ok=True)
    configure_core(load(data_dir=tmp_path, secret_key=SECRET, database_url="", redis_url=""))
    yield
    database.close()
    keys.close()


def person(name: str) -> Actor:
    account = accounts.account_named(name)
    assert account is not None
    return accounts.actor_from(account)


def room(name: str) -> Room:
    return next(each for each in queries.all_group_rooms() if each.name == name)


def test_somebody_new_a_folded_topic_and_a_quiet_room_are_there(demo: None) -> None:
    with work.begin(writes=False):
        nia, noor = person("nia"), person("noor")
        lines, _ = queries.page_of(room("First steps").id, nia.id)
        assert len([line for line in lines if line.author_id == nia.id]) == 5
        lines, _ = queries.page_of(room("Commons").id, noor.id)
        marked = {line.topic for line in lines if line.topic}
        assert marked & queries.unwanted_by(noor.id)
        assert marked - queries.unwanted_by(noor.id)
        quiet = room("Window seat")
        assert queries.floor_of(quiet).is_open is False
        assert set(queries.gestures_in(quiet.id)) <= {"tea", "light"}
        assert quiet.id in {card.room.id for card in queries.rooms_open_to(noor)}
