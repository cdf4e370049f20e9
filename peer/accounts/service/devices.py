"""Where a person is signed in: a list by labels they choose, each of which can be signed out."""

from peer.accounts import queries
from peer.accounts.models import SignedInSession
from peer.accounts.service.signing import end_session
from peer.core.errors import Invalid, NotFound
from peer.core.lookalikes import unseen
from peer.core.words import N_
from peer.policy.roles import Actor

LONGEST_LABEL = 40


def name_device(actor: Actor, session_id: str, label: str) -> None:
    """Call one of one's own sessions something; an empty label takes the name away."""
    row = own_session(actor, session_id)
    tidy = " ".join(label.split())
    if len(tidy) > LONGEST_LABEL:
        raise Invalid(N_("Up to 40 characters fit here."), field="label")
    if unseen(tidy):
        raise Invalid(N_("Some signs in that name cannot be shown."), field="label")
    row.label = tidy


def sign_out_device(actor: Actor, session_id: str) -> None:
    """End one of one's own sessions, wherever it is, and cut its sockets."""
    end_session(own_session(actor, session_id).id, "ended_elsewhere")


def own_session(actor: Actor, session_id: str) -> SignedInSession:
    """A session of this person's, or NotFound."""
    row = queries.session_with(session_id)
    if row.account_id != actor.id:
        raise NotFound()
    return row
