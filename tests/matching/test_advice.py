"""What a programme is advised holds when it is done: the round is solved anew."""

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import (
    FileFaultsError,
    GivenPair,
    Grid,
    Group,
    Link,
    Mentee,
    Mentor,
    Problem,
    Side,
    Solution,
    Team,
    Weights,
    generate,
    solve,
)
from matching.advice import Advice, advise, words
from matching.advice.newcomer import with_one_more
from matching.advice.relaxed import SAFE, counting, without
from matching.advice.unused import unused
from matching.commands import main
from matching.explain.changes import changed
from matching.explain.standing import Standing
from matching.files.codec import dumps, dumps_solution
from matching.rules import keeping
from matching.rules.judge import Judge
from tests.matching.small import noor, problems, round_of, shared, tess
from tests.matching.test_contest import count_first
from tests.matching.test_solve import calm


def advised(problem: Problem) -> Advice:
    return advise(problem, solve(problem))


def told(problem: Problem) -> str:
    return "\n".join(row.text for row in words.sentences(problem, advised(problem)))


def placed(problem: Problem) -> int:
    return len(solve(problem).pairs)


@settings(calm, max_examples=60)
@given(problems().map(count_first))
def test_whatever_would_have_a_place_used_does(problem: Problem) -> None:
    standing = Standing(problem, solve(problem))
    for row in unused(standing):
        mentor = next(m for m in problem.mentors if m.id == row.mentor)
        taken = sum(pair.mentor == row.mentor for pair in standing.solution.pairs)
        assert row.places == mentor.capacity - taken
        assert sum(row.why.values()) == len(standing.waiting)
        for opening in row.openings:
            opened = changed(problem, "", row.mentor, (opening.change,))
            then = placed(replace(opened, pins=problem.pins))
            assert then > len(standing.solution.pairs)


@settings(calm, max_examples=40)
@given(problems().map(count_first))
def test_a_place_that_one_change_of_its_mentor_would_fill_is_not_missed(problem: Problem) -> None:
    """Every hour that could be added is tried: where it places somebody, an opening is told."""
    standing = Standing(problem, solve(problem))
    if problem.timeless or not standing.exact:
        return
    told_of = {row.mentor: row.openings for row in unused(standing)}
    for mentor in problem.mentors:
        for start in range(problem.grid.cells) if mentor.id in told_of else ():
            if any((start - other) % 12 in (0, 1, 11) for other in mentor.starts):
                continue
            more = replace(mentor, starts=tuple(sorted((*mentor.starts, start))))
            then = replace(
                problem, mentors=tuple(more if m == mentor else m for m in problem.mentors)
            )
            if placed(then) > len(standing.solution.pairs):
                assert told_of[mentor.id]


@settings(calm, max_examples=25)
@given(problems(side=True))
def test_what_a_rule_costs_is_counted_without_it(problem: Problem) -> None:
    now = placed(counting(problem))
    for cost in advised(problem).rules.rules:
        assert cost.rule not in SAFE
        assert placed(without(counting(problem), cost.rule)) == now + cost.more
        assert cost.more >= 0


@settings(calm, max_examples=25)
@given(st.integers(0, 10**6).map(shared))
def test_what_rules_between_several_people_cost_is_counted_too(problem: Problem) -> None:
    """Each is lifted alone; without it nobody fewer can have a mentor."""
    try:
        now, rules = placed(counting(problem)), advised(problem).rules.rules
    except FileFaultsError:  # asks for more than there is
        return
    there = {cost.rule for cost in rules}
    assert ("apart" in there) == bool(problem.side.apart)
    assert ("team" in there) == bool(problem.side.teams)
    for cost in rules:
        assert placed(without(counting(problem), cost.rule)) == now + cost.more


def test_each_rule_between_several_people_has_words_for_what_it_costs() -> None:
    """Zed and Noor could both meet Tess; one rule at a time keeps one of them from her."""
    needy, both = {"high_need": True}, ("noor", "zed")
    house = Group(id="house", mentees=both, per_mentor=1)
    rules = {
        "If all could share a mentor": {"side": Side((both,))},
        "If one mentor could have any number of a group": {"side": Side(groups=(house,))},
        "If supervisors' teams had no limit": {
            "side": Side(teams=(Team(id="anna", mentors=("tess",), at_most=1),))
        },
        "If no mentor had a limit for high need": {},
    }
    for said, side in rules.items():
        giver = tess(capacity=2, max_high_need=None if side else 1)
        text = told(round_of(noor(**needy), noor(id="zed", **needy), giver, **side))
        assert f"{said}, 1 more person would have a mentor." in text


def test_a_minimum_that_costs_somebody_else_a_mentor_is_told() -> None:
    """Amal's hour is the only one of two people; that she has to be placed keeps them out."""
    people = [noor(id=who, free=(0, 1)) for who in ("noor", "zed")]
    amal = noor(id="amal", free=(0, 1), languages={"es": 3, "ar": 3})
    group = Group(id="house", mentees=("amal",), at_least=1)
    problem = round_of(*people, amal, tess(), side=Side(groups=(group,)))
    assert "If no group had to have so many with a mentor, nobody more" in told(problem)


def test_lifting_the_hours_never_parts_a_pair_that_fits_now() -> None:
    """A floor counts the hours in common: with all hours suiting, nobody falls under it."""
    for seed in range(8):
        problem = replace(generate.problem(30, 10, seed), floor=400)
        now = placed(counting(problem))
        assert placed(without(counting(problem), "no_time")) >= now


@settings(calm, max_examples=25)
@given(problems().map(count_first))
def test_one_more_mentor_changes_what_is_said(problem: Problem) -> None:
    now = solve(problem)
    for gain in advised(problem).newcomers:
        then = solve(with_one_more(problem, gain.kind))
        assert len(then.pairs) - len(now.pairs) == gain.more > 0
        old, new = ({pair.mentee: pair.mentor for pair in x.pairs} for x in (now, then))
        assert gain.without == len(old.keys() - new.keys())
        both = old.keys() & new.keys()
        assert gain.elsewhere == sum(old[who] != new[who] for who in both)
        assert [(row.then, row.now) for row in gain.levels] == [
            (after.value, before.value)
            for after, before in zip(then.levels, now.levels, strict=True)
        ]


@settings(calm, max_examples=60)
@given(problems(side=True) | st.integers(0, 10**6).map(shared))
def test_what_keeps_people_from_a_free_place_is_so(problem: Problem) -> None:
    """Whatever the objective and the rules: each is put beside the pair that would be."""
    try:
        solution = solve(problem)
    except FileFaultsError:  # asks for more than there is
        return
    standing = Standing(problem, solution)
    for row in unused(standing):
        assert row.why == why_free(problem, solution, row.mentor)


def why_free(problem: Problem, solution: Solution, mentor: str) -> dict[str, int]:
    judge, found = Judge(problem), Counter[str]()
    has = {pair.mentee: pair.mentor for pair in solution.pairs}
    taken = {pair.start for pair in solution.pairs if pair.mentor == mentor}
    for entry in solution.unmatched:
        rules = judge.why_not(entry.mentee, mentor)
        if rules:
            unlisted = problem.pairs is not None and (entry.mentee, mentor) not in judge.given
            private = "unlisted" if unlisted else "several"
            alone = {"avoided": "several", "forbidden": private}.get(rules[0], rules[0])
            found["several" if len(rules) > 1 else alone] += 1
        elif not problem.timeless and not set(judge.starts(entry.mentee, mentor)) - taken:
            found["hour_taken"] += 1
        else:
            broken = keeping.broken(problem, {**has, entry.mentee: mentor})
            needy = [who for who in (entry.mentee, *has) if judge.mentees[who].high_need]
            with_them = sum({**has, entry.mentee: mentor}[who] == mentor for who in needy)
            most = judge.mentors[mentor].max_high_need
            ruled = broken or (
                most is not None and judge.mentees[entry.mentee].high_need and with_them > most
            )
            found["together" if ruled else "left_out"] += 1
    return dict(found)


def test_a_place_that_the_objective_leaves_free_is_not_said_to_be_taken() -> None:
    """The worst pair comes first here, and Zed would be it: so he has nobody, and there is room."""
    zed = noor(id="zed", interests={"art": 1})
    problem = round_of(noor(), zed, tess(capacity=2), objective=("worst", "matched"))
    assert advised(problem).unused[0].why == {"left_out": 1}
    assert "the round does without the pair" in told(problem)


def test_a_newcomer_of_a_timeless_round_has_places_and_no_hours() -> None:
    problem = round_of(noor(languages={"ar": 3}), tess(), timeless=True)
    (gain,) = advised(problem).newcomers
    assert gain.more == 1
    text = told(problem)
    assert "who speaks ar, with 3 places: 1 more person would have a mentor" in text
    assert "UTC" not in text


def test_what_no_round_proved_is_not_told_as_if_it_were() -> None:
    """Of two rounds that are not known to be the best, the difference may be anything."""
    problem = round_of(noor(free=(4, 5), languages={"ar": 3}), tess())
    solution = solve(problem)

    def unproven(problem: Problem, seed: int) -> Solution:
        return replace(solve(problem, seed), status="feasible")

    text = "\n".join(
        row.text for row in words.sentences(problem, advise(problem, solution, again=unproven))
    )
    told_of = [line for line in text.splitlines() if "would have a mentor" in line]
    assert len(told_of) > 3
    assert all("as far as was found" in line for line in told_of)
    assert "as far as was found" not in told(problem)


def test_the_newcomer_who_is_needed_is_described() -> None:
    """Noor and Zed speak Arabic, ask for a woman and are free early on Monday."""
    people = [
        noor(id=who, languages={"ar": 3}, accepts=("woman",), free=(0, 1, 2, 3))
        for who in ("noor", "zed")
    ]
    problem = round_of(*people, tess())
    (gain,) = advised(problem).newcomers
    assert (gain.kind.language, gain.kind.identity, gain.more) == ("ar", "woman", 2)
    assert {0, 2} <= set(gain.kind.starts)
    assert (gain.could_meet, gain.elsewhere, gain.without) == (2, 0, 0)
    assert "One more mentor (woman) who speaks ar" in told(problem)
    assert "2 more people would have a mentor" in told(problem)


def test_an_hour_that_would_be_used_is_named() -> None:
    problem = round_of(noor(free=(4, 5)), tess())
    (row,) = advised(problem).unused
    assert (row.mentor, row.places, row.why) == ("tess", 1, {"no_time": 1})
    assert [(o.change.rule, o.change.value, o.people) for o in row.openings] == [("no_time", 4, 1)]
    assert "One more person would have a mentor if tess could also meet on" in told(problem)


@pytest.mark.parametrize(
    ("mentee", "mentor", "sentence"),
    [
        ({"languages": {"ar": 3}}, {}, "if tess spoke ar"),
        ({"topics": ("court",)}, {"declines": ("court",)}, "if tess were open to the topic court"),
        ({}, {"accepts": ("man",)}, "if tess would also meet somebody whose identity is woman"),
    ],
)
def test_what_a_mentor_could_open_has_words(mentee, mentor, sentence) -> None:
    assert sentence in told(round_of(noor(**mentee), tess(**mentor)))


def test_safety_is_counted_and_never_lifted() -> None:
    problem = round_of(
        noor(avoids=("tess",)), tess(), tess(id="uma"), forbids=(Link("noor", "uma"),)
    )
    advice = advised(problem)
    assert advice.rules.kept_apart == 2
    assert {cost.rule for cost in advice.rules.rules}.isdisjoint(SAFE)
    assert all(row.why == {"several": 1} and not row.openings for row in advice.unused)
    text = told(problem)
    assert "That stays as it is" in text
    assert "kept away by: several at once, or what is not told 1." in text
    assert "kept away by: ruled out" not in text


def test_a_pair_that_a_file_does_not_list_is_not_called_ruled_out() -> None:
    problem = Problem(
        mentees=(Mentee(id="noor"), Mentee(id="lena"), Mentee(id="zed")),
        mentors=(Mentor(id="tess", capacity=1), Mentor(id="uma", capacity=1)),
        timeless=True,
        pairs=(GivenPair("noor", "tess", 5), GivenPair("lena", "tess", 4)),
    )
    advice = advised(problem)
    assert advice.rules.kept_apart == 0
    assert [(row.mentor, row.why) for row in advice.unused] == [("uma", {"unlisted": 2})]
    assert "uma: 1 place free. People without a mentor are kept away by: not among" in told(problem)
    ruled_out = replace(problem, forbids=(Link("lena", "tess"), Link("zed", "uma")))
    assert advised(ruled_out).rules.kept_apart == 1


def test_rules_between_mentees_and_given_scores_are_heeded() -> None:
    zed = noor(id="zed")
    problem = round_of(noor(), zed, tess(capacity=2), side=Side((("noor", "zed"),)))
    more = {cost.rule: cost.more for cost in advised(problem).rules.rules}
    assert {rule for rule, count in more.items() if count} == {"apart"}
    given_ = round_of(noor(), zed, tess(), pairs=(GivenPair("noor", "tess", 5),))
    advice = advised(given_)
    assert advice.newcomers == ()
    assert {cost.rule for cost in advice.rules.rules} == {"no_capacity", "no_time"}


def test_a_round_without_anybody_left_over_needs_no_advice() -> None:
    advice = advised(round_of(noor(), tess(capacity=2)))
    assert (advice.without, advice.free_places, advice.newcomers) == (0, 1, ())
    assert all(cost.more == 0 for cost in advice.rules.rules)
    nobody = round_of(Mentor(id="tess", capacity=1))
    assert advised(nobody).circles == ()


def test_advise_prints_it_as_text_and_as_data(tmp_path: Path, capsys) -> None:
    problem = generate.problem(60, 15, seed=2)
    paths = [str(tmp_path / "p.json"), str(tmp_path / "s.json")]
    Path(paths[0]).write_text(dumps(problem))
    Path(paths[1]).write_text(dumps_solution(solve(problem)))
    assert main(["advise", *paths]) == 0
    text = capsys.readouterr().out
    for title in ("What one more mentor would change", "Free places", "What each rule costs"):
        assert title in text
    assert main(["advise", *paths, "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {row["code"] for row in rows} >= {"state", "newcomer", "rule", "circle"}
    assert all(row["text"] and "facts" in row for row in rows)


def test_a_solution_that_breaks_rules_is_not_advised_on(tmp_path: Path, capsys) -> None:
    problem = round_of(noor(), tess())
    solution = solve(problem)
    paths = [str(tmp_path / "p.json"), str(tmp_path / "s.json")]
    Path(paths[0]).write_text(dumps(replace(problem, floor=900)))
    Path(paths[1]).write_text(dumps_solution(solution))
    assert main(["advise", *paths]) == 2
    assert "floor" in capsys.readouterr().err


def test_a_short_week_without_hours_is_advised_too() -> None:
    """The newcomer's hours are those of the week there is."""
    problem = round_of(
        noor(free=(), languages={"ar": 3}),
        tess(starts=()),
        timeless=True,
        grid=Grid(2, 2),
        weights=Weights(0, 5, 0, 0, 1),
    )
    (gain,) = advised(problem).newcomers
    assert (gain.more, gain.kind.starts) == (1, (0,))


def test_lifting_the_hours_leaves_something_to_score_by() -> None:
    problem = round_of(noor(free=(4, 5)), tess(), weights=Weights(0, 5, 0, 0, 0))
    (cost,) = [cost for cost in advised(problem).rules.rules if cost.rule == "no_time"]
    assert cost.more == 1
