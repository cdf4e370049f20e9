"""Reads and writes problems and solutions of groups as JSON; says where a file is wrong."""

import hashlib
import re
from typing import Any

from matching.cohorts.problem import (
    PARTS,
    PROBLEM_FORMAT,
    SOLUTION_FORMAT,
    Change,
    Facilitator,
    Group,
    Help,
    Member,
    Person,
    Pin,
    Problem,
    Rules,
    Solution,
    Unplaced,
    Weights,
)
from matching.cohorts.validity import faults as problem_faults
from matching.files.reading import (
    Reader,
    a_flag,
    a_level,
    a_number,
    a_text,
    a_whole,
    couple_of,
    list_of,
    map_of,
    one_line,
    or_null,
    plain,
    problem_in,
    record,
    solution_in,
    without_format,
)
from matching.files.validity import MAX_PEOPLE
from matching.problem import Fault, Grid

#: Where a fault leaves it open which people there are.
_NAMELESS = re.compile(r"\$\.(people|facilitators)(\[\d+\](\.id)?)?")


def _weights(**given: int) -> Weights:
    """A weight that is left out counts nothing; without any, the usual ones hold."""
    return Weights(**{**dict.fromkeys(PARTS, 0), **given}) if given else Weights()


def _rules(**given: Any) -> Rules:
    """An ideal size that is left out lies in the middle."""
    rules = Rules(**given)
    if "ideal_size" in given:
        return rules
    middle = (rules.min_size + rules.max_size) // 2
    return Rules(**{**given, "ideal_size": middle})


_somebody: dict[str, Reader] = {
    "languages": map_of(a_whole),
    "free": list_of(a_whole),
    "identity": or_null(a_text),
    "accepts": or_null(list_of(a_text)),
    "avoids": list_of(a_text),
}
_person = record(
    Person,
    {"id": a_text},
    **_somebody,
    offset=or_null(a_whole),
    themes=map_of(a_whole),
    alone_in_language=a_flag,
    alone_in_identity=a_flag,
    priority=a_whole,
)
_facilitator = record(
    Facilitator,
    {"id": a_text, "groups": a_whole},
    **_somebody,
    themes=or_null(list_of(a_text)),
)
_pin = record(
    Pin,
    {"people": list_of(a_text)},
    facilitators=list_of(a_text),
    start=or_null(a_whole),
    language=or_null(a_text),
    theme=or_null(a_text),
)
_problem = record(
    without_format(Problem),
    {
        "format": a_text,
        "people": list_of(_person, MAX_PEOPLE),
        "facilitators": list_of(_facilitator, MAX_PEOPLE),
    },
    grid=record(Grid, {}, cells=a_whole, meeting_cells=a_whole),
    rules=record(
        _rules,
        {},
        min_size=a_whole,
        max_size=a_whole,
        ideal_size=a_whole,
        facilitators=a_whole,
        max_spread=or_null(a_whole),
    ),
    pins=list_of(_pin),
    apart=list_of(couple_of("people")),
    weights=record(_weights, {}, **dict.fromkeys(PARTS, a_whole)),
    thresholds=list_of(a_whole),
    objective=list_of(a_text),
)


def _value(value: Any, path: str, faults: list[Fault]) -> Any:
    if value is None or isinstance(value, str):
        return value
    return a_whole(value, path, faults)


_member = record(Member, {"person": a_text, "fit": a_whole, "parts": map_of(a_whole)})
_group = record(
    Group,
    {
        "facilitators": list_of(a_text),
        "start": a_whole,
        "language": a_text,
        "theme": or_null(a_text),
        "members": list_of(_member),
    },
)
_change = record(Change, {"rule": a_text}, value=_value)
_help = record(Help, {"group": a_whole, "changes": list_of(_change)})
_unplaced = record(
    Unplaced,
    {
        "person": a_text,
        "reason": a_text,
        "blockers": map_of(a_whole),
        "short": a_whole,
        "would_help": list_of(_help),
    },
)
_solution = record(
    without_format(Solution),
    {
        "format": a_text,
        "problem_sha256": a_text,
        "seed": a_whole,
        "engine": a_text,
        "status": a_text,
        "groups": list_of(_group),
        "unplaced": list_of(_unplaced),
        "levels": list_of(a_level),
    },
    seconds=a_number,
)


def loads(text: str | bytes) -> Problem:
    """The problem in a ``commonroom.cohorts/1`` text; raises FileFaultsError with all faults."""
    read = problem_in(text, PROBLEM_FORMAT, _problem, problem_faults, _NAMELESS)
    assert isinstance(read, Problem)
    return read


def loads_solution(text: str | bytes) -> Solution:
    """The solution in a ``commonroom.cohorts-solution/1`` text; its shape only: see ``check``."""
    read = solution_in(text, SOLUTION_FORMAT, _solution)
    assert isinstance(read, Solution)
    return read


def dumps(problem: Problem) -> str:
    """The problem as canonical JSON: sorted keys, one line, the same for equal problems."""
    return one_line({"format": PROBLEM_FORMAT, **plain(problem)})


def digest(problem: Problem) -> str:
    """The sha256 of ``dumps(problem)``: which problem a solution answers."""
    return hashlib.sha256(dumps(problem).encode()).hexdigest()


def dumps_solution(solution: Solution) -> str:
    """The solution as canonical JSON."""
    return one_line({"format": SOLUTION_FORMAT, **plain(solution)})
