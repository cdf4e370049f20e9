"""Why: of pairs, of people without a mentor, of the round; what would be enough (``why``)."""

from matching.explain.words import (
    best_languages,
    helpful,
    lapsed,
    pair,
    shared_interests,
    solver,
    unmatched,
    why_not,
)

__all__ = [
    "best_languages",
    "helpful",
    "lapsed",
    "pair",
    "shared_interests",
    "solver",
    "unmatched",
    "why_not",
]
