"""Invitations: made for one person, shown once, used once."""

from collections.abc import Callable, Collection
from datetime import timedelta

from peer.accounts import queries
from peer.accounts.models import Invitation
from peer.accounts.service import staff, twofold
from peer.accounts.service.paper import new_code
from peer.core import audit, clock, work
from peer.core.errors import Conflict, Invalid
from peer.core.secrets import token_hash
from peer.core.words import N_
from peer.policy import accounts as policy
from peer.policy.oversight import ActKind
from peer.policy.roles import Actor, Role, require

_GROUPS = 5  # 100 bits
INVITATION_DAYS = 14

_room_choices: Callable[[], list[tuple[str, str]]] = list


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
    account_id: str | None = None,
    reason: str = "",
) -> tuple[Invitation, str]:
    """Make an invitation for one person and return it with its code, which is shown only now.

    With `account_id` whoever uses it takes that reserved account over. An invitation to a staff
    role needs a `reason`, and its code opens nothing until a second person has said yes.
    """
    require(policy.can_invite(actor, roles))
    shared = staff.needs_second(actor, (), roles)
    if not 1 <= days <= 90:
        raise Invalid(N_("An invitation can last from 1 to 90 days."), field="days")
    code = new_code(_GROUPS)
    invitation = Invitation(
        code_hash=token_hash(code.replace("-", "")),
        note=note.strip()[:80],
        roles=sorted(roles),
        rooms=list(rooms),
        account_id=account_id,
        created_by=actor.id,
        created_at=clock.now(),
        expires_at=clock.now() + timedelta(days=days),
        waits=shared,
    )
    work.session().add(invitation)
    work.session().flush()
    alone = policy.gives_staff_role((), roles) and not shared
    audit.record(
        "invitation.make",
        f"invitation:{invitation.id}",
        by=actor.id,
        roles=sorted(roles),
        **({"alone": True} if alone else {}),
    )
    if shared:
        twofold.propose(actor, ActKind.INVITE, invitation.id, reason=reason)
    return invitation, code


def check_code(code: str) -> Invitation:
    """The invitation that this code opens; Invalid when it opens none."""
    invitation = queries.invitation_with_code(code)
    if invitation is None or not queries.is_open(invitation):
        raise Invalid(
            N_(
                "That code does not open an account. Codes work once and for a limited time; the person who gave it to you can make a new one."
            ),
            field="code",
        )
    return invitation


def withdraw_invitation(actor: Actor, invitation_id: str) -> Invitation:
    """Make an unused invitation unusable."""
    require(policy.can_see_people(actor))
    invitation = queries.invitation_with(invitation_id)
    if not invitation.waits and not queries.is_open(invitation):
        raise Conflict(N_("That invitation can no longer be used anyway."))
    invitation.withdrawn_at, invitation.waits = clock.now(), False
    audit.record("invitation.withdraw", f"invitation:{invitation.id}", by=actor.id)
    return invitation


def withdraw_every_invitation() -> None:
    """Make every code unusable, as after an old copy of the database was brought back."""
    for invitation in queries.invitations():
        if invitation.waits or queries.is_open(invitation):
            invitation.withdrawn_at, invitation.waits = clock.now(), False
            audit.record("invitation.withdraw", f"invitation:{invitation.id}", by=None)
