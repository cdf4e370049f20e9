"""What has had its time, and what somebody takes away with them: out of sight, or gone."""

from collections.abc import Iterable

from sqlalchemy import delete, exists, select, update

from peer.core import work
from peer.core.expiry import days_ago, delete_some
from peer.moderation import queries as moderation
from peer.policy import retention
from peer.policy.admission import At
from peer.policy.rooms import MessageState, RoomKind
from peer.rooms import broadcast, queries
from peer.rooms.broadcast import roster_changed
from peer.rooms.models import (
    Admission,
    Arrival,
    AsideRow,
    CircleRow,
    CircleSeat,
    Distance,
    Gathering,
    Membership,
    Message,
    MessageReaction,
    Room,
    RoomName,
    Seat,
    Unwanted,
    Whisper,
)
from peer.rooms.service.aside import end_asides_of
from peer.rooms.service.gatherings import give_up_places


def hide_expired(message_ids: Iterable[str]) -> int:
    """Take messages out of sight for good that only moderators still need; how many were seen."""
    hidden = 0
    for message_id in sorted(message_ids):
        message = queries.locked_message(message_id)
        if message.state != MessageState.REMOVED:
            message.state, message.taken_back = MessageState.REMOVED, True
            broadcast.announce(message)
            hidden += 1
    return hidden


def close_for_good(limit: int) -> int:
    """Delete private rooms that closed long ago, and those in which nobody is any more."""
    private = Room.kind == RoomKind.ONE_TO_ONE
    long_ago = Room.closed_at < days_ago(retention.days("mentorships"))
    empty = Room.id.not_in(select(Membership.room_id))
    return delete_some(Room, private, long_ago | empty, limit=limit)


def close_asides_for_good(limit: int) -> int:
    """Delete the rooms of stepping aside that are over; with something under review in it, later."""
    in_question = select(Message.room_id).where(Message.id.in_(moderation.in_question("message")))
    over = Room.closed_at < days_ago(retention.days("asides"))
    return delete_some(
        Room, Room.kind == RoomKind.ASIDE, over, Room.id.not_in(in_question), limit=limit
    )


def expire_dates(limit: int) -> dict[str, int]:
    """Places and sessions that have had their time; how many of each."""
    over = select(Gathering.id).where(Gathering.ends_at < days_ago(retention.days("seats")))
    ended = select(Gathering.id).where(Gathering.ends_at < days_ago(retention.days("circles")))
    long_ago = Gathering.ends_at < days_ago(retention.days("gatherings"))
    return {
        "seats": delete_some(Seat, Seat.gathering_id.in_(over), limit=limit),
        "circle_seats": delete_some(CircleSeat, CircleSeat.gathering_id.in_(ended), limit=limit),
        "circles": delete_some(CircleRow, CircleRow.gathering_id.in_(ended), limit=limit),
        "gatherings": delete_some(Gathering, long_ago, limit=limit),
        "asides": delete_some(
            AsideRow, AsideRow.asked_at < days_ago(retention.days("asides")), limit=limit
        ),
        "admissions": delete_some(
            Admission,
            Admission.seen_at < days_ago(retention.days("admissions")),
            Admission.state != At.OUT,
            limit=limit,
        ),
        "whispers": delete_some(
            Whisper, Whisper.at < days_ago(retention.days("whispers")), limit=limit
        ),
    }


def forget_names(limit: int) -> int:
    """Names for one room of people who are in it no longer, once nothing there needs them.

    Words that stay are under them, and so is what others have set about whoever is called so.
    """
    said = exists().where(
        Message.room_id == RoomName.room_id, Message.author_id == RoomName.account_id
    )
    there = exists().where(
        Membership.room_id == RoomName.room_id, Membership.account_id == RoomName.account_id
    )
    kept = exists().where(
        Distance.room_id == RoomName.room_id, Distance.about_id == RoomName.account_id
    )
    return delete_some(RoomName, ~said, ~there, ~kept, limit=limit)


def take_out_of_sight(account_id: str) -> None:
    """At once: nobody sees what a person said, answered with a warm word, or that they are in.

    Every room in which something changes for others takes the numbers for it, so that open pages
    follow. One question a room, however much was said.
    """
    give_up_places(account_id)
    end_asides_of(account_id)
    rooms = queries.rooms_touched_by(account_id)
    for room_id in sorted(rooms):
        room = queries.locked_room(room_id)
        answered = queries.messages_answered(room_id, account_id)
        seen = queries.messages_seen_of(room_id, account_id)
        session = work.session()
        session.execute(
            delete(MessageReaction).where(
                MessageReaction.account_id == account_id, MessageReaction.message_id.in_(answered)
            ),
            execution_options={"synchronize_session": False},
        )
        session.execute(
            update(Message)
            .where(Message.author_id == account_id, Message.room_id == room_id)
            .values(state=MessageState.REMOVED, taken_back=True),
            execution_options={"synchronize_session": False},
        )
        broadcast.announce_changed(room_id, [*seen, *answered])
        membership = queries.membership_in(room_id, account_id)
        if membership is not None:
            session.delete(membership)
        session.refresh(room)
        roster_changed(room)


def forget_person(account_id: str) -> dict[str, int]:
    """What a person said and where they were, gone from the tables; how many of what."""
    everything = 10**9
    mine = MessageReaction.account_id == account_id
    counts = {
        "message_reactions": delete_some(MessageReaction, mine, limit=everything),
        "messages": delete_some(Message, Message.author_id == account_id, limit=everything),
        "admissions": delete_some(Admission, Admission.account_id == account_id, limit=everything),
        "asides": delete_some(AsideRow, AsideRow.person_id == account_id, limit=everything),
        "arrivals": delete_some(Arrival, Arrival.account_id == account_id, limit=everything),
        "seats": delete_some(Seat, Seat.account_id == account_id, limit=everything),
        "circle_seats": delete_some(
            CircleSeat, CircleSeat.account_id == account_id, limit=everything
        ),
        "whispers": delete_some(
            Whisper,
            (Whisper.author_id == account_id) | (Whisper.to_id == account_id),
            limit=everything,
        ),
        "distances": delete_some(
            Distance,
            (Distance.account_id == account_id) | (Distance.about_id == account_id),
            limit=everything,
        ),
        "room_names": delete_some(RoomName, RoomName.account_id == account_id, limit=everything),
        "unwanted_topics": delete_some(
            Unwanted, Unwanted.account_id == account_id, limit=everything
        ),
        "memberships": delete_some(
            Membership, Membership.account_id == account_id, limit=everything
        ),
    }
    return counts | {"rooms": close_for_good(everything)}
