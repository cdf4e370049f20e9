"""What has had its time goes by itself: once, twice, late, at the turn of a year."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from peer.accounts import service as accounts
from peer.accounts.models import Invitation
from peer.accounts.models.oversight import Release
from peer.core import clock, queue, work
from peer.core.errors import Invalid
from peer.core.settings import Settings
from peer.mentoring.models import Mentorship, Proposal, Round
from peer.mentoring.service import close_mentorship, close_round
from peer.moderation.models import ReviewItem, Sanction
from peer.moderation.service import Wanted, claim, decide
from peer.notifications.models import Notice
from peer.notifications.service import notify
from peer.policy.moderation import Outcome, SanctionKind
from peer.policy.roles import Role
from peer.rooms import queries, service
from peer.rooms.models import Message, Room, RoomChange
from tests.cast import Cast
from tests.mentoring.making import noor_meets_tess
from tests.privacy.lives import hidden
from tests.rooms.place import a_room, said

BEGIN = datetime(2026, 12, 31, 22, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def on_new_years_eve(core: Settings) -> Iterator[None]:
    """Two hours before midnight, at the end of a year."""
    with clock.stopped_at(BEGIN):
        yield


def open_room(cast: Cast, **more: object) -> Room:
    """A room of Noor's in which nobody has to agree anew each day."""
    return a_room(cast, cast.noor, agreement=[], **more)


def sweep(**later: float) -> None:
    """The sweep of so much later; twice, since it may."""
    with clock.stopped_at(BEGIN + timedelta(**later)):
        queue.sweep_now("accounts.retention")
        queue.sweep_now("accounts.retention")


def count(table: type) -> int:
    with work.begin(writes=False) as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_words_go_when_their_room_has_kept_them_long_enough(cast: Cast, core: Settings) -> None:
    short, usual = open_room(cast, keep_days=7), open_room(cast)
    early = said(cast.noor, short, "the early canary")
    said(cast.noor, usual, "the usual one")
    sweep(days=6, hours=23)
    assert count(Message) == 2
    with clock.stopped_at(BEGIN + timedelta(days=6)):
        said(cast.noor, short, "the later one", reply_to=early.id)
    sweep(days=7, hours=1)
    with work.begin(writes=False) as session:
        left = {row.text: row for row in session.scalars(select(Message))}
        assert set(left) == {"the usual one", "the later one"}
        assert left["the later one"].reply_to is None
    sweep(days=91)
    assert count(Message) == 0


def test_releases_go_a_year_after_they_ended(cast: Cast) -> None:
    for name in ("noor", "cora", "cleo"):
        cast.account(name)
    with work.begin():
        for agency, days in (("Ran out", 7), ("Taken back", 30)):
            found = accounts.give_release(
                cast.noor, agency=agency, purpose="A flat", parts=["account"], days=days
            )
        accounts.end_release(cast.noor, found.id)
        paper = accounts.Paper(
            agency="Not signed",
            purpose="A flat",
            parts=["account"],
            signed_on=BEGIN.date(),
            last_day=BEGIN.date() + timedelta(days=20),
            where_kept="A folder",
        )
        disputed = accounts.record_release(cast.cora, cast.noor.id, paper).id
        accounts.dispute_release(cast.noor, disputed)
    sweep(days=364)
    assert count(Release) == 3
    sweep(days=366)
    assert count(Release) == 2
    sweep(days=373)
    assert count(Release) == 1, "nobody has looked into what she did not sign"
    with clock.stopped_at(BEGIN + timedelta(days=400)), work.begin():
        accounts.look_into(cast.cleo, disputed)
    sweep(days=764)
    assert count(Release) == 1
    sweep(days=766)
    assert count(Release) == 0


def test_a_rooms_numbers_stay_without_gaps(cast: Cast) -> None:
    room = open_room(cast)
    said(cast.noor, room, "the first")
    with clock.stopped_at(BEGIN + timedelta(days=80)):
        second = said(cast.noor, room, "the second")
    sweep(days=91)
    with work.begin(writes=False):
        changes = queries.changes_between(room.id, 0, None, viewer_id=cast.noor.id)
    assert [change.seq for change in changes] == [1, 2]
    assert [change.line.id if change.line else None for change in changes] == [None, second.id]
    with clock.stopped_at(BEGIN + timedelta(days=91)):
        assert said(cast.noor, room, "the third").place == 3


def test_what_is_under_review_only_goes_out_of_sight(cast: Cast) -> None:
    room = a_room(cast, cast.noor, cast.zed)
    message = said(cast.zed, room, "come and work for me")
    with work.begin():
        service.report_message(cast.noor, message.id, "offer")
    sweep(days=91)
    with work.begin(writes=False) as session:
        row = session.get(Message, message.id)
        assert row is not None
        assert row.state == "removed"
        assert len(session.scalars(select(RoomChange)).all()) == 2
    decided = BEGIN + timedelta(days=92)
    with clock.stopped_at(decided), work.begin() as session:
        item = session.scalars(select(ReviewItem)).one()
        claim(cast.mo, item.id)
        decide(cast.mo, item.id, version=item.version, outcome=Outcome.STAND, rule="none")
    with work.begin(writes=False) as session:
        assert session.get(Message, message.id).state == "removed", "time has run out for it"
    sweep(days=92 + 19)
    assert count(Message) == 1
    sweep(days=92 + 21)
    assert count(Message) == 0
    assert count(ReviewItem) == 1
    sweep(days=92 + 181)
    assert count(ReviewItem) == 0


def test_notices_and_used_codes_go_after_their_time(cast: Cast) -> None:
    with work.begin():
        notify(cast.noor.id, "Hello")
        accounts.invite(cast.cora, [Role.MEMBER], days=14)
    sweep(days=103)
    assert (count(Notice), count(Invitation)) == (1, 1)
    sweep(days=105)
    assert count(Invitation) == 0
    sweep(days=181)
    assert count(Notice) == 0


def test_a_warning_goes_after_a_year_and_an_open_pause_stays(cast: Cast) -> None:
    room = a_room(cast, cast.noor, cast.zed, cast.sol)
    for author, kind in ((cast.zed, SanctionKind.WARN), (cast.sol, SanctionKind.SUSPEND)):
        message = said(author, room, "not kind")
        with work.begin():
            service.report_message(cast.noor, message.id, "unkind")
        hidden(cast, message, Wanted(kind))
    sweep(days=366)
    with work.begin(writes=False) as session:
        assert [row.kind for row in session.scalars(select(Sanction))] == [SanctionKind.SUSPEND]


def test_what_people_told_does_not_stay_with_rounds(cast: Cast) -> None:
    mentorship_id = noor_meets_tess(cast)
    with work.begin() as session:
        round_id = session.scalars(select(Round.id)).one()
        close_round(cast.cora, round_id)
    sweep(days=29)
    with work.begin(writes=False) as session:
        assert session.get(Round, round_id).problem
    sweep(days=31)
    with work.begin(writes=False) as session:
        round_ = session.get(Round, round_id)
        assert (round_.problem, round_.solution, round_.keys) == ("", None, {})
    sweep(days=91)
    assert count(Proposal) == 1, "they still meet"
    with clock.stopped_at(BEGIN + timedelta(days=100)), work.begin():
        close_mentorship(cast.noor, mentorship_id)
    sweep(days=464)
    assert (count(Mentorship), count(Room)) == (1, 1)
    sweep(days=466)
    assert (count(Mentorship), count(Proposal), count(Room)) == (0, 0, 0)


def test_what_went_is_in_no_byte_of_the_files(cast: Cast, core: Settings) -> None:
    room = open_room(cast)
    said(cast.noor, room, "hello")
    sweep(days=91)
    found = [
        path.name for path in Path(core.data_dir).glob("peer.db*") if b"hello" in path.read_bytes()
    ]
    assert found == []
    assert (Path(core.data_dir) / "peer.db-wal").stat().st_size == 0
    with closing(sqlite3.connect(core.data_dir / "peer.db")) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_room_cannot_keep_words_for_ever(cast: Cast) -> None:
    for days in (0, 365, 10**6):
        with pytest.raises(Invalid), work.begin():
            service.create_room(cast.cora, name="For ever", keep_days=days)
