"""Errors that people meet: a kind sentence, a code that programs read, an HTTP status.

Messages are marked with `N_` and translated at the door that shows them, so that rules and
services need no web framework. `params` fill the message's %(name)s places.
"""

from peer.core.words import N_


class PeerError(Exception):
    """Base of every error that a person may be shown."""

    status = 400
    code = "invalid"
    default = N_("Something in that did not work. You can change it and try again.")

    def __init__(self, message: str = "", *, field: str | None = None, **params: object) -> None:
        self.message = message or self.default
        self.field = field
        self.params = params
        super().__init__(self.message)


class NotFound(PeerError):
    """Hidden and missing look alike: both are this."""

    status = 404
    code = "forbidden"
    default = N_("There is nothing here that you can open.")


class Refused(PeerError):
    """The person may see the thing, but may not do this to it."""

    status = 403
    code = "forbidden"
    default = N_("That is not open to you here.")


class Muted(Refused):
    """The person may read, but not write, for now."""

    code = "muted"
    default = N_("You can read here, but not write just now.")


class Invalid(PeerError):
    """Input that cannot be taken as it is; `field` says which part."""

    status = 422


class TooLong(Invalid):
    """Text over the limit; nothing of it is stored."""

    code = "too_long"
    default = N_("That is longer than fits. Up to 4,000 characters can be sent at once.")


class Nudge(Invalid):
    """A message that its author may want to look at again before it goes.

    `spans` are (from, to, category) in characters of the text; `token` sends it as it is.
    """

    code = "nudge"

    def __init__(self, message: str, *, spans: list[tuple[int, int, str]], token: str) -> None:
        super().__init__(message)
        self.spans = spans
        self.token = token


class Conflict(PeerError):
    """Somebody else was first."""

    status = 409
    code = "conflict"
    default = N_("Someone else was just here first. This is how it stands now.")


class RoomClosed(Conflict):
    """The room does not take messages now."""

    code = "room_closed"
    default = N_("This room is closed just now. You can still read what is here.")


class SlowDown(PeerError):
    """Too much in too short a time; `retry_ms` says when to try again."""

    status = 429
    code = "slow_down"
    default = N_("That was a lot at once. Please try again in a moment.")

    def __init__(self, message: str = "", *, retry_ms: int = 1000) -> None:
        super().__init__(message)
        self.retry_ms = retry_ms


def codes() -> set[str]:
    """The code of every error there is."""
    found, waiting = set(), [PeerError]
    while waiting:
        each = waiting.pop()
        found.add(each.code)
        waiting.extend(each.__subclasses__())
    return found
