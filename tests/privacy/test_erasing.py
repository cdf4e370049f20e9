"""Erasing an account: out of sight at once, then gone, and looked for."""

import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest
from sqlalchemy import select, text

import matching
from peer.accounts import queries as accounts
from peer.accounts import service
from peer.accounts.models import Account
from peer.accounts.queries import erasures
from peer.core import clock, keys, queue, work
from peer.core.db import database
from peer.core.errors import Conflict
from peer.core.keys import Unreadable
from peer.mentoring import queries as mentoring
from peer.mentoring import service as mentoring_service
from peer.mentoring import snapshot
from peer.mentoring.models import Mentorship, Round
from peer.moderation.models import CaseFile, Report, ReviewItem, Sanction, case_key
from peer.moderation.service import Wanted, brief_in, claim, decide
from peer.notifications import queries as notices
from peer.policy.moderation import Outcome, SanctionKind
from peer.policy.roles import Role
from peer.rooms import queries as rooms
from peer.rooms import service as rooms_service
from peer.rooms.models import Message, Room
from tests.cast import Cast
from tests.mentoring.making import noor_and_tess_are_asked, would_like_a_mentor
from tests.privacy.lives import erased, hidden, left_of, lived_in
from tests.rooms.place import a_room, said

pytestmark = pytest.mark.usefixtures("core")


def test_out_of_sight_at_once_and_gone_soon(cast: Cast) -> None:
    life = lived_in(cast)
    noor = cast.noor
    with work.begin():
        found = service.erase_account(noor)
    assert left_of(noor.id), "the worker has not come by yet"
    with work.begin(writes=False) as session:
        lines, _ = rooms.page_of(life.room.id, cast.zed.id)
        assert [line.text for line in lines] == ["well said"]
        assert lines[0].reply is None
        assert lines[0].reactions == ()
        assert accounts.account_named("Noor") is None
        assert not accounts.sessions_of(noor.id)
        assert noor.id not in {account.id for account in accounts.all_accounts()}
        assert session.get(Mentorship, life.mentorship_id).state == "closed"
        assert rooms.title_of(life.private, cast.tess.id) == "Someone who left"
        changes = rooms.changes_between(life.room.id, 0, None, viewer_id=cast.zed.id)
        assert [change.seq for change in changes] == list(range(1, len(changes) + 1))
        assert mentoring.mentor_profile(cast.uma.id).avoids == ["Zed"]
    queue.sweep_now("accounts.erasures")
    assert left_of(noor.id) == []
    with work.begin(writes=False) as session:
        receipt = service.receipt(found.code.lower().replace("-", " "))
        assert receipt.done_at
        assert [kept.loose for kept in service.kept_of(receipt)] == [True], "what she reported"
        assert receipt.counts["messages"] == 3
        assert session.get(Account, noor.id) is None
        assert session.scalars(select(Message)).one().text == "well said"
        with pytest.raises(Unreadable):
            keys.store().key_of(noor.id)


def test_the_other_of_a_mentorship_is_told_kindly_and_keeps_their_words(cast: Cast) -> None:
    life = lived_in(cast)
    said(cast.tess, life.private, "see you on Thursday")
    erased(cast.noor)
    with work.begin(writes=False):
        told = notices.notices_of(cast.tess.id)
        assert "the other person has left this place" in told[0].message
        assert all("Noor" not in str(notice.params) for notice in told)
        assert not mentoring.mentorships_of(cast.tess.id)
        assert mentoring.places_left(mentoring.mentor_with(cast.tess.id)) == 1
        lines, _ = rooms.page_of(life.private.id, cast.tess.id)
        assert [line.text for line in lines] == ["see you on Thursday"]


def test_a_room_of_two_who_both_left_is_gone(cast: Cast) -> None:
    life = lived_in(cast)
    said(cast.tess, life.private, "goodbye")
    tess = cast.tess
    erased(cast.noor)
    erased(tess)
    with work.begin(writes=False) as session:
        assert session.get(Room, life.private.id) is None
        assert not rooms.messages_by(tess.id)


def test_a_worker_that_was_stopped_half_way_goes_on(cast: Cast) -> None:
    features = [holding.feature for holding in reversed(service.holdings())]
    for done in (3, len(features)):
        person = accounts.actor_from(cast.newcomer())
        room = a_room(cast, person, cast.zed, agreement=[])
        said(person, room, "goodbye")
        with work.begin():
            found = service.erase_account(person)
        with work.begin(writes=False):
            (erasure_id,) = erasures.unfinished_erasures()
        for feature in features[:done]:
            with work.begin():
                service.erase_part(erasure_id, feature)
        if done == len(features):
            service.destroy_key(erasure_id)
        queue.sweep_now("accounts.erasures")
        queue.run_now("accounts.erase", erasure_id)
        assert left_of(person.id) == []
        with work.begin(writes=False):
            receipt = service.receipt(found.code)
            assert receipt.settled_at
            assert receipt.counts["messages"] == 1, "nothing is counted twice"


def test_the_last_admin_hands_over_first(cast: Cast) -> None:
    with work.begin(), pytest.raises(Conflict, match="only one"):
        service.erase_account(cast.ada)
    other = cast.newcomer(Role.ADMIN)
    erased(cast.ada)
    assert left_of(other.id), "the other one is still here"
    with work.begin(), pytest.raises(Conflict):
        service.erase_account(accounts.actor_from(other))


def test_what_was_reported_is_still_decided_and_then_destroyed(cast: Cast) -> None:
    room = a_room(cast, cast.noor, cast.zed, agreement=[])
    message = said(cast.zed, room, "come and work for me")
    with work.begin():
        rooms_service.report_message(cast.noor, message.id, "offer", "he asked me twice")
    zed = cast.zed
    found = erased(zed)
    assert [kept.until for kept in found.kept] == [None]
    with work.begin(writes=False) as session:
        item = session.scalars(select(ReviewItem)).one()
        assert brief_in(item).text == "come and work for me"
        assert brief_in(item).author_name == "Someone who left"
        assert session.get(Message, message.id) is None
        receipt = service.receipt(found.code)
        assert receipt.done_at
        assert not receipt.settled_at
    with work.begin():
        claim(cast.mo, item.id)
    with work.begin(), pytest.raises(Conflict, match="has left"):
        decide(
            cast.mo,
            item.id,
            version=item.version + 1,
            outcome=Outcome.HIDE,
            rule="offers",
            wanted=Wanted(SanctionKind.SUSPEND),
        )
    with work.begin():
        decide(cast.mo, item.id, version=item.version + 1, outcome=Outcome.HIDE, rule="offers")
    assert left_of(zed.id) == []
    with clock.stopped_at(clock.now() + timedelta(days=19)):
        queue.sweep_now("accounts.retention")
        queue.sweep_now("accounts.erasures")
        with work.begin(writes=False) as session:
            assert session.scalars(select(CaseFile)).one()
    with clock.stopped_at(clock.now() + timedelta(days=21)):
        queue.sweep_now("accounts.retention")
        queue.sweep_now("accounts.erasures")
        with work.begin(writes=False) as session:
            assert not session.scalars(select(CaseFile)).all()
            assert not session.scalars(select(ReviewItem)).all()
            assert session.get(Account, zed.id) is None
            assert service.receipt(found.code).settled_at
        with pytest.raises(Unreadable):
            keys.store().key_of(case_key(item.id))
        assert {each.place for each, _ in service.scan(zed.id)} == {
            "audit_entries.actor_id",
            "audit_entries.subject",
            "erasures.account_id",
            "keys.data_keys.owner",
        }


def test_a_report_outlives_who_made_it_without_them_until_it_is_decided(cast: Cast) -> None:
    room = a_room(cast, cast.noor, cast.zed, agreement=[])
    message = said(cast.zed, room, "come and work for me")
    with work.begin():
        rooms_service.report_message(cast.noor, message.id, "offer", "he asked me twice")
    noor = cast.noor
    erased(noor)
    assert left_of(noor.id) == []
    with work.begin() as session:
        report = session.scalars(select(Report)).one()
        assert (report.reporter_id, report.note) == (None, "he asked me twice")
        item = session.get(ReviewItem, report.item_id)
        claim(cast.mo, item.id)
        decide(cast.mo, item.id, version=item.version, outcome=Outcome.HIDE, rule="offers")
    with clock.stopped_at(clock.now() + timedelta(days=21)):
        queue.sweep_now("accounts.retention")
    with work.begin(writes=False) as session:
        assert session.scalars(select(Report)).one().note == ""


def test_a_suspended_persons_sanction_stays_for_the_time_of_an_appeal(cast: Cast) -> None:
    room = a_room(cast, cast.noor, cast.zed, agreement=[])
    message = said(cast.zed, room, "not kind")
    with work.begin():
        rooms_service.report_message(cast.noor, message.id, "unkind")
    hidden(cast, message, Wanted(SanctionKind.SUSPEND, 7))
    zed = cast.zed
    erased(zed)
    assert left_of(zed.id) == []
    with clock.stopped_at(clock.now() + timedelta(days=21)):
        queue.sweep_now("accounts.retention")
        queue.sweep_now("accounts.erasures")
    with work.begin(writes=False) as session:
        assert not session.scalars(select(Sanction)).all()
        assert session.get(Account, zed.id) is None


def test_a_moderators_open_work_goes_back_to_the_others(cast: Cast) -> None:
    room = a_room(cast, cast.noor, cast.zed, agreement=[])
    message = said(cast.zed, room, "not kind")
    with work.begin() as session:
        rooms_service.report_message(cast.noor, message.id, "unkind")
        item = session.scalars(select(ReviewItem)).one()
        claim(cast.mo, item.id)
    mo = cast.mo
    erased(mo)
    assert left_of(mo.id) == []
    with work.begin():
        claim(cast.mia, item.id)


def test_a_round_that_is_being_solved_begins_anew_without_them(cast: Cast) -> None:
    would_like_a_mentor(cast.account("zed"))
    proposal_id = noor_and_tess_are_asked(cast)
    assert proposal_id
    with work.begin() as session:
        round_ = session.scalars(select(Round)).one()
        mentoring_service.close_round(cast.cora, round_.id)
    would_like_a_mentor(cast.account("sol"))
    with work.begin():
        round_id = mentoring_service.start_round(cast.cora).id
        problem, begun = mentoring_service.begin_solving(round_id)
    answer = snapshot.read(problem, matching.solve(problem, begun.seed, 5.0), begun.keys)
    sol = cast.sol
    erased(sol)
    with work.begin():
        assert not mentoring_service.record_solution(round_id, answer), "it answers another round"
    assert left_of(sol.id) == []
    queue.run_now("rounds.solve", round_id)
    with work.begin(writes=False) as session:
        assert session.get(Round, round_id).state in {"open", "failed"}
    assert left_of(sol.id) == []


def test_an_account_that_an_old_backup_brings_back_is_erased_again(cast: Cast) -> None:
    lived_in(cast)
    noor = cast.noor
    path = database.engine.url.database
    copy = f"{path}.copy"
    with closing(sqlite3.connect(path)) as one, closing(sqlite3.connect(copy)) as other:
        one.backup(other)
    erased(noor)
    with closing(sqlite3.connect(copy)) as one, closing(sqlite3.connect(path)) as other:
        one.backup(other)
    with work.begin(writes=False) as session:
        assert session.get(Account, noor.id).name == ""
        assert {message.text for message in session.scalars(select(Message))} == {"", "well said"}
    queue.sweep_now("accounts.erasures")
    assert left_of(noor.id) == []
    with work.begin(writes=False) as session:
        assert session.get(Account, noor.id) is None


def test_an_erasure_that_fails_does_not_hold_up_the_others(cast: Cast) -> None:
    first, second = cast.noor, cast.zed
    stuck = f"CREATE TRIGGER stuck BEFORE DELETE ON accounts WHEN OLD.id = '{first.id}'"
    with work.begin() as session:
        session.execute(text(f"{stuck} BEGIN SELECT RAISE(ABORT, 'no'); END"))
        for person in (first, second):
            service.erase_account(person)
    queue.sweep_now("accounts.erasures")
    with work.begin() as session:
        assert session.get(Account, first.id) is not None
        assert session.get(Account, second.id) is None
        session.execute(text("DROP TRIGGER stuck"))
    queue.sweep_now("accounts.erasures")
    assert left_of(first.id) == []
