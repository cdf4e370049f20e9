"""The table of receipts: of whoever erased their account, numbers and nothing else."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from peer.core.db import Base, new_id


class Erasure(Base):
    """That an account was erased. Its id stays here, so that what is left can be looked for."""

    __tablename__ = "erasures"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    account_id: Mapped[str] = mapped_column(String(32), unique=True)
    code_hash: Mapped[str | None] = mapped_column(String(64), unique=True)  # None: no receipt
    asked_at: Mapped[datetime]
    done_at: Mapped[datetime | None]  # when everything was gone that could go
    settled_at: Mapped[datetime | None]  # when nothing was kept any more
    counts: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)  # destroyed, by table
    kept: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)  # what, until
    left: Mapped[list[str]] = mapped_column(JSON, default=list)  # places nobody can explain
    checked_at: Mapped[datetime | None]
