"""Reads about acts that need two people."""

from collections.abc import Collection, Sequence

from sqlalchemy import select

from peer.accounts import queries
from peer.accounts.models import Account, AccountState, RoleGrant
from peer.accounts.models.oversight import Disclosure, Export, Release, SharedAct
from peer.core import audit, clock, work
from peer.core.audit import AuditEntry
from peer.core.errors import NotFound
from peer.policy.oversight import GUARDED, ActState, is_disputed
from peer.policy.roles import Role

RECENT = 50
_GIVING = {"account.create", "account.roles"}
_LOOK_AFTER_IT = (Role.COORDINATOR, Role.ADMIN)
_HERE = (AccountState.ACTIVE, AccountState.SUSPENDED, AccountState.BANNED)  # or shut out


def act_with(act_id: str, *, lock: bool = False) -> SharedAct:
    """The act with this id, or NotFound. `lock` it before it is decided."""
    query = select(SharedAct).where(SharedAct.id == act_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    act = work.session().scalar(query)
    if act is None:
        raise NotFound()
    return act


def waiting_acts() -> Sequence[SharedAct]:
    """What still waits for a second person, the oldest first."""
    query = (
        select(SharedAct)
        .where(SharedAct.state == ActState.WAITING, SharedAct.expires_at > clock.now())
        .order_by(SharedAct.asked_at)
    )
    return work.session().scalars(query).all()


def decided_acts() -> Sequence[SharedAct]:
    """What was decided or ran out, the latest first."""
    query = (
        select(SharedAct)
        .where((SharedAct.state != ActState.WAITING) | (SharedAct.expires_at <= clock.now()))
        .order_by(SharedAct.asked_at.desc())
        .limit(RECENT)
    )
    return work.session().scalars(query).all()


def waiting_act(kind: str, subject_id: str, *, lock: bool = False) -> SharedAct | None:
    """What already waits for a second person about this subject, if anything.

    With `lock` it still waits, and nobody else decides it before the unit of work ends.
    """
    query = (
        select(SharedAct)
        .where(SharedAct.state == ActState.WAITING, SharedAct.expires_at > clock.now())
        .where(SharedAct.kind == kind, SharedAct.subject_id == subject_id)
        .order_by(SharedAct.asked_at)
        .limit(1)
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return work.session().scalar(query)


def overdue_acts(*, every: bool = False) -> Sequence[SharedAct]:
    """What nobody decided in time, locked; or `every` act that waits."""
    query = select(SharedAct).where(SharedAct.state == ActState.WAITING).with_for_update()
    if not every:
        query = query.where(SharedAct.expires_at <= clock.now())
    return work.session().scalars(query).all()


def second_people() -> Sequence[Account]:
    """Everybody who may be asked to confirm an act of one kind or another."""
    return queries.accounts_with_role(*GUARDED)


def coordinators_and_admins_besides(
    account_ids: Collection[str | None], *, shut_out: bool = False
) -> int:
    """How many other people look after the installation, perhaps also those `shut_out` now."""
    here = Account.state.in_(_HERE) if shut_out else queries.usable_now()
    holders = select(RoleGrant.account_id).where(RoleGrant.role.in_(_LOOK_AFTER_IT))
    found = select(Account.id).where(here, Account.id.in_(holders))
    return len(set(work.session().scalars(found)) - set(account_ids))


def ended_staff_alone() -> bool:
    """Whether one person, with nobody there to confirm it, ever ended that somebody was staff."""
    changes = select(AuditEntry.details).where(AuditEntry.act == "account.roles")
    return any(details.get("ended_alone") for details in work.session().scalars(changes))


def gave_alone(giver_id: str, account_id: str, role: Role) -> bool:
    """Whether the record says that this person, alone, gave somebody the role they hold."""
    giving = None
    for entry in audit.about(f"account:{account_id}"):
        if entry.act not in _GIVING:
            continue
        roles = entry.details.get("roles")
        if not (isinstance(roles, list) and role in roles):
            break
        giving = entry
    return giving is not None and giving.actor_id == giver_id and "alone" in giving.details


def disclosures_to(account_id: str) -> Sequence[Disclosure]:
    """What was looked at of a person, the latest first."""
    query = (
        select(Disclosure)
        .where(Disclosure.account_id == account_id)
        .order_by(Disclosure.at.desc(), Disclosure.id)
    )
    return work.session().scalars(query).all()


def release_with(release_id: str, *, lock: bool = False) -> Release:
    """The release with this id, or NotFound."""
    found = work.session().get(
        Release, release_id, with_for_update=lock or None, populate_existing=lock
    )
    if found is None:
        raise NotFound()
    return found


def releases_of(account_id: str) -> Sequence[Release]:
    """The releases a person gave, the latest first."""
    query = (
        select(Release).where(Release.account_id == account_id).order_by(Release.given_at.desc())
    )
    return work.session().scalars(query).all()


def is_disputed_alone(account_id: str) -> bool:
    """Whether a person disputes a paper that nobody of the office could look into."""
    office = {each.id for each in queries.accounts_with_role(*_LOOK_AFTER_IT)}
    disputed = [each for each in releases_of(account_id) if is_disputed(each)]
    return any(not office - {each.recorded_by, account_id} for each in disputed)


def exports_under(release_id: str) -> Sequence[Export]:
    """The times something left, or may leave, under a release; the latest first."""
    query = select(Export).where(Export.release_id == release_id).order_by(Export.ready_at.desc())
    return work.session().scalars(query).all()


def export_with(export_id: str, *, lock: bool = False) -> Export:
    """The export with this id, or NotFound."""
    found = work.session().get(Export, export_id, with_for_update=lock or None)
    if found is None:
        raise NotFound()
    return found
