"""A person's yes that named parts of their data go to one agency, and what leaves under it.

Without a release in force nothing leaves. It is looked at three times: when an export is asked for,
when a second person confirms it, and when it is collected.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from peer.accounts import queries as people
from peer.accounts.models.oversight import Export, Release, SharedAct
from peer.accounts.queries import oversight as queries
from peer.accounts.service.holding import Section, held
from peer.accounts.service.ledger import disclose
from peer.accounts.service.telling import tell
from peer.accounts.service.twofold import Lines, Params, close_acts, propose, two_people
from peer.core import audit, clock, work
from peer.core.errors import Invalid
from peer.core.markup import tidy
from peer.core.words import N_
from peer.policy import oversight as policy
from peer.policy.oversight import RELEASABLE, ActKind, Disclosed, Ending
from peer.policy.roles import Actor, Decision, require

_READY = N_(
    "Two people agreed to hand on what a release of yours names. Until it is collected you can still "
    "take it back."
)

_COLLECT = N_("who asked collects the file on the person's page within 24 hours")
_LOOK_AT_IT = N_("look at the paper itself: whether it is there, and says the same")
_IT_IS_THEIRS = N_("it was said from the person's account that the paper is theirs")


def register_exports() -> None:
    """Make known that two people hand somebody's data on."""
    two_people(
        ActKind.EXPORT,
        _make_ready,
        lambda actor, release_id: _may_handle(actor, release_id),
        together=lambda _asker, other, release_id: policy.may_export_together(
            other, queries.release_with(release_id)
        ),
        version=lambda release_id: "open" if is_open(queries.release_with(release_id)) else "over",
        about=_about,
    )


def _may_handle(actor: Actor, release_id: str) -> Decision:
    return policy.can_handle_releases(actor, queries.release_with(release_id).account_id)


def is_open(release: Release) -> bool:
    """Whether data may leave under it just now: in force, and its person could take it back."""
    return policy.in_force(release, clock.now()) and _here(release)


def _here(release: Release) -> bool:
    return people.is_usable(people.account_with(release.account_id))


# --- the person's side ---------------------------------------------------------------------------


def parts_of(account_id: str) -> list[tuple[str, str]]:
    """What there is of a person that a release can name: key and title."""
    return [(each.key, each.title) for each in held(account_id) if each.key in RELEASABLE]


def give_release(
    actor: Actor, *, agency: str, purpose: str, parts: Sequence[str], days: int
) -> Release:
    """Say yes, for so many days, that these parts go to one agency; it begins at once."""
    to, purpose = checked_words(agency, "agency"), checked_words(purpose, "purpose")
    chosen = [key for key, _title in parts_of(actor.id) if key in parts]
    if not chosen or len(chosen) != len(set(parts)):
        raise Invalid(N_("Choose at least one part."), field="parts")
    if not 1 <= days <= policy.RELEASE_DAYS:
        raise Invalid(N_("From 1 to 30 days."), field="days")
    at = clock.now()
    release = Release(
        account_id=actor.id,
        agency=to,
        purpose=purpose,
        parts=chosen,
        given_at=at,
        starts_at=at,
        until=at + timedelta(days=days),
    )
    work.session().add(release)
    work.session().flush()
    audit.record("release.give", f"account:{actor.id}", by=actor.id, release=release.id)
    return release


def checked_words(written: str, field: str) -> str:
    """A few words as they are kept; Invalid at `field` when they are none, or too many."""
    words = tidy(written)
    if not 0 < len(words) <= policy.RELEASE_WORDS:
        raise Invalid(N_("Please write a few words, up to 200 characters."), field=field)
    return words


def end_release(actor: Actor, release_id: str) -> None:
    """Take a yes back: what waits under it is closed, what was made ready is not collected."""
    release = held_still(release_id)
    require(policy.can_end_release(actor, release, clock.now()))
    end(release, Ending.OWN)
    audit.record("release.withdraw", f"account:{actor.id}", by=actor.id, release=release.id)


def held_still(release_id: str) -> Release:
    """A release that is about to end, locked; and before it what waits, as a second yes does it.

    In another order the two would wait for each other for ever.
    """
    queries.waiting_act(ActKind.EXPORT, release_id, lock=True)
    return queries.release_with(release_id, lock=True)


def end(release: Release, ending: Ending) -> None:
    """Have it `held_still` first. From now on nothing leaves under a release, whatever was asked for or made ready."""
    release.withdrawn_at = release.withdrawn_at or clock.now()
    release.ending = ending
    close_acts(ActKind.EXPORT, release.id)


# --- the office's side ---------------------------------------------------------------------------


@dataclass(frozen=True)
class OpenRelease:
    """A release in force or to come, as the office sees it: not to whom, nor what for."""

    id: str
    titles: tuple[str, ...]
    on_paper: bool
    starts_at: datetime
    begun: bool
    until: datetime
    waiting: SharedAct | None
    ready: Export | None
    collect_until: datetime | None  # until when what is ready can be collected


def open_releases(actor: Actor, account_id: str) -> list[OpenRelease]:
    """The releases of a person that are not over, what waits, and what `actor` can collect."""
    if not policy.can_handle_releases(actor, account_id):
        return []
    at = clock.now()
    return [
        _for_the_office(actor, each, at)
        for each in queries.releases_of(account_id)
        if not policy.is_over(each, at) and _here(each)
    ]


def _for_the_office(actor: Actor, release: Release, at: datetime) -> OpenRelease:
    exports = (
        export
        for export in queries.exports_under(release.id)
        if policy.can_collect(actor, export, release, here=_here(release), at=at)
    )
    ready = next(exports, None)
    return OpenRelease(
        release.id,
        titles_of(release),
        release.on_paper,
        release.starts_at,
        release.starts_at <= at,
        release.until,
        queries.waiting_act(ActKind.EXPORT, release.id),
        ready,
        policy.collect_until(ready, release) if ready else None,
    )


def titles_of(release: Release) -> tuple[str, ...]:
    """What the parts of a release are called, marked for translation."""
    return tuple(RELEASABLE[part] for part in release.parts if part in RELEASABLE)


def ask_export(actor: Actor, release_id: str, reason: str) -> SharedAct:
    """Ask that what a release names is handed on; a second person decides."""
    release = queries.release_with(release_id)
    require(policy.can_ask_export(actor, release, here=_here(release), at=clock.now()))
    return propose(actor, ActKind.EXPORT, release_id, reason=reason)


def _about(release_id: str, _params: Params) -> Lines:
    """For the two who decide: who, to whom, what for, which parts."""
    release = queries.release_with(release_id)
    names = people.names_of([release.account_id])
    return [
        (N_("Who"), names.get(release.account_id, "")),
        (N_("To whom"), release.agency),
        (N_("What for"), release.purpose),
        (N_("Which parts"), titles_of(release)),
        *_paper(release),
        (N_("After a second yes"), (_COLLECT,)),
    ]


def _paper(release: Release) -> Lines:
    if not release.on_paper:
        return ()
    names = people.names_of([release.recorded_by] if release.recorded_by else [])
    return (
        (N_("Signed on paper"), release.signed_on or ""),
        (N_("Written down by"), names.get(release.recorded_by or "", "")),
        (N_("The paper lies"), release.where_kept),
        (
            N_("Before a second yes"),
            (_LOOK_AT_IT, *((_IT_IS_THEIRS,) if release.confirmed_at else ())),
        ),
    )


def _make_ready(actor: Actor, release_id: str, params: Params) -> None:
    release = queries.release_with(release_id, lock=True)
    at = clock.now()
    require(policy.can_ask_export(actor, release, here=_here(release), at=at))
    export = Export(
        release_id=release.id,
        account_id=release.account_id,
        act_id=params["act"],
        asked_by=params["asked_by"],
        confirmed_by=actor.id,
        ready_at=at,
        until=min(at + timedelta(hours=policy.COLLECT_HOURS), release.until),
    )
    work.session().add(export)
    work.session().flush()
    _record("export.ready", export, by=actor.id)
    tell(release.account_id, _READY, href="/account/releases")


def collect(actor: Actor, export_id: str) -> tuple[Release, list[Section]]:
    """Take out what a release names; the person reads of each time."""
    export = queries.export_with(export_id, lock=True)
    release = queries.release_with(export.release_id, lock=True)
    require(policy.can_collect(actor, export, release, here=_here(release), at=clock.now()))
    sections = [
        section
        for section in held(release.account_id)
        if section.key in release.parts and section.key in RELEASABLE
    ]
    again = export.collected_at is not None
    export.collected_at = export.collected_at or clock.now()
    _record("export.collect", export, by=actor.id)
    disclose(
        release.account_id,
        actor,
        Disclosed.EXPORT_AGAIN if again else Disclosed.EXPORT,
        queries.act_with(export.act_id).reason,
        asked_by=export.asked_by,
        confirmed_by=export.confirmed_by,
    )
    return release, sections


def _record(word: str, export: Export, *, by: str) -> None:
    audit.record(word, f"account:{export.account_id}", by=by, export=export.id)
