"""Rules about accounts and invitations."""

from collections.abc import Collection

from peer.core.words import N_
from peer.policy.roles import HIDDEN, YES, Actor, Decision, Role, no

# What each role may invite to. Admins make the first coordinators; nobody invites admins.
_INVITES: dict[Role, frozenset[Role]] = {
    Role.COORDINATOR: frozenset({Role.MEMBER, Role.MENTOR, Role.FACILITATOR, Role.MODERATOR}),
    Role.ADMIN: frozenset(Role) - {Role.ADMIN},
}


def invitable_roles(actor: Actor) -> frozenset[Role]:
    """The roles that `actor` may put into an invitation."""
    return frozenset(role for own in actor.roles for role in _INVITES.get(own, frozenset()))


def can_invite(actor: Actor, roles: Collection[Role]) -> Decision:
    """Coordinators invite members, mentors, facilitators and moderators; admins also coordinators."""
    allowed = invitable_roles(actor)
    if not allowed:
        return HIDDEN
    if not roles:
        return no(N_("Choose at least one role for the person you invite."))
    if not allowed.issuperset(roles):
        return no(N_("Only an admin can invite to that role."))
    return YES


def can_see_people(actor: Actor) -> Decision:
    """Only coordinators and admins see the list of accounts; members cannot be listed."""
    return YES if actor.has(Role.COORDINATOR, Role.ADMIN) else HIDDEN


def can_change_roles(actor: Actor, account_id: str) -> Decision:
    """Admins give and take roles, but not their own."""
    if not actor.has(Role.ADMIN):
        return HIDDEN
    if actor.id == account_id:
        return no(N_("Another admin changes your roles. Nobody changes their own."))
    return YES


def can_sign_out(actor: Actor, account_id: str, roles: Collection[Role]) -> Decision:
    """Admins end anybody's sessions; coordinators those of people they may invite."""
    if not can_see_people(actor):
        return HIDDEN
    if actor.id == account_id:
        return no(N_("You can sign out everywhere on your own account page."))
    if actor.has(Role.ADMIN) or invitable_roles(actor).issuperset(roles):
        return YES
    return no(N_("Only an admin can do this for coordinators and admins."))
