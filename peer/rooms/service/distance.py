"""Muting somebody for oneself, blocking them, and undoing either. Nobody else is told, ever."""

from peer.accounts import queries as accounts
from peer.core import work
from peer.core.errors import Invalid, NotFound
from peer.policy import distance as policy
from peer.policy.distance import How
from peer.policy.roles import Actor, require
from peer.rooms import broadcast, queries
from peer.rooms.broadcast import roster_changed
from peer.rooms.models import Distance


def keep_distance(actor: Actor, message_id: str, how: str) -> None:
    """Mute or block whoever wrote a message that the person can see."""
    message = queries.message_for(actor, message_id)
    accounts.hold_account(actor.id)  # of two presses at once one waits
    own = queries.own_name_in(message.room_id, message.author_id)
    _set(actor, message.author_id, message.room_id if own else "", _known(how))


def change_distance(actor: Actor, key: str, how: str) -> None:
    """Mute instead of block, or block instead of mute; NotFound unless they are kept away now."""
    accounts.hold_account(actor.id)
    kept = _held(actor, key)
    _set(actor, kept.about_id, kept.room_id, _known(how))


def end_distance(actor: Actor, key: str) -> None:
    """Hear somebody again; NotFound unless they are kept away now."""
    accounts.hold_account(actor.id)
    kept = _held(actor, key)
    was = kept.how
    work.session().delete(kept)
    _tell(actor, blocks_changed=was == How.BLOCK)


def _known(how: str) -> How:
    try:
        return How(how)
    except ValueError:
        raise Invalid(field="how") from None


def _held(actor: Actor, key: str) -> Distance:
    """What the person has set about somebody, by what their own page knows it."""
    for each in queries.distances_set_by(actor.id):
        if queries.distance_key(each) == key:
            return each
    raise NotFound()


def _set(actor: Actor, about_id: str, room_id: str, how: How) -> None:
    """Keep somebody away under the name they have in a room; empty: the one they have everywhere."""
    of_team = bool(queries.staff_among([about_id]))
    require(policy.can_keep_distance(actor, about_id, how, other_is_staff=of_team))
    row = (actor.id, about_id, room_id)
    kept = work.session().get(Distance, row, populate_existing=True)
    before = kept.how if kept else None
    if kept is None:
        work.session().add(
            Distance(account_id=actor.id, about_id=about_id, room_id=room_id, how=how)
        )
    else:
        kept.how, kept.unseen = how, False
    _tell(actor, blocks_changed=How.BLOCK in {before, how} and before != how)


def _tell(actor: Actor, *, blocks_changed: bool) -> None:
    """The person's own pages look again; what comes from now on follows in every process."""
    work.session().flush()
    if not blocks_changed:
        broadcast.mine_changed(actor.id)
        return
    mine = {each.room_id for each in queries.memberships_of(actor.id)}
    for room in queries.locked_rooms(mine).values():
        roster_changed(room)
