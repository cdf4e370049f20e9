"""Spreadsheets that organisations have today, read into what profiles are made of.

Pure: bytes to a table of text (`read_sheet`), a plan of its columns (`guess`, `load`), people
and what could not be read (`read_people`).
"""

from peer.mentoring.sheets.columns import (
    CHOSEN,
    FORMAT,
    LEAVE,
    ColumnPlan,
    Grid,
    Group,
    Side,
    fitting,
    groups,
    guess,
    load,
    meanings,
)
from peer.mentoring.sheets.faults import BadSheet, Unread
from peer.mentoring.sheets.reading import LARGEST, Sheet, check_ending, read_sheet, written
from peer.mentoring.sheets.rows import Person, Reading, Remark, read_people
from peer.mentoring.sheets.times import read_hours, said_hours

__all__ = [
    "CHOSEN",
    "FORMAT",
    "LARGEST",
    "LEAVE",
    "BadSheet",
    "ColumnPlan",
    "Grid",
    "Group",
    "Person",
    "Reading",
    "Remark",
    "Sheet",
    "Side",
    "Unread",
    "check_ending",
    "fitting",
    "groups",
    "guess",
    "load",
    "meanings",
    "read_hours",
    "read_people",
    "read_sheet",
    "said_hours",
    "written",
]
