"""Reads about people."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select

from peer.accounts.models import Account, AccountState, Invitation, RoleGrant, SignedInSession
from peer.accounts.queries.present import Present
from peer.core import clock, i18n, keys, work
from peer.core.errors import NotFound
from peer.core.lookalikes import skeleton
from peer.core.secrets import token_hash
from peer.policy.roles import Actor, Role

_THERE = Account.state != AccountState.ERASED


def folded(name: str) -> str:
    """A pseudonym as it is compared: names that look alike are one name."""
    return skeleton(name)


def mark_of(name: str) -> str:
    """What is stored of a pseudonym to find it by: it tells nobody the name."""
    return keys.fingerprint("accounts.username", folded(name))


def name_in(account_id: str, sealed: bytes | None) -> str:
    """A pseudonym that was read without its row; of somebody who has erased it, that they left."""
    name = Account.name.read(sealed, table="accounts", owner=account_id, row=account_id)
    return name or i18n.someone_who_left()


def account_named(name: str) -> Account | None:
    """The account with this pseudonym, if any."""
    return work.session().scalar(select(Account).where(Account.username == mark_of(name)))


def accounts_named(names: Iterable[str]) -> Sequence[Account]:
    """The accounts with any of these pseudonyms; unknown names are left out."""
    wanted = {mark_of(name) for name in names}
    return work.session().scalars(select(Account).where(Account.username.in_(wanted))).all()


def account_with(account_id: str) -> Account:
    """The account with this id, or NotFound."""
    account = work.session().get(Account, account_id)
    if account is None:
        raise NotFound()
    return account


def hold_account(account_id: str) -> None:
    """What needs this account to stay as it is waits for the end of this unit of work."""
    found = select(Account.id).where(Account.id == account_id)
    work.session().execute(found.with_for_update(key_share=True))


def person_here(account_id: str) -> Account:
    """The account with this id, or NotFound, also when its person has erased it."""
    account = account_with(account_id)
    if account.state == AccountState.ERASED:
        raise NotFound()
    return account


def is_gone(account_id: str) -> bool:
    """Whether the account was erased, or is not there at all."""
    account = work.session().get(Account, account_id)
    return account is None or account.state == AccountState.ERASED


def can_be_told(account_id: str) -> bool:
    """Whether there is somebody to tell something, and a key to seal it under."""
    account = work.session().get(Account, account_id)
    return account is not None and account.state not in {AccountState.ERASED, AccountState.CLOSED}


def names_of(account_ids: Iterable[str]) -> dict[str, str]:
    """The pseudonyms of some accounts, by id."""
    wanted = set(account_ids)
    keys.fetch(wanted)
    rows = work.session().execute(
        select(Account.id, Account.name_sealed).where(Account.id.in_(wanted))
    )
    return {row.id: name_in(row.id, row.name_sealed) for row in rows}


def _by_name(found: Iterable[Account]) -> list[Account]:
    """Names are sealed, so they are put in order here and not by the database."""
    accounts = list(found)
    keys.fetch(account.id for account in accounts)
    return sorted(accounts, key=lambda account: (account.name.casefold(), account.id))


def accounts_with_role(*roles: Role) -> Sequence[Account]:
    """Every account that may be used now and holds one of `roles`, by name."""
    holders = select(RoleGrant.account_id).where(RoleGrant.role.in_(roles))
    found = select(Account).where(usable_now(), Account.id.in_(holders))
    return _by_name(work.session().scalars(found))


def all_accounts() -> Sequence[Account]:
    """Every account, by name; for coordinators and admins."""
    return _by_name(work.session().scalars(select(Account).where(_THERE)))


def people(
    *, called: str = "", role: Role | None = None, skip: int = 0, count: int = 50
) -> Sequence[Account]:
    """Accounts by name, perhaps only those `called` so in part or holding `role`."""
    found = select(Account).where(_THERE)
    if role is not None:
        found = found.where(
            Account.id.in_(select(RoleGrant.account_id).where(RoleGrant.role == role))
        )
    named = _by_name(work.session().scalars(found))
    wanted = [each for each in named if folded(called) in folded(each.name)]
    return wanted[skip : skip + count]


def still_there() -> ColumnElement[bool]:
    """Of an account that nobody has erased, as a condition of a query."""
    return _THERE


def how_many_accounts() -> int:
    """How many accounts there are."""
    return work.session().scalar(select(func.count()).where(_THERE)) or 0


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


SHUT_FOR_GOOD = frozenset({AccountState.BANNED, AccountState.CLOSED})


def is_usable(account: Account | Present) -> bool:
    """Whether the account may be used now; a suspension that has run out no longer counts."""
    if account.state == AccountState.SUSPENDED:
        return account.suspended_until is not None and account.suspended_until <= clock.now()
    return account.state == AccountState.ACTIVE


def usable_now() -> ColumnElement[bool]:
    """What `is_usable` says, as a condition of a query: nothing sets the state back in between."""
    over = (Account.state == AccountState.SUSPENDED) & (Account.suspended_until <= clock.now())
    return (Account.state == AccountState.ACTIVE) | over


def is_covered(row: SignedInSession | Present, account: Account | Present) -> bool:
    """Whether the session opens nothing but the cover page: put on, or unused for too long."""
    if row.covered_at is not None:
        return True
    unused = clock.now() - row.seen_at
    return account.cover_minutes > 0 and unused > timedelta(minutes=account.cover_minutes)


def sessions_and_people() -> Sequence[tuple[SignedInSession, Account]]:
    """Every session with its person's account."""
    joined = select(SignedInSession, Account).join(
        Account, Account.id == SignedInSession.account_id
    )
    return [(row, account) for row, account in work.session().execute(joined)]


def session_with_token(token: str) -> SignedInSession | None:
    """The session a browser's token belongs to, whether or not it may still be used."""
    return session_with_hash(token_hash(token))


def session_with_hash(hashed_token: str) -> SignedInSession | None:
    """The same, by what is kept of the token."""
    found = select(SignedInSession).where(SignedInSession.token_hash == hashed_token)
    return work.session().scalar(found)


def session_with(session_id: str) -> SignedInSession:
    """The session with this id, or NotFound when it has ended."""
    row = work.session().get(SignedInSession, session_id)
    if row is None:
        raise NotFound()
    return row


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


def how_many_sessions() -> int:
    """How many sessions there are."""
    return work.session().scalar(select(func.count()).select_from(SignedInSession)) or 0


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
    return unused and not invitation.waits and invitation.expires_at > moment


def opens_now() -> ColumnElement[bool]:
    """What `is_open` says, as a condition of a query."""
    unused = Invitation.used_at.is_(None) & Invitation.withdrawn_at.is_(None)
    return unused & Invitation.waits.is_(False) & (Invitation.expires_at > clock.now())


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
    return work.session().scalar(select(func.count()).where(opens_now())) or 0


def invitation_with(invitation_id: str) -> Invitation:
    """The invitation with this id, or NotFound."""
    invitation = work.session().get(Invitation, invitation_id)
    if invitation is None:
        raise NotFound()
    return invitation
