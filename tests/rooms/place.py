"""Rooms for tests: made through the services, with people in them who have agreed."""

from itertools import count

from peer.core import work
from peer.policy.floor import Floor
from peer.policy.roles import Actor
from peer.rooms import queries, service
from peer.rooms.models import Message, Room
from tests.cast import Cast

_nonces = count()

AGREEMENT = ["What is said here stays here.", "You can always just read."]


def a_room(cast: Cast, *people: Actor, **more: object) -> Room:
    """A room that Cora made, with `people` in it."""
    with work.begin():
        room = service.create_room(cast.cora, **{"name": "Commons", "agreement": AGREEMENT} | more)
        if room.entry == "invited":
            for person in people:
                service.add_person(cast.cora, room.id, person.name)
        for person in people:
            service.agree(person, room.id)
    return room


def a_private_room(cast: Cast, mentorship_id: str = "mentorship") -> Room:
    """The private room of Noor and Tess."""
    with work.begin():
        return service.open_private_room(
            mentorship_id=mentorship_id, account_ids=[cast.noor.id, cast.tess.id]
        )


def said(actor: Actor, room: Room, text: str, **more: object) -> Message:
    """What `actor` says in `room`."""
    with work.begin():
        return service.post_message(
            actor, room.id, **{"text": text, "nonce": f"n{next(_nonces)}"} | more
        )


def kept_by(actor: Actor) -> str:
    """By what the page of somebody who keeps one person away knows what they have set."""
    with work.begin(writes=False):
        (kept,) = queries.kept_by(actor.id)
    return kept.id


def word(number: int) -> str:
    """`number` in letters, so that no message looks like part of a telephone number."""
    return "w" + "".join("abcdefghij"[int(digit)] for digit in str(number))


def here(room: Room, *people: Actor) -> None:
    """`people` are in the room at this moment."""
    with work.begin():
        service.note_company({room.id: [person.id for person in people]})


def floor(room: Room) -> Floor:
    """How it stands with talking in the room at this moment."""
    with work.begin(writes=False):
        return queries.floor_of(queries.room_with(room.id))
