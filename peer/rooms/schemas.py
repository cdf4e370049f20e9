"""The shape of what pages send over sockets. Lengths of texts are the service's to judge."""

from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

Id = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class InRoom(BaseModel):
    """An event about a room."""

    room: Id


class Join(InRoom):
    """`since`: the last number that the page has; null: it has nothing yet."""

    since: int | None = Field(default=None, ge=0, le=2**31)


class Earlier(InRoom):
    """`before`: the place of the oldest message that the page has."""

    before: int = Field(ge=0, le=2**31)


class Seen(InRoom):
    """`seq`: up to which number the person has read."""

    seq: int = Field(ge=0, le=2**31)


class Post(InRoom):
    """A new message."""

    nonce: Id
    text: str
    note: str | None = None
    reply_to: Id | None = None
    token: str | None = Field(default=None, max_length=400)


class OfMessage(BaseModel):
    """An event about a message."""

    id: Id


class Edit(OfMessage):
    """Other words for a message; without `note` its content note stays."""

    text: str
    note: str | None = None
    token: str | None = Field(default=None, max_length=400)


class React(OfMessage):
    """`on`: give it or take it back; null: the other of the two."""

    kind: str = Field(max_length=16)
    on: bool | None = None


class Report(OfMessage):
    """A word to the moderators."""

    category: str = Field(max_length=32)
    note: str = ""
