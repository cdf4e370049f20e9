"""Words to sockets that must not be lost: rows written with their cause, handed on after it."""

from collections import deque
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, String, and_, delete, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from peer.core import clock, work
from peer.core.db import Base
from peer.core.realtime.exchange import hub

# Rows may become visible out of the order of their ids, so each look goes back this far and
# skips what this process has already handed on.
_WINDOW = timedelta(seconds=30)
# For so long a page that was asleep is told why its session has ended.
_REASONS = timedelta(days=1)


class Outgoing(Base):
    """One event for the sockets joined to `to`; event "cut" ends their session.

    Event "ended" goes to nobody: it says why the session with a token ended, to who comes with it.
    """

    __tablename__ = "outbox"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(index=True)
    to: Mapped[str] = mapped_column(String(80), index=True)
    event: Mapped[str] = mapped_column(String(40))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)


_handed: deque[int] = deque(maxlen=10_000)
_looked_at: datetime | None = None  # when this process last looked, however long ago that was


def tell(to: str, event: str, payload: dict[str, Any]) -> None:
    """Send `event` to the sockets joined to `to`, in every process, once this is committed.

    `to` is "account:<id>", "role:<role>" or a feature's own "thing:<id>".
    """
    row = Outgoing(at=clock.now(), to=to, event=event, payload=payload)
    session = work.session()
    session.add(row)
    session.flush()
    work.after_commit(lambda: _hand_on(row))
    work.after_commit(lambda: hub.whisper("ring", {"topic": "outbox", "about": str(row.id)}))


def cut_account(account_id: str, reason: str) -> None:
    """End every socket of an account, in every process, once this is committed."""
    tell(f"account:{account_id}", "cut", {"reason": reason})


def cut_session(session_id: str, reason: str, hashed_token: str = "") -> None:
    """End the sockets of one session, in every process, once this is committed.

    Whoever comes with the session's token within a day can be told why (`reason_of_end`).
    """
    tell(f"session:{session_id}", "cut", {"reason": reason})
    if hashed_token:
        note_end(hashed_token, reason)


def note_end(hashed_token: str, reason: str) -> None:
    """Have whoever comes with a token within a day be told why its session has ended."""
    row = Outgoing(
        at=clock.now(), to=f"token:{hashed_token}", event="ended", payload={"reason": reason}
    )
    work.session().add(row)


def reason_of_end(*, session_id: str = "", hashed_token: str = "") -> str:
    """Why a session ended, as it was last said; "ended" when that is no longer known."""
    to, event = f"session:{session_id}", "cut"
    if hashed_token:
        to, event = f"token:{hashed_token}", "ended"
    said = select(Outgoing.payload).where(
        Outgoing.at > clock.now() - _REASONS, Outgoing.to == to, Outgoing.event == event
    )
    with work.begin(writes=False) as session:
        payload = session.scalars(said.order_by(Outgoing.id.desc()).limit(1)).first() or {}
    return str(payload.get("reason", "ended"))


def _hand_on(row: Outgoing) -> None:
    if hub.io is None or row.id in _handed:
        return
    _handed.append(row.id)
    if row.event == "cut":
        hub.drop(row.to, str(row.payload.get("reason", "")))
    else:
        hub.emit(row.event, row.payload, to=row.to)


@hub.on_beat
def hand_on_waiting() -> None:
    """Hand on what other processes wrote."""
    global _looked_at
    now = clock.now()
    since = min(now, _looked_at or now) - _WINDOW
    with work.begin(writes=False) as session:
        recent = select(Outgoing).where(Outgoing.at > since, Outgoing.event != "ended")
        rows = [
            row for row in session.scalars(recent.order_by(Outgoing.id)) if row.id not in _handed
        ]
    for row in rows:
        _hand_on(row)
    _looked_at = now


@hub.on_ring("outbox")
def _rung(_about: str) -> None:
    hand_on_waiting()


def forget_account(account_id: str) -> None:
    """Delete words to somebody who is gone; their sessions' own end has its own rows."""
    work.session().execute(delete(Outgoing).where(Outgoing.to == f"account:{account_id}"))


def forget_old() -> None:
    """Delete what every process has long handed on, and reasons of a day ago."""
    now, reason = clock.now(), Outgoing.event == "ended"
    handed = and_(~reason, Outgoing.at < now - 10 * _WINDOW)
    work.session().execute(
        delete(Outgoing).where(or_(handed, and_(reason, Outgoing.at < now - _REASONS)))
    )
