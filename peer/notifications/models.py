"""The table of notices."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from peer.core.db import Base, new_id


class Notice(Base):
    """A sentence for one person, kept as the message to translate and what fills its places."""

    __tablename__ = "notices"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    account_id: Mapped[str] = mapped_column(
        ForeignKey("accounts.id", ondelete="CASCADE"), index=True
    )
    message: Mapped[str] = mapped_column(String(400))
    params: Mapped[dict[str, str]] = mapped_column(JSON)
    href: Mapped[str] = mapped_column(String(200), default="")
    at: Mapped[datetime]
    seen_at: Mapped[datetime | None]
