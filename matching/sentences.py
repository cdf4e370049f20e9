"""What is known of somebody without a mentor, in English sentences with the facts behind them.

Every sentence says what was worked out and no more. Who avoids whom is in none of them.
"""

from collections.abc import Iterator

from matching.changes import Change
from matching.contest import Contest, Weighed
from matching.explain import clock, joined
from matching.hall import Circle
from matching.problem import Explanation, Problem
from matching.whatif import MOST, Smallest, Way
from matching.why import Account

#: More people than this are counted, not named.
NAMED = 6
_MINE = {
    "no_language": "they spoke {value} well enough to talk (level 2)",
    "no_time": "they could meet on {value}",
    "identity": "they would meet somebody whose identity is {value}",
    "topics": "they left the topic {value} out",
    "area": "they would meet somebody of their own area, {value}",
}
_THEIRS = {
    "no_language": "spoke {value} well enough to talk (level 2)",
    "no_time": "could meet on {value}",
    "identity": "would meet somebody whose identity is {value}",
    "topics": "were open to the topic {value}",
    "no_capacity": "had one place more",
}
_LEVELS = {
    "matched": "sum of priorities of people with a mentor",
    "worst": "score of the pair that fits least",
    "levels": "pairs under each threshold",
    "total": "sum of all scores",
    "disruption": "continuing pairs broken up",
    "stable": "pairs who would rather meet each other",
}


def account(problem: Problem, known: Account) -> Iterator[Explanation]:
    """All of it, the smallest change first."""
    yield from smallest(problem, known.smallest)
    if known.contest is not None:
        yield contested(known.contest)
    if known.settled:
        text = "Every place with a mentor who fits belongs to a pair that goes on or is pinned."
        yield Explanation("settled", {}, text)
    if known.levels is not None and known.contest is not None:
        yield levels(known.contest, known.levels)
    if known.circle is not None:
        yield circle(known.circle)


def smallest(problem: Problem, found: Smallest) -> Iterator[Explanation]:
    """How much would have to change, then each way."""
    if not found.ways:
        yield _no_way(found)
        return
    size = len(found.ways[0].changes)
    sure = "is enough" if found.proven else "is enough; not everything was tried"
    text = f"One change {sure}:"
    if size > 1:
        text = f"{size} changes together are enough; fewer of the kinds that are tried are not:"
    if not found.proven and size > 1:
        text = f"{size} changes together are enough; not everything was tried:"
    yield Explanation("smallest", {"changes": size, "proven": int(found.proven)}, text)
    for way in found.ways:
        yield _way(problem, way)
    yield Explanation(
        "promise",
        {},
        "In any such round, solved anew, they have a mentor, and one person more has than now.",
    )


def _no_way(found: Smallest) -> Explanation:
    text = (
        f"Up to {MOST} changes, on their side and one mentor's, were tried; none places them. "
        "(Not tried: more hours with a mentor who fits, and rules between mentees.)"
        if found.proven
        else "What would place them was not worked out; ask about this person alone."
    )
    return Explanation("smallest", {"changes": None, "proven": int(found.proven)}, text)


def _way(problem: Problem, way: Way) -> Explanation:
    mine = [_said(problem, change, _MINE) for change in way.changes if change.whose == "mentee"]
    theirs = [_said(problem, change, _THEIRS) for change in way.changes if change.whose == "mentor"]
    who = _some(way.mentors, "or")
    parts = mine + ([f"{who} {joined(theirs)}"] if theirs else [])
    for change in way.changes:
        if change.rule == "forbidden":
            parts.append(f"the pair with {who} were not ruled out")
        elif change.rule == "floor":
            parts.append(f"the floor were {change.value}")
    held = ", and the two were held together" if way.held else ""
    whom = "" if theirs or "forbidden" in [c.rule for c in way.changes] else f" (with {who})"
    facts: dict[str, int | tuple[str, ...]] = {
        "rules": tuple(change.rule for change in way.changes),
        "whose": tuple(change.whose for change in way.changes),
        "values": tuple("" if c.value is None else str(c.value) for c in way.changes),
        "mentors": way.mentors,
        "held": int(way.held),
    }
    return Explanation("way", facts, f"- if {joined(parts)}{held}{whom}.")


def _said(problem: Problem, change: Change, words: dict[str, str]) -> str:
    value = change.value
    if change.rule == "no_time":
        value = clock(problem.grid, int(value or 0))
    elif change.rule == "identity" and value is None:
        value = "not said"
    return words[change.rule].format(value=value)


def contested(found: Contest) -> Explanation:
    """Who has the place, what would happen otherwise, and which level that makes worse."""
    facts = {
        "mentor": found.mentor,
        "level": found.level,
        "threshold": found.threshold,
        "before": found.before,
        "after": found.after,
        "loss": found.loss,
        "mentees": tuple(move.mentee for move in found.moves),
        "mentors": tuple(move.after or "" for move in found.moves),
    }
    chain = joined([_moved(move.mentee, move.before, move.after) for move in found.moves[1:]])
    then = f"Had they met {found.mentor}, {chain or 'it would have been a place less'}"
    return Explanation("contested_by", facts, f"{then}, and {_worse(found)}.")


def _moved(mentee: str, before: str | None, after: str | None) -> str:
    if after is None:
        return f"{mentee} would be without a mentor"
    if after == before:
        return f"{mentee} would meet {after} at another time"
    return f"{mentee} would meet {after} instead of {before}"


def _worse(found: Contest) -> str:
    match found.level:
        case "matched":
            return (
                f"people of a higher priority would be without (the level matched falls from "
                f"{found.before} to {found.after})"
            )
        case "worst":
            return f"the pair that fits least would score {found.after} instead of {found.before}"
        case "levels":
            more = "one pair more" if found.loss == 1 else f"{found.loss} pairs more"
            return (
                f"{more} would score under {found.threshold} "
                f"({found.after} instead of {found.before})"
            )
        case "total":
            points = "1 point" if found.loss == 1 else f"{found.loss} points"
            return f"the round would come to {points} less in all"
        case "disruption":
            return f"{found.after} continuing pairs would be broken up instead of {found.before}"
    return "nothing would be worse or better: the seed decided between equals"


def levels(found: Contest, weighed: tuple[Weighed, ...]) -> Explanation:
    """Every level now and in the best round with the two held together."""
    rows = [f"{_LEVELS[row.name]}: {_figure(row.now)} / {_figure(row.then)}" for row in weighed]
    facts = {
        "names": tuple(row.name for row in weighed),
        "now": tuple(_figure(row.now) for row in weighed),
        "then": tuple(_figure(row.then) for row in weighed),
    }
    text = f"Now / in the best round with {found.mentor} for them: {'; '.join(rows)}."
    return Explanation("weighed", facts, text)


def _figure(value: int | tuple[int, ...] | None) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return "none" if value is None else str(value)


def circle(found: Circle) -> Explanation:
    """The people who share too few places."""
    facts = {
        "mentees": len(found.mentees),
        "without": len(found.without),
        "places": found.places,
        "mentors": len(found.mentors),
        "hours": found.hours,
    }
    people = (
        joined(list(found.mentees))
        if len(found.mentees) <= NAMED
        else f"{len(found.mentees)} people, of whom this is one,"
    )
    places = "1 place" if found.places == 1 else f"{found.places} places"
    there = f"{places} for {len(found.mentees)} people"
    if not found.places:
        there = "every place there is held by pairs that go on or are pinned"
    text = f"{people} can only meet {_some(found.mentors, 'and')}: {there}."
    return Explanation("circle", facts, text)


def _some(people: tuple[str, ...], word: str) -> str:
    """Some names, or how many there are."""
    if len(people) > NAMED:
        first = ", ".join(people[:3])
        others = f"{len(people) - 3} others"
        return f"{first} {word} any of {others}" if word == "or" else f"{first} and {others}"
    if len(people) < 2:
        return "".join(people)
    return f"{', '.join(people[:-1])} {word} {people[-1]}"
