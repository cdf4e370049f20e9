"""Making, changing and closing rooms, and the private rooms of mentorships."""

from collections.abc import Collection, Sequence

from peer.accounts import queries as accounts
from peer.accounts.models import AccountState
from peer.core import audit, clock, markup, work
from peer.core.errors import Conflict, Invalid, NotFound
from peer.core.words import N_
from peer.notifications.service import notify
from peer.policy import rooms as policy
from peer.policy.retention import ROOM_DAYS, ROOM_DAYS_USUAL
from peer.policy.roles import Actor, Role, require
from peer.policy.rooms import Entry, RoomKind
from peer.rooms import queries
from peer.rooms.broadcast import roster_changed
from peer.rooms.models import Room
from peer.rooms.service.aside import end_asides
from peer.rooms.service.coming import keep_out, let_in, take_out

# Private rooms come from mentorships only.
MAKEABLE = frozenset({RoomKind.OPEN_HOURS, RoomKind.QUIET, *policy.DATED})
_LENGTHS = {"name": 80, "about": 600, "question": 200}
_POINTS, _POINT = 12, 160  # points of an agreement, characters of each


def create_room(
    actor: Actor,
    *,
    name: str,
    kind: str = RoomKind.OPEN_HOURS,
    about: str = "",
    agreement: Sequence[str] = (),
    question: str = "",
    entry: str = Entry.EVERYONE,
    ask_again: bool = True,
    keep_days: int = ROOM_DAYS_USUAL,
    staffed: bool | None = None,
    lets_in: bool = False,
) -> Room:
    """Make a group room. `agreement`: its points, empty where nobody has to agree to anything.

    With `ask_again` people agree anew each day that they come, otherwise once. What is said is
    kept for `keep_days`. With `staffed` people write only while a facilitator and a second
    person of the team are here; None: as is usual for the kind. With `lets_in` whoever leads the
    room lets people in one by one.
    """
    require(policy.can_make_rooms(actor))
    if kind not in MAKEABLE:
        raise Invalid(N_("A room of that kind cannot be made here."), field="kind")
    room = Room(kind=kind, agreement_at=clock.now(), created_at=clock.now(), agreement=[])
    _describe(room, name, about, question, agreement)
    room.entry, room.ask_again = _group_entry(entry), ask_again
    room.keep_days = _kept(keep_days)
    room.staffed = kind in policy.DATED if staffed is None else staffed
    room.lets_in = lets_in
    work.session().add(room)
    work.session().flush()
    audit.record(
        "room.make", f"room:{room.id}", by=actor.id, kind=kind, entry=entry, staffed=room.staffed
    )
    return room


def edit_room(
    actor: Actor,
    room_id: str,
    *,
    name: str,
    about: str,
    agreement: Sequence[str],
    question: str,
    entry: str,
    ask_again: bool,
    keep_days: int | None = None,
    staffed: bool | None = None,
    lets_in: bool | None = None,
) -> Room:
    """Change a group room. A changed agreement has to be agreed to anew.

    With a shorter `keep_days`, what is older goes on the next sweep; None leaves it as it is,
    and so it is with `staffed` and `lets_in`. Whoever is in a room as it begins to let people in
    one by one waits like everybody, but for the team.
    """
    room = _managed(actor, room_id)
    for guard, wanted in (("staffed", staffed), ("lets_in", lets_in)):
        decision = policy.can_lower_guard(actor, running=_runs(room))
        if getattr(room, guard) and wanted is False and not decision:
            raise Invalid(decision.reason, field=guard)
    before = room.agreement
    _describe(room, name, about, question, agreement)
    room.entry, room.ask_again = _group_entry(entry), ask_again
    room.keep_days = _kept(room.keep_days if keep_days is None else keep_days)
    room.staffed = room.staffed if staffed is None else staffed
    room.lets_in = room.lets_in if lets_in is None else lets_in
    if room.agreement != before:
        room.agreement_at = clock.now()
    roster_changed(room)
    audit.record("room.edit", f"room:{room.id}", by=actor.id, entry=entry, staffed=room.staffed)
    return room


def _runs(room: Room) -> bool:
    gathering = queries.session_gathering(room) if room.is_dated else None
    return gathering is not None and gathering.closed_at is None and gathering.opened_at is not None


def _managed(actor: Actor, room_id: str) -> Room:
    """The locked room, if `actor` may change it."""
    room = queries.locked_room(room_id)
    require(policy.can_manage(actor, room, queries.standing_in(room, actor.id)))
    return room


def _describe(room: Room, name: str, about: str, question: str, agreement: Sequence[str]) -> None:
    room.name = _fitting("name", " ".join(markup.tidy(name).split()))
    if not room.name:
        raise Invalid(N_("Please give the room a name."), field="name")
    room.about = _fitting("about", markup.tidy(about))
    room.question = _fitting("question", " ".join(markup.tidy(question).split()))
    points = [" ".join(markup.tidy(point).split()) for point in agreement]
    room.agreement = [point for point in points if point]
    if len(room.agreement) > _POINTS or any(len(point) > _POINT for point in room.agreement):
        raise Invalid(
            N_("Up to %(points)s points of %(length)s characters fit here."),
            field="agreement",
            points=_POINTS,
            length=_POINT,
        )


def _fitting(field: str, words: str) -> str:
    if len(words) > _LENGTHS[field]:
        raise Invalid(
            N_("Up to %(length)s characters fit here."), field=field, length=_LENGTHS[field]
        )
    return words


def _group_entry(entry: str) -> str:
    if entry not in {Entry.EVERYONE, Entry.INVITED}:
        raise Invalid(N_("Please choose who may come in."), field="entry")
    return entry


def _kept(days: int) -> int:
    if days not in ROOM_DAYS:
        raise Invalid(N_("Please choose how long it is kept."), field="keep_days")
    return days


def close_room(actor: Actor, room_id: str) -> Room:
    """Let nobody write in a room until it is opened again; what was said stays readable."""
    room = _closable(actor, room_id)
    if room.is_open:
        room.closed_at = clock.now()
        roster_changed(room)
        end_asides(room.id)
        audit.record("room.close", f"room:{room.id}", by=actor.id)
    return room


def open_room(actor: Actor, room_id: str) -> Room:
    """Open a closed room again."""
    room = _closable(actor, room_id)
    if not room.is_open:
        room.closed_at = None
        roster_changed(room)
        audit.record("room.open", f"room:{room.id}", by=actor.id)
    return room


def _closable(actor: Actor, room_id: str) -> Room:
    room = queries.locked_room(room_id)
    require(policy.can_close(actor, room, queries.standing_in(room, actor.id)))
    return room


# --- people --------------------------------------------------------------------------------


def add_person(actor: Actor, room_id: str, name: str) -> None:
    """Let somebody into a group room by the name they use here.

    Moderators in the room let in again whoever was taken out of it, and nobody else.
    """
    room, account = queries.locked_room(room_id), accounts.account_named(name)
    mine = queries.standing_in(room, actor.id)
    require(policy.can_take_out(actor, room, mine))
    inside = account is not None and queries.membership_in(room_id, account.id) is not None
    out = account if account and queries.is_taken_out(room.id, account.id) else None
    if not (inside or out):
        require(policy.can_manage(actor, room, mine))
    if out and not accounts.is_usable(out):
        raise Conflict(N_("They cannot be let in just now. A coordinator can tell you more."))
    if account is None or not accounts.is_usable(account):
        raise Invalid(N_("Nobody here goes by that name. Is it written just so?"), field="name")
    if inside:
        raise Conflict(N_("That person is in this room already."))
    let_in(room, account.id)
    audit.record("room.let_in", f"room:{room.id}", by=actor.id, account=account.id)
    notify(
        account.id, N_("You can come into the room “%(room)s”."), href=_href(room), room=room.name
    )


def remove_person(actor: Actor, room_id: str, account_id: str) -> None:
    """Take somebody out of a group room, until somebody who looks after it lets them in again.

    They are told, kindly and once; an open page of the room says it too. Whoever has left by
    themselves is kept out as well: it is not asked whether they were there, since of people who
    left nothing is kept but their words. Who left none is not told. Refused to a moderator when it is
    one of the room's facilitators.
    """
    room, account = queries.locked_room(room_id), accounts.account_with(account_id)
    if account.state == AccountState.ERASED:
        raise NotFound()
    mine, leads = queries.standing_in(room, actor.id), queries.leads_room(room.id, account.id)
    require(policy.can_take_out(actor, room, mine, facilitator=leads))
    if queries.is_taken_out(room.id, account.id):
        return
    was_in = take_out(room.id, account.id)
    keep_out(room, account.id, actor.id)
    if was_in:
        notify(account.id, _OUT, room=room.name)
    elif queries.has_spoken_in(room.id, account.id):
        notify(account.id, _KEPT_OUT, room=room.name)
    audit.record("room.take_out", f"room:{room.id}", by=actor.id, account=account.id)


_OUT = N_(
    "You were taken out of the room “%(room)s”. Your other rooms are open to you as before. If "
    "you would like to talk about it, tell a facilitator, a moderator or the coordinator you know."
)
_KEPT_OUT = N_(
    "The room “%(room)s”, which you left, is not open to you for now. Your other rooms are as before. If "
    "you would like to talk about it, tell a facilitator, a moderator or the coordinator you know."
)


def set_facilitators(actor: Actor, room_id: str, account_ids: Collection[str]) -> None:
    """Give a group room its facilitators, from those who hold that role."""
    room = _managed(actor, room_id)
    eligible = {account.id for account in accounts.accounts_with_role(Role.FACILITATOR)}
    chosen = eligible.intersection(account_ids)
    for account_id in sorted(chosen):
        let_in(room, account_id)
    for person in queries.people_in(room_id):
        membership = queries.membership_in(room_id, person.id)
        if membership is not None:
            membership.facilitator = person.id in chosen
    roster_changed(room)
    audit.record("room.facilitators", f"room:{room.id}", by=actor.id, accounts=sorted(chosen))


def room_choices() -> list[tuple[str, str]]:
    """The rooms that an invitation can carry, as (id, name)."""
    return [(room.id, room.name) for room in queries.all_group_rooms()]


def _href(room: Room) -> str:
    return f"/rooms/{room.id}"


# --- private rooms --------------------------------------------------------------------------


def open_private_room(*, mentorship_id: str, account_ids: Sequence[str], name: str = "") -> Room:
    """The private room of a mentorship, open: made now, or the one it has.

    Without a `name` each of the two finds it under the other's.
    """
    room = queries.private_room_of(mentorship_id)
    if room is None:
        room = Room(
            name=name,
            kind=RoomKind.ONE_TO_ONE,
            entry=Entry.MENTORSHIP,
            mentorship_id=mentorship_id,
            agreement=[],
            agreement_at=clock.now(),
            created_at=clock.now(),
        )
        work.session().add(room)
        work.session().flush()
        audit.record("room.make", f"room:{room.id}", by=None, kind=room.kind)
    room = queries.locked_room(room.id)
    for account_id in account_ids:
        let_in(room, account_id)
    room.closed_at = None
    roster_changed(room)
    return room


def close_private_room(mentorship_id: str) -> None:
    """Close the private room of a mentorship; its two people can still read it."""
    found = queries.private_room_of(mentorship_id)
    if found is None:
        raise NotFound()
    room = queries.locked_room(found.id)
    room.closed_at = room.closed_at or clock.now()
    roster_changed(room)
