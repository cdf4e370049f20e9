"""What changes for someone who is here: roles, passphrase, how pages look, suspension."""

from collections.abc import Collection
from datetime import timedelta

from peer.accounts import broadcast, queries
from peer.accounts.models import Account, AccountState, RoleGrant
from peer.accounts.service.signing import end_sessions
from peer.core import audit, clock, zones
from peer.core.errors import Invalid, NotFound
from peer.core.words import N_
from peer.policy import accounts as policy
from peer.policy.roles import Actor, Role, require


def change_passphrase(actor: Actor, passphrase_hash: str) -> None:
    """Set a new passphrase; every other session of the person ends."""
    queries.account_with(actor.id).passphrase_hash = passphrase_hash
    end_sessions(actor.id, "passphrase_changed", but=actor.session_id)


def renew_passphrase(account_id: str, passphrase_hash: str) -> None:
    """Set a new passphrase for somebody who lost theirs; every session of theirs ends."""
    queries.account_with(account_id).passphrase_hash = passphrase_hash
    end_sessions(account_id, "passphrase_changed")
    audit.record("account.renew_passphrase", f"account:{account_id}", by=None)


def change_preferences(actor: Actor, *, locale: str, timezone: str, theme: str) -> None:
    """Set how pages look to this person."""
    account = queries.account_with(actor.id)
    account.locale = locale
    account.timezone = zones.known(timezone)
    account.theme = theme if theme in {"", "light", "dark"} else ""


def set_roles(actor: Actor, account_id: str, roles: Collection[Role]) -> Account:
    """Give and take roles; the person's sessions end, so that nothing old stays open."""
    require(policy.can_change_roles(actor, account_id))
    account = queries.account_with(account_id)
    if not roles:
        raise Invalid(N_("Everyone here has at least one role."), field="roles")
    kept = [grant for grant in account.grants if Role(grant.role) in roles]
    added = [
        RoleGrant(role=role, granted_at=clock.now(), granted_by=actor.id)
        for role in sorted(set(roles) - account.roles)
    ]
    account.grants = kept + added
    audit.record("account.roles", f"account:{account_id}", by=actor.id, roles=sorted(roles))
    end_sessions(account_id, "roles_changed")
    return account


def suspend(account_id: str, *, by: Actor, days: int | None, reason: str = "") -> None:
    """Shut a person out, for `days` or until someone decides, and cut their sockets everywhere.

    Moderation decides whether; this only does it. `reason`, marked with `N_`, is what the person
    reads when they try to sign in: their inbox is closed to them.
    """
    account = queries.account_with(account_id)
    account.state = AccountState.SUSPENDED
    account.suspended_until = clock.now() + timedelta(days=days) if days else None
    account.suspended_for = reason
    end_sessions(account_id, "suspended")
    broadcast.account_ended(account_id, "suspended")
    audit.record("account.suspend", f"account:{account_id}", by=by.id, days=days)


def reinstate(account_id: str, *, by: Actor) -> None:
    """Let a suspended person back in."""
    account = queries.account_with(account_id)
    if account.state != AccountState.SUSPENDED:
        raise NotFound()
    account.state = AccountState.ACTIVE
    account.suspended_until, account.suspended_for = None, ""
    audit.record("account.reinstate", f"account:{account_id}", by=by.id)
