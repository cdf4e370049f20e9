"""Tables of notices, and of hours in which they make no sign."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from peer.core.db import Base, new_id
from peer.core.keys import SealedJson


class Notice(Base):
    """A sentence for one person, kept as the message to translate and what fills its places."""

    __tablename__ = "notices"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    account_id: Mapped[str] = mapped_column(
        ForeignKey("accounts.id", ondelete="CASCADE"), index=True
    )
    message: Mapped[str] = mapped_column(String(400))
    params_sealed: Mapped[bytes] = mapped_column("params", LargeBinary)
    params = SealedJson("params_sealed", owner="account_id", empty=dict)
    href: Mapped[str] = mapped_column(String(200), default="")
    at: Mapped[datetime]
    seen_at: Mapped[datetime | None]


class QuietHours(Base):
    """From which minute of the day until which somebody wants no sign of anything new."""

    __tablename__ = "quiet_hours"

    account_id: Mapped[str] = mapped_column(
        ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True
    )
    begins: Mapped[int]
    ends: Mapped[int]
