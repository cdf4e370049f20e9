"""The bench's load tool in tests: a crowd that talks while something breaks, and what it saw."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from peer.accounts import service as accounts
from peer.accounts.queries import actor_from
from peer.core import work
from peer.rooms.models import Message, Room
from tests.cast import Cast
from tests.rooms.place import a_room

ROOT = Path(__file__).resolve().parents[2]


class Crowd:
    """People in one room who write at human pace, come back when they are cut, and try again."""

    def __init__(self, cast: Cast, people: int) -> None:
        guests = [cast.newcomer() for _ in range(people)]
        self.room: Room = a_room(cast, cast.noor, *[actor_from(guest) for guest in guests])
        with work.begin():
            self.tokens = [accounts.start_session(guest) for guest in guests]

    def talk(
        self, address: str, *, seconds: float, a_second: float, then: Callable[[], None]
    ) -> dict[str, Any]:
        """Let them talk, do `then` while they do, and give what they saw in the end."""
        place = urlsplit(address)
        job = {
            "do": "pace",
            "host": place.hostname,
            "port": place.port,
            "people": [(f"s={token}", self.room.id) for token in self.tokens],
            "returning": True,
            "seconds": seconds,
            "warm": 0.5,
            "a_second": a_second,
        }
        with subprocess.Popen(
            [sys.executable, "-m", "bench.crowd"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as tool:
            assert tool.stdin is not None
            assert tool.stdout is not None
            tool.stdin.write(json.dumps(job) + "\n")
            tool.stdin.flush()
            for line in tool.stdout:
                word = line.strip()
                if word not in {"in", "begin", "end"}:
                    found: dict[str, Any] = json.loads(line)
                    return found
                tool.stdin.write("go\n")
                tool.stdin.flush()
                if word == "begin":
                    then()
        raise AssertionError("the crowd saw nothing")

    def stored(self) -> int:
        """How many messages of theirs lie in the database."""
        with work.begin(writes=False) as session:
            return session.query(Message).filter(Message.room_id == self.room.id).count()

    def lost_nothing(self, seen: dict[str, Any]) -> None:
        """Acknowledged is stored is received, once and in one order; and everybody got an answer."""
        assert seen["acked"] > 20, seen
        assert seen["unanswered"] == 0, seen
        assert seen["acked"] == self.stored(), seen
        kinds = ("received_missing", "received_double", "order_disagreements")
        assert [seen[kind] for kind in kinds] == [0, 0, 0], seen
