"""What is known of somebody without a mentor, in English sentences with the facts behind them.

Every sentence says what was worked out and no more. Who avoids whom is in none of them.
"""

from collections.abc import Iterator

from matching.explain.change import Change
from matching.explain.contest import Contest, Weighed
from matching.explain.hall import Circle
from matching.explain.standing import has_side_rules
from matching.explain.whatif import MOST, Smallest, Way
from matching.explain.why import Account
from matching.phrases import clock, counted, joined, people
from matching.problem import Explanation, Problem

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
    "high_need": "took one more person of high need",
}
_OURS = {
    "forbidden": "the pair with {who} were not ruled out",
    "floor": "the floor were {value}",
    "apart": "they and {value} need not be kept apart",
    "group": "one mentor might have one more of the group {value}",
    "team": "the team {value} might have one pair more",
}
_NOW = {
    "taken": "All who fit have no place, or no hour that suits, left for them in this round.",
    "together": "Somebody who fits has a place and an hour left; rules between several people (kept "
    "apart, high need, a group, a team) stand in the way as the round is.",
    "left_out": "Somebody who fits has a place and an hour left for them: the best round by this "
    "objective does without the pair.",
    "unproven": "Somebody who fits has a place and an hour left for them: this round does without "
    "the pair, and is not proven to be the best.",
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
    if known.now is not None:
        yield Explanation("now", {"now": known.now}, _NOW[known.now])
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
        yield _no_way(problem, found)
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
        "In any such round, solved anew, they have a mentor, and at least one person more has than "
        "now.",
    )


def _no_way(problem: Problem, found: Smallest) -> Explanation:
    text = (
        "What would place them was not found among the rounds that were solved anew; asked about "
        "alone, more of them are."
    )
    if found.proven:
        text = (
            f"Up to {MOST} changes, on their side and one mentor's, were tried, and one more hour "
            "and place with a mentor who fits; none places them."
        )
        if has_side_rules(problem):
            text += (
                " (Rules between several people were lifted with mentors who fit only, each alone "
                "and all that stand in the way.)"
            )
    return Explanation("smallest", {"changes": None, "proven": int(found.proven)}, text)


def _way(problem: Problem, way: Way) -> Explanation:
    mine = [_said(problem, change, _MINE) for change in way.changes if change.whose == "mentee"]
    theirs = [_said(problem, change, _THEIRS) for change in way.changes if change.whose == "mentor"]
    who = _some(way.mentors, "or")
    parts = mine + ([f"{who} {joined(theirs)}"] if theirs else [])
    ours = [change for change in way.changes if change.whose == "round"]
    parts += [_OURS[change.rule].format(value=change.value, who=who) for change in ours]
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
    then = f"Had they met {found.mentor}, {chain + ', and ' if chain else ''}"
    return Explanation("contested_by", facts, f"{then}{_worse(found)}.")


def _moved(mentee: str, before: str | None, after: str | None) -> str:
    if after is None:
        return f"{mentee} would be without a mentor"
    if after == before:
        return f"{mentee} would meet {after} at another time"
    return f"{mentee} would meet {after} instead of {before}"


def _worse(found: Contest) -> str:
    match found.level:
        case "matched":
            falls = f"(the level matched falls from {found.before} to {found.after})"
            if found.without is None:
                return f"fewer people, or people of a lower priority, would have a mentor {falls}"
            return f"people of a higher priority would be without {falls}"
        case "worst":
            return f"the pair that fits least would score {found.after} instead of {found.before}"
        case "levels":
            return (
                f"{counted(found.loss, 'more pair')} would score under {found.threshold} "
                f"({found.after} instead of {found.before})"
            )
        case "total":
            return f"the round would come to {counted(found.loss, 'point')} less in all"
        case "disruption":
            pairs = counted(found.after or 0, "continuing pair")
            return f"{pairs} would be broken up instead of {found.before}"
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
    who = (
        joined(list(found.mentees))
        if len(found.mentees) <= NAMED
        else f"{len(found.mentees)} people, of whom this is one,"
    )
    there = f"{counted(found.places, 'place')} for {people(len(found.mentees))}"
    if not found.places:
        there = "every place there is held by pairs that go on or are pinned"
    text = (
        f"Apart from places that go on or are pinned, {who} can only be placed with "
        f"{_some(found.mentors, 'and')}: {there}."
    )
    return Explanation("circle", found.counts, text)


def _some(names: tuple[str, ...], word: str) -> str:
    """Some names, or how many there are."""
    if len(names) > NAMED:
        first = ", ".join(names[:3])
        others = f"{len(names) - 3} others"
        return f"{first} {word} any of {others}" if word == "or" else f"{first} and {others}"
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {word} {names[-1]}"
