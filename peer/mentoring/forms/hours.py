"""The week as a grid of checkboxes or as a list of times, and back to half-hour cells."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

from babel import Locale
from babel.core import UnknownLocaleError
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from peer.core import zones as places
from peer.core.errors import Invalid
from peer.core.words import N_

CELLS = 336
_SPAN = re.compile(r"^(\d{1,2})(?:[:.h](\d{2})?)?\s*(?:-|–|—)\s*(\d{1,2})(?:[:.h](\d{2})?)?$")


@dataclass(frozen=True)
class Week:
    """What the grid shows: days in the reader's order, rows of `step` minutes, what is ticked."""

    days: list[tuple[str, str, str]]
    rows: list[tuple[str, str, str, str]]
    checked: frozenset[str]
    step: int


def week(cells: Iterable[int], locale: str, step: int = 60) -> Week:
    """The grid of some cells; half-hour rows when asked for or when whole hours do not do."""
    own = frozenset(cells)
    whole = all((cell ^ 1) in own for cell in own)
    step = 60 if step == 60 and whole else 30
    babel = _locale(locale)
    return Week(
        days=_days(babel),
        rows=[_row(minute, step) for minute in _minutes(step)],
        checked=frozenset(_value(cell) for cell in own if step == 30 or cell % 2 == 0),
        step=step,
    )


def _locale(code: str) -> Locale:
    try:
        return Locale.parse(code)
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def _days(locale: Locale) -> list[tuple[str, str, str]]:
    """(number, short, full) of the days, beginning with the reader's first day of the week."""
    first = int(locale.first_week_day)
    forms = locale.days["stand-alone"]
    full, short = forms["wide"], forms["abbreviated"]
    if all(short[day] == full[day] for day in full):
        short = forms["narrow"]  # Arabic shortens a day to a letter, or not at all
    order = [(first + number) % 7 for number in range(7)]
    return [(str(day), str(short[day]), str(full[day])) for day in order]


def _minutes(step: int) -> list[int]:
    """The beginnings of the rows: from six in the morning round to the end of the night."""
    return [(6 * 60 + number * step) % 1440 for number in range(1440 // step)]


def _row(minute: int, step: int) -> tuple[str, str, str, str]:
    begin, end = (f"{m // 60:02}:{m % 60:02}" for m in (minute, (minute + step) % 1440))
    span = _("%(begin)s to %(end)s", begin=begin, end=end)
    return begin, begin, span, _part(minute // 60)


def _part(hour: int) -> str:
    if 6 <= hour < 12:
        return str(_("Morning"))
    if 12 <= hour < 17:
        return str(_("Afternoon"))
    return str(_("Evening")) if 17 <= hour < 22 else str(_("Night"))


def _value(cell: int) -> str:
    day, half = divmod(cell, 48)
    return f"{day}-{half // 2:02}:{half % 2 * 30:02}"


def cells_from_grid(values: Iterable[str], step: int) -> tuple[int, ...]:
    """The cells of ticked boxes such as "0-18:00"; Invalid for anything else."""
    found: set[int] = set()
    for value in values:
        match = re.fullmatch(r"([0-6])-([01]\d|2[0-3]):(00|30)", value)
        if match is None:
            raise Invalid(N_("Some of those hours are not in a week."), field="cells")
        day, hour, minute = (int(part) for part in match.groups())
        cell = day * 48 + hour * 2 + minute // 30
        found |= {cell} if step == 30 else {cell, cell + 1}
    return tuple(sorted(cell for cell in found if cell < CELLS))


def list_of(cells: Iterable[int]) -> dict[str, str]:
    """Each day's hours as words such as "18:00-20:30, 22:00-24:00", by day number."""
    own = frozenset(cells)
    found = {}
    for day in range(7):
        halves = [half for half in range(48) if day * 48 + half in own]
        begins = [half for half in halves if half - 1 not in halves]
        spans = [(begin, _end(begin, halves)) for begin in begins]
        found[str(day)] = ", ".join(f"{_clock(a)}-{_clock(b)}" for a, b in spans)
    return found


def _end(begin: int, halves: list[int]) -> int:
    while begin in halves:
        begin += 1
    return begin


def _clock(half: int) -> str:
    return f"{half // 2:02}:{half % 2 * 30:02}"


def cells_from_list(form: "MultiDict[str, str]", name: Callable[[int], str]) -> tuple[int, ...]:
    """The cells of seven lists of times; Invalid names the day that cannot be read."""
    found: set[int] = set()
    for day in range(7):
        for words in re.split(r"[,;\n]+", form.get(name(day), "")):
            if words.strip():
                found |= {day * 48 + half for half in _halves(words.strip(), name(day))}
    return tuple(sorted(found))


def _halves(words: str, field: str) -> range:
    match = _SPAN.match(words)
    if match is not None:
        h1, m1, h2, m2 = (int(part or 0) for part in match.groups())
        begin, end = h1 * 60 + m1, h2 * 60 + m2
        if begin < end <= 1440 and m1 < 60 and m2 < 60:
            # Inner half hours only: nobody is promised for time they did not name.
            return range(-(-begin // 30), end // 30)
    raise Invalid(
        N_("“%(words)s” cannot be read as times. They look like this: 18:00-20:30, 21-22"),
        field=field,
        words=words[:40],
    )


@cache
def zones() -> list[str]:
    """The names of the time zones to choose from."""
    return [*places.offered(), places.UNKNOWN]


def zone_choices(locale: str, chosen: str) -> list[tuple[str, str, str]]:
    """(zone, city, region) to choose from, with the one that is chosen even if it is an old name."""
    found = [*places.named(str(_locale(locale))), ("UTC", "UTC", _("Other"))]
    if chosen not in {zone for zone, _city, _region in found}:
        found.append((chosen, places.city_of(chosen, locale), str(_("Other"))))
    return found
