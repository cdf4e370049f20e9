"""Tables of rooms: who is in them, what was said, and the log of changes that pages follow."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from peer.core.db import Base, new_id
from peer.policy.rooms import Entry, MessageState, RoomKind


class Room(Base):
    """A place to talk. `last_seq` is the number of its latest change."""

    __tablename__ = "rooms"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(24), default=RoomKind.OPEN_HOURS)
    entry: Mapped[str] = mapped_column(String(16), default=Entry.EVERYONE)
    about: Mapped[str] = mapped_column(String(600), default="")
    question: Mapped[str] = mapped_column(String(200), default="")
    agreement: Mapped[list[str]] = mapped_column(JSON, default=list)
    agreement_at: Mapped[datetime]  # when its words last changed: earlier consent lapses
    ask_again: Mapped[bool] = mapped_column(default=True)  # each day, or only once
    mentorship_id: Mapped[str | None] = mapped_column(String(32), unique=True)
    last_seq: Mapped[int] = mapped_column(default=0)
    roster: Mapped[int] = mapped_column(default=0)  # grows whenever somebody may have lost access
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    @property
    def is_open(self) -> bool:
        """Whether messages can be sent."""
        return self.closed_at is None


class Membership(Base):
    """A person in a room, and how far they have read."""

    __tablename__ = "memberships"

    room_id: Mapped[str] = mapped_column(
        ForeignKey("rooms.id", ondelete="CASCADE"), primary_key=True
    )
    account_id: Mapped[str] = mapped_column(
        ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    facilitator: Mapped[bool] = mapped_column(default=False)
    joined_at: Mapped[datetime]
    agreed_at: Mapped[datetime | None]
    seen_seq: Mapped[int] = mapped_column(default=0)


class Message(Base):
    """What a person said. `place` is the number with which it first became visible."""

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("author_id", "room_id", "nonce"),
        Index("ix_messages_room_id_place", "room_id", "place"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    room_id: Mapped[str] = mapped_column(ForeignKey("rooms.id", ondelete="CASCADE"))
    author_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"))
    author_role: Mapped[str] = mapped_column(String(16))  # as which they spoke
    nonce: Mapped[str] = mapped_column(String(64))
    text: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(String(80), default="")
    # What it said before it was changed, for moderators alone: nobody edits a report away.
    earlier: Mapped[list[str]] = mapped_column(JSON, default=list)
    reply_to: Mapped[str | None] = mapped_column(ForeignKey("messages.id", ondelete="SET NULL"))
    state: Mapped[str] = mapped_column(String(16), default=MessageState.VISIBLE)
    place: Mapped[int | None]  # None: nobody but its author and staff has ever seen it
    at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    taken_back: Mapped[bool] = mapped_column(default=False)  # removed by its author, for good
    offers_help: Mapped[bool] = mapped_column(default=False)  # its author is shown helplines


class MessageReaction(Base):
    """One person's reaction to a message."""

    __tablename__ = "message_reactions"

    message_id: Mapped[str] = mapped_column(
        ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True
    )
    account_id: Mapped[str] = mapped_column(
        ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True
    )
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)


class RoomChange(Base):
    """Change number `seq` of a room: that a message appeared, or is now different."""

    __tablename__ = "room_changes"

    room_id: Mapped[str] = mapped_column(
        ForeignKey("rooms.id", ondelete="CASCADE"), primary_key=True
    )
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    message_id: Mapped[str] = mapped_column(
        String(32)
    )  # outlives the message: no number may vanish
    posted: Mapped[bool]  # the message's first appearance
