"""Reads about rooms and who is in them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, and_, bindparam, exists, func, or_, select

from peer.accounts import queries as accounts
from peer.accounts.models import Account, RoleGrant
from peer.core import clock, i18n, work
from peer.core.errors import NotFound
from peer.policy import rooms as policy
from peer.policy.admission import is_in
from peer.policy.roles import Actor, Role, require
from peer.policy.rooms import OF_GROUPS, RoomKind, Standing
from peer.rooms.models import Distance, Gathering, Membership, Message, Room
from peer.rooms.queries.admission import (
    Session,
    is_let_in,
    is_taken_out,
    let_in_among,
    rooms_without,
    taken_out_of,
    team_among,
)
from peer.rooms.queries.distance import counts_in
from peer.rooms.queries.gatherings import next_dates
from peer.rooms.queries.names import both, own_names_in, person_id
from peer.rooms.queries.posting import Placed, Plain, plain_room

LEFT = 50  # people who left, in the list for those who look after a room


@dataclass(frozen=True)
class RoomCard:
    """A room as one person finds it in a list."""

    room: Room
    title: str  # of a private room: the other person's name
    member: bool
    unread: int
    next: Gathering | None = None  # the session that goes on or comes next

    @property
    def private(self) -> bool:
        """Whether it is for two people only, or for one and two of the team."""
        return self.room.kind in {RoomKind.ONE_TO_ONE, RoomKind.ASIDE}


@dataclass(frozen=True)
class Person:
    """Somebody in a room, for those who look after it."""

    id: str
    name: str  # everywhere
    facilitator: bool
    called: str = ""  # in this room alone
    key: str = ""  # as whom pages of the room know them

    @property
    def both(self) -> str:
        """Every name by which those who look after the room know them."""
        return both(self.called, self.name)


def room_with(room_id: str) -> Room:
    """The room with this id, or NotFound."""
    room = work.session().get(Room, room_id)
    if room is None:
        raise NotFound()
    return room


def locked_room(room_id: str) -> Room:
    """The room with this id, which nobody else changes until this unit ends; or NotFound."""
    room = work.session().get(Room, room_id, with_for_update=True, populate_existing=True)
    if room is None:
        raise NotFound()
    return room


def private_room_of(mentorship_id: str) -> Room | None:
    """The private room of a mentorship, if one was opened."""
    return work.session().scalar(select(Room).where(Room.mentorship_id == mentorship_id))


def membership_in(room_id: str, account_id: str) -> Membership | None:
    """A person's membership of a room, if any."""
    return work.session().get(Membership, (room_id, account_id))


def reads_since(room_id: str, account_id: str | None) -> datetime:
    """Since when what is said in a room is somebody's: sessions before their first are not theirs.

    It counts when something was said, and not when it was let through. The team reads all.
    """
    membership = membership_in(room_id, account_id) if account_id else None
    if membership is None or membership.reads_since is None:
        return policy.ALWAYS
    if membership.reads_since <= room_with(room_id).created_at:
        return policy.ALWAYS  # said so plainly: the database need not compare every message
    return policy.ALWAYS if team_among([membership.account_id]) else membership.reads_since


def memberships_of(account_id: str) -> Sequence[Membership]:
    """A person's memberships, the first joined first."""
    mine = select(Membership).where(Membership.account_id == account_id)
    return work.session().scalars(mine.order_by(Membership.joined_at)).all()


def is_behind(actor: Actor, room: Room) -> bool:
    """Whether the room has changes that the person has not seen."""
    membership = membership_in(room.id, actor.id)
    return membership is not None and membership.seen_seq < room.last_seq


def has_agreed(
    room: Room | Plain,
    membership: Membership | Placed | Row[bool, datetime | None, datetime | None],
) -> bool:
    """Whether the person's yes to the room's agreement still counts."""
    given = membership.agreed_at
    if given is None or given < room.agreement_at:
        return not room.agreement
    lasts = not room.ask_again or clock.now() - given < policy.AGREED_FOR
    return lasts or not room.agreement  # that last: it is sealed, and nearly all have agreed


# Made once, and no objects of its rows: it is asked whenever somebody comes, hundreds at once.
_STANDS = select(Membership.facilitator, Membership.agreed_at, Membership.reads_since).where(
    Membership.room_id == bindparam("room"), Membership.account_id == bindparam("account")
)


def standing_in(room: Room, account_id: str) -> Standing:
    """How a person stands to a room."""
    return _stands(room, account_id)[0]


def _stands(room: Room | Plain, account_id: str) -> tuple[Standing, datetime | None]:
    """The same, and since when they read there, where that is noted."""
    work.session().flush()
    asked = {"room": room.id, "account": account_id}
    membership = work.session().connection().execute(_STANDS, asked).one_or_none()
    if membership is None:
        return Standing(taken_out=is_taken_out(room.id, account_id)), None
    let_in = not room.lets_in or is_let_in(
        room.whole if isinstance(room, Plain) else room, account_id
    )
    return _standing(room, membership, let_in=let_in), membership.reads_since


def room_to_follow(actor: Actor, room_id: str) -> tuple[Plain, datetime]:
    """The room, if `actor` may read it, and since when; else as `room_to_read`."""
    room = plain_room(room_id)
    standing, since = _stands(room, actor.id)
    require(policy.can_read(actor, room, standing))
    always = since is None or since <= room.created_at or actor.is_staff
    return room, policy.ALWAYS if always or since is None else since


def standing_of(room: Room | Plain, placed: Placed, session: Session) -> Standing:
    """How somebody who says something stands to its room, in its present session."""
    let_in = not room.lets_in or is_in(placed.admitted, session.key, clock.now())
    return _standing(room, placed, let_in=let_in)


def _standing(
    room: Room | Plain,
    membership: Membership | Placed | Row[bool, datetime | None, datetime | None],
    *,
    let_in: bool,
) -> Standing:
    return Standing(
        member=True,
        facilitator=membership.facilitator,
        agreed=has_agreed(room, membership),
        let_in=let_in,
    )


def readers_among(room: Room, account_ids: Collection[str]) -> set[str]:
    """Who of these people may still follow the room: agreed, and let in where that is asked."""
    theirs = select(Membership).where(
        Membership.room_id == room.id, Membership.account_id.in_(account_ids)
    )
    agreed = {it.account_id for it in work.session().scalars(theirs) if has_agreed(room, it)}
    if not room.lets_in:
        return agreed
    return agreed & (let_in_among(room, account_ids) | team_among(account_ids))


def room_for(actor: Actor, room_id: str) -> Room:
    """The room, if `actor` may come in; else NotFound."""
    room = room_with(room_id)
    require(policy.can_enter(actor, room, standing_in(room, actor.id)))
    return room


def room_to_read(actor: Actor, room_id: str) -> Room:
    """The room, if `actor` is in it and has agreed; else NotFound, or Refused with what to do."""
    room = room_with(room_id)
    require(policy.can_read(actor, room, standing_in(room, actor.id)))
    return room


def room_once_read(actor: Actor, room_id: str) -> Room:
    """The room, also for somebody who waits to be let in again: for their own words and reports."""
    room = room_with(room_id)
    require(policy.could_read(actor, room, standing_in(room, actor.id)))
    return room


def rooms_open_to(actor: Actor) -> list[RoomCard]:
    """Every room that `actor` is in or may join: their own first, then by name, closed ones last.

    A closed room is listed only for the people in it.
    """
    joined = {
        row.room_id: row
        for row in work.session().scalars(
            select(Membership).where(Membership.account_id == actor.id)
        )
    }
    among = select(Room).where(Room.id.in_(joined) | (Room.entry.in_(OF_GROUPS)))
    without = rooms_without(actor.id)
    rooms = [
        room for room in work.session().scalars(among) if _listed(actor, room, joined, without)
    ]
    titles, unread = _titles(rooms, actor.id), _unread(actor.id)
    dated = [room.id for room in rooms if room.is_dated and room.is_open]
    coming = next_dates(dated) if dated else {}
    cards = [
        RoomCard(
            room=room,
            title=titles.get(room.id, room.name),
            member=room.id in joined,
            unread=unread.get(room.id, 0) if is_let_in(room, actor.id) or actor.is_staff else 0,
            next=coming.get(room.id),
        )
        for room in rooms
    ]
    return sorted(
        cards, key=lambda card: (not card.room.is_open, not card.member, card.title.casefold())
    )


def _listed(
    actor: Actor, room: Room, joined: dict[str, Membership], without: Collection[str]
) -> bool:
    if room.id in joined:
        return True
    standing = Standing(taken_out=room.id in without)
    return room.is_open and bool(policy.can_enter(actor, room, standing))


def _titles(rooms: Sequence[Room], viewer_id: str) -> dict[str, str]:
    """What private rooms are called for one of their two people; and those of stepping aside."""
    aside = {room.id: i18n.stepped_aside() for room in rooms if room.kind == RoomKind.ASIDE}
    private = [room.id for room in rooms if room.kind == RoomKind.ONE_TO_ONE and not room.name]
    if not private:
        return aside
    rows = work.session().execute(
        select(Membership.room_id, Account.id, Account.name_sealed)
        .join(Account, Account.id == Membership.account_id)
        .where(Membership.room_id.in_(private), Membership.account_id != viewer_id)
    )
    names = dict.fromkeys(private, i18n.someone_who_left())  # whoever is no longer in it
    return aside | names | {row.room_id: accounts.name_in(row.id, row.name_sealed) for row in rows}


def title_of(room: Room, viewer_id: str) -> str:
    """What a room is called for this person."""
    return _titles([room], viewer_id).get(room.id, room.name)


def _unread(account_id: str) -> dict[str, int]:
    """How many messages of others each of a person's rooms holds since they last looked.

    Those of people whom they have muted or blocked do not count.
    """
    kept = (
        exists()
        .where(
            Distance.account_id == account_id,
            Distance.about_id == Message.author_id,
            counts_in(Message.room_id),
        )
        .correlate(Message)
    )
    rows = work.session().execute(
        select(Message.room_id, func.count().label("unread"))
        .join(
            Membership,
            (Membership.room_id == Message.room_id) & (Membership.account_id == account_id),
        )
        .where(
            Message.place > Membership.seen_seq,
            or_(Membership.reads_since.is_(None), Message.at >= Membership.reads_since),
            Message.author_id != account_id,
            ~kept,
            Message.state.in_(policy.SHOWN),
        )
        .group_by(Message.room_id)
    )
    return {row.room_id: row.unread for row in rows}


def people_in(room_id: str) -> list[Person]:
    """Everybody in a room, facilitators first, then by name."""
    found = select(Membership.account_id, _LEADS).where(Membership.room_id == room_id)
    return _people(room_id, {row.account_id: row.leads for row in work.session().execute(found)})


# Given the room, and a facilitator still: as policy has it (`leads`), for those who do not act.
_LEADS = and_(
    Membership.facilitator,
    exists().where(
        RoleGrant.account_id == Membership.account_id, RoleGrant.role == Role.FACILITATOR
    ),
).label("leads")


def leads_room(room_id: str, account_id: str) -> bool:
    """Whether somebody is one of a room's facilitators."""
    found = select(_LEADS).where(Membership.room_id == room_id, Membership.account_id == account_id)
    return bool(work.session().scalar(found))


def people_who_left(room_id: str) -> list[Person]:
    """Who is no longer in a room and was not taken out, of those who wrote there last; by name.

    Also whoever has taken all of it back. Of whoever erases their account nobody is told.
    """
    inside = select(Membership.account_id).where(Membership.room_id == room_id)
    rows = work.session().execute(
        select(Message.author_id, func.max(Message.at).label("last"))
        .where(Message.room_id == room_id, Message.author_id.not_in(inside))
        .where(Message.author_id.not_in(taken_out_of(room_id)))
        .where(Message.author_id.in_(select(Account.id).where(accounts.still_there())))
        .group_by(Message.author_id)
        .order_by(func.max(Message.at).desc())
        .limit(LEFT)
    )
    return _people(room_id, {row.author_id: False for row in rows})


def _people(room_id: str, facilitates: Mapping[str, bool]) -> list[Person]:
    """Some people as those who look after a room know them; of each, whether they facilitate it."""
    names = accounts.names_of(facilitates)
    own = own_names_in(room_id, names)
    people = [
        Person(each, names[each], leads, own.get(each, ""), person_id(room_id, each))
        for each, leads in facilitates.items()
    ]
    return sorted(people, key=lambda person: (not person.facilitator, person.name.casefold()))


def facilitators_of(room_id: str) -> list[Person]:
    """The room's facilitators, by name."""
    return [person for person in people_in(room_id) if person.facilitator]


def rooms_to_keep(actor: Actor) -> list[Room]:
    """The group rooms, closed ones too, that `actor` may change, or at least close; by name."""
    among = work.session().scalars(select(Room).where(Room.entry.in_(OF_GROUPS)))
    return [
        room
        for room in _by_name(among)
        if policy.can_close(actor, room, standing_in(room, actor.id))
    ]


def all_group_rooms() -> Sequence[Room]:
    """Every open group room, by name."""
    found = select(Room).where(Room.entry.in_(OF_GROUPS), Room.closed_at.is_(None))
    return _by_name(work.session().scalars(found))


def _by_name(found: Iterable[Room]) -> list[Room]:
    """Names are sealed, so they are put in order here and not by the database."""
    return sorted(found, key=lambda room: (room.name.casefold(), room.id))
