"""Tables of rooms: who is in them, what was said, and the log of changes that pages follow."""

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from peer.core.db import Base, new_id
from peer.core.keys import SealedJson, SealedText
from peer.policy.retention import ROOM_DAYS_USUAL
from peer.policy.rooms import DATED, Entry, MessageState, RoomKind


class Room(Base):
    """A place to talk. `last_seq` is the number of its latest change."""

    __tablename__ = "rooms"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    name_sealed: Mapped[bytes | None] = mapped_column("name", LargeBinary)
    name = SealedText("name_sealed")
    kind: Mapped[str] = mapped_column(String(24), default=RoomKind.OPEN_HOURS)
    entry: Mapped[str] = mapped_column(String(16), default=Entry.EVERYONE)
    about_sealed: Mapped[bytes | None] = mapped_column("about", LargeBinary)
    about = SealedText("about_sealed")
    question_sealed: Mapped[bytes | None] = mapped_column("question", LargeBinary)
    question = SealedText("question_sealed")
    agreement_sealed: Mapped[bytes | None] = mapped_column("agreement", LargeBinary)
    agreement = SealedJson("agreement_sealed", empty=list)
    agreement_at: Mapped[datetime]  # when its words last changed: earlier consent lapses
    ask_again: Mapped[bool] = mapped_column(default=True)  # each day, or only once
    keep_days: Mapped[int] = mapped_column(default=ROOM_DAYS_USUAL)  # what is said, so long
    staffed: Mapped[bool] = mapped_column(default=False)  # nobody talks unless staff are here
    lets_in: Mapped[bool] = mapped_column(default=False)  # people come in one by one
    paused_at: Mapped[datetime | None]  # nobody writes but whoever leads, until it goes on
    slow_seconds: Mapped[int] = mapped_column(default=0)  # between two messages of one person
    hold_all: Mapped[bool] = mapped_column(default=False)  # a moderator looks at all first
    agenda_sealed: Mapped[bytes | None] = mapped_column("agenda", LargeBinary)
    agenda = SealedJson("agenda_sealed", empty=list)  # [minutes, words] of each point
    agenda_step: Mapped[int] = mapped_column(default=0)  # which point it is; 0: not begun
    agenda_at: Mapped[datetime | None]  # since when
    mentorship_id: Mapped[str | None] = mapped_column(String(32), unique=True)
    last_seq: Mapped[int] = mapped_column(default=0)
    roster: Mapped[int] = mapped_column(default=0)  # grows whenever somebody may have lost access
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    @property
    def is_open(self) -> bool:
        """Whether messages can be sent."""
        return self.closed_at is None

    @property
    def notes_company(self) -> bool:
        """Whether it matters here who of the room is here just now."""
        return (
            self.staffed
            or self.is_dated
            or self.is_quiet
            or self.lets_in
            or self.kind == RoomKind.ASIDE
        )

    @property
    def is_quiet(self) -> bool:
        """Whether people are here without talking."""
        return self.kind == RoomKind.QUIET

    @property
    def is_dated(self) -> bool:
        """Whether people talk here at dates only."""
        return self.kind in DATED


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
    # Where people are let in: when the first session of theirs began; None: none yet. A moment, since
    # what was held in an earlier session takes its place only as it is let through.
    reads_since: Mapped[datetime | None]
    # Noted only where it decides something (see `Room.notes_company`), and emptied soon after.
    here_at: Mapped[datetime | None]


class RoomName(Base):
    """What somebody is called in one room, where that is another name than everywhere else.

    It outlives their membership: what they said there stays under it.
    """

    __tablename__ = "room_names"
    __table_args__ = (UniqueConstraint("room_id", "mark"),)

    room_id: Mapped[str] = mapped_column(
        ForeignKey("rooms.id", ondelete="CASCADE"), primary_key=True
    )
    account_id: Mapped[str] = mapped_column(
        ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    mark: Mapped[str] = mapped_column(String(64))  # a fingerprint of the name in this room
    name_sealed: Mapped[bytes] = mapped_column("name", LargeBinary)
    name = SealedText("name_sealed", owner="account_id", row="room_id account_id")


class RoomSettings(Base):
    """What the organisation says for all its rooms: one row, or none while nothing was said."""

    __tablename__ = "room_settings"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    own_names: Mapped[bool] = mapped_column(default=False)  # people may have a name for one room


class Message(Base):
    """What a person said. `place` is the number with which it first became visible."""

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("author_id", "room_id", "nonce"),
        Index("ix_messages_room_id_place", "room_id", "place"),
        Index("ix_messages_room_id_at", "room_id", "at"),
        Index("ix_messages_reply_to", "reply_to"),  # deleting looks for who answered
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    room_id: Mapped[str] = mapped_column(ForeignKey("rooms.id", ondelete="CASCADE"))
    author_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"))
    author_role: Mapped[str] = mapped_column(String(16))  # as which they spoke
    nonce: Mapped[str] = mapped_column(String(64))
    text_sealed: Mapped[bytes] = mapped_column("text", LargeBinary)
    text = SealedText("text_sealed", owner="author_id")
    note_sealed: Mapped[bytes | None] = mapped_column("note", LargeBinary)
    note = SealedText("note_sealed", owner="author_id")
    topic_sealed: Mapped[bytes | None] = mapped_column("topic", LargeBinary)
    topic = SealedText("topic_sealed", owner="author_id")  # one of policy.topics; empty: none
    # What it said before it was changed, for moderators alone: nobody edits a report away.
    earlier_sealed: Mapped[bytes | None] = mapped_column("earlier", LargeBinary)
    earlier = SealedJson("earlier_sealed", owner="author_id", empty=list)
    reply_to: Mapped[str | None] = mapped_column(ForeignKey("messages.id", ondelete="SET NULL"))
    state: Mapped[str] = mapped_column(String(16), default=MessageState.VISIBLE)
    covered: Mapped[bool] = mapped_column(default=False)  # as often as it is shown
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


class Distance(Base):
    """That somebody keeps somebody else at a distance: who, whom, as which name, and how.

    `room_id` is the room whose name for them it is about; empty: the name they have everywhere.
    """

    __tablename__ = "distances"

    account_id: Mapped[str] = mapped_column(
        ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True
    )
    about_id: Mapped[str] = mapped_column(
        ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    room_id: Mapped[str] = mapped_column(String(32), primary_key=True, default="")
    how: Mapped[str] = mapped_column(String(8))
    # It came along as they took a name there: whoever set it was not told, and is shown nothing.
    unseen: Mapped[bool] = mapped_column(default=False)


class Unwanted(Base):
    """Which topics a person would rather not meet unprepared."""

    __tablename__ = "unwanted_topics"

    account_id: Mapped[str] = mapped_column(
        ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True
    )
    topics_sealed: Mapped[bytes | None] = mapped_column("topics", LargeBinary)
    topics = SealedJson("topics_sealed", owner="account_id", row="account_id", empty=list)


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


class Arrival(Base):
    """How far somebody is with their first messages, which moderators look at.

    Made as somebody who is new first says something; the list is emptied once it is enough.
    """

    __tablename__ = "arrivals"

    account_id: Mapped[str] = mapped_column(
        ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True
    )
    let_through: Mapped[list[str]] = mapped_column(JSON, default=list)  # ids of messages
    settled_at: Mapped[datetime | None]


class Admission(Base):
    """Somebody at the door of a room that lets people in one by one: one row a room and person."""

    __tablename__ = "admissions"

    room_id: Mapped[str] = mapped_column(
        ForeignKey("rooms.id", ondelete="CASCADE"), primary_key=True
    )
    account_id: Mapped[str] = mapped_column(
        ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    session: Mapped[str] = mapped_column(String(32))  # the gathering; empty: a room without dates
    state: Mapped[str] = mapped_column(String(8))
    asked_at: Mapped[datetime]
    seen_at: Mapped[datetime]  # when they last had the page of the door open
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    later: Mapped[str | None] = mapped_column(String(16))  # what they were asked
    why: Mapped[str | None] = mapped_column(String(16))  # for those who look after the room alone


class Rhythm(Base):
    """A weekly hour of a room on the clock of one zone; its dates are made some weeks ahead."""

    __tablename__ = "rhythms"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    room_id: Mapped[str] = mapped_column(ForeignKey("rooms.id", ondelete="CASCADE"), index=True)
    timezone: Mapped[str] = mapped_column(String(64))
    first_on: Mapped[date]
    minute: Mapped[int]  # of the day, on that clock
    length: Mapped[int]  # minutes
    places: Mapped[int | None]
    quorum: Mapped[int]
    made_until: Mapped[date | None]  # the last date that was made of it
    ended_at: Mapped[datetime | None]


class Gathering(Base):
    """One session of a room: its date, its places, and what became of it."""

    __tablename__ = "gatherings"
    __table_args__ = (
        UniqueConstraint("rhythm_id", "starts_at"),
        Index("ix_gatherings_room_id_starts_at", "room_id", "starts_at"),
        Index("ix_gatherings_starts_at", "starts_at"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    room_id: Mapped[str] = mapped_column(ForeignKey("rooms.id", ondelete="CASCADE"))
    rhythm_id: Mapped[str | None] = mapped_column(ForeignKey("rhythms.id", ondelete="SET NULL"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    places: Mapped[int | None]  # None: whoever may come in
    quorum: Mapped[int]  # people besides staff without whom it does not open
    made_at: Mapped[datetime]
    hour_told_at: Mapped[datetime | None]  # people were told how it stands, an hour before
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    missed: Mapped[str | None] = mapped_column(String(16))  # why it did not take place
    cancelled_at: Mapped[datetime | None]
    words_sealed: Mapped[bytes | None] = mapped_column("words", LargeBinary)
    words = SealedText("words_sealed")  # what a facilitator said as they called it off
    counts: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)  # what is left of it


class Seat(Base):
    """Somebody's place in a gathering, or on its waiting list."""

    __tablename__ = "seats"

    gathering_id: Mapped[str] = mapped_column(
        ForeignKey("gatherings.id", ondelete="CASCADE"), primary_key=True
    )
    account_id: Mapped[str] = mapped_column(
        ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    at: Mapped[datetime]
    waiting: Mapped[bool] = mapped_column(default=False)
    reminds: Mapped[bool] = mapped_column(default=False)  # only if they asked
    reminded_at: Mapped[datetime | None]


class AsideRow(Base):
    """An invitation to step aside during a session, and what became of it."""

    __tablename__ = "asides"
    __table_args__ = (Index("ix_asides_from_id_asked_at", "from_id", "asked_at"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    from_id: Mapped[str] = mapped_column(ForeignKey("rooms.id", ondelete="CASCADE"))
    room_id: Mapped[str | None] = mapped_column(
        ForeignKey("rooms.id", ondelete="SET NULL"), unique=True
    )  # once they have said yes
    person_id: Mapped[str] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    invited_by: Mapped[str] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    second_id: Mapped[str] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    state: Mapped[str] = mapped_column(String(8))
    asked_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class CircleRow(Base):
    """The talking piece of a gathering: its round, its number, since when somebody holds it."""

    __tablename__ = "circles"

    gathering_id: Mapped[str] = mapped_column(
        ForeignKey("gatherings.id", ondelete="CASCADE"), primary_key=True
    )
    round: Mapped[int]
    number: Mapped[int]
    closing: Mapped[bool] = mapped_column(default=False)  # the round that says goodbye
    seconds: Mapped[int]  # of a turn; nothing ends by itself
    moved_at: Mapped[datetime]  # when the piece last moved


class CircleSeat(Base):
    """Somebody's place in the order of a circle, and how they stand to its round."""

    __tablename__ = "circle_seats"

    gathering_id: Mapped[str] = mapped_column(
        ForeignKey("circles.gathering_id", ondelete="CASCADE"), primary_key=True
    )
    account_id: Mapped[str] = mapped_column(
        ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    position: Mapped[int]
    turn: Mapped[str] = mapped_column(String(8))


class GestureMade(Base):
    """That somebody made a gesture in a quiet room: which and when, and not who."""

    __tablename__ = "gestures"
    __table_args__ = (Index("ix_gestures_room_id_at", "room_id", "at"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    room_id: Mapped[str] = mapped_column(ForeignKey("rooms.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime]


class Whisper(Base):
    """What whoever leads a room said to one person in it. Staff of the room see it as well."""

    __tablename__ = "whispers"
    __table_args__ = (Index("ix_whispers_room_id_at", "room_id", "at"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    room_id: Mapped[str] = mapped_column(ForeignKey("rooms.id", ondelete="CASCADE"))
    author_id: Mapped[str] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    to_id: Mapped[str] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    text_sealed: Mapped[bytes] = mapped_column("text", LargeBinary)
    text = SealedText("text_sealed", owner="author_id")
    at: Mapped[datetime]
