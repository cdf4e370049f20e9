"""Many people as they are at this moment, with few questions: for what a crowd does at once."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from peer.accounts.models import Account, RoleGrant, SignedInSession
from peer.core import work
from peer.core.db import Question
from peer.core.secrets import token_hash
from peer.policy.roles import Role


@dataclass(frozen=True, slots=True)
class Present:
    """A session and its person, as far as it matters for what they may do now."""

    session_id: str
    created_at: datetime
    seen_at: datetime
    covered_at: datetime | None
    stage: str
    account_id: str
    name_sealed: bytes
    state: str
    suspended_until: datetime | None
    locale: str
    timezone: str
    cover_minutes: int
    roles: frozenset[Role]


_PRESENT = (
    select(
        SignedInSession.id,
        SignedInSession.created_at,
        SignedInSession.seen_at,
        SignedInSession.covered_at,
        SignedInSession.stage,
        Account.id,
        Account.name_sealed,
        Account.state,
        Account.suspended_until,
        Account.locale,
        Account.timezone,
        Account.cover_minutes,
    )
    .join(Account, Account.id == SignedInSession.account_id)
    .where(SignedInSession.id.in_(bindparam("ids", expanding=True)))
)
_GRANTS = select(RoleGrant.account_id, RoleGrant.role).where(
    RoleGrant.account_id.in_(bindparam("ids", expanding=True))
)
_OF_TOKENS = select(SignedInSession.token_hash, SignedInSession.id).where(
    SignedInSession.token_hash.in_(bindparam("hashes", expanding=True))
)


def session_ids_of(tokens: Collection[str]) -> dict[str, str]:
    """The ids of the sessions that browsers' tokens belong to, whether or not they are over."""
    hashes = {token_hash(token): token for token in tokens}
    rows = work.session().connection().execute(_OF_TOKENS, {"hashes": sorted(hashes)})
    return {hashes[found]: session_id for found, session_id in rows}


Mark = tuple[object, ...]

_MARKS = Question(
    """
    SELECT s.id, s.created_at, s.seen_at, s.covered_at, s.stage, a.id, a.name, a.state,
      a.suspended_until, a.locale, a.timezone, a.cover_minutes,
      (SELECT {together} FROM role_grants WHERE account_id = a.id) AS roles
    FROM {keys} JOIN sessions s ON s.id = {key} JOIN accounts a ON a.id = s.account_id
    """,
    sqlite={"together": "group_concat(role)", "key": "value"},
    postgresql={"together": "string_agg(role, ',')", "key": "value #>> '{}'"},
)


def marks(session_ids: Collection[str]) -> dict[str, Mark]:
    """All that `people_present` would tell of these sessions, as it lies in the database.

    Two that are alike stand for the same: whoever has looked closely once need only compare.
    """
    rows = _MARKS.rows(work.session().connection(), session_ids)
    return {row[0]: tuple(row) for row in rows}


def people_present(session_ids: Collection[str]) -> list[Present]:
    """The sessions with these ids that there are, whether or not they may still be used."""
    found = work.session().connection().execute(_PRESENT, {"ids": sorted(session_ids)})
    rows: list[list[Any]] = [list(row) for row in found]
    roles = _roles({row[5] for row in rows})
    return [Present(*[*row, roles.get(row[5], frozenset())]) for row in rows]


def _roles(account_ids: Collection[str]) -> dict[str, frozenset[Role]]:
    rows = work.session().connection().execute(_GRANTS, {"ids": sorted(account_ids)})
    found: dict[str, list[Role]] = {}
    for account_id, role in rows:
        found.setdefault(account_id, []).append(Role(role))
    return {account_id: frozenset(held) for account_id, held in found.items()}
