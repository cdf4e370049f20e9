"""Everything that goes out on sockets, and the door that socket events come in by.

The database is the truth, doorbells only say "look again". What must not be lost (a session that
has ended, a queue that changed) is a row of the outbox, written in the same transaction as its
cause; every web process hands it to its own sockets: at once where it was written, on a ring over
Redis, or on the next beat (every 0.5 s). What may be lost (someone is writing) is only sent.
"""

from peer.core.realtime.door import Answer, Asked, Caller, on, on_gone, on_many, refusal
from peer.core.realtime.exchange import Hub, hub
from peer.core.realtime.outbox import (
    Outgoing,
    cut_account,
    cut_session,
    forget_account,
    forget_old,
    note_end,
    reason_of_end,
    tell,
)
from peer.core.realtime.parcels import Parcel, event_text

__all__ = [
    "Answer",
    "Asked",
    "Caller",
    "Hub",
    "Outgoing",
    "Parcel",
    "cut_account",
    "cut_session",
    "event_text",
    "forget_account",
    "forget_old",
    "hub",
    "note_end",
    "on",
    "on_gone",
    "on_many",
    "reason_of_end",
    "refusal",
    "tell",
]
