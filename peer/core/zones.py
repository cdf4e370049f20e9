"""Time zones: which ones people choose from, and what they are called."""

from functools import cache
from importlib.resources import files
from zoneinfo import available_timezones

from babel.core import UnknownLocaleError
from babel.dates import get_timezone_location

UNKNOWN = "UTC"


@cache
def offered() -> tuple[str, ...]:
    """The IANA zones that some place on land keeps, in the order of their names."""
    table = (files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8")
    lines = (line.split("\t") for line in table.splitlines() if not line.startswith("#"))
    return tuple(sorted({parts[2] for parts in lines if len(parts) > 2} & _all()))


@cache
def _all() -> frozenset[str]:
    return frozenset(available_timezones())


def known(zone: str) -> str:
    """`zone` when it is an IANA zone, also under an old name; else UTC."""
    return zone if zone in _all() else UNKNOWN


@cache
def named(locale: str) -> tuple[tuple[str, str, str], ...]:
    """(zone, city in the language `locale`, region in English) of every offered zone."""
    return tuple((zone, city_of(zone, locale), zone.partition("/")[0]) for zone in offered())


def city_of(zone: str, locale: str = "en") -> str:
    """What the place that gives `zone` its name is called in the language `locale`."""
    try:
        return get_timezone_location(zone, locale=locale, return_city=True)
    except (LookupError, UnknownLocaleError, ValueError):
        return zone.rpartition("/")[2].replace("_", " ")
