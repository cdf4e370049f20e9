"""Erasing an account: out of sight at once, then gone, then looked for, with a receipt.

The first step is one transaction in the person's own request. The rest is the worker's, feature
by feature from the top of the stack to its bottom; every step may be taken twice, so a worker
that was stopped in the middle begins again. Last of all the person's key is destroyed, which
takes their words out of every backup as well.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from peer.accounts import queries
from peer.accounts.models import AccountState
from peer.accounts.models.erasure import Erasure
from peer.accounts.queries import erasures
from peer.accounts.service.forgetting import rows_pointing_to
from peer.accounts.service.holding import Counts, Kept, held, holdings
from peer.accounts.service.paper import new_code
from peer.core import audit, clock, keys, leftovers, queue, work
from peer.core.errors import NotFound
from peer.core.secrets import token_hash
from peer.policy import accounts as policy
from peer.policy.roles import Actor, Decision, require

# Where an erased account's id may still stand, and why.
EXPLAINED = {
    "audit_entries.actor_id": "the record of what was done",
    "audit_entries.subject": "the record of what was done",
    "audit_entries.details": "the record of what was done",
    "disclosures.by_id": "the record of what staff looked at, which nobody can change",
    "disclosures.params": "who asked for it, in lines of that record from before they left it out",
    "erasures.account_id": "the receipt itself",
    "keys.data_keys.owner": "the mark that the key is destroyed",
}
# And only while an open safety case needs it.
CASE = {
    "accounts.id": "an empty shell that the case hangs on",
    "review_items.author_id": "the case",
    "sanctions.account_id": "the case",
}


@dataclass(frozen=True)
class Erased:
    """What somebody who has just erased their account is shown, this once."""

    code: str
    found: list[tuple[str, int]]  # title of a kind of thing, marked with N_; how many
    kept: list[Kept]


def may_erase(actor: Actor) -> Decision:
    """Whether a person can erase their account now; needs a unit of work."""
    return policy.can_erase(actor, other_admins=erasures.other_admins(actor.id))


def would_keep(account_id: str) -> list[Kept]:
    """What would have to stay for a while if the person erased their account now."""
    return _kept(account_id)


def what_there_is(actor: Actor) -> list[tuple[str, int]]:
    """What a person would erase, counted; it opens everything, so outside a writing unit."""
    return [(section.title, len(section.rows)) for section in held(actor.id)]


def erase_account(
    actor: Actor,
    found: list[tuple[str, int]] | None = None,
    still: Callable[[], None] | None = None,
) -> Erased:
    """Take a person out of sight at once, and have the worker destroy what there is.

    The caller has asked for the passphrase, and may have counted what there is already. Every
    session ends in the same transaction. `still()` may refuse it there; it holds the account, which
    whoever changes roles does after taking the turn.
    """
    work.take_turns("who looks after this place")  # of two admins who leave at once one stays
    if still is not None:
        still()
    require(may_erase(actor))
    found = what_there_is(actor) if found is None else found
    code = new_code(5)
    kept = _begin(actor.id, token_hash(code.replace("-", "")))
    audit.record("account.erase", f"account:{actor.id}", by=actor.id)
    return Erased(code, found, kept)


def returned() -> list[str]:
    """Accounts that came back with an old backup, though they were erased."""
    return list(erasures.returned())


def erase_again(account_id: str) -> None:
    """Erase an account that came back with an old backup: its key is destroyed already."""
    if erasures.erasure_of(account_id) is not None:
        work.session().delete(erasures.erasure_of(account_id))
        work.session().flush()
    _begin(account_id, None)
    audit.record("account.erase", f"account:{account_id}", by=None)


def _begin(account_id: str, code_hash: str | None) -> list[Kept]:
    queries.account_with(account_id).state = AccountState.ERASED  # nothing is said to them now
    work.session().flush()
    before = rows_pointing_to(account_id)
    for holding in reversed(holdings()):
        holding.leave(account_id)
    after = rows_pointing_to(account_id)
    kept = _kept(account_id)
    erasure = Erasure(
        account_id=account_id,
        code_hash=code_hash,
        asked_at=clock.now(),
        counts={what: gone for what, n in before.items() if (gone := n - after[what]) > 0},
        kept=[_kept_json(each) for each in kept],
        left=[],
    )
    work.session().add(erasure)
    work.session().flush()
    queue.ask("accounts.erase", erasure.id)
    return kept


def _kept_json(kept: Kept) -> dict[str, object]:
    return {
        "what": kept.what,
        "until": kept.until.isoformat() if kept.until else None,
        "loose": kept.loose,
    }


def kept_of(erasure: Erasure) -> list[Kept]:
    """What a receipt says is kept."""
    return [
        Kept(
            each["what"],
            datetime.fromisoformat(each["until"]) if each["until"] else None,
            each["loose"],
        )
        for each in erasure.kept
    ]


# --- the worker's part ----------------------------------------------------------------------


def erase_part(erasure_id: str, feature: str) -> None:
    """Destroy what one feature holds, and count it; twice does no harm."""
    erasure = erasures.erasure_with(erasure_id)
    holding = next(each for each in holdings() if each.feature == feature)
    erasure.counts = _sum(erasure.counts, holding.erase(erasure.account_id))
    work.session().flush()


def _sum(one: Counts, other: Counts) -> Counts:
    total = {what: one.get(what, 0) + other.get(what, 0) for what in {*one, *other}}
    return {what: total[what] for what in sorted(total) if total[what]}


def destroy_key(erasure_id: str) -> None:
    """Destroy the person's key, and throw away jobs about them."""
    with work.begin(writes=False):
        account_id = erasures.erasure_with(erasure_id).account_id
    keys.destroy(account_id)
    queue.drop(account_id)


def check(erasure_id: str) -> int:
    """Look everywhere for what is left and write it down; in how many places it should not be."""
    with work.begin(writes=False):
        account_id = erasures.erasure_with(erasure_id).account_id
    found = scan(account_id)
    with work.begin():
        erasure = erasures.erasure_with(erasure_id)
        erasure.checked_at = clock.now()
        erasure.left = [each.place for each, why in found if not why]
        kept = _kept(account_id)
        loose = [each for each in erasure.kept if each["loose"]]
        erasure.kept = [_kept_json(each) for each in kept] + loose
        if not erasure.left:
            erasure.done_at = erasure.done_at or clock.now()
            if not kept:
                erasure.settled_at = erasure.settled_at or clock.now()
        return len(erasure.left)


def _kept(account_id: str) -> list[Kept]:
    return [each for holding in holdings() for each in holding.kept(account_id)]


def scan(account_id: str) -> list[tuple[leftovers.Found, str]]:
    """Every place in which an account's id stands, with why it may; "" where it should not."""
    found = leftovers.find(account_id)
    with work.begin(writes=False):
        erasure = erasures.erasure_of(account_id)
        explained = dict(EXPLAINED) if erasure is not None else {}
        if erasure is not None and _kept(account_id):
            explained |= CASE
    return [(each, explained.get(each.place, "")) for each in found]


def bury() -> list[str]:
    """The erasures whose cases have closed since: their empty shells go too."""
    waiting = erasures.unsettled_erasures()
    return [erasure.id for erasure in waiting if not _kept(erasure.account_id)]


def receipt(code: str) -> Erasure:
    """The receipt that a code opens, or NotFound."""
    found = erasures.erasure_with_code(code)
    if found is None:
        raise NotFound()
    return found
