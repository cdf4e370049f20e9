"""Words and rules of moderation: what can be reported, what may follow, and who decides."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from itertools import permutations
from types import MappingProxyType
from typing import Protocol

from peer.core.errors import Conflict
from peer.core.words import N_
from peer.policy.roles import HIDDEN, YES, Actor, Decision, Role, no

Words = Mapping[str, str]

CLAIM_MINUTES = 15
AIM_MINUTES = 15  # in which somebody should have had a first look
MUTE_HOURS = (1, 6, 24, 72)
SUSPEND_DAYS = (1, 7, 30)
OPENED_MINUTES = 60  # for which more of a conversation stays open
OPENED_LINES = 50  # of it, on each side
NOTE = 600  # characters of a note for the record, and of a reporter's words


class ReportCategory(StrEnum):
    """What a person wants to tell about a message."""

    UNKIND = "unkind"
    CONTACT = "contact"
    OFFER = "offer"
    PERSONAL = "personal"
    WORRIED = "worried"
    OTHER = "other"


REPORT_WORDS: Words = MappingProxyType(
    {
        ReportCategory.UNKIND: N_("It is unkind or threatening"),
        ReportCategory.CONTACT: N_("It asks for contact, or to meet elsewhere"),
        ReportCategory.OFFER: N_("It offers work, money, housing or travel"),
        ReportCategory.PERSONAL: N_("It tells too much about someone"),
        ReportCategory.WORRIED: N_("I am worried about this person"),
        ReportCategory.OTHER: N_("Something else"),
    }
)


class Severity(StrEnum):
    """How soon a person should look."""

    URGENT = "urgent"
    SOON = "soon"
    ROUTINE = "routine"


SEVERITY_ORDER: Mapping[str, int] = MappingProxyType(
    {Severity.URGENT: 0, Severity.SOON: 1, Severity.ROUTINE: 2}
)
_REPORT_SEVERITY: Mapping[ReportCategory, Severity] = MappingProxyType(
    {
        ReportCategory.UNKIND: Severity.SOON,
        ReportCategory.CONTACT: Severity.SOON,
        ReportCategory.OFFER: Severity.URGENT,
        ReportCategory.PERSONAL: Severity.SOON,
        ReportCategory.WORRIED: Severity.URGENT,
        ReportCategory.OTHER: Severity.ROUTINE,
    }
)
_FLAG_SEVERITY: Words = MappingProxyType(
    {
        "lure": Severity.URGENT,
        "buyer": Severity.URGENT,
        "threat": Severity.URGENT,
        "minor": Severity.URGENT,
        "hate": Severity.SOON,
        "phone": Severity.SOON,
        "email": Severity.SOON,
        "url": Severity.SOON,
        "handle": Severity.SOON,
        "first": Severity.SOON,  # somebody new waits to be heard
    }
)
FLAG_WORDS: Words = MappingProxyType(
    {
        "phone": N_("Looks like a phone number"),
        "email": N_("Looks like an e-mail address"),
        "url": N_("Looks like a web address"),
        "handle": N_("Names an account elsewhere"),
        "address": N_("Looks like a street address"),
        "lure": N_("May be an offer of work, money or housing"),
        "buyer": N_("May be looking to buy sex"),
        "minor": N_("May be about someone under 18"),
        "crisis": N_("May be in distress"),
        "hate": N_("Words against a group of people"),
        "threat": N_("May be a threat"),
        "scam": N_("May be a scam"),
        "location": N_("May tell where someone is"),
        "age_ask": N_("Asks for somebody's age"),
        "graphic": N_("Graphic detail"),
        "first": N_("One of somebody's first messages"),
    }
)


class ItemState(StrEnum):
    """A review item: waiting, with a moderator, decided."""

    OPEN = "open"
    CLAIMED = "claimed"
    DECIDED = "decided"


class Outcome(StrEnum):
    """What happens to what was reviewed."""

    STAND = "stand"
    HIDE = "hide"


OUTCOME_WORDS: Words = MappingProxyType(
    {
        Outcome.STAND: N_("Everyone in the room can see it"),
        Outcome.HIDE: N_("Taken out of view"),
    }
)
SEVERITY_WORDS: Words = MappingProxyType(
    {
        Severity.URGENT: N_("Urgent"),
        Severity.SOON: N_("Soon"),
        Severity.ROUTINE: N_("Routine"),
    }
)


class SanctionKind(StrEnum):
    """What follows for its author."""

    WARN = "warn"
    MUTE = "mute"
    SUSPEND = "suspend"
    BAN = "ban"  # for good; two people decide


SANCTION_WORDS: Words = MappingProxyType(
    {
        SanctionKind.WARN: N_("A kind warning"),
        SanctionKind.MUTE: N_("Read without writing for a while"),
        SanctionKind.SUSPEND: N_("No access for a while"),
        SanctionKind.BAN: N_("No access for good"),
    }
)
HOUSE_RULES: Words = MappingProxyType(
    {
        "kindness": N_("Be kind: no insults, no threats"),
        "contact": N_("No contact details, no moving elsewhere"),
        "offers": N_("No offers of work, money, housing or travel"),
        "privacy": N_("What is said here stays here"),
        "notes": N_("Put a note on hard things"),
        "safety": N_("Someone may be in danger"),
        "none": N_("No house rule was broken"),
    }
)
NO_RULE = "none"


class Reviewed(Protocol):
    """A review item, as far as rules go."""

    author_id: str
    state: str
    version: int
    claimed_by: str | None
    claimed_until: datetime | None


def severity_of_report(category: ReportCategory) -> Severity:
    """How soon a report wants to be looked at."""
    return _REPORT_SEVERITY[category]


def severity_of_flag(categories: tuple[str, ...], tier: int) -> Severity:
    """How soon a flag wants to be looked at; distress from tier 2 on comes first."""
    if tier >= 2:
        return Severity.URGENT
    found = [Severity(_FLAG_SEVERITY.get(each, Severity.ROUTINE)) for each in categories]
    return min(found, key=SEVERITY_ORDER.__getitem__, default=Severity.ROUTINE)


def title_of(reported: Sequence[str], flagged: Sequence[str], tier: int) -> str:
    """What an item is about, in words: distress first, then the gravest of flags and reports."""
    if tier >= 1:
        return FLAG_WORDS["crisis"]
    ranked = [(severity_of_flag((each,), 0), FLAG_WORDS[each]) for each in flagged]
    ranked += [(severity_of_report(ReportCategory(each)), REPORT_WORDS[each]) for each in reported]
    first = min(ranked, key=lambda pair: SEVERITY_ORDER[pair[0]], default=None)
    return first[1] if first else N_("Something to look at")


def can_review(actor: Actor) -> Decision:
    """The queue is for moderators; to everyone else it is not there."""
    return YES if actor.has(Role.MODERATOR) else HIDDEN


def can_open(actor: Actor, item: Reviewed) -> Decision:
    """Who wrote it does not read what others reported about it."""
    if not actor.has(Role.MODERATOR):
        return HIDDEN
    if actor.id == item.author_id:
        return no(N_("This is about something you wrote. Another moderator decides."))
    return YES


def can_read(actor: Actor, item: Reviewed) -> Decision:
    """Only who has taken an item reads the words: taking is on record, looking alone is not."""
    mine = item.state == ItemState.CLAIMED and item.claimed_by == actor.id
    return YES if actor.has(Role.MODERATOR) and mine else HIDDEN


class Opened(Protocol):
    """An opening of more of a conversation, as far as rules go."""

    @property
    def by_id(self) -> str | None: ...
    @property
    def until(self) -> datetime: ...


def can_read_more(actor: Actor, opening: Opened | None, at: datetime) -> Decision:
    """Only the moderator who opened it, with a reason, and only for its hour."""
    mine = opening is not None and opening.by_id == actor.id and opening.until > at
    return YES if actor.has(Role.MODERATOR) and mine else HIDDEN


def _not_involved(actor: Actor, item: Reviewed, *, is_reporter: bool) -> Decision:
    if actor.id == item.author_id:
        return no(N_("This is about something you wrote. Another moderator decides."))
    if is_reporter:
        return no(N_("You reported this yourself. Another moderator decides."))
    return YES


def is_claimed(item: Reviewed, at: datetime) -> bool:
    """Whether somebody has the item now; a claim runs out by itself."""
    return (
        item.claimed_by is not None and item.claimed_until is not None and item.claimed_until > at
    )


def can_claim(actor: Actor, item: Reviewed, *, is_reporter: bool, at: datetime) -> Decision:
    """A moderator who is not part of it takes an item that nobody has."""
    if not actor.has(Role.MODERATOR):
        return HIDDEN
    involved = _not_involved(actor, item, is_reporter=is_reporter)
    if not involved:
        return involved
    if item.state == ItemState.DECIDED:
        return no(N_("This has been decided already. Here is how it stands."), error=Conflict)
    if is_claimed(item, at) and item.claimed_by != actor.id:
        return no(
            N_("Another moderator has just taken this. Here is how it stands."), error=Conflict
        )
    return YES


def can_decide(
    actor: Actor, item: Reviewed, *, is_reporter: bool, version: int, at: datetime
) -> Decision:
    """Only who has the item, and has seen its latest state, decides.

    A claim that ran out still counts while nobody else has taken the item.
    """
    may_claim = can_claim(actor, item, is_reporter=is_reporter, at=at)
    if not may_claim:
        return may_claim
    if item.version != version:
        return no(
            N_("Something new came in while you were reading. Please look again."), error=Conflict
        )
    if item.claimed_by != actor.id:
        return no(N_("Take this first, so that two people do not decide at once."), error=Conflict)
    return YES


def can_reopen(actor: Actor, item: Reviewed, *, is_reporter: bool, version: int) -> Decision:
    """A decided item can be looked at again by a moderator who is not part of it."""
    if not actor.has(Role.MODERATOR):
        return HIDDEN
    involved = _not_involved(actor, item, is_reporter=is_reporter)
    if not involved:
        return involved
    if item.state != ItemState.DECIDED or item.version != version:
        return no(N_("This has changed since. Here is how it stands."), error=Conflict)
    return YES


def can_sanction(actor: Actor, author: Actor) -> Decision:
    """Moderators act toward members, mentors and facilitators, never toward themselves.

    Toward moderators, coordinators and admins only a moderator who is an admin as well.
    """
    if not actor.has(Role.MODERATOR):
        return HIDDEN
    if actor.id == author.id:
        return no(N_("This is about you. Another moderator decides."))
    staff = author.has(Role.MODERATOR, Role.COORDINATOR, Role.ADMIN)
    if staff and not actor.has(Role.ADMIN):
        return no(N_("This person is staff. An admin decides about staff."))
    return YES


def can_share_ban(actor: Actor, author: Actor) -> Decision:
    """Moderators, and admins with them, end somebody's access for good; never their own."""
    if not actor.has(Role.MODERATOR, Role.ADMIN) or actor.id == author.id:
        return HIDDEN
    return YES


def may_ban_together(asker: Actor, other: Actor, author: Actor) -> Decision:
    """A moderator asks; toward staff one of the two is an admin."""
    if not asker.has(Role.MODERATOR):
        return no(N_("Only a moderator can ask for this."))
    staff = author.has(Role.MODERATOR, Role.COORDINATOR, Role.ADMIN)
    if staff and not (asker.has(Role.ADMIN) or other.has(Role.ADMIN)):
        return no(N_("This person is staff. An admin decides about staff."))
    return YES


def can_share_unban(
    actor: Actor, author: Actor, *, banned_by: Collection[str], others: Sequence[Actor]
) -> Decision:
    """Lifting a ban is for those who had no part in it, wherever two of them are here.

    `others` are those who had no part. Where no two of them may do it together, one of those who
    banned may be one of the two.
    """
    allowed = can_share_ban(actor, author)
    if allowed and actor.id in banned_by and _two_may(others, author):
        return no(N_("You were one of the two who decided this. Somebody else looks at it again."))
    return allowed


def _two_may(people: Sequence[Actor], author: Actor) -> bool:
    pairs = permutations((each for each in people if can_share_ban(each, author)), 2)
    return any(may_ban_together(asker, other, author) for asker, other in pairs)


def may_unban_together(
    asker: Actor, other: Actor, author: Actor, *, banned_by: Collection[str]
) -> Decision:
    """As for the ban, and never the same two: one at least had no part in it."""
    if {asker.id, other.id}.issubset(banned_by):
        return no(N_("You were one of the two who decided this. Somebody else looks at it again."))
    return may_ban_together(asker, other, author)


def can_share_reveal(actor: Actor, *, reporter_id: str, author_id: str) -> Decision:
    """Staff may be among the two who look at who reported; the two it is about never are."""
    if not actor.has(Role.MODERATOR, Role.COORDINATOR, Role.ADMIN):
        return HIDDEN
    return HIDDEN if actor.id in {reporter_id, author_id} else YES


def may_reveal_together(asker: Actor, other: Actor) -> Decision:
    """Of the two who look at who reported, one is a coordinator or an admin."""
    office = (Role.COORDINATOR, Role.ADMIN)
    if asker.has(*office) or other.has(*office):
        return YES
    return no(N_("One of the two has to be a coordinator or an admin."))


def can_see_history(actor: Actor, account_id: str, *, reviewed: bool) -> Decision:
    """Moderators see decisions about people whose words were reviewed, never about themselves."""
    return YES if actor.has(Role.MODERATOR) and reviewed and actor.id != account_id else HIDDEN
