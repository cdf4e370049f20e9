"""The least role for every page and socket event. What is not listed stays shut.

A door says who may knock; whether this person may do this to that thing is a rule of its
feature's file beside this one, asked by the service.
"""

from dataclasses import dataclass

from peer.policy.roles import Actor, Role


@dataclass(frozen=True)
class Door:
    """Open to all, to everyone signed in, or to holders of one of `roles`."""

    everyone: bool = False
    roles: frozenset[Role] = frozenset(Role)

    def opens_to(self, actor: Actor | None) -> bool:
        """Whether `actor` (None: nobody signed in) may knock here."""
        if self.everyone:
            return True
        return actor is not None and actor.has(*self.roles)


def _for(*roles: Role) -> Door:
    return Door(roles=frozenset(roles))


OPEN = Door(everyone=True)
SIGNED_IN = Door()
MEMBERS = _for(Role.MEMBER)
MENTORS = _for(Role.MENTOR)
MODERATORS = _for(Role.MODERATOR)
COORDINATORS = _for(Role.COORDINATOR)
ADMINS = _for(Role.ADMIN)

PAGES: dict[str, Door] = {
    "static": OPEN,
    "home.healthz": OPEN,
    "home.readyz": OPEN,
    "home.front": OPEN,
    "home.help_page": OPEN,
    "accounts.sign_in": OPEN,
    "accounts.do_sign_in": OPEN,
    "accounts.sign_out": OPEN,
    "accounts.leave": OPEN,
    "accounts.join": OPEN,
    "notifications.inbox": SIGNED_IN,
    "notifications.seen": SIGNED_IN,
    "accounts.account": SIGNED_IN,
    "accounts.invitations": COORDINATORS,
    "accounts.withdraw_invitation": COORDINATORS,
    "accounts.people": _for(Role.COORDINATOR, Role.ADMIN),
    "accounts.person": _for(Role.COORDINATOR, Role.ADMIN),
    "resources.index": OPEN,
    "resources.care": COORDINATORS,
    "resources.new": COORDINATORS,
    "resources.add": COORDINATORS,
    "resources.edit": COORDINATORS,
    "resources.change": COORDINATORS,
    "resources.act": COORDINATORS,
}

EVENTS: dict[str, Door] = {}


def page_door(endpoint: str | None) -> Door | None:
    """The door of a page; None: it is shut to everyone."""
    return PAGES.get(endpoint or "")


def event_opens(event: str, actor: Actor) -> bool:
    """Whether `actor` may send socket event `event`."""
    door = EVENTS.get(event)
    return door is not None and door.opens_to(actor)
