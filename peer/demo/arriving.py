"""Somebody who has just come: some of her first messages were let through, and two wait."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from peer.accounts import queries as accounts
from peer.core import clock, work
from peer.demo.talk import NEW_HERE
from peer.moderation import queries as reviews
from peer.moderation import service as moderation
from peer.policy.moderation import Outcome
from peer.policy.roles import Actor
from peer.rooms import queries
from peer.rooms import service as rooms
from peer.rooms.models import Room

NAME, ROOM = "Nia", "First steps"


def arrive(actors: Mapping[str, Actor], now: datetime) -> None:
    """Let her into a room and say what she says there, each at its own minute."""
    nia = actors[NAME]
    with clock.stopped_at(now - timedelta(days=2)), work.begin():
        room = next(each for each in queries.all_group_rooms() if each.name == ROOM)
        rooms.welcome(accounts.account_with(nia.id), [room.id])
        rooms.agree(nia, room.id)
    for minutes, text, let_through in NEW_HERE:
        at = now - timedelta(minutes=minutes)
        with clock.stopped_at(at), work.begin():
            message = rooms.post_message(nia, room.id, text=text, nonce=f"demo-new-{minutes}")
        if let_through:
            with clock.stopped_at(at + timedelta(minutes=3)), work.begin():
                _let_through(actors["Mo"], message.id)
    with clock.stopped_at(now), work.begin():
        for reader in (nia, actors["Noor"]):
            rooms.mark_seen(reader, room.id, _newest(room))


def _newest(room: Room) -> int:
    return queries.room_with(room.id).last_seq


def _let_through(moderator: Actor, message_id: str) -> None:
    """Where first messages are looked at: where they are not, it is there already."""
    item = reviews.item_of("message", message_id)
    if item is not None:
        version = moderation.claim(moderator, item.id).version
        moderation.decide(moderator, item.id, version=version, outcome=Outcome.STAND, rule="none")
