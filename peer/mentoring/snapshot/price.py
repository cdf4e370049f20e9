"""What it would cost running pairs that more people get a mentor, as it is kept with a round."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from time import monotonic
from typing import TYPE_CHECKING, Any

import matching
from matching import Problem, Rung
from peer.mentoring.snapshot.answer import chains_of

if TYPE_CHECKING:
    from matching.price.compare import Change

#: Steps of the ladder of which it is kept who would move.
TOLD = 6


@dataclass(frozen=True)
class Step:
    """Somebody in a chain: from whom and when (None: has nobody), to whom and when."""

    mentee: str
    kind: str
    mentor_before: str | None
    start_before: int | None
    mentor_after: str
    start_after: int | None


@dataclass(frozen=True)
class Offer:
    """`more` people get a mentor if `changes` running pairs change, and how: chain by chain."""

    changes: int
    more: int
    chains: list[list[Step]]


def price(problem: Problem, seed: int, seconds: float) -> str | None:
    """The offers of a round as JSON, under the keys of its problem; None when there are none.

    When the time is over, the offers that are known by then.
    """
    end = monotonic() + seconds
    rungs = [rung for rung in matching.price.ladder(problem, seed, seconds) if rung.changes]
    found: list[dict[str, Any]] = []
    for rung in _some(rungs):
        left = end - monotonic()
        if left > 0:
            found.append(asdict(_offer(problem, rung, seed, left)))
    return json.dumps(found) if found else None


def _some(rungs: list[Rung]) -> list[Rung]:
    """The first, the last, and some between them, evenly."""
    if len(rungs) <= TOLD:
        return rungs
    last = len(rungs) - 1
    return [rungs[last * place // (TOLD - 1)] for place in range(TOLD)]


def _offer(problem: Problem, rung: Rung, seed: int, seconds: float) -> Offer:
    freer = replace(problem, may_change=rung.changes)
    found = chains_of(freer, matching.solve(freer, seed, seconds))
    return Offer(rung.changes, rung.more, [[_step(each) for each in c.changes] for c in found])


def _step(change: Change) -> Step:
    after = change.after
    assert after is not None, "nobody loses their mentor"
    return Step(
        change.mentee,
        change.kind,
        change.before.mentor if change.before else None,
        change.before.start if change.before else None,
        after.mentor,
        after.start,
    )


def offers(stored: str | None, keys: Mapping[str, str]) -> list[Offer]:
    """The offers of a round by account; none of those that name somebody it no longer knows."""
    found = []
    for row in json.loads(stored or "[]"):
        chains = [[_by_account(step, keys) for step in chain] for chain in row["chains"]]
        if all(step for chain in chains for step in chain):
            steps = [[step for step in chain if step] for chain in chains]
            found.append(Offer(row["changes"], row["more"], steps))
    return found


def _by_account(step: Mapping[str, Any], keys: Mapping[str, str]) -> Step | None:
    people = {
        side: keys.get(step[side] or "") for side in ("mentee", "mentor_before", "mentor_after")
    }
    if people["mentee"] is None or people["mentor_after"] is None:
        return None
    if step["mentor_before"] and people["mentor_before"] is None:
        return None
    return Step(**{**step, **people})
