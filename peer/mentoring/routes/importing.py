"""Bringing people in from a spreadsheet: choose the file, look at the columns, take the rows.

Between the pages the file travels in the browser, sealed; the site keeps no copy of it.
"""

import time
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from flask import Response, abort, render_template, request
from flask_babel import gettext as _

from peer.accounts.sessions import current_actor
from peer.core import clock, i18n, work, zones
from peer.core.errors import Invalid
from peer.mentoring import queries, sheets
from peer.mentoring.forms import importing as sent
from peer.mentoring.queries.importing import saved_mappings
from peer.mentoring.routes.blueprint import Page, bp
from peer.mentoring.service import importing as service
from peer.mentoring.service.importing import Imported, Outcome, Vouching
from peer.mentoring.sheets import BadSheet, ColumnPlan, Reading, Remark, Sheet, Side
from peer.policy import mentoring as policy

SHOWN = 200  # remarks on one page
EXAMPLES = 2
OUTCOMES = {
    Outcome.NEW: "new",
    Outcome.CHANGED: "changed",
    Outcome.SAME: "same",
    Outcome.OWN: "own",
}


@dataclass
class Check:
    """The page on which a sheet is looked at: what is known of it so far."""

    draft: sent.Draft
    sheet: Sheet
    plan: ColumnPlan
    reading: Reading = field(default_factory=Reading)
    outcomes: dict[str, int] = field(default_factory=dict)
    error: str = ""

    @property
    def side(self) -> Side:
        """Whom the sheet is about."""
        return self.draft.side


@bp.url_value_preprocessor
def _take_large_pages(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """A sheet is longer than other forms may be. Before anything reads the form."""
    if endpoint in {"mentoring.import_upload", "mentoring.import_check", "mentoring.import_rest"}:
        request.max_content_length = 2 * 1024 * 1024
    if endpoint in {"mentoring.import_check", "mentoring.import_rest"}:
        request.max_form_memory_size = sent.LARGEST_PAGE + 100_000


def _said(fault: BadSheet | Remark) -> str:
    return str(_(fault.message, **fault.params)) if fault.params else str(_(fault.message))


@bp.get("/mentoring/import")
@work.reading
def import_start() -> str:
    """Choose a file and whom it is about."""
    return _start_page()


def _start_page(error: str = "", side: str = "mentees", saved: str = "") -> str:
    return render_template(
        "mentoring/import.html",
        saved={each: list(saved_mappings(each)) for each in sent.SIDES},
        megabytes=sheets.LARGEST / 1_000_000,
        error=error,
        side=side,
        chosen=saved,
    )


@bp.post("/mentoring/import")
@work.reading
def import_upload() -> Page:
    """Look at a file for the first time: with a saved plan, or with what its headers say."""
    side = next((each for each in sent.SIDES if each == request.form.get("side")), None)
    file = request.files.get("file")
    if side is None or file is None or not file.filename:
        return _start_page(_("Choose a file, and say whom it is about.")), 422
    chosen = request.form.get(f"saved-{side}", "")
    try:
        sheets.check_ending(file.filename)
        with file.stream as stream:
            draft = sent.Draft(side, stream.read(sheets.LARGEST + 1))
        sheet = sheets.read_sheet(draft.data)
        draft.sealed()
    except BadSheet as fault:
        return _start_page(_said(fault), side, chosen), 422
    check = Check(draft, sheet, _first_plan(side, sheet, chosen))
    _look(check)
    return _check_page(check)


def _first_plan(side: Side, sheet: Sheet, chosen: str) -> ColumnPlan:
    rows = saved_mappings(side)
    plans = {name: plan for name, row in rows.items() if (plan := sent.stored(row.columns))}
    name = chosen if chosen in plans else sheets.fitting(plans, sheet.headers)
    guessed = sheets.guess(sheet.headers, side)
    if name is None:
        return guessed.model_copy(update={"timezone": queries.programme().timezone})
    return plans[name]


def _look(check: Check) -> None:
    """Read the rows by the plan; what is wrong with the plan itself is shown instead."""
    try:
        check.reading = sheets.read_people(
            check.sheet, check.plan, check.side, timezone=queries.programme().timezone
        )
    except BadSheet as fault:
        check.error = _said(fault)
        return
    for person in check.reading.people:
        outcome = str(service.outcome_of(person, check.side))
        check.outcomes[outcome] = check.outcomes.get(outcome, 0) + 1


def _check_page(check: Check) -> str:
    in_groups = {place for group in sheets.groups(check.sheet.headers) for place in group.places}
    return render_template(
        "mentoring/import_check.html",
        check=check,
        sealed=check.draft.sealed(),
        columns=[
            (place, header, check.plan.columns.get(header, sheets.LEAVE), _examples(check, place))
            for place, header in enumerate(check.sheet.headers)
            if place not in in_groups
        ],
        grids=[_grid(check, group) for group in sheets.groups(check.sheet.headers)],
        meanings={key: _(words) for key, words in sheets.meanings(check.side).items()},
        unknown=_unknown(check.reading),
        vocabulary={"interests": policy.INTERESTS, "topics": policy.TOPICS},
        zones=_zones(check.plan.timezone),
        faults=_shown(check, check.reading.faults),
        notes=_shown(check, check.reading.notes),
        hours=_first_hours(check.reading),
        form=request.form,
        tomorrow=(clock.now() + timedelta(days=1)).date(),
    )


def _zones(chosen: str) -> list[tuple[str, str, str]]:
    """(zone, city, region) to choose from, with the one of the plan whatever it is called."""
    found = [*zones.named(i18n.current_code()), (zones.UNKNOWN, zones.UNKNOWN, str(_("Other")))]
    if chosen and chosen not in {zone for zone, _city, _region in found}:
        found.append((chosen, chosen, str(_("Other"))))
    return found


def _examples(check: Check, place: int) -> str:
    """What stands in a column; never of the one that says who it is."""
    if check.plan.columns.get(check.sheet.headers[place]) == "who":
        return ""
    filled = dict.fromkeys(line.cells[place] for line in check.sheet.lines if line.cells[place])
    return " · ".join(cell[:60] for cell in list(filled)[:EXAMPLES])


def _grid(check: Check, group: sheets.Group) -> dict[str, Any]:
    """A group of numbered columns as the page shows it."""
    saved = next((grid for grid in check.plan.grids if grid.prefix == group.prefix), None)
    grid = saved or sheets.Grid(prefix=group.prefix)
    return {
        "prefix": group.prefix,
        "count": len(group.places),
        "hours": saved is not None,
        "days": sent.days_name(grid.days),
        "first": grid.first,
        "minutes": grid.minutes,
        "free": ", ".join(grid.free),
    }


def _unknown(reading: Reading) -> list[tuple[str, str, str]]:
    """(field, vocabulary, word) of each word that no list here has."""
    return [
        (name, sheets.CHOSEN[name], word)
        for name, words in reading.unknown.items()
        for word in list(words)[:SHOWN]
    ]


def _shown(check: Check, remarks: list[Remark]) -> list[tuple[int, str, str]]:
    """Line, column and words of the first remarks; a column that is missing goes by its meaning."""
    meanings = sheets.meanings(check.side)
    return [
        (
            each.line,
            _(meanings[each.column]) if each.column in meanings else each.column,
            _said(each),
        )
        for each in remarks[:SHOWN]
    ]


def _first_hours(reading: Reading) -> list[tuple[int, str]]:
    """The hours of the first rows as they were understood, to compare with the sheet."""
    return [
        (person.line, sheets.said_hours(person.values.get("cells", ())))
        for person in reading.people[:3]
    ]


def _sent_check() -> Check:
    draft = sent.Draft.opened(request.form.get("draft", ""))
    sheet = sheets.read_sheet(draft.data)
    try:
        check = Check(draft, sheet, sent.plan_of(request.form, sheet))
    except BadSheet as fault:
        guessed = sheets.guess(sheet.headers, draft.side)
        return Check(draft, sheet, guessed, error=_said(fault))
    _look(check)
    return check


@bp.post("/mentoring/import/check")
def import_check() -> Page:
    """Look again with other columns, or take the rows that can be read."""
    with work.begin(writes=False):
        check = _sent_check()
        if check.error or request.form.get("act") != "take":
            return _check_page(check), 422 if check.error else 200
        if not check.reading.people:
            check.error = _("There is no row that can be taken yet.")
            return _check_page(check), 422
    try:
        done = _take(check)
    except Invalid as error:
        with work.begin(writes=False):
            check.error = i18n.said(error)
            return _check_page(check), 422
    with work.begin(writes=False):
        return _done_page(check, done)


def _take(check: Check) -> list[Imported]:
    """Import in portions, so that nobody else waits long for the database."""
    actor = current_actor()
    vouching = _vouching()
    if request.form.get("save_as", "").strip():
        with work.begin():
            service.save_mapping(actor, check.side, request.form["save_as"], check.plan)
    done: list[Imported] = []
    for people in service.portions(check.reading.people):
        with work.begin():
            done += service.import_people(
                actor,
                people,
                check.side,
                codes=request.form.get("codes") == "1",
                vouching=vouching,
            )
        time.sleep(0)  # lets the others who wait have their turn
    return done


def _vouching() -> Vouching | None:
    if request.form.get("vouch") != "1":
        return None
    try:
        until = date.fromisoformat(request.form.get("vetted_until", ""))
    except ValueError:
        raise Invalid(
            _("Choose the day until which they are vetted."), field="vetted_until"
        ) from None
    vouching = Vouching(current_actor(), until)
    service.check_vouching(vouching)
    return vouching


def _done_page(check: Check, done: list[Imported]) -> str:
    refused = [each for each in done if each.outcome == Outcome.REFUSED and each.error]
    faults = _shown(check, check.reading.faults)
    faults += [
        (each.line, each.error.field or "", i18n.said(each.error)) for each in refused if each.error
    ]
    bad = {*check.reading.bad_lines, *(each.line for each in refused)}
    taken = [each for each in done if each.outcome != Outcome.REFUSED]
    return render_template(
        "mentoring/import_done.html",
        check=check,
        sealed=check.draft.sealed() if bad else "",
        counts={key: sum(each.outcome == key for each in taken) for key in OUTCOMES},
        stays_out=len(bad),
        bad=",".join(str(line) for line in sorted(bad)),
        taken=[
            each for each in taken if each.outcome in {Outcome.NEW, Outcome.CHANGED} or each.code
        ],
        codes=any(each.code for each in taken),
        faults=faults,
        days=service.CODE_DAYS,
    )


@bp.post("/mentoring/import/rest")
def import_rest() -> Response:
    """The rows that stayed out, as a file to correct and bring again."""
    draft = sent.Draft.opened(request.form.get("draft", ""))
    sheet = sheets.read_sheet(draft.data)
    wanted = {int(line) for line in request.form.get("lines", "").split(",") if line.isdecimal()}
    rows = [line.cells for line in sheet.lines if line.number in wanted]
    if not rows:
        abort(404)
    return Response(
        sheets.written(sheet.headers, rows),
        mimetype="text/csv",
        headers={"Content-Disposition": "attachment; filename=rows-to-correct.csv"},
    )
