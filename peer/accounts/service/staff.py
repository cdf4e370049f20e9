"""Whether a second person is needed, and there, to make somebody staff or to end that."""

from collections.abc import Collection

from peer.accounts import queries as people
from peer.accounts.queries import oversight as queries
from peer.core.errors import Conflict
from peer.core.words import N_
from peer.policy import accounts as policy
from peer.policy import oversight
from peer.policy.roles import Actor, Role


def needs_second(
    actor: Actor, before: Collection[Role], after: Collection[Role], *, about: str | None = None
) -> bool:
    """Whether this changes who is staff and there is somebody else to confirm it.

    While one coordinator or admin is alone here, the first others can only be made by them; not
    when others were there, nor when they alone ended that. Colleagues who are shut out count as
    there: whoever shut them out does not become alone by it. Conflict when nobody is to be found.
    `about` is whose roles they are.
    """
    if not policy.changes_staff_roles(before, after):
        return False
    if queries.coordinators_and_admins_besides({actor.id, about}):
        return True
    gives = policy.gives_staff_role(before, after)
    besides = {actor.id} if gives else {actor.id, about}
    colleagues = queries.coordinators_and_admins_besides(besides, shut_out=True)
    barred = queries.ended_staff_alone() if gives else _leaves_nobody(about) or _is_shut_out(about)
    if oversight.acts_alone(actor, colleagues) and not barred:
        return False
    raise Conflict(
        N_("Nobody else here can say yes to this. Whoever runs the server can add an admin there.")
    )


def _leaves_nobody(account_id: str | None) -> bool:
    """Whether this is the last one: who is about to send them away was sent away meanwhile."""
    return not queries.coordinators_and_admins_besides({account_id})


def _is_shut_out(account_id: str | None) -> bool:
    """Whether somebody could not see what becomes of their roles, nor say a word."""
    return account_id is not None and not people.is_usable(people.account_with(account_id))


def ends_alone(
    actor: Actor, before: Collection[Role], after: Collection[Role], *, about: str
) -> bool:
    """Whether `actor`, who is alone, ends more than they had given alone: that is remembered.

    A role given by mistake and taken back leaves nobody who was there before them.
    """
    taken = policy.staff_roles_given(after, before)
    return any(not queries.gave_alone(actor.id, about, role) for role in taken)
