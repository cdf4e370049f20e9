"""Who is behind the sockets: looked up for hundreds at once, and compared before each event."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update

from peer.accounts import broadcast, queries
from peer.accounts.models import SignedInSession, Stage
from peer.accounts.queries.present import Mark, Present, marks, people_present, session_ids_of
from peer.accounts.sessions.browser import WAS
from peer.accounts.sessions.cookies import Cookies
from peer.accounts.sessions.lifetimes import Lifetimes, is_stale, noted_after
from peer.core import clock, work
from peer.core.secrets import token_hash
from peer.policy.roles import Actor

_SWEPT = timedelta(minutes=1)
_SOON = timedelta(seconds=2)  # by then it is written down that a session is in use
_KNOWN = 5_000  # people whose name is kept in memory between two events of theirs


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


class Callers:
    """Finds the sessions that connections carry, and who acts in them now."""

    def __init__(self, cookies: Cookies, lifetimes: Lifetimes) -> None:
        self._cookies, self._lifetimes = cookies, lifetimes
        self._known: dict[str, _Known] = {}
        self._used: set[str] = set()
        self._swept = clock.now()

    def sessions_of(self, environs: Sequence[dict[str, Any]]) -> list[str | None]:
        """The ids of the sessions whose cookies some connections carry, be they over or not."""
        tokens = [self._cookies.token_in(self._cookies.value_in(each)) for each in environs]
        found = session_ids_of({token for token in tokens if token})
        return [found.get(token) for token in tokens]

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
        """Why a session opens nothing any more, as a page is told it; "ended" if it is not known.

        Whoever finds it so may be quicker than the word that goes to its sockets.
        """
        with work.begin(writes=False):
            for present in people_present([session_id]):
                if self._lifetimes.over(present, present):
                    return "expired"
                return "covered" if queries.is_covered(present, present) else "ended"
            return broadcast.reason_of_end(session_id=session_id)

    def why_refused(self, environ: dict[str, Any]) -> str:
        """The same for a connection that comes when it has long ended, by what its browser holds."""
        value = self._cookies.value_in(environ)
        token = self._cookies.token_in(value)
        hashed = token_hash(token) if token else str(self._cookies.held_in(value).get(WAS, ""))
        if not hashed:
            return "ended"
        with work.begin(writes=False):
            row = queries.session_with_hash(hashed)
            if row is not None:
                return self.why_ended(row.id)
            return broadcast.reason_of_end(hashed_token=hashed)

    def _look_closely(
        self, session_ids: list[str], found: Mapping[str, Mark], now: datetime
    ) -> None:
        """Keep who acts in these sessions, and until when that holds unless something changes."""
        if now - self._swept > _SWEPT or len(self._known) >= _KNOWN:
            self._swept = now  # nobody's name stays in memory for long after they have gone
            self._known = {key: each for key, each in self._known.items() if each.until > now}
        for session_id in session_ids:
            self._known.pop(session_id, None)
        stale: list[str] = []
        for present in people_present(session_ids):
            if self._may_act(present):
                until = self._holds_until(present)
                if is_stale(present, present.cover_minutes):
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
        return not over and present.stage == Stage.OPEN and not queries.is_covered(present, present)

    def _holds_until(self, present: Present) -> datetime:
        """When it is time to look again though nothing has changed: to note the use, or to end."""
        return min(
            self._lifetimes.ends(present), present.seen_at + noted_after(present.cover_minutes)
        )
