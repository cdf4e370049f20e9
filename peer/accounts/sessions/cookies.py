"""The one cookie: of a signed-out browser what it holds, signed; of a session its token alone."""

from typing import Any

from flask import Response
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.http import parse_cookie

from peer.core.settings import Settings

_SIGNED_OUT = "a."  # how the cookie of a signed-out browser begins


class Cookies:
    """Reads and writes it, the same way for pages and for sockets."""

    def __init__(self, settings: Settings) -> None:
        self.name = "__Host-s" if settings.https else "s"
        self._https = settings.https
        self._serializer = URLSafeSerializer(settings.secret_key, salt="signed-out")

    def value_in(self, environ: dict[str, Any]) -> str:
        """What a browser sent, be it worth anything or not."""
        return parse_cookie(environ).get(self.name, "")

    def token_in(self, value: str) -> str:
        """The token in it; empty for a browser that is signed out."""
        return "" if value.startswith(_SIGNED_OUT) else value

    def held_in(self, value: str) -> dict[str, Any]:
        """What a signed-out browser holds; nothing when it was not written here."""
        if not value.startswith(_SIGNED_OUT):
            return {}
        try:
            data = self._serializer.loads(value[len(_SIGNED_OUT) :])
        except BadSignature:
            return {}
        return data if isinstance(data, dict) else {}

    def hold(self, response: Response, data: dict[str, Any]) -> None:
        """Have a signed-out browser hold `data`."""
        self.give(response, _SIGNED_OUT + str(self._serializer.dumps(data)))

    def give(self, response: Response, value: str) -> None:
        """Give a browser the cookie."""
        response.set_cookie(
            self.name, value, httponly=True, secure=self._https, samesite="Lax", path="/"
        )
        response.vary.add("Cookie")
