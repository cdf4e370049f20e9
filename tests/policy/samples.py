"""Things that belong to other people, for the walk through every door.

A route with a new parameter, or a socket event with a new required field, needs a maker here.
Each makes a fresh thing of Sol's or Uma's, which none of those who knock has a part in.
"""

from collections.abc import Callable
from dataclasses import dataclass

from peer.accounts import service as accounts
from peer.core import clock, work
from peer.core.db import new_id
from peer.mentoring.models import Area, MenteeProfile, MentorProfile, Mentorship, Proposal, Round
from peer.mentoring.queries import programme
from peer.moderation.service import file_report
from peer.notifications.models import Notice
from peer.policy.mentoring import ProposalState, RoundState, Vetting
from peer.policy.roles import Role
from peer.resources.models import Category
from peer.resources.service import Details
from peer.resources.service import add as add_resource
from peer.rooms import service as rooms
from tests.cast import Cast

Maker = Callable[[Cast], str]
OFFICE = frozenset({Role.COORDINATOR, Role.ADMIN})
COORDINATOR = frozenset({Role.COORDINATOR})
MODERATOR = frozenset({Role.MODERATOR})


def notice(cast: Cast) -> str:
    """A notice in Sol's inbox."""
    with work.begin() as session:
        made = Notice(account_id=cast.sol.id, message="Hello", params={}, href="", at=clock.now())
        session.add(made)
    return made.id


def invitation(cast: Cast) -> str:
    """An open invitation."""
    with work.begin():
        return accounts.invite(cast.cleo, [Role.MEMBER])[0].id


def mentee(cast: Cast) -> str:
    """Sol, who would like a mentor."""
    with work.begin() as session:
        if session.get(MenteeProfile, cast.sol.id) is None:
            at = clock.now()
            programme()
            session.add(
                MenteeProfile(account_id=cast.sol.id, created_at=at, updated_at=at, wants=True)
            )
    return cast.sol.id


def mentor(cast: Cast) -> str:
    """Uma, who is a vetted mentor."""
    with work.begin() as session:
        if session.get(MentorProfile, cast.uma.id) is None:
            at = clock.now()
            programme()
            session.add(
                MentorProfile(
                    account_id=cast.uma.id, created_at=at, updated_at=at, vetting=Vetting.APPLIED
                )
            )
    return cast.uma.id


def area(cast: Cast) -> str:
    """A place that a coordinator wrote down."""
    with work.begin() as session:
        made = Area(programme_id=programme().id, name=f"Area {new_id()[:8]}")
        session.add(made)
    return made.id


def round_(cast: Cast) -> str:
    """A round that is over."""
    with work.begin() as session:
        at = clock.now()
        made = Round(
            programme_id=programme().id,
            number=1,
            state=RoundState.CLOSED,
            started_at=at,
            touched_at=at,
            week=at.date(),
            timezone="UTC",
            seed=1,
            problem="{}",
            keys={},
            notes=[],
        )
        session.add(made)
        session.flush()
        made.is_open = None  # only one may be open
    return made.id


def proposal(cast: Cast) -> str:
    """Sol and Uma being asked about each other."""
    of_round = round_(cast)
    with work.begin() as session:
        made = Proposal(
            round_id=of_round,
            mentee_id=mentee(cast),
            mentor_id=mentor(cast),
            score=700,
            parts={},
            most={},
            reasons=[],
            state=ProposalState.APPROVED,
        )
        session.add(made)
    return made.id


def mentorship(cast: Cast) -> str:
    """Sol and Uma meeting each other."""
    with work.begin() as session:
        made = Mentorship(
            programme_id=programme().id,
            mentee_id=mentee(cast),
            mentor_id=mentor(cast),
            timezone="UTC",
            minute=600,
            started_at=clock.now(),
        )
        session.add(made)
    return made.id


def private_room(cast: Cast) -> str:
    """The room of Sol and Uma."""
    with work.begin():
        people = [cast.sol.id, cast.uma.id]
        return rooms.open_private_room(mentorship_id=new_id(), account_ids=people).id


def group_room(cast: Cast) -> str:
    """A room into which only invited people come."""
    with work.begin():
        return rooms.create_room(cast.cleo, name="By invitation", entry="invited").id


def message(cast: Cast) -> str:
    """Something Sol wrote to Uma."""
    room = private_room(cast)
    with work.begin():
        return rooms.post_message(cast.sol, room, text="Hello Uma", nonce=new_id()).id


def review_item(cast: Cast) -> str:
    """Something Sol wrote and Uma told the moderators about."""
    about = message(cast)
    with work.begin():
        return file_report(cast.uma, "message", about, "unkind").item_id


def reviewed(cast: Cast) -> str:
    """Sol, whose words were reported."""
    review_item(cast)
    return cast.sol.id


def unknown(cast: Cast) -> str:
    """Somebody of whom moderators have not heard."""
    return cast.newcomer().id


def resource(cast: Cast) -> str:
    """An entry of the library."""
    with work.begin():
        details = Details(title="A place", category=Category.LEARNING, about="Evening classes.")
        return add_resource(cast.cleo, details).id


PARAMETERS: dict[str, Maker] = {
    "account_id": lambda cast: cast.sol.id,
    "area_id": area,
    "invitation_id": invitation,
    "item_id": review_item,
    "mentorship_id": mentorship,
    "message_id": message,
    "notice_id": notice,
    "proposal_id": proposal,
    "resource_id": resource,
    "room_id": private_room,
    "round_id": round_,
}

# Where a parameter means something else at one endpoint.
SPECIAL: dict[tuple[str, str], Maker] = {
    ("mentoring.mentee", "account_id"): mentee,
    ("mentoring.save_priority", "account_id"): mentee,
    ("mentoring.mentor", "account_id"): mentor,
    ("mentoring.set_vetting", "account_id"): mentor,
    ("moderation.person", "account_id"): reviewed,
    ("moderation.lift_mute", "account_id"): reviewed,
    ("moderation.reinstate", "account_id"): reviewed,
}

# What forms say, where an empty one would be refused before anybody asks whose thing it is.
FORMS: dict[str, dict[str, str]] = {
    "rooms.post": {"text": "Hello", "nonce": "a-nonce-of-a-page"},
    "rooms.change_message": {"text": "Hello again"},
    "rooms.react": {"kind": "with_you"},
    "rooms.do_report": {"category": "unkind"},
    "mentoring.answer": {"answer": "yes"},
    "mentoring.change_mentorship": {"do": "pause"},
    "mentoring.set_vetting": {"to": "declined"},
}

# Parameters that are one of a few fixed words.
WORDS: dict[str, str] = {
    "filename": "css/base.css",
    "act": "verify",
    "side": "mentee",
    "part": "wishes",
}

# Events that answer yes to everybody, since they do nothing for who has no part.
HARMLESS = {"room:leave"}

# Who may open another person's thing. Nobody else may, though the door opens to them.
SEEN_BY: dict[str, frozenset[Role]] = {
    "accounts.person": OFFICE,
    "accounts.change_roles": frozenset({Role.ADMIN}),
    "accounts.sign_person_out": OFFICE,
    "accounts.withdraw_invitation": OFFICE,
    "resources.edit": COORDINATOR,
    "resources.change": COORDINATOR,
    "resources.act": COORDINATOR,
    "mentoring.mentorship": COORDINATOR,
    "mentoring.change_mentorship": COORDINATOR,
    "mentoring.calendar_file": COORDINATOR,
    "mentoring.mentee": COORDINATOR,
    "mentoring.save_priority": COORDINATOR,
    "mentoring.mentor": COORDINATOR,
    "mentoring.set_vetting": COORDINATOR,
    "mentoring.remove_area": COORDINATOR,
    "mentoring.round": COORDINATOR,
    "mentoring.decide": COORDINATOR,
    "mentoring.close_round": COORDINATOR,
    "moderation.item": MODERATOR,
    "moderation.claim": MODERATOR,
    "moderation.pass_on": MODERATOR,
    "moderation.decide": MODERATOR,
    "moderation.reopen": MODERATOR,
    "moderation.person": MODERATOR,
    "moderation.lift_mute": MODERATOR,
    "moderation.reinstate": MODERATOR,
}

# Pages that are about something the form names: an empty form is about nothing that is there.
ABOUT_NOTHING = {"mentoring.set_wants", "mentoring.lift_rule"}

# Doors through which only some of those go in to whom they open: fixed words decide.
ONLY: dict[str, frozenset[Role]] = {
    "mentoring.profile": frozenset({Role.MEMBER}),
    "mentoring.save_profile": frozenset({Role.MEMBER}),
}


# More things to knock with at one endpoint: by parameter, and who may open them.
MORE: tuple[tuple[str, dict[str, Maker], frozenset[Role]], ...] = (
    ("rooms.room", {"room_id": group_room}, MODERATOR),
    ("rooms.agree", {"room_id": group_room}, MODERATOR),
    ("rooms.post", {"room_id": group_room}, frozenset()),
    ("rooms.change", {"room_id": group_room}, frozenset()),
    ("rooms.settings", {"room_id": group_room}, OFFICE),
    ("rooms.change_settings", {"room_id": group_room}, OFFICE),
    ("rooms.people", {"room_id": group_room}, OFFICE | MODERATOR),
    ("rooms.add_person", {"room_id": group_room}, OFFICE),
    ("rooms.facilitators", {"room_id": group_room}, OFFICE),
    ("rooms.close", {"room_id": group_room}, OFFICE | MODERATOR),
    ("rooms.reopen", {"room_id": group_room}, OFFICE | MODERATOR),
    ("moderation.person", {"account_id": unknown}, frozenset()),
    ("moderation.reinstate", {"account_id": unknown}, frozenset()),
)


@dataclass(frozen=True)
class Field:
    """What a socket event says in one of its fields: a thing of others, or plain words."""

    value: Maker | str | int

    @property
    def names_a_thing(self) -> bool:
        """Whether the field holds the id of something."""
        return callable(self.value)


EVENT_FIELDS: dict[str, Field] = {
    "room": Field(private_room),
    "id": Field(message),
    "nonce": Field("a-nonce-of-a-page"),
    "text": Field("Hello"),
    "kind": Field("with_you"),
    "category": Field("other"),
    "before": Field(1),
    "seq": Field(1),
}
