"""Recovery codes: ten on a sheet of paper, each of which lets its person back in once.

A code opens the private parts as well: it wraps the private key, as the passphrase does.
"""

from sqlalchemy import delete

from peer.accounts.models import RecoveryCode
from peer.accounts.queries.ways_back import bare, recovery_code
from peer.accounts.service.paper import new_code
from peer.accounts.service.telling import tell
from peer.accounts.service.vaults import forget_codes
from peer.core import audit, clock, work
from peer.core.db import new_id
from peer.core.keys import PrivateKey
from peer.core.secrets import token_hash, token_key
from peer.core.words import N_
from peer.policy.roles import Actor

CODES = 10
_GROUPS = 6  # 120 bits


def make_codes(actor: Actor, key: PrivateKey) -> list[str]:
    """Ten new codes, shown only now; those of before open nothing any more."""
    forget_codes(actor.id)
    codes = [new_code(_GROUPS) for _ in range(CODES)]
    for code in codes:
        row = RecoveryCode(id=new_id(), account_id=actor.id, made_at=clock.now())
        row.code_hash = token_hash(bare(code))
        row.wrapped = key.wrapped(_under(code), _place(row.id))
        work.session().add(row)
    work.session().flush()
    tell(
        actor.id,
        N_("New recovery codes were made. If that was not you, change your passphrase."),
        href="/account",
    )
    audit.record("codes.make", f"account:{actor.id}", by=actor.id)
    return codes


def spend_code(account_id: str, code: str) -> bool:
    """Use a person's code up for coming in without their second factor; False when it is none."""
    found = recovery_code(code)
    if found is None or found.account_id != account_id:
        return False
    return use_up(found)


def unwrapped(found: RecoveryCode, code: str) -> PrivateKey:
    """The private key, as the code opens it."""
    return PrivateKey.unwrapped(_under(code), found.wrapped, _place(found.id))


def use_up(found: RecoveryCode) -> bool:
    """Use a code up; of two who use it at once only one gets through."""
    account_id = found.account_id
    gone = work.session().execute(delete(RecoveryCode).where(RecoveryCode.id == found.id))
    if gone.rowcount != 1:  # type: ignore[attr-defined]
        return False
    tell(
        account_id,
        N_(
            "One of your recovery codes was used. If that was not you, change your passphrase and make new codes."
        ),
        href="/account",
    )
    audit.record("codes.use", f"account:{account_id}", by=account_id)
    return True


def _under(code: str) -> bytes:
    return token_key(bare(code), "recovery")


def _place(code_id: str) -> str:
    return f"recovery_codes|wrapped|{code_id}"
