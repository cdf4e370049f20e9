"""What surrounds every page: name of the site, language, navigation, who is signed in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import request, session, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from peer.accounts import service as accounts
from peer.accounts.queries.ways_back import recovery_under_way
from peer.core import i18n, work
from peer.core.settings import Settings
from peer.notifications import queries as notifications
from peer.policy import doors
from peer.policy.roles import Actor, Role


@dataclass(frozen=True)
class Place:
    """The installation, as templates see it."""

    name: str
    helpline_name: str
    helpline_phone: str
    helpline_text: str
    emergency_number: str
    leave_to: str
    leave_title: str

    @classmethod
    def of(cls, settings: Settings) -> "Place":
        """As this installation is set; nothing secret is among it."""
        return cls(
            settings.site_name,
            settings.helpline_name,
            settings.helpline_phone,
            settings.helpline_text,
            settings.emergency_number,
            settings.leave_to,
            settings.leave_title,
        )


@dataclass(frozen=True)
class NavItem:
    """One entry of the main navigation."""

    href: str
    label: str
    icon: str
    current: bool
    count: int = 0


@dataclass(frozen=True)
class Me:
    """The signed-in person, as templates see them."""

    id: str
    name: str
    roles: frozenset[Role]
    unread: int = 0

    def __getattr__(self, attribute: str) -> bool:
        """`is_moderator` and its like: whether the person holds that role."""
        if attribute.startswith("is_") and attribute[3:] in set(Role):
            return Role(attribute[3:]) in self.roles
        raise AttributeError(attribute)


# Endpoint, word, icon; an entry shows when its door opens to the person.
_NAV: tuple[tuple[str, Any, str], ...] = (
    ("home.front", _l("Home"), "house"),
    ("rooms.index", _l("Rooms"), "message-circle"),
    ("mentoring.index", _l("Mentoring"), "handshake"),
    ("wellbeing.index", _l("Notes"), "pencil"),
    ("moderation.queue", _l("Review"), "list-checks"),
    ("accounts.people", _l("People"), "users"),
    ("resources.index", _l("Resources"), "book-open"),
    ("home.help_page", _l("Help"), "life-buoy"),
)


def chrome(settings: Settings) -> dict[str, Any]:
    """The variables that every template may use."""
    actor = current_user.actor if current_user and current_user.is_authenticated else None
    code = i18n.current_code()
    return {
        "site": Place.of(settings),
        "locale": code,
        "text_dir": i18n.text_direction(code),
        "theme": _theme(),
        "languages": [(each, i18n.own_name(each)) for each in settings.locales],
        "me": _me(actor) if actor else None,
        "cover_minutes": getattr(session, "cover_minutes", 0) if actor else 0,
        "nav": list(_nav(actor)),
        "recovery_from": _recovery_from(actor) if actor else None,
    }


def _recovery_from(actor: Actor) -> datetime | None:
    """From when on somebody may be let in as this person, if a coordinator has begun that."""
    with work.begin(writes=False):
        found = recovery_under_way(actor.id)
    return found.ripe_at if found is not None and not accounts.has_lapsed(found) else None


def _me(actor: Actor) -> Me:
    with work.begin(writes=False):
        unread = notifications.badge(actor.id)
    return Me(actor.id, actor.name, actor.roles, unread)


def _theme() -> str | None:
    return getattr(session, "theme", "") or None


def _nav(actor: Actor | None) -> list[NavItem]:
    items = []
    for endpoint, word, icon in _NAV:
        door = doors.page_door(endpoint)
        if door is None or not door.opens_to(actor):
            continue
        blueprint = endpoint.split(".")[0]
        here = (
            request.blueprint == blueprint if blueprint != "home" else request.endpoint == endpoint
        )
        items.append(NavItem(url_for(endpoint), str(word), icon, here))
    return items
