"""What accounts have of acts that need two people.

Staff roles, given or invited to; who brought somebody here; the end of somebody's key.
"""

from peer.accounts import queries
from peer.accounts.models import Account
from peer.accounts.queries import oversight
from peer.accounts.service.factors import forget_factors
from peer.accounts.service.ledger import disclose
from peer.accounts.service.releasing import register_exports
from peer.accounts.service.standing import change_roles, close
from peer.accounts.service.twofold import Lines, Params, two_people
from peer.accounts.service.vaults import lose_private
from peer.core import audit, clock, keys, queue, work
from peer.core.errors import Conflict
from peer.core.words import N_
from peer.policy import accounts as policy
from peer.policy.oversight import ActKind, Disclosed
from peer.policy.roles import Actor, Decision, Role

_WHO = N_("Who")
_ROLES = N_("Roles")
_NOTE = N_("Note")
_CAME = N_("Invited by")


def register_acts() -> None:
    """Make known which acts of accounts two people do."""
    two_people(
        ActKind.ROLES,
        _give_roles,
        policy.can_share_roles,
        together=lambda asker, other, _id: policy.may_give_roles_together(asker, other),
        version=lambda account_id: standing_of(queries.account_with(account_id)),
        about=_about_roles,
    )
    two_people(
        ActKind.INVITE,
        _let_invitation_open,
        _may_share_invitation,
        together=_may_invite_together,
        version=_invitation_version,
        about=_about_invitation,
        undo=_close_invitation,
    )
    two_people(
        ActKind.REVEAL_INVITATION,
        _reveal_invitation,
        policy.can_share_reveal,
        about=_about_person,
        result=_how_they_came,
    )
    two_people(
        ActKind.KEY,
        _destroy,
        policy.can_share_destruction,
        together=lambda asker, other, _id: policy.may_destroy_together(asker, other),
        version=lambda account_id: standing_of(queries.account_with(account_id)),
        about=_about_person,
    )
    register_exports()


def standing_of(account: Account) -> str:
    """What two people had before them: another state or other roles, and they look again."""
    return f"{account.state} {' '.join(sorted(account.roles))}"[:64]


def name_of(account_id: str) -> str:
    """A person's pseudonym; empty when there is none any more."""
    return queries.names_of([account_id]).get(account_id, "")


def _words(roles: list[str]) -> tuple[str, ...]:
    return tuple(Role(role).word for role in roles)


def _give_roles(actor: Actor, account_id: str, params: Params) -> None:
    account = queries.account_with(account_id)
    roles = [Role(role) for role in params["roles"]]
    change_roles(account, roles, by=actor.id, asked_by=params["asked_by"])


def _about_roles(account_id: str, params: Params) -> Lines:
    return [(_WHO, name_of(account_id)), (_ROLES, _words(params["roles"]))]


# --- invitations ---------------------------------------------------------------------------------


def _roles_of(invitation_id: str) -> list[Role]:
    return [Role(role) for role in queries.invitation_with(invitation_id).roles]


def _may_share_invitation(actor: Actor, invitation_id: str) -> Decision:
    return policy.can_share_invitation(actor, _roles_of(invitation_id))


def _may_invite_together(asker: Actor, _other: Actor, invitation_id: str) -> Decision:
    return policy.can_invite(asker, _roles_of(invitation_id))


def _invitation_version(invitation_id: str) -> str:
    invitation = queries.invitation_with(invitation_id)
    return "waits" if invitation.waits else "over"


def _let_invitation_open(actor: Actor, invitation_id: str, params: Params) -> None:
    invitation = queries.invitation_with(invitation_id)
    if not invitation.waits:
        raise Conflict()
    invitation.waits = False
    audit.record(
        "invitation.open",
        f"invitation:{invitation_id}",
        by=actor.id,
        asked_by=params["asked_by"],
        roles=invitation.roles,
    )


def _close_invitation(invitation_id: str) -> None:
    invitation = queries.invitation_with(invitation_id)
    if invitation.waits:
        invitation.waits, invitation.withdrawn_at = False, clock.now()


def _about_invitation(invitation_id: str, _params: Params) -> Lines:
    invitation = queries.invitation_with(invitation_id)
    return [(_ROLES, _words(invitation.roles)), (_NOTE, invitation.note)]


# --- who brought somebody here -------------------------------------------------------------------


def _about_person(account_id: str, _params: Params) -> Lines:
    return [(_WHO, name_of(account_id))]


def _reveal_invitation(actor: Actor, account_id: str, params: Params) -> None:
    reason = oversight.act_with(params["act"]).reason
    queries.account_with(account_id)
    disclose(account_id, actor, Disclosed.INVITATION, reason, shared=True)


def _how_they_came(account_id: str, _params: Params) -> Lines:
    invitation = queries.invitation_of(account_id)
    if invitation is None:
        return [(_CAME, (N_("being set up here"),))]
    return [(_CAME, name_of(invitation.created_by or "")), (_NOTE, invitation.note)]


# --- the end of somebody's key -------------------------------------------------------------------


def _destroy(actor: Actor, account_id: str, params: Params) -> None:
    """Shut the account, and once that is kept destroy the key: nothing of it opens any more.

    What the person's passphrase or a code of theirs opens goes at once.
    """
    close(account_id, by=actor.id)
    lose_private(account_id)
    forget_factors(account_id)
    audit.record("key.destroy", f"account:{account_id}", by=actor.id, asked_by=params["asked_by"])
    work.after_commit(lambda: keys.destroy(account_id))
    queue.ask("accounts.destroy_key", account_id)  # again, should this process die meanwhile
