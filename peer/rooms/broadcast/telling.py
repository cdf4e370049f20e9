"""What goes out of a room, to whom in which form, and what of it stays in memory for a while."""

from collections import deque
from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple

import orjson

from peer.core.realtime import Parcel, event_text
from peer.policy.rooms import ALWAYS
from peer.rooms.broadcast.changes import change_json, removed_json
from peer.rooms.queries import Change

RECENT = 200  # changes that are remembered


class Told(NamedTuple):
    """One change as pages receive it; author and nonce only where there are words of somebody.

    `own`: the text for its author, where they see it otherwise.
    """

    text: str
    room_id: str
    message_id: str
    seq: int
    author_id: str = ""
    nonce: str = ""
    own: str = ""
    at: datetime = ALWAYS

    @property
    def gone(self) -> str:
        """What whoever has blocked its author receives for its number."""
        return event_text("message:changed", removed_json(self.room_id, self.message_id, self.seq))

    @property
    def text_to_author(self) -> str:
        """The text, and the nonce: the payload is an object, and ends the event."""
        return f'{(self.own or self.text)[:-2]},"nonce":{orjson.dumps(self.nonce).decode()}}}]'

    def is_hidden_from(self, listener: "Listener") -> bool:
        """Whether somebody has blocked whoever said it, or came when it had been said."""
        hidden = self.author_id in listener.blocked or self.at < listener.since
        return bool(self.author_id) and self.author_id != listener.account_id and hidden


class Listener(NamedTuple):
    """Whose socket it is, the connection behind it, and whom they have blocked."""

    account_id: str
    connection: Any
    blocked: frozenset[str] = frozenset()
    since: datetime = ALWAYS  # they read what was said from then on


class Recent:
    """The last changes that were sent, so that who was away for a moment is told from memory.

    Words that were changed or taken back since are nowhere in it.
    """

    def __init__(self) -> None:
        self._changes: deque[Change] = deque(maxlen=RECENT)

    def keep(self, changes: Sequence[Change]) -> None:
        """Remember what has just been sent."""
        again = {change.message_id: change.line for change in changes if not change.posted}
        if again:
            self._changes = deque(
                (
                    each._replace(line=again[each.message_id]) if each.message_id in again else each
                    for each in self._changes
                ),
                maxlen=RECENT,
            )
        self._changes.extend(changes)

    def since(self, seq: int) -> list[Change]:
        """What was sent after number `seq`, as far back as memory goes."""
        first = self._changes[0].seq if self._changes else 0
        return list(islice(self._changes, max(0, seq + 1 - first), None))

    def clear(self) -> None:
        """Forget it all."""
        self._changes.clear()


def told_of(room_id: str, change: Change) -> Told:
    """A change as pages receive it."""
    payload, line = change_json(room_id, change), change.line
    shown = line is not None and "text" in payload
    event = "message:posted" if shown and change.posted else "message:changed"
    text = event_text(event, payload)
    if line is None or not shown:
        return Told(text, room_id, change.message_id, change.seq)
    own = event_text(event, payload | {"reactions": line.heard}) if line.unheard else ""
    return Told(
        text,
        room_id,
        change.message_id,
        change.seq,
        line.author_id,
        line.nonce,
        own,
        line.at,
    )


def deliver(listeners: Collection[Listener], told: Sequence[Told]) -> None:
    """Tell everybody in one go; authors their own nonces, blockers only the number."""
    parcel = Parcel([each.text for each in told])
    said: dict[str, dict[int, str]] = {}  # by author, what they receive of their own
    for place, each in enumerate(told):
        if each.author_id:
            said.setdefault(each.author_id, {})[place] = each.text_to_author
    oldest = min((each.at for each in told if each.author_id), default=None)
    for listener in listeners:
        others = said.get(listener.account_id, {})
        sees_all = not listener.blocked or listener.blocked.isdisjoint(said)
        if not sees_all or (oldest is not None and oldest < listener.since):
            hidden = (n for n, each in enumerate(told) if each.is_hidden_from(listener))
            others = others | {place: told[place].gone for place in hidden}
        (parcel.with_others(others) if others else parcel).send(listener.connection)
