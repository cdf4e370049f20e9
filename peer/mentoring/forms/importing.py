"""What the pages about sheets send: a draft that travels with the page, and a plan of columns."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from itsdangerous import BadSignature
from pydantic import ValidationError
from werkzeug.datastructures import MultiDict

from peer.core.errors import Invalid
from peer.core.secrets import slips
from peer.core.words import N_
from peer.mentoring.sheets import LEAVE, BadSheet, ColumnPlan, Group, Sheet, Side, groups, load

SIDES: tuple[Side, ...] = ("mentees", "mentors")
LARGEST_PAGE = 1_900_000  # characters: the site takes 2 MB at once
#: The days that numbered columns can stand for, by the name that the page sends.
DAYS: dict[str, list[str]] = {
    "mon-sun": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
    "sun-sat": ["sun", "mon", "tue", "wed", "thu", "fri", "sat"],
    "mon-fri": ["mon", "tue", "wed", "thu", "fri"],
}

STALE = N_("This page is too old to go on from. Choose the file once more.")
LARGE = N_("This sheet is too large for a page. The command line takes it, or split it in two.")
GRID = N_("The hours of “%(prefix)s” need a first hour such as 09:00.")


@dataclass(frozen=True)
class Draft:
    """A file on its way through the pages. It stays in the browser; the site keeps nothing."""

    side: Side
    data: bytes

    def sealed(self) -> str:
        """The draft as a form field; BadSheet when it would not fit."""
        sealed = str(slips("sheet").dumps([self.side, self.data.decode("latin-1")]))
        if len(sealed) > LARGEST_PAGE:
            raise BadSheet(LARGE)
        return sealed

    @classmethod
    def opened(cls, sealed: str) -> "Draft":
        """The draft in a form field; Invalid when it is not one of ours."""
        try:
            side, text = slips("sheet").loads(sealed)
        except BadSignature:
            raise Invalid(STALE, field="file") from None
        return cls(side, text.encode("latin-1"))


def plan_of(form: "MultiDict[str, str]", sheet: Sheet) -> ColumnPlan:
    """The plan that a sent page describes; BadSheet when a part of it cannot be."""
    before = load(form.get("plan") or "{}")
    columns = {
        header: form.get(f"column-{place}", before.columns.get(header, LEAVE))
        for place, header in enumerate(sheet.headers)
    }
    sent = enumerate(groups(sheet.headers))
    defaults = {name: form.get(f"default-{name}", "").strip() for name in ("languages", "capacity")}
    made = {
        "columns": columns,
        "grids": [_grid(form, n, group) for n, group in sent if form.get(f"grid-{n}") == "hours"],
        "values": _taught(form, before.values),
        "defaults": {name: text for name, text in defaults.items() if text},
        "timezone": form.get("timezone", before.timezone),
        "on_the_hour": form.get("on_the_hour") == "1",
    }
    return load(json.dumps(made))


def _grid(form: "MultiDict[str, str]", number: int, group: Group) -> dict[str, Any]:
    marks = form.get(f"grid-{number}-free", "")
    first = form.get(f"grid-{number}-first", "").strip()
    if not first:
        raise BadSheet(GRID, prefix=group.prefix)
    return {
        "prefix": group.prefix,
        "days": DAYS.get(form.get(f"grid-{number}-days", ""), DAYS["mon-sun"]),
        "first": first.rjust(5, "0"),
        "minutes": int(form.get(f"grid-{number}-minutes", "60") or 60),
        "free": [mark.strip() for mark in marks.split(",") if mark.strip()],
    }


def _taught(
    form: "MultiDict[str, str]", before: dict[str, dict[str, str]]
) -> dict[str, dict[str, str]]:
    """What words of the sheet mean here; "?" is for those that nobody has decided about."""
    values = {name: dict(words) for name, words in before.items()}
    for sent, key in zip(form.getlist("word"), form.getlist("word_means"), strict=False):
        name, _, word = sent.partition(":")
        if key != "?":
            values.setdefault(name, {})[word] = "" if key == LEAVE else key
    return values


def days_name(days: Sequence[str]) -> str:
    """The name under which the page knows these days."""
    return next((name for name, known in DAYS.items() if known == list(days)), "mon-sun")


def stored(columns: dict[str, Any]) -> ColumnPlan | None:
    """A saved plan as it was kept, or None when it is of an older form."""
    try:
        return ColumnPlan.model_validate(columns)
    except ValidationError:
        return None
