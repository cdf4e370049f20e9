"""Contact details: phone numbers, e-mail and web addresses, accounts elsewhere."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from re import Pattern

from peer.moderation.automod.cues import FIGURES, Hints
from peer.moderation.automod.reading import Found, Reading

CATEGORIES = frozenset({"phone", "email", "url", "handle"})

# Lines that anybody may name: hotlines of several countries, emergency calls, crisis texts.
_KNOWN = [
    "18883737888",
    "233733",
    "988",
    "911",
    "112",
    "999",
    "741741",
    "116123",
    "18002738255",
    "18007997233",
]
_BETWEEN = r"[\s().\-–]{0,3}"

_AT_WORD = r"(?:\s*[\[({<]\s*(?:at|arroba)\s*[\])}>]\s*|\s+(?:at|arroba)\s+)"
_DOT_WORD = r"(?:\s*[\[({<]\s*(?:dot|punto|point)\s*[\])}>]\s*|\s+(?:dot|punto|point)\s+)"
# Endings that are no words: "I am at work. Me too" is no address. The others need a sign more.
_SURE = r"(?:com|net|org|edu|gov|info|io|co|uk|es|mx|de|fr|ph|ng|np|ua|xyz)"
_END = rf"(?:{_SURE}|me|app|us|in|live|online|site|mail|link|page)"
# Bounded, and begun once a word: a hostile text of one long word is read in one go.
_NAME = r"(?<![a-z0-9._+-])[a-z0-9][a-z0-9._+-]{0,63}"
_EMAIL = re.compile(
    rf"{_NAME}\s*@\s*[a-z0-9-]+(?:\s?\.\s?[a-z0-9-]+)*\s?\.\s?{_END}\b|"
    rf"{_NAME}{_AT_WORD}[a-z0-9-]+(?:(?:\.|{_DOT_WORD})[a-z0-9-]+)*(?:\.|{_DOT_WORD}){_SURE}\b|"
    r"(?:[a-z0-9._-] ){2,64}+@(?: [a-z0-9-]){2,} \.(?: [a-z]){2,}\b"
)
_URL = re.compile(
    rf"\bh(?:tt|xx)ps?://\S+|\bwww\.\S+|"
    rf"(?<![\w.-])(?:[a-z0-9-]{{1,63}}\.){{1,6}}(?:{_SURE}(?:/\S*)?|{_END}/\S*)(?![\w@])|"
    r"\b(?:t\.me|wa\.me|bit\.ly|discord\.gg)/\S+"
)

_DIGIT_WORDS = {
    word: digit
    for digit, words in enumerate(
        (
            "zero cero oh",
            "one uno",
            "two dos",
            "three tres",
            "four cuatro",
            "five cinco",
            "six seis",
            "seven siete",
            "eight ocho",
            "nine nueve",
        )
    )
    for word in words.split()
}
_ONE_DIGIT = rf"(?:\d|\b(?:{'|'.join(_DIGIT_WORDS)})\b)"
# Seven digits or more with little between them; "(555) 010-9999", "five five five 0 1 0 …".
_PHONE = re.compile(rf"\+?\(?{_ONE_DIGIT}(?:[\s().\-–_/,*]{{0,3}}{_ONE_DIGIT}){{6,14}}")
# Figures that are no telephone numbers: dates, times, sums of money, years, numbers of a case.
_TIME = r"(?<![\d.:])(?:[01]?\d|2[0-3])[.:][0-5]\d(?!\d|[.:]\d)"
_OTHER_FIGURES = re.compile(
    r"(?<!\d)(?:19|20)\d\d-\d\d?-\d\d?(?:[t ]\d\d:\d\d(?::\d\d)?)?(?!\d)|"
    r"(?<![\d./-])\d\d?([-/.])\d\d?\1(?:\d\d){1,2}(?!\d|[./-]\d)|"
    rf"{_TIME}(?:\s*[-–]\s*{_TIME})?|"
    r"\b(?:19|20)\d\d\s*[-–]\s*(?:19|20)\d\d\b|"
    r"[$€£]\s?\d{1,6}(?:[.,]\d{2,3})*(?!\d)|(?<!\d)\d{1,3}(?:,\d{3})+(?:\.\d\d)?(?!\d)|"
    r"\b(?:case|docket|file|order|ticket|invoice|claim|receipt|caso|expediente)\s*"
    r"(?:(?:number|no\.?|nr\.?|n[uú]mero|#)\s*)?(?:is|es|:)?\s*\d{1,8}(?!\d|[\s.-]\d)"
)
_COUNTING = ("".join(map(str, range(30))), "".join(map(str, range(30, -1, -1))))

_SERVICES = (
    r"(?:insta(?:gram)?|snap(?:chat)?|tele(?:gram)?|whats\s?app|wsp|discord|kik|"
    r"tik\s?tok|face\s?book|messenger|viber|wechat|skype|cash\s?app|venmo)"
)
# Everyday words too: they count only with something after them that must be a name.
_SERVICES_OR_WORDS = rf"(?:{_SERVICES}|ig|sc|tg|fb|line|signal)"
_SIGNED = r"(?:[@$][a-z0-9._]{3,30}|(?=[\d._]*[a-z])(?=[a-z.]*[\d_])[a-z0-9._]{3,30})\b"
# "My insta is private" tells nobody where to look.
_NO_NAME = (
    r"(?:an?|the|my|so|not|no|very|too|just|also|being|now|private|public|gone|off|down|dead|bad|"
    r"good|broken|blocked|deleted|hacked|locked|new|old|full|empty|where|how|what|privado|malo)\b"
)
_NAMED = rf"@?(?!{_NO_NAME})[a-z0-9._]{{3,30}}\b"
_HANDLE = re.compile(
    r"\b(?:add|find|message|text|write|agr[eé]game|b[uú]scame|escr[ií]beme)\s+(?:me\s+)?"
    rf"(?:on|at|en|por)\s+{_SERVICES_OR_WORDS}\b(?:\s*[:=]\s*{_NAMED}|\s+(?:as\s+)?{_SIGNED})?|"
    r"(?<![\w.])@[a-z0-9][a-z0-9._]{2,29}\b|\b[a-z0-9._]{2,32}#\d{4}\b|"
    rf"\b{_SERVICES}\s*(?:name\s*)?[:=@]\s*{_NAMED}|"
    rf"\b(?:my|mi)\s+{_SERVICES}\s+(?:name\s+)?(?:is|es)\s+{_NAMED}|"
    rf"\b{_SERVICES_OR_WORDS}(?:\s*[:=]\s*|\s+(?:(?:me|is|es)\s+)?){_SIGNED}"
)
_known: Pattern[str] = re.compile("")
_LETTER, _WORD = re.compile(r"[^\W\d_]"), re.compile(r"[^\W\d_]+")
# Cues, and for texts that have one a closer look that still costs less than the search.
_SPACES = " \t\n\r\v\f\x1c\x1d\x1e\x1f\x85\u1680\u2028\u2029"  # the others are read as the first
CUES: dict[str, tuple[str, ...]] = {
    "contact.email": ("@", "arroba", *(f"{before}at" for before in f"{_SPACES}[({{<")),
    "contact.url": ("://", "."),
    "contact.phone": (*FIGURES, *_DIGIT_WORDS),
    "contact.handle": (
        *("@", "#", "insta", "snap", "tele", "whats", "wsp", "discord", "kik", "tik", "face"),
        *("messenger", "viber", "wechat", "skype", "cash", "venmo", "ig", "sc", "tg", "fb"),
        *("line", "signal"),
    ),
}
_SHORTEST = 7  # digits of a telephone number
_MAY_BE_EMAIL = re.compile(r"@|\b(?:at|arroba)\b")
_MAY_BE_URL = re.compile(r"://|\.\S")
_MAY_BE_HANDLE = re.compile(rf"[@#]|\b{_SERVICES_OR_WORDS}")


def trust(*numbers: str) -> None:
    """Never flag these numbers, nor the hotlines that everybody knows; forgets earlier ones."""
    global _known
    digits = {re.sub(r"\D", "", number) for number in (*_KNOWN, *numbers)} - {""}
    digits |= {number[1:] for number in digits if len(number) == 11 and number[0] == "1"}
    longest_first = sorted(digits, key=lambda number: (-len(number), number))
    _known = re.compile(
        rf"(?<!\d)\+?\(?(?:{'|'.join(_BETWEEN.join(number) for number in longest_first)})(?!\d)"
    )


trust()


def find(reading: Reading, hints: Hints) -> Iterator[Found]:
    """Every contact detail in a text; trusted lines are left alone."""
    emails = _searched(reading, hints, "email")
    yield from emails
    for url in _searched(reading, hints, "url"):
        if not _covered(url, emails):
            yield url
    if hints.get("contact.phone", 0) >= _SHORTEST:
        yield from _phones(reading)
    for handle in _searched(reading, hints, "handle"):
        if not _covered(handle, emails):
            yield handle


_SEARCHES = {
    "email": (_MAY_BE_EMAIL, _EMAIL),
    "url": (_MAY_BE_URL, _URL),
    "handle": (_MAY_BE_HANDLE, _HANDLE),
}


def _searched(reading: Reading, hints: Hints, category: str) -> Sequence[Found]:
    """What of a category is in a text that may hold any."""
    rule = f"contact.{category}"
    if rule not in hints:
        return ()
    may_be, pattern = _SEARCHES[category]
    return list(reading.search(pattern, category, rule)) if may_be.search(reading.text) else ()


def _covered(one: Found, others: Sequence[Found]) -> bool:
    return any(other.start < one.end and one.start < other.end for other in others)


def _phones(reading: Reading) -> Iterator[Found]:
    for match in _PHONE.finditer(_without_other_figures(reading.text)):
        if not _is_counting(digits_of(match.group())):
            yield Found(*reading.places(*match.span()), "phone", "contact.phone")


def _without_other_figures(text: str) -> str:
    """The text, of the same length, with a stop in place of what is no number of somebody's."""
    for pattern in (_known, _OTHER_FIGURES):
        text = pattern.sub(lambda match: "|" * len(match.group()), text)
    return text


def _is_counting(digits: str) -> bool:
    """Whether somebody counts, up or down, as people do to find calm."""
    return any(digits in numbers for numbers in _COUNTING)


def digits_of(said: str) -> str:
    """The digits of a number however it is written."""
    parts = re.findall(_ONE_DIGIT, said)
    return "".join(part if part.isdigit() else str(_DIGIT_WORDS[part]) for part in parts)


def find_split(reading: Reading, hints: Hints, recent: Sequence[str]) -> Iterator[Found]:
    """A number that one author spreads over several messages, ending in this one.

    Only messages that are hardly more than digits are put together: people also write ages,
    times and recipes.
    """
    if "contact.phone" not in hints or not _bare_digits(reading.text):
        return
    texts: list[str] = [reading.text]
    for earlier in reversed(recent):
        texts.insert(0, Reading(earlier).text)
        if not _bare_digits(texts[0]):
            del texts[0]
            break
    pieces = [_bare_digits(text) for text in texts]
    whole = "".join(pieces)
    if len(pieces) == 1 or not 7 <= len(whole) <= 15:
        return
    if not _known.fullmatch(whole) and not _counts(texts, pieces):
        yield Found(0, len(reading.original), "phone", "contact.phone_split")


def _counts(texts: Sequence[str], pieces: Sequence[str]) -> bool:
    """Whether somebody counts: one more each time, or more each time in the same words."""
    numbers = [int(piece) for piece in pieces]
    steps = [later - number for number, later in pairwise(numbers)]
    around = {re.sub(r"\d", "", text).strip() for text in texts}
    same_words = len(around) == 1 and around != {""}
    return all(step == 1 for step in steps) or (same_words and all(step > 0 for step in steps))


def _bare_digits(text: str) -> str:
    """The digits of a message that holds hardly anything else; else nothing."""
    others = 0
    for word in _WORD.finditer(text):  # most texts are told by their first words
        others += 0 if word.group() in _DIGIT_WORDS else word.end() - word.start()
        if others > 4:
            return ""
    others = len(_LETTER.findall(re.sub(_ONE_DIGIT, "", text)))
    return digits_of(text) if others <= 4 else ""
