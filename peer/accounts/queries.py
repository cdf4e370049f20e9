"""Reads about people."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import func, select

from peer.accounts.models import Account, AccountState, Invitation, RoleGrant, SignedInSession
from peer.core import clock, work
from peer.core.errors import NotFound
from peer.core.secrets import token_hash
from peer.policy.roles import Actor, Role


def folded(name: str) -> str:
    """A pseudonym as it is compared: case and outer space do not matter."""
    return " ".join(name.split()).casefold()


def account_named(name: str) -> Account | None:
    """The account with this pseudonym, if any."""
    return work.session().scalar(select(Account).where(Account.username == folded(name)))


def accounts_named(names: Iterable[str]) -> Sequence[Account]:
    """The accounts with any of these pseudonyms; unknown names are left out."""
    wanted = {folded(name) for name in names}
    return work.session().scalars(select(Account).where(Account.username.in_(wanted))).all()


def account_with(account_id: str) -> Account:
    """The account with this id, or NotFound."""
    account = work.session().get(Account, account_id)
    if account is None:
        raise NotFound()
    return account


def names_of(account_ids: Iterable[str]) -> dict[str, str]:
    """The pseudonyms of some accounts, by id."""
    wanted = set(account_ids)
    rows = work.session().execute(select(Account.id, Account.name).where(Account.id.in_(wanted)))
    return {row.id: row.name for row in rows}


def accounts_with_role(*roles: Role) -> Sequence[Account]:
    """Every active account that holds one of `roles`, by name."""
    return (
        work.session()
        .scalars(
            select(Account)
            .where(
                Account.state == AccountState.ACTIVE,
                Account.id.in_(select(RoleGrant.account_id).where(RoleGrant.role.in_(roles))),
            )
            .order_by(Account.username)
        )
        .all()
    )


def all_accounts() -> Sequence[Account]:
    """Every account, by name; for coordinators and admins."""
    return work.session().scalars(select(Account).order_by(Account.username)).all()


def people(
    *, called: str = "", role: Role | None = None, skip: int = 0, count: int = 50
) -> Sequence[Account]:
    """Accounts by name, perhaps only those `called` so in part or holding `role`."""
    found = select(Account).order_by(Account.username).offset(skip).limit(count)
    if called:
        found = found.where(Account.username.contains(folded(called), autoescape=True))
    if role is not None:
        found = found.where(
            Account.id.in_(select(RoleGrant.account_id).where(RoleGrant.role == role))
        )
    return work.session().scalars(found).all()


def how_many_accounts() -> int:
    """How many accounts there are."""
    return work.session().scalar(select(func.count()).select_from(Account)) or 0


def actor_from(account: Account, session_id: str | None = None) -> Actor:
    """The acting person that policy speaks of."""
    return Actor(
        id=account.id,
        name=account.name,
        roles=account.roles,
        locale=account.locale,
        timezone=account.timezone,
        session_id=session_id,
    )


def is_usable(account: Account) -> bool:
    """Whether the account may be used now; a suspension that has run out no longer counts."""
    if account.state == AccountState.SUSPENDED:
        return account.suspended_until is not None and account.suspended_until <= clock.now()
    return account.state == AccountState.ACTIVE


def session_with_token(token: str) -> SignedInSession | None:
    """The session a browser's token belongs to, whether or not it may still be used."""
    return work.session().scalar(
        select(SignedInSession).where(SignedInSession.token_hash == token_hash(token))
    )


def sessions_of(account_id: str) -> Sequence[SignedInSession]:
    """Every session of an account, the newest first."""
    return (
        work.session()
        .scalars(
            select(SignedInSession)
            .where(SignedInSession.account_id == account_id)
            .order_by(SignedInSession.created_at.desc())
        )
        .all()
    )


def all_sessions() -> Sequence[SignedInSession]:
    """Every session there is."""
    return work.session().scalars(select(SignedInSession)).all()


def invitation_with_code(code: str) -> Invitation | None:
    """The invitation this code belongs to, usable or not; spaces, dashes and case do not matter."""
    bare = "".join(ch for ch in code.upper() if ch.isalnum())
    return work.session().scalar(select(Invitation).where(Invitation.code_hash == token_hash(bare)))


def is_open(invitation: Invitation, at: datetime | None = None) -> bool:
    """Whether the invitation can still be used."""
    moment = at or clock.now()
    unused = invitation.used_at is None and invitation.withdrawn_at is None
    return unused and invitation.expires_at > moment


def reserved() -> set[str]:
    """The ids of the accounts that wait for somebody who has yet to join."""
    waiting = select(Account.id).where(Account.state == AccountState.RESERVED)
    return set(work.session().scalars(waiting))


def open_invitation_for(account_id: str) -> Invitation | None:
    """The invitation that still waits to be used for a reserved account, if any."""
    found = work.session().scalars(select(Invitation).where(Invitation.account_id == account_id))
    return next((invitation for invitation in found if is_open(invitation)), None)


def invitations() -> Sequence[Invitation]:
    """Every invitation, the newest first."""
    return work.session().scalars(select(Invitation).order_by(Invitation.created_at.desc())).all()


def invitation_of(account_id: str) -> Invitation | None:
    """The invitation a person came by, if any."""
    return work.session().scalar(select(Invitation).where(Invitation.used_by == account_id))


def open_invitations() -> int:
    """How many invitations can still be used."""
    count = work.session().scalar(
        select(func.count()).where(
            Invitation.used_at.is_(None),
            Invitation.withdrawn_at.is_(None),
            Invitation.expires_at > clock.now(),
        )
    )
    return int(count or 0)


def invitation_with(invitation_id: str) -> Invitation:
    """The invitation with this id, or NotFound."""
    invitation = work.session().get(Invitation, invitation_id)
    if invitation is None:
        raise NotFound()
    return invitation
