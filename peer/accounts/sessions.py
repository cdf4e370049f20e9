"""Browser sessions: our own table behind Flask's session, and Flask-Login on top of it.

Signed out, the session is a small signed cookie (language, CSRF token). Signed in, the cookie
holds a random token and nothing else; the row it names knows the person, not where they are.
A session ends after a while unused and after a longer while in any case, sooner for staff.
"""

from dataclasses import dataclass
from datetime import timedelta
from http.cookies import CookieError, SimpleCookie
from typing import Any

from flask import Flask, Request, Response
from flask.sessions import SessionInterface, SessionMixin
from flask_login import LoginManager, UserMixin
from itsdangerous import BadSignature, URLSafeSerializer

from peer.accounts import queries, service
from peer.accounts.models import Account, SignedInSession
from peer.core import clock, work
from peer.core.settings import Settings
from peer.policy.roles import Actor

_SIGNED_OUT = "a."  # how the cookie of a signed-out browser begins
_MINUTE = timedelta(minutes=1)


class PeerSession(dict[str, Any], SessionMixin):
    """Flask's session: a dict, and who it belongs to."""

    def __init__(self, data: dict[str, Any] | None = None) -> None:
        super().__init__(data or {})
        self.before = dict(self)
        self.actor: Actor | None = None
        self.row_id: str | None = None
        self.theme = ""
        self.token: str | None = None  # set when the browser has to be given a new one
        self.dropped = False
        self.stale = False  # the browser still holds the token of a session that has ended

    def belongs_to(self, row: SignedInSession, account: Account) -> None:
        """Tie the session to its row and person."""
        self.row_id = row.id
        self.theme = account.theme
        self.actor = queries.actor_from(account, row.id)
        self["_user_id"], self["_fresh"] = account.id, True
        self["zone"] = account.timezone
        self.setdefault("lang", account.locale)
        self.before = dict(self)

    def sign_in(self, token: str, account: Account) -> None:
        """From the next request on this browser is `account`; what it held before is dropped."""
        self.clear()
        self.token, self.row_id, self.dropped = token, None, False
        self.actor = queries.actor_from(account)

    def sign_out(self) -> None:
        """Forget the person; the language stays, and the cookie is overwritten, not deleted."""
        lang = self.get("lang")
        self.clear()
        self.update({"left": 1} | ({"lang": lang} if lang else {}))
        self.row_id, self.actor, self.token, self.dropped = None, None, None, True

    @property
    def changed(self) -> bool:
        """Whether anything in it is different from when it was opened."""
        return self.kept() != {k: v for k, v in self.before.items() if not _from_row(k)}

    def kept(self) -> dict[str, Any]:
        """What is stored: without what the row itself says."""
        return {key: value for key, value in self.items() if not _from_row(key)}


def _from_row(key: str) -> bool:
    return key in {"_user_id", "_fresh", "_id", "zone"}


@dataclass(frozen=True)
class Lifetimes:
    """How long sessions last, unused and in any case."""

    idle: timedelta
    absolute: timedelta
    staff_idle: timedelta
    staff_absolute: timedelta

    @classmethod
    def of(cls, settings: Settings) -> "Lifetimes":
        """As this installation is set."""
        return cls(
            timedelta(minutes=settings.idle_minutes),
            timedelta(minutes=settings.absolute_minutes),
            timedelta(minutes=settings.staff_idle_minutes),
            timedelta(minutes=settings.staff_absolute_minutes),
        )

    def over(self, row: SignedInSession, account: Account) -> bool:
        """Whether the session has run out."""
        staff = queries.actor_from(account).is_staff
        idle = self.staff_idle if staff else self.idle
        absolute = self.staff_absolute if staff else self.absolute
        now = clock.now()
        return now - row.seen_at > idle or now - row.created_at > absolute


class Sessions(SessionInterface):
    """Opens and saves sessions for pages, and finds the person behind a socket."""

    def __init__(self, settings: Settings) -> None:
        self.cookie = "__Host-s" if settings.https else "s"
        self._https = settings.https
        self._lifetimes = Lifetimes.of(settings)
        self._serializer = URLSafeSerializer(settings.secret_key, salt="signed-out")

    # --- pages ---------------------------------------------------------------------------

    def open_session(self, app: Flask, request: Request) -> PeerSession:
        """The session of a request; a token that no longer counts is as good as none."""
        value = request.cookies.get(self.cookie, "")
        if value.startswith(_SIGNED_OUT):
            return self._signed_out(value)
        session = PeerSession()
        if value and not request.path.startswith("/static/"):
            with work.begin(writes=False):
                found = self._live(value)
                if found:
                    row, account = found
                    session = PeerSession(dict(row.data))
                    session.belongs_to(row, account)
                else:
                    session.stale = True
        return session

    def _signed_out(self, value: str) -> PeerSession:
        try:
            data = self._serializer.loads(value[len(_SIGNED_OUT) :])
        except BadSignature:
            data = {}
        return PeerSession(data if isinstance(data, dict) else {})

    def _live(self, token: str) -> tuple[SignedInSession, Account] | None:
        row = queries.session_with_token(token)
        return self._usable(row) if row else None

    def _usable(self, row: SignedInSession) -> tuple[SignedInSession, Account] | None:
        account = queries.account_with(row.account_id)
        if not queries.is_usable(account) or self._lifetimes.over(row, account):
            return None
        return row, account

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write back what changed; a signed-in person's use is noted once a minute."""
        assert isinstance(session, PeerSession)
        if session.token is not None:
            self._save_new(session.token, session)
            self._set_cookie(response, session.token)
            return
        if session.row_id is not None:
            self._save_row(session)
        elif session.dropped or session.changed:
            data = str(self._serializer.dumps(session.kept()))
            self._set_cookie(response, _SIGNED_OUT + data)

    def _save_new(self, token: str, session: PeerSession) -> None:
        """What signing in carries over, such as the language, begins the new session's data."""
        if not session.kept():
            return
        with work.begin():
            row = queries.session_with_token(token)
            if row is not None:
                row.data = session.kept()

    def _save_row(self, session: PeerSession) -> None:
        with work.begin(writes=False) as reading:
            row = reading.get(SignedInSession, session.row_id)
            stale = row is not None and clock.now() - row.seen_at >= _MINUTE
        if not (stale or session.changed):
            return
        with work.begin() as writing:
            row = writing.get(SignedInSession, session.row_id)
            if row is not None:
                row.data = session.kept()
                row.seen_at = clock.now()

    def _set_cookie(self, response: Response, value: str) -> None:
        response.set_cookie(
            self.cookie, value, httponly=True, secure=self._https, samesite="Lax", path="/"
        )
        response.vary.add("Cookie")

    # --- sockets -------------------------------------------------------------------------

    def session_of(self, environ: dict[str, Any]) -> str | None:
        """The id of the live session whose cookie a connection carries."""
        try:
            morsel = SimpleCookie(environ.get("HTTP_COOKIE", "")).get(self.cookie)
        except CookieError:
            return None
        if morsel is None or morsel.value.startswith(_SIGNED_OUT):
            return None
        with work.begin(writes=False):
            found = self._live(morsel.value)
            return found[0].id if found else None

    def actor_of(self, session_id: str) -> Actor | None:
        """The person behind a session as they are now; None when it has ended."""
        with work.begin(writes=False) as reading:
            row = reading.get(SignedInSession, session_id)
            found = self._usable(row) if row else None
            if found is None:
                return None
            actor = queries.actor_from(found[1], session_id)
            stale = clock.now() - found[0].seen_at >= _MINUTE
        if stale:
            with work.begin() as writing:
                row = writing.get(SignedInSession, session_id)
                if row is not None:
                    row.seen_at = clock.now()
        return actor

    def end_expired(self) -> int:
        """End every session that has run out, with its sockets; how many there were."""
        with work.begin() as writing:
            rows = writing.query(SignedInSession).all()
            over = [row for row in rows if self._usable(row) is None]
            for row in over:
                service.end_session(row.id, "expired")
        return len(over)


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


def current_session() -> PeerSession:
    """The session of the present request."""
    from flask import session

    found = session._get_current_object()  # type: ignore[attr-defined]
    assert isinstance(found, PeerSession)
    return found


def current_actor() -> Actor:
    """The person whose page this is; only behind a door that asks for sign-in."""
    actor = current_session().actor
    assert actor is not None
    return actor
