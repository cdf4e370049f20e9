"""For every rule a pair of twins: one circle that it lets be, and one that it keeps apart."""

from typing import Any

import pytest

from matching.cohorts import Facilitator, Person, Pin, Problem, Rules, check, solve
from tests.matching.cohorts.few import circle, fay, noor

BOTH = ("noor", "zed")


def zed(**more: Any) -> Person:
    return noor(id="zed", **more)


def pair(one: dict[str, Any], other: dict[str, Any], held: Facilitator, **more: Any) -> Problem:
    return circle(noor(**one), zed(**other), held, **more)


def together(problem: Problem) -> bool:
    solution = solve(problem)
    assert solution.status == "optimal"
    assert check.broken_rules(problem, solution) == []
    placed = {member.person for group in solution.groups for member in group.members}
    return placed == set(BOTH)


BILINGUAL = {"languages": {"es": 3, "en": 2}}
ENGLISH = {"languages": {"en": 3}}
TWINS = [
    ("speaks", {"languages": {"es": 2}}, {"languages": {"es": 1}}, {}),
    ("is free the whole time", {"free": (0, 1)}, {"free": (0, 2)}, {}),
    ("free over the end of the week", {"free": (5, 0)}, {"free": (5, 1)}, {"free": (5, 0)}),
    ("asked for the theme", {"themes": {"work": 1}}, {"themes": {"rest": 1}}, {}),
    ("would take any theme", {"themes": {}}, {"themes": {"rest": 3}}, {"themes": ("work",)}),
    ("accepts the facilitator", {"accepts": ("woman",)}, {"accepts": ("man",)}, {}),
    ("is accepted", {"identity": "woman"}, {"identity": "man"}, {"accepts": ("woman",)}),
    ("avoids nobody", {"avoids": ()}, {"avoids": ("fay",)}, {}),
    ("is avoided by nobody", {}, {"id": "zed"}, {"avoids": ("noor",)}),
    ("avoids no member", {"avoids": ()}, {"avoids": ("zed",)}, {}),
    ("lives near", {"offset": 60}, {"offset": 61}, {}),
    ("lives nobody knows where", {"offset": None}, {"offset": -600}, {}),
    ("is not alone of an identity", {"alone_in_identity": False}, {"identity": "man"}, {}),
]


@pytest.mark.parametrize(("name", "lets", "keeps", "held"), TWINS, ids=[row[0] for row in TWINS])
def test_a_rule_lets_one_twin_be_and_keeps_the_other(name, lets, keeps, held) -> None:
    if name == "is avoided by nobody":
        assert together(pair({}, {}, fay()))
        assert not together(pair({}, {}, fay(**held)))
        return
    if name == "is not alone of an identity":
        assert together(pair({"alone_in_identity": False}, {}, fay()))
        assert not together(pair({"alone_in_identity": False}, {"identity": "man"}, fay()))
        assert together(pair({}, {"identity": "man"}, fay()))
        return
    other = {"free": (5, 0)} if "week" in name else {}
    assert together(pair(lets, other, fay(**held)))
    assert not together(pair(keeps, other, fay(**held)))


def test_whose_identity_is_not_accepted_is_not_in_the_group() -> None:
    wish = {"accepts": ("woman",)}
    assert together(pair(wish, {"identity": "woman"}, fay()))
    assert not together(pair(wish, {"identity": "man"}, fay()))
    assert not together(pair(wish, {"identity": None}, fay()))


def test_somebody_who_accepts_not_even_their_own_identity_is_still_placed_with_others() -> None:
    wish = {"accepts": ("man", "nonbinary"), "identity": "woman"}
    held = fay(identity="nonbinary")
    assert together(pair(wish, {"identity": "man"}, held))
    assert not together(pair(wish, {"identity": "woman"}, held))


def test_nobody_is_alone_with_their_best_language_unless_they_would_not_mind() -> None:
    english_first = {"languages": {"es": 2, "en": 3}}
    assert not together(pair(english_first, {"languages": {"es": 3}}, fay()))
    assert together(pair(english_first, {"languages": {"es": 3, "en": 2}}, fay()))
    assert not together(pair(english_first, {"languages": {"es": 3, "en": 1}}, fay()))
    assert together(
        pair({**english_first, "alone_in_language": True}, {"languages": {"es": 3}}, fay())
    )
    assert together(pair({"languages": {"es": 3, "en": 3}}, {"languages": {"es": 3}}, fay()))


def test_two_who_must_be_kept_apart_do_not_share_a_group() -> None:
    assert not together(pair({}, {}, fay(), apart=(("zed", "noor"),)))


def test_a_group_is_neither_too_small_nor_too_large() -> None:
    three = Rules(min_size=3, max_size=3, ideal_size=3)
    assert not together(pair({}, {}, fay(), rules=three))
    crowd = [noor(id=f"p{number}") for number in range(5)]
    solution = solve(circle(*crowd))
    assert [len(group.members) for group in solution.groups] == [3]


@pytest.mark.parametrize(
    ("pin", "kept"),
    [
        ({"people": BOTH}, True),
        ({"people": BOTH, "start": 0, "language": "es", "theme": "work"}, True),
        ({"people": ("noor",), "start": 1}, False),
        ({"people": ("noor",), "language": "en"}, False),
        ({"people": ("zed",), "theme": "rest"}, False),
        ({"people": ("zed",), "facilitators": ("fay",)}, True),
    ],
)
def test_a_pin_holds_people_to_what_it_says(pin, kept) -> None:
    assert together(pair({}, {}, fay(), pins=(Pin(**pin),))) is kept


def test_people_pinned_together_come_together_or_not_at_all() -> None:
    four = [noor(id=who) for who in ("a", "b", "c")] + [noor(id="d", free=())]
    solution = solve(circle(*four, pins=(Pin(people=("a", "d")),)))
    placed = {member.person for group in solution.groups for member in group.members}
    assert placed == {"b", "c"}
    assert {entry.person: entry.reason for entry in solution.unplaced}["a"] == "pinned"


def test_a_pinned_pair_goes_where_both_can_although_one_of_them_could_elsewhere() -> None:
    held = [fay(), fay(id="mo", free=(2, 3))]
    people = [noor(id="a"), noor(id="b", free=(2, 3)), noor(id="c"), noor(id="d", free=(0, 1))]
    problem = circle(*people, *held, pins=(Pin(people=("a", "b")),))
    starts = {
        member.person: group.start for group in solve(problem).groups for member in group.members
    }
    assert (starts["a"], starts["b"]) == (2, 2)


def test_a_facilitator_holds_as_many_groups_as_they_give_and_never_two_at_once() -> None:
    people = [noor(id=f"p{number}", free=(0, 1, 2, 3)) for number in range(6)]
    for free, groups, expected in (
        ((0, 1, 2, 3), 2, 2),
        ((0, 1, 2, 3), 1, 1),
        ((0, 1, 2), 2, 1),
        ((0, 1), 0, 0),
    ):
        problem = circle(*people, fay(free=free, groups=groups))
        assert len(solve(problem).groups) == expected


def test_two_facilitators_hold_a_group_when_the_rules_ask_for_two() -> None:
    rules = Rules(min_size=2, max_size=3, ideal_size=2, facilitators=2)
    both = (fay(), fay(id="mo"))
    assert not together(pair({}, {}, fay(), rules=rules))
    problem = circle(noor(), zed(), *both, rules=rules)
    assert [group.facilitators for group in solve(problem).groups] == [("fay", "mo")]
    for other in (
        {"avoids": ("fay",)},
        {"languages": {"es": 1}},
        {"free": (0, 2)},
        {"themes": ("rest",)},
        {"accepts": ("man",)},
    ):
        changed = circle(noor(), zed(), fay(), fay(id="mo", **other), rules=rules)
        assert solve(changed).groups == ()


def test_priority_decides_who_is_placed_when_places_are_few() -> None:
    crowd = [noor(id=f"p{number}", priority=1 + (number == 4)) for number in range(5)]
    solution = solve(circle(*crowd))
    assert "p4" in {member.person for group in solution.groups for member in group.members}
    assert solution.levels[0].value == 4


def test_a_group_of_people_without_themes_has_none() -> None:
    solution = solve(circle(noor(themes={}), zed(themes={})))
    assert [group.theme for group in solution.groups] == [None]
