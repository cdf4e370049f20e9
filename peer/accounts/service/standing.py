"""What changes for someone who is here: roles, passphrase, how pages look, suspension."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from peer.accounts import broadcast, queries
from peer.accounts.models import Account, AccountState, RoleGrant
from peer.accounts.models.oversight import SharedAct
from peer.accounts.service import staff, twofold
from peer.accounts.service.on_paper import put_off_papers
from peer.accounts.service.recovering import call_off_recovery
from peer.accounts.service.signing import end_sessions
from peer.accounts.service.vaults import Lock, Proof, accept, forget_codes, lose_private, put_away
from peer.core import audit, clock, work, zones
from peer.core.errors import Conflict, Invalid, NotFound
from peer.core.keys import PrivateKey
from peer.core.words import N_
from peer.policy import accounts as policy
from peer.policy.oversight import ActKind
from peer.policy.roles import Actor, Role, require


def change_passphrase(actor: Actor, proof: Proof, lock: Lock) -> PrivateKey | None:
    """Set a new passphrase and wrap the private key under it; every other session ends.

    All of it or nothing: either passphrase opens everything at any moment, never half. Recovery
    codes of before end too: whoever has seen one would get in by it.
    """
    key = accept(proof)
    if key is None and proof.fresh is not None:
        raise Conflict(N_("This was just changed on another device. Please try once more."))
    queries.account_with(actor.id).passphrase_hash = lock.passphrase_hash
    if key is not None:
        put_away(actor.id, key, lock)
    forget_codes(actor.id)
    end_sessions(actor.id, "passphrase_changed", but=actor.session_id)
    return key


def renew_passphrase(account_id: str, passphrase_hash: str) -> None:
    """Set a new passphrase for somebody who lost theirs; every session of theirs ends.

    Their private parts are lost: nobody has what opens them.
    """
    queries.account_with(account_id).passphrase_hash = passphrase_hash
    lose_private(account_id)
    end_sessions(account_id, "passphrase_changed")
    audit.record("account.renew_passphrase", f"account:{account_id}", by=None)


def change_preferences(actor: Actor, *, locale: str, timezone: str, theme: str) -> None:
    """Set how pages look to this person."""
    account = queries.account_with(actor.id)
    account.locale = locale
    account.timezone = zones.known(timezone)
    account.theme = theme if theme in {"", "light", "dark"} else ""


def set_roles(
    actor: Actor, account_id: str, roles: Collection[Role], *, reason: str = ""
) -> SharedAct | None:
    """Give and take roles; the person's sessions end, so that nothing old stays open.

    Who is to become staff, or is no longer to be, needs a second person: then only the question
    is put, and returned.
    """
    work.take_turns("who looks after this place")
    require(policy.can_change_roles(actor, account_id))
    account = queries.account_with(account_id)
    if not roles:
        raise Invalid(N_("Everyone here has at least one role."), field="roles")
    if staff.needs_second(actor, account.roles, roles, about=account_id):
        wanted = {"roles": sorted(roles)}
        return twofold.propose(actor, ActKind.ROLES, account_id, wanted, reason=reason)
    alone = {
        "alone": policy.gives_staff_role(account.roles, roles),
        "ended_alone": staff.ends_alone(actor, account.roles, roles, about=account_id),
    }
    change_roles(account, roles, by=actor.id, **{word: True for word in alone if alone[word]})
    return None


def change_roles(account: Account, roles: Collection[Role], *, by: str, **details: object) -> None:
    """Give and take roles as decided; who is to let the person back in is asked anew."""
    kept = [grant for grant in account.grants if Role(grant.role) in roles]
    added = [
        RoleGrant(role=role, granted_at=clock.now(), granted_by=by)
        for role in sorted(set(roles) - account.roles)
    ]
    account.grants = kept + added
    audit.record("account.roles", f"account:{account.id}", by=by, roles=sorted(roles), **details)
    end_sessions(account.id, "roles_changed")
    call_off_recovery(account.id)


def _still_here(account_id: str) -> Account:
    """The account, unless its person has erased it and an open case needs the empty shell."""
    account = queries.account_with(account_id)
    if account.state == AccountState.ERASED:
        raise Conflict(N_("This person has left, with everything of theirs."))
    return account


def _not_shut_for_good(account: Account) -> Account:
    """The account, unless two people have shut it: nothing one person does opens it again."""
    if account.state in queries.SHUT_FOR_GOOD:
        raise Conflict(N_("This person has no access already."))
    return account


def suspend(account_id: str, *, by: Actor, days: int | None, reason: str = "") -> None:
    """Shut a person out, for `days` or until someone decides, and cut their sockets everywhere.

    Moderation decides whether; this only does it. `reason`, marked with `N_`, is what the person
    reads when they try to sign in: their inbox is closed to them.
    """
    account = _not_shut_for_good(_still_here(account_id))
    account.state = AccountState.SUSPENDED
    account.suspended_until = clock.now() + timedelta(days=days) if days else None
    account.suspended_for = reason
    end_sessions(account_id, "suspended")
    call_off_recovery(account_id)
    put_off_papers(account_id, account.suspended_until)
    broadcast.account_ended(account_id, "suspended")
    audit.record("account.suspend", f"account:{account_id}", by=by.id, days=days)


def ban(account_id: str, *, by: str | None, reason: str) -> None:
    """Shut a person out for good. Moderation, and two people, decide whether."""
    account = _not_shut_for_good(_still_here(account_id))
    account.state = AccountState.BANNED
    account.suspended_until, account.suspended_for = None, reason
    end_sessions(account_id, "suspended")
    call_off_recovery(account_id)
    put_off_papers(account_id, None)
    broadcast.account_ended(account_id, "suspended")
    audit.record("account.ban", f"account:{account_id}", by=by)


@dataclass(frozen=True)
class Pause:
    """A pause that still runs when a ban is lifted: its end, if it has one, and its reason."""

    until: datetime | None
    reason: str


def unban(account_id: str, *, by: Actor, paused: Pause | None = None) -> None:
    """Let a person back in whom two people had shut out; two others decide. A pause goes on."""
    account = queries.account_with(account_id)
    if account.state != AccountState.BANNED:
        raise NotFound()
    account.state = AccountState.SUSPENDED if paused else AccountState.ACTIVE
    account.suspended_until = paused.until if paused else None
    account.suspended_for = paused.reason if paused else ""
    put_off_papers(account_id, account.suspended_until if paused else clock.now())
    audit.record("account.unban", f"account:{account_id}", by=by.id, paused=paused is not None)


def close(account_id: str, *, by: str) -> None:
    """Nobody signs in to this account any more."""
    _still_here(account_id).state = AccountState.CLOSED
    end_sessions(account_id, "ended_by_staff")
    broadcast.account_ended(account_id, "ended_by_staff")
    audit.record("account.close", f"account:{account_id}", by=by)


def reinstate(account_id: str, *, by: Actor) -> None:
    """Let a suspended person back in."""
    account = queries.account_with(account_id)
    if account.state != AccountState.SUSPENDED:
        raise NotFound()
    account.state = AccountState.ACTIVE
    account.suspended_until, account.suspended_for = None, ""
    put_off_papers(account_id, clock.now())
    audit.record("account.reinstate", f"account:{account_id}", by=by.id)
