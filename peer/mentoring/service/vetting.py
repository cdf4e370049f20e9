"""Verbs about vetting: who may meet people, until when, and who said so."""

from peer.core import audit, clock, work
from peer.core.errors import Invalid
from peer.core.markup import tidy
from peer.core.words import N_
from peer.mentoring import queries
from peer.mentoring.models import MentorProfile, VettingStep
from peer.mentoring.service.consent import withdraw
from peer.mentoring.service.mentorships import pause_mentorships_of
from peer.notifications.service import notify
from peer.policy import mentoring as policy
from peer.policy.mentoring import Vetting
from peer.policy.roles import Actor, require

_TOLD = {
    Vetting.IN_REVIEW: N_("Your application as a mentor is being looked at."),
    Vetting.VETTED: N_("Welcome as a mentor. You can take part in the next round."),
    Vetting.PAUSED: N_(
        "Your work as a mentor is on hold for now. A coordinator can tell you more."
    ),
    Vetting.LAPSED: N_("Your time as a checked mentor has run out. A coordinator can renew it."),
    Vetting.DECLINED: N_("You are not a mentor here for now. A coordinator can tell you more."),
}


def set_vetting(
    actor: Actor,
    account_id: str,
    to: Vetting,
    *,
    days: int = policy.VETTING_DAYS,
    note: str = "",
) -> MentorProfile:
    """Take a mentor one step on. Vetting lasts `days`; the step is kept with who took it."""
    profile = queries.mentor_with(account_id)
    require(policy.can_vet(actor, account_id, profile.vetting, to))
    if not 1 <= days <= policy.LONGEST_VETTING_DAYS:
        raise Invalid(
            N_("Between 1 and %(most)s days."), field="days", most=policy.LONGEST_VETTING_DAYS
        )
    _take_step(profile, to, by=actor.id, days=days, note=tidy(note)[:200])
    audit.record("vetting.step", f"account:{account_id}", by=actor.id, to=str(to), days=days)
    return profile


def _take_step(
    profile: MentorProfile, to: Vetting, *, by: str | None, days: int, note: str
) -> None:
    now = clock.now()
    profile.vetting = to
    if to == Vetting.VETTED:
        profile.vetted_until = policy.vetting_runs_out(now, days)
    step = VettingStep(
        mentor_id=profile.account_id,
        state=to,
        note=note,
        at=now,
        by_id=by,
        until=profile.vetted_until if to == Vetting.VETTED else None,
    )
    work.session().add(step)
    work.session().flush()
    if to != Vetting.VETTED:
        _keep_apart(profile.account_id)
    notify(profile.account_id, _TOLD[to], href="/mentoring")


def _keep_apart(mentor_id: str) -> None:
    """Who is not vetted sees no mentee: open questions close, meetings and rooms pause."""
    for proposal in queries.asked_of(mentor_id):
        if proposal.mentor_id == mentor_id:
            withdraw(proposal.id)
    pause_mentorships_of(mentor_id)


def lapse_expired() -> int:
    """Mark the mentors whose vetting has run out; how many."""
    lapsed = queries.vetting_run_out()
    for profile in lapsed:
        _take_step(profile, Vetting.LAPSED, by=None, days=0, note="")
        audit.record("vetting.step", f"account:{profile.account_id}", by=None, to="lapsed")
    return len(lapsed)
