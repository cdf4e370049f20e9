"""Joining: an invitation becomes an account, all or nothing."""

from collections.abc import Callable, Collection

from sqlalchemy import update

from peer.accounts import queries
from peer.accounts.models import Account, AccountState, Invitation, RoleGrant
from peer.accounts.service.invitations import check_code
from peer.accounts.service.names import checked_name
from peer.core import audit, clock, work, zones
from peer.core.errors import Conflict, Invalid
from peer.core.words import N_
from peer.policy.roles import Role

Welcome = Callable[[Account, list[str]], None]
_welcomes: list[Welcome] = []
known_zone = zones.known


def when_joined(welcome: Welcome) -> None:
    """Have `welcome(account, room ids)` called in the unit of work in which a person joins."""
    if welcome not in _welcomes:
        _welcomes.append(welcome)


def join(code: str, name: str, passphrase_hash: str, *, locale: str, timezone: str) -> Account:
    """Use up an invitation: an account with its roles and rooms, all or nothing.

    The account is new, or the reserved one that the invitation was made for.

    The passphrase is checked and hashed by the caller beforehand, since hashing is slow.
    """
    invitation = check_code(code)
    account = (
        claim_account(invitation.account_id, name, passphrase_hash)
        if invitation.account_id
        else create_account(
            name,
            passphrase_hash,
            [Role(role) for role in invitation.roles],
            by=invitation.created_by,
        )
    )
    account.locale, account.timezone = locale, known_zone(timezone)
    _use_up(invitation, account)
    for welcome in _welcomes:
        welcome(account, list(invitation.rooms))
    return account


def _use_up(invitation: Invitation, account: Account) -> None:
    """Mark the invitation used; of two people at once only one gets through.

    It may have been withdrawn since it was looked at.
    """
    taken = work.session().execute(
        update(Invitation)
        .where(Invitation.id == invitation.id, queries.opens_now())
        .values(used_at=clock.now(), used_by=account.id)
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(N_("That code has just been used."))


def reserve_account(name: str, roles: Collection[Role], *, by: str | None) -> Account:
    """An account for somebody who has yet to join: it has no passphrase and cannot sign in."""
    account = create_account(name, "", roles, by=by)
    account.state = AccountState.RESERVED
    return account


def claim_account(account_id: str, name: str, passphrase_hash: str) -> Account:
    """Hand a reserved account, and what waits in it, to the person it was kept for."""
    account = queries.account_with(account_id)
    if account.state != AccountState.RESERVED:
        raise Conflict(N_("That code has just been used."))
    account.name = free_name(name, own=account.id)
    account.username = queries.mark_of(account.name)
    account.passphrase_hash = passphrase_hash
    account.state = AccountState.ACTIVE
    audit.record("account.claim", f"account:{account.id}", by=account.id)
    return account


def create_account(
    name: str,
    passphrase_hash: str,
    roles: Collection[Role],
    *,
    locale: str = "en",
    timezone: str = "UTC",
    by: str | None = None,
) -> Account:
    """A new account with `roles`; Invalid when the pseudonym is taken or unusable."""
    tidy = free_name(name)
    account = Account(
        username=queries.mark_of(tidy),
        name=tidy,
        passphrase_hash=passphrase_hash,
        locale=locale,
        timezone=known_zone(timezone),
        created_at=clock.now(),
    )
    account.grants = [_grant(role, by) for role in sorted(roles)]
    work.session().add(account)
    work.session().flush()
    # Who invited somebody takes two people to know: one line of the record must not tell it.
    audit.record("account.create", f"account:{account.id}", by=None, roles=sorted(roles))
    return account


class Taken(Invalid):
    """Somebody here has that name."""


def free_name(name: str, *, own: str | None = None) -> str:
    """A pseudonym that may be used and that nobody but account `own` has, tidied."""
    tidy = checked_name(name)
    holder = queries.account_named(tidy)
    if holder is not None and holder.id != own:
        raise Taken(
            N_("Someone here already goes by that name. Another one is free."), field="name"
        )
    return tidy


def _grant(role: Role, by: str | None) -> RoleGrant:
    return RoleGrant(role=role, granted_at=clock.now(), granted_by=by)
