"""The words of days and hours that sheets use, folded, in the languages that forms come in."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from babel import Locale

from peer.core.languages import folded

_LOCALES = ("fr", "pt", "ar", "es", "en")  # later ones win
_WEEKEND = frozenset({5, 6})
_WEEK = frozenset(range(7))
WEEKDAYS = _WEEK - _WEEKEND
_MORE = {
    "tues": 1,
    "weds": 2,
    "thur": 3,
    "thurs": 3,
    "mo": 0,
    "tu": 1,
    "we": 2,
    "th": 3,
    "fr": 4,
    "sa": 5,
    "su": 6,
}
_GROUPS = {
    "weekday": WEEKDAYS,
    "workday": WEEKDAYS,
    "laborables": WEEKDAYS,
    "weekend": _WEEKEND,
    "finde": _WEEKEND,
    "daily": _WEEK,
    "everyday": _WEEK,
    "anyday": _WEEK,
    "diario": _WEEK,
}
NIGHTS = frozenset({"weeknight", "weeknights"})
LETTERS = MappingProxyType({"m": 0, "t": 1, "tu": 1, "w": 2, "th": 3, "f": 4, "sa": 5, "su": 6})
#: Parts of the day, from and to, in hours.
PARTS: Mapping[str, tuple[int, int]] = MappingProxyType(
    {
        "morning": (8, 12),
        "mornings": (8, 12),
        "am": (8, 12),
        "manana": (8, 12),
        "mananas": (8, 12),
        "matin": (8, 12),
        "manha": (8, 12),
        "صباحا": (8, 12),
        "lunch": (12, 14),
        "lunchtime": (12, 14),
        "lunchtimes": (12, 14),
        "mediodia": (12, 14),
        "afternoon": (12, 17),
        "afternoons": (12, 17),
        "tarde": (13, 20),
        "tardes": (13, 20),
        "daytime": (9, 17),
        "pm": (12, 20),
        "evening": (17, 21),
        "evenings": (17, 21),
        "eve": (17, 21),
        "eves": (17, 21),
        "soir": (17, 21),
        "soirs": (17, 21),
        "مساء": (17, 21),
        "night": (20, 23),
        "nights": (20, 23),
        "noche": (20, 23),
        "noches": (20, 23),
    }
)
ALL_DAY = frozenset({"anytime", "flexible", "always"})
TURNS = MappingProxyType({"noon": 12, "midday": 12, "midnight": 24, "medianoche": 24})
TO = frozenset({"to", "till", "til", "until", "through", "thru", "a", "hasta", "bis", "الى"})
AFTER = frozenset(
    {"after", "from", "past", "onwards", "onward", "later", "desde", "despues", "بعد", "من"}
)
BEFORE = frozenset({"before", "by", "antes", "قبل"})
NEGATIONS = frozenset({"not", "no", "except", "but", "never", "excepto", "menos", "unless", "ليس"})
FILL = frozenset(
    {
        *(
            "at",
            "on",
            "the",
            "in",
            "of",
            "every",
            "each",
            "any",
            "all",
            "day",
            "days",
            "time",
            "times",
        ),
        *("hr", "hrs", "h", "hs", "oclock", "clock", "around", "about", "mostly", "usually"),
        *(
            "free",
            "available",
            "works",
            "best",
            "is",
            "are",
            "i",
            "can",
            "do",
            "o'clock",
            "o’clock",
        ),
        *("el", "la", "los", "las", "de", "del", "en", "por", "al", "cada", "dia", "dias", "le"),
        *("les", "du", "des", "feira", "fin", "semana", "entre_semana", "during", "week", "ال"),
    }
)


def _days() -> Iterator[tuple[str, frozenset[int]]]:
    for locale in _LOCALES:
        for context in Locale.parse(locale).days.values():
            for width, names in context.items():
                if width not in {"narrow", "short"}:
                    yield from ((_bare(name), frozenset({day})) for day, name in names.items())


def _bare(name: str) -> str:
    return folded(name).removesuffix("-feira").strip(".")


def _all_days() -> dict[str, frozenset[int]]:
    found = dict(_days()) | {word: frozenset({day}) for word, day in _MORE.items()} | _GROUPS
    plurals = {f"{word}s": days for word, days in found.items() if not word.endswith("s")}
    return plurals | found


#: Words for days, and for groups of them; 0 = Monday.
DAYS: Mapping[str, frozenset[int]] = MappingProxyType(_all_days())
