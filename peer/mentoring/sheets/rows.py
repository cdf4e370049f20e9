"""From rows and a plan to people; what cannot be read is told with line, column and a remedy."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import Any

from peer.core.languages import folded
from peer.core.words import N_
from peer.mentoring.sheets import columns, values
from peer.mentoring.sheets.columns import CHOSEN, LEAVE, ColumnPlan, Grid, Side
from peer.mentoring.sheets.faults import BadSheet, Unread
from peer.mentoring.sheets.reading import Line, Sheet
from peer.mentoring.sheets.times import ALL, read_hours
from peer.mentoring.sheets.valuewords import NO, NOTHING, YES
from peer.policy import mentoring as policy

NOBODY = N_("There is nothing that tells who this is. A name, an address or a number is enough.")
DOUBLE = N_("Line %(line)s is about the same person. Leave one of the two, or tell them apart.")
MARK = N_("“%(part)s” is not a mark we know. A free cell holds 1, x or yes; another 0 or nothing.")
NO_TIMES = N_("No hours yet. Without them nobody can be found for this person.")
NO_WHOLE_HOUR = N_("There are hours, but no whole hour that begins on the hour.")
NO_LANGUAGES = N_("No languages yet. Without one nobody can be found for this person.")
UNKNOWN = N_("“%(part)s” is not in the list here and is left out.")
#: What an empty cell says, of fields where that is something.
EMPTY: Mapping[str, Any] = MappingProxyType(
    {
        "languages": {},
        "identity": None,
        "accepts": None,
        "area": None,
        "avoids": (),
        "boundaries": "",
        "interests": {},
        "topics": (),
        "declines": (),
    }
)


@dataclass(frozen=True)
class Remark:
    """Something about one cell: the line of the file, the column, and what would be right."""

    line: int
    column: str
    message: str
    params: Mapping[str, object]


@dataclass(frozen=True)
class Person:
    """One row that could be read. `who` is only for telling people apart, and is not kept.

    `values` have the names and shapes of the profile: languages, cells, timezone and so on; only
    those that the sheet has a column for. `clock` is the zone of hours when `values` has none.
    """

    line: int
    who: str
    pseudonym: str
    values: Mapping[str, Any]
    clock: str = "UTC"


@dataclass
class Reading:
    """What came out of a sheet: people, rows that stay out, remarks on rows that are in."""

    people: list[Person] = field(default_factory=list)
    faults: list[Remark] = field(default_factory=list)
    notes: list[Remark] = field(default_factory=list)
    unknown: dict[str, dict[str, None]] = field(default_factory=dict)  # field: words, once each

    @property
    def bad_lines(self) -> list[int]:
        """The lines that stay out, each once."""
        return list(dict.fromkeys(fault.line for fault in self.faults))


def read_people(sheet: Sheet, plan: ColumnPlan, side: Side, *, timezone: str) -> Reading:
    """Every row as a person or as what is wrong with it; BadSheet when the plan does not fit.

    `timezone` is the clock of rows that do not say theirs.
    """
    columns.check(plan, sheet.headers, side)
    try:
        zone = values.read_zone(plan.timezone or timezone)
    except Unread as unread:
        raise BadSheet(unread.message, **unread.params) from None
    return _People(sheet, plan, zone).read()


class _People:
    def __init__(self, sheet: Sheet, plan: ColumnPlan, timezone: str) -> None:
        self.sheet = sheet
        self.plan = plan
        self.result = Reading()
        self.timezone = timezone
        self.places: dict[str, list[int]] = {}
        for place, header in enumerate(sheet.headers):
            meaning = plan.columns.get(header, LEAVE)
            if meaning != LEAVE:
                self.places.setdefault(meaning, []).append(place)
        self.grids = [(grid, columns.places_of(grid, sheet.headers)) for grid in plan.grids]
        self.days = {
            place: columns.day_of(sheet.headers[place]) for place in self.places.get("times", ())
        }

    def read(self) -> Reading:
        seen: dict[str, int] = {}
        for line in self.sheet.lines:
            row = _Row(line, self)
            person = row.person()
            if person is None:
                continue
            if person.who in seen:
                row.fault("who", Unread(DOUBLE, line=seen[person.who]))
                continue
            seen[person.who] = line.number
            self.result.people.append(person)
            self.result.notes += row.notes
        return self.result

    def header(self, meaning: str) -> str:
        """The first column of a meaning, for remarks."""
        return self.sheet.headers[self.places[meaning][0]] if meaning in self.places else meaning


class _Row:
    """One row on its way to a person."""

    def __init__(self, line: Line, people: _People) -> None:
        self.line = line
        self.all = people
        self.values: dict[str, Any] = {}
        self.notes: list[Remark] = []
        self.sound = True

    def person(self) -> Person | None:
        """The person, or None when a cell of the row cannot be read: every such cell is told."""
        who = folded(" ".join(self._cells("who")))
        if not who:
            self.fault("who", Unread(NOBODY))
        self._take("timezone", values.read_zone)
        self._take("languages", values.read_languages)
        self._take("identity", values.read_identity)
        self._take("accepts", values.read_accepted)
        self._take("area", lambda text: values.read_line(text, 60))
        self._take("avoids", values.read_names)
        self._take("boundaries", lambda text: values.read_line(text, policy.TEXT))
        self._take("wants", values.read_yes)
        self._take("priority", lambda text: values.read_number(text, least=1, most=9))
        self._take("capacity", lambda text: values.read_number(text, least=0, most=policy.CAPACITY))
        for name in CHOSEN:
            self._take(name, partial(self._chosen, name))
        self._take_hours()
        if self.all.plan.timezone:
            self.values.setdefault("timezone", self.all.timezone)
        if not self.values.get("languages"):
            self.notes.append(self._remark(self.all.header("languages"), Unread(NO_LANGUAGES)))
        pseudonym = " ".join(self._cells("pseudonym"))
        if not self.sound:
            return None
        return Person(self.line.number, who, pseudonym, self.values, self.all.timezone)

    def _cells(self, meaning: str) -> list[str]:
        cells = [self.line.cells[place] for place in self.all.places.get(meaning, ())]
        return [cell for cell in cells if cell] or [
            cell for cell in [self.all.plan.defaults.get(meaning, "")] if cell
        ]

    def _take(self, meaning: str, read: Callable[[str], Any]) -> None:
        cells = self._cells(meaning)
        if not cells:
            if meaning in self.all.places and meaning in EMPTY:
                self.values[meaning] = EMPTY[meaning]
            return
        try:
            self.values[meaning] = read("; ".join(cells))
        except Unread as unread:
            self.fault(meaning, unread)

    def fault(self, meaning: str, unread: Unread, column: str = "") -> None:
        """Tell what is wrong; the row stays out."""
        self.sound = False
        self.all.result.faults.append(self._remark(column or self.all.header(meaning), unread))

    def _remark(self, column: str, unread: Unread) -> Remark:
        return Remark(self.line.number, column, unread.message, unread.params)

    def _chosen(self, name: str, text: str) -> Any:
        """Interests and topics by key. What a mentor will not hold is never left out silently."""
        field_name = CHOSEN[name]
        keys, unknown = values.read_chosen(text, field_name, self.all.plan.values.get(name, {}))
        if unknown:
            self.all.result.unknown.setdefault(name, {}).update(dict.fromkeys(unknown))
            if name == "declines":
                raise values.unknown_choice(unknown, field_name)
            part = Unread(UNKNOWN, part=", ".join(unknown)[:120])
            self.notes.append(self._remark(self.all.header(name), part))
        return dict.fromkeys(keys, 2) if field_name == "interests" else tuple(sorted(keys))

    def _take_hours(self) -> None:
        """Cells of the week from every column of times and every grid."""
        cells: set[int] = set()
        for place, day in self.all.days.items():
            header = self.all.sheet.headers[place]
            try:
                cells |= _hours(self.line.cells[place], header, day)
            except Unread as unread:
                self.fault("times", unread, header)
        for grid, places in self.all.grids:
            cells |= self._grid(grid, places)
        missing = NO_WHOLE_HOUR if cells else NO_TIMES
        if self.all.plan.on_the_hour:
            cells = {cell for cell in cells if cell ^ 1 in cells}
        if self.all.days or self.all.grids:
            self.values["cells"] = tuple(sorted(cells))
        if not cells:
            self.notes.append(self._remark(self.all.header("times"), Unread(missing)))

    def _grid(self, grid: Grid, places: Sequence[int]) -> frozenset[int]:
        free = []
        for number, place in enumerate(places):
            try:
                if _is_free(self.line.cells[place], grid):
                    free.append(number)
            except Unread as unread:
                self.fault("times", unread, self.all.sheet.headers[place])
                break
        return columns.grid_cells(grid, free, len(places))


def _hours(text: str, header: str, day: int | None) -> frozenset[int]:
    """The hours in a cell of a column that may itself be about a day or about hours."""
    word = folded(text)
    if word in NOTHING or word in NO:
        return frozenset()
    hours = columns.hours_of(header)
    if hours:
        return read_hours(hours) if word in YES else read_hours(f"{text.replace(';', ',')} {hours}")
    days = ALL if day is None else frozenset({day})
    if word in YES and day is not None:
        return read_hours("all day", days)
    return read_hours(text, days)


def _is_free(text: str, grid: Grid) -> bool:
    word = folded(text)
    if grid.free:
        return word in {folded(mark) for mark in grid.free}
    if not word or word in NO:
        return False
    if word in YES or word == "free":
        return True
    if word.replace(".", "", 1).isdecimal():
        return float(word) > 0
    raise Unread(MARK, part=text[:40])
