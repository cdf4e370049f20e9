"""Reads for the home page and for whoever watches the machine."""

from collections.abc import Callable
from dataclasses import dataclass

import redis
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from peer.accounts import queries as accounts
from peer.accounts.service import waiting_for
from peer.core import storing, work
from peer.mentoring import queries as mentoring
from peer.mentoring.models import Proposal
from peer.moderation import queries as moderation
from peer.notifications import queries as notifications
from peer.policy.accounts import can_see_people
from peer.policy.doors import page_door
from peer.policy.mentoring import MentorshipState, ProposalState, RoundState
from peer.policy.oversight import GUARDED
from peer.policy.roles import Actor, Role
from peer.rooms import queries as rooms

_FEW = 3  # rooms that the home page names


@dataclass(frozen=True)
class Line:
    """One thing on a card that can be opened by itself."""

    words: str
    endpoint: str
    params: dict[str, str]
    new: int = 0


@dataclass(frozen=True)
class Card:
    """Something that waits for a person, or a place to go to; `new` counts what waits."""

    icon: str
    title: str
    words: str
    endpoint: str
    action: str = ""
    new: int = 0
    lines: tuple[Line, ...] = ()


def cards_for(actor: Actor) -> list[Card]:
    """What the home page shows to a person: what waits for them comes first.

    Only what is behind a door that opens to them.
    """
    found = [card for made in _CARDS if (card := made(actor)) is not None]
    return sorted((card for card in found if _opens(card, actor)), key=lambda card: not card.new)


def first_steps(actor: Actor) -> list[Card]:
    """What somebody who has just joined can do."""
    mentor = actor.has(Role.MENTOR)
    steps = [
        Card(
            "message-circle",
            _("Look at the rooms"),
            _("Each says what it is for and what people there agree on. You can just read along."),
            "rooms.index",
        ),
        Card(
            "handshake",
            _("Tell us your times and languages")
            if mentor
            else _("See what a mentor could be for you"),
            _("Only coordinators see it. A mentor and a member meet when both say yes."),
            "mentoring.index",
        ),
        Card(
            "list-checks",
            _("See what waits for a look"),
            _("Texts stay covered until you open them. You can always hand one on."),
            "moderation.queue",
        ),
        Card(
            "user-plus",
            _("Invite people"),
            _("Each code lets one person join, once."),
            "accounts.invitations",
        ),
        Card(
            "settings",
            _("Language, time, light or dark"),
            _("How pages look to you; you can change it whenever you like."),
            "accounts.account",
        ),
        Card(
            "life-buoy",
            _("Find out how help works"),
            _("Helplines, reaching the people who look after this place, and a quiet minute."),
            "home.help_page",
        ),
    ]
    return [step for step in steps if _opens(step, actor)]


def _opens(card: Card, actor: Actor) -> bool:
    door = page_door(card.endpoint)
    return door is not None and door.opens_to(actor)


def _rooms(actor: Actor) -> Card | None:
    mine = [card for card in rooms.rooms_open_to(actor) if card.member]
    new = sum(card.unread for card in mine)
    if not mine:
        words = _("You are in no room yet. You can look around, and read what each one is for.")
    elif new:
        words = ngettext("%(num)d message is new.", "%(num)d messages are new.", new)
    else:
        words = _("You have read everything.")
    first = sorted(mine, key=lambda card: -card.unread)[:_FEW]
    lines = tuple(
        Line(card.title, "rooms.room", {"room_id": card.room.id}, card.unread) for card in first
    )
    return Card("message-circle", _("Rooms"), words, "rooms.index", _("All rooms"), new, lines)


def _inbox(actor: Actor) -> Card | None:
    new = notifications.badge(actor.id)
    if notifications.is_quiet(actor.id):
        words = _("These are your quiet hours. What comes waits here.")
    elif new:
        words = ngettext("%(num)d notice is new.", "%(num)d notices are new.", new)
    else:
        words = _("No new notices.")
    return Card("inbox", _("Inbox"), words, "notifications.inbox", _("Open the inbox"), new)


def _invitations(actor: Actor) -> Card | None:
    if not can_see_people(actor):
        return None
    number = accounts.open_invitations()
    words = (
        ngettext("%(num)d code can still be used.", "%(num)d codes can still be used.", number)
        if number
        else _("No code is waiting to be used.")
    )
    return Card("user-plus", _("Invitations"), words, "accounts.invitations", _("Open invitations"))


def _decisions(actor: Actor) -> Card | None:
    if not actor.has(*GUARDED):
        return None
    number = waiting_for(actor)
    words = (
        ngettext(
            "%(num)d question waits for a second person.",
            "%(num)d questions wait for a second person.",
            number,
        )
        if number
        else _("Nothing waits for a second person.")
    )
    title, action = _("Decisions of two"), _("Open decisions")
    return Card("scale", title, words, "accounts.decisions", action, number)


def _mentoring(actor: Actor) -> Card | None:
    if not actor.has(Role.MEMBER, Role.MENTOR):
        return None
    asked = [pair for pair in mentoring.asked_of(actor.id) if _unanswered(pair, actor)]
    running = [
        each for each in mentoring.mentorships_of(actor.id) if each.state != MentorshipState.CLOSED
    ]
    if asked:
        words = _("Someone could go well with you. You are asked whether you would like that.")
    elif running:
        words = _("You meet each other as you agreed. You can pause or stop at any time.")
    elif actor.has(Role.MENTOR):
        words = _(
            "You meet nobody at the moment. Your profile says when and for whom you are free."
        )
    else:
        words = _("A mentor is someone at your side for a while. You can ask for one, or leave it.")
    title, action = _("Mentoring"), _("Open mentoring")
    return Card("handshake", title, words, "mentoring.index", action, len(asked))


def _unanswered(pair: Proposal, actor: Actor) -> bool:
    return mentoring.said_by(actor.id, pair, mentoring.move_of(pair.id)) is None


def _queue(actor: Actor) -> Card | None:
    if not actor.has(Role.MODERATOR):
        return None
    number, urgent = moderation.waiting_count(), moderation.urgent_count()
    if urgent:
        words = ngettext(
            "%(num)d of them should be looked at first.",
            "%(num)d of them should be looked at first.",
            urgent,
        )
    elif number:
        words = _("Texts stay covered until you open them.")
    else:
        words = _("Nothing waits for a look. A good moment for a break.")
    return Card("list-checks", _("Review"), words, "moderation.queue", _("Open the queue"), number)


def _round(actor: Actor) -> Card | None:
    if not actor.has(Role.COORDINATOR):
        return None
    now = mentoring.open_round()
    state = now.state if now is not None else RoundState.CLOSED
    words = {
        RoundState.WAITING: _("A round is being worked out."),
        RoundState.SOLVING: _("A round is being worked out."),
        RoundState.OPEN: _("A round is open: its proposals wait for you."),
        RoundState.FAILED: _("The last round did not come to an end. It can be started again."),
        RoundState.CLOSED: _("No round is under way."),
    }[RoundState(state)]
    waiting = 0
    if now is not None:
        waiting = mentoring.counts_of([now.id]).get((now.id, ProposalState.PROPOSED), 0)
    return Card("sprout", _("Rounds"), words, "mentoring.rounds", _("All rounds"), waiting)


# In the order in which they stand, when nothing waits.
_CARDS: tuple[Callable[[Actor], Card | None], ...] = (
    _queue,
    _rooms,
    _mentoring,
    _round,
    _decisions,
    _inbox,
    _invitations,
)


def services_answer(redis_url: str = "") -> bool:
    """Whether the database answers and keeps things, and Redis answers when `redis_url` names one."""
    try:
        with work.begin(writes=False) as session:
            session.execute(text("SELECT 1"))
        if redis_url:
            redis.Redis.from_url(redis_url, socket_timeout=2).ping()
    except (SQLAlchemyError, redis.RedisError):
        return False
    return not storing.is_failing()
