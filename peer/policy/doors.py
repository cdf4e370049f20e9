"""The least role for every page and socket event. What is not listed stays shut.

A door says who may knock; whether this person may do this to that thing is a rule of its
feature's file beside this one, asked by the service.
"""

from dataclasses import dataclass

from peer.policy.roles import Actor, Role


@dataclass(frozen=True)
class Door:
    """Open to all, to everyone signed in, or to holders of one of `roles`.

    `stages` opens it also to who gave the passphrase and has yet to show or set up a second factor.
    """

    everyone: bool = False
    roles: frozenset[Role] = frozenset(Role)
    stages: frozenset[str] = frozenset()

    def opens_to(self, actor: Actor | None, stage: str = "") -> bool:
        """Whether `actor` (None: nobody signed in, or not wholly) may knock here."""
        if self.everyone or stage in self.stages:
            return True
        return actor is not None and actor.has(*self.roles)


def _for(*roles: Role) -> Door:
    return Door(roles=frozenset(roles))


OPEN = Door(everyone=True)
SIGNED_IN = Door()
HALF_IN = Door(roles=frozenset(), stages=frozenset({"second"}))
SETTING_UP = Door(stages=frozenset({"enrol"}))
MEMBERS = _for(Role.MEMBER)
MENTORS = _for(Role.MENTOR)
MODERATORS = _for(Role.MODERATOR)
COORDINATORS = _for(Role.COORDINATOR)
ADMINS = _for(Role.ADMIN)
PAIRED = _for(Role.MEMBER, Role.MENTOR)
MENTORING = _for(Role.MEMBER, Role.MENTOR, Role.COORDINATOR)
OFFICE = _for(Role.COORDINATOR, Role.ADMIN)
DECIDERS = _for(Role.MODERATOR, Role.COORDINATOR, Role.ADMIN)
KEEPERS = _for(Role.FACILITATOR, Role.MODERATOR, Role.COORDINATOR, Role.ADMIN)

PAGES: dict[str, Door] = {
    "static": OPEN,
    "home.healthz": OPEN,
    "home.readyz": OPEN,
    "home.front": OPEN,
    "home.help_page": OPEN,
    "home.privacy": OPEN,
    "accounts.sign_in": OPEN,
    "accounts.do_sign_in": OPEN,
    "accounts.sign_out": OPEN,
    "accounts.leave": OPEN,
    "accounts.join": OPEN,
    "accounts.do_join": OPEN,
    "notifications.inbox": SIGNED_IN,
    "notifications.seen": SIGNED_IN,
    "notifications.open_notice": SIGNED_IN,
    "notifications.quiet_hours": SIGNED_IN,
    "notifications.set_quiet_hours": SIGNED_IN,
    "accounts.account": SIGNED_IN,
    "accounts.change_preferences": SIGNED_IN,
    "accounts.change_passphrase": SIGNED_IN,
    "accounts.name_device": SIGNED_IN,
    "accounts.sign_out_device": SIGNED_IN,
    "accounts.sign_out_elsewhere": SIGNED_IN,
    "accounts.data": SIGNED_IN,
    "accounts.take_data": SIGNED_IN,
    "accounts.erase": SIGNED_IN,
    "accounts.do_erase": SIGNED_IN,
    "accounts.erase_paused": OPEN,
    "accounts.do_erase_paused": OPEN,
    "accounts.erase_by_passkey": OPEN,
    "accounts.receipt": OPEN,
    "accounts.show_receipt": OPEN,
    "accounts.set_cover": SIGNED_IN,
    "accounts.cover": OPEN,
    "accounts.cover_now": OPEN,
    "accounts.uncover": OPEN,
    "accounts.recover": OPEN,
    "accounts.do_recover": OPEN,
    "accounts.second": HALF_IN,
    "accounts.do_second": HALF_IN,
    "accounts.factors": SETTING_UP,
    "accounts.add_factor": SETTING_UP,
    "accounts.app": SETTING_UP,
    "accounts.confirm_app": SETTING_UP,
    "accounts.passkey": SETTING_UP,
    "accounts.confirm_passkey": SETTING_UP,
    "accounts.remove_factor": SIGNED_IN,
    "accounts.codes": SIGNED_IN,
    "accounts.make_codes": SIGNED_IN,
    "accounts.cancel_recovery": SIGNED_IN,
    "accounts.start_recovery": OFFICE,
    "accounts.hand_over_recovery": OFFICE,
    "accounts.withdraw_recovery": OFFICE,
    "accounts.unlock": SIGNED_IN,
    "accounts.do_unlock": SIGNED_IN,
    "accounts.invitations": OFFICE,
    "accounts.new_invitation": OFFICE,
    "accounts.make_invitation": OFFICE,
    "accounts.withdraw_invitation": OFFICE,
    "accounts.people": OFFICE,
    "accounts.find_people": OFFICE,
    "accounts.person": OFFICE,
    "accounts.change_roles": ADMINS,
    "accounts.sign_person_out": OFFICE,
    "accounts.disclosures": SIGNED_IN,
    "accounts.releases": SIGNED_IN,
    "accounts.give_release": SIGNED_IN,
    "accounts.withdraw_release": SIGNED_IN,
    "accounts.confirm_release": SIGNED_IN,
    "accounts.dispute_release": SIGNED_IN,
    "accounts.paper_release": OFFICE,
    "accounts.record_release": OFFICE,
    "accounts.end_release": OFFICE,
    "accounts.look_into": OFFICE,
    "accounts.ask_export": OFFICE,
    "accounts.take_export": OFFICE,
    "accounts.ask_origin": OFFICE,
    "accounts.ask_key": OFFICE,
    "accounts.record": ADMINS,
    "accounts.decisions": DECIDERS,
    "accounts.decision": DECIDERS,
    "accounts.confirm_act": DECIDERS,
    "accounts.refuse_act": DECIDERS,
    "accounts.withdraw_act": DECIDERS,
    "home.first_steps": SIGNED_IN,
    "rooms.index": SIGNED_IN,
    "rooms.room": SIGNED_IN,
    "rooms.now": SIGNED_IN,
    "rooms.away": SIGNED_IN,
    "rooms.waiting": SIGNED_IN,
    "rooms.answer_door": KEEPERS,
    "rooms.invite_aside": KEEPERS,
    "rooms.answer_aside": SIGNED_IN,
    "rooms.end_aside": SIGNED_IN,
    "rooms.dates": SIGNED_IN,
    "rooms.sign_up": SIGNED_IN,
    "rooms.give_up_place": SIGNED_IN,
    "rooms.date_file": SIGNED_IN,
    "rooms.add_date": KEEPERS,
    "rooms.call_off": KEEPERS,
    "rooms.end_rhythm": KEEPERS,
    "rooms.pause": KEEPERS,
    "rooms.lead": KEEPERS,
    "rooms.steer": KEEPERS,
    "rooms.plan_agenda": KEEPERS,
    "rooms.go_through": KEEPERS,
    "rooms.whisper": KEEPERS,
    "rooms.begin": KEEPERS,
    "rooms.end": KEEPERS,
    "rooms.begin_round": KEEPERS,
    "rooms.ask_for_piece": KEEPERS,
    "rooms.give_on": SIGNED_IN,
    "rooms.gesture": SIGNED_IN,
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
    "rooms.taking_out": KEEPERS,
    "rooms.take_out": KEEPERS,
    "rooms.topics": SIGNED_IN,
    "rooms.choose_topics": SIGNED_IN,
    "rooms.distances": SIGNED_IN,
    "rooms.distance": SIGNED_IN,
    "rooms.keep_distance": SIGNED_IN,
    "rooms.change_distance": SIGNED_IN,
    "rooms.name": SIGNED_IN,
    "rooms.choose_name": SIGNED_IN,
    "rooms.give_up_name": SIGNED_IN,
    "rooms.naming": ADMINS,
    "rooms.allow_names": ADMINS,
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
    "moderation.open_more": MODERATORS,
    "moderation.more": MODERATORS,
    "moderation.ask_reporter": MODERATORS,
    "moderation.person": MODERATORS,
    "moderation.ask_ban": MODERATORS,
    "moderation.ask_unban": MODERATORS,
    "moderation.lift_mute": MODERATORS,
    "moderation.reinstate": MODERATORS,
    "resources.index": OPEN,
    "resources.care": COORDINATORS,
    "resources.new": COORDINATORS,
    "resources.add": COORDINATORS,
    "resources.edit": COORDINATORS,
    "resources.change": COORDINATORS,
    "resources.act": COORDINATORS,
    "wellbeing.index": SIGNED_IN,
    "wellbeing.about": SIGNED_IN,
    "wellbeing.clear": SIGNED_IN,
    "wellbeing.do_clear": SIGNED_IN,
    "wellbeing.notes": SIGNED_IN,
    "wellbeing.new_note": SIGNED_IN,
    "wellbeing.write_note": SIGNED_IN,
    "wellbeing.note": SIGNED_IN,
    "wellbeing.edit_note": SIGNED_IN,
    "wellbeing.change_note": SIGNED_IN,
    "wellbeing.remove_note": SIGNED_IN,
    "wellbeing.do_remove_note": SIGNED_IN,
    "wellbeing.today": SIGNED_IN,
    "wellbeing.check_in": SIGNED_IN,
    "wellbeing.days": SIGNED_IN,
    "wellbeing.day": SIGNED_IN,
    "wellbeing.remove_day": SIGNED_IN,
    "wellbeing.plan": SIGNED_IN,
    "wellbeing.plan_list": SIGNED_IN,
    "wellbeing.save_list": SIGNED_IN,
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
    "mentoring.change": COORDINATORS,
    "mentoring.make_freer_round": COORDINATORS,
    "mentoring.lift_rule": COORDINATORS,
    "mentoring.import_start": COORDINATORS,
    "mentoring.import_upload": COORDINATORS,
    "mentoring.import_check": COORDINATORS,
    "mentoring.import_rest": COORDINATORS,
}

# All that opens to a session under its cover page. It opens no socket either.
WHILE_COVERED = frozenset(
    {
        "static",
        "home.healthz",
        "home.readyz",
        "accounts.cover",
        "accounts.cover_now",
        "accounts.uncover",
        "accounts.leave",
        "accounts.sign_out",
    }
)

EVENTS: dict[str, Door] = {
    "room:join": SIGNED_IN,
    "room:leave": SIGNED_IN,
    "room:earlier": SIGNED_IN,
    "room:typing": SIGNED_IN,
    "room:seen": SIGNED_IN,
    "room:away": SIGNED_IN,
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
