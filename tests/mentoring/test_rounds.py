"""A round: started, solved, checked, decided about; what the next one heeds."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

import matching
from peer.core import clock, queue, work
from peer.core.errors import Conflict, Invalid, NotFound
from peer.core.settings import Settings
from peer.mentoring import queries, service, snapshot
from peer.mentoring.models import Round
from peer.policy.mentoring import ProposalState, RoundState
from peer.policy.roles import Role
from peer.rooms import service as rooms
from tests.cast import Cast
from tests.mentoring.making import (
    approved,
    newcomers,
    noor_meets_tess,
    solved_round,
    vetted_mentor,
    would_like_a_mentor,
)
from tests.rooms.place import a_room, said

SignIn = Callable[[str], FlaskClient]
Post = Callable[..., TestResponse]


def _round(round_id: str) -> Round:
    with work.begin(writes=False):
        return queries.round_with(round_id)


def _pairs(round_id: str) -> set[tuple[str, str]]:
    with work.begin(writes=False):
        return {(p.mentee_id, p.mentor_id) for p in queries.proposals_of(round_id)}


def _close(cast: Cast, round_id: str) -> None:
    with work.begin():
        service.close_round(cast.cora, round_id)


def test_round_proposes_checks_and_gives_reasons(core: Settings, cast: Cast) -> None:
    noor = would_like_a_mentor(cast.account("noor"), interests={"art": 3})
    zed = would_like_a_mentor(cast.account("zed"), languages={"yo": 3})
    tess = vetted_mentor(cast, cast.account("tess"), interests={"art": 2}, capacity=2)
    round_id = solved_round(cast)
    found = _round(round_id)
    assert (found.state, found.broken, found.percent) == (RoundState.OPEN, [], 100)
    with work.begin(writes=False):
        (proposal,) = queries.proposals_of(round_id)
        (left,) = queries.unmatched_of(round_id)
    assert (proposal.mentee_id, proposal.mentor_id) == (noor.id, tess.id)
    assert sum(proposal.parts.values()) == proposal.score
    shared = next(r for r in proposal.reasons if r["code"] == "interests")
    assert shared["facts"]["shared"] == ["art"]
    assert (left.mentee_id, left.reason) == (zed.id, "no_language")
    assert left.would_help


def test_snapshot_holds_no_names_and_no_accounts(core: Settings, cast: Cast) -> None:
    words = "My street is Elm Lane."
    noor = would_like_a_mentor(cast.account("noor"), boundaries=words, avoids=("Tess",))
    tess = vetted_mentor(cast, cast.account("tess"))
    vetted_mentor(cast, cast.account("uma"))
    problem = _round(solved_round(cast)).problem
    for secret in (noor.id, tess.id, "Noor", "Tess", "Elm"):
        assert secret.casefold() not in problem.casefold()
    (mentee,) = matching.loads(problem).mentees
    assert len(mentee.avoids) == 1


def test_avoided_people_are_not_paired_from_either_side(core: Settings, cast: Cast) -> None:
    would_like_a_mentor(cast.account("noor"), avoids=("  tESS ", "Nobody Here"))
    would_like_a_mentor(cast.account("zed"))
    vetted_mentor(cast, cast.account("tess"), avoids=("Zed",), capacity=2)
    assert _pairs(solved_round(cast)) == set()


@pytest.mark.parametrize("whose", ["mentee", "mentor"])
def test_who_has_blocked_the_other_in_a_room_is_not_paired_with_them(
    core: Settings, cast: Cast, whose: str
) -> None:
    noor = would_like_a_mentor(cast.account("noor"))
    tess = vetted_mentor(cast, cast.account("tess"))
    room = a_room(cast, noor, tess, entry="invited")
    one, other = (noor, tess) if whose == "mentee" else (tess, noor)
    with work.begin():
        rooms.keep_distance(one, said(other, room, "well").id, "block")
    round_id = solved_round(cast)
    assert _pairs(round_id) == set()
    with work.begin(writes=False):
        (left,) = queries.unmatched_of(round_id)
    assert left.reason == "avoided"


def test_nobody_mentors_themselves(core: Settings, cast: Cast) -> None:
    both = cast.newcomer(Role.MEMBER, Role.MENTOR)
    would_like_a_mentor(both)
    vetted_mentor(cast, both)
    assert _pairs(solved_round(cast)) == set()


def test_people_who_do_not_take_part_are_left_out(core: Settings, cast: Cast) -> None:
    noor, sol = would_like_a_mentor(cast.account("noor")), would_like_a_mentor(cast.account("sol"))
    zed = would_like_a_mentor(cast.account("zed"))
    vetted_mentor(cast, cast.account("tess"), capacity=3)
    with work.begin():
        service.pause_profile(noor, Role.MEMBER, True)
        service.set_wants_mentor(sol, False)
    (mentee,) = matching.loads(_round(solved_round(cast)).problem).mentees
    assert mentee.id in {"e1"}
    assert {who for who, _ in _pairs(_latest())} == {zed.id}


def _latest() -> str:
    with work.begin(writes=False):
        return queries.rounds()[0].id


def test_solving_twice_records_once(core: Settings, cast: Cast) -> None:
    would_like_a_mentor(cast.account("noor"))
    vetted_mentor(cast, cast.account("tess"))
    round_id = solved_round(cast)
    before = _pairs(round_id)
    queue.run_now("rounds.solve", round_id)
    assert _pairs(round_id) == before
    found = _round(round_id)
    problem = matching.loads(found.problem)
    answer = snapshot.read(problem, matching.solve(problem, found.seed), found.keys)
    with work.begin():
        assert service.record_solution(round_id, answer) is False
    assert _pairs(round_id) == before


def test_round_of_a_killed_worker_is_asked_for_again(
    core: Settings, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, ...]] = []
    monkeypatch.setattr(queue, "_send", lambda *job: asked.append(job))
    would_like_a_mentor(cast.account("noor"))
    vetted_mentor(cast, cast.account("tess"))
    with work.begin():
        round_id = service.start_round(cast.cora).id
    with work.begin():
        service.begin_solving(round_id)  # and then the worker was gone
    queue.sweep_now("rounds.unfinished")
    assert len(asked) == 1
    with clock.stopped_at(clock.now() + timedelta(minutes=5)):
        queue.sweep_now("rounds.unfinished")
        queue.sweep_now("rounds.unfinished")
    assert asked == [("rounds.solve", round_id)] * 2
    queue.run_now("rounds.solve", round_id)
    assert _round(round_id).state == RoundState.OPEN


def test_round_that_never_ends_is_given_up(core: Settings, cast: Cast) -> None:
    would_like_a_mentor(cast.account("noor"))
    vetted_mentor(cast, cast.account("tess"))
    with work.begin():
        round_id = service.start_round(cast.cora).id
        for _ in range(3):
            assert service.begin_solving(round_id) is not None
        assert service.begin_solving(round_id) is None
    assert (_round(round_id).state, _round(round_id).failure) == (RoundState.FAILED, "gave_up")


def test_engine_that_fails_is_told_plainly_and_the_next_round_can_start(
    signed_in: SignIn, post: Post, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    would_like_a_mentor(cast.account("noor"))
    vetted_mentor(cast, cast.account("tess"))
    cora = signed_in("cora")
    page = post(cora, "/mentoring/rounds").location
    with monkeypatch.context() as broken:
        broken.setattr(snapshot, "SOLVE_SECONDS", "soon")
        queue.run_now("rounds.solve", page.rsplit("/", 1)[1])
    text = cora.get(page).get_data(as_text=True)
    assert "stopped with an error" in text
    assert "You can start another one" in text
    assert post(cora, "/mentoring/rounds").status_code == 303


def test_answer_that_the_referee_refuses_proposes_nobody(core: Settings, cast: Cast) -> None:
    would_like_a_mentor(cast.account("noor"))
    vetted_mentor(cast, cast.account("tess"))
    with work.begin():
        round_id = service.start_round(cast.cora).id
        begun = service.begin_solving(round_id)
    assert begun is not None
    problem, row = begun
    answer = snapshot.read(problem, matching.solve(problem), row.keys)
    wrong = snapshot.Answer(answer.solution, answer.proposed, [], ["capacity"])
    with work.begin():
        assert service.record_solution(round_id, wrong) is False
    assert _pairs(round_id) == set()
    assert (_round(round_id).failure, _round(round_id).broken) == ("referee", ["capacity"])


def test_empty_sides_are_told_before_anything_starts(
    signed_in: SignIn, post: Post, cast: Cast
) -> None:
    cora = signed_in("cora")
    answer = post(cora, "/mentoring/rounds")
    assert answer.status_code == 422
    assert "Nobody is waiting for a mentor" in answer.get_data(as_text=True)
    would_like_a_mentor(cast.account("noor"))
    answer = post(cora, "/mentoring/rounds")
    assert answer.status_code == 422
    assert "No mentor can take part" in answer.get_data(as_text=True)
    with work.begin(writes=False):
        assert list(queries.rounds()) == []


def test_only_one_round_is_open(signed_in: SignIn, post: Post, cast: Cast) -> None:
    would_like_a_mentor(cast.account("noor"))
    vetted_mentor(cast, cast.account("tess"))
    solved_round(cast)
    cora = signed_in("cora")
    answer = post(cora, "/mentoring/rounds")
    assert answer.status_code == 409
    assert "A round is already open" in answer.get_data(as_text=True)


@pytest.mark.parametrize("name", ["noor", "tess", "mo", "fay", "ada"])
def test_rounds_are_the_coordinators(signed_in: SignIn, post: Post, cast: Cast, name: str) -> None:
    would_like_a_mentor(cast.account("noor"))
    vetted_mentor(cast, cast.account("tess"))
    round_id = solved_round(cast)
    client = signed_in(name)
    pages = ("rounds", f"rounds/{round_id}", "mentees", "mentors", "programme")
    for page in (*pages, f"mentees/{cast.noor.id}", f"mentors/{cast.tess.id}"):
        assert client.get(f"/mentoring/{page}").status_code == 404
    assert post(client, "/mentoring/rounds").status_code == 404
    assert post(client, f"/mentoring/rounds/{round_id}", {"chosen": "x"}).status_code == 404
    with pytest.raises(NotFound), work.begin():
        service.close_round(cast.actor(name), round_id)


def test_reject_and_pin_feed_the_next_round(core: Settings, cast: Cast) -> None:
    noor, zed = would_like_a_mentor(cast.account("noor")), would_like_a_mentor(cast.account("zed"))
    tess, uma = (vetted_mentor(cast, cast.account(name)) for name in ("tess", "uma"))
    first = solved_round(cast)
    before = _pairs(first)
    assert len(before) == 2
    with work.begin():
        for proposal in queries.proposals_of(first):
            service.reject(cast.cora, proposal.id, "another_fits")
    _close(cast, first)
    second = solved_round(cast)
    swapped = _pairs(second)
    assert swapped == {(a, b) for a in (noor.id, zed.id) for b in (tess.id, uma.id)} - before
    with work.begin():
        for proposal in queries.proposals_of(second):
            service.pin(cast.cora, proposal.id, True)
        for mentee_id, mentor_id in before:
            service.lift_rule(cast.cora, mentee_id, mentor_id)
    _close(cast, second)
    third = solved_round(cast)
    assert _pairs(third) == swapped
    with work.begin(writes=False):
        assert all(proposal.pinned for proposal in queries.proposals_of(third))


def test_pin_that_cannot_be_held_is_told(core: Settings, cast: Cast) -> None:
    noor = would_like_a_mentor(cast.account("noor"))
    tess = vetted_mentor(cast, cast.account("tess"))
    vetted_mentor(cast, cast.account("uma"))
    first = solved_round(cast)
    with work.begin():
        (proposal,) = queries.proposals_of(first)
        service.pin(cast.cora, proposal.id, True)
    _close(cast, first)
    would_like_a_mentor(
        cast.account("noor"), avoids=tuple(n for n in ("Tess", "Uma") if proposal)[:2]
    )
    found = _round(solved_round(cast))
    assert found.notes == [
        {"code": "pin", "mentee": noor.id, "mentor": proposal.mentor_id, "rules": []}
    ]
    assert proposal.mentor_id in {tess.id, cast.uma.id}


def test_new_round_keeps_running_mentorships(core: Settings, cast: Cast) -> None:
    """Noor and Tess go on, whatever either has changed; Zed is proposed around them."""
    mentorship = noor_meets_tess(cast)
    _close(cast, _latest())
    zed = would_like_a_mentor(cast.account("zed"))
    vetted_mentor(cast, cast.account("uma"))
    second = solved_round(cast)
    assert {who for who, _ in _pairs(second)} == {zed.id}
    assert len(matching.loads(_round(second).problem).continuing) == 1
    _close(cast, second)
    would_like_a_mentor(cast.account("noor"), cells=(0, 1), languages={"yo": 3})
    third = _round(solved_round(cast))
    assert {who for who, _ in _pairs(third.id)} == {zed.id}
    (note,) = third.notes
    assert (note["code"], note["mentee"]) == ("lapsed", cast.noor.id)
    with work.begin(writes=False):
        assert queries.mentorship_for(cast.noor, mentorship).state == "active"


def test_place_of_a_pair_being_asked_is_kept_free(core: Settings, cast: Cast) -> None:
    would_like_a_mentor(cast.account("noor"))
    vetted_mentor(cast, cast.account("tess"), capacity=1)
    first = solved_round(cast)
    approved(cast, first)
    _close(cast, first)
    would_like_a_mentor(cast.account("zed"))
    second = solved_round(cast)
    assert _pairs(second) == set()
    with work.begin(writes=False):
        assert [left.mentee_id for left in queries.unmatched_of(second)] == [cast.zed.id]


def test_closing_leaves_questions_open_and_withdraws_the_rest(core: Settings, cast: Cast) -> None:
    for account in newcomers(cast, 2):
        would_like_a_mentor(account)
    vetted_mentor(cast, cast.account("tess"), capacity=2)
    round_id = solved_round(cast)
    with work.begin():
        asked, undecided = queries.proposals_of(round_id)
        service.approve(cast.cora, asked.id)
    _close(cast, round_id)
    with work.begin(writes=False):
        states = {p.id: p.state for p in queries.proposals_of(round_id)}
    assert states == {asked.id: "approved", undecided.id: "withdrawn"}
    with pytest.raises(Conflict), work.begin():
        service.approve(cast.cora, undecided.id)
    with pytest.raises(Conflict), work.begin():
        service.close_round(cast.cora, round_id)


def test_coordinator_does_not_decide_about_herself(core: Settings, cast: Cast) -> None:
    both = cast.newcomer(Role.MEMBER, Role.COORDINATOR)
    actor = would_like_a_mentor(both)
    vetted_mentor(cast, cast.account("tess"))
    round_id = solved_round(cast)
    with work.begin(writes=False):
        (proposal,) = queries.proposals_of(round_id)
    with pytest.raises(Exception, match="about you"), work.begin():
        service.approve(actor, proposal.id)


def test_rejecting_needs_a_reason_from_the_list(core: Settings, cast: Cast) -> None:
    would_like_a_mentor(cast.account("noor"))
    vetted_mentor(cast, cast.account("tess"))
    round_id = solved_round(cast)
    with work.begin(writes=False):
        (proposal,) = queries.proposals_of(round_id)
    with pytest.raises(Invalid), work.begin():
        service.reject(cast.cora, proposal.id, "because I say so")


def test_evening_of_a_round_by_pages(signed_in: SignIn, post: Post, cast: Cast) -> None:
    """Start, look, pin, reject one, approve two at once, close: without any script."""
    people = [would_like_a_mentor(account) for account in newcomers(cast, 3)]
    vetted_mentor(cast, cast.account("tess"), capacity=3, cells=tuple(range(36, 44)))
    for person in people:
        would_like_a_mentor(cast.account(person.name), cells=tuple(range(36, 44)))
    cora = signed_in("cora")
    page = post(cora, "/mentoring/rounds").location
    assert "Look again" in cora.get(page).get_data(as_text=True)
    queue.run_now("rounds.solve", page.rsplit("/", 1)[1])
    text = cora.get(page).get_data(as_text=True)
    assert "An independent check found every rule kept" in text
    assert all(person.name in text for person in people)
    with work.begin(writes=False):
        first, second, third = (p.id for p in queries.proposals_of(page.rsplit("/", 1)[1]))
    assert post(cora, page, {"pin": first}).status_code == 303
    assert "Held for the next round" in cora.get(page).get_data(as_text=True)
    assert post(cora, page, {"unpin": first}).status_code == 303
    assert post(cora, page, {}).status_code == 422
    assert post(cora, page, {"reject": first, f"reason-{first}": "safety"}).status_code == 303
    assert post(cora, page, {"approve": first}).status_code == 409
    assert post(cora, page, {"chosen": [first, second, third]}).status_code == 303
    text = cora.get(page).get_data(as_text=True)
    assert "2 pairs are being asked" in text
    assert "One pair had changed meanwhile" in text
    assert post(cora, f"{page}/close").status_code == 303
    with work.begin(writes=False):
        states = [p.state for p in queries.proposals_of(page.rsplit("/", 1)[1])]
    assert sorted(states) == [
        ProposalState.APPROVED,
        ProposalState.APPROVED,
        ProposalState.REJECTED,
    ]
