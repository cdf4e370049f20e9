"""Joining: an invitation becomes an account, all or nothing."""

from collections.abc import Callable, Collection

from sqlalchemy import update

from peer.accounts import queries
from peer.accounts.models import Account, Invitation, RoleGrant
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
    """Use up an invitation: a new account with its roles and rooms, all or nothing.

    The passphrase is checked and hashed by the caller beforehand, since hashing is slow.
    """
    invitation = queries.invitation_with_code(code)
    if invitation is None or not queries.is_open(invitation):
        raise Invalid(
            N_(
                "That code does not open an account. Codes work once and for a limited time; the person who gave it to you can make a new one."
            ),
            field="code",
        )
    account = create_account(
        name,
        passphrase_hash,
        [Role(role) for role in invitation.roles],
        locale=locale,
        timezone=timezone,
        by=invitation.created_by,
    )
    _use_up(invitation, account)
    for welcome in _welcomes:
        welcome(account, list(invitation.rooms))
    return account


def _use_up(invitation: Invitation, account: Account) -> None:
    """Mark the invitation used; of two people at once only one gets through."""
    taken = work.session().execute(
        update(Invitation)
        .where(Invitation.id == invitation.id, Invitation.used_at.is_(None))
        .values(used_at=clock.now(), used_by=account.id)
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(N_("That code has just been used."))


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
    tidy = checked_name(name)
    if queries.account_named(tidy) is not None:
        raise Invalid(
            N_("Someone here already goes by that name. Another one is free."), field="name"
        )
    account = Account(
        username=queries.folded(tidy),
        name=tidy,
        passphrase_hash=passphrase_hash,
        locale=locale,
        timezone=known_zone(timezone),
        created_at=clock.now(),
    )
    account.grants = [_grant(role, by) for role in sorted(roles)]
    work.session().add(account)
    work.session().flush()
    audit.record("account.create", f"account:{account.id}", by=by, roles=sorted(roles))
    return account


def _grant(role: Role, by: str | None) -> RoleGrant:
    return RoleGrant(role=role, granted_at=clock.now(), granted_by=by)
