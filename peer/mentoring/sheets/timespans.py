"""From two written times to minutes of a day, with the am or pm that was left out."""

from dataclasses import dataclass

from peer.mentoring.sheets.faults import AMBIGUOUS, NO_HOURS, Unread
from peer.mentoring.sheets.timetokens import Token

LATE, EARLY = 22 * 60, 8 * 60  # "after 17:00" ends at ten, "before noon" begins at eight


@dataclass(frozen=True)
class Span:
    """Minutes of a day; over 1440 it runs on into the next day."""

    begin: int
    end: int


def range_of(begin: Token, end: Token, half: str) -> Span:
    """Two times as a span; a missing am or pm is taken from the other, or asked for."""
    text = f"{begin.text}-{end.text}"
    if begin.bare and not begin.half and end.half:
        begin = _like(begin, end)
    elif end.bare and not end.half and begin.half:
        end = _after_it(begin, end)
    elif begin.bare and end.bare:
        begin, end = _both_bare(begin, end, half, text)
    elif begin.bare and begin.minutes < end.minutes:
        begin = _checked_bare(begin, half, text)
    finish = end.minutes if end.minutes > begin.minutes else end.minutes + 24 * 60
    if finish - begin.minutes >= 24 * 60:
        raise Unread(NO_HOURS, part=text)
    return Span(begin.minutes, finish)


def _moved(token: Token, minutes: int) -> Token:
    return Token("time", token.text, minutes=minutes % (24 * 60) or minutes)


def _like(begin: Token, end: Token) -> Token:
    """The beginning in the same half of the day as the end, unless it would come after it."""
    hour = begin.minutes % (12 * 60)
    same = hour + (12 * 60 if end.half == "pm" else 0)
    if same < end.minutes or end.minutes == 0:
        return Token("time", begin.text, minutes=same)
    other = hour if end.half == "pm" else hour + 12 * 60
    return Token("time", begin.text, minutes=other)


def _after_it(begin: Token, end: Token) -> Token:
    """The end in the same half of the day as the beginning, or in the one after it."""
    hour = end.minutes % (12 * 60)
    later = [hour, hour + 12 * 60, hour + 24 * 60]
    finish = next(each for each in later if each > begin.minutes)
    return Token("time", end.text, minutes=finish)


def _both_bare(begin: Token, end: Token, half: str, text: str) -> tuple[Token, Token]:
    begin = _checked_bare(begin, half, text)
    finish = end.minutes % (12 * 60)
    while finish <= begin.minutes:
        finish += 12 * 60
    return begin, Token("time", end.text, minutes=finish)


def _checked_bare(token: Token, half: str, text: str) -> Token:
    """A time without am or pm: clear from eight to noon, or where the part of the day says it."""
    hour = token.minutes % (12 * 60)
    if half:
        return Token("time", token.text, minutes=hour + (12 * 60 if half == "pm" else 0))
    if token.minutes < 8 * 60:
        raise Unread(AMBIGUOUS, part=text)
    return token


def after(time: Token, half: str, until: int) -> Span:
    minutes = time.minutes
    if time.bare and half:
        minutes = minutes % (12 * 60) + (12 * 60 if half == "pm" else 0)
    elif time.bare and 60 <= minutes < 8 * 60:
        minutes += 12 * 60  # nobody writes "after 5" for five in the morning
    elif time.bare and minutes < 12 * 60:
        raise Unread(AMBIGUOUS, part=time.text)
    return Span(minutes, until if minutes < until - 60 else max(24 * 60, minutes + 60))


def before(time: Token, half: str, begin: int) -> Span:
    minutes = time.minutes
    if time.bare and half:
        minutes = minutes % (12 * 60) + (12 * 60 if half == "pm" else 0)
    elif time.bare and minutes < 8 * 60:
        raise Unread(AMBIGUOUS, part=time.text)
    return Span(begin if begin <= minutes - 60 else max(0, minutes - 120), minutes)
