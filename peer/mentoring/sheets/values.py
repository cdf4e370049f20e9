"""What people write into the cells of a form: languages, numbers, yes and no, chosen words."""

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from peer.core import zones
from peer.core.languages import code_of, folded
from peer.core.words import N_
from peer.mentoring.sheets.faults import Unread
from peer.mentoring.sheets.valuewords import (
    ANYONE,
    IDENTITIES,
    INTERESTS,
    LEVELS,
    NO,
    NOTHING,
    NUMBERS,
    TOPICS,
    UNSAID,
    YES,
    ZONES,
)
from peer.policy import mentoring as policy

LANGUAGE = N_(
    "We do not know a language called “%(part)s”. Write it like Spanish (fluent), English."
)
NUMBER = N_("“%(part)s” is not a number from %(least)s to %(most)s.")
YES_OR_NO = N_("“%(part)s” is neither yes nor no.")
ZONE = N_("“%(part)s” is not a time zone we know. Write it like America/Chicago.")
CHOICE = N_("“%(part)s” is not in the list here. The words in use are: %(known)s.")
LONG = N_("Up to %(most)s characters fit here.")
MANY = N_("Up to %(most)s names of up to 40 characters fit here.")

_PARTS = re.compile(r"[,;\n|،؛、]")
_OR = re.compile(r"[,;\n|/&،؛]|\b(?:and|or|y|o|et|ou)\b")
_LEVEL = re.compile(
    r"(?<!\w)(?:" + "|".join(sorted(map(re.escape, LEVELS), key=len, reverse=True)) + r")(?!\w)"
)
_AROUND = re.compile(
    r"[()\[\]:*.\-–—=]|\b(?:in|speaker|speaking|speak|i|level|language|very|only|as|my|skills?)\b"
)


def parts_of(text: str) -> list[str]:
    """The items of a list, parted by commas, semicolons or line ends."""
    return [part.strip() for part in _PARTS.split(text) if part.strip()]


def read_languages(text: str) -> dict[str, int]:
    """{code: level 1 to 3}; a language without a level counts as well enough to talk."""
    found: dict[str, int] = {}
    for part in _OR.split(_without_bracketed_commas(folded(text.replace("\n", ";")))):
        if part.strip() and part.strip() not in NOTHING:
            code, level = _language(part.strip())
            found[code] = max(level, found.get(code, 0))
    return found


def _without_bracketed_commas(text: str) -> str:
    return re.sub(r"\([^)]*\)", lambda found: re.sub(r"[,;/&]", " ", found.group()), text)


def _language(part: str) -> tuple[str, int]:
    levels = [LEVELS[word] for word in _LEVEL.findall(part)]
    bare = re.sub(r"\(.*?\)", " ", part)
    for name in (part, *(_AROUND.sub(" ", _LEVEL.sub(" ", words)) for words in (part, bare))):
        code = code_of(name)
        if code in policy.LANGUAGES:
            return code, min(levels) if levels else 2
    raise Unread(LANGUAGE, part=part)


def read_number(text: str, *, least: int, most: int) -> int:
    """A whole number in figures or words; of "1-2" or "up to 3" the larger one."""
    words = folded(text)
    found = [int(figures) for figures in re.findall(r"(?<![\w.,])\d{1,4}(?![\w.]*\d)", words)]
    found += [NUMBERS[word] for word in re.findall(r"[^\W\d_]+", words) if word in NUMBERS]
    if not found or not least <= max(found) <= most:
        raise Unread(NUMBER, part=text[:60], least=least, most=most)
    return max(found)


def read_yes(text: str) -> bool:
    """Yes or no, in a word, a figure or a tick."""
    word = folded(text).strip(".")
    first = re.split(r"[\s,.]", word)[0]
    for candidate in (word, first):
        if candidate in YES or candidate in NO:
            return candidate in YES
    raise Unread(YES_OR_NO, part=text[:60])


def read_zone(text: str) -> str:
    """The IANA name of a time zone, a large city or a zone's usual abbreviation."""
    wanted = re.sub(r"\s*\(.*\)|\btime( zone)?\b|\bstandard\b|\bdaylight\b", "", folded(text))
    wanted = wanted.strip().replace(" ", "_")
    for zone in zones.offered():
        if wanted in {zone.casefold(), zone.rpartition("/")[2].casefold()}:
            return zone
    if wanted in ZONES:
        return ZONES[wanted]
    if zones.known(text.strip()) == text.strip():
        return text.strip()
    raise Unread(ZONE, part=text[:60])


def read_identity(text: str) -> str | None:
    """How a person calls themselves, as a key; None: they would rather not say."""
    word = folded(text)
    if word in UNSAID or word in NOTHING:
        return None
    return _chosen(word, text, IDENTITIES, policy.IDENTITIES)


def read_accepted(text: str) -> tuple[str, ...] | None:
    """Whom a person would be paired with, as keys; None: anyone."""
    word = folded(text)
    if word in ANYONE or word in NOTHING:
        return None
    pieces = [
        piece
        for piece in _OR.split(re.sub(r"\b(?:only|a|please|prefer)\b", "", word))
        if piece.strip()
    ]
    keys = {_chosen(piece.strip(), text, IDENTITIES, policy.IDENTITIES) for piece in pieces}
    return tuple(sorted(keys)) or None


def read_chosen(text: str, field: str, more: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """The keys that the items of a cell mean, and the items that none is known for.

    `field` is interests or topics; `more` are words that a saved mapping adds, to keys, or to ""
    for words that mean nothing here.
    """
    known, labels = (
        (INTERESTS, policy.INTERESTS) if field == "interests" else (TOPICS, policy.TOPICS)
    )
    words = {**_by_label(labels), **known, **{folded(word): key for word, key in more.items()}}
    keys: dict[str, None] = {}
    rest = folded(text.replace("\n", ";"))
    for label in (label for label in words if "," in label and label in rest):
        keys[words[label]] = None
        rest = rest.replace(label, "")
    unknown = []
    for part in parts_of(rest):
        key = _key_of(part, words)
        if key is None:
            unknown.append(part)
        elif key:
            keys[key] = None
    return list(keys), unknown


def _key_of(part: str, words: Mapping[str, str]) -> str | None:
    if part in NOTHING:
        return ""
    if part in words:
        return words[part]
    close = get_close_matches(part, words, n=1, cutoff=0.86)
    return words[close[0]] if close else None


def _by_label(labels: Mapping[str, str]) -> dict[str, str]:
    return {folded(label): key for key, label in labels.items()} | {
        key.replace("_", " "): key for key in labels
    }


def _chosen(word: str, text: str, known: Mapping[str, str], labels: Mapping[str, str]) -> str:
    key = {**_by_label(labels), **known}.get(word)
    if key is None:
        raise Unread(CHOICE, part=text[:60], known=", ".join(labels.values()))
    return key


def read_names(text: str) -> tuple[str, ...]:
    """Pseudonyms, as written."""
    names = tuple(part for part in parts_of(text) if folded(part) not in NOTHING)
    if len(names) > policy.NAMES or any(len(name) > 40 for name in names):
        raise Unread(MANY, most=policy.NAMES)
    return names


def read_line(text: str, most: int) -> str:
    """A short text on one line."""
    line = " ".join(text.split())
    if len(line) > most:
        raise Unread(LONG, most=most)
    return line


def unknown_choice(parts: Iterable[str], field: str) -> Unread:
    """What to say of items that are not in the list."""
    labels = policy.INTERESTS if field == "interests" else policy.TOPICS
    return Unread(
        CHOICE,
        part=", ".join(parts)[:120],
        known=", ".join(key.replace("_", " ") for key in labels),
    )
