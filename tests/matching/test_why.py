"""What is known of somebody without a mentor is told in sentences, and to the command line."""

import json
from dataclasses import replace
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import (
    Continuing,
    FileFaultsError,
    Link,
    Problem,
    Side,
    Solution,
    explain,
    generate,
    sentences,
    solve,
)
from matching.commands import main
from matching.explain.whatif import is_enough
from matching.explain.why import Account, Why
from matching.files.codec import dumps, dumps_solution
from matching.rules.judge import Judge
from matching.rules.keeping import Company
from tests.matching.small import following, noor, problems, round_of, shared, tess
from tests.matching.test_solve import calm
from tests.promises import kept_within


def told(problem: Problem, who: str = "noor") -> str:
    account = Why(problem, solve(problem)).person(who)
    return " ".join(one.text for one in sentences.account(problem, account))


def test_an_hour_that_would_be_enough_is_told_as_day_and_hour() -> None:
    text = told(round_of(noor(free=(4, 5)), tess()))
    assert "One change is enough" in text
    assert "they could meet on Monday 00:00 UTC (with tess)" in text
    assert "solved anew, they have a mentor, and at least one person more has than now" in text


def test_two_changes_are_told_as_two() -> None:
    text = told(round_of(noor(languages={"ar": 3}, free=(4, 5)), tess()))
    assert "2 changes together are enough; fewer of the kinds that are tried are not" in text
    assert "they spoke es well enough to talk (level 2) and they could meet" in text


@pytest.mark.parametrize(
    ("mentee", "mentor", "sentence"),
    [
        ({"topics": ("court",)}, {"declines": ("court",)}, "tess were open to the topic court"),
        ({"area": "a1"}, {"area": "a1"}, "they would meet somebody of their own area, a1"),
        ({"accepts": ("man",)}, {}, "they would meet somebody whose identity is woman"),
        ({}, {"accepts": ("man",)}, "tess would meet somebody whose identity is woman"),
        ({}, {"capacity": 0}, "tess had one place more, and the two were held together"),
    ],
)
def test_each_kind_of_change_has_words_of_its_own(mentee, mentor, sentence) -> None:
    assert sentence in told(round_of(noor(**mentee), tess(**mentor)))


def test_a_floor_and_a_ruled_out_pair_are_named() -> None:
    assert "the pair with tess were not ruled out" in told(
        round_of(noor(), tess(), forbids=(Link("noor", "tess"),))
    )
    assert "the floor were " in told(round_of(noor(), tess(), floor=900))


def test_who_has_the_place_is_told_with_what_it_would_cost() -> None:
    zed = noor(id="zed", interests={"art": 1})
    text = told(round_of(noor(), zed, tess()), "zed")
    assert "Had they met tess, noor would be without a mentor" in text
    assert "the pair that fits least would score 274 instead of 540" in text
    assert "score of the pair that fits least: 540 / 274" in text
    only = "Apart from places that go on or are pinned, noor and zed can only be placed with tess"
    assert f"{only}: 1 place for 2 people." in text
    assert "sum of priorities of people with a mentor: 1 / 1" in text


def test_a_higher_priority_and_a_draw_are_told() -> None:
    first = noor(id="amal", priority=3)
    assert "the level matched falls from 3 to 1" in told(round_of(first, noor(), tess()))
    twins = round_of(noor(), noor(id="zed"), tess())
    (left,) = solve(twins).unmatched
    assert "the seed decided between equals" in told(twins, left.mentee)


def test_nothing_told_of_anybody_names_whom_they_avoid() -> None:
    text = told(round_of(noor(avoids=("tess",)), tess(), tess(id="uma", avoids=("noor",))))
    assert text.startswith(
        "Up to 4 changes, on their side and one mentor's, were tried, and one more hour and place "
        "with a mentor who fits; none places them."
    )
    assert not {"tess", "uma"} & set(text.split())


def test_who_could_only_come_where_a_pair_goes_on_is_told_so() -> None:
    problem = round_of(noor(), noor(id="zed"), tess(), continuing=(Continuing("zed", "tess", 0),))
    text = told(problem)
    assert "Every place with a mentor who fits belongs to a pair that goes on" in text
    assert "tess had one place more" in text


def test_people_to_be_kept_apart_get_reasons_too() -> None:
    """No walk sees such a rule: the rounds are solved anew."""
    zed = noor(id="zed", priority=2)
    problem = round_of(noor(), zed, tess(capacity=2), side=Side((("noor", "zed"),)))
    text = told(problem)
    assert "the level matched falls from 2 to 1" in text
    everybody = dict(Why(problem, solve(problem)).everybody())
    assert isinstance(everybody["noor"], Account)


def test_where_running_pairs_may_change_nothing_is_claimed_that_is_not_so() -> None:
    """The rounds are solved anew, with as many changes allowed as before."""
    for seed in range(12):
        problem = replace(following(seed), may_change=1)
        solution = solve(problem)
        for who, account in Why(problem, solution).everybody():
            for way in account.smallest.ways:
                assert is_enough(problem, solution, who, way.mentors[0], way.changes)


@settings(calm, max_examples=60)
@given(problems(side=True) | st.integers(0, 10**6).map(shared))
def test_what_keeps_somebody_from_those_who_fit_is_so(problem: Problem) -> None:
    """Whatever the objective and the rules: no place is said to be taken that is not."""
    try:
        solution = solve(problem)
    except FileFaultsError:  # asks for more than there is
        return
    for who, account in Why(problem, solution).everybody():
        assert account.now == now_by_hand(problem, solution, who)


def now_by_hand(problem: Problem, solution: Solution, who: str) -> str | None:
    """What the best of the mentors who fit lacks."""
    judge, has = Judge(problem), {pair.mentee: pair.mentor for pair in solution.pairs}
    company, found = Company(problem, has), set[str]()
    for mentor in problem.mentors:
        if judge.why_not(who, mentor.id):
            continue
        mine = [pair.start for pair in solution.pairs if pair.mentor == mentor.id]
        hours = {None} if problem.timeless else set(judge.starts(who, mentor.id)) - set(mine)
        if len(mine) >= mentor.capacity or not hours:
            found.add("taken")
        elif company.against(who, mentor.id):
            found.add("together")
        else:
            found.add("left_out" if solution.status == "optimal" else "unproven")
    best_first = ("left_out", "unproven", "together", "taken")
    return next((word for word in best_first if word in found), None)


@settings(calm, max_examples=40)
@given(problems(side=True))
def test_what_another_round_would_cost_is_never_a_gain(problem: Problem) -> None:
    """Whatever comes first in the objective: the level that is named is worse, or none is."""
    solution = solve(problem)
    why = Why(problem, solution)
    for entry in solution.unmatched:
        found = why.person(entry.mentee).contest
        if found is not None:
            assert (found.loss > 0) == (found.level != "ties")
            held = replace(problem, pins=(*problem.pins, Link(entry.mentee, found.mentor)))
            then = {level.name: level.value for level in solve(held, solution.seed).levels}
            if found.level not in ("ties", "levels"):
                assert then[found.level] == found.after


@pytest.mark.parametrize(
    ("objective", "status", "words"),
    [
        (("worst", "matched"), "optimal", "the best round by this objective does without the pair"),
        (("worst", "matched"), "feasible", "and is not proven to be the best"),
        (("matched",), "optimal", "All who fit have no place, or no hour that suits, left"),
    ],
)
def test_a_round_that_does_without_a_pair_says_so(objective, status, words) -> None:
    """Zed shares nothing with Tess, who has room where the worst pair comes first."""
    zed = noor(id="zed", interests={"art": 1})
    capacity = 1 if objective == ("matched",) else 2
    problem = round_of(noor(), zed, tess(capacity=capacity), objective=objective)
    solution = replace(solve(problem), status=status)
    (left,) = solution.unmatched
    account = Why(problem, solution).person(left.mentee)
    text = " ".join(one.text for one in sentences.account(problem, account))
    assert words in text
    assert "needed" not in explain.unmatched(problem, left)[0].text


def test_groups_and_teams_are_heeded_in_what_is_claimed() -> None:
    """No walk sees them all: where people share a mentor, or mentors a load, rounds are solved."""
    told = 0
    for seed in range(12):
        problem = shared(seed)
        try:
            solution = solve(problem)
        except FileFaultsError:  # asks for more than there is
            continue
        for who, account in Why(problem, solution).everybody():
            for way in account.smallest.ways:
                assert is_enough(problem, solution, who, way.mentors[0], way.changes)
                told += 1
    assert told


def test_everybody_of_a_large_round_hears_what_one_alone_hears() -> None:
    problem = generate.problem(120, 30, seed=2)
    why = Why(problem, solve(problem))
    everybody = dict(why.everybody())
    assert len(everybody) > 10
    for who in sorted(everybody)[::7]:
        assert replace(why.person(who), levels=None) == everybody[who]


def test_a_thousand_people_are_explained_in_seconds() -> None:
    problem = generate.problem(1_000, 250, seed=1)
    solution = solve(problem)

    def takes() -> float:
        begun = process_time()
        assert len(list(Why(problem, solution).everybody())) == len(solution.unmatched) > 200
        return process_time() - begun

    kept_within(8, takes)


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    problem = round_of(noor(), noor(id="zed", interests={"art": 1}), tess())
    (tmp_path / "p.json").write_text(dumps(problem))
    (tmp_path / "s.json").write_text(dumps_solution(solve(problem)))
    return [str(tmp_path / "p.json"), str(tmp_path / "s.json")]


def test_nobody_to_explain_is_said_so(tmp_path: Path, capsys) -> None:
    paths = [str(tmp_path / "p.json"), str(tmp_path / "s.json")]
    for empty in (round_of(), round_of(tess())):
        Path(paths[0]).write_text(dumps(empty))
        Path(paths[1]).write_text(dumps_solution(solve(empty)))
        assert main(["explain", *paths]) == 0
        assert "Nobody asks for a mentor in this round" in capsys.readouterr().out


def test_one_pair_is_one_pair(tmp_path: Path, capsys) -> None:
    paths = [str(tmp_path / "p.json"), str(tmp_path / "s.json")]
    Path(paths[0]).write_text(dumps(round_of(noor(), tess())))
    assert main(["solve", paths[0], "-o", paths[1]]) == 0
    assert capsys.readouterr().out.startswith("1 pair, 0 unmatched")
    assert main(["check", *paths]) == 0
    assert capsys.readouterr().out == "1 pair keeps every rule.\n"


def test_explain_tells_it_as_text_and_as_data(files: list[str], capsys) -> None:
    assert main(["explain", *files]) == 0
    assert "Had they met tess, noor would be without" in capsys.readouterr().out
    assert main(["explain", *files, "--person", "zed", "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    reasons = {reason["code"]: reason["facts"] for reason in row["reasons"]}
    assert reasons["way"]["rules"] == ["no_capacity"]
    assert reasons["contested_by"]["level"] == "worst"
    assert reasons["contested_by"]["mentees"] == ["zed", "noor"]
    assert reasons["circle"] == {
        "mentees": 2,
        "without": 1,
        "places": 1,
        "mentors": 1,
        "hours": 0,
    }
    assert reasons["weighed"]["names"] == ["matched", "worst", "levels", "total"]
