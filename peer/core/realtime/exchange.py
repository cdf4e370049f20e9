"""The process's sockets: who is joined to what, rings between processes, and the beat."""

import json
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Literal

import redis
import structlog
from flask import Flask
from flask_socketio import SocketIO

from peer.core import logs, work
from peer.core.realtime.parcels import Parcel, event_text
from peer.core.realtime.wire import LARGEST, Warden
from peer.core.secrets import keyed_hash, new_token

BEAT = 0.5  # seconds between looks at the database
UNSAID = 2_000  # whispers that wait while Redis is away; the oldest are forgotten
REMEMBERED = 60.0  # seconds for which it is known whose sockets were dropped

log = structlog.get_logger("realtime")

Ringing = Callable[[str], None]
Taking = Callable[[str, Any], None]


class Hub:
    """One a process. Without `init_app` (worker, command line) it only rings."""

    def __init__(self) -> None:
        self.io: Any = None  # flask_socketio.SocketIO, once there is an app
        self.warden: Warden | None = None  # in a serving process
        self.process = new_token()[:8]
        self._app: Flask | None = None
        self._redis: redis.Redis | None = None
        self._redis_url = ""
        self._channel = ""
        self._dropped: dict[str, float] = {}
        self._serving = self._saying = False
        self._unsaid: deque[str] = deque(maxlen=UNSAID)
        self._bells: dict[str, Ringing] = {}
        self._takers: dict[str, Taking] = {}
        self._beats: list[Callable[[], None]] = []
        self._hearing: dict[str, Callable[[dict[str, Any]], None]] = {}

    def configure(self, secret: str, redis_url: str = "") -> None:
        """Ring over Redis when there is one, on a channel of this installation's own."""
        self._channel = f"peer:{keyed_hash(secret, 'rings')[:16]}"
        self._redis_url = redis_url
        self._redis = redis.Redis.from_url(redis_url, socket_timeout=2) if redis_url else None

    def init_app(
        self,
        app: Flask,
        *,
        mode: Literal["gevent", "threading"],
        lean: bool = True,
        is_own: Callable[[str, dict[str, Any]], bool],
    ) -> None:
        """Make `app` a place that sockets connect to; `is_own` knows the pages of the site.

        Browsers always say of which page a websocket is. What says nothing is no browser, and
        could say anything: it needs a session like everybody else.
        """
        self._app = app
        self.io = SocketIO(
            app,
            async_mode=mode,
            cors_allowed_origins=is_own,  # type: ignore[arg-type]
            cors_credentials=False,
            http_compression=False,  # what is secret never shares a packed answer with what is not
            async_handlers=False,  # one after another per socket keeps a sender's order
            manage_session=False,
            max_http_buffer_size=LARGEST,
            ping_interval=20,
            ping_timeout=20,
        )
        if mode == "gevent":
            self.warden = Warden(self.io.server, lean=lean)
            self.warden.stand()
            self.on_beat(self.warden.look_round)

    # --- what features leave word of ------------------------------------------------------

    def on_ring(self, topic: str) -> Callable[[Ringing], Ringing]:
        """Call the function with the id when `topic` is rung, in whichever process."""

        def register(function: Ringing) -> Ringing:
            logs.know("listener", [topic])
            self._bells[topic] = function
            return function

        return register

    def on_news(self, topic: str) -> Callable[[Taking], Taking]:
        """Call the function with the id and the news of `topic` that this process has itself."""

        def register(function: Taking) -> Taking:
            logs.know("listener", [topic])
            self._takers[topic] = function
            return function

        return register

    def on_beat(self, function: Callable[[], None]) -> Callable[[], None]:
        """Call the function on every beat."""
        logs.know("listener", [function.__name__])
        self._beats.append(function)
        return function

    def on_whisper(
        self, kind: str
    ) -> Callable[[Callable[[dict[str, Any]], None]], Callable[[dict[str, Any]], None]]:
        """Call the function with what another process whispered under `kind`."""

        def register(
            function: Callable[[dict[str, Any]], None],
        ) -> Callable[[dict[str, Any]], None]:
            logs.know("listener", [kind])
            self._hearing[kind] = function
            return function

        return register

    # --- going out --------------------------------------------------------------------------

    def emit(self, event: str, payload: Any, to: str, *, skip: list[str] | None = None) -> None:
        """Send to the sockets of this process that are joined to `to`, but those in `skip`.

        It is encoded once, and so is the frame that carries it.
        """
        if self.io is None:
            return
        parcel = Parcel([event_text(event, payload)])
        left_out = skip or ()
        for sid, eio_sid in self.io.server.manager.get_participants("/", to):
            if sid not in left_out:
                parcel.send(self.io.server.eio.sockets.get(eio_sid))

    def connection_of(self, sid: str) -> Any:
        """The connection of a socket of this process; None when it has gone."""
        server = self.io.server
        return server.eio.sockets.get(server.manager.eio_sid_from_sid(sid, "/"))

    def is_coming(self, sid: str) -> bool:
        """Whether a socket that is being let in has not gone meanwhile."""
        manager = self.io.server.manager
        return bool(manager.is_pre_connected(sid, "/") or manager.is_connected(sid, "/"))

    def is_here(self, sid: str) -> bool:
        """Whether a socket of this process is still connected, and not about to go."""
        return bool(self.io.server.manager.is_connected(sid, "/"))

    def ring(self, topic: str, about: str) -> None:
        """Once the unit of work is committed, have every process look at `about` again."""
        work.after_commit(lambda: self.ring_now(topic, about))

    def carry(self, topic: str, about: str, news: Any) -> None:
        """Like `ring`, but this process is handed the `news` itself and need not look again."""
        work.after_commit(lambda: self._hand(topic, about, news))
        work.after_commit(lambda: self.whisper("ring", {"topic": topic, "about": about}))

    def _hand(self, topic: str, about: str, news: Any) -> None:
        taker = self._takers.get(topic)
        if taker is not None and self.io is not None:
            self._safely(topic, lambda: taker(about, news))

    def ring_now(self, topic: str, about: str) -> None:
        """Ring without waiting for a commit."""
        self._answer(topic, about)
        self.whisper("ring", {"topic": topic, "about": about})

    def whisper(self, kind: str, payload: dict[str, Any]) -> None:
        """Send something that may be lost to the other processes.

        A serving process leaves it to a task of its own: nobody waits for Redis, also while it
        hangs. What has to wait for too long is dropped; the beat finds what a ring did not say.
        """
        if self._redis is None:
            return
        packet = {"from": self.process, "kind": kind, "payload": payload}
        self._unsaid.append(json.dumps(packet))
        if not self._serving:
            self._say()
        elif not self._saying:
            self._saying = True
            self.io.start_background_task(self._say)

    def _say(self) -> None:
        """Publish all that waits."""
        assert self._redis is not None
        try:
            while self._unsaid:
                with suppress(redis.RedisError):
                    self._redis.publish(self._channel, self._unsaid.popleft())
        finally:
            self._saying = False

    def join(self, sid: str, room: str) -> None:
        """Join a socket of this process to a room of sockets."""
        if self.io is not None:
            self.io.server.enter_room(sid, room)

    def leave(self, sid: str, room: str) -> None:
        """Take a socket of this process out of a room of sockets."""
        if self.io is not None:
            self.io.server.leave_room(sid, room)

    def how_many(self) -> int:
        """How many connections this process has."""
        return self.warden.count if self.warden is not None else 0

    def joined(self, room: str) -> int:
        """How many sockets of this process are joined to `room`."""
        if self.io is None:
            return 0
        return sum(1 for _ in self.io.server.manager.get_participants("/", room))

    def drop(self, room: str, reason: str) -> None:
        """Tell every socket in `room` that its session has ended, and disconnect it."""
        if self.io is None:
            return
        self._dropped[room] = time.monotonic()
        self.emit("session:ended", {"reason": reason}, to=room)
        manager = self.io.server.manager
        for sid, _ in list(manager.get_participants("/", room)):
            self.io.start_background_task(self.io.server.disconnect, sid)

    def dropped_since(self, moment: float, *rooms: str) -> bool:
        """Whether one of these rooms of sockets was dropped after `moment` (monotonic seconds).

        Whoever was let in by what was known before that has to go too.
        """
        return any(self._dropped.get(room, 0.0) >= moment for room in rooms)

    # --- coming in ---------------------------------------------------------------------------

    def start(self) -> None:
        """Begin the beat, and listen to other processes; once, in a serving web process."""
        if self.io is None:
            raise RuntimeError("a hub without an app cannot serve")
        self._serving = True
        self.io.start_background_task(self._beat_for_ever)
        if self._redis is not None:
            self.io.start_background_task(self._listen_for_ever)

    def beat(self) -> None:
        """One look at everything that other processes may have changed."""
        since = time.monotonic() - REMEMBERED
        self._dropped = {room: at for room, at in self._dropped.items() if at > since}
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
            log.error(
                "listener_failed",
                listener=name,
                kind=type(error),
                where=logs.where(error.__traceback__),
            )


hub = Hub()
