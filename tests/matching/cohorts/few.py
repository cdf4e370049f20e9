"""Groups of few people, small enough to look at every way of forming them."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from random import Random
from typing import Any

from matching.cohorts import Facilitator, Grid, Person, Pin, Problem, Rules, Session
from matching.cohorts.rules import Judge
from matching.cohorts.validity import faults

CELLS = 6
Plan = dict[Session, tuple[str, ...]]


def noor(**more: Any) -> Person:
    """Somebody who fits with everybody else here."""
    usual: dict[str, Any] = {
        "id": "noor",
        "languages": {"es": 3},
        "free": (0, 1, 2, 3),
        "offset": 0,
        "identity": "woman",
        "themes": {"work": 2},
    }
    return Person(**{**usual, **more})


def fay(**more: Any) -> Facilitator:
    """A facilitator with one group, for whom Noor and the others are free."""
    usual: dict[str, Any] = {
        "id": "fay",
        "groups": 1,
        "languages": {"es": 3},
        "free": (0, 1),
        "identity": "woman",
    }
    return Facilitator(**{**usual, **more})


def circle(*people: Person | Facilitator, **more: Any) -> Problem:
    """Groups of two or three on a short week, held by Fay if by nobody else."""
    held = [who for who in people if isinstance(who, Facilitator)] or [fay()]
    return Problem(
        people=tuple(who for who in people if isinstance(who, Person)),
        facilitators=tuple(held),
        **{
            "grid": Grid(CELLS, 2),
            "rules": Rules(min_size=2, max_size=3, ideal_size=2, max_spread=60),
            **more,
        },
    )


def crowd(seed: int) -> Problem:
    """Five to seven people who could nearly all be together, with rules that bite."""
    random = Random(seed)
    ids = [f"p{number}" for number in range(random.randint(4, 7))]
    facilitators = [f"f{number}" for number in range(random.randint(1, 3))]
    team = 2 if len(facilitators) > 2 and random.random() < 0.3 else 1
    problem = Problem(
        people=tuple(_person(random, who, ids, facilitators) for who in ids),
        facilitators=tuple(_facilitator(random, who) for who in facilitators),
        grid=Grid(CELLS, random.choice((1, 2))),
        rules=Rules(
            min_size=2,
            max_size=random.choice((2, 3, 4)),
            ideal_size=2,
            facilitators=team,
            max_spread=random.choice((None, 60, 180)),
        ),
        apart=((ids[0], ids[1]),) if random.random() < 0.4 else (),
        thresholds=random.choice(((300, 500, 700), (650,), ())),
        objective=(
            "placed",
            *random.sample(("worst", "levels", "total", "sizes"), random.randint(0, 4)),
        ),
    )
    return _pinned(random, problem, ids)


def _person(random: Random, who: str, ids: list[str], facilitators: list[str]) -> Person:
    identity = random.choice(("woman", "woman", "man", None))
    levels = {"es": random.choice((3, 3, 2, 1))}
    if random.random() < 0.5:
        levels["en"] = random.choice((2, 3))
    return Person(
        id=who,
        languages=levels,
        free=tuple(cell for cell in range(CELLS) if random.random() < 0.75),
        offset=random.choice((None, 0, 60, 180)),
        themes={tag: random.randint(1, 3) for tag in ("work", "rest") if random.random() < 0.7},
        identity=identity,
        accepts=random.choice((None, None, None, ("woman",), ("woman", "man"))),
        alone_in_language=random.random() < 0.5,
        alone_in_identity=identity is None or random.random() < 0.6,
        avoids=tuple(
            other
            for other in random.sample([*ids, *facilitators], 1)
            if other != who and random.random() < 0.3
        ),
        priority=random.choice((1, 1, 1, 2, 3)),
    )


def _facilitator(random: Random, who: str) -> Facilitator:
    return Facilitator(
        id=who,
        groups=random.choice((1, 1, 2, 0)),
        languages={"es": 3, "en": random.choice((1, 2))},
        free=tuple(cell for cell in range(CELLS) if random.random() < 0.7),
        themes=random.choice((None, None, ("work",))),
        identity="woman",
        accepts=random.choice((None, None, None, ("woman",))),
    )


def _pinned(random: Random, problem: Problem, ids: list[str]) -> Problem:
    if random.random() < 0.6:
        return problem
    pin = Pin(
        people=tuple(random.sample(ids, random.randint(1, 2))),
        start=random.choice((None, None, 0, 1)),
        theme=random.choice((None, None, "work")),
    )
    pinned = replace(problem, pins=(pin,))
    return problem if faults(pinned) else pinned


def every_plan(problem: Problem) -> Iterator[Plan]:
    """Every way of forming groups that keeps all rules."""
    judge = Judge(problem)
    groups: list[tuple[Session, tuple[str, ...]]] = []
    for session in judge.sessions:
        people = [who for who in judge.people if not judge.why_not(who, session)]
        for size in range(problem.rules.min_size, problem.rules.max_size + 1):
            groups += [
                (session, members)
                for members in combinations(people, size)
                if _goes(judge, session, members)
            ]
    yield from _plans(judge, groups, {})


def _goes(judge: Judge, session: Session, members: tuple[str, ...]) -> bool:
    if any(judge.barred(a, b) or judge.too_far(a, b) for a, b in combinations(members, 2)):
        return False
    if any(judge.lonely(who, session.language, members) for who in members):
        return False
    return all(
        set(pin.people) <= set(members) or not set(pin.people) & set(members)
        for pin in judge.problem.pins
    )


def _plans(
    judge: Judge, groups: list[tuple[Session, tuple[str, ...]]], plan: Plan
) -> Iterator[Plan]:
    yield plan
    for place, (session, members) in enumerate(groups):
        if _room(judge, plan, session, members):
            yield from _plans(judge, groups[place + 1 :], {**plan, session: members})


def _room(judge: Judge, plan: Plan, session: Session, members: tuple[str, ...]) -> bool:
    if any(set(members) & set(others) for others in plan.values()):
        return False
    for who in session.facilitators:
        mine = [other for other in plan if who in other.facilitators]
        if len(mine) >= judge.facilitators[who].groups:
            return False
        if any(judge.covered(other.start) & judge.covered(session.start) for other in mine):
            return False
    return True


def worth(problem: Problem, plan: Plan) -> tuple[Any, ...]:
    """A plan's levels in the objective's order, each so that more is better."""
    judge = Judge(problem)
    fits = [judge.fit(who, session) for session, people in plan.items() for who in people]
    levels = {
        "placed": sum(judge.people[who].priority for people in plan.values() for who in people),
        "worst": min(fits, default=-1),
        "levels": tuple(-sum(fit < limit for fit in fits) for limit in problem.thresholds),
        "total": sum(fits),
        "sizes": -sum(abs(len(people) - problem.rules.ideal_size) for people in plan.values()),
    }
    return tuple(levels[name] for name in problem.objective)
