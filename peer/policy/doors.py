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
PAIRED = _for(Role.MEMBER, Role.MENTOR)
MENTORING = _for(Role.MEMBER, Role.MENTOR, Role.COORDINATOR)
OFFICE = _for(Role.COORDINATOR, Role.ADMIN)
KEEPERS = _for(Role.FACILITATOR, Role.MODERATOR, Role.COORDINATOR, Role.ADMIN)

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
    "accounts.do_join": OPEN,
    "notifications.inbox": SIGNED_IN,
    "notifications.seen": SIGNED_IN,
    "notifications.open_notice": SIGNED_IN,
    "accounts.account": SIGNED_IN,
    "accounts.change_preferences": SIGNED_IN,
    "accounts.change_passphrase": SIGNED_IN,
    "accounts.sign_out_elsewhere": SIGNED_IN,
    "accounts.invitations": OFFICE,
    "accounts.new_invitation": OFFICE,
    "accounts.make_invitation": OFFICE,
    "accounts.withdraw_invitation": OFFICE,
    "accounts.people": OFFICE,
    "accounts.find_people": OFFICE,
    "accounts.person": OFFICE,
    "accounts.change_roles": ADMINS,
    "accounts.sign_person_out": OFFICE,
    "home.first_steps": SIGNED_IN,
    "rooms.index": SIGNED_IN,
    "rooms.room": SIGNED_IN,
    "rooms.agree": SIGNED_IN,
    "rooms.leave": SIGNED_IN,
    "rooms.post": SIGNED_IN,
    "rooms.change": SIGNED_IN,
    "rooms.edit": SIGNED_IN,
    "rooms.change_message": SIGNED_IN,
    "rooms.remove": SIGNED_IN,
    "rooms.do_remove": SIGNED_IN,
    "rooms.react": SIGNED_IN,
    "rooms.report": SIGNED_IN,
    "rooms.do_report": SIGNED_IN,
    "rooms.new": OFFICE,
    "rooms.make": OFFICE,
    "rooms.settings": KEEPERS,
    "rooms.change_settings": KEEPERS,
    "rooms.people": KEEPERS,
    "rooms.add_person": KEEPERS,
    "rooms.remove_person": KEEPERS,
    "rooms.facilitators": KEEPERS,
    "rooms.close": KEEPERS,
    "rooms.reopen": KEEPERS,
    "moderation.queue": MODERATORS,
    "moderation.item": MODERATORS,
    "moderation.claim": MODERATORS,
    "moderation.pass_on": MODERATORS,
    "moderation.decide": MODERATORS,
    "moderation.reopen": MODERATORS,
    "moderation.person": MODERATORS,
    "moderation.lift_mute": MODERATORS,
    "moderation.reinstate": MODERATORS,
    "resources.index": OPEN,
    "resources.care": COORDINATORS,
    "resources.new": COORDINATORS,
    "resources.add": COORDINATORS,
    "resources.edit": COORDINATORS,
    "resources.change": COORDINATORS,
    "resources.act": COORDINATORS,
    "mentoring.index": MENTORING,
    "mentoring.set_wants": MEMBERS,
    "mentoring.set_paused": PAIRED,
    "mentoring.profile": PAIRED,
    "mentoring.save_profile": PAIRED,
    "mentoring.question": PAIRED,
    "mentoring.answer": PAIRED,
    "mentoring.mentorship": MENTORING,
    "mentoring.change_mentorship": MENTORING,
    "mentoring.calendar_file": MENTORING,
    "mentoring.mentees": COORDINATORS,
    "mentoring.mentee": COORDINATORS,
    "mentoring.save_priority": COORDINATORS,
    "mentoring.mentors": COORDINATORS,
    "mentoring.mentor": COORDINATORS,
    "mentoring.set_vetting": COORDINATORS,
    "mentoring.programme": COORDINATORS,
    "mentoring.save_programme": COORDINATORS,
    "mentoring.add_area": COORDINATORS,
    "mentoring.remove_area": COORDINATORS,
    "mentoring.rounds": COORDINATORS,
    "mentoring.start_round": COORDINATORS,
    "mentoring.round": COORDINATORS,
    "mentoring.decide": COORDINATORS,
    "mentoring.close_round": COORDINATORS,
    "mentoring.lift_rule": COORDINATORS,
    "mentoring.import_start": COORDINATORS,
    "mentoring.import_upload": COORDINATORS,
    "mentoring.import_check": COORDINATORS,
    "mentoring.import_rest": COORDINATORS,
}

EVENTS: dict[str, Door] = {
    "room:join": SIGNED_IN,
    "room:leave": SIGNED_IN,
    "room:earlier": SIGNED_IN,
    "room:typing": SIGNED_IN,
    "room:seen": SIGNED_IN,
    "message:post": SIGNED_IN,
    "message:edit": SIGNED_IN,
    "message:remove": SIGNED_IN,
    "message:react": SIGNED_IN,
    "message:report": SIGNED_IN,
}


def page_door(endpoint: str | None) -> Door | None:
    """The door of a page; None: it is shut to everyone."""
    return PAGES.get(endpoint or "")


def event_opens(event: str, actor: Actor) -> bool:
    """Whether `actor` may send socket event `event`."""
    door = EVENTS.get(event)
    return door is not None and door.opens_to(actor)
