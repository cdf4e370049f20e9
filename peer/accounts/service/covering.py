"""The cover page: after a while without use, a session opens nothing else until the passphrase."""

from peer.accounts import broadcast, queries
from peer.accounts.models import SignedInSession
from peer.accounts.service.signing import renew_session
from peer.core import clock
from peer.core.errors import Invalid
from peer.core.keys import PrivateKey
from peer.core.secrets import new_token, token_hash
from peer.core.words import N_
from peer.policy.roles import Actor

MOST_COVER_MINUTES = 15


def set_cover(actor: Actor, minutes: int) -> None:
    """Cover pages of this person after so many minutes without use; 0: never."""
    if not 0 <= minutes <= MOST_COVER_MINUTES:
        raise Invalid(N_("From 1 to 15 minutes, or never."), field="minutes")
    queries.account_with(actor.id).cover_minutes = minutes


def cover(session_id: str) -> str:
    """Put the cover on a session; its new token. The old one opens nothing, the sockets are cut."""
    row = queries.session_with(session_id)
    token, before = new_token(), row.token_hash
    row.token_hash = token_hash(token)
    _cover(row, before)
    return token


def cover_idle(row: SignedInSession) -> None:
    """Put the cover on a session whose browser is not asking for anything."""
    _cover(row)


def _cover(row: SignedInSession, token_before: str = "") -> None:
    """Close what is open in a session; pages that still come with the token before are told."""
    if row.covered_at is not None:
        return
    row.covered_at, row.proven_at, row.private = clock.now(), None, None
    broadcast.session_ended(row.id, "covered", token_before)


def uncover(session_id: str, key: PrivateKey | None) -> str:
    """Take the cover off again, once the passphrase has been proven; the session's new token."""
    row = queries.session_with(session_id)
    row.covered_at, row.seen_at = None, clock.now()
    return renew_session(session_id, key)
