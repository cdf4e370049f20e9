"""The one table of private pages. What a page is, when and what it says: all of it is sealed.

A row tells whose it is and the day it was made, nothing else: a note, a check-in and a plan look
alike. Both sealed columns are rounded up in length before they are sealed, so that how long they
are tells little. The key comes from the person's passphrase and is never in the database.
"""

import json
from datetime import date
from enum import StrEnum
from hashlib import sha256
from typing import Any

from sqlalchemy import Date, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from peer.core.db import Base, new_id
from peer.core.keys import PrivateKey

LABEL = 256  # bytes of every label
SHORTEST = 2048  # bytes of the shortest body; longer ones are twice, four times ... as long

Content = dict[str, Any]


class Kind(StrEnum):
    """What a private page is; only its owner can tell."""

    NOTE = "note"
    CHECK_IN = "check_in"
    PLAN = "plan"


class PrivatePage(Base):
    """One page of one person, closed to everybody else."""

    __tablename__ = "private_pages"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    account_id: Mapped[str] = mapped_column(
        ForeignKey("accounts.id", ondelete="CASCADE"), index=True
    )
    created_on: Mapped[date] = mapped_column(Date)
    label: Mapped[bytes] = mapped_column(LargeBinary)  # kind, moment, day
    body: Mapped[bytes] = mapped_column(LargeBinary)  # the words and answers

    def close_label(self, key: PrivateKey, label: Content) -> None:
        """Seal what the page is under the person's key."""
        self.label = key.seal(place(self.id, "label"), padded(label, LABEL))

    def close_body(self, key: PrivateKey, body: Content) -> None:
        """Seal what the page says under the person's key."""
        self.body = key.seal(place(self.id, "body"), padded(body, SHORTEST))

    def open_body(self, key: PrivateKey) -> Content:
        """What the page says; Unreadable under any other key."""
        return unpadded(key.unseal(place(self.id, "body"), self.body))


def place(page_id: str, column: str) -> str:
    """Where a sealed value belongs; moved to another row or column it does not open."""
    return f"private_pages|{column}|{page_id}"


def padded(content: Content, shortest: int) -> str:
    """`content` as JSON, with spaces at its end up to `shortest` bytes or the next doubling."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    size, room = len(text.encode()), shortest
    while room < size:
        room *= 2
    return text + " " * (room - size)


def unpadded(text: str) -> Content:
    """What `padded` was given."""
    content: Content = json.loads(text)
    return content


def version_of(content: object) -> str:
    """A short mark that differs when `content` does: a form carries the one it was made from."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    return sha256(text.encode()).hexdigest()[:16]
