"""Verbs of consent: everybody concerned answers privately; only yes from all changes anything."""

from peer.accounts import queries as accounts
from peer.core import clock, work
from peer.core.words import N_
from peer.mentoring import queries
from peer.mentoring.models import Mentorship, Move, Proposal, Round
from peer.mentoring.service.rounds import forget_rule, rule_pair
from peer.mentoring.service.together import Together, hold, together
from peer.mentoring.snapshot import minute_of, moment_of
from peer.notifications.service import notify
from peer.policy import mentoring as policy
from peer.policy.mentoring import MentorshipState, ProposalState
from peer.policy.roles import Actor, require
from peer.rooms import queries as rooms_of
from peer.rooms import service as rooms

NOT_THIS_TIME = N_(
    "It did not come together this time. That says nothing about you. You stay on the list for the next round."
)
AS_BEFORE = N_(
    "Nothing changes: your mentoring meetings go on as they are. That says nothing about you."
)
TOGETHER = N_("You and %(name)s both said yes. A room for the two of you is open.")
PARTED = N_(
    "Your meetings with %(name)s have come to their end, as all of you agreed. Thank you for the time you gave them."
)
NEW_HOUR = N_("Your meetings with %(name)s have another time from now on, as you both agreed.")


def answer(actor: Actor, proposal_id: str, yes: bool) -> Proposal:
    """Keep one person's answer; it can change until all who are asked have answered.

    With the last answer everything is looked at again. Where all said yes, and all of it still
    can be, the mentorship begins; in a chain all of them begin, and those that made room end, in
    this one transaction. Otherwise everything stays as it was. Nobody learns what others said.
    """
    proposal = queries.proposal_for(actor, proposal_id)
    held = hold(proposal)
    now, move = clock.now(), held.move(proposal)
    vetted = policy.is_vetted(held.mentors.get(actor.id), now)
    require(policy.can_answer(actor, proposal, vetted=vetted, at=now, move=move))
    if actor.id == proposal.mentee_id:
        proposal.mentee_says = yes
    elif actor.id == proposal.mentor_id:
        proposal.mentor_says = yes
    elif move is not None:
        move.says = yes
    _settle_if_answered(held)
    work.session().flush()
    return proposal


def _settle_if_answered(held: Together) -> None:
    if not held.all_answered():
        return
    if not held.all_agree():
        for proposal in held.proposals:
            _heed_no(held, proposal)
        _end(held, ProposalState.DECLINED)
    elif not held.may_all_meet():
        _end(held, ProposalState.WITHDRAWN)
    else:
        # The last move goes first: so a mentor never has more people than places.
        for proposal in reversed(held.proposals):
            _bring_about(held, proposal)
        _withdraw_others(held)


def _heed_no(held: Together, proposal: Proposal) -> None:
    """A no stays a no: these two are not proposed again, and who would rather stay is left alone."""
    move = held.move(proposal)
    of_the_new_pair = proposal.mentee_says is False or proposal.mentor_says is False
    if of_the_new_pair and not held.is_new_hour(proposal):
        rule_pair(proposal.mentee_id, proposal.mentor_id, "forbid", "consent")
    if move is not None:
        running = queries.mentorship_locked(move.mentorship_id)
        # With a new hour, the new mentor is the one they have.
        mentor_says = proposal.mentor_says if held.is_new_hour(proposal) else move.says
        running.mentee_stays = running.mentee_stays or proposal.mentee_says is False
        running.mentor_stays = running.mentor_stays or mentor_says is False


def _end(held: Together, state: ProposalState, *, but: frozenset[str] = frozenset()) -> None:
    """Everybody hears the same words, whatever the reason; who was not asked yet, nothing."""
    asked = [row for row in held.proposals if row.state == ProposalState.APPROVED]
    meet_already = held.meet_already() - but
    for row in held.proposals:
        row.state = state if row in asked else ProposalState.WITHDRAWN
    newly = {x for row in asked for x in (row.mentee_id, row.mentor_id)} - meet_already - but
    for account_id in sorted(newly):
        notify(account_id, NOT_THIS_TIME, href="/mentoring")
    for account_id in sorted(meet_already if asked else ()):
        notify(account_id, AS_BEFORE, href="/mentoring")


def _bring_about(held: Together, proposal: Proposal) -> None:
    move = held.move(proposal)
    if move is not None and held.is_new_hour(proposal):
        _change_hour(proposal, move)
        return
    if move is not None:
        _part(move)
    _begin_mentorship(proposal)


def _change_hour(proposal: Proposal, move: Move) -> None:
    proposal.state = ProposalState.MATCHED
    round_ = queries.round_with(proposal.round_id)
    mentorship = queries.mentorship_locked(move.mentorship_id)
    mentorship.minute, mentorship.timezone = _minute(proposal, round_), round_.timezone
    _tell_each(mentorship, NEW_HOUR, f"/mentoring/mentorships/{mentorship.id}")


def _part(move: Move) -> None:
    """A mentorship ends because both, and whoever comes next, agreed. Later rounds are free."""
    mentorship = queries.mentorship_locked(move.mentorship_id)
    mentorship.state, mentorship.closed_at = MentorshipState.CLOSED, clock.now()
    mentorship.closure = policy.MOVED
    if rooms_of.private_room_of(mentorship.id) is not None:
        rooms.close_private_room(mentorship.id)
    _tell_each(mentorship, PARTED, "/mentoring")


def _minute(proposal: Proposal, round_: Round) -> int | None:
    if proposal.start is None:
        return None
    return minute_of(moment_of(proposal.start, round_.week), round_.timezone)


def _begin_mentorship(proposal: Proposal) -> Mentorship:
    proposal.state = ProposalState.MATCHED
    round_ = queries.round_with(proposal.round_id)
    mentorship = Mentorship(
        programme_id=round_.programme_id,
        proposal_id=proposal.id,
        mentee_id=proposal.mentee_id,
        mentor_id=proposal.mentor_id,
        timezone=round_.timezone,
        minute=_minute(proposal, round_),
        started_at=clock.now(),
    )
    work.session().add(mentorship)
    work.session().flush()
    forget_rule(proposal.mentee_id, proposal.mentor_id)
    people = [proposal.mentee_id, proposal.mentor_id]
    rooms.open_private_room(mentorship_id=mentorship.id, account_ids=people)
    _tell_each(mentorship, TOGETHER, f"/mentoring/mentorships/{mentorship.id}")
    return mentorship


def _tell_each(mentorship: Mentorship, message: str, href: str) -> None:
    """Tell both people of a mentorship, each with the other's name."""
    people = [mentorship.mentee_id, mentorship.mentor_id]
    names = accounts.names_of(people)
    for account_id, other_id in (people, people[::-1]):
        notify(account_id, message, href=href, name=names[other_id])


def _withdraw_others(settled: Together) -> None:
    """Questions that can no longer lead anywhere are closed at once."""
    done = {row.id for row in settled.proposals}
    mentees = {row.mentee_id for row in settled.proposals}
    full = {each for each, row in settled.mentors.items() if queries.places_left(row) <= 0}
    for other in queries.awaiting_consent():
        no_place = other.mentor_id in full and not _brings_a_place(other)
        if other.id not in done and (no_place or other.mentee_id in mentees):
            withdraw(other.id)


def _brings_a_place(proposal: Proposal) -> bool:
    """Whether the next of its chain would leave the mentor, so that no free place is needed."""
    rows = queries.together_with(proposal)
    after = next((row for row in rows if row.place == proposal.place + 1), None)
    move = queries.move_of(after.id) if after else None
    return move is not None and move.mentor_id == proposal.mentor_id


def withdraw(proposal_id: str) -> None:
    """Close a question that a rule no longer allows, with all that come about together with it."""
    _end_open(proposal_id, ProposalState.WITHDRAWN)


def _end_open(proposal_id: str, state: ProposalState) -> None:
    rows = queries.together_with(queries.proposal_with(proposal_id))
    now = queries.proposals_locked(row.id for row in rows)
    still = [row for row in now if row.state in policy.UNSETTLED]
    if any(row.id == proposal_id for row in still):
        _end(together(still, {}, {}), state)


def hold_moves_from(mentorship_id: str) -> None:
    """Before a mentorship is held: hold everybody whose question depends on it.

    People come before mentorships in the order in which things are held.
    """
    for proposal in queries.open_moves_from(mentorship_id):
        hold(proposal)


def let_go_of(mentorship: Mentorship) -> None:
    """A mentorship has ended by itself: nobody needs to move from it any more.

    Its place is free, so whoever was to have it still can. The person who would have moved, and
    whoever was to make room for them, are asked no longer.
    """
    for proposal in queries.open_moves_from(mentorship.id):
        rows = queries.together_with(proposal)
        now = queries.proposals_locked(row.id for row in rows)
        still = [row for row in now if row.state in policy.UNSETTLED]
        out = [row for row in still if row.place >= proposal.place]
        parted = frozenset({mentorship.mentee_id, mentorship.mentor_id})
        _end(together(out, {}, {}), ProposalState.WITHDRAWN, but=parted)
        left = [row for row in still if row.place < proposal.place]
        if left and all(row.state == ProposalState.APPROVED for row in left):
            work.session().flush()
            _settle_if_answered(hold(left[0]))


def expire_questions() -> int:
    """Close the questions whose time has run out; how many."""
    waiting = [proposal.id for proposal in queries.awaiting_consent(before=clock.now())]
    for proposal_id in waiting:
        _end_open(proposal_id, ProposalState.EXPIRED)
    return len(waiting)
