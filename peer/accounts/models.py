"""Tables of people: accounts, roles, sessions, invitations. No address, agent or real name."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from peer.core.db import Base, new_id
from peer.policy.roles import Role


class AccountState(StrEnum):
    """Whether an account may be used."""

    RESERVED = "reserved"  # kept for somebody who has yet to join with an invitation
    ACTIVE = "active"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class Account(Base):
    """One person, under a pseudonym."""

    __tablename__ = "accounts"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    username: Mapped[str] = mapped_column(String(40), unique=True)  # the name, case-folded
    name: Mapped[str] = mapped_column(String(40))
    passphrase_hash: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(16), default=AccountState.ACTIVE)
    suspended_until: Mapped[datetime | None]  # None while suspended: until someone decides
    suspended_for: Mapped[str] = mapped_column(String(120), default="")  # a house rule's words
    locale: Mapped[str] = mapped_column(String(12), default="en")
    timezone: Mapped[str] = mapped_column(String(64), default="UTC")
    theme: Mapped[str] = mapped_column(String(8), default="")  # "", light, dark
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
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]  # kept to the minute


class Invitation(Base):
    """A code that lets one person join, with roles and rooms; stored only as a hash."""

    __tablename__ = "invitations"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    note: Mapped[str] = mapped_column(String(80), default="")
    roles: Mapped[list[str]] = mapped_column(JSON)
    rooms: Mapped[list[str]] = mapped_column(JSON)
    created_by: Mapped[str] = mapped_column(ForeignKey("accounts.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    # The reserved account that waits for this person, if one does.
    account_id: Mapped[str | None] = mapped_column(
        ForeignKey("accounts.id", ondelete="CASCADE"), index=True
    )
    used_by: Mapped[str | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    withdrawn_at: Mapped[datetime | None]
