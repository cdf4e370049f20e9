"""The security log: who got in, and what was refused, in fixed words.

An investigator needs to know which lines belong together, and nobody needs to know who belongs
here. So `who` is a keyed hash that changes every day: one person's lines of a day are alike,
those of two days are not, and an address, a name, a text or an id is never in a line.
"""

import structlog
from flask import Flask, Response, g, request, session

from peer.core import clock
from peer.core.secrets import keyed_hash

_NOBODY = "-"
_key = ""

log = structlog.get_logger("security")


def configure(secret: str) -> None:
    """Name people in the log under a key derived from `secret`."""
    global _key
    _key = keyed_hash(secret, "watch")


def sign_of(person: str, day: str = "") -> str:
    """How the log calls an account or a name on a day (YYYY-MM-DD; today)."""
    return keyed_hash(_key, day or clock.now().date().isoformat(), person)[:16]


def noticed(event: str, *, who: str = "", **facts: str | int) -> None:
    """Write that something went as it should: a sign-in, a new passphrase."""
    log.info(event, who=sign_of(who) if who else _NOBODY, **facts)


def refused(event: str, *, who: str = "", **facts: str | int) -> None:
    """Write that something was refused; `facts` are fixed words and numbers."""
    log.warning(event, who=sign_of(who) if who else _NOBODY, **facts)


def because(reason: str) -> None:
    """Say in a fixed word why the present request is refused; the first word counts."""
    g.setdefault("refused_because", reason)


def init_app(app: Flask) -> None:
    """Write a line for every page that is refused to somebody: shut doors, forged forms, limits."""

    @app.after_request
    def watch(response: Response) -> Response:
        if 400 <= response.status_code < 500:
            refused(
                "page_refused",
                who=getattr(getattr(session, "actor", None), "id", ""),
                where=request.endpoint or "nowhere",
                status=response.status_code,
                why=g.get("refused_because", _NOBODY),
            )
        return response
