"""One sealed value: AES-256-GCM, bound to where it lies.

`[key id, 1 byte][nonce, 12 bytes][ciphertext and tag]`. The nonce is random: under one key far
fewer than 2^32 values are ever sealed (NIST SP 800-38D, 8.3). The place (table, column, row) is
authenticated with the text, so that a value moved elsewhere does not open.
"""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
_NONCE = 12
_SHORTEST = 1 + _NONCE + 16


class Unreadable(Exception):
    """A sealed value that does not open: its key is gone, or it was changed or moved."""


class WrongKeys(Exception):
    """The master keys at hand do not open the key store: this installation has others."""


def new_key() -> bytes:
    """256 random bits."""
    return secrets.token_bytes(KEY_BYTES)


def close(key: bytes, key_id: int, plain: bytes, place: str) -> bytes:
    """`plain` sealed under `key`, readable only at `place`; `key_id` (0 to 255) goes in front."""
    nonce = secrets.token_bytes(_NONCE)
    head = bytes([key_id])
    return head + nonce + AESGCM(key).encrypt(nonce, plain, head + place.encode())


def key_id_of(sealed: bytes) -> int:
    """The id of the key that opens it; Unreadable when it is no sealed value."""
    if len(sealed) < _SHORTEST:
        raise Unreadable("too short")
    return sealed[0]


def open_up(key: bytes, sealed: bytes, place: str) -> bytes:
    """What was sealed under `key` at `place`; Unreadable when that is not so."""
    head = bytes([key_id_of(sealed)])
    nonce, text = sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :]
    try:
        return AESGCM(key).decrypt(nonce, text, head + place.encode())
    except InvalidTag:
        raise Unreadable("changed, moved, or sealed under another key") from None
