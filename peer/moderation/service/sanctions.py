"""What follows for people: a warning, a mute, a suspension, and their end."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from peer.accounts import queries as people
from peer.accounts import service as accounts
from peer.core import audit, clock, work
from peer.core.errors import Conflict, Invalid
from peer.core.words import N_
from peer.moderation import queries
from peer.moderation.models import ReviewItem, Sanction
from peer.moderation.service import telling
from peer.notifications.service import notify
from peer.policy import moderation as policy
from peer.policy.moderation import SanctionKind
from peer.policy.roles import Actor, require


@dataclass(frozen=True)
class Wanted:
    """What a moderator wants to follow for the author. Hours for a mute, days for a suspension.

    `amount` None, for a suspension: until someone decides.
    """

    kind: SanctionKind
    amount: int | None = None


def check(actor: Actor, item: ReviewItem, wanted: Wanted | None) -> None:
    """Refused or Invalid when `wanted` cannot follow; asked before anything is changed."""
    if wanted is not None:
        if people.is_gone(item.author_id):
            raise Conflict(N_("This person has left, with everything of theirs."))
        require(policy.can_sanction(actor, queries.actor_with(item.author_id)))
        if wanted.kind is SanctionKind.SUSPEND and _shut_for_good(item.author_id):
            raise Conflict(N_("This person has no access already."))
        _until(wanted)


def _shut_for_good(account_id: str) -> bool:
    return people.account_with(account_id).state in people.SHUT_FOR_GOOD


def sanction(actor: Actor, item: ReviewItem, rule: str, wanted: Wanted) -> Sanction:
    """Warn, mute or suspend the author of an item, and tell them; `check` has said yes."""
    made = Sanction(
        account_id=item.author_id,
        item_id=item.id,
        kind=wanted.kind,
        rule=rule,
        by_id=actor.id,
        at=clock.now(),
        until=_until(wanted),
    )
    work.session().add(made)
    audit.record(
        f"person.{wanted.kind}",
        f"account:{item.author_id}",
        by=actor.id,
        review=item.id,
        rule=rule,
        amount=wanted.amount,
    )
    telling.sanctioned(item.author_id, wanted.kind, rule, wanted.amount)
    if wanted.kind is SanctionKind.SUSPEND:
        accounts.suspend(
            item.author_id, by=actor, days=wanted.amount, reason=policy.HOUSE_RULES[rule]
        )
    return made


def _until(wanted: Wanted) -> datetime | None:
    if wanted.kind is SanctionKind.MUTE:
        if wanted.amount not in policy.MUTE_HOURS:
            raise Invalid(N_("Choose how long."), field="hours")
        return clock.now() + timedelta(hours=wanted.amount)
    if wanted.kind is SanctionKind.SUSPEND and wanted.amount is not None:
        if wanted.amount not in policy.SUSPEND_DAYS:
            raise Invalid(N_("Choose how long."), field="days")
        return clock.now() + timedelta(days=wanted.amount)
    return None


def lift_mute(actor: Actor, account_id: str) -> None:
    """Let a muted person write again."""
    _require_decide_about(actor, account_id)
    if queries.muted_until(account_id) is None:
        raise Conflict(N_("This person can write already."))
    _lift(actor, account_id, SanctionKind.MUTE)
    audit.record("person.unmute", f"account:{account_id}", by=actor.id)
    notify(account_id, N_("You can write again. Welcome back."))


def reinstate(actor: Actor, account_id: str) -> None:
    """Let a suspended person back in."""
    _require_decide_about(actor, account_id)
    if not queries.is_suspended(account_id) or queries.ban_of(account_id) is not None:
        raise Conflict(N_("This account is open already."))
    accounts.reinstate(account_id, by=actor)
    _lift(actor, account_id, SanctionKind.SUSPEND)
    notify(account_id, N_("Your account is open again. Welcome back."))


def _require_decide_about(actor: Actor, account_id: str) -> None:
    """Only about people whose words were reviewed, and never about oneself."""
    person = queries.person_for(actor, account_id)
    require(policy.can_sanction(actor, person))


def _lift(actor: Actor, account_id: str, kind: SanctionKind) -> None:
    for each in queries.sanctions_of(account_id):
        if each.kind == kind and each.lifted_at is None:
            each.lifted_at, each.lifted_by = clock.now(), actor.id
