"""Names as the eye takes them: two that look alike have the same skeleton."""

import re
import unicodedata

# What each letter passes for. Capitals first, while they still are capitals: "В" looks like "B",
# "в" like a small one, "Н" like "H". Within reason: better one name too many is taken than one
# too few, so i, l and 1 are all one stroke.
_CAPITALS = {
    "a": "АΑ",
    "b": "ВЬΒ",
    "c": "СϹ",
    "e": "ЕΕ",
    "h": "НΗ",
    "j": "ЈͿ",
    "k": "КΚ",
    "l": "ІӀΙ",
    "m": "МΜ",
    "n": "Ν",
    "o": "ОΟ",
    "p": "РΡ",
    "s": "Ѕ",
    "t": "ТΤ",
    "x": "ХΧ",
    "y": "УҮΥ",
    "z": "Ζ",
}
_SMALL = {
    "a": "аαɑ",
    "b": "вь",
    "c": "сϲ",
    "d": "ԁđð",
    "e": "еє",
    "g": "ɡց",
    "h": "һнħհ",
    "j": "јϳ",
    "k": "кκ",
    "l": "iıіӏιł1|ǀ!¡ɩ",
    "m": "м",
    "n": "пηոռ",
    "o": "оοσøօ0",
    "p": "рρ",
    "q": "ԛգ",
    "r": "гᴦ",
    "s": "ѕ5ʂ",
    "t": "тτŧ",
    "u": "υսʋ",
    "v": "νѵ",
    "w": "ѡωԝա",
    "x": "хχ",
    "y": "уүγ",
    "z": "ʐ",
    "ي": "یى",
    "ك": "ک",
    "ه": "ةەہھ",
    "ا": "ٱ",
}
_AS_CAPITALS = {ord(one): plain for plain, many in _CAPITALS.items() for one in many}
_AS_SMALL = {ord(one): plain for plain, many in _SMALL.items() for one in many}
_PAIRS = (("rn", "m"), ("vv", "w"))
# Accents and vowel signs, of alphabets in which a name without them is read as the same name.
_MARKS = re.compile("[\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u0640]")
_BETWEEN = re.compile(r"[^\w]|_")
# Fillers and variation selectors: letters or marks in name, nothing on screen.
_BLANKS = frozenset("\u034f\u115f\u1160\u2800\u3164\uffa0") | {
    chr(n) for n in range(0xFE00, 0xFE10)
}
_UNSEEN = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}
_PILED = re.compile("[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u20d0-\u20ff]{3}")
# Scripts that are written together.
_TOGETHER = (
    {"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "BOPOMOFO", "IDEOGRAPHIC"},
    {"CJK", "HANGUL"},
)


def skeleton(name: str) -> str:
    """The same for names that look alike: in case, accents, joins, and letters of other scripts."""
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name))
    text = _MARKS.sub("", text.translate(_AS_CAPITALS)).casefold()
    text = "".join(_figure(sign) for sign in text).translate(_AS_SMALL)
    text = _BETWEEN.sub("", text)
    for pair, single in _PAIRS:
        text = text.replace(pair, single)
    return unicodedata.normalize("NFC", text) or " ".join(name.split()).casefold()


def _figure(sign: str) -> str:
    """A digit of any script as one of ours; anything else as it is."""
    value = unicodedata.decimal(sign, None)
    return sign if value is None else str(int(value))


def unseen(name: str) -> bool:
    """Whether the name holds signs that cannot be seen, or that change how others are shown."""
    if any(unicodedata.category(sign) in _UNSEEN or sign in _BLANKS for sign in name):
        return True
    return _PILED.search(unicodedata.normalize("NFD", name)) is not None


def dressed_up(name: str) -> bool:
    """Whether letters are of a kind made to look like others: 𝓝oor, Ｎoor."""
    return any(
        sign.isalnum() and unicodedata.normalize("NFKC", sign) != sign
        for sign in unicodedata.normalize("NFC", name)
    )


def mixed(name: str) -> bool:
    """Whether the name mixes letters of scripts that nobody writes together."""
    scripts = {
        unicodedata.name(sign, "? ").split(" ")[0]
        for sign in unicodedata.normalize("NFC", name)
        if sign.isalpha() and unicodedata.category(sign) != "Lm"
    }
    return len(scripts) > 1 and not any(scripts <= group for group in _TOGETHER)
