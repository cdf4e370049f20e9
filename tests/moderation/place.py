"""Things to review, made as they come about: messages in rooms, reports, flags."""

from peer.core import work
from peer.moderation import queries, service
from peer.moderation.models import ReviewItem
from peer.policy.roles import Actor
from peer.rooms.models import Message
from tests.cast import Cast
from tests.rooms.place import a_room, said

UNKIND = "Nobody asked you to be here."


def reported(cast: Cast, text: str = UNKIND, *, note: str = "", category: str = "unkind") -> str:
    """Zed wrote `text` in the Commons and Noor has reported it; the id of the item."""
    room = a_room(cast, cast.noor, cast.zed)
    message = said(cast.zed, room, text)
    return report(cast.noor, message, category=category, note=note)


def report(who: Actor, message: Message, *, category: str = "unkind", note: str = "") -> str:
    """The id of the item that `who` reports."""
    with work.begin():
        service.file_report(who, "message", message.id, category, note)
    return item_about(message).id


def item_about(message: Message) -> ReviewItem:
    """The item of a message."""
    with work.begin(writes=False):
        found = queries.item_of("message", message.id)
    assert found is not None
    return found


def item_with(item_id: str, who: Actor) -> ReviewItem:
    """An item as it is now."""
    with work.begin(writes=False):
        return queries.item_for(who, item_id)
