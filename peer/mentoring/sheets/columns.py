"""Which column means what: guesses from headers, and mappings that are saved as JSON."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from types import MappingProxyType
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from peer.core.languages import folded
from peer.core.words import N_
from peer.mentoring.sheets.faults import BadSheet, Unread
from peer.mentoring.sheets.times import read_hours
from peer.mentoring.sheets.timewords import DAYS
from peer.policy import mentoring as policy

FORMAT = "commonroom.columns/1"
Side = Literal["mentees", "mentors"]
DayKey = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEK: tuple[DayKey, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LEAVE = "leave"

_BOTH = {
    "who": N_("Who it is (never kept)"),
    "pseudonym": N_("Made-up name to use here"),
    "languages": N_("Languages"),
    "times": N_("Times that suit"),
    "timezone": N_("Time zone"),
    "interests": N_("Interests"),
    "identity": N_("Identity, such as woman or man"),
    "accepts": N_("Whom they would be paired with"),
    "area": N_("Area where they live"),
    "avoids": N_("People not to be paired with"),
    "boundaries": N_("Boundaries, in their own words"),
}
_OF_SIDE = {
    "mentees": {
        "topics": N_("Topics they may want to talk about"),
        "wants": N_("Would like a mentor: yes or no"),
        "priority": N_("Priority, 1 to 9"),
    },
    "mentors": {
        "declines": N_("Topics they will not hold"),
        "capacity": N_("How many people they can meet"),
    },
}
#: Meanings that several columns may share: their cells are put together.
SHARED = frozenset({"who", "times", "languages", "interests", "topics", "declines", "avoids"})
#: Fields whose unknown words can be mapped to known ones.
CHOSEN = MappingProxyType({"interests": "interests", "topics": "topics", "declines": "topics"})

_GUESSES: tuple[tuple[str, str], ...] = (
    (LEAVE, r"timestamp|marca temporal|phone|tel\b|telefono|street|birth|comment|notes?\b"),
    ("timezone", r"time ?zone|zona horaria|fuso"),
    ("pseudonym", r"pseudonym|nick ?name|alias|made.?up name|screen name|apodo|seudonimo"),
    ("avoids", r"(not|n.t|avoid).*(match|pair|know)|(match|pair).*\bnot\b"),
    ("declines", r"(not|n.t|avoid|unable|uncomfortable|declin).*(topic|talk|discuss|hold|support)"),
    ("declines", r"topic.*(not|n.t|avoid|declin)"),
    ("topics", r"topic|want to talk|like to talk|discuss|temas"),
    ("wants", r"(want|would you like|looking for|need).*\ba? ?mentor\b(?!.*(language|gender))"),
    ("accepts", r"(prefer|comfortable|okay|paired|matched).*(gender|identity|wom[ae]n|genero)"),
    ("accepts", r"(gender|identity|genero).*(mentor|mentee|prefer)"),
    ("identity", r"gender|identity|pronoun|genero|sexo|\bsex\b"),
    ("languages", r"\blanguages?\b|idiomas?\b|lenguas?\b|langues?\b|linguas?\b"),
    ("capacity", r"how many|capacity|number of (mentees|people)|cuantas personas|places"),
    ("times", r"availab|\bwhen\b|\bfree\b|hours|\btimes?\b|schedule|disponib|horario|days"),
    ("interests", r"interest|hobb|enjoy|help with|\bgoals?\b|intereses|aficiones"),
    ("area", r"\barea\b|region|neighbo|county|district|\bcity\b|town|barrio|ciudad|zip|postcode"),
    ("priority", r"priority|urgen|prioridad"),
    ("boundaries", r"boundar|limites"),
    ("who", r"\bname\b|nombre|respondent|\bid\b|apellido"),
)
_E_MAIL = re.compile(r"e-?mail|correo", re.IGNORECASE)
#: Spelled slightly otherwise, these are still known.
_COMMON = (
    *("name", "full name", "languages", "language", "availability", "available times", "time zone"),
    *("gender", "interests", "capacity", "topics", "area", "nickname", "priority", "e-mail"),
)


class Grid(BaseModel):
    """Numbered columns that are cells of a week, day after day: "Slot 1" to "Slot 168".

    `first` is the hour of a day's first cell, `minutes` the length of a cell; `free` are the
    marks of a free cell (none: any number above 0, x or yes).
    """

    model_config = ConfigDict(extra="forbid")

    prefix: str = Field(max_length=200)
    days: list[DayKey] = Field(default=list(WEEK), min_length=1, max_length=7)
    first: str = Field(default="00:00", pattern=r"^([01]\d|2[0-3]):[0-5][05]$")
    minutes: Literal[15, 30, 60] = 60
    free: list[str] = Field(default=[], max_length=20)

    @property
    def first_minute(self) -> int:
        """The first cell's beginning, in minutes of the day."""
        return int(self.first[:2]) * 60 + int(self.first[3:])


class ColumnPlan(BaseModel):
    """A saved way to read a sheet, as a file and as it is kept in the database."""

    model_config = ConfigDict(extra="forbid")

    format: Literal["commonroom.columns/1"] = "commonroom.columns/1"
    columns: dict[str, str] = Field(default={}, max_length=1000)
    grids: list[Grid] = Field(default=[], max_length=10)
    values: dict[str, dict[str, str]] = {}
    defaults: dict[str, str] = {}
    timezone: str = Field(default="", max_length=64)
    on_the_hour: bool = False

    def about(self, headers: Sequence[str]) -> "ColumnPlan":
        """The same plan that names every column of a sheet, also those that are left out."""
        columns = {header: self.columns.get(header, LEAVE) for header in headers}
        return self.model_copy(update={"columns": {**self.columns, **columns}})


@dataclass(frozen=True)
class Group:
    """Numbered columns of one prefix: their places in the sheet, in the order of the numbers."""

    prefix: str
    places: tuple[int, ...]


def meanings(side: Side) -> dict[str, str]:
    """What a column of a sheet of `side` can mean, with its words."""
    return {**_BOTH, **_OF_SIDE[side], LEAVE: N_("Leave out")}


def groups(headers: Sequence[str]) -> list[Group]:
    """The runs of numbered columns that are long enough to be cells of a week."""
    found: dict[str, dict[int, int]] = defaultdict(dict)
    for place, header in enumerate(headers):
        match = re.fullmatch(r"(.*?\D|)[\s_-]*(\d{1,4})", header)
        if match:
            found[match[1].strip(" _-")].setdefault(int(match[2]), place)
    runs = [
        Group(prefix, tuple(places[number] for number in sorted(places)))
        for prefix, places in found.items()
        if len(places) >= 14 and max(places) - min(places) + 1 == len(places)
    ]
    return sorted(runs, key=lambda group: group.places)


def guess(headers: Sequence[str], side: Side) -> ColumnPlan:
    """What the headers seem to say. Grids are never guessed: somebody has to say their hours."""
    in_groups = {place for group in groups(headers) for place in group.places}
    known, taken = meanings(side), set[str]()
    columns: dict[str, str] = {}
    for place, header in enumerate(headers):
        meaning = LEAVE if place in in_groups else _meaning(header)
        if meaning not in known or (meaning in taken and meaning not in SHARED):
            meaning = LEAVE
        taken.add(meaning)
        columns[header] = meaning
    if "who" not in taken:
        columns |= dict.fromkeys(
            [header for header in headers if _E_MAIL.search(header)][:1], "who"
        )
    return ColumnPlan(columns=columns)


def _meaning(header: str) -> str:
    words = folded(re.sub(r"[_\-]+", " ", header))
    if day_of(header) is not None:
        return "times"
    for meaning, pattern in _GUESSES:
        if re.search(pattern, words):
            return meaning
    for common in _COMMON:
        if SequenceMatcher(None, words, common).ratio() >= 0.84:
            return _meaning(common)
    return LEAVE


def day_of(header: str) -> int | None:
    """The day that a column of times is about: "Monday", or "When are you free? [Monday]"."""
    named = re.search(r"\[(.+)\]\s*$", header)
    days = DAYS.get(folded(named[1] if named else header).strip(" .:"))
    return min(days) if days and len(days) == 1 else None


def hours_of(header: str) -> str:
    """The hours that a column is about, "When are you free? [6-7pm]"; empty when none."""
    named = re.search(r"\[(.+)\]\s*$", header)
    if not named or day_of(header) is not None:
        return ""
    try:
        return named[1] if read_hours(named[1]) else ""
    except Unread:
        return ""


NOT_JSON = N_("The mapping is not readable: %(what)s")
UNKNOWN_MEANING = N_("“%(meaning)s” is not something that a column can mean. Known are: %(known)s.")
TWICE = N_("Two columns mean “%(meaning)s”. Only one can.")
NO_WHO = N_("Choose the column that tells who it is. It is needed to know people again next time.")
NO_GROUP = N_("There are no numbered columns that begin with “%(prefix)s”.")
GRID_SIZE = N_("“%(prefix)s” has %(count)s columns, which do not fill %(days)s days evenly.")
GRID_LONG = N_(
    "The hours of “%(prefix)s” would run past midnight. Check the first hour and the steps."
)


def load(text: str | bytes) -> ColumnPlan:
    """A mapping from its JSON; BadSheet says where it is wrong."""
    try:
        return ColumnPlan.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(step) for step in first["loc"]) or "$"
        raise BadSheet(NOT_JSON, what=f"{place}: {first['msg']}") from None


def check(plan: ColumnPlan, headers: Sequence[str], side: Side) -> None:
    """BadSheet unless the plan fits the sheet; columns that the sheet lacks are left aside."""
    known = meanings(side)
    present = [plan.columns.get(header, LEAVE) for header in headers]
    for meaning in (*plan.columns.values(), *plan.defaults, *plan.values):
        if meaning not in known:
            raise BadSheet(UNKNOWN_MEANING, meaning=meaning, known=", ".join(known))
    for field, words in plan.values.items():
        for key in set(words.values()) - {"", *_vocabulary(field)}:
            raise BadSheet(UNKNOWN_MEANING, meaning=key, known=", ".join(_vocabulary(field)))
    for meaning in set(present) - SHARED - {LEAVE}:
        if present.count(meaning) > 1:
            raise BadSheet(TWICE, meaning=meaning)
    if "who" not in present:
        raise BadSheet(NO_WHO)
    for grid in plan.grids:
        _check_grid(grid, places_of(grid, headers))


def _vocabulary(meaning: str) -> Mapping[str, str]:
    known = {"interests": policy.INTERESTS, "topics": policy.TOPICS}
    return known.get(CHOSEN.get(meaning, ""), {})


def places_of(grid: Grid, headers: Sequence[str]) -> tuple[int, ...]:
    """Where the columns of a grid stand; BadSheet when there are none."""
    for group in groups(headers):
        if folded(group.prefix) == folded(grid.prefix):
            return group.places
    raise BadSheet(NO_GROUP, prefix=grid.prefix)


def _check_grid(grid: Grid, places: Sequence[int]) -> None:
    count, days = len(places), len(grid.days)
    if count % days:
        raise BadSheet(GRID_SIZE, prefix=grid.prefix, count=count, days=days)
    if grid.first_minute + count // days * grid.minutes > 24 * 60:
        raise BadSheet(GRID_LONG, prefix=grid.prefix)


def grid_cells(grid: Grid, free: Iterable[int], count: int) -> frozenset[int]:
    """The half hours of the week that lie wholly in the free cells of a grid of `count`.

    `free` are places within the grid, from 0.
    """
    per_day = count // len(grid.days)
    covered: Counter[int] = Counter()  # minutes of each half hour
    for place in free:
        day = WEEK.index(grid.days[place // per_day])
        begin = day * 1440 + grid.first_minute + place % per_day * grid.minutes
        for minute in range(begin, begin + grid.minutes, 5):
            covered[minute // 30] += 5
    return frozenset(cell for cell, minutes in covered.items() if minutes == 30)


def fitting(saved: Mapping[str, ColumnPlan], headers: Sequence[str]) -> str | None:
    """The name of the saved plan that knows the most of these columns, if one knows them all."""
    wanted = set(headers) - {headers[place] for group in groups(headers) for place in group.places}
    fits = [name for name, plan in saved.items() if wanted and wanted <= set(plan.columns)]
    return max(fits, key=lambda name: len(saved[name].grids), default=None)
