"""Verbs about profiles, the programme and its areas."""

from peer.accounts import queries as accounts
from peer.accounts.service import known_zone
from peer.core import audit, clock, work
from peer.core.errors import Invalid
from peer.core.markup import tidy
from peer.core.words import N_
from peer.mentoring import queries
from peer.mentoring.models import MAIN, Area, MenteeProfile, MentorProfile, VettingStep
from peer.mentoring.service.inputs import MenteeInput, MentorInput, ProfileInput, check
from peer.policy import mentoring as policy
from peer.policy.mentoring import Vetting
from peer.policy.roles import Actor, Role, require


def save_mentee_profile(actor: Actor, account_id: str, data: MenteeInput) -> MenteeProfile:
    """Keep what a member told as a mentee; Invalid names the field that cannot be kept.

    A coordinator may enter it for someone; the priority is theirs alone to set.
    """
    require(policy.can_keep_profile(actor, account_id, Role.MEMBER))
    _check_owner(account_id, Role.MEMBER)
    check(data)
    now = clock.now()
    profile = queries.mentee_profile(account_id)
    if profile is None:
        profile = MenteeProfile(account_id=account_id, created_at=now, wants=False)
    _fill(profile, data)
    work.session().add(profile)
    profile.topics = sorted(set(data.topics))
    profile.prefers = _names(data.prefers)
    if actor.has(Role.COORDINATOR):
        profile.priority = data.priority
    _want(profile, data.wants)
    _saved(actor, account_id, "mentee")
    return profile


def save_mentor_profile(actor: Actor, account_id: str, data: MentorInput) -> MentorProfile:
    """Keep what a volunteer told as a mentor; the first time counts as their application."""
    require(policy.can_keep_profile(actor, account_id, Role.MENTOR))
    _check_owner(account_id, Role.MENTOR)
    check(data)
    profile = queries.mentor_profile(account_id)
    is_new = profile is None
    if profile is None:
        profile = MentorProfile(
            account_id=account_id, created_at=clock.now(), vetting=Vetting.APPLIED
        )
    _fill(profile, data)
    work.session().add(profile)
    profile.declines = sorted(set(data.declines))
    profile.capacity = data.capacity
    _saved(actor, account_id, "mentor")
    if is_new:
        now = clock.now()
        work.session().add(
            VettingStep(mentor_id=account_id, state=Vetting.APPLIED, at=now, by_id=actor.id or None)
        )
    return profile


def _check_owner(account_id: str, role: Role) -> None:
    if role not in accounts.account_with(account_id).roles:
        raise Invalid(N_("This person does not have that role here."), field="account")


def _saved(actor: Actor, account_id: str, side: str) -> None:
    work.session().flush()
    if actor.id != account_id:
        audit.record("profile.save", f"account:{account_id}", by=actor.id, side=side)


def _fill(profile: MenteeProfile | MentorProfile, data: ProfileInput) -> None:
    now = clock.now()
    profile.programme_id = MAIN
    profile.languages = dict(data.languages)
    profile.interests = dict(data.interests)
    profile.identity = data.identity
    profile.accepts = None if data.accepts is None else sorted(set(data.accepts))
    profile.area_id = _area_id(data.area)
    profile.style = dict(data.style)
    profile.avoids = _names(data.avoids)
    profile.boundaries = tidy(data.boundaries)
    profile.timezone = data.timezone
    profile.zone_confirmed_at = now if data.zone_confirmed else None
    profile.cells = sorted(set(data.cells))
    profile.updated_at = now


def _area_id(name: str | None) -> str | None:
    if not name:
        return None
    area = queries.area_named(name)
    if area is None:
        raise Invalid(N_("That area is not one of the programme's."), field="area")
    return area.id


def _names(given: tuple[str, ...]) -> list[str]:
    """Pseudonyms as written, each once; nothing is looked up, so nothing is given away."""
    tidied = [" ".join(tidy(name).split()) for name in given]
    return list({name.casefold(): name for name in tidied if name}.values())


def set_wants_mentor(actor: Actor, wants: bool) -> MenteeProfile:
    """A member says whether they would like a mentor."""
    require(policy.can_keep_profile(actor, actor.id, Role.MEMBER))
    profile = queries.mentee_with(actor.id)
    _want(profile, wants)
    return profile


def _want(profile: MenteeProfile, wants: bool) -> None:
    if wants and not profile.wants:
        profile.wanted_at = clock.now()
    if not wants:
        profile.wanted_at = None
    profile.wants = wants


def set_priority(actor: Actor, account_id: str, priority: int) -> MenteeProfile:
    """How many times a mentee counts when places are few, 1 to 9."""
    require(policy.can_coordinate(actor))
    if not 1 <= priority <= 9:
        raise Invalid(N_("A priority is a number from 1 to 9."), field="priority")
    profile = queries.mentee_with(account_id)
    profile.priority = priority
    audit.record("mentee.priority", f"account:{account_id}", by=actor.id, priority=priority)
    return profile


def pause_profile(actor: Actor, role: Role, paused: bool) -> None:
    """Leave the next rounds out for a while, or take part again; what was told stays."""
    require(policy.can_keep_profile(actor, actor.id, role))
    if role == Role.MENTOR:
        queries.mentor_with(actor.id).paused = paused
    else:
        queries.mentee_with(actor.id).paused = paused


def add_area(actor: Actor, name: str) -> Area:
    """An area that people can choose; the same words again give the same area."""
    require(policy.can_coordinate(actor))
    words = " ".join(tidy(name).split())
    if not 1 <= len(words) <= 60:
        raise Invalid(N_("A name of up to 60 characters works here."), field="area")
    found = queries.area_named(words)
    if found is not None:
        return found
    area = Area(programme_id=MAIN, name=words, mark=queries.area_mark(words))
    work.session().add(area)
    work.session().flush()
    audit.record("area.add", f"area:{area.id}", by=actor.id)
    return area


def remove_area(actor: Actor, area_id: str) -> None:
    """Take an area away; the people who chose it are then in no area."""
    require(policy.can_coordinate(actor))
    work.session().delete(queries.area_with(area_id))
    audit.record("area.remove", f"area:{area_id}", by=actor.id)


def set_programme(actor: Actor, *, name: str, timezone: str, consent_days: int) -> None:
    """The programme's name, the clock its meetings go by, and how long an answer may take."""
    require(policy.can_coordinate(actor))
    words = " ".join(tidy(name).split())
    if not 1 <= len(words) <= 80:
        raise Invalid(N_("A name of up to 80 characters works here."), field="name")
    if known_zone(timezone) != timezone:
        raise Invalid(N_("That time zone is not one we know. The list has them all."), field="zone")
    if not 1 <= consent_days <= 60:
        raise Invalid(N_("From 1 to 60 days."), field="consent_days")
    programme = queries.programme()
    programme.name, programme.timezone = words, timezone
    programme.consent_days = consent_days
    audit.record("programme.change", f"programme:{programme.id}", by=actor.id)
