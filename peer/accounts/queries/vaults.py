"""Reads about what a passphrase opens."""

from sqlalchemy import select

from peer.accounts.models import Account, Vault
from peer.accounts.queries import mark_of
from peer.core import work


def passphrase_of(account_id: str, *, hold: bool = False) -> str:
    """The stored hash of an account's passphrase; empty when there is no such account.

    With `hold` nobody else changes it before the unit of work ends.
    """
    wanted = select(Account.passphrase_hash).where(Account.id == account_id)
    return work.session().scalar(wanted.with_for_update() if hold else wanted) or ""


def who_goes_by(name: str) -> tuple[str, str]:
    """Id and stored hash of whom a pseudonym names; both empty when it names nobody.

    One row of two columns, or none: too little of a difference to be timed.
    """
    wanted = select(Account.id, Account.passphrase_hash).where(Account.username == mark_of(name))
    found = work.session().execute(wanted).one_or_none()
    return (found.id, found.passphrase_hash) if found else ("", "")


def vault_of(account_id: str) -> Vault | None:
    """Where a person's private key lies; None before they first signed in."""
    return work.session().get(Vault, account_id)
