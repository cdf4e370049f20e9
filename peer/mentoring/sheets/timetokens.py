"""The pieces that hours are written in: days, times, parts of the day, words between them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from peer.core.languages import folded
from peer.mentoring.sheets.faults import NO_DAY, NOT_ONLY, Unread
from peer.mentoring.sheets.timewords import (
    AFTER,
    ALL_DAY,
    BEFORE,
    DAYS,
    FILL,
    LETTERS,
    NEGATIONS,
    NIGHTS,
    PARTS,
    TO,
    TURNS,
    WEEKDAYS,
)

_HOURS = r"(?P<h>\d{1,2})(?:\s*(?::|\.|(?:h|u)(?=\d))\s*(?P<m>\d{2})|h)?\s*(?P<half>(?:am|pm|a\.m\.?|p\.m\.?)(?!\w))?"
_TOKEN = re.compile(
    rf"(?P<military>\b(?:[01]\d|2[0-4])[0-5]\d(?!\d))|(?P<time>(?<!\w){_HOURS}(?![\d]))"
    r"|(?P<word>[^\W\d_]+(?:[.'’][^\W\d_]+)*)|(?P<dash>-)|(?P<plus>\+)|(?P<strong>[;\n|])"
    r"|(?P<weak>[,/&،؛、])|(?P<fill>[\s.:()\[\]*•·'’\"]+)|(?P<other>.)",
)
_ANDS = frozenset({"and", "or", "y", "e", "o", "u", "et", "ou", "und", "oder", "و", "او"})
_DASHES = str.maketrans("‐‑‒–—―−~", "--------")


@dataclass(frozen=True)
class Token:
    """`kind`: days, time, part, to, after, before, plus, strong, weak or between."""

    kind: str
    text: str
    days: frozenset[int] = frozenset()
    minutes: int = 0  # of a time as written, or the beginning of a part of the day
    until: int = 0  # the end of a part of the day
    bare: bool = False  # a time that may be morning or evening
    half: str = ""  # am, pm


def tokens_of(text: str) -> Iterator[Token]:
    lines = [folded(line).translate(_DASHES) for line in text.splitlines()]
    for found in _TOKEN.finditer("\n".join(lines)):
        kind, part = found.lastgroup, found.group()
        if found["military"]:
            yield _clock(int(part[:2]), int(part[2:]), "", part, bare=False)
        elif found["time"]:
            yield _time(found)
        elif kind == "word":
            yield from _word(part)
        elif kind == "dash":
            yield Token("to", part)
        elif kind in {"plus", "strong", "weak"}:
            yield Token(str(kind), part)
        elif kind == "other":
            raise Unread(NO_DAY, part=part)


def _time(found: re.Match[str]) -> Token:
    half = (found["half"] or "").replace(".", "")[:2]
    hour, minutes = found["h"], int(found["m"] or 0)
    written_out = (found["m"] is not None and (len(hour) == 2)) or "h" in found.group()
    bare = not half and not written_out and int(hour) <= 12
    return _clock(int(hour), minutes, half, found.group().strip(), bare=bare)


def _clock(hour: int, minutes: int, half: str, text: str, *, bare: bool) -> Token:
    if (half and not 1 <= hour <= 12) or minutes > 59 or hour * 60 + minutes > 24 * 60:
        raise Unread(NO_DAY, part=text)
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return Token("time", text, minutes=hour * 60 + minutes, bare=bare, half=half)


def _word(word: str) -> Iterator[Token]:
    plain = word.strip(".'’").replace(".", "")
    if plain in DAYS:
        yield Token("days", word, days=DAYS[plain])
    elif plain in PARTS:
        yield Token("part", word, minutes=PARTS[plain][0] * 60, until=PARTS[plain][1] * 60)
    elif plain in NIGHTS:
        yield Token("days", word, days=WEEKDAYS)
        yield Token("part", word, minutes=17 * 60, until=21 * 60)
    elif plain in TURNS:
        yield Token("time", word, minutes=TURNS[plain] * 60)
    elif plain in NEGATIONS:
        raise Unread(NOT_ONLY, part=word)
    elif plain in ALL_DAY:
        yield Token("part", word, minutes=9 * 60, until=21 * 60)
    elif plain in TO | AFTER | BEFORE:
        yield Token("to" if plain in TO else "after" if plain in AFTER else "before", word)
    elif plain in _ANDS:
        yield Token("and", word)
    elif plain in {"between", "entre"}:
        yield Token("between", word)
    elif re.fullmatch(r"(?:m|tu|th|t|w|f|sa|su)+", plain):
        letters = re.findall(r"tu|th|sa|su|m|t|w|f", plain)
        yield Token("days", word, days=frozenset(LETTERS[letter] for letter in letters))
    elif plain not in FILL:
        raise Unread(NO_DAY, part=word)
