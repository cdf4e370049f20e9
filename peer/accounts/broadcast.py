"""What goes out on sockets about sessions."""

from peer.core import realtime


def session_ended(session_id: str, reason: str, hashed_token: str = "") -> None:
    """Cut the sockets of one session, in every process; who comes with its token is told why."""
    realtime.cut_session(session_id, reason, hashed_token)


def account_ended(account_id: str, reason: str) -> None:
    """Cut every socket of a person, in every process."""
    realtime.cut_account(account_id, reason)


def note_end(hashed_token: str, reason: str) -> None:
    """Have pages that come with the token of an ended session be told another reason."""
    realtime.note_end(hashed_token, reason)


def reason_of_end(*, session_id: str = "", hashed_token: str = "") -> str:
    """Why a session ended, as it was last said; "ended" when that is no longer known."""
    return realtime.reason_of_end(session_id=session_id, hashed_token=hashed_token)


def forget_old() -> None:
    """Delete words to sockets that every process has long handed on."""
    realtime.forget_old()


def forget_account(account_id: str) -> None:
    """Delete every word to the sockets of somebody who is gone."""
    realtime.forget_account(account_id)
