"""Reads and writes problems and solutions as JSON; tells where a file is wrong, never guesses."""

import hashlib
import re
from collections.abc import Iterable
from typing import Any

from matching.files.reading import (
    Reader,
    a_flag,
    a_given_pair,
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
from matching.files.validity import faults as problem_faults
from matching.problem import (
    PARTS,
    PROBLEM_FORMAT,
    SOLUTION_FORMAT,
    Continuing,
    Fault,
    Grid,
    Group,
    Help,
    Link,
    Mentee,
    Mentor,
    Pair,
    Problem,
    Side,
    Solution,
    Team,
    Unmatched,
    Weights,
)

#: Where a fault leaves it open which people there are.
_NAMELESS = re.compile(r"\$\.(mentees|mentors)(\[\d+\](\.id)?)?")


def _weights(**given: int) -> Weights:
    """A weight that is left out counts nothing; without any, the usual ones hold."""
    return Weights(**{**dict.fromkeys(PARTS, 0), **given}) if given else Weights()


_person: dict[str, Reader] = {
    "languages": map_of(a_whole),
    "identity": or_null(a_text),
    "accepts": or_null(list_of(a_text)),
    "area": or_null(a_text),
    "interests": map_of(a_whole),
    "style": map_of(a_number),
    "prefers": list_of(a_text),
    "avoids": list_of(a_text),
}
_mentee = record(
    Mentee,
    {"id": a_text},
    **_person,
    free=list_of(a_whole),
    topics=list_of(a_text),
    priority=a_whole,
    high_need=a_flag,
)
_mentor = record(
    Mentor,
    {"id": a_text, "capacity": a_whole},
    **_person,
    starts=list_of(a_whole),
    declines=list_of(a_text),
    max_high_need=or_null(a_whole),
)
_group = record(
    Group,
    {"id": a_text, "mentees": list_of(a_text)},
    per_mentor=or_null(a_whole),
    at_least=or_null(a_whole),
)
_team = record(Team, {"id": a_text, "mentors": list_of(a_text), "at_most": a_whole})
_ends: dict[str, Reader] = {"mentee": a_text, "mentor": a_text}
_problem = record(
    without_format(Problem),
    {
        "format": a_text,
        "mentees": list_of(_mentee, MAX_PEOPLE),
        "mentors": list_of(_mentor, MAX_PEOPLE),
    },
    grid=record(Grid, {}, cells=a_whole, meeting_cells=a_whole),
    continuing=list_of(record(Continuing, _ends, start=or_null(a_whole))),
    pins=list_of(record(Link, _ends)),
    forbids=list_of(record(Link, _ends)),
    keep=a_text,
    may_change=a_whole,
    floor=a_whole,
    side=record(
        Side,
        {},
        apart=list_of(couple_of("mentees")),
        groups=list_of(_group),
        teams=list_of(_team),
    ),
    weights=record(_weights, {}, **dict.fromkeys(PARTS, a_whole)),
    thresholds=list_of(a_whole),
    objective=list_of(a_text),
    pairs=or_null(list_of(a_given_pair)),
    timeless=a_flag,
)


def _example(value: Any, path: str, faults: list[Fault]) -> Any:
    return a_text(value, path, faults) if isinstance(value, str) else a_whole(value, path, faults)


_help = record(Help, {"rule": a_text, "mentors": a_whole}, examples=list_of(_example))
_solution = record(
    without_format(Solution),
    {
        "format": a_text,
        "problem_sha256": a_text,
        "seed": a_whole,
        "engine": a_text,
        "status": a_text,
        "pairs": list_of(
            record(
                Pair,
                {**_ends, "start": or_null(a_whole), "score": a_whole, "parts": map_of(a_whole)},
            )
        ),
        "unmatched": list_of(
            record(
                Unmatched,
                {
                    "mentee": a_text,
                    "reason": a_text,
                    "blockers": map_of(a_whole),
                    "would_help": list_of(_help),
                },
            )
        ),
        "levels": list_of(a_level),
        "blocking_pairs": a_whole,
    },
    seconds=a_number,
)


def loads(text: str | bytes) -> Problem:
    """The problem in a ``commonroom.matching/1`` text; raises FileFaultsError with all faults."""
    read = problem_in(text, PROBLEM_FORMAT, _problem, problem_faults, _NAMELESS)
    assert isinstance(read, Problem)
    return read


def loads_solution(text: str | bytes) -> Solution:
    """The solution in a ``commonroom.solution/1`` text; its shape only: see ``check``."""
    read = solution_in(text, SOLUTION_FORMAT, _solution)
    assert isinstance(read, Solution)
    return read


def dumps(problem: Problem) -> str:
    """The problem as canonical JSON: sorted keys, one line, the same for equal problems."""
    fields = {"format": PROBLEM_FORMAT, **plain(problem)}
    if problem.pairs is None:
        del fields["pairs"]
    if not problem.may_change:
        del fields["may_change"]
    # What says nothing is left out, so that no digest changes when something is new.
    side = fields["side"] = {k: rows for k, rows in fields["side"].items() if rows or k == "apart"}
    _leave_out(fields["mentors"], "max_high_need")
    _leave_out(side.get("groups", ()), "per_mentor", "at_least")
    return one_line(fields)


def _leave_out(records: Iterable[dict[str, Any]], *keys: str) -> None:
    """Takes keys out that are null."""
    for fields in records:
        for key in keys:
            if fields[key] is None:
                del fields[key]


def digest(problem: Problem) -> str:
    """The sha256 of ``dumps(problem)``: which problem a solution answers."""
    return hashlib.sha256(dumps(problem).encode()).hexdigest()


def dumps_solution(solution: Solution) -> str:
    """The solution as canonical JSON."""
    return one_line({"format": SOLUTION_FORMAT, **plain(solution)})
