"""Secrets: random tokens kept only as hashes, passphrases under argon2id, signed slips."""

import hashlib
import hmac
import os
import secrets
import sys
import threading
import unicodedata
from collections.abc import Callable
from typing import Any, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type, hash_secret_raw
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from itsdangerous import Signer, URLSafeSerializer

from peer.core.errors import SlowDown
from peer.core.words import N_

R = TypeVar("R")

# itsdangerous signs with SHA-1 unless told otherwise: everything of ours, and Flask-WTF's tokens.
Signer.default_digest_method = staticmethod(hashlib.sha256)
Signer.default_key_derivation = "hmac"

# OWASP's second choice for argon2id: 19 MiB, 2 passes, 1 lane; about 50 ms of a server core.
_TIME, _MEMORY, _LANES = 2, 19 * 1024, 1
_hasher = PasswordHasher(time_cost=_TIME, memory_cost=_MEMORY, parallelism=_LANES)
# Two at a time: 200 sign-ins at once would otherwise need 900 MiB (measured), with this 340.
AT_ONCE = 2
WAITING = 60  # that may wait; they take seconds to work off
_turns = threading.BoundedSemaphore(AT_ONCE)
_asked = 0  # how many wait or are being worked on
# Native threads under gevent. Pages go first where the two compete for a core: five steps of
# niceness leave a hash a quarter of it.
_nice_threads: Any = None
_NICE = 5
_BUSY_MS = 3000
_decoy = _hasher.hash(secrets.token_hex(16))
_key = ""


def configure(secret: str) -> None:
    """Sign slips and make aliases under keys derived from `secret`."""
    global _key
    _key = keyed_hash(secret, "slips")


def slips(purpose: str) -> URLSafeSerializer:
    """Signs what a browser is to bring back unchanged; slips of other purposes do not fit."""
    return URLSafeSerializer(_key, salt=purpose)


def signer(secret: str, purpose: str) -> Signer:
    """Signs bytes that pass through other hands, such as those of the queue."""
    return Signer(secret, salt=purpose)


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


def same_keys(passphrase: str) -> str:
    """A passphrase as it counts: an accent typed on one device is the accent of another."""
    return unicodedata.normalize("NFC", passphrase)


def hash_passphrase(passphrase: str) -> str:
    """The argon2id hash to store; slow on purpose, so never inside a writing unit of work."""
    return off_the_hub(lambda: _hasher.hash(same_keys(passphrase)), nicely=True)


def passphrase_fits(stored: str | None, passphrase: str) -> bool:
    """Whether `passphrase` is the stored one. Takes as long when there is no stored one."""

    def verify() -> bool:
        try:
            _hasher.verify(stored or _decoy, same_keys(passphrase))
        except (VerificationError, InvalidHashError):
            return False
        return stored is not None

    return off_the_hub(verify, nicely=True)


def passphrase_key(passphrase: str, salt: bytes) -> bytes:
    """A key of 32 bytes that only this passphrase makes: argon2id under a salt of its own.

    It has nothing in common with the stored hash, whose salt is another. As slow as hashing.
    """

    def derive() -> bytes:
        return hash_secret_raw(
            same_keys(passphrase).encode(),
            salt,
            time_cost=_TIME,
            memory_cost=_MEMORY,
            parallelism=_LANES,
            hash_len=32,
            type=Type.ID,
        )

    return off_the_hub(derive, nicely=True)


def token_key(token: str, purpose: str) -> bytes:
    """A key of 32 bytes that comes from a random token, which is kept nowhere but with its holder."""
    return HKDF(SHA256(), 32, salt=None, info=purpose.encode()).derive(token.encode())


def off_the_hub(task: Callable[[], R], *, nicely: bool = False) -> R:
    """Run slow `task` in a native thread under gevent, so that it stops nobody's conversation.

    `nicely`: let pages go first; for work outside Python only, as the others wait for Python's.
    SlowDown when more wait than can be served soon: better told at once than kept waiting.
    """
    global _asked
    if _asked >= AT_ONCE + WAITING:
        raise SlowDown(
            N_("It is busy here just now. Please try again in a moment."), retry_ms=_BUSY_MS
        )
    _asked += 1
    try:
        with _turns:
            return _in_a_thread(task, nicely=nicely)
    finally:
        _asked -= 1


def _in_a_thread(task: Callable[[], R], *, nicely: bool) -> R:
    global _nice_threads
    from gevent import get_hub, monkey
    from gevent.threadpool import ThreadPool

    if not monkey.is_module_patched("threading"):
        return task()
    if not nicely:
        done: R = get_hub().threadpool.apply(task)
        return done
    if _nice_threads is None:
        _nice_threads = ThreadPool(AT_ONCE)
    result: R = _nice_threads.apply(_nicely, (task,))
    return result


def _nicely(task: Callable[[], R]) -> R:
    """Do it in a thread that lets others go first. Only Linux counts niceness by the thread."""
    if sys.platform == "linux" and os.getpriority(os.PRIO_PROCESS, 0) < _NICE:
        os.setpriority(os.PRIO_PROCESS, 0, _NICE)
    return task()
