"""The first admin, a lost passphrase, everybody signed out: from the machine itself."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
from sqlalchemy.exc import OperationalError, ProgrammingError

from peer.accounts import queries, service
from peer.core import work
from peer.core.errors import PeerError
from peer.core.secrets import hash_passphrase
from peer.policy import accounts as policy
from peer.policy.roles import Role


@click.group()
def admin() -> None:
    """People, from the command line: for the first admin, and for when nobody can get in."""


@contextmanager
def _writing(connect: Callable[[], None]) -> Iterator[None]:
    """A unit of work, whose refusals are told in a line to whoever typed the command."""
    connect()
    try:
        with work.begin():
            yield
    except PeerError as error:
        raise click.ClickException(error.message % error.params) from None
    except (OperationalError, ProgrammingError):
        raise click.ClickException(
            "The database is not ready: run 'peer db upgrade' first."
        ) from None


@admin.command()
@click.option("--name", prompt="Name to use here (not a real one)", help="The admin's pseudonym.")
@click.option(
    "--role",
    "roles",
    multiple=True,
    type=click.Choice([role.value for role in Role]),
    default=[Role.ADMIN.value],
    show_default=True,
    help="May be given several times.",
)
@click.option("--timezone", default="UTC", show_default=True, help="Such as Europe/London.")
@click.pass_obj
def create(connect: Callable[[], None], name: str, roles: tuple[str, ...], timezone: str) -> None:
    """Make an account and print its passphrase, this once."""
    passphrase = service.offered_passphrase()
    hashed = hash_passphrase(passphrase)
    with _writing(connect):
        wanted = [Role(role) for role in roles]
        account = service.create_account(name, hashed, wanted, timezone=timezone)
    _print_once(account.name, passphrase)
    if policy.needs_second_factor(wanted):
        click.echo("The first sign-in sets up a second factor: have an app or a key at hand.")


@admin.command(name="new-passphrase")
@click.option("--name", prompt="Whose", help="The person's pseudonym.")
@click.pass_obj
def new_passphrase(connect: Callable[[], None], name: str) -> None:
    """Give somebody who cannot get in a new passphrase; their sessions end.

    What they kept for themselves is lost: only their own passphrase, or one of their recovery
    codes on the page /recover, opens it.
    """
    passphrase = service.offered_passphrase()
    hashed = hash_passphrase(passphrase)
    with _writing(connect):
        account = queries.account_named(name)
        if account is None:
            raise click.ClickException("Nobody here goes by that name.")
        service.renew_passphrase(account.id, hashed)
    _print_once(account.name, passphrase)


@admin.command(name="reset-second-factor")
@click.option("--name", prompt="Whose", help="The person's pseudonym.")
@click.pass_obj
def reset_second_factor(connect: Callable[[], None], name: str) -> None:
    """Take away the second factors of somebody who lost them; their sessions end.

    Make sure that it is really them. Who has to have one sets it up at the next sign-in.
    """
    with _writing(connect):
        account = queries.account_named(name)
        if account is None:
            raise click.ClickException("Nobody here goes by that name.")
        service.reset_factors(account.id)
    click.echo(f"{account.name} signs in with the passphrase alone, this once.")


@admin.command(name="sign-out-everyone")
@click.confirmation_option(prompt="Everyone will have to sign in again. Go on?")
@click.pass_obj
def sign_out_everyone(connect: Callable[[], None]) -> None:
    """End every session there is, as after a leak or a stolen backup."""
    with _writing(connect):
        number = service.end_every_session()
    click.echo(f"Sessions ended: {number}.")


def _print_once(name: str, passphrase: str) -> None:
    click.echo(f"Name:       {name}")
    click.echo(f"Passphrase: {passphrase}")
    click.echo("It is not kept here and cannot be shown again: write it down now.")
    click.echo("Choose one of your own on the account page once you have signed in.")


@click.group()
def privacy() -> None:
    """What is held about people, and what is left of those who erased their account."""


@privacy.command(name="scan", context_settings={"ignore_unknown_options": True})
@click.argument("account_id")
@click.pass_obj
def scan_for(connect: Callable[[], None], account_id: str) -> None:
    """Look for an account's id in every table, the keys, the queue and Redis.

    Ends with 1 when it stands where nothing explains it.
    """
    connect()
    found = service.scan(account_id)
    for each, why in found:
        click.echo(f"{each.place}: {each.count}" + (f" ({why})" if why else ""))
    unexplained = [each for each, why in found if not why]
    if unexplained:
        raise click.ClickException(f"It stands in {len(unexplained)} places that hold a person.")
    click.echo("Nothing else is left." if found else "It stands nowhere.")


COMMANDS = [admin, privacy]
