"""`peer` itself: what it refuses, and the first people it makes."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from peer.accounts import queries, service
from peer.accounts.models import FactorKind
from peer.accounts.queries.factors import factors_of
from peer.cli import main
from peer.core import keys, work
from peer.core.audit import AuditEntry
from peer.core.db import database
from peer.core.secrets import passphrase_fits
from peer.core.settings import Settings
from peer.policy.roles import Role
from tests.cast import Cast
from tests.plugins.site import SECRET


def peer(folder: Path, *words: str) -> Result:
    """Run a command in this process: starting another takes seconds."""
    environ = {"PEER_DATA_DIR": str(folder), "PEER_SECRET_KEY": SECRET}
    return CliRunner(env=environ).invoke(main, words)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder without tables; what a command connects to is let go."""
    yield tmp_path
    database.close()
    keys.close()


def test_run_refuses_to_listen_to_the_network_without_https(tmp_path: Path) -> None:
    environ = {**os.environ, "PEER_DATA_DIR": str(tmp_path), "PEER_HOST": "0.0.0.0"}
    command = [sys.executable, "-m", "peer.cli", "run"]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "PEER_BEHIND_PROXY=1" in done.stderr
    assert "Traceback" not in done.stderr


def test_run_says_which_setting_to_fix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "many")
    done = peer(tmp_path, "run")
    assert done.exit_code == 1
    assert "PORT:" in done.output


def test_first_admin_is_made_and_her_passphrase_shown_once(core: Settings) -> None:
    done = peer(core.data_dir, "admin", "create", "--name", "Ada")
    assert done.exit_code == 0, done.output
    passphrase = done.output.split("Passphrase:")[1].splitlines()[0].strip()
    assert len(passphrase.split()) == 7
    with work.begin(writes=False):
        ada = queries.account_named("ada")
    assert ada is not None
    assert ada.roles == {Role.ADMIN}
    assert passphrase_fits(ada.passphrase_hash, passphrase)
    again = peer(core.data_dir, "admin", "create", "--name", "ada")
    assert again.exit_code == 1
    assert "already goes by that name" in again.output


def test_lost_passphrase_is_renewed_and_old_sessions_end(core: Settings, cast: Cast) -> None:
    noor = cast.account("noor")
    with work.begin():
        service.start_session(noor)
    done = peer(core.data_dir, "admin", "new-passphrase", "--name", "noor")
    passphrase = done.output.split("Passphrase:")[1].splitlines()[0].strip()
    with work.begin(writes=False):
        found = queries.account_named("noor")
        assert found is not None
        assert passphrase_fits(found.passphrase_hash, passphrase)
        assert queries.sessions_of(found.id) == []
    assert peer(core.data_dir, "admin", "new-passphrase", "--name", "nobody").exit_code == 1


def test_lost_factors_are_taken_away_on_the_record_and_sessions_end(
    core: Settings, cast: Cast
) -> None:
    with work.begin():
        found = service.begin_factor(cast.mo, FactorKind.APP, "garden")
        found.confirmed_at = found.made_at
        service.start_session(cast.account("mo"))
    done = peer(core.data_dir, "admin", "reset-second-factor", "--name", "mo")
    assert "with the passphrase alone, this once" in done.output
    with work.begin(writes=False) as session:
        assert factors_of(cast.mo.id) == []
        assert queries.sessions_of(cast.mo.id) == []
        assert "factor.reset" in [each.act for each in session.query(AuditEntry)]
    assert peer(core.data_dir, "admin", "reset-second-factor", "--name", "who").exit_code == 1


def test_everyone_is_signed_out(core: Settings, cast: Cast) -> None:
    for name in ("noor", "mo"):
        with work.begin():
            service.start_session(cast.account(name))
    done = peer(core.data_dir, "admin", "sign-out-everyone", "--yes")
    assert "Sessions ended: 2." in done.output
    with work.begin(writes=False):
        assert queries.all_sessions() == []


def test_commands_say_when_the_tables_are_not_there(folder: Path) -> None:
    done = peer(folder, "admin", "create", "--name", "Ada")
    assert done.exit_code == 1
    assert "peer db upgrade" in done.output
    assert isinstance(done.exception, SystemExit)  # no traceback
