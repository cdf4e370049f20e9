"""The command line: `peer --help`."""

import os
import sys
from pathlib import Path

import click

from peer import __version__, serve, upkeep
from peer.core.settings import SettingsError, load
from peer.upkeep import settings_or_stop, told


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

    configure_core(settings_or_stop())
    if not migrate.is_current(database.engine):
        raise click.ClickException("The database is not up to date. First run: peer db upgrade")


@main.command()
@click.option("--host", help="Address to listen on; only this machine without https in front.")
@click.option("--port", type=int, help="Port to listen on (PORT, 5000).")
def run(host: str | None, port: int | None) -> None:
    """Serve the site: the web process and the worker beside it."""
    if host:
        os.environ["PEER_HOST"] = host
    if port:
        os.environ["PORT"] = str(port)
    settings = settings_or_stop()
    with told():
        sys.exit(serve.run(settings))


@main.command()
def web() -> None:
    """Serve pages and sockets only: one of several web processes; `peer worker` runs beside them."""
    settings = settings_or_stop()
    with told():
        serve.become_web(settings)


@main.command()
def worker() -> None:
    """Run jobs and sweeps; `peer run` starts one by itself."""
    from peer.app import create_app, run_worker

    with told():
        run_worker(create_app(settings_or_stop()))


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
    for setting in ("PEER_DATABASE_URL", "PEER_KEYS_DATABASE_URL", "PEER_KEYS_FILE"):
        os.environ.pop(setting, None)  # never into a database that people use
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


for _command in upkeep.COMMANDS:
    main.add_command(_command)


if __name__ == "__main__":
    main()
