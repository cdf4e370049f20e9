"""The command line: `peer --help`."""

import os
import sys
from pathlib import Path

import click

from peer import __version__, serve
from peer.core.settings import Settings, SettingsError, load


class FeatureCommands(click.Group):
    """Our own commands first; those of features are loaded only when asked for.

    `peer run` should not wait for the whole site to be imported before it starts it.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, by name."""
        return sorted({*super().list_commands(ctx), *self._features()})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """One command, or None."""
        return super().get_command(ctx, cmd_name) or self._features().get(cmd_name)

    def _features(self) -> dict[str, click.Command]:
        from peer.app import commands

        return {command.name: command for command in commands() if command.name}


@click.group(cls=FeatureCommands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="peer")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Run and look after a Commonroom installation."""
    ctx.obj = _connect  # for the commands of features: called once they begin


def _connect() -> None:
    """Connect to the installation that the environment names; its tables have to be there."""
    from peer.app import configure_core
    from peer.core import migrate
    from peer.core.db import database

    configure_core(_settings())
    if not migrate.is_current(database.engine):
        raise click.ClickException("The database is not up to date. First run: peer db upgrade")


def _settings(**given: object) -> Settings:
    try:
        return load(**given)
    except SettingsError as error:
        raise click.ClickException(str(error)) from None


@main.command()
@click.option("--host", help="Address to listen on; only this machine without https in front.")
@click.option("--port", type=int, help="Port to listen on (PORT, 5000).")
def run(host: str | None, port: int | None) -> None:
    """Serve the site: the web process and the worker beside it."""
    if host:
        os.environ["PEER_HOST"] = host
    if port:
        os.environ["PORT"] = str(port)
    settings = _settings()
    try:
        sys.exit(serve.run(settings))
    except SettingsError as error:
        raise click.ClickException(str(error)) from None


@main.command()
def worker() -> None:
    """Run jobs and sweeps; `peer run` starts one by itself."""
    from peer.app import create_app, run_worker

    run_worker(create_app(_settings()))


@main.group()
def db() -> None:
    """Look after the database."""


@db.command()
@click.option("--to", "revision", default="head", show_default=True)
def upgrade(revision: str) -> None:
    """Bring the database's tables up to date."""
    from peer.core import migrate

    migrate.upgrade(_settings().database, revision)
    click.echo("The database is up to date.")


@db.command()
@click.option("--to", "revision", required=True, help="The migration to go back to.")
def downgrade(revision: str) -> None:
    """Take migrations back; what only newer tables hold is lost."""
    from peer.core import migrate

    migrate.downgrade(_settings().database, revision)
    click.echo(f"The database is at {revision}.")


@main.group(name="audit")
def audit_group() -> None:
    """The record of what staff did."""


@audit_group.command()
def verify() -> None:
    """Check that no entry of the record was changed or taken out of its middle."""
    from peer.app import configure_core
    from peer.core import audit, work

    configure_core(_settings())
    with work.begin(writes=False) as session:
        broken = list(audit.broken_links(session))
    if broken:
        raise click.ClickException(f"The record does not hold from entry {broken[0]} on.")
    click.echo("The record holds.")


@main.command()
@click.option("--reset", is_flag=True, help="Begin anew: throws the demo's own data away.")
@click.option("--load-only", is_flag=True, help="Make the place, but do not serve it.")
def demo(reset: bool, load_only: bool) -> None:
    """A lived-in place to look at, with fictional people, under var/demo."""
    from peer import demo as place
    from peer.app import configure_core
    from peer.core import migrate

    folder = Path(os.environ.get("PEER_DATA_DIR", "var")) / "demo"
    os.environ.update(PEER_DATA_DIR=str(folder), PEER_DEMO="1")
    os.environ.pop("PEER_DATABASE_URL", None)  # never into a database that people use
    try:
        if reset or place.is_half_made(folder):
            place.clear(folder)
        settings = load()
        migrate.upgrade(settings.database)
        configure_core(settings)
        place.prepare(folder, click.echo)
    except SettingsError as error:
        raise click.ClickException(str(error)) from None
    if not load_only:
        # A fresh process: this one holds everything that was needed to make the place.
        os.execv(sys.executable, [sys.executable, "-m", "peer.cli", "run"])  # noqa: S606


if __name__ == "__main__":
    main()
