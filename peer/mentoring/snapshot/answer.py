"""From the engine's answer to what is recorded: accounts instead of keys, reasons as facts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import matching
from matching import Explanation, Pair, Problem, Solution
from matching.judge import Judge


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


@dataclass(frozen=True)
class LeftOver:
    """One mentee without a mentor, why, and what would help."""

    mentee_id: str
    reason: str
    blockers: dict[str, int]
    would_help: list[dict[str, Any]]


@dataclass(frozen=True)
class Answer:
    """A solution as it is recorded. `broken`: what the referee found; empty when all is well."""

    solution: str
    proposed: list[Proposed]
    left_over: list[LeftOver]
    broken: list[str]


def read(problem: Problem, solution: Solution, keys: Mapping[str, str]) -> Answer:
    """What a solution says about which accounts; pairs that go on are no proposals."""
    judge = Judge(problem)
    running = {row.mentee for row in problem.continuing}
    return Answer(
        solution=matching.dumps_solution(solution),
        proposed=[_proposed(judge, p, keys) for p in solution.pairs if p.mentee not in running],
        left_over=[_left_over(entry, keys) for entry in solution.unmatched],
        broken=[row.rule for row in matching.check.broken_rules(problem, solution)],
    )


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


def _left_over(entry: matching.Unmatched, keys: Mapping[str, str]) -> LeftOver:
    helps = [
        {"rule": h.rule, "mentors": h.mentors, "examples": _examples(h, keys)}
        for h in entry.would_help
    ]
    return LeftOver(keys[entry.mentee], entry.reason, dict(entry.blockers), helps)


def _examples(help_: matching.Help, keys: Mapping[str, str]) -> list[str | int]:
    """Examples that are keys of people become their accounts."""
    return [keys.get(x, x) if isinstance(x, str) else x for x in help_.examples]
