"""Whatever happens before, in whatever order: whoever erases their account is gone, all others stay.

A machine lets two people live at random, and one of them leave at any moment; the referee is the
search through every table and column, which knows nothing of what the tables mean.
"""

import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import select

from peer.accounts import queries as accounts
from peer.accounts import service
from peer.accounts.models import Account
from peer.app import configure_core
from peer.core import keys, queue, work
from peer.core.db import database
from peer.core.errors import PeerError
from peer.core.settings import load
from peer.mentoring import queries as mentoring
from peer.mentoring import service as mentoring_service
from peer.mentoring.models import Mentorship, Proposal, Round
from peer.moderation.models import ReviewItem
from peer.moderation.service import Wanted, claim, decide
from peer.policy.moderation import Outcome, SanctionKind
from peer.policy.roles import Actor
from peer.rooms import queries as rooms
from peer.rooms import service as rooms_service
from peer.rooms.models import Message, Room, RoomChange
from tests.cast import Cast
from tests.mentoring.making import vetted_mentor, would_like_a_mentor
from tests.plugins.site import SECRET
from tests.rooms.place import a_room, said

MIGRATED: list[Path] = []


@pytest.fixture(autouse=True, scope="module")
def a_migrated_file(migrated: Path) -> None:
    MIGRATED[:] = [migrated]


class Lives(RuleBasedStateMachine):
    """Noor (a member) and Tess (a vetted mentor) among others."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        shutil.copy(MIGRATED[0], self.folder / "peer.db")
        configure_core(load(data_dir=self.folder, secret_key=SECRET, database_url="", redis_url=""))
        self.cast = Cast()
        self.people: dict[str, Actor] = {
            "noor": self.cast.noor,
            "tess": vetted_mentor(self.cast, self.cast.account("tess")),
        }
        self.room = a_room(
            self.cast, *self.people.values(), self.cast.zed, agreement=[], entry="invited"
        )
        self.mo, self.cora = self.cast.mo, self.cast.cora
        self.gone: list[str] = []

    def teardown(self) -> None:
        database.close()
        keys.close()
        shutil.rmtree(self.folder)

    # --- living ---------------------------------------------------------------------------

    @rule(who=st.sampled_from(["noor", "tess"]), text=st.sampled_from(["hello", "not kind at all"]))
    def says(self, who: str, text: str) -> None:
        if who in self.people:
            with suppress(PeerError):
                said(self.people[who], self.room, text)

    @rule(who=st.sampled_from(["noor", "tess"]))
    def reacts_and_reports(self, who: str) -> None:
        others = [
            m
            for m in self._messages()
            if self.people.get(who) and m.author_id != self.people[who].id
        ]
        if others:
            with suppress(PeerError), work.begin():
                rooms_service.react(self.people[who], others[-1].id, "glad", on=True)
                rooms_service.report_message(self.people[who], others[-1].id, "unkind", "so it is")

    @rule(kind=st.sampled_from([None, SanctionKind.WARN, SanctionKind.SUSPEND]))
    def moderator_decides(self, kind: SanctionKind | None) -> None:
        with suppress(PeerError), work.begin() as session:
            item = session.scalars(select(ReviewItem)).first()
            if item is not None:
                claim(self.mo, item.id)
                wanted = Wanted(kind, 7 if kind == SanctionKind.SUSPEND else None) if kind else None
                decide(
                    self.mo,
                    item.id,
                    version=item.version,
                    outcome=Outcome.HIDE,
                    rule="kindness",
                    wanted=wanted,
                )

    @precondition(lambda self: "noor" in self.people)
    @rule()
    def wants_a_mentor_and_a_round_begins(self) -> None:
        would_like_a_mentor(account_of(self.people["noor"]))
        with suppress(PeerError), work.begin():
            mentoring_service.start_round(self.cora)

    @rule()
    def round_goes_on(self) -> None:
        with work.begin(writes=False) as session:
            waiting = session.scalars(select(Round.id).where(Round.state == "waiting")).all()
        for round_id in waiting:
            queue.run_now("rounds.solve", round_id)
        with work.begin(writes=False) as session:
            proposed = session.scalars(
                select(Proposal.id).where(Proposal.state == "proposed")
            ).all()
        for proposal_id in proposed:
            with suppress(PeerError), work.begin():
                mentoring_service.approve(self.cora, proposal_id)

    @rule(yes=st.booleans())
    def both_answer(self, yes: bool) -> None:
        with work.begin(writes=False):
            asked = [proposal.id for proposal in mentoring.awaiting_consent()]
        for proposal_id in asked:
            for person in self.people.values():
                with suppress(PeerError), work.begin():
                    mentoring_service.answer(person, proposal_id, yes)

    @rule()
    def they_talk_in_private(self) -> None:
        with work.begin(writes=False) as session:
            private = session.scalars(select(Room).where(Room.mentorship_id.is_not(None))).all()
        for room in private:
            for person in self.people.values():
                with suppress(PeerError):
                    said(person, room, "just us two")

    # --- leaving --------------------------------------------------------------------------

    @rule(who=st.sampled_from(["noor", "tess"]), at_once=st.booleans())
    def leaves(self, who: str, at_once: bool) -> None:
        person = self.people.pop(who, None)
        if person is None:
            return
        with work.begin():
            service.erase_account(person)
        if at_once:
            queue.sweep_now("accounts.erasures")
        self.gone.append(person.id)

    def _messages(self) -> list[Message]:
        with work.begin(writes=False) as session:
            return list(session.scalars(select(Message).where(Message.room_id == self.room.id)))

    # --- the referee ----------------------------------------------------------------------

    @invariant()
    def nobody_sees_who_is_gone(self) -> None:
        with work.begin(writes=False) as session:
            lines, _ = rooms.page_of(self.room.id, None)
            assert not {line.author_id for line in lines} & set(self.gone)
            seqs = session.scalars(
                select(RoomChange.seq)
                .where(RoomChange.room_id == self.room.id)
                .order_by(RoomChange.seq)
            ).all()
            assert seqs == list(range(1, len(seqs) + 1))
            running = session.scalars(select(Mentorship).where(Mentorship.state == "active"))
            assert all({row.mentee_id, row.mentor_id}.isdisjoint(self.gone) for row in running)

    @precondition(lambda self: self.gone)
    @rule()
    def nothing_is_left(self) -> None:
        queue.sweep_now("accounts.erasures")
        for account_id in self.gone:
            assert [each.place for each, why in service.scan(account_id) if not why] == []
        for person in self.people.values():
            assert service.scan(person.id), "who is here is here"


def account_of(actor: Actor) -> Account:
    with work.begin(writes=False):
        return accounts.account_with(actor.id)


Lives.TestCase.settings = settings(
    max_examples=3,
    stateful_step_count=14,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
TestErasingAtAnyMoment = Lives.TestCase
