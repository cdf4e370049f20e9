"""Rules about what nobody does alone, and about what people are told of it.

Some acts need two people: one asks with a reason, another one, who may do the same, confirms.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol

from peer.core.errors import Conflict
from peer.core.words import N_
from peer.policy.roles import HIDDEN, YES, Actor, Decision, Role, first_no, no

ACT_DAYS = 7  # how long an act that was asked for waits for a second person
SHORTEST_REASON, LONGEST_REASON = 10, 600

# Who holds one of these decides about other people: nobody gives or takes one alone.
GUARDED = frozenset({Role.MODERATOR, Role.COORDINATOR, Role.ADMIN})


class ActKind(StrEnum):
    """What needs two people."""

    BAN = "ban"
    UNBAN = "unban"
    EXPORT = "export"
    REVEAL_INVITATION = "reveal_invitation"
    REVEAL_REPORTER = "reveal_reporter"
    VETTING = "vetting"
    KEY = "key"
    ROLES = "roles"
    INVITE = "invite"


ACT_WORDS: Mapping[str, str] = MappingProxyType(
    {
        ActKind.BAN: N_("End someone's access for good"),
        ActKind.UNBAN: N_("Let someone in again whose access had ended for good"),
        ActKind.EXPORT: N_("Hand someone's data to an agency"),
        ActKind.REVEAL_INVITATION: N_("See how someone came here"),
        ActKind.REVEAL_REPORTER: N_("See who reported something"),
        ActKind.VETTING: N_("Approve a mentor"),
        ActKind.KEY: N_("Destroy someone's data for good"),
        ActKind.ROLES: N_("Give someone a staff role, or take one away"),
        ActKind.INVITE: N_("Invite someone to a staff role"),
    }
)


class ActState(StrEnum):
    """An act that two people do: waiting, or how it ended."""

    WAITING = "waiting"
    DONE = "done"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


ACT_STATE_WORDS: Mapping[str, str] = MappingProxyType(
    {
        ActState.WAITING: N_("Waits for a second person"),
        ActState.DONE: N_("Done"),
        ActState.REFUSED: N_("Not done"),
        ActState.WITHDRAWN: N_("Taken back"),
        ActState.EXPIRED: N_("Ran out of time"),
    }
)


class AskedAct(Protocol):
    """An act that was asked for, as far as rules go."""

    @property
    def state(self) -> str: ...
    @property
    def asked_by(self) -> str | None: ...
    @property
    def expires_at(self) -> datetime: ...


def is_waiting(act: AskedAct, at: datetime) -> bool:
    """Whether it can still be decided."""
    return act.state == ActState.WAITING and act.expires_at > at


def _is_over(act: AskedAct, at: datetime) -> Decision:
    if is_waiting(act, at):
        return YES
    return no(N_("This has been decided, or its time has run out."), error=Conflict)


def can_answer_act(actor: Actor, act: AskedAct, *, may: Decision, at: datetime) -> Decision:
    """Who could have asked for it, and did not, says yes or no while it waits."""
    if actor.id == act.asked_by:
        return no(N_("You asked for this yourself. Somebody else decides."))
    if not may:
        return may
    return _is_over(act, at)


def can_confirm_act(
    actor: Actor,
    act: AskedAct,
    *,
    may: Decision,
    asker_may: Decision,
    together: Decision,
    unchanged: bool,
    at: datetime,
) -> Decision:
    """Both may do it as things stand now, they are two, and what it is about has not changed."""
    answer = can_answer_act(actor, act, may=may, at=at)
    if not answer:
        return answer
    if not asker_may:
        return no(N_("Who asked for this may not do it any more."), error=Conflict)
    if not together:
        return together
    if not unchanged:
        return no(
            N_("What this is about has changed since. It can be asked for anew."), error=Conflict
        )
    return YES


def can_withdraw_act(actor: Actor, act: AskedAct, *, at: datetime) -> Decision:
    """Who asked takes it back while it waits."""
    return _is_over(act, at) if actor.id == act.asked_by else HIDDEN


def can_see_act(actor: Actor, act: AskedAct, *, may: Decision) -> Decision:
    """Who asked, and who could have asked."""
    return YES if actor.id == act.asked_by or may else HIDDEN


# --- what people are told of it ------------------------------------------------------------------


class Disclosed(StrEnum):
    """What of a person was looked at, beyond ordinary work."""

    CONVERSATION = "conversation"
    INVITATION = "invitation"
    REPORTER = "reporter"
    EXPORT = "export"
    EXPORT_AGAIN = "export_again"


DISCLOSED_WORDS: Mapping[str, str] = MappingProxyType(
    {
        Disclosed.CONVERSATION: N_(
            "Read more of a conversation than what was reported; words of yours are in it"
        ),
        Disclosed.INVITATION: N_("Looked at who invited you, and the note on your invitation"),
        Disclosed.REPORTER: N_("Looked at who had reported something: it was you"),
        Disclosed.EXPORT: N_("Took the parts of your data that your release names, for its agency"),
        Disclosed.EXPORT_AGAIN: N_(
            "Took the same parts once more within the hour, as when a download broke off"
        ),
    }
)

RELEASE_WORDS = 200  # characters of an agency's name, and of a purpose
RELEASE_DAYS = 30  # the longest that one is in force
PAPER_DAYS = 3  # in which a person can object to a release that staff have on paper
COLLECT_HOURS = 24  # in which what two people confirmed is taken out
AGAIN_HOURS = 1  # after that, in which the same person can take it out again


class GivenRelease(Protocol):
    """A release, as far as rules go."""

    @property
    def account_id(self) -> str: ...
    @property
    def starts_at(self) -> datetime: ...
    @property
    def until(self) -> datetime: ...
    @property
    def withdrawn_at(self) -> datetime | None: ...
    @property
    def on_paper(self) -> bool: ...
    @property
    def confirmed_at(self) -> datetime | None: ...
    @property
    def recorded_by(self) -> str | None: ...
    @property
    def ending(self) -> str: ...
    @property
    def looked_into_at(self) -> datetime | None: ...


class SignedPaper(Protocol):
    """What tells one paper from another, as far as rules go."""

    @property
    def agency(self) -> str: ...
    @property
    def signed_on(self) -> date | None: ...
    @property
    def parts(self) -> Sequence[str]: ...


def are_one_paper(one: SignedPaper, other: SignedPaper) -> bool:
    """Whether both name the same agency and parts, and were signed on one day."""
    same_agency = one.agency.casefold() == other.agency.casefold()
    return same_agency and one.signed_on == other.signed_on and set(one.parts) == set(other.parts)


class Ending(StrEnum):
    """How a release ended before its time."""

    OWN = "own"
    SPOKEN = "spoken"
    UNSIGNED = "unsigned"
    RESTORED = "restored"


ENDING_WORDS: Mapping[str, str] = MappingProxyType(
    {
        Ending.OWN: N_("You took it back"),
        Ending.SPOKEN: N_("Ended for you, as you had said so"),
        Ending.UNSIGNED: N_("You said that you did not sign it"),
        Ending.RESTORED: N_("Ended, as an older copy of this place was brought back"),
    }
)


def in_force(release: GivenRelease, at: datetime) -> bool:
    """Whether data may leave under it now: begun, not run out, not taken back."""
    return release.starts_at <= at and not is_over(release, at)


def is_over(release: GivenRelease, at: datetime) -> bool:
    """Whether it was taken back or has run out."""
    return release.withdrawn_at is not None or release.until <= at


def _not_over(release: GivenRelease, at: datetime) -> Decision:
    if is_over(release, at):
        return no(N_("This release has ended already."), error=Conflict)
    return YES


def can_end_release(actor: Actor, release: GivenRelease, at: datetime) -> Decision:
    """The person takes their yes back, or objects, whenever they like."""
    return _not_over(release, at) if actor.id == release.account_id else HIDDEN


def can_end_release_for(actor: Actor, release: GivenRelease, at: datetime) -> Decision:
    """Whoever handles releases ends one for a person who says so, but does not come here."""
    return first_no([can_handle_releases(actor, release.account_id), _not_over(release, at)])


def can_record_release(actor: Actor, account_id: str, *, here: bool) -> Decision:
    """Whoever handles releases writes down one on paper, of a person who can read and end it."""
    answer = can_handle_releases(actor, account_id)
    if answer and not here:
        return no(N_("They cannot sign in just now, so they could neither read this nor end it."))
    return answer


def can_confirm_release(actor: Actor, release: GivenRelease, at: datetime) -> Decision:
    """The person says that a paper is theirs, so that nobody has to wait."""
    if actor.id != release.account_id or not release.on_paper:
        return HIDDEN
    if release.confirmed_at is not None:
        return no(N_("You have said already whether it is yours."), error=Conflict)
    return _not_over(release, at)


def can_dispute_release(actor: Actor, release: GivenRelease) -> Decision:
    """The person says that they signed no such paper, also when it is over already.

    Also after a yes from their account: whoever has their passphrase can have said it.
    """
    if actor.id != release.account_id or not release.on_paper:
        return HIDDEN
    if release.ending == Ending.UNSIGNED:
        return no(N_("You have said already whether it is yours."), error=Conflict)
    return YES


def is_disputed(release: GivenRelease) -> bool:
    """Whether its person says that they did not sign it, and nobody has looked into that."""
    return release.ending == Ending.UNSIGNED and release.looked_into_at is None


def can_look_into(actor: Actor, release: GivenRelease) -> Decision:
    """Whoever handles releases, and did not write it down, has looked into a disputed paper."""
    if release.ending != Ending.UNSIGNED:
        return HIDDEN
    answer = can_handle_releases(actor, release.account_id)
    if answer and actor.id == release.recorded_by:
        return no(N_("You wrote down this paper. Somebody else looks into it."))
    if answer and not is_disputed(release):
        return no(N_("Somebody has looked into this already."), error=Conflict)
    return answer


def may_export_together(other: Actor, release: GivenRelease) -> Decision:
    """A paper is looked at by two people: who says yes is not the one who wrote it down."""
    if release.on_paper and other.id == release.recorded_by:
        return no(N_("You wrote down this paper. Somebody else looks at it, and decides."))
    return YES


def can_handle_releases(actor: Actor, account_id: str) -> Decision:
    """Coordinators and admins note releases of others, and export under them."""
    if not actor.has(Role.COORDINATOR, Role.ADMIN):
        return HIDDEN
    if actor.id == account_id:
        return no(N_("This is about you. Somebody else decides."))
    return YES


def can_see_record(actor: Actor) -> Decision:
    """Admins read the record of what staff did."""
    return YES if actor.has(Role.ADMIN) else HIDDEN


def acts_alone(actor: Actor, others: int) -> bool:
    """Whether there is nobody yet to be the second person: the very first of the staff.

    `others` counts the coordinators and admins besides `actor`.
    """
    return actor.has(Role.COORDINATOR, Role.ADMIN) and others == 0


#: What a release can name: sections of the download, by key. What is not here never leaves: private
#: parts, ways in, what one did as staff, and what tells of somebody else.
RELEASABLE: Mapping[str, str] = MappingProxyType(
    {
        "account": N_("Your account"),
        "roles": N_("Your roles"),
        "rooms": N_("Rooms you are in"),
        "messages": N_("What you said in rooms"),
        "mentee_profile": N_("What you told as somebody who would like a mentor"),
        "mentor_profile": N_("What you told as a mentor"),
        "vetting": N_("The steps of your vetting"),
        "reports": N_("What you told moderators"),
        "rulings": N_("What was decided about words of yours"),
        "sanctions": N_("What followed for you"),
    }
)


class ReadyExport(Protocol):
    """What two people agreed to hand on, as far as rules go."""

    @property
    def asked_by(self) -> str | None: ...
    @property
    def until(self) -> datetime: ...
    @property
    def collected_at(self) -> datetime | None: ...


def can_ask_export(actor: Actor, release: GivenRelease, *, here: bool, at: datetime) -> Decision:
    """Coordinators and admins, while the person's yes is in force and they could take it back."""
    answer = can_handle_releases(actor, release.account_id)
    if answer and release.starts_at > at and not is_over(release, at):
        return no(N_("This release has not begun yet."), error=Conflict)
    if answer and not (here and in_force(release, at)):
        return no(
            N_("This release is not in force any more. Nothing is handed on."), error=Conflict
        )
    return answer


def collect_until(export: ReadyExport, release: GivenRelease) -> datetime:
    """A day to take it out; then an hour to do so again, since downloads break off."""
    if export.collected_at is None:
        return min(export.until, release.until)
    return min(export.collected_at + timedelta(hours=AGAIN_HOURS), release.until)


def can_collect(
    actor: Actor, export: ReadyExport, release: GivenRelease, *, here: bool, at: datetime
) -> Decision:
    """Who asked takes it out in time, while the person's yes is in force."""
    if actor.id != export.asked_by:
        return HIDDEN
    answer = can_ask_export(actor, release, here=here, at=at)
    if answer and collect_until(export, release) <= at:
        return no(N_("It was collected already, or the day for it is over."), error=Conflict)
    return answer
