"""Reasons in words, and as codes with facts for whoever wants to say them in other words.

Every sentence is made from facts worked out from the problem, so none can say what is not so.
"""

from collections.abc import Iterable, Iterator

from matching.cohorts.problem import (
    Change,
    Group,
    Help,
    Member,
    Problem,
    Solution,
    Unplaced,
)
from matching.cohorts.rules import Judge, best_languages, named_themes, session_of, shares
from matching.phrases import clock, counted, joined, people
from matching.problem import Explanation
from matching.rules.judge import FLUENT

Facts = dict[str, int | str | tuple[str, ...] | tuple[int, ...] | None]

_REASONS = {
    "no_language": "most sessions that would suit are held in a language they do not speak",
    "no_time": "they are not free at the sessions that would suit otherwise",
    "theme": "the sessions that would suit otherwise are about other themes",
    "identity": "they and the facilitators who would suit ask for other identities",
    "avoided": "they may not come to the sessions that would suit otherwise",
    "pinned": "they are pinned to sessions that do not suit, or to people who can't come",
    "several": "several rules together, with no single one that stands out",
    "no_session": "no facilitator offers a session",
    "too_few": "too few others could come to any session that they could come to",
    "contested": "enough people could come to a session with them, and the groups that were found "
    "do without",
}
_COUNTED = {
    "no_language": "the language",
    "no_time": "the hour",
    "theme": "the theme",
    "identity": "identities",
    "pinned": "a pin",
}


def group(problem: Problem | Judge, group: Group) -> tuple[Explanation, ...]:
    """Why a group fits: who holds it, when, in which language, about what, and that nobody is alone.

    Give a Judge instead of the problem to ask about many groups.
    """
    judge = problem if isinstance(problem, Judge) else Judge(problem)
    members = [member.person for member in group.members]
    return (
        _hour(judge, group, members),
        _language(judge, group, members),
        _theme(judge, group, members),
        _size(judge, group),
        *_company(judge, group, members),
        *_pins(judge, members),
    )


def _hour(judge: Judge, group: Group, members: list[str]) -> Explanation:
    spread = judge.spread(members)
    when = clock(judge.problem.grid, group.start)
    far = f", over time zones up to {counted(spread, 'minute')} apart" if spread else ""
    text = f"All {people(len(members))} and {_and(group.facilitators)} are free at {when}{far}."
    facts: Facts = {"start": group.start, "spread": spread, "facilitators": group.facilitators}
    return Explanation("hour", facts, text)


def _language(judge: Judge, group: Group, members: list[str]) -> Explanation:
    levels = [judge.people[who].languages[group.language] for who in members]
    fluent = sum(level >= FLUENT for level in levels)
    text = f"Everybody speaks {group.language} at level 2 or more, {fluent} of them fluently."
    return Explanation("language", {"language": group.language, "fluent": fluent}, text)


def _theme(judge: Judge, group: Group, members: list[str]) -> Explanation:
    if group.theme is None:
        return Explanation("theme", {"theme": None, "asked": 0}, "Nobody asked for a theme.")
    asked = sum(group.theme in named_themes(judge.people[who]) for who in members)
    rest = len(members) - asked
    others = f"; {rest} would take any theme" if rest else ""
    text = f"{asked} of {len(members)} asked for {group.theme}{others}."
    return Explanation("theme", {"theme": group.theme, "asked": asked}, text)


def _size(judge: Judge, group: Group) -> Explanation:
    rules, size = judge.problem.rules, len(group.members)
    left = rules.max_size - size
    places = "no place is left" if not left else f"{left} more could join"
    text = f"It has {people(size)} of {rules.min_size} to {rules.max_size}; {places}."
    return Explanation("size", {"size": size, "left": left}, text)


def _company(judge: Judge, group: Group, members: list[str]) -> Iterator[Explanation]:
    for who in members:
        if judge.needs_language_company(who, group.language):
            beside = tuple(o for o in members if o != who and judge.speaks_with(who, o))
            codes = tuple(sorted(best_languages(judge.people[who])))
            text = f"{who} is at home in {_and(codes)}, which {_and(beside)} can speak with them."
            yield Explanation("company_in_language", {"person": who, "beside": beside}, text)
    asked = tuple(who for who in members if not judge.people[who].alone_in_identity)
    if asked:
        text = (
            f"{_and(asked)} asked not to be the only one of their identity, and {_are(asked)} not."
        )
        yield Explanation("company_in_identity", {"people": asked}, text)


def _are(people: tuple[str, ...]) -> str:
    return "is" if len(people) == 1 else "are"


def _pins(judge: Judge, members: list[str]) -> Iterator[Explanation]:
    for pin in judge.problem.pins:
        if pin.people[0] in members:
            text = f"A coordinator asked for {_and(pin.people)} in this group."
            if len(pin.people) > 1:
                text = f"A coordinator asked to keep {_and(pin.people)} together."
            yield Explanation("pinned", {"people": pin.people}, text)


def member(problem: Problem | Judge, group: Group, member: Member) -> tuple[Explanation, ...]:
    """The points of each part of a member's fit, and what they stand for."""
    judge = problem if isinstance(problem, Judge) else Judge(problem)
    person, most = judge.people[member.person], shares(judge.problem)
    level = person.themes.get(group.theme or "", 0)
    theme = f"They asked for {group.theme} at level {level}" if level else "They named no theme"
    spoken = person.languages[group.language]
    words = {"theme": theme, "language": f"They speak {group.language} at level {spoken}"}
    return tuple(
        Explanation(
            name,
            {"points": points, "most": most[name]},
            f"{words[name]} ({points} of {most[name]} points).",
        )
        for name, points in member.parts.items()
        if most[name]
    )


def unplaced(
    problem: Problem | Judge, solution: Solution, entry: Unplaced
) -> tuple[Explanation, ...]:
    """Why a person has no group, the rules counted, then each change that would make room."""
    judge = problem if isinstance(problem, Judge) else Judge(problem)
    found = [Explanation(entry.reason, {"short": entry.short}, _why(entry))]
    # Whom somebody avoids is counted nowhere: where there are few sessions, it would name them.
    told = {rule: count for rule, count in entry.blockers.items() if rule != "avoided"}
    if told:
        most_first = sorted(told.items(), key=lambda each: (-each[1], each[0]))
        sessions = len(judge.sessions)
        words = [f"{_COUNTED[rule]} alone rules out {count}" for rule, count in most_first]
        text = f"Of {counted(sessions, 'possible session')} {_and(words)}."
        found.append(Explanation("blockers", dict(most_first), text))
    return (*found, *(_would_help(judge, solution, help_) for help_ in entry.would_help))


def _why(entry: Unplaced) -> str:
    missing = ""
    if entry.short:
        more = counted(entry.short, "more person is", "more people are")
        missing = f" ({more} needed in the nearest one)"
    return f"Not placed: {_REASONS[entry.reason]}{missing}."


def _would_help(judge: Judge, solution: Solution, help_: Help) -> Explanation:
    group = solution.groups[help_.group]
    changes = _and([_change(judge, change) for change in help_.changes]) or "nothing more"
    when = clock(judge.problem.grid, group.start)
    about = f" on {group.theme}" if group.theme else ""
    text = f"It would take {changes} to join the group in {group.language}{about} at {when}."
    facts: Facts = {
        "group": help_.group,
        "rules": tuple(change.rule for change in help_.changes),
        "values": tuple(str(change.value) for change in help_.changes),
    }
    return Explanation("would_help", facts, text)


def _change(judge: Judge, change: Change) -> str:
    match change.rule:
        case "no_time":
            return f"being free at {clock(judge.problem.grid, int(change.value or 0))}"
        case "no_language":
            return f"speaking {change.value} at level 2"
        case "theme":
            return "naming no theme" if change.value is None else f"being open to {change.value}"
        case "identity":
            return f"accepting the identity {change.value}"
        case "spread":
            return f"allowing time zones {counted(int(change.value or 0), 'minute')} apart"
        case "size":
            return f"groups of up to {people(int(change.value or 0))}"
        case "alone_in_language":
            return "not minding to be the only one with their best language"
    return "not minding to be the only one of their identity"


# Sessions by themselves.


def why_not(problem: Problem, person_id: str, group: Group) -> tuple[Explanation, ...]:
    """Every rule that keeps a person from a group's session; empty when they could come."""
    judge = Judge(problem)
    words = {
        "no_language": f"They do not speak {group.language} at level 2 or more",
        "no_time": f"They are not free at {clock(problem.grid, group.start)}",
        "theme": f"They did not ask for {group.theme}",
        "identity": "They or a facilitator asked for another identity",
        "avoided": "They may not come to it",
        "pinned": "A coordinator asked for something else",
    }
    return tuple(
        Explanation(rule, {}, f"{words[rule]}.")
        for rule in judge.why_not(person_id, session_of(group))
    )


def _and(words: Iterable[str]) -> str:
    return joined(list(words))
