"""The site as bench/rooms.py serves it: as it is, but that one person may say as much as many.

`gunicorn -k peer.core.serving.Worker our_room:app`. What a person may send in a while is counted
as ever; only the allowances are out of reach, since here a few people talk for a crowd.
BENCH_KEEPS_LIMITS in the environment leaves them as they are.
"""

import os

from gevent import monkey

monkey.patch_all()

from peer.app import create_server
from peer.core.realtime import door, wire
from peer.rooms import service

_MANY = 10**9
_RATE = "100000000/second"

if not os.environ.get("BENCH_KEEPS_LIMITS"):
    door.EVENTS = door.SOCKETS_OF_PERSON = door.SOCKETS_OF_SESSION = _MANY
    wire.FRAMES = wire.QUICK = wire.AT_ONCE = wire.OF_A_PLACE = _MANY
    service.posting.POSTING = _RATE

app = create_server()

if not os.environ.get("BENCH_KEEPS_LIMITS"):
    for event in door._events.values():
        object.__setattr__(event, "rate", _RATE)
