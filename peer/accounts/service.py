"""Verbs about people: invite, join, sign in and out, change, suspend."""

import re
import secrets
from collections.abc import Callable, Collection
from datetime import timedelta
from zoneinfo import available_timezones

from sqlalchemy import delete, update

from peer.accounts import broadcast, queries
from peer.accounts.models import Account, AccountState, Invitation, RoleGrant, SignedInSession
from peer.core import audit, clock, work
from peer.core.errors import Conflict, Invalid, NotFound
from peer.core.secrets import new_token, token_hash
from peer.core.words import N_
from peer.policy import accounts as policy
from peer.policy.roles import Actor, Role, require

# Without I, L, O and U: easy to read aloud, hard to misread. 20 of them are 100 bits.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_GROUPS, _GROUP = 5, 4
INVITATION_DAYS = 14
SHORTEST, LONGEST = 2, 30  # characters of a pseudonym
SHORTEST_PASSPHRASE = 12

_EMAIL = re.compile(r"@|\.(com|org|net|mail)\b", re.IGNORECASE)
_DIGITS = re.compile(r"(\d\D*){6}")
_FULL_NAME = re.compile(r"^[^\W\d_]{2,} [^\W\d_]{2,}( [^\W\d_]{2,})?$")

Welcome = Callable[[Account, list[str]], None]
_welcomes: list[Welcome] = []
_room_choices: Callable[[], list[tuple[str, str]]] = list


def when_joined(welcome: Welcome) -> None:
    """Have `welcome(account, room ids)` called in the unit of work in which a person joins."""
    if welcome not in _welcomes:
        _welcomes.append(welcome)


def offer_rooms(choices: Callable[[], list[tuple[str, str]]]) -> None:
    """Have invitations offer the rooms, as (id, name), that `choices()` lists."""
    global _room_choices
    _room_choices = choices


def room_choices() -> list[tuple[str, str]]:
    """The rooms that an invitation can carry, as (id, name)."""
    return _room_choices()


def invite(
    actor: Actor,
    roles: Collection[Role],
    *,
    rooms: Collection[str] = (),
    note: str = "",
    days: int = INVITATION_DAYS,
) -> tuple[Invitation, str]:
    """Make an invitation for one person and return it with its code, which is shown only now."""
    require(policy.can_invite(actor, roles))
    if not 1 <= days <= 90:
        raise Invalid(N_("An invitation can last from 1 to 90 days."), field="days")
    code = _new_code()
    invitation = Invitation(
        code_hash=token_hash(code.replace("-", "")),
        note=note.strip()[:80],
        roles=sorted(roles),
        rooms=list(rooms),
        created_by=actor.id,
        created_at=clock.now(),
        expires_at=clock.now() + timedelta(days=days),
    )
    work.session().add(invitation)
    work.session().flush()
    audit.record("invitation.make", f"invitation:{invitation.id}", by=actor.id, roles=sorted(roles))
    return invitation, code


def _new_code() -> str:
    return "-".join(
        "".join(secrets.choice(_ALPHABET) for _ in range(_GROUP)) for _ in range(_GROUPS)
    )


def withdraw_invitation(actor: Actor, invitation_id: str) -> Invitation:
    """Make an unused invitation unusable."""
    require(policy.can_see_people(actor))
    invitation = queries.invitation_with(invitation_id)
    if not queries.is_open(invitation):
        raise Conflict(N_("That invitation can no longer be used anyway."))
    invitation.withdrawn_at = clock.now()
    audit.record("invitation.withdraw", f"invitation:{invitation.id}", by=actor.id)
    return invitation


def checked_name(name: str) -> str:
    """A pseudonym that may be used, tidied; Invalid says what to change."""
    tidy = " ".join(name.split())
    if not SHORTEST <= len(tidy) <= LONGEST:
        raise Invalid(N_("A name of 2 to 30 characters works here."), field="name")
    if _EMAIL.search(tidy):
        raise Invalid(N_("That looks like an address. A made-up name is safer."), field="name")
    if _DIGITS.search(tidy):
        raise Invalid(N_("That looks like a number people could call."), field="name")
    if _FULL_NAME.match(tidy):
        raise Invalid(N_("That looks like a full name. One made-up word is safer."), field="name")
    if not tidy.isprintable():
        raise Invalid(N_("Some signs in that name cannot be shown."), field="name")
    return tidy


def checked_passphrase(passphrase: str) -> str:
    """A passphrase that may be used; Invalid says what to change."""
    if len(passphrase) < SHORTEST_PASSPHRASE or len(set(passphrase)) < 6:
        raise Invalid(
            N_(
                "This is a little short. Four or more words that only you would put together work well."
            ),
            field="passphrase",
        )
    if len(passphrase) > 200:
        raise Invalid(N_("Up to 200 characters fit here."), field="passphrase")
    return passphrase


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


def known_zone(timezone: str) -> str:
    """`timezone` when it is an IANA zone, else UTC."""
    return timezone if timezone in available_timezones() else "UTC"


def start_session(account: Account) -> str:
    """Sign an account in; the token that its browser is to keep, stored only as a hash."""
    token = new_token()
    work.session().add(
        SignedInSession(
            token_hash=token_hash(token),
            account_id=account.id,
            data={},
            created_at=clock.now(),
            seen_at=clock.now(),
        )
    )
    return token


def end_session(session_id: str, reason: str = "signed_out") -> None:
    """End one session and cut its sockets everywhere."""
    work.session().execute(delete(SignedInSession).where(SignedInSession.id == session_id))
    broadcast.session_ended(session_id, reason)


def end_sessions(account_id: str, reason: str, *, but: str | None = None) -> None:
    """End the sessions of a person, but perhaps one, and cut their sockets everywhere."""
    for found in queries.sessions_of(account_id):
        if found.id != but:
            end_session(found.id, reason)


def change_passphrase(actor: Actor, passphrase_hash: str) -> None:
    """Set a new passphrase; every other session of the person ends."""
    queries.account_with(actor.id).passphrase_hash = passphrase_hash
    end_sessions(actor.id, "passphrase_changed", but=actor.session_id)


def change_preferences(actor: Actor, *, locale: str, timezone: str, theme: str) -> None:
    """Set how pages look to this person."""
    account = queries.account_with(actor.id)
    account.locale = locale
    account.timezone = known_zone(timezone)
    account.theme = theme if theme in {"", "light", "dark"} else ""


def set_roles(actor: Actor, account_id: str, roles: Collection[Role]) -> Account:
    """Give and take roles; the person's sessions end, so that nothing old stays open."""
    require(policy.can_change_roles(actor, account_id))
    account = queries.account_with(account_id)
    if not roles:
        raise Invalid(N_("Everyone here has at least one role."), field="roles")
    kept = [grant for grant in account.grants if Role(grant.role) in roles]
    added = [_grant(role, actor.id) for role in sorted(set(roles) - account.roles)]
    account.grants = kept + added
    audit.record("account.roles", f"account:{account_id}", by=actor.id, roles=sorted(roles))
    end_sessions(account_id, "roles_changed")
    return account


def suspend(account_id: str, *, by: Actor, days: int | None) -> None:
    """Shut a person out, for `days` or until someone decides, and cut their sockets everywhere.

    Moderation decides whether; this only does it. The caller records the reason.
    """
    account = queries.account_with(account_id)
    account.state = AccountState.SUSPENDED
    account.suspended_until = clock.now() + timedelta(days=days) if days else None
    end_sessions(account_id, "suspended")
    broadcast.account_ended(account_id, "suspended")
    audit.record("account.suspend", f"account:{account_id}", by=by.id, days=days)


def reinstate(account_id: str, *, by: Actor) -> None:
    """Let a suspended person back in."""
    account = queries.account_with(account_id)
    if account.state != AccountState.SUSPENDED:
        raise NotFound()
    account.state = AccountState.ACTIVE
    account.suspended_until = None
    audit.record("account.reinstate", f"account:{account_id}", by=by.id)
