"""The referee accepts what keeps every rule and names the rule of each answer that does not."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from matching.cohorts import (
    Change,
    Group,
    Help,
    Level,
    Member,
    Pin,
    Problem,
    Rules,
    Solution,
    Unplaced,
    check,
    solve,
)
from matching.cohorts.rules import Judge, session_of
from tests.matching.cohorts.few import circle, fay, noor

RULES = Rules(min_size=2, max_size=3, ideal_size=2, max_spread=60)


def evening() -> Problem:
    """Two groups of three, at different hours, and Tess who has no hour."""
    people = [noor(id=f"p{n}", free=(0, 1)) for n in range(3)]
    people += [noor(id=f"q{n}", free=(2, 3)) for n in range(3)]
    people += [noor(id="tess", free=(4,), themes={"work": 1})]
    return circle(*people, fay(), fay(id="mo", free=(2, 3)), rules=RULES)


PROBLEM = evening()
GOOD = solve(PROBLEM)


def test_what_the_solver_found_is_accepted() -> None:
    assert check.broken_rules(PROBLEM, GOOD) == []
    assert [len(group.members) for group in GOOD.groups] == [3, 3]


def first(**more: Any) -> Solution:
    """The good answer with something of its first group otherwise."""
    return replace(GOOD, groups=(replace(GOOD.groups[0], **more), GOOD.groups[1]))


def moved() -> Solution:
    one, two = GOOD.groups
    return replace(
        GOOD,
        groups=(
            replace(one, members=one.members[:2]),
            replace(two, members=(*two.members, one.members[2])),
        ),
    )


def entry(**more: Any) -> Solution:
    return replace(GOOD, unplaced=(replace(GOOD.unplaced[0], **more),))


def member(**more: Any) -> Solution:
    one = GOOD.groups[0]
    return first(members=(replace(one.members[0], **more), *one.members[1:]))


def level(number: int, **more: Any) -> Solution:
    levels = list(GOOD.levels)
    levels[number] = replace(levels[number], **more)
    return replace(GOOD, levels=tuple(levels))


BROKEN: list[tuple[str, Callable[[], Solution]]] = [
    ("problem", lambda: replace(GOOD, problem_sha256="0" * 64)),
    ("status", lambda: replace(GOOD, status="perfect")),
    ("figures", lambda: replace(GOOD, seconds=-1.0)),
    ("levels", lambda: replace(GOOD, levels=GOOD.levels[:2])),
    ("levels", lambda: level(0, value=7, bound=7)),
    ("levels", lambda: level(1, value=None)),
    ("levels", lambda: level(2, value=(9, 9, 9))),
    ("levels", lambda: level(3, value=1)),
    ("levels", lambda: level(4, value=0)),
    ("status", lambda: level(0, bound=7)),
    ("unknown_person", lambda: member(person="nobody")),
    ("unknown_person", lambda: entry(person="nobody")),
    ("unknown_facilitator", lambda: first(facilitators=("nobody",))),
    (
        "person_twice",
        lambda: first(members=(*GOOD.groups[0].members[:2], GOOD.groups[0].members[0])),
    ),
    ("facilitators", lambda: first(facilitators=("fay", "mo"))),
    ("facilitators", lambda: first(facilitators=())),
    ("holding_no_time", lambda: first(facilitators=("mo",))),
    ("holding_no_time", lambda: first(start=1)),
    ("holding_no_language", lambda: first(language="en")),
    ("holding_theme", lambda: first(theme="rest")),
    ("no_time", lambda: first(start=1)),
    ("no_language", lambda: first(language="en")),
    ("theme", lambda: first(theme=None)),
    ("size", lambda: first(members=GOOD.groups[0].members[:1])),
    ("size", moved),
    ("no_time", moved),
    ("fit", lambda: member(fit=1)),
    ("parts", lambda: member(parts={"theme": 1})),
    ("groups", lambda: replace(GOOD, groups=(GOOD.groups[0], *GOOD.groups))),
    ("at_once", lambda: replace(GOOD, groups=(GOOD.groups[0], *GOOD.groups))),
    ("unplaced", lambda: replace(GOOD, unplaced=())),
    ("unplaced", lambda: replace(GOOD, unplaced=GOOD.unplaced * 2)),
    ("unplaced", lambda: entry(person="p0")),
    ("reason", lambda: entry(reason="theme")),
    ("reason", lambda: entry(reason="contested")),
    ("reason", lambda: entry(reason="bad luck")),
    ("reason", lambda: entry(short=1)),
    ("reason", lambda: entry(blockers={"no_time": 1})),
    ("reason", lambda: entry(blockers={"luck": 1})),
    ("would_help", lambda: entry(would_help=(Help(7, ()),))),
    ("would_help", lambda: entry(would_help=(Help(0, (Change("no_time", 3),)),))),
    ("would_help", lambda: entry(would_help=(Help(0, ()),))),
]


@pytest.mark.parametrize(("rule", "broken"), BROKEN, ids=range(len(BROKEN)))
def test_a_broken_answer_is_refused_by_the_name_of_its_rule(rule, broken) -> None:
    told = check.broken_rules(PROBLEM, broken())
    assert rule in {each.rule for each in told}
    assert all(each.text.endswith(".") for each in told)


def grouped(problem: Problem, *ids: str) -> Solution:
    """An answer with everybody named in one group, honest in everything else."""
    judge = Judge(problem)
    group = Group(("fay",), 0, "es", "work", ())
    session = session_of(group)
    members = []
    for who in ids:
        parts = judge.parts(who, session)
        members.append(Member(who, sum(parts.values()), parts))
    return Solution(
        problem_sha256=solve(problem).problem_sha256,
        seed=0,
        engine="by hand",
        status="feasible",
        groups=(replace(group, members=tuple(members)),),
        unplaced=(),
        levels=(Level("placed", len(ids), 99),),
    )


PEOPLE_RULES = [
    ("apart", {"avoids": ("noor",)}, {}),
    ("apart", {}, {"apart": (("zed", "noor"),)}),
    ("identity", {"accepts": ("man",)}, {}),
    ("identity", {"identity": "man"}, {"facilitators": {"accepts": ("woman",)}}),
    ("avoided", {"avoids": ("fay",)}, {}),
    ("avoided", {}, {"facilitators": {"avoids": ("zed",)}}),
    ("spread", {"offset": 90}, {}),
    ("alone_in_language", {"languages": {"es": 2, "en": 3}}, {}),
    ("alone_in_identity", {"identity": "man", "alone_in_identity": False}, {}),
    ("pinned", {}, {"pins": (Pin(people=("zed", "tess")),)}),
    ("pinned", {}, {"pins": (Pin(people=("zed",), start=2),)}),
    ("no_time", {"free": (0,)}, {}),
]


@pytest.mark.parametrize(("rule", "person", "more"), PEOPLE_RULES, ids=range(len(PEOPLE_RULES)))
def test_a_group_whose_people_do_not_go_together_is_refused(rule, person, more) -> None:
    held = fay(**more.pop("facilitators", {}))
    tess = noor(id="tess", free=(0, 1))
    problem = circle(noor(), noor(id="zed", **person), tess, held, objective=("placed",), **more)
    told = {each.rule for each in check.broken_rules(problem, grouped(problem, "noor", "zed"))}
    assert rule in told
    plain = circle(noor(), noor(id="zed"), objective=("placed",))
    assert check.broken_rules(plain, grouped(plain, "noor", "zed")) == []


def test_facilitators_who_do_not_go_together_are_refused() -> None:
    rules = replace(RULES, facilitators=2)
    good = circle(noor(), noor(id="zed"), fay(), fay(id="mo"), rules=rules)
    solution = solve(good)
    assert check.broken_rules(good, solution) == []
    for rule, other in (
        ("holding_avoided", {"avoids": ("fay",)}),
        ("holding_identity", {"accepts": ("man",)}),
        ("holding_groups", {"groups": 0}),
    ):
        problem = circle(noor(), noor(id="zed"), fay(), fay(id="mo", **other), rules=rules)
        told = check.broken_rules(problem, solution)
        assert rule in {each.rule for each in told}


def test_a_person_left_alone_is_listed_with_an_honest_reason() -> None:
    (tess,) = GOOD.unplaced
    assert isinstance(tess, Unplaced)
    assert (tess.person, tess.reason) == ("tess", "no_time")
