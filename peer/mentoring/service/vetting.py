"""Verbs about vetting: who may meet people, until when, and which two people said so."""

from datetime import datetime

from peer.accounts import queries as people
from peer.accounts import service as accounts
from peer.accounts.models.oversight import SharedAct
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
from peer.policy.oversight import ActKind
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
) -> SharedAct | None:
    """Take a mentor one step on; the step is kept with who took it.

    Nobody lets a mentor meet people alone: approving one, for `days`, is asked for with the note
    as its reason, and another person confirms it.
    """
    profile = queries.mentor_with(account_id)
    require(policy.can_vet(actor, account_id, profile.vetting, to))
    if not 1 <= days <= policy.LONGEST_VETTING_DAYS:
        raise Invalid(
            N_("Between 1 and %(most)s days."), field="days", most=policy.LONGEST_VETTING_DAYS
        )
    if to == Vetting.VETTED:
        return accounts.propose(actor, ActKind.VETTING, account_id, {"days": days}, reason=note)
    _take_step(profile, to, by=actor.id, note=tidy(note)[:200])
    audit.record("vetting.step", f"account:{account_id}", by=actor.id, to=str(to))
    return None


def register_acts() -> None:
    """Make known that approving a mentor takes two people."""
    accounts.two_people(
        ActKind.VETTING,
        _approve,
        policy.can_share_vetting,
        together=lambda asker, _other, _id: policy.may_vet_together(asker),
        version=_version,
        about=_about,
    )


def _version(account_id: str) -> str:
    profile = queries.mentor_with(account_id)
    until = profile.vetted_until.isoformat() if profile.vetted_until else "never"
    return f"{profile.vetting} {until}"[:64]


def _about(account_id: str, params: accounts.Params) -> accounts.Lines:
    name = people.names_of([account_id]).get(account_id, "")
    return [(N_("Mentor"), name), (N_("For how many days"), str(params["days"]))]


def _approve(actor: Actor, account_id: str, params: accounts.Params) -> None:
    profile, days, asker = queries.mentor_with(account_id), params["days"], params["asked_by"]
    until = policy.vetting_runs_out(clock.now(), days)
    _take_step(profile, Vetting.VETTED, by=asker, confirmed_by=actor.id, until=until)
    audit.record(
        "vetting.step",
        f"account:{account_id}",
        by=actor.id,
        asked_by=asker,
        to=str(Vetting.VETTED),
        days=days,
    )


def _take_step(
    profile: MentorProfile,
    to: Vetting,
    *,
    by: str | None,
    confirmed_by: str | None = None,
    until: datetime | None = None,
    note: str = "",
) -> None:
    profile.vetting = to
    if until is not None:
        profile.vetted_until = until
    step = VettingStep(
        mentor_id=profile.account_id,
        state=to,
        note=note,
        at=clock.now(),
        by_id=by,
        confirmed_by=confirmed_by,
        until=until,
    )
    work.session().add(step)
    work.session().flush()
    if to != Vetting.VETTED:
        _keep_apart(profile.account_id)
    notify(profile.account_id, _TOLD[to], href="/mentoring")


def _keep_apart(mentor_id: str) -> None:
    """Who is not vetted sees no mentee: open questions close, meetings and rooms pause."""
    for proposal in queries.asked_of(mentor_id):
        if proposal.mentee_id != mentor_id:
            withdraw(proposal.id)
    pause_mentorships_of(mentor_id)


def lapse_expired() -> int:
    """Mark the mentors whose vetting has run out; how many."""
    lapsed = queries.vetting_run_out()
    for profile in lapsed:
        _take_step(profile, Vetting.LAPSED, by=None)
        audit.record("vetting.step", f"account:{profile.account_id}", by=None, to="lapsed")
    return len(lapsed)
