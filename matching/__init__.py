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
    check.lapsed(problem) -> tuple[Lapsed, ...]                     # continuing, not held
    explain.pair(problem, pair) -> tuple[Explanation, ...]          # code, facts, text
    explain.unmatched(problem, entry) -> tuple[Explanation, ...]
    explain.lapsed(lapsed) -> Explanation
    explain.why_not(problem, mentee_id, mentor_id) -> tuple[Explanation, ...]
    generate.problem(mentees=60, mentors=20, seed=1) -> Problem

OR-Tools is loaded when something is solved, not when this package is imported.
"""

from matching import check, explain, generate
from matching.codec import digest, dumps, dumps_solution, loads, loads_solution
from matching.engine import solve
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
    Help,
    Lapsed,
    Level,
    Link,
    Mentee,
    Mentor,
    Pair,
    Problem,
    Side,
    Solution,
    Unmatched,
    Weights,
)

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
    "Help",
    "Lapsed",
    "Level",
    "Link",
    "Mentee",
    "Mentor",
    "Pair",
    "Problem",
    "Side",
    "Solution",
    "Unmatched",
    "Weights",
    "check",
    "digest",
    "dumps",
    "dumps_solution",
    "explain",
    "generate",
    "loads",
    "loads_solution",
    "solve",
]
