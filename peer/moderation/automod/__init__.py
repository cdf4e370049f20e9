"""Automatic screening of a text: what a machine can notice, so that people can look.

Pure: text in, verdict out. Distress is never blocked, held or delayed: crisis words only ever
add help and a moderator's attention, whatever else the text holds. Contact details are the
author's to reconsider when a member writes them, and wait for a moderator when a mentor does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from peer.moderation.automod import contact, crisis, harm
from peer.moderation.automod.contact import trust
from peer.moderation.automod.cues import Cues
from peer.moderation.automod.reading import Found, Reading

__all__ = ["Author", "Found", "Verdict", "screen", "trust"]

Author = Literal["member", "mentor", "staff"]
Word = Literal["allow", "nudge", "blur", "hold", "block"]
Span = tuple[int, int, str]

_CUES = Cues(contact.CUES, harm.CUES, crisis.CUES)


@dataclass(frozen=True)
class Verdict:
    """What screening says. `spans` are (from, to, category) in characters of the text as given.

    `tier` is how urgent distress looks: 0 none, 1 any mark, 2 check in, 3 urgent, 4 page on-call.
    """

    verdict: Word = "allow"
    tier: int = 0
    categories: tuple[str, ...] = ()
    spans: tuple[Span, ...] = ()
    flags: tuple[str, ...] = ()


_NOTHING = Verdict()


def screen(text: str, *, author: Author, recent: Sequence[str] = ()) -> Verdict:
    """Screen `text`; `recent` are the same author's last messages, the oldest first."""
    reading = Reading(text)
    hints = _CUES.hints(reading.text)
    found = [
        *contact.find(reading, hints),
        *harm.find(reading, hints),
        *crisis.find(reading, hints),
    ]
    found += contact.find_split(reading, hints, recent) if not _has_contact(found) else []
    if not found:
        return _NOTHING
    tier = max((each.tier for each in found), default=0)
    return Verdict(
        verdict=_verdict(found, author, tier),
        tier=tier,
        categories=tuple(sorted({each.category for each in found})),
        spans=tuple(sorted((each.start, each.end, each.category) for each in found)),
        flags=tuple(sorted({each.rule for each in found})),
    )


def _has_contact(found: Sequence[Found]) -> bool:
    return any(each.category in contact.CATEGORIES for each in found)


def _verdict(found: Sequence[Found], author: Author, tier: int) -> Word:
    """The strictest rule speaks, and distress overrules them all."""
    if tier > 0 or not found:
        return "allow"
    held = harm.HELD - harm.ASKED if author == "staff" else harm.HELD
    if any(each.category in held for each in found):
        return "hold"
    if _has_contact(found) and author != "staff":
        return "nudge" if author == "member" else "hold"
    return "allow"
