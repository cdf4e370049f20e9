"""A lived-in place with fictional people, made through the services themselves."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from peer.accounts import queries, service
from peer.accounts.queries.vaults import vault_of
from peer.core import clock, work
from peer.core.secrets import passphrase_fits
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
    before, passphrase = _kept(folder), _passphrase(folder)
    if not (folder / _MARK).exists():
        with work.begin(writes=False):
            if queries.all_accounts():
                raise SettingsError("  This database holds people already; the demo needs its own.")
        place.make(service.new_lock(passphrase), say)
        (folder / _MARK).write_text(json.dumps({"made": clock.now().isoformat()}))
    else:
        _change_passphrase(before, passphrase)
    _introduce(passphrase, say)


def _kept(folder: Path) -> str:
    """The passphrase of the start before; empty when this is the first."""
    path = folder / _KEPT
    return path.read_text(encoding="utf-8").strip() if path.exists() else ""


def _passphrase(folder: Path) -> str:
    """Asked for by the environment, else kept from the first start, else made now."""
    path = folder / _KEPT
    passphrase = place.wanted_passphrase() or _kept(folder) or service.offered_passphrase()
    folder.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(passphrase)
    return passphrase


def _change_passphrase(before: str, passphrase: str) -> None:
    """Give every demo person the passphrase that is wanted now, if it has changed."""
    with work.begin(writes=False):
        ada, everyone = queries.account_named("ada"), queries.all_accounts()
    if ada is None or passphrase_fits(ada.passphrase_hash, passphrase):
        return
    proofs = [service.prove(account.id, before) for account in everyone if _has_vault(account.id)]
    lock = service.new_lock(passphrase)
    with work.begin():
        for account in queries.all_accounts():
            account.passphrase_hash = lock.passphrase_hash
        for proof in proofs:
            if proof is not None and proof.key is not None:
                service.put_away(proof.account_id, proof.key, lock)


def _has_vault(account_id: str) -> bool:
    """Whether this person has signed in, and so has something that the passphrase locks."""
    with work.begin(writes=False):
        return vault_of(account_id) is not None


def _introduce(passphrase: str, say: Callable[[str], None]) -> None:
    say("\nWho can sign in:")
    for name, what in place.cast_table():
        say(f"  {name:<6} {what}")
    say(f"All with the passphrase: {passphrase}\n")
