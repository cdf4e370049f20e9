"""Telling moderators about something, and what automod puts before them."""

import pytest

from peer.core import work
from peer.core.errors import Invalid, NotFound, SlowDown
from peer.moderation import queries, service
from peer.policy.moderation import REPORT_WORDS, ItemState, Outcome, ReportCategory, Severity
from tests.cast import Cast
from tests.moderation.making import Board, claimed, flagged, item_about, reported, told

pytestmark = pytest.mark.usefixtures("people")


def _report(
    cast: Cast, about: str, who: str = "noor", category: str = "unkind", **more: str
) -> None:
    with work.begin():
        service.file_report(cast.actor(who), "note", about, category, **more)


def test_noor_reports_and_is_thanked(cast: Cast, board: Board) -> None:
    item = reported(board, cast.noor, cast.zed)
    assert (item.state, item.severity, item.held) == (ItemState.OPEN, Severity.SOON, False)
    assert item.title == REPORT_WORDS[ReportCategory.UNKIND]
    assert told(cast.noor) == ["Thank you for telling us. A moderator will look at it."]


def test_author_is_not_told_that_somebody_reported(cast: Cast, board: Board) -> None:
    reported(board, cast.noor, cast.zed)
    assert told(cast.zed) == []


def test_reporting_takes_nothing_out_of_view_by_itself(cast: Cast, board: Board) -> None:
    item = reported(board, cast.noor, cast.zed)
    for name in ("sol", "tess", "fay"):
        _report(cast, item.subject_id, name, "offer")
    assert board.notes[item.subject_id].state == "visible"


def test_many_reports_meet_on_one_item_and_raise_it(cast: Cast, board: Board) -> None:
    note = board.pin(cast.zed, "There is a room free at my cousin's.")
    _report(cast, note, "noor", "other")
    assert item_about(note).severity == Severity.ROUTINE
    _report(cast, note, "sol", "offer")
    _report(cast, note, "tess", "other")
    item = item_about(note)
    assert (len(item.reports), item.severity, item.version) == (3, Severity.URGENT, 3)
    with work.begin(writes=False):
        assert (queries.waiting_count(), queries.urgent_count()) == (1, 1)


def test_same_person_again_changes_their_report(cast: Cast, board: Board) -> None:
    item = reported(board, cast.noor, cast.zed)
    _report(cast, item.subject_id, category="worried", note=" It was the second time. ")
    found = item_about(item.subject_id).reports
    assert [(each.category, each.note) for each in found] == [
        ("worried", "It was the second time.")
    ]
    assert len(told(cast.noor)) == 1


def test_reports_and_flags_attach_to_the_same_item(cast: Cast, board: Board) -> None:
    item = flagged(board, cast.zed, "Write to me at lamp@example.org")
    _report(cast, item.subject_id)
    again = item_about(item.subject_id)
    assert again.id == item.id
    assert (len(again.flags), len(again.reports)) == (1, 1)


def test_flag_keeps_places_and_rules_but_never_the_words(cast: Cast, board: Board) -> None:
    (flag,) = flagged(board, cast.zed, "Write to me at lamp@example.org").flags
    assert flag.spans == [[15, 31, "email"]]
    assert flag.rules == ["contact.email"]
    assert not any("lamp" in str(value) for value in vars(flag).values())


def test_distress_comes_first(cast: Cast, board: Board) -> None:
    item = flagged(board, cast.noor, "I don't want to be alive anymore")
    assert item.severity == Severity.URGENT
    assert item.title == "May be in distress"


def test_nobody_reports_their_own_words_or_what_they_cannot_see(cast: Cast, board: Board) -> None:
    note = board.pin(cast.zed, "Hello")
    for who, what in (("zed", note), ("noor", "no-such-note")):
        with pytest.raises(NotFound):
            _report(cast, what, who)
    with pytest.raises(NotFound), work.begin():
        service.file_report(cast.noor, "no-such-kind", note, "unkind")
    with work.begin(writes=False):
        assert queries.waiting_count() == 0


@pytest.mark.parametrize(
    ("category", "note", "field"),
    [("rude", "", "category"), ("", "", "category"), ("unkind", "x" * 601, "note")],
)
def test_report_that_cannot_be_taken_says_what_to_change(
    category: str, note: str, field: str, cast: Cast, board: Board
) -> None:
    with pytest.raises(Invalid) as refused:
        _report(cast, board.pin(cast.zed, "Hello"), category=category, note=note)
    assert refused.value.field == field


def test_hostile_note_is_kept_as_plain_words(cast: Cast, board: Board) -> None:
    hostile = "<script>\x00alert(1)</script>\u202e" * 12
    note = board.pin(cast.zed, "Hello")
    _report(cast, note, note=hostile)
    (report,) = item_about(note).reports
    assert report.note.startswith("<script>alert(1)")
    assert "\x00" not in report.note
    assert "\u202e" not in report.note


def test_flood_of_reports_is_slowed_down(cast: Cast, board: Board) -> None:
    note = board.pin(cast.zed, "Hello")
    for _each in range(20):
        _report(cast, note)
    with pytest.raises(SlowDown):
        _report(cast, note)
    _report(cast, note, "sol")


def test_new_report_opens_a_decided_item_again(cast: Cast, board: Board) -> None:
    item = claimed(reported(board, cast.noor, cast.zed), cast.mo)
    with work.begin():
        service.decide(cast.mo, item.id, version=item.version, outcome=Outcome.STAND, rule="none")
    _report(cast, item.subject_id, "sol")
    again = item_about(item.subject_id)
    assert (again.id, again.state, again.claimed_by) == (item.id, ItemState.OPEN, None)
    assert again.outcome is Outcome.STAND
