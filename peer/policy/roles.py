"""Roles, the person who acts, and decisions."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NoReturn

from peer.core.errors import NotFound, PeerError, Refused
from peer.core.words import N_


class Role(StrEnum):
    """What a person is here for; one person may hold several."""

    MEMBER = "member"
    MENTOR = "mentor"
    FACILITATOR = "facilitator"
    MODERATOR = "moderator"
    COORDINATOR = "coordinator"
    ADMIN = "admin"

    @property
    def word(self) -> str:
        """What the role is called on pages, to be translated there."""
        return _WORDS[self]


_WORDS = {
    Role.MEMBER: N_("Member"),
    Role.MENTOR: N_("Mentor"),
    Role.FACILITATOR: N_("Facilitator"),
    Role.MODERATOR: N_("Moderator"),
    Role.COORDINATOR: N_("Coordinator"),
    Role.ADMIN: N_("Admin"),
}

STAFF = frozenset({Role.FACILITATOR, Role.MODERATOR, Role.COORDINATOR, Role.ADMIN})


@dataclass(frozen=True)
class Actor:
    """The person who acts, as the database has them at this moment."""

    id: str
    name: str
    roles: frozenset[Role] = field(default_factory=frozenset)
    locale: str = "en"
    timezone: str = "UTC"
    session_id: str | None = None

    def has(self, *roles: Role) -> bool:
        """Whether the person holds any of `roles`."""
        return not self.roles.isdisjoint(roles)

    @property
    def is_staff(self) -> bool:
        """Whether the person holds a role that looks after others."""
        return not self.roles.isdisjoint(STAFF)


@dataclass(frozen=True)
class Decision:
    """Yes, or no with a reason. `hidden`: not even that the thing exists may be told."""

    allowed: bool
    reason: str = ""
    error: type[PeerError] = Refused
    params: dict[str, object] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return self.allowed


YES = Decision(True)
HIDDEN = Decision(False, error=NotFound)


def no(reason: str, *, error: type[PeerError] = Refused, **params: object) -> Decision:
    """A refusal whose reason the person is told."""
    return Decision(False, reason, error, params)


def first_no(decisions: Iterable[Decision]) -> Decision:
    """The first refusal among `decisions`, or yes."""
    return next((decision for decision in decisions if not decision), YES)


def require(decision: Decision) -> None:
    """Go on when `decision` is yes; else raise its error with its reason."""
    if not decision:
        _refuse(decision)


def _refuse(decision: Decision) -> NoReturn:
    raise decision.error(decision.reason, field=None, **decision.params)
