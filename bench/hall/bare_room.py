"""The bare room that ours is measured against: Flask-SocketIO's own broadcast, and nothing else.

`gunicorn -k gevent bench.hall.bare_room:app`: the same payload as ours, to everybody in the room, an answer,
a number for each message. Nothing is checked, screened, sealed or stored.
"""

import secrets
from collections import Counter
from datetime import UTC, datetime
from typing import Any

from flask import Flask, request
from flask_socketio import SocketIO, emit, join_room

app = Flask(__name__)
io = SocketIO(
    app,
    async_mode="gevent",
    async_handlers=False,
    cors_allowed_origins="*",
    ping_interval=20,
    ping_timeout=20,
)
_numbers: Counter[str] = Counter()


@app.get("/healthz")
def healthz() -> str:
    return "well"


@io.on("room:join")
def join(data: dict[str, Any]) -> dict[str, Any]:
    join_room(data["room"])
    return {"ok": True, "seq": _numbers[data["room"]], "messages": [], "more": False}


@io.on("message:post")
def post(data: dict[str, Any]) -> dict[str, Any]:
    _numbers[data["room"]] += 1
    seq = _numbers[data["room"]]
    message = {
        "id": secrets.token_urlsafe(16),
        "room": data["room"],
        "seq": seq,
        "place": seq,
        "author": {"id": request.sid, "name": "Guest-ghijklmn", "role": "member"},  # type: ignore[attr-defined]
        "text": data["text"],
        "note": "",
        "state": "visible",
        "at": datetime.now(UTC).isoformat(),
        "edited": False,
        "reply_to": None,
        "reactions": {},
    }
    emit("message:posted", message, to=data["room"])
    return {"ok": True, "message": {"seq": seq}}
