"""A file of groups is read whole or refused with every fault and its place."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.cohorts import (
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
from tests.matching.cohorts.few import crowd
from tests.matching.test_solve import calm

GOOD = {
    "format": "commonroom.cohorts/1",
    "grid": {"cells": 336, "meeting_cells": 3},
    "people": [
        {"id": "p1", "languages": {"es": 3}, "free": [36, 37, 38], "offset": -300},
        {"id": "p2", "languages": {"es": 3}, "free": [36, 37, 38], "themes": {"work": 2}},
        {"id": "p3", "identity": "woman", "alone_in_identity": False, "priority": 2},
        {"id": "p4", "accepts": ["woman"], "alone_in_language": True, "avoids": ["p2", "f2"]},
    ],
    "facilitators": [
        {"id": "f1", "groups": 1, "languages": {"es": 3}, "free": [36, 37, 38], "themes": ["work"]},
        {"id": "f2", "groups": 2, "identity": "woman", "accepts": None, "avoids": ["f1"]},
    ],
    "rules": {"min_size": 2, "max_size": 4, "ideal_size": 3, "facilitators": 1, "max_spread": 60},
    "pins": [{"people": ["p1", "p2"], "facilitators": ["f1"], "start": 36, "theme": "work"}],
    "apart": [["p1", "p3"]],
    "weights": {"theme": 60, "language": 40},
    "thresholds": [300, 500],
    "objective": ["placed", "total"],
}
DELETE = object()


def altered(*changes: tuple[str, object]) -> str:
    """The good file with values put in at places such as ``people.0.free.2``."""
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
    ("format", "commonroom.matching/1", "$.format"),
    ("format", DELETE, "$.format"),
    ("people", DELETE, "$.people"),
    ("people", {"p1": {}}, "$.people"),
    ("facilitators", None, "$.facilitators"),
    ("cohorts", 1, "$.cohorts"),
    ("grid.cells", 0, "$.grid.cells"),
    ("grid.meeting_cells", 337, "$.grid.meeting_cells"),
    ("people.0.nickname", "x", "$.people[0].nickname"),
    ("people.3.id", DELETE, "$.people[3].id"),
    ("people.0.free.3", 336, "$.people[0].free[3]"),
    ("people.0.free.3", True, "$.people[0].free[3]"),
    ("people.0.languages.es", 11, "$.people[0].languages.es"),
    ("people.1.themes.work", -1, "$.people[1].themes.work"),
    ("people.1.themes", ["work"], "$.people[1].themes"),
    ("people.0.offset", 841, "$.people[0].offset"),
    ("people.0.offset", -721, "$.people[0].offset"),
    ("people.0.offset", "UTC", "$.people[0].offset"),
    ("people.2.identity", None, "$.people[2].alone_in_identity"),
    ("people.2.priority", 10, "$.people[2].priority"),
    ("people.2.alone_in_identity", 0, "$.people[2].alone_in_identity"),
    ("people.3.alone_in_language", "no", "$.people[3].alone_in_language"),
    ("people.3.accepts", "woman", "$.people[3].accepts"),
    ("people.3.avoids.0", "p9", "$.people[3].avoids[0]"),
    ("people.3.avoids.0", "p4", "$.people[3].avoids[0]"),
    ("facilitators.0.groups", -1, "$.facilitators[0].groups"),
    ("facilitators.0.groups", DELETE, "$.facilitators[0].groups"),
    ("facilitators.0.themes", "work", "$.facilitators[0].themes"),
    ("facilitators.0.free.3", -1, "$.facilitators[0].free[3]"),
    ("facilitators.1.avoids.0", "f9", "$.facilitators[1].avoids[0]"),
    ("facilitators.1.avoids.0", "f2", "$.facilitators[1].avoids[0]"),
    ("facilitators.2", {"id": "p3", "groups": 1}, "$.facilitators[2].id"),
    ("rules.min_size", 1, "$.rules.min_size"),
    ("rules.max_size", 1, "$.rules.max_size"),
    ("rules.max_size", 101, "$.rules.max_size"),
    ("rules.ideal_size", 5, "$.rules.ideal_size"),
    ("rules.facilitators", 3, "$.rules.facilitators"),
    ("rules.facilitators", 0, "$.rules.facilitators"),
    ("rules.max_spread", -1, "$.rules.max_spread"),
    ("rules.colour", "blue", "$.rules.colour"),
    ("pins.0.people", [], "$.pins[0].people"),
    ("pins.0.people.1", "p9", "$.pins[0].people[1]"),
    ("pins.0.people.1", "p1", "$.pins[0].people[1]"),
    ("pins.0.people.1", "p3", "$.pins[0]"),
    ("pins.0.facilitators.0", "f9", "$.pins[0].facilitators[0]"),
    ("pins.0.facilitators.1", "f1", "$.pins[0].facilitators[1]"),
    ("pins.0.facilitators.1", "f2", "$.pins[0].facilitators"),
    ("pins.0.start", 336, "$.pins[0].start"),
    ("pins.1", {"people": ["p2"]}, "$.pins[1].people[0]"),
    ("apart.0", ["p1"], "$.apart[0]"),
    ("apart.0", ["p1", "p1"], "$.apart[0]"),
    ("apart.0", ["p1", "p9"], "$.apart[0][1]"),
    ("apart.0", ["p1", "p2"], "$.pins[0]"),
    ("people.0.avoids", ["p2"], "$.pins[0]"),
    ("weights", {"theme": 0}, "$.weights"),
    ("weights.luck", 5, "$.weights.luck"),
    ("weights.theme", -5, "$.weights.theme"),
    ("thresholds", [500, 300], "$.thresholds[1]"),
    ("thresholds", [1001], "$.thresholds[0]"),
    ("objective", [], "$.objective"),
    ("objective", ["total", "placed"], "$.objective"),
    ("objective", ["placed", "joy"], "$.objective[1]"),
    ("objective", ["placed", "placed"], "$.objective[1]"),
]


@pytest.mark.parametrize(("place", "value", "path"), WRONG)
def test_a_wrong_value_is_named_by_its_place_and_nothing_else_is(place, value, path) -> None:
    assert paths(altered((place, value))) == [path]


def test_the_good_file_is_good() -> None:
    assert loads(json.dumps(GOOD)).rules.ideal_size == 3


@pytest.mark.parametrize(
    ("place", "value", "path"),
    [
        ("people.0.id", "", "$.people[0].id"),
        ("people.1.id", "p1", "$.people[1].id"),
        ("facilitators.1.id", "f1", "$.facilitators[1].id"),
    ],
)
def test_a_name_that_is_empty_or_taken_is_refused(place, value, path) -> None:
    assert path in paths(altered((place, value)))


def test_a_pin_of_more_people_than_a_group_holds_is_refused() -> None:
    text = altered(("rules", {"min_size": 2, "max_size": 2}), ("pins.0.people.2", "p4"))
    assert paths(text)[0] == "$.pins[0]"


def test_every_fault_of_a_file_is_told_at_once() -> None:
    text = altered(
        ("people.0.free.3", "noon"),
        ("facilitators.0.groups", -2),
        ("rules.min_size", 0),
        ("objective", ["joy"]),
        ("people.1.colour", "blue"),
    )
    assert set(paths(text)) == {
        "$.people[0].free[3]",
        "$.facilitators[0].groups",
        "$.rules.min_size",
        "$.objective",
        "$.objective[0]",
        "$.people[1].colour",
    }


def test_an_ideal_size_left_out_lies_in_the_middle() -> None:
    assert loads(altered(("rules", {"min_size": 4, "max_size": 9}))).rules.ideal_size == 6


@pytest.mark.parametrize(
    "text",
    ["", "[]", "null", "[" * 100_000, b"\xff\xfe", b'{"format": "\xe9"}', json.dumps(GOOD)[:-1]],
    ids=range(7),
)
def test_what_is_no_problem_at_all_is_refused(text) -> None:
    assert paths(text)[0].startswith("$")


@settings(calm, max_examples=60)
@given(st.integers(0, 10**6).map(crowd))
def test_a_problem_survives_being_written_and_read(problem: Problem) -> None:
    again = loads(dumps(problem))
    assert again == problem
    assert digest(again) == digest(problem)
    solution = solve(problem)
    assert loads_solution(dumps_solution(solution)) == solution


@settings(calm, max_examples=60)
@given(st.data())
def test_a_file_cut_off_anywhere_is_refused_in_words(data) -> None:
    text = dumps(generate.problem(3, 2)).rstrip()
    cut = data.draw(st.integers(0, len(text) - 1))
    assert paths(text[:cut]) == ["$"]


def test_a_solution_of_another_shape_is_refused_by_its_places() -> None:
    with pytest.raises(FileFaultsError) as error:
        loads_solution('{"format": "commonroom.cohorts-solution/1", "groups": [{"start": "noon"}]}')
    found = {fault.path for fault in error.value.faults}
    assert {"$.groups[0].start", "$.groups[0].members", "$.status", "$.levels"} <= found
