"""Rules about a name for one room: who may have one, and who says whether that is so here.

A name of a room is for the others in it. Whoever looks after people knows whose it is, as they
know it without one: what is decided about a person is decided about their account.
"""

from peer.core.words import N_
from peer.policy.roles import HIDDEN, YES, Actor, Decision, Role, no
from peer.policy.rooms import RoomFacts, Standing, can_enter, is_group


def can_set_naming(actor: Actor) -> Decision:
    """Admins say whether people may choose another name in one room."""
    return YES if actor.has(Role.ADMIN) else HIDDEN


def can_take_name(actor: Actor, room: RoomFacts, standing: Standing, *, allowed: bool) -> Decision:
    """Where the organisation allows it, a member takes or changes a name in a group room.

    The team and mentors go by one name everywhere: people have to know whom they can turn to,
    and who holds some power over them.
    """
    if not is_group(room) or not can_enter(actor, room, standing):
        return HIDDEN
    if not allowed:
        return no(N_("Names for one room are not used here."))
    if actor.is_staff or actor.has(Role.MENTOR):
        return no(
            N_("The team and mentors go by one name everywhere, so that people know who they are.")
        )
    return YES


def can_give_up_name(actor: Actor, room: RoomFacts, standing: Standing, *, named: bool) -> Decision:
    """Whoever has a name in a room gives it up when they like, whatever is allowed by now."""
    if not named or not is_group(room) or not can_enter(actor, room, standing):
        return HIDDEN
    return YES
