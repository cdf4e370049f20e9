"""Tables of what is done about people: acts of two, what was disclosed, releases, exports."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from peer.core.db import Base, new_id
from peer.core.keys import SealedText
from peer.policy.oversight import ActState


class SharedAct(Base):
    """Something grave that one person asked for and another has to confirm."""

    __tablename__ = "shared_acts"
    __table_args__ = (Index("ix_shared_acts_state_expires_at", "state", "expires_at"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(24))
    subject_id: Mapped[str] = mapped_column(String(32), index=True)
    params: Mapped[dict[str, Any]] = mapped_column(JSON)  # ids, numbers and fixed words only
    version: Mapped[str] = mapped_column(String(64))  # of what it is about, when it was asked for
    reason_sealed: Mapped[bytes] = mapped_column("reason", LargeBinary)
    reason = SealedText("reason_sealed")  # the organisation's: it outlives who asked
    asked_by: Mapped[str | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(12), default=ActState.WAITING)
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    decided_at: Mapped[datetime | None]
    answer_sealed: Mapped[bytes | None] = mapped_column("answer", LargeBinary)
    answer = SealedText("answer_sealed")


class Disclosure(Base):
    """What staff looked at of a person beyond their ordinary work; only added to.

    The database itself refuses to change a line, and to delete one while the person is here.
    """

    __tablename__ = "disclosures"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    account_id: Mapped[str] = mapped_column(
        ForeignKey("accounts.id", ondelete="CASCADE"), index=True
    )
    at: Mapped[datetime]
    by_id: Mapped[str] = mapped_column(String(32))  # for the record; the person reads the role
    role: Mapped[str] = mapped_column(String(16))
    what: Mapped[str] = mapped_column(String(24))
    params: Mapped[dict[str, Any]] = mapped_column(JSON)  # ids, numbers and fixed words only
    reason_sealed: Mapped[bytes] = mapped_column("reason", LargeBinary)
    reason = SealedText("reason_sealed", owner="account_id")


class Release(Base):
    """A person's written, time-limited yes that named parts of their data go to one agency."""

    __tablename__ = "releases"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    account_id: Mapped[str] = mapped_column(
        ForeignKey("accounts.id", ondelete="CASCADE"), index=True
    )
    agency_sealed: Mapped[bytes] = mapped_column("agency", LargeBinary)
    agency = SealedText("agency_sealed", owner="account_id")
    purpose_sealed: Mapped[bytes] = mapped_column("purpose", LargeBinary)
    purpose = SealedText("purpose_sealed", owner="account_id")
    parts: Mapped[list[str]] = mapped_column(JSON)
    given_at: Mapped[datetime]
    starts_at: Mapped[datetime]  # from paper: after days in which the person can object
    until: Mapped[datetime]
    # Who has it on paper; None: the person gave it here, with their passphrase.
    recorded_by: Mapped[str | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    on_paper: Mapped[bool] = mapped_column(default=False)
    signed_on: Mapped[date | None]
    where_kept_sealed: Mapped[bytes | None] = mapped_column("where_kept", LargeBinary)
    where_kept = SealedText("where_kept_sealed", owner="account_id")
    confirmed_at: Mapped[datetime | None]  # when the person said that the paper is theirs
    withdrawn_at: Mapped[datetime | None]
    ending: Mapped[str] = mapped_column(String(8), default="")  # an Ending, once withdrawn
    looked_into_at: Mapped[datetime | None]  # by somebody else, when its person did not sign it


class Export(Base):
    """One time that data may leave under a release: confirmed by two, collected within a day.

    `collected_at` is the first time; a broken download can be fetched again soon after.
    """

    __tablename__ = "exports"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    release_id: Mapped[str] = mapped_column(ForeignKey("releases.id", ondelete="CASCADE"))
    account_id: Mapped[str] = mapped_column(
        ForeignKey("accounts.id", ondelete="CASCADE"), index=True
    )
    act_id: Mapped[str] = mapped_column(String(32))
    asked_by: Mapped[str | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    confirmed_by: Mapped[str | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    ready_at: Mapped[datetime]
    until: Mapped[datetime]
    collected_at: Mapped[datetime | None]
