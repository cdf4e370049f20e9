"""Pseudonyms and passphrases: what may be used, and fresh ones to take."""

import re
import secrets

from peer.accounts.service.words import QUALITIES, THINGS, WORDS
from peer.core.errors import Invalid
from peer.core.words import N_

SHORTEST, LONGEST = 2, 30  # characters of a pseudonym
SHORTEST_PASSPHRASE = 12
_OFFERED_WORDS = 6

_EMAIL = re.compile(r"@|\.(com|org|net|mail)\b", re.IGNORECASE)
_DIGITS = re.compile(r"(\d\D*){6}")
_FULL_NAME = re.compile(r"^[^\W\d_]{2,} [^\W\d_]{2,}( [^\W\d_]{2,})?$")


def checked_name(name: str) -> str:
    """A pseudonym that may be used, tidied; Invalid says what to change."""
    tidy = " ".join(name.split())
    if not SHORTEST <= len(tidy) <= LONGEST:
        raise Invalid(N_("A name of 2 to 30 characters works here."), field="name")
    if _EMAIL.search(tidy):
        raise Invalid(N_("That looks like an address. A made-up name is safer."), field="name")
    if _DIGITS.search(tidy):
        raise Invalid(N_("That looks like a number people could call."), field="name")
    if _FULL_NAME.match(tidy):
        raise Invalid(N_("That looks like a full name. One made-up word is safer."), field="name")
    if not tidy.isprintable():
        raise Invalid(N_("Some signs in that name cannot be shown."), field="name")
    return tidy


def offered_names(count: int = 6) -> list[str]:
    """Fresh pseudonyms of two calm words each; they tell nothing of who is here already."""
    found: dict[str, None] = {}
    while len(found) < count:
        pair = (secrets.choice(QUALITIES), secrets.choice(THINGS))
        found["-".join(word.title() for word in pair)] = None
    return list(found)


def offered_passphrase() -> str:
    """A fresh passphrase of six plain words."""
    return " ".join(secrets.choice(WORDS) for _ in range(_OFFERED_WORDS))


def checked_passphrase(passphrase: str) -> str:
    """A passphrase that may be used; Invalid says what to change."""
    if len(passphrase) < SHORTEST_PASSPHRASE or len(set(passphrase)) < 6:
        raise Invalid(
            N_(
                "This is a little short. Four or more words that only you would put together work well."
            ),
            field="passphrase",
        )
    if len(passphrase) > 200:
        raise Invalid(N_("Up to 200 characters fit here."), field="passphrase")
    return passphrase
