"""A name for one room: allowing it, taking one, giving it up."""

from peer.accounts import queries as accounts
from peer.accounts.models import Account
from peer.accounts.service import checked_name
from peer.core import audit, limits, work
from peer.core.errors import Invalid
from peer.core.words import N_
from peer.policy import names as policy
from peer.policy.distance import How
from peer.policy.roles import Actor, require
from peer.rooms import broadcast, queries
from peer.rooms.models import Distance, Room, RoomName, RoomSettings

# Each change is a number of the room for everything the person has said there; and whoever could
# try without end would find out who is called what.
NAMING = "12/day"


def allow_names(actor: Actor, *, on: bool) -> None:
    """Say whether people may choose another name in one room. Names that they have stay theirs.

    Were they taken away with it, everything said under them would stand under names that others
    know people by: a press of an admin would tell what people were promised is not told.
    """
    require(policy.can_set_naming(actor))
    found = work.session().get(RoomSettings, queries.MAIN, with_for_update=True)
    if found is None:
        found = RoomSettings(id=queries.MAIN, own_names=False)
        work.session().add(found)
    if found.own_names == on:
        return
    found.own_names = on
    audit.record("rooms.names", f"rooms:{queries.MAIN}", by=actor.id, on=on)


def take_name(actor: Actor, room_id: str, name: str) -> None:
    """Be called otherwise in one room; what they have said there stands under it from now on."""
    room = queries.locked_room(room_id)  # of two who want one name at once, one waits
    require(
        policy.can_take_name(
            actor,
            room,
            queries.standing_in(room, actor.id),
            allowed=queries.are_names_allowed(),
        )
    )
    tidy = checked_name(name)
    found = queries.own_name_in(room.id, actor.id)
    if found is not None and found.name == tidy:
        return
    limits.spend(NAMING, "room-name", actor.id)
    _require_free(actor, room, tidy)
    _take_along(actor, room, first=found is None)
    if found is None:
        found = RoomName(room_id=room.id, account_id=actor.id, mark="", name=tidy)
        work.session().add(found)
    found.name, found.mark = tidy, queries.name_mark(room.id, tidy)
    _follow(actor, room)


def give_up_name(actor: Actor, room_id: str) -> None:
    """Be called in a room as everywhere else; what they have said there too."""
    room = queries.locked_room(room_id)
    found = queries.own_name_in(room.id, actor.id)
    standing = queries.standing_in(room, actor.id)
    require(policy.can_give_up_name(actor, room, standing, named=found is not None))
    work.session().delete(found)
    _bring_back(actor, room)
    _follow(actor, room)


def name_aside(aside_id: str, from_id: str, account_id: str) -> None:
    """Whoever steps aside from a room is called there as in the room they came from."""
    found = queries.own_name_in(from_id, account_id)
    if found is not None:
        mark = queries.name_mark(aside_id, found.name)
        work.session().add(
            RoomName(room_id=aside_id, account_id=account_id, name=found.name, mark=mark)
        )


def _require_free(actor: Actor, room: Room, name: str) -> None:
    """Nobody in the room is known by the name or one that looks like it, and nobody of the team is.

    Of anybody else it is not asked: by trying names one would find out who has an account, who
    reads along here, or who is here under another name.
    """
    holder = accounts.account_named(name)
    if holder is not None and holder.id == actor.id:
        raise Invalid(
            N_("That is your name everywhere. Another one keeps this room apart."), field="name"
        )
    other = queries.name_taken_in(room.id, name)
    taken = other is not None and other.account_id != actor.id
    if taken or (holder is not None and _is_met(room, holder)):
        raise Invalid(
            N_("Someone here already goes by that name. Another one is free."), field="name"
        )


def _is_met(room: Room, holder: Account) -> bool:
    """Whether people of a room can know somebody by the name that they have everywhere."""
    if queries.staff_among([holder.id]):
        return True
    if queries.own_name_in(room.id, holder.id) is not None:
        return False
    return bool(queries.messages_seen_of(room.id, holder.id))


def _take_along(actor: Actor, room: Room, *, first: bool) -> None:
    """Who has blocked the person goes on not hearing them: nobody comes back under another name.

    That holds for a block of any of their names. Whoever has read them in this room by the name that
    they have everywhere sees that they are called otherwise now, and finds it among what they have
    set, mutes too; `first`: they had that name here. Others are not told: a person under a new name
    whom one never saw vanishes at no press of one's own, so that nobody finds out whose it is by
    trying. Whom somebody has read here under another name than the one they blocked stays: vanishing,
    they would tell that the two are one.
    """
    work.session().flush()
    spoke = bool(queries.messages_seen_of(room.id, actor.id))
    kept = {each.account_id for each in queries.distances_about(actor.id, room.id)}
    for each in queries.known_distances_about(actor.id):
        sees = spoke and queries.membership_in(room.id, each.account_id) is not None
        read = sees or (spoke and queries.has_spoken_in(room.id, each.account_id))
        if first and not each.room_id:
            follows = sees or each.how == How.BLOCK
        else:
            follows = each.how == How.BLOCK and not read
        if not follows or each.account_id in kept:
            continue
        kept.add(each.account_id)
        work.session().add(
            Distance(
                account_id=each.account_id,
                about_id=actor.id,
                room_id=room.id,
                how=each.how,
                unseen=not sees,
            )
        )


def _bring_back(actor: Actor, room: Room) -> None:
    """What was set about the name of a room is from now on about the one they have everywhere."""
    before = {each.account_id: each for each in queries.distances_about(actor.id, "")}
    for each in queries.distances_about(actor.id, room.id):
        kept = before.get(each.account_id)
        if each.unseen:
            pass
        elif kept is None:
            work.session().add(
                Distance(account_id=each.account_id, about_id=actor.id, how=each.how)
            )
        elif How.BLOCK in {each.how, kept.how}:
            kept.how = How.BLOCK
        work.session().delete(each)


def _follow(actor: Actor, room: Room) -> None:
    """Open pages show what they said under the name of now; whom one blocks is looked at anew."""
    work.session().flush()
    broadcast.announce_changed(room.id, queries.messages_seen_of(room.id, actor.id))
    work.session().refresh(room)
    broadcast.roster_changed(room)
