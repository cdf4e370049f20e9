"""Things that belong to other people, for the walk through every door.

A route with a new parameter, or a socket event with a new required field, needs a maker here.
Each makes a fresh thing of Sol's or Uma's, which none of those who knock has a part in.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from peer.accounts import queries as account_queries
from peer.accounts import service as accounts
from peer.accounts.models import FactorKind
from peer.accounts.queries.oversight import exports_under, waiting_acts
from peer.core import clock, work
from peer.core.db import new_id
from peer.mentoring.models import Area, MenteeProfile, MentorProfile, Mentorship, Proposal, Round
from peer.mentoring.queries import area_mark, programme
from peer.moderation.service import file_report
from peer.notifications.models import Notice
from peer.policy.mentoring import ProposalState, RoundState, Vetting
from peer.policy.roles import Role
from peer.resources.models import Category
from peer.resources.service import Details
from peer.resources.service import add as add_resource
from peer.rooms import queries as room_queries
from peer.rooms import service as rooms
from peer.rooms.queries import dates_of, rhythms_of
from peer.wellbeing import service as wellbeing
from tests.cast import Cast, private_key

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
        name = f"Area {new_id()[:8]}"
        made = Area(programme_id=programme().id, name=name, mark=area_mark(name))
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


def offering_round(cast: Cast) -> str:
    """An open round that says what it would cost running pairs if Sol got a mentor."""
    step = {"mentee": "e1", "kind": "gains", "mentor_after": "m1", "start_after": 36}
    nothing = {"mentor_before": None, "start_before": None}
    offer = {"changes": 1, "more": 1, "chains": [[{**step, **nothing}]]}
    with work.begin() as session:
        made = session.get_one(Round, round_(cast))
        made.state = RoundState.OPEN
        made.keys = {"e1": cast.sol.id, "m1": cast.uma.id}
        made.price = json.dumps([offer])
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


def dated_room(cast: Cast) -> str:
    """A room of sessions into which only invited people come."""
    with work.begin():
        return rooms.create_room(cast.cleo, name="Tuesdays", kind="session", entry="invited").id


def gathering(cast: Cast) -> str:
    """A session of such a room, a week from now."""
    room, on = dated_room(cast), (clock.now() + timedelta(days=7)).date()
    with work.begin():
        rooms.add_date(cast.cleo, room, on=on, minute=19 * 60, length=60)
        return dates_of(room, cast.cleo.id)[0].gathering.id


def rhythm(cast: Cast) -> str:
    """A weekly hour of such a room."""
    room, on = dated_room(cast), (clock.now() + timedelta(days=7)).date()
    with work.begin():
        rooms.add_date(cast.cleo, room, on=on, minute=19 * 60, length=60, weekly=True)
        return rhythms_of(room)[0].id


def message(cast: Cast) -> str:
    """Something Sol wrote to Uma."""
    room = private_room(cast)
    with work.begin():
        return rooms.post_message(cast.sol, room, text="Hello Uma", nonce=new_id()).id


def kept_away(cast: Cast) -> str:
    """That Sol has muted Uma, as Sol's own page knows it."""
    room = private_room(cast)
    with work.begin():
        hers = rooms.post_message(cast.uma, room, text="Hello Sol", nonce=new_id())
        rooms.keep_distance(cast.sol, hers.id, "mute")
    with work.begin(writes=False):
        return room_queries.kept_by(cast.sol.id)[0].id


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


def act(cast: Cast) -> str:
    """Something that Cleo asked for and another coordinator or admin has to confirm."""
    with work.begin():
        made, _ = accounts.invite(
            cast.cleo, [Role.MODERATOR], reason=f"We need one more, {new_id()}"
        )
        return next(found.id for found in waiting_acts() if found.subject_id == made.id)


def session(cast: Cast) -> str:
    """A browser that Sol is signed in to."""
    sol = cast.account("sol")
    with work.begin():
        accounts.start_session(sol)
        return account_queries.sessions_of(sol.id)[0].id


def resource(cast: Cast) -> str:
    """An entry of the library."""
    with work.begin():
        details = Details(title="A place", category=Category.LEARNING, about="Evening classes.")
        return add_resource(cast.cleo, details).id


def private_page(cast: Cast) -> str:
    """Something Sol wrote for nobody else."""
    key = private_key(cast.account("sol"))
    with work.begin():
        return wellbeing.write_note(cast.sol, key, "Only mine.")


def factor(cast: Cast) -> str:
    """Sol's app that shows codes."""
    with work.begin():
        found = accounts.begin_factor(cast.sol, FactorKind.APP, "garden")
        found.confirmed_at = clock.now()
    return found.id


def release(cast: Cast) -> str:
    """Sol's yes that something goes to an agency."""
    with work.begin():
        return accounts.give_release(
            cast.sol, agency="An office", purpose="A flat", parts=["account"], days=7
        ).id


def export(cast: Cast) -> str:
    """What Cleo asked for under it, with another coordinator's yes."""
    of_release = release(cast)
    second = account_queries.actor_from(cast.newcomer(Role.COORDINATOR))
    with work.begin():
        asked = accounts.ask_export(cast.cleo, of_release, "They asked us to.")
        accounts.confirm(second, asked.id)
        return exports_under(of_release)[0].id


PARAMETERS: dict[str, Maker] = {
    "account_id": lambda cast: cast.sol.id,
    "act_id": act,
    "area_id": area,
    "changes": lambda _cast: "1",
    "export_id": export,
    "factor_id": factor,
    "gathering_id": gathering,
    "invitation_id": invitation,
    "item_id": review_item,
    "mentorship_id": mentorship,
    "key": kept_away,
    "message_id": message,
    "notice_id": notice,
    "page_id": private_page,
    "proposal_id": proposal,
    "release_id": release,
    "resource_id": resource,
    "rhythm_id": rhythm,
    "room_id": private_room,
    "round_id": round_,
    "session_id": session,
}

# Where a parameter means something else at one endpoint.
SPECIAL: dict[tuple[str, str], Maker] = {
    ("mentoring.change", "round_id"): offering_round,
    ("mentoring.make_freer_round", "round_id"): offering_round,
    ("mentoring.mentee", "account_id"): mentee,
    ("mentoring.save_priority", "account_id"): mentee,
    ("mentoring.mentor", "account_id"): mentor,
    ("mentoring.set_vetting", "account_id"): mentor,
    ("moderation.person", "account_id"): reviewed,
    ("moderation.lift_mute", "account_id"): reviewed,
    ("moderation.ask_ban", "account_id"): reviewed,
    ("moderation.ask_unban", "account_id"): reviewed,
    ("moderation.reinstate", "account_id"): reviewed,
}

# What forms say, where an empty one would be refused before anybody asks whose thing it is.
FORMS: dict[str, dict[str, str]] = {
    "rooms.post": {"text": "Hello", "nonce": "a-nonce-of-a-page"},
    "rooms.change_message": {"text": "Hello again"},
    "rooms.react": {"kind": "with_you"},
    "rooms.do_report": {"category": "unkind"},
    "rooms.answer_door": {"answer": "in"},
    "rooms.answer_aside": {"answer": "no"},
    "rooms.begin_round": {"closing": "no"},
    "rooms.pause": {"on": "yes"},
    "rooms.choose_name": {"name": "Willow"},
    "rooms.allow_names": {"own_names": "no"},
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
    "section": "signs",
}

# Events that answer yes to everybody, since they do nothing for who has no part.
HARMLESS = {"room:leave"}

# Who may open another person's thing. Nobody else may, though the door opens to them.
SEEN_BY: dict[str, frozenset[Role]] = {
    "accounts.ask_export": OFFICE,
    "accounts.paper_release": OFFICE,
    "accounts.record_release": OFFICE,
    "accounts.end_release": OFFICE,
    "accounts.ask_origin": OFFICE,
    "accounts.ask_key": OFFICE,
    "accounts.decision": OFFICE,
    "accounts.confirm_act": OFFICE,
    "accounts.refuse_act": OFFICE,
    "accounts.person": OFFICE,
    "accounts.change_roles": frozenset({Role.ADMIN}),
    "accounts.sign_person_out": OFFICE,
    "accounts.start_recovery": OFFICE,
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
    "mentoring.change": COORDINATOR,
    "mentoring.make_freer_round": COORDINATOR,
    "moderation.item": MODERATOR,
    "moderation.claim": MODERATOR,
    "moderation.pass_on": MODERATOR,
    "moderation.decide": MODERATOR,
    "moderation.reopen": MODERATOR,
    "moderation.person": MODERATOR,
    "moderation.lift_mute": MODERATOR,
    "moderation.ask_reporter": MODERATOR,
    "moderation.ask_ban": MODERATOR,
    "moderation.ask_unban": MODERATOR,
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
    ("rooms.dates", {"room_id": dated_room}, OFFICE | MODERATOR),
    ("rooms.add_date", {"room_id": dated_room}, OFFICE),
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
    "away": Field(True),
    "seq": Field(1),
}
