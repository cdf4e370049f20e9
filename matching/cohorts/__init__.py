"""Forms peer groups, exactly and explainably. Knows nothing of the site.

The whole interface::

    problem = Problem(people=(Person(id="p1", ...), ...), facilitators=(Facilitator(...), ...))
    problem = loads(text_or_bytes)            # FileFaultsError(.faults: path, message)
    text = dumps(problem)                     # canonical JSON; digest(problem) is its sha256
    solution = solve(problem, seed=0, time_limit=None, progress=None)
        # progress(stage: str, fraction: float from 0 to 1); FileFaultsError as above
        # solution.groups[k]: facilitators, start, language, theme, members (person, fit, parts)
        # solution.unplaced[k]: person, reason, blockers {rule: count}, short, would_help
    text = dumps_solution(solution); solution = loads_solution(text)

    check.broken_rules(problem, solution) -> list[BrokenRule]       # empty: all is well
    check.why_not(problem, person_id, session) -> tuple[str, ...]   # rule codes; () can come
    explain.group(problem, group) -> tuple[Explanation, ...]        # code, facts, text
    explain.member(problem, group, member) -> tuple[Explanation, ...]
    explain.unplaced(problem, solution, entry) -> tuple[Explanation, ...]
    generate.problem(people=60, facilitators=8, seed=1) -> Problem

OR-Tools is loaded when something is solved, not when this package is imported.
"""

from matching.cohorts import check, explain, generate
from matching.cohorts.codec import digest, dumps, dumps_solution, loads, loads_solution
from matching.cohorts.problem import (
    GROUP_RULES,
    OBJECTIVES,
    PARTS,
    REASONS,
    RULES,
    Change,
    Facilitator,
    Group,
    Help,
    Member,
    Person,
    Pin,
    Problem,
    Rules,
    Solution,
    Unplaced,
    Weights,
)
from matching.cohorts.rules import Session
from matching.cohorts.solve import solve
from matching.problem import BrokenRule, Explanation, Fault, FileFaultsError, Grid, Level

__all__ = [
    "GROUP_RULES",
    "OBJECTIVES",
    "PARTS",
    "REASONS",
    "RULES",
    "BrokenRule",
    "Change",
    "Explanation",
    "Facilitator",
    "Fault",
    "FileFaultsError",
    "Grid",
    "Group",
    "Help",
    "Level",
    "Member",
    "Person",
    "Pin",
    "Problem",
    "Rules",
    "Session",
    "Solution",
    "Unplaced",
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
