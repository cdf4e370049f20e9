"""Secrets: random tokens kept only as hashes, passphrases under argon2id, signed slips."""

import hashlib
import hmac
import secrets
import threading
from collections.abc import Callable
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from itsdangerous import URLSafeSerializer

R = TypeVar("R")

# OWASP's second choice for argon2id: 19 MiB, 2 passes, 1 lane; about 50 ms of a server core.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Two at a time: 200 sign-ins at once would otherwise need 900 MiB (measured), with this 340.
_turns = threading.BoundedSemaphore(2)
_decoy = _hasher.hash(secrets.token_hex(16))
_key = ""


def configure(secret: str) -> None:
    """Sign slips and make aliases under keys derived from `secret`."""
    global _key
    _key = keyed_hash(secret, "slips")


def slips(purpose: str) -> URLSafeSerializer:
    """Signs what a browser is to bring back unchanged; slips of other purposes do not fit."""
    return URLSafeSerializer(_key, salt=purpose)


def alias(*parts: str) -> str:
    """The same 16 characters for the same parts, in every process; tells nothing about them."""
    return keyed_hash(_key, *parts)[:16]


def new_token() -> str:
    """A random token of 256 bits, 43 characters."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What may be stored of a random token: its SHA-256, in hex."""
    return hashlib.sha256(token.encode()).hexdigest()


def keyed_hash(key: str, *parts: str) -> str:
    """HMAC-SHA-256 of `parts` under `key`, in hex; equal parts give equal hashes."""
    return hmac.new(key.encode(), "\x1f".join(parts).encode(), "sha256").hexdigest()


def hash_passphrase(passphrase: str) -> str:
    """The argon2id hash to store; slow on purpose, so never inside a writing unit of work."""
    return _off_the_hub(lambda: _hasher.hash(passphrase))


def passphrase_fits(stored: str | None, passphrase: str) -> bool:
    """Whether `passphrase` is the stored one. Takes as long when there is no stored one."""

    def verify() -> bool:
        try:
            _hasher.verify(stored or _decoy, passphrase)
        except (VerificationError, InvalidHashError):
            return False
        return stored is not None

    return _off_the_hub(verify)


def _off_the_hub(task: Callable[[], R]) -> R:
    """Run `task` in a native thread under gevent, so that hashing stops nobody's conversation."""
    with _turns:
        from gevent import get_hub, monkey

        if not monkey.is_module_patched("threading"):
            return task()
        result: R = get_hub().threadpool.apply(task)
        return result
