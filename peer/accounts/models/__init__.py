"""Tables of people: accounts, roles, sessions, invitations. No address, agent or real name."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from peer.accounts.models import oversight  # noqa: F401 - its tables
from peer.accounts.models.factors import Factor, FactorKind
from peer.accounts.models.vaults import Vault
from peer.accounts.models.ways_back import Recovery, RecoveryCode, RecoveryState
from peer.core.db import Base, new_id
from peer.core.keys import SealedJson, SealedText
from peer.policy.roles import Role

__all__ = [
    "Account",
    "AccountState",
    "Factor",
    "FactorKind",
    "Invitation",
    "Recovery",
    "RecoveryCode",
    "RecoveryState",
    "RoleGrant",
    "SignedInSession",
    "Stage",
    "Vault",
]


class Stage(StrEnum):
    """How far a browser that gave the passphrase has come."""

    SECOND = "second"  # the second factor is still to be shown
    ENROL = "enrol"  # a second factor has to be set up first
    OPEN = "open"


class AccountState(StrEnum):
    """Whether an account may be used."""

    RESERVED = "reserved"  # kept for somebody who has yet to join with an invitation
    ACTIVE = "active"
    SUSPENDED = "suspended"
    CLOSED = "closed"
    ERASED = "erased"  # an empty shell, and only while an open safety case needs one
    BANNED = "banned"  # shut out for good, by two people; an appeal can lift it


class Account(Base):
    """One person, under a pseudonym."""

    __tablename__ = "accounts"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    username: Mapped[str] = mapped_column(String(64), unique=True)  # a fingerprint of the name
    name_sealed: Mapped[bytes] = mapped_column("name", LargeBinary)
    name = SealedText("name_sealed", owner="id")
    passphrase_hash: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(16), default=AccountState.ACTIVE)
    suspended_until: Mapped[datetime | None]  # None while suspended: until someone decides
    suspended_for: Mapped[str] = mapped_column(String(120), default="")  # a house rule's words
    locale: Mapped[str] = mapped_column(String(12), default="en")
    timezone: Mapped[str] = mapped_column(String(64), default="UTC")
    theme: Mapped[str] = mapped_column(String(8), default="")  # "", light, dark
    cover_minutes: Mapped[int] = mapped_column(default=0)  # unused so long, pages are covered
    created_at: Mapped[datetime]
    grants: Mapped[list["RoleGrant"]] = relationship(
        back_populates="account", lazy="selectin", cascade="all, delete-orphan"
    )

    @property
    def roles(self) -> frozenset[Role]:
        """The roles this person holds."""
        return frozenset(Role(grant.role) for grant in self.grants)


class RoleGrant(Base):
    """A role that somebody gave to somebody."""

    __tablename__ = "role_grants"

    account_id: Mapped[str] = mapped_column(
        ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True
    )
    role: Mapped[str] = mapped_column(String(16), primary_key=True)
    granted_at: Mapped[datetime]
    granted_by: Mapped[str | None] = mapped_column(String(32))
    account: Mapped[Account] = relationship(back_populates="grants")


class SignedInSession(Base):
    """One signed-in browser: the hash of its token, and nothing about where it is."""

    __tablename__ = "sessions"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[str] = mapped_column(
        ForeignKey("accounts.id", ondelete="CASCADE"), index=True
    )
    data_sealed: Mapped[bytes] = mapped_column("data", LargeBinary)
    data = SealedJson("data_sealed", owner="account_id", empty=dict)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]  # kept to the minute
    # The private key, wrapped under a key that comes from the token itself.
    private: Mapped[bytes | None] = mapped_column(LargeBinary)
    proven_at: Mapped[datetime | None]  # when the passphrase was last given here
    label_sealed: Mapped[bytes | None] = mapped_column("label", LargeBinary)
    label = SealedText("label_sealed", owner="account_id")  # what the person calls this device
    covered_at: Mapped[datetime | None]  # since when it opens nothing but the cover page
    stage: Mapped[str] = mapped_column(String(8), default=Stage.OPEN, server_default=Stage.OPEN)
    # What a passkey is to sign, once; and since when it waits.
    challenge: Mapped[str] = mapped_column(String(100), default="", server_default="")


class Invitation(Base):
    """A code that lets one person join, with roles and rooms; stored only as a hash."""

    __tablename__ = "invitations"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    note_sealed: Mapped[bytes | None] = mapped_column("note", LargeBinary)
    note = SealedText("note_sealed", owner="created_by")
    roles: Mapped[list[str]] = mapped_column(JSON)
    rooms: Mapped[list[str]] = mapped_column(JSON)
    created_by: Mapped[str | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    # The reserved account that waits for this person, if one does.
    account_id: Mapped[str | None] = mapped_column(
        ForeignKey("accounts.id", ondelete="CASCADE"), index=True
    )
    used_by: Mapped[str | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    withdrawn_at: Mapped[datetime | None]
    waits: Mapped[bool] = mapped_column(default=False)  # for a second person to say yes
