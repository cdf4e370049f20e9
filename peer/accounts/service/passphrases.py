"""Passphrases: what may be used, and fresh ones to take.

A passphrase of one's own has 15 characters or more, as NIST SP 800-63B-4 asks where it is the
only factor and ASVS 5.0 (6.2.1) recommends; up to 200 fit; anything may be in it, it may be
pasted, and it never expires (6.2.5 to 6.2.10). What counts is how many guesses it would take.

zxcvbn counts them; among what it looks for are the person's own pseudonym and its own list of the
30,000 most frequent breached passwords. `breached-passphrases.bin` adds the 43,940 long ones (12
characters and more) of the million most frequent ones, as the first five bytes of their SHA-256:
whoever reads the file reads no passwords. `passphrase-words.txt` has 7,500 words: EFF's long list
without what would hurt the people here. tools/vendor.py makes both.
"""

import hashlib
import secrets
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from peer.core.errors import Invalid
from peer.core.secrets import off_the_hub
from peer.core.words import N_

SHORTEST_PASSPHRASE, LONGEST_PASSPHRASE = 15, 200
WORDS_OFFERED = 7  # of 7,500: 90 bits
# Ten times a million times a million: with argon2id at 50 ms, years on thousands of cores.
_FEWEST_GUESSES = 1e13
# zxcvbn takes 0.1 s for 72 characters and 1 s for 200: more than that is not looked at.
_LOOKED_AT = 64
_HASHED_TO = 5
# What anybody would try here first is guessed first (docs/security.md, "Ways in").
WORDS_OF_THIS_PLACE = (
    "commonroom", "common", "room", "peer", "support", "survivor", "safety", "member", "mentee",
    "mentor", "mentoring", "mentorship", "facilitator", "moderator", "coordinator", "admin",
    "programme", "helpline", "hotline", "invitation", "passphrase", "password", "welcome",
)  # fmt: skip
_HERE = Path(__file__).resolve().parent


@cache
def words() -> tuple[str, ...]:
    """The words that passphrases are made of; read when they are first needed."""
    return tuple((_HERE / "passphrase-words.txt").read_text("utf-8").split())


@cache
def _breached() -> frozenset[bytes]:
    data = (_HERE / "breached-passphrases.bin").read_bytes()
    return frozenset(data[n : n + _HASHED_TO] for n in range(0, len(data), _HASHED_TO))


def is_breached(passphrase: str) -> bool:
    """Whether it stands in the list of breached ones, whatever its case and spaces."""
    bare = "".join(passphrase.split()).casefold()
    return hashlib.sha256(bare.encode()).digest()[:_HASHED_TO] in _breached()


def offered_passphrase() -> str:
    """A fresh passphrase of seven plain words."""
    return " ".join(secrets.choice(words()) for _ in range(WORDS_OFFERED))


def checked_passphrase(passphrase: str, known: Iterable[str] = ()) -> str:
    """A passphrase that may be used; Invalid says what to change.

    `known` is what others know of the person, such as their pseudonym: it counts for nothing.
    """
    if len(unicodedata.normalize("NFC", passphrase)) < SHORTEST_PASSPHRASE:
        raise Invalid(
            N_(
                "This is a little short. Four or more words that only you would put together work well."
            ),
            field="passphrase",
        )
    if len(passphrase) > LONGEST_PASSPHRASE:
        raise Invalid(N_("Up to 200 characters fit here."), field="passphrase")
    if is_breached(passphrase) or _guesses(passphrase, known) < _FEWEST_GUESSES:
        raise Invalid(
            N_(
                "A program would guess this soon: it is often used, or repeats itself, or holds your name. Words that have nothing to do with each other are stronger."
            ),
            field="passphrase",
        )
    return passphrase


def _guesses(passphrase: str, known: Iterable[str]) -> float:
    """How many tries a program that knows people's habits would need."""
    from zxcvbn import zxcvbn  # two megabytes of lists: when needed

    inputs = [*WORDS_OF_THIS_PLACE, *(name for name in known if name)]
    look = passphrase[:_LOOKED_AT]
    found = off_the_hub(lambda: zxcvbn(look, user_inputs=inputs))
    return float(found["guesses"])
