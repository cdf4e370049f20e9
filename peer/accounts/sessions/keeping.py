"""Sessions of pages: opened from the cookie, written back, and ended when they have run out."""

from collections.abc import Collection

from flask import Flask, Request, Response
from flask.sessions import SessionInterface, SessionMixin

from peer.accounts import queries, service
from peer.accounts.models import Account, SignedInSession
from peer.accounts.sessions.browser import PeerSession
from peer.accounts.sessions.callers import Callers
from peer.accounts.sessions.cookies import Cookies
from peer.accounts.sessions.lifetimes import Lifetimes, is_stale
from peer.core import clock, work
from peer.core.settings import Settings
from peer.policy.roles import Actor

_PORTION = 50  # sessions ended in one go: others want to write in between


class Sessions(SessionInterface):
    """Opens and saves sessions for pages; `callers` finds the person behind a socket."""

    def __init__(self, settings: Settings) -> None:
        self.cookies = Cookies(settings)
        self._lifetimes = Lifetimes.of(settings)
        self.callers = Callers(self.cookies, self._lifetimes)

    def open_session(self, app: Flask, request: Request) -> PeerSession:
        """The session of a request; a token that no longer counts is as good as none."""
        value = self.cookies.value_in(request.environ)
        if not self.cookies.token_in(value):
            return PeerSession(self.cookies.held_in(value))
        session = PeerSession()
        if not request.path.startswith("/static/"):
            with work.begin(writes=False):
                found = self._live(value)
                if found:
                    row, account = found
                    session = PeerSession(dict(row.data))
                    session.belongs_to(row, account, value)
                else:
                    session.ended(value)
        return session

    def look_again(self, session: PeerSession, token: str) -> None:
        """See once more whose session it is: a form may have been on its way for minutes."""
        with work.begin(writes=False):
            found = self._live(token)
            session.ended(token)
            if found:
                session.clear()
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
            self.cookies.give(response, session.token)
            return
        if session.row_id is not None:
            self._save_row(session)
        elif session.dropped or session.changed:
            self.cookies.hold(response, session.kept())
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
            stale = row is not None and is_stale(row, session.cover_minutes)
        used = stale and not session.covered  # opening the cover page is no use of the site
        if not (used or session.changed):
            return
        with work.begin() as writing:
            row = writing.get(SignedInSession, session.row_id)
            if row is not None:
                row.data = session.kept()
                if not session.covered:
                    row.seen_at = clock.now()

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
