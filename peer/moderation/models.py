"""Tables of moderation: review items, what brought them there, and what was decided."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from peer.core.db import Base, new_id
from peer.core.keys import SealedJson, SealedText
from peer.policy.moderation import ItemState, Outcome, Severity, title_of


class ReviewItem(Base):
    """One subject that a moderator should look at; reports and flags attach to it."""

    __tablename__ = "review_items"
    __table_args__ = (
        UniqueConstraint("kind", "subject_id"),
        Index("ix_review_items_state_opened_at", "state", "opened_at"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(16))
    subject_id: Mapped[str] = mapped_column(String(32))
    author_id: Mapped[str] = mapped_column(
        ForeignKey("accounts.id", ondelete="CASCADE"), index=True
    )
    severity: Mapped[str] = mapped_column(String(8), default=Severity.ROUTINE)
    held: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(8), default=ItemState.OPEN)
    version: Mapped[int] = mapped_column(default=1)
    claimed_by: Mapped[str | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    claimed_until: Mapped[datetime | None]
    opened_at: Mapped[datetime]
    first_look_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    reports: Mapped[list["Report"]] = relationship(lazy="selectin", order_by="Report.at")
    flags: Mapped[list["Flag"]] = relationship(lazy="selectin", order_by="Flag.at")
    rulings: Mapped[list["Ruling"]] = relationship(lazy="selectin", order_by="Ruling.at")

    @property
    def outcome(self) -> Outcome | None:
        """What was decided last; None when nobody has decided yet."""
        return Outcome(self.rulings[-1].outcome) if self.rulings else None

    @property
    def tier(self) -> int:
        """How urgent distress looked to automod, from 0 to 4."""
        return max((flag.tier for flag in self.flags), default=0)

    @property
    def title(self) -> str:
        """What it is about, in words to be translated."""
        flagged = [category for flag in self.flags for category in flag.categories]
        return title_of([report.category for report in self.reports], flagged, self.tier)


class Report(Base):
    """A person's complaint; one a person for each subject."""

    __tablename__ = "reports"
    __table_args__ = (UniqueConstraint("item_id", "reporter_id"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    item_id: Mapped[str] = mapped_column(ForeignKey("review_items.id", ondelete="CASCADE"))
    reporter_id: Mapped[str | None] = mapped_column(  # None: they have erased their account
        ForeignKey("accounts.id", ondelete="CASCADE"), index=True
    )
    category: Mapped[str] = mapped_column(String(16))
    note_sealed: Mapped[bytes | None] = mapped_column("note", LargeBinary)
    note = SealedText("note_sealed", owner="note_owner")
    at: Mapped[datetime]
    answered_at: Mapped[datetime | None]

    @property
    def note_owner(self) -> str:
        """Whose key the note is sealed under: the reporter's, or the case's once they are gone."""
        return self.reporter_id or case_key(self.item_id)


class Flag(Base):
    """Automod's mark: which rules spoke and where in the text, never the text itself."""

    __tablename__ = "flags"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    item_id: Mapped[str] = mapped_column(
        ForeignKey("review_items.id", ondelete="CASCADE"), index=True
    )
    verdict: Mapped[str] = mapped_column(String(8))
    tier: Mapped[int]
    categories: Mapped[list[str]] = mapped_column(JSON)
    spans: Mapped[list[list[object]]] = mapped_column(JSON)
    rules: Mapped[list[str]] = mapped_column(JSON)
    at: Mapped[datetime]


class Ruling(Base):
    """What a moderator decided about an item, and why; never changed."""

    __tablename__ = "rulings"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    item_id: Mapped[str] = mapped_column(
        ForeignKey("review_items.id", ondelete="CASCADE"), index=True
    )
    by_id: Mapped[str | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    at: Mapped[datetime]
    outcome: Mapped[str] = mapped_column(String(8))
    rule: Mapped[str] = mapped_column(String(16))
    note_sealed: Mapped[bytes | None] = mapped_column("note", LargeBinary)
    note = SealedText("note_sealed")  # the organisation's: a decision outlives who made it


class Sanction(Base):
    """A warning, mute or suspension of a person, with its reason and its end."""

    __tablename__ = "sanctions"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    account_id: Mapped[str] = mapped_column(
        ForeignKey("accounts.id", ondelete="CASCADE"), index=True
    )
    item_id: Mapped[str | None] = mapped_column(ForeignKey("review_items.id", ondelete="SET NULL"))
    kind: Mapped[str] = mapped_column(String(8))
    rule: Mapped[str] = mapped_column(String(16))
    by_id: Mapped[str | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    at: Mapped[datetime]
    act_id: Mapped[str | None] = mapped_column(String(32))  # of a ban: the act of the two
    until: Mapped[datetime | None]  # None: no end set
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[str | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))


class Opening(Base):
    """A moderator's break of glass: more of a conversation than was reported, for an hour."""

    __tablename__ = "openings"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    item_id: Mapped[str] = mapped_column(
        ForeignKey("review_items.id", ondelete="CASCADE"), index=True
    )
    by_id: Mapped[str | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    reason_sealed: Mapped[bytes] = mapped_column("reason", LargeBinary)
    reason = SealedText("reason_sealed")
    at: Mapped[datetime]
    until: Mapped[datetime]
    told: Mapped[list[str]] = mapped_column(JSON)  # whose words were opened: they can read of it


def case_key(item_id: str) -> str:
    """The owner of the key of a case, which is destroyed when the case is over."""
    return f"case:{item_id}"


class CaseFile(Base):
    """Reported words of somebody who has erased their account, for as long as the case is open."""

    __tablename__ = "case_files"

    item_id: Mapped[str] = mapped_column(
        ForeignKey("review_items.id", ondelete="CASCADE"), primary_key=True
    )
    words_sealed: Mapped[bytes] = mapped_column("words", LargeBinary)
    words = SealedJson("words_sealed", owner="key_owner", row="item_id", empty=dict)
    made_at: Mapped[datetime]

    @property
    def key_owner(self) -> str:
        """The case itself."""
        return case_key(self.item_id)
