"""The key of a person's private parts: it comes from their passphrase and is kept nowhere open."""

from peer.core.keys import envelope

_ID = 1


class PrivateKey:
    """Seals what nobody else reads, not the staff and not whoever holds the server's keys.

    `place` is "table|column|row id". `raw` is 32 bytes, to be wrapped under the passphrase.
    """

    def __init__(self, raw: bytes) -> None:
        if len(raw) != envelope.KEY_BYTES:
            raise ValueError("a private key has 32 bytes")
        self.raw = raw

    @classmethod
    def new(cls) -> "PrivateKey":
        """A fresh random key."""
        return cls(envelope.new_key())

    def __repr__(self) -> str:
        return "PrivateKey(…)"  # never in a log or a traceback

    def seal(self, place: str, plain: str) -> bytes:
        """`plain` sealed for `place`."""
        return envelope.close(self.raw, _ID, plain.encode(), place)

    def unseal(self, place: str, sealed: bytes) -> str:
        """What was sealed for `place`; Unreadable when it was not, or under another key."""
        return envelope.open_up(self.raw, sealed, place).decode()

    def wrapped(self, under: bytes, place: str) -> bytes:
        """This key sealed under another one of 32 bytes."""
        return envelope.close(under, _ID, self.raw, place)

    @classmethod
    def unwrapped(cls, under: bytes, wrapped: bytes, place: str) -> "PrivateKey":
        """The key that was wrapped `under` another; Unreadable when it was not."""
        return cls(envelope.open_up(under, wrapped, place))
