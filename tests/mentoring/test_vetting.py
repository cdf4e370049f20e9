"""Only a vetted, unexpired mentor reaches a round or sees anybody."""

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise, product

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

import matching
from peer.core import clock, queue, work
from peer.core.audit import AuditEntry
from peer.core.errors import Conflict, Invalid, NotFound, Refused
from peer.core.settings import Settings
from peer.mentoring import queries, service
from peer.policy.mentoring import VETTING_STEPS, Vetting, can_vet
from peer.policy.roles import Actor, Role
from peer.rooms import queries as rooms
from tests.cast import PASSPHRASE, Cast
from tests.mentoring.making import (
    READ,
    approved_by_two,
    is_vetted,
    noor_and_tess_are_asked,
    noor_meets_tess,
    offers_to_mentor,
    solved_round,
    vetted_mentor,
    would_like_a_mentor,
)

SignIn = Callable[[str], FlaskClient]
Post = Callable[..., TestResponse]


def _mentors_of(round_id: str) -> set[str]:
    with work.begin(writes=False):
        row = queries.round_with(round_id)
        keys = {mentor.id for mentor in matching.loads(row.problem).mentors}
        return {row.keys[key] for key in keys}


def test_only_vetted_mentors_are_in_the_snapshot(core: Settings, cast: Cast) -> None:
    would_like_a_mentor(cast.account("noor"))
    tess = vetted_mentor(cast, cast.account("tess"))
    paths = [
        [],
        [Vetting.IN_REVIEW],
        [Vetting.DECLINED],
        [Vetting.IN_REVIEW, Vetting.VETTED, Vetting.PAUSED],
        [Vetting.IN_REVIEW, Vetting.VETTED, Vetting.LAPSED],
    ]
    for path in paths:
        other = offers_to_mentor(cast.newcomer(Role.MENTOR))
        with work.begin():
            for step in path:
                if step == Vetting.VETTED:
                    approved_by_two(cast, other.id)
                else:
                    service.set_vetting(cast.cora, other.id, step)
    assert _mentors_of(solved_round(cast)) == {tess.id}


def test_expired_mentor_is_left_out_even_before_the_sweep(core: Settings, cast: Cast) -> None:
    would_like_a_mentor(cast.account("noor"))
    vetted_mentor(cast, cast.account("uma"), languages={"en": 3})
    is_vetted(cast, offers_to_mentor(cast.account("tess")), days=30)
    with clock.stopped_at(clock.now() + timedelta(days=31)):
        assert _mentors_of(solved_round(cast)) == {cast.uma.id}


def test_sweep_marks_lapsed_mentors_and_tells_them(core: Settings, cast: Cast) -> None:
    tess = is_vetted(cast, offers_to_mentor(cast.account("tess")), days=30)
    with clock.stopped_at(clock.now() + timedelta(days=31)):
        queue.sweep_now("mentoring.clock")
        queue.sweep_now("mentoring.clock")
    with work.begin(writes=False):
        states = [step.state for step in queries.vetting_steps(tess.id)]
    assert states == ["lapsed", "vetted", "in_review", "applied"]


def test_lapsed_mentor_sees_no_question_and_no_mentorship(
    signed_in: SignIn, post: Post, cast: Cast
) -> None:
    mentorship = noor_meets_tess(cast)
    tess = signed_in("tess")
    page = f"/mentoring/mentorships/{mentorship}"
    with work.begin(writes=False):
        room = rooms.private_room_of(mentorship)
    assert room is not None
    assert tess.get(page).status_code == 200
    with work.begin():
        service.set_vetting(cast.cora, cast.tess.id, Vetting.PAUSED)
    for hidden in (page, f"{page}/calendar.ics", f"/rooms/{room.id}"):
        assert tess.get(hidden).status_code == 404
    assert post(tess, page, {"do": "close"}).status_code == 404
    assert "Noor" not in tess.get("/mentoring").get_data(as_text=True)
    assert "On a break" in signed_in("noor").get(page).get_data(as_text=True)
    approved_by_two(cast, cast.tess.id)
    with work.begin():
        service.resume_mentorship(cast.noor, mentorship)
    assert tess.get(page).status_code == 200
    assert tess.get(f"/rooms/{room.id}").status_code == 200


def test_unvetted_mentor_is_not_asked_any_more(signed_in: SignIn, cast: Cast) -> None:
    proposal = noor_and_tess_are_asked(cast)
    tess = signed_in("tess")
    assert tess.get(f"/mentoring/proposals/{proposal}").status_code == 200
    with work.begin():
        service.set_vetting(cast.cora, cast.tess.id, Vetting.DECLINED)
    assert tess.get(f"/mentoring/proposals/{proposal}").status_code == 404
    answer = signed_in("noor").get(f"/mentoring/proposals/{proposal}").get_data(as_text=True)
    assert "did not come together" in answer
    assert "Tess" not in answer


@pytest.mark.parametrize(("now", "to"), list(product(Vetting, Vetting)))
def test_every_step_that_is_not_listed_is_refused(now: Vetting, to: Vetting) -> None:
    actor = Actor("c", "Cora", frozenset({Role.COORDINATOR}))
    assert bool(can_vet(actor, "t", now, to)) == (to in VETTING_STEPS[now])


def test_nobody_reaches_vetted_without_a_review() -> None:
    """Every way from an application to vetted goes through a review."""
    ways = [[Vetting.APPLIED]]
    while ways:
        way = ways.pop()
        for step in VETTING_STEPS[way[-1]]:
            if step == Vetting.VETTED:
                assert Vetting.IN_REVIEW in way
            elif step not in way:
                ways.append([*way, step])
        assert all(later in VETTING_STEPS[earlier] for earlier, later in pairwise(way))


def test_coordinator_cannot_vet_herself(core: Settings, cast: Cast) -> None:
    both = cast.newcomer(Role.COORDINATOR, Role.MENTOR)
    actor = offers_to_mentor(both)
    with pytest.raises(Refused), work.begin():
        service.set_vetting(actor, both.id, Vetting.IN_REVIEW)


def test_mentor_cannot_vet_anybody(core: Settings, cast: Cast) -> None:
    tess, uma = offers_to_mentor(cast.account("tess")), cast.uma
    for actor in (tess, uma, cast.mo, cast.ada):
        with pytest.raises(NotFound), work.begin():
            service.set_vetting(actor, tess.id, Vetting.IN_REVIEW)


def test_steps_are_dated_signed_and_on_record(core: Settings, cast: Cast) -> None:
    tess = vetted_mentor(cast, cast.account("tess"))
    with work.begin(writes=False) as session:
        latest = queries.vetting_steps(tess.id)[0]
        acts = session.scalars(select(AuditEntry).where(AuditEntry.act == "vetting.step")).all()
    assert (latest.by_id, latest.confirmed_by) == (cast.cora.id, cast.cleo.id)
    assert latest.until is not None
    assert timedelta(days=364) < latest.until - latest.at <= timedelta(days=365)
    assert [entry.details["to"] for entry in acts] == ["in_review", "vetted"]
    with pytest.raises(Conflict), work.begin():
        service.set_vetting(cast.cora, tess.id, Vetting.IN_REVIEW)
    with pytest.raises(Invalid), work.begin():
        service.set_vetting(cast.cora, tess.id, Vetting.VETTED, days=10_000, note=READ)


def test_coordinator_vets_by_the_page(signed_in: SignIn, post: Post, cast: Cast) -> None:
    tess = offers_to_mentor(cast.account("tess"))
    cora, page = signed_in("cora"), f"/mentoring/mentors/{tess.id}"
    cleo = signed_in("cleo")
    assert "Begin the review" in cora.get(page).get_data(as_text=True)
    assert post(cora, f"{page}/vetting", {"to": "in_review"}).status_code == 303
    unsaid = post(cora, f"{page}/vetting", {"to": "vetted", "days": "90", "note": "ok"})
    assert unsaid.status_code == 422
    assert 'value="ok"' in unsaid.get_data(as_text=True)
    asked = post(cora, f"{page}/vetting", {"to": "vetted", "days": "90", "note": READ})
    assert "waits for a second person" in cora.get(page).get_data(as_text=True)
    assert post(cleo, f"{asked.location}/confirm", {"passphrase": PASSPHRASE}).status_code == 303
    assert "confirmed by" in cora.get(page).get_data(as_text=True)
    assert "Renew" in cora.get(page).get_data(as_text=True)
    assert post(cora, f"{page}/vetting", {"to": "vetted", "days": "x"}).status_code == 422
    assert post(cora, f"{page}/vetting", {"to": "king"}).status_code == 404
    assert post(cora, f"{page}/vetting", {"to": "applied"}).status_code == 409
