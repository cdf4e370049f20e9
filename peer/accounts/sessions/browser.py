"""What Flask's session is here: a dict, and whose it is."""

from datetime import datetime
from typing import Any

from flask.sessions import SessionMixin

from peer.accounts import queries, service
from peer.accounts.models import Account, SignedInSession, Stage
from peer.core import clock
from peer.core.keys import PrivateKey
from peer.core.secrets import token_hash
from peer.policy.roles import Actor

WAS = "was"  # the hash of the token that a signed-out browser had last


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

    @property
    def was(self) -> str:
        """The hash of the token that this browser had last, where it is signed out."""
        return str(self.get(WAS, ""))

    def ended(self, token: str = "") -> None:
        """The session with this token is over meanwhile: what the browser sent counts as signed out."""
        self.clear()
        self.update({WAS: token_hash(token)} if token else {})
        self.before = dict(self)
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
        """Forget the person; the language stays, and the cookie is overwritten, not deleted.

        It holds by what can be asked, for a day, why the session ended: other pages of this browser
        may have slept, and ask when they wake up.
        """
        was = token_hash(self._sealed[2]) if self._sealed else self.was
        kept = {"lang": self.get("lang"), WAS: was}
        self.clear()
        self.update({key: value for key, value in kept.items() if value})
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


def _from_row(key: str) -> bool:
    return key in {"_user_id", "_fresh", "_id", "zone"}
