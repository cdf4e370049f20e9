"""Abuse case 15: a curious insider copies sealed bytes to where they may read."""

import sqlite3
from contextlib import closing

from peer.core import work
from peer.core.settings import Settings
from peer.rooms.models import Message, Room
from tests.cast import Cast
from tests.rooms.place import a_room, said


def test_ciphertext_moved_between_rows_fails(core: Settings, cast: Cast) -> None:
    room = a_room(cast, cast.noor, cast.zed)
    hers, his = said(cast.noor, room, "Meant for few."), said(cast.zed, room, "Good evening.")
    other = said(cast.noor, room, "Something else.")
    with closing(sqlite3.connect(core.data_dir / "peer.db")) as file, file:
        (sealed,) = file.execute("SELECT text FROM messages WHERE id = ?", [hers.id]).fetchone()
        moved = "UPDATE messages SET text = ? WHERE id = ?"
        file.execute(moved, [sealed, his.id])  # another person's row
        file.execute(moved, [sealed, other.id])  # another row of the same person
        file.execute("UPDATE messages SET note = ? WHERE id = ?", [sealed, hers.id])
        file.execute("UPDATE rooms SET question = ? WHERE id = ?", [sealed, hers.room_id])
    with work.begin(writes=False) as session:
        assert session.get_one(Message, his.id).text == ""
        assert session.get_one(Message, other.id).text == ""
        assert session.get_one(Message, hers.id).note == ""
        assert session.get_one(Room, hers.room_id).question == ""
        assert session.get_one(Message, hers.id).text == "Meant for few."
