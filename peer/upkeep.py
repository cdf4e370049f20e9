"""Looking after an installation from its own machine: tables, keys, copies, the record."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from peer.core import health, inuse
from peer.core.errors import PeerError
from peer.core.settings import Settings, SettingsError, load

if TYPE_CHECKING:
    from peer.app import Before, Settled


def settings_or_stop(**given: object) -> Settings:
    """The settings of this installation; whoever typed the command is told what to fix."""
    try:
        settings = load(**given)
    except SettingsError as error:
        raise click.ClickException(str(error)) from None
    if settings.restoring_path.exists():
        from peer.app import finish_restoring

        with told():
            finish_restoring(settings)
    return settings


@contextmanager
def told() -> Iterator[None]:
    """Errors are lines for whoever typed the command, never tracebacks."""
    try:
        yield
    except SettingsError as error:
        raise click.ClickException(str(error)) from None
    except PeerError as error:
        raise click.ClickException(error.message % error.params) from None


@click.group()
def db() -> None:
    """Look after the database."""


@db.command()
@click.option("--to", "revision", default="head", show_default=True)
def upgrade(revision: str) -> None:
    """Bring the database's tables up to date."""
    from peer.core import keys, migrate

    settings = settings_or_stop()
    keys.configure(settings)  # what people wrote is sealed on the way
    migrate.upgrade(settings.database, revision)
    click.echo("The database is up to date.")


@db.command()
@click.option("--to", "revision", required=True, help="The migration to go back to.")
def downgrade(revision: str) -> None:
    """Take migrations back; what only newer tables hold is lost."""
    from peer.core import keys, migrate

    settings = settings_or_stop()
    keys.configure(settings)
    migrate.downgrade(settings.database, revision)
    click.echo(f"The database is at {revision}.")


@click.group(name="keys")
def keys_group() -> None:
    """The keys that seal what people write."""


@keys_group.command()
@click.option(
    "--keep-days",
    default=7,
    show_default=True,
    type=click.IntRange(0, 365),
    help="How long backups of the key store live: until then old master keys stay in their file.",
)
def rotate(keep_days: int) -> None:
    """Wrap every person's key under a new master key, while the site goes on."""
    from peer.core import keys

    keys.configure(settings_or_stop())
    with told():
        done = keys.rotate(keep=timedelta(days=keep_days), say=_say_progress)
    click.echo(f"Keys wrapped under the new master key: {done}.")


def _say_progress(done: int, of: int) -> None:
    click.echo(f"  {done} of {of}", err=True)


@click.group(name="audit")
def audit_group() -> None:
    """The record of what staff did."""


@audit_group.command()
def verify() -> None:
    """Check that no entry of the record was changed, taken out, or cut off its end."""
    from peer.app import configure_core
    from peer.core import audit, work

    configure_core(settings_or_stop())
    with work.begin(writes=False) as session:
        broken, missing = list(audit.broken_links(session)), audit.cut_off(session)
        count, last = audit.extent(session)
    if broken:
        raise click.ClickException(f"The record does not hold from entry {broken[0]} on.")
    if missing:
        raise click.ClickException(
            f"Entry {missing[0]} is missing or another one than it was. If an older copy of the "
            "database was brought back on purpose, move the file audit.chain aside."
        )
    click.echo("The record holds.")
    click.echo(f"Entries: {count}. Last link: {last}. Written down elsewhere, it shows a cut.")


@click.command()
@click.option(
    "--to",
    "folder",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the copy of the database.",
)
@click.option(
    "--keys-to",
    type=click.Path(file_okay=False, path_type=Path),
    help="Another folder, for a short-lived copy of the key store.",
)
@click.option("--keep-days", default=30, show_default=True, type=click.IntRange(1, 3650))
@click.option("--keys-keep-days", default=7, show_default=True, type=click.IntRange(1, 7))
def backup(folder: Path, keys_to: Path | None, keep_days: int, keys_keep_days: int) -> None:
    """Copy the database, and the key store elsewhere, while the site goes on.

    Copies that are older than asked for are deleted. Keep the file of master keys apart from both.
    """
    from peer.core import backups

    settings = settings_or_stop()
    if keys_to is not None and keys_to.resolve() == folder.resolve():
        raise click.ClickException("Keep the copies of the keys in a folder of their own.")
    wanted = [("people", settings.database, folder, keep_days)]
    if keys_to is not None:
        wanted.append(("keys", settings.keys_database, keys_to, keys_keep_days))
    with told():
        for name, url, place, days in wanted:
            click.echo(f"Copied: {backups.Source.of(name, url).copy_into(place)}")
            _forget_older(place, name, days)


def _forget_older(folder: Path, name: str, days: int) -> None:
    from peer.core import backups

    try:
        for path in backups.forget_older(folder, name, timedelta(days=days)):
            click.echo(f"Deleted, being old: {path}")
    except backups.DoubtfulClock as doubt:  # the copy itself is made
        click.echo(doubt.message % doubt.params, err=True)


@click.command()
@click.argument("copy", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--keys",
    "keys_copy",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A copy of the key store; only when the present one is lost.",
)
@click.confirmation_option(prompt="What is in the database now will be replaced. Go on?")
def restore(copy: Path, keys_copy: Path | None) -> None:
    """Bring a copy of the database back, with the site stopped.

    Keys that were destroyed stay destroyed, everybody signs in again, and who was erased, shut
    out or lost a role since the copy was made is so again. What could not be carried over is said.
    """
    settings = settings_or_stop()
    if health.status(settings):
        raise click.ClickException("The site is running. Stop it first, then bring the copy back.")
    with told(), inuse.alone(settings):
        aside, settled = _restore(settings, copy, keys_copy)
    click.echo("The copy is in place. Everybody signs in again; open invitations are withdrawn.")
    for line in _lines(settled):
        click.echo(line)
    if aside is not None and aside.exists():
        click.echo(f"What was there before: {aside}. Delete it once you do not need it.")


def _restore(
    settings: Settings, copy: Path, keys_copy: Path | None
) -> tuple[Path | None, "Settled"]:
    """Bring the copies back, or leave all as it was; where the database of before is kept."""
    from peer.app import before_restoring
    from peer.core import audit, backups, keys
    from peer.core.db import database

    keys.configure(settings)
    destroyed = keys.store().destroyed()
    keys.close()
    people = backups.Source.of("people", settings.database)
    wrapped = backups.Source.of("keys", settings.keys_database)
    if keys_copy is not None:
        wrapped.recognise(keys_copy)
    before = before_restoring(settings)
    try:
        people.bring_in(copy)
        accounts = people.accounts_in(copy)
        if keys_copy is not None:
            wrapped.bring_in(keys_copy)
        keys_there = wrapped.settling if keys_copy is not None else settings.keys_database
        there = {"database_url": people.settling, "keys_database_url": keys_there}
        settled = _settle_in(settings.model_copy(update=there), destroyed, before)
        keys.close()
        database.close()
        people.still_hold(accounts)
        aside = backups.take_place(
            people, wrapped if keys_copy is not None else None, settings.restoring_path
        )
        audit.join_links(settings.data_dir)
        return aside, settled
    except BaseException:
        keys.close()
        database.close()
        audit.drop_links(settings.data_dir)
        if not settings.restoring_path.exists():  # else `finish` goes by what lies beside
            people.send_away()
            wrapped.send_away()
        raise


def _settle_in(settings: Settings, destroyed: set[str], before: "Before | None") -> "Settled":
    from peer.app import after_restoring, configure_core
    from peer.core import audit, keys, migrate

    keys.configure(settings)
    for owner in destroyed:
        keys.destroy(owner)
    migrate.upgrade(settings.database)
    configure_core(settings)
    audit.remember_apart(settings.data_dir)
    keys.check(in_use=True)
    return after_restoring(before)


def _lines(settled: "Settled") -> list[str]:
    """What was carried over and what was not, for whoever looks after the people here."""
    people = settled.people
    ended = [
        f"Decisions of two that waited, and have run out: {settled.acts}.",
        f"Releases that have ended; their people were told: {settled.releases}.",
        f"People whose recovery codes no longer work; they were told: {len(people.codes_forgotten)}.",
    ]
    if not settled.known:
        return [*ended, *_NOTHING_KNOWN]
    return [
        *ended,
        "Carried over from the database that was there:",
        f"  Shut out, still: {_pages(people.shut_out)}",
        f"  Fewer roles: {_pages(people.fewer_roles)}",
        f"  Passphrases of later: {_pages(people.passphrases)}",
        f"  Private pages that were lost since, and are lost again: {_pages(people.private_lost)}",
        f"  Warnings and pauses that still hold: {settled.sanctions}",
        "  Private keys, second factors and recovery codes, as they were last.",
        "Not carried over; please look at it:",
        f"  People who joined since and are not in the copy: {people.joined_since}, of whom shut "
        f"out: {people.shut_out_and_not_here}",
        f"  Shut out in the copy, and no longer before: {_pages(people.shut_in_the_copy)}",
        f"  Roles given since: {_pages(people.roles_not_in_the_copy)}",
        *_AS_IN_THE_COPY,
    ]


def _pages(account_ids: list[str]) -> str:
    return " ".join(f"/people/{each}" for each in account_ids) or "nobody"


_AS_IN_THE_COPY = (
    "  Everything else is as it was when the copy was made: words and decisions about them, blocks,",
    "  consents, vetting, who is in which room.",
)
_NOTHING_KNOWN = (
    "The database that was there could not be read, so nothing was carried over. Please look at it:",
    "  Who was paused, shut out or closed since, lost a role or a second factor, or has a new",
    "  passphrase, is as before: look through the list of people.",
    *_AS_IN_THE_COPY,
)

COMMANDS = [db, keys_group, audit_group, backup, restore]
