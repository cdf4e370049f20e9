"""Verbs about rounds: start, follow, record, decide, close."""

import json
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import matching
from peer.accounts import queries as accounts
from peer.core import audit, clock, queue, work
from peer.core.db import new_id
from peer.core.errors import Conflict, Invalid, NotFound
from peer.core.words import N_
from peer.mentoring import broadcast, queries
from peer.mentoring.models import MAIN, Move, PairRule, Programme, Proposal, Round, Unmatched
from peer.mentoring.snapshot import Answer, Facts, next_monday, offers, take
from peer.notifications.service import notify
from peer.policy import mentoring as policy
from peer.policy.mentoring import ProposalState, RoundState
from peer.policy.roles import Actor, require
from peer.rooms import queries as rooms

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
    return _begin(actor, programme, seed)


def start_freer_round(
    actor: Actor, round_id: str, changes: int, *, seed: int | None = None
) -> Round:
    """Close an open round and start one in which as many running pairs may move as it offered.

    Nobody moves by that: it proposes, and each proposal needs everybody's consent.
    """
    programme = work.session().get(Programme, MAIN, with_for_update=True)
    round_ = queries.round_locked(round_id)
    offered = any(each.changes == changes for each in offers(round_.price, round_.keys))
    require(policy.can_make_freer(actor, round_, offered=offered))
    if programme is None:
        raise NotFound()
    close_round(actor, round_id)
    work.session().flush()
    return _begin(actor, programme, seed, may_change=changes)


def _begin(actor: Actor, programme: Programme, seed: int | None, *, may_change: int = 0) -> Round:
    facts = facts_now(programme, may_change)
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
        may_change=may_change,
    )
    work.session().add(round_)
    work.session().flush()
    freer = {"may_change": may_change} if may_change else {}
    audit.record("round.start", f"round:{round_.id}", by=actor.id, number=round_.number, **freer)
    queue.ask("rounds.solve", round_.id)
    return round_


def begin_anew(round_id: str) -> None:
    """Have a round that is still being solved start over from how everything is now."""
    round_ = queries.round_locked(round_id)
    facts = facts_now(queries.programme(), round_.may_change)
    _check_people(facts)
    snapshot = take(facts)
    round_.problem, round_.keys = matching.dumps(snapshot.problem), snapshot.keys
    round_.notes, round_.week, round_.timezone = snapshot.notes, facts.week, facts.timezone
    round_.state, round_.tries, round_.touched_at = RoundState.WAITING, 0, clock.now()
    queue.ask("rounds.solve", round_id)


def facts_now(programme: Programme, may_change: int = 0) -> Facts:
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
        may_change=may_change,
        left_alone=queries.mentees_left_alone(),
        apart=rooms.pairs_apart({*mentees, *(mentor.account_id for mentor in mentors)}),
    )


def _accounts_named(names: set[str]) -> dict[str, str]:
    found = {account.username: account.id for account in accounts.accounts_named(names)}
    marks = {name: accounts.mark_of(name) for name in names}
    return {name: found[mark] for name, mark in marks.items() if mark in found}


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


def record_solution(round_id: str, answer: Answer, insight: dict[str, Any] | None = None) -> bool:
    """Keep the answer as proposals before the coordinator; a second answer changes nothing.

    `insight` is what was worked out of the round besides.

    An answer that the referee refuses is kept for those who look into it, and proposes nobody.
    """
    round_ = queries.round_locked(round_id)
    if round_.state != RoundState.SOLVING or not _answers(round_, answer):
        return False
    if not _can_still_move(answer.moves):
        begin_anew_or_fail(round_id, "left")
        return False
    round_.solution, round_.broken = answer.solution, answer.broken
    round_.insight = insight
    round_.solved_at = clock.now()
    if answer.broken:
        fail_round(round_id, "referee")
        return False
    round_.price = answer.price
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


def _answers(round_: Round, answer: Answer) -> bool:
    """Whether this is the answer to what the round asks now: it may have begun anew meanwhile."""
    asked = matching.digest(matching.loads(round_.problem))
    return bool(json.loads(answer.solution)["problem_sha256"] == asked)


def _can_still_move(moves: Mapping[str, str]) -> bool:
    """Whether all who would move from a mentor still meet that mentor, and may be asked."""
    left_alone = queries.mentees_left_alone()
    return all(
        queries.meet_now(mentee_id, mentor_id) and mentee_id not in left_alone
        for mentee_id, mentor_id in moves.items()
    )


def _add_proposals(round_: Round, answer: Answer) -> None:
    pinned = {(r.mentee_id, r.mentor_id) for r in queries.pair_rules() if r.kind == "pin"}
    session = work.session()
    for pair in answer.proposed:
        row = Proposal(id=new_id(), round_id=round_.id, state=ProposalState.PROPOSED, **vars(pair))
        row.pinned = (pair.mentee_id, pair.mentor_id) in pinned
        session.add(row)
        running = queries.running_of(pair.mentee_id) if pair.mentee_id in answer.moves else None
        if running is not None:
            session.flush()
            session.add(
                Move(proposal_id=row.id, mentorship_id=running.id, mentor_id=running.mentor_id)
            )
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


def begin_anew_or_fail(round_id: str, word: str) -> None:
    """Begin anew; or end as failed where there is nobody to place, or nobody to place them with."""
    try:
        begin_anew(round_id)
    except Invalid:
        fail_round(round_id, word)


def ask_again() -> None:
    """Ask for rounds whose solving was cut off; safe, since a second answer changes nothing."""
    for round_ in queries.unfinished_rounds(clock.now() - SILENCE):
        round_.touched_at = clock.now()
        queue.ask("rounds.solve", round_.id)


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


def hold_pair(actor: Actor, round_id: str, mentee_id: str, mentor_id: str) -> None:
    """Hold somebody without a mentor together with one, for the next round.

    The next round tells the coordinator if the two can't be held after all.
    """
    round_ = queries.round_with(round_id)
    require(policy.can_hold(actor, mentee_id, mentor_id, round_))
    left = queries.unmatched_in(round_id, mentee_id)
    if left is None or mentor_id not in round_.keys.values():
        raise NotFound()
    found = queries.pair_rule(mentee_id, mentor_id)
    if (found is not None and found.kind == "forbid") or not queries.is_vetted_now(mentor_id):
        raise Conflict(N_("These two cannot be held together just now."))
    for rule in queries.rules_of_mentee(mentee_id):
        if rule.kind == "pin":
            forget_rule(mentee_id, rule.mentor_id)
    rule_pair(mentee_id, mentor_id, "pin", "coordinator")
    audit.record("pair.hold", f"account:{mentee_id}", by=actor.id, mentor=mentor_id)


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
