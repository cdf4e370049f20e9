"""After an older copy was brought back: what was refused, ended or taken away since stays so.

Of each person the stricter of the two holds, the copy or the database that was there. What that
database cannot tell is closed: nothing in the copy that waited for a yes gets one by having waited.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import delete, func, insert, select, update

from peer.accounts.models import Account, AccountState, Factor, RecoveryCode, RoleGrant, Vault
from peer.accounts.models.oversight import Export, Release
from peer.accounts.queries.before import Before, Row, Standing
from peer.accounts.queries.vaults import vault_of
from peer.accounts.service.erasing import erase_again, returned
from peer.accounts.service.releasing import end
from peer.accounts.service.telling import tell
from peer.accounts.service.twofold import expire_acts
from peer.accounts.service.vaults import forget_codes, lose_private
from peer.core import audit, clock, work
from peer.core.words import N_
from peer.policy.oversight import Ending
from peer.policy.roles import Role

_CODES_GONE = N_(
    "An older copy of this place was brought back, so your recovery codes no longer work. You can "
    "make new ones."
)
_RELEASE_OVER = N_(
    "An older copy of this place was brought back, so a release of yours has ended. You can give it "
    "again if you like."
)
_EVER, _NEVER = datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)
_RESERVED = AccountState.RESERVED
_SHUT = (AccountState.ACTIVE, AccountState.SUSPENDED, AccountState.BANNED, AccountState.CLOSED)
_SHUT_WORDS = {
    AccountState.SUSPENDED: "account.suspend",
    AccountState.BANNED: "account.ban",
    AccountState.CLOSED: "account.close",
}


@dataclass
class Carried:
    """Whose standing was carried over, by what; and of whom the copy is stricter."""

    shut_out: list[str] = field(default_factory=list)
    fewer_roles: list[str] = field(default_factory=list)
    passphrases: list[str] = field(default_factory=list)
    private_lost: list[str] = field(default_factory=list)
    codes_forgotten: list[str] = field(default_factory=list)
    shut_in_the_copy: list[str] = field(default_factory=list)
    roles_not_in_the_copy: list[str] = field(default_factory=list)
    joined_since: int = 0
    shut_out_and_not_here: int = 0


def carry_over(before: Before | None) -> Carried:
    """Have what is stricter hold for everybody in the copy; None when nothing is known of it."""
    done = Carried()
    accounts = {row.id: row for row in work.session().scalars(select(Account))}
    there = before.people if before else {}
    known = [row for row in accounts.values() if _is_known(row, there.get(row.id))]
    for account in known:
        _keep_shut(account, there[account.id], done)
        _take_roles(account, there[account.id], done)
        _keep_passphrase(account, there[account.id], done)
    _replace_ways_in({row.id: there[row.id] for row in known if row.state != _RESERVED})
    _forget_unknown_codes(accounts.keys() - {row.id for row in known}, done)
    missing = [standing for each, standing in there.items() if each not in accounts]
    done.joined_since = len(missing)
    done.shut_out_and_not_here = sum(1 for each in missing if _shut(each)[0])
    for account_id in {*returned(), *(before.erased if before else ())} & accounts.keys():
        if accounts[account_id].state != AccountState.ERASED:
            erase_again(account_id)
    return done


def _is_known(account: Account, was: Standing | None) -> bool:
    over = AccountState.ERASED
    return was is not None and was.state != over and account.state != over


def _shut(standing: Standing | Account) -> tuple[int, datetime]:
    """How far somebody is shut out, and until when: the greater, the stricter."""
    if standing.state not in _SHUT:
        return 0, _NEVER
    until = standing.suspended_until or _EVER
    if standing.state == AccountState.SUSPENDED:
        return (1, until) if until > clock.now() else (0, _NEVER)
    return _SHUT.index(AccountState(standing.state)), _NEVER


def _keep_shut(account: Account, was: Standing, done: Carried) -> None:
    if account.state == _RESERVED and was.state == AccountState.SUSPENDED:
        return  # it would stay empty for ever: whoever invites them anew decides
    here, there = _shut(account), _shut(was)
    if here > there:
        done.shut_in_the_copy.append(account.id)
    if here >= there:
        return
    account.state = was.state
    account.suspended_until, account.suspended_for = was.suspended_until, was.suspended_for
    done.shut_out.append(account.id)
    word = _SHUT_WORDS[AccountState(was.state)]
    audit.record(word, f"account:{account.id}", by=None, restored=True)


def _take_roles(account: Account, was: Standing, done: Carried) -> None:
    """Nobody is more than they were: only being a member needs no other yes."""
    here = {str(role) for role in account.roles}
    if was.roles - here:
        done.roles_not_in_the_copy.append(account.id)
    if not here - was.roles - {Role.MEMBER}:
        return
    kept = [grant for grant in account.grants if grant.role in was.roles]
    member = RoleGrant(role=Role.MEMBER, granted_at=clock.now(), granted_by=None)
    account.grants = kept or [member]
    done.fewer_roles.append(account.id)
    roles = sorted(grant.role for grant in account.grants)
    audit.record("account.roles", f"account:{account.id}", by=None, roles=roles, restored=True)


def _keep_passphrase(account: Account, was: Standing, done: Carried) -> None:
    """The passphrase of last; when the private key was lost since, what it sealed is lost again."""
    if account.state == _RESERVED:
        return
    if account.passphrase_hash != was.passphrase_hash:
        account.passphrase_hash = was.passphrase_hash
        done.passphrases.append(account.id)
        audit.record("account.renew_passphrase", f"account:{account.id}", by=None, restored=True)
    vault = vault_of(account.id)
    if vault is not None and (was.vault is None or was.vault["made_at"] != vault.made_at):
        lose_private(account.id)
        done.private_lost.append(account.id)


def _replace_ways_in(there: dict[str, Standing]) -> None:
    """Private keys as they are wrapped now, second factors and recovery codes: those of last."""
    session = work.session()
    session.flush()
    session.expire_all()
    for model in (Vault, Factor, RecoveryCode):
        for account_id in there:
            session.execute(delete(model).where(model.account_id == account_id))
    _insert(Vault, (each.vault for each in there.values() if each.vault is not None))
    _insert(Factor, (row for each in there.values() for row in each.factors))
    _insert(RecoveryCode, (row for each in there.values() for row in each.codes))


def _insert(model: type[Vault | Factor | RecoveryCode], rows: Iterable[Row]) -> None:
    for row in rows:
        work.session().execute(insert(model.__table__).values(dict(row)))  # type: ignore[arg-type]


def _forget_unknown_codes(account_ids: Iterable[str], done: Carried) -> None:
    """Codes of which nobody knows whether they were used since: their people make new ones."""
    counted = select(RecoveryCode.account_id, func.count()).group_by(RecoveryCode.account_id)
    there = {account_id for account_id, _count in work.session().execute(counted)}
    for account_id in sorted(there.intersection(account_ids)):
        forget_codes(account_id)
        tell(account_id, _CODES_GONE, href="/account")
        done.codes_forgotten.append(account_id)


def end_what_waits() -> tuple[int, int]:
    """Expire each act of two and end each release, as if nobody had said yes; how many of each."""
    acts = expire_acts(every=True)
    session, at = work.session(), clock.now()
    running = select(Release).where(Release.withdrawn_at.is_(None), Release.until > at)
    releases = session.scalars(running).all()
    for release in releases:
        end(release, Ending.RESTORED)
        audit.record("release.end", f"account:{release.account_id}", by=None, release=release.id)
        tell(release.account_id, _RELEASE_OVER, href="/account/releases")
    session.execute(update(Export).where(Export.until > at).values(until=at))
    return acts, len(releases)
