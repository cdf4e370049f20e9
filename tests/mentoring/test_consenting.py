"""Two people answer privately; only two times yes becomes a mentorship."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from werkzeug.test import TestResponse

from peer.accounts import service as accounts
from peer.accounts.queries import account_with
from peer.core import clock, queue, work
from peer.core.errors import Conflict, NotFound, PeerError
from peer.core.settings import Settings
from peer.mentoring import queries, service
from peer.mentoring.models import Mentorship
from peer.notifications.queries import notices_of
from peer.policy.mentoring import ProposalState, Vetting
from peer.policy.roles import Actor, Role
from peer.rooms import queries as rooms
from tests.cast import Cast
from tests.mentoring.making import (
    actor_of,
    approved,
    approved_by_two,
    newcomers,
    noor_and_tess_are_asked,
    solved_round,
    vetted_mentor,
    would_like_a_mentor,
)

SignIn = Callable[[str], FlaskClient]
Post = Callable[..., TestResponse]


def _state(proposal_id: str) -> str:
    with work.begin(writes=False):
        return queries.proposal_with(proposal_id).state


def _mentorships() -> list[Mentorship]:
    with work.begin(writes=False) as session:
        return list(session.scalars(select(Mentorship)))


def _says(cast: Cast, name: str, proposal_id: str, yes: bool) -> None:
    with work.begin():
        service.answer(cast.actor(name), proposal_id, yes)


def test_both_say_yes_and_their_room_is_open(signed_in: SignIn, post: Post, cast: Cast) -> None:
    page = f"/mentoring/proposals/{noor_and_tess_are_asked(cast)}"
    noor, tess = signed_in("noor"), signed_in("tess")
    assert post(noor, page, {"answer": "yes"}).location == page
    assert _mentorships() == []
    answer = post(tess, page, {"answer": "yes"})
    (mentorship,) = _mentorships()
    assert answer.location == f"/mentoring/mentorships/{mentorship.id}"
    with work.begin(writes=False):
        room = rooms.private_room_of(mentorship.id)
        notices = [notice.message for notice in notices_of(cast.noor.id)]
    assert room is not None
    for client in (noor, tess):
        assert client.get(f"/rooms/{room.id}").status_code == 200
        assert f"/rooms/{room.id}" in client.get(answer.location).get_data(as_text=True)
    assert signed_in("zed").get(f"/rooms/{room.id}").status_code == 404
    assert "both said yes" in notices[0]


def test_question_shows_what_one_may_know_and_nothing_else(signed_in: SignIn, cast: Cast) -> None:
    with work.begin():
        service.add_area(cast.cora, "Harbour Side")
    would_like_a_mentor(
        cast.account("noor"),
        interests={"art": 3, "books": 1},
        topics=("grief",),
        identity="nonbinary",
        boundaries="No calls, please.",
        area="Harbour Side",
        avoids=("Zed",),
    )
    vetted_mentor(cast, cast.account("tess"), interests={"art": 2, "music": 3})
    proposal = approved(cast, solved_round(cast))[0]
    page = signed_in("tess").get(f"/mentoring/proposals/{proposal}").get_data(as_text=True)
    for known in ("Noor", "English", "Drawing and making", "Monday 18:00", "No calls, please."):
        assert known in page
    unknown = ("Losing someone", "Non-binary", "Harbour", "Zed", "Books and stories", "of 1000")
    for hidden in unknown:
        assert hidden not in page


def test_decline_stays_private_and_the_pair_is_left_out_next_time(
    signed_in: SignIn, post: Post, cast: Cast
) -> None:
    proposal = noor_and_tess_are_asked(cast)
    page = f"/mentoring/proposals/{proposal}"
    noor, tess = signed_in("noor"), signed_in("tess")
    post(noor, page, {"answer": "no"})
    with work.begin(writes=False):
        waiting = queries.proposal_with(proposal)
    assert waiting.state == ProposalState.APPROVED  # she can still change her mind
    assert "not this time" in noor.get(page).get_data(as_text=True)
    assert "not this time." not in tess.get(page).get_data(as_text=True)
    post(tess, page, {"answer": "yes"})
    assert _state(proposal) == ProposalState.DECLINED
    for client in (noor, tess):
        text = client.get(page).get_data(as_text=True)
        assert "did not come together" in text
        assert "declined" not in text.casefold()
    with work.begin(writes=False):
        told = [{n.message for n in notices_of(who.id)} for who in (cast.noor, cast.tess)]
        round_id = queries.rounds()[0].id
    assert any("did not come together" in message for message in told[0] & told[1])
    with work.begin():
        service.close_round(cast.cora, round_id)
    second = solved_round(cast)
    with work.begin(writes=False):
        assert list(queries.proposals_of(second)) == []
    with pytest.raises(NotFound), work.begin():
        service.lift_rule(cast.cora, cast.noor.id, cast.tess.id)


def test_answer_can_change_until_both_have_answered(core: Settings, cast: Cast) -> None:
    proposal = noor_and_tess_are_asked(cast)
    _says(cast, "noor", proposal, False)
    _says(cast, "noor", proposal, True)
    _says(cast, "tess", proposal, True)
    assert _state(proposal) == ProposalState.MATCHED
    with pytest.raises(Conflict):
        _says(cast, "noor", proposal, False)
    assert len(_mentorships()) == 1


def test_question_closes_by_itself_after_two_weeks(core: Settings, cast: Cast) -> None:
    proposal = noor_and_tess_are_asked(cast)
    _says(cast, "noor", proposal, True)
    with clock.stopped_at(clock.now() + timedelta(days=13, hours=23)):
        queue.sweep_now("mentoring.clock")
        assert _state(proposal) == ProposalState.APPROVED
    with clock.stopped_at(clock.now() + timedelta(days=14, minutes=1)):
        with pytest.raises(Conflict):
            _says(cast, "tess", proposal, True)
        queue.sweep_now("mentoring.clock")
        queue.sweep_now("mentoring.clock")
    assert _state(proposal) == ProposalState.EXPIRED
    assert _mentorships() == []


@pytest.mark.parametrize("name", ["zed", "uma", "cora", "mo", "ada", "fay"])
def test_other_peoples_questions_are_not_there(
    signed_in: SignIn, post: Post, cast: Cast, name: str
) -> None:
    page = f"/mentoring/proposals/{noor_and_tess_are_asked(cast)}"
    client = signed_in(name)
    assert client.get(page).status_code == 404
    assert post(client, page, {"answer": "yes"}).status_code == 404
    assert client.get("/mentoring/proposals/nothing").status_code == 404


def test_undecided_proposal_is_hidden_from_its_people(signed_in: SignIn, cast: Cast) -> None:
    would_like_a_mentor(cast.account("noor"))
    vetted_mentor(cast, cast.account("tess"))
    round_id = solved_round(cast)
    with work.begin(writes=False):
        (proposal,) = queries.proposals_of(round_id)
    for name in ("noor", "tess"):
        assert signed_in(name).get(f"/mentoring/proposals/{proposal.id}").status_code == 404


@pytest.mark.parametrize("who", ["noor", "tess"])
def test_suspended_person_ends_the_question_at_the_second_yes(
    core: Settings, cast: Cast, who: str
) -> None:
    proposal = noor_and_tess_are_asked(cast)
    other = "tess" if who == "noor" else "noor"
    _says(cast, who, proposal, True)
    with work.begin():
        accounts.suspend(cast.actor(who).id, by=cast.mo, days=None)
    _says(cast, other, proposal, True)
    assert _state(proposal) == ProposalState.WITHDRAWN
    assert _mentorships() == []


def test_full_mentor_leaves_a_clear_answer(signed_in: SignIn, post: Post, cast: Cast) -> None:
    """Tess has two questions open and then offers one place only: the second pair hears it."""
    accounts_ = newcomers(cast, 2)
    for account in accounts_:
        would_like_a_mentor(account)
    vetted_mentor(cast, cast.account("tess"), capacity=2)
    first, second = approved(cast, solved_round(cast))
    vetted = cast.tess
    with work.begin():
        data = service.MentorInput(languages={"en": 3}, capacity=1, timezone="Europe/London")
        service.save_mentor_profile(vetted, vetted.id, data)
        for proposal_id in (first, second):
            service.answer(vetted, proposal_id, True)
        one, two = (queries.proposal_with(each).mentee_id for each in (first, second))
    with work.begin():
        service.answer(actor_of(account_with(one)), first, True)
    assert _state(second) == ProposalState.WITHDRAWN
    with pytest.raises(Conflict, match="closed now"), work.begin():
        service.answer(actor_of(account_with(two)), second, True)
    assert len(_mentorships()) == 1


STEPS = [
    *("noor yes", "noor no", "tess yes", "tess no", "zed yes"),
    *("two weeks pass", "sweep", "on hold", "vetted again", "suspended"),
]


class Consent:
    """What must hold for one question, in the plainest words: the model of the test below."""

    def __init__(self) -> None:
        self.state = "approved"
        self.said: dict[str, bool] = {}
        self.in_time = self.vetted = self.usable = True

    def may_answer(self, name: str) -> bool:
        """Whether this answer is taken."""
        sees = name == "noor" or (name == "tess" and self.vetted)
        return sees and self.state == "approved" and self.in_time

    def answer(self, name: str, yes: bool) -> None:
        """One answer, and what follows when it is the second."""
        self.said[name] = yes
        if len(self.said) == 2:
            may_meet = self.usable and self.vetted
            both = all(self.said.values())
            self.state = ("matched" if may_meet else "withdrawn") if both else "declined"

    def happens(self, step: str) -> None:
        """Everything else that comes about."""
        asked = self.state == "approved"
        match step:
            case "two weeks pass":
                self.in_time = False
            case "sweep":
                self.state = "expired" if asked and not self.in_time else self.state
            case "on hold":
                self.vetted = False
                self.state = "withdrawn" if asked else self.state
            case "vetted again":
                self.vetted = True
            case "suspended":
                self.usable = False


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=st.lists(st.sampled_from(STEPS), max_size=8))
def test_consent_whatever_happens_in_whatever_order(
    core: Settings, cast: Cast, steps: list[str]
) -> None:
    """A mentorship begins exactly when both last said yes and nothing stood against it."""
    mentor = vetted_mentor(cast, cast.newcomer(Role.MENTOR))
    mentee = would_like_a_mentor(cast.newcomer())
    round_id = solved_round(cast)
    (question,) = approved(cast, round_id)
    people = {"noor": mentee, "tess": mentor, "zed": cast.zed}
    model, now = Consent(), clock.now()
    for step in steps:
        now += timedelta(days=15 if step == "two weeks pass" else 0)
        with clock.stopped_at(now):
            name, _, answer = step.partition(" ")
            if name in people:
                may = model.may_answer(name)
                say = partial(service.answer, people[name], question, answer == "yes")
                assert may == _try(say)
                if may:
                    model.answer(name, answer == "yes")
            else:
                _bring_about(cast, step, mentor.id, mentee.id)
                model.happens(step)
        assert _state(question) == model.state
        begun = [row for row in _mentorships() if row.proposal_id == question]
        assert len(begun) == (model.state == "matched")
    _make_room_for_the_next(cast, round_id, mentee, mentor)


def _bring_about(cast: Cast, step: str, mentor_id: str, mentee_id: str) -> None:
    match step:
        case "sweep":
            queue.sweep_now("mentoring.clock")
        case "on hold":
            _try(lambda: service.set_vetting(cast.cora, mentor_id, Vetting.PAUSED))
        case "vetted again":
            _try(lambda: approved_by_two(cast, mentor_id))
        case "suspended":
            with work.begin():
                accounts.suspend(mentee_id, by=cast.mo, days=None)


def _make_room_for_the_next(cast: Cast, round_id: str, mentee: Actor, mentor: Actor) -> None:
    with work.begin():
        service.close_round(cast.cora, round_id)
        service.set_wants_mentor(mentee, False)
        service.pause_profile(mentor, Role.MENTOR, True)
        for row in queries.mentorships_of(mentee.id):
            service.close_mentorship(cast.cora, row.id)


def _try(act: Callable[[], object]) -> bool:
    try:
        with work.begin():
            act()
    except PeerError:
        return False
    return True
