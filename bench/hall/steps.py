"""What each step of a message costs, in microseconds of CPU: alone, in this process."""

import socket
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from bench.crowd.people import SENTENCES, word
from peer.accounts import queries, service
from peer.accounts.sessions import Sessions
from peer.app import configure_core
from peer.core import migrate, work
from peer.core.db import database
from peer.core.realtime import Parcel, event_text
from peer.core.realtime.lean import Line
from peer.core.realtime.wire import Outbox
from peer.core.settings import load
from peer.moderation import automod
from peer.policy.roles import Role
from peer.policy.rooms import MessageState
from peer.rooms import queries as reads
from peer.rooms import service as rooms
from peer.rooms.models import Message
from peer.rooms.service import posting
from peer.rooms.service.screening import Screened

PLAIN = Screened(automod.Verdict(), MessageState.VISIBLE, flagged=False, offers_help=False)
GROUP, TIMES, READERS = 100, 20, 20


def measured() -> dict[str, Any]:
    """The steps of a message in a group of a hundred, and of one that comes alone."""
    rooms.posting.POSTING = "100000000/second"
    with tempfile.TemporaryDirectory() as folder:
        settings = load(
            data_dir=Path(folder), secret_key="x" * 40, database_url="", redis_url="", mode="gevent"
        )
        migrate.upgrade(settings.database)
        configure_core(settings)
        rooms.look_at_first(0)  # in a crowd nobody is new
        place = _place()
        found = {
            "look up": _cost(lambda _: _look_up(place, settings), of=GROUP),
            "screen": _cost(_screen, of=GROUP),
            "seal": _cost(lambda _: _seal(place), of=GROUP),
            "all of it in a group": _cost(lambda n: _post(place, n, GROUP), of=GROUP),
            "all of it alone": _cost(lambda n: _post(place, n, 1), of=1),
            "store": _cost(lambda n: _store(place, n), of=GROUP),
            "a delivery": _cost(_deliver, of=READERS * GROUP),
        }
        database.close()
    return {name: round(cost, 1) for name, cost in found.items()}


def _cost(step: Callable[[int], object], *, of: int) -> float:
    """Microseconds of CPU for each of the `of` things that one step does."""
    step(-1)
    began = time.process_time()
    for number in range(TIMES):
        step(number)
    return (time.process_time() - began) / TIMES / of * 1e6


def _place() -> SimpleNamespace:
    lock = service.new_lock("river lamp seven bread").passphrase_hash
    with work.begin():
        keeper = service.create_account("Keeper", lock, [Role.COORDINATOR])
    with work.begin():
        room = rooms.create_room(queries.actor_from(keeper), name="Commons", agreement=["Be kind."])
    people, sessions = [], []
    for number in range(GROUP):
        name = "Guest-" + str(number).zfill(4).translate(str.maketrans("0123456789", "bdfghkptxz"))
        with work.begin():
            account = service.create_account(name, lock, [Role.MEMBER])
            people.append(queries.actor_from(account))
            rooms.agree(people[-1], room.id)
            service.start_session(account)
            sessions += [row.id for row in queries.sessions_of(account.id)]
    return SimpleNamespace(room=room.id, people=people, sessions=sessions, doors=None)


def _look_up(place: SimpleNamespace, settings: Any) -> None:
    place.doors = place.doors or Sessions(settings)
    with work.begin(writes=False):
        place.doors.callers.actors_of(place.sessions)
        reads.rooms_to_talk_in({place.room})
        reads.placed({(place.room, actor.id, "new") for actor in place.people})


def _text(number: int) -> str:
    return f"{word(number)} {SENTENCES[number % len(SENTENCES)]}"


def _screen(number: int) -> None:
    for each in range(GROUP):
        automod.screen(_text(number * GROUP + each), author="member")


def _seal(place: SimpleNamespace) -> None:
    for actor in place.people:
        Message.text.write(SENTENCES[0], table="messages", owner=actor.id, row="x" * 22)


def _post(place: SimpleNamespace, number: int, count: int) -> None:
    with work.begin():
        rooms.post_messages(
            [
                rooms.Draft(actor, place.room, _text(number), f"{count}-{number}")
                for actor in place.people[:count]
            ]
        )


def _store(place: SimpleNamespace, number: int) -> None:
    with work.begin(writes=False):
        lines, _ = reads.page_of(place.room, None, limit=1)
    row = posting._row(lines[0], PLAIN) if lines else ()
    with work.begin() as session:
        if row:
            rows = [
                (f"{number}-{each}", *row[1:4], f"s{number}-{each}", *row[5:])
                for each in range(GROUP)
            ]
            posting._MESSAGES.store(session.connection(), rows)


def _deliver(_number: int) -> None:
    texts = [event_text("message:posted", {"seq": n, "text": SENTENCES[0]}) for n in range(GROUP)]
    ends = [socket.socketpair() for _ in range(READERS)]
    parcel = Parcel(texts)
    for ours, _ in ends:
        ours.setblocking(False)
        line = Line(SimpleNamespace(_sock=ours, shutdown=ours.shutdown), 100)
        queue = Outbox()
        queue.line = line
        parcel.send(SimpleNamespace(closed=False, queue=queue))
        line.send_now()
    for pair in ends:
        for end in pair:
            end.close()
