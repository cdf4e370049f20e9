"""Rules about accounts and invitations."""

from collections.abc import Collection, Mapping
from types import MappingProxyType

from peer.core.errors import Conflict
from peer.core.words import N_
from peer.policy.oversight import GUARDED
from peer.policy.roles import HIDDEN, STAFF, YES, Actor, Decision, Role, no

# What each role may invite to. Admins make the first coordinators; nobody invites admins.
_INVITES: dict[Role, frozenset[Role]] = {
    Role.COORDINATOR: frozenset({Role.MEMBER, Role.MENTOR, Role.FACILITATOR, Role.MODERATOR}),
    Role.ADMIN: frozenset(Role) - {Role.ADMIN},
}


def invitable_roles(actor: Actor) -> frozenset[Role]:
    """The roles that `actor` may put into an invitation."""
    return frozenset(role for own in actor.roles for role in _INVITES.get(own, frozenset()))


def can_invite(actor: Actor, roles: Collection[Role]) -> Decision:
    """Coordinators invite members, mentors, facilitators and moderators; admins also coordinators."""
    allowed = invitable_roles(actor)
    if not allowed:
        return HIDDEN
    if not roles:
        return no(N_("Choose at least one role for the person you invite."))
    if not allowed.issuperset(roles):
        return no(N_("Only an admin can invite to that role."))
    return YES


def can_see_people(actor: Actor) -> Decision:
    """Only coordinators and admins see the list of accounts; members cannot be listed."""
    return YES if actor.has(Role.COORDINATOR, Role.ADMIN) else HIDDEN


def can_change_roles(actor: Actor, account_id: str) -> Decision:
    """Admins give and take roles, but not their own."""
    if not actor.has(Role.ADMIN):
        return HIDDEN
    if actor.id == account_id:
        return no(N_("Another admin changes your roles. Nobody changes their own."))
    return YES


def gives_staff_role(before: Collection[Role], after: Collection[Role]) -> bool:
    """Whether somebody becomes a moderator, a coordinator or an admin by this."""
    return bool(staff_roles_given(before, after))


def staff_roles_given(before: Collection[Role], after: Collection[Role]) -> frozenset[Role]:
    """Which of these somebody becomes by this."""
    return GUARDED & (set(after) - set(before))


def changes_staff_roles(before: Collection[Role], after: Collection[Role]) -> bool:
    """Whether somebody becomes one of these, or is no longer one."""
    return gives_staff_role(before, after) or gives_staff_role(after, before)


def can_share_roles(actor: Actor, account_id: str) -> Decision:
    """Coordinators and admins are the second person when a staff role is given or taken."""
    if not actor.has(Role.COORDINATOR, Role.ADMIN):
        return HIDDEN
    if actor.id == account_id:
        return no(N_("This is about you. Somebody else decides."))
    return YES


def may_give_roles_together(asker: Actor, other: Actor) -> Decision:
    """Of the two, an admin asks."""
    if not asker.has(Role.ADMIN):
        return no(N_("Only an admin can ask for this."))
    return YES if other.id != asker.id else HIDDEN


def can_share_invitation(actor: Actor, roles: Collection[Role]) -> Decision:
    """Coordinators and admins look at each other's invitations to staff roles."""
    return YES if actor.has(Role.COORDINATOR, Role.ADMIN) and roles else HIDDEN


def can_share_reveal(actor: Actor, account_id: str) -> Decision:
    """Coordinators and admins look together at how somebody came here; never about themselves."""
    return can_share_roles(actor, account_id)


def can_share_destruction(actor: Actor, account_id: str) -> Decision:
    """Admins, and coordinators with them, destroy somebody's data; never their own."""
    return can_share_roles(actor, account_id)


def may_destroy_together(asker: Actor, other: Actor) -> Decision:
    """Of the two who destroy somebody's data, one is an admin."""
    if asker.has(Role.ADMIN) or other.has(Role.ADMIN):
        return YES
    return no(N_("One of the two has to be an admin."))


def can_sign_out(actor: Actor, account_id: str, roles: Collection[Role]) -> Decision:
    """Admins end anybody's sessions; coordinators those of people they may invite."""
    if not can_see_people(actor):
        return HIDDEN
    if actor.id == account_id:
        return no(N_("You can sign out everywhere on your own account page."))
    if actor.has(Role.ADMIN) or invitable_roles(actor).issuperset(roles):
        return YES
    return no(N_("Only an admin can do this for coordinators and admins."))


def can_erase(actor: Actor, *, other_admins: int) -> Decision:
    """Everybody erases their own account, but the last admin hands over first."""
    if actor.has(Role.ADMIN) and other_admins == 0:
        return no(
            N_(
                "You are the only one who looks after this installation. Make somebody else an admin first, so that nobody here is left alone; then you can go."
            ),
            error=Conflict,
        )
    return YES


STATE_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "reserved": N_("kept for you"),
        "active": N_("open"),
        "suspended": N_("paused"),
        "closed": N_("closed"),
        "banned": N_("ended for good"),
    }
)
#: What stands on record, in words for the person it is about, or who did it.
ACT_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "account.erase": N_("The account was erased by its person."),
        "account.create": N_("The account was made."),
        "account.claim": N_("The account was taken over by whom it was kept for."),
        "account.roles": N_("Roles were changed."),
        "account.sign_out": N_("Every sign-in was ended."),
        "account.suspend": N_("The account was paused."),
        "account.reinstate": N_("The account was opened again."),
        "account.renew_passphrase": N_("A new passphrase was set."),
        "codes.make": N_("Recovery codes were made."),
        "codes.use": N_("A recovery code was used."),
        "factor.add": N_("A second factor was added."),
        "factor.remove": N_("A second factor was taken away."),
        "factor.reset": N_("Lost second factors were taken away."),
        "recovery.start": N_("Letting somebody back in was begun."),
        "recovery.hand_over": N_("A code to get back in was made."),
        "recovery.withdraw": N_("Letting somebody back in was called off."),
        "recovery.cancel": N_("Letting somebody back in was stopped by the person."),
        "recovery.complete": N_("A new passphrase was set with a coordinator's code."),
        "invitation.make": N_("An invitation was made."),
        "invitation.withdraw": N_("An invitation was withdrawn."),
        "release.give": N_("A release was given."),
        "release.withdraw": N_("A release was taken back."),
        "release.record": N_("A release that was signed on paper was written down."),
        "release.confirm": N_("A person said that a release on paper is theirs."),
        "release.dispute": N_("A person said that they did not sign a release on paper."),
        "release.look_into": N_("A release on paper that its person did not sign was looked into."),
        "release.end": N_("A release was ended for a person who had said so."),
        "export.ready": N_("Two people agreed to hand on what a release names."),
        "export.collect": N_("What a release names was collected for its agency."),
        "people.import": N_("People were brought in from a sheet."),
        "person.warn": N_("A kind warning was given."),
        "person.mute": N_("Writing was paused."),
        "person.suspend": N_("Access was paused."),
        "person.unmute": N_("Writing was opened again."),
        "profile.save": N_("A profile was entered or changed for somebody."),
        "mentee.priority": N_("How soon somebody needs a mentor was noted."),
        "vetting.step": N_("A step of vetting was taken."),
        "vetting.vouch": N_("Somebody was vouched for."),
        "pair.hold": N_("Two people are to be matched in the next round."),
        "pair.lift": N_("Two people may be matched again."),
        "proposal.approved": N_("A proposal was approved."),
        "proposal.rejected": N_("A proposal was rejected."),
        "proposal.pin": N_("A pair was held for the next round."),
        "proposal.unpin": N_("A pair was let go again."),
        "review.claim": N_("A review item was taken."),
        "review.pass": N_("A review item was passed on."),
        "review.decide": N_("A review item was decided."),
        "review.reopen": N_("A review item was opened again."),
        "room.make": N_("A room was made."),
        "room.edit": N_("A room was changed."),
        "room.close": N_("A room was closed."),
        "room.open": N_("A room was opened."),
        "room.let_in": N_("Somebody was let into a room."),
        "room.take_out": N_("Somebody was taken out of a room."),
        "room.facilitators": N_("A room was given its facilitators."),
        "rooms.names": N_("It was decided whether people may have another name in one room."),
        "round.start": N_("A round was started."),
        "round.close": N_("A round was closed."),
        "rounds.solve": N_("A round was solved."),
        "account.ban": N_("An account was ended."),
        "account.unban": N_("An ended account was opened again."),
        "account.close": N_("An account was closed."),
        "person.ban": N_("Somebody was shut out for good."),
        "area.add": N_("An area was added."),
        "area.remove": N_("An area was taken away."),
        "mapping.save": N_("A way to read a sheet was saved."),
        "programme.change": N_("The programme was changed."),
        "disclosure.note": N_("Somebody was told who looked at something of theirs."),
        "invitation.open": N_("A second person opened an invitation."),
        "key.destroy": N_("The key of somebody's words was destroyed."),
        "resource.add": N_("An entry of the library was added."),
        "resource.change": N_("An entry of the library was changed."),
        "resource.restore": N_("An entry of the library was brought back."),
        "resource.retire": N_("An entry of the library was taken out."),
        "resource.verify": N_("An entry of the library was checked."),
        "review.open_more": N_("More of a conversation was opened, with a reason."),
        "act.ask": N_("Something that needs two people was asked for."),
        "act.confirm": N_("A second person said yes."),
        "act.refuse": N_("A second person said no."),
        "act.withdraw": N_("What was asked for was withdrawn."),
        "act.expire": N_("What was asked for ran out."),
        "session.end_all": N_("Everybody was signed out."),
    }
)


def can_start_recovery(actor: Actor, account_id: str, roles: Collection[Role]) -> Decision:
    """Coordinators and admins let somebody back in, after a wait; never themselves."""
    if not can_see_people(actor):
        return HIDDEN
    if actor.id == account_id:
        return no(N_("Nobody does this for themselves. Another coordinator can."))
    if looks_after_others(roles) or actor.has(Role.ADMIN):
        return YES
    if invitable_roles(actor).issuperset(roles):
        return YES
    return no(N_("Only an admin can do this for coordinators and admins."))


def can_hand_over_recovery(
    actor: Actor, account_id: str, roles: Collection[Role], started_by: str | None
) -> Decision:
    """The code is made by whom could start it; who looks after others gets it from another admin.

    `roles` are also those the person once held: nobody takes one away to be one person enough.
    """
    first = can_start_recovery(actor, account_id, roles)
    if not first or not looks_after_others(roles):
        return first
    if not actor.has(Role.ADMIN):
        return no(N_("This person looks after others: an admin makes the code."))
    if actor.id == started_by:
        return no(N_("This person looks after others: another admin than you makes the code."))
    return YES


# Whoever gets in as one of these reaches what others have trusted them with.
SECOND_FACTOR = frozenset({Role.MENTOR, Role.MODERATOR, Role.COORDINATOR, Role.ADMIN})


def looks_after_others(roles: Collection[Role]) -> bool:
    """Whether others trust whoever holds one of these roles: staff, and mentors."""
    return not (STAFF | SECOND_FACTOR).isdisjoint(roles)


def needs_second_factor(roles: Collection[Role]) -> bool:
    """Whether somebody with these roles has to show a second factor; members may choose to."""
    return not SECOND_FACTOR.isdisjoint(roles)
