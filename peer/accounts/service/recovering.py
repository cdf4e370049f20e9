"""Back in without the passphrase: by a code of one's own, or with a coordinator's help.

A coordinator's help takes a wait, in which whoever is signed in as the person can cancel it. It
cannot bring the private parts back: nobody has what opens them.
"""

from datetime import timedelta

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from peer.accounts import queries
from peer.accounts.models import Account, AccountState, Recovery, RecoveryCode, RecoveryState
from peer.accounts.queries.vaults import passphrase_of
from peer.accounts.queries.ways_back import (
    bare,
    recoveries_under_way,
    recovery_by_code,
    recovery_code,
    recovery_under_way,
    roles_ever,
)
from peer.accounts.service.codes import unwrapped, use_up
from peer.accounts.service.factors import forget_factors
from peer.accounts.service.paper import new_code
from peer.accounts.service.signing import end_sessions
from peer.accounts.service.telling import tell
from peer.accounts.service.vaults import Lock, lose_private, make_vault, put_away
from peer.core import audit, clock, work
from peer.core.errors import Conflict, Invalid, NotFound
from peer.core.secrets import token_hash
from peer.core.words import N_
from peer.policy import accounts as policy
from peer.policy.roles import Actor, Decision, require

CODE_HOURS = 24  # how long a code that was handed over works
_LAPSE = timedelta(days=14)  # after the wait, when nobody came for the code
_GROUPS = 5
_RECOVERABLE = {AccountState.ACTIVE, AccountState.SUSPENDED}  # by a code of one's own


# --- begun, handed over, called off --------------------------------------------------------


def start_recovery(actor: Actor, account_id: str, *, reason: str, hours: int) -> Recovery:
    """Begin to let somebody back in: the code can be made `hours` from now."""
    account = queries.account_with(account_id)
    require(policy.can_start_recovery(actor, account.id, roles_ever(account)))
    if account.state not in _RECOVERABLE:
        raise Conflict(N_("Nobody uses this account."))
    _can_say_no(account)
    if not reason.strip():
        raise Invalid(N_("Write in a sentence how you know that it is them."), field="reason")
    _let_lapse(account.id)
    if recovery_under_way(account.id) is not None:
        raise Conflict(N_("Somebody has begun this already."))
    now = clock.now()
    found = Recovery(
        account_id=account.id,
        open_for=account.id,
        started_by=actor.id,
        started_at=now,
        ripe_at=now + timedelta(hours=hours),
    )
    found.reason = reason.strip()
    work.session().add(found)
    try:
        work.session().flush()
    except IntegrityError:
        raise Conflict(N_("Somebody has begun this already.")) from None
    tell(
        account.id,
        N_("Somebody asked to be let in as you. If that is not you, stop it on any page of yours."),
        href="/account",
    )
    audit.record("recovery.start", f"account:{account.id}", by=actor.id, recovery=found.id)
    return found


def hand_over_recovery(actor: Actor, account_id: str) -> tuple[Recovery, str]:
    """After the wait: a code to hand over, shown only now; one that was made before is void."""
    account, found = _under_way(account_id)
    require(_may_hand_over(actor, account, found))
    _can_say_no(account)
    if clock.now() < found.ripe_at:
        raise Conflict(N_("The wait is not over yet."))
    code = new_code(_GROUPS)
    found.state, found.handed_by = RecoveryState.HANDED, actor.id
    found.code_hash = token_hash(bare(code))
    found.code_until = min(clock.now() + timedelta(hours=CODE_HOURS), found.ripe_at + _LAPSE)
    audit.record("recovery.hand_over", f"account:{account.id}", by=actor.id, recovery=found.id)
    return found, code


def _may_hand_over(actor: Actor, account: Account, found: Recovery) -> Decision:
    return policy.can_hand_over_recovery(actor, account.id, roles_ever(account), found.started_by)


def withdraw_recovery(actor: Actor, account_id: str) -> None:
    """The people who look after the place call it off."""
    account = queries.account_with(account_id)
    require(policy.can_start_recovery(actor, account.id, roles_ever(account)))
    found = _open(account.id)
    _end(found, RecoveryState.WITHDRAWN)
    audit.record("recovery.withdraw", f"account:{account.id}", by=actor.id, recovery=found.id)


def withdraw_every_recovery() -> None:
    """Call off whatever is open, as after an old copy of the database was brought back."""
    for found in recoveries_under_way():
        _end(found, RecoveryState.WITHDRAWN)
        audit.record("recovery.withdraw", f"account:{found.account_id}", by=None, recovery=found.id)


def cancel_recovery(actor: Actor) -> None:
    """Whoever is signed in as the person says no: it ends, also when a code is out already."""
    found = _open(actor.id)
    _end(found, RecoveryState.CANCELLED)
    audit.record("recovery.cancel", f"account:{actor.id}", by=actor.id, recovery=found.id)


def call_off_recovery(account_id: str) -> None:
    """What was begun ends, and the wait begins anew after it.

    Nobody who is shut out can say no; and who gets other roles may need two people for it by then.
    """
    found = recovery_under_way(account_id)
    if found is not None:
        _end(found, RecoveryState.WITHDRAWN)
        audit.record("recovery.withdraw", f"account:{account_id}", by=None, recovery=found.id)


def recovery_of(account_id: str) -> Recovery:
    """The recovery of a person that is under way, or NotFound."""
    return _under_way(account_id)[1]


def _under_way(account_id: str) -> tuple[Account, Recovery]:
    account = queries.account_with(account_id)
    found = _open(account.id)
    if has_lapsed(found):
        raise NotFound()
    return account, found


def _open(account_id: str) -> Recovery:
    """The recovery of a person that has not been ended, lapsed or not, or NotFound."""
    found = recovery_under_way(account_id)
    if found is None:
        raise NotFound()
    return found


def _can_say_no(account: Account) -> None:
    """Conflict while the person is shut out: they could not stop what is done in their name."""
    if not queries.is_usable(account):
        raise Conflict(
            N_("They cannot sign in now, and so could not say no. It can begin once they can.")
        )


def has_lapsed(found: Recovery) -> bool:
    """Whether nobody came for the code for so long that it all has to begin again."""
    return clock.now() > found.ripe_at + _LAPSE


def _let_lapse(account_id: str) -> None:
    found = recovery_under_way(account_id)
    if found is not None and has_lapsed(found):
        _end(found, RecoveryState.WITHDRAWN)


def _end(found: Recovery, state: RecoveryState) -> None:
    """Close it, unless it is closed already: of two at once only one does."""
    done = work.session().execute(
        update(Recovery)
        .where(Recovery.id == found.id, Recovery.open_for.is_not(None))
        .values(state=state, open_for=None, code_hash=None, code_until=None, ended_at=clock.now())
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict()
    work.session().expire(found)


# --- used ----------------------------------------------------------------------------------


def check_recovery(name: str, code: str, *, lose: bool) -> None:
    """Invalid when the code opens nothing of whoever goes by this name.

    Codes are looked for first and by themselves: whether anybody goes by the name costs nothing,
    and so tells nothing.
    """
    own, handed = recovery_code(code), recovery_by_code(code)
    _person(name, own, handed)
    if handed is not None and not lose:
        raise Invalid(
            N_("This code cannot open your private pages. Tick that you know they will be gone."),
            field="lose",
        )


def recover(name: str, code: str, lock: Lock) -> None:
    """Use a code up: a new passphrase opens the account, and every session ends.

    A code of one's own keeps the private parts; one from a coordinator destroys them.
    """
    own, handed = recovery_code(code), recovery_by_code(code)
    account = _person(name, own, handed)
    passphrase_of(account.id, hold=True)  # before anything else is touched, as everywhere
    if own is not None:
        key = unwrapped(own, code)
        if not use_up(own):
            raise _wrong()
        put_away(account.id, key, lock)
    elif handed is not None:
        _end(handed, RecoveryState.DONE)
        lose_private(account.id)
        forget_factors(account.id)
        make_vault(account.id, lock)
        audit.record("recovery.complete", f"account:{account.id}", by=None, recovery=handed.id)
    account.passphrase_hash = lock.passphrase_hash
    end_sessions(account.id, "recovered")


def _person(name: str, own: RecoveryCode | None, handed: Recovery | None) -> Account:
    found = own or (handed if handed and _usable(handed) else None)
    if found is None:
        raise _wrong()
    account = queries.account_named(name)
    if account is None or account.id != found.account_id or account.state not in _RECOVERABLE:
        raise _wrong()
    if handed is not None and own is None and not _in_order(handed, account):
        raise _wrong()
    return account


def _in_order(handed: Recovery, account: Account) -> bool:
    """Whether the person could have said no, and whoever made the code could make it now, too."""
    maker = queries.account_with(handed.handed_by) if handed.handed_by else None
    if maker is None or not queries.is_usable(maker):
        return False
    may = _may_hand_over(queries.actor_from(maker), account, handed)
    return bool(may) and queries.is_usable(account)


def _usable(handed: Recovery) -> bool:
    in_time = handed.code_until is not None and clock.now() <= handed.code_until
    return in_time and not has_lapsed(handed) and handed.state == RecoveryState.HANDED


def _wrong() -> Invalid:
    return Invalid(
        N_("That name and code do not go together, or the code was used before."), field="code"
    )
