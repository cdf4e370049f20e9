"""From the bytes of a file to rows of text: encodings, delimiters, headers, limits."""

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from peer.core.words import N_
from peer.mentoring.sheets.faults import BadSheet

LARGEST = 1_500_000  # bytes of a file
ENDINGS = (".csv", ".tsv", ".txt")
MOST_ROWS, MOST_COLUMNS = 5_000, 1_000

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

TOO_LARGE = N_(
    "This file is larger than %(most)s MB. A sheet with one row a person is far smaller."
)
EMPTY = N_("There are no rows in this file.")
WORKBOOK = N_(
    "This is a workbook, not a CSV file. In Excel choose Save as, then “CSV UTF-8”; in Google "
    "Sheets choose Download, then “Comma-separated values”."
)
NO_SHEET = N_(
    "A file of this kind cannot be read. Save the sheet as “CSV UTF-8”: its name ends in .csv then."
)
NO_TEXT = N_("This file holds signs that are not text. Save the sheet again as “CSV UTF-8”.")
UNENDED = N_("A quotation mark in line %(line)s is never closed, so the rows cannot be told apart.")
MANY_ROWS = N_("There are more than %(most)s rows. Split the sheet into several files.")
MANY_COLUMNS = N_("There are more than %(most)s columns. Take out those that are not needed.")


@dataclass(frozen=True)
class Line:
    """One row: the line of the file in which it begins, counted from 1, and its cells."""

    number: int
    cells: Sequence[str]


@dataclass(frozen=True)
class Sheet:
    """A table of text: headers, each with a name of its own, and rows as wide as they are."""

    headers: tuple[str, ...]
    lines: tuple[Line, ...]


def read_sheet(data: bytes) -> Sheet:
    """The table in a CSV file as spreadsheets save it; BadSheet says what would be right."""
    if len(data) > LARGEST:
        raise BadSheet(TOO_LARGE, most=LARGEST / 1_000_000)
    text = _text(data)
    lines = list(_lines(text))
    if not lines:
        raise BadSheet(EMPTY)
    width = max(len(line.cells) for line in lines)
    rows = tuple(Line(line.number, _padded(line.cells, width)) for line in lines[1:])
    return Sheet(_headers(lines[0].cells, width), rows)


def check_ending(name: str) -> None:
    """BadSheet when a file is not called like a sheet; what it holds is looked at afterwards."""
    ending = name.lower().rpartition(".")[2]
    if ending in {"xls", "xlsx", "ods", "numbers"}:
        raise BadSheet(WORKBOOK)
    if f".{ending}" not in ENDINGS:
        raise BadSheet(NO_SHEET)


def _text(data: bytes) -> str:
    """The file as text: what its first bytes say, else UTF-8, else what old Windows wrote."""
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise BadSheet(WORKBOOK)
    try:
        text = data.decode(_encoding(data))
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    if "\0" in text or text.count("\ufffd") > 5:
        raise BadSheet(NO_TEXT)
    return text


def _encoding(data: bytes) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding
    if data[1:2] == b"\0":
        return "utf-16-le"
    return "utf-16-be" if data[:1] == b"\0" else "utf-8"


def _lines(text: str) -> Iterator[Line]:
    """The rows that hold anything, with limits kept while reading."""
    told = text.startswith("sep=") and text[5:6] in {"\n", "\r"}  # Excel's own first line
    delimiter = text[4] if told else _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    if told:
        next(reader)
    count, begun = 0, reader.line_num + 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                _check_limits(count := count + 1, len(cells))
                yield Line(begun, [_plain(cell) for cell in cells])
            begun = reader.line_num + 1
    except csv.Error:  # a cell of more than 131,072 characters
        raise BadSheet(UNENDED, line=begun) from None


def _check_limits(rows: int, columns: int) -> None:
    if rows > MOST_ROWS + 1:
        raise BadSheet(MANY_ROWS, most=MOST_ROWS)
    if columns > MOST_COLUMNS:
        raise BadSheet(MANY_COLUMNS, most=MOST_COLUMNS)


def _delimiter(text: str) -> str:
    """What parts the cells of the first row: the sign that is in it most, outside quotes."""
    counts: Counter[str] = Counter()
    quoted = False
    for sign in text[:65_536]:
        if sign == '"':
            quoted = not quoted
        elif sign in "\r\n" and not quoted and counts:
            break
        elif sign in ",;\t|" and not quoted:
            counts[sign] += 1
    return counts.most_common(1)[0][0] if counts else ","


def _plain(cell: str) -> str:
    """A cell as text: formulas are words like any other, also where a quote guards them."""
    cell = cell.strip().strip("\ufeff")
    return cell[1:] if cell[:1] == "'" and cell[1:2] in _FORMULA else cell


def _padded(cells: Sequence[str], width: int) -> tuple[str, ...]:
    return (*cells, *[""] * (width - len(cells)))


def _headers(cells: Sequence[str], width: int) -> tuple[str, ...]:
    """Every column's name; those without one are called by their letter, doubles numbered."""
    found: list[str] = []
    for number, cell in enumerate(_padded(cells, width)):
        name = " ".join(cell.split())[:200] or f"Column {_letter(number)}"
        doubles = 1
        while (unique := name if doubles == 1 else f"{name} ({doubles})") in found:
            doubles += 1
        found.append(unique)
    return tuple(found)


def _letter(number: int) -> str:
    """The letters that spreadsheets show above column `number`, counted from 0."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def written(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A CSV file that spreadsheets open as text: nothing in it is taken for a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    for row in (headers, *rows):
        writer.writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in row])
    return "\ufeff" + out.getvalue()
