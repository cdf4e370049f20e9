"""The floor: the `websockets` library alone, on asyncio. It numbers, and sends to everybody.

`python floor.py PORT` speaks as much of Socket.IO as the load tool needs, with the same payload.
"""

import asyncio
import json
import secrets
import sys
from collections import Counter, defaultdict
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from websockets.asyncio.server import ServerConnection, broadcast, serve
from websockets.http11 import Request, Response

_rooms: defaultdict[str, set[ServerConnection]] = defaultdict(set)
_numbers: Counter[str] = Counter()


async def talk(line: ServerConnection) -> None:
    """One connection."""
    await line.send('0{"sid":"x","upgrades":[],"pingInterval":20000,"pingTimeout":20000}')
    room = ""
    async for told in line:
        if told == "40":
            await line.send('40{"sid":"x"}')
        elif isinstance(told, str) and told.startswith("42"):
            start = told.index("[")
            name, data = json.loads(told[start:])
            if name == "room:join":
                room = data["room"]
                _rooms[room].add(line)
                answer: dict[str, Any] = {"ok": True, "seq": _numbers[room], "messages": []}
                answer["more"] = False
            else:
                answer = {"ok": True, "message": {"seq": post(room, data["text"])}}
            await line.send(f"43{told[2:start]}{json.dumps([answer])}")
    _rooms[room].discard(line)


def post(room: str, text: str) -> int:
    """Send a message to everybody in the room; its number."""
    _numbers[room] += 1
    seq = _numbers[room]
    message = {
        "id": secrets.token_urlsafe(16),
        "room": room,
        "seq": seq,
        "place": seq,
        "author": {"id": "x" * 22, "name": "Guest-ghijklmn", "role": "member"},
        "text": text,
        "note": "",
        "state": "visible",
        "at": datetime.now(UTC).isoformat(),
        "edited": False,
        "reply_to": None,
        "reactions": {},
    }
    packet = json.dumps(["message:posted", message], separators=(",", ":"))
    broadcast(_rooms[room], f"42{packet}")
    return seq


def health(line: ServerConnection, request: Request) -> Response | None:
    """Answer whoever asks whether it runs."""
    return line.respond(HTTPStatus.OK, "well\n") if request.path == "/healthz" else None


async def main(port: int) -> None:
    """Serve until stopped."""
    async with serve(
        talk, "127.0.0.1", port, compression=None, process_request=health, ping_interval=None
    ):
        await asyncio.get_running_loop().create_future()


asyncio.run(main(int(sys.argv[1])))
