"""Releases that a person signed on paper, because they cannot or do not write one here.

Staff write the paper down. So that no made-up paper is of use, its person reads of it at once, it
begins only after days in which they can object (or when they say that it is theirs), and an export
under it has the yes of somebody other than whoever wrote it down.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from peer.accounts import queries as people
from peer.accounts.models.oversight import Release
from peer.accounts.queries import oversight as queries
from peer.accounts.service.releasing import checked_words, end, held_still
from peer.accounts.service.telling import tell
from peer.core import audit, clock, work
from peer.core.errors import Invalid
from peer.core.words import N_
from peer.policy import oversight as policy
from peer.policy.oversight import RELEASABLE, Ending
from peer.policy.roles import Actor, Decision, Role, require

_WRITTEN_DOWN = N_(
    "It was written down here that you signed a paper: parts of your data may be handed on. Nothing "
    "leaves for some days. You can read it, say that it is yours, or end it."
)
_CONFIRMED = N_(
    "It was said from your account that a paper is yours: it can be used from now on. Was that not "
    "you? You can still say that you did not sign it."
)
_ENDED = N_("A release of yours was ended, as you had said so. Nothing more is handed on.")
_DISPUTED = N_(
    "Somebody says that they did not sign a release that was written down for them. Could you look "
    "into it?"
)
_DISPUTED_ALONE = N_(
    "Somebody says that they did not sign a release that was written down for them. Whoever else looks "
    "after this place wrote it down, or is not here. Could you ask them how it was?"
)
_LOOKED_INTO = N_(
    "Somebody who did not write it down has looked into the paper that you said you did not sign."
)


@dataclass(frozen=True)
class Paper:
    """What stands on a paper, and where it lies."""

    agency: str
    purpose: str
    parts: Sequence[str]
    signed_on: date
    last_day: date
    where_kept: str


class Heard(StrEnum):
    """Who was told that somebody did not sign a paper."""

    OFFICE = "office"
    MODERATORS = "moderators"
    NOBODY = "nobody"


@dataclass(frozen=True)
class Disputed:
    """A paper that its person did not sign, for who looks into it."""

    id: str
    given_at: datetime
    recorder: str  # a name; empty when they have left
    may_look_into: Decision


def may_record(actor: Actor, account_id: str) -> Decision:
    """Whether `actor` can write down a paper of this person."""
    here = people.is_usable(people.account_with(account_id))
    return policy.can_record_release(actor, account_id, here=here)


def today_of(actor: Actor) -> date:
    """The present day where `actor` is."""
    return clock.now().astimezone(ZoneInfo(actor.timezone)).date()


def record_release(actor: Actor, account_id: str, paper: Paper) -> Release:
    """Write down a paper that a person signed, once; they read of it at once."""
    people.hold_account(account_id)
    require(may_record(actor, account_id))
    at = clock.now()
    release = Release(
        account_id=account_id,
        agency=checked_words(paper.agency, "agency"),
        purpose=checked_words(paper.purpose, "purpose"),
        parts=_checked_parts(paper.parts),
        signed_on=_checked_day(actor, paper),
        where_kept=checked_words(paper.where_kept, "where_kept"),
        given_at=at,
        starts_at=at + timedelta(days=policy.PAPER_DAYS),
        until=_checked_end(actor, paper),
        recorded_by=actor.id,
        on_paper=True,
    )
    _refuse_a_second(release, at)
    work.session().add(release)
    work.session().flush()
    _record("release.record", release, by=actor.id)
    tell(account_id, _WRITTEN_DOWN, href="/account/releases")
    return release


def _refuse_a_second(release: Release, at: datetime) -> None:
    for other in queries.releases_of(release.account_id):
        there = other.on_paper and not policy.is_over(other, at)
        if there and policy.are_one_paper(other, release):
            raise Invalid(
                N_("This paper is written down already: it is on the person's page."),
                field="agency",
            )


def _checked_parts(parts: Sequence[str]) -> list[str]:
    chosen = [key for key in RELEASABLE if key in parts]
    if not chosen or len(chosen) != len(set(parts)):
        raise Invalid(N_("Choose at least one part."), field="parts")
    return chosen


def _checked_day(actor: Actor, paper: Paper) -> date:
    if paper.signed_on > today_of(actor):
        raise Invalid(N_("This day is still to come."), field="signed_on")
    return paper.signed_on


def _checked_end(actor: Actor, paper: Paper) -> datetime:
    """The end of the last day: no later than a release that is written here."""
    if (paper.last_day - paper.signed_on).days >= policy.RELEASE_DAYS:
        raise Invalid(
            N_("No more than 30 days, counted from the day on which it was signed."),
            field="last_day",
        )
    zone = ZoneInfo(actor.timezone)
    until = datetime.combine(paper.last_day + timedelta(days=1), datetime.min.time(), zone)
    if until <= clock.now() + timedelta(days=policy.PAPER_DAYS):
        raise Invalid(
            N_(
                "It begins three days from now, so that the person can object: the last day is later."
            ),
            field="last_day",
        )
    return until


def put_off_papers(account_id: str, back: datetime | None) -> None:
    """Count the days to object from `back`, when the person can next sign in; None: not yet known.

    While nobody knows, a paper that has not begun does not begin: it runs out, unless somebody
    lets the person in again before that.
    """
    at = clock.now()
    for release in queries.releases_of(account_id):
        waits = release.starts_at > at and not policy.is_over(release, at)
        if release.on_paper and release.confirmed_at is None and waits:
            after = back + timedelta(days=policy.PAPER_DAYS) if back else release.until
            release.starts_at = min(after, release.until)


# --- the person's side ---------------------------------------------------------------------------


def check_confirming(actor: Actor, release_id: str) -> None:
    """Whether a paper is there for `actor` to say that it is theirs."""
    require(policy.can_confirm_release(actor, queries.release_with(release_id), clock.now()))


def confirm_release(actor: Actor, release_id: str) -> None:
    """Say that a paper is one's own: it begins now."""
    release = queries.release_with(release_id, lock=True)
    at = clock.now()
    require(policy.can_confirm_release(actor, release, at))
    release.confirmed_at = at
    release.starts_at = min(release.starts_at, at)
    _record("release.confirm", release, by=actor.id)
    tell(actor.id, _CONFIRMED, href="/account/releases")


def dispute_release(actor: Actor, release_id: str) -> Heard:
    """Say that one signed no such paper: it ends, and those who can look into it are told; who."""
    release = held_still(release_id)
    require(policy.can_dispute_release(actor, release))
    end(release, Ending.UNSIGNED)
    _record("release.dispute", release, by=actor.id)
    return _tell_of_dispute(release)


def _tell_of_dispute(release: Release) -> Heard:
    """The others of the office; the moderators, where nobody of it is left."""
    whose = release.account_id
    if _tell_others(release, _DISPUTED, f"/people/{whose}", Role.ADMIN, Role.COORDINATOR):
        return Heard.OFFICE
    if _tell_others(release, _DISPUTED_ALONE, f"/moderation/people/{whose}", Role.MODERATOR):
        return Heard.MODERATORS
    return Heard.NOBODY


def _tell_others(release: Release, message: str, href: str, *roles: Role) -> bool:
    found = people.accounts_with_role(*roles)
    others = [each for each in found if each.id not in {release.recorded_by, release.account_id}]
    for other in others:
        tell(other.id, message, href=href)
    return bool(others)


# --- the office's side ---------------------------------------------------------------------------


def end_release_for(actor: Actor, release_id: str) -> Release:
    """End a release of somebody who took it back by word of mouth; they read that it was ended."""
    release = held_still(release_id)
    require(policy.can_end_release_for(actor, release, clock.now()))
    end(release, Ending.SPOKEN)
    _record("release.end", release, by=actor.id)
    tell(release.account_id, _ENDED, href="/account/releases")
    return release


def disputed_releases(actor: Actor, account_id: str) -> list[Disputed]:
    """The papers that a person says they did not sign, as long as nobody has looked into them."""
    if not policy.can_handle_releases(actor, account_id):
        return []
    found = [each for each in queries.releases_of(account_id) if policy.is_disputed(each)]
    names = people.names_of(each.recorded_by for each in found if each.recorded_by)
    return [
        Disputed(
            each.id,
            each.given_at,
            names.get(each.recorded_by or "", ""),
            policy.can_look_into(actor, each),
        )
        for each in found
    ]


def look_into(actor: Actor, release_id: str) -> Release:
    """Say that one has looked into a paper that its person did not sign; they read of it."""
    release = queries.release_with(release_id, lock=True)
    require(policy.can_look_into(actor, release))
    release.looked_into_at = clock.now()
    _record("release.look_into", release, by=actor.id)
    tell(release.account_id, _LOOKED_INTO, href="/account/releases")
    return release


def _record(word: str, release: Release, *, by: str) -> None:
    audit.record(word, f"account:{release.account_id}", by=by, release=release.id)
