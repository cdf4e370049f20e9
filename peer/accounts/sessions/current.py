"""The session and the person of the request that is being answered."""

from collections.abc import Collection
from datetime import timedelta

from flask import Flask, abort, current_app, redirect, request, url_for
from flask_login import LoginManager, UserMixin, logout_user
from werkzeug.wrappers import Response as BaseResponse

from peer.accounts.queries.vaults import passphrase_of
from peer.accounts.sessions.browser import PeerSession
from peer.accounts.sessions.keeping import Sessions
from peer.core import clock, work
from peer.core.keys import PrivateKey
from peer.policy.roles import Actor

_RECENTLY = timedelta(minutes=10)


class SignedIn(UserMixin):  # type: ignore[misc]
    """What Flask-Login calls a user: the acting person."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.id = actor.id


def login_manager(app: Flask) -> LoginManager:
    """Flask-Login without its hash of address and agent, and without remember-me."""
    manager = LoginManager()
    manager.session_protection = None
    manager.init_app(app, add_context_processor=False)
    manager._session_identifier_generator = lambda: ""

    @manager.user_loader  # type: ignore[untyped-decorator]
    def load(_user_id: str) -> SignedIn | None:
        from flask import session

        actor = getattr(session, "actor", None)
        return SignedIn(actor) if actor is not None else None

    return manager


def look_again_after_forms(app: Flask) -> None:
    """Have whoever sends a form be who they are when it has come whole, not when it began to."""

    @app.before_request
    def look_again() -> None:
        session, sessions = current_session(), current_app.session_interface
        if request.method in {"GET", "HEAD", "OPTIONS"} or session.row_id is None:
            return
        assert isinstance(sessions, Sessions)
        sessions.look_again(session, sessions.cookies.value_in(request.environ))


def current_session() -> PeerSession:
    """The session of the present request."""
    from flask import session

    found = session._get_current_object()  # type: ignore[attr-defined]
    assert isinstance(found, PeerSession)
    return found


def why_refused() -> str:
    """Why nobody is signed in with what the browser holds; "ended" when that is not known."""
    sessions = current_app.session_interface
    assert isinstance(sessions, Sessions)
    return sessions.callers.why_refused(request.environ)


def current_actor() -> Actor:
    """The person whose page this is; only behind a door that asks for sign-in.

    In a unit of work that writes it is the person as they are in it, and nobody whose session has
    ended meanwhile gets any further.
    """
    actor = current_session().actor
    assert actor is not None
    return _as_of_now(actor)


def current_person() -> Actor:
    """Who gave the passphrase, also when more has to be shown before anything opens.

    In a unit of work that writes as `current_actor` says.
    """
    session = current_session()
    person = session.actor or session.waiting
    assert person is not None
    return _as_of_now(person)


def held_person() -> Actor:
    """The same, whose passphrase and sessions nobody changes before the unit of work ends.

    For what is to count for them from then on: ask first of all, before anything else is read.
    """
    session = current_session()
    person = session.actor or session.waiting
    assert person is not None
    passphrase_of(person.id, hold=True)
    return current_person()


def _as_of_now(person: Actor) -> Actor:
    session, sessions = current_session(), current_app.session_interface
    if not work.is_writing() or session.row_id is None:
        return person
    assert isinstance(sessions, Sessions)
    found = sessions.person_in(session.row_id, session.stage)
    if found is None:
        logout_user()
        session.ended()
        abort(401)
    return found


def current_private_key() -> PrivateKey | None:
    """What opens the private parts of the person whose page this is.

    None: this session has not opened it. Send them to `unlock_address()`.
    """
    return current_session().private_key()


def recently_proven() -> bool:
    """Whether the passphrase was given in this session within the last ten minutes.

    If not, `unlock_address()` asks for it.
    """
    at = current_session().proven_at
    return at is not None and clock.now() - at <= _RECENTLY


def unlock_address(back: str = "") -> str:
    """The page that asks for the passphrase, and goes `back`: else to the page of now."""
    here = request.full_path.rstrip("?") if request.method == "GET" else "/"
    return url_for("accounts.unlock", next=back or here)


def cover_instead(endpoint: str | None, allowed: Collection[str]) -> BaseResponse | None:
    """Where a covered session is sent instead of any page that is not `allowed` to it."""
    session = current_session()
    if session.covered is None or endpoint in allowed:
        return None
    if request.method == "GET" and endpoint is not None:
        session.setdefault("after", request.full_path.rstrip("?"))
    return redirect(url_for("accounts.cover"), 303)
