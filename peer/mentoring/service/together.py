"""Proposals that come about together or not at all, with everybody concerned held.

Most stand alone. In a chain the first is for somebody who has no mentor, and each after it moves
a running pair to make room for the one before.
"""

from collections import Counter
from dataclasses import dataclass

from peer.accounts import queries as accounts
from peer.core import clock
from peer.mentoring import queries
from peer.mentoring.models import MenteeProfile, MentorProfile, Move, Proposal
from peer.policy import mentoring as policy
from peer.policy.mentoring import MentorshipState, ProposalState
from peer.rooms import queries as rooms


@dataclass(frozen=True)
class Together:
    """Proposals in the order of their chain, their moves, and both sides' profiles."""

    proposals: list[Proposal]
    moves: dict[str, Move]
    mentees: dict[str, MenteeProfile | None]
    mentors: dict[str, MentorProfile]

    def move(self, proposal: Proposal) -> Move | None:
        """The running mentorship that the proposal would end or change."""
        return self.moves.get(proposal.id)

    def is_new_hour(self, proposal: Proposal) -> bool:
        """Whether two who meet already would only meet at another hour."""
        move = self.move(proposal)
        return move is not None and move.mentor_id == proposal.mentor_id

    def answers(self, proposal: Proposal) -> list[bool | None]:
        """What each who is asked has answered so far."""
        move = self.move(proposal)
        present = [move.says] if move and not self.is_new_hour(proposal) else []
        return [proposal.mentee_says, proposal.mentor_says, *present]

    def all_answered(self) -> bool:
        """Whether nobody's answer is missing."""
        return all(answer is not None for p in self.proposals for answer in self.answers(p))

    def all_agree(self) -> bool:
        """Whether everybody has said yes."""
        return all(answer for p in self.proposals for answer in self.answers(p))

    def meet_already(self) -> set[str]:
        """The people of running mentorships that would change."""
        moved = [(p.mentee_id, m.mentor_id) for p in self.proposals if (m := self.move(p))]
        return {account_id for pair in moved for account_id in pair}

    def may_all_meet(self) -> bool:
        """Whether everything still stands that must, for all of them at once."""
        return all(self._may_meet(proposal) for proposal in self.proposals)

    def _may_meet(self, proposal: Proposal) -> bool:
        people = [accounts.account_with(x) for x in (proposal.mentee_id, proposal.mentor_id)]
        mentee, mentor = self.mentees[proposal.mentee_id], self.mentors[proposal.mentor_id]
        return mentee is not None and policy.may_become_mentorship(
            usable=all(accounts.is_usable(person) for person in people),
            vetted=policy.is_vetted(mentor, clock.now()),
            has_room=self._room_at(mentor) >= 0,
            mentee_is_free=self._is_free(proposal),
            kept_apart=_kept_apart(mentee, mentor),
        )

    def _room_at(self, mentor: MentorProfile) -> int:
        """Places that are left at a mentor once all who come have come and all who go are gone."""
        come = Counter(p.mentor_id for p in self.proposals)
        go = Counter(move.mentor_id for move in self.moves.values())
        left = queries.places_left(mentor)
        return left - come[mentor.account_id] + go[mentor.account_id]

    def _is_free(self, proposal: Proposal) -> bool:
        move = self.move(proposal)
        if move is None:
            return not queries.has_mentor(proposal.mentee_id)
        running = queries.mentorship_locked(move.mentorship_id)
        return running.state != MentorshipState.CLOSED and running.mentor_id == move.mentor_id


def _kept_apart(mentee: MenteeProfile, mentor: MentorProfile) -> bool:
    """Whether one has asked meanwhile not to meet the other, or has blocked them in a room."""
    if rooms.pairs_apart([mentee.account_id, mentor.account_id]):
        return True
    names = accounts.names_of([mentee.account_id, mentor.account_id])

    def avoids(one: MenteeProfile | MentorProfile, other: MenteeProfile | MentorProfile) -> bool:
        name = accounts.folded(names[other.account_id])
        return name in {accounts.folded(each) for each in one.avoids}

    return avoids(mentee, mentor) or avoids(mentor, mentee)


def hold(proposal: Proposal) -> Together:
    """Everybody and everything that is decided together with a proposal, held until the end.

    Mentors first, then mentees, then proposals, each in the order of their ids: so nobody waits
    for somebody who waits for them. Of a chain those stay that are still open, and the one asked for.
    """
    rows = queries.together_with(proposal)
    moves = queries.moves_among(row.id for row in rows)
    mentors = sorted({row.mentor_id for row in rows} | {m.mentor_id for m in moves.values()})
    held = {each: queries.mentor_held(each) for each in mentors}
    mentees = {each: queries.mentee_held(each) for each in sorted({r.mentee_id for r in rows})}
    now = queries.proposals_locked(row.id for row in rows)
    still = [row for row in now if row.state == ProposalState.APPROVED or row.id == proposal.id]
    return together(still, mentees, held)


def together(
    proposals: list[Proposal],
    mentees: dict[str, MenteeProfile | None],
    mentors: dict[str, MentorProfile],
) -> Together:
    """Some of the proposals of a chain, with people who are held already."""
    moves = queries.moves_locked(row.id for row in proposals)
    return Together(proposals, moves, mentees, mentors)
