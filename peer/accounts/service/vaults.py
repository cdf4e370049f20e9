"""The private key: random, wrapped under the passphrase, open only while its person is here.

Whoever has the database and every key of the site still cannot open it. So a passphrase that is
lost takes the private parts with it, unless a recovery code is left.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import delete

from peer.accounts import queries
from peer.accounts.models import RecoveryCode, Vault
from peer.accounts.queries.vaults import passphrase_of, vault_of, who_goes_by
from peer.core import clock, work
from peer.core.errors import Conflict
from peer.core.keys import PrivateKey, Unreadable
from peer.core.secrets import hash_passphrase, passphrase_fits, passphrase_key
from peer.core.words import N_

Loss = Callable[[str], None]
_losses: list[Loss] = []
_SALT = 16


@dataclass(frozen=True)
class Lock:
    """What a new passphrase makes: its hash, and a key to wrap the private key under."""

    passphrase_hash: str
    salt: bytes
    under: bytes

    def __repr__(self) -> str:
        return "Lock(…)"  # never in a log or a traceback


@dataclass(frozen=True)
class Proof:
    """That somebody gave an account's passphrase, and what it opened.

    `key` is None when the vault does not open with it; it is new, and not yet kept, when there is
    a `fresh` lock for it.
    """

    account_id: str
    passphrase_hash: str
    key: PrivateKey | None
    fresh: Lock | None = None

    def __repr__(self) -> str:
        return "Proof(…)"


def when_private_lost(loss: Loss) -> None:
    """Have `loss(account id)` called in the unit of work in which a private key is lost for good."""
    if loss not in _losses:
        _losses.append(loss)


def new_lock(passphrase: str) -> Lock:
    """Prepare a new passphrase. Slow on purpose, so never inside a writing unit of work."""
    salt = secrets.token_bytes(_SALT)
    return Lock(hash_passphrase(passphrase), salt, passphrase_key(passphrase, salt))


def proven(account_id: str, passphrase: str) -> str:
    """The stored hash that this passphrase fits, for `unchanged`; empty when it is not theirs.

    Slow; outside writing units of work.
    """
    with work.begin(writes=False):
        stored = passphrase_of(account_id)
    return stored if passphrase_fits(stored or None, passphrase) else ""


def unchanged(account_id: str, passphrase_hash: str) -> None:
    """Conflict when the passphrase is another one by now; from here on it stays as it is."""
    if passphrase_of(account_id, hold=True) != passphrase_hash:
        raise Conflict(N_("This was just changed on another device. Please try once more."))


def prove_by_name(name: str, passphrase: str) -> Proof | None:
    """What the passphrase of whoever goes by this name opens.

    None when it is not theirs, or when nobody goes by it: with the same work for both, up to
    here.
    """
    with work.begin(writes=False):
        account_id, stored = who_goes_by(name)
    if not passphrase_fits(stored or None, passphrase):
        return None
    with work.begin(writes=False):
        vault = vault_of(account_id)
    return opened(account_id, passphrase, stored, vault)


def prove(account_id: str, passphrase: str) -> Proof | None:
    """What the passphrase opens; None when it is not theirs. Slow; outside writing units of work."""
    with work.begin(writes=False):
        stored, vault = passphrase_of(account_id), vault_of(account_id)
    if not passphrase_fits(stored or None, passphrase):
        return None
    return opened(account_id, passphrase, stored, vault)


def opened(account_id: str, passphrase: str, stored: str, vault: Vault | None) -> Proof:
    """The proof of somebody whose passphrase has been found to fit. Slow."""
    salt = vault.salt if vault else secrets.token_bytes(_SALT)
    under = passphrase_key(passphrase, salt)
    if vault is None:
        return Proof(account_id, stored, PrivateKey.new(), Lock(stored, salt, under))
    try:
        key = PrivateKey.unwrapped(under, vault.wrapped, _place(account_id))
    except Unreadable:
        return Proof(account_id, stored, None)
    return Proof(account_id, stored, key)


def accept(proof: Proof) -> PrivateKey | None:
    """Count a proof, if the passphrase is still the same: the private key, kept if it is new.

    Two browsers may sign in for the first time at once: only the first one's new key is kept.
    """
    unchanged(proof.account_id, proof.passphrase_hash)
    if proof.fresh is None or proof.key is None:
        return proof.key
    if vault_of(proof.account_id) is not None:
        return None
    put_away(proof.account_id, proof.key, proof.fresh)
    return proof.key


def make_vault(account_id: str, lock: Lock) -> PrivateKey:
    """A private key for somebody who joins just now."""
    key = PrivateKey.new()
    put_away(account_id, key, lock)
    return key


def put_away(account_id: str, key: PrivateKey, lock: Lock) -> None:
    """Wrap a private key under a passphrase, in place of how it was wrapped before."""
    vault = vault_of(account_id)
    if vault is None:
        vault = Vault(account_id=account_id, made_at=clock.now())
        work.session().add(vault)
    vault.salt, vault.wrapped = lock.salt, key.wrapped(lock.under, _place(account_id))
    work.session().flush()


def lose_private(account_id: str) -> None:
    """Destroy a person's private key, and with it everything that was sealed under it."""
    vault = vault_of(account_id)
    if vault is not None:
        work.session().delete(vault)
        work.session().flush()
    forget_codes(account_id)
    for session in queries.sessions_of(account_id):
        session.private = None
    for loss in _losses:
        loss(account_id)


def forget_codes(account_id: str) -> None:
    """Make every recovery code of a person useless."""
    work.session().execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))


def _place(account_id: str) -> str:
    return f"vaults|wrapped|{account_id}"
