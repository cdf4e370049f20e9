"""Pseudonyms: what may be used, and fresh ones to take.

A name that tells who somebody is can bring the wrong person to them, so what looks like an
address, a number, a handle or a full name is refused. Given names and surnames are the census
lists that zxcvbn brings (4,695 and 10,000, of the United States); two or three words set apart
are taken for a full name in any language, unless all of them are plain English words.
"""

import re
import secrets
import unicodedata
from functools import cache

from peer.accounts.service.passphrases import words
from peer.accounts.service.words import QUALITIES, THINGS
from peer.core import lookalikes
from peer.core.errors import Invalid
from peer.core.words import N_

SHORTEST, LONGEST = 2, 30  # characters of a pseudonym
_DIGITS, _SPELLED = 6, 5  # from so many on, it could be a number to call

_ADDRESS = re.compile(
    r"[@＠﹫/\\#]|:\S|www|[^\W\d_]{2}\s?[.。]\s?[^\W\d_]{2}|\bdot\b.*\bcom\b|\bat\b.*\bdot\b"
    r"|\barroba\b|\bpunto\b.*\bcom\b",
    re.IGNORECASE,
)
_SERVICES = re.compile(
    r"insta(?:gram)?\b|snapchat|whats\s?app|telegram|tik\s?tok|discord|facebook|\bfb\b|\big\b|\bkik\b"
    r"|gmail|hotmail|outlook|yahoo|proton|icloud|onlyfans",
    re.IGNORECASE,
)
_FIGURES = re.compile(
    r"\b(?:zero|oh|one|two|three|four|five|six|seven|eight|nine"
    r"|cero|uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve"
    r"|صفر|واحد|اثنان|ثلاثة|أربعة|خمسة|ستة|سبعة|ثمانية|تسعة)\b",
    re.IGNORECASE,
)
_APART = re.compile(r"[\s_.,·•~+|*]+")
_JOINED = re.compile(r"[\s_.,·•~+|*\-‐‑–—]+|(?<=[a-zà-ÿ])(?=[A-ZÀ-Þ])")


def checked_name(name: str) -> str:
    """A pseudonym that may be used, tidied; Invalid says what to change."""
    tidy = unicodedata.normalize("NFC", " ".join(name.split()))
    problem = _problem(tidy)
    if problem:
        raise Invalid(problem, field="name")
    return tidy


def _problem(name: str) -> str:
    """What is wrong with a tidied name, in a sentence for its field; empty when nothing is."""
    if not SHORTEST <= len(name) <= LONGEST:
        return N_("A name of 2 to 30 characters works here.")
    if lookalikes.unseen(name):
        return N_("Some signs in that name cannot be shown.")
    if _could_be_called(name):
        return N_("That looks like a number people could call.")
    if _ADDRESS.search(unicodedata.normalize("NFKC", name)) or _SERVICES.search(name):
        return N_("That looks like an address. A made-up name is safer.")
    if lookalikes.dressed_up(name) or lookalikes.mixed(name):
        return N_("That name mixes letters that look alike. One alphabet works best.")
    if not any(sign.isalpha() for sign in name):
        return N_("A name needs a letter or two, so that people can say it.")
    if _looks_full(name):
        return N_("That looks like a full name. One made-up word is safer.")
    return ""


def _could_be_called(name: str) -> bool:
    """Six figures of any script, or five that are spelled out."""
    figures = sum(sign.isdigit() or unicodedata.category(sign) in {"Nl", "No"} for sign in name)
    return figures >= _DIGITS or len(_FIGURES.findall(name)) >= _SPELLED


def _looks_full(name: str) -> bool:
    """A given name and a surname in any common join; or words apart that are not plain ones."""
    if name in _offerable():
        return False
    given, surnames = _known_names()
    parts = [_plain(part) for part in _JOINED.split(name)]
    parts = [part for part in parts if part.isalpha()]
    if len(parts) < 2:
        return False
    for n, part in enumerate(parts):
        others = parts[:n] + parts[n + 1 :]
        if part in given and (surnames | given).intersection(others):
            return True
        if len(part) == 1 and surnames.intersection(others):
            return True
    apart = [_plain(part) for part in _APART.split(name)]
    longer = [part for part in apart if part.isalpha() and len(part) > 1]
    return 2 <= len(longer) <= 3 and not _ordinary().issuperset(longer)


def _plain(word: str) -> str:
    """Without case and accents, as the lists have it."""
    bare = unicodedata.normalize("NFKD", word.casefold())
    return "".join(sign for sign in bare if not unicodedata.combining(sign))


@cache
def _known_names() -> tuple[frozenset[str], frozenset[str]]:
    """Given names and surnames."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS as LISTS  # half a megabyte: when needed

    given = frozenset(LISTS["female_names"]) | frozenset(LISTS["male_names"])
    return given, frozenset(LISTS["surnames"])


@cache
def _ordinary() -> frozenset[str]:
    """Plain English words that are nobody's name."""
    return frozenset(words()) | frozenset(QUALITIES) | frozenset(THINGS)


@cache
def _offerable() -> frozenset[str]:
    return frozenset(f"{one.title()}-{two.title()}" for one in QUALITIES for two in THINGS)


def offered_names(count: int = 6) -> list[str]:
    """Fresh pseudonyms of two calm words each; they tell nothing of who is here already."""
    found: dict[str, None] = {}
    while len(found) < count:
        pair = (secrets.choice(QUALITIES), secrets.choice(THINGS))
        found["-".join(word.title() for word in pair)] = None
    return list(found)
