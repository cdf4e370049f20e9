"""Rounds small enough to look at every way of pairing people."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, product
from random import Random
from typing import Any

from hypothesis import strategies as st

from matching import (
    Continuing,
    GivenPair,
    Grid,
    Group,
    Link,
    Mentee,
    Mentor,
    Problem,
    Side,
    Team,
)
from matching.files.validity import faults
from matching.problem import OBJECTIVES
from matching.rules.judge import Judge, held

CELLS = 12
Choice = tuple[str, int | None] | None


def noor(**more: Any) -> Mentee:
    """A mentee who fits Tess."""
    usual: dict[str, Any] = {
        "id": "noor",
        "languages": {"es": 3},
        "free": (0, 1, 2, 3),
        "identity": "woman",
        "interests": {"work": 3},
    }
    return Mentee(**{**usual, **more})


def tess(**more: Any) -> Mentor:
    """A mentor with one place who fits Noor."""
    usual: dict[str, Any] = {
        "id": "tess",
        "capacity": 1,
        "languages": {"es": 3},
        "starts": (0, 2),
        "identity": "woman",
        "interests": {"work": 2},
    }
    return Mentor(**{**usual, **more})


def round_of(*people: Mentee | Mentor, **more: Any) -> Problem:
    """A round on a short week."""
    return Problem(
        mentees=tuple(person for person in people if isinstance(person, Mentee)),
        mentors=tuple(person for person in people if isinstance(person, Mentor)),
        **{"grid": Grid(CELLS, 2), **more},
    )


tags = st.sampled_from(("work", "art", "law"))
tongues = st.sampled_from(({"es": 3}, {"es": 3}, {"es": 2, "en": 3}, {"en": 3}, {"es": 1}))
identities = st.sampled_from((None, "woman", "man"))
choices = st.sampled_from((None, None, None, ("woman", "man"), ("woman",)))
areas = st.sampled_from((None, None, None, "a1", "a2"))
styles = st.dictionaries(st.sampled_from(("pace", "directness")), st.floats(0, 1))
start_sets = st.sampled_from(((0, 2, 4, 6), (), (0,), (0, 2), (1, 5), (2, 4, 8), (0, 3, 6, 9)))


def some(values: Any, most: int) -> Any:
    return st.lists(values, max_size=most, unique=True).map(tuple)


def few_of(ids: tuple[str, ...]) -> Any:
    return some(st.sampled_from(ids), 1) if ids else st.just(())


@st.composite
def mentees(draw: Any, who: str, mentor_ids: tuple[str, ...]) -> Mentee:
    first, length = draw(st.integers(0, CELLS - 1)), draw(st.sampled_from((12, 9, 7, 4, 2, 0)))
    return Mentee(
        id=who,
        languages=draw(tongues),
        free=tuple((first + step) % CELLS for step in range(length)),
        identity=draw(identities),
        accepts=draw(choices),
        topics=draw(some(tags, 1)),
        area=draw(areas),
        interests=draw(st.dictionaries(tags, st.integers(0, 3))),
        style=draw(styles),
        prefers=draw(few_of(mentor_ids)),
        avoids=draw(few_of(mentor_ids)) if draw(st.integers(0, 5)) == 0 else (),
        priority=draw(st.sampled_from((1, 1, 1, 2, 3))),
        high_need=draw(st.booleans()),
    )


@st.composite
def mentors(draw: Any, who: str, mentee_ids: tuple[str, ...], side: bool) -> Mentor:
    return Mentor(
        id=who,
        capacity=draw(st.sampled_from((1, 2, 1, 3, 0))),
        languages=draw(tongues),
        starts=draw(start_sets),
        identity=draw(identities),
        accepts=draw(choices),
        declines=draw(some(tags, 1)) if draw(st.integers(0, 3)) == 0 else (),
        area=draw(areas),
        interests=draw(st.dictionaries(tags, st.integers(0, 3))),
        style=draw(styles),
        prefers=draw(few_of(mentee_ids)),
        avoids=(),
        max_high_need=draw(st.none() | st.integers(0, 1)) if side else None,
    )


@st.composite
def problems(draw: Any, side: bool = False, plain: bool = False) -> Problem:
    """Any valid small round; ``plain`` leaves out what coordinators add."""
    asking = tuple(f"e{number}" for number in range(draw(st.sampled_from((4, 3, 2, 1, 0)))))
    giving = tuple(f"m{number}" for number in range(draw(st.sampled_from((3, 2, 1, 0)))))
    links = [(e, m) for e in asking for m in giving]
    people = {
        "mentees": tuple(draw(mentees(who, giving)) for who in asking),
        "mentors": tuple(draw(mentors(who, asking, side)) for who in giving),
        "grid": Grid(CELLS, 2),
        "thresholds": (300, 450, 600),
        "objective": tuple(
            draw(st.lists(st.sampled_from(OBJECTIVES), min_size=1, max_size=5, unique=True))
        ),
    }
    if side and len(asking) > 1:
        couples = [(one, other) for one in asking for other in asking if one < other]
        people["side"] = Side(draw(some(st.sampled_from(couples), 4)))
    if plain or not links:
        return Problem(**people)
    rows = draw(st.lists(st.sampled_from(links), max_size=3, unique_by=lambda row: row[0]))
    timeless = draw(st.booleans())
    continuing = [(e, m, None if timeless else draw(st.integers(0, 11))) for e, m in rows]
    problem = Problem(
        **people,
        timeless=timeless,
        continuing=tuple(Continuing(*row) for row in continuing),
        forbids=tuple(Link(*row) for row in draw(some(st.sampled_from(links), 2))),
        keep=draw(st.sampled_from(("pinned", "prefer"))),
        floor=draw(st.sampled_from((0, 0, 300))),
        pairs=draw(
            st.none()
            | st.lists(
                st.builds(
                    lambda row, score: GivenPair(*row, score),
                    st.sampled_from(links),
                    st.sampled_from((0, 290, 500, 501, 10**9)),
                ),
                min_size=min(3, len(links)),
                unique_by=lambda given: (given.mentee, given.mentor),
            ).map(tuple)
        ),
    )
    pins = tuple(Link(*row) for row in draw(some(st.sampled_from(links), 1)))
    pinned = Problem(
        **{f: getattr(problem, f) for f in problem.__slots__ if f != "pins"}, pins=pins
    )
    return next(p for p in (pinned, problem, Problem(**people)) if not faults(p))


def crowded(seed: int) -> Problem:
    """A small round in which nearly everybody could meet nearly everybody, with few hours."""
    random = Random(seed)
    asking, giving = [f"e{n}" for n in range(5)], [f"m{n}" for n in range(3)]
    scores = random.choice(((100, 200, 300), tuple(range(100, 1000)), (320,)))
    couples = list(combinations(asking, 2))
    people = [
        Mentee(
            id=who,
            free=tuple(cell for cell in range(6) if random.random() < 0.75),
            priority=random.choice((1, 1, 2)),
            high_need=random.random() < 0.4,
        )
        for who in asking
    ]
    tutors = [
        Mentor(
            id=who,
            capacity=random.randint(1, 3),
            starts=tuple(random.sample((0, 2, 4), random.randint(1, 3))),
            max_high_need=random.choice((None, None, 0, 1)),
        )
        for who in giving
    ]
    links = [(e, m) for e in asking for m in giving if random.random() < 0.8]
    old = [
        Continuing(who, random.choice(giving), start)
        for who, start in zip(random.sample(asking, 2), random.sample((0, 2, 4), 2), strict=True)
    ]
    problem = round_of(
        *people,
        *tutors,
        pairs=tuple(GivenPair(*link, random.choice(scores)) for link in links),
        objective=tuple(random.sample(OBJECTIVES, random.randint(1, 5))),
        thresholds=(200, 300, 500),
        keep=random.choice(("prefer", "pinned")),
        continuing=tuple(old),
        side=Side(tuple(random.sample(couples, random.choice((0, 0, 2, 4))))),
        timeless=random.random() < 0.2,
    )
    pinned = replace(problem, pins=(Link(random.choice(asking), random.choice(giving)),))
    return problem if random.random() < 0.5 or faults(pinned) else pinned


def shared(seed: int, nested: bool = False) -> Problem:
    """A crowded round with groups and teams; ``nested``: only what a network can hold."""
    problem, random = crowded(seed), Random(-seed - 1)
    asking = [mentee.id for mentee in problem.mentees]
    giving = [mentor.id for mentor in problem.mentors]

    def members(who: list[str], cut: int) -> tuple[str, ...]:
        return tuple(who[:cut]) if nested else tuple(random.sample(who, cut))

    groups, teams = [], []
    for place in range(random.randint(0, 3)):
        who = members(asking, random.randint(1, 5))
        least = random.choice((None, 1, 1, min(2, len(who)), len(who)))
        most = None if nested else random.choice((None, 1, 1, 2))
        if least is not None or most is not None:
            groups.append(Group(id=f"g{place}", mentees=who, per_mentor=most, at_least=least))
    for place in range(random.randint(0, 2)):
        who = members(giving, random.randint(1, 3))
        teams.append(Team(id=f"t{place}", mentors=who, at_most=random.randint(0, 4)))
    with_all = replace(
        problem,
        mentors=tuple(replace(m, max_high_need=None) if nested else m for m in problem.mentors),
        side=Side(() if nested else problem.side.apart, tuple(groups), tuple(teams)),
    )
    return with_all if not faults(with_all) else replace(with_all, pins=())


def following(seed: int, side: bool = False) -> Problem:
    """A small round that follows another: some have a mentor whom others need more."""
    random = Random(seed)
    asking, giving = [f"e{n}" for n in range(5)], [f"m{n}" for n in range(4)]
    people = [
        Mentee(
            id=who,
            free=tuple(cell for cell in range(6) if random.random() < 0.7),
            priority=random.choice((1, 1, 2)),
            high_need=random.random() < 0.4,
        )
        for who in asking
    ]
    tutors = [
        Mentor(
            id=who,
            capacity=random.choice((1, 1, 1, 2)),
            starts=tuple(random.sample((0, 2, 4), random.randint(1, 3))),
            max_high_need=random.choice((None, 0, 1)) if side else None,
        )
        for who in giving
    ]
    links = [(e, m) for e in asking for m in giving if random.random() < 0.45]
    couples = list(combinations(asking, 2))
    first = round_of(
        *people,
        *tutors,
        pairs=tuple(GivenPair(*link, random.choice((100, 200, 300))) for link in links),
        objective=("matched", *random.sample(OBJECTIVES[1:], random.randint(0, 4))),
        thresholds=(200, 300),
        side=Side(tuple(random.sample(couples, random.choice((1, 2, 4))) if side else ())),
        timeless=random.random() < 0.2,
    )
    rounds = list(every_round(first))
    some = random.sample(rounds, min(8, len(rounds)))
    # The one that stands most in the way of others.
    old = min(some, key=lambda old: max(len(r) for r in rounds if old.items() <= r.items()))
    held_together = sorted(old) if random.random() < 0.15 else []
    return replace(
        first,
        continuing=tuple(Continuing(who, *place) for who, place in old.items()),
        pins=tuple(Link(who, old[who][0]) for who in held_together[:1]),
    )


def every_round(problem: Problem) -> Iterator[dict[str, tuple[str, int | None]]]:
    """Every way of pairing people that keeps all rules, by mentee."""
    judge = Judge(problem)
    options: list[list[Choice]] = []
    for mentee in problem.mentees:
        mine: list[Choice] = [None]
        for mentor in problem.mentors:
            if not judge.why_not(mentee.id, mentor.id):
                starts = [None] if problem.timeless else judge.starts(mentee.id, mentor.id)
                mine += [(mentor.id, start) for start in starts]
        options.append(mine)
    for picks in product(*options):
        chosen = zip((mentee.id for mentee in problem.mentees), picks, strict=True)
        pairs = {who: pick for who, pick in chosen if pick is not None}
        if _keeps_rules(judge, pairs):
            yield pairs


def _keeps_rules(judge: Judge, pairs: dict[str, tuple[str, int | None]]) -> bool:
    problem = judge.problem
    for mentor in problem.mentors:
        mine = [who for who, (other, _) in pairs.items() if other == mentor.id]
        needy = [who for who in mine if judge.mentees[who].high_need]
        starts = [pairs[who][1] for who in mine]
        if len(mine) > mentor.capacity:
            return False
        if mentor.max_high_need is not None and len(needy) > mentor.max_high_need:
            return False
        if not problem.timeless and len(set(starts)) < len(starts):
            return False
    if any(a in pairs and b in pairs and pairs[a][0] == pairs[b][0] for a, b in problem.side.apart):
        return False
    if not _keeps_together(problem, pairs):
        return False
    if any(pin.mentee not in pairs or pairs[pin.mentee][0] != pin.mentor for pin in problem.pins):
        return False
    return all(
        pairs.get(row.mentee) == (row.mentor, None if problem.timeless else row.start)
        for row in held(judge)[0]
    )


def _keeps_together(problem: Problem, pairs: dict[str, tuple[str, int | None]]) -> bool:
    for group in problem.side.groups:
        mentors = [pairs[who][0] for who in group.mentees if who in pairs]
        if group.at_least is not None and len(mentors) < group.at_least:
            return False
        most = group.per_mentor
        if most is not None and any(mentors.count(who) > most for who in mentors):
            return False
    return all(
        sum(mentor in team.mentors for mentor, _ in pairs.values()) <= team.at_most
        for team in problem.side.teams
    )


def worth(problem: Problem, pairs: dict[str, tuple[str, int | None]]) -> tuple[Any, ...]:
    """A round's levels in the objective's order, each so that more is better."""
    judge = Judge(problem)
    scores = [judge.score(who, mentor) for who, (mentor, _) in pairs.items()]
    levels = {
        "matched": sum(judge.mentees[who].priority for who in pairs),
        "worst": min(scores, default=-1),
        "levels": tuple(-sum(s < limit for s in scores) for limit in problem.thresholds),
        "total": sum(scores),
        "disruption": -sum(
            row.mentee not in pairs or pairs[row.mentee][0] != row.mentor
            for row in problem.continuing
        ),
    }
    return tuple(levels[name] for name in problem.objective)
