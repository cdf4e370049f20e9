"""The process's sockets: who is joined to what, rings between processes, and the beat."""

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Literal

import redis
import structlog
from flask import Flask
from flask_socketio import SocketIO

from peer.core import work
from peer.core.secrets import keyed_hash, new_token

BEAT = 0.5  # seconds between looks at the database
# 4,000 characters are at most 48,000 bytes of escaped JSON; larger packets close the connection.
_PACKET = 100_000

log = structlog.get_logger("realtime")

Ringing = Callable[[str], None]


class Hub:
    """One a process. Without `init_app` (worker, command line) it only rings."""

    def __init__(self) -> None:
        self.io: Any = None  # flask_socketio.SocketIO, once there is an app
        self.process = new_token()[:8]
        self._app: Flask | None = None
        self._redis: redis.Redis | None = None
        self._redis_url = ""
        self._channel = ""
        self._bells: dict[str, Ringing] = {}
        self._beats: list[Callable[[], None]] = []
        self._hearing: dict[str, Callable[[dict[str, Any]], None]] = {}

    def configure(self, secret: str, redis_url: str = "") -> None:
        """Ring over Redis when there is one, on a channel of this installation's own."""
        self._channel = f"peer:{keyed_hash(secret, 'rings')[:16]}"
        self._redis_url = redis_url
        self._redis = redis.Redis.from_url(redis_url, socket_timeout=2) if redis_url else None

    def init_app(self, app: Flask, *, mode: Literal["gevent", "threading"]) -> None:
        """Make `app` a place that sockets connect to."""
        self._app = app
        self.io = SocketIO(
            app,
            async_mode=mode,
            # cors_allowed_origins is left at its default: the same origin only
            async_handlers=False,  # one after another per socket keeps a sender's order
            manage_session=False,
            max_http_buffer_size=_PACKET,
            ping_interval=20,
            ping_timeout=20,
        )

    # --- what features leave word of ------------------------------------------------------

    def on_ring(self, topic: str) -> Callable[[Ringing], Ringing]:
        """Call the function with the id when `topic` is rung, in whichever process."""

        def register(function: Ringing) -> Ringing:
            self._bells[topic] = function
            return function

        return register

    def on_beat(self, function: Callable[[], None]) -> Callable[[], None]:
        """Call the function on every beat."""
        self._beats.append(function)
        return function

    def on_whisper(
        self, kind: str
    ) -> Callable[[Callable[[dict[str, Any]], None]], Callable[[dict[str, Any]], None]]:
        """Call the function with what another process whispered under `kind`."""

        def register(
            function: Callable[[dict[str, Any]], None],
        ) -> Callable[[dict[str, Any]], None]:
            self._hearing[kind] = function
            return function

        return register

    # --- going out --------------------------------------------------------------------------

    def emit(self, event: str, payload: Any, to: str, *, skip: list[str] | None = None) -> None:
        """Send to the sockets of this process that are joined to `to`, but those in `skip`."""
        if self.io is not None:
            self.io.server.emit(event, payload, room=to, skip_sid=skip)

    def ring(self, topic: str, about: str) -> None:
        """Once the unit of work is committed, have every process look at `about` again."""
        work.after_commit(lambda: self.ring_now(topic, about))

    def ring_now(self, topic: str, about: str) -> None:
        """Ring without waiting for a commit."""
        self._answer(topic, about)
        self.whisper("ring", {"topic": topic, "about": about})

    def whisper(self, kind: str, payload: dict[str, Any]) -> None:
        """Send something that may be lost to the other processes."""
        if self._redis is None:
            return
        packet = {"from": self.process, "kind": kind, "payload": payload}
        with suppress(redis.RedisError):  # the beat finds what a ring did not say
            self._redis.publish(self._channel, json.dumps(packet))

    def join(self, sid: str, room: str) -> None:
        """Join a socket of this process to a room of sockets."""
        if self.io is not None:
            self.io.server.enter_room(sid, room)

    def leave(self, sid: str, room: str) -> None:
        """Take a socket of this process out of a room of sockets."""
        if self.io is not None:
            self.io.server.leave_room(sid, room)

    def drop(self, room: str, reason: str) -> None:
        """Tell every socket in `room` that its session has ended, and disconnect it."""
        if self.io is None:
            return
        self.emit("session:ended", {"reason": reason}, to=room)
        manager = self.io.server.manager
        for sid, _ in list(manager.get_participants("/", room)):
            self.io.start_background_task(self.io.server.disconnect, sid)

    # --- coming in ---------------------------------------------------------------------------

    def start(self) -> None:
        """Begin the beat, and listen to other processes; once, in a serving web process."""
        if self.io is None:
            raise RuntimeError("a hub without an app cannot serve")
        self.io.start_background_task(self._beat_for_ever)
        if self._redis is not None:
            self.io.start_background_task(self._listen_for_ever)

    def beat(self) -> None:
        """One look at everything that other processes may have changed."""
        for function in self._beats:
            self._safely(function.__name__, function)

    def _beat_for_ever(self) -> None:
        while self.io is not None:
            self.io.sleep(BEAT)
            self.beat()

    def _listen_for_ever(self) -> None:
        while self.io is not None:
            try:
                listener: Any = redis.Redis.from_url(self._redis_url).pubsub()  # type: ignore[no-untyped-call]
                listener.subscribe(self._channel)
                for message in listener.listen():
                    if message["type"] == "message":
                        self._hear(message["data"])
            except redis.RedisError:
                log.warning("redis_away")
                self.io.sleep(1)

    def _hear(self, data: bytes) -> None:
        packet = json.loads(data)
        if packet["from"] == self.process:
            return
        payload = packet["payload"]
        if packet["kind"] == "ring":
            self._answer(payload["topic"], payload["about"])
        elif packet["kind"] in self._hearing:
            self._safely(packet["kind"], lambda: self._hearing[packet["kind"]](payload))

    def _answer(self, topic: str, about: str) -> None:
        bell = self._bells.get(topic)
        if bell is not None and self.io is not None:
            self._safely(topic, lambda: bell(about))

    def _safely(self, name: str, function: Callable[[], None]) -> None:
        """One failing listener must not silence the others."""
        assert self._app is not None
        try:
            with self._app.app_context():
                function()
        except Exception as error:  # noqa: BLE001
            log.error("listener_failed", listener=name, kind=type(error).__name__)


hub = Hub()
