"""What automod's verdict on a text means for its message, and the slips that pass a nudge."""

from collections.abc import Sequence
from datetime import timedelta
from functools import cached_property
from typing import NamedTuple, overload

from itsdangerous import BadSignature

from peer.core import clock
from peer.core.errors import Nudge
from peer.core.secrets import alias, slips
from peer.core.words import N_
from peer.moderation import automod
from peer.moderation.automod import Verdict
from peer.policy import rooms as policy
from peer.policy.roles import Actor
from peer.policy.rooms import MessageState
from peer.rooms import queries

RECENT = 6  # of the author's last texts in the room, automod sees this many
GOOD_FOR = timedelta(minutes=10)
NUDGED = N_(
    "There may be something in this that lets others find or reach you. You can change it, or "
    "send it as it is."
)


class Screened(NamedTuple):
    """What becomes of a message."""

    verdict: Verdict
    state: MessageState
    flagged: bool  # a moderator is to look at it
    offers_help: bool

    @property
    def covered(self) -> bool:
        """Whether it is covered when it is shown, also if a moderator looks at it first."""
        return self.verdict.verdict == "blur"


class _Recent(Sequence[str]):
    """An author's last texts in a room, asked for only when screening looks at them.

    `just_said`: what they said since, and is not in the table yet.
    """

    def __init__(self, author_id: str, room_id: str, just_said: Sequence[str]) -> None:
        self._author_id, self._room_id, self._just_said = author_id, room_id, tuple(just_said)

    @cached_property
    def _texts(self) -> Sequence[str]:
        stored = queries.texts_of(self._author_id, self._room_id, RECENT)
        return [*stored, *self._just_said][-RECENT:]

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[str]: ...
    def __getitem__(self, place: int | slice) -> str | Sequence[str]:
        return self._texts[place]

    def __len__(self) -> int:
        return len(self._texts)


def screened(
    actor: Actor,
    room_id: str,
    text: str,
    note: str,
    token: str | None,
    *,
    just_said: Sequence[str] = (),
) -> Screened:
    """Screen what somebody wants to say; Nudge when they may want to look at it again.

    `just_said`: their last texts here that are not stored yet, the oldest first. A crisis is never held, blocked or delayed by a nudge. What automod would block is held, so
    that a moderator sees it and nobody else does.
    """
    words = f"{text}\n{note}" if note else text
    verdict = automod.screen(
        words,
        author=policy.screened_as(actor),
        recent=_Recent(actor.id, room_id, just_said),
    )
    if verdict.tier > 0:
        return Screened(verdict, MessageState.VISIBLE, flagged=True, offers_help=True)
    if verdict.verdict == "nudge":
        _require_slip(actor, room_id, words, token, verdict)
    return Screened(
        verdict, _state(actor, verdict), flagged=verdict.verdict != "allow", offers_help=False
    )


def _state(actor: Actor, verdict: Verdict) -> MessageState:
    if verdict.verdict in {"hold", "block"}:
        return MessageState.HELD
    if verdict.verdict == "nudge" and policy.screened_as(actor) == "mentor":
        return MessageState.HELD
    return MessageState.BLURRED if verdict.verdict == "blur" else MessageState.VISIBLE


def _require_slip(
    actor: Actor, room_id: str, words: str, token: str | None, verdict: Verdict
) -> None:
    """Go on when `token` is the slip for exactly these words here and is recent; else Nudge."""
    about = alias("nudge", actor.id, room_id, words)
    if token and _fits(token, about):
        return
    until = (clock.now() + GOOD_FOR).timestamp()
    slip = slips("nudge").dumps([about, until])
    assert isinstance(slip, str)
    raise Nudge(NUDGED, spans=list(verdict.spans), token=slip)


def _fits(token: str, about: str) -> bool:
    try:
        found, until = slips("nudge").loads(token)
    except (BadSignature, ValueError, TypeError):
        return False
    return bool(found == about and clock.now().timestamp() <= until)
