"""Sessions: begun with a passphrase, ended by choice, by time or by staff."""

from sqlalchemy import delete

from peer.accounts import broadcast, queries
from peer.accounts.models import Account, SignedInSession, Stage
from peer.core import audit, clock, work
from peer.core.db import new_id
from peer.core.keys import PrivateKey, Unreadable
from peer.core.secrets import new_token, token_hash, token_key
from peer.policy import accounts as policy
from peer.policy.roles import Actor, require

MOST_SESSIONS = 20  # of one person at once


def start_session(
    account: Account,
    *,
    key: PrivateKey | None = None,
    proven: bool = False,
    stage: Stage = Stage.OPEN,
) -> str:
    """Sign an account in; the token that its browser is to keep, stored only as a hash.

    The private key rests in the session under a key that comes from the token. `proven` says
    that the passphrase has just been given; at any `stage` but the last nothing opens yet.
    """
    token, now = new_token(), clock.now()
    row = SignedInSession(
        id=new_id(),
        token_hash=token_hash(token),
        account_id=account.id,
        data={},
        created_at=now,
        seen_at=now,
        proven_at=now if proven else None,
        stage=stage,
    )
    row.private = _wrapped(key, row.id, token)
    _make_room(account.id)
    work.session().add(row)
    return token


def renew_session(session_id: str, key: PrivateKey | None, stage: Stage | None = None) -> str:
    """Give a session a new token once more has been proven in it; the old one opens nothing."""
    row = queries.session_with(session_id)
    row.stage, row.challenge = stage or row.stage, ""
    token = new_token()
    row.token_hash, row.proven_at = token_hash(token), clock.now()
    row.private = _wrapped(key, row.id, token)
    return token


def _wrapped(key: PrivateKey | None, session_id: str, token: str) -> bytes | None:
    return key.wrapped(token_key(token, "session"), _place(session_id)) if key else None


def private_key_in(session_id: str, wrapped: bytes | None, token: str) -> PrivateKey | None:
    """The private key that rests in a session, opened with the session's own token."""
    if wrapped is None:
        return None
    try:
        return PrivateKey.unwrapped(token_key(token, "session"), wrapped, _place(session_id))
    except Unreadable:
        return None


def _place(session_id: str) -> str:
    return f"sessions|private|{session_id}"


def end_session(session_id: str, reason: str = "signed_out") -> None:
    """End one session and cut its sockets everywhere."""
    row = work.session().get(SignedInSession, session_id)
    broadcast.session_ended(session_id, reason, row.token_hash if row else "")
    work.session().execute(delete(SignedInSession).where(SignedInSession.id == session_id))


def leave_again(hashed_token: str) -> None:
    """Somebody left quickly where a session had ended already: pages that slept are to go as well.

    Of a token that nothing is known of nothing is noted.
    """
    row = queries.session_with_hash(hashed_token)
    if row is not None:
        end_session(row.id, "left")
    elif broadcast.reason_of_end(hashed_token=hashed_token) not in {"ended", "left"}:
        broadcast.note_end(hashed_token, "left")


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
        end_session(found.id, "ended_for_all")
    audit.record("session.end_all", "session:all", by=None, count=len(sessions))
    return len(sessions)


def _make_room(account_id: str) -> None:
    """Of more sessions than a person needs, the ones unused for longest end."""
    latest = sorted(queries.sessions_of(account_id), key=lambda row: row.seen_at, reverse=True)
    for row in latest[MOST_SESSIONS - 1 :]:
        end_session(row.id, "expired")
