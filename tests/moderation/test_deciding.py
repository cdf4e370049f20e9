"""Moderators take items, decide, and change their minds; everybody is told what concerns them."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from peer.core import audit, clock, work
from peer.core.audit import AuditEntry
from peer.core.errors import Conflict, Invalid, NotFound, PeerError, Refused
from peer.moderation import queries, service
from peer.moderation.models import ReviewItem, Ruling
from peer.policy.moderation import CLAIM_MINUTES, ItemState, Outcome, SanctionKind
from peer.policy.roles import Actor
from tests.cast import Cast
from tests.moderation.making import Board, claimed, flagged, item_about, reported, told

pytestmark = pytest.mark.usefixtures("people")


def decided(
    item: ReviewItem,
    by: Actor,
    outcome: Outcome = Outcome.HIDE,
    rule: str = "kindness",
    **more: object,
) -> Ruling:
    """What `by` decides about an item as they see it now."""
    with work.begin():
        found = queries.item_for(by, item.id)
        return service.decide(
            by, item.id, version=found.version, outcome=outcome, rule=rule, **more
        )


def acts(about: str = "") -> list[str]:
    """What the record says happened, in order."""
    with work.begin(writes=False) as session:
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
        assert list(audit.broken_links(session)) == []
        return [
            entry.act
            for entry in entries
            if about in entry.subject and entry.act != "account.create"
        ]


# --- taking ------------------------------------------------------------------------------------


def test_mo_takes_an_item_for_a_quarter_of_an_hour(cast: Cast, board: Board) -> None:
    now = clock.now()
    with clock.stopped_at(now):
        item = claimed(reported(board, cast.noor, cast.zed), cast.mo)
    assert (item.state, item.claimed_by, item.first_look_at) == (ItemState.CLAIMED, cast.mo.id, now)
    assert item.claimed_until == now + timedelta(minutes=CLAIM_MINUTES)


def test_second_moderator_is_told_that_somebody_has_it(cast: Cast, board: Board) -> None:
    item = claimed(reported(board, cast.noor, cast.zed), cast.mo)
    with pytest.raises(Conflict):
        claimed(item, cast.mia)
    assert item_about(item.subject_id).claimed_by == cast.mo.id


def test_claim_that_ran_out_can_be_taken_over(cast: Cast, board: Board) -> None:
    item = claimed(reported(board, cast.noor, cast.zed), cast.mo)
    with clock.stopped_at(clock.now() + timedelta(minutes=CLAIM_MINUTES, seconds=1)):
        claimed(item, cast.mia)
        with pytest.raises(Conflict):
            decided(item, cast.mo)
        decided(item, cast.mia)


def test_late_decision_still_counts_when_nobody_took_over(cast: Cast, board: Board) -> None:
    item = claimed(reported(board, cast.noor, cast.zed), cast.mo)
    with clock.stopped_at(clock.now() + timedelta(hours=3)):
        decided(item, cast.mo)
    assert board.notes[item.subject_id].state == "removed"


def test_taking_it_again_keeps_it_longer_and_changes_nothing_else(cast: Cast, board: Board) -> None:
    item = claimed(reported(board, cast.noor, cast.zed), cast.mo)
    with clock.stopped_at(clock.now() + timedelta(minutes=10)):
        again = claimed(item, cast.mo)
    assert again.version == item_about(item.subject_id).version == 2
    assert again.claimed_until > item.claimed_until or again is item
    assert acts("review:") == ["review.claim"]


def test_item_is_passed_on_without_a_reason(cast: Cast, board: Board) -> None:
    item = claimed(reported(board, cast.noor, cast.zed), cast.mo)
    with work.begin():
        service.pass_on(cast.mo, item.id)
    assert item_about(item.subject_id).state == ItemState.OPEN
    claimed(item, cast.mia)
    with pytest.raises(Conflict), work.begin():
        service.pass_on(cast.mo, item.id)


# --- deciding ----------------------------------------------------------------------------------


def test_hidden_words_leave_everybodys_view_and_the_author_learns_why(
    cast: Cast, board: Board
) -> None:
    item = claimed(reported(board, cast.noor, cast.zed), cast.mo)
    decided(item, cast.mo, note="Second time this week.")
    after = item_about(item.subject_id)
    assert board.notes[item.subject_id].state == "removed"
    assert (after.state, after.outcome, after.claimed_by) == (
        ItemState.DECIDED,
        Outcome.HIDE,
        None,
    )
    (notice,) = told(cast.zed)
    assert "out of view" in notice
    assert "Be kind: no insults, no threats" in notice
    assert "another moderator can look at it again" in notice
    assert not any(name in notice for name in ("Noor", "Mo", "Second time"))


def test_words_that_stand_are_no_news_to_their_author(cast: Cast, board: Board) -> None:
    item = claimed(reported(board, cast.noor, cast.zed), cast.mo)
    decided(item, cast.mo, Outcome.STAND, "none")
    assert board.notes[item.subject_id].state == "visible"
    assert told(cast.zed) == []


def test_held_words_are_let_through(cast: Cast, board: Board) -> None:
    item = claimed(flagged(board, cast.tess, "Ring me: 415 555 0123", state="held"), cast.mo)
    assert item.held
    decided(item, cast.mo, Outcome.STAND, "none")
    assert board.notes[item.subject_id].state == "visible"
    assert not item_about(item.subject_id).held
    assert told(cast.tess) == [
        "A moderator has looked at your message in Board. Everyone there can see it now."
    ]


def test_held_words_that_stay_out_were_never_passed_on(cast: Cast, board: Board) -> None:
    item = claimed(flagged(board, cast.tess, "Ring me: 415 555 0123", state="held"), cast.mo)
    decided(item, cast.mo, Outcome.HIDE, "contact")
    assert told(cast.tess)[0].startswith("Your message in Board was not passed on.")


def test_every_reporter_is_told_once_and_nothing_about_anybody(cast: Cast, board: Board) -> None:
    item = reported(board, cast.noor, cast.zed)
    with work.begin():
        service.file_report(cast.sol, "note", item.subject_id, "worried")
    decided(claimed(item, cast.mo), cast.mo)
    assert told(cast.noor)[0] == "Thank you for telling us. A moderator has taken it out of view."
    assert told(cast.sol)[0] == "Thank you for looking out for someone. A moderator has seen it."
    assert len(told(cast.noor)) == len(told(cast.sol)) == 2


@pytest.mark.parametrize(
    ("choice", "field"),
    [
        ({"rule": ""}, "rule"),
        ({"rule": "made up"}, "rule"),
        ({"rule": "none"}, "rule"),
        (
            {"rule": "none", "outcome": Outcome.STAND, "wanted": service.Wanted(SanctionKind.WARN)},
            "rule",
        ),
        ({"note": "x" * 601}, "note"),
        ({"wanted": service.Wanted(SanctionKind.MUTE, 7)}, "hours"),
        ({"wanted": service.Wanted(SanctionKind.MUTE, None)}, "hours"),
        ({"wanted": service.Wanted(SanctionKind.SUSPEND, 2)}, "days"),
    ],
)
def test_decision_without_its_reason_changes_nothing(
    choice: dict[str, object], field: str, cast: Cast, board: Board
) -> None:
    item = claimed(reported(board, cast.noor, cast.zed), cast.mo)
    with work.begin():
        with pytest.raises(Invalid) as refused:
            service.decide(
                cast.mo,
                item.id,
                **{"version": item.version, "outcome": Outcome.HIDE, "rule": "kindness", **choice},
            )
        assert queries.item_for(cast.mo, item.id).state == ItemState.CLAIMED
    assert refused.value.field == field
    assert board.notes[item.subject_id].state == "visible"
    assert told(cast.zed) == []


def test_report_that_came_in_meanwhile_has_to_be_seen_first(cast: Cast, board: Board) -> None:
    item = claimed(reported(board, cast.noor, cast.zed), cast.mo)
    seen = item.version
    with work.begin():
        service.file_report(cast.sol, "note", item.subject_id, "offer")
    with pytest.raises(Conflict, match="Something new"), work.begin():
        service.decide(cast.mo, item.id, version=seen, outcome=Outcome.STAND, rule="none")
    decided(item, cast.mo)


def test_nothing_is_decided_twice_or_untaken(cast: Cast, board: Board) -> None:
    item = reported(board, cast.noor, cast.zed)
    with pytest.raises(Conflict, match="Take this first"):
        decided(item, cast.mo)
    decided(claimed(item, cast.mo), cast.mo)
    for again in (lambda: decided(item, cast.mo), lambda: claimed(item, cast.mia)):
        with pytest.raises(Conflict, match="decided already"):
            again()
    assert len(item_about(item.subject_id).rulings) == 1


def test_item_whose_words_are_gone_can_still_be_closed(cast: Cast, board: Board) -> None:
    item = claimed(reported(board, cast.noor, cast.zed), cast.mo)
    del board.notes[item.subject_id]
    decided(item, cast.mo, Outcome.STAND, "none")
    assert item_about(item.subject_id).state == ItemState.DECIDED
    assert told(cast.zed) == []
    assert len(told(cast.noor)) == 2


# --- changing one's mind -----------------------------------------------------------------------


def test_hidden_words_are_put_back_with_a_reason(cast: Cast, board: Board) -> None:
    item = claimed(reported(board, cast.noor, cast.zed), cast.mo)
    decided(item, cast.mo)
    with work.begin():
        version = queries.item_for(cast.mia, item.id).version
        service.reopen(cast.mia, item.id, version=version)
    claimed(item, cast.mia)
    decided(item, cast.mia, Outcome.STAND, "none", note="It was a quotation.")
    again = item_about(item.subject_id)
    assert board.notes[item.subject_id].state == "visible"
    assert [ruling.outcome for ruling in again.rulings] == [Outcome.HIDE, Outcome.STAND]
    assert told(cast.zed)[0].endswith("Everyone there can see it now.")
    assert len(told(cast.noor)) == 2
    assert acts("review:") == [
        "review.claim",
        "review.decide",
        "review.reopen",
        "review.claim",
        "review.decide",
    ]


def test_only_what_is_decided_and_as_it_was_seen_is_opened_again(cast: Cast, board: Board) -> None:
    item = claimed(reported(board, cast.noor, cast.zed), cast.mo)
    with pytest.raises(Conflict), work.begin():
        service.reopen(cast.mo, item.id, version=item.version)
    decided(item, cast.mo)
    with pytest.raises(Conflict), work.begin():
        service.reopen(cast.mo, item.id, version=1)


# --- who ---------------------------------------------------------------------------------------

VERBS: dict[str, Callable[[Actor, ReviewItem], object]] = {
    "claim": lambda who, item: service.claim(who, item.id),
    "pass": lambda who, item: service.pass_on(who, item.id),
    "decide": lambda who, item: service.decide(
        who, item.id, version=item.version, outcome=Outcome.HIDE, rule="kindness"
    ),
    "reopen": lambda who, item: service.reopen(who, item.id, version=item.version),
}


@pytest.mark.parametrize("verb", VERBS)
def test_to_everybody_else_an_item_is_not_there(verb: str, cast: Cast, board: Board) -> None:
    item = reported(board, cast.noor, cast.zed)
    for name in ("noor", "zed", "tess", "fay", "cora", "ada"):
        with pytest.raises(NotFound), work.begin():
            VERBS[verb](cast.actor(name), item)
    with pytest.raises(NotFound), work.begin():
        VERBS[verb](cast.mo, ReviewItem(id="no-such-item", version=1))


@pytest.mark.parametrize("verb", ["claim", "decide", "reopen"])
def test_moderator_leaves_what_concerns_them_to_others(verb: str, cast: Cast, board: Board) -> None:
    for item in (reported(board, cast.mo, cast.zed), reported(board, cast.noor, cast.mo)):
        with pytest.raises(Refused, match="Another moderator decides"), work.begin():
            VERBS[verb](cast.mo, item)
        claimed(item, cast.mia)


def test_own_words_are_not_in_ones_own_queue(cast: Cast, board: Board) -> None:
    item = reported(board, cast.noor, cast.mo)
    with work.begin(writes=False):
        assert queries.items(cast.mo, "all") == []
        assert queries.next_item(cast.mo) is None
        assert [each.id for each in queries.items(cast.mia, "all")] == [item.id]


def test_queue_begins_with_what_is_most_urgent_then_waited_longest(
    cast: Cast, board: Board
) -> None:
    now = clock.now()
    made = []
    for minutes, category in ((3, "other"), (2, "unkind"), (1, "worried"), (0, "unkind")):
        with clock.stopped_at(now - timedelta(minutes=minutes)):
            made.append(reported(board, cast.noor, cast.zed, category))
    with work.begin(writes=False):
        order = [item.id for item in queries.items(cast.mo, "all")]
        assert order == [made[2].id, made[1].id, made[3].id, made[0].id]
        assert queries.next_item(cast.mo).id == made[2].id
        assert queries.tab_counts(cast.mo) == {
            "all": 4,
            "urgent": 1,
            "reported": 4,
            "held": 0,
            "done": 0,
        }
    claimed(made[2], cast.mia)
    with work.begin(writes=False):
        assert queries.next_item(cast.mo).id == made[1].id


def test_every_act_is_in_the_record_without_words(cast: Cast, board: Board) -> None:
    item = claimed(reported(board, cast.noor, cast.zed), cast.mo)
    decided(item, cast.mo, note="Canary", wanted=service.Wanted(SanctionKind.MUTE, 6))
    assert acts() == ["review.claim", "review.decide", "person.mute"]
    with work.begin(writes=False) as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.actor_id == cast.mo.id)).all()
        said = " ".join(f"{entry.subject} {entry.details}" for entry in entries)
        assert not any(word in said for word in ("Canary", "ashamed", "Noor", cast.noor.id))


def test_errors_of_moderation_are_ones_that_people_may_read() -> None:
    assert issubclass(Conflict, PeerError)
    assert Conflict.status == 409
