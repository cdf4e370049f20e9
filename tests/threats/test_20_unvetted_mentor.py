"""Who is not vetted, or no longer, sees and matches nobody; approving takes two people."""

from collections.abc import Callable
from datetime import timedelta
from itertools import product

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

import matching
from peer.accounts import queries as accounts
from peer.accounts import service as people
from peer.core import clock, work
from peer.core.errors import Conflict, NotFound, PeerError, Refused
from peer.core.settings import Settings
from peer.mentoring import queries, service
from peer.mentoring.models import MentorProfile
from peer.policy.mentoring import VETTING_STEPS, Vetting, is_vetted
from peer.policy.roles import Actor, Role
from tests.cast import Cast
from tests.mentoring.making import (
    READ,
    approved_by_two,
    noor_meets_tess,
    offers_to_mentor,
    solved_round,
    vetted_mentor,
    would_like_a_mentor,
)

SignIn = Callable[[str], FlaskClient]
Post = Callable[..., TestResponse]


def put(mentor: Actor, state: Vetting) -> None:
    """Bring a mentor's profile into a state, whatever the way there."""
    with work.begin():
        profile = queries.mentor_with(mentor.id)
        profile.vetting = state
        profile.vetted_until = clock.now() + timedelta(days=30)


def profile_of(mentor: Actor) -> MentorProfile:
    with work.begin(writes=False):
        return queries.mentor_with(mentor.id)


def ask(cast: Cast, mentor: Actor) -> str:
    with work.begin():
        act = service.set_vetting(cast.cora, mentor.id, Vetting.VETTED, note=READ)
    assert act is not None
    return act.id


def test_unvetted_or_lapsed_mentor_sees_and_matches_nothing_and_approval_needs_two_people(
    signed_in: SignIn, post: Post, cast: Cast
) -> None:
    mentorship = noor_meets_tess(cast)
    would_like_a_mentor(cast.account("zed"))
    uma = vetted_mentor(cast, cast.account("uma"))
    tess = signed_in("tess")
    page = f"/mentoring/mentorships/{mentorship}"
    assert tess.get(page).status_code == 200
    for state in set(Vetting) - {Vetting.VETTED}:
        put(cast.tess, state)
        for hidden in (page, f"{page}/calendar.ics"):
            assert tess.get(hidden).status_code == 404, state
        assert post(tess, page, {"do": "close"}).status_code == 404
        assert "Noor" not in tess.get("/mentoring").get_data(as_text=True)
    put(cast.tess, Vetting.VETTED)
    with work.begin():
        open_now = queries.open_round()
        assert open_now is not None
        service.close_round(cast.cora, open_now.id)
    with clock.stopped_at(clock.now() + timedelta(days=31)):
        assert not is_vetted(profile_of(cast.tess), clock.now())
        put(uma, Vetting.VETTED)
        round_id = solved_round(cast)
    with work.begin(writes=False):
        row = queries.round_with(round_id)
        placed = {row.keys[mentor.id] for mentor in matching.loads(row.problem).mentors}
    assert placed == {uma.id}


@pytest.mark.parametrize(("now", "to"), list(product(Vetting, Vetting)))
def test_no_step_of_one_person_leads_to_vetted(
    core: Settings, cast: Cast, now: Vetting, to: Vetting
) -> None:
    tess = offers_to_mentor(cast.account("tess"))
    put(tess, now)
    until = profile_of(tess).vetted_until
    try:
        with work.begin():
            service.set_vetting(cast.cora, tess.id, to, note=READ)
        followed = True
    except PeerError:
        followed = False
    after = profile_of(tess)
    assert followed == (to in VETTING_STEPS[now])
    if to == Vetting.VETTED:
        assert (after.vetting, after.vetted_until) == (now, until)
    else:
        assert after.vetting == (to if followed else now)


def test_only_another_person_of_the_office_confirms(core: Settings, cast: Cast) -> None:
    tess = offers_to_mentor(cast.account("tess"))
    put(tess, Vetting.IN_REVIEW)
    act = ask(cast, tess)
    with pytest.raises(Refused), work.begin():
        people.confirm(cast.cora, act)
    for other in (tess, cast.noor, cast.mo, cast.fay, cast.uma):
        with pytest.raises(NotFound), work.begin():
            people.confirm(other, act)
    both = accounts.actor_from(cast.newcomer(Role.COORDINATOR, Role.MENTOR))
    offers_to_mentor(accounts_of(both))
    put(both, Vetting.IN_REVIEW)
    theirs = ask(cast, both)
    with pytest.raises(NotFound), work.begin():
        people.confirm(both, theirs)
    assert profile_of(tess).vetting == profile_of(both).vetting == Vetting.IN_REVIEW


def accounts_of(actor: Actor) -> accounts.Account:
    with work.begin(writes=False):
        return accounts.account_with(actor.id)


@pytest.mark.parametrize("ending", ["refused", "withdrawn", "expired", "overtaken"])
def test_what_is_not_confirmed_lets_nobody_in(core: Settings, cast: Cast, ending: str) -> None:
    tess = offers_to_mentor(cast.account("tess"))
    put(tess, Vetting.IN_REVIEW)
    act, now = ask(cast, tess), clock.now()
    with work.begin():
        if ending == "refused":
            people.refuse_act(cast.cleo, act, "One reference is missing.")
        elif ending == "withdrawn":
            people.withdraw_act(cast.cora, act)
        elif ending == "overtaken":
            service.set_vetting(cast.cleo, tess.id, Vetting.DECLINED)
        else:
            now += timedelta(days=8)
    with clock.stopped_at(now), pytest.raises(Conflict), work.begin():
        people.confirm(cast.cleo, act)
    assert profile_of(tess).vetting != Vetting.VETTED


def test_two_people_let_a_mentor_in(core: Settings, cast: Cast) -> None:
    tess = offers_to_mentor(cast.account("tess"))
    put(tess, Vetting.IN_REVIEW)
    approved_by_two(cast, tess.id)
    assert is_vetted(profile_of(tess), clock.now())
