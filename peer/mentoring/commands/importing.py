"""`peer import`: people from a spreadsheet, on the command line."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from peer.accounts import queries as accounts
from peer.core import work
from peer.core.errors import PeerError
from peer.mentoring import queries, sheets
from peer.mentoring.queries.importing import saved_mappings
from peer.mentoring.service import importing as service
from peer.mentoring.service.importing import Imported, Outcome, Vouching
from peer.mentoring.sheets import BadSheet, ColumnPlan, Reading, Sheet, Side
from peer.policy.roles import Actor, Role

# Whoever may use the command line of the machine; the record then names nobody.
CONSOLE = Actor("", "", frozenset({Role.COORDINATOR}))
STAYED_OUT = 1  # exit status when rows could not be read; the others are in

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_NEW_FILE = click.Path(dir_okay=False, writable=True, path_type=Path)
_OPTIONS: tuple[Callable[[Any], Any], ...] = (
    click.argument("file", type=_FILE),
    click.option("--mapping", help="How to read the columns: a JSON file, or a saved name."),
    click.option("--save-mapping", metavar="NAME", help="Remember how the columns were read."),
    click.option(
        "--write-mapping", type=_NEW_FILE, help="Write how the columns would be read, and stop."
    ),
    click.option("--timezone", help="Clock of rows that do not say theirs (the programme's)."),
    click.option("--dry-run", is_flag=True, help="Only tell what would happen."),
    click.option("--by", metavar="NAME", help="The coordinator who does this, for the record."),
    click.option("--codes", type=_NEW_FILE, help="Write an invitation code for each new person."),
    click.option("--rest", type=_NEW_FILE, help="Write the rows that stay out, to correct them."),
)


def _with_options(command: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.group("import")
def import_group() -> None:
    """Bring people in from a spreadsheet saved as CSV.

    Importing the same sheet twice changes nothing. The exit status is 1 when some rows could not
    be read; the others are in.
    """


@import_group.command()
@_with_options
def mentees(**options: Any) -> None:
    """People who would like a mentor."""
    _run("mentees", options)


@import_group.command()
@_with_options
@click.option("--vetted-by", metavar="NAME", help="The coordinator who vouches for all of them.")
@click.option(
    "--vetted-until", type=click.DateTime(["%Y-%m-%d"]), help="Until when they are vetted."
)
def mentors(**options: Any) -> None:
    """People who would like to be a mentor. They start as applied, unless somebody vouches."""
    _run("mentors", options)


def _run(side: Side, options: dict[str, Any]) -> None:
    if options["codes"] and not options["by"]:
        raise click.UsageError("--codes needs --by: an invitation is a coordinator's.")
    click.get_current_context().obj()  # connects to the database
    try:
        stayed_out = _import(side, options)
    except (BadSheet, PeerError) as error:
        raise click.ClickException(error.message % error.params) from None
    if stayed_out:
        raise click.exceptions.Exit(STAYED_OUT)


def _import(side: Side, options: dict[str, Any]) -> bool:
    """Do what the options say; whether rows stayed out."""
    sheet = sheets.read_sheet(_bytes(options["file"]))
    with work.begin(writes=False):
        plan = _plan(side, sheet, options)
        if options["write_mapping"]:
            options["write_mapping"].write_text(plan.model_dump_json(indent=1), encoding="utf-8")
            click.echo(f"How the columns would be read is in {options['write_mapping']}.")
            return False
        zone = options["timezone"] or queries.programme().timezone
        reading = sheets.read_people(sheet, plan, side, timezone=zone)
        actor = _coordinator(options["by"]) if options["by"] else CONSOLE
        vouching = _vouching(options)
        expected = [service.outcome_of(person, side) for person in reading.people]
    _tell_columns(sheet, plan)
    _tell_remarks(reading)
    if options["dry_run"]:
        _tell_counts([str(outcome) for outcome in expected], len(reading.bad_lines))
        click.echo("Nothing was changed: this was a dry run.")
        return bool(reading.faults)
    if options["codes"]:
        _keep_private(options["codes"])
    done = _take(actor, reading, side, options, vouching)
    if options["save_mapping"]:
        with work.begin():
            whole = plan.about(sheet.headers)
            service.save_mapping(actor, side, options["save_mapping"], whole)
    return _finish(sheet, reading, done, options)


def _bytes(path: Path) -> bytes:
    """The file, or as much of a huge one as it takes to refuse it."""
    with path.open("rb") as file:
        return file.read(sheets.LARGEST + 1)


def _plan(side: Side, sheet: Sheet, options: dict[str, Any]) -> ColumnPlan:
    """The plan that was asked for, else a saved one that fits, else what the headers say."""
    asked = options["mapping"]
    if asked and Path(asked).is_file():
        plan = sheets.load(Path(asked).read_bytes())
    else:
        plan = _saved_plan(side, sheet, asked)
    if options["timezone"]:
        plan = plan.model_copy(update={"timezone": options["timezone"]})
    return plan


def _saved_plan(side: Side, sheet: Sheet, asked: str | None) -> ColumnPlan:
    saved = {
        name: ColumnPlan.model_validate(row.columns) for name, row in saved_mappings(side).items()
    }
    name = asked or sheets.fitting(saved, sheet.headers)
    if asked and asked not in saved:
        known = ", ".join(saved) or "none yet"
        raise click.ClickException(f"There is no file and no saved mapping {asked!r} ({known}).")
    return saved[name] if name else sheets.guess(sheet.headers, side)


def _coordinator(name: str) -> Actor:
    account = accounts.account_named(name)
    if account is None or Role.COORDINATOR not in account.roles:
        raise click.ClickException(f"{name} is not a coordinator here.")
    return accounts.actor_from(account)


def _vouching(options: dict[str, Any]) -> Vouching | None:
    by, until = options.get("vetted_by"), options.get("vetted_until")
    if bool(by) != bool(until):
        raise click.ClickException("--vetted-by and --vetted-until go together.")
    if not by or not until:
        return None
    vouching = Vouching(_coordinator(by), until.date())
    service.check_vouching(vouching)
    return vouching


def _take(
    actor: Actor,
    reading: Reading,
    side: Side,
    options: dict[str, Any],
    vouching: Vouching | None,
) -> list[Imported]:
    done: list[Imported] = []
    for people in service.portions(reading.people):
        with work.begin():
            codes = bool(options["codes"])
            done += service.import_people(actor, people, side, codes=codes, vouching=vouching)
    return done


def _tell_columns(sheet: Sheet, plan: ColumnPlan) -> None:
    used = [(h, plan.columns.get(h, sheets.LEAVE)) for h in sheet.headers]
    for header, meaning in used:
        if meaning != sheets.LEAVE:
            click.echo(f"  {header} -> {meaning}")
    for grid in plan.grids:
        click.echo(f"  {grid.prefix} 1, 2, ... -> hours from {grid.first}, {grid.minutes} minutes")
    hours = {grid.prefix for grid in plan.grids}
    for group in sheets.groups(sheet.headers):
        if group.prefix not in hours:
            click.echo(
                f"  {group.prefix} 1 to {len(group.places)} are left out: "
                "a mapping can say that they are the hours of a week"
            )
    left = sum(meaning == sheets.LEAVE for _, meaning in used)
    click.echo(f"  {left} columns are left out, or are part of a grid")


def _tell_remarks(reading: Reading) -> None:
    for kind, remarks in (("stays out", reading.faults), ("note", reading.notes)):
        for remark in remarks:
            words = remark.message % remark.params
            click.echo(f"Line {remark.line}, {remark.column} ({kind}): {words}")


def _tell_counts(outcomes: list[str], stay_out: int) -> None:
    counts = [f"{outcomes.count(outcome)} {outcome}" for outcome in Outcome]
    click.echo(f"{', '.join(counts)}; {stay_out} could not be read.")


def _finish(sheet: Sheet, reading: Reading, done: list[Imported], options: dict[str, Any]) -> bool:
    """Tell how it went and write the files that were asked for; whether rows stayed out."""
    refused = [each for each in done if each.error]
    for each in refused:
        if each.error:
            click.echo(f"Line {each.line} (stays out): {each.error.message % each.error.params}")
    _tell_counts([str(each.outcome) for each in done], len(reading.bad_lines))
    bad = {*reading.bad_lines, *(each.line for each in refused)}
    if options["rest"] and bad:
        rows = [line.cells for line in sheet.lines if line.number in bad]
        options["rest"].write_text(sheets.written(sheet.headers, rows), encoding="utf-8")
        click.echo(f"The rows that stayed out are in {options['rest']}.")
    if options["codes"]:
        _write_codes(options["codes"], done)
    return bool(bad)


def _keep_private(path: Path) -> None:
    """Make sure before anything else that the codes can be written, for nobody else to read."""
    path.touch(mode=0o600)
    path.chmod(0o600)


def _write_codes(path: Path, done: list[Imported]) -> None:
    """Codes by line and made-up name."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["line", "made-up name", "code"])
        writer.writerows([each.line, each.name, each.code] for each in done if each.code)
    click.echo(f"The codes are in {path}. Each works once, for {service.CODE_DAYS} days.")
