"""What rooms hold of a person, and how it is taken away."""

from sqlalchemy import select

from peer.accounts.service import Holding, Row, Section, said
from peer.core import work
from peer.core.expiry import days_ago, delete_some
from peer.core.words import N_
from peer.moderation import queries as moderation
from peer.policy.admission import LATER_WORDS, At
from peer.policy.aside import Aside
from peer.policy.circle import Turn
from peer.policy.distance import How
from peer.policy.roles import Role
from peer.policy.rooms import MessageState, Reaction
from peer.policy.topics import TOPICS
from peer.rooms import queries, service
from peer.rooms.models import Message, Room

_ROOM = N_("Room")
_ROLE_WORDS = {role.value: role.word for role in Role}
_STATE_WORDS: dict[str, str] = {
    MessageState.VISIBLE: N_("seen by everybody in the room"),
    MessageState.BLURRED: N_("covered until somebody opens it"),
    MessageState.HELD: N_("waiting for a moderator"),
    MessageState.REMOVED: N_("out of sight"),
}
_TURN_WORDS: dict[str, str] = {
    Turn.WAITING: N_("still to come"),
    Turn.HOLDS: N_("now"),
    Turn.HAD: N_("had"),
    Turn.PASSED: N_("passed"),
    Turn.LATER: N_("later"),
}
_ASIDE_WORDS: dict[str, str] = {
    Aside.ASKED: N_("you were asked"),
    Aside.YES: N_("you said yes"),
    Aside.NO: N_("you said no"),
    Aside.OVER: N_("over"),
}
_DOOR_WORDS: dict[str, str] = {
    At.WAITING: N_("nothing yet"),
    At.LATER: N_("to wait a little longer"),
    At.IN: N_("let in"),
    At.OUT: N_("you were taken out of the room"),
    At.NOT_NOW: N_("not this time"),
}
_REACTION_WORDS: dict[str, str] = {
    Reaction.WITH_YOU: N_("With you"),
    Reaction.THANK_YOU: N_("Thank you"),
    Reaction.GLAD: N_("Glad"),
}


_HOW_WORDS: dict[str, str] = {How.MUTE: N_("Muted"), How.BLOCK: N_("Blocked")}


def held(account_id: str) -> list[Section]:
    """The rooms they are in, what they said and what they answered with a warm word."""
    titles = _Titles(account_id)
    return [
        _memberships(account_id, titles),
        _names(account_id, titles),
        _arriving(account_id),
        _doors(account_id, titles),
        _asides(account_id, titles),
        _seats(account_id, titles),
        _circles(account_id, titles),
        _whispers(account_id, titles),
        _messages(account_id, titles),
        _reactions(account_id),
        _distances(account_id),
        _unwanted(account_id),
    ]


class _Titles:
    """What rooms are called for one person."""

    def __init__(self, account_id: str) -> None:
        self.account_id = account_id
        self.known: dict[str, str] = {}

    def of(self, room_id: str) -> str:
        if room_id not in self.known:
            room = queries.room_with(room_id)
            self.known[room_id] = queries.title_of(room, self.account_id)
        return self.known[room_id]


def _memberships(account_id: str, titles: _Titles) -> Section:
    labels = {
        "room": _ROOM,
        "facilitator": N_("You look after it"),
        "joined_at": N_("Since"),
        "agreed_at": N_("Said yes to how people are together"),
        "seen_seq": N_("Read up to its change number"),
        "here_at": N_("Here, as of"),
    }
    rows: list[Row] = [
        {
            "room": titles.of(each.room_id),
            "facilitator": each.facilitator,
            "joined_at": each.joined_at,
            "agreed_at": each.agreed_at,
            "seen_seq": each.seen_seq,
            "here_at": each.here_at,
        }
        for each in queries.memberships_of(account_id)
    ]
    return Section("rooms", N_("Rooms you are in"), labels, rows)


def _names(account_id: str, titles: _Titles) -> Section:
    labels = {"room": _ROOM, "name": N_("What you are called there")}
    rows: list[Row] = [
        {"room": titles.of(each.room_id), "name": each.name}
        for each in queries.own_names_of(account_id)
    ]
    return Section("room_names", N_("Names you have for one room"), labels, rows)


def _arriving(account_id: str) -> Section:
    labels = {
        "let_through": N_("How many of your first messages were let through"),
        "settled_at": N_("What you write appears at once since"),
    }
    rows: list[Row] = [
        {"let_through": len(each.let_through), "settled_at": each.settled_at}
        for each in queries.arrivals_of([account_id])
    ]
    return Section("arriving", N_("Your first messages"), labels, rows)


def _doors(account_id: str, titles: _Titles) -> Section:
    labels = {
        "room": _ROOM,
        "asked_at": N_("You came to the door"),
        "seen_at": N_("Last there"),
        "state": N_("What you were told"),
        "later": N_("What you were asked"),
        "answered_at": N_("Answered"),
    }
    rows: list[Row] = [
        {
            "room": titles.of(each.room_id),
            "asked_at": each.asked_at,
            "seen_at": each.seen_at,
            "state": said(_DOOR_WORDS, each.state),
            "later": said(LATER_WORDS, each.later) if each.later else None,
            "answered_at": each.answered_at,
        }
        for each in queries.admissions_of(account_id)
    ]
    return Section("doors", N_("Doors of rooms"), labels, rows)


def _asides(account_id: str, titles: _Titles) -> Section:
    labels = {
        "from_id": _ROOM,
        "asked_at": N_("You were asked"),
        "state": N_("How far it is"),
        "ended_at": N_("Over since"),
    }
    rows: list[Row] = [
        {
            "from_id": titles.of(each.from_id),
            "asked_at": each.asked_at,
            "state": said(_ASIDE_WORDS, each.state),
            "ended_at": each.ended_at,
        }
        for each in queries.asides_with(account_id)
    ]
    return Section("asides", N_("Times you were invited to step aside"), labels, rows)


def _seats(account_id: str, titles: _Titles) -> Section:
    labels = {
        "room": _ROOM,
        "starts_at": N_("Begins"),
        "at": N_("Signed up"),
        "waiting": N_("On the waiting list"),
        "reminds": N_("You want to be reminded"),
        "reminded_at": N_("Told an hour before"),
    }
    rows: list[Row] = [
        {
            "room": titles.of(gathering.room_id),
            "starts_at": gathering.starts_at,
            "at": seat.at,
            "waiting": seat.waiting,
            "reminds": seat.reminds,
            "reminded_at": seat.reminded_at,
        }
        for seat, gathering in queries.seats_held_by(account_id)
    ]
    return Section("seats", N_("Sessions you signed up for"), labels, rows)


def _circles(account_id: str, titles: _Titles) -> Section:
    labels = {"room": _ROOM, "position": N_("Your place in the order"), "turn": N_("Your turn")}
    rows: list[Row] = [
        {
            "room": titles.of(gathering.room_id),
            "position": seat.position,
            "turn": said(_TURN_WORDS, seat.turn),
        }
        for seat, gathering in queries.circle_seats_held_by(account_id)
    ]
    return Section("circles", N_("Circles you are in"), labels, rows)


def _whispers(account_id: str, titles: _Titles) -> Section:
    labels = {"at": N_("When"), "room": _ROOM, "text": N_("What was said"), "by_you": N_("By you")}
    rows: list[Row] = [
        {
            "at": each.at,
            "room": titles.of(each.room_id),
            "text": each.text,
            "by_you": each.author_id == account_id,
        }
        for each in queries.whispers_of(account_id)
    ]
    return Section("whispers", N_("Words to one person"), labels, rows)


def _messages(account_id: str, titles: _Titles) -> Section:
    labels = {
        "at": N_("When"),
        "room": _ROOM,
        "text": N_("What you said"),
        "note": N_("Your note on it"),
        "topic": N_("Topic"),
        "earlier": N_("What it said before you changed it"),
        "edited_at": N_("Changed"),
        "author_role": N_("You spoke as"),
        "answers": N_("An answer to somebody"),
        "state": N_("It is"),
        "taken_back": N_("Taken back by you"),
        "offers_help": N_("Helplines were shown to you beside it"),
    }
    rows: list[Row] = [
        {
            "at": each.at,
            "room": titles.of(each.room_id),
            "text": each.text,
            "note": each.note or None,
            "topic": said(TOPICS, each.topic) if each.topic else None,
            "earlier": list(each.earlier),
            "edited_at": each.edited_at,
            "author_role": said(_ROLE_WORDS, each.author_role),
            "answers": each.reply_to is not None,
            "state": said(_STATE_WORDS, each.state),
            "taken_back": each.taken_back,
            "offers_help": each.offers_help,
        }
        for each in queries.messages_by(account_id)
    ]
    return Section("messages", N_("What you said in rooms"), labels, rows)


def _reactions(account_id: str) -> Section:
    labels = {"kind": N_("Warm word"), "count": N_("How often")}
    rows: list[Row] = [
        {"kind": said(_REACTION_WORDS, kind), "count": count}
        for kind, count in queries.reactions_by(account_id)
    ]
    return Section("reactions", N_("Warm words you gave"), labels, rows)


def _distances(account_id: str) -> Section:
    """Whom they keep away. Who keeps them away is the others', and in nobody's file but theirs."""
    labels = {"who": N_("Name"), "how": N_("How")}
    rows: list[Row] = [
        {"who": kept.name, "how": said(_HOW_WORDS, kept.how)}
        for kept in queries.kept_by(account_id)
    ]
    return Section("distances", N_("Whom you have muted or blocked"), labels, rows)


def _unwanted(account_id: str) -> Section:
    labels = {"topic": N_("Topic")}
    rows: list[Row] = [
        {"topic": said(TOPICS, topic)} for topic in sorted(queries.unwanted_by(account_id))
    ]
    return Section("unwanted_topics", N_("Topics that are folded for you"), labels, rows)


def leave(account_id: str) -> None:
    """Their words out of sight on every open page; they are in no room any more."""
    service.take_out_of_sight(account_id)


def erase(account_id: str) -> dict[str, int]:
    """Their words, warm words and memberships; private rooms that this leaves empty."""
    return service.forget_person(account_id)


def expire(limit: int) -> dict[str, int]:
    """What was said longer ago than its room keeps; what is under review only goes out of sight."""
    counts = {"messages": 0, "room_changes": 0, "rooms": service.close_for_good(limit)}
    counts["rooms"] += service.close_asides_for_good(limit)
    counts |= service.expire_dates(limit)
    counts["room_names"] = service.forget_names(limit)
    for room_id, days in work.session().execute(select(Room.id, Room.keep_days)).all():
        over = Message.room_id == room_id, Message.at < days_ago(days)
        in_question = Message.id.in_(moderation.in_question("message"))
        counts["room_changes"] += service.hide_expired(
            work.session().scalars(select(Message.id).where(*over, in_question)).all()
        )
        counts["messages"] += delete_some(
            Message, *over, ~in_question, limit=limit - counts["messages"]
        )
        if counts["messages"] >= limit:
            break
    return counts


HOLDING = Holding("rooms", held, erase, leave=leave, expire=expire)
