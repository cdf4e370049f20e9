"""People with something in every corner: what is held of them, to be shown and to be erased."""

from dataclasses import dataclass

from sqlalchemy import select

from peer.accounts import service
from peer.core import queue, work
from peer.moderation.models import ReviewItem
from peer.moderation.service import Wanted, claim, decide
from peer.notifications.service import notify, set_quiet_hours
from peer.policy.moderation import Outcome
from peer.policy.roles import Actor
from peer.rooms import service as rooms
from peer.rooms.models import Message, Room
from peer.rooms.queries import private_room_of
from tests.cast import Cast
from tests.mentoring.making import (
    approved,
    both_say_yes,
    offers_to_mentor,
    solved_round,
    vetted_mentor,
    would_like_a_mentor,
)
from tests.rooms.place import a_room, said

CANARIES = (
    "canary-boundaries",
    "canary-in-the-open",
    "canary-note",
    "canary-before",
    "canary-here",
    "canary-in-private",
    "canary-aside",
    "canary-report",
    "canary-notice",
)


def hidden(cast: Cast, message: Message, wanted: Wanted, *, note: str = "") -> None:
    """Mo takes the matter of a message that was reported, hides it, and does what is `wanted`."""
    with work.begin() as session:
        item = session.scalars(select(ReviewItem).where(ReviewItem.subject_id == message.id)).one()
        claim(cast.mo, item.id)
        decide(
            cast.mo,
            item.id,
            version=item.version,
            outcome=Outcome.HIDE,
            rule="kindness",
            note=note,
            wanted=wanted,
        )


@dataclass(frozen=True)
class Life:
    """Where somebody has been."""

    mentorship_id: str
    room: Room
    private: Room


def lived_in(cast: Cast) -> Life:
    """Noor: a profile, a mentorship with Tess, two rooms, words of every kind, a report."""
    would_like_a_mentor(
        cast.account("noor"),
        interests={"art": 3},
        boundaries="canary-boundaries",
        avoids=("Zed",),
        topics=("court",),
    )
    vetted_mentor(cast, cast.account("tess"), interests={"art": 2})
    offers_to_mentor(cast.account("uma"), avoids=("noor", "Zed"))
    mentorship_id = both_say_yes(cast, approved(cast, solved_round(cast))[0])
    room = a_room(cast, cast.noor, cast.zed, agreement=[])
    with work.begin(writes=False):
        private = private_room_of(mentorship_id)
    assert private is not None
    with work.begin():
        rooms.allow_names(cast.ada, on=True)
        rooms.take_name(cast.noor, room.id, "canary-here")
    first = said(cast.noor, room, "canary-before", note="canary-note")
    with work.begin():
        rooms.edit_message(cast.noor, first.id, text="canary-in-the-open")
    said(cast.noor, private, "canary-in-private")
    answer = said(cast.zed, room, "well said", reply_to=first.id)
    with work.begin():
        rooms.react(cast.noor, answer.id, "with_you")
        rooms.report_message(cast.noor, answer.id, "unkind", "canary-report")
        rooms.choose_unwanted(cast.noor, ["court"])
        rooms.keep_distance(cast.noor, answer.id, "mute")
        rooms.keep_distance(cast.zed, first.id, "mute")
        set_quiet_hours(cast.noor, (22 * 60, 8 * 60))
        notify(cast.noor.id, "Hello %(who)s", who="canary-notice")
    with work.begin():
        rooms.know([cast.noor.id])
    _sits_in_a_circle(cast)
    _waits_at_a_door(cast)
    _is_asked_to_step_aside(cast)
    return Life(mentorship_id, room, private)


def _sits_in_a_circle(cast: Cast) -> None:
    """Noor has a place in a circle that goes on, and the talking piece is hers."""
    circle = a_room(cast, cast.noor, cast.fay, cast.mo, kind="circle", agreement=[])
    with work.begin():
        rooms.set_facilitators(cast.cora, circle.id, [cast.fay.id])
        rooms.note_company({circle.id: [cast.noor.id, cast.fay.id, cast.mo.id]})
        now = rooms.begin_now(cast.fay, circle.id)
        rooms.sign_up(cast.noor, circle.id, now.id, reminds=True)
        rooms.begin_round(cast.fay, circle.id, number=0)
        rooms.whisper(cast.fay, circle.id, cast.noor.id, "canary-whisper")


def _waits_at_a_door(cast: Cast) -> None:
    """Noor has come to a room that lets people in one by one, and is asked to wait a little."""
    room = a_room(cast, cast.noor, cast.fay, lets_in=True, agreement=[])
    with work.begin():
        rooms.set_facilitators(cast.cora, room.id, [cast.fay.id])
        rooms.wait_at_door(cast.noor, room.id)
        rooms.ask_to_wait(cast.fay, room.id, cast.noor.id, "soon")


def _is_asked_to_step_aside(cast: Cast) -> None:
    """Noor has been asked to step aside with Fay and Mo, said yes, and said something there."""
    room = a_room(cast, cast.noor, cast.fay, cast.mo, agreement=[])
    with work.begin():
        rooms.set_facilitators(cast.cora, room.id, [cast.fay.id])
        rooms.invite_aside(cast.fay, room.id, cast.noor.id)
        aside = rooms.answer_aside(cast.noor, room.id, yes=True)
        assert aside is not None
        team = [cast.noor.id, cast.fay.id, cast.mo.id]
        rooms.note_company({aside.id: team})
        rooms.post_message(cast.noor, aside.id, text="canary-aside", nonce="aside")
        rooms.end_aside(cast.noor, aside.id)


def erased(actor: Actor) -> service.Erased:
    """Somebody erases their account, and the worker comes by."""
    with work.begin():
        found = service.erase_account(actor)
    queue.sweep_now("accounts.erasures")
    return found


def left_of(account_id: str) -> list[str]:
    """Where an account's id stands without a reason."""
    return [each.place for each, why in service.scan(account_id) if not why]
