"""What a coordinator is told of who has no mentor, and of the programme; what nobody is told."""

import html
import json
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

import matching
from peer.core import queue, work
from peer.core.errors import Conflict, NotFound, Refused
from peer.core.settings import Settings
from peer.mentoring import jobs, queries, service
from peer.mentoring.holdings import held
from peer.mentoring.models import Round
from peer.mentoring.routes import words
from peer.mentoring.service.rounds import rule_pair
from peer.policy import mentoring as policy
from peer.policy.roles import Role
from tests.cast import Cast
from tests.mentoring.making import (
    both_say_yes,
    newcomers,
    noor_meets_tess,
    solved_round,
    vetted_mentor,
    would_like_a_mentor,
)

SignIn = Callable[[str], FlaskClient]
Post = Callable[..., TestResponse]
TUESDAY_EVENING = (84, 85, 86, 87)


def page_of(client: FlaskClient, round_id: str, view: str, lang: str = "en") -> str:
    answer = client.get(f"/mentoring/rounds/{round_id}?show={view}&lang={lang}")
    assert answer.status_code == 200
    return html.unescape(answer.get_data(as_text=True))


def round_with(round_id: str) -> Round:
    with work.begin(writes=False):
        return queries.round_with(round_id)


def noor_has_the_only_place(cast: Cast) -> str:
    """Noor meets Tess; Zed, who shares fewer interests with her, has nobody."""
    would_like_a_mentor(cast.account("noor"), interests={"art": 3})
    would_like_a_mentor(cast.account("zed"), interests={"books": 3})
    vetted_mentor(cast, cast.account("tess"), interests={"art": 3}, capacity=1)
    return solved_round(cast)


def test_who_has_no_mentor_is_told_with_what_would_be_enough(signed_in: SignIn, cast: Cast) -> None:
    text = page_of(signed_in("cora"), noor_has_the_only_place(cast), "unmatched")
    assert "The mentors who fit have no place, or no hour that suits, left in this round" in text
    assert "This would be enough:" in text
    assert "One more place with Tess" in text
    assert "If they met Tess:" in text
    assert "Noor would have no mentor." in text
    assert "points instead of" in text
    assert "Apart from places of pairs that go on or are held, " in text
    assert "can only be placed with Tess, with one place between them." in text


def test_places_of_people_who_meet_already_are_nobodys_to_take(
    signed_in: SignIn, cast: Cast
) -> None:
    noor_meets_tess(cast)
    with work.begin():
        service.close_round(cast.cora, queries.rounds()[0].id)
    would_like_a_mentor(cast.account("zed"))
    text = page_of(signed_in("cora"), solved_round(cast), "unmatched")
    assert "belongs to people who meet already" in text
    assert "One more place with Tess" in text


def test_an_hour_more_is_told_on_the_clock_of_the_person(signed_in: SignIn, cast: Cast) -> None:
    would_like_a_mentor(cast.account("noor"), cells=TUESDAY_EVENING)
    vetted_mentor(cast, cast.account("tess"))
    text = page_of(signed_in("cora"), solved_round(cast), "unmatched")
    assert "One more hour of theirs: Monday 18:00 (they could then meet Tess)" in text
    assert "One more hour of Tess: Tuesday 18:00" in text


def test_several_things_together_are_told_as_such(signed_in: SignIn, cast: Cast) -> None:
    would_like_a_mentor(
        cast.account("noor"), cells=TUESDAY_EVENING, languages={"ar": 3}, topics=("court",)
    )
    vetted_mentor(cast, cast.account("tess"), declines=("court",))
    text = page_of(signed_in("cora"), solved_round(cast), "unmatched")
    assert "It takes 3 things together" in text
    assert "Tess being open to this topic: Courts and police" in text


def test_a_place_and_the_pair_held_do_what_was_said(
    signed_in: SignIn, post: Post, cast: Cast
) -> None:
    """Cora holds Zed with Tess, who takes one more: in the next round both have a mentor."""
    round_id = noor_has_the_only_place(cast)
    cora = signed_in("cora")
    sent = {"hold": cast.zed.id, "with": cast.tess.id, "show": "unmatched"}
    assert post(cora, f"/mentoring/rounds/{round_id}", sent).status_code == 303
    assert "Held for the next round" in page_of(cora, round_id, "unmatched")
    with work.begin():
        service.close_round(cast.cora, round_id)
    would_like_a_mentor(cast.account("zed"), interests={"books": 3})
    vetted = cast.account("tess")
    with work.begin():
        service.save_mentor_profile(
            cast.actor("tess"),
            vetted.id,
            service.MentorInput(
                zone_confirmed=True,
                languages={"en": 3},
                cells=(36, 37, 38, 39),
                timezone="Europe/London",
                interests={"art": 3},
                capacity=2,
            ),
        )
    following = solved_round(cast)
    with work.begin(writes=False):
        pairs = {(p.mentee_id, p.mentor_id) for p in queries.proposals_of(following)}
    assert pairs == {(cast.noor.id, cast.tess.id), (cast.zed.id, cast.tess.id)}


def test_the_latest_word_on_whom_to_hold_counts(core: Settings, cast: Cast) -> None:
    round_id = noor_has_the_only_place(cast)
    with work.begin():
        rule_pair(cast.zed.id, cast.uma.id, "pin", "coordinator")
        service.hold_pair(cast.cora, round_id, cast.zed.id, cast.tess.id)
        held = [rule.mentor_id for rule in queries.rules_of_mentee(cast.zed.id)]
    assert held == [cast.tess.id]


def test_not_every_pair_can_be_held(core: Settings, cast: Cast) -> None:
    round_id = noor_has_the_only_place(cast)
    tries = [
        (cast.noor.id, cast.tess.id, NotFound),  # she has a mentor
        (cast.zed.id, cast.uma.id, NotFound),  # who was not in the round
        ("nobody\0", cast.tess.id, NotFound),
    ]
    for mentee, mentor, error in tries:
        with pytest.raises(error), work.begin():
            service.hold_pair(cast.cora, round_id, mentee, mentor)
    with pytest.raises(NotFound), work.begin():
        service.hold_pair(cast.actor("mo"), round_id, cast.zed.id, cast.tess.id)
    with work.begin():
        rule_pair(cast.zed.id, cast.tess.id, "forbid", "consent")
    with pytest.raises(Conflict, match="just now"), work.begin():
        service.hold_pair(cast.cora, round_id, cast.zed.id, cast.tess.id)
    with work.begin():
        service.close_round(cast.cora, round_id)
    with pytest.raises(Conflict), work.begin():
        service.hold_pair(cast.cora, round_id, cast.zed.id, cast.tess.id)


def test_coordinators_do_not_hold_themselves(core: Settings, cast: Cast) -> None:
    both = cast.newcomer(Role.MEMBER, Role.COORDINATOR)
    would_like_a_mentor(cast.account("noor"), interests={"art": 3})
    actor = would_like_a_mentor(both, interests={"books": 3})
    vetted_mentor(cast, cast.account("tess"), interests={"art": 3}, capacity=1)
    round_id = solved_round(cast)
    with pytest.raises(Refused), work.begin():
        service.hold_pair(actor, round_id, actor.id, cast.tess.id)


@pytest.mark.parametrize("whose", ["mentee", "mentor"])
def test_nobody_reads_who_avoids_whom(signed_in: SignIn, cast: Cast, whose: str) -> None:
    avoids = {"avoids": ("Tess",)} if whose == "mentee" else {}
    would_like_a_mentor(cast.account("noor"), **avoids)
    back = {"avoids": ("Noor",)} if whose == "mentor" else {}
    vetted_mentor(cast, cast.account("tess"), **back)
    cora = signed_in("cora")
    round_id = solved_round(cast)
    for view in ("unmatched", "advice"):
        main = page_of(cora, round_id, view).split("<main", 1)[1].split("</main", 1)[0]
        assert "asked not to meet" not in main
        assert "avoid" not in main
    left = page_of(cora, round_id, "unmatched")
    assert "Tess" not in left
    assert "for reasons that stay private" in left
    assert "No small change would be enough" in left
    assert "With one mentor it is only this" not in left
    assert "several things at once, or what stays private" in page_of(cora, round_id, "advice")


@pytest.mark.parametrize("whose", ["mentee", "mentor"])
def test_what_is_held_of_somebody_does_not_tell_them_who_avoids_them(
    core: Settings, cast: Cast, whose: str
) -> None:
    """Noor reads the same of a round whether Tess avoids her or a coordinator ruled the pair out."""
    would_like_a_mentor(
        cast.account("noor"), **({"avoids": ("Tess",)} if whose == "mentee" else {})
    )
    vetted_mentor(
        cast, cast.account("tess"), **({"avoids": ("Noor",)} if whose == "mentor" else {})
    )
    round_id = solved_round(cast)
    read = []
    for reason in ("avoided", "forbidden"):
        with work.begin():
            left = queries.unmatched_in(round_id, cast.noor.id)
            assert left is not None
            assert reason == "forbidden" or left.reason == reason
            left.reason = reason
        with work.begin(writes=False):
            (section,) = (s for s in held(cast.noor.id) if s.key == "left_over")
            read.append([row["reason"] for row in section.rows])
    assert read[0] == read[1]
    assert "asked" not in str(read[0]).replace("be asked", "")
    assert "avoid" not in str(read[0])


def test_words_for_avoiding_are_nowhere_among_those_of_rounds() -> None:
    """What a file says in a code has no words of its own on any page."""
    for told in (words.RULES, words.REASONS, words.HELPS):
        assert "avoided" not in told
        assert not any("avoid" in text for text in told.values())
    assert policy.REASON_WORDS["avoided"] == policy.REASON_WORDS["forbidden"]


def test_a_round_in_which_running_pairs_may_change_is_explained_too(
    signed_in: SignIn, cast: Cast
) -> None:
    """Noor meets Tess and could move to Uma, for Zed; who came last needs one more place."""
    fluent = {"en": 3, "es": 3}
    would_like_a_mentor(cast.account("noor"), languages=fluent)
    vetted_mentor(cast, cast.account("tess"), languages={"es": 3}, capacity=1)
    first = solved_round(cast)
    with work.begin():
        (proposal,) = queries.proposals_of(first)
        service.approve(cast.cora, proposal.id)
    both_say_yes(cast, proposal.id)
    with work.begin():
        service.close_round(cast.cora, first)
    for account in (cast.account("zed"), *newcomers(cast, 1)):
        would_like_a_mentor(account, languages={"es": 3})
    vetted_mentor(cast, cast.account("uma"), languages={"en": 3}, capacity=1)
    second = solved_round(cast)
    with work.begin():
        freer = service.start_freer_round(cast.cora, second, 1, seed=1).id
    queue.run_now("rounds.solve", freer)
    text = page_of(signed_in("cora"), freer, "unmatched")
    assert "The mentors who fit have no place" in text
    assert "One more place with Tess" in text


def test_what_was_not_found_in_time_is_not_said_not_to_be(signed_in: SignIn, cast: Cast) -> None:
    round_id = noor_has_the_only_place(cast)
    with work.begin():
        round_ = queries.round_locked(round_id)
        insight = json.loads(json.dumps(round_.insight))
        for known in insight["people"].values():
            known |= {"size": 0, "ways": [], "proven": False}
        round_.insight = insight
    text = page_of(signed_in("cora"), round_id, "unmatched")
    assert "What would be enough was not found in the time there was." in text
    assert "No small change would be enough" not in text


def test_a_no_given_in_private_shows_nowhere(signed_in: SignIn, cast: Cast) -> None:
    """Tess said "not this time" of Noor: she is not offered, nor does anything say why."""
    with work.begin():
        rule_pair(cast.noor.id, cast.tess.id, "forbid", "consent")
    would_like_a_mentor(cast.account("noor"))
    vetted_mentor(cast, cast.account("tess"))
    text = page_of(signed_in("cora"), solved_round(cast), "unmatched")
    assert "Tess" not in text
    assert "Lifting" not in text


def test_the_programme_hears_what_one_more_mentor_would_change(
    signed_in: SignIn, cast: Cast
) -> None:
    for account in newcomers(cast, 2):
        would_like_a_mentor(account, languages={"ar": 3})
    would_like_a_mentor(cast.account("noor"), cells=TUESDAY_EVENING)
    vetted_mentor(cast, cast.account("tess"), capacity=2)
    text = page_of(signed_in("cora"), solved_round(cast), "advice")
    row = text.split('scope="row">Arabic', 1)[1].split("</tr>", 1)[0]
    assert ">2<" in row
    assert "2 places are free." in text
    assert "One more hour: Tuesday 18:00" in text
    assert "one person without a mentor could come" in text
    assert "Language: if everybody spoke one language" in text


def test_what_is_kept_names_nobody_and_goes_with_the_person(core: Settings, cast: Cast) -> None:
    round_id = noor_has_the_only_place(cast)
    insight = round_with(round_id).insight
    assert insight is not None
    kept = json.dumps(insight)
    for secret in (cast.noor.id, cast.zed.id, cast.tess.id, "Noor", "Zed", "Tess"):
        assert secret not in kept
    with work.begin():
        service.forget_person(cast.zed.id)
    assert round_with(round_id).insight is None


def test_a_round_of_an_earlier_time_keeps_the_words_it_had(signed_in: SignIn, cast: Cast) -> None:
    round_id = noor_has_the_only_place(cast)
    with work.begin():
        queries.round_locked(round_id).insight = None
    cora = signed_in("cora")
    text = page_of(cora, round_id, "unmatched")
    assert "What would help" in text
    assert "One more place with a mentor" in text
    assert "Nothing worked out for this round" in page_of(cora, round_id, "advice")


def test_pairs_stand_even_where_nothing_can_be_worked_out(core: Settings, cast: Cast) -> None:
    """Reasons of another round's answer make no sense: that is noted, and nothing breaks."""
    round_id = noor_has_the_only_place(cast)
    problem = matching.loads(round_with(round_id).problem)
    other = matching.generate.problem(5, 2, 1)
    progress = jobs._Progress(round_id)
    assert jobs._insight(problem, matching.solve(problem), progress) is not None
    assert jobs._insight(other, matching.solve(problem), progress) is None


@pytest.mark.parametrize("lang", ["es", "ar"])
def test_it_is_told_in_every_language(signed_in: SignIn, cast: Cast, lang: str) -> None:
    round_id = noor_has_the_only_place(cast)
    cora = signed_in("cora")
    for view, english in (("unmatched", "This would be enough"), ("advice", "One more mentor")):
        assert english not in page_of(cora, round_id, view, lang)


def test_solving_again_works_it_out_again(core: Settings, cast: Cast) -> None:
    round_id = noor_has_the_only_place(cast)
    first = round_with(round_id).insight
    with work.begin():
        service.close_round(cast.cora, round_id)
    with work.begin():
        again = service.start_round(cast.cora, seed=1).id
    queue.run_now("rounds.solve", again)
    assert round_with(again).insight == first
