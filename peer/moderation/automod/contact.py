"""Contact details: phone numbers, e-mail and web addresses, accounts elsewhere."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from peer.moderation.automod.reading import Found, Reading

CATEGORIES = frozenset({"phone", "email", "url", "handle"})

# Lines that anybody may name: the national hotline, 988, the crisis text line, emergency calls.
_TRUSTED_NUMBERS = frozenset(
    {
        "18883737888",
        "8883737888",
        "233733",
        "988",
        "911",
        "112",
        "999",
        "741741",
        "116123",
        "18002738255",
    }
)

_AT = r"(?:\s*@\s*|\s*[\[({<]\s*(?:at|arroba)\s*[\])}>]\s*|\s+(?:at|arroba)\s+)"
_DOT = r"(?:\s*\.\s*|\s*[\[({<]\s*(?:dot|punto|point)\s*[\])}>]\s*|\s+(?:dot|punto|point)\s+)"
_END = r"(?:com|net|org|edu|gov|info|io|me|app|co|uk|us|es|mx|de|fr|ph|ng|in|np|ua|live|online|site|xyz|mail)"
_EMAIL = re.compile(rf"[a-z0-9][a-z0-9._+-]*{_AT}[a-z0-9-]+(?:{_DOT}[a-z0-9-]+)*{_DOT}{_END}\b")
_URL = re.compile(
    rf"\b(?:https?://\S+|www\.\S+|(?:[a-z0-9-]+\.)+{_END}(?:/\S*)?(?![\w@])|"
    r"(?:t\.me|wa\.me|bit\.ly|discord\.gg)/\S+)"
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
_DATE = re.compile(r"\d{1,4}([-/.])\d{1,2}\1\d{1,4}$")
_TIMES = re.compile(r"^\d{1,2}[.:]\d\d\s*[-–]\s*\d{1,2}[.:]\d\d$")

_SERVICES = (
    r"insta(?:gram)?|snap(?:chat)?|tele(?:gram)?|whats?\s?app|wsp|discord|kik|"
    r"tik\s?tok|face\s?book|messenger|viber|wechat|skype|cash\s?app|venmo"
)
# Everyday words too: they count only with a sign after them, as in "sig: lamp".
_ALSO_WORDS = r"ig|sc|tg|fb|line|signal"
_HANDLE = re.compile(
    rf"(?<![\w.])@[a-z0-9][a-z0-9._]{{2,29}}\b|\b(?:{_SERVICES})\s*(?:name\s*)?(?:is|es|[:=@])\s*@?[a-z0-9._]{{3,30}}\b|"
    rf"\b(?:{_ALSO_WORDS})\s*[:=@]\s*@?[a-z0-9._]{{3,30}}\b|"
    rf"\b(?:add|find|message|text|write|agr[eé]game|b[uú]scame|escr[ií]beme)\s+(?:me\s+)?(?:on|at|en|por)\s+(?:{_SERVICES}|{_ALSO_WORDS})\b"
)


def find(reading: Reading) -> Iterator[Found]:
    """Every contact detail in a text; trusted lines are left alone."""
    emails = list(reading.search(_EMAIL, "email", "contact.email"))
    yield from emails
    for url in reading.search(_URL, "url", "contact.url"):
        if not _covered(url, emails):
            yield url
    yield from _phones(reading)
    for handle in reading.search(_HANDLE, "handle", "contact.handle"):
        if not _covered(handle, emails):
            yield handle


def _covered(one: Found, others: Sequence[Found]) -> bool:
    return any(other.start < one.end and one.start < other.end for other in others)


def _phones(reading: Reading) -> Iterator[Found]:
    for match in _PHONE.finditer(reading.text):
        said = match.group().strip()
        if _DATE.match(said) or _TIMES.match(said) or digits_of(said) in _TRUSTED_NUMBERS:
            continue
        yield Found(*reading.places(*match.span()), "phone", "contact.phone")


def digits_of(said: str) -> str:
    """The digits of a number however it is written."""
    parts = re.findall(_ONE_DIGIT, said)
    return "".join(part if part.isdigit() else str(_DIGIT_WORDS[part]) for part in parts)


def find_split(reading: Reading, recent: Sequence[str]) -> Iterator[Found]:
    """A number that one author spreads over several messages, ending in this one.

    Only messages that are hardly more than digits are put together: people also write ages,
    times and recipes.
    """
    texts: list[str] = []
    pieces: list[str] = []
    for earlier in reversed(recent):
        text = Reading(earlier).text
        said = digits_of(text)
        if not said or len(earlier.strip()) > 2 * len(said) + 12:
            break
        pieces.insert(0, said)
        texts.insert(0, text)
    last = digits_of(reading.text)
    alone = last and len(reading.original.strip()) <= 2 * len(last) + 12
    if not alone or not pieces or _counts([*texts, reading.text], [*pieces, last]):
        return
    whole = "".join(pieces) + last
    if 7 <= len(whole) <= 15 and whole not in _TRUSTED_NUMBERS:
        yield Found(0, len(reading.original), "phone", "contact.phone_split")


def _counts(texts: Sequence[str], pieces: Sequence[str]) -> bool:
    """Whether somebody counts: one more each time, or more each time in the same words."""
    numbers = [int(piece) for piece in pieces]
    steps = [later - number for number, later in pairwise(numbers)]
    around = {re.sub(r"\d", "", text).strip() for text in texts}
    same_words = len(around) == 1 and around != {""}
    return all(step == 1 for step in steps) or (same_words and all(step > 0 for step in steps))
