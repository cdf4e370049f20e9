"""From the engine's answer to what is recorded: accounts instead of keys, reasons as facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import matching
from matching import Explanation, Pair, Problem, Solution
from matching.rules.judge import Judge
from peer.core.db import new_id

if TYPE_CHECKING:
    from matching import compare

SOLVE_SECONDS = 120.0  # for a round; what has been decided by then stands


@dataclass(frozen=True)
class Proposed:
    """One pair, with its points, the most that each part can give, and why."""

    mentee_id: str
    mentor_id: str
    start: int | None
    score: int
    parts: dict[str, int]
    most: dict[str, int]
    reasons: list[dict[str, Any]]
    chain: str | None = None
    place: int = 0


@dataclass(frozen=True)
class LeftOver:
    """One mentee without a mentor, why, and what would help."""

    mentee_id: str
    reason: str
    blockers: dict[str, int]
    would_help: list[dict[str, Any]]


@dataclass(frozen=True)
class Answer:
    """A solution as it is recorded. `broken`: what the referee found; empty when all is well.

    `moves` are the present mentors of the mentees who are proposed otherwise than they meet now.
    """

    solution: str
    proposed: list[Proposed]
    left_over: list[LeftOver]
    broken: list[str]
    moves: dict[str, str] = field(default_factory=dict)
    price: str | None = None


def read(problem: Problem, solution: Solution, keys: Mapping[str, str]) -> Answer:
    """What a solution says about which accounts; pairs that go on are no proposals."""
    judge = Judge(problem)
    running = {row.mentee: row for row in problem.continuing}
    goes_on = {(row.mentee, row.mentor, row.start) for row in problem.continuing}
    new = [p for p in solution.pairs if (p.mentee, p.mentor, p.start) not in goes_on]
    chained = _chained(problem, solution)
    return Answer(
        solution=matching.dumps_solution(solution),
        proposed=[
            replace(_proposed(judge, pair, keys), **chained.get(pair.mentee, {})) for pair in new
        ],
        moves={
            keys[pair.mentee]: keys[running[pair.mentee].mentor]
            for pair in new
            if pair.mentee in running
        },
        left_over=[_left_over(judge, entry, keys) for entry in solution.unmatched],
        broken=[row.rule for row in matching.check.broken_rules(problem, solution)],
    )


def _chained(problem: Problem, solution: Solution) -> dict[str, dict[str, Any]]:
    """Of each mentee whose proposal comes about with others: which chain, and its place in it."""
    found = {}
    for chain in chains_of(problem, solution):
        mark = new_id()
        for place, change in enumerate(chain.changes):
            found[change.mentee] = {"chain": mark, "place": place}
    return found


def chains_of(problem: Problem, solution: Solution) -> tuple[compare.Chain, ...]:
    """Who moves so that whom gets a place, beside the pairs that meet now."""
    now = [Pair(row.mentee, row.mentor, row.start, 0, {}) for row in problem.continuing]
    return matching.compare.chains(problem, now, solution.pairs)


def _proposed(judge: Judge, pair: Pair, keys: Mapping[str, str]) -> Proposed:
    reasons = [_plain(each) for each in matching.explain.pair(judge, pair)]
    most = {each["code"]: each["facts"]["most"] for each in reasons if "most" in each["facts"]}
    return Proposed(
        mentee_id=keys[pair.mentee],
        mentor_id=keys[pair.mentor],
        start=pair.start,
        score=pair.score,
        parts=dict(pair.parts),
        most=most,
        reasons=reasons,
    )


def _plain(reason: Explanation) -> dict[str, Any]:
    facts = {k: list(v) if isinstance(v, tuple) else v for k, v in reason.facts.items()}
    return {"code": reason.code, "facts": facts}


def _left_over(judge: Judge, entry: matching.Unmatched, keys: Mapping[str, str]) -> LeftOver:
    helps = [
        {
            "rule": h.rule,
            "mentors": h.mentors,
            "examples": _examples(matching.explain.helpful(judge, entry.mentee, h), keys),
        }
        for h in entry.would_help
    ]
    return LeftOver(keys[entry.mentee], entry.reason, dict(entry.blockers), helps)


def _examples(examples: Iterable[str | int], keys: Mapping[str, str]) -> list[str | int]:
    """Examples that are keys of people become their accounts."""
    return [keys.get(x, x) if isinstance(x, str) else x for x in examples]
