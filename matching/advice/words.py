"""Advice for a programme in English sentences, with the facts behind them."""

from collections.abc import Iterator

from matching.advice.newcomer import Gain
from matching.advice.programme import Advice
from matching.advice.relaxed import RuleCost, RuleCosts
from matching.advice.unused import Unused
from matching.explain.change import Change
from matching.explain.hall import Circle
from matching.phrases import clock, counted, joined, people
from matching.problem import Explanation, Grid, Problem

#: Where one of the two rounds that are compared is not proven to be the best.
FOUND = ", as far as was found in the time there was"
_WITHOUT = {
    "no_capacity": "If every mentor had a place for each of their hours",
    "no_time": "If every hour that a mentor offers suited every mentee",
    "no_language": "If all spoke one language well enough to talk",
    "identity": "If nobody asked for an identity",
    "topics": "If no mentor declined a topic",
    "area": "If people of one area could meet",
    "floor": "Without the floor",
    "apart": "If all could share a mentor",
    "high_need": "If no mentor had a limit for high need",
    "group": "If one mentor could have any number of a group",
    "minimum": "If no group had to have so many with a mentor",
    "team": "If supervisors' teams had no limit",
}
_WHY = {
    "no_language": "language",
    "no_time": "time",
    "identity": "identity",
    "topics": "topics",
    "area": "area",
    "no_capacity": "places",
    "floor": "the floor",
    "unlisted": "not among the file's pairs",
    "hour_taken": "their common hours are somebody's already",
    "together": "a rule between several people, as the round is",
    "left_out": "nothing (they could come; the round does without the pair)",
    "several": "several at once, or what is not told",
}
_OPENS = {
    "no_language": "spoke {value}",
    "no_time": "could also meet on {value}",
    "identity": "would also meet somebody whose identity is {value}",
    "topics": "were open to the topic {value}",
}


def sentences(problem: Problem, advice: Advice) -> Iterator[Explanation]:
    """All of it: the sum of it, newcomers, free places, rules, circles."""
    grid = problem.grid
    facts = {"without": advice.without, "free_places": advice.free_places}
    yield Explanation(
        "state",
        facts,
        f"{people(advice.without)} without a mentor; {_places(advice.free_places)} free.",
    )
    yield from (newcomer(problem, gain) for gain in advice.newcomers)
    for row in advice.unused:
        yield unused(row)
        yield from openings(grid, row)
    yield from rules(advice.rules)
    yield from (circle(each) for each in advice.circles)


def newcomer(problem: Problem, gain: Gain) -> Explanation:
    """What one more mentor of a kind would change."""
    kind = gain.kind
    facts: dict[str, int | str | tuple[int, ...] | None] = {
        "language": kind.language,
        "identity": kind.identity,
        "starts": () if problem.timeless else kind.starts,
        "places": len(kind.starts),
        "more": gain.more,
        "could_meet": gain.could_meet,
        "elsewhere": gain.elsewhere,
        "without": gain.without,
        "proven": int(gain.proven),
    }
    identity = "" if kind.identity is None else f" ({kind.identity})"
    hours = joined([clock(problem.grid, start) for start in kind.starts])
    offers = _places(len(kind.starts)) if problem.timeless else f"a place each on {hours}"
    text = (
        f"One more mentor{identity} who speaks {kind.language}, with {offers}: "
        f"{_more_people(gain.more)} would have a mentor ({people(gain.could_meet)} without one "
        f"could come); {people(gain.elsewhere)} would meet another mentor than "
        f"now{_lost(gain)}{'' if gain.proven else FOUND}."
    )
    return Explanation("newcomer", facts, text)


def _lost(gain: Gain) -> str:
    if gain.without:
        return f", {people(gain.without)} would have none any more and others instead"
    return ""


def unused(row: Unused) -> Explanation:
    """A mentor's free places, and how many are kept from them by what."""
    reasons = joined([f"{_WHY[rule]} {count}" for rule, count in row.why.items()])
    text = f"{row.mentor}: {_places(row.places)} free."
    if reasons:
        text += f" People without a mentor are kept away by: {reasons}."
    facts: dict[str, int | str] = {
        "mentor": row.mentor,
        "places": row.places,
        **{f"why_{rule}": count for rule, count in row.why.items()},
    }
    return Explanation("unused", facts, text)


def openings(grid: Grid, row: Unused) -> Iterator[Explanation]:
    """What of the mentor would have a place used."""
    for opening in row.openings:
        change = opening.change
        facts: dict[str, int | str | None] = {
            "mentor": row.mentor,
            "rule": change.rule,
            "value": change.value,
            "people": opening.people,
        }
        text = (
            f"- One more person would have a mentor if {row.mentor} {_opens(grid, change)} "
            f"({people(opening.people)} without one could come)."
        )
        yield Explanation("opening", facts, text)


def _opens(grid: Grid, change: Change) -> str:
    value = clock(grid, int(change.value or 0)) if change.rule == "no_time" else change.value
    return _OPENS[change.rule].format(value="not said" if value is None else value)


def rules(costs: RuleCosts) -> Iterator[Explanation]:
    """What each rule costs, and that some are not to be lifted."""
    for cost in costs.rules:
        facts: dict[str, int | str] = {
            "rule": cost.rule,
            "more": cost.more,
            "proven": int(cost.proven),
            "pairs": cost.pairs,
        }
        sure = "" if cost.proven else FOUND
        yield Explanation("rule", facts, f"{_WITHOUT[cost.rule]}, {_more(cost)}{sure}.")
    if costs.kept_apart:
        yield Explanation(
            "kept_apart",
            {"pairs": costs.kept_apart},
            f"{counted(costs.kept_apart, 'more pair')} would fit but avoid each other or are ruled "
            "out. That stays as it is.",
        )


def _more(cost: RuleCost) -> str:
    if not cost.more:
        return "nobody more would have a mentor"
    return f"{_more_people(cost.more)} would have a mentor"


def circle(found: Circle) -> Explanation:
    """People who share too few places."""
    text = (
        "Apart from places that go on or are pinned, "
        f"{people(len(found.mentees))} can only be placed with "
        f"{counted(len(found.mentors), 'mentor')}, with {_places(found.places)} for them: "
        f"{found.short} {'stays' if found.short == 1 else 'stay'} without whatever is decided."
    )
    return Explanation("circle", found.counts, text)


def _more_people(count: int) -> str:
    return counted(count, "more person", "more people")


def _places(count: int) -> str:
    return counted(count, "place")
