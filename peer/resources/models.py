"""The table of resources. Who checked an entry is in the record of staff acts, not here."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from peer.core.db import Base, new_id


class Category(StrEnum):
    """What an entry helps with, in the order of the page."""

    HELPLINES = "helplines"
    HOUSING = "housing"
    HEALTH = "health"
    THERAPY = "therapy"
    LEGAL = "legal"
    MONEY = "money"
    WORK = "work"
    LEARNING = "learning"
    EVERYDAY = "everyday"


class Phoning(StrEnum):
    """What is known about calling from a phone that somebody else may look at."""

    UNKNOWN = "unknown"
    DISCREET = "discreet"  # answers neutrally, leaves no message, does not call back unasked
    TRACES = "traces"  # may call back, leave a message or show on a bill


class Resource(Base):
    """One place that helps: what it does and how to reach it, never where people stay."""

    __tablename__ = "resources"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    title: Mapped[str] = mapped_column(String(120))
    category: Mapped[str] = mapped_column(String(16), index=True)
    about: Mapped[str] = mapped_column(Text)
    phone: Mapped[str] = mapped_column(String(40))
    website: Mapped[str] = mapped_column(String(300))
    area: Mapped[str] = mapped_column(String(120))  # whom it serves: a region, not an address
    hours: Mapped[str] = mapped_column(String(120))
    languages: Mapped[list[str]] = mapped_column(JSON)  # codes
    tags: Mapped[list[str]] = mapped_column(JSON)
    call_first: Mapped[bool]
    phoning: Mapped[str] = mapped_column(String(16))
    phone_note: Mapped[str] = mapped_column(String(300))
    public_address: Mapped[bool]  # a street address stands here on purpose
    sought: Mapped[str] = mapped_column(Text)  # all of it, folded, for the search
    version: Mapped[int]
    created_at: Mapped[datetime]
    verified_at: Mapped[datetime | None]
    retired_at: Mapped[datetime | None]
