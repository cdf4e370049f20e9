"""Rules about keeping one's distance: muting somebody for oneself, and blocking them.

Whoever is muted or blocked is not told and meets no refusal by which they could find out. So
nothing here is ever asked about what the other person does, only about the one who set it.
"""

from enum import StrEnum

from peer.core.errors import NotFound
from peer.core.words import N_
from peer.policy.roles import HIDDEN, YES, Actor, Decision, no


class How(StrEnum):
    """How far somebody is kept away."""

    MUTE = "mute"  # what they write is folded to one line, and opened by a press
    BLOCK = "block"  # what they write is not shown, and the two are never brought together


def can_keep_distance(actor: Actor, other_id: str, how: How, *, other_is_staff: bool) -> Decision:
    """Anybody mutes anybody but themself; the team neither blocks nor is blocked.

    What the team does to keep a room safe has to reach people, and the team has to see everybody.
    """
    if other_id == actor.id:
        return HIDDEN
    if how == How.BLOCK and other_is_staff:
        return no(
            N_(
                "People of the team can be muted, not blocked: what they do to keep everybody safe has "
                "to reach you. If something is not right with one of them, you can tell a moderator."
            )
        )
    if how == How.BLOCK and actor.is_staff:
        return no(
            N_(
                "Whoever looks after others can mute people, not block them: you need to see everybody."
            )
        )
    return YES


def as_it_counts(how: str, *, staff: bool) -> How:
    """How a distance counts now: once one of the two belongs to the team, a block only mutes."""
    return How.MUTE if staff else How(how)


def can_answer(*, blocked: bool) -> Decision:
    """Nobody answers somebody they have blocked, with words or without."""
    return (
        no(N_("The message that you answer is no longer here."), error=NotFound) if blocked else YES
    )


def can_talk_alone(*, blocked: bool) -> Decision:
    """In a room for two, nothing goes to somebody whom one has blocked."""
    if not blocked:
        return YES
    return no(N_("You have blocked the other person here. Once you undo it you can write again."))
