"""Browser sessions: our own table behind Flask's session, and Flask-Login on top of it.

Signed out, the session is a small signed cookie (language, CSRF token). Signed in, the cookie
holds a random token and nothing else; the row it names knows the person, not where they are.
A session ends after a while unused and after a longer while in any case, sooner for staff.
"""

from peer.accounts.sessions.browser import PeerSession
from peer.accounts.sessions.callers import Callers
from peer.accounts.sessions.current import (
    cover_instead,
    current_actor,
    current_person,
    current_private_key,
    current_session,
    held_person,
    login_manager,
    look_again_after_forms,
    recently_proven,
    unlock_address,
    why_refused,
)
from peer.accounts.sessions.keeping import Sessions
from peer.accounts.sessions.lifetimes import Lifetimes

__all__ = [
    "Callers",
    "Lifetimes",
    "PeerSession",
    "Sessions",
    "cover_instead",
    "current_actor",
    "current_person",
    "current_private_key",
    "current_session",
    "held_person",
    "login_manager",
    "look_again_after_forms",
    "recently_proven",
    "unlock_address",
    "why_refused",
]
