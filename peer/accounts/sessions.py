"""Browser sessions: our own table behind Flask's session, and Flask-Login on top of it.

Signed out, the session is a small signed cookie (language, CSRF token). Signed in, the cookie
holds a random token and nothing else; the row it names knows the person, not where they are.
A session ends after a while unused and after a longer while in any case, sooner for staff.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.cookies import CookieError, SimpleCookie
from typing import Any

from flask import Flask, Request, Response, abort, current_app, redirect, request, url_for
from flask.sessions import SessionInterface, SessionMixin
from flask_login import LoginManager, UserMixin, logout_user
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import update
from werkzeug.wrappers import Response as BaseResponse

from peer.accounts import broadcast, queries, service
from peer.accounts.models import Account, SignedInSession, Stage
from peer.accounts.queries.present import Mark, Present, marks, people_present, session_ids_of
from peer.accounts.queries.vaults import passphrase_of
from peer.core import clock, work
from peer.core.keys import PrivateKey
from peer.core.settings import Settings
from peer.policy.roles import STAFF, Actor

_SIGNED_OUT = "a."  # how the cookie of a signed-out browser begins
_MINUTE = timedelta(minutes=1)
_RECENTLY = timedelta(minutes=10)
# Who has the cover page on is covered to the second, so their use is noted more often.
_FINELY = timedelta(seconds=5)
_SECOND_WAITS = timedelta(minutes=10)
_SOON = timedelta(seconds=2)  # by then it is written down that a session is in use
_KNOWN = 5_000  # people whose name is kept in memory between two events of theirs
_PORTION = 50  # sessions ended in one go: others want to write in between


class PeerSession(dict[str, Any], SessionMixin):
    """Flask's session: a dict, and who it belongs to."""

    def __init__(self, data: dict[str, Any] | None = None) -> None:
        super().__init__(data or {})
        self.before = dict(self)
        self.actor: Actor | None = None
        self.waiting: Actor | None = None  # gave the passphrase, but something is still to come
        self.stage = ""
        self.row_id: str | None = None
        self.theme = ""
        self.token: str | None = None  # set when the browser has to be given a new one
        self.dropped = False
        self.stale = False  # the browser still holds the token of a session that has ended
        self._sealed: tuple[str, bytes | None, str] | None = None
        self._key: PrivateKey | None = None
        self.proven_at: datetime | None = None
        self.cover_minutes = 0
        self.covered: str | None = None  # whose session it is, while nothing of theirs is shown
        self.cover_is_on = False  # not only due by the clock: its token is the cover's own

    def belongs_to(self, row: SignedInSession, account: Account, token: str) -> None:
        """Tie the session to its row and person."""
        self.row_id = row.id
        self._sealed = (row.id, row.private, token)
        self.proven_at = row.proven_at
        self.theme = account.theme
        self.cover_minutes = account.cover_minutes
        self.stage = row.stage
        self["zone"] = account.timezone
        self.setdefault("lang", account.locale)
        if queries.is_covered(row, account):
            self.covered, self.cover_is_on = account.id, row.covered_at is not None
        elif row.stage != Stage.OPEN:
            self.waiting = queries.actor_from(account, row.id)
        else:
            self.actor = queries.actor_from(account, row.id)
            self["_user_id"], self["_fresh"] = account.id, True
        self.before = dict(self)

    def sign_in(self, token: str) -> None:
        """From the next request on this browser is somebody; what it held before is dropped."""
        self.clear()
        self.token, self.row_id, self.dropped = token, None, False

    def renew(self, token: str, key: PrivateKey | None) -> None:
        """The same session goes on under a new token: more has just been proven in it."""
        self.token, self._key, self.proven_at = token, key, clock.now()

    def cover(self, token: str, account_id: str) -> None:
        """From now on, under a new token, nothing but the cover page opens here."""
        self.token, self._sealed, self._key, self.proven_at = token, None, None, None
        self.actor, self.waiting, self.covered = None, None, account_id
        self.cover_is_on = True

    def uncover(self, token: str, key: PrivateKey | None) -> None:
        """The passphrase was given: the session goes on where it was."""
        self.covered, self.cover_is_on = None, False
        self.renew(token, key)

    def ended(self) -> None:
        """The session is over meanwhile: what the browser sent counts as signed out."""
        self.clear()
        self.before = {}
        self.row_id, self.token, self.stale = None, None, True
        self.stage, self.theme, self.cover_is_on = "", "", False
        self.actor = self.waiting = self.covered = None
        self._sealed = self._key = self.proven_at = None

    def private_key(self) -> PrivateKey | None:
        """The private key that rests in this session, if it has been opened here."""
        if self._key is None and self._sealed is not None:
            self._key = service.private_key_in(*self._sealed)
        return self._key

    def sign_out(self) -> None:
        """Forget the person; the language stays, and the cookie is overwritten, not deleted."""
        lang = self.get("lang")
        self.clear()
        self.update({"left": 1} | ({"lang": lang} if lang else {}))
        self.row_id, self.token, self.dropped = None, None, True
        self.actor = self.waiting = self.covered = None
        self._sealed = self._key = self.proven_at = None

    @property
    def changed(self) -> bool:
        """Whether anything in it is different from when it was opened."""
        return self.kept() != {k: v for k, v in self.before.items() if not _from_row(k)}

    def kept(self) -> dict[str, Any]:
        """What is stored: without what the row itself says."""
        return {key: value for key, value in self.items() if not _from_row(key)}


@dataclass(frozen=True, slots=True)
class _Known:
    """Who acts in a session, as long as its mark stays the same, and at most until a moment."""

    mark: Mark
    until: datetime
    actor: Actor


def _acting(present: Present) -> Actor:
    return Actor(
        id=present.account_id,
        name=queries.name_in(present.account_id, present.name_sealed),
        roles=present.roles,
        locale=present.locale,
        timezone=present.timezone,
        session_id=present.session_id,
    )


def _is_open(row: SignedInSession | Present, account: Account | Present) -> bool:
    """Whether more than a cover or the rest of a sign-in opens in a session."""
    return row.stage == Stage.OPEN and not queries.is_covered(row, account)


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

    def over(self, row: SignedInSession | Present, account: Account | Present) -> bool:
        """Whether the session has run out."""
        staff = not STAFF.isdisjoint(account.roles)  # without opening the sealed name
        idle = self.staff_idle if staff else self.idle
        absolute = self.staff_absolute if staff else self.absolute
        if row.stage == Stage.SECOND:
            absolute = _SECOND_WAITS
        now = clock.now()
        return now - row.seen_at > idle or now - row.created_at > absolute


class Sessions(SessionInterface):
    """Opens and saves sessions for pages, and finds the person behind a socket."""

    def __init__(self, settings: Settings) -> None:
        self.cookie = "__Host-s" if settings.https else "s"
        self._https = settings.https
        self._lifetimes = Lifetimes.of(settings)
        self._serializer = URLSafeSerializer(settings.secret_key, salt="signed-out")
        self._known: dict[str, _Known] = {}
        self._used: set[str] = set()
        self._swept = clock.now()

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
                    session.belongs_to(row, account, value)
                else:
                    session.stale = True
        return session

    def look_again(self, session: PeerSession, token: str) -> None:
        """See once more whose session it is: a form may have been on its way for minutes."""
        with work.begin(writes=False):
            found = self._live(token)
            session.ended()
            if found:
                row, account = found
                session.stale = False
                session.update(row.data)
                session.belongs_to(row, account, token)

    def person_in(self, session_id: str, stage: str) -> Actor | None:
        """The person of a session in the unit of work of now; None when it has ended meanwhile."""
        row = work.session().get(SignedInSession, session_id)
        found = self._usable(row) if row else None
        if found is None or found[0].covered_at is not None or found[0].stage != stage:
            return None
        return queries.actor_from(found[1], session_id)

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
        return None if self._is_over(row, account) else (row, account)

    def _is_over(self, row: SignedInSession, account: Account) -> bool:
        return not queries.is_usable(account) or self._lifetimes.over(row, account)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write back what changed; a signed-in person's use is noted once a minute."""
        assert isinstance(session, PeerSession)
        if session.token is not None:
            self._save_under(session.token, session)
            self._set_cookie(response, session.token)
            return
        if session.row_id is not None:
            self._save_row(session)
        elif session.dropped or session.changed:
            data = str(self._serializer.dumps(session.kept()))
            self._set_cookie(response, _SIGNED_OUT + data)
        if session.dropped:  # without "cookies": that would let Back restore the page
            response.headers["Clear-Site-Data"] = '"cache", "storage"'

    def _save_under(self, token: str, session: PeerSession) -> None:
        """Keep what the session holds, such as the language, under its new token."""
        with work.begin():
            row = queries.session_with_token(token)
            if row is not None:
                row.data = session.kept()
                if not session.covered:
                    row.seen_at = clock.now()

    def _save_row(self, session: PeerSession) -> None:
        with work.begin(writes=False) as reading:
            row = reading.get(SignedInSession, session.row_id)
            stale = row is not None and self._stale(row, session.cover_minutes)
        used = stale and not session.covered  # opening the cover page is no use of the site
        if not (used or session.changed):
            return
        with work.begin() as writing:
            row = writing.get(SignedInSession, session.row_id)
            if row is not None:
                row.data = session.kept()
                if not session.covered:
                    row.seen_at = clock.now()

    def _stale(self, row: SignedInSession | Present, cover_minutes: int) -> bool:
        """Whether it is time to note once more that the session is in use."""
        return clock.now() - row.seen_at >= (_FINELY if cover_minutes else _MINUTE)

    def _set_cookie(self, response: Response, value: str) -> None:
        response.set_cookie(
            self.cookie, value, httponly=True, secure=self._https, samesite="Lax", path="/"
        )
        response.vary.add("Cookie")

    # --- sockets -------------------------------------------------------------------------

    def sessions_of(self, environs: Sequence[dict[str, Any]]) -> list[str | None]:
        """The ids of the sessions whose cookies some connections carry, be they over or not."""
        tokens = [self._token_in(environ) for environ in environs]
        found = session_ids_of({token for token in tokens if token})
        return [found.get(token) for token in tokens]

    def _token_in(self, environ: dict[str, Any]) -> str:
        try:
            morsel = SimpleCookie(environ.get("HTTP_COOKIE", "")).get(self.cookie)
        except CookieError:
            return ""
        return "" if morsel is None or morsel.value.startswith(_SIGNED_OUT) else morsel.value

    def actors_of(self, session_ids: Collection[str]) -> dict[str, Actor]:
        """The people behind several sessions as they are now; those that have ended are left out.

        It reads in the unit of work around it: what is stored there is by people who may.
        Whoever was looked at closely is only compared as long as nothing about them changes.
        """
        now = clock.now()
        found = marks(session_ids)
        new = [
            session_id
            for session_id, mark in found.items()
            if not (known := self._known.get(session_id))
            or known.mark != mark
            or now >= known.until
        ]
        if new:
            self._look_closely(new, found, now)
        return {
            session_id: known.actor
            for session_id in found
            if (known := self._known.get(session_id)) is not None
        }

    def why_ended(self, session_id: str) -> str:
        """Why a session opens nothing to a socket, as a page is told it.

        Whoever finds it so may be quicker than the word that goes to its sockets.
        """
        with work.begin(writes=False):
            for present in people_present([session_id]):
                over = self._lifetimes.over(present, present)
                return "covered" if queries.is_covered(present, present) and not over else "expired"
            return broadcast.reason_of_end(session_id)

    def _look_closely(
        self, session_ids: list[str], found: Mapping[str, Mark], now: datetime
    ) -> None:
        """Keep who acts in these sessions, and until when that holds unless something changes."""
        if now - self._swept > _MINUTE or len(self._known) >= _KNOWN:
            self._swept = now  # nobody's name stays in memory for long after they have gone
            self._known = {key: each for key, each in self._known.items() if each.until > now}
        for session_id in session_ids:
            self._known.pop(session_id, None)
        stale: list[str] = []
        for present in people_present(session_ids):
            if self._may_act(present):
                until = self._holds_until(present)
                if self._stale(present, present.cover_minutes):
                    stale.append(present.session_id)
                    until = now + _SOON
                mark = found[present.session_id]
                self._known[present.session_id] = _Known(mark, until, _acting(present))
        self._used.update(stale)

    def note_uses(self) -> None:
        """Note once a minute that sessions are in use; for every beat: nobody waits for this."""
        if not self._used:
            return
        used, self._used = self._used, set()
        with work.begin() as writing:
            writing.execute(
                update(SignedInSession)
                .where(SignedInSession.id.in_(sorted(used)))
                .values(seen_at=clock.now()),
                execution_options={"synchronize_session": False},
            )

    def _may_act(self, present: Present) -> bool:
        over = not queries.is_usable(present) or self._lifetimes.over(present, present)
        return not over and _is_open(present, present)

    def _holds_until(self, present: Present) -> datetime:
        """When it is time to look again though nothing has changed: to note the use, or to end."""
        ends = present.created_at + min(self._lifetimes.absolute, self._lifetimes.staff_absolute)
        noted = present.seen_at + (_FINELY if present.cover_minutes else _MINUTE)
        return min(ends, noted)

    def end_expired(self) -> int:
        """End every session that has run out, with its sockets; how many there were.

        Sessions whose person wants them covered by now are covered.
        """
        with work.begin(writes=False):
            due = [
                row.id for row, account in queries.sessions_and_people() if self._due(row, account)
            ]
        return sum(
            self._end_portion(due[start : start + _PORTION])
            for start in range(0, len(due), _PORTION)
        )

    def _due(self, row: SignedInSession, account: Account) -> bool:
        uncovered = row.covered_at is None and queries.is_covered(row, account)
        return uncovered or self._is_over(row, account)

    def _end_portion(self, session_ids: Collection[str]) -> int:
        """End or cover those that are still due; how many ended."""
        ended = 0
        with work.begin() as writing:
            for session_id in session_ids:
                row = writing.get(SignedInSession, session_id)
                if row is None:
                    continue
                found = self._usable(row)
                if found is None:
                    service.end_session(row.id, "expired")
                    ended += 1
                elif queries.is_covered(*found):
                    service.cover_idle(row)
        return ended


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
        sessions.look_again(session, request.cookies.get(sessions.cookie, ""))


def current_session() -> PeerSession:
    """The session of the present request."""
    from flask import session

    found = session._get_current_object()  # type: ignore[attr-defined]
    assert isinstance(found, PeerSession)
    return found


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
