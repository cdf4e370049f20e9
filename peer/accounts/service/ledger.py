"""The disclosure ledger: what staff looked at of a person beyond their ordinary work, and why.

The person reads it on their account page. There is no verb that changes or deletes a line.
"""

from peer.accounts import queries
from peer.accounts.models import AccountState
from peer.accounts.models.oversight import Disclosure
from peer.accounts.service.telling import tell
from peer.accounts.service.twofold import checked_reason
from peer.core import audit, clock, work
from peer.core.words import N_
from peer.policy.oversight import Disclosed
from peer.policy.roles import Actor, Role

_TOLD = N_(
    "Someone who looks after this place has looked at something of yours. You can read what it "
    "was, and why."
)
_ORDER = (Role.MODERATOR, Role.COORDINATOR, Role.ADMIN, Role.FACILITATOR)


def disclose(
    account_id: str,
    by: Actor,
    what: Disclosed,
    reason: str,
    *,
    role: Role | None = None,
    **params: object,
) -> None:
    """Write down that `by` looked at something of a person, and tell them.

    `role` is the one in which it was done; `params` are ids, numbers and fixed words.
    """
    audit.record("disclosure.note", f"account:{account_id}", by=by.id, what=what)
    if queries.account_with(account_id).state == AccountState.CLOSED:
        return  # nobody is left who could read of it, and no key to seal it under
    acted_as = role or next((each for each in _ORDER if by.has(each)), Role.MEMBER)
    line = Disclosure(
        account_id=account_id,
        at=clock.now(),
        by_id=by.id,
        role=acted_as,
        what=what,
        params=params,
        reason=checked_reason(reason),
    )
    work.session().add(line)
    work.session().flush()
    tell(account_id, _TOLD, href="/account/disclosures")
