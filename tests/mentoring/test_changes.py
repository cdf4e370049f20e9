"""Running pairs make room only if everybody concerned wants that; otherwise nothing changes."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

import matching
from peer.accounts import queries as people
from peer.accounts import service as accounts
from peer.core import clock, queue, work
from peer.core.audit import AuditEntry
from peer.core.errors import Conflict, NotFound, PeerError
from peer.core.settings import Settings
from peer.mentoring import queries, service, snapshot
from peer.mentoring.holdings import held
from peer.mentoring.models import Mentorship, Move, Proposal, Round
from peer.mentoring.service.leaving import forget_person, part_kindly
from peer.notifications.queries import notices_of
from peer.policy import mentoring as policy
from peer.policy.mentoring import MentorshipState, ProposalState, RoundState, Vetting
from peer.policy.roles import Actor, Role
from peer.rooms import queries as rooms
from peer.rooms import service as room_service
from tests.cast import Cast
from tests.mentoring.making import (
    both_say_yes,
    solved_round,
    vetted_mentor,
    would_like_a_mentor,
)
from tests.rooms.place import a_room, said

SignIn = Callable[[str], FlaskClient]
Post = Callable[..., TestResponse]
BOTH, SPANISH, ENGLISH = {"en": 3, "es": 3}, {"es": 3}, {"en": 3}


def evening(cast: Cast) -> str:
    """Noor meets Tess, the only one whom Zed could meet; Uma could meet Noor. A solved round."""
    would_like_a_mentor(cast.account("noor"), languages=BOTH)
    vetted_mentor(cast, cast.account("tess"), languages=SPANISH)
    first = solved_round(cast)
    with work.begin():
        (proposal,) = queries.proposals_of(first)
        service.approve(cast.cora, proposal.id)
    both_say_yes(cast, proposal.id)
    with work.begin():
        service.close_round(cast.cora, first)
    would_like_a_mentor(cast.account("zed"), languages=SPANISH)
    vetted_mentor(cast, cast.account("uma"), languages=ENGLISH)
    return solved_round(cast)


def freer(cast: Cast, round_id: str) -> str:
    """Cora chooses the offer, and the worker solves the new round."""
    with work.begin():
        new = service.start_freer_round(cast.cora, round_id, 1, seed=1).id
    queue.run_now("rounds.solve", new)
    return new


def proposed(round_id: str) -> dict[str, Proposal]:
    """The proposals of a round by the mentee's pseudonym."""
    with work.begin(writes=False):
        found = queries.proposals_of(round_id)
        named = people.names_of([row.mentee_id for row in found])
        return {named[row.mentee_id]: row for row in found}


def asked(cast: Cast) -> tuple[Proposal, Proposal]:
    """Everybody is asked; Noor's proposal (to Uma) and Zed's (to Tess)."""
    found = proposed(freer(cast, evening(cast)))
    with work.begin():
        service.approve(cast.cora, found["Zed"].id)
    return found["Noor"], found["Zed"]


def says(actor: Actor, proposal: Proposal, yes: bool = True) -> None:
    with work.begin():
        service.answer(actor, proposal.id, yes)


def state_of(proposal: Proposal) -> str:
    with work.begin(writes=False):
        return queries.proposal_with(proposal.id).state


def pairs() -> dict[str, str]:
    """Who meets whom now."""
    with work.begin(writes=False):
        return {row.mentee_id: row.mentor_id for row in queries.running_mentorships()}


def told(actor: Actor) -> list[str]:
    """What the latest notices say, the newest first."""
    with work.begin(writes=False):
        return [notice.message for notice in notices_of(actor.id)]


def as_before(cast: Cast) -> bool:
    return pairs() == {cast.noor.id: cast.tess.id}


def test_a_round_that_leaves_somebody_out_says_what_room_would_cost(
    signed_in: SignIn, cast: Cast
) -> None:
    round_id = evening(cast)
    cora = signed_in("cora")
    page = cora.get(f"/mentoring/rounds/{round_id}").get_data(as_text=True)
    assert "If one running pair may change, one more person gets a mentor." in page
    assert "This round leaves running pairs alone" in page
    who = cora.get(f"/mentoring/rounds/{round_id}/changes/1").get_data(as_text=True)
    assert "Zed gets Tess as a mentor." in who
    assert "For that, Noor moves from Tess to Uma." in who
    assert "Nothing ends before all of them have said yes" in who
    assert as_before(cast)


def test_what_room_would_cost_is_kept_without_names_and_goes_with_the_round(
    core: Settings, cast: Cast
) -> None:
    round_id = evening(cast)
    with work.begin(writes=False) as session:
        price = session.get_one(Round, round_id).price
    assert price
    for secret in (cast.noor.id, cast.tess.id, "Noor", "Tess"):
        assert secret not in price
    with work.begin():
        part_kindly(cast.zed.id)
        forget_person(cast.zed.id)
    with work.begin(writes=False) as session:
        assert session.get_one(Round, round_id).price is None


@pytest.mark.parametrize("name", ["noor", "tess", "mo", "ada"])
def test_only_coordinators_see_and_choose_it(
    signed_in: SignIn, post: Post, cast: Cast, name: str
) -> None:
    page = f"/mentoring/rounds/{evening(cast)}/changes/1"
    client = signed_in(name)
    assert client.get(page).status_code == 404
    assert post(client, page).status_code == 404


def test_what_was_not_offered_is_not_there(signed_in: SignIn, post: Post, cast: Cast) -> None:
    page = f"/mentoring/rounds/{evening(cast)}/changes/2"
    cora = signed_in("cora")
    assert cora.get(page).status_code == 404
    assert post(cora, page).status_code == 404


def test_choosing_it_only_proposes(signed_in: SignIn, post: Post, cast: Cast) -> None:
    round_id = evening(cast)
    cora = signed_in("cora")
    answer = post(cora, f"/mentoring/rounds/{round_id}/changes/1")
    assert answer.status_code == 303
    new = re.sub(".*/", "", answer.location)
    queue.run_now("rounds.solve", new)
    page = cora.get(answer.location).get_data(as_text=True)
    assert "Approve all 2" in page
    assert "Would change a running pair" in page
    assert "Nothing ends before everybody concerned has said yes" in page
    assert cora.get(f"/mentoring/rounds/{round_id}/changes/1").status_code == 404
    assert as_before(cast)
    assert not any("question" in message for message in told(cast.zed))
    with work.begin(writes=False) as session:
        assert session.get_one(Round, round_id).state == RoundState.CLOSED
        started = session.scalars(select(AuditEntry).where(AuditEntry.act == "round.start")).all()
    assert started[-1].details["may_change"] == 1


def test_all_agree_and_both_have_a_mentor(signed_in: SignIn, post: Post, cast: Cast) -> None:
    moves, gets = asked(cast)
    noor, zed = signed_in("noor"), signed_in("zed")
    page = noor.get(f"/mentoring/proposals/{moves.id}").get_data(as_text=True)
    assert "instead of Tess" in page
    assert "You do not have to make room" in page
    with work.begin(writes=False):
        (old,) = queries.running_mentorships()
    for actor, proposal in (
        (cast.zed, gets),
        (cast.tess, gets),
        (cast.noor, moves),
        (cast.uma, moves),
    ):
        says(actor, proposal)
        assert as_before(cast)
    tess = signed_in("tess")
    question = f"/mentoring/proposals/{moves.id}"
    assert "Noor" in tess.get(question).get_data(as_text=True)
    assert post(tess, question, {"answer": "yes"}).location == question
    assert pairs() == {cast.noor.id: cast.uma.id, cast.zed.id: cast.tess.id}
    assert "Everybody agreed." in tess.get(question).get_data(as_text=True)
    with work.begin(writes=False) as session:
        ended = session.get_one(Mentorship, old.id)
        room = rooms.private_room_of(old.id)
        assert queries.pair_rule(cast.noor.id, cast.tess.id) is None
        assert queries.mentee_with(cast.noor.id).wants
    assert (ended.state, ended.closure) == (MentorshipState.CLOSED, policy.MOVED)
    assert room is not None
    assert room.closed_at is not None
    assert any("as all of you agreed" in message for message in told(cast.noor))
    assert any("as all of you agreed" in message for message in told(cast.tess))
    for client, proposal in ((noor, moves), (zed, gets)):
        text = client.get(f"/mentoring/proposals/{proposal.id}").get_data(as_text=True)
        assert "You both said yes." in text


@pytest.mark.parametrize(
    ("who", "which"), [("noor", 0), ("uma", 0), ("tess", 0), ("zed", 1), ("tess", 1)]
)
def test_if_anyone_would_rather_not_nothing_changes(
    signed_in: SignIn, core: Settings, cast: Cast, who: str, which: int
) -> None:
    moves, gets = asked(cast)
    answers = [("noor", 0), ("uma", 0), ("tess", 0), ("zed", 1), ("tess", 1)]
    for name, place in answers:
        says(cast.actor(name), (moves, gets)[place], (name, place) != (who, which))
    assert as_before(cast)
    assert {state_of(moves), state_of(gets)} == {ProposalState.DECLINED}
    assert told(cast.noor)[0].startswith("Nothing changes")
    assert told(cast.tess)[0].startswith("Nothing changes")
    assert told(cast.zed)[0].startswith("It did not come together")
    page = signed_in("noor").get(f"/mentoring/proposals/{moves.id}").get_data(as_text=True)
    assert "Your meetings go on as they are" in page
    assert "not this time" not in page.casefold()


@pytest.mark.parametrize("who", ["noor", "tess"])
def test_a_pair_that_would_rather_stay_is_not_asked_again(
    core: Settings, cast: Cast, who: str
) -> None:
    moves, gets = asked(cast)
    for actor, proposal in ((cast.uma, moves), (cast.zed, gets), (cast.tess, gets)):
        says(actor, proposal)
    says(cast.noor, moves, who != "noor")
    says(cast.tess, moves, who != "tess")
    with work.begin():
        service.close_round(cast.cora, moves.round_id)
    again = solved_round(cast)
    with work.begin(writes=False) as session:
        assert session.get_one(Round, again).price is None


def only_no_is_by(cast: Cast, who: str) -> Mentorship:
    """Everybody says yes to the change but Noor or Tess; the pair goes on."""
    moves, gets = asked(cast)
    for actor, proposal in ((cast.uma, moves), (cast.zed, gets), (cast.tess, gets)):
        says(actor, proposal)
    says(cast.noor, moves, who != "noor")
    says(cast.tess, moves, who != "tess")
    with work.begin():
        service.close_round(cast.cora, moves.round_id)
        (running,) = queries.running_mentorships()
    return running


@pytest.mark.parametrize(("who", "other"), [("noor", "tess"), ("tess", "noor")])
def test_who_would_rather_stay_can_take_it_back_and_only_they_read_it(
    signed_in: SignIn, post: Post, cast: Cast, who: str, other: str
) -> None:
    page = f"/mentoring/mentorships/{only_no_is_by(cast, who).id}"
    for name in (who, other, "cora"):
        text = signed_in(name).get(page).get_data(as_text=True)
        assert ("Rounds may ask me again" in text) == (name == who), name
    assert post(signed_in(other), page, {"do": "ask"}).status_code == 303
    with work.begin(writes=False):
        assert queries.mentees_left_alone() == {cast.noor.id}  # the other's word is not theirs
    assert post(signed_in(who), page, {"do": "ask"}).status_code == 303
    assert "Rounds may ask me again" not in signed_in(who).get(page).get_data(as_text=True)
    with work.begin(writes=False):
        assert not queries.mentees_left_alone()


def test_only_the_two_take_it_back_and_only_while_they_meet(core: Settings, cast: Cast) -> None:
    running = only_no_is_by(cast, "noor")
    for actor in (cast.cora, cast.zed):
        with pytest.raises(NotFound), work.begin():
            service.be_asked_again(actor, running.id)
    with work.begin():
        service.close_mentorship(cast.noor, running.id)
    with pytest.raises(Conflict), work.begin():
        service.be_asked_again(cast.noor, running.id)


def test_a_no_of_the_new_mentor_leaves_the_pair_open_to_other_changes(
    core: Settings, cast: Cast
) -> None:
    moves, gets = asked(cast)
    for actor, proposal in (
        (cast.noor, moves),
        (cast.tess, moves),
        (cast.zed, gets),
        (cast.tess, gets),
    ):
        says(actor, proposal)
    says(cast.uma, moves, False)
    with work.begin(writes=False):
        (running,) = queries.running_mentorships()
        rule = queries.pair_rule(cast.noor.id, cast.uma.id)
    assert not running.mentee_stays
    assert not running.mentor_stays
    assert rule is not None
    assert rule.kind == "forbid"


def test_answers_can_change_until_the_last(core: Settings, cast: Cast) -> None:
    moves, gets = asked(cast)
    says(cast.noor, moves, False)
    says(cast.noor, moves, True)
    for actor, proposal in (
        (cast.uma, moves),
        (cast.zed, gets),
        (cast.tess, gets),
        (cast.tess, moves),
    ):
        says(actor, proposal)
    assert pairs()[cast.noor.id] == cast.uma.id
    with pytest.raises(Conflict):
        says(cast.noor, moves, False)


def test_time_runs_out_for_all_at_once(core: Settings, cast: Cast) -> None:
    moves, gets = asked(cast)
    says(cast.noor, moves)
    with clock.stopped_at(clock.now() + timedelta(days=15)):
        queue.sweep_now("mentoring.clock")
    assert {state_of(moves), state_of(gets)} == {ProposalState.EXPIRED}
    assert as_before(cast)
    assert told(cast.noor).count(told(cast.noor)[0]) == 1


def test_the_running_pair_ends_by_itself_and_the_place_is_free(core: Settings, cast: Cast) -> None:
    moves, gets = asked(cast)
    says(cast.zed, gets)
    with work.begin(writes=False):
        (running,) = queries.running_mentorships()
    with work.begin():
        service.close_mentorship(cast.noor, running.id)
    assert state_of(moves) == ProposalState.WITHDRAWN
    assert state_of(gets) == ProposalState.APPROVED
    assert not told(cast.noor)[0].startswith("Nothing changes")
    says(cast.tess, gets)
    assert pairs() == {cast.zed.id: cast.tess.id}


def test_nobody_waits_for_an_answer_that_is_no_longer_needed(core: Settings, cast: Cast) -> None:
    moves, gets = asked(cast)
    says(cast.zed, gets)
    says(cast.tess, gets)
    with work.begin(writes=False):
        (running,) = queries.running_mentorships()
    with work.begin():
        service.close_mentorship(cast.tess, running.id)
    assert pairs() == {cast.zed.id: cast.tess.id}
    assert state_of(moves) == ProposalState.WITHDRAWN


@pytest.mark.parametrize("who", ["noor", "uma", "zed", "tess"])
def test_somebody_who_is_suspended_meanwhile_ends_it_for_all(
    core: Settings, cast: Cast, who: str
) -> None:
    moves, gets = asked(cast)
    answers = [("noor", moves), ("uma", moves), ("tess", moves), ("zed", gets), ("tess", gets)]
    answers.sort(key=lambda row: row[0] != who)
    for name, proposal in answers[: 2 if who == "tess" else 1]:
        says(cast.actor(name), proposal)
    with work.begin():
        accounts.suspend(cast.actor(who).id, by=cast.mo, days=None)
    for name, proposal in answers[2 if who == "tess" else 1 :]:
        says(cast.actor(name), proposal)
    assert {state_of(moves), state_of(gets)} == {ProposalState.WITHDRAWN}
    assert as_before(cast)


@pytest.mark.parametrize("who", ["uma", "tess"])
def test_a_mentor_on_hold_ends_it_for_all(core: Settings, cast: Cast, who: str) -> None:
    moves, gets = asked(cast)
    with work.begin():
        service.set_vetting(cast.cora, cast.actor(who).id, Vetting.PAUSED)
    assert {state_of(moves), state_of(gets)} == {ProposalState.WITHDRAWN}
    assert as_before(cast)


@pytest.mark.parametrize("who", ["uma", "zed"])
def test_somebody_who_leaves_ends_it_for_all(core: Settings, cast: Cast, who: str) -> None:
    moves, gets = asked(cast)
    with work.begin():
        part_kindly(cast.actor(who).id)
    assert {state_of(moves), state_of(gets)} == {ProposalState.WITHDRAWN}
    assert as_before(cast)


def test_the_mentee_who_would_move_leaves_and_the_place_is_free(core: Settings, cast: Cast) -> None:
    moves, gets = asked(cast)
    says(cast.zed, gets)
    says(cast.tess, gets)
    with work.begin():
        part_kindly(cast.noor.id)
        forget_person(cast.noor.id)
    assert pairs() == {cast.zed.id: cast.tess.id}
    with work.begin(writes=False) as session:
        assert session.scalars(select(Move)).all() == []
        assert session.get(Proposal, moves.id) is None


def in_their_profile(cast: Cast) -> None:
    with work.begin():
        queries.mentor_with(cast.uma.id).avoids = ["nOOr"]


def by_blocking_them(cast: Cast) -> None:
    room = a_room(cast, cast.noor, cast.uma, entry="invited")
    hers = said(cast.uma, room, "well")
    with work.begin():
        room_service.keep_distance(cast.noor, hers.id, "block")


@pytest.mark.parametrize("asks", [in_their_profile, by_blocking_them])
def test_who_asks_meanwhile_not_to_meet_is_heard(
    core: Settings, cast: Cast, asks: Callable[[Cast], None]
) -> None:
    moves, gets = asked(cast)
    for actor, proposal in (
        (cast.noor, moves),
        (cast.tess, moves),
        (cast.zed, gets),
        (cast.tess, gets),
    ):
        says(actor, proposal)
    asks(cast)
    says(cast.uma, moves)
    assert as_before(cast)


def test_a_fuller_mentor_ends_it_for_all(core: Settings, cast: Cast) -> None:
    moves, gets = asked(cast)
    with work.begin():
        queries.mentor_with(cast.uma.id).capacity = 0
    for actor, proposal in (
        (cast.noor, moves),
        (cast.tess, moves),
        (cast.zed, gets),
        (cast.tess, gets),
        (cast.uma, moves),
    ):
        says(actor, proposal)
    assert as_before(cast)
    assert state_of(gets) == ProposalState.WITHDRAWN


@pytest.mark.parametrize("name", ["zed", "mo", "cora", "fay"])
def test_other_people_do_not_see_that_noor_is_asked(
    signed_in: SignIn, post: Post, cast: Cast, name: str
) -> None:
    moves, _gets = asked(cast)
    client = signed_in(name)
    assert client.get(f"/mentoring/proposals/{moves.id}").status_code == 404
    assert post(client, f"/mentoring/proposals/{moves.id}", {"answer": "yes"}).status_code == 404


def test_zed_is_not_told_who_would_make_room(signed_in: SignIn, cast: Cast) -> None:
    _moves, gets = asked(cast)
    page = signed_in("zed").get(f"/mentoring/proposals/{gets.id}").get_data(as_text=True)
    assert "Tess" in page
    assert "Noor" not in page
    assert "Uma" not in page
    assert "Others are asked as well" in page


def test_uma_is_told_that_noor_has_a_mentor_but_not_who(signed_in: SignIn, cast: Cast) -> None:
    moves, _gets = asked(cast)
    page = signed_in("uma").get(f"/mentoring/proposals/{moves.id}").get_data(as_text=True)
    assert "has a mentor now" in page
    assert "Tess" not in page
    assert "Zed" not in page


def test_rejecting_one_leaves_the_others_free_for_later(core: Settings, cast: Cast) -> None:
    found = proposed(freer(cast, evening(cast)))
    with work.begin():
        service.reject(cast.cora, found["Noor"].id, "not_now")
    assert state_of(found["Noor"]) == ProposalState.REJECTED
    assert state_of(found["Zed"]) == ProposalState.WITHDRAWN
    assert not any("question" in message for message in told(cast.zed))
    with work.begin(writes=False):
        assert queries.pair_rule(cast.zed.id, cast.tess.id) is None
        rule = queries.pair_rule(cast.noor.id, cast.uma.id)
    assert rule is not None


def test_a_pair_of_a_chain_is_not_held_alone(core: Settings, cast: Cast) -> None:
    found = proposed(freer(cast, evening(cast)))
    with pytest.raises(PeerError), work.begin():
        service.pin(cast.cora, found["Zed"].id, True)


def test_a_break_taken_meanwhile_is_respected(core: Settings, cast: Cast) -> None:
    found = proposed(freer(cast, evening(cast)))
    with work.begin(writes=False):
        (running,) = queries.running_mentorships()
    with work.begin():
        service.pause_mentorship(cast.noor, running.id)
    with pytest.raises(Conflict, match="takes a break"), work.begin():
        service.approve(cast.cora, found["Zed"].id)


def test_pairs_on_a_break_are_not_offered(core: Settings, cast: Cast) -> None:
    round_id = evening(cast)
    with work.begin(writes=False):
        (running,) = queries.running_mentorships()
    with work.begin():
        service.close_round(cast.cora, round_id)
        service.pause_profile(cast.noor, Role.MEMBER, True)
    again = solved_round(cast)
    with work.begin(writes=False) as session:
        assert session.get_one(Round, again).price is None
    assert running.state == MentorshipState.ACTIVE


def test_the_pair_ends_while_the_worker_solves_and_the_round_begins_anew(
    core: Settings, cast: Cast
) -> None:
    round_id = evening(cast)
    with work.begin(writes=False):
        (running,) = queries.running_mentorships()
    with work.begin():
        new = service.start_freer_round(cast.cora, round_id, 1, seed=1).id
    with work.begin():
        begun = service.begin_solving(new)
    assert begun is not None
    problem, round_ = begun
    answer = snapshot.read(problem, matching.solve(problem, round_.seed), round_.keys)
    with work.begin():
        service.close_mentorship(cast.noor, running.id)
    with work.begin():
        assert not service.record_solution(new, answer)
    with work.begin(writes=False) as session:
        assert session.get_one(Round, new).state == RoundState.WAITING
    queue.run_now("rounds.solve", new)
    found = proposed(new)
    assert found["Zed"].chain is None
    with work.begin(writes=False):
        assert {row.mentee_id for row in queries.proposals_of(new)} == {cast.zed.id}


def test_another_hour_is_agreed_and_the_room_stays(
    signed_in: SignIn, core: Settings, cast: Cast
) -> None:
    hours = (36, 37, 38, 39, 40, 41)
    would_like_a_mentor(cast.account("noor"), cells=hours)
    vetted_mentor(cast, cast.account("tess"), capacity=2, cells=hours)
    first = solved_round(cast)
    with work.begin():
        (proposal,) = queries.proposals_of(first)
        service.approve(cast.cora, proposal.id)
    old = both_say_yes(cast, proposal.id)
    with work.begin():
        service.close_round(cast.cora, first)
    with work.begin(writes=False) as session:
        minute = session.get_one(Mentorship, old).minute
    assert minute is not None
    only = (minute // 30, minute // 30 + 1)
    would_like_a_mentor(cast.account("zed"), cells=only)
    found = proposed(freer(cast, solved_round(cast)))
    with work.begin():
        service.approve(cast.cora, found["Zed"].id)
    page = signed_in("noor").get(f"/mentoring/proposals/{found['Noor'].id}")
    assert "whether another time would suit you" in page.get_data(as_text=True)
    for name in ("noor", "tess"):
        says(cast.actor(name), found["Noor"])
    for name in ("zed", "tess"):
        says(cast.actor(name), found["Zed"])
    assert pairs() == {cast.noor.id: cast.tess.id, cast.zed.id: cast.tess.id}
    with work.begin(writes=False) as session:
        now = session.get_one(Mentorship, old)
        room = rooms.private_room_of(old)
    assert now.state == MentorshipState.ACTIVE
    assert now.minute != minute
    assert room is not None
    assert room.closed_at is None
    assert any("another time" in message for message in told(cast.noor))


def test_what_tess_was_asked_is_among_what_is_held_of_her(core: Settings, cast: Cast) -> None:
    moves, gets = asked(cast)
    says(cast.tess, moves, False)
    says(cast.tess, gets)
    with work.begin(writes=False):
        (section,) = [s for s in held(cast.tess.id) if s.key == "questions"]
    assert len(section.rows) >= 3


def at_once(*acts: Callable[[], object]) -> list[bool]:
    """Each act in a thread of its own, all from the same moment; whether each was taken."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], object]) -> bool:
        barrier.wait()
        try:
            with work.begin():
                act()
        except PeerError:
            return False
        return True

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_two_coordinators_choose_at_once_and_one_round_begins(
    postgres_app: Flask, cast: Cast
) -> None:
    round_id = evening(cast)
    cora, cleo = cast.cora, cast.cleo
    taken = at_once(
        lambda: service.start_freer_round(cora, round_id, 1),
        lambda: service.start_freer_round(cleo, round_id, 1),
    )
    assert sorted(taken) == [False, True]
    with work.begin(writes=False):
        assert len(queries.rounds()) == 3


def test_the_last_answers_come_at_once_and_it_happens_once(postgres_app: Flask, cast: Cast) -> None:
    moves, gets = asked(cast)
    for actor, proposal in ((cast.uma, moves), (cast.tess, gets)):
        says(actor, proposal)
    noor, tess, zed = cast.noor, cast.tess, cast.zed
    taken = at_once(
        lambda: service.answer(noor, moves.id, True),
        lambda: service.answer(tess, moves.id, True),
        lambda: service.answer(zed, gets.id, True),
    )
    assert taken == [True, True, True]
    assert pairs() == {cast.noor.id: cast.uma.id, cast.zed.id: cast.tess.id}


def test_an_answer_given_while_noor_reads_is_heard(postgres_app: Flask, cast: Cast) -> None:
    """Tess's answer comes between Noor's look at the question and her own, the last."""
    moves, gets = asked(cast)
    for actor, proposal in ((cast.uma, moves), (cast.zed, gets), (cast.tess, gets)):
        says(actor, proposal)
    tess = cast.tess
    with ThreadPoolExecutor(1) as pool, work.begin():
        looked_at = queries.move_of(moves.id)
        pool.submit(says, tess, moves).result()
        service.answer(cast.noor, moves.id, True)
        assert looked_at is not None
    assert pairs() == {cast.noor.id: cast.uma.id, cast.zed.id: cast.tess.id}


def test_the_last_yes_and_the_end_of_the_pair_come_at_once(postgres_app: Flask, cast: Cast) -> None:
    moves, gets = asked(cast)
    for actor, proposal in (
        (cast.uma, moves),
        (cast.tess, moves),
        (cast.tess, gets),
        (cast.zed, gets),
    ):
        says(actor, proposal)
    with work.begin(writes=False):
        (running,) = queries.running_mentorships()
    noor, tess = cast.noor, cast.tess
    at_once(
        lambda: service.answer(noor, moves.id, True),
        lambda: service.close_mentorship(tess, running.id),
    )
    now = pairs()
    assert now[cast.zed.id] == cast.tess.id
    assert now.get(cast.noor.id) in (None, cast.uma.id)


def test_on_postgresql_too_a_no_changes_nothing(postgres_app: Flask, cast: Cast) -> None:
    moves, gets = asked(cast)
    for actor, proposal in (
        (cast.uma, moves),
        (cast.tess, moves),
        (cast.tess, gets),
        (cast.zed, gets),
    ):
        says(actor, proposal)
    says(cast.noor, moves, False)
    assert as_before(cast)
    with pytest.raises(NotFound), work.begin():
        service.lift_rule(cast.cora, cast.noor.id, cast.uma.id)
