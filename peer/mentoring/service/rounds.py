"""Verbs about rounds: start, follow, record, decide, close."""

import secrets
from datetime import timedelta

import matching
from peer.accounts import queries as accounts
from peer.core import audit, clock, queue, work
from peer.core.errors import Conflict, Invalid, NotFound
from peer.core.words import N_
from peer.mentoring import broadcast, queries
from peer.mentoring.models import MAIN, PairRule, Programme, Proposal, Round, Unmatched
from peer.mentoring.snapshot import Answer, Facts, next_monday, take
from peer.notifications.service import notify
from peer.policy import mentoring as policy
from peer.policy.mentoring import ProposalState, RoundState
from peer.policy.roles import Actor, require

TRIES = 3
SILENCE = timedelta(minutes=3)  # a round without a sign of life for so long is asked for again


def start_round(actor: Actor, *, seed: int | None = None) -> Round:
    """Take the snapshot and have the worker solve it; one round at a time.

    Invalid, with what to do, when there is nobody to place or nobody to place them with.
    """
    programme = work.session().get(Programme, MAIN, with_for_update=True)
    if programme is None:
        raise NotFound()
    require(policy.can_run_round(actor, one_is_open=queries.open_round() is not None))
    facts = facts_now(programme)
    _check_people(facts)
    snapshot = take(facts)
    now = clock.now()
    round_ = Round(
        programme_id=programme.id,
        number=queries.last_number() + 1,
        started_by=actor.id,
        started_at=now,
        touched_at=now,
        week=facts.week,
        timezone=facts.timezone,
        seed=secrets.randbelow(2**31) if seed is None else seed,
        problem=matching.dumps(snapshot.problem),
        keys=snapshot.keys,
        notes=snapshot.notes,
    )
    work.session().add(round_)
    work.session().flush()
    audit.record("round.start", f"round:{round_.id}", by=actor.id, number=round_.number)
    queue.ask("rounds.solve", round_.id)
    return round_


def facts_now(programme: Programme) -> Facts:
    """Who takes part in a round at this moment, and what is to be heeded."""
    running = queries.running_mentorships()
    have_one = {row.mentee_id for row in running}
    mentees = {p.account_id: p for p in queries.mentees_taking_part()}
    for mentee_id in sorted(have_one - mentees.keys()):
        profile = queries.mentee_profile(mentee_id)
        if profile is not None:
            mentees[mentee_id] = profile
    mentors = queries.mentors_taking_part()
    return Facts(
        timezone=programme.timezone,
        week=next_monday(clock.now(), programme.timezone),
        mentees=list(mentees.values()),
        mentors=mentors,
        mentorships=running,
        waiting=[(p.mentee_id, p.mentor_id, p.start) for p in queries.awaiting_consent()],
        rules=queries.pair_rules(),
        named=_accounts_named(
            {name for p in mentees.values() for name in (*p.avoids, *p.prefers)}
            | {name for p in mentors for name in p.avoids}
        ),
    )


def _accounts_named(names: set[str]) -> dict[str, str]:
    return {row.username: row.id for row in accounts.accounts_named(names)}


def _check_people(facts: Facts) -> None:
    placed = {row.mentee_id for row in facts.mentorships} | {who for who, _, _ in facts.waiting}
    if not {person.account_id for person in facts.mentees} - placed:
        raise Invalid(
            N_(
                "Nobody is waiting for a mentor just now. Once a member has chosen “I would like a mentor”, a round can start."
            )
        )
    if not facts.mentors:
        raise Invalid(
            N_(
                "No mentor can take part just now. A round needs at least one who is vetted and not on a break."
            )
        )


def begin_solving(round_id: str) -> tuple[matching.Problem, Round] | None:
    """The problem of a round that is still to be solved; None when there is nothing to do."""
    round_ = queries.round_locked(round_id)
    if round_.state not in {RoundState.WAITING, RoundState.SOLVING}:
        return None
    round_.tries += 1
    if round_.tries > TRIES:
        fail_round(round_id, "gave_up")
        return None
    round_.state = RoundState.SOLVING
    round_.touched_at = clock.now()
    broadcast.round_moved(round_)
    return matching.loads(round_.problem), round_


def note_progress(round_id: str, stage: str, percent: int) -> None:
    """Show how far the engine has come with a round."""
    round_ = queries.round_locked(round_id)
    if round_.state != RoundState.SOLVING:
        return
    round_.stage, round_.percent = stage, percent
    round_.touched_at = clock.now()
    broadcast.round_moved(round_)


def record_solution(round_id: str, answer: Answer) -> bool:
    """Keep the answer as proposals before the coordinator; a second answer changes nothing.

    An answer that the referee refuses is kept for those who look into it, and proposes nobody.
    """
    round_ = queries.round_locked(round_id)
    if round_.state != RoundState.SOLVING:
        return False
    round_.solution, round_.broken = answer.solution, answer.broken
    round_.solved_at = clock.now()
    if answer.broken:
        fail_round(round_id, "referee")
        return False
    _add_proposals(round_, answer)
    round_.state, round_.percent, round_.stage = RoundState.OPEN, 100, "done"
    broadcast.round_moved(round_)
    if round_.started_by:
        notify(
            round_.started_by,
            N_("Round %(number)s is ready for you to look at."),
            href=f"/mentoring/rounds/{round_.id}",
            number=str(round_.number),
        )
    return True


def _add_proposals(round_: Round, answer: Answer) -> None:
    pinned = {(r.mentee_id, r.mentor_id) for r in queries.pair_rules() if r.kind == "pin"}
    session = work.session()
    for pair in answer.proposed:
        row = Proposal(round_id=round_.id, state=ProposalState.PROPOSED, **vars(pair))
        row.pinned = (pair.mentee_id, pair.mentor_id) in pinned
        session.add(row)
    for entry in answer.left_over:
        session.add(Unmatched(round_id=round_.id, **vars(entry)))
    session.flush()


def fail_round(round_id: str, word: str) -> None:
    """A round that came to nothing; the next can be started."""
    round_ = queries.round_locked(round_id)
    if round_.state not in {RoundState.WAITING, RoundState.SOLVING}:
        return
    round_.state, round_.failure, round_.is_open = RoundState.FAILED, word, None
    broadcast.round_moved(round_)


def ask_again() -> None:
    """Ask for rounds whose solving was cut off; safe, since a second answer changes nothing."""
    for round_ in queries.unfinished_rounds(clock.now() - SILENCE):
        round_.touched_at = clock.now()
        queue.ask("rounds.solve", round_.id)


def approve(actor: Actor, proposal_id: str) -> Proposal:
    """Ask both people of a proposal, privately."""
    proposal = _to_decide(actor, proposal_id)
    if not queries.is_vetted_now(proposal.mentor_id):
        raise Conflict(N_("This mentor can no longer take part. Someone else may fit."))
    if not _both_usable(proposal):
        raise Conflict(N_("One of them cannot take part at the moment."))
    _decide(actor, proposal, ProposalState.APPROVED)
    proposal.expires_at = clock.now() + timedelta(days=queries.programme().consent_days)
    for account_id in (proposal.mentee_id, proposal.mentor_id):
        notify(
            account_id,
            N_("There is a question for you about mentoring. Take the time you need."),
            href=f"/mentoring/proposals/{proposal.id}",
        )
    return proposal


def reject(actor: Actor, proposal_id: str, reason: str) -> Proposal:
    """Leave a pair out, now and in later rounds until a coordinator lifts it."""
    if reason not in policy.REJECTIONS:
        raise Invalid(N_("Choose a reason from the list."), field="reason")
    proposal = _to_decide(actor, proposal_id)
    _decide(actor, proposal, ProposalState.REJECTED)
    proposal.reason, proposal.pinned = reason, False
    rule_pair(proposal.mentee_id, proposal.mentor_id, "forbid", "coordinator")
    return proposal


def pin(actor: Actor, proposal_id: str, pinned: bool) -> Proposal:
    """Hold a pair for the next round too, or let it go again; decides nothing else."""
    proposal = _to_decide(actor, proposal_id)
    proposal.pinned = pinned
    if pinned:
        rule_pair(proposal.mentee_id, proposal.mentor_id, "pin", "coordinator")
    else:
        forget_rule(proposal.mentee_id, proposal.mentor_id)
    act = "proposal.pin" if pinned else "proposal.unpin"
    audit.record(act, f"proposal:{proposal.id}", by=actor.id)
    return proposal


def _to_decide(actor: Actor, proposal_id: str) -> Proposal:
    round_ = queries.round_with(queries.proposal_with(proposal_id).round_id)
    proposal = queries.proposal_locked(proposal_id)
    require(policy.can_decide(actor, proposal, proposal.state, round_))
    return proposal


def _decide(actor: Actor, proposal: Proposal, state: ProposalState) -> None:
    proposal.state = state
    proposal.decided_by, proposal.decided_at = actor.id, clock.now()
    audit.record(f"proposal.{state}", f"proposal:{proposal.id}", by=actor.id)


def _both_usable(proposal: Proposal) -> bool:
    people = (proposal.mentee_id, proposal.mentor_id)
    return all(accounts.is_usable(accounts.account_with(each)) for each in people)


def rule_pair(mentee_id: str, mentor_id: str, kind: str, source: str) -> None:
    """What later rounds are to do about two people; the latest word counts."""
    found = queries.pair_rule(mentee_id, mentor_id)
    if found is None:
        found = PairRule(mentee_id=mentee_id, mentor_id=mentor_id)
    found.kind, found.source, found.at = kind, source, clock.now()
    work.session().add(found)
    work.session().flush()


def forget_rule(mentee_id: str, mentor_id: str) -> None:
    """Later rounds are free again about two people."""
    found = queries.pair_rule(mentee_id, mentor_id)
    if found is not None:
        work.session().delete(found)
        work.session().flush()


def lift_rule(actor: Actor, mentee_id: str, mentor_id: str) -> None:
    """A coordinator frees two people again; what people answered themselves is not theirs to lift."""
    require(policy.can_coordinate(actor))
    found = queries.pair_rule(mentee_id, mentor_id)
    if found is None or found.source == "consent":
        raise NotFound()
    audit.record("pair.lift", f"account:{mentee_id}", by=actor.id, mentor=mentor_id)
    forget_rule(mentee_id, mentor_id)


def close_round(actor: Actor, round_id: str) -> Round:
    """End a round. Questions that people have been asked go on; undecided proposals do not."""
    require(policy.can_coordinate(actor))
    round_ = queries.round_locked(round_id)
    if not round_.is_open:
        raise Conflict(N_("This round was closed already."))
    for proposal in queries.proposals_of(round_id):
        if proposal.state == ProposalState.PROPOSED:
            proposal.state = ProposalState.WITHDRAWN
    round_.state, round_.is_open = RoundState.CLOSED, None
    round_.closed_at = clock.now()
    audit.record("round.close", f"round:{round_id}", by=actor.id)
    broadcast.round_moved(round_)
    return round_
