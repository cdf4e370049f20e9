"""Hours as people write them, "Mon/Wed 18:30-20:00" or "weekday evenings", and back to words.

Hours are half-hour cells of the week, 0 = Monday 00:00, 335 = Sunday 23:30, on the clock of
whoever wrote them. What is not understood is refused, never guessed away; a bare "6-8" could be
morning or evening, so it is asked about.
"""

from collections.abc import Iterable, Iterator

from peer.mentoring.sheets.faults import MIXED, NO_DAY, NO_END, NO_HOURS, TOO_LONG, Unread
from peer.mentoring.sheets.timespans import EARLY, LATE, Span, after, before, range_of
from peer.mentoring.sheets.timetokens import Token, tokens_of

DAY = 48  # half hours
CELLS = 7 * DAY
LONGEST = 600  # characters of one cell
ALL = frozenset(range(7))
_HOUR_KINDS = ("time", "part", "after", "before", "between")


def read_hours(text: str, days: frozenset[int] = frozenset()) -> frozenset[int]:
    """The cells that `text` names; Unread when a part of it is not understood.

    `days` (0 = Monday) are those of the column, for cells that only name hours.
    """
    if len(text) > LONGEST:
        raise Unread(TOO_LONG)
    tokens = list(tokens_of(text))
    return frozenset(_Reading(tokens, days).cells()) if tokens else frozenset()


class _Reading:
    """Statements of days and spans, in either order; the first one shows which."""

    def __init__(self, tokens: list[Token], given: frozenset[int]) -> None:
        self.tokens = tokens
        self.given = given
        self.at = 0
        self.days_first: bool | None = None
        self.last: frozenset[int] = given

    def cells(self) -> set[int]:
        found: set[int] = set()
        while self._skip("weak", "strong", "and"):
            found |= self._statement()
        return found

    def _peek(self, ahead: int = 0) -> Token | None:
        at = self.at + ahead
        return self.tokens[at] if at < len(self.tokens) else None

    def _next_is(self, *kinds: str, ahead: int = 0) -> bool:
        token = self._peek(ahead)
        return token is not None and token.kind in kinds

    def _take(self) -> Token:
        token = self.tokens[self.at]
        self.at += 1
        return token

    def _skip(self, *kinds: str) -> bool:
        """Pass over separators; whether anything is left."""
        while self._next_is(*kinds):
            self.at += 1
        return self.at < len(self.tokens)

    def _statement(self) -> set[int]:
        begun = self.at
        if self._next_is("days"):
            self.days_first = True if self.days_first is None else self.days_first
            days = self._days()
            spans = self._spans_after_days()
            self.last = days
        else:
            spans = self._spans()
            days = self._days_of(spans)
        text = " ".join(token.text for token in self.tokens[begun : self.at])
        cells = {cell for day in days for span in spans for cell in _cells(day, span)}
        if not cells:
            raise Unread(NO_HOURS, part=text)
        return cells

    def _days_of(self, spans: list[Span]) -> frozenset[int]:
        """The days of hours that were named before or without a day."""
        if not self.days_first and self._next_is("days"):
            self.days_first = False
            self.last = self._days()
            if self._next_is(*_HOUR_KINDS):  # these days' hours, or the ones before?
                raise Unread(MIXED, part=self.tokens[self.at].text)
            return self.last
        return self.last or self.given or ALL

    def _days(self) -> frozenset[int]:
        days: set[int] = set()
        while self._next_is("days"):
            token = self._take()
            if self._next_is("to") and self._next_is("days", ahead=1):
                self.at += 1
                days |= _between(token, self._take())
            else:
                days |= token.days
            ahead = 0
            while self._next_is("weak", "and", ahead=ahead):
                ahead += 1
            if ahead and self._next_is("days", ahead=ahead):
                self.at += ahead
        return frozenset(days)

    def _spans_after_days(self) -> list[Span]:
        ahead = 1 if self._next_is("weak") else 0
        if self._next_is(*_HOUR_KINDS, "to", ahead=ahead):
            self.at += ahead
            return self._spans()
        return [Span(9 * 60, 21 * 60)]

    def _spans(self) -> list[Span]:
        spans = [self._span()]
        while True:
            ahead = 0
            while self._next_is("weak", "and", ahead=ahead):
                ahead += 1
            if not self._next_is(*_HOUR_KINDS, ahead=ahead):
                return spans
            if not ahead and not self._next_is("part", "time"):
                return spans
            if self.days_first is False and self._days_follow(ahead):
                return spans
            self.at += ahead
            spans.append(self._span())

    def _days_follow(self, ahead: int) -> bool:
        """Whether the hours ahead belong to days that are named after them."""
        while (token := self._peek(ahead)) is not None and token.kind != "strong":
            if token.kind == "days":
                return True
            ahead += 1
        return False

    def _span(self) -> Span:
        token = self._take()
        if token.kind == "part":
            return self._part(token)
        if token.kind in {"after", "before", "between", "to"}:
            return self._bounded(token)
        if token.kind != "time":
            raise Unread(NO_DAY, part=token.text)
        return self._from(token, "")

    def _part(self, token: Token) -> Span:
        """A part of the day, or the hours within it that are named right after it."""
        if not self._next_is("time", "after", "before", "between"):
            return Span(token.minutes, token.until)
        half = "pm" if token.minutes >= 12 * 60 else "am"
        if self._next_is("time"):
            return self._from(self._take(), half)
        return self._bounded(self._take(), half, token)

    def _bounded(self, token: Token, half: str = "", part: Token | None = None) -> Span:
        if not self._next_is("time"):
            raise Unread(NO_DAY, part=token.text)
        time = self._take()
        follows = self._next_is("to") or (token.kind == "between" and self._next_is("and"))
        if token.kind in {"after", "between"} and follows:
            return self._from(time, half, between=token.kind == "between")
        if token.kind == "between":
            raise Unread(NO_DAY, part=f"{token.text} {time.text}")
        if token.kind == "after":
            return after(time, half, part.until if part else LATE)
        return before(time, half, part.minutes if part else EARLY)

    def _from(self, begin: Token, half: str, *, between: bool = False) -> Span:
        """A range that begins at a time."""
        if self._next_is("plus") or self._next_is("after"):
            self.at += 1
            return after(begin, half, LATE)
        if not (self._next_is("to") or (between and self._next_is("and"))):
            raise Unread(NO_END, part=begin.text)
        self.at += 1
        if not self._next_is("time"):
            raise Unread(NO_END, part=begin.text)
        return range_of(begin, self._take(), half)


def _between(first: Token, last: Token) -> frozenset[int]:
    """The days from one to the other; a range over Sunday goes on with Monday."""
    if len(first.days) != 1 or len(last.days) != 1:
        raise Unread(NO_DAY, part=f"{first.text}-{last.text}")
    begin, end = min(first.days), min(last.days)
    return frozenset((begin + step) % 7 for step in range((end - begin) % 7 + 1))


def _cells(day: int, span: Span) -> Iterator[int]:
    """The half hours that lie wholly within a span of one day."""
    for cell in range(-(-span.begin // 30), span.end // 30):
        yield (day * DAY + cell) % CELLS


_SHORT = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def said_hours(cells: Iterable[int]) -> str:
    """Cells in words that `read_hours` reads back, such as "Mon 18:00-20:00; Tue 09:00-10:30"."""
    chosen = set(cells)
    days = []
    for day, name in enumerate(_SHORT):
        spans = [_said(begin, end) for begin, end in _stretches(chosen, day)]
        if spans:
            days.append(f"{name} {', '.join(spans)}")
    return "; ".join(days)


def _stretches(chosen: set[int], day: int) -> Iterator[tuple[int, int]]:
    """From and to, in half hours of the day, of each stretch of chosen cells."""
    begin = None
    for cell in range(DAY + 1):
        inside = cell < DAY and day * DAY + cell in chosen
        if inside and begin is None:
            begin = cell
        if not inside and begin is not None:
            yield begin, cell
            begin = None


def _said(begin: int, end: int) -> str:
    return f"{begin // 2:02}:{begin % 2 * 30:02}-{end // 2:02}:{end % 2 * 30:02}"
