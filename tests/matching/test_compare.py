"""What is said of two rounds is so: who stays, who changes, and who changes for whom."""

from collections import Counter
from dataclasses import replace
from itertools import pairwise
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matching import (
    Continuing,
    Link,
    Problem,
    Solution,
    check,
    compare,
    generate,
    price,
    solve,
)
from matching.problem import Pair
from tests.matching.small import every_round, following, noor, round_of, tess

calm = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)


def solution_of(problem: Problem, pairs: dict[str, tuple[str, int | None]]) -> Solution:
    """A solution that was not solved, only put together."""
    found = solve(problem)
    rows = tuple(Pair(who, *place, 0, {}) for who, place in sorted(pairs.items()))
    return replace(found, pairs=rows)


def two_rounds(seed: int) -> tuple[Problem, Solution, Solution]:
    problem = replace(following(seed), keep="prefer", pins=())
    rounds = list(every_round(problem))
    random = Random(seed)
    before, after = random.choice(rounds), random.choice(rounds)
    return problem, solution_of(problem, before), solution_of(problem, after)


def places(solution: Solution) -> dict[str, tuple[str, int | None]]:
    return {pair.mentee: (pair.mentor, pair.start) for pair in solution.pairs}


@settings(calm, max_examples=80)
@given(st.integers(0, 10**6))
def test_everybody_in_either_round_is_told_truly(seed: int) -> None:
    problem, before, after = two_rounds(seed)
    was, is_ = places(before), places(after)
    found = compare.solutions(problem, before, after)
    assert [change.mentee for change in found.changes] == sorted(was.keys() | is_.keys())
    for change in found.changes:
        one, other = was.get(change.mentee), is_.get(change.mentee)
        assert {
            "stays": one == other,
            "gains": one is None and other is not None,
            "loses": one is not None and other is None,
            "new_hour": one and other and one[0] == other[0] and one[1] != other[1],
            "new_mentor": one and other and one[0] != other[0],
        }[change.kind]
    for level in found.levels:
        assert level.before == check.level(problem, level.name, before.pairs)
    count = Counter(change.kind for change in found.changes)
    assert {kind: found.said.facts[kind] for kind in compare.KINDS} == {
        kind: count[kind] for kind in compare.KINDS
    }


@settings(calm, max_examples=80)
@given(st.integers(0, 10**6))
def test_in_a_chain_each_makes_room_for_the_one_before(seed: int) -> None:
    problem, before, after = two_rounds(seed)
    was, is_ = places(before), places(after)
    seen: list[str] = []
    for chain in compare.chains(problem, before.pairs, after.pairs):
        people = [change.mentee for change in chain.changes]
        seen += people
        couples = list(pairwise(people))
        for who, then in couples + ([(people[-1], people[0])] if chain.loops else []):
            assert is_[who][0] == was[then][0]
            assert was[then] != is_.get(then)
    assert len(seen) == len(set(seen))


@settings(calm, max_examples=80)
@given(st.integers(0, 10**6))
def test_whoever_is_in_no_chain_needs_nobody_to_change(seed: int) -> None:
    """With only them, beside everybody as before, every rule is kept."""
    problem, before, after = two_rounds(seed)
    was, is_ = places(before), places(after)
    told = {c.mentee for x in compare.chains(problem, before.pairs, after.pairs) for c in x.changes}
    alone = {who: place for who, place in is_.items() if who not in told}
    mixed = {**was, **alone}
    for mentor in problem.mentors:
        mine = [start for who, (other, start) in mixed.items() if other == mentor.id]
        assert len(mine) <= mentor.capacity
        assert problem.timeless or len(set(mine)) == len(mine)


@settings(calm, max_examples=120)
@given(st.integers(0, 10**6))
def test_each_chain_of_an_offer_can_be_had_without_the_others(seed: int) -> None:
    """Beside the running pairs as they are: so that consent can be asked chain by chain."""
    problem = following(seed)
    last = price.ladder(problem)[-1]
    after = places(solve(replace(problem, may_change=last.changes), seed=1))
    running = {row.mentee: (row.mentor, row.start) for row in problem.continuing}
    now = [Pair(who, *place, 0, {}) for who, place in running.items()]
    then = [Pair(who, *place, 0, {}) for who, place in after.items()]
    found = compare.chains(problem, now, then)
    assert sum(len(chain.changes) - 1 for chain in found) == last.changes
    for chain in found:
        assert chain.changes[0].kind == "gains"
        assert all(change.running for change in chain.changes[1:])
        mixed = {**running, **{c.mentee: after[c.mentee] for c in chain.changes}}
        for mentor in problem.mentors:
            mine = [start for other, start in mixed.values() if other == mentor.id]
            assert len(mine) <= mentor.capacity
            assert problem.timeless or len(set(mine)) == len(mine)


def evening() -> Problem:
    return round_of(
        noor(languages={"es": 3, "en": 3}),
        noor(id="lena"),
        tess(),
        tess(id="ben", languages={"en": 3}),
        continuing=(Continuing("noor", "tess", 0),),
    )


def test_the_change_is_told_in_plain_words() -> None:
    problem = evening()
    found = compare.solutions(problem, solve(problem), solve(replace(problem, may_change=1)))
    assert found.said.text == "One running pair changes so that one more person gets a mentor."
    assert [chain.said.text for chain in found.chains] == [
        "lena gets tess, because noor moves from tess to ben."
    ]
    assert found.levels[0].said.text == "matched: 1 before, 2 after."


def test_another_hour_is_told_as_one() -> None:
    problem = round_of(
        noor(free=(0, 1, 2, 3)),
        noor(id="lena", free=(0, 1)),
        tess(capacity=2),
        continuing=(Continuing("noor", "tess", 0),),
    )
    found = compare.solutions(problem, solve(problem), solve(replace(problem, may_change=1)))
    assert [chain.said.text for chain in found.chains] == [
        "lena gets tess, because noor stays with tess, "
        "at Tuesday 04:00 UTC instead of Monday 00:00 UTC."
    ]


def test_the_same_round_is_called_the_same() -> None:
    found = compare.solutions(evening(), solve(evening()), solve(evening()))
    assert found.said.text == "The two rounds are the same."
    assert found.chains == ()


def test_who_loses_a_mentor_is_said() -> None:
    problem = replace(
        evening(), keep="prefer", forbids=(Link("noor", "ben"),), pins=(Link("lena", "tess"),)
    )
    before = solve(replace(problem, pins=(Link("noor", "tess"),)))
    found = compare.solutions(problem, before, solve(problem))
    assert found.said.text == (
        "One running pair changes so that one more person gets a mentor. "
        "One person no longer has a mentor."
    )
    assert found.chains[0].said.text == "lena gets tess, because noor no longer has tess."


def test_a_large_offer_adds_up() -> None:
    first = generate.problem(150, 45, seed=5)
    early = solve(replace(first, mentees=first.mentees[:90]))
    problem = replace(
        first, continuing=tuple(Continuing(p.mentee, p.mentor, p.start) for p in early.pairs)
    )
    last = price.ladder(problem)[-1]
    assert last.more > 0
    found = compare.solutions(
        problem, solve(problem), solve(replace(problem, may_change=last.changes))
    )
    assert found.said.facts["running_changed"] == last.changes
    assert found.said.facts["gains"] == last.more
    assert found.said.facts["loses"] == 0
