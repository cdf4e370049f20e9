"""Languages by code and by name, and text as it is compared: case and accents do not matter."""

import unicodedata
from functools import cache

from babel import Locale
from babel.core import UnknownLocaleError

# Whose own name for themselves is understood: reading it for all would take a second.
_OWN_NAMES = (
    *("am", "ar", "ase", "bg", "bn", "bs", "ckb", "cs", "de", "el", "en", "es", "et", "fa", "fi"),
    *("fr", "gu", "ha", "he", "hi", "hr", "ht", "hu", "hy", "id", "ig", "it", "ja", "ka", "km"),
    *("ko", "ku", "lo", "lt", "lv", "mn", "my", "ne", "nl", "om", "pa", "pl", "ps", "pt", "ro"),
    *("ru", "si", "sk", "so", "sq", "sr", "sv", "sw", "ta", "te", "th", "ti", "tl", "tr", "uk"),
    *("ur", "uz", "vi", "wo", "yo", "yue", "zh"),
)
_NAMED_IN = ("ar", "de", "pt", "fr", "es", "en")  # later ones win where two languages share a name
_CALLED = {
    "asl": "ase",
    "castilian": "es",
    "castellano": "es",
    "farsi": "fa",
    "dari": "fa",
    "flemish": "nl",
    "mandarin": "zh",
    "mandarin chinese": "zh",
    "putonghua": "zh",
    "haitian": "ht",
    "creole": "ht",
    "kreyol": "ht",
    "fil": "tl",
    "filipino": "tl",
    "pilipino": "tl",
    "myanmar": "my",
    "panjabi": "pa",
    "sorani": "ckb",
    "kurmanji": "ku",
    "pushto": "ps",
    "brazilian portuguese": "pt",
}
# Letters that no decomposition turns into their plain neighbour.
_PLAIN = str.maketrans("øłđıةىی", "oldiهيي")


def folded(text: str) -> str:
    """`text` as it is compared and searched: without case, accents and doubled spaces."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(ch for ch in bare if not unicodedata.combining(ch))
    return " ".join(bare.translate(_PLAIN).split())


def name_of(code: str, locale: str = "en") -> str:
    """The name of language `code` in the language `locale`; the code when it has none."""
    try:
        return str(Locale.parse(locale).languages.get(code, code))
    except (UnknownLocaleError, ValueError):
        return code


def own_name(code: str) -> str:
    """The name of language `code` in that language; in English where that is not known."""
    try:
        found = Locale.parse(code).get_display_name(code)
    except (UnknownLocaleError, ValueError):
        found = None
    return found or name_of(code)


def code_of(words: str) -> str | None:
    """The code of the language that `words` name, by code or name, or None."""
    wanted = folded(words)
    return _by_name().get(wanted) or _by_name().get(wanted.removesuffix(" language"))


def _named_in(locale: str) -> list[tuple[str, str]]:
    return [(str(code), str(name)) for code, name in Locale.parse(locale).languages.items()]


@cache
def _by_name() -> dict[str, str]:
    found: dict[str, str] = {}
    for locale in _NAMED_IN:
        found |= {folded(name): code for code, name in _named_in(locale) if "_" not in code}
    found |= {folded(own_name(code)): code for code in _OWN_NAMES}
    found |= {code: code for code, _ in _named_in("en") if len(code) == 2}
    return found | {code: code for code in _OWN_NAMES} | _CALLED
