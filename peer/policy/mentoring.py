"""Who may do what in mentoring, and the fixed words that profiles are made of."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol

from peer.core.errors import Conflict
from peer.core.words import N_
from peer.policy.roles import HIDDEN, YES, Actor, Decision, Role, no
from peer.policy.topics import TOPICS as TOPICS

Words = Mapping[str, str]

# Languages that a profile can name, as ISO 639 codes; pages name them in the reader's language.
_CODES = (
    "am ar ase bg bn bs ckb cs da de el en es et fa fi fr gu ha he hi hr ht hu hy id ig it ja ka km "
    "ko ku lo lt lv mn ml mr my ne nl no om pa pl ps pt ro ru si sk so sq sr sv sw ta te th ti tl tr "
    "uk ur uz vi wo yo yue zh"
)
LANGUAGES = tuple(_CODES.split())
LANGUAGE_LEVELS = MappingProxyType({1: N_("a little"), 2: N_("enough to talk"), 3: N_("fluently")})
INTEREST_LEVELS = MappingProxyType({1: N_("a little"), 2: N_("a good deal"), 3: N_("very much")})

INTERESTS: Words = MappingProxyType(
    {
        "work": N_("Finding or keeping work"),
        "study": N_("Studying and courses"),
        "money": N_("Money and budgeting"),
        "housing": N_("Finding a home"),
        "paperwork": N_("Letters and forms"),
        "language": N_("Practising a language"),
        "parenting": N_("Being a parent"),
        "health": N_("Health and rest"),
        "faith": N_("Faith and meaning"),
        "cooking": N_("Cooking"),
        "art": N_("Drawing and making"),
        "music": N_("Music and singing"),
        "books": N_("Books and stories"),
        "nature": N_("Gardens and walking"),
        "sport": N_("Sport and dance"),
        "crafts": N_("Sewing and crafts"),
        "computers": N_("Phones and computers"),
        "friends": N_("Meeting people"),
        "speaking_up": N_("Speaking up for others"),
    }
)
IDENTITIES: Words = MappingProxyType(
    {
        "woman": N_("Woman"),
        "man": N_("Man"),
        "nonbinary": N_("Non-binary person"),
        "other": N_("In another way"),
    }
)
#: Traits of style, each a question with what its ends and middle are called.
STYLE: Mapping[str, tuple[str, Mapping[float, str]]] = MappingProxyType(
    {
        "pace": (
            N_("Which pace suits you?"),
            {0.0: N_("Slow and steady"), 0.5: N_("In between"), 1.0: N_("Brisk")},
        ),
        "directness": (
            N_("How should things be said?"),
            {
                0.0: N_("Gently, in a roundabout way"),
                0.5: N_("In between"),
                1.0: N_("Straight out"),
            },
        ),
        "planning": (
            N_("How should meetings go?"),
            {0.0: N_("As they come"), 0.5: N_("In between"), 1.0: N_("With a plan")},
        ),
        "talk": (
            N_("How much talking?"),
            {0.0: N_("Quiet is fine"), 0.5: N_("In between"), 1.0: N_("Lots")},
        ),
    }
)

CAPACITY = 6  # mentees one mentor can offer to meet, at most
TEXT = 1000  # characters of boundaries
NAMES = 10  # people one can ask to be kept apart from

REJECTIONS: Words = MappingProxyType(
    {
        "know_each_other": N_("They know each other outside"),
        "not_now": N_("Not the right moment for one of them"),
        "another_fits": N_("Someone else would fit better"),
        "safety": N_("Safety"),
        "other": N_("Another reason"),
    }
)
#: How a mentorship ends whose people agreed to make room; not among what people choose from.
MOVED = "moved"
CLOSURES: Words = MappingProxyType(
    {
        "reached": N_("We reached what we wanted"),
        "time": N_("Time no longer works"),
        "fit": N_("It was not the right fit"),
        "move_on": N_("Time for something else"),
        "unsaid": N_("I would rather not say"),
    }
)


class Vetting(StrEnum):
    """How far a mentor has come; only a vetted, unexpired one reaches the engine."""

    APPLIED = "applied"
    IN_REVIEW = "in_review"
    VETTED = "vetted"
    PAUSED = "paused"
    LAPSED = "lapsed"
    DECLINED = "declined"


VETTING_STEPS: Mapping[Vetting, tuple[Vetting, ...]] = MappingProxyType(
    {
        Vetting.APPLIED: (Vetting.IN_REVIEW, Vetting.DECLINED),
        Vetting.IN_REVIEW: (Vetting.VETTED, Vetting.DECLINED),
        Vetting.VETTED: (Vetting.VETTED, Vetting.PAUSED, Vetting.LAPSED, Vetting.DECLINED),
        Vetting.PAUSED: (Vetting.VETTED, Vetting.IN_REVIEW, Vetting.LAPSED, Vetting.DECLINED),
        Vetting.LAPSED: (Vetting.IN_REVIEW, Vetting.VETTED, Vetting.DECLINED),
        Vetting.DECLINED: (Vetting.IN_REVIEW,),
    }
)
VETTING_DAYS = 365
LONGEST_VETTING_DAYS = 3 * 365


VETTING_WORDS: Words = MappingProxyType(
    {
        Vetting.APPLIED: N_("Applied"),
        Vetting.IN_REVIEW: N_("In review"),
        Vetting.VETTED: N_("Vetted"),
        Vetting.PAUSED: N_("On hold"),
        Vetting.LAPSED: N_("Lapsed"),
        Vetting.DECLINED: N_("Declined"),
    }
)
#: Why a round found nobody, told to the person themself.
REASON_WORDS: Words = MappingProxyType(
    {
        "no_language": N_("No mentor who would fit speaks one of your languages well enough."),
        "no_time": N_("No mentor who would fit is free at one of your times."),
        "identity": N_("Wishes about whom to meet did not come together."),
        "topics": N_("Mentors who would fit would rather not hold one of your topics."),
        "area": N_("Mentors who would fit are from the same small area."),
        # Alike, so that nobody reads here who asked not to meet whom, or said no.
        "avoided": N_("Mentors who would fit could not be asked."),
        "forbidden": N_("Mentors who would fit could not be asked."),
        "no_capacity": N_("Mentors who would fit have no place."),
        "floor": N_("The mentors you could meet fit too little."),
        "several": N_("Several things together."),
        "contested": N_("Somebody would fit, and the round did without the pair."),
    }
)


class RoundState(StrEnum):
    """A round: asked for, being solved, open for decisions, closed; or it failed."""

    WAITING = "waiting"
    SOLVING = "solving"
    OPEN = "open"
    FAILED = "failed"
    CLOSED = "closed"


class ProposalState(StrEnum):
    """A proposal before the coordinator, then before both people."""

    PROPOSED = "proposed"
    REJECTED = "rejected"
    APPROVED = "approved"  # both are asked
    MATCHED = "matched"  # both said yes
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"  # a rule no longer holds, or the round was closed


#: A proposal of which it is still open whether it comes about.
UNSETTLED = (ProposalState.PROPOSED, ProposalState.APPROVED)


class MentorshipState(StrEnum):
    """A mentorship; paused holds its place and time."""

    ACTIVE = "active"
    PAUSED = "paused"
    CLOSED = "closed"


class VettedPerson(Protocol):
    """What must be known of a mentor's vetting."""

    vetting: str
    vetted_until: datetime | None


class Parties(Protocol):
    """Two people whom something concerns."""

    @property
    def mentee_id(self) -> str: ...
    @property
    def mentor_id(self) -> str: ...


class AskedParties(Parties, Protocol):
    """A proposal, as far as consent goes."""

    @property
    def state(self) -> str: ...
    @property
    def expires_at(self) -> datetime | None: ...


class Leaving(Protocol):
    """A running mentorship that a proposal would move, as far as consent goes."""

    @property
    def mentor_id(self) -> str: ...


class Staged(Protocol):
    """Something with a state."""

    @property
    def state(self) -> str: ...


def is_vetted(mentor: VettedPerson | None, at: datetime) -> bool:
    """Whether a mentor may meet people at this moment."""
    if mentor is None or mentor.vetting != Vetting.VETTED:
        return False
    return mentor.vetted_until is not None and mentor.vetted_until > at


def vetting_runs_out(at: datetime, days: int = VETTING_DAYS) -> datetime:
    """When a vetting of this moment expires."""
    return at + timedelta(days=days)


def can_coordinate(actor: Actor) -> Decision:
    """Coordinators run the programme; to everyone else its pages are not there."""
    return YES if actor.has(Role.COORDINATOR) else HIDDEN


def can_keep_profile(actor: Actor, account_id: str, role: Role) -> Decision:
    """People keep their own profile of a role they hold; coordinators may enter it for them."""
    if actor.has(Role.COORDINATOR):
        return YES
    return YES if actor.id == account_id and actor.has(role) else HIDDEN


def can_vet(actor: Actor, account_id: str, now: str, to: Vetting) -> Decision:
    """Coordinators vet others, a step at a time."""
    if not actor.has(Role.COORDINATOR):
        return HIDDEN
    if actor.id == account_id:
        return no(N_("Another coordinator decides about you. Nobody vets themselves."))
    if to not in VETTING_STEPS[Vetting(now)]:
        return no(
            N_("That step does not follow from where they are now. The page shows the next ones."),
            error=Conflict,
        )
    return YES


def can_share_vetting(actor: Actor, account_id: str) -> Decision:
    """Coordinators, and admins as the second person, decide who meets people; not about oneself."""
    if not actor.has(Role.COORDINATOR, Role.ADMIN):
        return HIDDEN
    if actor.id == account_id:
        return no(N_("Another coordinator decides about you. Nobody vets themselves."))
    return YES


def may_vet_together(asker: Actor) -> Decision:
    """Of the two who let a mentor meet people, a coordinator asks."""
    return YES if asker.has(Role.COORDINATOR) else no(N_("Only a coordinator can ask for this."))


def can_run_round(actor: Actor, *, one_is_open: bool) -> Decision:
    """A coordinator, when no other round is under way."""
    if not actor.has(Role.COORDINATOR):
        return HIDDEN
    if one_is_open:
        return no(
            N_("A round is already open. Close it first, then start the next."), error=Conflict
        )
    return YES


def can_make_freer(actor: Actor, round_: Staged, *, offered: bool) -> Decision:
    """A coordinator turns an open round into one in which as many may move as was offered."""
    if not actor.has(Role.COORDINATOR) or not offered:
        return HIDDEN
    if round_.state != RoundState.OPEN:
        return no(N_("This round was closed already."), error=Conflict)
    return YES


def can_decide(
    actor: Actor, proposal: Parties, state: str, round_: Staged, move: Leaving | None = None
) -> Decision:
    """A coordinator decides about other people's undecided proposals in the open round."""
    if not actor.has(Role.COORDINATOR):
        return HIDDEN
    if actor.id in _concerned(proposal, move):
        return no(N_("This is about you. Another coordinator decides."))
    if round_.state != RoundState.OPEN or state != ProposalState.PROPOSED:
        return no(N_("This was decided already. Here is how it stands."), error=Conflict)
    return YES


def can_hold(actor: Actor, mentee_id: str, mentor_id: str, round_: Staged) -> Decision:
    """A coordinator holds other people together for the next round, while this one is open."""
    if not actor.has(Role.COORDINATOR):
        return HIDDEN
    if actor.id in {mentee_id, mentor_id}:
        return no(N_("This is about you. Another coordinator decides."))
    if round_.state != RoundState.OPEN:
        return no(N_("This round is closed."), error=Conflict)
    return YES


def can_pin(proposal_in_chain: bool) -> Decision:
    """Pairs for which others would move can't be held alone."""
    if proposal_in_chain:
        return no(N_("This pair comes about together with others, so it cannot be held alone."))
    return YES


def _concerned(proposal: Parties, move: Leaving | None) -> set[str]:
    """Whose answer a proposal needs: two people, and the present mentor of whoever would move."""
    return {proposal.mentee_id, proposal.mentor_id} | ({move.mentor_id} if move else set())


def can_see_proposal(
    actor: Actor, proposal: AskedParties, *, vetted: bool, move: Leaving | None = None
) -> Decision:
    """Who is asked, once they are; a mentor only while vetted."""
    if proposal.state in {ProposalState.PROPOSED, ProposalState.REJECTED}:
        return HIDDEN
    if actor.id in _concerned(proposal, move) - {proposal.mentee_id}:
        return YES if vetted else HIDDEN
    return YES if actor.id == proposal.mentee_id else HIDDEN


def can_answer(
    actor: Actor,
    proposal: AskedParties,
    *,
    vetted: bool,
    at: datetime,
    move: Leaving | None = None,
) -> Decision:
    """Each who is asked, until all have answered or the time is over."""
    seen = can_see_proposal(actor, proposal, vetted=vetted, move=move)
    if not seen:
        return seen
    over = proposal.expires_at is None or proposal.expires_at <= at
    if proposal.state != ProposalState.APPROVED or over:
        return no(
            N_("This question is closed now, so an answer is no longer needed."), error=Conflict
        )
    return YES


def can_see_mentorship(actor: Actor, mentorship: Parties, *, vetted: bool) -> Decision:
    """The two people and coordinators; a mentor only while vetted."""
    if actor.id == mentorship.mentor_id and not vetted and not actor.has(Role.COORDINATOR):
        return HIDDEN
    concerned = actor.id in {mentorship.mentee_id, mentorship.mentor_id}
    return YES if concerned or actor.has(Role.COORDINATOR) else HIDDEN


def can_change_mentorship(
    actor: Actor, mentorship: Parties, state: str, to: MentorshipState, *, vetted: bool
) -> Decision:
    """Either side or a coordinator may pause, go on and close; closed stays closed."""
    seen = can_see_mentorship(actor, mentorship, vetted=vetted)
    if not seen:
        return seen
    if state == MentorshipState.CLOSED or state == to:
        return no(N_("This has changed already. Here is how it stands."), error=Conflict)
    return YES


def can_be_asked_again(actor: Actor, mentorship: Parties, state: str) -> Decision:
    """Only the two themselves, each for their own part; coordinators never know."""
    if actor.id not in {mentorship.mentee_id, mentorship.mentor_id}:
        return HIDDEN
    if state == MentorshipState.CLOSED:
        return no(N_("This has changed already. Here is how it stands."), error=Conflict)
    return YES


def may_become_mentorship(
    *, usable: bool, vetted: bool, has_room: bool, mentee_is_free: bool, kept_apart: bool
) -> bool:
    """What must hold at the moment of the last yes."""
    return usable and vetted and has_room and mentee_is_free and not kept_apart


def may_move(mentorship_state: str, *, stays: bool, on_a_break: bool) -> bool:
    """Whether a round may propose that a running pair changes: not to who said no, nor on breaks."""
    return mentorship_state == MentorshipState.ACTIVE and not stays and not on_a_break
