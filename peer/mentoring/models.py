"""Tables of mentoring: the programme, profiles, vetting, rounds, proposals, mentorships.

Hours are kept as the person says them: half-hour cells of the week on their own wall clock, 0 =
Monday 00:00, 335 = Sunday 23:30, with their IANA zone. `snapshot` turns them into UTC.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from peer.core.db import Base, new_id
from peer.core.keys import SealedJson, SealedText
from peer.policy.mentoring import MentorshipState, ProposalState, RoundState, Vetting

MAIN = "main"  # the id of the programme that every installation begins with


class Programme(Base):
    """A mentoring scheme. Meetings keep their hour by its clock."""

    __tablename__ = "programmes"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(80))
    timezone: Mapped[str] = mapped_column(String(64), default="UTC")
    consent_days: Mapped[int] = mapped_column(default=14)


class Area(Base):
    """A small place in words a coordinator chose; two people of one area are not paired."""

    __tablename__ = "areas"
    __table_args__ = (UniqueConstraint("programme_id", "mark"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    programme_id: Mapped[str] = mapped_column(ForeignKey("programmes.id"))
    mark: Mapped[str] = mapped_column(String(64))  # a fingerprint of the name
    name_sealed: Mapped[bytes] = mapped_column("name", LargeBinary)
    name = SealedText("name_sealed")


class Profile:
    """What both sides of a pair tell about themselves."""

    @declared_attr
    def account_id(cls) -> Mapped[str]:  # noqa: N805
        return mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True)

    @declared_attr
    def programme_id(cls) -> Mapped[str]:  # noqa: N805
        return mapped_column(ForeignKey("programmes.id"), default=MAIN)

    @declared_attr
    def area_id(cls) -> Mapped[str | None]:  # noqa: N805
        return mapped_column(ForeignKey("areas.id", ondelete="SET NULL"))

    languages: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)  # code: level 1-3
    interests: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)  # tag: weight 1-3
    identity: Mapped[str | None] = mapped_column(String(16))  # None: rather not say
    accepts: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))  # None: anyone
    style: Mapped[dict[str, float]] = mapped_column(JSON, default=dict)  # trait: 0 to 1
    avoids_sealed: Mapped[bytes | None] = mapped_column("avoids", LargeBinary)
    avoids = SealedJson("avoids_sealed", owner="account_id", row="account_id", empty=list)
    boundaries_sealed: Mapped[bytes | None] = mapped_column("boundaries", LargeBinary)
    boundaries = SealedText("boundaries_sealed", owner="account_id", row="account_id")
    timezone: Mapped[str] = mapped_column(String(64), default="UTC")
    zone_confirmed_at: Mapped[datetime | None]
    cells: Mapped[list[int]] = mapped_column(JSON, default=list)  # on their own wall clock
    paused: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class MenteeProfile(Profile, Base):
    """A member who would like a mentor, or thinks about it."""

    __tablename__ = "mentee_profiles"

    topics: Mapped[list[str]] = mapped_column(JSON, default=list)  # may want to talk about
    prefers_sealed: Mapped[bytes | None] = mapped_column("prefers", LargeBinary)
    prefers = SealedJson("prefers_sealed", owner="account_id", row="account_id", empty=list)
    wants: Mapped[bool] = mapped_column(default=False)  # "I would like a mentor"
    wanted_at: Mapped[datetime | None]
    priority: Mapped[int] = mapped_column(default=1)


class MentorProfile(Profile, Base):
    """A volunteer: what they offer, and how far their vetting has come."""

    __tablename__ = "mentor_profiles"

    declines: Mapped[list[str]] = mapped_column(JSON, default=list)  # topics they will not hold
    capacity: Mapped[int] = mapped_column(default=1)
    vetting: Mapped[str] = mapped_column(String(16), default=Vetting.APPLIED)
    vetted_until: Mapped[datetime | None]


class VettingStep(Base):
    """One dated step of a mentor's vetting; never changed."""

    __tablename__ = "vetting_steps"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    mentor_id: Mapped[str] = mapped_column(
        ForeignKey("mentor_profiles.account_id", ondelete="CASCADE"), index=True
    )
    state: Mapped[str] = mapped_column(String(16))
    note_sealed: Mapped[bytes | None] = mapped_column("note", LargeBinary)
    note = SealedText("note_sealed", owner="mentor_id", row="mentor_id at")
    at: Mapped[datetime]
    by_id: Mapped[str | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    confirmed_by: Mapped[str | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    until: Mapped[datetime | None]


class Round(Base):
    """One run of matching, with what went into the engine and what came out."""

    __tablename__ = "rounds"
    # At most one row a programme has `is_open` set: the database itself refuses a second.
    __table_args__ = (UniqueConstraint("programme_id", "is_open"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    programme_id: Mapped[str] = mapped_column(ForeignKey("programmes.id"))
    number: Mapped[int]
    is_open: Mapped[bool | None] = mapped_column(default=True)  # None once it is over
    state: Mapped[str] = mapped_column(String(16), default=RoundState.WAITING)
    started_by: Mapped[str | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    started_at: Mapped[datetime]
    touched_at: Mapped[datetime]  # the last sign of life while it is being solved
    solved_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    week: Mapped[date]  # the Monday whose clock turned hours into UTC cells
    timezone: Mapped[str] = mapped_column(String(64))  # the programme's then
    seed: Mapped[int]
    tries: Mapped[int] = mapped_column(default=0)
    stage: Mapped[str] = mapped_column(String(24), default="")
    percent: Mapped[int] = mapped_column(default=0)
    failure: Mapped[str] = mapped_column(String(24), default="")
    problem: Mapped[str] = mapped_column(Text)  # commonroom.matching/1, opaque keys only
    keys: Mapped[dict[str, str]] = mapped_column(JSON)  # opaque key: account id
    notes: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    solution: Mapped[str | None] = mapped_column(Text)  # commonroom.solution/1
    insight: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))  # opaque keys
    broken: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))  # None: not checked
    may_change: Mapped[int] = mapped_column(default=0)  # running pairs, at most
    price: Mapped[str | None] = mapped_column(Text)  # snapshot.Price as JSON, opaque keys only


class Proposal(Base):
    """A pair as the engine proposed it, the coordinator's decision, both people's answers."""

    __tablename__ = "proposals"
    __table_args__ = (
        UniqueConstraint("round_id", "mentee_id"),
        Index("ix_proposals_mentor_id_state", "mentor_id", "state"),
        Index("ix_proposals_mentee_id_state", "mentee_id", "state"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    round_id: Mapped[str] = mapped_column(ForeignKey("rounds.id", ondelete="CASCADE"))
    mentee_id: Mapped[str] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    mentor_id: Mapped[str] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    start: Mapped[int | None]  # UTC cell of the round's week
    score: Mapped[int]
    parts: Mapped[dict[str, int]] = mapped_column(JSON)
    most: Mapped[dict[str, int]] = mapped_column(JSON)
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(JSON)  # code and facts
    state: Mapped[str] = mapped_column(String(16), default=ProposalState.PROPOSED)
    pinned: Mapped[bool] = mapped_column(default=False)
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    decided_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(24), default="")  # of a rejection
    expires_at: Mapped[datetime | None]  # when both have been asked
    mentee_says: Mapped[bool | None]
    mentor_says: Mapped[bool | None]
    # Proposals of one chain come about together or not at all: the first is for somebody who has
    # no mentor, and each after it moves a running pair, to make room for the one before.
    chain: Mapped[str | None] = mapped_column(String(32), index=True)
    place: Mapped[int] = mapped_column(default=0)


class Move(Base):
    """The running mentorship that a proposal would end or give another hour, if all agree."""

    __tablename__ = "moves"

    proposal_id: Mapped[str] = mapped_column(
        ForeignKey("proposals.id", ondelete="CASCADE"), primary_key=True
    )
    mentorship_id: Mapped[str] = mapped_column(
        ForeignKey("mentorships.id", ondelete="CASCADE"), index=True
    )
    mentor_id: Mapped[str] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    says: Mapped[bool | None]  # the present mentor


class Unmatched(Base):
    """Someone for whom a round found nobody, and why."""

    __tablename__ = "unmatched_people"

    round_id: Mapped[str] = mapped_column(
        ForeignKey("rounds.id", ondelete="CASCADE"), primary_key=True
    )
    mentee_id: Mapped[str] = mapped_column(
        ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True
    )
    reason: Mapped[str] = mapped_column(String(16))
    blockers: Mapped[dict[str, int]] = mapped_column(JSON)
    would_help: Mapped[list[dict[str, Any]]] = mapped_column(JSON)  # rule, mentors, examples


class PairRule(Base):
    """What later rounds are to hold (pin) or to leave out (forbid) for two people."""

    __tablename__ = "pair_rules"

    mentee_id: Mapped[str] = mapped_column(
        ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True
    )
    mentor_id: Mapped[str] = mapped_column(
        ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True
    )
    kind: Mapped[str] = mapped_column(String(8))  # pin, forbid
    source: Mapped[str] = mapped_column(String(12))  # coordinator, consent, closure
    at: Mapped[datetime]


class Mentorship(Base):
    """Two people who both said yes. They meet weekly, by the clock of `timezone`."""

    __tablename__ = "mentorships"
    __table_args__ = (
        Index("ix_mentorships_mentor_id_state", "mentor_id", "state"),
        Index("ix_mentorships_mentee_id_state", "mentee_id", "state"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    programme_id: Mapped[str] = mapped_column(ForeignKey("programmes.id"))
    proposal_id: Mapped[str | None] = mapped_column(
        ForeignKey("proposals.id", ondelete="SET NULL"), unique=True
    )
    mentee_id: Mapped[str] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    mentor_id: Mapped[str] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    state: Mapped[str] = mapped_column(String(16), default=MentorshipState.ACTIVE)
    timezone: Mapped[str] = mapped_column(String(64))
    minute: Mapped[int | None]  # of the week, on the wall clock of `timezone`
    started_at: Mapped[datetime]
    paused_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closure: Mapped[str] = mapped_column(String(16), default="")
    #: Who of them would rather stay as they are, so that no round proposes to move them.
    mentee_stays: Mapped[bool] = mapped_column(default=False)
    mentor_stays: Mapped[bool] = mapped_column(default=False)


class ColumnMapping(Base):
    """A saved way to read a spreadsheet: which of its columns mean what."""

    __tablename__ = "column_mappings"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    programme_id: Mapped[str] = mapped_column(ForeignKey("programmes.id"), default=MAIN)
    side: Mapped[str] = mapped_column(String(8))  # mentees, mentors
    name_sealed: Mapped[bytes] = mapped_column("name", LargeBinary)
    name = SealedText("name_sealed")
    columns_sealed: Mapped[bytes] = mapped_column("columns", LargeBinary)
    columns = SealedJson("columns_sealed")
    made_at: Mapped[datetime]


class ImportedPerson(Base):
    """Someone who came from a sheet. `who` and `content` are keyed hashes: no name is kept."""

    __tablename__ = "imported_people"

    side: Mapped[str] = mapped_column(String(8), primary_key=True)  # mentees, mentors
    who: Mapped[str] = mapped_column(String(16), primary_key=True)
    account_id: Mapped[str] = mapped_column(
        ForeignKey("accounts.id", ondelete="CASCADE"), index=True
    )
    content: Mapped[str] = mapped_column(String(16))  # of the row, to see whether it changed
    at: Mapped[datetime]
