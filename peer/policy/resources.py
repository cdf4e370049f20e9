"""Rules about the library of resources."""

from peer.policy.roles import HIDDEN, YES, Actor, Decision, Role


def can_look_after(actor: Actor) -> Decision:
    """Coordinators add, change, check and retire entries; anybody may read them."""
    return YES if actor.has(Role.COORDINATOR) else HIDDEN
