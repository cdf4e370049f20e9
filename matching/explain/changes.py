"""What could be changed so that two people may meet, and the problem as it would be then.

A change takes one obstacle out of the way: an hour more, a language, a wider choice, a topic, one
place more. It is on the mentee's side, on the mentor's, or on the round's (a ruled-out pair, the
floor, a rule between several people). That somebody avoids somebody is never among them.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from matching.explain.change import OF_SEVERAL, Change, Changes
from matching.explain.lifting import lifted
from matching.problem import GivenPair, Link, Mentee, Mentor, Problem, Side
from matching.rules.judge import SPEAKS, Judge

#: Hours that a mentor could add are alike; so many are named.
HOURS_NAMED = 3


#: What changes a score as well.
SCORED = ("no_language", "no_time", "floor")
#: One more place with the mentor.
PLACE = Change("no_capacity", "mentor")


def ways_between(judge: Judge, mentee: Mentee, mentor: Mentor) -> Iterator[Changes]:
    """Every set of changes that takes all obstacles between the two away, none to spare.

    Nothing when one of them avoids the other, or when the pair is not among the given ones. All
    sets are of one size, but for a floor that some of them may clear.
    """
    problem, rules = judge.problem, set(judge.why_not(mentee.id, mentor.id)) - {"floor"}
    if "avoided" in rules:
        return
    if problem.pairs is not None and (mentee.id, mentor.id) not in (judge.given or {}):
        return
    options = [
        option for rule in sorted(rules) for option in _options(problem, rule, mentee, mentor)
    ]
    if any(not option for option in options):
        return
    for changes in product(*options):
        yield (*changes, *_floor(problem, mentee, mentor, changes))


def _options(
    problem: Problem, rule: str, mentee: Mentee, mentor: Mentor
) -> list[tuple[Change, ...]]:
    """Of each obstacle that a rule puts up, the changes of which one is enough."""
    match rule:
        case "no_language":
            return [_languages(mentee, mentor)]
        case "no_time":
            return [_hours(problem, mentee, mentor)]
        case "identity":
            return _identities(mentee, mentor)
        case "topics":
            shared = sorted(set(mentee.topics) & set(mentor.declines))
            return [
                (Change("topics", "mentor", topic), Change("topics", "mentee", topic))
                for topic in shared
            ]
        case "area":
            return [(Change("area", "mentee", mentee.area),)]
        case "forbidden":
            return [(Change("forbidden", "round"),)]
    return [(PLACE,)]


def _languages(mentee: Mentee, mentor: Mentor) -> tuple[Change, ...]:
    def spoken(person: Mentee | Mentor) -> list[str]:
        return sorted(x for x, level in person.languages.items() if level >= SPEAKS)

    mine = [Change("no_language", "mentee", language) for language in spoken(mentor)]
    return (*mine, *(Change("no_language", "mentor", language) for language in spoken(mentee)))


def _hours(problem: Problem, mentee: Mentee, mentor: Mentor) -> tuple[Change, ...]:
    mine = [Change("no_time", "mentee", start) for start in sorted(mentor.starts)]
    cells, meeting = problem.grid.cells, problem.grid.meeting_cells
    free = set(mentee.free)
    theirs = [
        start
        for start in sorted(free)
        if all((start + step) % cells in free for step in range(meeting))
        and all(meeting <= (start - other) % cells <= cells - meeting for other in mentor.starts)
    ]
    return (*mine, *(Change("no_time", "mentor", start) for start in theirs[:HOURS_NAMED]))


def hours_more(problem: Problem, mentee: Mentee, mentor: Mentor) -> tuple[Change, ...]:
    """One more hour for two who fit already: those they have may be somebody's."""
    if problem.timeless:
        return ()
    common = set(starts_after(problem, mentee, mentor, ()))
    return tuple(c for c in _hours(problem, mentee, mentor) if c.value not in common)


def _identities(mentee: Mentee, mentor: Mentor) -> list[tuple[Change, ...]]:
    needed: list[tuple[Change, ...]] = []
    if mentee.accepts is not None and mentor.identity not in mentee.accepts:
        needed.append((Change("identity", "mentee", mentor.identity),))
    if mentor.accepts is not None and mentee.identity not in mentor.accepts:
        needed.append((Change("identity", "mentor", mentee.identity),))
    return needed


def _floor(problem: Problem, mentee: Mentee, mentor: Mentor, changes: Changes) -> Changes:
    """A lower floor, if the two are still under it."""
    if not problem.floor:
        return ()
    score = score_after(problem, mentee, mentor, changes)
    return () if score >= problem.floor else (Change("floor", "round", score),)


def score_after(problem: Problem, mentee: Mentee, mentor: Mentor, changes: Changes) -> int:
    """The score of the two after the changes."""
    two = _two_alone(problem, mentee, mentor)
    return Judge(changed(two, mentee.id, mentor.id, changes)).score(mentee.id, mentor.id)


def _two_alone(problem: Problem, mentee: Mentee, mentor: Mentor) -> Problem:
    given = None
    if problem.pairs is not None:
        pairs = [x for x in problem.pairs if (x.mentee, x.mentor) == (mentee.id, mentor.id)]
        given = tuple(pairs) or (GivenPair(mentee.id, mentor.id, 0),)
    return replace(
        problem,
        mentees=(mentee,),
        mentors=(mentor,),
        continuing=(),
        pins=(),
        forbids=(),
        side=Side(),
        pairs=given,
    )


def starts_after(
    problem: Problem, mentee: Mentee, mentor: Mentor, changes: Changes
) -> tuple[int, ...]:
    """The common starts of the two after the changes, ascending."""
    if problem.timeless:
        return ()
    mentee, mentor = _mentee(problem, mentee, changes), _mentor(mentor, changes)
    free, grid = set(mentee.free), problem.grid
    return tuple(
        start
        for start in sorted(mentor.starts)
        if all((start + step) % grid.cells in free for step in range(grid.meeting_cells))
    )


def held(changes: Changes) -> bool:
    """Whether the pair is pinned in the changed problem.

    What changes on the mentee's side, or for these two alone, concerns nobody else. A change on
    the mentor's side, of the floor, or of a rule between several people is asked for this one
    mentee's sake: so the two are held.
    """
    return any(c.whose == "mentor" or c.rule in ("floor", *OF_SEVERAL) for c in changes)


def changed(problem: Problem, mentee_id: str, mentor_id: str, changes: Changes) -> Problem:
    """The problem after the changes; with the pair pinned where ``held`` says so."""
    rules = {change.rule for change in changes}
    floors = [change.value for change in changes if change.rule == "floor"]
    link = Link(mentee_id, mentor_id)
    return replace(
        problem,
        mentees=tuple(
            _mentee(problem, e, changes) if e.id == mentee_id else e for e in problem.mentees
        ),
        mentors=tuple(_mentor(m, changes) if m.id == mentor_id else m for m in problem.mentors),
        forbids=tuple(x for x in problem.forbids if "forbidden" not in rules or x != link),
        floor=min([problem.floor, *(floor for floor in floors if isinstance(floor, int))]),
        pins=(*problem.pins, link) if held(changes) else problem.pins,
        side=lifted(problem, mentee_id, changes),
    )


def _mentee(problem: Problem, mentee: Mentee, changes: Changes) -> Mentee:
    """The mentee after those of the changes that are theirs."""
    for change in changes:
        if change.whose != "mentee":
            continue
        value = change.value
        match change.rule:
            case "no_language":
                level = max(SPEAKS, mentee.languages.get(str(value), 0))
                mentee = replace(mentee, languages={**mentee.languages, str(value): level})
            case "no_time":
                steps = range(problem.grid.meeting_cells)
                hour = {(int(value or 0) + step) % problem.grid.cells for step in steps}
                mentee = replace(mentee, free=tuple(sorted({*mentee.free, *hour})))
            case "identity":
                mentee = replace(mentee, accepts=_accepting(mentee.accepts, value))
            case "topics":
                mentee = replace(mentee, topics=tuple(x for x in mentee.topics if x != value))
            case "area":
                mentee = replace(mentee, area=None)
    return mentee


def _mentor(mentor: Mentor, changes: Changes) -> Mentor:
    """The mentor after those of the changes that are theirs."""
    for change in changes:
        if change.whose != "mentor":
            continue
        value = change.value
        match change.rule:
            case "no_language":
                level = max(SPEAKS, mentor.languages.get(str(value), 0))
                mentor = replace(mentor, languages={**mentor.languages, str(value): level})
            case "no_time":
                mentor = replace(mentor, starts=tuple(sorted({*mentor.starts, int(value or 0)})))
            case "identity":
                mentor = replace(mentor, accepts=_accepting(mentor.accepts, value))
            case "topics":
                mentor = replace(mentor, declines=tuple(x for x in mentor.declines if x != value))
            case "no_capacity":
                mentor = replace(mentor, capacity=mentor.capacity + 1)
            case "high_need":
                mentor = replace(mentor, max_high_need=(mentor.max_high_need or 0) + 1)
    return mentor


def _accepting(
    accepts: tuple[str, ...] | None, identity: str | int | None
) -> tuple[str, ...] | None:
    """A choice widened by one identity; by everybody when the other has not said theirs."""
    return None if accepts is None or identity is None else (*accepts, str(identity))
