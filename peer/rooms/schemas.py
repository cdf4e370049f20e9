"""The shape of what pages send over sockets.

How long a text may be is the service's to say, in words; here every one has an end.
"""

from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from peer.policy.rooms import LAST_NUMBER

Text = Annotated[str, StringConstraints(max_length=16_000)]
Note = Annotated[str, StringConstraints(max_length=2_000)]
Topic = Annotated[str, StringConstraints(max_length=32)]
# Plain characters: PostgreSQL refuses to look for a text with NUL in it.
Id = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[ -~]+$")]
Number = Annotated[int, Field(ge=0, le=LAST_NUMBER)]


class InRoom(BaseModel):
    """An event about a room."""

    room: Id


class Join(InRoom):
    """`since`: the last number that the page has; null: it has nothing yet."""

    since: Number | None = None


class Earlier(InRoom):
    """`before`: the place of the oldest message that the page has."""

    before: Number


class Away(InRoom):
    """`away`: whether the conversation is covered on the page."""

    away: bool


class Seen(InRoom):
    """`seq`: up to which number the person has read."""

    seq: Number


class Post(InRoom):
    """A new message."""

    nonce: Id
    text: Text
    note: Note | None = None
    topic: Topic | None = None
    reply_to: Id | None = None
    token: str | None = Field(default=None, max_length=400)


class OfMessage(BaseModel):
    """An event about a message."""

    id: Id


class Edit(OfMessage):
    """Other words for a message; without `note` and `topic` they stay."""

    text: Text
    note: Note | None = None
    topic: Topic | None = None
    token: str | None = Field(default=None, max_length=400)


class React(OfMessage):
    """`on`: give it or take it back; null: the other of the two."""

    kind: str = Field(max_length=16)
    on: bool | None = None


class Report(OfMessage):
    """A word to the moderators."""

    category: str = Field(max_length=32)
    note: Note = ""
