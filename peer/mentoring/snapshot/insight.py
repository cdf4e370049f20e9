"""What is worked out of a solved round beyond its pairs, as plain values under opaque keys.

Of everybody without a mentor: the smallest change that would place them, who has the place they
could have had, and whom they share too few places with. Of the programme: what one more mentor
would change, why places stay free, which rule costs how many.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import matching

if TYPE_CHECKING:
    from matching import Problem, Solution
    from matching.advice import Advice
    from matching.explain.contest import Contest
    from matching.explain.hall import Circle
    from matching.explain.why import Account, Why

#: Changes that are never put before a coordinator: pairs ruled out (perhaps because one of the two
#: said so in private), and the area, which keeps people from being recognised.
NEVER = frozenset({"forbidden", "area"})
#: Seconds for reasons of people; who has not had their turn by then is told less.
PATIENCE = 60.0
#: A round that took longer to solve is not solved again twenty times for advice.
QUICK = 5.0
#: More people than this are counted, not named.
NAMED = 6

Tell = Callable[[str, float], None]


def work_out(problem: Problem, solution: Solution, tell: Tell) -> dict[str, Any]:
    """All of it; "advice" is None when the round is too large for that."""
    tell("reasons", 0.92)
    people = _people(matching.why.Why(problem, solution, NEVER), tell)
    tell("advice", 0.95)
    quick = solution.seconds <= QUICK
    found = _advice(matching.advice.advise(problem, solution, NEVER)) if quick else None
    return {"people": people, "advice": found}


def _people(why: Why, tell: Tell) -> dict[str, Any]:
    found, begun = {}, time.monotonic()
    for who, account in why.everybody():
        found[who] = _account(account)
        tell("reasons", 0.94)
        if time.monotonic() - begun > PATIENCE:
            break
    return found


def _account(account: Account) -> dict[str, Any]:
    ways = account.smallest.ways
    return {
        "size": len(ways[0].changes) if ways else 0,
        "proven": account.smallest.proven,
        "ways": [
            {
                "changes": [
                    {"rule": change.rule, "whose": change.whose, "value": change.value}
                    for change in way.changes
                ],
                "mentors": list(way.mentors[:NAMED]),
                "others": max(0, len(way.mentors) - NAMED),
                "held": way.held,
            }
            for way in ways
        ],
        "settled": account.settled,
        "now": account.now,
        "contest": None if account.contest is None else _contest(account.contest),
        "circle": None if account.circle is None else _circle(account.circle),
    }


def _contest(contest: Contest) -> dict[str, Any]:
    return {
        "mentor": contest.mentor,
        "level": contest.level,
        "threshold": contest.threshold,
        "before": contest.before,
        "after": contest.after,
        "loss": contest.loss,
        "moves": [[move.mentee, move.before, move.after] for move in contest.moves],
    }


def _circle(circle: Circle) -> dict[str, Any]:
    few = len(circle.mentees) <= NAMED
    return {
        "people": len(circle.mentees),
        "places": circle.places,
        "short": circle.short,
        "mentors": len(circle.mentors),
        "names": list(circle.mentees) if few else [],
        "with": list(circle.mentors) if len(circle.mentors) <= NAMED else [],
    }


def _advice(advice: Advice) -> dict[str, Any]:
    return {
        "free_places": advice.free_places,
        "newcomers": [
            {
                "language": gain.kind.language,
                "identity": gain.kind.identity,
                "starts": list(gain.kind.starts),
                "more": gain.more,
                "could_meet": gain.could_meet,
                "elsewhere": gain.elsewhere,
                "without": gain.without,
            }
            for gain in advice.newcomers
        ],
        "unused": [
            {
                "mentor": row.mentor,
                "places": row.places,
                "why": row.why,
                "openings": [
                    {"rule": o.change.rule, "value": o.change.value, "people": o.people}
                    for o in row.openings
                ],
            }
            for row in advice.unused
        ],
        "rules": [{"rule": cost.rule, "more": cost.more} for cost in advice.rules.rules],
        "circles": [_circle(circle) for circle in advice.circles],
    }
