"""Reads about the dated sessions of rooms, weekly hours, and places."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, or_, select

from peer.accounts import queries as accounts
from peer.accounts.models import Account, RoleGrant
from peer.core import clock, work
from peer.core.errors import NotFound
from peer.policy import gatherings as policy
from peer.policy.admission import At
from peer.policy.floor import Floor, FloorState, staffing
from peer.policy.gatherings import Company, Missed, Phase
from peer.policy.roles import STAFF
from peer.rooms.models import Admission, Gathering, Membership, Message, Rhythm, Room, Seat
from peer.rooms.queries.company import here_since, staff_here


@dataclass(frozen=True)
class Date:
    """A gathering as one person finds it in a list."""

    gathering: Gathering
    phase: Phase
    taken: int
    waiting: int
    seat: Seat | None  # the person's own

    @property
    def full(self) -> bool:
        """Whether whoever signs up now waits."""
        return policy.waits(self.gathering.places, self.taken)


def gathering_with(gathering_id: str) -> Gathering:
    """The gathering with this id, or NotFound."""
    found = work.session().get(Gathering, gathering_id)
    if found is None:
        raise NotFound()
    return found


def rhythm_with(rhythm_id: str) -> Rhythm:
    """The weekly hour with this id, or NotFound."""
    found = work.session().get(Rhythm, rhythm_id)
    if found is None:
        raise NotFound()
    return found


def gathering_now(room_id: str) -> Gathering | None:
    """The gathering that a room's page is about at this moment."""
    now = clock.now()
    since = now - policy.AFTERWARDS
    near = _of(room_id).where(
        or_(Gathering.ends_at > since, Gathering.closed_at > since),
        Gathering.starts_at < now + 2 * policy.DOORS,
    )
    found = policy.the_one_now(work.session().scalars(near).all(), now)
    if found is None:
        found = work.session().scalar(
            _of(room_id).where(Gathering.starts_at > now, Gathering.cancelled_at.is_(None)).limit(1)
        )
    return found if isinstance(found, Gathering) else None


def _of(room_id: str) -> Select[Gathering]:
    return select(Gathering).where(Gathering.room_id == room_id).order_by(Gathering.starts_at)


def company_of(gathering: Gathering) -> Company:
    """Who is in the gathering's room at this moment, as far as it asks."""
    staff = (
        staffing(staff_here(gathering.room_id))
        if _room(gathering.room_id).staffed
        else FloorState.OPEN
    )
    return Company(people=people_here(gathering), staff=staff)


def _room(room_id: str) -> Room:
    room = work.session().get(Room, room_id)
    assert room is not None
    return room


def people_here(gathering: Gathering) -> int:
    """How many are in the room who are not staff, and have a place where places are counted."""
    here = select(func.count()).where(
        Membership.room_id == gathering.room_id,
        Membership.here_at > here_since(),
        Membership.account_id.not_in(select(RoleGrant.account_id).where(RoleGrant.role.in_(STAFF))),
        Membership.account_id.in_(select(Account.id).where(accounts.usable_now())),
    )
    if gathering.places is not None:
        here = here.where(
            Membership.account_id.in_(
                select(Seat.account_id).where(
                    Seat.gathering_id == gathering.id, Seat.waiting.is_(False)
                )
            )
        )
    if _room(gathering.room_id).lets_in:
        here = here.where(Membership.account_id.in_(let_in_to(gathering.id)))
    return work.session().scalar(here) or 0


def let_in_to(gathering_id: str) -> Select[str]:
    """Whom somebody has let in to a session, where people are let in one by one."""
    return select(Admission.account_id).where(
        Admission.session == gathering_id, Admission.state == At.IN
    )


_STATES = {
    Phase.PLANNED: FloorState.PLANNED,
    Phase.DOORS: FloorState.DOORS,
    Phase.ENDED: FloorState.ENDED,
    Phase.MISSED: FloorState.MISSED,
    Phase.CANCELLED: FloorState.CANCELLED,
}


def floor_of_dates(room: Room) -> Floor:
    """How it stands with talking, at this moment, in a room of dates."""
    gathering = gathering_now(room.id)
    if gathering is None:
        return Floor(FloorState.NO_DATE)
    phase = policy.phase_of(gathering, clock.now())
    if phase in _STATES:
        return Floor(_STATES[phase], gathering.id)
    company = company_of(gathering)
    began = phase == Phase.RUNNING
    few = not began and company.people < gathering.quorum
    # Opening it is written down a moment later; until then nobody talks.
    state = FloorState.TOO_FEW if few else company.staff
    if state == FloorState.OPEN and not began:
        state = FloorState.DOORS
    return Floor(state, gathering.id, began, gathering.quorum, company.people if few else 0)


# --- lists ---------------------------------------------------------------------------------


def dates_of(room_id: str, account_id: str, *, since: datetime | None = None) -> list[Date]:
    """A room's coming gatherings and those just over, as one person finds them; the first first."""
    after = since or clock.now() - policy.AFTERWARDS
    found = work.session().scalars(_of(room_id).where(Gathering.ends_at > after)).all()
    return [date_of(gathering, account_id) for gathering in found]


def past_gatherings(room_id: str, limit: int = 12) -> Sequence[Gathering]:
    """A room's last gatherings that took place or did not come together, the newest first."""
    over = _of(room_id).where(or_(Gathering.closed_at.is_not(None), Gathering.missed.is_not(None)))
    newest = over.order_by(None).order_by(Gathering.starts_at.desc()).limit(limit)
    return work.session().scalars(newest).all()


def date_of(gathering: Gathering, account_id: str) -> Date:
    """One gathering as one person finds it."""
    taken, waiting = seats_taken(gathering.id)
    return Date(
        gathering=gathering,
        phase=policy.phase_of(gathering, clock.now()),
        taken=taken,
        waiting=waiting,
        seat=work.session().get(Seat, (gathering.id, account_id)),
    )


def seats_taken(gathering_id: str) -> tuple[int, int]:
    """How many have a place in a gathering, and how many wait for one."""
    rows = work.session().execute(
        select(Seat.waiting, func.count())
        .where(Seat.gathering_id == gathering_id)
        .group_by(Seat.waiting)
    )
    found = {bool(row[0]): row[1] for row in rows}
    return found.get(False, 0), found.get(True, 0)


def seats_of(gathering_id: str) -> Sequence[Seat]:
    """Who signed up for a gathering, in their order."""
    found = select(Seat).where(Seat.gathering_id == gathering_id)
    return work.session().scalars(found.order_by(Seat.at, Seat.account_id)).all()


def seats_held_by(account_id: str) -> list[tuple[Seat, Gathering]]:
    """A person's places, the first date first."""
    rows = work.session().execute(
        select(Seat, Gathering)
        .join(Gathering, Gathering.id == Seat.gathering_id)
        .where(Seat.account_id == account_id)
        .order_by(Gathering.starts_at)
    )
    return [(row[0], row[1]) for row in rows]


def has_place(gathering_id: str, account_id: str) -> bool:
    """Whether somebody has a place in a gathering, and does not only wait for one."""
    seat = work.session().get(Seat, (gathering_id, account_id))
    return seat is not None and not seat.waiting


def rhythms_of(room_id: str) -> Sequence[Rhythm]:
    """A room's weekly hours that go on."""
    found = select(Rhythm).where(Rhythm.room_id == room_id, Rhythm.ended_at.is_(None))
    return work.session().scalars(found.order_by(Rhythm.first_on, Rhythm.minute)).all()


def rhythms_going_on() -> Sequence[Rhythm]:
    """Every weekly hour of a room that is open."""
    found = select(Rhythm).join(Room, Room.id == Rhythm.room_id)
    return (
        work.session()
        .scalars(found.where(Rhythm.ended_at.is_(None), Room.closed_at.is_(None)))
        .all()
    )


def next_dates(room_ids: Collection[str]) -> dict[str, Gathering]:
    """For each of some rooms the gathering that goes on or comes next."""
    coming = select(Gathering).where(
        Gathering.room_id.in_(room_ids),
        Gathering.ends_at > clock.now(),
        Gathering.cancelled_at.is_(None),
        Gathering.missed.is_(None),
        Gathering.closed_at.is_(None),
    )
    found: dict[str, Gathering] = {}
    for gathering in work.session().scalars(coming.order_by(Gathering.starts_at)):
        found.setdefault(gathering.room_id, gathering)
    return found


# --- what the clock asks --------------------------------------------------------------------


def unfinished_in(room_id: str) -> Sequence[Gathering]:
    """A room's gatherings of which something may still be to be written down."""
    found = _of(room_id).where(
        Gathering.starts_at <= clock.now() + policy.THE_HOUR,
        Gathering.closed_at.is_(None),
        Gathering.missed.is_(None),
        Gathering.cancelled_at.is_(None),
    )
    return work.session().scalars(found).all()


def counts_of(gathering: Gathering) -> dict[str, int]:
    """What is left of a gathering once it is over: numbers, nobody's words."""
    assert gathering.opened_at is not None
    session, until = work.session(), gathering.closed_at or clock.now()
    said = (
        Message.room_id == gathering.room_id,
        Message.at >= gathering.opened_at,
        Message.at <= until,
    )
    came = select(func.count()).where(
        Membership.room_id == gathering.room_id,
        Membership.here_at >= gathering.opened_at - policy.DOORS,
    )
    taken, waiting = seats_taken(gathering.id)
    return {
        "signed_up": taken,
        "waited": waiting,
        "came": session.scalar(came) or 0,
        "spoke": session.scalar(select(func.count(Message.author_id.distinct())).where(*said)) or 0,
        "messages": session.scalar(select(func.count()).where(*said)) or 0,
        "minutes": round((until - gathering.opened_at).total_seconds() / 60),
    }


def missed_because(gathering: Gathering) -> Missed:
    """Why a gathering that could have begun by now does not take place."""
    return policy.why_missed(gathering, company_of(gathering))
