"""The referee: says whether a solution keeps every rule, from the rules alone."""

from matching.check.referee import (
    ONE_BY_ONE,
    blocking_pairs,
    broken_rules,
    lapsed,
    level,
    why_not,
)

__all__ = ["ONE_BY_ONE", "blocking_pairs", "broken_rules", "lapsed", "level", "why_not"]
