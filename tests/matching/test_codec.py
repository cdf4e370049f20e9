"""A file is read whole or refused with every fault and its place; nothing is guessed."""

import json
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import (
    FileFaultsError,
    Problem,
    digest,
    dumps,
    dumps_solution,
    generate,
    loads,
    loads_solution,
    solve,
)
from matching.commands import main
from tests.matching.small import problems
from tests.matching.test_solve import calm

GOOD = {
    "format": "commonroom.matching/1",
    "grid": {"cells": 336, "meeting_cells": 2},
    "mentees": [
        {"id": "e1", "languages": {"es": 3}, "free": [36, 37, 84, 85], "style": {"pace": 0.2}},
        {"id": "e2", "languages": {"es": 3}, "free": [36, 37], "area": "a1", "priority": 2},
        {"id": "e3", "languages": {"en": 3}, "free": [36, 37], "high_need": True},
    ],
    "mentors": [
        {"id": "m1", "capacity": 2, "languages": {"es": 3}, "starts": [36, 84]},
        {"id": "m2", "capacity": 1, "languages": {"es": 2}, "starts": [36], "max_high_need": 0},
    ],
    "continuing": [{"mentee": "e1", "mentor": "m1", "start": 84}],
    "pins": [{"mentee": "e2", "mentor": "m1"}],
    "forbids": [{"mentee": "e2", "mentor": "m2"}],
    "keep": "pinned",
    "floor": 0,
    "side": {"apart": [["e1", "e3"]]},
    "weights": {"interests": 40, "availability": 15},
    "thresholds": [150, 200],
    "objective": ["matched", "total"],
}
DELETE = object()


def altered(*changes: tuple[str, object]) -> str:
    """The good file with values put in at places such as ``mentees.0.free.2``."""
    problem = json.loads(json.dumps(GOOD))
    for place, value in changes:
        *way, last = [int(key) if key.isdigit() else key for key in place.split(".")]
        target = problem
        for key in way:
            target = target[key]
        if value is DELETE:
            del target[last]
        elif isinstance(target, list) and last == len(target):
            target.append(value)
        else:
            target[last] = value
    return json.dumps(problem)


def paths(text: str | bytes) -> list[str]:
    with pytest.raises(FileFaultsError) as error:
        loads(text)
    assert all(": " in str(fault) and fault.message for fault in error.value.faults)
    return [fault.path for fault in error.value.faults]


WRONG = [
    ("format", "commonroom.matching/2", "$.format"),
    ("format", DELETE, "$.format"),
    ("mentees", DELETE, "$.mentees"),
    ("mentees", {"e1": {}}, "$.mentees"),
    ("grids", 1, "$.grids"),
    ("grid.cells", 0, "$.grid.cells"),
    ("grid.meeting_cells", 337, "$.grid.meeting_cells"),
    ("mentees.0.nickname", "x", "$.mentees[0].nickname"),
    ("mentees.0.id", DELETE, "$.mentees[0].id"),
    ("mentees.0.id", 7, "$.mentees[0].id"),
    ("mentees.2", None, "$.mentees[2]"),
    ("mentees.0.free.4", 336, "$.mentees[0].free[4]"),
    ("mentees.0.free.4", -1, "$.mentees[0].free[4]"),
    ("mentees.0.free.4", 2.0, "$.mentees[0].free[4]"),
    ("mentees.0.free.4", True, "$.mentees[0].free[4]"),
    ("mentees.0.free", "always", "$.mentees[0].free"),
    ("mentees.0.languages.es", 11, "$.mentees[0].languages.es"),
    ("mentees.0.languages", ["es"], "$.mentees[0].languages"),
    ("mentees.0.style.pace", 1.01, "$.mentees[0].style.pace"),
    ("mentees.0.style.pace", float("nan"), "$.mentees[0].style.pace"),
    ("mentees.0.style.pace", float("inf"), "$.mentees[0].style.pace"),
    ("mentees.0.interests", {"work": -1}, "$.mentees[0].interests.work"),
    ("mentees.0.priority", 0, "$.mentees[0].priority"),
    ("mentees.0.priority", 10, "$.mentees[0].priority"),
    ("mentees.0.high_need", 1, "$.mentees[0].high_need"),
    ("mentees.0.accepts", "woman", "$.mentees[0].accepts"),
    ("mentees.0.prefers", ["m9"], "$.mentees[0].prefers[0]"),
    ("mentees.0.avoids", ["e2"], "$.mentees[0].avoids[0]"),
    ("mentors.0.capacity", -1, "$.mentors[0].capacity"),
    ("mentors.0.capacity", float("nan"), "$.mentors[0].capacity"),
    ("mentors.0.capacity", None, "$.mentors[0].capacity"),
    ("mentors.0.starts.2", 37, "$.mentors[0].starts[2]"),
    ("mentors.0.starts.2", 36, "$.mentors[0].starts[2]"),
    ("mentors.0.max_high_need", -1, "$.mentors[0].max_high_need"),
    ("continuing.0.start", DELETE, "$.continuing[0].start"),
    ("continuing.0.mentee", "e9", "$.continuing[0].mentee"),
    ("continuing.1", {"mentee": "e1", "mentor": "m2", "start": 36}, "$.continuing[1].mentee"),
    ("continuing.1", {"mentee": "e2", "mentor": "m1", "start": 84}, "$.continuing[1].start"),
    ("pins.0.mentor", "m9", "$.pins[0].mentor"),
    ("pins.0.mentor", "m2", "$.pins[0]"),
    ("pins.0.mentee", "e3", "$.pins[0]"),
    ("pins.1", {"mentee": "e2", "mentor": "m2"}, "$.pins[1].mentee"),
    ("mentors.0.capacity", 1, "$.pins[0]"),
    ("mentors.0.starts", [84], "$.pins[0]"),
    ("side.apart.0", ["e1", "e2"], "$.pins[0]"),
    ("forbids.1", {"mentee": "e2", "mentor": "m2"}, "$.forbids[1]"),
    ("keep", "forever", "$.keep"),
    ("floor", 1001, "$.floor"),
    ("side.apart.0", ["e1"], "$.side.apart[0]"),
    ("side.apart.0", ["e1", "e1"], "$.side.apart[0]"),
    ("side.apart.0", ["e1", "e9"], "$.side.apart[0][1]"),
    ("weights", {"interests": 0}, "$.weights"),
    ("weights.luck", 5, "$.weights.luck"),
    ("weights.style", -5, "$.weights.style"),
    ("thresholds", [200, 150], "$.thresholds[1]"),
    ("objective", [], "$.objective"),
    ("objective", ["matched", "joy"], "$.objective[1]"),
    ("objective", ["matched", "matched"], "$.objective[1]"),
    ("pairs", [{"mentee": "e1", "mentor": "m1", "score": 10**9 + 1}], "$.pairs[0].score"),
    ("pairs", [{"mentee": "e1", "mentor": "m1"}], "$.pairs[0].score"),
    ("timeless", "yes", "$.timeless"),
    ("mentees.2.area", "\ud800", "$.mentees[2].area"),
    ("mentees.2.interests", {"\udfff": 1}, "$.mentees[2].interests"),
]


@pytest.mark.parametrize(("place", "value", "path"), WRONG)
def test_a_wrong_value_is_named_by_its_place_and_nothing_else_is(place, value, path) -> None:
    assert paths(altered((place, value))) == [path]


@pytest.mark.parametrize(
    ("place", "value", "path"),
    [
        ("mentees.0.id", "", "$.mentees[0].id"),
        ("mentees.1.id", "e1", "$.mentees[1].id"),
        ("mentors.1.id", "m1", "$.mentors[1].id"),
    ],
)
def test_a_name_that_is_empty_or_taken_is_refused(place, value, path) -> None:
    assert paths(altered((place, value)))[0] == path


def test_every_fault_of_a_file_is_told_at_once() -> None:
    text = altered(
        ("mentees.0.free.4", "noon"),
        ("mentees.1.id", "e1"),
        ("mentors.0.capacity", -2),
        ("mentors.0.colour", "blue"),
        ("floor", 5000),
    )
    assert set(paths(text)) == {
        "$.mentees[0].free[4]",
        "$.mentees[1].id",
        "$.mentors[0].capacity",
        "$.mentors[0].colour",
        "$.floor",
    } | {"$.pins[0].mentee", "$.forbids[0].mentee"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        "[" * 100_000,
        '{"format": 1' + "0" * 5000 + "}",
        b"\xff\xfe",
        b'{"format": "\xe9"}',
        json.dumps(GOOD)[:-1],
        json.dumps(GOOD) + "}",
    ],
    ids=range(9),
)
def test_what_is_no_problem_at_all_is_refused(text) -> None:
    assert paths(text)[0].startswith("$")


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        pytest.param([("mentors.0.capacity", 2)], [0, 2, 3], id="places"),
        pytest.param([("mentors.0.starts", [36, 84, 90])], [0, 2], id="starts"),
        pytest.param([("mentors.0.max_high_need", 1)], [2, 3], id="high need"),
        pytest.param([("side.apart", [["a", "c"]])], [0, 3], id="apart"),
        pytest.param([("side.apart", [["b", "c"], ["e1", "c"]])], [2, 3], id="apart, going on"),
        pytest.param([("mentees.3.free", [0])], [0], id="not eligible"),
    ],
)
def test_every_pin_of_a_contradiction_is_named(changes, named) -> None:
    people = [
        {"id": "a", "languages": {"es": 3}, "free": [36, 37]},
        {"id": "b", "languages": {"es": 3}, "free": [36, 37, 40, 41], "high_need": True},
        {"id": "c", "languages": {"es": 3}, "free": [90, 91], "high_need": True},
        {"id": "d", "languages": {"es": 2}, "free": [36, 37]},
    ]
    pins = [("a", "m1"), ("d", "m2"), ("b", "m1"), ("c", "m1")]
    base: list[tuple[str, object]] = [
        ("mentees", [*GOOD["mentees"], *people]),  # type: ignore[misc]
        (
            "mentors.0",
            {"id": "m1", "capacity": 5, "languages": {"es": 3}, "starts": [36, 40, 84, 90]},
        ),
        ("side.apart", []),
        ("pins", [{"mentee": who, "mentor": mentor} for who, mentor in pins]),
    ]
    assert loads(altered(*base))
    assert sorted(set(paths(altered(*base, *changes)))) == [f"$.pins[{index}]" for index in named]


def test_a_key_given_twice_is_refused() -> None:
    text = json.dumps(GOOD).replace('"floor": 0', '"floor": 0, "floor": 1')
    assert paths(text) == ["$.floor"]


HOSTILE = {
    "empty lists": lambda size: _people("[]," * (size // 3)),
    "numbers": lambda size: _people("1," * (size // 2)),
    "a key given over and over": lambda size: "{" + '"k":1,' * (size // 6) + '"k":1}',
    "keys given twice": lambda size: _object(f'"k{i // 2}":1' for i in range(size // 11)),
    "unknown keys": lambda size: _object(f'"k{i}":1' for i in range(size // 11)),
    "levels": lambda size: _people(
        '{{"id":"e","languages":{}}},'.format(_object(f'"k{i}":99' for i in range(size // 12)))
    ),
    "cells": lambda size: _people('{"id":"e","free":[' + "999," * (size // 4) + "0]},"),
    "people": lambda size: _people("".join(f'{{"id":"e{i}"}},' for i in range(size // 14))),
    "one long text": lambda size: '"' + "a" * size + '"',
    "one long number": lambda size: "1" * size,
    "brackets": lambda size: "[" * size,
}


def _object(pairs) -> str:
    return "{" + ",".join(pairs) + "}"


def _people(text: str) -> str:
    return '{"format":"commonroom.matching/1","mentors":[],"mentees":[' + text.rstrip(",") + "]}"


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_large_file_of_nothing_but_faults_is_answered_and_soon(kind) -> None:
    """Four megabytes in CPU seconds that leave no room for work that grows with their square."""
    text = HOSTILE[kind](4_000_000)
    begun = process_time()
    found = paths(text)
    assert process_time() - begun < 30
    assert 1 <= len(found) <= 1_000


def test_two_continuing_pairs_may_outnumber_the_places_they_once_had() -> None:
    text = altered(
        ("pins", []),
        ("mentors.0.capacity", 1),
        ("continuing.1", {"mentee": "e2", "mentor": "m1", "start": 36}),
    )
    solution = solve(loads(text))
    assert [(pair.mentee, pair.mentor) for pair in solution.pairs] == [("e1", "m2"), ("e2", "m1")]


@settings(calm, max_examples=60)
@given(problems(side=True))
def test_a_problem_survives_being_written_and_read(problem: Problem) -> None:
    again = loads(dumps(problem))
    assert again == problem
    assert digest(again) == digest(problem)
    solution = solve(problem)
    assert loads_solution(dumps_solution(solution)) == solution


@settings(calm, max_examples=80)
@given(st.data())
def test_a_file_cut_off_anywhere_is_refused_in_words(data) -> None:
    text = dumps(generate.problem(3, 2)).rstrip()
    cut = data.draw(st.integers(0, len(text) - 1))
    assert paths(text[:cut]) == ["$"]


def test_a_wrong_file_ends_with_two_and_one_line_for_each_fault(tmp_path: Path, capsys) -> None:
    (tmp_path / "p.json").write_text(altered(("floor", -1), ("keep", "no")))
    assert main(["solve", str(tmp_path / "p.json"), "-o", str(tmp_path / "s.json")]) == 2
    told = capsys.readouterr().err.splitlines()
    assert [line.split(":")[0] for line in told] == ["$.keep", "$.floor"]
    assert not (tmp_path / "s.json").exists()


PAIR = {"mentee": "e1", "mentor": "m1", "score": 7}


def with_pairs(pairs: object, **more: object) -> str:
    """A file with given pairs."""
    people = {"mentees": [{"id": "e1"}], "mentors": [{"id": "m1", "capacity": 1}]}
    fields = {"format": "commonroom.matching/1", "timeless": True, **people, "pairs": pairs}
    return json.dumps({**fields, **more})


def test_a_given_pair_is_the_same_whatever_the_order_of_its_keys() -> None:
    turned = dict(reversed(PAIR.items()))
    assert loads(with_pairs([PAIR])) == loads(with_pairs([turned]))


@pytest.mark.parametrize(
    ("pairs", "more", "path"),
    [
        ([PAIR, {**PAIR, "score": "7"}], {}, "$.pairs[1].score"),
        ([PAIR, {**PAIR, "score": True}], {}, "$.pairs[1].score"),
        ([{**PAIR, "score": 10**10}], {}, "$.pairs[0].score"),
        ([{**PAIR, "mentee": "e2"}], {}, "$.pairs[0].mentee"),
        ([{**PAIR, "why": 1}], {}, "$.pairs[0].why"),
        ([PAIR, PAIR], {}, "$.pairs[1]"),
        (PAIR, {}, "$.pairs"),
        ([PAIR], {"pins": [PAIR]}, "$.pins[0].score"),
        ([PAIR], {"weights": PAIR}, "$.weights.mentee"),
        ([PAIR], {"mentees": [PAIR]}, "$.mentees[0].id"),
        ([PAIR], {"thresholds": [PAIR]}, "$.thresholds[0]"),
    ],
)
def test_a_wrong_pair_is_named_where_it_is(
    pairs: object, more: dict[str, object], path: str
) -> None:
    with pytest.raises(FileFaultsError) as refused:
        loads(with_pairs(pairs, **more))
    assert path in [fault.path for fault in refused.value.faults]
