"""Sessions: begun with a passphrase, ended by choice, by time or by staff."""

from sqlalchemy import delete

from peer.accounts import broadcast, queries
from peer.accounts.models import Account, SignedInSession
from peer.core import audit, clock, work
from peer.core.secrets import new_token, token_hash
from peer.policy import accounts as policy
from peer.policy.roles import Actor, require


def start_session(account: Account) -> str:
    """Sign an account in; the token that its browser is to keep, stored only as a hash."""
    token = new_token()
    work.session().add(
        SignedInSession(
            token_hash=token_hash(token),
            account_id=account.id,
            data={},
            created_at=clock.now(),
            seen_at=clock.now(),
        )
    )
    return token


def end_session(session_id: str, reason: str = "signed_out") -> None:
    """End one session and cut its sockets everywhere."""
    work.session().execute(delete(SignedInSession).where(SignedInSession.id == session_id))
    broadcast.session_ended(session_id, reason)


def end_sessions(account_id: str, reason: str, *, but: str | None = None) -> None:
    """End the sessions of a person, but perhaps one, and cut their sockets everywhere."""
    for found in queries.sessions_of(account_id):
        if found.id != but:
            end_session(found.id, reason)


def end_other_sessions(actor: Actor) -> None:
    """Sign a person out everywhere but where they are."""
    end_sessions(actor.id, "ended_elsewhere", but=actor.session_id)


def sign_person_out(actor: Actor, account_id: str) -> None:
    """Staff end every session of somebody, as when a phone is lost."""
    account = queries.account_with(account_id)
    require(policy.can_sign_out(actor, account.id, account.roles))
    end_sessions(account.id, "ended_by_staff")
    audit.record("account.sign_out", f"account:{account.id}", by=actor.id)


def end_every_session() -> int:
    """Sign everybody out, as after a leak; how many sessions there were."""
    sessions = queries.all_sessions()
    for found in sessions:
        end_session(found.id, "ended_by_staff")
    audit.record("session.end_all", "session:all", by=None, count=len(sessions))
    return len(sessions)
