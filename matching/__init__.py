"""Pairs mentees with mentors, exactly and explainably. Knows nothing of the site.

The whole interface::

    problem = Problem(mentees=(Mentee(id="e1", ...), ...), mentors=(Mentor(id="m1", ...), ...))
    problem = loads(text_or_bytes)            # FileFaultsError(.faults: path, message)
    text = dumps(problem)                     # canonical JSON; digest(problem) is its sha256
    solution = solve(problem, seed=0, time_limit=None, progress=None)
        # progress(stage: str, fraction: float from 0 to 1); FileFaultsError as above
        # solution.pairs[k]: mentee, mentor, start, score, parts
        # solution.unmatched[k]: mentee, reason, blockers {rule: count}, would_help
    text = dumps_solution(solution); solution = loads_solution(text)

    check.broken_rules(problem, solution) -> list[BrokenRule]       # empty: all is well
    check.why_not(problem, mentee, mentor) -> tuple[str, ...]       # rule codes; () eligible
    check.blocking_pairs(problem, solution) -> tuple[Link, ...]     # who would rather meet
    check.lapsed(problem) -> tuple[Lapsed, ...]                     # continuing, not held
    price.ladder(problem) -> tuple[Rung, ...]        # what more people cost running pairs
    compare.solutions(problem, before, after) -> Comparison    # who moves so that who gains
    explain.pair(problem, pair) -> tuple[Explanation, ...]          # code, facts, text
    explain.unmatched(problem, entry) -> tuple[Explanation, ...]
    explain.helpful(judge, mentee_id, help) -> tuple[str | int, ...]  # examples that open somebody
    explain.lapsed(lapsed) -> Explanation
    explain.solver(problem, solution) -> Explanation                # which solver, and why
    explain.why_not(problem, mentee_id, mentor_id) -> tuple[Explanation, ...]
    why.Why(problem, solution).person(id) -> Account        # smallest change, contest, circle
    why.Why(problem, solution).everybody() -> (id, Account) of each mentee without a mentor
    sentences.account(problem, account) -> Iterator[Explanation]
    advice.advise(problem, solution) -> Advice     # one more mentor, free places, rules' costs
    generate.problem(mentees=60, mentors=20, seed=1) -> Problem
    generate.together(problem, seed=1) -> Problem    # with acquaintances, shelters, supervisors

What computes, and numpy with it, is loaded when it is first asked for, and OR-Tools when something
is solved. Importing this package loads the plain values alone: most processes of a site need no more.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from matching.problem import (
    OBJECTIVES,
    PARTS,
    REASONS,
    RULES,
    BrokenRule,
    Continuing,
    Explanation,
    Fault,
    FileFaultsError,
    GivenPair,
    Grid,
    Group,
    Help,
    Lapsed,
    Level,
    Link,
    Mentee,
    Mentor,
    Pair,
    Problem,
    Rung,
    Side,
    Solution,
    Team,
    Unmatched,
    Weights,
)

if TYPE_CHECKING:
    from matching import advice, check, explain, generate, price
    from matching.engine import solve
    from matching.explain import sentences, why
    from matching.files.codec import digest, dumps, dumps_solution, loads, loads_solution
    from matching.price import compare

_MODULES = {
    "advice": "matching.advice",
    "check": "matching.check",
    "compare": "matching.price.compare",
    "explain": "matching.explain",
    "generate": "matching.generate",
    "price": "matching.price",
    "sentences": "matching.explain.sentences",
    "why": "matching.explain.why",
}
_FUNCTIONS = {
    "solve": "matching.engine",
    **dict.fromkeys(
        ("digest", "dumps", "dumps_solution", "loads", "loads_solution"), "matching.files.codec"
    ),
}

__all__ = [
    "OBJECTIVES",
    "PARTS",
    "REASONS",
    "RULES",
    "BrokenRule",
    "Continuing",
    "Explanation",
    "Fault",
    "FileFaultsError",
    "GivenPair",
    "Grid",
    "Group",
    "Help",
    "Lapsed",
    "Level",
    "Link",
    "Mentee",
    "Mentor",
    "Pair",
    "Problem",
    "Rung",
    "Side",
    "Solution",
    "Team",
    "Unmatched",
    "Weights",
    "advice",
    "check",
    "compare",
    "digest",
    "dumps",
    "dumps_solution",
    "explain",
    "generate",
    "loads",
    "loads_solution",
    "price",
    "sentences",
    "solve",
    "why",
]


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return import_module(_MODULES[name])
    if name in _FUNCTIONS:
        return getattr(import_module(_FUNCTIONS[name]), name)
    raise AttributeError(f"matching has no {name}")
