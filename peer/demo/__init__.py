"""A lived-in place with fictional people, made through the services themselves."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from peer.accounts import queries, service
from peer.core import clock, work
from peer.core.secrets import hash_passphrase, passphrase_fits
from peer.core.settings import SettingsError
from peer.demo import place

_MARK = "demo.json"  # written last: a folder without it is half-made
_KEPT = "passphrase.txt"  # the demo's people are fictional, and so is their secret


def clear(folder: Path) -> None:
    """Throw the demo's own data away; SettingsError when the folder holds something else."""
    if not folder.exists():
        return
    if any(folder.iterdir()) and not (folder / _KEPT).exists():
        raise SettingsError(f"  {folder} was not made by the demo, so it is left alone.")
    shutil.rmtree(folder)


def is_half_made(folder: Path) -> bool:
    """Whether an earlier start was cut off before the place was whole."""
    return (folder / _KEPT).exists() and not (folder / _MARK).exists()


def prepare(folder: Path, say: Callable[[str], None]) -> None:
    """Make the place in the connected, migrated database, or find it there; then tell who is who."""
    passphrase = _passphrase(folder)
    if not (folder / _MARK).exists():
        with work.begin(writes=False):
            if queries.all_accounts():
                raise SettingsError("  This database holds people already; the demo needs its own.")
        place.make(hash_passphrase(passphrase), say)
        (folder / _MARK).write_text(json.dumps({"made": clock.now().isoformat()}))
    else:
        _keep_passphrase(passphrase)
    _introduce(passphrase, say)


def _passphrase(folder: Path) -> str:
    """Asked for by the environment, else kept from the first start, else made now."""
    path = folder / _KEPT
    wanted = place.wanted_passphrase()
    if wanted is None and path.exists():
        return path.read_text(encoding="utf-8").strip()
    passphrase = wanted or service.offered_passphrase()
    folder.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(passphrase)
    return passphrase


def _keep_passphrase(passphrase: str) -> None:
    """Give every demo person the passphrase that is wanted now, if it has changed."""
    with work.begin(writes=False):
        ada = queries.account_named("ada")
    if ada is None or passphrase_fits(ada.passphrase_hash, passphrase):
        return
    renewed = hash_passphrase(passphrase)
    with work.begin():
        for account in queries.all_accounts():
            account.passphrase_hash = renewed


def _introduce(passphrase: str, say: Callable[[str], None]) -> None:
    say("\nWho can sign in:")
    for name, what in place.cast_table():
        say(f"  {name:<6} {what}")
    say(f"All with the passphrase: {passphrase}\n")
