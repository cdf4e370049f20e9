"""How somebody gets back in who has lost their passphrase."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from peer.core.db import Base, new_id
from peer.core.keys import SealedText


class RecoveryCode(Base):
    """One code on somebody's paper: its hash, and the private key as only the code opens it.

    The row goes when the code is used.
    """

    __tablename__ = "recovery_codes"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    account_id: Mapped[str] = mapped_column(
        ForeignKey("accounts.id", ondelete="CASCADE"), index=True
    )
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime]


class RecoveryState(StrEnum):
    """How far a recovery by a coordinator has come."""

    WAITING = "waiting"
    HANDED = "handed"  # a code was made and handed over
    DONE = "done"
    CANCELLED = "cancelled"  # by whoever is signed in as the person
    WITHDRAWN = "withdrawn"  # by the people who look after the place


class Recovery(Base):
    """A coordinator lets somebody back in whom they know, after a wait that can be cancelled."""

    __tablename__ = "recoveries"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    account_id: Mapped[str] = mapped_column(
        ForeignKey("accounts.id", ondelete="CASCADE"), index=True
    )
    # The account once more while it is under way: there is never more than one of a person.
    open_for: Mapped[str | None] = mapped_column(String(32), unique=True)
    state: Mapped[str] = mapped_column(String(12), default=RecoveryState.WAITING)
    started_by: Mapped[str | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    handed_by: Mapped[str | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    reason_sealed: Mapped[bytes] = mapped_column("reason", LargeBinary)
    reason = SealedText("reason_sealed", owner="account_id")
    started_at: Mapped[datetime]
    ripe_at: Mapped[datetime]
    code_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    code_until: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
