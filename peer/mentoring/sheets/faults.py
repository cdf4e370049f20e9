"""What a sheet cannot be read for: the whole file, or one cell of it."""

from peer.core.words import N_

AMBIGUOUS = N_("“%(part)s” could be morning or evening. Write 6-8pm or 18:00-20:00.")
NO_DAY = N_("“%(part)s” is not a day or a time we know. Write it like Mon 18:00-20:00.")
NOT_ONLY = N_("“%(part)s” says when it does not work. Write the hours that do.")
NO_END = N_("“%(part)s” needs an end. Write it like 18:00-20:00.")
MIXED = N_("It is not clear which days “%(part)s” goes with. Put a semicolon between them.")
NO_HOURS = N_("No half hour lies within “%(part)s”.")
TOO_LONG = N_("That is longer than the hours of a week need.")


class BadSheet(ValueError):
    """The file as a whole cannot be used; `message` is marked, `params` fill its places."""

    def __init__(self, message: str, **params: object) -> None:
        super().__init__(message)
        self.message = message
        self.params = params


class Unread(ValueError):
    """One cell that is not understood, with what would be."""

    def __init__(self, message: str, **params: object) -> None:
        super().__init__(message)
        self.message = message
        self.params = params
